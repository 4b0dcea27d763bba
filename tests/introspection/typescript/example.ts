// SPDX-License-Identifier: LGPL-2.1-or-later
// What a program in TypeScript may write, and what tsc must refuse.

import Gio from 'gi://Gio?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';
import HeadstockTest from 'gi://HeadstockTest?version=1.0';

const client = new Headstock.Client({jid: 'a@b', tlsMode: Headstock.TlsMode.REQUIRED, 'request-timeout': 5000});
client.host = 'localhost';
client.jid = 'a@c';
const jid: Headstock.Jid | null = client.jid;
// Whatever its name is, an address may be given in either form.
const room = new Headstock.Jid('room@c');
const mine = new Headstock.ArchiveQuery({archive: room, with: room});
mine.with = 'a@b';
Headstock.ArchiveQuery.new(room);
new Headstock.Bookmarks().lookup(Headstock.Bookmark.new(room).jid ?? new Headstock.Bookmark({jid: 'room@c'}).jid!);
new Headstock.Upload({service: 'upload.b'}).service = room;
const same: boolean = new Headstock.Jid('a@b').equals('A@b');

client.add_text_handler('message', Headstock.NS_CLIENT, 'chat', null, {once: true}, (_client, text, from) =>
    from === null ? null : Headstock.Message.new_chat(from, text));
client.register({
    handlers: [
        ['message', Headstock.NS_CLIENT, (message: Headstock.Message) => Headstock.Message.new_chat(message.from_jid!, message.body)],
        ['item', null, async element => element.get_attribute('jid') === null ? null : element, {fromAccount: true}],
    ],
    ready(ready) {
        ready.send_stanza(new Headstock.Presence({show: 'away', priority: 3}));
    },
});
client.register(new Headstock.Roster());
client.connect('message', (_client, message) => print(message.body));
client.connect('element::{urn:test}a', (_client, element) => print(element.get_text()));
client.connect('notify::state', () => print(`${client.state === Headstock.ClientState.READY}`));

async function main(roster: Headstock.Roster, disco: Headstock.Disco): Promise<Headstock.Element | null> {
    const iq = new Headstock.Iq({stanza_type: 'get', to: jid ?? 'b@c', payload: Headstock.Element.new('ping', Headstock.NS_PING)});
    const answers: Headstock.Iq[] = [
        await client.request(iq), await client.request(iq, 500), await client.request_async(iq, -1, new Gio.Cancellable()),
        await client.requestAsync(iq, {timeout: 500, cancellable: new Gio.Cancellable()}),
        await client.request(iq, {aborted: false, addEventListener: () => undefined}),
    ];
    client.request_async(iq, -1, null, (source, result) => source.request_finish(result));
    await roster.add_async('b@c', 'B', ['Friends']);
    await roster.addAsync(client.bound_jid!, new Gio.Cancellable());
    await disco.query_items_async();
    const sent: boolean = await client.send(iq);
    for await (const message of client.elements<Headstock.Message>('message', Headstock.NS_CLIENT, {once: sent && same}))
        print(message.body);
    for await (const page of new Headstock.Archive().pages(new Headstock.ArchiveQuery({with: 'b@c'}), new Gio.Cancellable())) {
        for (const delivery of page)
            print(delivery.message.body);
    }
    for (const contact of roster.contacts)
        print(contact.name);
    for (const child of iq)
        print(child.get_name());
    try {
        await client.runAsync();
        await client.runAsync({cancellable: new Gio.Cancellable()});
    } catch (error) {
        if (error instanceof Headstock.SaslError && error.code === Headstock.SaslError.NOT_AUTHORIZED)
            print(error.message);
        const condition: string | null = Headstock.StanzaError.get_condition(error);
        print(condition ?? Headstock.StanzaError.get_text(error));
        print(Headstock.StanzaError.get_stanza(error)?.from_jid?.to_string() ?? null);
    }
    return answers[0].payload;
}

const server = new HeadstockTest.Server({managed: false});
server.start(client);
server.refuse(HeadstockTest.Refusal.SIGN_IN, 1);
const answer: Headstock.Element = server.expect('message', null);
print(answer.get_child_text('body', Headstock.NS_CLIENT), server.take_sent()?.get_name() ?? null);

// @ts-expect-error: a client, not a list of contacts
server.start(new Headstock.Roster());
// @ts-expect-error: there may be none
server.take_sent().get_name();
// @ts-expect-error: the option is misspelt
client.register({handlers: [['item', null, () => null, {from_acount: true}]]});
// @ts-expect-error: a sender that is null would be any
client.register({handlers: [['item', null, () => null, {fromJid: null}]]});
// @ts-expect-error: the hook is misspelt
client.register({raedy: () => undefined});
// @ts-expect-error: there is no such property
new Headstock.Client({hots: 'localhost'});
// @ts-expect-error: nor here
client.hots = 'localhost';
// @ts-expect-error: a number
client.port = '5222';
// @ts-expect-error: there is no such signal
client.connect('mesage', () => undefined);
// @ts-expect-error: there is no such option
client.request(new Headstock.Iq(), {timeot: 5});
// @ts-expect-error: a run has no timeout
client.runAsync({timeout: 5});
// @ts-expect-error: it cannot be written
client.bound_jid = jid;

main(new Headstock.Roster(), new Headstock.Disco());
declare function print(...all: (string | null)[]): void;

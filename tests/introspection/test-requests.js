// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Requests, their answers, and what fails, between two accounts on a real server.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';

import {address, ask, assert, Child, equal, HERE, main, makeClient, online, prepare, refused, sendXml, Signal,
    sleep, wait} from './support.js';

const {DEFAULT, ONCE} = Headstock.HandlerFlags;
const {NS_CLIENT, StanzaError} = Headstock;

function element(name, namespace) {
    return Headstock.Element.new(name, namespace);
}

// Runs something with a client that asks, and a function that sends a question and gives what came for
// it: one answer and no more, as the stream shows.
async function asking(to, scenario) {
    const client = makeClient(1);
    let stream = '';
    client.connect('xml', (_client, direction, text) => {
        if (direction === Headstock.Direction.IN)
            stream += text;
    });
    await online([client], () => scenario(client, async (name, type = 'get') => {
        const iq = typeof name === 'string' ? ask(to(), name, type) : name;
        let found;
        try {
            found = (await client.request(iq)).payload?.get_name() ?? null;
        } catch (error) {
            assert(error.domain === Headstock.stanza_error_quark(), `${error}`);
            found = error.code;
        }
        await sleep(100);
        // A second answer would have come before the answer to this.
        await client.request(ask(to(), 'marker')).catch(() => null);
        equal(stream.match(/<iq [^>]*>/g).filter(head => head.includes(iq.id)).length, 1);
        return found;
    }));
}

async function answering(prepareClient, scenario) {
    const client = makeClient(2);
    prepareClient(client);
    await online([client], () => asking(() => client.bound_jid, (asker, answer) => scenario(answer, client)));
}

await main({
    async 'a request gives the result'() {
        const client = makeClient(1);
        await online([client], async () => {
            const pong = await client.request(
                Headstock.Iq.new('get', client.bound_jid.get_domain(), element('ping', Headstock.NS_PING)), 5000);
            assert(pong instanceof Headstock.Iq && pong.stanza_type === 'result');
            const roster = await client.request(
                Headstock.Iq.new('get', null, element('query', Headstock.NS_ROSTER)), -1, new Gio.Cancellable());
            equal([...roster.payload].map(e => e.get_name()), ['item']);
        });
    },

    async 'a request is rejected with the peer\'s error, a timeout, a cancellation'() {
        const [one, two] = [makeClient(1), makeClient(2)];
        const {Error} = Headstock;
        two.add_handler('silence', 'urn:test', DEFAULT, (_client, e) => {
            two.defer_reply(e.get_parent());
        });
        await refused(() => one.request(ask('a@b')), Headstock.error_quark(), Error.NOT_CONNECTED);
        await online([one, two], async () => {
            const to = two.bound_jid;
            await refused(() => one.request(ask(to)), Headstock.stanza_error_quark(),
                StanzaError.SERVICE_UNAVAILABLE);
            await refused(() => one.request(ask(to, 'silence'), 200), Headstock.error_quark(), Error.TIMED_OUT);
            const cancellable = new Gio.Cancellable();
            GLib.timeout_add(GLib.PRIORITY_DEFAULT, 50, () => {
                cancellable.cancel();
                return GLib.SOURCE_REMOVE;
            });
            await refused(() => one.request(ask(to, 'silence'), -1, cancellable), Gio.IOErrorEnum,
                Gio.IOErrorEnum.CANCELLED);
            await refused(() => one.request(ask(to, 'silence'), {timeout: 100}), Headstock.error_quark(), Error.TIMED_OUT);
            const signal = new Signal();
            GLib.timeout_add(GLib.PRIORITY_DEFAULT, 50, () => {
                signal.abort('enough');
                return GLib.SOURCE_REMOVE;
            });
            await one.request(ask(to, 'silence'), {signal}).then(() => assert(false), error => equal(error, 'enough'));
            equal(signal.listeners.size, 0);
            await refused(() => one.send_raw_stanza('<message'), Headstock.error_quark(), Error.INVALID_STANZA);
            await refused(() => one.sendAsync(new Headstock.Message({from_jid: 'boss@x', to: 'a@b'})),
                Headstock.error_quark(), Error.INVALID_FROM);
            assert(await one.sendAsync(new Headstock.Presence({show: 'dnd'})));
        });
    },

    async 'elements are iterated over as they arrive, until the loop is left or the client has terminated'() {
        const client = makeClient(1);
        const seen = [];
        const all = client.elements('body');
        await online([client], async () => {
            for (const number of [1, 2, 3])
                sendXml(client, client.bound_jid, `<body>${number}</body>`);
            for await (const message of client.elements('message', NS_CLIENT, {fromAccount: true})) {
                seen.push(message.body);
                if (seen.length === 3)
                    break;
            }
            const last = client.elements('body', NS_CLIENT, {once: true});
            sendXml(client, client.bound_jid, '<body>4</body>');
            for await (const body of last)
                seen.push(`once ${body.get_text()}`);
            await client.request(Headstock.Iq.new('get', null, element('query', Headstock.NS_ROSTER)));
        });
        for await (const body of all)
            seen.push(body.get_text());
        equal(seen, ['1', '2', '3', 'once 4', '1', '2', '3', '4']);
        const failing = prepare(Headstock.Client.new(address(1), 'wrong'));
        const none = failing.elements('body');
        failing.start();
        await refused(() => none.next(), Headstock.sasl_error_quark(), Headstock.SaslError.NOT_AUTHORIZED);
        equal((await none.next()).done, true);
    },

    async 'a stanza that is too large is discarded, whom it concerns is told, and the session goes on'() {
        const [one, two] = [makeClient(1), makeClient(2)];
        one.max_stanza_size = two.max_stanza_size = 65536;
        const seen = [];
        const bodies = [];
        const fill = parent => {
            for (let i = 0; i < 2000; i++)
                parent.add_child('a', 'urn:test');
        };
        two.connect('stanza-discarded', (_client, stanza, error) => seen.push([stanza, error]));
        two.connect('message', (_client, message) => bodies.push(message.body));
        two.add_handler('question', 'urn:test', DEFAULT, (_client, e) => {
            const reply = e.get_parent().new_reply();
            fill(reply.add_child('answer', 'urn:test'));
            return reply;
        });
        await online([one, two], async () => {
            const to = two.bound_jid;
            const message = new Headstock.Message({to});
            fill(message);
            one.send_stanza(message);
            await wait(() => seen.length === 1);
            const [stanza, error] = seen[0];
            assert(stanza instanceof Headstock.Message && stanza.from_jid.equal(one.bound_jid));
            assert(error.matches(Headstock.error_quark(), Headstock.Error.TOO_LARGE), `${error}`);
            assert(error.message.includes(`The message from ${one.bound_jid.get_bare()} is larger than ` +
                'max-stanza-size (64 KiB)'), error.message);
            const iq = ask(to, 'large');
            fill(iq.payload);
            await refused(() => one.request(iq), Headstock.stanza_error_quark(), StanzaError.POLICY_VIOLATION);
            equal(seen[1][0].payload.get_name(), 'large');
            await refused(() => one.request(ask(to)), Headstock.error_quark(), Headstock.Error.TOO_LARGE);
            one.send_stanza(new Headstock.Message({to, body: 'after'}));
            await wait(() => bodies.length === 1);
        });
        equal(bodies, ['after']);
        equal(seen.length, 2);
    },

    async 'register_on_iq is called once, with the client and the iq'() {
        const client = makeClient(1);
        const calls = [];
        const iq = Headstock.Iq.new('get', null, element('query', Headstock.NS_ROSTER));
        iq.id = 'id1';
        client.register_on_iq('result', 'id1', ONCE, (told, e) => {
            assert(told === client);
            calls.push(e.id);
        });
        await online([client], async () => {
            client.send_stanza(iq);
            client.send_stanza(iq);
            await client.request(Headstock.Iq.new('get', null, element('query', Headstock.NS_ROSTER)));
        });
        equal(calls, ['id1']);
    },

    async 'an iq is answered exactly once, by what a handler returns or promises'() {
        for (const later of [false, true]) {
            await answering(client => {
                const reply = iq => {
                    const made = iq.new_reply();
                    made.add_child('made', 'urn:test');
                    return later ? sleep(5).then(() => made) : made;
                };
                client.register({handlers: [
                    ['question', 'urn:test', e => reply(e.get_parent())],
                    ['iq', NS_CLIENT, e => e.get_child('whole', 'urn:test') ? reply(e) : null],
                ]});
            }, async answer => {
                equal([await answer('question'), await answer('whole', 'set')], ['made', 'made']);
            });
        }
    },

    async 'an iq is taken where `iq` returns true, and else answered with service-unavailable'() {
        await answering(client => {
            client.connect('iq', (_client, iq) => {
                if (!iq.get_child('question', 'urn:test'))
                    return false;
                const reply = iq.new_reply();
                reply.add_child('signalled', 'urn:test');
                sleep(5).then(() => client.send_stanza(reply));
                return true;
            });
        }, async answer => {
            equal([await answer('question'), await answer('other')],
                ['signalled', StanzaError.SERVICE_UNAVAILABLE]);
        });
    },

    async 'handlers that throw are reported, their iqs get an error, and the stream goes on'() {
        const child = new Child('gjs', '-m', `${HERE}/failing.js`);
        await wait(() => child.output.includes('Ready '));
        const to = child.output.split('Ready ')[1].trim();
        const {INTERNAL_SERVER_ERROR, SERVICE_UNAVAILABLE} = StanzaError;
        await asking(() => to, async (client, answer) => {
            equal(await answer('throws'), INTERNAL_SERVER_ERROR);
            equal(await answer('rejects', 'set'), INTERNAL_SERVER_ERROR);
            equal(await answer('wrong'), SERVICE_UNAVAILABLE);
            equal(await answer('wrong-later'), SERVICE_UNAVAILABLE);
            equal(await answer('nothing-later'), SERVICE_UNAVAILABLE);
            equal(await answer('other'), SERVICE_UNAVAILABLE);
            equal(await answer('signal'), SERVICE_UNAVAILABLE);
            for (const name of ['answered', 'deferred', 'sent', 'sent-raw', 'sent-async'])
                equal([name, await answer(name)], [name, 'fine']);
            const roster = Headstock.Iq.new('set', to, element('query', Headstock.NS_ROSTER));
            equal(await answer(roster), SERVICE_UNAVAILABLE);
            for (const n of [1, 2, 3])
                sendXml(client, to, `<body>${n}</body>`);
            await wait(() => child.output.includes('Body 3'));
            equal(await answer('throws'), INTERNAL_SERVER_ERROR);
        });
        child.interrupt();
        equal(await child.end(), 0);
        equal(child.output.match(/Body \d/g), ['Body 1', 'Body 2', 'Body 3']);
        const errors = child.errors;
        const reported = errors.match(/JS ERROR: .*/g).map(line => line.replace(/.*Error: /, ''));
        equal(reported.shift(), 'negotiate() is an async function: it returns true at once, and the program calls ' +
            'continue_negotiation() later');
        equal(reported, ['ready failed', 'ready rejected', 'thrown', 'rejected', 'A handler of wrong returned true, which is not an element',
            'A handler of wrong-later returned text, which is not an element',
            'signal', 'before', 'after', 'later', 'deferred',
            'message 1', 'message 2', 'message 3', 'thrown']);
        assert(/failing\.js:\d+/.test(errors), errors);
        // What a signal's callback throws, GJS itself reports like this.
        equal(errors.match(/CRITICAL.*/g).map(line => line.replace(/.*Error: /, '')), ['signal']);
    },

    async 'a roster push is answered, with a result, where a promise gives nothing'() {
        const client = makeClient(2);
        const pushed = [];
        let stream = '';
        client.connect('xml', (_client, direction, text) => {
            if (direction === Headstock.Direction.OUT)
                stream += text;
        });
        client.register({handlers: [['item', Headstock.NS_ROSTER, async e => {
            const iq = e.get_parent().get_parent();
            await sleep(5);
            if (iq.stanza_type === 'set')
                pushed.push(iq.id);
        }, {fromAccount: true}]]});
        await online([client], async () => {
            const query = element('query', Headstock.NS_ROSTER);
            query.add_child('item', null).set_attribute('jid', 'somebody@example.test');
            await client.request(Headstock.Iq.new('set', null, query));
            await wait(() => pushed.length === 1);
            const heads = () => stream.match(/<iq [^>]*>/g).filter(head => head.includes(pushed[0]));
            await wait(() => heads().length > 0);
            await sleep(50);
            equal(heads().length, 1);
            assert(/type=.result./.test(heads()[0]));
            query.get_first_child().set_attribute('subscription', 'remove');
            await client.request(Headstock.Iq.new('set', null, query));
        });
    },

    async 'a wrong password rejects with the server\'s condition'() {
        const client = prepare(Headstock.Client.new(address(1), 'wrong'));
        const {SaslError} = Headstock;
        await refused(() => client.runAsync(), Headstock.sasl_error_quark(), SaslError.NOT_AUTHORIZED);
        const error = await refused(() => client.connectAsync(), SaslError, SaslError.NOT_AUTHORIZED);
        assert(error.message);
        await refused(() => Headstock.Client.new('@', 'x').runAsync(), Headstock.error_quark(),
            Headstock.Error.INVALID_JID);
    },
});

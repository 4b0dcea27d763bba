// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Service discovery between two accounts on a real server.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';

import {assert, equal, main, makeClient, online, refused, wait} from '../../introspection/support.js';

for (const name of ['query', 'query_items', 'query_caps', 'find_service'])
    Gio._promisify(Headstock.Disco.prototype, `${name}_async`, `${name}_finish`);

const Dice = GObject.registerClass({
    Implements: [Headstock.Module, Headstock.Described],
}, class Dice extends GObject.Object {
    vfunc_describe(info) {
        info.add_feature('urn:example:dice');
        info.add_identity('client', 'bot', 'Dice', null);
    }
});

function withDisco(number) {
    const client = makeClient(number);
    const disco = new Headstock.Disco();
    client.register(disco);
    return [client, disco];
}

await main({
    async 'what one advertises the other finds, and verifies by the hash'() {
        const [[one, asking], [two, answering]] = [withDisco(1), withDisco(2)];
        two.register(new Dice());
        answering.add_feature('urn:example:more');
        await online([one, two], async () => {
            const jid = two.bound_jid.to_string();
            let seen = false;
            one.connect('presence', (_client, presence) => {
                seen ||= presence.from_jid.to_string() === jid;
            });
            const presence = Headstock.Presence.new(null);
            presence.to_jid = one.bound_jid;
            two.prepare_presence(presence);
            two.send_stanza(presence);
            await wait(() => seen);
            const info = await asking.query_caps_async(jid, null);
            assert(info.has_feature('urn:example:dice') && info.has_feature('urn:example:more'));
            equal(info.dup_name(), 'Dice');
            equal(info.list_identities().map(identity => identity.identity_type), ['bot']);
            assert(asking.peek(jid) === info);
            await wait(() => asking.server_info !== null);
            equal(await asking.query_items_async(jid, null, null), []);
            await refused(() => asking.query_async(jid, 'other', null), Headstock.stanza_error_quark(),
                Headstock.StanzaError.ITEM_NOT_FOUND);
        });
    },

    async 'a program answers itself, and later'() {
        const [[one, asking], [two, answering]] = [withDisco(1), withDisco(2)];
        answering.connect('info-requested', (disco, request, node) => {
            if (node !== 'later')
                return false;
            GLib.timeout_add(GLib.PRIORITY_DEFAULT, 50, () => {
                const info = Headstock.DiscoInfo.new();
                info.add_identity('client', 'phone', 'Later', null);
                disco.answer(request, info);
                return GLib.SOURCE_REMOVE;
            });
            return true;
        });
        answering.connect('items-requested', (disco, request) => {
            const items = new Gio.ListStore({item_type: Headstock.DiscoItem.$gtype});
            items.append(Headstock.DiscoItem.new('a@example.org', 'n', 'A'));
            disco.answer_items(request, items);
            return true;
        });
        await online([one, two], async () => {
            const jid = two.bound_jid.to_string();
            assert((await asking.query_async(jid, 'later', null)).has_identity('client', 'phone'));
            const [item] = await asking.query_items_async(jid, null, null);
            equal([item.jid.to_string(), item.node, item.name], ['a@example.org', 'n', 'A']);
            equal(await asking.find_service_async('urn:example:nobody-has-this', null), null);
        });
    },
});

// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The block list, nodes and bookmarks, between two devices of one account on a real server.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';

import {assert, equal, main, makeClient, online, wait} from './support.js';

Gio._promisify(Headstock.Blocking.prototype, 'block_async');
Gio._promisify(Headstock.Blocking.prototype, 'unblock_async');
for (const name of ['publish_async', 'query_items_async', 'query_config_async', 'retract_async', 'delete_node_async'])
    Gio._promisify(Headstock.PubSub.prototype, name);
Gio._promisify(Headstock.Bookmarks.prototype, 'store_async');
Gio._promisify(Headstock.Bookmarks.prototype, 'remove_async');

function make() {
    const client = makeClient(1);
    const blocking = new Headstock.Blocking();
    client.register(blocking);
    return [client, blocking];
}

await main({
    async 'one device blocks, the other one knows, and unblocks'() {
        const [one, first] = make();
        const [two, second] = make();
        await online([one, two], async () => {
            await wait(() => first.is_loaded && second.is_loaded);
            assert(await first.unblock_async(null, null));
            await wait(() => second.blocked.get_n_items() === 0);
            assert(await first.block_async([Headstock.Jid.new('iago@shakespeare.example'), 'spam.example'], null));
            assert(first.is_blocked('iago@shakespeare.example/x') && first.is_blocked('anyone@spam.example'));
            await wait(() => second.blocked.get_n_items() === 2);
            const jids = Array.from({length: 2}, (_, i) => second.blocked.get_item(i).jid.to_string());
            equal(jids.sort().join(), 'iago@shakespeare.example,spam.example');
            // An empty list is not all of them.
            assert(await second.unblock_async([], null));
            equal(second.blocked.get_n_items(), 2);
            assert(await second.unblock_async(['spam.example'], null));
            await wait(() => !first.is_blocked('spam.example'));
            let caught = null;
            try {
                await first.block_async(['@'], null);
            } catch (error) {
                caught = error;
            }
            assert(caught.matches(Headstock.Error, Headstock.Error.INVALID_JID));
            assert(await first.unblock_async(null, null));
            await wait(() => second.blocked.get_n_items() === 0);
        });
    },

    async 'one device publishes something private, the other one knows, and a contact does not'() {
        const node = 'urn:example:javascript';
        const clients = [makeClient(1), makeClient(1), makeClient(2)];
        const events = [[], [], []];
        const [first, second, contact] = clients.map((client, index) => {
            const pubsub = new Headstock.PubSub();
            client.register(pubsub);
            pubsub.watch(node);
            pubsub.connect(`event::${node}`, (_pubsub, event) => events[index].push(event));
            return pubsub;
        });
        const payload = Headstock.Element.new('note', node);
        payload.set_text('secret');
        const options = Headstock.NodeConfig.new_private();
        options.store_value('max_items', '5');
        await online(clients, async () => {
            equal(await first.publish_async(null, node, '1', payload, options, null), '1');
            const event = await wait(() => events[1][0]);
            const own = clients[0].bound_jid.get_bare().to_string();
            equal([event.kind, event.is_replayed], [Headstock.PubSubEventKind.ITEM, false]);
            equal([event.service.to_string(), event.node], [own, node]);
            equal(event.item.payload.get_text(), 'secret');
            const items = await second.query_items_async(null, node, ['1'], 0, null);
            equal(items.map(item => [item.id, item.payload.get_text()]), [['1', 'secret']]);
            const form = await second.query_config_async(null, node, null);
            equal(form.get_value('pubsub#access_model'), 'whitelist');
            let caught = null;
            try {
                await contact.query_items_async(own, node, null, 0, null);
            } catch (error) {
                caught = error;
            }
            equal(caught.domain, Headstock.stanza_error_quark());
            assert(await second.retract_async(null, node, '1', true, null));
            await wait(() => events[0].at(-1)?.kind === Headstock.PubSubEventKind.RETRACTED);
            equal(events[0].at(-1).item.id, '1');
            assert(await second.delete_node_async(null, node, null));
            assert(!events[2].some(notice => notice.item));
        });
    },

    async 'one device remembers a room, the other one knows, changes it and forgets it'() {
        const room = 'verona@rooms.example';
        const clients = [makeClient(1), makeClient(1)];
        const [first, second] = clients.map(client => {
            const bookmarks = new Headstock.Bookmarks();
            client.register(bookmarks);
            return bookmarks;
        });
        const bookmark = Headstock.Bookmark.new(room);
        bookmark.name = 'Verona';
        bookmark.is_autojoin = true;
        bookmark.notify_when = Headstock.NotifyWhen.ON_MENTION;
        await online(clients, async () => {
            await wait(() => first.is_writable && second.is_writable);
            assert(await first.store_async(bookmark, null));
            const seen = await wait(() => second.lookup(room));
            equal(second.bookmarks.get_n_items(), 1);
            equal([seen.jid.to_string(), seen.name, seen.nick, seen.is_autojoin], [room, 'Verona', null, true]);
            equal([seen.notify_when, seen.is_pinned], [Headstock.NotifyWhen.ON_MENTION, false]);
            seen.nick = 'romeo';
            assert(await second.store_async(seen, null));
            await wait(() => first.lookup(room).nick === 'romeo');
            assert(await second.remove_async(room, null));
            await wait(() => first.lookup(room) === null);
        });
    },

    async 'one device marks a room, the other one joins it, and leaves when the mark is gone'() {
        const room = `javascript@${GLib.getenv('HS_TEST_ROOMS')}`;
        const clients = [makeClient(1), makeClient(1)];
        const [first, second] = [new Headstock.Bookmarks(), new Headstock.Bookmarks()];
        const muc = new Headstock.Muc();
        clients[0].register(first);
        for (const module of [second, muc, Headstock.Autojoin.new(second, muc)])
            clients[1].register(module);
        const bookmark = Headstock.Bookmark.new(room);
        bookmark.is_autojoin = true;
        await online(clients, async () => {
            await wait(() => first.is_writable && second.is_writable);
            assert(await first.store_async(bookmark, null));
            const joined = await wait(() => muc.lookup(room));
            await wait(() => joined.state === Headstock.RoomState.IN);
            equal(joined.nick, clients[1].bound_jid.get_local());
            bookmark.is_autojoin = false;
            assert(await first.store_async(bookmark, null));
            await wait(() => joined.state === Headstock.RoomState.OUT);
            assert(await first.remove_async(room, null));
            await wait(() => second.lookup(room) === null);
        });
    },
});

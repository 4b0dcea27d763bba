// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The block list, between two devices of one account on a real server.

import Gio from 'gi://Gio?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';

import {assert, equal, main, makeClient, online, wait} from './support.js';

Gio._promisify(Headstock.Blocking.prototype, 'block_async');
Gio._promisify(Headstock.Blocking.prototype, 'unblock_async');

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
});

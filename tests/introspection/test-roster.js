// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The roster on a real server.

import Gio from 'gi://Gio?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';

import {assert, equal, main, makeClient, online, wait} from './support.js';

Gio._promisify(Headstock.Roster.prototype, 'add_async');
Gio._promisify(Headstock.Roster.prototype, 'update_async');
Gio._promisify(Headstock.Roster.prototype, 'remove_async');
Gio._promisify(Headstock.Roster.prototype, 'refresh_async');

await main({
    async 'contacts are added, changed, listed and removed'() {
        const client = makeClient(1);
        const roster = new Headstock.Roster();
        client.register(roster);
        await online([client], async () => {
            await wait(() => roster.is_loaded);
            for (const contact of [...roster.contacts])
                await roster.remove_async(contact, null);
            await wait(() => roster.contacts.get_n_items() === 0);
            assert(await roster.add_async('juliet@example.com', 'Juliet', ['Friends'], null));
            await wait(() => roster.lookup('juliet@example.com') !== null);
            const contact = roster.lookup('juliet@example.com');
            assert(roster.lookup(Headstock.Jid.new('juliet@example.com/balcony')) === contact);
            assert(roster.lookup(Headstock.Jid.new('romeo@example.com')) === null);
            equal(contact.display_name, 'Juliet');
            equal(contact.groups.join(), 'Friends');
            equal(contact.subscription, Headstock.Subscription.NONE);
            assert([...roster.contacts][0] === contact);
            await roster.update_async(contact, 'J', null, null);
            await wait(() => contact.name === 'J');
            equal(contact.groups.join(), 'Friends');
            await roster.refresh_async(null);
            assert(roster.lookup('juliet@example.com') === contact);
            await roster.remove_async(contact, null);
            await wait(() => !contact.is_in_roster);
            await roster.add_async(Headstock.Jid.new('romeo@example.com'), null, null, null);
            await wait(() => roster.lookup('romeo@example.com') !== null);
            for (const one of roster.contacts)
                await roster.remove_async(one, null);
            equal(roster.lookup('juliet@example.com'), null);
        });
    },
});

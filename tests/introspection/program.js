// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The first program of the documentation, on the test server's second account.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Headstock from 'gi://Headstock?version=1.0';

const client = Headstock.Client.new(GLib.getenv('HS_TEST_USER2'), GLib.getenv('HS_TEST_PASSWORD2'));
client.host = GLib.getenv('HS_TEST_HOST');
client.port = Number(GLib.getenv('HS_TEST_PORT'));
client.tls_database = Gio.TlsFileDatabase.new(GLib.getenv('HS_TEST_CA'));

client.register({
    handlers: [
        ['item', Headstock.NS_ROSTER, e => print('Contact', e.get_attribute('jid'),
            e.get_attribute('subscription')), {fromAccount: true, forget: true}],
        ['message', Headstock.NS_CLIENT, e => {
            if (e.body && ['chat', 'normal'].includes(e.stanza_type) && !client.is_own(e.from_jid))
                return Headstock.Message.new_chat(e.from_jid, e.body);
            return null;
        }],
    ],
    ready() {
        print('Ready', client.bound_jid);
    },
    stopping() {
        print('Stopping');
    },
    terminated() {
        print('Terminated');
    },
});
await client.runAsync();
print('Ended');

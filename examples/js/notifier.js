// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Shows a notification for each message, with the name of the contact.
//
//   gjs -m notifier.js JID PASSWORD
//
// Where the DNS does not know the server, or its certificate was signed by an authority that the
// system does not know, the environment says more: HEADSTOCK_HOST, HEADSTOCK_PORT, and
// HEADSTOCK_CA (a file of certificates in PEM format).

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Headstock from 'gi://Headstock?version=1.0';
import System from 'system';

const [jid, password] = System.programArgs;
const client = Headstock.Client.new(jid, password);
const roster = new Headstock.Roster();
const messages = new Headstock.Messages();
const app = new Gio.Application({application_id: 'org.example.Notifier'});

client.host = GLib.getenv('HEADSTOCK_HOST');
client.port = Number(GLib.getenv('HEADSTOCK_PORT') ?? 0);
if (GLib.getenv('HEADSTOCK_CA') !== null)
    client.tls_database = Gio.TlsFileDatabase.new(GLib.canonicalize_filename(GLib.getenv('HEADSTOCK_CA'), null));
client.register(roster);
client.register(messages);

messages.connect('received', (_messages, delivery) => {
    if (delivery.is_outgoing || delivery.change !== Headstock.ChangeKind.NONE || delivery.message.body === null)
        return;
    const peer = delivery.peer.to_string();
    const note = Gio.Notification.new(roster.lookup(peer)?.display_name ?? peer);
    note.set_body(delivery.message.body);
    app.send_notification(peer, note);
});

app.connect('activate', () => {
    app.hold();
    client.start();
});
client.connect('terminated', () => app.release());
// A program with promises waits for app.runAsync([]) instead, which GJS has since 1.76.
app.run([]);

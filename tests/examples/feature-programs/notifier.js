// SPDX-License-Identifier: LGPL-2.1-or-later
import Gio from 'gi://Gio';
import Headstock from 'gi://Headstock?version=1.0';
import System from 'system';
const [jid, password] = System.programArgs;
const client = Headstock.Client.new(jid, password);
const roster = new Headstock.Roster();
const messages = new Headstock.Messages();
const app = new Gio.Application({application_id: 'org.example.Notifier'});
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
app.connect('activate', () => { app.hold(); client.start(); });
client.connect('terminated', () => app.release());
await app.runAsync([]);

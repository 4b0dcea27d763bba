// SPDX-License-Identifier: LGPL-2.1-or-later

// A bot in a room: answers !ping and !who, comes when it is invited, and comes back after each loss:
// room-bot JID PASSWORD ROOM

using GLib;
using Headstock;

const string NICK = "bot";

// What the environment has to say about the way to the server: HEADSTOCK_HOST, HEADSTOCK_PORT and HEADSTOCK_CA (a file
// of certificates in PEM format).
void configure (Client client) throws Error {
    unowned string? ca = Environment.get_variable ("HEADSTOCK_CA");

    client.host = Environment.get_variable ("HEADSTOCK_HOST");
    client.port = int.parse (Environment.get_variable ("HEADSTOCK_PORT") ?? "0");
    if (ca != null) {
        client.tls_database = TlsFileDatabase.@new (Filename.canonicalize (ca));
    }
}

// Ctrl-C and SIGTERM end the run in order.
void stop_at_signals (Client client) {
    foreach (var number in new int[] { Posix.Signal.INT, Posix.Signal.TERM }) {
        Unix.signal_add (number, () => {
            client.stop ();
            return Source.CONTINUE;
        });
    }
}

string list_occupants (Room room) {
    string[] names = {};

    for (uint i = 0; i < room.occupants.get_n_items (); i++) {
        var occupant = (Occupant) room.occupants.get_item (i);

        names += occupant.nick;
    }
    return string.joinv (", ", names);
}

// The signal room-message comes for new messages of others: neither for the history nor for what the bot itself says.
void answer (Room room, Delivery delivery) {
    try {
        if (delivery.message.body == "!ping") {
            room.send ("pong");
        } else if (delivery.message.body == "!who") {
            room.send (list_occupants (room));
        }
    } catch (Error error) {
        printerr ("%s\n", error.message);
    }
}

// Waits for a session, and enters the room in it.
async void enter (Muc muc, Room room) {
    try {
        yield muc.join_async (room.jid.to_string (), NICK);
    } catch (Error error) {
        printerr ("not joined: %s\n", error.message);
    }
}

void invited (Muc muc, Invite invite) {
    var room = muc.add_room (invite.room.to_string (), NICK);

    room.password = invite.password;
    enter.begin (muc, room);
}

// Muc itself enters the room again when the account has fallen out of it.
void join_room (Client client, string address) throws Error {
    var jid = new Jid (address);
    var muc = new Muc ();
    var room = muc.add_room (jid.to_string (), NICK);

    client.register (muc);
    muc.room_message.connect (answer);
    muc.invited.connect (invited);
    room.joined.connect (() => print ("in %s\n", jid.to_string ()));
    room.lost.connect ((error) => print ("lost: %s\n", error.message));
    enter.begin (muc, room);
}

int main (string[] args) {
    Intl.setlocale ();
    if (args.length != 4) {
        printerr ("Usage: %s JID PASSWORD ROOM\n", args[0]);
        return 2;
    }
    var client = new Client (args[1], args[2]);

    stop_at_signals (client);
    try {
        configure (client);
        join_room (client, args[3]);
        client.run ();
    } catch (Error error) {
        printerr ("%s\n", error.message);
        return 1;
    }
    return 0;
}

// SPDX-License-Identifier: LGPL-2.1-or-later

// A bot that answers each message with the same text, until it is interrupted (Ctrl-C):  echo-bot JID PASSWORD

using GLib;
using Headstock;

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

// What a handler returns is sent.
Element? echo (Client client, Element element) {
    var message = (Message) element;
    var from = message.from_jid;

    // An "error" is our own message, sent back with its text: who answers it begins a conversation with himself that
    // does not end. So would answering what our own account has written.
    if (message.body == null || from == null || client.is_own (from) || !(message.stanza_type in new string[] { "chat", "normal" })) {
        return null;
    }
    print ("%s: %s\n", from.to_string (), message.body);
    return new Message.chat (from.to_string (), message.body);
}

int main (string[] args) {
    Intl.setlocale ();
    if (args.length != 3) {
        printerr ("Usage: %s JID PASSWORD\n", args[0]);
        return 2;
    }
    var client = new Client (args[1], args[2]);
    client.add_handler ("message", NS_CLIENT, HandlerFlags.DEFAULT, echo);
    client.ready.connect (() => print ("ready as %s\n", client.bound_jid.to_string ()));
    stop_at_signals (client);
    try {
        configure (client);
        client.run ();
    } catch (Error error) {
        printerr ("%s\n", error.message);
        return 1;
    }
    return 0;
}

// SPDX-License-Identifier: LGPL-2.1-or-later

// A bot that answers commands, knows who is online, and tells its version:  command-bot JID PASSWORD
// It is a module: an object that a client tells what happens.

using GLib;
using Headstock;

const string HELP = "I know: help, who, echo TEXT";

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

class Bot : Object, ClientModule {
    private Roster roster = new Roster ();

    public Bot (Client client) {
        var version = new SoftwareVersion ();

        version.name = "Example bot";
        version.version = "1.0";
        roster.subscription_requested.connect (requested);
        client.register (new Disco ());
        client.register (roster);
        client.register (version);
        client.register (new Ping ());
        client.register (this);
    }

    public override void attached (Client client) {
        client.add_handler ("message", NS_CLIENT, HandlerFlags.DEFAULT, answer);
    }

    public override void ready (Client client) {
        print ("ready as %s\n", client.bound_jid.to_string ());
    }

    // Whoever asks to see the bot may, and the bot asks to see them.
    private void requested (SubscriptionRequest request) {
        try {
            roster.approve (request.jid.to_string ());
            roster.subscribe (request.jid.to_string (), null);
        } catch (Error error) {
            printerr ("%s\n", error.message);
        }
    }

    private string list_online () {
        string[] names = {};

        for (uint i = 0; i < roster.contacts.get_n_items (); i++) {
            var contact = (Contact) roster.contacts.get_item (i);

            if (contact.is_available) {
                names += contact.display_name;
            }
        }
        return names.length > 0 ? string.joinv (", ", names) : "Nobody is online.";
    }

    private Element? answer (Client client, Element element) {
        var message = (Message) element;
        var from = message.from_jid;

        // Neither errors, which have the text of our own message, nor what the account itself has written.
        if (message.body == null || from == null || client.is_own (from) || !(message.stanza_type in new string[] { "chat", "normal" })) {
            return null;
        }
        var words = message.body.strip ().split (" ", 2);
        var reply = HELP;

        if (words[0].down () == "who") {
            reply = list_online ();
        } else if (words[0].down () == "echo" && words.length == 2) {
            reply = words[1];
        }
        return new Message.chat (from.to_string (), reply);
    }
}

int main (string[] args) {
    Intl.setlocale ();
    if (args.length != 3) {
        printerr ("Usage: %s JID PASSWORD\n", args[0]);
        return 2;
    }
    var client = new Client (args[1], args[2]);
    var bot = new Bot (client);

    stop_at_signals (client);
    try {
        configure (client);
        client.run ();
    } catch (Error error) {
        printerr ("%s\n", error.message);
        return 1;
    }
    client.unregister (bot);
    return 0;
}

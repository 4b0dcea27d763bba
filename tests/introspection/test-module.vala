// SPDX-License-Identifier: LGPL-2.1-or-later

// A program in Vala against the generated vapi: a module with a handler, a request, a message to itself
// and back, on a real server.

class Echo : Object, Headstock.Module {
    public string[] calls = {};
    public string? body = null;

    public override void attached (Headstock.Client client) {
        calls += "attached";
        client.add_handler_full ("message", Headstock.NS_CLIENT, "chat", null, Headstock.HandlerFlags.DEFAULT, (client, element) => {
            body = ((Headstock.Message) element).body;
            client.stop ();
            return null;
        });
    }

    public override void ready (Headstock.Client client) {
        calls += "ready";
        ask.begin (client);
    }

    public override void begin (Headstock.Client client) {
        calls += "begin";
    }

    public override void lost (Headstock.Client client) {
        calls += "lost";
    }

    public override void terminated (Headstock.Client client) {
        calls += "terminated";
    }

    async void ask (Headstock.Client client) {
        try {
            var iq = new Headstock.Iq ("get", null, new Headstock.Element ("query", Headstock.NS_ROSTER));
            var roster = yield client.request_async (iq, -1, null);
            calls += roster.payload.get_first_child ().get_name ();
            client.send_stanza (new Headstock.Message.chat (client.bound_jid.to_string (), "hi"));
        } catch (Error error) {
            print ("# %s\n", error.message);
            client.stop ();
        }
    }
}

int main () {
    print ("1..1\n");
    try {
        var client = new Headstock.Client (Environment.get_variable ("HS_TEST_USER1"),
                                           Environment.get_variable ("HS_TEST_PASSWORD1"));
        client.host = Environment.get_variable ("HS_TEST_HOST");
        client.port = int.parse (Environment.get_variable ("HS_TEST_PORT"));
        client.tls_database = TlsFileDatabase.@new (Environment.get_variable ("HS_TEST_CA"));
        var echo = new Echo ();
        client.register (echo);
        client.run ();
        if (string.joinv (" ", echo.calls) == "attached begin ready item lost terminated" && echo.body == "hi") {
            print ("ok 1 - a module in Vala talks to the server\n");
            return 0;
        }
        print ("# %s\n", string.joinv (" ", echo.calls));
    } catch (Error error) {
        print ("# %s\n", error.message);
    }
    print ("not ok 1 - a module in Vala talks to the server\n");
    return 1;
}

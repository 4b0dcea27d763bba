// SPDX-License-Identifier: LGPL-2.1-or-later

// Messages in Vala: one to oneself, on a real server, with a receipt of the server and a row that can be shown.

class Log : Object {
    public string[] lines = {};

    public void show (Headstock.ChatMessage row) {
        lines += "%s %s".printf (row.is_outgoing ? "to" : "from", row.message.body);
    }
}

int main () {
    print ("1..1\n");
    try {
        var address = Environment.get_variable ("HS_TEST_USER1");
        var client = new Headstock.Client (address, Environment.get_variable ("HS_TEST_PASSWORD1"));
        var messages = new Headstock.Messages ();
        var log = new Log ();
        Headstock.SentMessage? sent = null;

        client.host = Environment.get_variable ("HS_TEST_HOST");
        client.port = int.parse (Environment.get_variable ("HS_TEST_PORT"));
        client.tls_database = TlsFileDatabase.@new (Environment.get_variable ("HS_TEST_CA"));
        client.register (messages);
        messages.queue_offline = true;
        messages.received.connect ((delivery) => {
            log.show (delivery);
            if (delivery.change == Headstock.ChangeKind.NONE && delivery.may_change (delivery.author))
                log.lines += "wrong";
        });
        sent = messages.send_text (address, "hi");
        log.show (sent);
        sent.notify["state"].connect (() => {
            if (sent.state == Headstock.SentState.ON_SERVER)
                client.stop ();
        });
        client.run ();
        // Sent to oneself, it comes back, and is known.
        if (string.joinv ("|", log.lines) == "to hi" && sent.get_id_for (Headstock.ChangeKind.REPLY) == sent.id) {
            print ("ok 1 - a message in Vala is sent and acknowledged\n");
            return 0;
        }
        print ("# %s\n", string.joinv ("|", log.lines));
    } catch (Error error) {
        print ("# %s\n", error.message);
    }
    print ("not ok 1 - a message in Vala is sent and acknowledged\n");
    return 1;
}

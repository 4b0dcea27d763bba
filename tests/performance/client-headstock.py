# SPDX-License-Identifier: LGPL-2.1-or-later
"""headstock-glib from Python, written as the tutorial does it."""

import bench
import gi
gi.require_version("Headstock", "1.0")
from gi.repository import GLib, Headstock

BATCH = 100


class Reader:
    @Headstock.xmpphandler("message", Headstock.NS_CLIENT)
    def message(self, e):
        body = e.get_body()
        if bench.message(body):
            client.stop()
        elif body == "begin" and bench.workload == "send":
            GLib.idle_add(self.send_some, priority=GLib.PRIORITY_DEFAULT_IDLE)

    def __init__(self):
        self.sent = 0

    def send_some(self):
        for _ in range(min(BATCH, bench.amount - self.sent)):
            client.send_stanza(
                Headstock.Message.new_chat("juliet@capulet.example", "Wherefore art thou, Romeo?"))
            self.sent += 1
        return self.sent < bench.amount


class TextReader:
    @Headstock.xmpphandler("message", Headstock.NS_CLIENT, text=True)
    def message(self, text, sender):
        if bench.message(text):
            client.stop()


client = Headstock.Client(jid=Headstock.Jid.new("romeo@montague.example"), password="secret",
                          host="127.0.0.1", port=bench.port, tls_mode=Headstock.TlsMode.NONE,
                          initial_roster=False, sasl_mechanisms=["PLAIN"])
client.register(TextReader() if bench.how == "text" else Reader())
client.run()

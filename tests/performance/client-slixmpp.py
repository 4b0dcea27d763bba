# SPDX-License-Identifier: LGPL-2.1-or-later
"""slixmpp at the same work."""

import bench
import slixmpp
import slixmpp_connect

BATCH = 100


class Client(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__("romeo@montague.example", "secret", sasl_mech="PLAIN")
        self.sent = 0
        self["feature_mechanisms"].unencrypted_plain = True
        self.add_event_handler("message", self.message)

    def message(self, message):
        body = message["body"]
        if bench.message(body):
            self.loop.call_soon(self.loop.stop)
        elif body == "begin" and bench.workload == "send":
            self.loop.call_soon(self.send_some)

    def send_some(self):
        for _ in range(min(BATCH, bench.amount - self.sent)):
            self.send_message("juliet@capulet.example", "Wherefore art thou, Romeo?", mtype="chat")
            self.sent += 1
        if self.sent < bench.amount:
            self.loop.call_soon(self.send_some)


client = Client()
slixmpp_connect.connect(client, ("127.0.0.1", bench.port))
client.loop.run_forever()

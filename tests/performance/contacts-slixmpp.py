# SPDX-License-Identifier: LGPL-2.1-or-later
"""slixmpp and its contacts: from the start until the roster is there."""

import bench
import slixmpp
import slixmpp_connect


class Client(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__("romeo@montague.example", "secret", sasl_mech="PLAIN")
        self["feature_mechanisms"].unencrypted_plain = True
        self.add_event_handler("session_start", self.started)
        self.add_event_handler("message", self.message)

    async def started(self, _event):
        await self.get_roster(timeout=600)

    def message(self, message):
        if message["body"] == "end":
            assert len(self.client_roster) >= bench.amount, len(self.client_roster)
            bench.end()
            self.loop.call_soon(self.loop.stop)


bench.begin()
client = Client()
slixmpp_connect.connect(client, ("127.0.0.1", bench.port))
client.loop.run_forever()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""slixmpp in a room: from the request to enter until all occupants are there."""

import bench
import slixmpp
import slixmpp_connect

ROOM = "room@conference.example"


class Client(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__("romeo@montague.example", "secret", sasl_mech="PLAIN")
        self["feature_mechanisms"].unencrypted_plain = True
        self.register_plugin("xep_0045")
        self.add_event_handler("session_start", self.started)
        self.add_event_handler("message", self.message)

    def started(self, _event):
        self.loop.call_later(0.2, self.enter)

    def enter(self):
        bench.begin()
        self["xep_0045"].join_muc(ROOM, "romeo")

    def message(self, message):
        if message["body"] == "end":
            assert len(self["xep_0045"].get_roster(ROOM)) == bench.amount + 1
            bench.end()
            self.loop.call_soon(self.loop.stop)


client = Client()
slixmpp_connect.connect(client, ("127.0.0.1", bench.port))
client.loop.run_forever()

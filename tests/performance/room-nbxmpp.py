# SPDX-License-Identifier: LGPL-2.1-or-later
"""nbxmpp in a room, of whose occupants it keeps none: from the request to enter until their presences were read."""

import bench
from gi.repository import GLib
from nbxmpp.client import Client
from nbxmpp.const import ConnectionProtocol, ConnectionType, Mode
from nbxmpp.protocol import Presence
from nbxmpp.structs import StanzaHandler

loop = GLib.MainLoop()
occupants = set()


def presence(_client, _stanza, properties):
    occupants.add(properties.muc_nickname)


def message(_client, stanza, _properties):
    if stanza.getBody() == "end":
        assert len(occupants) == bench.amount + 1, len(occupants)
        bench.end()
        loop.quit()


def enter(client):
    client.register_handler(StanzaHandler(name="presence", callback=presence))
    bench.begin()
    stanza = Presence(to="room@conference.example/romeo")
    stanza.setTag("x", namespace="http://jabber.org/protocol/muc")
    client.send_stanza(stanza)


client = Client()
client.set_domain("montague.example")
client.set_username("romeo")
client.set_resource("orchard")
client.set_password("secret")
client.set_mode(Mode.CLIENT)
client.set_mechs(["PLAIN"])
client.set_connection_types([ConnectionType.PLAIN])
client.set_protocols([ConnectionProtocol.TCP])
client.set_custom_host(f"127.0.0.1:{bench.port}", ConnectionProtocol.TCP, ConnectionType.PLAIN)
client.register_handler(StanzaHandler(name="message", callback=message))
client.subscribe("connected", lambda client, _name: GLib.timeout_add(200, enter, client))
client.connect()
loop.run()

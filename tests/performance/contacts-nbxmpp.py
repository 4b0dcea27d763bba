# SPDX-License-Identifier: LGPL-2.1-or-later
"""nbxmpp and its contacts, of which it keeps none: from the start until the roster was read."""

import bench
from gi.repository import GLib
from nbxmpp.client import Client
from nbxmpp.const import ConnectionProtocol, ConnectionType, Mode

loop = GLib.MainLoop()


def loaded(task):
    assert len(task.finish().items) == bench.amount
    bench.end()
    loop.quit()


def signed_in(client, _name):
    client.get_module("Roster").request_roster(callback=loaded)


bench.begin()
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
client.subscribe("connected", signed_in)
client.connect()
loop.run()

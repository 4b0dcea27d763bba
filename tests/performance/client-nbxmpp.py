# SPDX-License-Identifier: LGPL-2.1-or-later
"""nbxmpp at the same work."""

import bench
from gi.repository import GLib
from nbxmpp.client import Client
from nbxmpp.const import ConnectionProtocol, ConnectionType, Mode
from nbxmpp.protocol import Message
from nbxmpp.structs import StanzaHandler

BATCH = 100

loop = GLib.MainLoop()
sent = 0


def message(_client, stanza, _properties):
    body = stanza.getBody()
    if bench.message(body):
        loop.quit()
    elif body == "begin" and bench.workload == "send":
        GLib.idle_add(send_some)


def send_some():
    global sent
    for _ in range(min(BATCH, bench.amount - sent)):
        client.send_stanza(Message(to="juliet@capulet.example", body="Wherefore art thou, Romeo?",
                                   typ="chat"))
        sent += 1
    return sent < bench.amount


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
client.connect()
loop.run()

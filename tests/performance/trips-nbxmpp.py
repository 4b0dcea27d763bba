# SPDX-License-Identifier: LGPL-2.1-or-later
"""nbxmpp's sign-in, for round-trips.py: `trips-nbxmpp.py starttls|direct PORT`."""

import os
import sys
import time

from gi.repository import GLib
from nbxmpp.client import Client
from nbxmpp.const import ConnectionProtocol, ConnectionType, Mode

kind = ConnectionType.DIRECT_TLS if sys.argv[1] == "direct" else ConnectionType.START_TLS
user, _, domain = os.environ["HS_TEST_USER1"].partition("@")
loop = GLib.MainLoop()


def done(*_arguments) -> None:
    print(f"{(time.monotonic() - begun) * 1000:.1f}", flush=True)
    loop.quit()


client = Client()
client.set_domain(domain)
client.set_username(user)
client.set_resource("r")
client.set_password(os.environ["HS_TEST_PASSWORD1"])
client.set_mode(Mode.CLIENT)
client.set_ignore_tls_errors(True)
client.set_connection_types([kind])
client.set_protocols([ConnectionProtocol.TCP])
client.set_custom_host(f"127.0.0.1:{sys.argv[2]}", ConnectionProtocol.TCP, kind)
client.subscribe("connected", done)
client.subscribe("connection-failed", lambda *_: loop.quit())
client.subscribe("disconnected", lambda *_: loop.quit())
begun = time.monotonic()
client.connect()
loop.run()

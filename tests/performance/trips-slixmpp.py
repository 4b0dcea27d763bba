# SPDX-License-Identifier: LGPL-2.1-or-later
"""slixmpp's sign-in, for round-trips.py: `trips-slixmpp.py starttls|direct PORT`."""

import os
import sys
import time

import slixmpp
import slixmpp_connect

client = slixmpp.ClientXMPP(os.environ["HS_TEST_USER1"], os.environ["HS_TEST_PASSWORD1"])
client.ca_certs = os.environ["HS_TEST_CA"]


def done(_event) -> None:
    print(f"{(time.monotonic() - begun) * 1000:.1f}", flush=True)
    client.loop.stop()


client.add_event_handler("session_start", done)
begun = time.monotonic()
slixmpp_connect.connect(client, ("127.0.0.1", int(sys.argv[2])), tls=sys.argv[1])
client.loop.run_forever()

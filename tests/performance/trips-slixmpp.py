# SPDX-License-Identifier: LGPL-2.1-or-later
"""slixmpp's sign-in, for round-trips.py: `trips-slixmpp.py starttls|direct PORT`."""

import os
import sys
import time

import slixmpp

direct = sys.argv[1] == "direct"
client = slixmpp.ClientXMPP(os.environ["HS_TEST_USER1"], os.environ["HS_TEST_PASSWORD1"])
client.ca_certs = os.environ["HS_TEST_CA"]


def done(_event) -> None:
    print(f"{(time.monotonic() - begun) * 1000:.1f}", flush=True)
    client.loop.stop()


client.add_event_handler("session_start", done)
begun = time.monotonic()
client.connect(("127.0.0.1", int(sys.argv[2])), use_ssl=direct, force_starttls=not direct)
client.loop.run_forever()

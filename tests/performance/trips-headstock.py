# SPDX-License-Identifier: LGPL-2.1-or-later
"""Our sign-in in Python, for start.py: `trips-headstock.py starttls|direct PORT`. Prints "ready", and ends."""

import os
import sys

import gi

gi.require_version("Headstock", "1.0")
from gi.repository import Gio, GLib, Headstock  # noqa: E402

loop = GLib.MainLoop()


def done(_client) -> None:
    print("ready", flush=True)
    loop.quit()


client = Headstock.Client(
    jid=os.environ["HS_TEST_USER1"], password=os.environ["HS_TEST_PASSWORD1"], host="127.0.0.1",
    port=int(sys.argv[2]), tls_database=Gio.TlsFileDatabase.new(os.environ["HS_TEST_CA"]),
    tls_mode=Headstock.TlsMode.DIRECT if sys.argv[1] == "direct" else Headstock.TlsMode.STARTTLS)
client.connect("ready", done)
client.start()
loop.run()

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server component that echoes messages and answers pings.

    echo-component.py SERVICE SECRET

SERVICE is the domain that the server has for the component, SECRET what it was configured with. The
server is on this machine, at port 5347, unless HEADSTOCK_HOST and HEADSTOCK_PORT say otherwise. A
component speaks for every address at its domain, so it says in each stanza which one it speaks for:
new_reply() takes the one that was spoken to. Ctrl-C ends it."""
import os
import sys

import gi

gi.require_version("Headstock", "1.0")
from gi.repository import GLib, Headstock


class Echo:
    @Headstock.xmpphandler("message", Headstock.NS_CLIENT)
    def message(self, message):
        # Errors carry our own text back: answering them would never end.
        if message.stanza_type not in ("chat", "normal") or not message.body:
            return None
        if self.client.is_own(message.from_jid):
            return None
        print(f"{message.from_jid}: {message.body}", flush=True)
        reply = message.new_reply()
        reply.body = message.body
        return reply

    @Headstock.xmpphandler("ping", Headstock.NS_PING)
    def ping(self, ping):
        iq = ping.get_parent()
        return iq.new_reply() if iq.stanza_type == "get" else None

    def ready(self, client):
        self.client = client
        print(f"ready as {client.bound_jid}", flush=True)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    component = Headstock.Component.new(sys.argv[1], sys.argv[2])
    component.host = os.environ.get("HEADSTOCK_HOST")
    component.port = int(os.environ.get("HEADSTOCK_PORT", "0"))
    component.register(Echo())
    try:
        component.run()
    except GLib.Error as error:
        sys.exit(f"{sys.argv[1]}: {error.message}")


if __name__ == "__main__":
    main()

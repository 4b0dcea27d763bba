#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shows an account's contacts and their presences, and answers each message with the same text.

    basic.py JID PASSWORD

Ends with Ctrl-C.  Where the DNS does not know the server, or its certificate was signed by an
authority that the system does not know, the environment says more: HEADSTOCK_HOST,
HEADSTOCK_PORT, and HEADSTOCK_CA (a file of certificates in PEM format).

Shown here: an object whose methods are handlers for the elements that they name; the stages of
a client's life, as methods of that object and as signals.
"""

import os
import sys

import gi

gi.require_version("Headstock", "1.0")
from gi.repository import Gio, GLib, Headstock  # noqa: E402


class Basic:
    """What this program makes of what arrives.  It need not be of any class."""

    # Only in what the account itself has sent: anybody could send something that looks like it.
    # Forgotten one by one: a roster of any size passes through, and never lies in memory as a whole.
    @Headstock.xmpphandler("item", Headstock.NS_ROSTER, from_account=True, forget=True)
    def contact(self, item):
        print(f"contact {item.get_attribute('jid')}: {item.get_attribute('subscription')}")

    @Headstock.xmpphandler("presence", Headstock.NS_CLIENT)
    def presence(self, presence):
        what = presence.show or presence.stanza_type
        print(f"presence of {presence.from_jid}: {what}")

    @Headstock.xmpphandler("message", Headstock.NS_CLIENT)
    def echo(self, message):
        # An "error" is our own message that came back, with its text: to answer it would begin
        # a conversation with ourselves.  So would answering what our own account has written.
        if message.body is None or message.stanza_type not in ("chat", "normal"):
            return None
        print(f"{message.from_jid}: {message.body}")
        if self.client.is_own(message.from_jid):
            return None
        return Headstock.Message.new_chat(message.from_jid, message.body)

    def ready(self, client):
        self.client = client
        print(f"ready as {client.bound_jid}")

    def stopping(self, client):
        print("stopping")

    def cleanup(self, client):
        print("cleanup")

    def terminated(self, client):
        print("terminated")


def main():
    if len(sys.argv) != 3:
        print(f"Usage: {sys.argv[0]} JID PASSWORD", file=sys.stderr)
        return 2
    client = Headstock.Client.new(sys.argv[1], sys.argv[2])
    client.host = os.environ.get("HEADSTOCK_HOST")
    client.port = int(os.environ.get("HEADSTOCK_PORT", 0))
    if "HEADSTOCK_CA" in os.environ:
        path = os.path.abspath(os.environ["HEADSTOCK_CA"])
        client.tls_database = Gio.TlsFileDatabase.new(path)

    client.connect("connecting", lambda client: print("connecting"))
    client.connect("connected", lambda client: print("connected"))
    client.connect("secured", lambda client, certificate: print("secured"))
    client.connect("authenticated", lambda client, name: print("authenticated with", name))
    client.register(Basic())
    try:
        client.run()
    except GLib.Error as error:
        print(error.message, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

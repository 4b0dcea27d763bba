#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A bot that answers commands, knows who is online, and tells its version:  bot.py JID PASSWORD

Ends with Ctrl-C.  HEADSTOCK_HOST, HEADSTOCK_PORT and HEADSTOCK_CA (a file of certificates in PEM format) say where
the server is, if the DNS does not know it or the system does not know who signed its certificate."""
import os
import sys

import gi

gi.require_version("Headstock", "1.0")
from gi.repository import Gio, GLib, Headstock  # noqa: E402

HELP = "I know: help, who, echo TEXT"


class Bot:
    def __init__(self, client):
        self.client = client
        self.roster = Headstock.Roster.new()
        self.roster.connect("subscription-requested", self.requested)
        version = Headstock.SoftwareVersion(name="Example bot", version="1.0")
        for module in (Headstock.Disco.new(), self.roster, version, Headstock.Ping.new(), self):
            client.register(module)

    def ready(self, client):
        print(f"ready as {client.bound_jid}", flush=True)

    def requested(self, roster, request):
        """Whoever asks to see the bot may, and the bot asks to see them."""
        roster.approve(request.jid)
        roster.subscribe(request.jid, None)

    def answer(self, command, text):
        if command == "who":
            names = [contact.display_name for contact in self.roster.contacts if contact.is_available]
            return ", ".join(names) or "Nobody is online."
        return text if command == "echo" and text else HELP

    @Headstock.xmpphandler("message", Headstock.NS_CLIENT)
    def message(self, message):
        # Neither errors, which have the text of our own message, nor what the account itself has written.
        sender = message.from_jid
        if not message.body or message.stanza_type not in ("chat", "normal") or self.client.is_own(sender):
            return None
        command, _, text = message.body.strip().partition(" ")
        return Headstock.Message.new_chat(sender, self.answer(command.lower(), text))


client = Headstock.Client.new(*sys.argv[1:3]) if len(sys.argv) == 3 else sys.exit(f"Usage: {sys.argv[0]} JID PASSWORD")
client.host, client.port = os.environ.get("HEADSTOCK_HOST"), int(os.environ.get("HEADSTOCK_PORT", 0))
if "HEADSTOCK_CA" in os.environ:
    client.tls_database = Gio.TlsFileDatabase.new(os.path.abspath(os.environ["HEADSTOCK_CA"]))
Bot(client)
try:
    client.run()
except GLib.Error as error:
    sys.exit(error.message)

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The program that design and tutorial begin with, on the test server's second account.

What the server's address and authority add stands between making the client and registering.
"""

import os

import gi
gi.require_version("Headstock", "1.0")
from gi.repository import Gio, Headstock


class Basic:
    @Headstock.xmpphandler("item", Headstock.NS_ROSTER, from_account=True, forget=True)
    def roster(self, e):
        print("Contact", e.get_attribute("jid"), e.get_attribute("subscription"), flush=True)

    @Headstock.xmpphandler("message", Headstock.NS_CLIENT, once=False, forget=False)
    def echo(self, e):
        if e.props.body == "fail":
            raise RuntimeError("told to fail")
        if e.props.body and e.props.stanza_type in ("chat", "normal") and not self.client.is_own(e.props.from_jid):
            return Headstock.Message.new_chat(e.props.from_jid, e.props.body)

    def ready(self, client):
        self.client = client
        print("Ready", client.props.bound_jid, flush=True)

    def stopping(self):
        print("Stopping")

    def terminated(self, client):
        print("Terminated", flush=True)


client = Headstock.Client.new(os.environ["HS_TEST_USER2"], os.environ["HS_TEST_PASSWORD2"])
client.props.host = os.environ["HS_TEST_HOST"]
client.props.port = int(os.environ["HS_TEST_PORT"])
client.props.tls_database = Gio.TlsFileDatabase.new(os.environ["HS_TEST_CA"])
client.register(Basic())
client.run()
print("Ended", flush=True)

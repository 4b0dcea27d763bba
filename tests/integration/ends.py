#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The other end of test-ends.c: user2, who sends everything back until told "Good bye".

For the environment see tests/servers/serve.py.
"""

import os
import sys

import gi

gi.require_version("Headstock", "1.0")
from gi.repository import Gio, Headstock  # noqa: E402


class End:
    """Returns each message of user1 to where it came from."""

    @Headstock.xmpphandler("message", Headstock.NS_CLIENT)
    def echo(self, message):
        body = message.props.body
        if body is None or message.props.stanza_type != "chat":
            return None
        if body == "Good bye":
            self.client.stop()
            return None
        return Headstock.Message.new_chat(message.props.from_jid, body)

    def ready(self, client):
        self.client = client


client = Headstock.Client.new(os.environ["HS_TEST_USER2"] + "/python",
                              os.environ["HS_TEST_PASSWORD2"])
client.props.host = os.environ["HS_TEST_HOST"]
client.props.port = int(os.environ["HS_TEST_PORT"])
client.props.tls_database = Gio.TlsFileDatabase.new(os.environ["HS_TEST_CA"])
client.register(End())
sys.exit(0 if client.run() else 1)

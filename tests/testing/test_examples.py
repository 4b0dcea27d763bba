# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples in Python, without a server. Runs under unittest and pytest.

The environment says where the examples are: HS_EXAMPLES_SOURCE."""
import contextlib
import importlib.util
import io
import os
import pathlib
import unittest

import gi

gi.require_version("Headstock", "1.0")
gi.require_version("HeadstockTest", "1.0")
from gi.repository import Headstock, HeadstockTest  # noqa: E402

SOURCE = pathlib.Path(os.environ.get("HS_EXAMPLES_SOURCE", "examples"))
FROM = "juliet@example.org/a"


def load(name):
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), SOURCE / "python" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def chat(body, kind="chat", sender=FROM):
    return f"<message from='{sender}' type='{kind}'><body>{body}</body></message>"


class Case(unittest.TestCase):
    def setUp(self):
        self.server = HeadstockTest.Server()
        self.client = Headstock.Client.new("bot@example.org", "secret")
        self.printed = io.StringIO()

    def start(self, client=None):
        with contextlib.redirect_stdout(self.printed):
            self.assertTrue(self.server.start(client or self.client))

    def feed(self, xml):
        with contextlib.redirect_stdout(self.printed):
            self.server.feed(xml)


class Basic(Case):
    def setUp(self):
        super().setUp()
        self.client.register(load("basic").Basic())
        self.server.answer("query", Headstock.NS_ROSTER,
                           "<query xmlns='jabber:iq:roster'><item jid='a@b' subscription='both'/></query>")
        self.start()

    def test_shows_contacts(self):
        self.assertIn("contact a@b: both", self.printed.getvalue())
        self.feed("<presence from='a@b/c'><show>away</show></presence>")
        self.assertIn("presence of a@b/c: away", self.printed.getvalue())

    def test_echoes(self):
        self.feed(chat("hi"))
        sent = self.server.take_sent()
        self.assertEqual((sent.props.body, str(sent.props.to_jid)), ("hi", FROM))

    def test_does_not_echo(self):
        self.feed(chat("no", "error"))
        self.feed(chat("no", "headline"))
        self.feed(chat("no", "chat", "bot@example.org/other"))
        self.assertIsNone(self.server.take_sent())

    def test_ends(self):
        with contextlib.redirect_stdout(self.printed):
            self.server.stop()
        for stage in ("stopping", "cleanup", "terminated"):
            self.assertIn(stage, self.printed.getvalue())


class EchoComponent(Case):
    def setUp(self):
        super().setUp()
        component = Headstock.Component.new("echo.example.org", "secret")
        component.register(load("echo-component").Echo())
        self.start(component)

    def test_echoes(self):
        self.feed(f"<message from='{FROM}' to='x@echo.example.org' type='chat'><body>hi</body></message>")
        sent = self.server.take_sent()
        self.assertEqual((sent.props.body, str(sent.props.from_jid)), ("hi", "x@echo.example.org"))

    def test_answers_pings(self):
        self.feed(f"<iq type='get' id='1' from='{FROM}' to='echo.example.org'><ping xmlns='urn:xmpp:ping'/></iq>")
        self.assertEqual(self.server.take_sent().props.stanza_type, "result")


class Disco(Case):
    def ask(self):
        disco = Headstock.Disco.new()
        self.client.register(disco)
        self.client.register(load("disco").Show(self.client, disco))
        self.server.attach(self.client)
        with contextlib.redirect_stdout(self.printed):
            self.client.start()
            self.server.settle()
        return self.printed.getvalue()

    def test_shows_server(self):
        self.server.answer("query", "http://jabber.org/protocol/disco#info",
                           "<query xmlns='http://jabber.org/protocol/disco#info'>"
                           "<identity category='server' type='im' name='Test'/>"
                           "<feature var='urn:xmpp:ping'/></query>")
        self.server.answer("query", "http://jabber.org/protocol/disco#items",
                           "<query xmlns='http://jabber.org/protocol/disco#items'>"
                           "<item jid='chat.example.org' name='Rooms'/></query>")
        printed = self.ask()
        self.assertIn("example.org: Test\n  urn:xmpp:ping", printed)
        self.assertIn("service chat.example.org: Rooms", printed)
        self.assertIn("uploads: no", printed)

    def test_server_without(self):
        with contextlib.redirect_stderr(self.printed):
            self.assertIn("service-unavailable", self.ask())


if __name__ == "__main__":
    unittest.main()

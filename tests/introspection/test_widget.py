#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Marked methods of a GTK widget are handlers; wants a display and a server."""

import gc
import os
import weakref

from support import main, make_client, online, prepare, scenario, send_xml, wait  # isort: skip
import gi
gi.require_version("Gtk", "4.0")
from gi.repository import Gtk, Headstock  # noqa: E402


class Last(Gtk.Label):
    """Shows the last message."""

    @Headstock.xmpphandler("message", Headstock.NS_CLIENT)
    def show_message(self, e):
        self.set_text(e.props.body)

    def ready(self, client):
        self.client = client


class Bot(Headstock.Client):
    """Made by GTK."""

    __gtype_name__ = "TestBot"
    body = None

    @Headstock.xmpphandler("body", Headstock.NS_CLIENT)
    def on_body(self, e):
        self.body = e.props.text


@scenario
def widget():
    """a widget's marked methods are called, and it goes with its window and the client"""
    client, window, label = make_client(1), Gtk.Window(), Last()
    window.set_child(label)
    client.register(label)
    client.bind_property("state", window, "title", 0,
                         lambda _binding, state: state.value_nick)
    with online(client):
        send_xml(client, client.props.bound_jid, "<body>hello</body>")
        wait(lambda: label.get_text() == "hello")
        assert window.get_title() == "ready"
    references = [weakref.ref(one) for one in (client, label)]
    window.set_child(None)
    window.destroy()
    del client, label, window
    gc.collect()
    assert [one() for one in references] == [None, None]


@scenario
def builder():
    """a Client subclass that Gtk.Builder makes has its handlers"""
    made = Gtk.Builder.new_from_string(
        f"<interface><object class='TestBot' id='bot'><property name='host'>{os.environ['HS_TEST_HOST']}"
        "</property></object></interface>", -1)
    bot = prepare(made.get_object("bot"))
    bot.props.jid = os.environ["HS_TEST_USER1"]
    bot.props.password = os.environ["HS_TEST_PASSWORD1"]
    with online(bot):
        send_xml(bot, bot.props.bound_jid, "<body>built</body>")
        wait(lambda: bot.body == "built")


if __name__ == "__main__":
    main()

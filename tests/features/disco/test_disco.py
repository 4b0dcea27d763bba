#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Service discovery between two accounts on a real server."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "introspection"))

from support import (main, make_client, online, refused, scenario, settle, wait)  # isort: skip
from gi.repository import Gio, GLib, GObject, Headstock


class Dice(GObject.Object, Headstock.Module, Headstock.Described):
    """What a program's own module looks like."""

    def __init__(self):
        super().__init__()
        self.feature = "urn:example:dice"

    def do_describe(self, info):
        info.add_feature(self.feature)
        info.add_identity("client", "bot", "Dice", None)


def with_disco(number):
    client, disco = make_client(number), Headstock.Disco.new()
    client.register(disco)
    return client, disco


def call(disco, name, *arguments):
    """Calls an asynchronous function and returns what it gives; raises GLib.Error."""
    done = []
    getattr(disco, name + "_async")(*arguments, None, lambda _disco, result: done.append(result))
    return getattr(disco, name + "_finish")(wait(lambda: done)[0])


@scenario
def server_hash():
    """the server computes the same hash"""
    client, disco = with_disco(1)
    stream = []
    client.connect("xml", lambda _client, direction, text:
                   direction == Headstock.Direction.IN and stream.append(text))
    with online(client):
        info = wait(lambda: disco.props.server_info)
        features = re.findall("<c [^>]*>", "".join(stream).partition("<iq")[0])
        assert features, "the server has no capabilities in its stream features"
        (said,) = re.findall("ver=['\"]([^'\"]*)", features[-1])
        assert info.dup_caps_hash("sha-1") == said, (info.dup_caps_hash("sha-1"), said)
        assert info.has_identity("server", "im") and not info.has_feature("urn:other")
        wait(lambda: disco.props.account_info)
        assert disco.props.account_info.has_identity("account", None)
    assert disco.props.server_info is None


@scenario
def between_clients():
    """what one advertises the other finds, and verifies by the hash"""
    (one, asking), (two, answering) = with_disco(1), with_disco(2)
    dice = Dice()
    two.register(dice)
    answering.add_feature("urn:example:more")
    with online(one, two):
        jid = two.props.bound_jid.to_string()

        def show():
            presence = Headstock.Presence.new(None)
            presence.props.to_jid = one.props.bound_jid
            two.prepare_presence(presence)
            two.send_stanza(presence)

        seen = []
        one.connect("presence", lambda _client, presence:
                    presence.props.from_jid.to_string() == jid and seen.append(presence))
        show()
        wait(lambda: seen)
        info = call(asking, "query_caps", jid)
        assert info.has_feature("urn:example:dice") and info.has_feature("urn:example:more")
        assert info.dup_name() == "Dice"
        assert [i.props.identity_type for i in info.list_identities()] == ["bot"]
        assert set(info.dup_features()) >= {"urn:example:dice", Headstock.NS_DISCO_INFO}
        assert asking.peek(jid) is info
        # It changes, and the old hash is answered all the same.
        dice.feature = "urn:example:dice:2"
        dice.emit("description-changed")
        del seen[:]
        show()
        wait(lambda: seen)
        assert asking.peek(jid) is None
        assert call(asking, "query_caps", jid).has_feature("urn:example:dice:2")
        old = f"urn:headstock-glib#{info.dup_caps_hash('sha-1')}"
        assert call(asking, "query", jid, old).has_feature("urn:example:dice")
        refused(lambda: call(asking, "query", jid, "urn:headstock-glib#other"),
                Headstock.stanza_error_quark(), Headstock.StanzaError.ITEM_NOT_FOUND)
        assert call(asking, "query_items", jid, None) == []


@scenario
def answered_later():
    """a program answers itself, and later"""
    (one, asking), (two, answering) = with_disco(1), with_disco(2)

    def answer(request):
        info = Headstock.DiscoInfo.new()
        info.add_identity("client", "phone", "Later", None)
        answering.answer(request, info)
        return GLib.SOURCE_REMOVE

    def info_requested(_disco, request, node):
        if node != "later":
            return False
        GLib.timeout_add(50, answer, request)
        return True

    def items_requested(_disco, request, _node):
        items = Gio.ListStore()
        items.append(Headstock.DiscoItem(name="Nowhere"))
        items.append(Headstock.DiscoItem.new("a@example.org", "n", "A"))
        answering.answer_items(request, items)
        return True

    answering.connect("info-requested", info_requested)
    answering.connect("items-requested", items_requested)
    with online(one, two):
        jid = two.props.bound_jid.to_string()
        assert call(asking, "query", jid, "later").has_identity("client", "phone")
        (item,) = call(asking, "query_items", jid, None)
        assert (item.props.jid.to_string(), item.props.node, item.props.name) == ("a@example.org", "n", "A")
        assert call(asking, "query", jid, None).has_identity("client", "pc")
        assert call(asking, "find_service", "urn:example:nobody-has-this") is None
        assert call(asking, "find_service", Headstock.NS_PING) is not None
        settle()


@scenario
def state():
    """verified hashes are kept from one run to the next"""
    info = Headstock.DiscoInfo.new()
    info.add_feature("urn:x")
    query = "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:x'/></query>"
    key = f"sha-1 {info.dup_caps_hash('sha-1')}"
    client, disco = with_disco(1)
    account = client.props.jid.get_bare().to_string()
    disco.restore_state(GLib.Variant("(usa(ss))", (1, account, [(key, query)])))
    assert disco.dup_state().unpack()[2] == [(key, query)]
    refused(lambda: disco.restore_state(GLib.Variant("(usa(ss))", (1, "other@example.org", []))),
            Headstock.error_quark(), Headstock.Error.INVALID_STATE)


main()

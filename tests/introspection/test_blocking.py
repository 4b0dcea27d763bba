#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The block list, nodes and bookmarks, between two devices of one account on a real server."""

import os

from support import address, main, make_client, online, refused, scenario, wait  # isort: skip
from gi.repository import GLib, Headstock


def make(resource):
    """A device with a block list."""
    client, blocking = make_client(1, resource=resource), Headstock.Blocking.new()
    client.register(blocking)
    return client, blocking


def done(start, finish, *args):
    """Waits for an asynchronous function, and returns what it gave, or raises."""
    results = []
    start(*args, None, lambda module, result: results.append(result))
    return finish(wait(lambda: results)[0])


@scenario
def devices():
    """one device blocks, the other one knows, and unblocks"""
    (one, first), (two, second) = make("one"), make("two")
    with online(one, two):
        wait(lambda: first.props.is_loaded and second.props.is_loaded and first.props.is_supported)
        assert done(first.unblock_async, first.unblock_finish, None)
        wait(lambda: second.props.blocked.get_n_items() == 0)
        seen = []
        second.props.blocked.connect("items-changed", lambda model, *change: seen.append(change))
        assert done(first.block_async, first.block_finish, [Headstock.Jid("iago@shakespeare.example"), "spam.example"])
        assert first.is_blocked(Headstock.Jid("iago@shakespeare.example/x")) and first.is_blocked("anyone@spam.example")
        wait(lambda: second.props.blocked.get_n_items() == 2)
        assert seen == [(0, 0, 2)]
        jids = [str(address.props.jid) for address in second.props.blocked]
        assert sorted(jids) == ["iago@shakespeare.example", "spam.example"]
        # An empty list is not all of them.
        assert done(second.unblock_async, second.unblock_finish, [])
        assert second.props.blocked.get_n_items() == 2
        assert done(second.unblock_async, second.unblock_finish, ["spam.example"])
        wait(lambda: not first.is_blocked("spam.example"))
        refused(lambda: done(first.block_async, first.block_finish, ["@"]),
                Headstock.Error.quark(), Headstock.Error.INVALID_JID)
        assert done(first.unblock_async, first.unblock_finish, None)
        wait(lambda: second.props.blocked.get_n_items() == 0)


@scenario
def nodes():
    """one device publishes something private, the other one knows, and a contact does not"""
    node, clients = "urn:example:python", [make_client(1), make_client(1), make_client(2)]
    first, second, contact = modules = [Headstock.PubSub.new() for _ in clients]
    events = {module: [] for module in modules}
    for client, module in zip(clients, modules):
        client.register(module)
        module.watch(node)
        module.connect(f"event::{node}", lambda module, event: events[module].append(event))
    payload = Headstock.Element.new("note", node)
    payload.set_text("secret")
    private = Headstock.NodeConfig.new_private()
    private.store_value("max_items", "5")
    with online(*clients):
        assert done(first.publish_async, first.publish_finish, None, node, "1", payload, private) == "1"
        event = wait(lambda: events[second])[0]
        assert event.props.kind == Headstock.PubSubEventKind.ITEM and not event.props.is_replayed
        assert (str(event.props.service), event.props.node) == (address(1), node)
        assert event.props.item.props.payload.get_text() == "secret"
        items = done(second.query_items_async, second.query_items_finish, None, node, ["1"], 0)
        assert [(item.props.id, item.props.payload.get_text()) for item in items] == [("1", "secret")]
        form = done(second.query_config_async, second.query_config_finish, None, node)
        assert form.get_value("pubsub#access_model") == "whitelist"
        try:
            done(contact.query_items_async, contact.query_items_finish, address(1), node, None, 0)
            raise AssertionError("it is not private")
        except GLib.Error as error:
            assert error.domain == GLib.quark_to_string(Headstock.stanza_error_quark())
        assert done(second.retract_async, second.retract_finish, None, node, "1", True)
        wait(lambda: events[first] and events[first][-1].props.kind == Headstock.PubSubEventKind.RETRACTED)
        assert events[first][-1].props.item.props.id == "1"
        assert done(second.delete_node_async, second.delete_node_finish, None, node)
        assert not [event for event in events[contact] if event.props.item]


@scenario
def bookmarks():
    """one device remembers a room, the other one knows, changes it and forgets it"""
    room, clients = "verona@rooms.example", [make_client(1), make_client(1)]
    first, second = modules = [Headstock.Bookmarks.new() for _ in clients]
    for client, module in zip(clients, modules):
        client.register(module)
    bookmark = Headstock.Bookmark.new(room)
    bookmark.props.name = "Verona"
    bookmark.props.is_autojoin = True
    bookmark.props.notify_when = Headstock.NotifyWhen.ON_MENTION
    with online(*clients):
        wait(lambda: first.props.is_writable and second.props.is_writable)
        assert done(first.store_async, first.store_finish, bookmark)
        seen = wait(lambda: second.lookup(room))
        assert [str(one.props.jid) for one in second.props.bookmarks] == [room]
        assert (seen.props.name, seen.props.nick, seen.props.is_autojoin) == ("Verona", None, True)
        assert seen.props.notify_when == Headstock.NotifyWhen.ON_MENTION and not seen.props.is_pinned
        seen.props.nick = "romeo"
        assert done(second.store_async, second.store_finish, seen)
        wait(lambda: first.lookup(room).props.nick == "romeo")
        assert done(second.remove_async, second.remove_finish, room)
        wait(lambda: first.lookup(room) is None)
    refused(lambda: done(first.store_async, first.store_finish, bookmark),
            Headstock.Error.quark(), Headstock.Error.NOT_CONNECTED)


@scenario
def autojoin():
    """one device marks a room, the other one joins it, and leaves when the mark is gone"""
    room, clients = f"python@{os.environ['HS_TEST_ROOMS']}", [make_client(1), make_client(1)]
    first, second = (Headstock.Bookmarks.new() for _ in clients)
    muc = Headstock.Muc.new()
    clients[0].register(first)
    for module in (second, muc, Headstock.Autojoin.new(second, muc)):
        clients[1].register(module)
    bookmark = Headstock.Bookmark.new(room)
    bookmark.props.is_autojoin = True
    with online(*clients):
        wait(lambda: first.props.is_writable and second.props.is_writable)
        assert done(first.store_async, first.store_finish, bookmark)
        joined = wait(lambda: muc.lookup(room))
        wait(lambda: joined.props.state == Headstock.RoomState.IN)
        assert joined.props.nick == address(1).split("@")[0]
        bookmark.props.is_autojoin = False
        assert done(first.store_async, first.store_finish, bookmark)
        wait(lambda: joined.props.state == Headstock.RoomState.OUT)
        assert done(first.remove_async, first.remove_finish, room)
        wait(lambda: second.lookup(room) is None)


if __name__ == "__main__":
    main()

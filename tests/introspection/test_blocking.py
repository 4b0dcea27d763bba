#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The block list, between two devices of one account on a real server."""

from support import main, make_client, online, refused, scenario, wait  # isort: skip
from gi.repository import Headstock


def make(resource):
    """A device with a block list."""
    client, blocking = make_client(1, resource=resource), Headstock.Blocking.new()
    client.register(blocking)
    return client, blocking


def done(start, finish, jids):
    """Waits for an asynchronous function, and returns what it gave, or raises."""
    results = []
    start(jids, None, lambda blocking, result: results.append(result))
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


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The roster, between two accounts on a real server."""

from support import address, main, make_client, online, scenario, wait  # isort: skip
from gi.repository import Headstock


def make(number):
    """A client with a roster, which is available."""
    client, roster = make_client(number), Headstock.Roster.new()
    client.props.own_presence = Headstock.Presence.new(None)
    client.register(roster)
    return client, roster


def done(start, *arguments, finish):
    """Waits for an asynchronous function."""
    results = []
    start(*arguments, None, lambda roster, result: results.append(finish(result)))
    assert wait(lambda: results) == [True]


def empty(roster):
    for contact in list(roster.props.contacts):
        done(roster.remove_async, contact, finish=roster.remove_finish)
    wait(lambda: roster.props.contacts.get_n_items() == 0)


@scenario
def contacts():
    """contacts are added, changed, listed and removed"""
    client, roster = make(1)
    seen = []
    roster.props.contacts.connect("items-changed", lambda model, *change: seen.append(change))
    with online(client):
        wait(lambda: roster.props.is_loaded)
        empty(roster)
        seen.clear()
        done(roster.add_async, "juliet@example.com", "Juliet", ["Friends"], finish=roster.add_finish)
        contact = wait(lambda: roster.lookup("juliet@example.com"))
        assert seen == [(0, 0, 1)] and list(roster.props.contacts) == [contact]
        assert contact.props.groups == ["Friends"] and roster.dup_groups() == ["Friends"]
        assert contact.props.subscription == Headstock.Subscription.NONE
        done(roster.update_async, contact, "J", [], finish=roster.update_finish)
        wait(lambda: contact.props.display_name == "J" and not contact.props.groups)
        done(roster.refresh_async, finish=roster.refresh_finish)
        assert roster.lookup(contact.props.jid) is contact and roster.props.version
        empty(roster)
        wait(lambda: not contact.props.is_in_roster)


@scenario
def subscription():
    """a request is answered, and presence comes"""
    (one, first), (two, second) = make(1), make(2)
    kept = []
    second.connect("subscription-requested", lambda roster, request: kept.append(request))
    with online(one, two):
        wait(lambda: first.props.is_loaded and second.props.is_loaded)
        empty(first)
        empty(second)
        assert first.subscribe(two.props.bound_jid, "It is me")
        request = wait(lambda: kept and kept[0])
        assert request.props.jid == one.props.bound_jid.get_bare() and request.props.text == "It is me"
        assert second.approve(request.props.jid) and second.props.requests.get_n_items() == 0
        contact = wait(lambda: first.lookup(two.props.bound_jid))
        wait(lambda: contact.props.is_available and contact.props.show == Headstock.Show.ONLINE)
        (resource,) = contact.props.resources
        assert resource.props.jid == two.props.bound_jid and resource.props.since is not None
        empty(first)
        empty(second)
    wait(lambda: first.props.is_stale)


if __name__ == "__main__":
    main()

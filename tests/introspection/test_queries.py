#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pings, versions, the time, the last activity and vCards, on a real server."""

import datetime

from support import address, main, make_client, online, refused, scenario, wait  # isort: skip
from gi.repository import GLib, Headstock


def result(start, finish, *args):
    """What an asynchronous function gives; raises GLib.Error."""
    done = []
    start(*args, None, lambda _module, answer: done.append(answer))
    return finish(wait(lambda: done)[0])


class Device:
    """A client with all four modules."""

    def __init__(self, number, resource):
        self.client = make_client(number, resource=resource)
        self.ping = Headstock.Ping.new()
        self.version = Headstock.SoftwareVersion(name=f"Test {number}", version="1.5")
        self.time = Headstock.Time.new()
        self.last = Headstock.LastActivity.new()
        for module in (self.ping, self.version, self.time, self.last):
            self.client.register(module)
            assert module.props.client is self.client

    @property
    def jid(self):
        """The address to ask."""
        return str(self.client.props.bound_jid)


@scenario
def queries():
    """two devices of an account and one of another ask each other"""
    first, second, stranger = Device(1, "first"), Device(1, "second"), Device(2, "other")
    unavailable = Headstock.stanza_error_quark(), Headstock.StanzaError.SERVICE_UNAVAILABLE
    with online(first.client, second.client, stranger.client):
        for to in (None, address(1).split("@")[1], second.jid, stranger.jid):
            assert 0 <= result(first.ping.send_async, first.ping.send_finish, to) < 20000
        info = result(first.version.query_async, first.version.query_finish, stranger.jid)
        assert (info.props.name, info.props.version, info.props.os) == ("Test 2", "1.5", None)

        told = result(first.time.query_async, first.time.query_finish, second.jid)
        here = datetime.datetime.now().astimezone()
        assert abs(told.to_unix() - here.timestamp()) < 60
        assert told.get_utc_offset() == here.utcoffset().total_seconds() * 1000000
        refused(lambda: result(first.time.query_async, first.time.query_finish, stranger.jid), *unavailable)

        second.last.props.last_active = GLib.DateTime.new_now_utc().add_seconds(-500)
        assert 500 <= result(first.last.query_async, first.last.query_finish, second.jid) < 560
        refused(lambda: result(first.last.query_async, first.last.query_finish, stranger.jid), *unavailable)


@scenario
def vcards():
    """an account stores its vCard, and others read it"""
    own, other = make_client(3), make_client(4)
    mine, theirs = Headstock.Vcards.new(), Headstock.Vcards.new()
    own.register(mine)
    other.register(theirs)
    photo = GLib.Bytes.new(bytes(range(256)))
    vcard = Headstock.Vcard(full_name="Juliet ✓", family_name="Capulet", nickname="juliet", note="O", birthday="1300-08-01",
                            email="juliet@capulet.example", url="https://capulet.example/", photo=photo,
                            photo_type="image/png")
    vcard.props.element.add_text_child("TITLE", Headstock.NS_VCARD, "Heiress")
    # A person without one: an empty one, or an error.
    with online(own, other):
        try:
            assert result(theirs.fetch_async, theirs.fetch_finish, address(4)).props.full_name is None
        except GLib.Error as error:
            assert error.matches(Headstock.stanza_error_quark(), Headstock.StanzaError.ITEM_NOT_FOUND), error
        assert result(mine.store_async, mine.store_finish, vcard)
        for seen in (result(mine.fetch_async, mine.fetch_finish, None),
                     result(theirs.fetch_async, theirs.fetch_finish, address(3))):
            assert (seen.props.full_name, seen.props.nickname) == ("Juliet ✓", "juliet")
            assert seen.props.photo.get_data() == photo.get_data() and seen.props.photo_type == "image/png"
            assert (seen.props.email, seen.props.url) == ("juliet@capulet.example", "https://capulet.example/")
            assert seen.props.birthday == "1300-08-01" and seen.props.family_name == "Capulet"
        refused(lambda: result(theirs.fetch_async, theirs.fetch_finish, "@"),
                Headstock.Error.quark(), Headstock.Error.INVALID_JID)


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each feature between a client of ours and one that is made with slixmpp, on a real server."""

import contextlib
import hashlib
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "introspection"))

from support import address, main, make_client, online, refused, scenario, settle, wait  # noqa: E402, isort: skip
from gi.repository import GLib, Headstock  # noqa: E402

OURS, THEIRS = 1, 5


class Slixmpp:
    """The program of peer.py."""

    program = Path(__file__).with_name("peer.py")

    def __init__(self, number, *plugins):
        self._process = subprocess.Popen([sys.executable, str(self.program), str(number), *plugins],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        os.set_blocking(self._process.stdout.fileno(), False)
        self._rest = b""
        self._answers = []
        self.events = []
        self.jid = self.await_event("ready")["jid"]

    def _read(self):
        try:
            self._rest += os.read(self._process.stdout.fileno(), 1 << 16)
        except BlockingIOError:
            pass
        *lines, self._rest = self._rest.split(b"\n")
        for text in lines:
            try:
                line = json.loads(text)
            except ValueError:
                raise AssertionError(f"{self.program} said {text!r}") from None
            (self._answers if "answer" in line else self.events).append(line)
        assert self._process.poll() is None, f"{self.program} has ended"

    def _wait(self, condition):
        timer = GLib.timeout_add(5, lambda: GLib.SOURCE_CONTINUE)
        try:
            return wait(lambda: self._read() or condition())
        finally:
            GLib.source_remove(timer)

    def await_event(self, name, **members):
        """An event that has come or is to come."""
        def find():
            return next((event for event in self.events if event["event"] == name
                         and all(event.get(key) == value for key, value in members.items())), None)
        return self._wait(find)

    def do(self, name, *arguments):
        """What a method of the peer returns."""
        self._process.stdin.write(json.dumps([name, *arguments]).encode() + b"\n")
        self._process.stdin.flush()
        return self._wait(lambda: self._answers and [self._answers.pop(0)["answer"]])[0]

    def end(self):
        self._process.stdin.close()
        self._process.terminate()
        self._process.wait()
        self._process.stdout.close()


class Nbxmpp(Slixmpp):
    """The program of guest.py."""

    program = Path(__file__).parents[1] / "nbxmpp" / "guest.py"


class Client:
    """Ours, with the modules of the features."""

    def __init__(self):
        self.client = make_client(OURS, resource="headstock")
        self.disco = Headstock.Disco(node="https://example.org/ours")
        self.disco.add_identity("client", "pc", "Ours", None)
        self.roster = Headstock.Roster.new()
        self.ping = Headstock.Ping.new()
        self.version = Headstock.SoftwareVersion(name="Ours", version="1.5")
        self.time = Headstock.Time.new()
        self.last = Headstock.LastActivity.new()
        for module in (self.disco, self.roster, self.ping, self.version, self.time, self.last):
            self.client.register(module)

    @property
    def jid(self):
        return str(self.client.props.bound_jid)

    def contact(self):
        return self.roster.lookup(address(THEIRS))


@contextlib.contextmanager
def both():
    """The two, online."""
    ours = Client()
    with online(ours.client):
        wait(lambda: ours.roster.props.is_loaded)
        theirs = Slixmpp(THEIRS)
        try:
            yield ours, theirs
        finally:
            theirs.end()


def befriend(ours, theirs):
    """Each sees the other's presence afterwards."""
    contact = ours.contact()
    if contact is None or contact.props.subscription != Headstock.Subscription.BOTH:
        theirs.events.clear()
        theirs.do("presence", "subscribe", address(OURS))
        wait(lambda: ours.roster.props.requests.get_n_items() == 1)
        ours.roster.approve(address(THEIRS))
        ours.roster.subscribe(address(THEIRS), None)
        theirs.await_event("presence_subscribe")
        theirs.do("presence", "subscribed", address(OURS))
    wait(lambda: ours.contact() is not None and ours.contact().props.is_available)
    theirs.await_event("presence_available", **{"from": ours.jid})
    assert ours.contact().props.subscription == Headstock.Subscription.BOTH


def result(start, finish, *args):
    """What an asynchronous function gives; raises GLib.Error."""
    done = []
    start(*args, None, lambda _module, answer: done.append(answer))
    return finish(wait(lambda: done)[0])


@scenario
def strangers():
    """a stranger is told the version, and neither the time nor the last activity"""
    with both() as (ours, theirs):
        assert theirs.do("version", ours.jid) == ["Ours", "1.5"]
        assert theirs.do("ping", ours.jid) >= 0
        assert theirs.do("time", ours.jid) == "service-unavailable"
        assert theirs.do("last", ours.jid) == "service-unavailable"


@scenario
def subscriptions():
    """subscriptions are asked for, granted, ended and removed, both ways"""
    with both() as (ours, theirs):
        befriend(ours, theirs)
        # We end theirs to us; they end ours to them.
        ours.roster.deny(address(THEIRS))
        wait(lambda: ours.contact().props.subscription == Headstock.Subscription.TO)
        theirs.await_event("presence_unsubscribed", **{"from": address(OURS)})
        ended = []
        ours.roster.connect("subscription-ended", lambda _roster, contact: ended.append(contact))
        theirs.do("presence", "unsubscribed", address(OURS))
        wait(lambda: ours.contact().props.subscription == Headstock.Subscription.NONE and ended)
        assert ended == [ours.contact()] and not ours.contact().props.is_available
        # We ask, and they refuse.
        ours.roster.subscribe(address(THEIRS), "Let me in")
        wait(lambda: ours.contact().props.is_asking)
        theirs.do("presence", "unsubscribed", address(OURS))
        wait(lambda: not ours.contact().props.is_asking)
        result(ours.roster.remove_async, ours.roster.remove_finish, ours.contact())
        wait(lambda: ours.contact() is None)
        theirs.do("remove", address(OURS))
        befriend(ours, theirs)


@scenario
def presence():
    """each sees the other's show and status, and that it goes"""
    with both() as (ours, theirs):
        befriend(ours, theirs)
        theirs.do("show", "dnd", "Busy ✓")
        contact = ours.contact()
        wait(lambda: contact.props.show == Headstock.Show.DND)
        assert contact.props.status == "Busy ✓"
        assert [str(one.props.jid) for one in contact.props.resources] == [theirs.jid]
        ours.client.props.own_presence = Headstock.Presence(show="xa", status="Gone")
        theirs.await_event("changed_status", show="xa", status="Gone")
        theirs.do("presence", "unavailable")
        wait(lambda: not contact.props.is_available)
        assert contact.props.resources.get_n_items() == 0


@scenario
def capabilities():
    """each finds what the other advertises, and its hash is right"""
    with both() as (ours, theirs):
        befriend(ours, theirs)
        info = theirs.do("info", ours.jid)
        assert ["client", "pc", "Ours"] in info["identities"], info
        assert {"urn:xmpp:ping", "jabber:iq:version", "urn:xmpp:time", "jabber:iq:last"} <= set(info["features"])
        # slixmpp keeps what it was told only if our hash is right.
        deadline = time.monotonic() + 10
        while (known := theirs.do("caps", ours.jid)) is None:
            assert time.monotonic() < deadline, "slixmpp does not believe our hash"
        assert known == sorted(info["features"])
        theirs.do("form", "urn:example:weather", {"place": "Verona"})
        wait(lambda: ours.contact().props.resources.get_item(0).props.caps_node is not None)
        def query():
            return result(ours.disco.query_caps_async, ours.disco.query_caps_finish, theirs.jid)
        # Its presence with the form may still be on its way.
        while (form := query().find_form("urn:example:weather")) is None:
            assert time.monotonic() < deadline + 10, "the form does not come"
        assert form.get_value("place") == "Verona"
        assert query().has_identity("client", "bot") and query().has_feature("urn:xmpp:ping")
        # The answer was kept for all who have this hash, which it is not unless the hash is right.
        state = ours.disco.dup_state()
        assert any("urn:example:weather" in text for _key, text in state[2]), state


def check_time(ours, theirs):
    try:
        told = result(ours.time.query_async, ours.time.query_finish, theirs.jid)
    except GLib.Error as error:
        # slixmpp 1.8 fails on its own time, and says that it "got into trouble".
        assert error.matches(Headstock.stanza_error_quark(), Headstock.StanzaError.UNDEFINED_CONDITION), error
    else:
        assert abs(told.to_unix() - time.time()) < 60


@scenario
def questions():
    """pings, versions, times and last activities, both ways"""
    with both() as (ours, theirs):
        befriend(ours, theirs)
        assert theirs.do("ping", ours.jid) >= 0
        assert result(ours.ping.send_async, ours.ping.send_finish, theirs.jid) >= 0
        info = result(ours.version.query_async, ours.version.query_finish, theirs.jid)
        assert (info.props.name, info.props.version) == ("Other", "2.5")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", theirs.do("time", ours.jid))
        check_time(ours, theirs)
        ours.last.props.last_active = GLib.DateTime.new_now_utc().add_seconds(-500)
        assert 500 <= int(theirs.do("last", ours.jid)) < 560
        try:
            assert result(ours.last.query_async, ours.last.query_finish, theirs.jid) >= 0
        except GLib.Error as error:
            # It answers nobody but its own account, if it was not told otherwise.
            assert error.domain == "hs-stanza-error-quark", error


@scenario
def nothing_there():
    """what a peer does not know is an error"""
    with both() as (ours, theirs):
        refused(lambda: result(ours.disco.query_async, ours.disco.query_finish, theirs.jid, "no-such-node"),
                Headstock.stanza_error_quark(), Headstock.StanzaError.ITEM_NOT_FOUND)
        refused(lambda: result(ours.version.query_async, ours.version.query_finish, f"{address(THEIRS)}/nobody"),
                Headstock.stanza_error_quark(), Headstock.StanzaError.SERVICE_UNAVAILABLE)


@scenario
def blocking():
    """two devices of one account, one of slixmpp, block and unblock"""
    ours, blocking = Client(), Headstock.Blocking.new()
    ours.client.register(blocking)

    def change(start, finish, jids):
        results = []
        start(jids, None, lambda blocking, result: results.append(finish(result)))
        assert wait(lambda: results) == [True]

    with online(ours.client):
        wait(lambda: blocking.props.is_loaded and blocking.props.is_supported)
        change(blocking.unblock_async, blocking.unblock_finish, None)
        theirs = Slixmpp(OURS, "xep_0191")
        try:
            assert theirs.do("blocked") == []
            theirs.do("block", "iago@shakespeare.example", "spam.example")
            wait(lambda: blocking.props.blocked.get_n_items() == 2)
            assert blocking.is_blocked("iago@shakespeare.example/x") and blocking.is_blocked("anybody@spam.example")
            theirs.do("unblock", "spam.example")
            wait(lambda: not blocking.is_blocked("spam.example"))
            change(blocking.block_async, blocking.block_finish, ["tybalt@capulet.example/r"])
            assert theirs.do("blocked") == ["iago@shakespeare.example", "tybalt@capulet.example/r"]
            change(blocking.unblock_async, blocking.unblock_finish, None)
            assert theirs.do("blocked") == []
        finally:
            theirs.end()


@scenario
def vcards():
    """each reads the vCard of the other one"""
    ours, vcards = Client(), Headstock.Vcards.new()
    ours.client.register(vcards)
    with online(ours.client):
        theirs = Slixmpp(THEIRS, "xep_0054")
        try:
            theirs.do("store_vcard", "Other", "0001fe")
            vcard = result(vcards.fetch_async, vcards.fetch_finish, address(THEIRS))
            assert vcard.props.full_name == "Other" and vcard.props.photo.get_data() == b"\0\1\xfe", str(vcard.props.element)
            assert result(vcards.store_async, vcards.store_finish, Headstock.Vcard(full_name="Ours", nickname="we"))
            assert theirs.do("vcard", address(OURS)) in (["Ours", "we"], ["Ours", ["we"]])
        finally:
            theirs.end()


@scenario
def avatars():
    """each loads what the other one publishes, and an occupant of a room sees it too"""
    image = "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    ours, avatars, muc = Client(), Headstock.Avatars.new(), Headstock.Muc.new()
    other, seen, guests = make_client(3, resource="guest"), Headstock.Avatars.new(), Headstock.Muc.new()
    ours.client.register(avatars)
    ours.client.register(muc)
    other.register(seen)
    other.register(guests)

    def load(avatars, jid):
        return result(avatars.load_async, avatars.load_finish, avatars.lookup(jid)).get_data().hex()

    with online(ours.client, other):
        theirs = Slixmpp(THEIRS, "xep_0060", "xep_0163", "xep_0084")
        try:
            befriend(ours, theirs)
            avatar = avatars.lookup(address(THEIRS))
            name = theirs.do("publish_avatar", image)
            # The hash may come in a presence first.
            wait(lambda: avatar.props.hash == name and avatar.props.media_type == "image/png")
            assert avatar.props.bytes is None
            assert load(avatars, address(THEIRS)) == image and avatar.props.bytes is not None
            mine = result(avatars.publish_async, avatars.publish_finish, GLib.Bytes.new(bytes.fromhex(image) + b"!"),
                          "image/png", 1, 1, True)
            assert theirs.do("avatar", address(OURS), mine) == image + "21"
        finally:
            theirs.end()
        # A stranger finds it by asking, and an occupant by what the server has put into the presence (XEP-0398).
        assert load(seen, address(OURS)) == image + "21"
        room = f"avatars@{os.environ['HS_TEST_ROOMS']}"
        host, guest = muc.add_room(room, "host"), guests.add_room(room, "guest")
        assert result(host.join_async, host.join_finish) and result(host.create_instant_async, host.create_instant_finish)
        assert result(guest.join_async, guest.join_finish)
        wait(lambda: guest.lookup_occupant("host") and guest.lookup_occupant("host").props.avatar_hash == mine)
        assert seen.lookup(f"{room}/host").props.hash == mine and load(seen, f"{room}/host") == image + "21"
        assert result(avatars.disable_async, avatars.disable_finish)
        result(host.destroy_async, host.destroy_finish, None, None)


@scenario
def presences():
    """an avatar that changes makes its owner send presences with slixmpp's XEP-0153, and none with ours"""
    image, changes = "89504e470d0a1a0a", 4
    ours, avatars, written = Client(), Headstock.Avatars.new(), []
    ours.client.register(avatars)
    ours.client.connect("xml", lambda client, direction, text: written.append(text)
                        if direction == Headstock.Direction.OUT else None)

    def sent():
        text = "".join(written)
        written.clear()
        return [text.count("<presence"), len(re.findall(r'<iq [^>]*type="(?:get|set)"', text))]

    with online(ours.client):
        wait(lambda: ours.roster.props.is_loaded)
        theirs = Slixmpp(THEIRS, "xep_0153")
        try:
            befriend(ours, theirs)
            avatar, resource = avatars.lookup(address(THEIRS)), ours.contact().props.resources.get_item(0)
            settle(0.3)
            sent(), theirs.do("sent")
            for number in range(changes):
                theirs.do("set_photo", f"{image}{number:02x}")
                name = hashlib.sha1(bytes.fromhex(f"{image}{number:02x}")).hexdigest()
                wait(lambda: resource.props.avatar_hash == name and avatar.props.hash == name)
            presences, requests = theirs.do("sent")
            assert presences >= changes and requests >= changes, (presences, requests)
            print(f"# {changes} avatars by slixmpp: {presences} presences, {requests} requests")
            # Nothing is sent because of what others show.
            assert sent() == [0, 0]

            def publish(number):
                data = GLib.Bytes.new(bytes.fromhex(f"{image}{number:02x}"))
                assert result(avatars.publish_async, avatars.publish_finish, data, "image/png", 1, 1, False)

            # The nodes may have to be configured first.
            publish(changes)
            sent()
            for number in range(changes):
                publish(number)
            presences, requests = sent()
            print(f"# {changes} avatars by this library: {presences} presences, {requests} requests")
            assert (presences, requests) == (0, 2 * changes)
            assert result(avatars.disable_async, avatars.disable_finish)
        finally:
            theirs.end()


def keeps_stores_equal(client):
    """Whether what is in one store of bookmarks is in the others, too (XEP-0402, 6): ejabberd 23.01 does not see to that."""
    disco = client.ensure_module(Headstock.Disco)
    return result(disco.query_async, disco.query_finish, address(OURS), None).has_feature("urn:xmpp:bookmarks:1#compat")


@scenario
def bookmarks():
    """two devices of one account, one of slixmpp with the store that came before, see each other's bookmarks"""
    ours, bookmarks = Client(), Headstock.Bookmarks.new()
    ours.client.register(bookmarks)
    verona = Headstock.Bookmark.new("verona@rooms.example")
    verona.props.name, verona.props.nick, verona.props.is_autojoin = "Verona", "romeo", True
    with online(ours.client):
        wait(lambda: bookmarks.props.is_loaded and bookmarks.props.is_writable)
        theirs = Slixmpp(OURS, "xep_0045", "xep_0049", "xep_0060", "xep_0163", "xep_0223", "xep_0048")
        try:
            assert result(bookmarks.store_async, bookmarks.store_finish, verona)
            if not keeps_stores_equal(ours.client):
                assert theirs.do("bookmarks") == []
                assert result(bookmarks.remove_async, bookmarks.remove_finish, "verona@rooms.example")
                return
            assert theirs.do("bookmarks") == [["verona@rooms.example", "Verona", "romeo", True]]
            theirs.do("bookmark", "mantua@rooms.example", "Mantua", "juliet")
            mantua = wait(lambda: bookmarks.lookup("mantua@rooms.example"))
            assert (mantua.props.name, mantua.props.nick, mantua.props.is_autojoin) == ("Mantua", "juliet", False)
            assert bookmarks.lookup("verona@rooms.example").props.is_autojoin
            assert result(bookmarks.remove_async, bookmarks.remove_finish, "verona@rooms.example")
            assert theirs.do("bookmarks") == [["mantua@rooms.example", "Mantua", "juliet", False]]
        finally:
            theirs.end()
        assert result(bookmarks.remove_async, bookmarks.remove_finish, "mantua@rooms.example")


@scenario
def extensions():
    """what extensions add to a message is understood on both sides"""
    ours, heard = Client(), []
    ours.client.connect("message", lambda client, message: heard.append(message.copy()))
    with online(ours.client):
        theirs = Slixmpp(THEIRS, "xep_0085", "xep_0184", "xep_0308", "xep_0359", "xep_0444", "xep_0461")
        try:
            theirs.do("say", ours.jid, "Great idea!")
            message = wait(lambda: next((one for one in heard if one.props.body), None))
            assert message.props.replace_id == "bad1" and message.props.origin_id == "o1"
            assert message.props.chat_state == Headstock.ChatState.ACTIVE and message.props.requests_receipt
            assert str(message.dup_reply_to()) == "anna@example.com/laptop" and message.props.reply_id == "m1"
            assert message.props.reacted_id == "m2" and message.dup_reactions() == ["\U0001f44b", "\U0001f422"]
            message = Headstock.Message(to=theirs.jid, stanza_type="chat", body="Great idea!", id="x", replace_id="bad2",
                                        origin_id="o2", chat_state=Headstock.ChatState.PAUSED, requests_receipt=True)
            message.set_reply("m3", "anna@example.com/laptop", None)
            message.set_reactions("m4", ["\U0001f422", "\U0001f44b"])
            ours.client.send_stanza(message)
            told = theirs.await_event("message", body="Great idea!")
            assert told["replaces"] == "bad2" and told["origin"] == "o2" and told["state"] == "paused" and told["asks"]
            assert told["reply"] == ["anna@example.com/laptop", "m3"]
            assert told["reacts"] == "m4" and told["reactions"] == sorted(["\U0001f422", "\U0001f44b"])
            # It answers a request with a receipt by itself.
            wait(lambda: any(one.props.receipt_id == "x" for one in heard))
        finally:
            theirs.end()

def start_chat(number):
    """A client of ours with messages, what it receives, and the chat states that it hears of."""
    client, messages = make_client(number, resource="chat"), Headstock.Messages(request_receipts=True)
    client.register(Headstock.Roster.new())
    client.register(messages)
    received, states = [], []
    messages.connect("received", lambda messages, delivery: received.append(delivery))
    messages.connect("chat-state-changed", lambda messages, peer, sender, state: states.append((str(peer), state)))
    return client, messages, received, states


CHAT = "xep_0085", "xep_0184", "xep_0280", "xep_0359"


@scenario
def conversation():
    """messages with receipts and chat states, both ways"""
    with both() as (ours, theirs):
        befriend(ours, theirs)
    client, messages, received, states = start_chat(OURS)
    with online(client):
        roster = client.find_module(Headstock.Roster)
        theirs = Slixmpp(THEIRS, *CHAT)
        try:
            wait(lambda: roster.props.is_loaded and roster.lookup(address(THEIRS)).props.is_available)
            # Who does not know yet whether we know chat states is told none.
            messages.send_chat_state(address(THEIRS), Headstock.ChatState.COMPOSING)
            sent = messages.send_text(address(THEIRS), "Soft!")
            assert theirs.await_event("chat", body="Soft!")["state"] == "active"
            wait(lambda: sent.props.state == Headstock.SentState.DELIVERED)
            assert not any(event["event"] == "state" for event in theirs.events)

            theirs.do("state", str(client.props.bound_jid), "composing")
            wait(lambda: (address(THEIRS), Headstock.ChatState.COMPOSING) in states)
            name = theirs.do("chat", str(client.props.bound_jid), "What light?")
            delivery = wait(lambda: next((one for one in received if one.props.message.props.body == "What light?"), None))
            assert delivery.props.author == f"bare:{address(THEIRS)}" and not delivery.props.is_outgoing
            assert delivery.props.source == Headstock.DeliverySource.LIVE and str(delivery.props.peer) == address(THEIRS)
            theirs.await_event("receipt", id=name)
            messages.send_chat_state(address(THEIRS), Headstock.ChatState.COMPOSING)
            messages.send_chat_state(address(THEIRS), Headstock.ChatState.COMPOSING)
            messages.send(messages.make_correction(sent, "But soft!"))
            theirs.await_event("chat", body="But soft!")
            assert [event["event"] for event in theirs.events if event.get("state") == "composing"] == ["state"]
        finally:
            theirs.end()


@scenario
def devices():
    """two devices of one account, one of slixmpp, see each other's messages and changes of the roster"""
    client, messages, received, _states = start_chat(OURS)
    other, other_messages, _received, _states = start_chat(THEIRS)
    roster, friend = client.find_module(Headstock.Roster), "benvolio@montague.example"

    def find(body):
        return next((one for one in received if one.props.message.props.body == body), None)

    with online(client), online(other):
        theirs = Slixmpp(OURS, *CHAT)
        try:
            theirs.do("chat", address(THEIRS), "from the other device")
            delivery = wait(lambda: find("from the other device"))
            assert delivery.props.is_outgoing and delivery.props.source == Headstock.DeliverySource.CARBON
            assert str(delivery.props.peer) == address(THEIRS) and delivery.props.author == f"bare:{address(OURS)}"
            other_messages.send_text(theirs.jid, "to the other device")
            delivery = wait(lambda: find("to the other device"))
            assert not delivery.props.is_outgoing and delivery.props.source == Headstock.DeliverySource.CARBON
            messages.send_text(address(THEIRS), "from this device")
            theirs.await_event("carbon_sent", to=address(THEIRS), body="from this device")
            other_messages.send_text(str(client.props.bound_jid), "to this device")
            theirs.await_event("carbon_received", to=address(OURS), body="to this device")
            wait(lambda: find("to this device"))

            wait(lambda: roster.props.is_loaded)
            theirs.do("contact", friend, "Ben", ["Montagues"])
            contact = wait(lambda: roster.lookup(friend))
            assert contact.props.name == "Ben" and contact.props.groups == ["Montagues"]
            assert result(roster.update_async, roster.update_finish, contact, "Benvolio", ["Friends", "Cousins"])
            wait(lambda: theirs.do("contacts").get(friend) == ["Benvolio", ["Cousins", "Friends"]])
            theirs.do("remove", friend)
            wait(lambda: roster.lookup(friend) is None and not contact.props.is_in_roster)
            # Now, in case that the second one came later.
            assert [one.props.message.props.body for one in received].count("to this device") == 1
        finally:
            theirs.end()


@scenario
def room():
    """a room with 20 guests of slixmpp: who is there, what they say, and that they go"""
    ours, muc = Client(), Headstock.Muc.new()
    ours.client.register(muc)
    room = muc.add_room(f"verona@{os.environ['HS_TEST_ROOMS']}", "host")
    names = {f"guest{number}" for number in range(20)}

    def nicks():
        return {occupant.props.nick for occupant in room.props.occupants}

    def finish(name, *arguments):
        return result(getattr(room, f"{name}_async"), getattr(room, f"{name}_finish"), *arguments)

    with online(ours.client):
        assert finish("join") and finish("create_instant")
        theirs = Slixmpp(THEIRS)
        try:
            theirs.do("crowd", str(room.props.jid), 20)
            wait(lambda: nicks() == {"host"} | names)
            heard = []
            room.connect("message", lambda room, delivery: heard.append(delivery))
            theirs.do("room_say", 7, "good evening")
            delivery = wait(lambda: heard)[0]
            assert delivery.props.message.props.body == "good evening" and delivery.props.sender.get_resource() == "guest7"
            room.send("welcome")
            for name in names:
                theirs.await_event("room", nick=name, sender="host", body="welcome")
            theirs.do("rename", 7, "romeo")
            wait(lambda: room.lookup_occupant("romeo") is not None and room.lookup_occupant("guest7") is None)
            assert finish("kick", room.lookup_occupant("guest3"), "late")
            wait(lambda: room.lookup_occupant("guest3") is None)
            theirs.do("disperse")
            wait(lambda: nicks() == {"host"})
        finally:
            theirs.end()
        finish("destroy", None, None)


def nbxmpp():
    """a room with a guest of nbxmpp: a nickname that is taken and changed, a subject, a whisper, an invitation, a kick"""
    ours, muc, messages = Client(), Headstock.Muc.new(), Headstock.Messages.new()
    ours.client.register(messages)
    ours.client.register(muc)
    room = muc.add_room(f"mantua@{os.environ['HS_TEST_ROOMS']}", "host")
    address, heard = str(room.props.jid), []
    messages.connect("received", lambda _messages, delivery: heard.append(delivery))

    def finish(name, *arguments):
        return result(getattr(room, f"{name}_async"), getattr(room, f"{name}_finish"), *arguments)

    def said(body):
        return wait(lambda: next((one for one in heard if one.props.message.props.body == body), None))

    with online(ours.client):
        assert finish("join") and finish("create_instant")
        theirs = Nbxmpp(THEIRS)
        try:
            room.invite(theirs.jid, "dance", False)
            theirs.await_event("invited", room=address)
            theirs.do("enter", address, "guest")
            theirs.await_event("self", nick="guest", type=None)
            theirs.await_event("occupant", nick="host")
            guest = wait(lambda: room.lookup_occupant("guest"))
            assert guest.props.role == Headstock.Role.PARTICIPANT
            theirs.do("say", address, "good evening")
            assert said("good evening").props.kind == Headstock.ChatKind.ROOM
            room.send("welcome")
            theirs.await_event("room", nick="host", body="welcome")
            assert finish("change_subject", "Love")
            theirs.await_event("subject", text="Love")
            theirs.do("whisper", f"{address}/host", "psst")
            assert said("psst").props.kind == Headstock.ChatKind.OCCUPANT
            messages.send_text(str(guest.props.jid), "yes?")
            theirs.await_event("private", nick="host", body="yes?")
            theirs.do("rename", address, "paris")
            wait(lambda: room.lookup_occupant("paris") is guest and room.lookup_occupant("guest") is None)
            assert finish("kick", guest, "late")
            assert "REMOVED_KICKED" in theirs.await_event("self", nick="paris", type="unavailable")["codes"]
            wait(lambda: room.props.occupants.get_n_items() == 1)
        finally:
            theirs.end()
        finish("destroy", None, None)


def nbxmpp_bookmarks():
    """two devices of one account, one of nbxmpp, see each other's bookmarks"""
    ours, bookmarks = Client(), Headstock.Bookmarks.new()
    ours.client.register(bookmarks)
    verona = Headstock.Bookmark.new("verona@rooms.example")
    verona.props.name, verona.props.nick = "Verona", "romeo"
    with online(ours.client):
        wait(lambda: bookmarks.props.is_loaded and bookmarks.props.is_writable)
        assert result(bookmarks.store_async, bookmarks.store_finish, verona)
        theirs = Nbxmpp(OURS)
        try:
            assert theirs.do("bookmarks") == [["verona@rooms.example", "Verona", "romeo", False]]
            # It knows no pubsub#notify_delete, and refuses what nbxmpp publishes with it.
            if (os.environ["HS_TEST_SERVER"], os.environ["HS_TEST_SERVERS"]) == ("ejabberd", "stable"):
                assert result(bookmarks.remove_async, bookmarks.remove_finish, "verona@rooms.example")
                assert theirs.do("bookmarks") == []
                return
            theirs.do("bookmark", "mantua@rooms.example", "Mantua", "juliet")
            mantua = wait(lambda: bookmarks.lookup("mantua@rooms.example"))
            assert (mantua.props.name, mantua.props.nick, mantua.props.is_autojoin) == ("Mantua", "juliet", True)
            assert result(bookmarks.remove_async, bookmarks.remove_finish, "verona@rooms.example")
            assert theirs.do("bookmarks") == [["mantua@rooms.example", "Mantua", "juliet", True]]
            theirs.do("remove_bookmark", "mantua@rooms.example")
            wait(lambda: bookmarks.props.bookmarks.get_n_items() == 0)
        finally:
            theirs.end()


def nbxmpp_avatars():
    """each loads what the other one publishes, one of nbxmpp"""
    image = "89504e470d0a1a0a"
    ours, avatars = Client(), Headstock.Avatars.new()
    ours.client.register(avatars)
    with online(ours.client):
        theirs = Nbxmpp(THEIRS)
        try:
            theirs.do("publish_avatar", image)
            avatar = avatars.lookup(address(THEIRS))
            assert result(avatars.load_async, avatars.load_finish, avatar).get_data().hex() == image
            assert avatar.props.media_type == "image/png" and avatar.props.width == 1
            name = result(avatars.publish_async, avatars.publish_finish, GLib.Bytes.new(bytes.fromhex(image) + b"!"),
                          "image/png", 1, 1, True)
            assert theirs.do("avatar_names", address(OURS)) == [[name, "image/png"]]
            assert theirs.do("avatar", address(OURS), name) == image + "21"
        finally:
            theirs.end()
        assert result(avatars.disable_async, avatars.disable_finish)


# guest.py is written for nbxmpp 4, that of Debian 12.
with contextlib.suppress(importlib.metadata.PackageNotFoundError):
    if importlib.metadata.version("nbxmpp").startswith("4."):
        for function in (nbxmpp, nbxmpp_bookmarks, nbxmpp_avatars):
            scenario(function)
main()

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Messages between two accounts on a real server."""

import contextlib
import os
import tempfile

from support import address, main, make_client, online, refused, scenario, settle, wait  # isort: skip
from gi.repository import Gio, GLib, Headstock

JULIET = "juliet@example.com"


class Person:
    """A client with messages, which keeps what it gets."""

    def __init__(self, number):
        self.client, self.messages = make_client(number), Headstock.Messages.new()
        self.client.props.own_presence = Headstock.Presence.new(None)
        self.deliveries, self.states, self.is_available = [], [], False
        self.client.connect("presence", self.seen)
        self.client.register(self.messages)
        self.messages.connect("received", lambda messages, delivery: self.deliveries.append(delivery))
        self.messages.connect("chat-state-changed", lambda messages, *change: self.states.append(change))

    def seen(self, client, presence):
        """The server shows the own presence as well: messages come from now on."""
        self.is_available |= presence.props.from_jid == client.props.bound_jid

    def got(self, body):
        return next((d for d in self.deliveries if d.props.message.props.body == body), None)


@contextlib.contextmanager
def available(*people):
    """Signs people in, until messages for them are not stored."""
    with online(*(person.client for person in people)):
        wait(lambda: all(person.is_available for person in people))
        yield


# ejabberd 23.01 has no module for XEP-0421.
HAS_OCCUPANT_IDS = (os.environ["HS_TEST_SERVER"], os.environ["HS_TEST_SERVERS"]) != ("ejabberd", "stable")


@scenario
def talk():
    """a message goes, is answered, corrected, reacted to and taken back"""
    one, two = Person(1), Person(2)
    with available(one, two):
        sent = one.messages.send_text(address(2), "first")
        assert sent.props.state == Headstock.SentState.WAITING and list(one.messages.props.pending) == [sent]
        assert sent.props.is_outgoing and sent.props.author == f"bare:{address(1)}"
        states = []
        sent.connect("notify::state", lambda sent, pspec: states.append(sent.props.state))
        delivery = wait(lambda: two.got("first"))
        wait(lambda: states == [Headstock.SentState.ON_SERVER])
        assert isinstance(delivery, Headstock.ChatMessage) and isinstance(sent, Headstock.ChatMessage)
        assert delivery.props.source == Headstock.DeliverySource.LIVE
        assert delivery.props.kind == Headstock.ChatKind.PERSON and not delivery.props.is_outgoing
        assert str(delivery.props.peer) == address(1) and delivery.props.sender == one.client.props.bound_jid
        assert delivery.props.change == Headstock.ChangeKind.NONE and delivery.props.target_id is None
        assert delivery.get_id_for(Headstock.ChangeKind.REPLY) == sent.props.id
        assert delivery.props.time.compare(GLib.DateTime.new_now_utc()) <= 0

        two.messages.send(two.messages.make_reply(delivery, "answer"))
        reply = wait(lambda: next((d for d in one.deliveries if d.props.change == Headstock.ChangeKind.REPLY), None))
        assert reply.props.target_id == sent.props.id
        assert reply.props.message.dup_body_without_fallback([Headstock.NS_REPLY]) == "answer"

        one.messages.send(one.messages.make_correction(sent, "second"))
        correction = wait(lambda: two.got("second"))
        assert correction.props.change == Headstock.ChangeKind.CORRECTION
        assert correction.props.target_id == delivery.get_id_for(Headstock.ChangeKind.CORRECTION)
        assert correction.may_change(delivery.props.author) and not correction.may_change("bare:" + JULIET)

        two.messages.send(two.messages.make_reaction(delivery, ["👍", "🎉"]))
        reaction = wait(lambda: next((d for d in one.deliveries
                                      if d.props.change == Headstock.ChangeKind.REACTION), None))
        assert reaction.props.message.dup_reactions() == ["👍", "🎉"]

        one.messages.send(one.messages.make_retraction(sent))
        retraction = wait(lambda: next((d for d in two.deliveries
                                        if d.props.change == Headstock.ChangeKind.RETRACTION), None))
        assert retraction.may_change(delivery.props.author)
        assert two.messages.make_retraction(delivery) is None


@scenario
def typing():
    """chat states are told to those who know them"""
    one, two = Person(1), Person(2)
    with available(one, two):
        one.messages.send_text(address(2), "hello")
        wait(lambda: two.got("hello") and two.states)
        assert two.messages.send_chat_state(address(1), Headstock.ChatState.COMPOSING)
        peer, sender, state = wait(lambda: one.states and one.states[0])
        assert str(peer) == address(2) and sender == two.client.props.bound_jid
        assert state == Headstock.ChatState.COMPOSING


@scenario
def refusals():
    """what cannot be sent raises, and what comes back tells why"""
    one = Person(1)
    refused(lambda: one.messages.send_text(address(2), "x"), Headstock.error_quark(), Headstock.Error.NOT_CONNECTED)
    refused(lambda: one.messages.send_text("@", "x"), Headstock.error_quark(), Headstock.Error.INVALID_JID)
    with available(one):
        sent = one.messages.send_text("nobody-" + address(2), "x")
        wait(lambda: sent.props.state == Headstock.SentState.FAILED)
        assert isinstance(sent.props.error, GLib.Error) and sent.get_error().message


@scenario
def outbox():
    """a message that waits is sent by another run of the program"""
    with tempfile.TemporaryDirectory() as name:
        folder = Headstock.StateFolder.new(Gio.File.new_for_path(name))
        one = Person(1)
        folder.load(one.messages)
        one.messages.props.queue_offline = True
        one.messages.send_text(address(2), "later")
        flushed = []
        folder.flush_async(None, lambda folder, result: flushed.append(folder.flush_finish(result)))
        wait(lambda: flushed)

        two, again = Person(2), Person(1)
        Headstock.StateFolder.new(Gio.File.new_for_path(name)).load(again.messages)
        (sent,) = again.messages.props.pending
        assert sent.props.state == Headstock.SentState.WAITING and sent.props.message.props.body == "later"
        with available(two), available(again):
            wait(lambda: two.got("later"))
            wait(lambda: not list(again.messages.props.pending))


class Bot:
    """A module of a program, beside the messages."""

    def attached(self, client):
        self.messages = client.find_module(Headstock.Messages)
        self.handler = self.messages.connect("received", self.received)

    def received(self, messages, delivery):
        if delivery.props.message.props.body and not delivery.props.is_outgoing:
            messages.send_text(delivery.props.peer, "You said: " + delivery.props.message.props.body)

    def detached(self, client):
        self.messages.disconnect(self.handler)


@scenario
def module():
    """a module of the program answers, and stops when it is taken away"""
    one, two = Person(1), Person(2)
    plain, bot = [], Bot()
    two.client.connect("message", lambda client, message: plain.append(message))
    two.client.register(bot)
    with available(one, two):
        one.messages.send_text(address(2), "hi")
        wait(lambda: one.got("You said: hi"))
        two.client.unregister(bot)
        one.messages.send_text(address(2), "bye")
        wait(lambda: two.got("bye"))
        settle()
        assert not one.got("You said: bye") and not plain


class Guest(Person):
    """Somebody in a room."""

    def __init__(self, number, room, nick):
        super().__init__(number)
        self.muc, self.left = Headstock.Muc.new(), []
        self.client.register(self.muc)
        self.room = self.muc.add_room(room, nick)
        self.room.connect("left", lambda room, leave: self.left.append(leave))

    def do(self, name, *arguments):
        """What an asynchronous function of the room gives; raises GLib.Error."""
        results = []
        getattr(self.room, f"{name}_async")(*arguments, None, lambda room, result: results.append(result))
        return getattr(self.room, f"{name}_finish")(wait(lambda: results)[0])


@scenario
def displayed():
    """who wrote learns that a message was read"""
    one, two = Person(1), Person(2)
    modules = [Headstock.Displayed.new() for _person in (one, two)]
    seen = []
    for person, module in zip((one, two), modules):
        person.client.register(Headstock.Roster.new())
        person.client.register(module)
        assert module.props.client is person.client and module.dup_position(JULIET) is None
    modules[0].connect("seen-by", lambda displayed, *what: seen.append(what))
    modules[0].connect("moved", lambda displayed, *what: seen.append("moved"))
    with available(one, two):
        message = Headstock.Message(to=address(2), stanza_type="chat", body="read me", is_markable=True)
        sent = one.messages.send(message)
        delivery = wait(lambda: two.got("read me"))
        wait(lambda: two.client.find_module(Headstock.Roster).props.is_loaded)
        assert modules[1].mark(delivery)
        peer, author, id = wait(lambda: seen)[0]
        assert (str(peer), author, id) == (address(2), f"bare:{address(2)}", sent.props.id)
        assert sent.props.state == Headstock.SentState.DISPLAYED
    refused(lambda: modules[1].mark(delivery), Headstock.Error.quark(), Headstock.Error.NOT_CONNECTED)


@scenario
def room():
    """a room is made, entered, talked in and moderated"""
    room = f"python@{os.environ['HS_TEST_ROOMS']}"
    owner, guest = Guest(1, room, "owner"), Guest(2, room, "owner")
    with available(owner, guest):
        assert not owner.room.props.own_occupant and owner.room.props.state == Headstock.RoomState.OUT
        assert owner.do("join") and owner.do("create_instant")
        refused(lambda: guest.do("join"), Headstock.stanza_error_quark(), Headstock.StanzaError.CONFLICT)
        assert guest.do("change_nick", "guest") and guest.do("join")
        wait(lambda: [one.props.nick for one in owner.room.props.occupants] == ["owner", "guest"])
        assert owner.room.props.own_occupant.props.affiliation == Headstock.Affiliation.OWNER
        if HAS_OCCUPANT_IDS:
            wait(lambda: owner.room.props.features & Headstock.RoomFeature.OCCUPANT_ID)
        heard = []
        guest.room.connect("message", lambda room, delivery: heard.append(delivery.props.message.props.body))
        sent = owner.room.send("good evening")
        assert wait(lambda: heard) == ["good evening"] and sent.props.kind == Headstock.ChatKind.ROOM
        visitor = owner.room.lookup_occupant("guest")
        assert visitor.props.hats == []
        if HAS_OCCUPANT_IDS:
            assert owner.room.lookup_occupant_id(visitor.props.occupant_id) == visitor
        assert owner.do("change_role", visitor, Headstock.Role.VISITOR, None)
        wait(lambda: guest.room.props.own_occupant.props.role == Headstock.Role.VISITOR)
        form = owner.do("query_config")
        form.set_value("muc#roomconfig_persistentroom", "1")
        assert owner.do("store_config", form)
        assert owner.do("ban", address(2), "late")
        leave = wait(lambda: guest.left)[0]
        assert leave.props.kind == Headstock.LeaveKind.BANNED and leave.props.reason == "late"
        assert [str(one.props.jid) for one in owner.do("query_affiliations", Headstock.Affiliation.OUTCAST)] == [address(2)]
        assert owner.do("check") and owner.do("destroy", None, None)
        assert wait(lambda: owner.left)[0].props.kind == Headstock.LeaveKind.DESTROYED
        assert owner.room.props.occupants.get_n_items() == 0


if __name__ == "__main__":
    main()

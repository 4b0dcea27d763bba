#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Handlers and signals for what arrives, between two accounts on a real server."""

import gc
import os
import sys
import threading
import weakref

from support import (Recorder, address, main, make_client, online, scenario,  # isort: skip
                     send_xml, settle, wait)
from gi.repository import GObject, Headstock

DEFAULT = Headstock.HandlerFlags.DEFAULT
NS_CLIENT = Headstock.NS_CLIENT


@scenario
def roster():
    """the items of the roster come to a handler that asks for the account's own"""
    class Contacts:
        """Remembers the roster."""

        def __init__(self):
            self.items = {}

        @Headstock.xmpphandler("item", Headstock.NS_ROSTER, from_account=True)
        def item(self, e):
            self.items[e.get_attribute("jid")] = e.get_attribute("subscription")

    contacts = Contacts()
    client = make_client(1)
    client.register(contacts)
    with online(client):
        wait(lambda: contacts.items)
    assert contacts.items == {address(2): "both"}


@scenario
def presence():
    """a contact's presence comes, and goes as unavailable"""
    one, two = make_client(1), make_client(2)
    seen = Recorder()
    one.connect("presence", seen)
    with online(one):
        with online(two):
            two.send_stanza(Headstock.Presence(show="away", status="tea", priority=5))
            wait(lambda: any(p.props.show == "away" for p in seen))
            away = [p for p in seen if p.props.show == "away"][0]
            assert away.props.status == "tea" and away.props.priority == 5
            assert away.props.from_jid == two.props.bound_jid
        wait(lambda: seen[-1].props.stanza_type == "unavailable" and not one.is_own(seen[-1].props.from_jid))


@scenario
def echo():
    """what a registered object's method returns is sent; two clients talk"""
    class Echo:
        """Answers every message."""

        @Headstock.xmpphandler("message", NS_CLIENT)
        def message(self, e):
            return Headstock.Message.new_chat(e.props.from_jid, e.props.body + "!")

    one, two = make_client(1), make_client(2)
    two.register(Echo())
    seen = Recorder()
    one.connect("message", seen)
    with online(one, two):
        one.send_stanza(Headstock.Message.new_chat(two.props.bound_jid, "héllo <&> \U0001f600"))
        wait(lambda: seen)
    assert seen[0].props.body == "héllo <&> \U0001f600!" and seen[0].props.stanza_type == "chat"


@scenario
def narrowed():
    """a handler is called only for the type of stanza and the sender that it names"""
    one, two, calls = make_client(1), make_client(2), []

    class Some(Headstock.Client):
        """Has handlers and a hook of its own."""

        @Headstock.xmpphandler("message", NS_CLIENT, type="chat", from_jid=address(2))
        def chat(self, e):
            calls.append(e.body)

        @Headstock.xmpphandler("body", NS_CLIENT, type="headline")
        def headline(self, e):
            calls.append(e.text + "!")

        def ready(self):
            calls.append("ready")

    one = make_client(1, Some)
    one.add_handler("message", NS_CLIENT, DEFAULT, lambda c, e: calls.append("own"), from_jid=one.jid)
    one.add_handler_full("message", NS_CLIENT, None, two.jid, DEFAULT, lambda c, e, end: calls.append(end), ".")
    with online(one, two):
        for number, kind in enumerate(("normal", "chat", "headline")):
            send_xml(two, one.bound_jid, f"<body>{number}</body>", kind)
        wait(lambda: calls.count(".") == 3)
    assert calls == ["ready", ".", "1", ".", "2!", "."], calls
    for wrong in (lambda: Headstock.xmpphandler("presence", NS_CLIENT, type="avialable"),
                  lambda: Headstock.xmpphandler("iq", type="chat"),
                  lambda: one.add_handler("x", None, DEFAULT, print, type="none")):
        try:
            wrong()
        except ValueError:
            continue
        raise AssertionError("nothing was raised")


@scenario
def texts():
    """a handler of texts is called with what a message says and whom it is from; what it returns is sent"""
    one, two, calls, answers = make_client(1), make_client(2), [], []

    class Texts:
        """Reads, and answers at once or later."""

        @Headstock.xmpphandler("message", NS_CLIENT, type="chat", text=True)
        def chat(self, text, sender):
            calls.append(text)
            if text == "1":
                return Headstock.Message.new_chat(sender, "one")
            raise RuntimeError(text)

        @Headstock.xmpphandler("message", NS_CLIENT, type="headline", text=True)
        async def headline(self, text, sender):
            return Headstock.Message.new_chat(sender, "late" if text is None else text)

    one.register(Texts())
    handler = one.add_text_handler("body", NS_CLIENT, None, two.jid, DEFAULT, lambda client, text, sender, end: calls.append(
        text + end if client is one and sender == two.bound_jid.to_string() else None), ".")
    two.add_text_handler("message", NS_CLIENT, None, None, DEFAULT, lambda client, text, sender: answers.append(text))
    original, sys.excepthook = sys.excepthook, lambda *exception: calls.append(exception[0])
    try:
        with online(one, two):
            for number, kind in enumerate(("normal", "chat", "chat")):
                send_xml(two, one.bound_jid, f"<body>{number}</body>", kind)
            send_xml(two, one.bound_jid, "<x xmlns='urn:x'/>", "headline")
            wait(lambda: len(answers) == 2)
            assert one.remove_handler(handler)
    finally:
        sys.excepthook = original
    assert calls == ["0.", "1.", "1", "2.", "2", RuntimeError], calls
    assert answers == ["one", "late"], answers
    try:
        one.add_text_handler("x", None, None, None, DEFAULT, None)
    except TypeError:
        return
    raise AssertionError("nothing was raised")


@scenario
def nothing_left_over():
    """each message has an object of its own, and nothing of the one before, whatever was done with that"""
    one, two, kept, found = make_client(1), make_client(2), [], []

    class Odd(Headstock.Message):
        """What no message is that arrives."""

    def message(_client, e):
        found.append((type(e), getattr(e, "_headstock_note", None), e.body))
        e._headstock_note = weak = weakref.ref(e)
        e.connect("notify", print)
        if e.body == "2":
            kept.append(e)
        if e.body == "3":
            e.__class__ = Odd
        dead.append(weak)

    dead = []
    one.add_handler("message", NS_CLIENT, DEFAULT, message)
    with online(one, two):
        for number in range(6):
            send_xml(two, one.bound_jid, f"<body>{number}</body>")
        wait(lambda: len(found) == 6)
    assert found == [(Headstock.Message, None, str(number)) for number in range(6)], found
    assert [e.body for e in kept] == ["2"] and kept[0]._headstock_note() is kept[0]
    gc.collect()
    assert [weak() for weak in dead if weak() is not None] == kept


@scenario
def refused_objects():
    """register() refuses what has nothing to call, and says what is missing"""
    class Nothing:
        """Has neither handlers nor hooks."""

        def message(self, e):
            raise AssertionError

    class Handler(Nothing):
        """Has one."""

        @Headstock.xmpphandler("x")
        def x(self, e):
            raise AssertionError

    client = make_client(1)
    for wrong, words in ((None, "None"), (Handler, "register(Handler())"), (Nothing(), "@Headstock.xmpphandler"),
                         (7, "attached"), ("x", "'x'"), (print, "ready")):
        try:
            client.register(wrong)
        except TypeError as error:
            assert words in str(error), error
            continue
        raise AssertionError(wrong)
    client.register(Handler())


@scenario
def depth_and_order():
    """elements are found at any depth: children first, handlers in their order"""
    class Both:
        """Records in which order it is called."""

        def __init__(self):
            self.calls = []

        @Headstock.xmpphandler("message", NS_CLIENT)
        def first(self, e):
            self.calls.append("first")

        @Headstock.xmpphandler("deep", "urn:test:deep")
        def deep(self, e):
            top = e.get_parent().get_parent()
            assert isinstance(top, Headstock.Message) and top.props.body == "b"
            self.calls.append("deep " + e.props.text)

        @Headstock.xmpphandler("message")
        @Headstock.xmpphandler(None, "urn:test")
        def second(self, e):
            self.calls.append(f"second {e.get_name()}")

    client, both = make_client(1), Both()
    client.register(both)
    client.add_handler("message", NS_CLIENT, DEFAULT,
                       lambda c, e, *data: both.calls.append(data), 1, "two")
    with online(client):
        send_xml(client, client.props.bound_jid,
                 "<x xmlns='urn:test'><deep xmlns='urn:test:deep'>1</deep>"
                 "<deep xmlns='urn:test:deep'>2</deep></x><body>b</body>")
        wait(lambda: (1, "two") in both.calls)
    assert both.calls == ["deep 1", "deep 2", "second x", "first", "second message", (1, "two")], \
        both.calls


@scenario
def once_and_removal():
    """ONCE is once; handlers remove themselves, each other, and add more while they run"""
    client, calls = make_client(1), []
    ids = {}

    def remove_next(client, element):
        calls.append("remove")
        assert client.remove_handler(ids["next"]) and not client.remove_handler(ids["next"])
        assert client.remove_handler(ids["own"])
        client.add_handler("message", NS_CLIENT, DEFAULT, lambda c, e: calls.append("added"))

    ids["once"] = client.add_handler("message", NS_CLIENT, Headstock.HandlerFlags.ONCE,
                                     lambda c, e: calls.append("once"))
    ids["own"] = client.add_handler("message", NS_CLIENT, DEFAULT, remove_next)
    ids["next"] = client.add_handler("message", NS_CLIENT, DEFAULT, lambda c, e: calls.append("next"))
    gone = weakref.ref(remove_next)
    del remove_next
    with online(client):
        send_xml(client, client.props.bound_jid, "<body>1</body>")
        wait(lambda: calls == ["once", "remove"])
        assert gone() is None and len(client._headstock.functions) == 1
        send_xml(client, client.props.bound_jid, "<body>2</body>")
        wait(lambda: calls[2:] == ["added"])
        assert not client.remove_handler(ids["once"])


@scenario
def same_function_twice():
    """a function may be registered twice with other data, and each removed by its id"""
    client, calls = make_client(1), []

    def call(_client, _element, data):
        calls.append(data)

    first = client.add_handler("message", NS_CLIENT, DEFAULT, call, "first")
    client.add_handler("message", NS_CLIENT, DEFAULT, call, "second")
    with online(client):
        send_xml(client, client.props.bound_jid, "<body/>")
        wait(lambda: calls == ["first", "second"])
        client.remove_handler(first)
        send_xml(client, client.props.bound_jid, "<body/>")
        wait(lambda: calls == ["first", "second", "second"])


@scenario
def lambdas():
    """a function that nobody else holds stays registered"""
    client, calls = make_client(1), []
    client.add_handler("message", NS_CLIENT, DEFAULT, lambda c, e: calls.append(e.props.body))
    for _ in range(3):
        gc.collect()
    with online(client):
        for number in range(3):
            gc.collect()
            send_xml(client, client.props.bound_jid, f"<body>{number}</body>")
        wait(lambda: calls == ["0", "1", "2"])


@scenario
def forget():
    """FORGET takes elements out of the stanza; one that is kept is still right"""
    client = make_client(1)
    kept, wholes = [], Recorder()

    def item(_client, e):
        assert e.get_parent().get_name() == "list"
        kept.append(e)

    client.add_handler("item", "urn:test", Headstock.HandlerFlags.FORGET, item)
    client.connect("message", wholes)
    with online(client):
        items = "".join(f"<item n='{n}'><sub>text {n}</sub></item>" for n in range(1000))
        send_xml(client, client.props.bound_jid, f"<list xmlns='urn:test'>{items}</list>")
        wait(lambda: wholes)
    assert [e.get_attribute("n") for e in kept] == [str(n) for n in range(1000)]
    assert all(e.get_parent() is None for e in kept)
    assert [e.get_child_text("sub", None) for e in kept[::100]] == [f"text {n}" for n in range(0, 1000, 100)]
    assert not list(wholes[0].get_child("list", "urn:test"))


@scenario
def from_account():
    """FROM_ACCOUNT does not believe a stranger"""
    one, two = make_client(1), make_client(2)
    calls = []
    for name, flags in (("any", DEFAULT), ("own", Headstock.HandlerFlags.FROM_ACCOUNT)):
        one.add_handler("item", Headstock.NS_ROSTER, flags,
                        lambda c, e, name: calls.append((name, e.get_attribute("jid"))), name)
    with online(one, two):
        wait(lambda: len(calls) == 2)
        calls.clear()
        forged = f"<query xmlns='{Headstock.NS_ROSTER}'><item jid='evil@x'/></query><body>forged</body>"
        send_xml(two, one.props.bound_jid, forged)
        wait(lambda: calls)
        assert calls == [("any", "evil@x")]
        send_xml(one, one.props.bound_jid, forged)
        wait(lambda: len(calls) == 3)
        assert calls[1:] == [("any", "evil@x"), ("own", "evil@x")]


@scenario
def nested():
    """a forwarded message is shown to NESTED handlers only"""
    one, two = make_client(1), make_client(2)
    calls, signalled = [], Recorder()
    for name, flags in (("plain", DEFAULT), ("nested", Headstock.HandlerFlags.NESTED)):
        one.add_handler("message", NS_CLIENT, flags,
                        lambda c, e, name: calls.append((name, e.props.body)), name)
    one.connect("message", signalled)
    one.connect(f"element::{{{NS_CLIENT}}}message", signalled)
    with online(one, two):
        send_xml(two, one.props.bound_jid,
                 f"<forwarded xmlns='{Headstock.NS_FORWARD}'><message xmlns='jabber:client' from='boss@x'>"
                 "<body>inner</body></message></forwarded><body>outer</body>")
        wait(lambda: len(signalled) == 2)
    assert calls == [("nested", "inner"), ("plain", "outer"), ("nested", "outer")], calls
    assert [m.props.body for m in signalled] == ["outer", "outer"]


@scenario
def element_signals():
    """element::{namespace}name is emitted for that name, at any depth, after handlers"""
    client, seen, order = make_client(1), Recorder(), []
    client.connect("element::{urn:test}a", seen)
    client.connect("element::{urn:test}a", lambda c, e: order.append("signal"))
    client.add_handler("a", "urn:test", DEFAULT, lambda c, e: order.append("handler"))
    with online(client):
        send_xml(client, client.props.bound_jid,
                 "<b xmlns='urn:test'><a n='1'/><a xmlns='urn:other'/></b><a xmlns='urn:test' n='2'/>")
        wait(lambda: len(seen) == 2)
        settle()
    assert [e.get_attribute("n") for e in seen] == ["1", "2"]
    assert order == ["handler", "signal"] * 2


@scenario
def kept_elements():
    """elements that are kept stay right, with their stanza, while others come"""
    client, kept = make_client(1), []
    client.add_handler("body", NS_CLIENT, DEFAULT, lambda c, e: kept.append(e))
    with online(client):
        for number in range(50):
            send_xml(client, client.props.bound_jid, f"<body>text {number}</body><x xmlns='urn:test'/>")
        wait(lambda: len(kept) == 50)
        gc.collect()
    del client
    gc.collect()
    assert [e.props.text for e in kept] == [f"text {n}" for n in range(50)]
    assert all(e.get_parent().props.stanza_type == "chat" for e in kept)
    assert all(e.get_parent().get_child("x", "urn:test") is not None for e in kept)
    assert len({id(e) for e in kept}) == 50


@scenario
def attributes_of_views():
    """what Python sets on one message is not seen on the next, and weak references let go"""
    client, seen, references = make_client(1), [], []

    def message(_client, e):
        seen.append(vars(e).get("colour"))
        vars(e)["colour"] = "red"
        references.append(weakref.ref(e))

    client.add_handler("message", NS_CLIENT, DEFAULT, message)
    with online(client):
        for _ in range(10):
            send_xml(client, client.props.bound_jid, "<body>x</body>")
        wait(lambda: len(seen) == 10)
    assert seen == [None] * 10
    gc.collect()
    assert [one() for one in references] == [None] * 10


@scenario
def threads():
    """views are dropped in several threads while more come"""
    client, mailbox, seen = make_client(1), [], [0]

    def drop():
        while not ended.is_set():
            try:
                e = mailbox.pop()
            except IndexError:
                ended.wait(0.001)
                continue
            e.get_parent()
            del e

    ended = threading.Event()
    workers = [threading.Thread(target=drop) for _ in range(4)]

    def body(_client, e):
        seen[0] += 1
        mailbox.append(e)
        mailbox.append(e.get_parent())

    client.add_handler("body", NS_CLIENT, DEFAULT, body)
    for worker in workers:
        worker.start()
    try:
        with online(client):
            for number in range(1000):
                send_xml(client, client.props.bound_jid, f"<body>{number}</body>")
            wait(lambda: seen[0] == 1000)
    finally:
        ended.set()
        for worker in workers:
            worker.join()


@scenario
def many():
    """2,000 messages arrive in their order"""
    one, two = make_client(1), make_client(2)
    seen = []
    two.add_handler("message", NS_CLIENT, DEFAULT, lambda c, e: seen.append(e.props.body))
    with online(one, two):
        for number in range(2000):
            one.send_stanza(Headstock.Message.new_chat(two.props.bound_jid, str(number)))
        wait(lambda: len(seen) >= 2000)
    assert seen == [str(n) for n in range(2000)]


@scenario
def subclasses():
    """marked methods of a Client subclass and of other GObjects are handlers"""
    class Bot(Headstock.Client):
        """Registered with itself."""

        def __init__(self, **properties):
            super().__init__(**properties)
            self.bodies = []

        @Headstock.xmpphandler("message", NS_CLIENT)
        def message(self, e):
            self.bodies.append(e.props.body)

    class Label(GObject.Object):
        """Stands for a widget."""

        text = GObject.Property(type=str)

        @Headstock.xmpphandler("body", NS_CLIENT)
        def body(self, e):
            self.text = e.props.text

    class Loud(Label):
        """Overrides a marked method."""

        def body(self, e):
            super().body(e)
            self.text = self.text.upper()

    bot, label, loud = make_client(1, Bot), Label(), Loud()
    bot.register(label)
    bot.register(loud)
    with online(bot):
        send_xml(bot, bot.props.bound_jid, "<body>hi</body>")
        wait(lambda: bot.bodies)
    assert (bot.bodies, label.text, loud.text) == (["hi"], "hi", "HI")
    gone = weakref.ref(bot)
    del bot
    assert gone() is None


@scenario
def component():
    """a component has the same handlers"""
    class Echo:
        """Answers as the component."""

        @Headstock.xmpphandler("message", NS_CLIENT)
        def message(self, e):
            reply = e.new_reply()
            reply.props.body = e.props.body + "!"
            return reply

    component = Headstock.Component.new(os.environ["HS_TEST_COMPONENT"],
                                        os.environ["HS_TEST_COMPONENT_SECRET"])
    component.props.host = os.environ["HS_TEST_HOST"]
    component.props.port = int(os.environ["HS_TEST_COMPONENT_PORT"])
    component.register(Echo())
    client, seen = make_client(1), Recorder()
    client.connect("message", seen)
    with online(component, client):
        client.send_stanza(Headstock.Message.new_chat(f"x@{os.environ['HS_TEST_COMPONENT']}", "hi"))
        wait(lambda: seen)
    assert seen[0].props.body == "hi!"


if __name__ == "__main__":
    main()

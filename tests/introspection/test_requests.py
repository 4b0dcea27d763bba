#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Requests, their answer, and what fails, between two accounts on a real server."""

import asyncio
import contextlib
import os
import re
import signal
import sys
import time

from support import (HERE, Child, Recorder, ask, main, make_client, online, refused,  # isort: skip
                     request, scenario, send_xml, settle, wait)
from gi.repository import Gio, GLib, Headstock

DEFAULT = Headstock.HandlerFlags.DEFAULT
NS_CLIENT = Headstock.NS_CLIENT
STANZA_ERROR = Headstock.stanza_error_quark()
Condition = Headstock.StanzaError


@contextlib.contextmanager
def exceptions():
    """Collects what is reported with its traceback."""
    seen = []
    original = sys.excepthook
    sys.excepthook = lambda kind, value, traceback: seen.append((kind, str(value), traceback))
    try:
        yield seen
    finally:
        sys.excepthook = original


@contextlib.contextmanager
def asking(obj):
    """A client that asks, and one that answer, which `obj` (or a function) is made for.

    Gives a function that sends a question and returns what came for it: one answer and no more, as
    the stream shows; the client itself would not show a second one.
    """
    one, two = make_client(1), make_client(2)
    if callable(obj):
        obj(two)
    else:
        two.register(obj)
    stream = []
    one.connect("xml", lambda c, direction, text:
                direction == Headstock.Direction.IN and stream.append(text))

    def answer(question=None):
        iq = question or ask(two.props.bound_jid)
        try:
            found = request(one, iq).props.payload.get_name()
        except GLib.Error as error:
            assert error.domain == "hs-stanza-error-quark"
            found = error.code
        settle(0.1)
        # A second answer would have come before the answer to this.
        with contextlib.suppress(GLib.Error):
            request(one, ask(two.props.bound_jid, "marker"))
        heads = [head for head in re.findall("<iq [^>]*>", "".join(stream))
                 if iq.props.id in head]
        assert len(heads) == 1, heads
        return found

    with online(one, two):
        yield answer, one, two


@scenario
def result():
    """a request gives the result"""
    client = make_client(1)
    with online(client):
        pong = request(client, Headstock.Iq.new("get", client.props.bound_jid.get_domain(),
                                                Headstock.Element.new("ping", Headstock.NS_PING)))
        assert isinstance(pong, Headstock.Iq) and pong.props.stanza_type == "result"
        roster = request(client, Headstock.Iq.new("get", None,
                                                  Headstock.Element.new("query", Headstock.NS_ROSTER)))
        assert [e.get_name() for e in roster.props.payload] == ["item"]


@scenario
def errors():
    """a request raises the peer's error, a timeout, a cancellation, and what cannot be sent"""
    one, two = make_client(1), make_client(2)
    two.add_handler("silence", "urn:test", DEFAULT, lambda c, e: c.defer_reply(e.get_parent()))
    refused(lambda: request(one, ask("a@b")), Headstock.error_quark(), Headstock.Error.NOT_CONNECTED)
    with online(one, two):
        to = two.props.bound_jid
        refused(lambda: request(one, ask(to)), STANZA_ERROR, Condition.SERVICE_UNAVAILABLE)
        error = refused(lambda: request(one, ask(to, "silence"), 200), Headstock.error_quark(),
                        Headstock.Error.TIMED_OUT)
        assert error.domain == "hs-error-quark" and error.message
        cancellable = Gio.Cancellable()
        GLib.timeout_add(50, lambda: cancellable.cancel())
        refused(lambda: request(one, ask(to, "silence"), -1, cancellable), Gio.io_error_quark(),
                Gio.IOErrorEnum.CANCELLED)
        refused(lambda: one.send_raw_stanza("<message"), Headstock.error_quark(),
                Headstock.Error.INVALID_STANZA)
        refused(lambda: one.send_stanza(Headstock.Message(from_jid="boss@x", to="a@b")),
                Headstock.error_quark(), Headstock.Error.INVALID_FROM)
        refused(lambda: one.send_stanza(Headstock.Element.new("x", "urn:test")), Headstock.error_quark(),
                Headstock.Error.INVALID_STANZA)


def large(iq_type, to, count=2000):
    """Something that is larger than 64 KiB in memory."""
    stanza = Headstock.Message(to=to) if iq_type == "message" else ask(to, "large", iq_type)
    parent = stanza if iq_type == "message" else stanza.props.payload
    for _ in range(count):
        parent.add_child("a", "urn:test")
    return stanza


@scenario
def discarded():
    """a stanza that is too large is discarded, whom it concerns is told, and the session goes on"""
    one, two = make_client(1), make_client(2)
    for client in (one, two):
        client.props.max_stanza_size = 65536
    seen, messages = Recorder(), Recorder()
    two.connect("stanza-discarded", seen)
    two.connect("message", messages)
    two.add_handler("question", "urn:test", DEFAULT, lambda c, e: answer_largely(e.get_parent()))

    def answer_largely(iq):
        reply = iq.new_reply()
        payload = reply.add_child("answer", "urn:test")
        for _ in range(2000):
            payload.add_child("a", "urn:test")
        return reply

    with online(one, two):
        to = two.props.bound_jid
        one.send_stanza(large("message", to))
        wait(lambda: seen)
        stanza, error = seen[0]
        assert isinstance(stanza, Headstock.Message) and stanza.props.from_jid == one.props.bound_jid
        assert error.matches(Headstock.error_quark(), Headstock.Error.TOO_LARGE)
        assert "max-stanza-size (64 KiB)" in error.message
        assert f"The message from {one.props.bound_jid.get_bare()} is larger" in error.message
        refused(lambda: request(one, large("get", to)), STANZA_ERROR, Condition.POLICY_VIOLATION)
        assert seen[1][0].props.payload.get_name() == "large"
        error = refused(lambda: request(one, ask(to)), Headstock.error_quark(), Headstock.Error.TOO_LARGE)
        assert f"The iq from {to.get_bare()} is larger than max-stanza-size" in error.message
        one.send_stanza(Headstock.Message(to=to, body="after"))
        wait(lambda: messages)
    assert [message.props.body for message in messages] == ["after"]
    assert len(seen) == 2


@scenario
def acknowledged():
    """send_async calls back"""
    client, done = make_client(1), []
    with online(client):
        client.send_async(Headstock.Presence(show="dnd"), None, lambda c, r: done.append(r))
        assert client.send_finish(wait(lambda: done)[0])


@scenario
def on_iq():
    """register_on_iq is called once, with the client, the iq and the data"""
    client, calls = make_client(1), []
    iq = Headstock.Iq.new("get", None, Headstock.Element.new("query", Headstock.NS_ROSTER))
    iq.props.id = "id1"
    client.register_on_iq("result", "id1", Headstock.HandlerFlags.ONCE,
                          lambda c, e, *data: calls.append((c, e.props.id, data)), 1, None)
    client.register_on_iq("result", "id2", DEFAULT, lambda c, e: calls.append("other"))
    with online(client):
        for _ in range(2):
            client.send_stanza(iq)
        wait(lambda: calls)
        settle()
    assert calls == [(client, "id1", (1, None))]


@scenario
def returned_answer():
    """an iq is answered by what a handler returns, exactly once"""
    class Answers:
        """Answers from inside and for the whole."""

        @Headstock.xmpphandler("question", "urn:test")
        def inner(self, e):
            reply = e.get_parent().new_reply()
            reply.add_child("inner", "urn:test")
            return reply

    with asking(Answers()) as (answer, _one, _two):
        assert answer() == "inner"

    class Whole:
        """Answers the iq itself."""

        @Headstock.xmpphandler("iq", NS_CLIENT)
        def whole(self, e):
            if e.props.stanza_type != "get":
                return None
            reply = e.new_reply()
            reply.add_child("whole", "urn:test")
            return reply

    with asking(Whole()) as (answer, _one, _two):
        assert answer() == "whole"


@scenario
def signalled_answer():
    """an iq is taken where `iq` returns True, and else answered with service-unavailable"""
    def prepare(client):
        def on_iq(client, iq):
            if iq.props.stanza_type != "get" or not iq.get_child("question", "urn:test"):
                return False
            reply = iq.new_reply()
            reply.add_child("signalled", "urn:test")
            GLib.idle_add(lambda: client.send_stanza(reply) and False)
            return True

        client.connect("iq", on_iq)

    with asking(prepare) as (answer, _one, two):
        assert answer() == "signalled"
        assert answer(ask(two.props.bound_jid, "other")) == Condition.SERVICE_UNAVAILABLE


@scenario
def deferred_answer():
    """an iq whose answer is deferred is answered when the program does"""
    class Later:
        """Answers after a while."""

        @Headstock.xmpphandler("iq", NS_CLIENT)
        def question(self, iq):
            if iq.props.stanza_type == "get" and iq.get_child("question", "urn:test"):
                self.client.defer_reply(iq)
                GLib.timeout_add(50, self.answer, iq)

        def answer(self, iq):
            reply = iq.new_reply()
            reply.add_child("later", "urn:test")
            self.client.send_stanza(reply)
            return GLib.SOURCE_REMOVE

        def attached(self, client):
            self.client = client

    with asking(Later()) as (answer, _one, _two):
        assert answer() == "later"


@scenario
def failing_handlers():
    """a handler that raises is reported, its iq gets an error, other handlers and stanzas go on"""
    class Failing:
        """Fails in every way."""

        def __init__(self):
            self.bodies = []

        @Headstock.xmpphandler("question", "urn:test")
        def question(self, e):
            raise LookupError("no idea")

        @Headstock.xmpphandler("iq", NS_CLIENT)
        def iq(self, e):
            if e.get_child("answered", "urn:test"):
                raise LookupError("answered all the same")

        @Headstock.xmpphandler("answered", "urn:test")
        def answered(self, e):
            reply = e.get_parent().new_reply()
            reply.add_child("fine", "urn:test")
            return reply

        @Headstock.xmpphandler("wrong", "urn:test")
        def wrong(self, e):
            return True

        @Headstock.xmpphandler("message", NS_CLIENT)
        def message(self, e):
            raise ValueError(e.props.body)

        @Headstock.xmpphandler("body", NS_CLIENT)
        def body(self, e):
            self.bodies.append(e.props.text)
            return "text"

    failing = Failing()
    with exceptions() as seen, asking(failing) as (answer, one, two):
        to = two.props.bound_jid
        assert answer() == Condition.INTERNAL_SERVER_ERROR
        kind, text, traceback = seen.pop(0)
        assert kind is LookupError and text == "no idea" and not seen
        while traceback.tb_next:
            traceback = traceback.tb_next
        assert traceback.tb_frame.f_code.co_name == "question"

        assert answer(ask(to, "answered")) == "fine"
        assert seen.pop()[0] is LookupError and not seen
        assert answer(ask(to, "wrong", "set")) == Condition.SERVICE_UNAVAILABLE
        kind, text, _traceback = seen.pop()
        assert kind is TypeError and "True" in text and "Failing.wrong" in text and not seen
        assert answer(ask(to, "other")) == Condition.SERVICE_UNAVAILABLE

        for number in range(3):
            send_xml(one, to, f"<body>{number}</body>")
        wait(lambda: len(seen) == 6)
        assert failing.bodies == ["0", "1", "2"]
        assert [text for kind, text, _traceback in seen if kind is ValueError] == ["0", "1", "2"]
        assert answer() == Condition.INTERNAL_SERVER_ERROR


@scenario
def failing_and_deferred():
    """a failing handler does not answer an iq that another has deferred"""
    def prepare(client):
        def defer(client, e):
            client.defer_reply(e.get_parent())
            reply = e.get_parent().new_reply()
            reply.add_child("later", "urn:test")
            GLib.timeout_add(50, lambda: client.send_stanza(reply) and False)

        client.add_handler("question", "urn:test", DEFAULT, lambda c, e: 1 / 0)
        client.add_handler("question", "urn:test", DEFAULT, defer)
        client.add_handler("question", "urn:test", DEFAULT, lambda c, e: 1 / 0)

    with exceptions() as seen, asking(prepare) as (answer, _one, _two):
        assert answer() == "later"
        assert [kind for kind, _text, _traceback in seen] == [ZeroDivisionError] * 2


class Later:
    """Answers as a coroutine, or fails to."""

    @Headstock.xmpphandler("question", "urn:test")
    async def question(self, e):
        await asyncio.sleep(0.01)
        reply = e.get_parent().new_reply()
        reply.add_child("later", "urn:test")
        return reply

    @Headstock.xmpphandler("sent", "urn:test")
    async def sent(self, e):
        await asyncio.sleep(0)
        await self.client.send(await self.question(e))

    @Headstock.xmpphandler("silence", "urn:test")
    async def silence(self, _e):
        await asyncio.sleep(0)

    @Headstock.xmpphandler("wrong", "urn:test")
    async def wrong(self, _e):
        await asyncio.sleep(0)
        raise LookupError("no idea")

    @Headstock.xmpphandler("never", "urn:test")
    async def never(self, _e):
        await asyncio.sleep(60)

    async def ready(self, client):
        await asyncio.sleep(0)
        self.client = client


@scenario
def coroutine_handlers():
    """a handler may be a coroutine function; it needs no event loop of the program"""
    with exceptions() as seen, asking(Later()) as (answer, _one, two):
        to = two.bound_jid
        assert answer() == "later" and answer(ask(to, "sent")) == "later"
        assert answer(ask(to, "silence")) == Condition.SERVICE_UNAVAILABLE and not seen
        assert answer(ask(to, "wrong")) == Condition.INTERNAL_SERVER_ERROR
        assert seen[0][:2] == (LookupError, "no idea")


async def fails(awaitable, domain, code):
    """Checks that an awaitable raises a certain GLib.Error, with a traceback that leads here."""
    try:
        await awaitable
    except GLib.Error as error:
        assert error.matches(domain, code), error
        assert error.__traceback__.tb_frame.f_code is fails.__code__
        return
    raise AssertionError("nothing was raised")


def count_time(function, *arguments):
    """What a function takes of the processor."""
    begin = time.process_time()
    function(*arguments)
    return time.process_time() - begin


async def awaiting(one, two):
    """What a program does in a coroutine."""
    two.register(Later())
    ping = one.ensure_module(Headstock.Ping)
    async with one, two:
        to = two.bound_jid
        answers = await asyncio.gather(one.request(ask(to)), one.request_async(ask(to), 5000), ping.send_async(Headstock.Jid(to.get_domain())))
        assert [answer.payload.name for answer in answers[:2]] == ["later", "later"]
        assert await one.send(Headstock.Message(to=to, body="x")) is True
        await fails(one.request(ask(to, "silence")), Headstock.StanzaError, Condition.SERVICE_UNAVAILABLE)
        await fails(one.request(ask(to, "never"), timeout=100), Headstock.Error, Headstock.Error.TIMED_OUT)
        cancellable = Gio.Cancellable()
        pending = asyncio.ensure_future(one.request(ask(to, "never"), cancellable=cancellable))
        await asyncio.sleep(0.01)
        pending.cancel()
        assert cancellable.is_cancelled()
        echo = await asyncio.create_subprocess_exec("echo", "hi", stdout=asyncio.subprocess.PIPE)
        assert await echo.communicate() == (b"hi\n", None)
        assert await asyncio.to_thread(lambda: 7) == 7
        for wrong in (lambda: one.request_async(), lambda: one.request_async(ask(to), tiemout=1)):
            try:
                wrong()
            except TypeError:
                continue
            raise AssertionError("nothing was raised")
    return one.state


@scenario
def awaited():
    """a coroutine awaits what takes a while; SIGTERM ends it in order"""
    one, two = make_client(1), make_client(2)
    with exceptions():
        assert Headstock.run(awaiting(one, two)) == Headstock.ClientState.DISCONNECTED

    async def terminated():
        async with one:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(60)

    assert Headstock.run(terminated()) is None and one.state == Headstock.ClientState.DISCONNECTED


@scenario
def cost_of_await():
    """an awaited request costs less than twice what one with a callback does"""
    client, count = make_client(1), 300

    def ping():
        return Headstock.Iq(Headstock.Element("ping", Headstock.NS_PING), stanza_type="get", to=client.jid.get_domain())

    def call_back():
        left, main_loop = [count], GLib.MainLoop()

        def answered(_client, result):
            client.request_finish(result)
            left[0] -= 1
            if left[0]:
                client.request_async(ping(), -1, None, answered)
            else:
                main_loop.quit()

        client.request_async(ping(), -1, None, answered)
        main_loop.run()

    async def await_all():
        for _ in range(count):
            await client.request(ping())

    with online(client):
        call_back()
        ratios = [count_time(Headstock.run, await_all()) / count_time(call_back) for _ in range(3)]
    print(f"# {min(ratios):.2f} times")
    assert min(ratios) < 2, ratios


@scenario
def failing_signals():
    """what a signal's callback raises is reported, and the iq is answered"""
    def prepare(client):
        client.connect("iq", lambda c, e: 1 / 0)

    with exceptions() as seen, asking(prepare) as (answer, _one, _two):
        assert answer() == Condition.SERVICE_UNAVAILABLE
        assert seen and seen[0][0] is ZeroDivisionError


@scenario
def traceback_on_stderr():
    """the traceback of a failing handler is on standard error, and the program goes on"""
    one, seen = make_client(1), Recorder()
    one.connect("message", seen)
    child = Child(sys.executable, str(HERE / "program.py"))
    with online(one):
        child.read_until("Ready ")
        to = child.output.split("Ready ")[1].split()[0]
        one.send_stanza(Headstock.Message.new_chat(to, "fail"))
        one.send_stanza(Headstock.Message.new_chat(to, "hi"))
        wait(lambda: seen)
        child.interrupt()
        status, stderr = child.end()
    assert [m.props.body for m in seen] == ["hi"]
    assert status == 0, stderr
    assert stderr.startswith("Traceback") and stderr.count("Traceback") == 1, stderr
    assert "in echo" in stderr and stderr.rstrip().endswith("RuntimeError: told to fail"), stderr


if __name__ == "__main__":
    main()

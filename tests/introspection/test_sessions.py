#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sessions that outlive their connections, and what becomes of what was sent, on a real server."""

import contextlib
import os
import signal

from support import (Child, main, make_client, online, refused, scenario, wait)  # isort: skip
from gi.repository import Gio, GLib, Headstock


@contextlib.contextmanager
def relay():
    """A relay to the test server, for one client's connections, with its port."""
    child = Child(os.environ["HS_TEST_RELAY"], os.environ["HS_TEST_PORT"])
    try:
        child.read_until("\n")
        yield child, int(child.output)
    finally:
        child.signal(signal.SIGTERM)
        child.end()


def lose(child):
    """Has the relay pass on no more of what the client sends."""
    child.signal(signal.SIGUSR1)
    child.read_until("holding")


def make_watched(port, **properties):
    """A client of the relay's, whose life is written down."""
    client, record = make_client(1), []
    client.props.port = port
    for name, value in properties.items():
        client.set_property(name, value)
    for name in ("ready", "resumed"):
        client.connect(name, lambda _client, name: record.append(name), name)
    client.connect("returned", lambda _client, stanza, error: record.append((stanza.props.body, error)))
    client.connect("disconnected", lambda client, _error, retry: retry > 0 and client.reconnect_now())
    return client, record


def listen(client):
    """The bodies of the messages that a client gets."""
    bodies = []
    client.connect("message", lambda _client, message: bodies.append(message.props.body))
    return bodies


def chat(client, body):
    """A message to another client's bound address."""
    return Headstock.Message.new_chat(client.props.bound_jid, body)


@scenario
def acknowledged():
    """send_async finishes when the server has the stanza, and fails where it cannot be sent"""
    one, two = make_client(1), make_client(2)
    results = []

    def send(client, stanza, cancellable=None):
        del results[:]
        client.send_async(stanza, cancellable, lambda _client, result: results.append(result))
        return client.send_finish(wait(lambda: results)[0])

    message = Headstock.Message.new_chat("nobody@example.test", "hi")
    refused(lambda: send(one, message), Headstock.error_quark(), Headstock.Error.NOT_CONNECTED)
    with online(one, two):
        bodies = listen(two)
        assert send(one, chat(two, "hello")) is True
        wait(lambda: bodies == ["hello"])
        wait(lambda: one.get_unacknowledged() == 0)
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        refused(lambda: send(one, message, cancellable), Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED)


@scenario
def resumed():
    """a session goes on after its connection was cut, with what was sent meanwhile"""
    two = make_client(2)
    with relay() as (child, port), online(two):
        one, record = make_watched(port)
        bodies = listen(two)
        with online(one):
            bound = one.props.bound_jid
            wait(lambda: one.dup_session_state())
            lose(child)
            one.send_stanza(chat(two, "before"))
            child.signal(signal.SIGUSR2)
            wait(lambda: one.props.state != Headstock.ClientState.READY)
            one.send_stanza(chat(two, "meanwhile"))
            assert one.get_unacknowledged() >= 2
            wait(lambda: "resumed" in record)
            assert record == ["ready", "resumed"], record
            assert one.props.bound_jid == bound
            wait(lambda: bodies == ["before", "meanwhile"])
            wait(lambda: one.get_unacknowledged() == 0)


@scenario
def kept():
    """what was not sent comes back at the end, and a kept session goes on in another client"""
    two = make_client(2)
    with relay() as (child, port), online(two):
        one, record = make_watched(port, auto_reconnect=False)
        bodies = listen(two)
        with online(one):
            assert one.props.resend_policy == Headstock.ResendPolicy.UNRECEIVED
            wait(lambda: one.dup_session_state() and one.get_unacknowledged() == 0)
            lose(child)
            one.send_stanza(chat(two, "kept"))
            state = one.dup_session_state()
            child.signal(signal.SIGUSR2)
            wait(lambda: one.props.state == Headstock.ClientState.DISCONNECTED)
        body, error = record[-1]
        assert body == "kept" and error.matches(Headstock.error_quark(), Headstock.Error.SESSION_LOST)
        assert one.dup_session_state() is None and one.props.bound_jid is None

        stored = state.print_(True)
        other, record = make_watched(port)
        again = GLib.Variant.parse(None, stored, None, None)
        refused(lambda: make_client(2).set_session_state(again), Headstock.error_quark(),
                Headstock.Error.INVALID_STATE)
        refused(lambda: other.set_session_state(GLib.Variant("s", stored)), Headstock.error_quark(),
                Headstock.Error.INVALID_STATE)
        assert other.set_session_state(again) is True
        other.start()
        wait(lambda: "resumed" in record)
        wait(lambda: bodies == ["kept"])
        refused(lambda: other.set_session_state(again), Headstock.error_quark(),
                Headstock.Error.ALREADY_STARTED)
        other.stop()
        wait(lambda: other.props.state == Headstock.ClientState.DISCONNECTED)
        assert record == ["resumed"], record


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs from start to end, what is told of them, and what is freed after them."""

import gc
import os
import signal
import sys
import threading
import weakref

from support import (HERE, Child, Recorder, address, main, make_client, online, prepare,  # isort: skip
                     refused, request, scenario, send_xml, wait)
from gi.repository import GLib, GObject, Headstock

DEFAULT = Headstock.HandlerFlags.DEFAULT
NS_CLIENT = Headstock.NS_CLIENT
SIGNALS = ("connecting", "connected", "secured", "authenticated", "ready", "stopping", "disconnected",
           "cleanup", "terminated")


class Stages:
    """Records each stage, and ends the run once it is ready."""

    def __init__(self):
        self.calls = []

    def attached(self, client):
        self.calls.append("attached")
        client.add_handler("body", NS_CLIENT, DEFAULT, lambda c, e: self.calls.append(e.props.text))

    def begin(self, client):
        assert client.get_features().get_name() == "features"
        self.calls.append("begin")
        try:
            client.send_stanza(Headstock.Message.new_chat("a@b", "only requests"))
        except GLib.Error as error:
            assert error.matches(Headstock.error_quark(), Headstock.Error.INVALID_STANZA)
        else:
            raise AssertionError("a message was sent")

    def lost(self):
        self.calls.append("lost")

    def presence_sent(self, client, presence):
        assert presence.props.status == "from python"
        self.calls.append("presence_sent")

    def prepare_presence(self, client, presence):
        presence.props.status = "from python"
        self.calls.append("prepare_presence")

    def negotiate(self, client, features):
        assert features.get_name() == "features"
        self.calls.append("negotiate")
        GLib.idle_add(lambda: client.continue_negotiation())
        return True

    def ready(self, *everything):
        assert len(everything) == 1
        self.calls.append("ready")
        everything[0].stop()

    def stopping(self):
        self.calls.append("stopping")

    @staticmethod
    def cleanup(client, _unused="default"):
        assert client.props.state == Headstock.ClientState.STOPPING

    def terminated(self, client):
        self.calls.append("terminated")
        raise RuntimeError("reported, and nothing else")

    def detached(self):
        self.calls.append("detached")


@scenario
def stages():
    """a registered object is told of each stage, with as many arguments as it takes"""
    client, stages_seen, signals, reported = make_client(1), Stages(), [], []
    for name in SIGNALS:
        client.connect(name, lambda _client, *more: signals.append(more[-1]), name)
    client.register(stages_seen)
    client.register(stages_seen)
    original, sys.excepthook = sys.excepthook, lambda *exception: reported.append(exception[1])
    try:
        for _ in range(2):
            assert client.run() is True
            assert stages_seen.calls == ["attached", "negotiate", "begin", "prepare_presence",
                                         "presence_sent", "ready", "stopping", "lost", "terminated"]
            assert tuple(signals) == SIGNALS, signals
            assert [str(e) for e in reported] == ["reported, and nothing else"]
            del signals[:], reported[:], stages_seen.calls[1:]
    finally:
        sys.excepthook = original
    client.unregister(stages_seen)
    assert stages_seen.calls == ["attached", "detached"]
    assert not client._headstock.functions and not client._headstock.objects


@scenario
def modules():
    """a Module in Python, alone or in a Client subclass, is told through do_ready() and its like"""
    class Module(GObject.Object, Headstock.Module):
        """Records stages."""

        def __init__(self):
            super().__init__()
            self.calls = []

        def do_attached(self, client):
            client.add_handler("body", NS_CLIENT, DEFAULT, self.body, "body")

        def body(self, client, e, data):
            self.calls.append((data, e.props.text))
            client.stop()

        @Headstock.xmpphandler("message", NS_CLIENT)
        def message(self, e):
            self.calls.append("message")

        def do_ready(self, client):
            self.calls.append("ready")
            send_xml(client, client.props.bound_jid, "<body>hi</body>")

        def do_begin(self, client):
            self.calls.append("begin")

        def do_lost(self, client):
            self.calls.append("lost")

        def do_terminated(self, client):
            self.calls.append("terminated")

        def do_detached(self, client):
            self.calls.append("detached")

    class Bot(Headstock.Client, Headstock.Module):
        """Registered with itself."""

        calls = ()

        def do_ready(self, client):
            assert client is self
            self.calls += ("ready",)

        def do_stopping(self, client):
            self.calls += ("stopping",)

    module, bot = Module(), make_client(1, Bot)
    bot.register(module)
    bot.run()
    assert module.calls == ["begin", "ready", ("body", "hi"), "message", "lost", "terminated"], module.calls
    made = bot.ensure_module(Headstock.Registration)
    assert bot.find_module(Headstock.Registration) is made
    assert made in list(bot.list_modules())
    bot.unregister(made)
    del made
    assert bot.calls == ("ready", "stopping")
    bot.unregister(module)
    assert module.calls[-1] == "detached"
    references = weakref.ref(bot), weakref.ref(module)
    del bot, module
    gc.collect()
    assert [one() for one in references] == [None, None]


@scenario
def unregistered():
    """unregister takes an object's handlers away, also while they run"""
    client, calls = make_client(1), []

    class Shy:
        """Leaves when it is called."""

        @Headstock.xmpphandler("body", NS_CLIENT)
        def body(self, e):
            calls.append("body")
            client.unregister(self)

        @Headstock.xmpphandler("message", NS_CLIENT)
        def message(self, e):
            calls.append("message")

    shy = Shy()
    client.register(shy)
    client.unregister(object())
    seen = Recorder()
    client.connect("message", seen)
    with online(client):
        for _ in range(2):
            send_xml(client, client.props.bound_jid, "<body/>")
        wait(lambda: len(seen) == 2)
    assert calls == ["body"]


@scenario
def wrong_password():
    """run() raises what the server refused a password with"""
    client = prepare(Headstock.Client.new(address(1), "wrong"))
    errors = Recorder()
    client.connect("terminated", errors)
    error = refused(client.run, Headstock.sasl_error_quark(), Headstock.SaslError.NOT_AUTHORIZED)
    assert error.domain == "hs-sasl-error-quark" and error.message
    assert errors[0].matches(Headstock.sasl_error_quark(), Headstock.SaslError.NOT_AUTHORIZED)
    refused(Headstock.Client.new("@", "x").run, Headstock.error_quark(), Headstock.Error.INVALID_JID)
    done = []
    client.connect_async(None, lambda c, r: done.append(r))
    wait(lambda: done)
    refused(lambda: client.connect_finish(done[0]), Headstock.sasl_error_quark(),
            Headstock.SaslError.NOT_AUTHORIZED)


@scenario
def first_program():
    """the first program of the documentation prints the roster, echoes, and ends on SIGTERM in order"""
    client, messages, presences = make_client(1), Recorder(), Recorder()
    client.connect("message", messages)
    client.connect("presence", presences)
    child = Child(sys.executable, str(HERE / "program.py"))
    with online(client):
        child.read_until("Contact ")
        assert f"Contact {address(1)} both\n" in child.output
        to = child.output.split("Ready ")[1].split()[0]
        client.send_stanza(Headstock.Message.new_chat(to, "hello"))
        wait(lambda: messages)
        assert messages[0].props.body == "hello" and str(messages[0].props.from_jid) == to
        # As Ctrl-C, which program.py is ended with elsewhere.
        child.signal(signal.SIGTERM)
        status, stderr = child.end()
        assert (status, stderr) == (0, ""), (status, stderr)
        assert child.output.endswith("Stopping\nTerminated\nEnded\n"), child.output
        wait(lambda: presences[-1].props.stanza_type == "unavailable" and
             str(presences[-1].props.from_jid) == to)


@scenario
def second_interrupt():
    """a second Ctrl-C ends the process; a program's own handler is let be; SIGINT raises after run()"""
    begin = "import sys\nsys.argv[:1] = []\nfrom support import make_client\nimport time, signal\n"
    in_stopping = ("class Slow:\n  def ready(self): print('ready', flush=True)\n"
                   "  def stopping(self): print('stopping', flush=True); time.sleep(60)\n"
                   "client = make_client(3)\nclient.register(Slow())\nclient.run()\n")
    child = Child(sys.executable, "-c", begin + in_stopping, PYTHONPATH=f"{HERE}:{os.environ['PYTHONPATH']}")
    child.read_until("ready")
    child.interrupt()
    child.read_until("stopping")
    child.interrupt()
    assert child.end()[0] == -signal.SIGINT

    own = ("class Ready:\n  def ready(self): print('ready', flush=True)\n"
           "client = make_client(3)\nclient.register(Ready())\n"
           "def own(number, frame):\n  print('own', number, flush=True)\n  client.stop()\n"
           "signal.signal(signal.SIGINT, own)\nclient.run()\n"
           "assert signal.getsignal(signal.SIGINT) is own\n")
    child = Child(sys.executable, "-c", begin + own, PYTHONPATH=f"{HERE}:{os.environ['PYTHONPATH']}")
    child.read_until("ready")
    child.interrupt()
    status, stderr = child.end()
    assert status == 0 and f"own {signal.SIGINT:d}" in child.output, stderr
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@scenario
def other_thread():
    """a client runs in a thread with a main context of its own"""
    results = []

    def work():
        context = GLib.MainContext.new()
        context.push_thread_default()
        try:
            client = make_client(1)
            client.add_handler("body", NS_CLIENT, DEFAULT, lambda c, e: results.append(e.props.text) or c.stop())
            client.connect("ready", lambda c: send_xml(c, c.props.bound_jid, "<body>thread</body>"))
            results.append(client.run())
        finally:
            context.pop_thread_default()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert results == ["thread", True], results


@scenario
def wrong_thread():
    """what is called of a client from another thread raises, and does nothing"""
    client, idle, failures = make_client(1), make_client(2), []
    stanza = Headstock.Message(body="from another thread", to_jid=address(1))
    calls = [
        # Of a client that does not run, in the main context that the main thread iterates.
        idle.start, idle.run,
        client.start, client.stop, client.run, client.reconnect_now, client.proceed, client.get_state,
        client.dup_session_state, client.get_unacknowledged, client.continue_negotiation,
        client.check_thread,
        lambda: client.send_stanza(stanza), lambda: client.send_raw_stanza("<message/>"),
        lambda: client.add_handler(None, None, DEFAULT, print), lambda: client.remove_handler(1),
        lambda: client.register_on_iq(None, None, DEFAULT, print),
        lambda: client.register(Stages()), lambda: client.unregister(client),
        lambda: client.defer_reply(stanza), lambda: client.is_own(None), lambda: client.set_log(None, False),
        lambda: client.props.state, lambda: client.set_active(False), lambda: client.get_property("jid"),
        lambda: client.set_property("jid", address(2)), lambda: setattr(client.props, "password", "other"),
    ]

    def work():
        for number, call in enumerate(calls):
            try:
                call()
                failures.append(f"call {number} did not raise")
            except GLib.Error as error:
                if not error.matches(Headstock.error_quark(), Headstock.Error.WRONG_THREAD) or \
                        "GLib.idle_add()" not in error.message:
                    failures.append(f"call {number}: {error.message}")

    with online(client):
        assert GLib.MainContext.default().acquire()
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(20)
        GLib.MainContext.default().release()
        assert not failures, failures
        assert idle.props.state == Headstock.ClientState.DISCONNECTED
        assert client.props.state == Headstock.ClientState.READY
        assert str(client.props.jid) == address(1)


@scenario
def dropped_in_another_thread():
    """a running client may be dropped in any thread, and ends in its own"""
    box = [make_client(1)]
    gone = weakref.ref(box[0])
    ended = []
    box[0].weak_ref(lambda: ended.append(threading.current_thread()))
    box[0].start()
    wait(lambda: box[0].props.state == Headstock.ClientState.READY)
    thread = threading.Thread(target=lambda: box.clear() or gc.collect())
    thread.start()
    thread.join(20)
    wait(lambda: ended)
    assert gone() is None


@scenario
def again_and_stop():
    """a handler may stop the client, which may be run again"""
    client, seen = make_client(1), []

    def body(client, e):
        seen.append(e.props.text)
        client.stop()

    client.add_handler("body", NS_CLIENT, DEFAULT, body)
    client.connect("ready", lambda c: send_xml(c, c.props.bound_jid, f"<body>{len(seen)}</body>"))
    for _ in range(3):
        assert client.run()
    assert seen == ["0", "1", "2"]


@scenario
def freed():
    """objects that keep the client, and functions that close over it, go with it after a run"""
    class Keeps:
        """Keeps the client."""

        @Headstock.xmpphandler("body", NS_CLIENT)
        def body(self, e):
            self.element = e

        def ready(self, client):
            self.client = client

    class KeepsModule(GObject.Object, Headstock.Module):
        """Keeps the client, as a Module."""

        def do_ready(self, client):
            self.client = client

    def use():
        client, keeps, module = make_client(1), Keeps(), KeepsModule()
        client.register(keeps)
        client.register(module)
        client.add_handler("message", NS_CLIENT, DEFAULT, lambda c, e: client.props.state and None)
        client.connect("message", lambda c, e: client.props.state)
        with online(client):
            send_xml(client, client.props.bound_jid, "<body>hi</body>")
            request(client, Headstock.Iq.new("get", None, Headstock.Element.new("query", Headstock.NS_ROSTER)))
            wait(lambda: hasattr(keeps, "element"))
        assert keeps.client is module.client is client
        return [weakref.ref(one) for one in (client, keeps, module, keeps.element)]

    for _ in range(3):
        references = use()
        gc.collect()
        assert [one() for one in references] == [None] * 4, [one() for one in references]


@scenario
def dropped_while_running():
    """a client whose last reference goes while it runs is gone, and so is what it registered"""
    class Keeps:
        """Keeps the client."""

        @Headstock.xmpphandler("body", NS_CLIENT)
        def body(self, e):
            """Nothing."""

        def ready(self, client):
            self.client = client

    client, keeps = make_client(1), Keeps()
    client.register(keeps)
    client.start()
    wait(lambda: hasattr(keeps, "client"))
    references = weakref.ref(client), weakref.ref(keeps)
    del client, keeps
    gc.collect()
    assert [one() for one in references] == [None, None]


@scenario
def last_reference_in_handler():
    """a handler may drop the last reference to the client"""
    box = [make_client(1)]
    gone = weakref.ref(box[0])
    called = []

    def body(_client, _element):
        called.append(True)
        box.clear()

    box[0].add_handler("body", NS_CLIENT, DEFAULT, body)
    box[0].connect("ready", lambda c: send_xml(c, c.props.bound_jid, "<body/>"))
    box[0].start()
    wait(lambda: called)
    gc.collect()
    assert gone() is None


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the scenarios in Python share: TAP, accounts on the test server, waiting."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

import gi

gi.require_version("Headstock", "1.0")
from gi.repository import Gio, GLib, Headstock  # noqa: E402

HERE = Path(__file__).resolve().parent
PATIENCE = 20
_scenarios = []


def scenario(function):
    """Marks a function as one test; its docstring is the test's name."""
    _scenarios.append(function)
    return function


def main():
    """Runs all scenarios and prints TAP."""
    failed = 0
    print(f"1..{len(_scenarios)}", flush=True)
    for number, function in enumerate(_scenarios, start=1):
        verdict = "ok"
        try:
            function()
        except Exception:
            failed += 1
            verdict = "not ok"
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
        print(f"{verdict} {number} - {function.__doc__}", flush=True)
    sys.exit(1 if failed else 0)


def wait(condition, seconds=PATIENCE):
    """Iterates the main context until the condition holds, and returns what it gave."""
    context = GLib.MainContext.default()
    late = []
    timer = GLib.timeout_add(int(seconds * 1000), lambda: late.append(True) or GLib.SOURCE_CONTINUE)
    try:
        while not (result := condition()):
            assert not late, "waited in vain"
            context.iteration(True)
        return result
    finally:
        GLib.source_remove(timer)


def settle(seconds=0.1):
    """Lets the main context turn for a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        GLib.MainContext.default().iteration(False)
        time.sleep(0.002)


def address(number, resource=None):
    """The address of a test account."""
    bare = os.environ[f"HS_TEST_USER{number}"]
    return f"{bare}/{resource}" if resource else bare


def prepare(client):
    """Points a client at the test server."""
    client.props.host = os.environ["HS_TEST_HOST"]
    client.props.port = int(os.environ["HS_TEST_PORT"])
    client.props.tls_database = Gio.TlsFileDatabase.new(os.environ["HS_TEST_CA"])
    return client


def make_client(number, cls=None, resource=None):
    """A client for a test account, not started."""
    cls = cls or Headstock.Client
    return prepare(cls(jid=address(number, resource), password=os.environ[f"HS_TEST_PASSWORD{number}"]))


@contextlib.contextmanager
def online(*clients):
    """Starts clients, waits until they are ready and see each other, and ends them in the end."""
    for client in clients:
        client.start()
    wait(lambda: all(client.props.state == Headstock.ClientState.READY for client in clients))
    try:
        yield clients[0] if len(clients) == 1 else clients
    finally:
        for client in clients:
            client.stop()
        wait(lambda: all(client.props.state == Headstock.ClientState.DISCONNECTED
                         for client in clients))


def request(client, iq, timeout=-1, cancellable=None):
    """Sends an iq and returns its answer; raises GLib.Error."""
    done = []
    client.request_async(iq, timeout, cancellable, lambda _client, result: done.append(result))
    return client.request_finish(wait(lambda: done)[0])


def refused(function, quark, code):
    """Checks that a function raises a certain GLib.Error, and returns it."""
    try:
        function()
    except GLib.Error as error:
        assert error.matches(quark, code), repr(error)
        return error
    raise AssertionError("nothing was raised")


def ask(to, name="question", iq_type="get"):
    """An iq with a payload in a namespace of the tests."""
    return Headstock.Iq.new(iq_type, to, Headstock.Element.new(name, "urn:test"))


def send_xml(client, to, inner, stanza_type="chat"):
    """Sends a message that holds some XML."""
    client.send_raw_stanza(f"<message to='{to}' type='{stanza_type}'>{inner}</message>")


class Recorder(list):
    """Remembers what it is called with: client.connect("message", recorder)."""

    def __call__(self, _client, *more):
        self.append(more[0] if len(more) == 1 else more)


class Child:
    """A program beside the test, in the same environment."""

    def __init__(self, *command, **environment):
        self._stderr = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            [*command], stdout=subprocess.PIPE, stderr=self._stderr,
            env={**os.environ, **environment})
        os.set_blocking(self._process.stdout.fileno(), False)
        self.output = ""

    def read_until(self, text):
        """Waits until the program has printed a text."""
        def printed():
            self._read()
            return text in self.output
        timer = GLib.timeout_add(10, lambda: GLib.SOURCE_CONTINUE)
        try:
            wait(printed)
        finally:
            GLib.source_remove(timer)

    def signal(self, number):
        """Sends a signal."""
        self._process.send_signal(number)

    def interrupt(self):
        """Sends what Ctrl-C sends."""
        self.signal(signal.SIGINT)

    def end(self):
        """Waits for the program's end; returns its status and what it wrote on standard error."""
        timer = GLib.timeout_add(10, lambda: GLib.SOURCE_CONTINUE)
        try:
            wait(lambda: self._process.poll() is not None)
        finally:
            GLib.source_remove(timer)
            self._process.kill()
            self._read()
            self._process.stdout.close()
        self._stderr.seek(0)
        errors = self._stderr.read()
        self._stderr.close()
        return self._process.returncode, errors

    def _read(self):
        self.output += (self._process.stdout.read() or b"").decode()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Headstock.run() takes PyGObject's own event loop for asyncio where there is one, and Headstock's with an older PyGObject.

Each way is tried in a process of its own with the same program: the one that the installed PyGObject leads to, and the other
one, for which the module gi.events is hidden, or another one stands in its place.
"""

import subprocess
import sys

import gi
from support import main, scenario

OURS, THEIRS = "gi.overrides.headstock_asyncio", "gi.events"
# PyGObject has the module gi.events since 3.50.
HAS_EVENTS = gi.version_info >= (3, 50)
PROGRAM = """
import asyncio
import gi
gi.require_version("Headstock", "1.0")
gi.require_version("HeadstockTest", "1.0")
from gi.repository import GLib, Headstock, HeadstockTest


class Bot:
    seen = None

    @Headstock.xmpphandler("message", Headstock.NS_CLIENT)
    async def message(self, message):
        await asyncio.sleep(0)
        self.seen = message.body


def ask():
    return Headstock.Iq(Headstock.Element("query", "urn:example:q"), stanza_type="get", to="example.org")


async def talk():
    print(type(asyncio.get_running_loop()).__module__)
    server, bot = HeadstockTest.Server(), Bot()
    server.answer("query", "urn:example:q", "<query xmlns='urn:example:q'>yes</query>")
    client = Headstock.Client(jid="romeo@example.org", password="secret")
    client.register(bot)
    server.attach(client)
    async with client:
        answers = await asyncio.gather(*(client.request(ask()) for _ in range(5)))
        assert [answer.payload.get_text() for answer in answers] == ["yes"] * 5
        server.feed("<message from='juliet@example.org/x'><body>hi</body></message>")
        while bot.seen is None:
            await asyncio.sleep(0.01)
        try:
            await asyncio.wait_for(client.request(Headstock.Iq(stanza_type="get", to="nobody@example.org")), 0.05)
        except asyncio.TimeoutError:
            return bot.seen

GLib.timeout_add_seconds(30, lambda: exit("the program hangs"))
print(Headstock.run(talk()))
"""
HIDDEN = """
import sys
sys.modules["gi.events"] = None
"""
# It makes Headstock's event loop under the other one's name.
STAND_IN = """
import sys, types

def make_loop(context):
    from gi.overrides.headstock_asyncio import EventLoop
    from gi.repository import GLib
    assert context == GLib.MainContext.ref_thread_default()
    return type("GLibEventLoop", (EventLoop,), {"__module__": "gi.events"})(context)

sys.modules["gi.events"] = types.ModuleType("gi.events")
sys.modules["gi.events"].GLibEventLoop = make_loop
"""


def run(before, module):
    ended = subprocess.run([sys.executable, "-c", before + PROGRAM], check=False, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0 and ended.stdout.split() == [module, "hi"], (ended.stdout, ended.stderr)
    assert not ended.stderr, ended.stderr


@scenario
def installed():
    """what is installed decides: gi.events since PyGObject 3.50, Headstock's event loop before"""
    run("", THEIRS if HAS_EVENTS else OURS)


@scenario
def other():
    """the other event loop is taken where the module gi.events is not there, or is"""
    run(HIDDEN, OURS) if HAS_EVENTS else run(STAND_IN, THEIRS)


NESTED = """
import gi
gi.require_version("Headstock", "1.0")
from gi.repository import Headstock

async def inner():
    return 1

async def outer():
    try:
        Headstock.run(inner())
    except RuntimeError as error:
        assert "await" in str(error), error
        return await inner()
    raise AssertionError

print(Headstock.run(outer()))
"""


@scenario
def nested():
    """run() in a coroutine raises RuntimeError, and leaves nothing behind that was never awaited"""
    ended = subprocess.run([sys.executable, "-c", NESTED], check=False, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0 and ended.stdout.split() == ["1"] and not ended.stderr, (ended.stdout, ended.stderr)


if __name__ == "__main__":
    main()

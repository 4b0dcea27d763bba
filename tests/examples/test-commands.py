#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The sample examples/python/bot.py answers commands, knows who is online, and tells its version.

    serve.py -- test-commands.py
"""

import re
import signal
import sys
import time

import programs
from programs import ENV, Peer, Program, Tap



def ask(peer: Peer, jid: str, command: str) -> str:
    peer.say(jid, command)
    sender, kind, body = peer.hear()
    assert sender == jid and kind == "chat", (sender, kind)
    return body


def query(peer: Peer, jid: str, payload: str):
    peer.send(f"<iq type='get' id='q1' to='{jid}'>{payload}</iq>")
    while True:
        element = peer.read()
        if element.tag == "{jabber:client}iq" and element.get("id") == "q1":
            return element


def wait_for(peer: Peer, kind: str, sender: str):
    while True:
        element = peer.read()
        if (element.tag == "{jabber:client}presence" and element.get("type") == kind
                and element.get("from").split("/")[0] == sender):
            return element


def check_commands(tap: Tap, jid: str) -> None:
    with Peer(2) as peer:
        with tap.test("it answers commands"):
            assert ask(peer, jid, "echo Hello ✓") == "Hello ✓"
            assert ask(peer, jid, "  ECHO twice twice ") == "twice twice"
            assert ask(peer, jid, "what?").startswith("I know: ")
            assert ask(peer, jid, "echo").startswith("I know: ")
        with tap.test("it knows who is online"):
            found = ask(peer, jid, "who")
            assert found == "User2", found
        with tap.test("it tells its version, and that it can"):
            answer = query(peer, jid, "<query xmlns='jabber:iq:version'/>")
            assert answer.findtext(".//{jabber:iq:version}name") == "Example bot"
            assert answer.findtext(".//{jabber:iq:version}version") == "1.0"
            answer = query(peer, jid, "<query xmlns='http://jabber.org/protocol/disco#info'/>")
            found = {feature.get("var") for feature in answer.iter("{http://jabber.org/protocol/disco#info}feature")}
            assert {"jabber:iq:version", "urn:xmpp:ping"} <= found, found
        with tap.test("it does not answer errors"):
            peer.say(jid, "who", "error", "<error type='cancel'><service-unavailable "
                                          "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>")
            assert ask(peer, jid, "echo next") == "next"


def check_subscription(tap: Tap, jid: str) -> None:
    with Peer(5) as stranger:
        with tap.test("whoever asks may see it, and is asked in return"):
            stranger.send(f"<presence type='subscribe' to='{ENV['USER1']}'/>")
            wait_for(stranger, "subscribe", ENV["USER1"])
            stranger.send(f"<presence type='subscribed' to='{ENV['USER1']}'/>")
            deadline = time.monotonic() + programs.PATIENCE
            while (found := ask(stranger, jid, "who")) != ENV["USER5"]:
                assert time.monotonic() < deadline, found


def check_bot(tap: Tap, command: list[str]) -> None:
    with Program(command, ENV["USER1"], ENV["PASSWORD1"]) as bot:
        jid = bot.expect("ready as (.+/.+)").group(1)
        check_commands(tap, jid)
        check_subscription(tap, jid)
        bot.signal(signal.SIGINT)
        with tap.test("it ends without a complaint"):
            assert bot.end() in (0, 130)
            assert not re.search("WARNING|CRITICAL|Traceback", "\n".join(bot.lines)), bot.lines
    with tap.test("a wrong password is told"):
        with Program(command, ENV["USER1"], "wrong") as bot:
            bot.expect(".*not-authorized.*")
            assert bot.end() == 1


def main() -> int:
    tap = Tap()
    check_bot(tap, programs.BOT)
    with tap.test("it is short"):
        lines = (programs.SOURCE / "python" / "bot.py").read_text().splitlines()
        assert len(lines) < 60, len(lines)
    return tap.plan()


if __name__ == "__main__":
    sys.exit(main())

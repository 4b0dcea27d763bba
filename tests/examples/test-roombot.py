#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The sample examples/python/roombot.py answers in a room, comes when it is invited, and comes back.

    serve.py --option rooms=yes -- test-roombot.py
"""

import re
import signal
import sys

import programs
from programs import ENV, Peer, Program, Relay, Tap

ROOM = f"verona@{ENV['ROOMS']}"
OTHER = f"mantua@{ENV['ROOMS']}"
# The whole address, so that a session of it can be taken away.
JID = f"{ENV['USER1']}/bot"


def ask(peer: Peer, question: str) -> str:
    peer.say(ROOM, question, "groupchat")
    return peer.hear_in_room("bot")


def main() -> int:
    tap, relay = Tap(), Relay()
    env = programs.where(HEADSTOCK_PORT=str(relay.port))
    peer = Peer(2)
    peer.enter(ROOM, "juliet")
    with peer, Program(programs.ROOMBOT, JID, ENV["PASSWORD1"], ROOM, env=env) as bot:
        with tap.test("it enters"):
            bot.expect("in " + re.escape(ROOM))
        with tap.test("it answers"):
            assert ask(peer, "!ping") == "pong"
            assert set(ask(peer, "!who").split(", ")) == {"bot", "juliet"}
        with tap.test("it comes when it is invited"):
            peer.enter(OTHER, "juliet")
            peer.send(f"<message to='{OTHER}'><x xmlns='http://jabber.org/protocol/muc#user'><invite to='{ENV['USER1']}'/></x>"
                      "</message>")
            while (peer.read().get("from") or "") != f"{OTHER}/bot":
                pass
        with tap.test("it comes back after its session was lost"):
            relay.cut()
            # The server gives the session up, which could be resumed otherwise.
            with Peer(1, "bot"):
                pass
            relay.mend()
            bot.expect("lost: .*")
            bot.expect("in " + re.escape(ROOM))
            assert ask(peer, "!ping") == "pong"
        bot.signal(signal.SIGINT)
        with tap.test("it ends without a complaint"):
            assert bot.end() in (0, 130)
            assert not any(re.search("Traceback|WARNING|CRITICAL", line) for line in bot.lines), bot.lines
    for arguments in ((), (JID, ENV["PASSWORD1"], "@")):
        with tap.test(f"with {len(arguments)} arguments it says what is wrong"):
            with Program(programs.ROOMBOT, *arguments) as bot:
                bot.expect("Usage: .*|@ is not the address of a room")
                assert bot.end() == 1
    return tap.plan()


if __name__ == "__main__":
    sys.exit(main())

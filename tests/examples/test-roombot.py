#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A bot of the examples answers in a room, comes when it is invited, and comes back.

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


def check_bot(tap: Tap, command: list[str], usage_status: int) -> None:
    relay = Relay()
    env = programs.where(HEADSTOCK_PORT=str(relay.port))
    peer = Peer(2)
    peer.enter(ROOM, "juliet")
    with peer, Program(command, JID, ENV["PASSWORD1"], ROOM, env=env) as bot:
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
    for arguments, told, status in (((), "Usage: .*", usage_status),
                                    ((JID, ENV["PASSWORD1"], "@"), "@ is not the address of a room|.*@.* is not a JID.*", 1)):
        with tap.test(f"with {len(arguments)} arguments it says what is wrong"):
            with Program(command, *arguments) as bot:
                bot.expect(told)
                assert bot.end() == status


def main() -> int:
    tap = Tap()
    check_bot(tap, programs.ROOMBOT, 1)
    return tap.plan()


if __name__ == "__main__":
    sys.exit(main())

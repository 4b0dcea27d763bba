#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An echo bot of the examples answers whom it should, and nobody else.

    serve.py -- test-bot.py c|python|javascript|vala
"""

import importlib
import re
import signal
import sys
import time

import programs
from programs import ENV, Peer, Program, Tap

BOTS = {"c": programs.ECHO_BOT, "python": programs.BASIC, "javascript": programs.ECHO_JS, "vala": programs.VALA_ECHO_BOT}


def check_conversation(tap: Tap, command: list[str]) -> None:
    with Program(command, ENV["USER1"], ENV["PASSWORD1"]) as bot:
        with tap.test("it signs in and says so"):
            jid = bot.expect("ready as (" + re.escape(ENV["USER1"]) + "/.+)").group(1)
        with Peer(2) as peer, Peer(1) as own:
            with tap.test("it answers a chat"):
                peer.say(jid, "Hello, &lt;b&gt; &amp; ✓")
                assert peer.hear() == (jid, "chat", "Hello, <b> & ✓")
                bot.expect(re.escape(f"{peer.jid}: Hello, <b> & ✓"))
            with tap.test("it answers neither errors nor headlines nor its own account"):
                error = ("<error type='cancel'><service-unavailable "
                         "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>")
                peer.say(jid, "an error", "error", error)
                peer.say(jid, "a headline", "headline")
                own.say(jid, "one's own")
                own.say(ENV["USER2"], "own is done")
                assert peer.hear()[2] == "own is done"
                peer.say(jid, "and now?", "normal")
                heard = peer.hear()
                assert heard[0] == jid and heard[2] == "and now?", heard
            with tap.test("it does not answer what somebody only forwards"):
                peer.say(jid, "outside", "chat",
                         "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' "
                         f"from='{ENV['USER3']}' type='chat'><body>inside</body></message>"
                         "</forwarded>")
                assert peer.hear()[2] == "outside"
                peer.say(jid, "last")
                assert peer.hear()[2] == "last"
        with tap.test("it takes no time of the processor while nothing comes"):
            before = bot.processor_time()
            time.sleep(1)
            assert bot.processor_time() - before < 0.2, bot.processor_time() - before
        with tap.test("it ends in an orderly way when it is interrupted"):
            bot.signal(signal.SIGINT)
            status = bot.end()
            assert status in (0, 130), status
            assert not any("Traceback" in line for line in bot.lines), bot.lines


def check_basic(tap: Tap) -> None:
    with Program(programs.BASIC, ENV["USER1"], ENV["PASSWORD1"]) as bot:
        with tap.test("each stage of its life has a line, in order"):
            for stage in ("connecting", "connected", "secured", "authenticated", "ready as"):
                bot.expect(re.escape(stage) + r"\b.*")
        with tap.test("it shows the roster and presences"):
            bot.expect(re.escape(f"contact {ENV['USER2']}: both"))
            with Peer(2) as peer:
                bot.expect(re.escape(f"presence of {peer.jid}: available"))
            bot.expect("presence of .*: unavailable")
        with tap.test("stopping, cleanup, terminated"):
            bot.signal(signal.SIGINT)
            for stage in ("stopping", "cleanup", "terminated"):
                bot.expect(re.escape(stage) + r"\b.*")
            assert bot.end() in (0, 130)


def check_javascript(tap: Tap) -> None:
    with Program(programs.BASIC, ENV["USER1"], ENV["PASSWORD1"]) as bot:
        bot.expect("ready as .*")
        with tap.test("with TO and BODY it waits for the answer and ends"):
            with Program(programs.ECHO_JS, ENV["USER5"], ENV["PASSWORD5"], ENV["USER1"],
                         "Hello from JavaScript ✓") as one:
                one.expect("ready as " + re.escape(ENV["USER5"]) + "/.+")
                one.expect(re.escape(ENV["USER1"]) + "/.+: Hello from JavaScript ✓")
                assert one.end() == 0
            bot.expect(re.escape(ENV["USER5"]) + "/.+: Hello from JavaScript ✓")
    with tap.test("it says so when its message comes back"):
        with Program(programs.ECHO_JS, ENV["USER5"], ENV["PASSWORD5"],
                     f"nobody@{ENV['DOMAIN']}", "Anybody there?") as one:
            one.expect(".*service-unavailable.*")
            assert one.end() == 1


def check_failures(tap: Tap, command: list[str]) -> None:
    for what, jid, password, env, told in (
            ("a wrong password", ENV["USER1"], "wrong", {}, ".*not-authorized.*"),
            ("an authority that is not known", ENV["USER1"], ENV["PASSWORD1"],
             {"HEADSTOCK_CA": ENV["OTHER_CA"]}, ".*certificate.*"),
            ("what is no address", "a@b@c", ENV["PASSWORD1"], {}, ".*not a JID.*")):
        with tap.test(f"{what} ends it, and is told"):
            with Program(command, jid, password, env=programs.where(**env)) as bot:
                bot.expect(told)
                status = bot.end()
                assert status == 1, (status, bot.lines)
                assert not any("Traceback" in line for line in bot.lines), bot.lines
    with tap.test("without arguments it tells what it takes"):
        with Program(command) as bot:
            bot.expect("Usage: .* JID PASSWORD.*")
            assert bot.end() == 2


def main() -> int:
    tap = Tap()
    name = sys.argv[1]
    check_conversation(tap, BOTS[name])
    check_failures(tap, BOTS[name])
    if name == "python":
        check_basic(tap)
    if name == "vala":
        importlib.import_module("test-commands").check_bot(tap, programs.VALA_COMMAND_BOT)
        importlib.import_module("test-roombot").check_bot(tap, programs.VALA_ROOM_BOT, 2)
    if name == "javascript":
        check_javascript(tap)
    return tap.plan()


if __name__ == "__main__":
    sys.exit(main())

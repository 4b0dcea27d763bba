#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/c/send-message sends all that it was given, and tells of what fails.

    serve.py -- test-send-message.py
"""

import os
import pty
import re
import sys

import programs
from programs import ENV, Peer, Program, Tap

FIRST = ["Hello", "<b> & ✓", "one, two\nthree"]


def check_sending(tap: Tap) -> None:
    with Peer(1) as peer:
        with tap.test("all bodies arrive, in order, and it ends"):
            with Program(programs.SEND_MESSAGE, ENV["USER2"], ENV["PASSWORD2"], ENV["USER1"],
                         *FIRST) as one:
                assert one.end() == 0, one.lines
            for body in FIRST:
                sender, kind, heard = peer.hear()
                assert sender.startswith(ENV["USER2"] + "/") and kind == "chat", (sender, kind)
                assert heard == body, heard
        with tap.test("options say the same as the environment"):
            nowhere = {f"HEADSTOCK_{name}": None for name in ("HOST", "PORT", "CA")}
            with Program(programs.SEND_MESSAGE, f"--host={ENV['HOST']}", f"--port={ENV['PORT']}",
                         f"--ca={os.path.relpath(ENV['CA'])}", ENV["USER2"], ENV["PASSWORD2"],
                         ENV["USER1"], "by options", env=programs.where(**nowhere)) as one:
                assert one.end() == 0, one.lines
            assert peer.hear()[2] == "by options"
        with tap.test("a large one is out before it ends"):
            body = "x" * 100_000
            with Program(programs.SEND_MESSAGE, ENV["USER2"], ENV["PASSWORD2"], ENV["USER1"],
                         body) as one:
                assert one.end() == 0
            assert peer.hear()[2] == body


def check_password(tap: Tap) -> None:
    """A password that is asked for is not shown on the terminal."""
    with tap.test("a password of - is asked for, and not shown"), Peer(1) as peer:
        child, terminal = pty.fork()
        if child == 0:
            os.execve(programs.SEND_MESSAGE[0],
                      [programs.SEND_MESSAGE[0], ENV["USER2"], "-", ENV["USER1"], "asked"],
                      programs.where())
        seen = os.read(terminal, 1024)
        while b"Password:" not in seen:
            seen += os.read(terminal, 1024)
        os.write(terminal, (ENV["PASSWORD2"] + "\n").encode())
        try:
            while data := os.read(terminal, 1024):
                seen += data
        except OSError:
            pass
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, seen
        assert ENV["PASSWORD2"].encode() not in seen, seen
        assert peer.hear()[2] == "asked"


def check_failures(tap: Tap) -> None:
    for what, arguments, told, status in (
            ("a wrong password", [ENV["USER2"], "wrong", ENV["USER1"], "x"],
             ".*not-authorized.*", 1),
            ("another authority", [f"--ca={ENV['OTHER_CA']}", ENV["USER2"], ENV["PASSWORD2"],
                                   ENV["USER1"], "x"], ".*certificate.*", 1),
            ("a file that is not there", ["--ca=/nonexistent", ENV["USER2"], ENV["PASSWORD2"],
                                          ENV["USER1"], "x"], ".*/nonexistent.*", 1),
            ("no address to send to", [ENV["USER2"], ENV["PASSWORD2"], "a@b@c", "x"],
             ".*not a JID.*", 1),
            ("no body", [ENV["USER2"], ENV["PASSWORD2"], ENV["USER1"]], ".*BODY.*", 2),
            ("an unknown option", ["--what"], ".*--what.*", 2)):
        with tap.test(f"{what} is told"):
            with Program(programs.SEND_MESSAGE, *arguments) as one:
                one.expect(told)
                assert one.end() == status
                assert not any(re.search("CRITICAL|WARNING", line) for line in one.lines)


def main() -> int:
    tap = Tap()
    check_sending(tap)
    check_password(tap)
    check_failures(tap)
    return tap.plan()


if __name__ == "__main__":
    sys.exit(main())

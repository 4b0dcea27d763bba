#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The sample examples/python/disco.py shows what the server offers.

    serve.py -- test-disco.py
"""

import re
import sys

import programs
from programs import ENV, Program, Tap


def check(tap: Tap) -> None:
    with Program(programs.DISCO, ENV["USER1"], ENV["PASSWORD1"]) as program:
        with tap.test("it shows the server's features"):
            program.expect(re.escape(ENV["USER1"].partition("@")[2]) + ": .*")
            program.expect("  http://jabber.org/protocol/disco#info")
        with tap.test("it looks for a service, and ends"):
            program.expect("uploads: .*")
            assert program.end() == 0, program.lines
        with tap.test("no complaint was printed"):
            assert not re.search("WARNING|CRITICAL|Traceback", "\n".join(program.lines)), program.lines


def main() -> int:
    tap = Tap()
    check(tap)
    return tap.plan()


if __name__ == "__main__":
    sys.exit(main())

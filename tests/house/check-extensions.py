#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fails if a table of extensions names a test that there is not, or has a row without a test.

Usage: check-extensions.py EXTENSIONS.md BUILD. Prints TAP.

A test that is run beside several servers is named without the server."""
import json
import pathlib
import re
import sys


def read_rows(text):
    """The name of each extension, and the tests that its row names."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        # What a compliance suite asks for and the library has not is in no test.
        if len(cells) == 6 and cells[5] != "tests" and not cells[0].startswith("--") and cells[4] != "no":
            yield cells[0], re.findall(r"`([^`]+)`", cells[5])


def find_unknown(rows, names):
    """What is wrong with the rows."""
    for extension, tests in rows:
        if not tests:
            yield f"{extension} has no test"
        for test in tests:
            if not any(name == test or name.startswith(test + "-") for name in names):
                yield f"{extension} names `{test}`, which is no test"


def main():
    page, build = map(pathlib.Path, sys.argv[1:])
    tests = json.loads((build / "meson-info" / "intro-tests.json").read_text())
    names = {test["name"] for test in tests}
    rows = list(read_rows(page.read_text()))
    wrong = list(find_unknown(rows, names)) if rows else ["there is no table"]
    planted = list(find_unknown([("A", ["no-such-test"]), ("B", [])], names))
    print("1..2")
    for number, good, title, details in ((1, not wrong, "each extension has tests that there are", wrong),
                                         (2, len(planted) == 2, "a test that there is not is found", planted)):
        print(f"{'ok' if good else 'not ok'} {number} {title}")
        for detail in details if not good else ():
            print("#", detail)
    return 1 if wrong or len(planted) != 2 else 0


if __name__ == "__main__":
    sys.exit(main())

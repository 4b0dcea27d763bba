#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fails if what the tests share is written down twice. Prints TAP.

Usage: check-tests.py SOURCE

- Stream features are spelled in tests/support/stream-features.h alone, so that a change of the protocol is one of one
  file. Programs that are not in C cannot include it: they are not looked at."""
import pathlib
import re
import sys

FEATURES = "tests/support/stream-features.h"


def find_features(files):
    """Places that spell stream features; @files is the text of each by its path."""
    for path, text in files.items():
        for number, line in enumerate(text.splitlines(), 1):
            if path != FEATURES and re.search(r"<stream:features\b", line):
                yield f"{path}:{number}: the stream features are spelled here, and not in {FEATURES}"


def read_files(source):
    return {str(path.relative_to(source)): path.read_text()
            for path in sorted((source / "tests").rglob("*.[ch]"))}


def main():
    source = pathlib.Path(sys.argv[1])
    planted = {FEATURES: "<stream:features>", "tests/a.c": "SAY_FEATURES", "tests/b.c": "\n  \"<stream:features/>\""}
    checks = (
        ("stream features are spelled once", list(find_features(read_files(source))), 0),
        ("features that are spelled twice are found", list(find_features(planted)), 1),
    )
    print(f"1..{len(checks)}")
    for number, (title, found, expected) in enumerate(checks, 1):
        print(f"{'ok' if len(found) == expected else 'not ok'} {number} {title}")
        for detail in found if len(found) != expected else ():
            print("#", detail)
    return int(any(len(found) != expected for _, found, expected in checks))


if __name__ == "__main__":
    sys.exit(main())

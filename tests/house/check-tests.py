#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fails if a file's test cannot be found by its name, or if what tests share is written down twice. Prints TAP.

Usage: check-tests.py SOURCE

- Each .c file of the library has a test that is found by its name: for headstock-glib/FOLDER/hs-NAME.c,
  tests/unit/FOLDER/test-NAME.c, or one that is named after a part of NAME up to a dash (a family of files), or
  test-NAME-MORE.c (a part of what the file does). The client's files have theirs beside the servers as well, in
  tests/integration. A feature is tested as a whole: the files of headstock-glib/features/NAME have the tests in
  tests/features/NAME and tests/unit/features/NAME. The folders below tests/unit are those of the library. Where the test has another name, ELSEWHERE says which, and why.
- Stream features are spelled in tests/support/stream-features.h alone, so that a change of the protocol is one of one
  file. Programs that are not in C cannot include it: they are not looked at."""
import pathlib
import re
import sys

FEATURES = "tests/support/stream-features.h"
LIBRARY = "headstock-glib/"

# Where tests with a file's name are, beside tests/unit/FOLDER.
PLACES = {"client": ["tests/integration", "tests/component"]}

# Files whose test has another name: the test, and why.
ELSEWHERE = {
    # Parts of an object that has one test: they are called through it alone.
    "address/hs-idna.c": "tests/unit/address/test-jid.c",  # the domain of an address
    "net/hs-candidates.c": "tests/unit/net/test-connector-address.c",  # what a connector tries
    "net/hs-linger.c": "tests/unit/net/test-socket-transport.c",  # how it closes
    "net/hs-poller.c": "tests/unit/net/test-turn.c",  # what begins a turn
    "net/hs-read-wait.c": "tests/unit/net/test-socket-transport.c",  # how it waits
    "net/hs-write-queue.c": "tests/unit/net/test-socket-transport-records.c",  # what it writes
    "protocol/hs-dispatch-debug.c": "tests/integration/test-client-log.c",  # what HEADSTOCK_DEBUG prints
    "stanza/hs-span.c": "tests/unit/stanza/test-styling.c",  # what styling is told in
    "xml/hs-detached.c": "tests/unit/stanza/test-linear.c",  # the list of an element's detached nodes
    # The face of the client, which is named after what programs do with it.
    "client/hs-client-active.c": "tests/integration/test-client-resume.c",  # <active/> in each session
    "client/hs-client-connection.c": "tests/integration/test-client-reach.c",  # from one target to the next
    "client/hs-client-credentials.c": "tests/integration/test-client-sign-in.c",
    "client/hs-client-debug.c": "tests/integration/test-client-log.c",
    "client/hs-client-delivery.c": "tests/integration/test-client-send.c",
    "client/hs-client-end.c": "tests/integration/test-client-stop.c",
    "client/hs-client-events.c": "tests/integration/test-client-badinput.c",  # each event of a stream
    "client/hs-client-features.c": "tests/integration/test-client-first.c",
    "client/hs-client-handlers.c": "tests/integration/test-client-dispatch.c",
    "client/hs-client-parts.c": "tests/integration/test-client-settings.c",  # which part a file of the client gets
    "client/hs-client-output.c": "tests/integration/test-client-send.c",
    "client/hs-client-seam.c": "tests/integration/test-client-clock.c",  # another transport, another clock
    "client/hs-client-security.c": "tests/integration/test-client-settings.c",
    "client/hs-client-session.c": "tests/integration/test-client-begin.c",
    "client/hs-client-signals.c": "tests/integration/test-client-emissions.c",
    "client/hs-client-state.c": "tests/integration/test-client-lifecycle.c",
    "client/hs-security-info.c": "tests/integration/test-client-sign-in.c",
    "client/hs-text-handler.c": "tests/integration/test-client-dispatch.c",
}


def find_features(files):
    """Places that spell stream features; @files is the text of each by its path."""
    for path, text in files.items():
        for number, line in enumerate(text.splitlines(), 1):
            if path != FEATURES and re.search(r"<stream:features\b", line):
                yield f"{path}:{number}: the stream features are spelled here, and not in {FEATURES}"


def list_places(path):
    """The folders in which a file of the library has its tests; @path is within the library."""
    folder, *rest = path.split("/")
    if folder == "features":
        return [f"tests/features/{rest[0]}", f"tests/unit/features/{rest[0]}"]
    return [f"tests/unit/{folder}", *PLACES.get(folder, [])]


def is_test_of(test, path):
    """Whether a test is one of a file by its place and its name."""
    folder, name = test.rsplit("/", 1)
    if folder not in list_places(path) or not name.startswith("test-"):
        return False
    tested, file = name.removeprefix("test-").removesuffix(".c"), path.rsplit("/", 1)[1][3:-2]
    return path.startswith("features/") or f"{file}-".startswith(f"{tested}-") or tested.startswith(f"{file}-")


def find_untested(sources, tests, elsewhere):
    """Files of the library without a test, and rows of @elsewhere that say nothing."""
    for path in sources:
        named = any(is_test_of(test, path) for test in tests)
        if not named and path not in elsewhere:
            yield f"{LIBRARY}{path} has no test with its name in {' or '.join(list_places(path))}"
        if named and path in elsewhere:
            yield f"{path} has a test with its name: it need not be in ELSEWHERE"
    for path, test in elsewhere.items():
        if path not in sources:
            yield f"ELSEWHERE names {path}, which is no file"
        if test not in tests:
            yield f"ELSEWHERE names {test}, which is no test"


def find_misplaced(tests, sources):
    """Unit tests in a folder that the library does not have."""
    folders = {path.rsplit("/", 1)[0] for path in sources}
    for test in tests:
        folder = test.removeprefix("tests/unit/").rpartition("/")[0]
        if test.startswith("tests/unit/") and folder not in folders:
            yield f"{test}: {LIBRARY} has no folder '{folder}'"


def list_sources(source):
    return [str(path.relative_to(source / LIBRARY)) for path in sorted((source / LIBRARY).rglob("hs-*.c"))]


def list_tests(source):
    return [str(path.relative_to(source)) for path in sorted((source / "tests").rglob("test-*.c"))]


PLANTED_SOURCES = ["xml/hs-a.c", "xml/hs-b-c.c", "xml/hs-d.c", "client/hs-client-e.c", "features/f/hs-g.c",
                   "xml/hs-h.c", "xml/hs-i.c", "xml/hs-ab.c"]
PLANTED_TESTS = ["tests/unit/xml/test-a.c", "tests/unit/xml/test-b.c", "tests/unit/xml/test-d-more.c",
                 "tests/integration/test-client-e.c", "tests/features/f/test-other.c", "tests/unit/net/test-h.c"]
# xml/hs-h.c has a test in another folder, xml/hs-i.c and xml/hs-ab.c have none; the rows name a file that has a test,
# one that is not there, and a test that is not.
PLANTED_ELSEWHERE = {"xml/hs-a.c": "tests/unit/xml/test-b.c", "xml/hs-gone.c": "tests/unit/xml/test-gone.c"}


def read_files(source):
    return {str(path.relative_to(source)): path.read_text()
            for path in sorted((source / "tests").rglob("*.[ch]"))}


def main():
    source = pathlib.Path(sys.argv[1])
    planted = {FEATURES: "<stream:features>", "tests/a.c": "SAY_FEATURES", "tests/b.c": "\n  \"<stream:features/>\""}
    checks = (
        ("each file of the library has a test",
         list(find_untested(list_sources(source), list_tests(source), ELSEWHERE)), 0),
        ("files without a test are found", list(find_untested(PLANTED_SOURCES, PLANTED_TESTS, PLANTED_ELSEWHERE)), 6),
        ("unit tests mirror the folders of the library",
         list(find_misplaced(list_tests(source), list_sources(source))), 0),
        ("unit tests elsewhere are found",
         list(find_misplaced([*PLANTED_TESTS, "tests/unit/features/test-g.c", "tests/unit/test-a.c"], PLANTED_SOURCES)), 3),
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

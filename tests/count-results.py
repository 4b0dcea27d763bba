#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts what the tests of build folders reported, for run.sh.

    count-results.py [--failed=TEXT] BUILDDIR STATUS [BUILDDIR STATUS...]

Reads the log that `meson test` left in each BUILDDIR, whose status was STATUS.  Prints the log
of each test that failed, names what failed and what was skipped, and ends with the line
"N passed, N failed", counted over all.  What failed besides is named with --failed.  Where
CI=true, what was skipped has failed.  Status 0 if something ran and nothing failed.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

LOG_LINES = 200
# Not indented: what is indented is a subtest's, and counted by the line that sums it up.
_RESULT = re.compile(r"^(not )?ok\b\s*(\d+)?\s*(?:-\s*)?(.*?)(?:\s*#\s*(skip|todo)\b\s*(.*))?$",
                     re.IGNORECASE)
_NOTHING_PLANNED = re.compile(r"^1\.\.0\b", re.MULTILINE)
_BAD = {"FAIL": "failed", "ERROR": "crashed or broke off", "TIMEOUT": "ran out of time",
        "INTERRUPT": "was interrupted", "UNEXPECTEDPASS": "passed against expectation"}


class Count:
    """What became of the tests."""

    def __init__(self):
        self.passed = 0
        self.failed: list[str] = []
        self.skipped: list[str] = []

    def add_test(self, name: str, test: dict, is_tap: bool) -> bool:
        """Counts one test of meson's; False where its log is worth seeing."""
        before = len(self.failed)
        verdict = test["result"]
        if is_tap:
            output = test.get("stdout") or ""
            seen = self._add_subtests(name, output)
            if verdict in _BAD and (verdict != "FAIL" or len(self.failed) == before):
                self.failed.append(f"{name}: {_BAD[verdict]}")
            elif seen == 0 and verdict == "SKIP" and _NOTHING_PLANNED.search(output):
                self.skipped.append(name)
            elif seen == 0 and verdict not in _BAD:
                # Meson takes silence for a skipped test.
                self.failed.append(f"{name}: printed no result")
        elif verdict in ("OK", "EXPECTEDFAIL"):
            self.passed += 1
        elif verdict == "SKIP":
            self.skipped.append(name)
        else:
            self.failed.append(f"{name}: {_BAD.get(verdict, verdict)}")
        return len(self.failed) == before

    def _add_subtests(self, name: str, output: str) -> int:
        seen = 0
        for line in output.splitlines():
            match = _RESULT.match(line)
            if not match:
                continue
            seen += 1
            bad, number, title, directive, reason = match.groups()
            title = f"{name}: {title or number}"
            directive = (directive or "").lower()
            if directive == "skip":
                self.skipped.append(f"{title}: {reason}" if reason else title)
            elif directive == "todo":
                self.skipped.append(f"{title}: to do {reason}")
            elif bad:
                self.failed.append(title)
            else:
                self.passed += 1
        return seen


def introspect(builddir: Path) -> dict[tuple[str, ...], dict]:
    """Meson's description of each test, by its command."""
    result = subprocess.run(["meson", "introspect", "--tests", str(builddir)],
                            check=True, stdout=subprocess.PIPE, text=True)
    return {(test["name"], *test["cmd"]): test for test in json.loads(result.stdout)}


def find(tests: dict, logged: dict) -> dict:
    """The description of a test in the log; the log's names carry the suites."""
    command = tuple(logged["command"])
    for key, test in tests.items():
        if key[1:] == command and logged["name"].endswith(key[0]):
            return test
    for key, test in tests.items():
        if logged["name"] in (key[0], f"{test['suite'][0]} / {key[0]}"):
            return test
    return {"protocol": "tap" if re.search(r"^1\.\.\d", logged.get("stdout") or "", re.M)
            else "exitcode"}


def show(name: str, test: dict) -> None:
    print(f"\n---- {name}: {test['result']}, status {test.get('returncode')}, "
          f"{test.get('duration', 0):.1f} s")
    print("$", " ".join(test["command"]))
    for stream in ("stdout", "stderr"):
        lines = (test.get(stream) or "").splitlines()
        if len(lines) > LOG_LINES:
            print(f"... {len(lines) - LOG_LINES} more lines of {stream} in testlog.txt")
        for line in lines[-LOG_LINES:]:
            print("   ", line)


def count_folder(count: Count, builddir: Path, status: int) -> None:
    """Counts the tests of one folder, and shows what failed."""
    failed = len(count.failed)
    # `meson test --setup=NAME` leaves testlog-NAME.json.
    logs = sorted((builddir / "meson-logs").glob("testlog*.json"))
    for log in logs:
        tests = introspect(builddir)
        for line in log.read_text(errors="replace").splitlines():
            test = json.loads(line)
            if not count.add_test(test["name"], test, find(tests, test)["protocol"] == "tap"):
                show(test["name"], test)
    if not logs:
        count.failed.append(f"nothing ran in {builddir}")
    elif status != 0 and len(count.failed) == failed:
        count.failed.append(f"meson test in {builddir} ended with status {status}")


def main() -> int:
    count = Count()
    arguments = []
    for argument in sys.argv[1:]:
        if argument.startswith("--failed="):
            count.failed.append(argument.removeprefix("--failed="))
        else:
            arguments.append(argument)
    for builddir, status in zip(arguments[::2], arguments[1::2]):
        count_folder(count, Path(builddir), int(status))
    if os.environ.get("CI") == "true":
        count.failed += [f"{one} (skipped)" for one in count.skipped]
    else:
        for one in count.skipped:
            print("skipped:", one)
    for one in count.failed:
        print("failed:", one)
    if not count.passed and not count.failed:
        print("nothing ran")
    print(f"{count.passed} passed, {len(count.failed)} failed")
    return 0 if count.passed and not count.failed else 1


if __name__ == "__main__":
    sys.exit(main())

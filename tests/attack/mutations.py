#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Takes each defence out of the library, and sees its test fail.

    mutations.py [--folder=FOLDER] [--rows=FIRST-LAST] [--list|--check [--build=FOLDER]] [PATTERN...]

Copies the tree to FOLDER (a temporary one), builds it there, and sees the tests pass.  Then for
each row of the table it changes the one place that is named, builds what the row's test needs, and
runs it: it must fail, and not for want of building.  With PATTERN, only rows whose names have it
in them; with --rows, those of these numbers.  Where FOLDER is named, a run that was broken off goes
on: rows that were held are not tried again while the tree stays as it is.

--check builds nothing, and sees only that each row still applies: its old text is found once, and
no other row has its name.  With --build, a folder that Meson has set up, also that the program is
one of the tests there and, if it is built and up to date, that it has the test that the row names.
--list shows the rows.

A row that no longer applies, because the code has changed, counts as failed.  The last line is
"N of M defences are held by their tests".  Status 0 if all are.
"""

import argparse
import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mutation_table import MUTATIONS, Mutation

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 240
# How long a test waits for a condition that a broken library may never fulfil.
PATIENCE = {"HS_TEST_PATIENCE": "15"}


def copy_tree(folder: Path) -> str:
    """What is under version control, as it is in the tree; returns its hash."""
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], check=True,
                            stdout=subprocess.PIPE).stdout.decode().split("\0")
    tree = hashlib.sha256()
    for name in filter(None, listed):
        if not (ROOT / name).exists():
            continue
        tree.update(name.encode() + b"\0" + (ROOT / name).read_bytes())
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        # What is there already keeps its time, which is after that of the last mutation.
        if not target.exists() or target.read_bytes() != (ROOT / name).read_bytes():
            shutil.copyfile(ROOT / name, target)
            shutil.copymode(ROOT / name, target)
    return tree.hexdigest()


def run(command: list[str], folder: Path, seconds: int = 1200) -> tuple[int, str]:
    """The status, where 124 is for what took too long, and the output."""
    try:
        result = subprocess.run(command, cwd=folder, env=os.environ | PATIENCE,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                timeout=seconds, errors="replace", text=True)
    except subprocess.TimeoutExpired:
        return 124, "It took too long"
    return result.returncode, result.stdout


@functools.cache
def list_sources(folder: Path) -> list[Path]:
    return sorted((folder / "headstock-glib").rglob("*.[ch]"))


@functools.cache
def read_text(path: Path, _changed: int) -> str:
    """Each row looks at all files."""
    return path.read_text()


def find(folder: Path, mutation: Mutation, is_fixed: bool = False) -> list[tuple[Path, re.Match]]:
    """Where the old text is, however its white space is laid out. Files that are fixed are read once."""
    words = mutation.old.split()
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    longest = max(words, key=len)
    found = []
    for path in list_sources(folder):
        text = read_text(path, 0 if is_fixed else path.stat().st_mtime_ns)
        if longest in text:
            found += [(path, match) for match in pattern.finditer(text)]
    return found


@functools.cache
def list_programs(build: Path) -> frozenset[str]:
    """The programs of a build's tests, by their paths in its folder."""
    tests = json.loads((build / "meson-info/intro-tests.json").read_text())
    return frozenset(os.path.relpath(word, build) for test in tests for word in test["cmd"]
                     if word.startswith(f"{build}/"))


@functools.cache
def list_test_sources() -> dict[str, Path]:
    return {path.stem: path for path in (ROOT / "tests").rglob("*.c")}


@functools.cache
def is_built(program: Path) -> bool:
    """Whether a program is there, and its tests have not changed since it was built."""
    source = list_test_sources().get(program.name)
    sources = [source] if source else (ROOT / "tests" / program.parent.name).glob("*.c")
    return program.exists() and all(path.stat().st_mtime <= program.stat().st_mtime for path in sources)


@functools.cache
def list_tests(program: Path) -> list[str]:
    option = "--list" if program.name == "attack" else "-l"
    listed = subprocess.run([program, option], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            text=True, timeout=60).stdout
    # GLib 2.90 lists tests as comments of TAP.
    lines = [line.removeprefix("# ") if line.startswith("# /") else line for line in listed.splitlines()]
    return [line for line in lines if "/" in line and not line.startswith("#")]


def names_a_test(mutation: Mutation, program: Path) -> bool:
    """Whether the program has tests that the row's arguments choose."""
    *option, name = mutation.arguments or ("",)
    if program.name == "attack":
        return any(name in test for test in list_tests(program))
    return option != ["-p"] or any(f"{test}/".startswith(f"{name}/") for test in list_tests(program))


def find_fault(mutation: Mutation, build: Path | None) -> str | None:
    found = len(find(ROOT, mutation, is_fixed=True))
    named = sum(other.name == mutation.name for other in MUTATIONS)
    if found != 1 or named != 1:
        return f"found {found} times, in a table where {named} have this name"
    if build is None:
        return None
    if mutation.target not in list_programs(build):
        return f"{mutation.target} is no program of a test"
    program = build / mutation.target
    if is_built(program) and not names_a_test(mutation, program):
        return f"{mutation.target} has no test {mutation.arguments[-1]}"
    return None


def check(chosen: list[Mutation], build: Path | None) -> int:
    """Whether each row applies to the tree, as TAP."""
    bad = 0
    print(f"1..{len(chosen)}")
    for number, mutation in enumerate(chosen, 1):
        fault = find_fault(mutation, build)
        bad += fault is not None
        print(f"{'ok' if fault is None else 'not ok'} {number} {mutation.name}")
        if fault is not None:
            print(f"# {fault}")
    return 1 if bad else 0


def run_test(folder: Path, mutation: Mutation) -> bool:
    status, output = run([f"build/{mutation.target}", *mutation.arguments], folder, SECONDS)
    if "\n1..0" in f"\n{output}":
        raise SystemExit(f"{mutation.name}: there is no test {' '.join(mutation.arguments)}")
    return status == 0


def try_one(folder: Path, mutation: Mutation) -> str | None:
    """None where the test fails without the defence; otherwise what is wrong."""
    found = find(folder, mutation)
    if len(found) != 1:
        return f"the defence was found {len(found)} times"
    path, match = found[0]
    before = path.read_text()
    path.write_text(before[:match.start()] + mutation.new + before[match.end():])
    try:
        status, output = run(["ninja", "-C", "build", mutation.target], folder)
        if status != 0:
            return "it does not build:\n" + output[-1500:]
        return "the test passed without it" if run_test(folder, mutation) else None
    finally:
        path.write_text(before)


class Held:
    """The rows that were held, in a file that survives a run which is broken off."""

    def __init__(self, folder: Path, tree: str):
        self.path = folder / "held-rows"
        self.tree = tree
        self.keys = set(self.path.read_text().split()) if self.path.exists() else set()

    def key(self, mutation: Mutation) -> str:
        return hashlib.sha256(f"{self.tree} {mutation}".encode()).hexdigest()

    def __contains__(self, mutation: Mutation) -> bool:
        return self.key(mutation) in self.keys

    def add(self, mutation: Mutation) -> None:
        with self.path.open("a") as file:
            print(self.key(mutation), file=file)


def choose(arguments: argparse.Namespace) -> list[Mutation]:
    first, _, last = (arguments.rows or f"1-{len(MUTATIONS)}").partition("-")
    rows = MUTATIONS[int(first) - 1:int(last or first)]
    return [mutation for mutation in rows
            if not arguments.patterns or any(p in mutation.name for p in arguments.patterns)]


def build(folder: Path, chosen: list[Mutation]) -> bool:
    targets = sorted({mutation.target for mutation in chosen})
    for command in (["meson", "setup", "build", "-Dintrospection=false", "-Dexamples=false",
                     "-Doptimization=1"],
                    ["ninja", "-C", "build", *targets]):
        if command[0] == "meson" and (folder / "build/build.ninja").exists():
            continue
        status, output = run(command, folder)
        if status != 0:
            print(output[-3000:])
            return False
    return True


def try_all(folder: Path, chosen: list[Mutation], held: Held) -> int:
    """How many are held."""
    passing: dict[tuple, bool] = {}
    n_held = 0
    for number, mutation in enumerate(chosen, 1):
        start = time.monotonic()
        key = mutation.target, mutation.arguments
        said, wrong = "failed, as it must", None
        if mutation in held:
            said = "failed, earlier"
        else:
            if key not in passing:
                run(["ninja", "-C", "build", mutation.target], folder)
                passing[key] = run_test(folder, mutation)
            wrong = try_one(folder, mutation) if passing[key] else "its test fails anyway"
            if wrong is None:
                held.add(mutation)
        n_held += wrong is None
        print(f"[{number:2}/{len(chosen)}] {said if wrong is None else 'NOT HELD':18} "
              f"{time.monotonic() - start:5.0f} s  {mutation.name}"
              + (f": {wrong}" if wrong else ""), flush=True)
    return n_held


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--rows", metavar="FIRST-LAST")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--build", type=Path)
    parser.add_argument("patterns", nargs="*")
    arguments = parser.parse_args()
    chosen = choose(arguments)
    if arguments.check:
        return check(chosen, arguments.build.resolve() if arguments.build else None)
    if arguments.list:
        for mutation in chosen:
            print(f"{MUTATIONS.index(mutation) + 1:3} {mutation.name}: {mutation.target} "
                  + " ".join(mutation.arguments))
        return 0
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="headstock-mutations-"))
    folder.mkdir(parents=True, exist_ok=True)
    tree = copy_tree(folder)
    print(f"building in {folder}", flush=True)
    if not build(folder, chosen):
        return 1
    n_held = try_all(folder, chosen, Held(folder, tree))
    if arguments.folder is None:
        shutil.rmtree(folder)
    print(f"{n_held} of {len(chosen)} defences are held by their tests")
    return 0 if chosen and n_held == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())

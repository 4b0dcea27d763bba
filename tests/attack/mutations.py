#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Takes each defence out of the library, and sees its test fail.

    mutations.py [--folder=FOLDER] [--list] [PATTERN...]

Copies the tree to FOLDER (a temporary one), builds it there, and sees the tests pass.  Then for
each row of the table it changes the one place that is named, builds what the row's test needs, and
runs it: it must fail, and not for want of building.  With PATTERN, only rows whose names have it
in them.

A row that no longer applies, because the code has changed, counts as failed.  The last line is
"N of M defences are held by their tests".  Status 0 where all are.
"""

import argparse
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


def copy_tree(folder: Path) -> None:
    """What is under version control, as it is in the tree."""
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], check=True,
                            stdout=subprocess.PIPE).stdout.decode().split("\0")
    for name in filter(None, listed):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        # What is there already keeps its time, which is after that of the last mutation.
        if not target.exists() or target.read_bytes() != (ROOT / name).read_bytes():
            shutil.copyfile(ROOT / name, target)
            shutil.copymode(ROOT / name, target)


def run(command: list[str], folder: Path, seconds: int = 1200) -> tuple[int, str]:
    """The status, where 124 is for what took too long, and the output."""
    try:
        result = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                timeout=seconds, errors="replace", text=True)
    except subprocess.TimeoutExpired:
        return 124, "It took too long"
    return result.returncode, result.stdout


def find(folder: Path, mutation: Mutation) -> list[tuple[Path, re.Match]]:
    """Where the old text is, however its white space is laid out."""
    words = [re.escape(word) for word in mutation.old.split()]
    pattern = re.compile(r"\s+".join(words))
    found = []
    for path in sorted((folder / "headstock-glib").rglob("*.[ch]")):
        found += [(path, match) for match in pattern.finditer(path.read_text())]
    return found


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


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("patterns", nargs="*")
    arguments = parser.parse_args()
    chosen = [mutation for mutation in MUTATIONS
              if not arguments.patterns or any(p in mutation.name for p in arguments.patterns)]
    if arguments.list:
        for mutation in chosen:
            print(f"{mutation.name}: {mutation.target} {' '.join(mutation.arguments)}")
        return 0
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="headstock-mutations-"))
    folder.mkdir(parents=True, exist_ok=True)
    copy_tree(folder)
    targets = sorted({mutation.target for mutation in chosen})
    for command in (["meson", "setup", "build", "-Dintrospection=false", "-Dexamples=false"],
                    ["ninja", "-C", "build", *targets]):
        if command[0] == "meson" and (folder / "build/build.ninja").exists():
            continue
        status, output = run(command, folder)
        if status != 0:
            print(output[-3000:])
            return 1
    passing = {(m.target, m.arguments): m for m in chosen}
    passing = {key: run_test(folder, mutation) for key, mutation in passing.items()}
    held = 0
    for mutation in chosen:
        start = time.monotonic()
        wrong = "its test fails anyway"
        if passing[mutation.target, mutation.arguments]:
            wrong = try_one(folder, mutation)
        held += wrong is None
        print(f"{'failed, as it must' if wrong is None else 'NOT HELD':18} "
              f"{time.monotonic() - start:5.0f} s  {mutation.name}"
              + (f": {wrong}" if wrong else ""), flush=True)
    if arguments.folder is None:
        shutil.rmtree(folder)
    print(f"{held} of {len(chosen)} defences are held by their tests")
    return 0 if held == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())

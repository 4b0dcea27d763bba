#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the programs of the guide docs/testing.md, each block under the name in its first line. Prints TAP.

Usage: test-guide.py GUIDE BUILD_DIR CC [GJS]"""
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

GUIDE, BUILD, CC = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), shlex.split(sys.argv[3])
GJS = sys.argv[4] if len(sys.argv) > 4 else None
# A test of a bot is shorter than this.
LONGEST = 15


def blocks():
    """{file name: text} of the blocks of code that begin with a comment with a file name."""
    found = {}
    for text in re.findall(r"^```\w+\n(.*?)^```", GUIDE.read_text(), flags=re.M | re.S):
        name = re.match(r"(?:#|//|/\*) ([\w-]+\.\w+)", text)
        if name is not None:
            found[name.group(1)] = text
    return found


def length(name, text):
    """The lines of the test: in C those of its functions but main(), else all but imports and the name."""
    if name.endswith(".c"):
        functions = re.findall(r"^(test_\w+ \(void\)\n\{.*?^\})", text, flags=re.M | re.S)
        return max(len(function.splitlines()) for function in functions)
    lines = [line for line in text.splitlines()[1:] if line and not re.match(r"import|from|gi\.require", line)]
    return len(lines)


def compile_c(folder, name):
    env = dict(os.environ, PKG_CONFIG_PATH=str(BUILD / "meson-uninstalled"))
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "headstock-glib-test-1.0"], env=env, check=True,
                           capture_output=True, text=True).stdout
    program = folder / "program"
    # What is linked to a library with AddressSanitizer has it as well.
    if os.environ.get("HS_TEST_PRELOAD"):
        flags += " -fsanitize=address,undefined"
    subprocess.run([*CC, "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror", str(folder / name),
                    "-o", str(program), *shlex.split(flags)], check=True)
    return [str(program)]


# PyGObject warns of a namespace whose version nobody has named. Python knows no PyGObject's warning when it reads this.
WARNINGS = ("-W", "error:Headstock", "-W", "error:HeadstockTest")


def command(folder, name):
    if name.endswith(".c"):
        return compile_c(folder, name)
    if name.endswith(".js"):
        return [GJS, "-m", str(folder / name)]
    if "unittest" in name:
        return [sys.executable, *WARNINGS, "-m", "unittest", name.removesuffix(".py")]
    return [sys.executable, *WARNINGS, "-m", "pytest", "-q", "-p", "no:cacheprovider", name]


def run(folder, name):
    try:
        done = subprocess.run(command(folder, name), cwd=folder, capture_output=True, text=True, timeout=60)
    except subprocess.CalledProcessError as error:
        return [str(error)]
    return [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines()


def main():
    found = blocks()
    tests = [name for name in found if name.startswith("test") and (GJS or not name.endswith(".js"))]
    results = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for name, text in found.items():
            (folder / name).write_text(text)
        for name in tests:
            results.append((f"{name} runs", run(folder, name)))
            n_lines = length(name, found[name])
            results.append((f"{name} is short", [f"{n_lines} lines"] if n_lines >= LONGEST else []))
    results.append(("there is something to run", [] if len(tests) >= 5 else [str(tests)]))
    print(f"1..{len(results)}")
    for number, (what, wrong) in enumerate(results, 1):
        print(f"{'not ok' if wrong else 'ok'} {number} - {what}")
        for line in wrong:
            print(f"# {line}")
    return 1 if any(wrong for _, wrong in results) else 0


if __name__ == "__main__":
    sys.exit(main())

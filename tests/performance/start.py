#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the library adds to the start and the memory of an empty GLib program, and what a program takes until it is
signed in.

    start.py [--document FILE] FOLDER...

FOLDER: a build; several, to compare their options. Prints two tables.

The first has a row for an empty program without the library, and one for each build with it: the libraries that are
loaded, the instructions from the program's start to its end, the CPU time, and the memory, of which PSS divides what is
shared among those who share it, and dirty is the program's own.

The second, of the first build, where Prosody is installed: from the start of a program (exec, for Python with all
imports) until it has a session at a Prosody on this machine, with STARTTLS and SCRAM-SHA-1; the least of several
starts, of each library that is there. CPU time is that of the whole program.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import document
from table import markdown
from workloads import HERE, PYTHON, environment

RUNS = 20
READY_RUNS = 5
SERVE = os.path.join(os.path.dirname(HERE), "servers", "serve.py")


def cpu_msec(program, env):
    """The shortest of many starts: what is longer is other work of the machine."""
    def once():
        with subprocess.Popen([program], stdout=subprocess.DEVNULL, env=env) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = status
        return (usage.ru_utime + usage.ru_stime) * 1000

    return min(once() for _ in range(RUNS))


def instructions(program, env):
    """In millions, or None without valgrind."""
    if shutil.which("valgrind") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        said = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", program],
                              env=env, capture_output=True, text=True, timeout=300, check=True)
    return int(re.search(r"Collected : (\d+)", said.stderr).group(1)) / 1e6


def measure(build, name):
    """The cells of a row."""
    program = os.path.join(build, "tests", "performance", name)
    env = environment(build)
    said = subprocess.run([program], env=env, capture_output=True, text=True, check=True).stdout
    memory = dict(re.findall(r"^(\w+):\s+(\d+)", said, re.MULTILINE))
    size = os.path.getsize(os.path.realpath(os.path.join(build, "headstock-glib", "libheadstock-glib-1.0.so.0")))
    count = instructions(program, env)
    return [memory["Libraries"], "-" if count is None else f"{count:.1f} M", f"{cpu_msec(program, env):.1f}",
            *(memory[what] for what in ("Rss", "Pss", "Private_Dirty")),
            "-" if name == "start-glib" else f"{size / 1024:.0f}"]


def start_once(command, env):
    """CPU seconds of a program that signs in and ends, and seconds until it says that it has."""
    begun = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as process:
        said = process.stdout.readline()
        wall = time.monotonic() - begun
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
    if not said.strip() or status != 0:
        raise SystemExit(f"{command[0]} did not sign in: {said.strip() or 'it said nothing'}, status {status}")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss


def print_ready(build):
    """Beside a server: a row for each program."""
    folder = os.path.join(build, "tests", "performance")
    programs = {
        "headstock-glib, C": [os.path.join(folder, "trips-headstock")],
        "libstrophe": [os.path.join(folder, "trips-strophe")],
        "headstock-glib, Python": [PYTHON, os.path.join(HERE, "trips-headstock.py")],
        "slixmpp": [PYTHON, os.path.join(HERE, "trips-slixmpp.py")],
        "nbxmpp": [PYTHON, os.path.join(HERE, "trips-nbxmpp.py")],
    }
    rows = []
    for name, command in programs.items():
        module = name if name in ("slixmpp", "nbxmpp") else "sys"
        if not os.access(command[0], os.X_OK) or subprocess.run([PYTHON, "-c", f"import {module}"], check=False,
                                                                stderr=subprocess.DEVNULL).returncode != 0:
            continue
        runs = [start_once([*command, "starttls", os.environ["HS_TEST_PORT"], "ready"], environment(build))
                for _ in range(READY_RUNS)]
        cpu, wall, rss = (min(figures) for figures in zip(*runs))
        rows.append([name, f"{cpu * 1000:.0f}", f"{wall * 1000:.0f}", f"{rss / 1024:.1f}"])
    print(markdown(["from the start to a session", "CPU ms", "ms", "RSS at most, MiB"], rows), flush=True)


def tabulate_ready(build):
    """What print_ready() prints beside a server."""
    said = subprocess.run([sys.executable, SERVE, "--server=prosody", "--option", "passwords=sha1", "--",
                           sys.executable, __file__, "--inside", build],
                          stdout=subprocess.PIPE, text=True, check=True)
    return "\n".join(line for line in said.stdout.splitlines() if line.startswith("|"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("builds", nargs="+", metavar="FOLDER", help="a build; several, to compare their options")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--document", help="where to put the tables: docs/performance.md")
    options = parser.parse_args()
    builds = [os.path.abspath(folder) for folder in options.builds]
    if options.inside:
        print_ready(builds[0])
        return 0
    rows = [["without the library", *measure(builds[0], "start-glib")]]
    rows += [["with the library" if len(builds) == 1 else os.path.basename(build), *measure(build, "start-headstock")]
             for build in builds]
    tables = [markdown(["an empty program", "libraries", "instructions", "CPU ms", "RSS, KiB", "PSS, KiB", "dirty, KiB",
                        "the file, KiB"], rows)]
    if shutil.which("prosody"):
        tables.append(tabulate_ready(builds[0]))
    else:
        print("start.py: Prosody is not installed: nobody signs in", file=sys.stderr)
    print("\n\n".join(tables))
    if options.document:
        document.put(options.document, "start", "\n\n".join(tables))
    return 0


if __name__ == "__main__":
    sys.exit(main())

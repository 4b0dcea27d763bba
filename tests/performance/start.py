#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the library adds to the start and the memory of an empty GLib program.

    start.py FOLDER...

FOLDER: a build; several, to compare their options. Prints a row for an empty program without the library, and one for
each build with it: the libraries that are loaded, the instructions from the program's start to its end, the CPU time,
and the memory, of which PSS divides what is shared among those who share it, and dirty is the program's own.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

from table import markdown
from workloads import environment

RUNS = 20


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


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    builds = [os.path.abspath(folder) for folder in sys.argv[1:]]
    rows = [["without the library", *measure(builds[0], "start-glib")]]
    rows += [[os.path.basename(build), *measure(build, "start-headstock")] for build in builds]
    print(markdown(["an empty program", "libraries", "instructions", "CPU ms", "RSS, KiB", "PSS, KiB", "dirty, KiB",
                    "the file, KiB"], rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())

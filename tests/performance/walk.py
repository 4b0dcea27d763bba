#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What it costs to walk through a stanza of many elements that a program keeps.

    walk.py --build=FOLDER

Prints microseconds an element from C, Python and JavaScript, for 1,000, 10,000 and 100,000. The status is
not 0 if an element takes more of them the more there are, or more than 0.2 in C. JavaScript is only measured,
and not with the most: for each wrapper that it makes, GJS 1.74 looks through all that there are.
"""

import argparse
import os
import subprocess
import sys
import time

from workloads import HERE, PYTHON, environment
from table import markdown

SIZES = (1000, 10000, 100000)
GOAL = 0.2
# What an element may take more among the most than among the fewest: their memory does not fit into caches.
RISE = 3
LANGUAGES = {"C": ["{build}/tests/performance/walk-headstock"],
             "Python": [PYTHON, __file__, "--here"],
             "JavaScript": ["gjs", "-m", os.path.join(HERE, "walk-headstock.js")]}


def walk_here():
    """From Python: what the C program does."""
    import gi
    gi.require_version("Headstock", "1.0")
    from gi.repository import Headstock

    def siblings(stanza):
        item, n = stanza.get_first_child(), 0
        while item is not None:
            n += item.get_attribute("n") is not None
            item = item.get_next_sibling()
        return n

    def children(stanza):
        return sum(item.get_attribute("n") is not None for item in stanza.get_children())

    for n in SIZES:
        xml = "".join(f"<item xmlns='urn:x' n='{i}'>text</item>" for i in range(n))
        for walk in (siblings, children):
            stanza = Headstock.Element.new_from_string(f"<message xmlns='jabber:client'>{xml}</message>")
            start = time.process_time()
            assert walk(stanza) == n
            print(f"{walk.__name__} {n} {(time.process_time() - start) / n * 1e6:.4f}", flush=True)


def measure(build, program):
    """{way: {size: microseconds}}"""
    said = subprocess.run([word.format(build=build) for word in program], env=environment(build),
                          capture_output=True, text=True, timeout=300)
    if said.returncode != 0:
        raise SystemExit(f"{program[0]}: {said.stderr.strip()[-500:]}")
    figures = {}
    for line in said.stdout.splitlines():
        way, size, usec = line.split()
        figures.setdefault(way, {})[int(size)] = float(usec)
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build")
    parser.add_argument("--here", action="store_true", help="walk in this process")
    options = parser.parse_args()
    if options.here:
        walk_here()
        return 0
    rows, missed = [], []
    for language, program in LANGUAGES.items():
        for way, usec in measure(os.path.abspath(options.build), program).items():
            rows.append([f"{language}: {way}"]
                        + [f"{usec[size]:.2f}" if size in usec else "-" for size in SIZES])
            if language == "JavaScript":
                continue
            # Each clock has a grain.
            if usec[SIZES[-1]] > RISE * usec[SIZES[0]] + 0.05 or (language == "C" and usec[SIZES[-1]] > GOAL):
                missed.append(rows[-1][0])
    print(markdown(["µs an element"] + [f"{size:,}" for size in SIZES], rows))
    if missed:
        print("missed: " + ", ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Vala has of Headstock stands beside GLib: no name of a type is in both but the deprecated one.

    test_vapi.py VALAC VAPI
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

VALAC, VAPI = sys.argv[1:]
TEXT = Path(VAPI).read_text()
PACKAGES = ["gio-2.0", "gmodule-2.0"] + (["libsoup-3.0"] if "Soup." in TEXT else [])
# What GLib has as well, and what Headstock has under another name because of that.
RENAMED = {"Error": "ClientError", "Module": "ClientModule", "Resource": "ContactResource", "Time": "EntityTime"}
DEPRECATED = {"Module"}


def names():
    """The classes, interfaces, enumerations, error domains and functions of a namespace's own."""
    kinds = "class|interface|enum|errordomain|struct"
    found = set(re.findall(rf"^\tpublic (?:(?:abstract|sealed|static) )*(?:{kinds}) (\w+)", TEXT, re.MULTILINE))
    return found | set(re.findall(r"^\tpublic delegate [\w.?]+ (\w+)", TEXT, re.MULTILINE))


def compile_with(types):
    """What valac says of a program that names these types, beside GLib and what GTK brings with it."""
    functions = "".join(f"void take_{name} ({name}? it) {{}}\n" for name in sorted(types))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "program.vala")
        source.write_text(f"using GLib;\nusing Headstock;\n{functions}void main () {{}}\n")
        done = subprocess.run([VALAC, "-C", "--directory", folder, *(f"--pkg={one}" for one in PACKAGES), VAPI, source],
                              capture_output=True, text=True, check=False)
    return done


def methods(name):
    body = re.search(rf"^\tpublic interface {name} : GLib\.Object \{{\n(.*?)^\t\}}", TEXT, re.MULTILINE | re.DOTALL).group(1)
    return [line for line in body.splitlines() if "[Version" not in line]


def calls_that_need_a_cancellable():
    """The functions that end later and cannot be called without a cancellable, nor a request without a timeout."""
    calls = [line for line in TEXT.splitlines() if line.startswith("\t\tpublic async ")]
    assert len(calls) > 40, calls
    return [line for line in calls if "GLib.Cancellable? cancellable = null)" not in line or
            re.search(r"timeout_msec[,)]", line)]


def main():
    found = names()
    done = compile_with(found - DEPRECATED)
    results = [
        ("there are names to look at", len(found) > 80),
        ("no name is GLib's as well", done.returncode == 0),
        ("a name that is would be found", "ambiguous" in compile_with({"Module"}).stderr),
        ("what has another name has none that is GLib's",
         set(RENAMED.values()) <= found and not found & (set(RENAMED) - DEPRECATED)),
        ("the deprecated module has the methods of the other", methods("Module") == methods("ClientModule") != []),
        ("what ends later needs no cancellable", not calls_that_need_a_cancellable()),
    ]
    print(f"1..{len(results)}")
    for number, (what, good) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {what}")
    if not all(good for _, good in results):
        print("# " + done.stderr.replace("\n", "\n# "))
    return 0 if all(good for _, good in results) else 1


if __name__ == "__main__":
    sys.exit(main())

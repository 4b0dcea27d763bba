#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fails if a file has more than 800 lines, or a function in C more than 60.

Usage: check-lengths.py SOURCE_ROOT... Prints TAP. Looks at each file of a programming language below, in all folders
but those that Git or Meson make.

A function that describes properties or signals may have 120 lines: their documentation is part of it. That is a
class_init, or one that a class_init calls, which is named install_..., make_...properties or specify_properties."""
import os
import pathlib
import re
import sys

LANGUAGES = {".c", ".h", ".cc", ".py", ".js", ".vala", ".sh", ".ts"}
MAX_FILE = 800
MAX_FUNCTION = 60
MAX_DESCRIPTION = 120
DESCRIPTION = re.compile(r"(?:^|_)(?:class_init|default_init|install_\w+|make_\w*properties|specify_properties)$")


def is_made(path):
    """Whether Git or Meson has made this folder."""
    return path.name == ".git" or (path / "meson-private").is_dir()


def list_files(root):
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not is_made(pathlib.Path(folder) / name))
        for name in sorted(names):
            path = pathlib.Path(folder) / name
            if path.suffix in LANGUAGES and not path.is_symlink():
                yield path


def name_before(lines, brace):
    """The name of the function whose body begins in this line, or None for a struct, an enum or a table."""
    for line in reversed(lines[max(0, brace - 20):brace]):
        if match := re.match(r"(?:[\w \*]*\W)?\*?(\w+) \(", line):
            if not line.startswith(" "):
                return match.group(1)
        if not line.strip() or line.rstrip().endswith((";", "}")):
            return None
    return None


def measure_functions(text):
    """The names of the functions, and how many lines are between their braces."""
    lines = text.split("\n")
    brace = None
    for number, line in enumerate(lines):
        if line == "{":
            brace = number
        elif line == "}" and brace is not None:
            if (name := name_before(lines, brace)) is not None:
                yield name, number - brace - 1
            brace = None


def check_file(path, text):
    wrong = []
    n_lines = text.count("\n")
    if n_lines > MAX_FILE:
        wrong.append(f"{path} has {n_lines} lines: more than {MAX_FILE}")
    if path.suffix not in (".c", ".h", ".cc"):
        return wrong
    for name, length in measure_functions(text):
        most = MAX_DESCRIPTION if DESCRIPTION.search(name) else MAX_FUNCTION
        if length > most:
            wrong.append(f"{path}: {name}() has {length} lines: more than {most}")
    return wrong


def function(name, length):
    return f"static void\n{name} (gpointer data)\n{{\n" + "  f ();\n" * length + "}\n"


# What is tried first: the name of a file, its text, and how many faults are to be found in it.
PLANTED = [
    ("a file that is as long as it may be", "a.py", "\n" * MAX_FILE, 0),
    ("a file that is too long", "a.py", "\n" * (MAX_FILE + 1), 1),
    ("a header that is too long", "a.h", "\n" * (MAX_FILE + 1), 1),
    ("a function that is as long as it may be", "a.c", function("work", MAX_FUNCTION), 0),
    ("a function that is too long", "a.c", function("work", MAX_FUNCTION + 1), 1),
    ("a function in a header", "a.h", "static inline " + function("work", MAX_FUNCTION + 1)[7:], 1),
    ("a function with its arguments in two lines", "a.c",
     "HsJid *\nwork (gpointer data,\n      gpointer more)\n{\n" + "  f ();\n" * (MAX_FUNCTION + 1) + "}\n", 1),
    ("a class_init", "a.c", function("hs_client_class_init", MAX_DESCRIPTION), 0),
    ("a class_init that is too long", "a.c", function("hs_client_class_init", MAX_DESCRIPTION + 1), 1),
    ("a table", "a.c", "static const int table[] =\n{\n" + "  1,\n" * 100 + "};\n", 0),
    ("two functions", "a.c", function("one", 40) + "\n" + function("two", 40), 0),
]


def main():
    results = []
    for what, name, text, wanted in PLANTED:
        found = check_file(pathlib.Path(name), text)
        results.append((f"planted: {what}", [] if len(found) == wanted else [f"found {found}"]))
    files = [path for root in sys.argv[1:] for path in list_files(pathlib.Path(root))]
    wrong = [line for path in files for line in check_file(path, path.read_text())]
    results += [("no file and no function is too long", wrong),
                ("there is something to check", [] if len(files) > 500 else [f"{len(files)} files"])]
    print(f"1..{len(results)}")
    for number, (what, lines) in enumerate(results, 1):
        print(f"{'not ok' if lines else 'ok'} {number} - {what}")
        for line in lines:
            print(f"# {line}")
    return 1 if any(lines for _, lines in results) else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fails if a variable that only holds a reference does not say so.

Usage: check-guards.py DIR... Prints TAP. Looks at all .c and .h files below.

A g_autoptr, g_autofree or g_auto that is set where it is declared and never named again is there for its end only.
GCC knows that, and clang 14 calls it unused: it needs G_GNUC_UNUSED after its name."""
import pathlib
import re
import sys

DECLARED = re.compile(r"\b(?:g_autoptr|g_auto|g_autolist|g_autoslist) \(\s*\w+\s*\)\s*(\w+)\s*(?=[=;])"
                      r"|\bg_autofree (?:const )?\w+(?: \w+)? \*+\s*(\w+)\s*(?=[=;])")


def without_comments(text):
    """The same lines without comments, and without what strings and characters have in them."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())
    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', blank, text, flags=re.S)


def end_of_block(text, start):
    """Where the block that has this place in it ends."""
    depth = 0
    for match in re.finditer(r"[{}]", text[start:]):
        depth += 1 if match.group() == "{" else -1
        if depth < 0:
            return start + match.start()
    return len(text)


def find_guards(text):
    """The lines and names of variables that are never named after their declaration."""
    text = without_comments(text)
    for match in DECLARED.finditer(text):
        name = match.group(1) or match.group(2)
        if not re.search(rf"\b{name}\b", text[match.end():end_of_block(text, match.end())]):
            yield text.count("\n", 0, match.start()) + 1, name


def check(folders):
    files = [path for folder in folders for path in sorted(folder.rglob("*.[ch]"))]
    return files, [f"{path}:{line}: {name} is only held: it needs G_GNUC_UNUSED"
                   for path in files for line, name in find_guards(path.read_text())]


# What is tried first: a piece of code, and the variables that are to be found in it.
PLANTED = [
    ("a guard", "{\n  g_autoptr (HsClient) alive = g_object_ref (self);\n\n  f (self);\n}\n", ["alive"]),
    ("a guard in two lines", "{\n  g_autoptr (HsClient) alive\n      = g_object_ref (self);\n  f ();\n}\n", ["alive"]),
    ("a string", "{\n  g_autofree char *text = f ();\n}\n", ["text"]),
    ("a value", "{\n  g_auto (GStrv) all = f ();\n}\n", ["all"]),
    ("a name in a comment and in a string", "{\n  g_autoptr (A) a = f ();\n  /* a */\n  g (\"a\");\n}\n", ["a"]),
    ("a name in the next function", "{\n  g_autoptr (A) a = f ();\n}\n{\n  a = 1;\n}\n", ["a"]),
    ("a name after the block", "{\n  {\n    g_autoptr (A) a = f ();\n  }\n  g (a);\n}\n", ["a"]),
    ("a variable without a value", "{\n  g_autoptr (A) a;\n}\n", ["a"]),
    ("one that says so", "{\n  g_autoptr (A) alive G_GNUC_UNUSED = f ();\n}\n", []),
    ("one that is read", "{\n  g_autoptr (A) a = f ();\n  g_autofree const char *b = g ();\n\n  if (h)\n    {\n      k (a, b);\n"
     "    }\n}\n", []),
]


def main():
    results = [(f"planted: {what}", [] if [name for _, name in find_guards(text)] == wanted else [text])
               for what, text, wanted in PLANTED]
    files, wrong = check([pathlib.Path(name) for name in sys.argv[1:]])
    results += [("each variable that only holds a reference says so", wrong),
                ("there is something to check", [] if len(files) > 100 else [f"{len(files)} files"])]
    print(f"1..{len(results)}")
    for number, (what, lines) in enumerate(results, 1):
        print(f"{'not ok' if lines else 'ok'} {number} - {what}")
        for line in lines:
            print(f"# {line}")
    return 1 if any(lines for _, lines in results) else 0


if __name__ == "__main__":
    sys.exit(main())

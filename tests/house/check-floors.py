#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fails on an include that points up, on a cycle, and on a private header in a public one.

Usage: check-floors.py DIR, where DIR is headstock-glib/. Prints TAP."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])

# Which floor a file is on, by its folder. Folders on one floor do not include each other, but features
# may include the features that are named after them.
FLOORS = [
    (0, "base", r"base/|hs-(enum-types|version|version-macros)\."),
    (1, "values and engines", r"address/|xml/|sasl/|net/"),
    (2, "stanza", r"stanza/"),
    (3, "protocol", r"protocol/"),
    (4, "client", r"client/"),
    (5, "features", r"features/"),
    (6, "umbrella", r"headstock\.h"),
]


UMBRELLA = set(re.findall(r"<headstock-glib/([^>]+)>", (ROOT / "headstock.h").read_text()))


def floor_of(name):
    return next((number for number, _, pattern in FLOORS if re.match(pattern, name)), None)


def includes_of(path):
    for line in path.read_text().splitlines():
        match = re.match(r'\s*#\s*include\s+["<](?:headstock-glib/)?([^">]+)[">]', line)
        if match:
            yield match.group(1)


def resolve(name, includer, known):
    """Our own headers, those made by the build as well; None for anybody else's."""
    beside = str(pathlib.PurePath(includer).parent / name)
    if beside in known:
        return beside
    if name in known or re.match(r"hs-(version|version-macros|enum-types)\.h$", name):
        return name
    return next((path for path in known if pathlib.PurePath(path).name == name), None)


def find_cycle(graph):
    done, path = set(), []

    def visit(name):
        if name in path:
            return path[path.index(name):] + [name]
        if name in done:
            return None
        path.append(name)
        for other in sorted(graph.get(name, ())):
            cycle = visit(other)
            if cycle:
                return cycle
        path.pop()
        done.add(name)
        return None

    for name in sorted(graph):
        cycle = visit(name)
        if cycle:
            return cycle
    return None


def main():
    files = {str(p.relative_to(ROOT)): p for p in sorted(ROOT.rglob("*.[ch]"))}
    graph, upward, leaks, unknown, umbrella = {}, [], [], [], []
    for name, path in files.items():
        if floor_of(name) is None:
            unknown.append(name)
            continue
        graph[name] = set()
        for include in includes_of(path):
            other = resolve(include, name, files)
            if other is None:
                if include.startswith(("hs-", "xml/", "net/", "protocol/", "sasl/")):
                    unknown.append(f"{name} includes {include}, which is nowhere")
                continue
            beside = floor_of(other) == floor_of(name) and other in files and \
                name.split("/")[0] != other.split("/")[0]
            if beside or floor_of(other) > floor_of(name):
                upward.append(f"{name} (floor {floor_of(name)}) includes {other} "
                              f"(floor {floor_of(other)})")
            public = pathlib.PurePath(name).name in UMBRELLA
            if public and other in files and pathlib.PurePath(other).name not in UMBRELLA:
                leaks.append(f"{name} includes {other}")
            if other == "headstock.h":
                umbrella.append(f"{name} includes the umbrella")
            if other.endswith(".h") and name.endswith(".h"):
                graph[name].add(other)
    cycle = find_cycle(graph)
    results = [
        ("every file has a floor", unknown),
        ("no include points up", upward),
        ("no public header includes a private one", leaks),
        ("no file of ours includes the umbrella", umbrella),
        ("headers have no cycle", [" -> ".join(cycle)] if cycle else []),
        ("there is something to check", [] if len(files) > 30 else [f"{len(files)} files"]),
    ]
    print(f"1..{len(results)}")
    for number, (what, wrong) in enumerate(results, 1):
        print(f"{'not ok' if wrong else 'ok'} {number} - {what}")
        for line in wrong:
            print(f"# {line}")
    return 1 if any(wrong for _, wrong in results) else 0


if __name__ == "__main__":
    sys.exit(main())

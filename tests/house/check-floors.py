#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fails on an include that points up, on a cycle, and on a private header in a public one.

Usage: check-floors.py DIR, where DIR is headstock-glib/. Prints TAP."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])

# Which floor a file lives on, by its folder or by how its name begins. The first that fits counts.
FLOORS = [
    (3, "network", r"net/"),
    (2, "protocol", r"protocol/|sasl/"),
    (1, "XML", r"xml/|hs-(element|stanza|message|presence|iq)(-|\.)"),
    (4, "client", r"hs-(client|component|module)(-|\.)"),
    (0, "base", r"hs-(jid|precis|idna|clock|error|enums|enum-types|namespaces|version|types|random|security-info)(-|\.)"),
    (4, "client", r"headstock\.h"),
    (5, "features", r"hs-"),
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
    return None


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
            if name != "headstock.h" and floor_of(other) > floor_of(name):
                upward.append(f"{name} (floor {floor_of(name)}) includes {other} "
                              f"(floor {floor_of(other)})")
            public = "/" not in name and name.endswith(".h") and name in UMBRELLA
            if public and ("/" in other or "-private" in other):
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

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The guides read well where a forge shows them as Markdown, and each one's code is run by a test.

    check-guides.py SOURCE BUILD

No mark of gi-docgen and no link to a page of the reference is left in them, every link leads to a file and a heading
that there are, each guide is in the index and has links to its neighbours, and the index names tests of this build for
each guide with code. What is wrong is also planted, and found. Prints TAP.
"""

import functools
import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.dont_write_bytecode = True
SOURCE, BUILD = Path(sys.argv[1]), Path(sys.argv[2])
SPEC = importlib.util.spec_from_file_location("guides", SOURCE / "docs" / "guides.py")
guides = importlib.util.module_from_spec(SPEC)
sys.modules["guides"] = guides
SPEC.loader.exec_module(guides)

MEND = "python3 docs/guides.py write mends it"


def prose(text: str) -> str:
    """A page without blocks and spans of code."""
    parts = guides.FENCED.split(text)
    return "".join(re.sub(r"`[^`\n]+`", "`", part) for part in parts[::2])


def find_marks(text: str) -> Iterator[str]:
    """What only gi-docgen understands."""
    for mark in re.findall(r"\[`?[a-z]+@[\w.:-]+`?\]", prose(text)):
        yield f"{mark}: {MEND}"
    for link in guides.PAGE_LINK.findall(prose(text)):
        yield f"{link} leads to a page of the reference: {MEND}"
    if re.match(r"(SPDX|Title)", text):
        yield f"the header is shown as text: {MEND}"


@functools.cache
def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as forges and gi-docgen make them."""
    headings = re.findall(r"^#+ (.*)$", "".join(guides.FENCED.split(path.read_text())[::2]), re.MULTILINE)
    return {re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower()) for heading in headings}


def find_lost_links(text: str, page: Path) -> Iterator[str]:
    """Links to what there is not."""
    for _, target in guides.LINK.findall(prose(text)):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        there = page.parent / path if path else page
        if not there.exists():
            yield f"{target}: there is no such file"
        elif anchor and anchor not in anchors(there):
            yield f"{target}: there is no such heading"


def find_strangers(listed: set[str]) -> Iterator[str]:
    """Guides that the index does not name."""
    for path in sorted((SOURCE / "docs").rglob("*.md")):
        name = str(path.relative_to(SOURCE / "docs"))
        if name not in listed:
            yield f"{name} is not in {guides.INDEX}"


def find_last_lines(known: list) -> Iterator[str]:
    """Guides without the links to their neighbours."""
    for index, guide in enumerate(known):
        if not guide.text.endswith(guides.footer(known, index)):
            yield f"{guide.path} does not end with links to its neighbours: {MEND}"


def read_runners(index: str) -> dict[str, list[str]]:
    """The tests that the index names, by the guide."""
    return {row[1]: re.findall(r"`([^`]+)`", row[2])
            for row in re.finditer(r"^\| \[[^]]*\]\(([\w./-]+)\) \|[^|]*\|([^|]*)\|$", index, re.MULTILINE)}


def find_unrun(codes: dict[str, bool], runners: dict[str, list[str]], tests: set[str]) -> Iterator[str]:
    """Guides whose code is run by no test of this build."""
    for guide, has_code in codes.items():
        named = runners.get(guide, [])
        if has_code and not named:
            yield f"{guide} has code that no test runs"
        for test in named:
            if test not in tests:
                yield f"{guide} names `{test}`, which is no test"


def has_code(guide) -> bool:
    """Whether a guide has code in C, Python or JavaScript; what a shell is given is not a program."""
    return bool(re.search(r"^```(c|python|js|javascript|vala)$", guide.text, re.MULTILINE))


def main() -> int:
    known = guides.read_guides()
    pages = {guide.path: guide.text for guide in known} | {"../README.md": (SOURCE / "README.md").read_text()}
    tests = {test["name"] for test in json.loads((BUILD / "meson-info" / "intro-tests.json").read_text())}
    docs = SOURCE / "docs"
    marks = [f"{path}: {found}" for path, text in pages.items() for found in find_marks(text)]
    lost = [f"{path}: {found}" for path, text in pages.items()
            for found in find_lost_links(text, docs / path)]
    unrun = list(find_unrun({guide.path: has_code(guide) for guide in known},
                            read_runners(known[0].text), tests))
    planted = [
        *find_marks("Title: A\n\n[method@Headstock.Client.run], [a page](lifecycle.html#states)\n\n```c\n[a@b]\n```\n"),
        *find_lost_links("[one](no-such.md), [two](lifecycle.md#no-such), [three](#no-such)", docs / "lifecycle.md"),
        *find_strangers(set(pages) - {"lifecycle.md"}),
        *find_last_lines([known[0], known[2], known[1]]),
        *find_unrun({"a.md": True, "b.md": True}, read_runners("| [B](b.md) | b | `no-such-test` |"), tests),
    ]
    results = [
        (not marks, "no guide has what only gi-docgen understands", marks),
        (not lost, "every link leads somewhere", lost),
        (not (found := list(find_strangers(set(pages)))), "every guide is in the index", found),
        (not (found := list(find_last_lines(known))), "every guide leads to its neighbours", found),
        (not unrun, "the code of every guide is run by a test", unrun),
        (len(planted) >= 12, "what is wrong is found", planted),
    ]
    print(f"1..{len(results)}")
    for number, (good, title, details) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {title}")
        for detail in details if not good else ():
            print("#", detail)
    return 0 if all(good for good, *_ in results) else 1


if __name__ == "__main__":
    sys.exit(main())

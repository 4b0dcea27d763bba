#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The guides: their order, the links between them, and their pages in the reference.

    guides.py list                                  the guides in the order of README.md, one a line
    guides.py pages                                 their pages in the reference, one a line
    guides.py write                                 mends headers, links and the last line of each guide
    guides.py generate GI-DOCGEN CONFIGURATION GIR OTHER-GIR PAGES
                                                    makes the reference of one of the two libraries

A guide is Markdown as a forge shows it: names of the library in backquotes, and links to other files.
gi-docgen wants a title in front, links between pages in one folder, and a link for each name. `generate`
makes that out of the guides, which are in the reference of the library Headstock, and adds a list of the guides to
the side of each page of both references.
"""

import html
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parent
INDEX = "README.md"
HEADER = "<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->\n"
FOOTER = re.compile(r"\n+---\n\n(?:Previous: .*|Next: .*|\[All guides\]\(.*)\n*\Z")
OLD_HEADER = re.compile(r"\ASPDX-License-Identifier: .*\n(?:Title: .*\n)?\n*")
LINK = re.compile(r"(?<!!)\[((?:[^][\n]|\n(?!\n))*)\]\(([^()\s]+)\)")
MARK = re.compile(r"\[`?([a-z]+)@([\w.:-]+)`?\]")
PAGE_LINK = re.compile(r"\]\((?![a-z]+:)[^()\s]*\.html(?:#[^()\s]*)?\)")
# Code is left as it is: blocks between fences, and what is between backquotes.
FENCED = re.compile(r"(^```.*?^```[^\n]*\n?)", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")

CORE = "{http://www.gtk.org/introspection/core/1.0}"
C = "{http://www.gtk.org/introspection/c/1.0}"
GLIB = "{http://www.gtk.org/introspection/glib/1.0}"


# A link to a page of another library, as gi-docgen leaves it to a script that has to be told where that is.
EXTERNAL = re.compile(r'<a (?=[^>]*data-namespace="(\w+)")(?=[^>]*data-link="([^"]+)")[^>]*>')


# A long line of code is wrapped: what lies beyond the edge of a page is not read, nor printed.
STYLE = "<style>pre, pre code { white-space: pre-wrap; overflow-wrap: anywhere; }</style>\n"


@dataclass
class Guide:
    """A file of Markdown in docs/ or in a folder in it."""

    path: str
    group: str

    @property
    def text(self) -> str:
        return (DOCS / self.path).read_text(encoding="utf-8")

    @property
    def title(self) -> str:
        return re.search(r"^# (.*)$", self.text, re.MULTILINE).group(1)

    @property
    def page(self) -> str:
        """Its name in the reference, where all pages are in one folder, without the suffix."""
        return "guides" if self.path == INDEX else Path(self.path).stem


def read_guides() -> list[Guide]:
    """The index, and the guides that the first column of its tables names, in that order."""
    guides = [Guide(INDEX, "Guides")]
    group = ""
    for line in guides[0].text.splitlines():
        if line.startswith("## "):
            group = line.removeprefix("## ")
        elif match := re.match(r"\| \[[^]]*\]\(([\w./-]+\.md)\) \|", line):
            guides.append(Guide(match.group(1), group))
    return guides


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with what is between blocks of code changed."""
    parts = FENCED.split(text)
    return "".join(part if index % 2 else change(part) for index, part in enumerate(parts))


def footer(guides: list[Guide], index: int) -> str:
    """The links at the end of a guide."""
    folder = Path(guides[index].path).parent

    def link(title: str, guide: Guide) -> str:
        return f"[{title}]({os.path.relpath(guide.path, folder)})"

    links = []
    if index > 1:
        links.append("Previous: " + link(guides[index - 1].title, guides[index - 1]))
    if index + 1 < len(guides):
        links.append("Next: " + link(guides[index + 1].title, guides[index + 1]))
    links.append(link("All guides", guides[0]))
    return "\n\n---\n\n" + " · ".join(links) + "\n"


# What a forge shows.

def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def name_of_mark(kind: str, target: str) -> str:
    """The name in C that a mark of gi-docgen stands for."""
    target = target.removeprefix("Headstock.")
    if kind in ("method", "ctor", "func"):
        owner, _, function = target.rpartition(".")
        return f"`hs_{snake(owner) + '_' if owner else ''}{function}()`"
    return f"`Hs{target}`"


def write_for_forge(guide: Guide, guides: list[Guide]) -> str:
    """The guide with its header, names and links as they are to be; without its last line."""
    pages = {other.page: other.path for other in guides}
    folder = Path(guide.path).parent

    def readable(text: str) -> str:
        text = MARK.sub(lambda match: name_of_mark(*match.groups()), text)

        def relink(match: re.Match) -> str:
            name, _, anchor = match.group(1).partition("#")
            path = os.path.relpath(pages[name.removesuffix(".html")], folder)
            return f"]({path}{'#' + anchor if anchor else ''})"

        return re.sub(r"\]\(([\w-]+\.html(?:#[\w-]+)?)\)", relink, text)

    text = OLD_HEADER.sub(HEADER + "\n", FOOTER.sub("\n", guide.text))
    return outside_code(text, readable)


def write() -> None:
    guides = read_guides()
    for index, guide in enumerate(guides):
        text = write_for_forge(guide, guides).rstrip("\n")
        (DOCS / guide.path).write_text(text + footer(guides, index), encoding="utf-8")


# What gi-docgen shows.

def read_names(gir: Path, folder: str = "") -> dict[str, str]:
    """The page of each name, written as in the guides: functions with brackets."""
    return {name: folder + page for name, page in read_pages(gir).items()}


def read_pages(gir: Path) -> dict[str, str]:
    namespace = ElementTree.parse(gir).getroot().find(CORE + "namespace")
    kinds = {"class": "class", "interface": "iface", "record": "struct", "enumeration": "enum",
             "bitfield": "flags", "callback": "callback", "alias": "alias"}
    names = {}
    for element in namespace:
        tag, name = element.tag.removeprefix(CORE), element.get("name")
        kind = kinds.get(tag)
        if element.get("moved-to"):
            continue
        if tag in ("function", "constant"):
            in_c = element.get(C + "identifier") or element.get(C + "type")
            names[in_c + ("()" if tag == "function" else "")] = \
                f"{'func' if tag == 'function' else 'const'}.{name}.html"
        elif kind is not None and element.get(GLIB + "is-gtype-struct-for") is None:
            if element.get(GLIB + "error-domain"):
                kind = "error"
            names[element.get(C + "type")] = f"{kind}.{name}.html"
            names.update(read_members(element, f"{kind}.{name}.html"))
    return names


def read_members(owner: ElementTree.Element, page: str) -> dict[str, str]:
    """The pages of what belongs to a type."""
    kinds = {"method": ("method", "()"), "constructor": ("ctor", "()"), "function": ("type_func", "()"),
             "property": ("property", ":"), "signal": ("signal", "::"), "virtual-method": ("vfunc", ".")}
    tags = {CORE + tag: kind for tag, kind in kinds.items()} | {GLIB + "signal": kinds["signal"]}
    names = {}
    for element in owner:
        if element.tag == CORE + "member":
            names[element.get(C + "identifier")] = page
        elif element.tag in tags:
            kind, sign = tags[element.tag]
            name = element.get("name")
            known_as = element.get(C + "identifier", "") + sign if sign == "()" \
                else owner.get(C + "type") + sign + name
            names[known_as] = f"{kind}.{owner.get('name')}.{name}.html"
    return names


def make_page(guide: Guide, guides: list[Guide], names: dict[str, str]) -> str:
    """The guide as gi-docgen takes it."""
    pages = {os.path.normpath(other.path): other.page + ".html" for other in guides}
    folder = Path(guide.path).parent

    def relink(match: re.Match) -> str:
        text, (path, _, anchor) = match.group(1), match.group(2).partition("#")
        if re.match(r"[a-z]+:", path) or not path:
            return match.group(0)
        page = pages.get(os.path.normpath(folder / path))
        # What is no guide has no page: a file of the source stays a name.
        return f"[{text}]({page}{'#' + anchor if anchor else ''})" if page else text

    def name_link(match: re.Match) -> str:
        # gi-docgen takes what begins with @ for an argument, in code too.
        if match.group(1).startswith("@"):
            return f"<code>{html.escape(match.group(1)).replace('@', '&#64;')}</code>"
        name = match.group(1).replace(" (", "(")
        page = names.get(name) or names.get(name + "()")
        return f"[`{match.group(1)}`]({page})" if page else match.group(0)

    def convert(text: str) -> str:
        lines = []
        for part in re.split(r"(^#.*\n|\[[^][]*\]\([^()\s]+\))", text, flags=re.MULTILINE):
            # A name in a heading or in the text of a link is not made a link of its own.
            if LINK.fullmatch(part):
                lines.append(LINK.sub(relink, part))
            else:
                lines.append(part if part.startswith("#") else SPAN.sub(name_link, part))
        return "".join(lines)

    body = outside_code(guide.text.removeprefix(HEADER), convert)
    # A page of a folder has a title such as "Messages", and is listed among all others.
    title = f"{guide.group}: {guide.title}" if "/" in guide.path and guide.group != guide.title else guide.title
    return f"Title: {title}\n\n{body.lstrip()}"


def sidebar(guides: list[Guide], folder: str) -> str:
    """The list of all guides, by their groups."""
    lines, group = [], None
    for guide in guides:
        if guide.group != group:
            lines.append(f'{"</div></div>" if lines else ""}\n<div class="section">')
            lines.append(f'<h5>{html.escape(guide.group)}</h5><div class="links">')
            group = guide.group
        title = "All guides" if guide.path == INDEX else guide.title
        lines.append(f'<a href="{folder}{guide.page}.html">{html.escape(title)}</a>')
    return "\n".join(lines) + "\n</div></div>\n"


def decorate(page: str, guides: str, places: dict[str, str]) -> str:
    """The page with the guides at its side, links to the other libraries, and without rows that have nothing in them."""
    page = page.replace("</head>", STYLE + "</head>", 1)
    page = EXTERNAL.sub(lambda match: f'<a href="{places[match.group(1)]}{match.group(2)}" class="external">', page)
    # Before what gi-docgen says of itself, or else at the end of the side.
    page = re.sub(r'<div class="section generator">|</nav>', lambda match: guides + match.group(0), page, count=1)
    return re.sub(r'\s*<tr><td><em>\w+</em></td><td><a href="(?:None)?"[^>]*>(?:None)?</a></td></tr>', "", page)


def generate(gidocgen: str, configuration: str, gir: str, other_gir: str, output: str) -> None:
    guides = read_guides()
    has_guides = Path(gir).stem.startswith("Headstock-")
    other = f"../{Path(output).name.replace('glib-', 'glib-test-') if has_guides else Path(output).name.replace('-test', '')}/"
    names = read_names(Path(gir)) | read_names(Path(other_gir), other)
    with tempfile.TemporaryDirectory() as folder:
        for guide in guides if has_guides else ():
            (Path(folder) / f"{guide.page}.md").write_text(make_page(guide, guides, names), encoding="utf-8")
        subprocess.run([gidocgen, "generate", "--quiet", "--fatal-warnings", "--config", configuration,
                        "--add-include-path", Path(other_gir).parent, "--content-dir", folder,
                        "--output-dir", output, "--no-namespace-dir", gir], check=True)
    at_side = sidebar(guides, "" if has_guides else other)
    dependencies = tomllib.loads(Path(configuration).read_text(encoding="utf-8"))["dependencies"]
    places = {name.partition("-")[0]: where["docs_url"] for name, where in dependencies.items()}
    for path in Path(output).glob("*.html"):
        path.write_text(decorate(path.read_text(encoding="utf-8"), at_side, places), encoding="utf-8")


def main() -> int:
    command, *arguments = sys.argv[1:]
    if command == "list":
        print("\n".join(guide.path for guide in read_guides()))
    elif command == "pages":
        print("\n".join(f"{guide.page}.md" for guide in read_guides()))
    elif command == "write":
        write()
    else:
        generate(*arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main())

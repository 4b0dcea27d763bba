#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that all that is public is documented, and that the check would find it if it were not.

    check-documented.py GI-DOCGEN CONFIGURATION GIR TEST-CONFIGURATION TEST-GIR SOURCE PAGES TEST-PAGES

Beside what `gi-docgen check` looks at: virtual functions and the members of structures are
documented, classes have code in their documentation, and so have asynchronous functions and others that programs call
every day, asynchronous functions name those that finish them, the guides name only functions, types and constants that there are, in the library or in the one
for tests, and no link between the PAGES leads nowhere.  Prints TAP.
"""

import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

CORE = "{http://www.gtk.org/introspection/core/1.0}"
C = "{http://www.gtk.org/introspection/c/1.0}"
GLIB = "{http://www.gtk.org/introspection/glib/1.0}"


# What programs call every day, beside asynchronous functions: these have a sample in Python.
DAILY = {
    "Client": "new new_for_jid add_handler add_handler_full add_text_handler register unregister register_on_iq "
              "remove_handler start stop run send_stanza send_raw_stanza is_own set_log ensure_module find_module list_modules defer_reply reconnect_now "
              "dup_session_state set_session_state request_finish",
    "Component": "new",
    "Element": "new new_from_string new_tree add_child add_text_child append copy detach get_attribute get_child "
               "get_child_text get_text matches set_attribute set_text to_string",
    "Jid": "new new_from_parts get_bare with_resource",
    "Stanza": "get_error new_reply new_error_reply",
    "Message": "new new_chat set_body",
    "Presence": "new set_show set_status",
    "Iq": "new set_payload",
    "ArchivePage": "list_deliveries",
    "DataField": "new add_option set_value set_values set_boolean",
    "DataForm": "new_from_element add_field append_field add_reported list_items get_value set_value create_element "
                "create_submission",
    "Disco": "add_feature add_identity answer",
    "DiscoInfo": "has_feature",
    "Invitation": "parse",
    "Messages": "send send_text send_chat_state cancel make_correction make_reaction make_reply make_retraction",
    "Muc": "add_room remove_room lookup",
    "Room": "send send_message invite lookup_occupant",
    "Roster": "lookup subscribe unsubscribe approve deny",
    "StateFolder": "load",
}
# The same of the library for tests.
TEST_DAILY = {
    "Server": "new start attach feed feed_element expect take_sent list_sent clear_sent answer answer_error advance cut resume "
              "refuse settle",
}


class Reference:
    """The GIR, and what gi-docgen says of it."""

    def __init__(self, gidocgen: str, configuration: str, gir: Path):
        self._command = [gidocgen, "check", "--add-include-path", gir.parent, "--config", configuration]
        self.gir = gir
        self.root = ElementTree.parse(gir).getroot()

    def complaints(self, gir: Path) -> list[str]:
        """What is not documented; none where the check has passed."""
        result = subprocess.run([*self._command, str(gir)], text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)
        said = re.sub(r"\x1b\[[0-9;]*m", "", result.stdout)
        lines = [line for line in said.splitlines() if "not documented" in line]
        if (result.returncode != 0) != bool(lines):
            raise AssertionError(f"status {result.returncode}: {said}")
        return lines

    def without_documentation_of(self, kind: str) -> bool:
        """Whether it is found when the documentation of the first of a kind is taken away."""
        root = ElementTree.parse(self.gir).getroot()
        for element in root.iter(CORE + kind):
            doc = element.find(CORE + "doc")
            if doc is not None:
                element.remove(doc)
                break
        else:
            raise AssertionError(f"there is no {kind}")
        with tempfile.TemporaryDirectory() as folder:
            changed = Path(folder) / self.gir.name
            ElementTree.ElementTree(root).write(changed)
            return bool(self.complaints(changed))

    def undocumented(self) -> list[str]:
        """What gi-docgen does not look at: virtual functions, and the members of structures."""
        missing = [element.get("name") for element in self.root.iter(CORE + "virtual-method")
                   if element.find(CORE + "doc") is None]
        for record in self.root.iter(CORE + "record"):
            for field in record.iterfind(CORE + "field"):
                # A virtual function's documentation is that of the method.
                if field.get("private") != "1" and field.find(CORE + "doc") is None \
                        and field.find(CORE + "callback") is None \
                        and field.get("name") not in ("parent_class", "padding"):
                    missing.append(f"{record.get('name')}.{field.get('name')}")
        return missing

    def timeless(self) -> list[str]:
        """Properties of a client that may be set while it runs, and do not say when that takes effect."""
        return [element.get("name") for element in self.root.iter(CORE + "class")
                if element.get("name") == "Client"
                for element in element.iterfind(CORE + "property")
                if element.get("writable") == "1" and element.get("construct-only") != "1"
                and "A change takes effect" not in element.findtext(CORE + "doc", "")]

    def without_sample(self) -> list[str]:
        """The classes and interfaces without code in their documentation."""
        return [element.get("name") for kind in ("class", "interface") for element in self.root.iter(CORE + kind)
                if "```" not in element.findtext(CORE + "doc", "")]

    def without_daily_sample(self, daily: dict[str, str]) -> list[str]:
        """The functions that a program calls every day without code in Python in their documentation."""
        found = []
        for owner in [*self.root.iter(CORE + "class"), *self.root.iter(CORE + "record")]:
            wanted = daily.get(owner.get("name"), "").split()
            functions = {element.get("name"): element for element in owner
                         if element.tag in (CORE + "constructor", CORE + "method", CORE + "function")}
            found += [f"{owner.get('name')}.{name} is not there" for name in wanted if name not in functions]
            found += [f"{owner.get('name')}.{name}" for name, element in functions.items()
                      if (name in wanted or name.endswith("_async")) and element.get("introspectable") != "0"
                      and "```" not in element.findtext(CORE + "doc", "")]
        return found

    def without_finish(self) -> list[str]:
        """The asynchronous functions whose documentation does not name the function that finishes them."""
        found = []
        for element in self.root.iter(CORE + "method"):
            name, of_async, _ = element.get("name").rpartition("_async")
            if of_async and f"{name}_finish]" not in element.findtext(CORE + "doc", ""):
                found.append(element.get(C + "identifier"))
        return found

    def names(self) -> set[str]:
        """All that C code may call by name."""
        found = set()
        for element in self.root.iter():
            for attribute in (C + "identifier", C + "type", GLIB + "type-name",
                              GLIB + "get-type", C + "identifier-prefixes"):
                found.add((element.get(attribute) or "").strip("* "))
        return found


# Made by the build for each series, and not in the GIR.
VERSION_MACRO = re.compile(r"HS_(VERSION|AVAILABLE_IN|DEPRECATED_IN)_\d+_\d+"
                           r"|HS_VERSION_(MIN_REQUIRED|MAX_ALLOWED)")


def unknown_names(text: str, names: set[str]) -> set[str]:
    """Our own identifiers of C in a text that are not public."""
    mentioned = set(re.findall(r"\b(?:hs_[a-z0-9_]+[a-z0-9]|Hs[A-Z][A-Za-z]+|HS_[A-Z0-9_]+[A-Z0-9])\b",
                               text))
    known = names | {name + "_t" for name in names}
    return {name for name in mentioned
            if name not in known and not name.startswith(("HS_TYPE_", "HS_IS_", "HS_TEST_"))
            and not VERSION_MACRO.fullmatch(name)
            and not is_cast(name, names)}


def broken_links(pages: Path) -> list[str]:
    """Where a page leads to one that there is not."""
    found = []
    for page in sorted(pages.glob("*.html")):
        for link in re.findall(r'href="([^"#]+)', page.read_text()):
            if link.startswith("javascript:") or not re.match(r"[a-z]+:", link) and not (page.parent / link).exists():
                found.append(f"{page.name} has a link to {link}")
    return found


def without_guides(pages: Path) -> list[str]:
    """The pages without the list of guides at their side."""
    return [page.name for page in sorted(pages.glob("*.html")) if not re.search(r'<a href="(?:[./\w-]+/)?getting-started\.html">', page.read_text())
            and '<nav class="sidebar' in page.read_text()]


def is_cast(name: str, names: set[str]) -> bool:
    return name.lower() + "_get_type" in names


def main() -> int:
    gidocgen, configuration, gir, test_configuration, test_gir, source, *pages = sys.argv[1:]
    reference = Reference(gidocgen, configuration, Path(gir))
    test_reference = Reference(gidocgen, test_configuration, Path(test_gir))
    failed = number = 0

    def report(good: bool, title: str, details=()) -> None:
        nonlocal failed, number
        number += 1
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {title}")
        for detail in details:
            print("#", detail)

    complaints = [complaint for one in (reference, test_reference)
                  for complaint in one.complaints(one.gir) + one.undocumented()]
    report(not complaints, "all that is public is documented", complaints)
    for kind in ("method", "property", "member"):
        report(reference.without_documentation_of(kind), f"a {kind} without documentation is found")
    timeless = reference.timeless()
    report(not timeless, "each property of a client says when a change takes effect", timeless)
    sampleless, endless = reference.without_sample() + test_reference.without_sample(), reference.without_finish()
    report(not sampleless, "each class has code in its documentation", sampleless)
    daily = reference.without_daily_sample(DAILY) + test_reference.without_daily_sample(TEST_DAILY)
    report(not daily, "each function that programs call every day has code in its documentation", daily)
    planted = {*reference.without_daily_sample({"Muc": "new", "Roster": "delete"})} - {*daily}
    report(planted == {"Muc.new", "Roster.delete is not there"}, "a function without code is found", planted)
    report(not endless, "each asynchronous function names the one that finishes it", endless)
    names = reference.names() | test_reference.names()
    planted = {"HsNothing", "hs_nothing", "HS_NOTHING"}
    report(unknown_names(" ".join(planted), names) == planted, "a name that is not there is found")
    code = "".join(path.read_text() for folder in ("headstock-glib", "tests/support")
                   for path in sorted((Path(source) / folder).rglob("*.c")))
    inside = set(re.findall(r"\b[Hh]s_?[A-Za-z0-9_]+\b", code))
    for path in [Path(source) / "README.md", *sorted((Path(source) / "docs").rglob("*.md"))]:
        # What is told to those who work on the library is private.
        known = names | inside if path.name in ("architecture.md", "contributing.md", "glossary.md") else names
        unknown = sorted(unknown_names(path.read_text(), known))
        report(not unknown, f"{path.name} names only what there is", unknown)
    broken = [link for folder in pages for link in broken_links(Path(folder))]
    report(not broken, "no link leads nowhere", broken)
    bare = [page for folder in pages for page in without_guides(Path(folder))]
    report(not bare, "every page lists the guides at its side", bare)
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

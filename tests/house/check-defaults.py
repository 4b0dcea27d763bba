#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The documentation of each property that a program may set says what it is when nobody has set it.

    check-defaults.py GIR TEST-GIR

The values come from the types themselves: "The default is %TRUE", "The default is 20,000 milliseconds, the least 1" and
so on. Numbers have their unit and the range that the type does not have by itself. Prints TAP.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import gi

gi.require_version("Headstock", "1.0")
gi.require_version("HeadstockTest", "1.0")
from gi.repository import Gio, GObject, Headstock, HeadstockTest  # noqa: E402

CORE = "{http://www.gtk.org/introspection/core/1.0}"
NAMESPACES = {"Headstock": Headstock, "HeadstockTest": HeadstockTest}
# Numbers that count nothing.
WITHOUT_UNIT = {"Client:port", "Presence:priority"}
UNITS = "(?:milliseconds|bytes|messages|levels|iterations|hashes|seconds)"
# What is made when it is read first.
MADE = {"Client:own-presence": "an empty presence", "Client:initial-presence": "an empty presence",
        "Upload:session": "a session of its own"}
# Nobody compares with numbers from here on.
HUGE = 2**31 - 1


def read_properties(gir: Path):
    """The type, the name and the documentation of each property that can be set."""
    namespace = ElementTree.parse(gir).getroot().find(CORE + "namespace")
    for owner in [*namespace.iterfind(CORE + "class"), *namespace.iterfind(CORE + "interface")]:
        for element in owner.iterfind(CORE + "property"):
            if element.get("writable") == "1":
                yield namespace.get("name"), owner.get("name"), element.get("name"), \
                    element.findtext(CORE + "doc", "")


def find_spec(namespace: str, owner: str, name: str):
    type_ = getattr(NAMESPACES[namespace], owner)
    return next(spec for spec in GObject.list_properties(type_) if spec.name == name)


def number(value: int) -> str:
    return f"{value:,}"


def read_default(spec):
    """The default, as an enumeration's own value where it is one."""
    # Older releases of PyGObject give None for a type that has no default, newer ones do not have the attribute;
    # and newer ones give plain numbers for enumerations and flags.
    value = getattr(spec, "default_value", None)
    if spec.value_type.is_a(GObject.TYPE_ENUM) or spec.value_type.is_a(GObject.TYPE_FLAGS):
        namespace, prefix = (Headstock, "Hs") if spec.value_type.name.startswith("Hs") else (Gio, "G")
        return getattr(namespace, spec.value_type.name.removeprefix(prefix))(value)
    return value


def say_default(owner: str, spec) -> list[str]:
    """What the documentation has to say, each as a regular expression."""
    value = read_default(spec)
    if made := MADE.get(f"{owner}:{spec.name}"):
        says = made
    elif hasattr(spec, "minimum"):
        says = number(value)
    elif isinstance(value, bool):
        says = f"%{str(value).upper()}"
    elif isinstance(value, GObject.GFlags):
        says = f"%{value.first_value_name}" if value else "0"
    elif isinstance(value, GObject.GEnum):
        says = f"%{value.value_name}"
    elif isinstance(value, str):
        says = f"`{value}`" if value else "an empty string"
    else:
        says = "%NULL"
    default = rf"The default is {says}(?!\w)|{says}(?: by default|, the default)\b"
    if not hasattr(spec, "minimum"):
        return [default]
    unit = [] if f"{owner}:{spec.name}" in WITHOUT_UNIT else [rf"(?i:\b{UNITS}\b)"]
    return [default, *say_range(spec), *unit]


def say_range(spec) -> list[str]:
    """The bounds that the type of a number does not have by itself."""
    least, most = number(spec.minimum), number(spec.maximum)
    if spec.maximum < HUGE:
        return [rf"(?:the range|from) {least} to {most}(?!\w)"]
    return [rf"the least {least}(?!\w)"] if spec.minimum else []


def find_silent(properties) -> list[str]:
    """The properties whose documentation does not say it."""
    silent = []
    for namespace, owner, name, doc in properties:
        text = " ".join(doc.split()) + " "
        for says in say_default(owner, find_spec(namespace, owner, name)):
            if not re.search(says, text):
                silent.append(f"{namespace}.{owner}:{name} does not say: {says}")
    return silent


def main() -> int:
    properties = [each for gir in sys.argv[1:] for each in read_properties(Path(gir))]
    silent = find_silent(properties)
    planted = find_silent([("Headstock", "Client", name, doc) for name, doc in (
        ("carbons", "The default is %TRUE."), ("port", "The default is 0."), ("host", ""),
        ("connect-timeout", "The default is 20,000, the least 1."), ("max-depth", "128 levels by default."))])
    results = [(not silent and len(properties) > 90, f"each of {len(properties)} properties says its default", silent),
               (len({line.split()[0] for line in planted}) == 5, "what does not say it is found", planted)]
    print(f"1..{len(results)}")
    for position, (good, title, details) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {position} - {title}")
        for detail in details if not good else ():
            print("#", detail)
    return 0 if all(good for good, *_ in results) else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes Python's type stubs of a library, as PyGObject and its override show it.

    make-stubs.py GIR OUTPUT

What C has comes from the GIR, what the override of Headstock adds or changes from stub_overrides.py.
"""

import re
import sys
import textwrap

import gir_file
import stub_overrides
from gir_file import CORE, GLIB, get_type_name, is_address, is_hidden

INTEGERS = {"gint", "guint", "gint8", "guint8", "gint16", "guint16", "gint32", "guint32", "gint64", "guint64",
            "gsize", "gssize", "glong", "gulong", "GLib.Quark"}
TYPES = {"utf8": "str", "filename": "str", "gboolean": "bool", "none": "None", "gpointer": "Any", "gdouble": "float",
         "gfloat": "float", "GType": "GObject.GType"}
WORDS = {"class", "def", "from", "in", "is", "lambda", "with", "not", "and", "or", "import", "pass", "global", "async", "await"}
# What is in a list that a property gives: C has but the interface.
LISTS = {"blocked": "BlockedAddress", "bookmarks": "Bookmark", "contacts": "Contact", "gaps": "Gap", "modules": "Module",
         "occupants": "Occupant", "pending": "SentMessage", "requests": "SubscriptionRequest", "resources": "Resource", "rooms": "Room"}
WIDTH = 120


def specify(kind, name):
    """What is in the list that a property or the function get_NAME or list_NAME gives."""
    return f"_List[{LISTS[name]}]" if kind == "Gio.ListModel" and name in LISTS else kind


def optional(kind):
    return kind if kind in ("Any", "None") else kind + " | None"


def is_nullable(node):
    return node.get("nullable") == "1"


class Library(gir_file.Library):
    """A namespace of the GIR, with Python's names for its types."""

    def __init__(self, path):
        super().__init__(path)
        # The override of HeadstockTest adds but the attributes.
        self.overridden = self.name == "Headstock"

    def type_of(self, holder, address=False, given=False):
        """What a parameter, a return value or a property has as its type; more may be given than is got."""
        array = holder.find(CORE + "array")
        if array is not None:
            return f"{'Sequence' if given else 'list'}[{self.type_of(array, address, given)}]"
        name = get_type_name(holder) or "gpointer"
        if self.overridden and given and address and name in ("utf8", "Jid"):
            return "_Address"
        if given and name == "GType":
            return "GObject.GType | type"
        if name in INTEGERS or name in self.errors:
            return "int"
        return TYPES.get(name, name)

    def declare(self, parameter, default=None):
        name = parameter.get("name") + ("_" if parameter.get("name") in WORDS else "")
        kind = self.type_of(parameter, is_address(parameter), given=True)
        return f"{name}: {optional(kind) if is_nullable(parameter) else kind}" + (f" = {default}" if default else "")

    def declare_all(self, function):
        """The parameters of a function; those at the end that C takes NULL for may be left out."""
        parameters = self.parameters(function)
        needed = max((number for number, one in enumerate(parameters, 1) if not is_nullable(one)), default=0)
        return [self.declare(one, "None" if number >= needed else None) for number, one in enumerate(parameters)]

    def returned(self, function):
        value = function.find(CORE + "return-value")
        kind = self.type_of(value)
        return optional(kind) if is_nullable(value) else kind


def get_document(node, indent=""):
    """The first paragraph as a docstring, without the marks of the documentation."""
    text = gir_file.get_summary(node, "None", "True", "False").replace("\\", "\\\\")
    if not text:
        return []
    text = f'"""{text}{" " if text.endswith(chr(34)) else ""}"""'
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False,
                         break_on_hyphens=False)


class Writer:
    """Writes one class, interface or record after another."""

    def __init__(self, library):
        self.library = library
        self.lines = []

    def block(self, head, body):
        self.lines += ["", "", head + ":", *("    " + line if line else line for line in body or ["..."])]

    def function(self, node, name, parameters, result, decorators=(), ignored=False):
        mark = "  # type: ignore[override]" if ignored else ""
        head = [*decorators, f"def {name}({', '.join(parameters)}) -> {result}:"]
        document = get_document(node, "    ") if node is not None else []
        if document:
            return [*head[:-1], head[-1] + mark, *document]
        return [*head[:-1], f"{head[-1]} ...{mark}"]

    def asynchronous(self, owner, function):
        """With a callback, as C has it, and as an awaitable."""
        parameters = [one for one in self.library.parameters(function) if get_type_name(one) != "Gio.AsyncReadyCallback"]
        with_callback = [self.library.declare(one) for one in parameters]
        defaults = ["None" if is_nullable(one) else "-1" if one.get("name").startswith("timeout") else None for one in parameters]
        # Python wants no parameter without a default behind one with it: what comes before one that is needed is needed.
        needed = max((number for number, default in enumerate(defaults, 1) if not default), default=0)
        awaited = [self.library.declare(one, default if number >= needed else None)
                   for number, (one, default) in enumerate(zip(parameters, defaults))]
        result = self.library.returned(self.library.find_finish(owner, function))
        name = function.get("name")
        exact = "callback: Callable[[Self, Gio.AsyncResult], object]"
        data = ["callback: Callable[..., object]", "*user_data: Any"]
        return [*self.function(None, name, ["self", *with_callback, exact], "None", ["@overload"]),
                *self.function(None, name, ["self", *with_callback, *data], "None", ["@overload"]),
                *self.function(function, name, ["self", *awaited, "callback: None = None"], f"asyncio.Future[{result}]", ["@overload"])]

    def property_types(self, node, prop):
        """What is read from a property, and what may be written to it."""
        getter = self.library.find_getter(node, prop)
        kind = specify(self.library.type_of(prop), prop.get("name"))
        written = self.library.type_of(prop, is_address(prop), given=True)
        if kind in ("int", "bool", "float") or self.library.is_enumeration(kind):
            return kind, written
        if getter is not None and not is_nullable(getter.find(CORE + "return-value")):
            return kind, optional(written)
        return optional(kind), optional(written)

    def attribute(self, node, prop, document):
        """A property as an attribute."""
        name = prop.get("name").replace("-", "_") + ("_" if prop.get("name") in WORDS else "")
        read, written = self.property_types(node, prop)
        if prop.get("readable") == "0":
            read = "NoReturn"
        if prop.get("writable") != "1" or prop.get("construct-only") == "1":
            return self.function(prop if document else None, name, ["self"], read, ["@property"])
        # The tools' own properties take but what they give, in all versions that there are.
        kind = read if read == written else f"_Property[{read}, {written}]"
        return [f"{name}: {kind}", *(get_document(prop) if document else [])]

    def properties(self, node):
        """The properties in `props`, and as attributes."""
        properties = node.findall(CORE + "property")
        lines = []
        parents = [name for name in (node.get("parent"), *(one.get("name") for one in self.library.interfaces(node)))
                   if name in self.library.types]
        if properties or len(parents) > 1:
            heads = [f"{name}.Props" for name in parents if self.has_props(self.library.types[name])]
            # A name that is none in Python is one of an attribute only.
            body = [line for prop in properties if prop.get("name") not in WORDS for line in self.attribute(node, prop, False)]
            lines += [f"class Props({', '.join(heads)}):" if heads else "class Props:",
                      *("    " + line for line in body or ["..."]),
                      *self.function(None, "props", ["self"], "Props", ["@property"])]
        methods = {one.get("name") for one in node.findall(CORE + "method")}
        for prop in properties:
            if prop.get("name").replace("-", "_") not in methods:
                lines += self.attribute(node, prop, True)
        return lines

    def has_props(self, node):
        return node.find(CORE + "property") is not None or any(self.has_props(one) for one in self.library.interfaces(node)) or \
            node.get("parent") in self.library.types and self.has_props(self.library.types[node.get("parent")])

    def construct(self, node):
        """What an object is made with: keywords, for each property that can be written."""
        owners = [one for each in self.library.ancestors(node) for one in (each, *self.library.interfaces(each))]
        given = {}
        for owner in reversed(owners):
            for prop in owner.findall(CORE + "property"):
                if prop.get("writable") == "1":
                    name = prop.get("name").replace("-", "_")
                    given[name + "_" if self.library.overridden and name in WORDS else name] = self.property_types(owner, prop)[1]
        content = stub_overrides.CONTENT.get(node.get("name")) if self.library.overridden else None
        keywords = [f"{name}: {kind} = ..." for name, kind in given.items()]
        before = [content] if content else ["*"] if keywords else []
        return self.function(None, "__init__", ["self", *before, *keywords], "None")

    def connect(self, node):
        """What a handler of each signal is called with; more arguments may be given to it."""
        signals = self.library.signals(node)
        if not signals or not node.findall(GLIB + "signal") and not self.library.interfaces(node):
            return []
        lines = []
        for name in ("connect", "connect_after"):
            for key, signal in sorted(signals.items()):
                arguments = ["Self"]
                for one in signal.findall(f"{CORE}parameters/{CORE}parameter"):
                    kind = self.library.type_of(one)
                    arguments.append(optional(kind) if is_nullable(one) else kind)
                result = self.library.returned(signal)
                lines += self.function(None, name, [
                    "self", f'detailed_signal: Literal["{key}"]',
                    f"handler: Callable[[{', '.join(arguments)}], {'object' if result == 'None' else result}]"], "int", ["@overload"])
            lines += self.function(None, name, ["self", "detailed_signal: str", "handler: Callable[..., Any]", "*args: Any"], "int",
                                   ["@overload"])
        return lines

    def members(self, node):
        changed = stub_overrides.CLASSES.get(node.get("name"), {}) if self.library.overridden else {}
        lines = [line for text in changed.values() for line in text.split("\n") if text]
        inherited = {one.get("name") for parent in list(self.library.ancestors(node))[1:] for one in parent}
        inherited |= {one.get("name") for each in self.library.ancestors(node) for interface in self.library.interfaces(each)
                      for one in interface}
        for tag, first, decorators in (("constructor", ["cls"], ["@classmethod"]), ("function", [], ["@staticmethod"]),
                                       ("method", ["self"], [])):
            for function in node.findall(CORE + tag):
                name = function.get("name")
                if is_hidden(function) or name in changed:
                    continue
                if name.endswith("_async") and self.library.overridden:
                    lines += self.asynchronous(node, function)
                else:
                    result = specify(self.library.returned(function), name.partition("_")[2])
                    lines += self.function(function, name, [*first, *self.library.declare_all(function)],
                                           result, decorators, name in inherited)
        for function in node.findall(CORE + "virtual-method"):
            if not is_hidden(function):
                # Whoever implements it is called with all of its arguments.
                parameters = [self.library.declare(one) for one in self.library.parameters(function)]
                lines += self.function(function, "do_" + function.get("name"), ["self", *parameters],
                                       self.library.returned(function))
        return lines

    def klass(self, node):
        name = node.get("name")
        # mypy takes the first that several have in common for what is in a list of them: Module says the least.
        interfaces = sorted((one.get("name") for one in node.findall(CORE + "implements")), key="Module".__eq__)
        parents = [node.get("parent"), *interfaces]
        changed = stub_overrides.CLASSES.get(name, {}) if self.library.overridden else {}
        body = [*get_document(node), *self.properties(node), *([] if "__init__" in changed else self.construct(node)),
                *self.members(node), *self.connect(node)]
        self.block(f"class {name}({', '.join(parents)})", body)

    def interface(self, node):
        self.block(f"class {node.get('name')}(GObject.GInterface)",
                   [*get_document(node), *self.properties(node), *self.members(node)])

    def record(self, node):
        self.block(f"class {node.get('name')}(GObject.GBoxed)", [*get_document(node), *self.members(node)])

    def enumeration(self, node):
        name = node.get("name")
        body = get_document(node)
        for member in node.findall(CORE + "member"):
            body += [f"{member.get('name').upper()} = {member.get('value')}", *get_document(member)]
        for key in ("value_name", "value_nick"):
            several = "s(self) -> list[str]" if node.tag == CORE + "bitfield" else "(self) -> str"
            body += ["@property", f"def {key}{several}: ..."]
        changed = stub_overrides.CLASSES.get(name, {}) if self.library.overridden else {}
        body += [line for text in changed.values() for line in text.split("\n")]
        for function in node.findall(CORE + "function"):
            if function.get("name") in changed:
                continue
            body += self.function(function, function.get("name"), self.library.declare_all(function), self.library.returned(function),
                                  ["@staticmethod"])
        if name in self.library.errors and "quark" not in {one.get("name") for one in node.findall(CORE + "function")}:
            body += ["@staticmethod", "def quark() -> int: ..."]
        base = "enum.IntFlag" if node.tag == CORE + "bitfield" else "enum.IntEnum"
        self.block(f"class {name}({base})", body)

    def write_all(self):
        writers = {"class": self.klass, "interface": self.interface, "enumeration": self.enumeration, "bitfield": self.enumeration}
        for node in self.library.namespace:
            kind = node.tag.split("}")[1]
            if kind in writers:
                writers[kind](node)
            elif kind == "record" and not node.get(GLIB + "is-gtype-struct-for"):
                self.record(node)
            elif kind == "constant":
                value = node.get("value")
                text = get_type_name(node) == "utf8"
                self.lines += ["", f"{node.get('name')}: Final = {value!r}" if text else f"{node.get('name')}: Final = {value}",
                               *get_document(node)]
            elif kind == "function" and not is_hidden(node):
                self.lines += ["", *self.function(node, node.get("name"), self.library.declare_all(node), self.library.returned(node))]
        return self.lines


HEAD = """\
# SPDX-License-Identifier: LGPL-2.1-or-later
# Made by make-stubs.py of headstock-glib. The types of GLib, GObject, Gio and Soup are those of the package PyGObject-stubs,
# or whatever declares their modules.
import asyncio
import enum
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence, Set
from typing import Any, Final, Generic, Literal, NoReturn, TypeVar, Union, overload

from gi.repository import Gio, GLib, GObject
from typing_extensions import Self
"""


def main():
    gir, output = sys.argv[1:]
    library = Library(gir)
    lines = Writer(library).write_all()
    lines = [HEAD.rstrip(), *stub_overrides.PRELUDE.rstrip().split("\n"), *lines] if library.overridden else \
        [HEAD.rstrip().replace("GObject\n", "GObject, Headstock\n"), *lines]
    # The library may have been built without libsoup.
    if any("Soup." in line for line in lines):
        lines[0] = lines[0].replace("GObject\n", "GObject, Soup\n")
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the writers of definitions for other languages read out of a GIR: make-typescript.py and make-stubs.py."""

import re
import xml.etree.ElementTree as ElementTree

CORE = "{http://www.gtk.org/introspection/core/1.0}"
C = "{http://www.gtk.org/introspection/c/1.0}"
GLIB = "{http://www.gtk.org/introspection/glib/1.0}"

# Where the overrides take an address in either form, by the names of arguments and properties of C's type string.
ADDRESSES = {"archive", "by", "from", "full_jid", "jid", "jids", "new_jid", "old_jid", "peer", "room", "service", "to", "with"}


class Library:
    """A namespace of a GIR."""

    def __init__(self, path):
        self.namespace = ElementTree.parse(path).getroot().find(CORE + "namespace")
        # What other languages see in the place of a function that only C can call has that one's name.
        for node in self.namespace.iter():
            if node.get("shadows"):
                node.set("name", node.get("shadows"))
        self.name = self.namespace.get("name")
        self.version = self.namespace.get("version")
        self.types = {node.get("name"): node for node in self.namespace if node.get("name")}
        self.errors = {name for name, node in self.types.items() if node.get(GLIB + "error-domain")}

    def ancestors(self, node):
        """The class itself and those of this library that it derives from."""
        while node is not None:
            yield node
            node = self.types.get(node.get("parent", ""))

    def interfaces(self, node):
        """The interfaces of this library that a class implements by itself."""
        return [self.types[one.get("name")] for one in node.findall(CORE + "implements") if one.get("name") in self.types]

    def is_enumeration(self, name):
        """Whether a name is that of an enumeration or of flags of this library."""
        return name in self.types and self.types[name].tag in (CORE + "enumeration", CORE + "bitfield")

    def find_finish(self, owner, function):
        """The function that takes the result of one with a callback."""
        return owner.find(f"{CORE}method[@name='{function.get('name').removesuffix('_async')}_finish']")

    def find_getter(self, node, prop):
        """The function that reads a property, or None."""
        name = prop.get("getter", "get_" + prop.get("name").replace("-", "_"))
        return node.find(f"{CORE}method[@name='{name}']")

    def parameters(self, function):
        """The parameters that other languages see: not the data of a callback, nor what frees it, nor an array's
        length."""
        parameters = function.findall(f"{CORE}parameters/{CORE}parameter")
        hidden = set()
        for parameter in parameters:
            for key in ("closure", "destroy"):
                if parameter.get(key) is not None:
                    hidden.add(int(parameter.get(key)))
            array = parameter.find(CORE + "array")
            if array is not None and array.get("length") is not None:
                hidden.add(int(array.get("length")))
        return [parameter for number, parameter in enumerate(parameters)
                if number not in hidden or get_type_name(parameter) == "Gio.AsyncReadyCallback"]

    def signals(self, node):
        """All signals that a class has, its ancestors' and interfaces' too, by name."""
        owners = [one for each in self.ancestors(node) for one in (each, *self.interfaces(each))]
        return {one.get("name"): one for owner in reversed(owners) for one in owner.findall(GLIB + "signal")}


def get_type_name(holder):
    """The name of the type of a parameter, a return value or a property; None for an array."""
    node = holder.find(CORE + "type")
    return node.get("name") if node is not None else None


def is_address(holder):
    """Whether the overrides take a Jid or a string there."""
    return get_type_name(holder) == "Jid" or holder.get("name", "").replace("-", "_") in ADDRESSES


def is_hidden(node):
    """Whether other languages do not see a function."""
    return node.get("introspectable") == "0"


def get_summary(node, null, true, false):
    """The first paragraph of the documentation on one line, without its marks and with a language's words; empty where
    there is none."""
    text = " ".join(node.findtext(CORE + "doc", "").split("\n\n")[0].split())
    text = re.sub(r"\[\w+@(?:\w+\.)?([^\]]+)\]", r"`\1`", text)
    text = text.replace("%NULL", null).replace("%TRUE", true).replace("%FALSE", false)
    return re.sub(r"(^|[\s(])@(\w)", r"\1\2", text)

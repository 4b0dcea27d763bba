# SPDX-License-Identifier: LGPL-2.1-or-later
"""Elements and stanzas as Python has them."""

from gi.overrides.headstock_base import (
    Headstock, Properties, check_property, check_type, is_made, make_jid, make_string, override)
from gi.repository import GObject


def _split_name(name):
    if not isinstance(name, str):
        raise TypeError(f"an attribute's name is a string, not {name!r}")
    namespace, brace, local = name[1:].partition("}") if name.startswith("{") else (None, "", name)
    return (local, namespace) if brace else (name, None)


def _set_attribute(element, name, namespace, value):
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, (GObject.GEnum, GObject.GFlags)):
        raise TypeError(f"the attribute {name!r} is a string or a number, not {value!r}")
    elif isinstance(value, (int, Headstock.Jid)):
        value = str(value)
    if namespace is None:
        element.set_attribute(name, value)
    else:
        element.set_attribute_ns(name, namespace, value)


def _fill(element, content):
    """Adds to an element what is in it: elements, text, attributes."""
    for one in content:
        if isinstance(one, str):
            element.append_text(one)
        elif isinstance(one, Headstock.Element):
            element.append(one)
        elif isinstance(one, dict):
            for name, value in one.items():
                if value is not None:
                    _set_attribute(element, *_split_name(name), value)
        elif one is not None:
            try:
                inner = iter(one)
            except TypeError:
                raise TypeError(f"an element holds elements and strings, not {one!r}") from None
            _fill(element, inner)


@override
class Element(Properties, Headstock.Element):
    """An element.  Iterating gives the elements in it, str() its XML; == is identity, see equal().

    Element(name, namespace, *content, **attributes) makes one with all that is in it: elements, strings, lists of
    either, and a dict of attributes whose names Python does not take; None is left out.  A subclass of Stanza takes
    its content so as well, with its properties as keywords.
    """

    def __new__(cls, *content, **attributes):
        if cls is Element and content and isinstance(content[0], str):
            namespace = content[1] if len(content) > 1 else attributes.get("namespace")
            # A message where the name is a message's.
            return Headstock.Element.new(content[0], namespace)
        return super().__new__(cls)

    def __init__(self, *content, **properties):
        named = bool(content) and isinstance(content[0], str)
        made = named and is_made(self)
        if named and not made and isinstance(self, Headstock.Stanza):
            raise TypeError(f"a stanza holds elements: {content[0]!r} is none, and what it says has keywords, as body=")
        if not made and not named:
            super().__init__(**properties)
            _fill(self, content)
            return
        name, *content = content
        namespace = content.pop(0) if content else properties.pop("namespace", None)
        if not made:
            super().__init__(name=name, namespace=namespace)
        _fill(self, [{key[:-1] if key.endswith("_") else key: value for key, value in properties.items()}])
        _fill(self, content)

    def __iter__(self):
        return iter(self.get_children())

    def __getitem__(self, name):
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __setitem__(self, name, value):
        name, namespace = _split_name(name)
        if value is None:
            raise TypeError(f"the attribute {name!r} can't be None; del removes it")
        _set_attribute(self, name, namespace, value)

    def __delitem__(self, name):
        self[name]
        _set_attribute(self, *_split_name(name), None)

    def get(self, name, default=None):
        """The value of an attribute, or `default`; "{namespace}name" for one in a namespace."""
        name, namespace = _split_name(name)
        value = self.get_attribute(name) if namespace is None else self.get_attribute_ns(name, namespace)
        return default if value is None else value

    def find(self, name=None, namespace=None):
        """The first element in this one with a name and a namespace, None for any; not deeper; or None."""
        return self.get_child(name, namespace)

    def find_all(self, name=None, namespace=None):
        """The elements in this one with a name and a namespace, None for any; not deeper."""
        return [child for child in self if (name is None or child.get_name() == name) and
                (namespace is None or child.get_namespace() == namespace)]

    def __str__(self):
        return self.to_string()

    def __repr__(self):
        xml = self.to_string()
        if len(xml) > 160:
            xml = f"{xml[:159]}…"
        return f"<Headstock.{type(self).__name__} {xml} at {hex(id(self))}>"


@override
class Stanza(Headstock.Stanza):
    """A message, presence or iq."""

    def set_to_jid(self, to_jid=None):
        """Sets whom the stanza is for."""
        Headstock.Stanza.set_to_jid(self, make_jid(to_jid))

    def set_from_jid(self, from_jid=None):
        """Sets whom the stanza is from."""
        Headstock.Stanza.set_from_jid(self, make_jid(from_jid))

    def set_stanza_type(self, stanza_type=None):
        """Sets the type; raises ValueError for one that there is not."""
        check_property(type(self), "stanza-type", stanza_type)
        Headstock.Stanza.set_stanza_type(self, stanza_type)


@override
class Message(Headstock.Message):
    """A message."""

    @classmethod
    def new(cls, stanza_type=None, to=None):
        """Makes a message; `to` is a Jid or a string."""
        check_type("Message", stanza_type)
        return Headstock.Message.new(stanza_type, make_string(to))

    @classmethod
    def new_chat(cls, to, body=None):
        """Makes a message of the type chat; `to` is a Jid or a string."""
        return Headstock.Message.new_chat(make_string(to), body)

    def dup_stanza_id(self, by):
        """The id that an archive has given; `by` is a Jid or a string."""
        return Headstock.Message.dup_stanza_id(self, make_jid(by))


@override
class Presence(Headstock.Presence):
    """A presence."""

    @classmethod
    def new(cls, stanza_type=None):
        """Makes a presence."""
        check_type("Presence", stanza_type)
        return Headstock.Presence.new(stanza_type)

    def set_show(self, show=None):
        """Sets how somebody is available; raises ValueError for what there is not."""
        check_property(type(self), "show", show)
        Headstock.Presence.set_show(self, show)


@override
class Iq(Headstock.Iq):
    """An iq."""

    @classmethod
    def new(cls, stanza_type, to=None, payload=None):
        """Makes an iq; `to` is a Jid or a string."""
        check_type("Iq", stanza_type)
        if stanza_type is None:
            raise ValueError("an iq must have a type")
        return Headstock.Iq.new(stanza_type, make_string(to), payload)

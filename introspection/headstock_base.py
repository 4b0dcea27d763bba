# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is given to Headstock's functions and properties from Python: strings, addresses, and words that stanzas know."""

import difflib
import operator

from gi._gi import GObject as _GObject
from gi.module import get_introspection_module
from gi.overrides import headstock_errors
from gi.overrides import override as _override
from gi.repository import GLib, GObject

Headstock = get_introspection_module("Headstock")

# Where PyGObject looks for overrides: the module that they say they are of.
_MODULE = "gi.overrides.Headstock"

# The modules of classes that are not a program's.
LIBRARY = ("gi.repository.Headstock", _MODULE, "gi.repository.HeadstockTest", "gi.overrides.HeadstockTest")

# What takes the places of C's classes, by name.
OVERRIDES = {}


def override(cls):
    """Registers a class in the place of C's."""
    cls.__module__ = _MODULE
    OVERRIDES[cls.__name__] = _override(cls)
    return cls


# Strings


def check_text(value):
    """Refuses a string that C would cut, alone or in a list."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("a string for Headstock has a NUL character, which XMPP does not allow")
    elif isinstance(value, (list, tuple)):
        for one in value:
            check_text(one)


# Addresses


@override
class Jid(Headstock.Jid):
    """An address.  Compares and sorts as RFC 7622 says, also with a string; str() gives what is sent.

    A string that is no address is equal to no address, and has no order.  The hash is that of str(jid).
    """

    def _order(self, other, holds):
        if isinstance(other, str):
            other = Headstock.Jid.new(other)
        return holds(Headstock.Jid.compare(self, other), 0) if isinstance(other, Headstock.Jid) else NotImplemented

    def compare(self, other):
        """Which of two addresses comes first: less than, equal to or greater than 0; `other` may be a string."""
        return Headstock.Jid.compare(self, make_jid(other))

    def equal(self, other):
        """Whether two addresses are the same; `other` may be a string."""
        return self == other

    equals = equal

    def __eq__(self, other):
        try:
            return self._order(other, operator.eq)
        except (GLib.Error, ValueError):
            return False

    # Not derived from __eq__: the class that C has compares by identity.
    def __ne__(self, other):
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    def __lt__(self, other):
        return self._order(other, operator.lt)

    def __le__(self, other):
        return self._order(other, operator.le)

    def __gt__(self, other):
        return self._order(other, operator.gt)

    def __ge__(self, other):
        return self._order(other, operator.ge)

    def __hash__(self):
        return hash(self.to_string())

    # Everything else that a program reads is an attribute, too.
    bare = property(Headstock.Jid.get_bare, doc="The address without its resource, a Jid.")
    local = property(Headstock.Jid.get_local, doc="The part before the @, or None.")
    domain = property(Headstock.Jid.get_domain, doc="The part between the @ and the slash.")
    resource = property(Headstock.Jid.get_resource, doc="The part after the slash, or None.")

    def __setattr__(self, name, value):
        raise AttributeError(f"a Jid can't be changed: {name!r} is not set")

    def __str__(self):
        return self.to_string()

    def __repr__(self):
        return f"Headstock.Jid({self.to_string()!r})"

    def __reduce__(self):
        return Jid, (self.to_string(),)


# Looked up once: every string that is given to C is compared with it.
_NativeJid = Headstock.Jid


def make_string(address):
    return address.to_string() if isinstance(address, _NativeJid) else address


def make_jid(address):
    return Jid.new(address) if isinstance(address, str) else address


def make_strings(addresses):
    """The addresses in a list as strings."""
    return [make_string(one) for one in addresses] if isinstance(addresses, (list, tuple)) else addresses


# Numbers


def find_check(cls, name):
    """What refuses a value that a property does not take: GObject has but a warning then, and leaves the property as it was.

    None where a property is no number and no enumeration of the library, and where there is none.
    """
    spec = getattr(cls.props, name.replace("-", "_"), None)
    if spec is None:
        return None
    values = getattr(Headstock, spec.value_type.name.removeprefix("Hs"), None) if spec.value_type.is_a(GObject.TYPE_ENUM) else None
    if not hasattr(spec, "minimum") and values is None:
        return None
    known = f"one of {values.__name__}" if values else f"from {spec.minimum:,} to {spec.maximum:,}"

    def check(value):
        if not _is_taken(spec, values, value):
            raise ValueError(f"the {name.replace('_', '-')} of a {cls.__name__} is {known}, not {value!r}")
        return value

    return check


def _is_taken(spec, values, value):
    """Whether a property takes a number; PyGObject refuses what is none."""
    if not isinstance(value, (int, float)):
        return True
    if values is None:
        return spec.minimum <= value <= spec.maximum
    try:
        values(value)
    except ValueError:
        return False
    return True


# What a property takes in another form, too, by the name of its type.
_CONVERTERS = {"HsJid": make_jid, "gchararray": make_string, "GStrv": make_strings}
# The same, or a check, by class and property.
_found = {}


def _find_converter(cls, name):
    spec = getattr(cls.props, name.replace("-", "_"), None)
    convert = spec and _CONVERTERS.get(spec.value_type.name) or find_check(cls, name)
    _found[cls, name] = convert
    return convert


def _convert(cls, name, value):
    check_text(value)
    try:
        convert = _found[cls, name]
    except KeyError:
        convert = _find_converter(cls, name)
    return convert(value) if convert else value


# Words

# What stanzas may say (RFC 6120, 8.2.3; RFC 6121, 4.7 and 5.2.2).
TYPES = {
    "Message": ("normal", "chat", "groupchat", "headline", "error"),
    "Presence": ("available", "unavailable", "subscribe", "subscribed", "unsubscribe", "unsubscribed",
                 "probe", "error"),
    "Iq": ("get", "set", "result", "error"),
}
_SHOWS = ("away", "chat", "dnd", "xa")


def check_word(what, word, known):
    if word is not None and word not in known:
        raise ValueError(f"{what} is one of {', '.join(known)}, not {word!r}")


def check_type(kind, stanza_type):
    article = "an" if kind == "Iq" else "a"
    check_word(f"the type of {article} {kind.lower()}", stanza_type, TYPES[kind])


def check_property(cls, name, value):
    """Refuses what C would not take, and would leave as it was."""
    name = name.replace("-", "_")
    if name == "stanza_type":
        for kind in TYPES:
            if issubclass(cls, getattr(Headstock, kind)):
                check_type(kind, value)
    elif name == "show" and issubclass(cls, Headstock.Presence):
        check_word("the show of a presence", value, _SHOWS)


# Properties


def is_made(obj):
    """Whether an object is there yet, in C."""
    try:
        return obj.__grefcount__ > 0
    except TypeError:
        return False


def _check_writable(cls, name):
    """Refuses a property to make an object with that GObject has but a warning for."""
    spec = getattr(cls.props, name, None)
    if spec is not None and not spec.flags & GObject.ParamFlags.WRITABLE:
        raise TypeError(f"a {cls.__name__} can't be made with the property {name!r}, which can only be read")


def _name_unfit(cls, properties, error):
    """The same error with the name of the property whose type the value can't be turned into."""
    for name, value in properties.items():
        spec = getattr(cls.props, name, None)
        if spec is None or name in str(error):
            continue
        try:
            GObject.Value(spec.value_type).set_value(value)
        except (TypeError, ValueError, OverflowError):
            return type(error)(f"a {cls.__name__} can't be made with {value!r} for {name!r}: {error}")
    return error


class _Props:
    """The properties of one object, as PyGObject gives them: strings are checked, and may be addresses."""

    __slots__ = ("_props", "_cls")

    def __init__(self, props, cls):
        object.__setattr__(self, "_props", props)
        object.__setattr__(self, "_cls", cls)

    def __getattr__(self, name):
        return headstock_errors.attach_stanza(getattr(self._props, name))

    def __setattr__(self, name, value):
        check_property(self._cls, name, value)
        setattr(self._props, name, _convert(self._cls, name, value))

    def __iter__(self):
        return iter(self._props)

    def __dir__(self):
        return dir(self._props)


class _PropsDescriptor:
    def __set__(self, instance, value):
        raise AttributeError("props can't be set: it has the properties")

    def __get__(self, instance, owner, get=vars(_GObject)["props"].__get__):
        if instance is None:
            # help() asks the mixed in class, which has none.
            return get(None, owner) if issubclass(owner, _GObject) else self
        instance._check_thread()
        return _Props(get(instance, owner), owner)


def _check_constructor(cls):
    """Refuses to make a room without an address: C would complain whatever it is asked to do."""
    if cls is OVERRIDES.get("Room"):
        raise TypeError("a Room is made by Muc.add_room() or Muc.join_async(), which take its address")


class Properties:
    """Mixed into what has properties: their strings are checked, and addresses may be strings.

    Each property is an attribute, too.  To set one that there is not raises AttributeError.
    """

    props = _PropsDescriptor()

    def __init__(self, **properties):
        # What is a word of Python's has an underscore at its end: with_.
        properties = {name[:-1] if name.endswith("_") else name: value for name, value in properties.items()}
        for name, value in properties.items():
            check_property(type(self), name, value)
        properties = {name: _convert(type(self), name, value) for name, value in properties.items()}
        for name in properties:
            _check_writable(type(self), name)
        _check_constructor(type(self))
        try:
            super().__init__(**properties)
        except TypeError as error:
            raise _name_unfit(type(self), properties, error) from None

    def __setattr__(self, name, value):
        # What a program's own class has is the program's.
        cls = type(self)
        if cls.__module__ in LIBRARY and not hasattr(cls, name) and not name.startswith("_headstock"):
            near = difflib.get_close_matches(name, [one for one in dir(cls) if not one.startswith("_")], 1, 0.7)
            hint = f", but {near[0]!r}" if near else ""
            namespace = cls.__module__.rpartition(".")[2]
            raise AttributeError(f"a {namespace}.{cls.__name__} has no property {name!r}{hint}")
        super().__setattr__(name, value)

    def _check_thread(self):
        """For a client: raises where it runs in another thread."""

    def get_property(self, name):
        """Gets a property."""
        self._check_thread()
        return headstock_errors.attach_stanza(super().get_property(name))

    def set_property(self, name, value):
        """Sets a property."""
        self._check_thread()
        check_property(type(self), name, value)
        super().set_property(name, _convert(type(self), name, value))

    def set_properties(self, **properties):
        """Sets properties."""
        for name, value in properties.items():
            self.set_property(name, value)

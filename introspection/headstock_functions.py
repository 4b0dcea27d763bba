# SPDX-License-Identifier: LGPL-2.1-or-later
"""Has C's functions check what they are given from Python, return awaitables, and attach stanzas to exceptions."""

import keyword
from functools import wraps

from gi._gi import FunctionInfo
from gi.overrides import headstock_errors
from gi.overrides.headstock_asyncio import make_awaitable
from gi.overrides.headstock_base import (
    OVERRIDES, Headstock, Properties, check_text, find_check, make_jid, make_string, make_strings, override)
from gi.repository import GObject


def _get_type(argument):
    # The method has another name since PyGObject 3.44.
    get_type = getattr(argument, "get_type_info", None) or argument.get_type
    return get_type()


def _get_tag(argument):
    return _get_type(argument).get_tag_as_string()


def _get_interface(argument):
    return _get_type(argument).get_interface().get_name()


def _get_result_tag(info):
    return info.get_return_type().get_tag_as_string()


def _find_converters(info):
    """What makes C's arguments of what a program gives: addresses in either form.  By their places and by their names."""
    # A constructor is called with the class.
    first = 1 if info.is_method() or info.is_constructor() else 0
    found = {}
    for number, argument in enumerate(info.get_arguments()):
        tag = _get_tag(argument)
        convert = {"utf8": make_string, "array": make_strings}.get(tag)
        if tag == "interface" and _get_interface(argument) == "Jid":
            convert = make_jid
        if convert:
            found[first + number] = found[argument.get_name()] = convert
    return found


def _check_function(info):
    """Makes a function of C check its strings, and take addresses in either form, alone or in a list."""
    converters = _find_converters(info)
    if not converters:
        return info

    def call(*arguments, **keywords):
        for one in arguments:
            check_text(one)
        arguments = [converters[number](one) if number in converters else one for number, one in enumerate(arguments)]
        for name, one in keywords.items():
            check_text(one)
            if name in converters:
                keywords[name] = converters[name](one)
        return info(*arguments, **keywords)

    call.__name__ = call.__qualname__ = info.__name__
    call.__doc__ = info.__doc__
    return call


def _check_setter(cls, name, call):
    """Makes the function that sets a property refuse what the property does not take."""
    check = find_check(cls, name)
    if check is None:
        return call

    def set_value(self, *arguments, **keywords):
        for one in (*arguments, *keywords.values()):
            check(one)
        return call(self, *arguments, **keywords)

    set_value.__name__ = set_value.__qualname__ = call.__name__
    set_value.__doc__ = call.__doc__
    return set_value


def check_functions():
    """Makes all functions of C check their strings, except for the hooks of Module, which have none."""
    for name in dir(Headstock):
        item = getattr(Headstock, name)
        if isinstance(item, FunctionInfo) and item.get_arguments():
            setattr(Headstock, name, _check_function(item))
        elif isinstance(item, type) and item is not Headstock.Module and not issubclass(item, int):
            for cls in item.__mro__:
                if cls.__module__ == "gi.repository.Headstock" and cls is not Headstock.Module:
                    _check_methods(cls)


def _check_methods(cls):
    for name, attribute in list(vars(cls).items()):
        # PyGObject 3.58 wraps what belongs to the class.
        info = getattr(attribute, "__func__", attribute)
        if name == "__new__" or not isinstance(info, FunctionInfo):
            continue
        call = _check_function(info)
        if name.startswith("set_") and issubclass(cls, GObject.Object):
            call = _check_setter(cls, name[len("set_"):], call)
        if name.endswith("_finish"):
            call = headstock_errors.attach_to_raised(call)
        elif _get_result_tag(info) == "error":
            call = headstock_errors.attach_to_result(call)
        if info.is_method() and name.endswith("_async"):
            call = make_awaitable(call, info)
        if call is info:
            continue
        if info.is_constructor():
            if isinstance(vars(cls).get("__new__"), staticmethod) and name == "new":
                cls.__new__ = staticmethod(call)
            call = classmethod(call)
        elif not info.is_method():
            call = staticmethod(call)
        setattr(cls, name, call)


def _check_first(function):
    @wraps(function)
    def checked(self, *args, **kwargs):
        self.check_thread()
        return function(self, *args, **kwargs)

    return checked


def check_threads():
    """Has the functions that have no error to fail with raise where the client runs in another thread.

    C refuses the call then, and has but a warning to say so.
    """
    client = OVERRIDES["Client"]
    for info in Headstock.Client.__info__.get_methods():
        name = info.get_name()
        if not info.is_method() or info.can_throw_gerror() or name.endswith("_async"):
            continue
        setattr(client, name, _check_first(vars(client).get(name) or getattr(Headstock.Client, name)))


def check_properties():
    """Has what has nothing else of its own here check its properties, too."""
    for name in dir(Headstock):
        item = getattr(Headstock, name)
        if isinstance(item, type) and issubclass(item, GObject.Object) and name not in OVERRIDES:
            override(type(name, (Properties, item), {"__doc__": item.__doc__, "__module__": __name__}))


def make_attributes(namespace, overrides):
    """Makes each property an attribute, where a class has nothing else by that name."""
    for name in dir(namespace):
        item = overrides.get(name) or getattr(namespace, name)
        if not isinstance(item, type) or not issubclass(item, GObject.Object):
            continue
        for spec in item.list_properties():
            attribute = spec.name.replace("-", "_")
            if keyword.iskeyword(attribute):
                attribute += "_"
            if not hasattr(item, attribute):
                setattr(item, attribute, _make_attribute(item, spec))


def _make_attribute(cls, spec):
    name = spec.name
    get = getattr(cls, "get_" + name.replace("-", "_"), None)
    # An element's function takes less time than its property.
    if not issubclass(cls, Headstock.Element) or not isinstance(get, FunctionInfo):
        def get(self):
            return self.get_property(name)

    def set_value(self, value):
        if not writable:
            raise AttributeError(f"the property {name!r} of a {type(self).__name__} can't be set")
        self.set_property(name, value)

    writable = spec.flags & GObject.ParamFlags.WRITABLE and not spec.flags & GObject.ParamFlags.CONSTRUCT_ONLY
    return property(get, set_value, doc=f"The property {name}, a {spec.value_type.name}.")

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Python adds to Headstock (PyGObject loads this file with the namespace).

Handlers.  `xmpphandler` marks methods, `Client.register` takes the object that has them, and calls
its methods named in `HOOKS` as well.  A marked method is called with the element; a function given to
`Client.add_handler` or `Client.register_on_iq` with the client, the element and the data that was
given with it.  What either returns is sent: an element, or None for nothing; anything else is
reported and counts as None.  One that raises is reported with its traceback (`sys.excepthook`), and
an iq that nobody else answers gets `internal-server-error` then.

Lifetime.  What is registered lives as long as the client does, and is held by the client's Python
object alone: C knows only the numbers under which it is kept.  An object that keeps the client in
turn makes a circle that Python can see, and collects once nobody else holds either.

Coroutines.  A function with a callback returns an awaitable where none is given: `await client.request(iq)`,
`await client.send(stanza)`, `await client.connect_async()`; `async with client:` is a session.  `run()` runs a coroutine.
A handler may be a coroutine function, whose value is the reply; so may the methods in HOOKS, but for negotiate.

Ctrl-C and SIGTERM.  `Client.run` ends the run in order and returns, as after `Client.stop`; a second signal
ends the process.  Where the program has set a handler of its own, that one is called instead.

Addresses may be given as `Jid` or as strings, whatever C takes.

Errors.  What is raised is a GLib.Error.  One for a stanza error has `condition`, `error_type`, `text` and `stanza`.

Types.  A stanza's type, a presence's show or priority that RFC 6120 and RFC 6121 do not know raises ValueError
where it is given.

Properties are attributes: `client.host`, `message.body`.  To set one that an object of the library does not have
raises AttributeError; an object of a program's own class keeps what it is given.

Strings.  One with a NUL character raises ValueError wherever it is given to a function or a property: C
would cut it there.

Threads.  Whatever is called of a client that runs in another thread raises GLib.Error with
HS_ERROR_WRONG_THREAD; GLib.idle_add() calls a function in the thread of the main loop.
"""

import difflib
import inspect
import itertools
import keyword
import operator
import os
import signal
import sys
import threading
import warnings
import weakref
from collections import deque
from contextlib import contextmanager, suppress
from functools import wraps

import gi
from gi._gi import CallableInfo, FunctionInfo
from gi._gi import GObject as _GObject
from gi._ossighelper import PyOS_getsig, sigint_handler_is_default, wakeup_on_signal
from gi.module import get_introspection_module
from gi.overrides import headstock_errors, override
from gi.overrides.headstock_asyncio import get_loop, make_awaitable, run
from gi.repository import GLib, GObject

Headstock = get_introspection_module("Headstock")

__all__ = ["run", "xmpphandler"]

# C's own, without a check of strings, of which it takes none.
_send_stanza = Headstock.Client.send_stanza

# What a registered object may have: its methods with these names are called with the client, negotiate
# with the stream's features, prepare_presence and presence_sent with the presence as well, as far as they
# take them.
# A Module has them as do_attached and so on.
HOOKS = ("attached", "negotiate", "prepare_presence", "ready", "stopping", "cleanup", "terminated",
         "detached", "begin", "resumed", "lost", "presence_sent")

_MARK = "_headstock_handlers"


# Strings


def _check_text(value):
    """Refuses a string that C would cut, alone or in a list."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("a string for Headstock has a NUL character, which XMPP does not allow")
    elif isinstance(value, (list, tuple)):
        for one in value:
            _check_text(one)


def _get_tag(argument):
    # The method has another name since PyGObject 3.44.
    get_type = getattr(argument, "get_type_info", None) or argument.get_type
    return get_type().get_tag_as_string()


def _get_result_tag(info):
    return info.get_return_type().get_tag_as_string()


def _text_positions(info):
    """Where a function of C takes a string."""
    first = 1 if info.is_method() else 0
    return {first + number for number, argument in enumerate(info.get_arguments())
            if _get_tag(argument) == "utf8"}


def _to_strings(value):
    """The addresses in a list as strings."""
    if isinstance(value, (list, tuple)):
        return [str(one) if isinstance(one, Headstock.Jid) else one for one in value]
    return value


def _check_function(info):
    """Makes a function of C check its strings, and take an address for one, alone or in a list."""
    texts = _text_positions(info)
    if not texts and not any(_get_tag(argument) == "array" for argument in info.get_arguments()):
        return info

    def call(*arguments, **keywords):
        if texts and any(isinstance(one, Headstock.Jid) for one in arguments):
            arguments = [str(one) if number in texts and isinstance(one, Headstock.Jid) else one
                         for number, one in enumerate(arguments)]
        if any(isinstance(one, (list, tuple)) for one in arguments):
            arguments = [_to_strings(one) for one in arguments]
        for one in arguments:
            _check_text(one)
        for one in keywords.values():
            _check_text(one)
        return info(*arguments, **keywords)

    call.__name__ = call.__qualname__ = info.__name__
    call.__doc__ = info.__doc__
    return call


def _check_functions():
    """Makes all functions of C check their strings, except for the hooks of Module, which have none."""
    for name in dir(Headstock):
        item = getattr(Headstock, name)
        if isinstance(item, FunctionInfo) and item.get_arguments():
            setattr(Headstock, name, _check_function(item))
        elif isinstance(item, type) and item is not Module and not issubclass(item, int):
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
        return Headstock.Jid.compare(self, _to_jid(other))

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

    def __setattr__(self, name, value):
        raise AttributeError(f"a Jid can't be changed: {name!r} is not set")

    def __str__(self):
        return self.to_string()

    def __repr__(self):
        return f"Headstock.Jid({self.to_string()!r})"

    def __reduce__(self):
        return Jid, (self.to_string(),)


def _to_string(address):
    return address.to_string() if isinstance(address, Headstock.Jid) else address


def _to_jid(address):
    return Jid.new(address) if isinstance(address, str) else address


_ADDRESSES = {"to": _to_string, "to_jid": _to_jid, "from_jid": _to_jid, "jid": _to_jid}


def _convert(name, value):
    _check_text(value)
    convert = _ADDRESSES.get(name.replace("-", "_"))
    return convert(value) if convert else value


# What stanzas may say (RFC 6120, 8.2.3; RFC 6121, 4.7 and 5.2.2).
_TYPES = {
    "Message": ("normal", "chat", "groupchat", "headline", "error"),
    "Presence": ("available", "unavailable", "subscribe", "subscribed", "unsubscribe", "unsubscribed",
                 "probe", "error"),
    "Iq": ("get", "set", "result", "error"),
}
_SHOWS = ("away", "chat", "dnd", "xa")


def _check_word(what, word, known):
    if word is not None and word not in known:
        raise ValueError(f"{what} is one of {', '.join(known)}, not {word!r}")


def _check_type(kind, stanza_type):
    article = "an" if kind == "Iq" else "a"
    _check_word(f"the type of {article} {kind.lower()}", stanza_type, _TYPES[kind])


def _check_property(cls, name, value):
    """Refuses what C would not take, and would leave as it was."""
    name = name.replace("-", "_")
    if name == "stanza_type":
        for kind in _TYPES:
            if issubclass(cls, getattr(Headstock, kind)):
                _check_type(kind, value)
    elif name == "show" and issubclass(cls, Headstock.Presence):
        _check_word("the show of a presence", value, _SHOWS)
    elif name == "priority" and issubclass(cls, Headstock.Presence) and not -128 <= value <= 127:
        raise ValueError(f"the priority of a presence is from -128 to 127, not {value}")


class _Props:
    """The properties of one object, as PyGObject gives them: strings are checked, and may be addresses."""

    __slots__ = ("_props", "_cls")

    def __init__(self, props, cls):
        object.__setattr__(self, "_props", props)
        object.__setattr__(self, "_cls", cls)

    def __getattr__(self, name):
        return headstock_errors.attach_stanza(getattr(self._props, name))

    def __setattr__(self, name, value):
        _check_property(self._cls, name, value)
        setattr(self._props, name, _convert(name, value))

    def __iter__(self):
        return iter(self._props)

    def __dir__(self):
        return dir(self._props)


class _PropsDescriptor:
    def __get__(self, instance, owner, get=vars(_GObject)["props"].__get__):
        if instance is None:
            # help() asks the mixed in class, which has none.
            return get(None, owner) if issubclass(owner, _GObject) else self
        instance._check_thread()
        return _Props(get(instance, owner), owner)


# The modules of classes that are not a program's.
_LIBRARY = ("gi.repository.Headstock", __name__)


class _Properties:
    """Mixed into what has properties: their strings are checked, and addresses may be strings.

    Each property is an attribute, too.  To set one that there is not raises AttributeError.
    """

    props = _PropsDescriptor()

    def __init__(self, **properties):
        # What is a word of Python's has an underscore at its end: with_.
        properties = {name[:-1] if name.endswith("_") else name: value for name, value in properties.items()}
        for name, value in properties.items():
            _check_property(type(self), name, value)
        super().__init__(**{name: _convert(name, value) for name, value in properties.items()})

    def __setattr__(self, name, value):
        # What a program's own class has is the program's.
        cls = type(self)
        if cls.__module__ in _LIBRARY and not hasattr(cls, name) and not name.startswith("_headstock"):
            near = difflib.get_close_matches(name, [one for one in dir(cls) if not one.startswith("_")], 1, 0.7)
            hint = f", but {near[0]!r}" if near else ""
            raise AttributeError(f"a Headstock.{cls.__name__} has no property {name!r}{hint}")
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
        _check_property(type(self), name, value)
        super().set_property(name, _convert(name, value))

    def set_properties(self, **properties):
        """Sets properties."""
        for name, value in properties.items():
            self.set_property(name, value)


# Elements


def _split_name(name):
    if not isinstance(name, str):
        raise TypeError(f"an attribute's name is a string, not {name!r}")
    namespace, brace, local = name[1:].partition("}") if name.startswith("{") else (None, "", name)
    return (local, namespace) if brace else (name, None)


def _set_attribute(element, name, namespace, value):
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, (int, Headstock.Jid)):
        value = str(value)
    if namespace is None:
        element.set_attribute(name, value)
    else:
        element.set_attribute_ns(name, namespace, value)


def _is_made(element):
    """Whether an element is there yet, in C."""
    try:
        return element.__grefcount__ > 0
    except TypeError:
        return False


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
class Element(_Properties, Headstock.Element):
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
        made = named and _is_made(self)
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
        Headstock.Stanza.set_to_jid(self, _to_jid(to_jid))

    def set_from_jid(self, from_jid=None):
        """Sets whom the stanza is from."""
        Headstock.Stanza.set_from_jid(self, _to_jid(from_jid))

    def set_stanza_type(self, stanza_type=None):
        """Sets the type; raises ValueError for one that there is not."""
        _check_property(type(self), "stanza-type", stanza_type)
        Headstock.Stanza.set_stanza_type(self, stanza_type)


@override
class Message(Headstock.Message):
    """A message."""

    @classmethod
    def new(cls, stanza_type=None, to=None):
        """Makes a message; `to` is a Jid or a string."""
        _check_type("Message", stanza_type)
        return Headstock.Message.new(stanza_type, _to_string(to))

    @classmethod
    def new_chat(cls, to, body=None):
        """Makes a message of the type chat; `to` is a Jid or a string."""
        return Headstock.Message.new_chat(_to_string(to), body)

    def dup_stanza_id(self, by):
        """The id that an archive has given; `by` is a Jid or a string."""
        return Headstock.Message.dup_stanza_id(self, _to_jid(by))


@override
class Presence(Headstock.Presence):
    """A presence."""

    @classmethod
    def new(cls, stanza_type=None):
        """Makes a presence."""
        _check_type("Presence", stanza_type)
        return Headstock.Presence.new(stanza_type)

    def set_show(self, show=None):
        """Sets how somebody is available; raises ValueError for what there is not."""
        _check_property(type(self), "show", show)
        Headstock.Presence.set_show(self, show)

    def set_priority(self, priority):
        """Sets the priority; raises ValueError for one that there is not."""
        _check_property(type(self), "priority", priority)
        Headstock.Presence.set_priority(self, priority)


@override
class Iq(Headstock.Iq):
    """An iq."""

    @classmethod
    def new(cls, stanza_type, to=None, payload=None):
        """Makes an iq; `to` is a Jid or a string."""
        _check_type("Iq", stanza_type)
        if stanza_type is None:
            raise ValueError("an iq must have a type")
        return Headstock.Iq.new(stanza_type, _to_string(to), payload)


# Handlers


def _check_narrowing(name, stanza_type, from_jid):
    """Refuses a type that no stanza has; gives the address as a Jid."""
    kinds = [kind for kind in _TYPES if kind.lower() == name] or _TYPES
    if stanza_type is not None:
        _check_word(f"the type of the stanza around {name!r}", stanza_type,
                    [one for kind in kinds for one in _TYPES[kind]])
    return _to_jid(from_jid)


def xmpphandler(name, namespace=None, *, type=None, from_jid=None, once=False, forget=False, from_account=False,
                nested=False):
    """Marks a method as a handler of elements, for `Client.register`.

    The method is called with the element, and what it returns is sent.  A method may be marked more
    than once.  With `type` and `from_jid` it is called only where the stanza is of that type and from
    that address, of which a bare one stands for all its resources.  The other keywords are those of
    `HandlerFlags`.
    """
    if name is not None and not isinstance(name, str):
        raise TypeError("xmpphandler takes the name of an element: @xmpphandler(name, namespace)")
    _check_text([name, namespace])
    from_jid = _check_narrowing(name, type, from_jid)
    flags = Headstock.HandlerFlags.DEFAULT
    for wanted, flag in ((once, Headstock.HandlerFlags.ONCE),
                         (forget, Headstock.HandlerFlags.FORGET),
                         (from_account, Headstock.HandlerFlags.FROM_ACCOUNT),
                         (nested, Headstock.HandlerFlags.NESTED)):
        if wanted:
            flags |= flag

    def mark(function):
        # A list of its own: functools.wraps() copies the attribute.
        setattr(function, _MARK, [(name, namespace, type, from_jid, flags), *getattr(function, _MARK, ())])
        return function

    return mark


def _find_marked(obj):
    """The names of an object's marked methods with their marks, in the order of their definition.

    A method that is overridden keeps its marks unless it has its own.
    """
    found = {}
    for cls in reversed(type(obj).__mro__):
        for name, value in vars(cls).items():
            marks = getattr(getattr(value, "__func__", value), "__dict__", {}).get(_MARK)
            if marks:
                found[name] = marks
    for name, value in getattr(obj, "__dict__", {}).items():
        marks = getattr(value, "__dict__", {}).get(_MARK)
        if marks:
            found[name] = marks
    return [(name, mark) for name, marks in found.items() for mark in marks]


class _State:
    """What a client's Python object keeps for it."""

    def __init__(self):
        self.numbers = itertools.count()
        self.functions = {}  # by number: a function with its data, and the watch for its end
        self.objects = {}    # by number: what is registered (or _ITSELF), and its agent
        self.failed = set()  # the iqs that a handler failed on
        self.failed_handler = 0
        self.deferred = deque(maxlen=64)
        self.pending = {}    # by key: the iqs that coroutines answer
        self.tasks = set()

    def keep(self, function, data):
        """Keeps a function until C has let go of what is returned, which calls it.

        It is called with (client, element, *data), or with the element alone where data is None.
        """
        number = next(self.numbers)
        this = weakref.ref(self)

        def call(client, element, _data=None):
            kept = client._headstock.functions.get(number)
            if kept is None:
                return None
            function, data, _watch = kept
            try:
                result = function(element) if data is None else function(client, element, *data)
            except Exception:
                _report_failure(client, element)
                return None
            if result is None or isinstance(result, Headstock.Element):
                return result
            if inspect.isawaitable(result):
                return _await_reply(client, element, function, result)
            return _refuse_result(function, result)

        def forget(_watch):
            state = this()
            if state is not None:
                state.functions.pop(number, None)

        self.functions[number] = (function, data, weakref.ref(call, forget))
        return call


def _get_state(client):
    state = client._headstock
    if state is None:
        state = client._headstock = _State()
    return state


def _refuse_result(function, result):
    """Tells of a result that cannot be sent; it counts as None."""
    error = TypeError(f"the handler {function!r} returned {result!r}, which is neither an element "
                      "nor None")
    sys.excepthook(TypeError, error, None)


def _key(iq):
    return iq.get_attribute("from"), iq.get_attribute("id")


def _report_failure(client, element):
    """Tells of the exception, and sees to it that the iq around the element is answered.

    That is for after all handlers and everybody who is connected to `iq`: one may answer it still.
    """
    sys.excepthook(*sys.exc_info())
    while (parent := element.get_parent()) is not None:
        element = parent
    if not isinstance(element, Headstock.Iq) or element.get_stanza_type() not in ("get", "set"):
        return
    state = _get_state(client)
    state.failed.add(_key(element))
    if not state.failed_handler:
        state.failed_handler = client.connect_after("iq", _answer_failed)


def _answer_failed(client, iq):
    state = _get_state(client)
    client.disconnect(state.failed_handler)
    state.failed_handler = 0
    key = _key(iq)
    failed = key in state.failed and key not in state.deferred
    state.failed.clear()
    if failed and key in state.pending:
        state.pending[key].failed = True
    elif failed:
        _send_answer(client, iq.new_error_reply(Headstock.StanzaError.INTERNAL_SERVER_ERROR, None))
    return failed


def _send_answer(client, reply):
    # It has been answered, or nobody is there any more.
    with suppress(GLib.Error):
        client.send_stanza(reply)


# Handlers that are coroutines


class _Pending:
    """An iq that coroutines may answer: how many, whether one failed, whether anybody has answered."""

    def __init__(self):
        self.count = 0
        self.failed = False
        self.answered = False


def _start_task(client, coroutine):
    """Runs what a handler or hook has returned; whoever is collected would not go on."""
    async def wait():
        return await coroutine

    tasks = _get_state(client).tasks
    task = get_loop().create_task(coroutine if inspect.iscoroutine(coroutine) else wait())
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return task


def _report_task(task):
    """Tells of a task's exception, as of a handler's; gives whether there was one."""
    if task.cancelled():
        return True
    error = task.exception()
    if error is not None:
        sys.excepthook(type(error), error, error.__traceback__)
    return error is not None


def _await_reply(client, element, function, coroutine):
    """What the coroutine returns is the reply.  The iq around the element is answered once all have ended."""
    state, iq, pending = _get_state(client), element, None
    while (parent := iq.get_parent()) is not None:
        iq = parent
    if isinstance(iq, Headstock.Iq) and iq.get_stanza_type() in ("get", "set"):
        pending = state.pending.setdefault(_key(iq), _Pending())
        pending.count += 1
        Headstock.Client.defer_reply(client, iq)

    def done(task):
        failed = _report_task(task)
        reply = None if failed else task.result()
        if isinstance(reply, Headstock.Element):
            try:
                client.send_stanza(reply)
            except GLib.Error:
                sys.excepthook(*sys.exc_info())
        elif reply is not None:
            _refuse_result(function, reply)
        if pending is None:
            return
        pending.count -= 1
        pending.failed |= failed
        if pending.count == 0 and state.pending.pop(_key(iq), None) and not pending.answered \
                and _key(iq) not in state.deferred:
            _answer_by_default(client, iq, pending.failed)

    _start_task(client, coroutine).add_done_callback(done)


def _answer_by_default(client, iq, failed):
    """What the client itself would have done (RFC 6120, 8.2.3; RFC 6121, 2.1.6)."""
    content = iq.get_children()
    condition = Headstock.StanzaError.SERVICE_UNAVAILABLE
    if failed:
        condition = Headstock.StanzaError.INTERNAL_SERVER_ERROR
    elif len(content) != 1:
        condition = Headstock.StanzaError.BAD_REQUEST
    elif iq.get_stanza_type() == "set" and content[0].matches("query", Headstock.NS_ROSTER) and \
            (iq.get("from") is None or iq.from_jid in (client.bound_jid, client.bound_jid.get_bare())):
        _send_answer(client, iq.new_reply())
        return
    _send_answer(client, iq.new_error_reply(condition, None))


def _note_answer(state, stanza):
    """Remembers that an iq for which coroutines run has been answered."""
    if isinstance(stanza, Headstock.Iq) and stanza.get_stanza_type() in ("result", "error"):
        pending = state.pending.get((stanza.get_attribute("to"), stanza.get_attribute("id")))
        if pending is not None:
            pending.answered = True


# Registered objects

# The files whose lines are no program's: PyGObject's, and this one.
_NOT_THE_PROGRAM = (os.path.dirname(gi.__file__) + os.sep, __file__)


def _warn(message):
    """Warns at the program's line, however many of PyGObject's functions lie between."""
    frame, level = sys._getframe(), 1
    while frame.f_back and frame.f_code.co_filename.startswith(_NOT_THE_PROGRAM):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, stacklevel=level)


@override
class Module(Headstock.Module):
    """What a class implements that is a module by itself: do_ready(), do_stopping() and so on."""

    def __init_subclass__(cls, **keywords):
        super().__init_subclass__(**keywords)
        for hook in HOOKS:
            if inspect.isfunction(vars(cls).get(hook)):
                _warn(f"{cls.__qualname__}.{hook}() is not called by the client: in a "
                      f"Headstock.Module it is do_{hook}()")


# Stands for the client in its own list, which would otherwise be a circle.
_ITSELF = object()


class _Agent(GObject.Object, Module, Headstock.Described):
    """The module that C knows in place of a registered object."""

    # PyGObject makes no GType for a class in an override's own module.
    __module__ = "headstock"
    __gtype_name__ = "HeadstockPythonAgent"

    # The client asks: where nobody takes part before the sign-in, it does not wait for the features.
    negotiates = GObject.Property(type=bool, default=False)
    # And where nobody asks before the first presence, it does not keep the features.
    begins = GObject.Property(type=bool, default=False)

    def __init__(self, number, obj):
        super().__init__()
        self.number = number
        self.begins = isinstance(obj, Headstock.Module) or callable(getattr(obj, "begin", None))
        self.negotiates = isinstance(obj, Headstock.Module) or callable(getattr(obj, "negotiate", None))
        # What is registered is held by the client's Python object alone.
        self.described = weakref.ref(obj) if isinstance(obj, Headstock.Described) else None
        if self.described:
            self.changed = obj.connect("description-changed", _description_changed, weakref.ref(self))

    def get_object(self, client):
        """What is registered; None where the client is going."""
        state = getattr(client, "_headstock", None)
        obj, _agent = state.objects.get(self.number, (None, None)) if state else (None, None)
        return client if obj is _ITSELF else obj

    def tell(self, hook, client, *more):
        """Calls one of HOOKS, where there is one."""
        obj = self.get_object(client)
        if obj is None:
            return None
        try:
            if isinstance(obj, Headstock.Module):
                return getattr(Headstock.Module, hook)(obj, client, *more)
            method = _find_hook(obj, hook)
            if method is None:
                return None
            result = method(*(client, *more)[:_count_arguments(method, 1 + len(more))])
            if not inspect.iscoroutine(result):
                return result
            if hook == "negotiate":
                result.close()
                raise TypeError(f"{method!r} is a coroutine function: negotiate() returns True at once, and the "
                                "program calls continue_negotiation() later")
            _start_task(client, result).add_done_callback(_report_task)
            return None
        except Exception:
            sys.excepthook(*sys.exc_info())
            return None

    def do_attached(self, client):
        obj = self.get_object(client)
        keep = _get_state(client).keep
        for name, (element, namespace, stanza_type, from_jid, flags) in _find_marked(obj):
            method = getattr(obj, name)
            if obj is client and inspect.isfunction(getattr(type(obj), name, None)):
                # Not the bound method, which would hold the client.
                call = keep(getattr(type(obj), name), ())
            else:
                call = keep(method, None)
            _add_handler(client, element, namespace, stanza_type, from_jid, flags, call)
        self.tell("attached", client)

    def do_negotiate(self, client, features):
        return bool(self.tell("negotiate", client, features))

    def do_prepare_presence(self, client, presence):
        self.tell("prepare_presence", client, presence)

    def do_begin(self, client):
        self.tell("begin", client)

    def do_resumed(self, client):
        self.tell("resumed", client)

    def do_lost(self, client):
        self.tell("lost", client)

    def do_presence_sent(self, client, presence):
        self.tell("presence_sent", client, presence)

    def do_ready(self, client):
        self.tell("ready", client)

    def do_stopping(self, client):
        self.tell("stopping", client)

    def do_cleanup(self, client):
        self.tell("cleanup", client)

    def do_terminated(self, client):
        self.tell("terminated", client)

    def do_detached(self, client):
        self.tell("detached", client)

    def do_describe(self, info):
        obj = self.described() if self.described else None
        if obj is None:
            return
        try:
            Headstock.Described.describe(obj, info)
        except Exception:
            sys.excepthook(*sys.exc_info())

    def forget(self):
        """Stops listening to what was registered."""
        obj = self.described() if self.described else None
        if obj is not None:
            obj.disconnect(self.changed)


def _find_hook(obj, hook):
    """What an object has to be told by, or None."""
    method = getattr(obj, hook, None)
    # A client that registers itself has prepare_presence() from the library, which is no hook.
    own = getattr(type(obj), hook, None)
    if not callable(method) or isinstance(own, CallableInfo) or \
            (isinstance(obj, Client) and own is getattr(Client, hook, None)):
        return None
    return method


def _has_hooks(obj):
    return any(_find_hook(obj, hook) is not None for hook in HOOKS)


def _check_registered(obj):
    """Refuses what would never be called."""
    if obj is None or isinstance(obj, (type, str)):
        hint = f": register({obj.__name__}())" if isinstance(obj, type) else ""
        raise TypeError(f"register() takes an object that has handlers or hooks, not {obj!r}{hint}")
    if not isinstance(obj, (Headstock.Module, Headstock.Described)) and not _find_marked(obj) and not _has_hooks(obj):
        raise TypeError(f"{obj!r} has nothing that the client could call: no method that is marked with "
                        f"@Headstock.xmpphandler(name, namespace), and none of the methods {', '.join(HOOKS)}")


def _add_handler(client, name, namespace, stanza_type, from_jid, flags, call):
    if stanza_type is None and from_jid is None:
        return Headstock.Client.add_handler(client, name, namespace, flags, call)
    return Headstock.Client.add_handler_full(client, name, namespace, stanza_type, from_jid, flags, call)


def _description_changed(_obj, agent):
    if agent() is not None:
        agent().emit("description-changed")


def _count_arguments(function, most):
    """How many positional arguments a function takes, up to `most`."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return most
    if any(one.kind is one.VAR_POSITIONAL for one in parameters):
        return most
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return min(most, sum(one.kind in kinds for one in parameters))


def _is_native_module(obj):
    """Whether C, and not Python, made the object a module."""
    for cls in type(obj).__mro__:
        if "__info__" in vars(cls) and issubclass(cls, GObject.Object):
            return issubclass(cls, Headstock.Module)
    return False


# The client


@override
class Client(_Properties, Headstock.Client):
    """A connection to an XMPP server.

    A subclass that has marked methods or methods named in HOOKS, or is a Module, is registered with itself when
    it is made.
    """

    _headstock = None

    def __init__(self, **properties):
        super().__init__(**properties)
        if type(self).__module__ not in _LIBRARY and \
                (_find_marked(self) or isinstance(self, Headstock.Module) or _has_hooks(self)):
            self.register(self)

    @classmethod
    def new(cls, jid, password=None):
        """Makes a client for an account; the address is a Jid or a string.

        With a string that is no address, starting the client ends with HS_ERROR_INVALID_JID.
        """
        if cls is not Client:
            return cls(jid=jid, password=password)
        return Headstock.Client.new(_to_string(jid), password)

    @classmethod
    def new_for_jid(cls, jid, password=None):
        """Makes a client for an account; raises GLib.Error for a string that is no address."""
        return cls(jid=jid, password=password)

    def add_handler(self, name, namespace, flags, function, *data, type=None, from_jid=None):
        """Says what to call, with (client, element, *data), when an element comes.

        With `type` and `from_jid` only where its stanza is of that type and from that address.
        Returns an id for remove_handler().
        """
        from_jid = _check_narrowing(name, type, from_jid)
        call = _get_state(self).keep(function, data)
        return _add_handler(self, name, namespace, type, from_jid, flags, call)

    def add_handler_full(self, name, namespace, type, from_jid, flags, function, *data):
        """add_handler() with the arguments in the order that C has them in."""
        return self.add_handler(name, namespace, flags, function, *data, type=type, from_jid=from_jid)

    def register_on_iq(self, type, id, flags, function, *data):
        """Says what to call, with (client, iq, *data), when an iq comes.

        Returns an id for remove_handler().
        """
        _check_type("Iq", type)
        call = _get_state(self).keep(function, data)
        return Headstock.Client.register_on_iq(self, type, id, flags, call)

    def register(self, obj):
        """Registers a Module, or any other object.

        The object's methods marked with xmpphandler() become handlers, and those named in HOOKS are
        called as the client goes through its life: ready(client), stopping(client), and so on.  An
        object that is registered already is not registered again.  One that has nothing to call raises
        TypeError.
        """
        _check_registered(obj)
        state = _get_state(self)
        if self._find_agent(obj)[0] is not None:
            return
        native = _is_native_module(obj)
        if not native or _find_marked(obj):
            number = next(state.numbers)
            agent = _Agent(number, obj)
            state.objects[number] = (_ITSELF if obj is self else obj, agent)
            Headstock.Client.register(self, agent)
        if native:
            Headstock.Client.register(self, obj)

    def unregister(self, obj):
        """Undoes register(): the object's handlers are gone when this returns."""
        number, agent = self._find_agent(obj)
        if agent is not None:
            Headstock.Client.unregister(self, agent)
            agent.forget()
            _get_state(self).objects.pop(number, None)
        if _is_native_module(obj):
            Headstock.Client.unregister(self, obj)

    def _find_agent(self, obj):
        wanted = _ITSELF if obj is self else obj
        for number, (kept, agent) in _get_state(self).objects.items():
            if kept is wanted:
                return number, agent
        return None, None

    def send_stanza(self, stanza):
        """Sends a stanza; raises GLib.Error where it can't be sent."""
        sent = _send_stanza(self, stanza)
        if self._headstock is not None and self._headstock.pending:
            _note_answer(self._headstock, stanza)
        return sent

    def send_raw_stanza(self, xml):
        """Sends stanzas that are written already; raises GLib.Error where they are wrong or can't be sent."""
        sent = Headstock.Client.send_raw_stanza(self, xml)
        if self._headstock is not None and self._headstock.pending:
            for stanza in Element.new_from_string(f"<all xmlns='{Headstock.NS_CLIENT}'>{xml}</all>"):
                _note_answer(self._headstock, stanza)
        return sent

    def request(self, iq, timeout=-1, cancellable=None):
        """Sends an iq; awaiting it gives the answer, or raises GLib.Error.

        `timeout` is in milliseconds, -1 for the property request-timeout.
        """
        return self.request_async(iq, timeout, cancellable)

    def send(self, stanza, cancellable=None):
        """Sends a stanza; awaiting it gives True once its delivery status is known, or raises GLib.Error."""
        sent = self.send_async(stanza, cancellable)
        if self._headstock is not None and self._headstock.pending:
            _note_answer(self._headstock, stanza)
        return sent

    async def __aenter__(self):
        await self.connect_async()
        return self

    async def __aexit__(self, *_exception):
        await self.close_async()

    def defer_reply(self, iq):
        """Says that the iq, which is being dispatched, will be answered later."""
        _get_state(self).deferred.append(_key(iq))
        Headstock.Client.defer_reply(self, iq)

    def continue_negotiation(self, error=None):
        """Lets the client sign in, or end with a GLib.Error, after do_negotiate() returned True."""
        # PyGObject 3.42 takes no None for an error.
        if error is None:
            self.proceed()
        else:
            Headstock.Client.continue_negotiation(self, error)

    def _check_thread(self):
        self.check_thread()

    def is_own(self, jid=None):
        """Whether an address, a Jid or a string, is the account's."""
        return Headstock.Client.is_own(self, _to_jid(jid))

    def start(self):
        """Begins a run and returns at once; raises GLib.Error where another thread iterates the main context."""
        context = GLib.MainContext.ref_thread_default()
        if not context.acquire():
            raise GLib.Error.new_literal(
                Headstock.error_quark(),
                "start() would start the client in a main context that another thread iterates: "
                "have GLib.idle_add() call it there", Headstock.Error.WRONG_THREAD)
        context.release()
        Headstock.Client.start(self)

    def run(self):
        """Starts the client and returns when it has terminated; raises GLib.Error where it failed.

        Ctrl-C and SIGTERM stop it, and this returns when the stream is closed; a second one ends
        the process at once.
        """
        # Before there is a signal handler: a stop is for a run that has begun.  A client that another
        # thread has started may be run by this one.
        with suppress(GLib.Error):
            self.start()
        with _stop_on_interrupt(self), wakeup_on_signal():
            return Headstock.Client.run(self)


def _check_first(function):
    @wraps(function)
    def checked(self, *args, **kwargs):
        self.check_thread()
        return function(self, *args, **kwargs)

    return checked


def _check_threads():
    """Has the functions that have no error to fail with raise where the client runs in another thread.

    C refuses the call then, and has but a warning to say so.
    """
    for info in Headstock.Client.__info__.get_methods():
        name = info.get_name()
        if not info.is_method() or info.can_throw_gerror() or name.endswith("_async"):
            continue
        setattr(Client, name, _check_first(vars(Client).get(name) or getattr(Headstock.Client, name)))


@contextmanager
def _stop_on_interrupt(client):
    before = {}
    if threading.current_thread() is threading.main_thread():
        if sigint_handler_is_default():
            before[signal.SIGINT] = signal.default_int_handler
        # Python does not know of a handler that GLib has set.
        if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL and PyOS_getsig(signal.SIGTERM) == 0:
            before[signal.SIGTERM] = signal.SIG_DFL

    def interrupted(number, _frame):
        signal.signal(number, signal.SIG_DFL)
        client.stop()

    for number in before:
        signal.signal(number, interrupted)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) in (interrupted, signal.SIG_DFL):
                signal.signal(number, handler)


@override
class Component(Headstock.Component):
    """A connection of a component to its server (XEP-0114)."""

    @classmethod
    def new(cls, service, secret=None):
        """Makes a component; its address is a Jid or a string."""
        if cls is not Component:
            return cls(jid=service, password=secret)
        return Headstock.Component.new(_to_string(service), secret)


# Features


@override
class DataField(_Properties, Headstock.DataField):
    """A field of a form (XEP-0004)."""


@override
class DataForm(_Properties, Headstock.DataForm):
    """A form (XEP-0004)."""


@override
class Registration(_Properties, Headstock.Registration):
    """A new account, or the change of one (XEP-0077)."""


@override
class Archive(_Properties, Headstock.Archive):
    """Questions to the archives of the account and of rooms (XEP-0313)."""

    async def pages(self, query=None, cancellable=None):
        """The pages that a query describes, for `async for`; without one, those of the account's whole archive."""
        page = await self.fetch_async(query or Headstock.ArchiveQuery.new(None), cancellable)
        while page is not None:
            yield page
            page = await self.fetch_next_async(page, cancellable)


@override
class ArchivePage(_Properties, Headstock.ArchivePage):
    """Some messages of an archive; iterating gives them."""

    def __iter__(self):
        return iter(self.list_deliveries())


def _check_properties():
    """Has what has nothing else of its own here check its properties, too."""
    for name in dir(Headstock):
        item = getattr(Headstock, name)
        if isinstance(item, type) and issubclass(item, GObject.Object) and name not in globals():
            override(type(name, (_Properties, item), {"__doc__": item.__doc__, "__module__": __name__}))


def _make_attributes():
    """Makes each property an attribute, where a class has nothing else by that name."""
    for name in dir(Headstock):
        item = globals().get(name) or getattr(Headstock, name)
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


_check_functions()
_check_properties()
_check_threads()
_make_attributes()
headstock_errors.set_up()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Objects that a client has registered, and the module that stands for each in C."""

import inspect
import os
import sys
import warnings
import weakref

import gi
from gi._gi import CallableInfo
from gi.overrides.headstock_base import OVERRIDES, Headstock, override
from gi.overrides.headstock_handlers import find_marked, get_state, report_task, start_task
from gi.repository import GObject

# What a registered object may have: its methods with these names are called with the client, negotiate
# with the stream's features, prepare_presence and presence_sent with the presence as well, as far as they
# take them.
# A Module has them as do_attached and so on.
HOOKS = ("attached", "negotiate", "prepare_presence", "ready", "stopping", "cleanup", "terminated",
         "detached", "begin", "resumed", "lost", "presence_sent")

# The folders of the files whose lines are no program's: PyGObject's, and that of the overrides.
_NOT_THE_PROGRAM = (os.path.dirname(gi.__file__) + os.sep, os.path.dirname(__file__) + os.sep)


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
ITSELF = object()


class Agent(GObject.Object, Module, Headstock.Described):
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
        return client if obj is ITSELF else obj

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
            start_task(client, result).add_done_callback(report_task)
            return None
        except Exception:
            sys.excepthook(*sys.exc_info())
            return None

    def do_attached(self, client):
        obj = self.get_object(client)
        state = get_state(client)
        for name, (element, namespace, stanza_type, from_jid, flags, is_text) in find_marked(obj):
            method = getattr(obj, name)
            keep = state.keep_text if is_text else state.keep
            if obj is client and inspect.isfunction(getattr(type(obj), name, None)):
                # Not the bound method, which would hold the client.
                call = keep(getattr(type(obj), name), ())
            else:
                call = keep(method, None)
            add = Headstock.Client.add_text_handler if is_text else add_handler
            add(client, element, namespace, stanza_type, from_jid, flags, call)
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
            (isinstance(obj, Headstock.Client) and own is getattr(OVERRIDES["Client"], hook, None)):
        return None
    return method


def has_hooks(obj):
    return any(_find_hook(obj, hook) is not None for hook in HOOKS)


def check_registered(obj):
    """Refuses what would never be called."""
    if obj is None or isinstance(obj, (type, str)):
        hint = f": register({obj.__name__}())" if isinstance(obj, type) else ""
        raise TypeError(f"register() takes an object that has handlers or hooks, not {obj!r}{hint}")
    if not isinstance(obj, (Headstock.Module, Headstock.Described)) and not find_marked(obj) and not has_hooks(obj):
        raise TypeError(f"{obj!r} has nothing that the client could call: no method that is marked with "
                        f"@Headstock.xmpphandler(name, namespace), and none of the methods {', '.join(HOOKS)}")


def add_handler(client, name, namespace, stanza_type, from_jid, flags, call):
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


def is_native_module(obj):
    """Whether C, and not Python, made the object a module."""
    for cls in type(obj).__mro__:
        if "__info__" in vars(cls) and issubclass(cls, GObject.Object):
            return issubclass(cls, Headstock.Module)
    return False

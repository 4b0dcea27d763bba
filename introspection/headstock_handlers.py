# SPDX-License-Identifier: LGPL-2.1-or-later
"""Handlers: how a method is marked as one, what a client keeps for its handlers, and what becomes of what they return."""

import inspect
import itertools
import sys
import weakref
from collections import deque
from contextlib import suppress

from gi.overrides.headstock_asyncio import get_loop
from gi.overrides.headstock_base import TYPES, Headstock, check_text, check_word, make_jid
from gi.repository import GLib

_MARK = "_headstock_handlers"


def check_narrowing(name, stanza_type, from_jid):
    """Refuses a type that no stanza has, and what is no address; gives the address as a Jid."""
    kinds = [kind for kind in TYPES if kind.lower() == name] or TYPES
    if stanza_type is not None:
        check_word(f"the type of the stanza around {name!r}", stanza_type,
                    [one for kind in kinds for one in TYPES[kind]])
    if from_jid is not None and not isinstance(from_jid, (str, Headstock.Jid)):
        raise TypeError(f"a handler's sender is an address, not {from_jid!r}")
    return make_jid(from_jid)


def make_flags(once, forget, from_account, nested):
    """The flags of a handler out of what are keywords in Python."""
    flags = Headstock.HandlerFlags.DEFAULT
    for wanted, flag in ((once, Headstock.HandlerFlags.ONCE),
                         (forget, Headstock.HandlerFlags.FORGET),
                         (from_account, Headstock.HandlerFlags.FROM_ACCOUNT),
                         (nested, Headstock.HandlerFlags.NESTED)):
        if wanted:
            flags |= flag
    return flags


def xmpphandler(name, namespace=None, *, type=None, from_jid=None, once=False, forget=False, from_account=False,
                nested=False, text=False):
    """Marks a method as a handler of elements, for `Client.register`.

    The method is called with the element, and what it returns is sent.  A method may be marked more
    than once.  With `text` it is called with what a message says (the text of any other element) and with
    whom the stanza is from, two strings or None, which takes a fraction of the time.  With `type` and `from_jid` it is called only where the stanza is of that type and from
    that address, of which a bare one stands for all its resources.  The other keywords are those of
    `HandlerFlags`.
    """
    if name is not None and not isinstance(name, str) or namespace is not None and not isinstance(namespace, str):
        raise TypeError("xmpphandler takes the name of an element and its namespace: @xmpphandler(name, namespace)")
    check_text([name, namespace])
    from_jid = check_narrowing(name, type, from_jid)
    flags = make_flags(once, forget, from_account, nested)

    def mark(function):
        # A list of its own: functools.wraps() copies the attribute.
        setattr(function, _MARK, [(name, namespace, type, from_jid, flags, bool(text)), *getattr(function, _MARK, ())])
        return function

    return mark


def find_marked(obj):
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
        self.objects = {}    # by number: what is registered (or ITSELF), and its agent
        self.failed = set()  # the iqs that a handler failed on
        self.failed_handler = 0
        self.deferred = deque(maxlen=64)
        self.pending = {}    # by key: the iqs that coroutines answer
        self.tasks = set()

    def keep(self, function, data):
        """Keeps a function until C has let go of what is returned, which calls it.

        It is called with (client, element, *data), or with the element alone where data is None.
        """
        if not callable(function):
            raise TypeError(f"a handler is a function, not {function!r}")
        number = next(self.numbers)

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

        self._watch(number, function, data, call)
        return call

    def keep_text(self, function, data):
        """keep() for a handler of texts: it is called with (client, text, sender, *data), or with the two alone."""
        if not callable(function):
            raise TypeError(f"a handler is a function, not {function!r}")
        number = next(self.numbers)

        def call(client, text, sender, _data=None):
            kept = client._headstock.functions.get(number)
            if kept is None:
                return None
            function, data, _watch = kept
            try:
                result = function(text, sender) if data is None else function(client, text, sender, *data)
            except Exception:
                sys.excepthook(*sys.exc_info())
                return None
            if result is None or isinstance(result, Headstock.Element):
                return result
            if inspect.isawaitable(result):
                return _send_result(client, function, result)
            return _refuse_result(function, result)

        self._watch(number, function, data, call)
        return call

    def _watch(self, number, function, data, call):
        this = weakref.ref(self)

        def forget(_watch):
            state = this()
            if state is not None:
                state.functions.pop(number, None)

        self.functions[number] = (function, data, weakref.ref(call, forget))


def get_state(client):
    state = client._headstock
    if state is None:
        state = client._headstock = _State()
    return state


def _refuse_result(function, result):
    """Tells of a result that cannot be sent; it counts as None."""
    error = TypeError(f"the handler {function!r} returned {result!r}, which is neither an element "
                      "nor None")
    sys.excepthook(TypeError, error, None)


def get_key(iq):
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
    state = get_state(client)
    state.failed.add(get_key(element))
    if not state.failed_handler:
        state.failed_handler = client.connect_after("iq", _answer_failed)


def _answer_failed(client, iq):
    state = get_state(client)
    client.disconnect(state.failed_handler)
    state.failed_handler = 0
    key = get_key(iq)
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


def start_task(client, coroutine):
    """Runs what a handler or hook has returned; whoever is collected would not go on."""
    async def wait():
        return await coroutine

    tasks = get_state(client).tasks
    task = get_loop().create_task(coroutine if inspect.iscoroutine(coroutine) else wait())
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return task


def report_task(task):
    """Tells of a task's exception, as of a handler's; gives whether there was one."""
    if task.cancelled():
        return True
    error = task.exception()
    if error is not None:
        sys.excepthook(type(error), error, error.__traceback__)
    return error is not None


def _send_task(client, function, task):
    """Sends what a task has for a result; gives whether it failed."""
    failed = report_task(task)
    reply = None if failed else task.result()
    if isinstance(reply, Headstock.Element):
        try:
            client.send_stanza(reply)
        except GLib.Error:
            sys.excepthook(*sys.exc_info())
    elif reply is not None:
        _refuse_result(function, reply)
    return failed


def _send_result(client, function, coroutine):
    """What the coroutine of a handler of texts returns is sent."""
    start_task(client, coroutine).add_done_callback(lambda task: _send_task(client, function, task))


def _await_reply(client, element, function, coroutine):
    """What the coroutine returns is the reply.  The iq around the element is answered once all have ended."""
    state, iq, pending = get_state(client), element, None
    while (parent := iq.get_parent()) is not None:
        iq = parent
    if isinstance(iq, Headstock.Iq) and iq.get_stanza_type() in ("get", "set"):
        pending = state.pending.setdefault(get_key(iq), _Pending())
        pending.count += 1
        Headstock.Client.defer_reply(client, iq)

    def done(task):
        failed = _send_task(client, function, task)
        if pending is None:
            return
        pending.count -= 1
        pending.failed |= failed
        if pending.count == 0 and state.pending.pop(get_key(iq), None) and not pending.answered \
                and get_key(iq) not in state.deferred:
            _answer_by_default(client, iq, pending.failed)

    start_task(client, coroutine).add_done_callback(done)


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


def note_answer(state, stanza):
    """Remembers that an iq for which coroutines run has been answered."""
    if isinstance(stanza, Headstock.Iq) and stanza.get_stanza_type() in ("result", "error"):
        pending = state.pending.get((stanza.get_attribute("to"), stanza.get_attribute("id")))
        if pending is not None:
            pending.answered = True


# Elements for `async for`


class Arrivals:
    """The elements that arrive, for `async for`: from now on, until the client has terminated or nobody asks any more."""

    def __init__(self, client, name, namespace, flags, stanza_type, from_jid):
        self._client = client
        self._come = deque()
        self._waiting = None
        self._is_once = bool(flags & Headstock.HandlerFlags.ONCE)
        self._has_ended = False
        self._error = None
        # Whoever leaves the loop lets go of this, and of nothing else.
        this = weakref.ref(self)
        self._handler = client.add_handler(
            name, namespace, flags, lambda _client, element: this() and this()._arrive(element),
            type=stanza_type, from_jid=from_jid)
        self._terminated = client.connect("terminated", lambda _client, error: this() and this()._terminate(error))

    def __del__(self):
        # In whatever thread it is collected.
        with suppress(GLib.Error, AttributeError):
            self._end()

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self._waiting is not None:
            raise RuntimeError("somebody waits for the next element already")
        while not self._come and not self._has_ended:
            self._waiting = get_loop().create_future()
            try:
                await self._waiting
            finally:
                self._waiting = None
        if self._come:
            return self._come.popleft()
        error, self._error = self._error, None
        raise error or StopAsyncIteration

    async def aclose(self):
        """Ends what comes; elements that nobody has taken are dropped."""
        self._come.clear()
        self._end()

    def _arrive(self, element):
        self._come.append(element)
        if self._is_once:
            self._end()
        self._wake()

    def _terminate(self, error):
        self._error = error
        self._end()

    def _end(self):
        if not self._has_ended:
            self._has_ended = True
            self._client.remove_handler(self._handler)
            self._client.disconnect(self._terminated)
        self._wake()

    def _wake(self):
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

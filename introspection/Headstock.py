# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Python adds to Headstock (PyGObject loads this file with the namespace).

Handlers.  `xmpphandler` marks methods, `Client.register` takes the object that has them, and calls
its methods named in `HOOKS` as well.  A marked method is called with the element, or with the text and
the sender; a function given to `Client.add_handler` or `Client.register_on_iq` with the client, the element and
the data that was given with it.  What either returns is sent: an element, or None for nothing; anything else is
reported and counts as None.  One that raises is reported with its traceback (`sys.excepthook`), and
an iq that nobody else answers gets `internal-server-error` then.

Lifetime.  What is registered lives as long as the client does, and is held by the client's Python
object alone: C knows only the numbers under which it is kept.  An object that keeps the client in
turn makes a circle that Python can see, and collects once nobody else holds either.

Coroutines.  A function with a callback returns an awaitable where none is given: `await client.request(iq)`,
`await client.send(stanza)`, `await client.connect_async()`; `async with client:` is a session, `await client.run_async()` a
whole run, and `async for message in client.elements("message")` goes over what arrives.  `run()` runs a coroutine.
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

import asyncio
import signal
import threading
from contextlib import contextmanager, suppress

from gi._ossighelper import PyOS_getsig, sigint_handler_is_default, wakeup_on_signal
from gi.overrides import headstock_errors
from gi.overrides.headstock_asyncio import end_tasks, run
from gi.overrides.headstock_base import LIBRARY, OVERRIDES, Headstock, Properties, check_type, make_jid, make_string, override
from gi.overrides.headstock_elements import Element
from gi.overrides.headstock_functions import check_functions, check_properties, check_threads, make_attributes
from gi.overrides.headstock_handlers import (
    Arrivals, check_narrowing, find_marked, get_key, get_state, make_flags, note_answer, xmpphandler)
from gi.overrides.headstock_registered import ITSELF, Agent, add_handler, check_registered, has_hooks, is_native_module
from gi.repository import GLib, GObject

__all__ = ["run", "xmpphandler"]

# C's own, without a check of strings, of which it takes none.
_send_stanza = Headstock.Client.send_stanza


@override
class Client(Properties, Headstock.Client):
    """A connection to an XMPP server.

    A subclass that has marked methods or methods named in HOOKS, or is a Module, is registered with itself when
    it is made.
    """

    _headstock = None

    def __init__(self, **properties):
        super().__init__(**properties)
        if type(self).__module__ not in LIBRARY and \
                (find_marked(self) or isinstance(self, Headstock.Module) or has_hooks(self)):
            self.register(self)

    @classmethod
    def new(cls, jid, password=None):
        """Makes a client for an account; the address is a Jid or a string.

        With a string that is no address, starting the client ends with HS_ERROR_INVALID_JID.
        """
        if cls is not Client:
            return cls(jid=jid, password=password)
        return Headstock.Client.new(make_string(jid), password)

    @classmethod
    def new_for_jid(cls, jid, password=None):
        """Makes a client for an account; raises GLib.Error for a string that is no address."""
        return cls(jid=jid, password=password)

    def add_handler(self, name, namespace, flags, function, *data, type=None, from_jid=None):
        """Says what to call, with (client, element, *data), when an element comes.

        With `type` and `from_jid` only where its stanza is of that type and from that address.
        What is no function raises TypeError.  Returns an id for remove_handler().
        """
        from_jid = check_narrowing(name, type, from_jid)
        call = get_state(self).keep(function, data)
        return add_handler(self, name, namespace, type, from_jid, flags, call)

    def add_handler_full(self, name, namespace, type, from_jid, flags, function, *data):
        """add_handler() with the arguments in the order that C has them in."""
        return self.add_handler(name, namespace, flags, function, *data, type=type, from_jid=from_jid)

    def add_text_handler(self, name, namespace, type, from_jid, flags, function, *data):
        """Says what to call, with (client, text, sender, *data), when an element comes.

        The text is what a message says, or that of any other element; the sender is the address that the stanza has.
        Both are strings, or None where there is none.  The arguments are in the order that C has them in.
        """
        from_jid = check_narrowing(name, type, from_jid)
        call = get_state(self).keep_text(function, data)
        return Headstock.Client.add_text_handler(self, name, namespace, type, from_jid, flags, call)

    def register_on_iq(self, type, id, flags, function, *data):
        """Says what to call, with (client, iq, *data), when an iq comes.

        Returns an id for remove_handler().
        """
        check_type("Iq", type)
        call = get_state(self).keep(function, data)
        return Headstock.Client.register_on_iq(self, type, id, flags, call)

    def register(self, obj):
        """Registers a Module, or any other object.

        The object's methods marked with xmpphandler() become handlers, and those named in HOOKS are
        called as the client goes through its life: ready(client), stopping(client), and so on.  An
        object that is registered already is not registered again.  One that has nothing to call raises
        TypeError.
        """
        check_registered(obj)
        state = get_state(self)
        if self._find_agent(obj)[0] is not None:
            return
        native = is_native_module(obj)
        if not native or find_marked(obj):
            number = next(state.numbers)
            agent = Agent(number, obj)
            state.objects[number] = (ITSELF if obj is self else obj, agent)
            Headstock.Client.register(self, agent)
        if native:
            Headstock.Client.register(self, obj)

    def unregister(self, obj):
        """Undoes register(): the object's handlers are gone when this returns."""
        number, agent = self._find_agent(obj)
        if agent is not None:
            Headstock.Client.unregister(self, agent)
            agent.forget()
            get_state(self).objects.pop(number, None)
        if is_native_module(obj):
            Headstock.Client.unregister(self, obj)

    def ensure_module(self, type):
        """The first module of a type, or a new one, which is registered; TypeError for what is no such type."""
        module = self.find_module(type)
        if module is None:
            gtype = getattr(type, "__gtype__", type)
            if not gtype.is_a(Headstock.Module) or gtype.is_interface() or gtype.is_abstract():
                raise TypeError(f"ensure_module() takes the type of a module that can be made, not {gtype.name}")
            module = Headstock.Client.ensure_module(self, type)
        if module is None:
            raise TypeError(f"the client does not take a {gtype.name}")
        return module

    def _find_agent(self, obj):
        wanted = ITSELF if obj is self else obj
        for number, (kept, agent) in get_state(self).objects.items():
            if kept is wanted:
                return number, agent
        return None, None

    def send_stanza(self, stanza):
        """Sends a stanza; raises GLib.Error where it can't be sent."""
        sent = _send_stanza(self, stanza)
        if self._headstock is not None and self._headstock.pending:
            note_answer(self._headstock, stanza)
        return sent

    def send_raw_stanza(self, xml):
        """Sends stanzas that are written already; raises GLib.Error where they are wrong or can't be sent."""
        sent = Headstock.Client.send_raw_stanza(self, xml)
        if self._headstock is not None and self._headstock.pending:
            for stanza in Element.new_from_string(f"<all xmlns='{Headstock.NS_CLIENT}'>{xml}</all>"):
                note_answer(self._headstock, stanza)
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
            note_answer(self._headstock, stanza)
        return sent

    def elements(self, name, namespace=None, *, type=None, from_jid=None, once=False, forget=False, from_account=False,
                 nested=False):
        """The elements that arrive from now on, for `async for`; the keywords are those of xmpphandler().

        It ends when the client has terminated, with the error that ended the run.
        """
        return Arrivals(self, name, namespace, make_flags(once, forget, from_account, nested), type, from_jid)

    async def run_async(self):
        """Starts the client and waits until it has terminated; raises the GLib.Error that ended the run.

        A client that runs already is waited for.  To cancel it stops the client, and ends when the run has ended.
        """
        ended = asyncio.get_running_loop().create_future()

        def terminated(_client, error):
            if ended.done():
                return
            if error is None:
                ended.set_result(None)
            else:
                ended.set_exception(error)

        handler = self.connect("terminated", terminated)
        try:
            self.start()
            await ended
        except asyncio.CancelledError:
            await self.close_async()
            raise
        finally:
            self.disconnect(handler)

    async def __aenter__(self):
        await self.connect_async()
        return self

    async def __aexit__(self, *_exception):
        await self.close_async()

    def defer_reply(self, iq):
        """Says that the iq, which is being dispatched, will be answered later."""
        get_state(self).deferred.append(get_key(iq))
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
        return Headstock.Client.is_own(self, make_jid(jid))

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
        the process at once.  Coroutines of handlers and hooks that have what they await go on first,
        and the others are cancelled, as asyncio.run() does.
        """
        # Before there is a signal handler: a stop is for a run that has begun.  A client that another
        # thread has started may be run by this one.
        with suppress(GLib.Error):
            self.start()
        with _stop_on_interrupt(self), wakeup_on_signal():
            try:
                return Headstock.Client.run(self)
            finally:
                if self._headstock is not None:
                    end_tasks(self._headstock.tasks)


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
        return Headstock.Component.new(make_string(service), secret)


# Features


@override
class DataField(Properties, Headstock.DataField):
    """A field of a form (XEP-0004)."""


@override
class DataForm(Properties, Headstock.DataForm):
    """A form (XEP-0004)."""


@override
class Registration(Properties, Headstock.Registration):
    """A new account, or the change of one (XEP-0077)."""


@override
class Archive(Properties, Headstock.Archive):
    """Questions to the archives of the account and of rooms (XEP-0313)."""

    async def pages(self, query=None, cancellable=None):
        """The pages that a query describes, for `async for`; without one, those of the account's whole archive."""
        page = await self.fetch_async(query or Headstock.ArchiveQuery.new(None), cancellable)
        while page is not None:
            yield page
            page = await self.fetch_next_async(page, cancellable)


@override
class ArchivePage(Properties, Headstock.ArchivePage):
    """Some messages of an archive; iterating gives them."""

    def __iter__(self):
        return iter(self.list_deliveries())


check_functions()
check_properties()
# This is the module that they say they are of, where pickle looks for them.
globals().update(OVERRIDES)
check_threads()
make_attributes(Headstock, OVERRIDES)
headstock_errors.set_up()

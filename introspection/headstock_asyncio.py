# SPDX-License-Identifier: LGPL-2.1-or-later
"""What lets Python await Headstock: an event loop for asyncio, and awaitables for functions with a callback.

`run()` runs a coroutine in PyGObject's own event loop (gi.events) where there is one, and in `EventLoop` with an older
PyGObject.  Handlers that are coroutines run in the event loop that runs, and where none does, as in `Client.run()`, in an
`EventLoop` on the same main context.
"""

import asyncio
import atexit
import inspect
import selectors
import signal
import sys
import threading
from contextlib import contextmanager

import gi
from gi._ossighelper import wakeup_on_signal
from gi.repository import Gio, GLib

try:
    # What only Unix has moved there with GLib 2.80; the old names warn with newer PyGObject.
    gi.require_version("GLibUnix", "2.0")
    from gi.repository import GLibUnix
    _watch_fd = GLibUnix.fd_add_full
except (ImportError, ValueError, AttributeError):
    _watch_fd = GLib.unix_fd_add_full

try:
    from gi.events import GLibEventLoop
except ImportError:
    GLibEventLoop = None

_REQUIRED = object()
# How many turns of the main context the tasks have to themselves at the end of a run.
_LAST_TURNS = 100
_local = threading.local()


def _find_run():
    """The function of C: PyGObject's own one takes Ctrl-C for itself."""
    for cls in GLib.MainLoop.__mro__[1:]:
        if "run" in vars(cls):
            return vars(cls)["run"]
    return GLib.MainLoop.run


_run_main_loop = _find_run()


class _Watch(GLib.Source):
    """Watches file descriptors in a main context other than the default one."""

    def __init__(self, fd, condition, call):
        super().__init__()
        self._tag = self.add_unix_fd(fd, condition)
        self._call = call

    def prepare(self):
        return False, -1

    def check(self):
        return bool(self.query_unix_fd(self._tag))

    def dispatch(self, _callback, _arguments):
        return self._call(None, self.query_unix_fd(self._tag))


class _Selector(selectors.BaseSelector):
    """Has the main context watch what asyncio waits for, and remembers what has happened."""

    def __init__(self, context, happened):
        self._context = context
        self._happened = happened
        self._keys = {}
        self._sources = {}
        self._ready = {}

    def register(self, fileobj, events, data=None):
        fd = fileobj if isinstance(fileobj, int) else fileobj.fileno()
        if fd in self._keys:
            raise KeyError(f"{fileobj!r} is registered already")
        key = self._keys[fd] = selectors.SelectorKey(fileobj, fd, events, data)
        condition = GLib.IOCondition.HUP | GLib.IOCondition.ERR
        if events & selectors.EVENT_READ:
            condition |= GLib.IOCondition.IN
        if events & selectors.EVENT_WRITE:
            condition |= GLib.IOCondition.OUT

        def watched(_fd, seen, *_data):
            events = 0
            if seen & ~GLib.IOCondition.OUT:
                events |= selectors.EVENT_READ
            if seen & ~GLib.IOCondition.IN:
                events |= selectors.EVENT_WRITE
            self._ready[fd] = events & key.events
            # It is ready still, until asyncio has looked after it in this very turn.
            self._happened()
            return GLib.SOURCE_CONTINUE

        if self._context == GLib.MainContext.default():
            self._sources[fd] = _watch_fd(GLib.PRIORITY_DEFAULT, fd, condition, watched)
        else:
            self._sources[fd] = _Watch(fd, condition, watched)
            self._sources[fd].attach(self._context)
        return key

    def unregister(self, fileobj):
        key = self.get_key(fileobj)
        source = self._sources.pop(key.fd)
        if isinstance(source, int):
            GLib.source_remove(source)
        else:
            source.destroy()
        self._ready.pop(key.fd, None)
        return self._keys.pop(key.fd)

    def select(self, timeout=None):
        ready, self._ready = self._ready, {}
        return [(self._keys[fd], events) for fd, events in ready.items() if events]

    def get_key(self, fileobj):
        if isinstance(fileobj, int):
            return self._keys[fileobj]
        for key in self._keys.values():
            if key.fileobj is fileobj:
                return key
        raise KeyError(f"{fileobj!r} is not registered")

    def get_map(self):
        return {key.fileobj: key for key in self._keys.values()}

    def close(self):
        for key in list(self._keys.values()):
            self.unregister(key.fileobj)


class EventLoop(asyncio.SelectorEventLoop):
    """An event loop for asyncio that a main context of GLib drives.

    It has sources of its own in the main context, and a turn of the event loop whenever one of them is due: it waits in
    the main context alone, without a thread.  run_forever() iterates the main context; where the program does that by
    itself, as a GTK application does, tasks go on as well.
    """

    def __init__(self, context=None):
        self._glib_context = context or GLib.MainContext.ref_thread_default()
        self._glib_loop = None
        self._glib_wake = None
        self._glib_timer = None
        self._glib_when = None
        self._glib_inside = False
        super().__init__(_Selector(self._glib_context, self._turn))

    def _add_source(self, source, due):
        source.set_callback(due)
        source.attach(self._glib_context)
        return source

    def _woken(self, *_data):
        self._glib_wake = None
        self._turn()
        return GLib.SOURCE_REMOVE

    def _timed_out(self, *_data):
        self._glib_timer = self._glib_when = None
        self._turn()
        return GLib.SOURCE_REMOVE

    def _turn(self):
        """What asyncio has to do now."""
        # A task that iterates the main context is in the way: the next turn is its end's.
        if self._glib_inside or self.is_closed():
            return
        outer = asyncio._get_running_loop()
        thread = self._thread_id
        self._glib_inside = True
        self._thread_id = threading.get_ident()
        asyncio._set_running_loop(None)
        asyncio._set_running_loop(self)
        try:
            self._run_once()
        finally:
            asyncio._set_running_loop(outer)
            self._thread_id = thread
            self._glib_inside = False
            self._arm()
        if self._stopping and self._glib_loop is not None:
            self._glib_loop.quit()

    def _arm(self):
        """Asks for the next turn, as far as nobody has."""
        if self.is_closed():
            return
        if self._ready:
            self._wake()
        when = self._scheduled[0]._when if self._scheduled else None
        if when == self._glib_when:
            return
        if self._glib_timer is not None:
            self._glib_timer.destroy()
            self._glib_timer = None
        self._glib_when = when
        if when is not None:
            # A turn takes what is due within the clock's resolution: a millisecond too early is one turn more.
            msec = min(max(0, int((when - self.time()) * 1000 + 0.999)), GLib.MAXINT32)
            self._glib_timer = self._add_source(GLib.timeout_source_new(msec), self._timed_out)

    def _wake(self):
        if self._glib_wake is None and not self._glib_inside:
            source = GLib.timeout_source_new(0)
            self._glib_wake = self._add_source(source, self._woken)

    def _call_soon(self, *arguments):
        handle = super()._call_soon(*arguments)
        # From another thread it is the self-pipe that wakes the main context.
        if self._thread_id is None or self._thread_id == threading.get_ident():
            self._wake()
        return handle

    def call_at(self, *arguments, **keywords):
        """Has a function called at a time."""
        handle = super().call_at(*arguments, **keywords)
        if not self._glib_inside:
            self._arm()
        return handle

    def run_forever(self):
        """Iterates the main context until stop() is called."""
        self._check_closed()
        self._check_running()
        main_loop = GLib.MainLoop.new(self._glib_context, False)
        outer = sys.get_asyncgen_hooks()
        inner = self._glib_loop
        if hasattr(self, "_run_forever_setup"):
            self._run_forever_setup()
        else:
            self._set_coroutine_origin_tracking(self._debug)
            self._thread_id = threading.get_ident()
            sys.set_asyncgen_hooks(firstiter=self._asyncgen_firstiter_hook, finalizer=self._asyncgen_finalizer_hook)
            asyncio._set_running_loop(self)
        self._glib_loop = main_loop
        try:
            self._arm()
            with wakeup_on_signal():
                _run_main_loop(main_loop)
        finally:
            self._glib_loop = inner
            if hasattr(self, "_run_forever_cleanup"):
                self._run_forever_cleanup()
            else:
                self._stopping = False
                self._thread_id = None
                asyncio._set_running_loop(None)
                self._set_coroutine_origin_tracking(False)
                sys.set_asyncgen_hooks(*outer)

    def stop(self):
        """Ends run_forever() with the turn that is on, or the next one."""
        super().stop()
        self._wake()

    def close(self):
        """Ends the event loop for good."""
        for source in (self._glib_wake, self._glib_timer):
            if source is not None:
                source.destroy()
        self._glib_wake = self._glib_timer = None
        super().close()


def get_loop():
    """The event loop that runs, or one on the thread's main context, which runs whenever that is iterated."""
    running = asyncio._get_running_loop()
    if running is not None:
        return running
    context = GLib.MainContext.ref_thread_default()
    loop = getattr(_local, "loop", None)
    if loop is None or loop.is_closed() or loop._glib_context != context:
        loop = _local.loop = EventLoop(context)
        atexit.register(_exit_loop, loop)
    return loop


@contextmanager
def _own(loop):
    """Keeps other threads off the loop's main context; gives whether that is possible."""
    owned = not loop.is_closed() and loop._glib_context.acquire()
    try:
        yield owned
    finally:
        if owned:
            loop._glib_context.release()


def _exit_loop(loop):
    """Cancels the tasks that the program has left, and closes the event loop; nothing iterates the main context any more."""
    with _own(loop) as owned:
        if not owned:
            return
        for task in asyncio.all_tasks(loop):
            task.cancel()
        for _turn in range(_LAST_TURNS):
            if not loop._ready:
                break
            loop._turn()
        loop.close()


def end_tasks(tasks):
    """Lets tasks go on whose result has come, and cancels the others, as asyncio.run() does at its end.

    Where an event loop is running already, this is left to the code that runs it.
    """
    loop = getattr(_local, "loop", None)
    if loop is None or asyncio._get_running_loop() is not None:
        return
    with _own(loop) as owned:
        if owned:
            _end_own_tasks(loop, tasks)


def _end_own_tasks(loop, tasks):
    def find_pending():
        return [task for task in tasks if task.get_loop() is loop and not task.done()]

    # A result that has come is handed on within a few turns; a task that never rests does not hold up the end.
    for _turn in range(_LAST_TURNS):
        if not find_pending() or not loop._glib_context.iteration(False):
            break
    pending = find_pending()
    for task in pending:
        task.cancel()
    if pending:
        loop.run_until_complete(asyncio.wait(pending))


def _make_loop():
    if GLibEventLoop is None:
        return EventLoop()
    return GLibEventLoop(GLib.MainContext.ref_thread_default())


def run(main, *, debug=None):
    """Runs a coroutine in an event loop for asyncio that GLib's main context drives, and returns its value.

    Ctrl-C and SIGTERM cancel it, so that `async with client` ends its session in order.  After Ctrl-C this raises
    KeyboardInterrupt as asyncio.run() does; after SIGTERM it returns None.
    """
    if not inspect.isawaitable(main):
        raise TypeError(f"run() takes a coroutine, as run(main()), not {main!r}")
    if asyncio._get_running_loop() is not None:
        if inspect.iscoroutine(main):
            main.close()
        raise RuntimeError("run() begins an event loop, and one runs here already: await the coroutine")
    with asyncio.Runner(debug=debug, loop_factory=_make_loop) as runner:
        return runner.run(_run_until_terminated(main))


async def _run_until_terminated(main):
    loop = asyncio.get_running_loop()
    this = asyncio.current_task()
    terminated = False

    def terminate():
        nonlocal terminated
        terminated = True
        this.cancel()

    ours = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    if ours:
        loop.add_signal_handler(signal.SIGTERM, terminate)
    try:
        return await main
    except asyncio.CancelledError:
        if not terminated:
            raise
        return None
    finally:
        if ours:
            loop.remove_signal_handler(signal.SIGTERM)


class _Call(asyncio.Future):
    """A call of C that goes on; who cancels the future cancels the call."""

    cancellable = None

    def cancel(self, *arguments, **keywords):
        cancelled = super().cancel(*arguments, **keywords)
        if cancelled and self.cancellable is not None:
            self.cancellable.cancel()
        return cancelled


def _find_parameters(info):
    """The names of what a function with a callback takes before the callback, with what stands for each."""
    arguments = info.get_arguments()
    parameters = []
    for argument in arguments:
        name = argument.get_name()
        if name == "callback":
            return parameters
        default = _REQUIRED
        if argument.may_be_null():
            default = None
        elif name.startswith("timeout"):
            default = -1
        parameters.append((name, default))
    return None


def make_awaitable(start, info):
    """Makes a function with a callback return an awaitable where no callback is given."""
    parameters = _find_parameters(info)
    if parameters is None:
        return start
    names = [name for name, _default in parameters]
    finish = info.__name__[:-len("async")] + "finish"
    cancellable = names.index("cancellable") if "cancellable" in names else -1
    count = len(parameters)

    def call(self, *arguments, **keywords):
        if len(arguments) > count and arguments[count] is not None or keywords.get("callback") is not None:
            return start(self, *arguments, **keywords)
        values = [*arguments[:count]]
        for name, default in parameters[len(values):]:
            value = keywords.pop(name, default)
            if value is _REQUIRED:
                raise TypeError(f"{info.__name__}() needs {name!r}")
            values.append(value)
        keywords.pop("callback", None)
        if keywords:
            raise TypeError(f"{info.__name__}() takes no {next(iter(keywords))!r}, but {', '.join(names)}")
        future = _Call(loop=get_loop())
        if cancellable >= 0:
            if values[cancellable] is None:
                values[cancellable] = Gio.Cancellable()
            future.cancellable = values[cancellable]

        def done(source, result, *_data):
            try:
                value = getattr(source, finish)(result)
            except Exception as error:
                if not future.done():
                    future.set_exception(error)
            else:
                if not future.done():
                    future.set_result(value)

        start(self, *values, done)
        return future

    call.__name__ = call.__qualname__ = info.__name__
    call.__doc__ = (f"{info.__doc__}\n\nWithout a callback it returns an awaitable; {', '.join(names)} may be keywords, "
                    "and have defaults as far as C takes NULL.")
    return call

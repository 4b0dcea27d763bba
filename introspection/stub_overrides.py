# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the override of Headstock adds to its type stubs or changes in them, for make-stubs.py."""

PRELUDE = '''
_Address = Union["Jid", str]
# What a handler returns is sent.
_Reply = Union["Element", None, Awaitable["Element | None"]]
# What has no methods that could be called: a class in place of an object, for example.
_Unregistrable = Union[None, type, str, bytes, int, float, Sequence[Any], Mapping[Any, Any], Set[Any]]
_Handler = TypeVar("_Handler", bound=Callable[..., _Reply])
_Read = TypeVar("_Read", covariant=True)
_Written = TypeVar("_Written", contravariant=True)
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_Default = TypeVar("_Default")


class _Property(Generic[_Read, _Written]):
    """A property that takes more than it gives."""

    @overload
    def __get__(self, instance: None, owner: type) -> property: ...
    @overload
    def __get__(self, instance: object, owner: type) -> _Read: ...
    def __set__(self, instance: object, value: _Written) -> None: ...


class _List(GObject.Object, Gio.ListModel, Generic[_Item]):
    """A list as a property gives it."""

    def __iter__(self) -> Iterator[_Item]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, key: int) -> _Item: ...
    def get_item(self, position: int) -> _Item | None: ...
    def get_n_items(self) -> int: ...


def run(main: Awaitable[_Result], *, debug: bool | None = None) -> _Result | None:
    """Runs a coroutine in an event loop for asyncio that GLib's main context drives; None after SIGTERM."""


def xmpphandler(name: str | None, namespace: str | None = None, *, type: str | None = None, from_jid: _Address | None = None,
                once: bool = False, forget: bool = False, from_account: bool = False,
                nested: bool = False, text: bool = False) -> Callable[[_Handler], _Handler]:
    """Marks a method as a handler of elements, for `Client.register`."""
'''

# What is given by position to a class that is made, besides its properties.
CONTENT = {"Stanza": "*content: Any", "Message": "*content: Any", "Presence": "*content: Any", "Iq": "*content: Any"}

_NARROWING = "*, type: str | None = None, from_jid: _Address | None = None, once: bool = False, forget: bool = False, " \
             "from_account: bool = False, nested: bool = False"

# By class; a text that is empty leaves out what C has.
CLASSES = {
    "Client": {
        "new": '@classmethod\n'
               'def new(cls, jid: _Address, password: str | None = None) -> Self:\n'
               '    """Makes a client for an account."""',
        "new_for_jid": '@classmethod\n'
                       'def new_for_jid(cls, jid: _Address, password: str | None = None) -> Self:\n'
                       '    """Makes a client for an account; raises GLib.Error for a string that is no address."""',
        "add_handler": 'def add_handler(self, name: str | None, namespace: str | None, flags: HandlerFlags, '
                       'function: Callable[..., _Reply], *data: Any, type: str | None = None, '
                       'from_jid: _Address | None = None) -> int:\n'
                       '    """Says what to call, with (client, element, *data), when an element comes."""',
        "add_handler_full": 'def add_handler_full(self, name: str | None, namespace: str | None, type: str | None, '
                            'from_jid: _Address | None, flags: HandlerFlags, function: Callable[..., _Reply], *data: Any) -> int:\n'
                            '    """add_handler() with the arguments in the order that C has them in."""',
        "add_text_handler": 'def add_text_handler(self, name: str | None, namespace: str | None, type: str | None, '
                            'from_jid: _Address | None, flags: HandlerFlags, function: Callable[..., _Reply], *data: Any) -> int:\n'
                            '    """Says what to call, with (client, text, sender, *data), when an element comes."""',
        "register_on_iq": 'def register_on_iq(self, type: str | None, id: str | None, flags: HandlerFlags, '
                          'function: Callable[..., _Reply], *data: Any) -> int:\n'
                          '    """Says what to call, with (client, iq, *data), when an iq comes."""',
        # `object` is the tightest type. A marked method may have any name, and a Protocol names what it asks for; an object with
        # marked methods needs none of the hooks, so that a Protocol of these would refuse it. Whether there is anything to call is
        # known when the object is: register() raises TypeError. What can have neither is refused here, by its type.
        "register": '@overload\n'
                    'def register(self, obj: _Unregistrable) -> NoReturn: ...\n'
                    '@overload\n'
                    'def register(self, obj: object) -> None:\n'
                    '    """Registers a Module, or any other object that has handlers or hooks."""',
        "unregister": 'def unregister(self, obj: object) -> None:\n'
                      '    """Undoes register(): the object\'s handlers are gone when this returns."""',
        "ensure_module": '@overload\n'
                         'def ensure_module(self, type: type[_Item]) -> _Item: ...\n'
                         '@overload\n'
                         'def ensure_module(self, type: GObject.GType) -> Module:\n'
                         '    """Finds the first module of a type, or makes one and registers it."""',
        "find_module": '@overload\n'
                       'def find_module(self, type: type[_Item]) -> _Item | None: ...\n'
                       '@overload\n'
                       'def find_module(self, type: GObject.GType) -> Module | None:\n'
                       '    """Finds the first module of a type among those that are registered."""',
        "request": 'def request(self, iq: Element, timeout: int = -1, cancellable: Gio.Cancellable | None = None) '
                   '-> asyncio.Future[Iq]:\n'
                   '    """Sends an iq; awaiting it gives the answer, or raises GLib.Error. The timeout is in milliseconds."""',
        "send": 'def send(self, stanza: Element, cancellable: Gio.Cancellable | None = None) -> asyncio.Future[bool]:\n'
                '    """Sends a stanza; awaiting it gives True once its delivery status is known, or raises GLib.Error."""',
        "continue_negotiation": 'def continue_negotiation(self, error: GLib.Error | None = None) -> None:\n'
                                '    """Lets the client sign in, or end with a GLib.Error, after do_negotiate() returned True."""',
        "elements": "".join(f'@overload\ndef elements(self, name: Literal["{kind.lower()}"], namespace: Literal["jabber:client"], '
                            f'{_NARROWING}) -> AsyncIterator[{kind}]: ...\n' for kind in ("Message", "Presence", "Iq")) +
                    '@overload\n'
                    f'def elements(self, name: str, namespace: str | None = None, {_NARROWING}) -> AsyncIterator[Element]:\n'
                    '    """The elements that arrive from now on, until the client has terminated."""',
        "run_async": 'async def run_async(self) -> None:\n'
                     '    """Starts the client and waits until it has terminated; raises the GLib.Error that ended the run."""',
        "__aenter__": "async def __aenter__(self) -> Self: ...",
        "__aexit__": "async def __aexit__(self, *exception: object) -> None: ...",
    },
    "Archive": {
        "pages": 'def pages(self, query: ArchiveQuery | None = None, cancellable: Gio.Cancellable | None = None) '
                 '-> AsyncGenerator[ArchivePage, None]:\n'
                 '    """The pages that a query describes; without one, those of the account\'s whole archive."""',
    },
    "ArchivePage": {
        "__iter__": "def __iter__(self) -> Iterator[Delivery]: ...",
    },
    "StanzaError": {
        "get_condition": '@staticmethod\n'
                         'def get_condition(error: GLib.Error) -> str | None:\n'
                         '    """What an exception has as `condition`, such as item-not-found."""',
        "get_error_type": '@staticmethod\n'
                          'def get_error_type(error: GLib.Error) -> str | None:\n'
                          '    """What an exception has as `error_type`: auth, cancel, continue, modify or wait."""',
        "get_text": '@staticmethod\n'
                    'def get_text(error: GLib.Error) -> str | None:\n'
                    '    """What an exception has as `text`, for people."""',
        "get_stanza": '@staticmethod\n'
                      'def get_stanza(error: GLib.Error) -> Stanza | None:\n'
                      '    """What an exception has as `stanza`."""',
    },
    "Component": {
        "new": '@classmethod\n'
               'def new(cls, service: _Address, secret: str | None = None) -> Self:\n'
               '    """Makes a component."""',
    },
    "Element": {
        "__init__": 'def __init__(self, name: str = ..., namespace: str | None = None, *content: Any, **attributes: Any) -> None:\n'
                    '    """Makes an element with what is in it: elements, text, lists of either, a dict of attributes."""',
        "__iter__": "def __iter__(self) -> Iterator[Element]: ...",
        "__getitem__": "def __getitem__(self, name: str) -> str: ...",
        "__setitem__": "def __setitem__(self, name: str, value: str | int | Jid) -> None: ...",
        "__delitem__": "def __delitem__(self, name: str) -> None: ...",
        "get": '@overload\n'
               'def get(self, name: str) -> str | None: ...\n'
               '@overload\n'
               'def get(self, name: str, default: _Default) -> str | _Default:\n'
               '    """The value of an attribute, or `default`; "{namespace}name" for one in a namespace."""',
        "find": 'def find(self, name: str | None = None, namespace: str | None = None) -> Element | None:\n'
                '    """The first element in this one with a name and a namespace, None for any; not deeper; or None."""',
        "find_all": 'def find_all(self, name: str | None = None, namespace: str | None = None) -> list[Element]:\n'
                    '    """The elements in this one with a name and a namespace, None for any; not deeper."""',
    },
    "Message": {
        "new": '@classmethod\n'
               'def new(cls, stanza_type: str | None = None, to: _Address | None = None) -> Message:  # type: ignore[override]\n'
               '    """Makes a message."""',
    },
    "Presence": {
        "new": '@classmethod\n'
               'def new(cls, stanza_type: str | None = None) -> Presence:  # type: ignore[override]\n'
               '    """Makes a presence."""',
    },
    "Iq": {
        "new": '@classmethod\n'
               'def new(cls, stanza_type: str, to: _Address | None = None, payload: Element | None = None) -> Iq:'
               '  # type: ignore[override]\n'
               '    """Makes an iq."""',
    },
    "Jid": {
        "__init__": "def __init__(self, jid: str) -> None: ...",
        "compare": 'def compare(self, other: _Address) -> int:\n'
                   '    """Which of two addresses comes first: less than, equal to or greater than 0."""',
        "equal": 'def equal(self, other: object) -> bool:\n'
                 '    """Whether two addresses are the same."""',
        "equals": "def equals(self, other: object) -> bool: ...",
        "bare": '@property\ndef bare(self) -> Jid:\n    """The address without its resource."""',
        "local": '@property\ndef local(self) -> str | None:\n    """The part before the @."""',
        "domain": '@property\ndef domain(self) -> str:\n    """The part between the @ and the slash."""',
        "resource": '@property\ndef resource(self) -> str | None:\n    """The part after the slash."""',
        "__lt__": "def __lt__(self, other: _Address) -> bool: ...",
        "__le__": "def __le__(self, other: _Address) -> bool: ...",
        "__gt__": "def __gt__(self, other: _Address) -> bool: ...",
        "__ge__": "def __ge__(self, other: _Address) -> bool: ...",
        "__eq__": "def __eq__(self, other: object) -> bool: ...",
        "__hash__": "def __hash__(self) -> int: ...",
    },
}

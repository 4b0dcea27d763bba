# SPDX-License-Identifier: LGPL-2.1-or-later
# What the test needs of GLib; everything else is of any type.
from collections.abc import Callable
from typing import Any

class Error(RuntimeError):
    message: str
    domain: str
    code: int
    # What the override attaches to a stanza error.
    condition: str
    error_type: str
    text: str | None
    stanza: Any
    def matches(self, domain: int | str | type, code: int) -> bool: ...

class MainLoop:
    def __init__(self) -> None: ...
    def run(self) -> None: ...
    def quit(self) -> None: ...

SOURCE_REMOVE: bool
SOURCE_CONTINUE: bool
PRIORITY_DEFAULT: int

def idle_add(function: Callable[..., object], *data: Any) -> int: ...
def timeout_add(interval: int, function: Callable[..., object], *data: Any) -> int: ...
def timeout_add_seconds(interval: int, function: Callable[..., object], *data: Any) -> int: ...
def __getattr__(name: str) -> Any: ...

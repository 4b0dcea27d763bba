# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Python adds to HeadstockTest (PyGObject loads this file with the namespace).

Properties are attributes, as Headstock's are.  In a coroutine, `expect()` raises RuntimeError where it would have to wait.
"""

import asyncio

from gi.module import get_introspection_module
from gi.overrides import override
from gi.overrides.headstock_base import Properties
from gi.overrides.headstock_functions import make_attributes

HeadstockTest = get_introspection_module("HeadstockTest")

__all__ = ["Server"]


def _holds(element, name, namespace):
    return element.matches(name, namespace) or any(_holds(child, name, namespace) for child in element)


@override
class Server(Properties, HeadstockTest.Server):
    """A server inside the test."""

    def expect(self, name, namespace=None):
        """Waits until the client has sent a stanza that is such an element or holds one, and takes all up to it.

        In a coroutine nothing else goes on meanwhile: there it raises RuntimeError where the client has not sent it yet.
        """
        if asyncio._get_running_loop() is not None:
            self.settle()
            if not any(_holds(stanza, name, namespace) for stanza in self.list_sent()):
                raise RuntimeError(
                    f"The client has not sent <{name}> yet, and expect() cannot wait in a coroutine, where other coroutines stand "
                    "still: let them go on with `await asyncio.sleep(0)` first, or call expect() outside of coroutines")
        return HeadstockTest.Server.expect(self, name, namespace)


make_attributes(HeadstockTest, {"Server": Server})

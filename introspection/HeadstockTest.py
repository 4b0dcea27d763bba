# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Python adds to HeadstockTest (PyGObject loads this file with the namespace): properties are attributes, as Headstock's are."""

from gi.module import get_introspection_module
from gi.overrides import override
from gi.overrides.headstock_base import Properties
from gi.overrides.headstock_functions import make_attributes

HeadstockTest = get_introspection_module("HeadstockTest")

__all__ = ["Server"]


@override
class Server(Properties, HeadstockTest.Server):
    """A server inside the test."""


make_attributes(HeadstockTest, {"Server": Server})

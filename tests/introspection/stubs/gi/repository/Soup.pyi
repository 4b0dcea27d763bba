# SPDX-License-Identifier: LGPL-2.1-or-later
# What the test needs of Soup; everything else is of any type.
from typing import Any

from gi.repository import GObject

class Session(GObject.Object):
    props: Any

def __getattr__(name: str) -> Any: ...

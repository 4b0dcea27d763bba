# SPDX-License-Identifier: LGPL-2.1-or-later
# What the test needs of GTK: everything is of any type.
from typing import Any

def __getattr__(name: str) -> Any: ...

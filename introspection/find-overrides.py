# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the folder in which PyGObject looks for overrides, under a prefix.

    find-overrides.py PREFIX

In the interpreter's own prefix it is where PyGObject has its own overrides.  In another, it is
gi/overrides in the first folder for packages under that prefix that the interpreter searches:
PyGObject extends its package over the whole search path.  Where it searches none under the
prefix, it is the folder that it would search, once PYTHONPATH names it.
"""

import sys
from pathlib import Path

import gi


def find(prefix: Path) -> Path:
    """The folder for overrides under `prefix`."""
    own = Path(gi.__file__).parent / "overrides"
    if prefix == Path(sys.base_prefix):
        return own
    for entry in map(Path, sys.path):
        if prefix in entry.parents and entry.name in ("site-packages", "dist-packages"):
            return entry / "gi" / "overrides"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return prefix / "lib" / version / "site-packages" / "gi" / "overrides"


print(find(Path(sys.argv[1])))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the folder in which PyGObject looks for overrides, under a prefix.

    find-overrides.py PREFIX

In the interpreter's own prefix it is where PyGObject has its own overrides.  In another, it is
gi/overrides in the folder for packages that the interpreter searches under that prefix: PyGObject
extends its package over the whole search path.  The folder need not be there yet: it is named as the
interpreter names its own, dist-packages in Debian's case and site-packages elsewhere.  Under
/usr/local, Debian's interpreter finds it without help; under any other prefix PYTHONPATH has to
name the folder that gi is in.
"""

import sys
from pathlib import Path

import gi


def find(prefix: Path) -> Path:
    """The folder for overrides under `prefix`."""
    own = Path(gi.__file__).parent / "overrides"
    if prefix == Path(sys.base_prefix):
        return own
    packages = own.parent.parent.name
    for entry in map(Path, sys.path):
        if prefix in entry.parents and entry.name == packages:
            return entry / "gi" / "overrides"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return prefix / "lib" / version / packages / "gi" / "overrides"


print(find(Path(sys.argv[1])))

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Takes a picture of each guide as the reference shows it, and of some pages beside them, for people to look at.

    screenshots.py BROWSER PAGES OUTPUT

BROWSER is Chromium or what takes its options. OUTPUT is a folder for the pictures.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from guides import read_guides

# What is no guide: a class, a function, a property, an enumeration.
OTHERS = ["index", "class.Client", "method.Client.request_async", "property.Client.keepalive-interval", "enum.TlsMode"]
SIZE = "1280,2400"
PATIENCE = 60


def main() -> int:
    browser, pages, output = sys.argv[1], Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
    output.mkdir(exist_ok=True)
    for name in [*(guide.page for guide in read_guides()), *OTHERS]:
        picture = output / f"{name}.png"
        picture.unlink(missing_ok=True)
        with tempfile.TemporaryDirectory() as profile:
            subprocess.run(
                [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={SIZE}",
                 f"--user-data-dir={profile}", f"--screenshot={picture}", (pages / f"{name}.html").as_uri()],
                check=True, timeout=PATIENCE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not picture.exists():
            raise FileNotFoundError(f"{browser} took no picture of {name}.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())

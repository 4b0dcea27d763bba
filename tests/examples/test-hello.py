#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The window of examples/gtk/hello shows what its client does, and so do those of the cookbook.

    serve.py -- xvfb-run -a test-hello.py PICTURE

PICTURE is where a picture of the window is kept; PICTURE with -refused before its ending shows
how it asks about a certificate.
"""

import importlib
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import cookbook_programs
import programs
from programs import ENV, Peer, Program, Tap

first_programs = importlib.import_module("test-readme")

STATES = ["connecting", "connected", "secured", "authenticated", "ready"]


def take_picture(path: Path, pause: float = 1.0) -> int:
    """Takes a picture of the screen, once it has come to rest; the number of its colours."""
    taken = None
    for _ in range(40):
        subprocess.run(["sleep", str(pause / 4)], check=True)
        subprocess.run(["import", "-window", "root", str(path)], check=True)
        last, taken = taken, path.read_bytes()
        if taken == last:
            break
    found = subprocess.run(["identify", "-format", "%k", str(path)], check=True,
                           stdout=subprocess.PIPE, text=True)
    return int(found.stdout)


def ink(path: Path, geometry: str) -> float:
    """How much of a part of the picture is dark, as writing on a light ground is."""
    found = subprocess.run(
        ["convert", str(path), "-crop", geometry, "+repage", "-colorspace", "Gray",
         "-threshold", "50%", "-format", "%[fx:1-mean]", "info:"],
        check=True, stdout=subprocess.PIPE, text=True)
    return float(found.stdout)


def check_window(tap: Tap, picture: Path) -> None:
    with Program(programs.HELLO, ENV["USER1"], ENV["PASSWORD1"]) as hello:
        with tap.test("it follows the client's state"):
            for state in STATES:
                hello.expect(f"state: {state}")
        with tap.test("it shows the roster"):
            hello.expect(re.escape(f"Contact {ENV['USER2']} (both)"))
        before = picture.with_stem(picture.stem + "-empty")
        take_picture(before)
        with tap.test("it shows a message"):
            with Program(programs.SEND_MESSAGE, ENV["USER2"], ENV["PASSWORD2"], ENV["USER1"],
                         "Hello, window ✓", "and again") as sender:
                assert sender.end() == 0, sender.lines
            hello.expect(re.escape(ENV["USER2"]) + "/.*: Hello, window ✓")
            hello.expect(re.escape(ENV["USER2"]) + "/.*: and again")
        with tap.test("the picture shows writing in the window, and more with the messages"):
            colours = take_picture(picture)
            assert colours > 20, colours
            # The window has no frame and stands in the corner, 480 pixels wide.
            label, rest = ink(picture, "480x40+0+0"), ink(picture, "480x230+0+110")
            assert 0.001 < label < 0.2, label
            assert ink(before, "480x230+0+110") < rest < 0.2, rest
        with tap.test("it ends in an orderly way when it is told to"):
            hello.signal(signal.SIGTERM)
            hello.expect("state: stopping")
            hello.expect("state: disconnected")
            hello.expect("terminated: stopped")
            assert hello.end() == 0
            assert not any(re.search("CRITICAL|WARNING", line) for line in hello.lines), \
                hello.lines
    before.unlink()


def check_certificate(tap: Tap, picture: Path) -> None:
    with tap.test("a certificate that was refused is asked about"):
        env = programs.where(HEADSTOCK_CA=ENV["OTHER_CA"])
        with Program(programs.HELLO, ENV["USER1"], ENV["PASSWORD1"], env=env) as hello:
            hello.expect("state: disconnected")
            hello.expect("terminated: .*certificate.*")
            assert "state: secured" not in hello.lines
            take_picture(picture)
            # The button with the fingerprint.
            assert 0.01 < ink(picture, "480x60+0+100"), ink(picture, "480x60+0+100")
            hello.signal(signal.SIGTERM)
            assert hello.end() == 0


def wait_for_ink(picture: Path, least: float, most: float) -> float:
    """Takes pictures until the list in the window has as much writing; how much that is."""
    for _ in range(40):
        take_picture(picture, 0.4)
        if least <= (found := ink(picture, "480x290+0+25")) < most:
            return found
    raise AssertionError(f"{found} is not from {least} to {most}")


def check_cookbook(tap: Tap, language: str, picture: Path) -> None:
    """The window of docs/cookbook/windows.md shows a message, and the client stays while the window does."""
    text = (first_programs.ROOT / "docs" / "cookbook" / "windows.md").read_text()
    code = re.search(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL).group(1)
    code = cookbook_programs.place(language, code, cookbook_programs.Scenario(print))
    with tap.test(f"the window of the cookbook shows a message, in {language}"), Peer(2) as peer, \
            tempfile.TemporaryDirectory(dir=ENV["DIR"]) as folder:
        command = first_programs.prepare(language, code, Path(folder), "gtk4")
        with Program(command) as program:
            cookbook_programs.see(peer, ENV["USER1"])
            # The screen is black where there is no window yet.
            before = wait_for_ink(picture, 0, 0.5)
            peer.say(ENV["USER1"], "Hello, window")
            wait_for_ink(picture, before + 0.001, 0.5)
            assert not any(re.search("CRITICAL|WARNING|Traceback", line) for line in program.lines), program.lines
    picture.unlink()


def run_xdotool(*arguments: str) -> str:
    """Does what somebody at the machine would do."""
    return subprocess.run(["xdotool", *arguments], check=True, stdout=subprocess.PIPE, text=True,
                          timeout=programs.PATIENCE).stdout


def check_messenger(tap: Tap, picture: Path) -> None:
    """A messenger in one page shows its contacts and what they say, and sends what is written."""
    code = (Path(__file__).resolve().parent / "feature-programs" / "contacts.c").read_text()
    code = cookbook_programs.place("c", code, cookbook_programs.Scenario(print))
    with Peer(2) as peer, tempfile.TemporaryDirectory(dir=ENV["DIR"]) as folder, \
            Program(first_programs.prepare("c", code, Path(folder), "gtk4"), ENV["USER1"], ENV["PASSWORD1"]) as program:
        cookbook_programs.see(peer, ENV["USER1"])
        with tap.test("a messenger sends what is written to the contact that is chosen"):
            window = run_xdotool("search", "--sync", "--onlyvisible", "--pid", str(program.process.pid)).split()[-1]
            run_xdotool("windowfocus", window)
            # The entry is the lowest thing in the window.
            where = run_xdotool("getwindowgeometry", "--shell", window)
            left, top, width, height = (int(re.search(rf"^{name}=(\d+)", where, re.MULTILINE).group(1))
                                        for name in ("X", "Y", "WIDTH", "HEIGHT"))
            run_xdotool("mousemove", str(left + width // 2), str(top + height - 15), "click", "1")
            run_xdotool("type", "Good morning")
            run_xdotool("key", "Return")
            assert cookbook_programs.hear(peer, "Good morning").startswith(ENV["USER1"] + "/")
        with tap.test("a messenger shows what is said"):
            take_picture(picture)
            before = picture.read_bytes()
            peer.say(ENV["USER1"], "How are you?")
            for _ in range(40):
                take_picture(picture, 0.4)
                if picture.read_bytes() != before:
                    break
            assert picture.read_bytes() != before
        with tap.test("a messenger has no complaint"):
            assert program.process.poll() is None
            assert not any(re.search("CRITICAL|WARNING", line) for line in program.lines), program.lines
    picture.unlink()


def main() -> int:
    # The picture must not depend on what the person at the machine has chosen.
    os.environ.update(GSK_RENDERER="cairo", GTK_A11Y="none", GTK_THEME="Adwaita",
                      GDK_BACKEND="x11", GTK_CSD="0")
    picture = Path(sys.argv[1])
    tap = Tap()
    check_window(tap, picture)
    check_certificate(tap, picture.with_stem(picture.stem + "-refused"))
    check_cookbook(tap, "c", picture.with_stem(picture.stem + "-cookbook"))
    check_messenger(tap, picture.with_stem(picture.stem + "-messenger"))
    # Python may be missing, and its GTK.
    if "HS_EXAMPLES_PYTHON" in os.environ:
        check_cookbook(tap, "python", picture.with_stem(picture.stem + "-cookbook"))
    return tap.plan()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""States that a folder keeps; needs no server."""

import tempfile
from pathlib import Path

from support import main, refused, scenario, wait  # isort: skip
from gi.repository import Gio, GLib, GObject, Headstock

ACCOUNT = "user@example.org"


class Counter(GObject.Object, Headstock.Stateful):
    """An object with a state."""

    def __init__(self, client=None, version=1):
        super().__init__()
        self.client = client
        self.version = version
        self.count = 0

    def do_dup_state_name(self):
        return "counter"

    def do_dup_state(self):
        if not self.count:
            return None
        return GLib.Variant("(usi)", (self.version, ACCOUNT, self.count))

    def do_restore_state(self, state):
        self.check_state(state, "(usi)", self.version, self.client)
        self.count = state[2]
        return True

    def change(self, count):
        self.count = count
        self.emit_changed()


def flush(folder):
    """Writes what has changed."""
    results = []
    folder.flush_async(None, lambda folder, result: results.append(folder.flush_finish(result)))
    assert wait(lambda: results) == [True]


@scenario
def kept():
    """a class in Python finds its state again"""
    with tempfile.TemporaryDirectory() as path:
        folder = Headstock.StateFolder.new(Gio.File.new_for_path(path))
        assert folder.props.delay == 2000 and folder.props.folder.get_path() == path
        counter = Counter()
        assert folder.load(counter) and counter.count == 0
        counter.change(3)
        flush(folder)
        assert [entry.name for entry in Path(path).iterdir()] == ["counter"]
        again = Counter(Headstock.Client.new(f"{ACCOUNT}/x", "secret"))
        assert Headstock.StateFolder(folder=Gio.File.new_for_path(path)).load(again) and again.count == 3
        folder.forget(counter)
        counter.change(4)
        flush(folder)
        assert folder.load(counter) and counter.count == 3
        counter.change(0)
        flush(folder)
        assert not list(Path(path).iterdir())


@scenario
def refusals():
    """what is another account's, of another version or broken is refused"""
    with tempfile.TemporaryDirectory() as path:
        folder = Headstock.StateFolder.new(Gio.File.new_for_path(path))
        folder.load(counter := Counter())
        counter.change(3)
        flush(folder)
        invalid = Headstock.error_quark(), Headstock.Error.INVALID_STATE
        for other in (Counter(Headstock.Client.new("other@example.org", "secret")), Counter(version=2)):
            stranger = Headstock.StateFolder.new(Gio.File.new_for_path(path))
            refused(lambda: stranger.load(other), *invalid)
            assert other.count == 0
        file = Path(path, "counter")
        file.write_bytes(file.read_bytes()[:-1])
        refused(lambda: folder.load(counter), *invalid)
        assert counter.count == 3
        for state in (GLib.Variant("(us)", (1, ACCOUNT)), GLib.Variant("s", "x"),
                      GLib.Variant("(usi)", (1, ACCOUNT + "/x", 3))):
            refused(lambda: counter.restore_state(state), *invalid)


@scenario
def failure():
    """a state that cannot be written is told, and tried again"""
    with tempfile.TemporaryDirectory() as path:
        folder = Headstock.StateFolder.new(Gio.File.new_for_path(path))
        folder.props.delay = 1
        failures = []
        folder.connect("write-failed", lambda folder, counter, error: failures.append((counter, error)))
        folder.load(counter := Counter())
        Path(path, "counter").mkdir()
        counter.change(5)
        (failed, error), = wait(lambda: failures)
        assert failed is counter and error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.IS_DIRECTORY)
        Path(path, "counter").rmdir()
        wait(lambda: Path(path, "counter").exists())


main()

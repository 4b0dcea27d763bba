# SPDX-License-Identifier: LGPL-2.1-or-later
"""The type stubs name what Python has, and nothing else; mypy takes them for right, and finds nothing wrong in the
examples, the cookbook and the samples of the reference.

    test_stubs.py MYPY STUB... -- EXAMPLE...

Without MYPY, an empty string, only the names are compared.
"""

import ast
import inspect
import keyword
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import gi
from support import HERE, main, scenario

gi.require_version("HeadstockTest", "1.0")
from gi.repository import GObject, Headstock, HeadstockTest  # noqa: E402

MYPY = sys.argv[1]
STUBS = [Path(one) for one in sys.argv[2:sys.argv.index("--")]]
EXAMPLES = [Path(one) for one in sys.argv[sys.argv.index("--") + 1:]]
# What is strict for the stubs only: an example's functions say nothing of types.
SETTINGS = """\
[mypy]
check_untyped_defs = True
disable_error_code = var-annotated
strict_equality = True
[mypy-gi.repository.*]
disallow_untyped_defs = True
disallow_incomplete_defs = True
disallow_any_generics = True
warn_return_any = True
[mypy-cookbook.*]
# A page that shows one thing does not ask whether all that it takes for it is there.
strict_optional = False
[mypy-reference.*]
strict_optional = False
# A sample has names of the program around it, such as a function that shows something.
disable_error_code = name-defined, var-annotated
"""
CORE = "{http://www.gtk.org/introspection/core/1.0}"
# What a sample of the reference takes for there.
SAMPLE_FRAME = """\
import gi
gi.require_version("Headstock", "1.0")
gi.require_version("HeadstockTest", "1.0")
from gi.repository import Gio, GLib, GObject, Headstock, HeadstockTest
archive: Headstock.Archive
blocking: Headstock.Blocking
client: Headstock.Client
contact: Headstock.Contact
disco: Headstock.Disco
element: Headstock.Element
field: Headstock.DataField
folder: Headstock.StateFolder
form: Headstock.DataForm
history: Headstock.History
info: Headstock.DiscoInfo
invite: Headstock.Invite
last_activity: Headstock.LastActivity
message: Headstock.Message
messages: Headstock.Messages
muc: Headstock.Muc
page: Headstock.ArchivePage
ping: Headstock.Ping
place: Headstock.Element
pubsub: Headstock.PubSub
query: Headstock.Element
registration: Headstock.Registration
request: Headstock.Iq
room: Headstock.Room
roster: Headstock.Roster
server: HeadstockTest.Server
software_version: Headstock.SoftwareVersion
time: Headstock.Time
upload: Headstock.Upload
vcards: Headstock.Vcards
avatars: Headstock.Avatars
"""
# What the names of C's structures have become in Python.
FIELDS = {"parent_instance", "padding"}
COOKBOOK = HERE.parent.parent / "docs" / "cookbook"


class Stub:
    """What a stub names."""

    def __init__(self, path):
        self.names = self.collect(ast.parse(path.read_text()))
        self.module = {"Headstock": Headstock, "HeadstockTest": HeadstockTest}[path.stem]

    def collect(self, node):
        found = {}
        for one in node.body:
            if isinstance(one, ast.ClassDef):
                found[one.name] = (one, self.collect(one))
            elif isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)):
                # Of several, the one that needs the least.
                if one.name not in found or len(one.args.defaults) > len(found[one.name][0].args.defaults):
                    found[one.name] = (one, None)
            elif isinstance(one, ast.AnnAssign):
                found[one.target.id] = (one, None)
            elif isinstance(one, ast.Assign):
                found[one.targets[0].id] = (one, None)
        return {name: value for name, value in found.items() if name != "Props"}

    def classes(self):
        return [(name, members) for name, (_node, members) in self.names.items() if members is not None and name[0] != "_"]

    def inherited(self, name):
        """A class's members, with those of what it derives from."""
        node, members = self.names.get(name, (None, None))
        if members is None:
            return set()
        return {*members}.union(*(self.inherited(base.id) for base in node.bases if isinstance(base, ast.Name)))


def is_ours(cls):
    return cls.__module__.startswith(("gi.repository.Headstock", "gi.overrides.Headstock"))


@scenario
def test_invented():
    """Python has what the stubs name"""
    invented = []
    for stub in map(Stub, STUBS):
        invented += [name for name in stub.names if name[0] != "_" and not hasattr(stub.module, name)]
        for name, members in stub.classes():
            cls = getattr(stub.module, name)
            implemented = set()
            if issubclass(cls, GObject.GInterface):
                # What an interface has as attributes of what implements it.
                implemented = {"props", *(spec.name.replace("-", "_") for spec in GObject.list_properties(cls)),
                               *(one for one in members if one.startswith("do_"))}
            invented += [f"{name}.{one}" for one in members if not hasattr(cls, one) and one not in implemented]
    assert not invented, invented


@scenario
def test_missing():
    """The stubs name what Python has"""
    missing = []
    for stub in map(Stub, STUBS):
        for name in dir(stub.module):
            if name.startswith("_") or name.endswith(("Class", "Interface")):
                continue
            if name not in stub.names:
                missing.append(name)
            item = getattr(stub.module, name)
            if not isinstance(item, type):
                continue
            found = {*stub.inherited(name), *keyword.kwlist, *dir(GObject.Object)}
            has = {one for cls in item.__mro__ if is_ours(cls) for one in vars(cls)}
            missing += [f"{name}.{one}" for one in sorted(has - found - FIELDS) if not one.startswith(("_", "do_"))]
    assert not missing, missing


@scenario
def test_pairs():
    """Each function with a callback names its finish function, from which newer versions of g-ir-scanner mark the pair"""
    # An annotation for that would be a warning with g-ir-scanner before 1.84, and so an error.
    for stub in STUBS:
        methods = {(owner.get("name"), one.get("name")): one for owner in ElementTree.parse(stub.with_name(f"{stub.stem}-1.0.gir")).iter()
                   for one in owner.findall(CORE + "method")}
        started = {key: one for key, one in methods.items() if key[1].endswith("_async")}
        marks = {key: one.get("{http://www.gtk.org/introspection/glib/1.0}finish-func") for key, one in started.items()}
        expected = {key: key[1].removesuffix("async") + "finish" for key in started}
        lost = [key for key, finish in expected.items() if (key[0], finish) not in methods]
        assert not lost, lost
        assert not any(marks.values()) or marks == expected, marks


def find_parameters(node):
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    needed = positional[:len(positional) - len(arguments.defaults)]
    needed += [one for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults) if default is None]
    return [one.arg for one in (*positional, *arguments.kwonlyargs)], [one.arg for one in needed]


@scenario
def test_signatures():
    """The override's own functions take what the stubs say"""
    stub = Stub(STUBS[0])
    functions = [(f"{name}.{one}", getattr(getattr(Headstock, name), one, None), node)
                 for name, members in stub.classes() for one, (node, _members) in members.items()]
    functions += [(name, getattr(Headstock, name, None), node) for name, (node, _members) in stub.names.items()]
    compared = 0
    for name, function, node in functions:
        function = getattr(function, "__wrapped__", getattr(function, "__func__", function))
        if not inspect.isfunction(function) or not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        parameters = inspect.signature(function).parameters.values()
        if any(one.kind is one.VAR_KEYWORD for one in parameters) or (name.endswith(".get") and not node.args.defaults):
            continue
        plain = [one for one in parameters if one.kind is not one.VAR_POSITIONAL]
        real = [one.name for one in plain], [one.name for one in plain if one.default is one.empty]
        assert find_parameters(node) == real, f"{name} takes {real}, not {find_parameters(node)}"
        compared += 1
    assert compared > 30, compared


def find_programs(text):
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def list_programs(folder):
    """The examples and the programs of the cookbook, with names that are modules'."""
    for path in EXAMPLES:
        program = folder / f"example_{path.stem.replace('-', '_')}.py"
        program.write_text(path.read_text())
        yield program
    (folder / "cookbook").mkdir()
    (folder / "cookbook" / "__init__.py").touch()
    frame = find_programs((COOKBOOK / "cookbook.md").read_text())[0]
    for page in sorted(COOKBOOK.glob("*.md")):
        for number, code in enumerate(find_programs(page.read_text())):
            program = folder / "cookbook" / f"{page.stem.replace('-', '_')}_{number}.py"
            program.write_text(code if "gi.require_version" in code else frame.replace("# The code of the page", code))
            yield program


def list_samples(folder):
    """The samples of the reference, each with the name of what it is about."""
    (folder / "reference").mkdir()
    (folder / "reference" / "__init__.py").touch()
    samples = {}
    for stub in STUBS:
        for element in ElementTree.parse(stub.with_name(f"{stub.stem}-1.0.gir")).iter():
            # A function that has moved is there twice.
            about = element.get("{http://www.gtk.org/introspection/c/1.0}identifier") or element.get("name")
            for number, code in enumerate(find_programs(element.findtext(CORE + "doc", ""))):
                samples[folder / "reference" / f"{about.replace('-', '_')}_{number}.py"] = code
    for path, code in samples.items():
        path.write_text(SAMPLE_FRAME + "async def main() -> None:\n" + textwrap.indent(code, "    "))
    return [*samples]


def run_mypy(*paths):
    """What mypy says, by the name of the file and the number of the line."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        shutil.copytree(HERE / "stubs" / "gi", folder / "gi")
        for stub in STUBS:
            shutil.copy(stub, folder / "gi" / "repository")
        (folder / "mypy.ini").write_text(SETTINGS)
        samples = list_samples(folder)
        assert len(samples) > 150, len(samples)
        paths = [*paths, *list_programs(folder), *samples, *(folder / "gi" / "repository" / stub.name for stub in STUBS)]
        said = subprocess.run(
            [MYPY, "--config-file", folder / "mypy.ini", "--cache-dir", "/dev/null", "--no-error-summary", *paths],
            env={**os.environ, "MYPYPATH": str(folder)}, cwd=folder, check=False, capture_output=True, text=True)
        assert not said.stderr, said.stderr
    found = {}
    for line in said.stdout.splitlines():
        parts = re.fullmatch(r"(.*?):(\d+): (.*)", line)
        assert parts, said.stdout
        name, number, text = parts.groups()
        if text.startswith("error:"):
            found[Path(name).name, int(number)] = text
    return found


def test_types():
    """mypy takes the stubs, the examples and the cookbook for right, and what is wrong for wrong"""
    wrong = HERE / "stubs" / "wrong.py"
    found = run_mypy(HERE / "stubs" / "example.py", wrong)
    expected = {(wrong.name, number) for number, line in enumerate(wrong.read_text().splitlines(), 1) if "# wrong: " in line}
    assert not expected - set(found), f"not refused: {expected - set(found)}"
    assert not set(found) - expected, [f"{place}: {text}" for place, text in found.items() if place not in expected]


if MYPY:
    scenario(test_types)

if __name__ == "__main__":
    main()

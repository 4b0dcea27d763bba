#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plants wrong rows beside a row of the table of defences, and sees that mutations.py --check reports each. Prints TAP.

Usage: test-mutations.py"""
import contextlib
import dataclasses
import io
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "attack"))
import mutations  # noqa: E402

# Older versions of GLib list tests as they are, and newer ones as comments.
PROGRAM = "#!/bin/sh\nprintf '# random seed\\n/part/one\\n# /part/two/deep\\n'\n"
GOOD = dataclasses.replace(mutations.MUTATIONS[0], name="good", target="tests/test-part", arguments=("-p", "/part/two"))


def change(**fields):
    return dataclasses.replace(GOOD, name="planted", **fields)


# What is planted, and what is said of it.
PLANTED = {
    "code that is not there": (change(old="no such code"), "found 0 times"),
    "a name that another row has": (dataclasses.replace(GOOD), "2 have this name"),
    "a program that is not there": (change(target="tests/test-parts"), "tests/test-parts is no program of a test"),
    "a test that is not there": (change(arguments=("-p", "/part/three")), "has no test /part/three"),
    "half of a test's name": (change(arguments=("-p", "/part/tw")), "has no test /part/tw"),
}
SOUND = {
    "a test": change(arguments=("-p", "/part/one")),
    "tests below a name": change(),
    "all tests": change(arguments=()),
    "a program that is not built": change(target="tests/test-later", arguments=("-p", "/later")),
}


def check(build: pathlib.Path, row: mutations.Mutation) -> str:
    mutations.MUTATIONS[:] = [GOOD, row]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        mutations.check([row], build)
    return said.getvalue()


def main() -> int:
    n_failed = 0
    with tempfile.TemporaryDirectory() as folder:
        build = pathlib.Path(folder).resolve()
        program = build / "tests/test-part"
        program.parent.mkdir()
        program.write_text(PROGRAM)
        program.chmod(0o755)
        (build / "meson-info").mkdir()
        tests = [{"cmd": ["/usr/bin/serve", f"{build}/tests/test-later"]}, {"cmd": [str(program)]}]
        (build / "meson-info/intro-tests.json").write_text(json.dumps(tests))
        expected = {what: (row, f"# {text}") for what, (row, text) in PLANTED.items()}
        expected |= {what: (row, "\nok 1") for what, row in SOUND.items()}
        print(f"1..{len(expected)}")
        for number, (what, (row, text)) in enumerate(expected.items(), 1):
            said = check(build, row)
            good = text.removeprefix("# ") in said and ("\nnot ok" in said) == text.startswith("#")
            n_failed += not good
            print(f"{'ok' if good else 'not ok'} {number} {what}")
            if not good:
                print("# " + said.replace("\n", "\n# "))
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())

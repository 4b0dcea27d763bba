#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fails when the library exports a symbol that no public header declares, does not export one that a
public header declares, or exports one no more that a release had (symbols.list).

Usage: check-symbols.py LIBRARY SOURCE_DIR BUILD_DIR [--update=VERSION]. Prints TAP. With --update, what
is new is kept in the list as that release's. A folder SOURCE_DIR without headstock.h is that of the second
library, whose list is symbols-test.list."""
import pathlib
import re
import subprocess
import sys

LIBRARY, SOURCE, BUILD = sys.argv[1:4]
UMBRELLA = next(pathlib.Path(SOURCE).glob("headstock*.h"))
LIST = (pathlib.Path(__file__).resolve().parent
        / ("symbols.list" if UMBRELLA.name == "headstock.h" else "symbols-test.list"))


def public_headers():
    umbrella = UMBRELLA.read_text()
    version = pathlib.Path(BUILD) / "hs-version.h"
    if version.exists() and re.search(r"#define HS_HAS_LIBSOUP 0$", version.read_text(), flags=re.M):
        umbrella = re.sub(r"#if HS_HAS_LIBSOUP\n.*?#endif", "", umbrella, flags=re.S)
    for name in re.findall(r"#include <headstock-glib(?:-test)?/([^>]+)>", umbrella):
        if name == "headstock.h":
            continue
        yield next(pathlib.Path(SOURCE).rglob(name), pathlib.Path(BUILD) / name)


def declared():
    symbols = set()
    for path in public_headers():
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
        symbols.update(re.findall(r"\b(hs_[a-z0-9_]+)\s*\(", re.sub(r"#define.*", "", text)))
        for name in re.findall(r"G_DECLARE_(?:DERIVABLE_TYPE|FINAL_TYPE|INTERFACE)\s*\(\w+,\s*(\w+)",
                               text):
            symbols.add(name + "_get_type")
    return symbols


def exported():
    out = subprocess.run(["nm", "-D", "--defined-only", LIBRARY], check=True, capture_output=True,
                         text=True).stdout
    return {line.split()[-1].split("@")[0] for line in out.splitlines()}


def released():
    """{symbol: [release, "private" or nothing]} of symbols.list."""
    lines = [line.split() for line in LIST.read_text().splitlines() if line and line[0] != "#"]
    return {symbol: rest for symbol, *rest in lines}


def update(version):
    kept = released()
    for symbol in exported():
        kept.setdefault(symbol, [version])
    head = [line for line in LIST.read_text().splitlines() if line.startswith("#")]
    lines = [" ".join([symbol, *rest]) for symbol, rest in sorted(kept.items())]
    LIST.write_text("\n".join(head + lines) + "\n")


def without_other_half(symbols):
    """The functions that begin something, or finish it, without the other one: bindings find them by their names."""
    halves = {"_async": "_finish", "_finish": "_async"}
    return sorted(name for name in symbols for half, other in halves.items()
                  if name.endswith(half) and name.removesuffix(half) + other not in symbols)


def main():
    for option in sys.argv[4:]:
        update(option.removeprefix("--update="))
    has, says, kept = exported(), declared(), released()
    private = {symbol for symbol, rest in kept.items() if "private" in rest[1:]}
    # Functions that the type macros make static inline are in the headers and nowhere else.
    results = [
        ("nothing is exported that no public header declares", sorted(has - says - private)),
        ("all that a public header declares is exported", sorted(says - has)),
        ("all that a release exported is still there", sorted(set(kept) - has)),
        ("what the list says is well-formed",
         sorted(symbol for symbol, rest in kept.items()
                if not re.fullmatch(r"\d+\.\d+\.\d+( private)?", " ".join(rest)))),
        ("each _async has its _finish, and each _finish its _async", without_other_half(has)),
        ("an _async without a _finish would be found",
         [] if without_other_half({"hs_a_async", "hs_b_finish", "hs_c_async", "hs_c_finish"})
         == ["hs_a_async", "hs_b_finish"] else ["hs_a_async"]),
        ("there is something to check", [] if len(has) > (100 if UMBRELLA.name == "headstock.h" else 10) else [f"{len(has)} symbols"]),
    ]
    print(f"1..{len(results)}")
    for number, (what, wrong) in enumerate(results, 1):
        print(f"{'not ok' if wrong else 'ok'} {number} - {what}")
        for symbol in wrong:
            print(f"# {symbol}")
    return 1 if any(wrong for _, wrong in results) else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whether a stanza still takes no more instructions than it did.

    check-instructions.py PROGRAM [--update]

Counts with callgrind the instructions of the fixed work of instructions.c, and of whole clients at the
small server, and compares them with the figures in instructions.json for the program's architecture and
the libxml2 that it uses. What libxml2 alone takes for the same bytes is counted too, so that another patch
of it changes nothing. --update keeps the present figures.
"""

import argparse
import concurrent.futures
import json
import os
import platform
import re
import shutil
import struct
import subprocess
import sys
import tempfile

from benchmark import run_beside_server
from workloads import WORKLOADS, environment

FIGURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "instructions.json")
WORK = {
    "chat": "a chat message received",
    "groupchat": "a group-chat message received",
    "roster": "a roster item received and forgotten",
    "send": "a message built and written",
    "walk": "an element of a stanza that is kept: walked to twice, changed, let go",
    "chat-cyrillic": "a chat message in Cyrillic letters",
    "chat-cjk": "a chat message in Chinese",
    "chat-emoji": "a chat message with emoji",
    "groupchat-cyrillic": "a group-chat message in Cyrillic letters",
    "groupchat-cjk": "a group-chat message in Chinese",
    "groupchat-emoji": "a group-chat message with emoji",
}
# A whole client beside the small server: what it is, a workload and a program that does it, how, how many stanzas in one
# run and in another, 0 for none, and how many clients. What is counted begins and ends with what the benchmark measures.
# A roster is measured from the start of the client, which loads libraries: there the difference counts.
CLIENT_WORK = {
    "client-chat": ("a chat message received by a client", "chat", "client-headstock", "handler", 0, 2000, 1),
    "client-messages": ("a chat message received through HsMessages", "chat", "client-headstock", "messages", 0, 1000, 1),
    "client-send": ("a message that a client sends", "send", "client-headstock", "handler", 0, 2000, 1),
    "client-trip": ("a request and its answer, one at a time", "trips", "client-headstock", "handler", 0, 500, 1),
    "client-sign-in": ("a client that signs in and answers a ping", "pings", "crowd-headstock", "-", 0, 0, 51),
    "client-contact": ("a contact of a roster", "contacts", "contacts-headstock", "alone", 1000, 4000, 1),
    "client-occupant": ("an occupant of a room", "room", "room-headstock", "alone", 0, 1000, 1),
}
# What the library adds to the start of an empty program.
START = {"start": "a program that is linked to the library starts"}
ALL_WORK = {**WORK, **{work: words[0] for work, words in CLIENT_WORK.items()}, **START}
# What libxml2 alone takes for the same bytes, as a part of what the library takes. Where pointers have 32 bits,
# functions pass their arguments over the stack, and the part is another.
OF_BASELINE = 0.80
BASELINE_ON = "x86_64"
# What the header of an ELF file calls a machine (e_machine), and whether it is one of 32 bits.
ARCHITECTURES = {(3, 1): "i386", (62, 2): "x86_64", (62, 1): "x32", (40, 1): "arm", (183, 2): "aarch64",
                 (243, 2): "riscv64", (22, 2): "s390x", (21, 2): "ppc64"}
# The difference between two runs is that of the stanzas alone.
FEW, MANY = 500, 2500
RISE = 0.03
# How much of a flood a client reads at a time, and how many turns it takes, is not always the same.
RISE_OF_CLIENT = 0.10
# Other versions of GLib, libc or the compiler have counts of their own.
RISE_ELSEWHERE = 0.10
TIMEOUT = 120


def count(program, work, amount):
    """The instructions of one run."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    with tempfile.TemporaryDirectory() as folder:
        said = subprocess.run(
            ["valgrind", "--tool=callgrind", "--toggle-collect=work",
             "--callgrind-out-file=" + os.path.join(folder, "out"), program, work, str(amount)],
            env=environment, capture_output=True, text=True, timeout=TIMEOUT)
    found = re.search(r"Collected : (\d+)", said.stderr)
    if said.returncode != 0 or found is None or int(found.group(1)) == 0:
        raise RuntimeError(f"{program} {work} {amount} failed with status {said.returncode}: "
                           + said.stderr.strip()[-500:])
    return int(found.group(1))


def count_client(build, work):
    """The instructions of a client, for each stanza or client."""
    _, name, program, how, few, many, n_clients = CLIENT_WORK[work]

    def once(amount):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "out")
            run_beside_server(build, WORKLOADS[name], program, how, amount, n_clients,
                              below=["valgrind", "--tool=callgrind", "--instr-atstart=no",
                                     "--callgrind-out-file=" + out])
            return read_total(out)

    return (once(many) - (once(few) if few else 0)) // (many - few or n_clients - 1)


def count_start(build):
    """What an empty program takes more for the library."""
    def once(name):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "out")
            subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out,
                            os.path.join(build, "tests", "performance", name)],
                           env=environment(build), check=True, capture_output=True, timeout=TIMEOUT)
            return read_total(out)

    return once("start-headstock") - once("start-glib")


def read_total(out):
    """The sum that a file of callgrind's has."""
    with open(out) as file:
        found = re.search(r"^totals: (\d+)", file.read(), re.MULTILINE)
    if found is None or int(found.group(1)) == 0:
        raise RuntimeError("nothing was counted: valgrind/callgrind.h was not there when bench.c was compiled")
    return int(found.group(1))


def measure(program):
    """Instructions a stanza: {work: {"ours": N, "bare": N}}."""
    build = os.path.dirname(os.path.dirname(os.path.dirname(program)))

    def per_stanza(work):
        return (count(program, work, MANY) - count(program, work, FEW)) // (MANY - FEW)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        ours = {work: pool.submit(per_stanza, work) for work in WORK}
        ours |= {work: pool.submit(count_client, build, work) for work in CLIENT_WORK}
        ours |= {work: pool.submit(count_start, build) for work in START}
        bare = {work: pool.submit(per_stanza, work + "-bare") for work in WORK if work not in ("send", "walk")}
        return {work: {"ours": ours[work].result(),
                       "bare": bare[work].result() if work in bare else 0}
                for work in ALL_WORK}


def version(command):
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=20).stdout
    except OSError:
        return "?"
    return said.splitlines()[0].strip() if said.strip() else "?"


def architecture(program):
    """What a program was compiled for, which need not be what the kernel is."""
    with open(program, "rb") as file:
        header = file.read(20)
    order = "<" if header[5] == 1 else ">"
    machine, bits = struct.unpack(order + "H", header[18:20])[0], header[4]
    return ARCHITECTURES.get((machine, bits), f"machine {machine}, {bits * 32} bit")


def key(program):
    """The figures' name: libxml2 has another way to read with each minor version."""
    libxml2 = ".".join(versions()["libxml2"].split(".")[:2])
    return f"{architecture(program)}, libxml2 {libxml2}"


def versions():
    return {
        "compiler": version([os.environ.get("CC", "cc"), "-dumpfullversion"]),
        "glib": version(["pkg-config", "--modversion", "glib-2.0"]),
        "libc": " ".join(platform.libc_ver()),
        "libxml2": version(["pkg-config", "--modversion", "libxml-2.0"]),
    }


def check_rise(kept, now, rise):
    """Whether one kind of work takes no more than is kept."""
    expected = kept["ours"] - kept["bare"] + now["bare"]
    change = now["ours"] / expected - 1
    print(f"# {now['ours']} instructions, expected {expected} ({change:+.1%}), "
          f"of which libxml2 alone {now['bare']}")
    if change > rise:
        print(f"# More than {rise:.0%} above the figure in instructions.json: find out why "
              "(docs/performance.md), or keep the new one with --update.")
    elif change < -rise:
        print("# Fewer than are kept: run with --update, so that it stays so.")
    return change <= rise


def check_baseline(work, now, name):
    """Whether messages take no more than libxml2 alone by a goal of docs/performance.md."""
    if "chat" not in work or work not in WORK or not name.startswith(BASELINE_ON):
        return True
    part = now["bare"] / now["ours"]
    print(f"# {part:.3f} of the baseline, at least {OF_BASELINE:.2f}")
    return part >= OF_BASELINE


def check(kept, now, same, name):
    """One line of TAP for each kind of work; whether all is well."""
    print(f"1..{len(ALL_WORK)}")
    well = True
    for number, (work, what) in enumerate(ALL_WORK.items(), 1):
        rise = RISE_ELSEWHERE if not same else RISE if work in WORK else RISE_OF_CLIENT
        good = check_baseline(work, now[work], name)
        if work in kept:
            good = check_rise(kept[work], now[work], rise) and good
        else:
            print(f"# {now[work]['ours']} instructions; no figure is kept: --update keeps it")
        well = well and good
        print(f"{'ok' if good else 'not ok'} {number} - {what}")
    return well


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    if shutil.which("valgrind") is None:
        print("1..0 # SKIP valgrind is not installed")
        return 0
    with open(FIGURES) as file:
        kept = json.load(file)
    name = key(options.program)
    if not options.update and name not in kept:
        print(f"1..0 # SKIP there are no figures for {name}; --update makes them")
        return 0
    now = measure(os.path.abspath(options.program))
    if options.update:
        kept[name] = {"versions": versions(), "instructions": now}
        with open(FIGURES, "w") as file:
            json.dump(kept, file, indent=2, sort_keys=True)
            file.write("\n")
        print(json.dumps(now, indent=2))
        return 0
    same = kept[name]["versions"] == versions()
    if not same:
        print(f"# The figures are from {kept[name]['versions']}, this is {versions()}: "
              f"{RISE_ELSEWHERE:.0%} more are let pass.")
    return 0 if check(kept[name]["instructions"], now, same, name) else 1


if __name__ == "__main__":
    sys.exit(main())

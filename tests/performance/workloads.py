# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is measured: the workloads, and who does them."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

# An interpreter that finds Debian's Python packages: the first on PATH need not.
PYTHON = "/usr/bin/python3" if os.access("/usr/bin/python3", os.X_OK) else sys.executable


class Workload:
    """server: what the server is told, or None for programs that have a server of their own and are told the amount
    and what follows in the list; amount: stanzas, in full and short; clients: connections;
    contestants: program, how, and which part of the amount it is given."""

    def __init__(self, server, amount, contestants, clients=(1, 1), tls=False, runs=None):
        self.server = server
        self.amount = amount
        self.contestants = contestants
        self.clients = clients
        self.tls = tls
        self.runs = runs


FLOOD = {
    "bare": ("client-bare", "-", 1),
    "handler": ("client-headstock", "handler", 1),
    "signal": ("client-headstock", "signal", 1),
    "messages": ("client-headstock", "messages", 1),
    "strophe": ("client-strophe", "-", 1 / 8),
    "loudmouth": ("client-loudmouth", "-", 1 / 8),
    "gloox": ("client-gloox", "-", 1 / 40),
    "qxmpp": ("client-qxmpp", "-", 1 / 40),
    "python": ("client-headstock.py", "-", 1 / 8),
    "javascript": ("client-headstock.js", "-", 1 / 10),
    "python-text": ("client-headstock.py", "text", 1 / 8),
    "javascript-text": ("client-headstock.js", "text", 1 / 10),
    "slixmpp": ("client-slixmpp.py", "-", 1 / 40),
    "nbxmpp": ("client-nbxmpp.py", "-", 1 / 40),
    "xmppjs": ("client-xmppjs.mjs", "-", 1 / 20),
}

OURS = {"headstock": ("client-headstock", "handler", 1)}
LIBRARIES = OURS | {
    "strophe": ("client-strophe", "-", 1),
    "loudmouth": ("client-loudmouth", "-", 1),
}

WORKLOADS = {
    "chat": Workload("chat", (1000000, 400000), FLOOD),
    "groupchat": Workload("groupchat", (400000, 200000), FLOOD),
    "tls": Workload("chat", (1000000, 400000),
                    {name: FLOOD[name] for name in ("bare", "handler", "strophe", "loudmouth",
                                                    "gloox")}, tls=True),
    "turn": Workload("groupchat", (400000, 200000),
                     {"headstock": ("client-headstock", "turn", 1)}),
    "growth": Workload("chat", (100000, 100000),
                       {name: (program, how, 1) for name, (program, how, _) in FLOOD.items()
                        if name in ("handler", "signal", "strophe", "loudmouth")}),
    "roster": Workload("roster", (1000000, 100000), {
        "bare": ("client-bare", "-", 1),
        "headstock": ("client-headstock", "handler", 1),
        # The time of these two grows with the square of the items.
        "strophe": ("client-strophe", "-", 1 / 50),
        "loudmouth": ("client-loudmouth", "-", 1 / 50),
        "qxmpp": ("client-qxmpp", "-", 1 / 50),
    }),
    "send": Workload("send", (100000, 100000), LIBRARIES | {
        "gloox": ("client-gloox", "-", 1),
        "qxmpp": ("client-qxmpp", "-", 1 / 10),
        "python": ("client-headstock.py", "-", 1 / 2),
        "slixmpp": ("client-slixmpp.py", "-", 1 / 10),
        "nbxmpp": ("client-nbxmpp.py", "-", 1 / 10),
    }),
    "trips": Workload("none", (10000, 2000), LIBRARIES | {
        "gloox": ("client-gloox", "-", 1),
    }),
    "trips100": Workload("none", (10000, 10000), LIBRARIES | {
        "gloox": ("client-gloox", "-", 1),
    }),
    "contacts": Workload("contacts", (100000, 100000), {
        "headstock": ("contacts-headstock", "roster", 1),
        "state": ("contacts-headstock", "state", 1),
        "qxmpp": ("contacts-qxmpp", "-", 1),
        "slixmpp": ("contacts-slixmpp.py", "-", 1 / 10),
        "nbxmpp": ("contacts-nbxmpp.py", "-", 1 / 10),
    }, runs=(3, 1)),
    "presences": Workload("presences", (100000, 100000), {
        "signal": ("contacts-headstock", "signal", 1),
        "roster": ("contacts-headstock", "roster", 1),
        "list": ("contacts-gtk", "list", 1),
    }, runs=(3, 1)),
    "room": Workload("room", (5000, 5000), {
        "headstock": ("room-headstock", "-", 1),
        "qxmpp": ("room-qxmpp", "-", 1),
        "slixmpp": ("room-slixmpp.py", "-", 1),
        "nbxmpp": ("room-nbxmpp.py", "-", 1),
    }),
    "room-presences": Workload("room-presences", (50000, 50000), {
        "headstock": ("room-headstock", "-", 1),
    }, runs=(3, 1)),
    "room-caps": Workload("room-caps", (5000, 5000), {
        "headstock": ("room-headstock", "-", 1),
    }, runs=(3, 1)),
    "history": Workload(None, (1000000, 200000), {
        "headstock": ("history-headstock", [], 1),
    }, runs=(3, 1)),
    # Each answer is 100 ms late.
    "history-trips": Workload(None, (10000, 10000), {
        "headstock": ("history-headstock", ["100"], 1),
    }, runs=(1, 1)),
    "idle": Workload("none", (0, 0), {
        "headstock": ("crowd-headstock", "-", 1),
        "strophe": ("client-strophe", "-", 1),
        "loudmouth": ("client-loudmouth", "-", 1),
    }, clients=(1000, 1000), runs=(3, 1)),
    "idle-managed": Workload("managed", (0, 0), {
        "headstock": ("crowd-headstock", "-", 1),
    }, clients=(1000, 1000), runs=(3, 1)),
    "pings": Workload("pings", (0, 0), {
        "headstock": ("crowd-headstock", "-", 1),
        "turn": ("crowd-headstock", "turn", 1),
    }, clients=(5000, 1000), runs=(3, 1)),
}

# What a client needs beside its program, and how to tell that it is there.
NEEDS = {
    "client-headstock.py": [PYTHON, "-c",
                            "import gi; gi.require_version('Headstock', '1.0');"
                            "from gi.repository import Headstock; Headstock.xmpphandler"],
    "client-headstock.js": ["gjs", "-c", "imports.gi.versions.Headstock = '1.0';"
                                         "imports.gi.Headstock"],
    "client-slixmpp.py": [PYTHON, "-c", "import slixmpp"],
    "client-nbxmpp.py": [PYTHON, "-c", "import nbxmpp.client"],
    "contacts-slixmpp.py": [PYTHON, "-c", "import slixmpp"],
    "contacts-nbxmpp.py": [PYTHON, "-c", "import nbxmpp.client"],
    "room-slixmpp.py": [PYTHON, "-c", "import slixmpp"],
    "room-nbxmpp.py": [PYTHON, "-c", "import nbxmpp.client"],
    "contacts-gtk": ["xvfb-run", "--help"],
    "client-xmppjs.mjs": ["node", "-e", "import(process.env.XMPPJS)"],
}


def environment(build):
    """As `meson devenv` has it."""
    result = dict(os.environ, LC_ALL="C.UTF-8", NO_PROXY="*", GIO_USE_PROXY_RESOLVER="dummy",
                  GSK_RENDERER="cairo", GTK_A11Y="none")
    introspection = os.path.join(build, "introspection")
    for variable, folder in (("GI_TYPELIB_PATH", introspection),
                             ("LD_LIBRARY_PATH", os.path.join(build, "headstock-glib")),
                             ("PYTHONPATH", introspection),
                             ("GJS_PATH", introspection)):
        result[variable] = os.pathsep.join(filter(None, [folder, result.get(variable)]))
    # Where run.sh has npm put it.
    result["XMPPJS"] = os.path.join(build, "npm", "node_modules", "@xmpp", "client", "index.js")
    for variable in ("G_DEBUG", "G_SLICE", "MALLOC_CHECK_", "MALLOC_PERTURB_"):
        result.pop(variable, None)
    return result


def command(build, program):
    """How a client is started, or None where it is not there."""
    if program.endswith(".py"):
        return [PYTHON, os.path.join(HERE, program)]
    if program.endswith(".js"):
        return ["gjs", "-m", os.path.join(HERE, program)]
    if program.endswith(".mjs"):
        return ["node", os.path.join(HERE, program)]
    path = os.path.join(build, "tests", "performance", program)
    if program == "contacts-gtk" and os.access(path, os.X_OK):
        return ["xvfb-run", "-a", path]
    return [path] if os.access(path, os.X_OK) else None


def is_there(build, program):
    if command(build, program) is None:
        return False
    needs = NEEDS.get(program)
    if needs is None:
        return True
    if program.endswith((".py", ".js")) and not os.path.exists(os.path.join(HERE, program)):
        return False
    try:
        return subprocess.run(needs, env=environment(build), timeout=60,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False

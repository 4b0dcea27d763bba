#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plants violations into a small house, and sees that check-floors.py reports each. Prints TAP.

Usage: test-check-floors.py"""
import contextlib
import importlib.util
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("check_floors", HERE / "check-floors.py")
check_floors = importlib.util.module_from_spec(SPEC)
sys.modules["check_floors"] = check_floors
SPEC.loader.exec_module(check_floors)

# A house in which nothing is wrong.
HOUSE = {
    "headstock.h": "#include <headstock-glib/hs-jid.h>\n#include <headstock-glib/hs-client.h>\n"
                   "#include <headstock-glib/hs-roster.h>\n#include <headstock-glib/hs-muc.h>\n",
    "base/hs-random.h": "",
    "base/hs-random.c": "#include \"hs-random.h\"\nvoid\nhs_random (void)\n{\n}\n",
    "address/hs-jid.h": "",
    "address/hs-jid.c": "#include \"hs-jid.h\"\n#include \"hs-random.h\"\n"
                        "void\nhs_jid_new (void)\n{\n  hs_random ();\n}\n",
    "xml/hs-node.h": "",
    "net/hs-loop.h": "",
    "net/hs-loop.c": "void\nhs_loop_run (int a,\n             int b)\n{\n}\n",
    "protocol/hs-stream.h": "#include \"xml/hs-node.h\"\n",
    "protocol/hs-stream.c": "#include \"protocol/hs-stream.h\"\nint\nhs_stream_open (void)\n{\n}\n",
    "client/hs-client.h": "#include \"hs-jid.h\"\n",
    "client/hs-feature.h": "",
    "client/hs-part.h": "typedef struct _HsTable HsTable;\nstruct _HsTable\n{\n  int size;\n};\n"
                        "typedef struct\n{\n  HsTable table;\n  int first, second;\n  guint bits : 3;\n"
                        "  int (*ask) (void);\n  struct\n  {\n    int deep;\n  } rows[4];\n} HsPart;\n"
                        "int hs_part_get (const HsPart *self);\nHsPart *hs_part_lend (int first);\n",
    "client/hs-part.c": "#include \"hs-part.h\"\nint\nhs_part_get (const HsPart *self)\n{\n"
                        "  return self->first + self->rows[0].deep;\n}\n",
    "client/hs-client-private.h": "#include \"hs-client.h\"\n#include \"hs-part.h\"\n"
                                  "typedef struct\n{\n  HsPart part;\n  int first;\n} HsClientPrivate;\n",
    "client/hs-client.c": "#include \"hs-client-private.h\"\n"
                          "void\nhs_client_start (void)\n{\n  hs_stream_open ();\n}\n",
    "features/roster/hs-roster.h": "#include \"hs-client.h\"\n",
    "features/roster/hs-roster-private.h": "#include \"hs-roster.h\"\n#include \"hs-feature.h\"\n",
    "features/roster/hs-roster.c": "#include \"hs-roster-private.h\"\n"
                                   "void\nhs_roster_new (void)\n{\n  hs_client_start ();\n}\n",
    "features/messages/hs-messages-shared.h": "",
    "features/messages/hs-messages-private.h": "",
    "features/muc/hs-muc.h": "#include \"hs-roster.h\"\n",
    "features/muc/hs-muc.c": "#include \"hs-muc.h\"\n#include \"hs-messages-shared.h\"\n"
                             "void\nhs_muc_new (void)\n{\n  hs_roster_new ();\n}\n",
    "features/ping/hs-ping.c": "void\nhs_ping_new (void)\n{\n}\n",
}

# What is planted: its name, the files that replace or join those of the house, and words that the report has.
PLANTED = [
    ("an include upwards", {"protocol/hs-stream.h": "#include \"hs-client.h\"\n"},
     ["protocol/hs-stream.h (floor 3) includes client/hs-client.h (floor 4)"]),
    ("an include beside", {"xml/hs-node.h": "#include \"net/hs-loop.h\"\n"},
     ["xml/hs-node.h (floor 1) includes net/hs-loop.h (floor 1)"]),
    ("a call upwards", {"base/hs-random.c": "void\nhs_random (void)\n{\n  hs_jid_new ();\n}\n"},
     ["base/hs-random.c (floor 0) uses hs_jid_new of address/hs-jid.c (floor 1)"]),
    ("a call beside", {"address/hs-jid.c": "void\nhs_jid_new (void)\n{\n  hs_loop_run (1, 2);\n}\n"},
     ["address/hs-jid.c (floor 1) uses hs_loop_run of net/hs-loop.c"]),
    ("a private header in a feature",
     {"features/muc/hs-muc.c": "#include \"hs-client-private.h\"\n"},
     ["features/muc/hs-muc.c needs client/hs-client-private.h, which is private"]),
    ("a header of an engine in a feature", {"features/muc/hs-muc.c": "#include \"xml/hs-node.h\"\n"},
     ["features/muc/hs-muc.c needs xml/hs-node.h, which is private"]),
    ("another feature's private header",
     {"features/muc/hs-muc.c": "#include \"hs-messages-private.h\"\n"},
     ["needs features/messages/hs-messages-private.h, which is private to its feature"]),
    ("a feature that is not shared",
     {"features/ping/hs-ping.c": "void\nhs_ping_new (void)\n{\n  hs_muc_new ();\n}\n"},
     ["features/ping/hs-ping.c needs features/muc/hs-muc.c, a feature that it must not use"]),
    ("a shared feature that comes later",
     {"features/roster/hs-roster.c": "#include \"hs-messages-shared.h\"\n"},
     ["features/roster/hs-roster.c needs features/messages/hs-messages-shared.h, a feature that it"]),
    ("a private header in a public one", {"client/hs-client.h": "#include \"xml/hs-node.h\"\n"},
     ["client/hs-client.h includes xml/hs-node.h"]),
    ("the umbrella", {"client/hs-client.c": "#include <headstock-glib/headstock.h>\n"},
     ["client/hs-client.c includes the umbrella"]),
    ("a circle of headers", {"net/hs-new.h": "#include \"net/hs-other.h\"\n",
                             "net/hs-other.h": "#include \"net/hs-new.h\"\n"},
     ["net/hs-new.h and net/hs-other.h"]),
    ("a circle of two .c files",
     {"client/hs-client.c": "void\nhs_client_start (void)\n{\n  hs_client_send ();\n}\n",
      "client/hs-client-send.c": "void\nhs_client_send (void)\n{\n  hs_client_start ();\n}\n"},
     ["2 files use each other: client/hs-client-send.c, client/hs-client.c"]),
    ("a circle of three, through types and arguments in lines",
     {"net/hs-a.c": "G_DEFINE_FINAL_TYPE (HsA, hs_a, G_TYPE_OBJECT)\n"
                    "void\nhs_a_run (int a,\n          int b)\n{\n  hs_b_run ();\n}\n",
      "net/hs-b.c": "void\nhs_b_run (void)\n{\n  hs_c_run ();\n}\n",
      "net/hs-c.c": "void\nhs_c_run (void)\n{\n  hs_a_get_type ();\n}\n"},
     ["3 files use each other: net/hs-a.c, net/hs-b.c, net/hs-c.c"]),
    ("a circle through a variable",
     {"features/muc/hs-muc.c": "guint hs_muc_signals[HS_MUC_N_SIGNALS];\n"
                               "static void\nf (void)\n{\n  hs_muc_invite ();\n}\n",
      "features/muc/hs-muc-invite.c": "void\nhs_muc_invite (void)\n{\n  g_signal_emit (0, hs_muc_signals[1], 0);\n}\n"},
     ["2 files use each other: features/muc/hs-muc-invite.c, features/muc/hs-muc.c"]),
    ("a circle through a table with its content",
     {"net/hs-a.c": "const HsCallbacks hs_a_callbacks = {\n  hs_b_run,\n};\n",
      "net/hs-b.c": "void\nhs_b_run (void)\n{\n  f (&hs_a_callbacks);\n}\n"},
     ["2 files use each other: net/hs-a.c, net/hs-b.c"]),
    ("a variable above", {"base/hs-random.c": "void\nhs_random (void)\n{\n  hs_jid_last = NULL;\n}\n",
                          "address/hs-jid.c": "HsJid *hs_jid_last;\n"},
     ["base/hs-random.c (floor 0) uses hs_jid_last of address/hs-jid.c (floor 1)"]),
    ("a type above, through its macro",
     {"address/hs-jid.h": "#define HS_TYPE_JID (hs_jid_get_type ())\n",
      "address/hs-jid.c": "G_DEFINE_FINAL_TYPE (HsJid, hs_jid, G_TYPE_OBJECT)\n",
      "base/hs-random.c": "void\nhs_random (void)\n{\n  g_object_new (HS_TYPE_JID, NULL);\n}\n"},
     ["base/hs-random.c (floor 0) uses hs_jid_get_type of address/hs-jid.c (floor 1)"]),
    ("a type above, through a check of its instances",
     {"client/hs-client.h": "G_DECLARE_DERIVABLE_TYPE (HsClient, hs_client, HS, CLIENT, GObject)\n",
      "client/hs-client.c": "G_DEFINE_TYPE (HsClient, hs_client, G_TYPE_OBJECT)\nvoid\nhs_client_start (void)\n{\n}\n",
      "protocol/hs-stream.c": "int\nhs_stream_open (void)\n{\n  return HS_IS_CLIENT (it);\n}\n"},
     ["protocol/hs-stream.c (floor 3) uses hs_client_get_type of client/hs-client.c (floor 4)"]),
    ("a type of a feature that is not shared",
     {"features/muc/hs-muc.h": "#define HS_TYPE_MUC (hs_muc_get_type ())\n",
      "features/muc/hs-muc.c": "G_DEFINE_FINAL_TYPE (HsMuc, hs_muc, G_TYPE_OBJECT)\n",
      "features/ping/hs-ping.c": "void\nhs_ping_new (void)\n{\n  f (HS_TYPE_MUC);\n}\n"},
     ["features/ping/hs-ping.c needs features/muc/hs-muc.c, a feature that it must not use"]),
    ("a circle through the macro of a type",
     {"net/hs-a.h": "#define HS_TYPE_A (hs_a_get_type ())\n",
      "net/hs-a.c": "G_DEFINE_FINAL_TYPE (HsA, hs_a, G_TYPE_OBJECT)\nstatic void\nf (void)\n{\n  hs_b_run ();\n}\n",
      "net/hs-b.c": "void\nhs_b_run (void)\n{\n  g_object_new (HS_TYPE_A, NULL);\n}\n"},
     ["2 files use each other: net/hs-a.c, net/hs-b.c"]),
    ("the network in the protocol", {"protocol/hs-stream.h": "#include \"net/hs-loop.h\"\n"},
     ["protocol/hs-stream.h includes net/hs-loop.h"]),
    ("a timer in the protocol",
     {"protocol/hs-stream.c": "int\nhs_stream_open (void)\n{\n  g_timeout_add (1, f, 0);\n}\n"},
     ["protocol/hs-stream.c names g_timeout_add"]),
    ("a socket in the protocol", {"protocol/hs-stream.h": "void f (GSocketConnection *connection);\n"},
     ["protocol/hs-stream.h names GSocketConnection"]),
    ("the time in the protocol",
     {"protocol/hs-stream.c": "int\nhs_stream_open (void)\n{\n  return g_get_monotonic_time ();\n}\n"},
     ["protocol/hs-stream.c names g_get_monotonic_time"]),
    ("a file on no floor", {"hs-lost.c": ""}, ["hs-lost.c"]),
    ("a field of a part", {"client/hs-client.c": "int\nf (void)\n{\n  return priv->part.second;\n}\n"},
     ["client/hs-client.c names second of HsPart, which is client/hs-part.c's"]),
    ("a field of a part in lines, a bit and a function",
     {"client/hs-client.c": "int\nf (void)\n{\n  return (&priv->part)->bits + priv->part\n    .ask ();\n}\n"},
     ["client/hs-client.c names ask, bits of HsPart"]),
    ("a field of a part through a pointer",
     {"client/hs-client.c": "int\nf (const HsPart *it)\n{\n  return it->first;\n}\n"},
     ["client/hs-client.c names first of HsPart"]),
    ("a field of a part through a variable",
     {"client/hs-client.c": "int\nf (void)\n{\n  HsPart mine = { 0 };\n  return mine.rows[1].deep;\n}\n"},
     ["client/hs-client.c names rows of HsPart"]),
    ("a field of a part through a function that lends it",
     {"client/hs-client.c": "int\nf (void)\n{\n  return hs_part_lend (f (3))->first;\n}\n"},
     ["client/hs-client.c names first of HsPart"]),
    ("a field of a part in its own header",
     {"client/hs-part.h": HOUSE["client/hs-part.h"]
      + "static inline int\nhs_part_second (HsPart *self)\n{\n  return self->second;\n}\n"},
     ["client/hs-part.h names second of HsPart"]),
    ("a field of a part's table", {"client/hs-client.c": "int\nf (HsTable *t)\n{\n  return t->size;\n}\n"},
     ["client/hs-client.c names size of HsTable"]),
    ("a part that is nowhere", {"client/hs-part.h": "typedef struct _HsPart HsPart;\n"},
     ["HsPart is not a struct in client/hs-part.h"]),
    ("a header that is nowhere", {"client/hs-client.c": "#include \"hs-nowhere.h\"\n"},
     ["client/hs-client.c includes hs-nowhere.h, which is nowhere"]),
]

# What only looks like a violation.
HARMLESS = [
    ("a name in a comment", {"base/hs-random.c": "/* hs_jid_new () */\nvoid\nhs_random (void)\n{\n}\n"}),
    ("a name in a string", {"base/hs-random.c": "void\nhs_random (void)\n{\n  f (\"hs_jid_new\");\n}\n"}),
    ("a field of another struct with the name of a part's",
     {"client/hs-client.c": "int\nf (HsPart *it)\n{\n  return priv->first + other->second + hs_part_get (it);\n}\n"}),
    ("a variable of one file, and one that another file has",
     {"net/hs-a.c": "static guint hs_shared[2];\nguint hs_a_count = 1;\n",
      "net/hs-b.c": "static guint hs_shared[2];\nextern guint hs_a_count;\n"
                    "void\nhs_b_run (void)\n{\n  f (hs_shared[0] + hs_a_count);\n}\n"}),
    ("the type of the class that a file is a part of",
     {"net/hs-a.h": "#define HS_TYPE_A (hs_a_get_type ())\n",
      "net/hs-a.c": "G_DEFINE_FINAL_TYPE (HsA, hs_a, G_TYPE_OBJECT)\nstatic void\nf (void)\n{\n  hs_a_install ();\n}\n",
      "net/hs-a-signals.c": "void\nhs_a_install (void)\n{\n  g_signal_new (HS_TYPE_A);\n}\n"}),
    ("a callback that is passed down",
     {"client/hs-client.c": "void\nhs_client_start (void)\n{\n  hs_loop_run (hs_client_start, 0);\n}\n"}),
]


@contextlib.contextmanager
def house(changes):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in (HOUSE | changes).items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        yield root


def report(changes):
    with house(changes) as root:
        results = check_floors.check(check_floors.read(root))
    # The small house has few files, and its functions are called by nobody.
    return [line for what, wrong in results
            if what not in ("there is something to check", "no function is dead") for line in wrong]


# A header, and what nothing calls: one function that calls others, is declared, and calls itself.
FUNCTIONS = {
    "net/hs-fd.h": "void hs_fd_open (int a,\n                 int b);\nint hs_fd_first (void);\n"
                   "int hs_fd_own (void);\nstatic inline int\nhs_fd_in (void)\n{\n"
                   "  return hs_fd_first ();\n}\n_HS_EXTERN int hs_fd_seam (void);\n",
    "net/hs-fd.c": "static int (*const all[]) (void) = { hs_fd_second, hs_fd_in };\nint\nhs_fd_first (void)\n{\n}\n"
                   "int\nhs_fd_second (void)\n{\n}\nint\nhs_fd_seam (void)\n{\n  return all[0] ();\n}\n"
                   "int\nhs_fd_own (void)\n{\n}\nstatic int\nhs_fd_in_file (void)\n{\n"
                   "  return hs_fd_own () + hs_fd_in_file ();\n}\n"
                   "void\nhs_fd_open (int a,\n            int b)\n{\n}\nvoid\nhs_fd_init (Fd *fd)\n{\n}\n",
}


def unused(changes, for_tests):
    check_floors.FOR_TESTS = for_tests
    with house(changes) as root:
        return [line for line in check_floors.find_unused(check_floors.read(root)) if "hs_fd" in line]


ORDER = """## The files of the client

1. `hs-client-send.c`: what
   leaves
2. `hs-client.c`, %s

## Another section
"""


def ordered():
    """What check_order() says of a call that goes down, one that goes up, and of lists that are not complete."""
    def said(changes, more=""):
        with house(changes) as root:
            tree = check_floors.read(root)
        tree.uses = {name: uses for name, uses in tree.uses.items() if name.startswith("client/hs-client")}
        return check_floors.check_order(tree, check_floors.read_order(ORDER % more))

    calls = "void\n{} (void)\n{{\n  {} ();\n}}\n"
    down = {"client/hs-client.c": calls.format("hs_client_a", "hs_client_b"),
            "client/hs-client-send.c": calls.format("hs_client_b", "g_free")}
    up = {"client/hs-client.c": calls.format("hs_client_a", "g_free"),
          "client/hs-client-send.c": calls.format("hs_client_b", "hs_client_a")}
    return [
        ("down", said(down) == []),
        ("up", [line for line in said(up) if "(group 1) uses hs_client_a of client/hs-client.c (group 2)" in line] != []),
        ("a file without a group", said({**down, "client/hs-client-new.c": "void\n"})
         == ["client/hs-client-new.c is in no group of docs/architecture.md"]),
        ("a file that is gone", said(down, "`hs-client-gone.c`")
         == ["client/hs-client-gone.c is in docs/architecture.md, and nowhere else"]),
    ]


def named():
    """What check_named() says of a page that names a file of the library, and files that are not."""
    with house({"net/hs-b.c": "void\n"}) as root:
        tree = check_floors.read(root)
    return [
        ("a page that names a file", check_floors.check_named(tree, "See `net/hs-b.c`, and `tests/gone.c`.") == []),
        ("a page that names a file that is gone", check_floors.check_named(tree, "See `net/hs-gone.c`.")
         == ["docs/architecture.md names net/hs-gone.c, which is nowhere"]),
    ]


def main():
    check_floors.OPEN_CIRCLES = []
    check_floors.KNOWN_TYPES = {}
    check_floors.PARTS = {"HsPart": "client/hs-part.c", "HsTable": "client/hs-part.c"}
    results = [("a house in which nothing is wrong", report({}) == [])]
    for what, changes, wanted in PLANTED:
        said = report(changes)
        good = all(any(words in line for line in said) for words in wanted)
        results.append((what, good))
        if not good:
            print(f"# {what}: {said}")
    results += [(what, report(changes) == []) for what, changes in HARMLESS]
    # A circle that is known may stand, and may not stay in the list once it is gone.
    changes = next(changes for what, changes, _ in PLANTED if what == "a circle of two .c files")
    check_floors.OPEN_CIRCLES = [{"client/hs-client.c", "client/hs-client-send.c"}]
    results.append(("a circle that is known", report(changes) == []))
    results.append(("a known circle that is gone", len(report({})) == 1))
    check_floors.OPEN_CIRCLES = []
    # The same with a type.
    changes = next(changes for what, changes, _ in PLANTED if what == "a circle through the macro of a type")
    check_floors.KNOWN_TYPES = {"net/hs-b.c": {"hs_a_get_type"}}
    results.append(("a type that is known", report(changes) == []))
    gone = report(changes | {"net/hs-b.c": ""})
    results.append(("a known type that is gone", gone == ["net/hs-b.c does not need hs_a_get_type: take it from the list"]))
    dead = "net/hs-fd.c has hs_fd_open, which nothing in the library calls"
    own = "net/hs-fd.c has hs_fd_own, which no other file of the library calls: make it static"
    both = {"hs_fd_open", "hs_fd_own"}
    results += [
        ("a function that nothing calls", dead in unused(FUNCTIONS, set())),
        ("a function that only its own file calls", unused(FUNCTIONS, {"hs_fd_open"}) == [own]),
        ("functions for tests", unused(FUNCTIONS, both) == []),
        ("a function for tests that is called", len(unused(FUNCTIONS, both | {"hs_fd_first"})) == 1),
        ("a function for tests that is nowhere", len(unused(FUNCTIONS, both | {"hs_fd_gone"})) == 1),
    ]
    results += [(f"the order of the client's files: {what}", good) for what, good in ordered()]
    results += named()
    print(f"1..{len(results)}")
    for number, (what, good) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {what}")
    return 0 if all(good for _, good in results) else 1


if __name__ == "__main__":
    sys.exit(main())

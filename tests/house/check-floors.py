#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fails if a file includes or calls what it must not know.

Usage: check-floors.py DIR, where DIR is headstock-glib/. Prints TAP. The order of the client's files is read from
docs/architecture.md beside DIR, and each file that it names is there.

The protocol has no sockets, no timers and no main loop: it is given bytes and the time, and is tested without a network
and without sleeping.

A file depends on the headers that it includes and on the .c files whose functions, variables and types it uses, those
behind the macros of a type (HS_TYPE_JID, HS_JID, HS_IS_JID) as well. Both point to a lower floor, or stay in the folder. No headers and no .c files depend on each other in a circle."""
import dataclasses
import pathlib
import re
import sys

# The floor of a file, by its folder. Folders on one floor do not know each other.
FLOORS = [
    (0, "base", r"base/|hs-(enum-types|version|version-macros)\."),
    (1, "values and engines", r"address/|xml/|sasl/|net/"),
    (2, "stanza", r"stanza/"),
    (3, "protocol", r"protocol/"),
    (4, "client", r"client/"),
    (5, "features", r"features/"),
    (6, "umbrella", r"headstock\.h"),
]

# What the protocol does not name: the network, the main loop, and the time.
IMPURE = re.compile(r"\b(?:GSocket\w*|GIOStream|GTls\w+|GSource\w*|GMain\w+|GTimer|HsLoop|HsTransport"
                    r"|g_(?:socket|timeout|idle|source|main|get_monotonic_time|get_real_time|usleep|date_time_new_now)\w*"
                    r"|hs_clock_\w+)\b")

# The private headers that features may include.
FOR_FEATURES = {"client/hs-feature.h"}

# Features that others may use: each knows those before it, and all other features know all of them.
SHARED = ["forms", "state", "disco", "roster", "pubsub", "messages", "archive"]
# Features that tie others together.
TIES = ["autojoin", "messenger"]

# Circles of .c files that are still to be opened. A circle may lose files and must not gain any; one that is
# gone must go from here as well.
OPEN_CIRCLES: list[set[str]] = []

# Types that a file knows although their files use it: an element makes views of its parents and children, and a view
# of a stanza has the class of its kind. A type that is not needed any more must go from here.
KNOWN_TYPES = {
    "stanza/hs-element.c": {"hs_stanza_get_type", "hs_message_get_type", "hs_presence_get_type", "hs_iq_get_type"},
}

# The parts: structs that are held by value. Only the file named here, and the struct in its header, may name the
# fields of a part; everybody else calls the functions of that file.
PARTS = {
    "HsLiveness": "protocol/hs-liveness.c",
    "HsRetryPolicy": "protocol/hs-retry-policy.c",
    "HsOutbox": "client/hs-outbox.c",
    "HsSession": "protocol/hs-session.c",
    "HsServerMemory": "protocol/hs-server-memory.c",
    "HsDeadlines": "client/hs-deadlines.c",
    "HsModuleList": "client/hs-module-list.c",
    "HsSettings": "client/hs-settings.c",
    "HsSignIn": "client/hs-sign-in.c",
    "HsAttempt": "client/hs-attempt.c",
    "HsConnection": "client/hs-connection.c",
    "HsReadGate": "client/hs-read-gate.c",
    "HsPump": "client/hs-pump.c",
    "HsReconnector": "client/hs-reconnector.c",
    "HsRun": "client/hs-run.c",
    "HsRunLoop": "client/hs-run-loop.c",
    "HsBeginning": "client/hs-beginning.c",
    "HsRequests": "client/hs-requests.c",
    "HsClientDispatch": "client/hs-client-dispatch.c",
    "HsWireLog": "client/hs-wire-log.c",
    "HsAuthentication": "protocol/hs-authentication.c",
    "HsBinding": "protocol/hs-binding.c",
}

# A table of states, which a test prints and checks.
TABLE = "a table that a test prints"
# A step of an algorithm with examples of its own, which tests try one by one.
EXAMPLES = "a step with examples of its own"
# The functions that private headers declare for tests only, and why. Nothing but their own file may use them.
FOR_TESTS = {
    "hs_client_set_random": "so that chance is the test's",
    "hs_loop_wake_up": "as if the machine had slept",
    "hs_sasl_mechanism_set_lists": "the lists of an exchange in XEP-0474",
    "hs_sasl_scram_set_nonce": "so that an exchange is the one of an RFC",
    "hs_settings_is_in_range": "the range of each setting",
    "hs_authentication_phase_describe": TABLE, "hs_beginning_step_can": TABLE, "hs_beginning_step_get_next": TABLE,
    "hs_beginning_step_describe": TABLE, "hs_connection_phase_can": TABLE, "hs_connection_phase_describe": TABLE,
    "hs_liveness_get_next_state": TABLE, "hs_location_get_next": TABLE, "hs_management_state_describe": TABLE,
    "hs_negotiation_can": TABLE, "hs_negotiation_describe": TABLE, "hs_pipelined_describe": TABLE,
    "hs_pipelining_describe": TABLE, "hs_retry_stage_describe": TABLE, "hs_retry_stage_get_next": TABLE,
    "hs_run_phase_can": TABLE, "hs_run_phase_describe": TABLE, "hs_sasl_phase_describe": TABLE,
    "hs_stream_state_describe": TABLE,
    "hs_debug_parse": EXAMPLES, "hs_disco_info_dup_caps_string": EXAMPLES, "hs_precis_get_property": EXAMPLES,
    "hs_precis_prepare_username": EXAMPLES, "hs_retry_policy_parse_target": EXAMPLES, "hs_srv_sort": EXAMPLES,
    "hs_validity_parse": EXAMPLES,
}
# What features that are still to come call: the headers that are shared inside features/.
FOR_OTHER_FEATURES = r"features/.*-shared\.h$"

GENERATED = r"hs-(version|version-macros|enum-types)\.h$"


@dataclasses.dataclass
class Tree:
    """The files, and what each depends on, by path below the root."""
    files: dict[str, pathlib.Path]
    public: set[str]
    includes: dict[str, set[str]]
    uses: dict[str, dict[str, set[str]]]
    missing: list[str]
    code: dict[str, str]  # without comments and strings
    known: set[tuple[str, str]] = dataclasses.field(default_factory=set)  # uses of KNOWN_TYPES


def floor_of(name):
    return next((number for number, _, pattern in FLOORS if re.match(pattern, name)), None)


def feature_of(name):
    match = re.match(r"features/([^/]+)/", name)
    return match.group(1) if match else None


def without_comments(text):
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)


def includes_of(text):
    return re.findall(r'^\s*#\s*include\s+["<](?:headstock-glib/)?([^">]+)[">]', text, flags=re.M)


def resolve(name, includer, files, by_name):
    """The path of a header of ours, those made by the build as well; None for anybody else's."""
    beside = str(pathlib.PurePath(includer).parent / name)
    if beside in files:
        return beside
    if name in files or re.match(GENERATED, name):
        return name
    return by_name.get(name)


def definitions(text):
    """The names of the functions and of the variables that a .c file defines for others, with those of its types."""
    names = set(re.findall(r"^(hs_[a-z0-9_]+) \([^;{]*\)\s*\{", text, flags=re.M))
    for macro in re.findall(r"^G_DEFINE_\w+ \(\s*\w+,\s*(hs_\w+)", text, flags=re.M):
        names.add(macro + "_get_type")
    # Not those of a header ("extern"), and not those of one file ("static").
    variable = r"^(?!static\b|extern\b|typedef\b|return\b)\w[\w *]*[ *](hs_[a-z0-9_]+)(?:\[[^\]\n]*\])*\s*[=;]"
    return names | set(re.findall(variable, text, flags=re.M))


def type_macros(text):
    """The macros by which a header gives its types to others, with the function that each calls."""
    macros = dict(re.findall(r"^\s*#\s*define (HS_TYPE_\w+) \((hs_\w+_get_type) \(\)\)", text, flags=re.M))
    for prefix, name in re.findall(r"^G_DECLARE_\w+ \(\s*\w+,\s*(hs_\w+),\s*HS,\s*(\w+)", text, flags=re.M):
        for macro in (f"HS_{name}", f"HS_IS_{name}", f"HS_{name}_GET_CLASS", f"HS_{name}_GET_IFACE"):
            macros[macro] = prefix + "_get_type"
    return macros


def symbols_of(text, macros):
    """The functions and variables of ours that a file uses, those inside macros of types as well."""
    used = set(re.findall(r"\bhs_[a-z0-9_]+\b", text))
    return used | {macros[macro] for macro in re.findall(r"\bHS_\w+\b", text) if macro in macros}


def is_own_type(name, other, symbol):
    """Whether a file only names the type of the class that it is a part of: hs-room-signals.c, of hs-room.c."""
    return symbol.endswith("_get_type") and name.startswith(other[:-2] + "-")


def read(root):
    files = {str(p.relative_to(root)): p for p in sorted(root.rglob("*.[ch]"))}
    public = set(re.findall(r"<headstock-glib/([^>]+)>", (root / "headstock.h").read_text()))
    texts = {name: path.read_text() for name, path in files.items()}
    tree = Tree(files, public, {}, {}, [], {name: without_comments(text) for name, text in texts.items()})
    by_name = {path.name: name for name, path in reversed(files.items())}
    for name, text in texts.items():
        tree.includes[name] = set()
        for include in includes_of(text):
            other = resolve(include, name, files, by_name)
            if other is not None:
                tree.includes[name].add(other)
            elif re.match(r"hs-|(?:base|address|xml|sasl|net|stanza|protocol|client|features)/", include):
                tree.missing.append(f"{name} includes {include}, which is nowhere")
    code = {name: text for name, text in tree.code.items() if name.endswith(".c")}
    owner = {symbol: name for name, text in code.items() for symbol in definitions(text)}
    macros = {macro: function for name, text in tree.code.items() if name.endswith(".h")
              for macro, function in type_macros(text).items()}
    for name, text in code.items():
        tree.uses[name] = {}
        for symbol in symbols_of(text, macros):
            if owner.get(symbol, name) == name or is_own_type(name, owner[symbol], symbol):
                continue
            if symbol in KNOWN_TYPES.get(name, ()):
                tree.known.add((name, symbol))
            else:
                tree.uses[name].setdefault(owner[symbol], set()).add(symbol)
    return tree


def points_up(name, other):
    """Whether a file on one floor must not know another file."""
    mine, theirs = floor_of(name), floor_of(other)
    if theirs is None or mine is None or theirs < mine:
        return False
    if theirs > mine:
        return True
    folders = [pathlib.PurePath(path).parts[0] for path in (name, other)]
    return folders[0] != folders[1] and "/" in other


def find_impure(tree):
    """What the files of the protocol need that would keep them from being tested alone."""
    names = [name for name in tree.files if name.startswith("protocol/")]
    wrong = [f"{name} includes {other}" for name in names for other in sorted(tree.includes[name])
             if other.startswith("net/")]
    return wrong + [f"{name} names {word}" for name in names
                    for word in sorted(set(IMPURE.findall(tree.code[name])))]


def feature_must_not(name, other, tree):
    """Why a feature must not know another file, or None."""
    mine, theirs = feature_of(name), feature_of(other)
    if theirs is None:
        base = pathlib.PurePath(other).name
        good = (base in tree.public or re.match(GENERATED, base) or other.endswith(".c")
                or other in FOR_FEATURES)
        return None if good else "which is private"
    if mine == theirs:
        return None
    if not other.endswith(".c"):
        base = pathlib.PurePath(other).name
        if base not in tree.public and base != f"hs-{theirs}-shared.h":
            return "which is private to its feature"
    if mine in TIES:
        return None
    if theirs not in SHARED or (mine in SHARED and SHARED.index(theirs) > SHARED.index(mine)):
        return "a feature that it must not use"
    return None


def find_circles(graph):
    """The sets of nodes that depend on each other (Tarjan's algorithm)."""
    index, low, stack, circles = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(graph.get(node, ())):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            circle = set()
            while node not in circle:
                circle.add(stack.pop())
            if len(circle) > 1:
                circles.append(circle)

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return circles


def read_order(text):
    """The group of each hs-client*.c, by the numbered list in docs/architecture.md."""
    section = text.partition("## The files of the client")[2].partition("\n## ")[0]
    groups = re.findall(r"^(\d+)\. (.*?)(?=^\d+\. |\Z)", section, flags=re.M | re.S)
    return {f"client/{name}": int(number) for number, group in groups for name in re.findall(r"`([\w-]+\.c)`", group)}


def check_order(tree, order):
    """Where a file of the client calls a file of a later group."""
    files = [name for name in tree.uses if re.match(r"client/hs-client(-|\.)", name)
             and name not in PARTS.values()]
    wrong = [f"{name} is in no group of docs/architecture.md" for name in files if name not in order]
    wrong += [f"{name} is in docs/architecture.md, and nowhere else" for name in order if name not in tree.files]
    for name in files:
        for other, symbols in sorted(tree.uses[name].items()):
            if order.get(other, 0) > order.get(name, 0):
                wrong.append(f"{name} (group {order.get(name)}) uses {', '.join(sorted(symbols))} of "
                             f"{other} (group {order[other]})")
    return wrong


def check_named(tree, text):
    """The files of the library that a text names with their folders, and that are nowhere."""
    folders = "|".join(sorted({name.partition("/")[0] for name in tree.files if "/" in name}))
    named = set(re.findall(rf"`((?:{folders})/[\w/-]+\.[ch])`", text))
    return [f"docs/architecture.md names {name}, which is nowhere" for name in sorted(named - set(tree.files))]


def check_known_types(tree):
    return [f"{name} does not need {symbol}: take it from the list" for name, symbols in KNOWN_TYPES.items()
            for symbol in sorted(symbols) if name in tree.files and (name, symbol) not in tree.known]


def check_circles(circles):
    wrong = [f"{len(circle)} files use each other: {', '.join(sorted(circle))}"
             for circle in circles if not any(circle <= known for known in OPEN_CIRCLES)]
    wrong += [f"this circle is open now, take it from the list: {', '.join(sorted(known))}"
              for known in OPEN_CIRCLES if not any(circle <= known for circle in circles)]
    return wrong


def fields_of(body):
    """The names that the body of a struct declares, those of structs inside it as well."""
    fields = set()
    for statement in re.findall(r"[^;{}]+;", body):
        statement = re.sub(r"\[[^]]*\]|:\s*\d+", "", statement)
        pointer = re.search(r"\(\s*\*\s*(\w+)\s*\)", statement)
        if pointer:
            fields.add(pointer.group(1))
        else:
            fields |= set(re.findall(r"(\w+)\s*(?=[,;])", statement))
    return fields


def body_of(part, text):
    """The body of the struct of a type, or None."""
    for match in re.finditer(r"\bstruct(?: \w+)?\s*\{", text):
        depth, end = 1, match.end()
        while depth and end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        if re.match(rf"\s*{part}\s*;", text[end:]) or re.match(rf"struct _{part}\b", match.group()):
            return text[match.end():end - 1]
    return None


def names_fields(tree, part, owner):
    """Where files name the fields of a part that is not theirs."""
    header = owner[:-1] + "h"
    body = body_of(part, tree.code.get(header, ""))
    if body is None or owner not in tree.files:
        return [f"{part} is not a struct in {header}, or {owner} is nowhere"]
    fields = "|".join(sorted(fields_of(body)))
    # Fields of other structs that are the part or point to it, and functions that return it, in any file.
    variable = rf"\b(?:const )?{part} +\*?(?:const )?(\w+)"
    members, functions = set(), set()
    for text in tree.code.values():
        if part in text:
            members |= set(re.findall(variable + r"\s*;", text))
            functions |= set(re.findall(rf"\b{part} \*\s*(\w+) \(", text))
    wrong = []
    for name, text in tree.code.items():
        if name == owner:
            continue
        if name == header:
            text = text.replace(body, "")
        mine = set(re.findall(variable, text)) - functions if part in text else set()
        if not mine and not any(word in text for word in members | functions):
            continue
        patterns = [rf"(?:->|\.)\s*(?:{'|'.join(members)})\s*\)?\s*(?:\.|->)\s*({fields})\b"] if members else []
        if mine:
            patterns.append(rf"(?<![\w.>])(?:{'|'.join(mine)})\s*(?:\.|->)\s*({fields})\b")
        if functions:
            patterns.append(rf"\b(?:{'|'.join(functions)}) \([^;]*?\)\s*->\s*({fields})\b")
        named = {field for pattern in patterns for field in re.findall(pattern, text)}
        if named:
            wrong.append(f"{name} names {', '.join(sorted(named))} of {part}, which is {owner}'s")
    return wrong


def find_unused(tree):
    """The functions of the library that are not exported, and that nothing in it calls or only their own file does."""
    exported, declared, users = set(), set(), {}
    for path, text in tree.code.items():
        if pathlib.PurePath(path).name in tree.public or re.match(FOR_OTHER_FEATURES, path):
            exported |= set(re.findall(r"\b(hs_\w+) \(", text))
        elif path.endswith(".h"):
            declared |= set(re.findall(r"^(?:\w[\w *]*[ *])?(hs_\w+) \([^;{]*\)[^;{]*;", text, flags=re.M))
        exported |= set(re.findall(r"\b_HS_EXTERN [\w *]*\b(hs_\w+) \(", text))
        # Declarations and definitions begin a line; calls and addresses do not.
        calls = re.sub(r"^(?:\w[\w *]*[ *])?hs_\w+ \(", "", text, flags=re.M)
        for name in re.findall(r"\bhs_[a-z0-9_]+\b", calls):
            users.setdefault(name, set()).add(path)
    wrong, found = [], set()
    for path, text in tree.code.items():
        if re.match(GENERATED, pathlib.PurePath(path).name[:-1] + "h"):
            continue
        for name in re.findall(r"^(hs_[a-z0-9_]+) \([^;{]*\)\s*\{", text, flags=re.M):
            # GObject's macros call these.
            if name in exported or re.search(r"_(class_|default_)?init$", name):
                continue
            others = users.get(name, set()) - {path}
            found.add(name)
            if name in FOR_TESTS and others:
                wrong.append(f"{name} is called, take it from the list")
            elif name in FOR_TESTS or others:
                continue
            elif name not in users:
                wrong.append(f"{path} has {name}, which nothing in the library calls")
            elif name in declared:
                wrong.append(f"{path} has {name}, which no other file of the library calls: make it static")
    return wrong + [f"{name} is nowhere, take it from the list" for name in sorted(FOR_TESTS) if name not in found]


def check(tree):
    """What was looked at, and what is wrong with it."""
    unknown = [name for name in tree.files if floor_of(name) is None] + tree.missing
    upward, features, leaks, umbrella = [], [], [], []
    for name in tree.files:
        if name == "headstock.h":
            continue
        for other in sorted(tree.includes[name]):
            if points_up(name, other):
                upward.append(f"{name} (floor {floor_of(name)}) includes {other} "
                              f"(floor {floor_of(other)})")
            if pathlib.PurePath(other).name == "headstock.h":
                umbrella.append(f"{name} includes the umbrella")
            base = pathlib.PurePath(other).name
            if pathlib.PurePath(name).name in tree.public and other in tree.files \
                    and base not in tree.public:
                leaks.append(f"{name} includes {other}")
        for other, symbols in sorted(tree.uses.get(name, {}).items()):
            if points_up(name, other):
                upward.append(f"{name} (floor {floor_of(name)}) uses {', '.join(sorted(symbols))} of "
                              f"{other} (floor {floor_of(other)})")
        if feature_of(name) is not None:
            for other in sorted(tree.includes[name] | set(tree.uses.get(name, {}))):
                why = feature_must_not(name, other, tree)
                if why is not None:
                    features.append(f"{name} needs {other}, {why}")
    headers = {name: {other for other in tree.includes[name] if other.endswith(".h")}
               for name in tree.files if name.endswith(".h")}
    circles = [" and ".join(sorted(circle)) for circle in find_circles(headers)]
    code = {name: set(others) for name, others in tree.uses.items()}
    return [
        ("every file has a floor", unknown),
        ("no include and no call points up", upward),
        ("the protocol has no sockets, no timers and no main loop", find_impure(tree)),
        ("features need public headers and their own folder", features),
        ("no public header includes a private one", leaks),
        ("no file of ours includes the umbrella", umbrella),
        ("headers have no circle", circles),
        ("files have no circle but those that are known", check_circles(find_circles(code)) + check_known_types(tree)),
        ("the fields of a part are named in one file",
         [line for part, owner in PARTS.items() for line in names_fields(tree, part, owner)]),
        ("no function is dead", find_unused(tree)),
        ("there is something to check", [] if len(tree.files) > 30 else [f"{len(tree.files)} files"]),
    ]


def main():
    root = pathlib.Path(sys.argv[1])
    tree = read(root)
    results = check(tree)
    text = (root.parent / "docs" / "architecture.md").read_text()
    results.append(("the client's files call each other in the order of docs/architecture.md",
                    check_order(tree, read_order(text))))
    results.append(("docs/architecture.md names files that are there", check_named(tree, text)))
    print(f"1..{len(results)}")
    for number, (what, wrong) in enumerate(results, 1):
        print(f"{'not ok' if wrong else 'ok'} {number} - {what}")
        for line in wrong:
            print(f"# {line}")
    return 1 if any(wrong for _, wrong in results) else 0


if __name__ == "__main__":
    sys.exit(main())

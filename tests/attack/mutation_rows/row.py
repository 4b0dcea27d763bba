# SPDX-License-Identifier: LGPL-2.1-or-later
"""A row of the mutation table, and a function for each folder of tests.

A row has a name; what is in the code, once; what it becomes; the program that fails; its
arguments.  White space does not count.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    name: str
    old: str
    new: str
    target: str
    arguments: tuple[str, ...] = ()


def attack(name: str, old: str, new: str, pattern: str) -> Mutation:
    """One that an attack, or several, succeed without."""
    return Mutation(name, old, new, "tests/attack/attack", (pattern,))


def unit(name: str, old: str, new: str, program: str, path: str = "") -> Mutation:
    return Mutation(name, old, new, f"tests/unit/test-{program}", ("-p", path) if path else ())


def client(name: str, old: str, new: str, program: str, path: str = "") -> Mutation:
    return Mutation(name, old, new, f"tests/integration/test-client-{program}",
                    ("-p", path) if path else ())


def registration(name: str, old: str, new: str, path: str) -> Mutation:
    return Mutation(name, old, new, "tests/features/registration/test-registration-secrets", ("-p", path))


def disco(name: str, old: str, new: str, path: str, program: str = "disco-caps") -> Mutation:
    return Mutation(name, old, new, f"tests/features/disco/test-{program}", ("-p", path))


def feature(name: str, old: str, new: str, program: str, path: str) -> Mutation:
    """One that a test of a feature with the same name finds."""
    return Mutation(name, old, new, f"tests/features/{program}/test-{program}", ("-p", path))


def twins(name: str, old: str, new: str, path: str) -> Mutation:
    """One about messages of an archive that have the same id."""
    return Mutation(name, old, new, "tests/features/archive/test-archive-twins", ("-p", "/archive-twins" + path))


def cancelled(name: str, old: str, new: str, path: str = "/cancelled/while-waiting") -> Mutation:
    """One that a call of any feature that is cancelled finds."""
    return Mutation(name, old, new, "tests/features/messenger/test-cancelled", ("-p", path))


def blocking_sessions(name: str, old: str, new: str, path: str) -> Mutation:
    return Mutation(name, old, new, "tests/features/blocking/test-blocking-sessions", ("-p", path))


def blocking_large(name: str, old: str, new: str, path: str) -> Mutation:
    return Mutation(name, old, new, "tests/features/blocking/test-blocking-large", ("-p", path))


def upload(name: str, old: str, new: str, program: str, path: str) -> Mutation:
    return Mutation(name, old, new, f"tests/features/upload/test-{program}", ("-p", path))


def avatars(name: str, old: str, new: str, path: str) -> Mutation:
    return Mutation(name, old, new, "tests/features/avatars/test-avatars", ("-p", path))


def displayed(name: str, old: str, new: str, path: str, program: str = "displayed") -> Mutation:
    return Mutation(name, old, new, f"tests/features/displayed/test-{program}", ("-p", path))


def vcard(name: str, old: str, new: str, path: str) -> Mutation:
    return Mutation(name, old, new, "tests/features/vcard/test-vcard", ("-p", path))


def roster(name: str, old: str, new: str, program: str, path: str) -> Mutation:
    return Mutation(name, old, new, f"tests/features/roster/test-roster-{program}", ("-p", path))


def room(name: str, old: str, new: str, program: str, path: str) -> Mutation:
    return Mutation(name, old, new, f"tests/features/muc/test-muc-{program}", ("-p", path))


def messages(name: str, old: str, new: str, program: str, path: str) -> Mutation:
    return Mutation(name, old, new, f"tests/features/messages/test-messages-{program}", ("-p", path))


def history(name: str, old: str, new: str, program: str, path: str) -> Mutation:
    return Mutation(name, old, new, f"tests/features/history/test-history-{program}", ("-p", path))


def handlers(name: str, old: str, new: str, path: str) -> Mutation:
    """One that a handler of the program's finds, which does something at each place of a messenger's run."""
    return Mutation(name, old, new, "tests/features/messenger/test-messenger-handlers", ("-p", f"/messenger-handlers/{path}"))


def sent(name: str, old: str, new: str) -> Mutation:
    """One that the simulation of sent messages finds."""
    return Mutation(name, old, new, "tests/simulation/simulate-sent", ("--seeds=300",))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What both servers have in common: domains, accounts, ports, options, limits."""

import os
import random
import socket
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from certificates import Certificates

DOMAIN = "example.test"
ANONYMOUS_DOMAIN = "anonymous.example.test"
WRONG_HOST_DOMAIN = "wrong-host.test"
COMPONENT = "component.example.test"
ROOMS = "rooms.example.test"
# A command for the service for rooms, see serve.py; gone when it is done.
ROOMS_FILE = "rooms-command"
# Until when the archives are to be purged, see serve.py; gone when they are.
PURGE_FILE = "purge"
UPLOAD = "upload.example.test"
# The name in the URLs of files, and in the certificate there.
UPLOAD_HOST = "localhost"
UPLOAD_MAX_SIZE = 10 * 1024 * 1024
COMPONENT_SECRET = "component-secret"

# The third has what SCRAM, XML and shells want escaped; the fourth changes under SASLprep
# (RFC 4013: U+2168 becomes "IX", U+00AD nothing), and is stored prepared.
PASSWORDS = {
    "user1": "secret1",
    "user2": "secret2",
    "user3": "pä,s=s&w<ö>r\"d' €3",
    "user4": "\u2168 sec\u00adret4",
    "user5": "secret5",
}

# A stanza of 10 MiB is sent through the servers; with its envelope it must fit in.
STANZA_SIZE = 16 * 1024 * 1024

# What --option knows, with the default and what else it may be.
OPTIONS = {
    "tls": ("any", ("any", "1.2", "1.3")),
    "passwords": ("plain", ("plain", "sha1", "sha256", "sha512")),
    "sasl2": ("no", ("no", "yes")),
    "register": ("no", ("no", "yes")),
    "invites": ("no", ("no", "yes")),
    "captcha": ("no", ("no", "yes")),
    "mam": ("no", ("no", "yes")),
    "rooms": ("no", ("no", "yes")),
    "upload": ("no", ("no", "yes")),
    "contacts": ("few", ("few", "25000", "100000")),
}


def prepared(password: str) -> str:
    """SASLprep, as far as the passwords above need it."""
    return unicodedata.normalize("NFKC", password.replace("\u00ad", ""))


@dataclass
class Ports:
    """Ports on loopback that nobody listens on, below the range the system gives out itself."""

    starttls: int
    tls: int
    plain: int
    component: int
    expired: int
    middle: int
    https: int

    @classmethod
    def choose(cls) -> "Ports":
        held: list[socket.socket] = []
        try:
            while len(held) < 7:
                candidate = socket.socket()
                try:
                    candidate.bind(("127.0.0.1", random.randint(15000, 32000)))
                    held.append(candidate)
                except OSError:
                    candidate.close()
            return cls(*(one.getsockname()[1] for one in held))
        finally:
            for one in held:
                one.close()


@dataclass
class Setup:
    """One server's run: where it lives and what it is to offer."""

    folder: Path
    certificates: Certificates
    ports: Ports
    options: dict[str, str] = field(default_factory=dict)


def parse_options(given: list[str]) -> dict[str, str]:
    """The options of the command line over their defaults; ValueError where one is unknown."""
    options = {name: default for name, (default, _) in OPTIONS.items()}
    for one in given:
        name, _, value = one.partition("=")
        if name not in OPTIONS:
            raise ValueError(f"no option {name!r}; there are {', '.join(OPTIONS)}")
        if value not in OPTIONS[name][1]:
            raise ValueError(f"option {name} is one of {', '.join(OPTIONS[name][1])}")
        options[name] = value
    return options


def cache_folder() -> Path:
    """Where install.sh unpacks the generation of the servers that is not installed."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "headstock-glib-tests"

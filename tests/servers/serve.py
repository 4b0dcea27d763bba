#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a command beside a real XMPP server, which lives for as long as the command does.

    serve.py [--server=prosody|ejabberd] [--servers=any|backports|stable] [--keep]
             [--verbose] [--option NAME=VALUE]... -- COMMAND [ARGUMENT]...

The server runs in the foreground on free ports of 127.0.0.1, from a temporary folder, with
an authority, certificates and accounts of its own (see settings.py).  When the command has
ended, or serve.py is told to end (SIGTERM, SIGINT, SIGHUP), the command's process group and
the server are ended and the folder is removed.  The status is the command's: 128 + N where
signal N ended it, 125 where the server did not start, 77 where it is not installed.

--server   which one; HS_TEST_SERVER, or prosody
--servers  which generation: the one installed, or one that install.sh unpacked beside it;
           HS_TEST_SERVERS, or any (the installed one first)
--keep     leaves the folder
--verbose  says on standard error when the server is ready, and after how long
--option   tls=any|1.2|1.3
           passwords=plain|sha1|sha256|sha512 (how they are stored, and with that which
           mechanisms are offered: plain, all; Prosody knows SHA-1 and SHA-256 only)
           sasl2=no|yes (Prosody 13: SASL2, Bind 2, SM, FAST, XEP-0474, and with hashed
           passwords an access token for user1 in $HS_TEST_DIR/access-token; ejabberd 24: FAST)
           register=no|yes (in-band registration)
           mam=no|yes (message archive; a file $HS_TEST_DIR/purge with a time in microseconds since
           1970 has all accounts' archives lose what is not later, and is gone when they have)
           rooms=no|yes (a service for rooms, $HS_TEST_ROOMS, with archives and moderation, which obeys
           what is moved to $HS_TEST_DIR/rooms-command: "forget", all rooms end and nobody is told;
           "restart", the service is stopped and started; the file is gone when that is done)
           upload=no|yes (a service for uploads, $HS_TEST_UPLOAD, of files of up to 10 MiB)
           invites=no|yes (Prosody: accounts by invitation only; users invite by command)
           contacts=few|25000|100000 (Prosody: in the roster of user1, beside user2)
           captcha=no|yes (ejabberd, with register=yes: the solution is in
           $HS_TEST_DIR/captcha)

The command's environment:

HS_TEST_SERVER, HS_TEST_SERVER_VERSION
HS_TEST_SERVER_PID     the server's process, for tests that stop or kill it
HS_TEST_HOST           127.0.0.1
HS_TEST_DOMAIN         the domain of the accounts, and the name in the certificate
HS_TEST_PORT           requires STARTTLS
HS_TEST_TLS_PORT       direct TLS
HS_TEST_PLAIN_PORT     the same domain and accounts without any TLS, PLAIN offered
HS_TEST_EXPIRED_PORT   direct TLS with an expired certificate
HS_TEST_MIDDLE_PORT    the same, and from there on TLS to the server: a man in the middle
HS_TEST_USER1..5, HS_TEST_PASSWORD1..5
                       bare JIDs; user1 and user2 are in each other's roster (both);
                       password 3 has characters to escape, 4 is changed by SASLprep
HS_TEST_CA             the authority that signed the server's certificates
HS_TEST_OTHER_CA       one that signed nothing
HS_TEST_CLIENT_CERT, HS_TEST_CLIENT_KEY
                       user1's certificate, for EXTERNAL on both TLS ports
HS_TEST_ANON_DOMAIN    a host that offers ANONYMOUS
HS_TEST_WRONG_HOST_DOMAIN
                       a host with a certificate for another name
HS_TEST_ROOMS, HS_TEST_UPLOAD
HS_TEST_COMPONENT, HS_TEST_COMPONENT_PORT, HS_TEST_COMPONENT_SECRET
HS_TEST_OPTION_NAME    the value of each option
HS_TEST_DIR, HS_TEST_LOG
                       the temporary folder, and the server's log in it

Limits: a stanza may have 16 MiB, nothing is slowed down, and the queues of stream
management hold 100,000 stanzas.  Every stream is logged, no stanza is.
"""

import argparse
import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import settings  # noqa: E402
from certificates import Certificates  # noqa: E402
from ejabberd import Ejabberd  # noqa: E402
from prosody import Prosody  # noqa: E402
from settings import Ports, Setup  # noqa: E402
from tls_relay import TlsRelay  # noqa: E402

SERVERS = {"prosody": Prosody, "ejabberd": Ejabberd}
NOT_INSTALLED = 77
NOT_STARTED = 125
FOLDER_PREFIX = "headstock-servers-"
READY_SECONDS = 60
# How long the command may take to end when it is asked to.  A test runner (meson) kills us
# half a second after SIGTERM, so that the folder must be gone before.
END_SECONDS = {signal.SIGTERM: 0.2}
OTHER_END_SECONDS = 3
ATTEMPTS = 4

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


class NotStarted(Exception):
    """The server did not come up; `busy` where a port was taken meanwhile."""

    def __init__(self, message: str, busy: bool = False):
        super().__init__(message)
        self.busy = busy


class Told(Exception):
    """A signal told us to end."""

    def __init__(self, number: int):
        super().__init__(number)
        self.number = number


def _raise_told(number, _frame):
    raise Told(number)


def _die_with_parent() -> None:
    # So that not even a SIGKILL to serve.py leaves a server behind.
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def find_server(name: str, generation: str):
    """The installation to run; None where there is none."""
    roots = [Path("/")]
    for one in ("backports", "stable") if generation == "any" else (generation,):
        roots.append(settings.cache_folder() / one)
    for root in roots:
        found = SERVERS[name].find(root)
        if found and generation in ("any", found.generation):
            return found
    return None


def end_group(process: subprocess.Popen, number: int, seconds: float) -> None:
    """Ends a process and the group it leads: asked with a signal first, then killed."""
    for one, patience in ((number, seconds), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, one)
        except ProcessLookupError:
            break
        # The group may outlive its leader.
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            process.poll()
            try:
                os.killpg(process.pid, 0)
            except (ProcessLookupError, PermissionError):
                break
            time.sleep(0.01)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)


def remove_stale_folders() -> None:
    """Removes what a serve.py that was killed could not."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER_PREFIX}*"):
        if (folder / "keep").exists():
            continue
        try:
            os.kill(int(folder.name.removeprefix(FOLDER_PREFIX).partition("-")[0]), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (ValueError, OSError):
            continue


class Running:
    """A server's process, from `start` to `stop`."""

    def __init__(self, server, setup: Setup):
        self._server = server
        self._setup = setup
        self._process: subprocess.Popen | None = None
        ports, expired = setup.ports, setup.certificates.expired
        self._relays = [TlsRelay(ports.expired, ports.plain, expired),
                        TlsRelay(ports.middle, ports.tls, expired, to_tls=True)]

    @property
    def pid(self) -> int:
        return self._process.pid

    def start(self) -> None:
        """Returns when the server answers; raises NotStarted."""
        setup = self._setup
        self._server.prepare(setup)
        with (setup.folder / "output.log").open("ab") as output:
            self._process = subprocess.Popen(
                self._server.command(setup), env=self._server.environment(setup),
                cwd=setup.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                process_group=0, preexec_fn=_die_with_parent)
        self._wait_until_ready()
        try:
            for relay in self._relays:
                relay.start()
        except OSError as error:
            raise NotStarted(str(error), busy=True) from error

    def stop(self) -> None:
        for relay in self._relays:
            relay.stop()
        if self._process:
            # Nothing of it is worth the second that an orderly end takes.
            end_group(self._process, signal.SIGKILL, 5)

    def log(self) -> str:
        return "".join(
            path.read_text(errors="replace")
            for path in (self._setup.folder / "output.log", self._setup.folder / "server.log")
            if path.exists())

    def _wait_until_ready(self) -> None:
        ports = self._setup.ports
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_ready((ports.tls, ports.plain, ports.component)):
            log = self.log()
            if self._server.failed_to_bind(log):
                raise NotStarted("a port was taken by somebody else", busy=True)
            if self._process.poll() is not None:
                raise NotStarted(f"it ended with status {self._process.returncode}")
            if time.monotonic() > deadline:
                raise NotStarted(f"it was not ready after {READY_SECONDS} seconds")
            time.sleep(0.02)

    def _is_ready(self, other_ports: tuple[int, ...]) -> bool:
        """Whether accounts are made, all ports are open, and a stream is answered."""
        if not self._server.is_prepared(self._setup):
            return False
        try:
            for port in other_ports:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
            with socket.create_connection(("127.0.0.1", self._setup.ports.starttls),
                                          timeout=5) as connection:
                connection.sendall(
                    f"<stream:stream xmlns='jabber:client' version='1.0' "
                    f"xmlns:stream='http://etherx.jabber.org/streams' "
                    f"to='{settings.DOMAIN}'>".encode())
                received = b""
                while b"</stream:features>" not in received:
                    data = connection.recv(65536)
                    if not data:
                        return False
                    received += data
            return b"xmpp-tls" in received
        except OSError:
            return False


def environment(server, setup: Setup, pid: int) -> dict[str, str]:
    """What the command is told."""
    certificates, ports = setup.certificates, setup.ports
    told = {
        "SERVER": server.name,
        "SERVERS": server.generation,
        "SERVER_VERSION": server.version,
        "SERVER_PID": pid,
        "HOST": "127.0.0.1",
        "DOMAIN": settings.DOMAIN,
        "PORT": ports.starttls,
        "TLS_PORT": ports.tls,
        "PLAIN_PORT": ports.plain,
        "EXPIRED_PORT": ports.expired,
        "MIDDLE_PORT": ports.middle,
        "CA": certificates.authority.certificate,
        "OTHER_CA": certificates.other_authority.certificate,
        "CLIENT_CERT": certificates.client.certificate,
        "CLIENT_KEY": certificates.client.key,
        "ANON_DOMAIN": settings.ANONYMOUS_DOMAIN,
        "WRONG_HOST_DOMAIN": settings.WRONG_HOST_DOMAIN,
        "ROOMS": settings.ROOMS,
        "UPLOAD": settings.UPLOAD,
        "COMPONENT": settings.COMPONENT,
        "COMPONENT_PORT": ports.component,
        "COMPONENT_SECRET": settings.COMPONENT_SECRET,
        "DIR": setup.folder,
        "LOG": setup.folder / "server.log",
    }
    for number, (user, password) in enumerate(settings.PASSWORDS.items(), start=1):
        told[f"USER{number}"] = f"{user}@{settings.DOMAIN}"
        told[f"PASSWORD{number}"] = password
    for name, value in setup.options.items():
        told[f"OPTION_{name.upper()}"] = value
    result = {**os.environ, **{f"HS_TEST_{name}": str(value) for name, value in told.items()}}
    if os.environ.get("HS_TEST_PRELOAD"):
        result["LD_PRELOAD"] = os.environ["HS_TEST_PRELOAD"]
        # An interpreter leaves much to the end of the process.
        result["ASAN_OPTIONS"] = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"),
                                                        "detect_leaks=0"]))
    return result


def run_command(command: list[str], env: dict[str, str]) -> int:
    """Runs the command in a process group of its own, which has the terminal if we had it."""
    terminal = None
    with contextlib.suppress(OSError):
        if os.isatty(0) and os.tcgetpgrp(0) == os.getpgrp():
            terminal = 0
    try:
        process = subprocess.Popen(command, env=env, process_group=0,
                                   preexec_fn=_die_with_parent)
    except OSError as error:
        print(f"serve.py: {command[0]}: {error.strerror}", file=sys.stderr)
        return 127 if isinstance(error, FileNotFoundError) else 126
    number = signal.SIGTERM
    try:
        if terminal is not None:
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            os.tcsetpgrp(terminal, process.pid)
        status = process.wait()
    except Told as told:
        number = told.number
        raise
    finally:
        _ignore_signals()
        end_group(process, number, END_SECONDS.get(number, OTHER_END_SECONDS))
        if terminal is not None:
            with contextlib.suppress(OSError):
                os.tcsetpgrp(terminal, os.getpgrp())
    return 128 - status if status < 0 else status


def _ignore_signals() -> None:
    """From here on we are ending anyway, and will not be kept from doing it properly."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def start_server(server, folder: Path, certificates: Certificates, options: dict) -> tuple:
    """Starts the server, on other ports where somebody was faster on the chosen ones."""
    for attempt in range(ATTEMPTS):
        setup = Setup(folder / f"server-{attempt}", certificates, Ports.choose(), options)
        setup.folder.mkdir()
        running = Running(server, setup)
        try:
            running.start()
            return running, setup
        except NotStarted as error:
            log = running.log()
            running.stop()
            if error.busy and attempt + 1 < ATTEMPTS:
                continue
            tail = "\n".join(log.splitlines()[-40:])
            raise NotStarted(f"{server.name} {server.version} did not start: {error}\n{tail}")
        except BaseException:
            running.stop()
            raise
    raise AssertionError("unreachable")


def serve(server, options: dict[str, str], command: list[str], folder: Path,
          verbose: bool) -> int:
    began = time.monotonic()
    certificates = Certificates(folder / "certificates", settings.DOMAIN,
                                [settings.ANONYMOUS_DOMAIN], f"user1@{settings.DOMAIN}",
                                settings.UPLOAD_HOST)
    running, setup = start_server(server, folder, certificates, options)
    try:
        if verbose:
            print(f"serve.py: {server.name} {server.version} was ready after "
                  f"{time.monotonic() - began:.2f} s", file=sys.stderr)
        return run_command(command, environment(server, setup, running.pid))
    finally:
        _ignore_signals()
        running.stop()


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", choices=SERVERS,
                        default=os.environ.get("HS_TEST_SERVER") or "prosody")
    parser.add_argument("--servers", choices=("any", "backports", "stable"),
                        default=os.environ.get("HS_TEST_SERVERS") or "any")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("command", nargs="+")
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    try:
        options = settings.parse_options(arguments.option)
    except ValueError as error:
        print(f"serve.py: {error}", file=sys.stderr)
        return 2
    server = find_server(arguments.server, arguments.servers)
    if not server:
        which = "" if arguments.servers == "any" else f" of {arguments.servers}"
        print(f"serve.py: no {arguments.server}{which} is installed; run tests/servers/install.sh",
              file=sys.stderr)
        return NOT_INSTALLED
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _raise_told)
    folder = None
    try:
        remove_stale_folders()
        folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-"))
        if arguments.keep:
            (folder / "keep").touch()
        return serve(server, options, arguments.command, folder, arguments.verbose)
    except Told as told:
        return 128 + told.number
    except (NotStarted, RuntimeError) as error:
        print(f"serve.py: {error}", file=sys.stderr)
        return NOT_STARTED
    finally:
        _ignore_signals()
        if folder and arguments.keep:
            print(f"serve.py: kept {folder}", file=sys.stderr)
        elif folder:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())

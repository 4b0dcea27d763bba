#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The first programs of the README are those of the guide, and do what is said of them.

    serve.py [--option contacts=25000] -- test-readme.py c|python|javascript

They are changed in one respect: the account is that of the test server, and the line that makes
the client is followed by lines that say where the server is.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import programs
from programs import ENV, Peer, Program, Tap

ROOT = Path(__file__).resolve().parent.parent.parent
LANGUAGES = {
    "c": ("c", "first.c", r"  g_autoptr \(HsClient\) client = hs_client_new \(.*\);\n"),
    "python": ("python", "first.py", r"client = Headstock\.Client\.new\(.*\)\n"),
    "javascript": ("js", "first.js", r"const client = Headstock\.Client\.new\(.*\);\n"),
}
WHERE = {
    "c": """  g_autoptr (GTlsDatabase) database = g_tls_file_database_new ("{CA}", NULL);
  g_object_set (client, "host", "{HOST}", "port", {PORT}, "tls-database", database, NULL);
""",
    "python": """from gi.repository import Gio
client.props.host, client.props.port = "{HOST}", {PORT}
client.props.tls_database = Gio.TlsFileDatabase.new("{CA}")
""",
    "javascript": """import Gio from 'gi://Gio';
client.host = '{HOST}';
client.port = {PORT};
client.tls_database = Gio.TlsFileDatabase.new('{CA}');
""",
}

# 25,000 contacts in one piece would be 12 MiB more than these.
PEAK_KIB = {"c": 20000}
# The languages themselves take more in each release: what a connection may add to a program that only
# makes a client.  JavaScript keeps what it has not collected yet.
ROOM_KIB = {"python": 11 * 1024, "javascript": 27 * 1024}
BASE = {
    "python": """
import re
import gi
gi.require_version("Headstock", "1.0")
from gi.repository import Headstock
Headstock.Client.new("user@domain", "secret")
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read()).group(1))
""",
    "javascript": """
import GLib from 'gi://GLib';
import Headstock from 'gi://Headstock?version=1.0';
Headstock.Client.new('user@domain', 'secret');
const [, status] = GLib.file_get_contents('/proc/self/status');
print(new TextDecoder().decode(status).match(/VmHWM:\\s+(\\d+)/)[1]);
""",
}


def get_peak(language: str) -> int:
    """KiB that the program may take."""
    if language not in BASE:
        return PEAK_KIB[language]
    with tempfile.TemporaryDirectory(dir=ENV["DIR"]) as folder:
        command = prepare(language, BASE[language], Path(folder))
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return ROOM_KIB[language] + int(output)


def find_program(language: str, path: Path) -> str:
    """The first code of a language in a page."""
    return re.search(rf"^```{LANGUAGES[language][0]}\n(.*?)^```", path.read_text(),
                     re.MULTILINE | re.DOTALL).group(1)


def adapt(language: str, code: str) -> str:
    """The program for the test server's first account."""
    line = LANGUAGES[language][2]
    assert len(re.findall(line, code)) == 1, "the line that makes the client"
    code = re.sub(line, lambda match: match.group(0) + WHERE[language].format(**ENV), code)
    assert code.count("user@domain") == code.count("secret") == 1
    return code.replace("user@domain", ENV["USER1"]).replace("secret", ENV["PASSWORD1"])


def prepare(language: str, code: str, folder: Path, *packages: str) -> list[str]:
    """Writes the program down, and compiles it as the README says, with more packages; its command."""
    path = folder / LANGUAGES[language][1]
    path.write_text(code)
    if language == "python":
        return [programs.PYTHON, "-u", str(path)]
    if language == "javascript":
        return ["gjs", "-m", str(path)]
    readme = (ROOT / "README.md").read_text()
    command = re.search(r"`(cc first\.c .*)`", readme).group(1)
    command = command.replace("--libs", " ".join(["--libs", *packages]))
    env = dict(os.environ)
    if not programs.IS_INSTALLED:
        # The build folder has a pkg-config file of its own for that, and two folders have the headers.
        build = programs.BUILD.parent
        env |= {"PKG_CONFIG_PATH": str(build / "meson-uninstalled"), "CPATH": f"{build}:{ROOT}"}
    subprocess.run([command + " -Wall -Wextra -Wno-unused-parameter -Werror"], shell=True,
                   check=True, cwd=folder, env=env)
    return [str(folder / "first")]


def check_many_contacts(tap: Tap, program: Program, language: str) -> None:
    """All were shown, and never lay in memory as a whole: they would take some 12 MiB."""
    with tap.test("it has printed every contact"):
        count = sum(line.startswith("Contact contact") for line in program.lines)
        assert count == int(ENV["OPTION_CONTACTS"]), count
    with tap.test("it takes no memory for them"):
        status = Path(f"/proc/{program.process.pid}/status").read_text()
        peak = int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1))
        bound = get_peak(language)
        print(f"# {peak} KiB at the most, of {bound}")
        # A sanitizer takes memory of its own.
        if not os.environ.get("HS_TEST_PRELOAD"):
            assert peak < bound, peak


def check(tap: Tap, language: str) -> None:
    code = find_program(language, ROOT / "README.md")
    with tap.test("README and guide have the same program"):
        assert code == find_program(language, ROOT / "docs" / "getting-started.md")
    with tempfile.TemporaryDirectory(dir=ENV["DIR"]) as folder:
        command = prepare(language, adapt(language, code), Path(folder))
        with Program(command) as program, Peer(2) as peer:
            with tap.test("it prints the contacts"):
                program.expect(re.escape(f"Contact {ENV['USER2']} both"))
            with tap.test("it answers"):
                peer.say(ENV["USER1"], "the first ✓")
                sender, kind, body = peer.hear()
                assert sender.startswith(ENV["USER1"] + "/") and kind == "chat"
                assert body == "the first ✓"
            if ENV["OPTION_CONTACTS"] != "few":
                # What it printed before its answer.
                program.signal(signal.SIGSTOP)
                program.take_lines()
                check_many_contacts(tap, program, language)
                program.signal(signal.SIGCONT)
            program.signal(signal.SIGINT)
            program.end()
            with tap.test("no complaint was printed"):
                assert not re.search("WARNING|CRITICAL|Traceback", "\n".join(program.lines)), \
                    program.lines


def main() -> int:
    tap = Tap()
    check(tap, sys.argv[1])
    return tap.plan()


if __name__ == "__main__":
    sys.exit(main())

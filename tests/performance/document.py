# SPDX-License-Identifier: LGPL-2.1-or-later
"""Puts measured figures and the machine between the marks in docs/performance.md."""

import os
import platform
import re
import subprocess

import table

# By their names in Debian 12, and in what has come since.
PACKAGES = ["libxml2", "libxml2-16", "libglib2.0-0", "libglib2.0-0t64", "libstrophe0", "libloudmouth1-0",
            "libloudmouth1-0t64", "libgloox18", "libqxmpp3", "libqxmppqt6-8", "python3-slixmpp", "python3-nbxmpp",
            "gjs", "nodejs"]


def package_versions():
    said = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}\\n", *PACKAGES],
                          capture_output=True, text=True).stdout
    return [line.strip() for line in said.splitlines() if len(line.split()) == 2]


def system_name():
    with open("/etc/os-release") as file:
        name = re.search(r'^PRETTY_NAME="(.*)"$', file.read(), re.MULTILINE)
    return name.group(1) if name else platform.system()


def machine():
    with open("/proc/cpuinfo") as file:
        model = re.search(r"^model name\s*:\s*(.*)$", file.read(), re.MULTILINE)
    text = (f"The machine: {model.group(1) if model else platform.machine()}, "
            f"{os.cpu_count()} cores, {system_name()}, "
            f"Linux {platform.release()}")
    try:
        text += "; " + ", ".join(package_versions())
    except OSError:
        pass
    return text + "."


def replace(text, mark, content):
    pattern = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- end of {mark} -->)", re.DOTALL)
    if pattern.search(text) is None:
        raise ValueError(f"there is no mark <!-- {mark} -->")
    return pattern.sub(lambda found: f"{found.group(1)}\n{content.strip()}\n\n{found.group(2)}",
                       text)


def put(path, mark, content):
    """Puts a text between a mark: this system's own, where the page has it, or that of all others."""
    with open(path) as file:
        text = file.read()
    own_mark = f"{mark} on {system_name()}"
    with open(path, "w") as file:
        file.write(replace(text, own_mark if f"<!-- {own_mark} -->" in text else mark, content))


def refresh(path, results):
    """A system that the page has marks for gets all tables there. The main ones are any other system's."""
    with open(path) as file:
        text = file.read()
    figures = table.Figures(results)
    own_mark = f"goals on {system_name()}"
    if f"<!-- {own_mark} -->" in text:
        tables = (table.goal_table(checks(figures))[0] for checks in (table.core_checks, table.feature_checks))
        text = replace(text, own_mark, "\n\n".join([*filter(None, tables), table.details(results).strip(), machine()]))
    else:
        for mark, checks in (("goals", table.core_checks), ("features", table.feature_checks)):
            content = table.goal_table(checks(figures))[0]
            # What was not measured stays as it is.
            if content:
                text = replace(text, mark, content)
        text = replace(text, "figures", table.details(results) + "\n" + machine())
    with open(path, "w") as file:
        file.write(text)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""Puts measured figures and the machine between the marks in docs/performance.md."""

import os
import platform
import re
import subprocess

import table

PACKAGES = ["libxml2", "libglib2.0-0", "libstrophe0", "libloudmouth1-0", "libgloox18",
            "libqxmpp4", "python3-slixmpp", "python3-nbxmpp", "gjs", "nodejs"]


def package_versions():
    said = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}\\n", *PACKAGES],
                          capture_output=True, text=True).stdout
    return [line.strip() for line in said.splitlines() if len(line.split()) == 2]


def machine():
    with open("/proc/cpuinfo") as file:
        model = re.search(r"^model name\s*:\s*(.*)$", file.read(), re.MULTILINE)
    with open("/etc/os-release") as file:
        system = re.search(r'^PRETTY_NAME="(.*)"$', file.read(), re.MULTILINE)
    text = (f"The machine: {model.group(1) if model else platform.machine()}, "
            f"{os.cpu_count()} cores, {system.group(1) if system else platform.system()}, "
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


def refresh(path, results):
    with open(path) as file:
        text = file.read()
    figures = table.Figures(results)
    for mark, checks in (("goals", table.core_checks), ("features", table.feature_checks)):
        content = table.goal_table(checks(figures))[0]
        # What was not measured stays as it is.
        if content:
            text = replace(text, mark, content)
    text = replace(text, "figures", table.details(results) + "\n" + machine())
    with open(path, "w") as file:
        file.write(text)

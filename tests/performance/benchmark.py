#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the workloads, each contestant in its turn, and prints the table of docs/performance.md.

    benchmark.py --build=FOLDER [--short] [--runs=N] [--results=FILE] [--document=FILE] [WORKLOAD...]

The figures are medians. What counts are ratios within one run of this script: a machine has other
work too. The status is not 0 if a client failed, or, with --strict, if a goal was missed.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

import document
import table
from workloads import WORKLOADS, command, environment, is_there

TIMEOUT = 120


class Failure(Exception):
    pass


def make_certificate(folder):
    key = os.path.join(folder, "key.pem")
    certificate = os.path.join(folder, "certificate.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=montague.example",
                    "-addext", "subjectAltName=DNS:montague.example",
                    "-keyout", key, "-out", certificate],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return certificate, key


def parse(line):
    return {name: float(value) for name, value in
            (word.split("=") for word in line.split())}


def run_alone(build, program, arguments, below=()):
    """One program, which is given what it needs; its figures. below: another program that it runs below."""
    try:
        said = subprocess.run([*below, *command(build, program), *arguments], env=environment(build),
                              capture_output=True, text=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired as error:
        raise Failure(f"{program} took longer than {TIMEOUT} s") from error
    lines = [line for line in said.stdout.splitlines() if line.startswith("count=")]
    if not lines:
        raise Failure(f"{program} failed with status {said.returncode}: "
                      + (said.stderr.strip().splitlines() or ["it said nothing"])[-1])
    return parse(lines[-1]), said.returncode


def run_beside_server(build, workload, program, how, amount, n_clients, pair=None, below=()):
    """One server, one client; the client's figures."""
    server = command(build, "performance-server")
    arguments = [workload.server, str(amount), str(n_clients), *(pair or ())]
    with subprocess.Popen(server + arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True, env=environment(build)) as process:
        try:
            port = process.stdout.readline().strip()
            name = next(name for name, value in WORKLOADS.items() if value is workload)
            if name in ("tls", "turn", "growth", "idle-managed"):
                name = {"managed": "idle"}.get(workload.server, workload.server)
            figures, status = run_alone(build, program, [name, how, port, str(amount), str(n_clients)]
                                        + ([pair[0]] if pair else []), below)
        finally:
            process.stdin.close()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
    if status != 0:
        raise Failure(f"{program} failed with status {status}")
    return figures


def run_once(build, workload, program, how, amount, n_clients, pair):
    """One run of one contestant; its figures."""
    if workload.server is None:
        # Its status says whether it reached its own goals.
        figures = run_alone(build, program, [str(amount), *how])[0]
    else:
        figures = run_beside_server(build, workload, program, how, amount, n_clients, pair)
    figures["amount"] = amount
    figures["clients"] = n_clients
    return figures


def run_workload(build, name, short, runs, certificate, report):
    """The medians of each contestant's figures."""
    workload = WORKLOADS[name]
    collected = {}
    absent = [contestant for contestant, (program, _, _) in workload.contestants.items()
              if not is_there(build, program)]
    if workload.runs is not None:
        runs = min(runs, workload.runs[short])
    for _ in range(runs):
        for contestant, (program, how, part) in workload.contestants.items():
            if contestant in absent:
                continue
            try:
                figures = run_once(build, workload, program, how,
                                   round(workload.amount[short] * part), workload.clients[short],
                                   certificate if workload.tls else None)
            except Failure as failure:
                report(f"{name}: {contestant}: {failure}")
                absent.append(contestant)
                collected.setdefault("failed", []).append(contestant)
                continue
            collected.setdefault(contestant, []).append(figures)
    failed = collected.pop("failed", [])
    medians = {contestant: {figure: statistics.median(run[figure] for run in figures)
                            for figure in figures[0]}
               for contestant, figures in collected.items()}
    return medians, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD",
                        help="one of: " + ", ".join(WORKLOADS))
    parser.add_argument("--build", required=True)
    parser.add_argument("--short", action="store_true", help="less of each, and three runs")
    parser.add_argument("--runs", type=int)
    parser.add_argument("--results", help="where to keep the medians, as JSON; added to")
    parser.add_argument("--document", help="where to put the tables: docs/performance.md")
    parser.add_argument("--strict", action="store_true", help="a missed goal is a failure")
    options = parser.parse_args()
    build = os.path.abspath(options.build)
    runs = options.runs or (3 if options.short else 5)
    results = {}
    failures = []

    def report(text):
        print("benchmark.py: " + text, file=sys.stderr, flush=True)

    if options.results and os.path.exists(options.results):
        with open(options.results) as file:
            results = json.load(file)
    with tempfile.TemporaryDirectory() as folder:
        certificate = make_certificate(folder)
        for name in options.workloads or WORKLOADS:
            if name not in WORKLOADS:
                parser.error(f"there is no workload {name}")
            report(name)
            medians, failed = run_workload(build, name, options.short, runs, certificate, report)
            results[name] = medians
            failures += [f"{name}: {contestant}" for contestant in failed]
            if options.results:
                with open(options.results, "w") as file:
                    json.dump(results, file, indent=1)
    print(table.details(results))
    text, n_missed = table.goals(results)
    print(text)
    if options.document:
        document.refresh(options.document, results)
    if failures:
        print("failed: " + ", ".join(failures))
    return 1 if failures or (options.strict and n_missed > 0) else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What bench.c is for the clients in C, for those in Python."""

import os
import resource
import sys
import time

workload, how, port, amount = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])

count = 0
size = 0
started = None


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def rss():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") // 1024


def begin():
    global started
    resident = rss()
    started = (time.monotonic(), cpu(), resident)


def end():
    global started
    used, wall, resident = cpu() - started[1], time.monotonic() - started[0], rss() - started[2]
    print(f"count={count} cpu={used:.6f} wall={wall:.6f} rss={resident} peak={resident}",
          flush=True)


def message(body):
    """A message has come: True at the end of all."""
    global count, size
    size += len(body)
    if body == "begin":
        begin()
    elif body == "end":
        end()
        return True
    else:
        count += 1
    return False

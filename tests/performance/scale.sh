#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Thousands of clients in one process at a real ejabberd, each with an account of its own
# (ANONYMOUS), without TLS and with stream management: memory and CPU time of each, signed in and after
# each has answered a ping of the first, the longest turn of the main loop meanwhile, and what each takes
# after ten silent seconds.
#
#   scale.sh BUILD [CLIENTS]
#
# BUILD is a folder with a release build, such as run.sh leaves; CLIENTS are 5000.

set -euo pipefail
export LC_ALL=C.UTF-8 GIO_USE_PROXY_RESOLVER=dummy NO_PROXY='*'

build=$(realpath "$1")
clients=${2:-5000}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
crowd=$build/tests/performance/crowd-headstock
export LD_LIBRARY_PATH=$build/headstock-glib

ulimit -n "$(ulimit -Hn)"
for workload in "each turn" "each -" "idle -"; do
    printf '%s: ' "$workload"
    # shellcheck disable=SC2016 # HS_TEST_PLAIN_PORT is serve.py's to set
    "$here/../servers/serve.py" --server=ejabberd -- \
        sh -c 'exec "$0" $1 "$HS_TEST_PLAIN_PORT" 0 "$2"' "$crowd" "$workload" "$clients"
done

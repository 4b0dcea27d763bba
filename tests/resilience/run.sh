#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Cuts the connections of two clients 500 times while 20,000 messages go each way between them, with
# Prosody and with ejabberd, and prints what came of it. Takes some minutes.
#
#   tests/resilience/run.sh BUILD [ARGUMENT of cut-run]...
set -eu
tests=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${1:?the build folder}" && pwd)
shift
export NO_PROXY='*' LD_LIBRARY_PATH="$build/headstock-glib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
status=0
for server in prosody ejabberd; do
  order=
  [ $server = prosody ] || order=--any-order
  "$tests/servers/serve.py" --server=$server -- \
    "$build/tests/resilience/cut-run" --cuts=500 --messages=20000 $order "$@" || status=1
done
exit $status

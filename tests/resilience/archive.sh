#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Two devices keep up with the archive of their account, with Prosody and with ejabberd at once: through 500 cuts
# and 20,000 messages, and then with fewer of both while the archive is purged. Prints what came of it.
# Takes some minutes.
#
#   tests/resilience/archive.sh BUILD [ARGUMENT of archive-run]...
set -eu
tests=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${1:?the build folder}" && pwd)
shift
export NO_PROXY='*' LD_LIBRARY_PATH="$build/headstock-glib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"

# Prints what a server says when it is done, so that the two do not mix.
keep_up() {
  server=$1
  shift
  log=$(mktemp)
  status=0
  "$tests/servers/serve.py" --server="$server" --option mam=yes -- \
    "$build/tests/resilience/archive-run" "$@" >"$log" 2>&1 || status=1
  cat "$log"
  rm -f "$log"
  return $status
}

# Both servers with these arguments.
keep_up_with_both() {
  keep_up prosody "$@" &
  prosody=$!
  keep_up ejabberd "$@" &
  ejabberd=$!
  wait $prosody || status=1
  wait $ejabberd || status=1
}

status=0
# With small pages, the servers need most of an hour: a page of either takes longer the more there is in the archive.
keep_up_with_both --cuts=500 --messages=20000 --restarts=40 --seconds=240 --page-size=250 "$@"
keep_up_with_both --cuts=50 --messages=2000 --restarts=20 --seconds=40 --purges=10 "$@"
exit $status

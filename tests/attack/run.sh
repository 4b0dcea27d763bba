#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Attacks a client, over real TLS on loopback, and prints a table: the attack, how long it took, by how
# much the process grew, what the client did.
#
#   run.sh [--builddir=FOLDER] [PATTERN...]
#
# --builddir  where to build; build-tests
# PATTERN     only attacks whose names have it in them
#
# The status is 0 where each attack ended as it must.

set -euo pipefail
export LC_ALL=C.UTF-8 NO_PROXY='*'

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
builddir=build-tests
case ${1:-} in
    --builddir=?*) builddir=${1#*=}; shift ;;
    --help) sed -n '/^# Attacks/,/^$/s/^# \{0,1\}//p' "$0"; exit 0 ;;
esac

cd "$root"
[ -f "$builddir/build.ninja" ] || meson setup "$builddir" >/dev/null
ninja -C "$builddir" tests/attack/attack >/dev/null
exec "$builddir/tests/attack/attack" "$@"

#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Installs what the tests need, builds with warnings as errors, and runs all tests but the
# benchmarks: unit, integration with the real Prosody and ejabberd, introspection.
#
#   run.sh [--servers=backports|stable] [--no-install] [--builddir=FOLDER]
#
# --servers     which generation of Prosody and ejabberd: 13 and 24 from backports (the
#               default), or 0.12 and 23 of Debian 12 (see tests/servers/install.sh)
# --no-install  takes what is there
# --builddir    where to build; build-tests
#
# The last line is "N passed, N failed", counted from the tests' own results: each subtest
# of a test that speaks TAP, one for a test that does not.  What crashed, ran out of time or
# printed no result counts as failed.  Where CI=true, so does what was skipped.  A failed
# installation or build counts as one that failed.  The status is 0 only where something ran
# and nothing failed.

set -euo pipefail
export LC_ALL=C.UTF-8
unset LANGUAGE
exec </dev/null

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")

servers=backports
install=yes
builddir=build-tests
for argument; do
    case $argument in
        --servers=backports | --servers=stable) servers=${argument#*=} ;;
        --no-install) install= ;;
        --builddir=?*) builddir=${argument#*=} ;;
        --help) sed -n '/^# Installs/,/^$/s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) echo "run.sh: no such option: $argument (see --help)" >&2; exit 2 ;;
    esac
done

# Says what begins, and in continuous integration how long what went before took.
phase() {
    if [ "${CI:-}" = true ]; then
        echo "== ${SECONDS} s: $* =="
    else
        echo "== $* =="
    fi
}

give_up() {
    echo "run.sh: $*" >&2
    echo "0 passed, 1 failed"
    exit 1
}

cd "$root"
if [ -n "$install" ]; then
    phase "installing what is missing ($servers)"
    bash "$here/servers/install.sh" --servers="$servers" || give_up "the installation failed"
fi
command -v meson >/dev/null || give_up "there is no meson; run without --no-install"

phase "building in $builddir"
options=(-Dwerror=true -Dintrospection=true -Dtests=true -Dexamples=true)
if [ -f meson.build ] && [ -f docs/meson.build ]; then
    options+=(-Ddocumentation=true)
fi
if [ -f "$builddir/meson-private/coredata.dat" ]; then
    # A folder that another meson or another state of the tree left may be beyond repair.
    meson setup --reconfigure "${options[@]}" "$builddir" ||
        meson setup --wipe "${options[@]}" "$builddir" || give_up "meson setup failed"
else
    meson setup "${options[@]}" "$builddir" || give_up "meson setup failed"
fi
ninja -C "$builddir" || give_up "the build failed"

phase "testing"
export HS_TEST_SERVERS=$servers
rm -f "$builddir/meson-logs/testlog.json"
status=0
meson test -C "$builddir" --no-rebuild || status=$?

phase "results"
python=python3
[ ! -x /usr/bin/python3 ] || python=/usr/bin/python3
result=0
"$python" "$here/count-results.py" "$builddir" "$status" || result=$?
exit "$result"

#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Measures: installs the peers, builds for release, runs all workloads, prints the table of
# docs/performance.md with what was measured beside what is to be reached, and compares the
# instructions a stanza takes with the figures that are kept.
#
#   run.sh [--short] [--strict] [--document] [--no-install] [--builddir=FOLDER] [WORKLOAD...]
#
# --short       less of each workload, and three runs instead of five: four minutes, not thirteen
# --strict      a goal that was missed is a failure
# --document    puts the tables into docs/performance.md; on Debian sid the goals, into their own place there
# --no-install  takes what is there: peers that are not installed are left out
# --builddir    where to build; build-performance
#
# Nothing else should run meanwhile.  The medians are kept in FOLDER/performance.json.

set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
unset LANGUAGE
exec </dev/null

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$(dirname "$here")")
peers=(libgtk-4-dev xvfb xauth libstrophe-dev libloudmouth1-dev libgloox-dev python3-slixmpp python3-nbxmpp g++
    valgrind libc6-dbg openssl)
# Where Node is from elsewhere than Debian, its package brings npm, and conflicts with Debian's.
command -v npm >/dev/null || peers+=(nodejs npm)

install=yes
builddir=build-performance
options=()
document=()
for argument; do
    case $argument in
        --short | --strict) options+=("$argument") ;;
        --document)
            document=("--document=docs/performance.md")
            options+=("${document[@]}")
            ;;
        --no-install) install= ;;
        --builddir=?*) builddir=${argument#*=} ;;
        --help) sed -n '/^# Measures/,/^$/s/^# \{0,1\}//p' "$0"; exit 0 ;;
        -*) echo "run.sh: no such option: $argument (see --help)" >&2; exit 2 ;;
        *) options+=("$argument") ;;
    esac
done

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Debian names QXmpp's files for development after the Qt that they are for, since it has them for Qt 6.
name_qxmpp() {
    local package
    for package in libqxmppqt6-dev libqxmpp-dev; do
        if [ -n "$(apt-cache show "$package" 2>/dev/null)" ]; then
            echo "$package"
            return
        fi
    done
}

cd "$root"
if [ -n "$install" ]; then
    bash tests/servers/install.sh --servers=none --for=quickstart
    mapfile -t -O "${#peers[@]}" peers < <(name_qxmpp)
    missing=()
    for package in "${peers[@]}"; do
        is_installed "$package" || missing+=("$package")
    done
    if [ "${#missing[@]}" -gt 0 ]; then
        as_root=()
        [ "$(id -u)" = 0 ] || as_root=(sudo)
        "${as_root[@]}" apt-get update -q
        "${as_root[@]}" apt-get install -q -y --no-install-recommends "${missing[@]}"
    fi
fi

# xmpp.js is in no system's packages.
if [ -n "$install" ] && [ ! -d "$builddir/npm/node_modules/@xmpp/client" ]; then
    npm install --silent --no-audit --no-fund --prefix "$builddir/npm" @xmpp/client ||
        echo "run.sh: npm could not install xmpp.js, which is left out" >&2
fi

# -O2, as a build without options has it: what check-instructions.py counts is compared with such a build.
setup=(-Dbuildtype=release -Doptimization=2 -Dexamples=false)
if [ -f "$builddir/meson-private/coredata.dat" ]; then
    meson setup --reconfigure "${setup[@]}" "$builddir" >/dev/null
else
    meson setup "${setup[@]}" "$builddir" >/dev/null
fi
# What is measured, and not the other tests, which are most of the tree.
mapfile -t targets < <(ninja -C "$builddir" -t targets all |
    sed -n 's#^\(\(tests/performance\|introspection\)/[^:]*\): .*#\1#p' | grep -v '\.p/')
ninja -C "$builddir" "${targets[@]}"

python=python3
[ ! -x /usr/bin/python3 ] || python=/usr/bin/python3
status=0
"$python" "$here/benchmark.py" --build="$builddir" --results="$builddir/performance.json" \
    "${options[@]}" || status=$?
"$python" "$here/start.py" "${document[@]}" "$builddir" || status=$?
"$python" "$here/check-instructions.py" "$builddir/tests/performance/instructions" || status=$?
exit "$status"

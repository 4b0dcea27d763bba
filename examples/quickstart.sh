#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Shows the library at work, from nothing: on a fresh Debian 12 or later, as root or with sudo,
#
#   bash examples/quickstart.sh
#
# installs what is missing, builds the library into build-quickstart/, starts a Prosody on
# this machine's loopback with an authority and accounts of its own, runs the Python echo bot
# (examples/python/basic.py), and lets a C program (examples/c/send-message) and a JavaScript
# program (examples/js/echo.js) talk to it, over TLS.  What each says is printed as it is
# said.  Then everything that was started is ended; nothing is left but the build folder and
# the packages.  The second time it only runs.
#
#   JID=me@example.org PASSWORD=... bash examples/quickstart.sh
#
# talks to that account's server instead of starting one, and sends to itself.  Where DNS does
# not know the server, HEADSTOCK_HOST, HEADSTOCK_PORT and HEADSTOCK_CA (a PEM file) say more.

set -euo pipefail
export LC_ALL=C.UTF-8

examples=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$examples")
build=$root/build-quickstart
# How many seconds any one of the programs may take; a server far away may be slow.
patience=60
# Whether all of them share one account.  A bot does not answer its own account, so that who
# waits for an answer then waits in vain, and may.
alone=

fail() {
    echo "quickstart: $*" >&2
    exit 1
}

# The first python3 on PATH need not be the one that has PyGObject.
find_python() {
    local candidate
    for candidate in /usr/bin/python3 python3; do
        if "$candidate" -c 'import gi' 2>/dev/null; then
            echo "$candidate"
            return 0
        fi
    done
    return 1
}

# Runs a step of the build, and shows what it said where it fails.
quietly() {
    local said
    said=$("$@" 2>&1 </dev/null) || { printf '%s\n' "$said" >&2; fail "failed: $*"; }
}

prepare() {
    local server=any
    [ -z "${JID:-}" ] || server=none
    bash "$root/tests/servers/install.sh" --for=quickstart --servers="$server" </dev/null ||
        fail "the packages could not be installed"
    if [ ! -f "$build/build.ninja" ]; then
        echo "quickstart: building the library in build-quickstart/"
        rm -rf "$build"
        quietly meson setup --buildtype=release -Dtests=false -Ddocumentation=false \
            -Dvapi=false "$build" "$root"
    fi
    quietly ninja -C "$build"
}

# Prints what comes in, line by line, with the name of who said it.
say_as() {
    local line
    while IFS= read -r line || [ -n "$line" ]; do
        printf '%-10s | %s\n' "$1" "$line"
    done
}

# Waits until a line of the bot's output holds a text.
wait_for() {
    local deadline=$((SECONDS + patience))
    until grep -qF -- "$1" "$folder/bot"; do
        kill -0 "$bot" 2>/dev/null || fail "the Python program ended early"
        [ "$SECONDS" -lt "$deadline" ] || fail "the Python program never said \"$1\""
        sleep 0.05
    done
}

# Runs one of the programs, named, to its end; "timeout" says with 124 that it found none.
talk() {
    local name=$1 status=0
    shift
    timeout --foreground "$patience" "$@" 2>&1 </dev/null | say_as "$name" || status=$?
    case $status:$alone in
        0:* | 124:yes) ;;
        124:*) fail "the program in $name did not end" ;;
        *) fail "the program in $name did not succeed" ;;
    esac
}

end_bot() {
    [ -n "$bot" ] || return 0
    # As Ctrl-C would: it says goodbye to the server.
    kill -INT "$bot" 2>/dev/null || true
    local status=0 tenths=0
    while kill -0 "$bot" 2>/dev/null && [ "$tenths" -lt 100 ]; do
        sleep 0.1
        tenths=$((tenths + 1))
    done
    kill -KILL "$bot" 2>/dev/null || true
    wait "$bot" || status=$?
    bot=
    return "$status"
}

clean_up() {
    end_bot || true
    [ -z "$printer" ] || wait "$printer" 2>/dev/null || true
    rm -rf "$folder"
}

# The conversation; HEADSTOCK_HOST and so on are set where the server is ours.
converse() {
    local python devenv
    python=$(find_python) || fail "no python3 has PyGObject"
    # What the programs need to find the library and the overrides in the build folder.
    devenv=$(meson devenv -C "$build" --dump)
    set +u
    eval "$devenv"
    set -u

    bot='' printer=''
    folder=$(mktemp -d -p "${HS_TEST_DIR:-${TMPDIR:-/tmp}}")
    trap clean_up EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM

    : >"$folder/bot"
    mkfifo "$folder/pipe"
    tee "$folder/bot" <"$folder/pipe" | say_as Python &
    printer=$!
    # A background process of a script ignores SIGINT, unless it is told not to.
    env --default-signal=INT "$python" -u "$examples/python/basic.py" "$BOT_JID" "$BOT_PASSWORD" \
        >"$folder/pipe" 2>&1 </dev/null &
    bot=$!
    wait_for "ready as"

    local where=() module=()
    if [ -n "${HEADSTOCK_HOST:-}" ]; then
        where+=(--host="$HEADSTOCK_HOST")
    fi
    [ -z "${HEADSTOCK_PORT:-}" ] || where+=(--port="$HEADSTOCK_PORT")
    [ -z "${HEADSTOCK_CA:-}" ] || where+=(--ca="$HEADSTOCK_CA")
    local hello="Hello from C" again="<this> & that, in one piece: ✓"
    talk C "$build/examples/c/send-message" "${where[@]}" "$C_JID" "$C_PASSWORD" \
        "$BOT_JID" "$hello" "$again"
    wait_for "$hello"
    wait_for "$again"

    ! grep -qE '^import ' "$examples/js/echo.js" || module=(-m)
    talk JavaScript gjs "${module[@]}" "$examples/js/echo.js" "$JS_JID" "$JS_PASSWORD" \
        "$BOT_JID" "Hello from JavaScript"
    wait_for "Hello from JavaScript"

    local status=0
    end_bot || status=$?
    [ "$status" = 0 ] || [ "$status" = 130 ] || fail "the Python program ended with $status"
    wait "$printer"
    printer=
}

# In this script's second life, beside the server that serve.py started for it.  The tests begin
# here, with a build folder of their own.
if [ "${1:-}" = --beside-the-server ]; then
    build=${HS_TEST_BUILD:-$build}
    export HEADSTOCK_HOST=$HS_TEST_HOST HEADSTOCK_PORT=$HS_TEST_PORT HEADSTOCK_CA=$HS_TEST_CA
    BOT_JID=$HS_TEST_USER1 BOT_PASSWORD=$HS_TEST_PASSWORD1
    C_JID=$HS_TEST_USER2 C_PASSWORD=$HS_TEST_PASSWORD2
    JS_JID=$HS_TEST_USER5 JS_PASSWORD=$HS_TEST_PASSWORD5
    echo "quickstart: Prosody $HS_TEST_SERVER_VERSION listens on $HS_TEST_HOST:$HS_TEST_PORT"
    converse
    echo "quickstart: done"
    exit 0
fi

prepare
if [ -n "${JID:-}" ]; then
    [ -n "${PASSWORD:-}" ] || fail "JID is set, and PASSWORD is not"
    BOT_JID=$JID C_JID=$JID JS_JID=$JID
    BOT_PASSWORD=$PASSWORD C_PASSWORD=$PASSWORD JS_PASSWORD=$PASSWORD
    unset PASSWORD
    alone=yes
    patience=20
    converse
    echo "quickstart: done"
else
    python=$(find_python) || fail "no python3 has PyGObject"
    exec "$python" "$root/tests/servers/serve.py" --server=prosody -- \
        bash "$examples/quickstart.sh" --beside-the-server
fi

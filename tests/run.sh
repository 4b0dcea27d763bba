#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Installs what the tests need, builds with warnings as errors, and runs all tests but the
# benchmarks: unit, integration with the real Prosody and ejabberd, introspection.
#
#   run.sh [--servers=backports|stable] [--no-install] [--builddir=FOLDER]
#          [--sanitize|--sanitize-too] [--valgrind] [--coverage] [--long]
#
# --servers       which generation of Prosody and ejabberd: 13 and 24 or later (the
#                 default), or 0.12 and 23 of Debian 12 (see tests/servers/install.sh)
# --no-install    takes what is there
# --builddir      where to build; build-tests
# --sanitize      builds with AddressSanitizer and UndefinedBehaviorSanitizer, in
#                 build-sanitize.  What tests of single types have not freed at their end is
#                 a failure; for the others, with clients and TLS, that is valgrind's to find
# --sanitize-too  runs the tests in C once more with the sanitizers, after all others.  What they
#                 need is built while the others wait for servers and timeouts
# --valgrind      runs the tests in C under valgrind
# --coverage      builds in build-coverage, and says how much of the library's lines the tests
#                 have run; less than 90 % is a failure
# --long          then keeps up with a simulated archive for some minutes: the whole sets of events, of which
#                 the tests have the beginning; with an archive of 1,000,000 messages, in time and memory; and
#                 with those of Prosody and ejabberd, at two devices, through 500 cuts and 20,000 messages, and
#                 while they are purged
#
# Twice as many tests run at once as there are processors, since most of them wait most of the time
# (MESON_TESTTHREADS: another number).
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
builddir=
sanitize=
valgrind=
coverage=
long=
for argument; do
    case $argument in
        --sanitize) sanitize=only ;;
        --sanitize-too) sanitize=too ;;
        --valgrind) valgrind=yes ;;
        --coverage) coverage=yes ;;
        --long) long=yes ;;
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

# Builds in a folder with meson's options.
build() {
    local builddir=$1
    shift
    phase "building in $builddir"
    local options=(-Dwerror=true -Dtests=true "$@")
    if [ -f "$builddir/meson-private/coredata.dat" ]; then
        # A folder that another meson or another state of the tree left may be beyond repair.
        meson setup --reconfigure "${options[@]}" "$builddir" ||
            meson setup --wipe "${options[@]}" "$builddir" || give_up "meson setup failed"
    else
        meson setup "${options[@]}" "$builddir" || give_up "meson setup failed"
    fi
    ninja -C "$builddir" || give_up "the build failed"
}

# Builds the same way in the background, with the processor time that nobody else wants, so that
# tests that measure time do not notice it.  What the build says is shown by finish_build.
background=
background_log=
build_in_background() {
    local idle=(nice -n 19)
    # The scheduler of Linux has a class for that.
    if chrt --idle 0 true 2>/dev/null; then
        idle=(chrt --idle 0)
    fi
    export -f build phase give_up
    background_log=$(mktemp)
    setsid "${idle[@]}" bash -c 'set -euo pipefail; SECONDS=$1; shift; build "$@"' \
        build "$SECONDS" "$@" >"$background_log" 2>&1 &
    background=$!
    trap 'kill -- "-$background" 2>/dev/null || true; rm -f "$background_log"' EXIT
}

# Waits for the build in the background.
finish_build() {
    local status=0
    phase "waiting for the build in the background"
    wait "$background" || status=$?
    trap - EXIT
    cat "$background_log"
    rm -f "$background_log"
    # Its last line has said what failed.
    [ "$status" = 0 ] || exit 1
}

# Runs the tests of a folder, with meson's options, and remembers what is to be counted.
counted=()
run_tests() {
    local builddir=$1 status=0
    shift
    phase "testing in $builddir"
    rm -f "$builddir"/meson-logs/testlog*.json
    ASAN_OPTIONS=$asan meson test -C "$builddir" --no-rebuild "$@" || status=$?
    counted+=("$builddir" "$status")
}

everything=(-Dintrospection=true -Dexamples=true)
everything_documented=("${everything[@]}")
if [ -f "$root/docs/meson.build" ]; then
    everything_documented+=(-Ddocumentation=true)
fi
# What they find is the same at each level, and the compiler is faster at this one.
sanitizers=(-Db_sanitize=address,undefined -Doptimization=1)
# While building, programs run whose leaks are nobody's concern. The sanitizer for leaks crashes on a
# module that was unloaded and had thread-local storage, such as those of GIO, unless it lets the C library
# alone with that.
asan=allocator_may_return_null=1:intercept_tls_get_addr=0
export ASAN_OPTIONS=detect_leaks=0:$asan
export LSAN_OPTIONS=suppressions=$here/lsan.supp:print_suppressions=0
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export HS_TEST_SERVERS=$servers
# Under valgrind a test has a processor to itself.
if [ -z "$valgrind" ]; then
    export MESON_TESTTHREADS=${MESON_TESTTHREADS:-$((2 * $(nproc)))}
fi

cd "$root"
if [ -n "$install" ]; then
    phase "installing what is missing ($servers)"
    bash "$here/servers/install.sh" --servers="$servers" || give_up "the installation failed"
fi
command -v meson >/dev/null || give_up "there is no meson; run without --no-install"

if [ -n "$coverage" ]; then
    builddir=${builddir:-build-coverage}
    build "$builddir" "${everything[@]}" -Db_coverage=true
    find "$builddir" -name '*.gcda' -delete
    # What is built for this is larger and slower than what is installed.
    run_tests "$builddir" --no-suite house --no-suite performance
elif [ "$sanitize" = only ]; then
    builddir=${builddir:-build-sanitize}
    build "$builddir" "${everything[@]}" "${sanitizers[@]}"
    run_tests "$builddir" --timeout-multiplier 4 --no-suite house --no-suite performance
elif [ -n "$valgrind" ]; then
    builddir=${builddir:-build-tests}
    build "$builddir" "${everything_documented[@]}"
    run_tests "$builddir" --setup=valgrind \
        --suite unit --suite integration --suite fuzz --suite attack
else
    builddir=${builddir:-build-tests}
    build "$builddir" "${everything_documented[@]}"
    if [ "$sanitize" = too ]; then
        build_in_background "$builddir-sanitize" -Dintrospection=false -Dexamples=false "${sanitizers[@]}"
    fi
    run_tests "$builddir"
fi
if [ "$sanitize" = too ]; then
    finish_build
    run_tests "$builddir-sanitize" --timeout-multiplier 4 --suite unit --suite integration --suite fuzz --suite attack
fi

if [ -n "$long" ]; then
    phase "the whole sets of the history's simulation"
    history=$builddir/tests/simulation/history
    for set in "" $("$history" --list); do
        "$history" --seeds=100000 ${set:+"--directed=$set"} || counted+=("--failed=the history's simulation, $set")
    done
    phase "an archive of 1,000,000 messages"
    "$builddir/tests/performance/history-headstock" || counted+=("--failed=an archive of 1,000,000 messages")
    phase "two devices and the archives of Prosody and ejabberd"
    "$here/resilience/archive.sh" "$builddir" || counted+=("--failed=two devices and the archives of Prosody and ejabberd")
fi

python=python3
[ ! -x /usr/bin/python3 ] || python=/usr/bin/python3
if [ -n "$coverage" ]; then
    phase "coverage"
    "$python" -m gcovr --root "$root" --filter headstock-glib/ --exclude-unreachable-branches \
        --object-directory "$builddir" --gcov-ignore-parse-errors --fail-under-line 90 \
        "$builddir" || counted+=("--failed=less than 90 % of the lines were run")
fi

phase "results"
result=0
"$python" "$here/count-results.py" "${counted[@]}" || result=$?
exit "$result"

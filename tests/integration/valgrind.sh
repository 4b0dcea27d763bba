#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Runs a test under valgrind, for `meson test --setup=valgrind`:
#
#   meson test -C BUILDDIR --setup=valgrind --suite=unit --suite=integration
#
# The test of a real server is the command that serve.py starts, and it alone is run under
# valgrind; scripts are run as they are.  Tests that count or wait look at HS_TEST_VALGRIND.

set -eu

supp=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/valgrind.supp
valgrind=(valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite
          --errors-for-leak-kinds=definite --num-callers=40 --fair-sched=yes
          "--suppressions=$supp")
for glib in /usr/share/glib-2.0/valgrind/glib.supp; do
    [ ! -e "$glib" ] || valgrind+=("--suppressions=$glib")
done

is_program() {
    [ "$(head -c 4 "$1" | tr -d '\0')" = $'\x7fELF' ]
}

before=()
if [ "$(basename "$1")" = serve.py ]; then
    while [ "$1" != -- ]; do
        before+=("$1")
        shift
    done
    before+=(--)
    shift
fi
# These have a free() of their own, which valgrind would replace.
case $(basename "$1") in
    test-sasl-wiped*) valgrind+=(--soname-synonyms=somalloc=nouserintercepts) ;;
esac
if is_program "$1"; then
    exec "${before[@]}" "${valgrind[@]}" "$@"
fi
exec "${before[@]}" "$@"

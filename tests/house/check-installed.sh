#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs the library into an empty folder and builds a program against it through pkg-config, in C
# and in C++, and runs programs in the languages whose interpreter or compiler is given; looks where a
# distribution's package would have its files; then builds programs that have the library as a meson
# subproject, shared and as an archive. Prints TAP.
#
# Usage: check-installed.sh SOURCE_DIR [python=PYTHON3] [gjs=GJS] [valac=VALAC]
set -eu
source=$1
shift
work=$(mktemp -d "${TMPDIR:-/tmp}/headstock-installed.XXXXXX")
trap 'rm -rf "$work"' EXIT
unset G_DEBUG
# Nothing here has a deadline, while the tests that run beside it do.
renice -n 5 $$ >/dev/null 2>&1 || true
# Nothing is measured here, and what is built is run once.
quick="-Doptimization=0 -Ddebug=false"
failed=0
number=0

result() { # STATUS WHAT
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        failed=1
        echo "not ok $number - $2"
        sed 's/^/# /' "$work/log" | tail -n 30
    fi
}

introspection=false
[ $# -eq 0 ] || introspection=true
case " $* " in *" python="*) python=yes ;; *) python= ;; esac
echo "1..$((10 + $#))"

cat > "$work/program.c" <<'EOF'
#include <headstock-glib/headstock.h>

int
main (void)
{
  GError *error = NULL;
  HsJid *jid = hs_jid_new ("juliet@capulet.example/balcony", &error);
  HsClient *client = hs_client_new_for_jid (jid, "secret");
  int good = client != NULL && HS_CHECK_VERSION (0, 2, 0) &&
             hs_get_major_version () == HS_MAJOR_VERSION;

  g_object_unref (client);
  hs_jid_unref (jid);
  return good ? 0 : 1;
}
EOF
cp "$work/program.c" "$work/program.cc"
cat > "$work/series.c" <<'EOF'
#define HS_VERSION_MIN_REQUIRED HS_VERSION_0_1
#define HS_VERSION_MAX_ALLOWED HS_VERSION_0_2
#include <headstock-glib/headstock.h>

HS_AVAILABLE_IN_0_1 void old (void);
HS_AVAILABLE_IN_0_2 void newer (void);
HS_DEPRECATED_IN_0_2 void deprecated (void);
void use (void);

void
use (void)
{
  old ();
  newer ();
  deprecated ();
}
EOF

status=0
{
    # Without --libdir, so that meson finds the system's own.
    meson setup "$work/build" "$source" --prefix="$work/prefix" $quick \
        -Dintrospection=$introspection -Dtests=false -Dexamples=false &&
    meson install -C "$work/build"
} > "$work/log" 2>&1 || status=$?
result $status "the library installs"

find_libdir() { # relative to the prefix
    sed -n 's/^libdir=${prefix}.//p' "$work/build/meson-private/headstock-glib-1.0.pc"
}
lib=$work/prefix/$(find_libdir)
export PKG_CONFIG_PATH="$lib/pkgconfig"
export LD_LIBRARY_PATH="$lib"
for language in c c++; do
    status=0
    case $language in c) compiler=cc file=program.c ;; *) compiler=c++ file=program.cc ;; esac
    {
        # shellcheck disable=SC2046
        $compiler -Wall -Wextra -Werror "$work/$file" -o "$work/program" \
            $(pkg-config --cflags --libs headstock-glib-1.0) &&
        "$work/program"
    } > "$work/log" 2>&1 || status=$?
    result $status "a program in $language builds against it and runs"
done

status=0
{
    # shellcheck disable=SC2046
    cc -Wall -Wextra -Werror -c "$work/series.c" -o "$work/series.o" \
        $(pkg-config --cflags headstock-glib-1.0) &&
    sed 's/MAX_ALLOWED HS_VERSION_0_2/MAX_ALLOWED HS_VERSION_0_1/' "$work/series.c" > "$work/older.c" &&
    ! cc -Werror -c "$work/older.c" -o "$work/series.o" \
        $(pkg-config --cflags headstock-glib-1.0) 2> "$work/older" &&
    cat "$work/older" && grep -q 'Not available before 0.2' "$work/older"
} > "$work/log" 2>&1 || status=$?
result $status "the macros know each series"

status=0
{
    cat "$PKG_CONFIG_PATH/headstock-glib-1.0.pc" &&
    test "$(pkg-config --print-requires-private headstock-glib-1.0 | sed 's/ .*//' | sort |
        tr '\n' ' ')" = 'gnutls libidn2 libsoup-3.0 libxml-2.0 ' &&
    ! pkg-config --libs headstock-glib-1.0 | grep -E 'xml|idn|unistring|gnutls|soup' &&
    pkg-config --libs --static headstock-glib-1.0 | grep -e -lxml2 | grep -e -lidn2 |
        grep -e -lunistring &&
    objdump -p "$lib/libheadstock-glib-1.0.so" | grep 'SONAME *libheadstock-glib-1.0.so.0$'
} > "$work/log" 2>&1 || status=$?
result $status "a program links what it uses, and an archive what the library uses"

# The library that programs test themselves with.
cat > "$work/tested.c" <<'EOF'
#include <headstock-glib-test/headstock-test.h>

int
main (void)
{
  HsTestServer *server = hs_test_server_new ();
  HsClient *client = hs_client_new ("juliet@capulet.example", "secret");
  int good = hs_test_server_start (server, client, NULL);

  hs_test_server_stop (server);
  g_object_unref (client);
  g_object_unref (server);
  return good ? 0 : 1;
}
EOF
status=0
{
    # shellcheck disable=SC2046
    cc -Wall -Wextra -Werror "$work/tested.c" -o "$work/tested" \
        $(pkg-config --cflags --libs headstock-glib-test-1.0) &&
    "$work/tested" &&
    pkg-config --print-requires headstock-glib-test-1.0 | grep '^headstock-glib-1.0 = '
} > "$work/log" 2>&1 || status=$?
result $status "a program tests itself with headstock-glib-test, which is of the same version"

cat > "$work/program.py" <<'EOF'
import gi
gi.require_version("Headstock", "1.0")
from gi.repository import Headstock

class Bot:
    @Headstock.xmpphandler("message", Headstock.NS_CLIENT)
    def message(self, element):
        pass

client = Headstock.Client.new("juliet@capulet.example", "secret")
client.register(Bot())
assert Headstock.Jid.new("a@b") == Headstock.Jid.new("A@b")
EOF
cat > "$work/program.js" <<'EOF'
import Headstock from 'gi://Headstock?version=1.0';

const client = Headstock.Client.new('juliet@capulet.example', 'secret');
client.register({handlers: [['message', Headstock.NS_CLIENT, () => {}]]});
if (typeof client.runAsync !== 'function' || `${Headstock.Jid.new('A@b')}` !== 'a@b')
    throw new Error('the overrides are not there');
EOF
cat > "$work/program.vala" <<'EOF'
class Bot : Object, Headstock.Module {
  public void ready (Headstock.Client client) {
  }
}

int main () {
  var client = new Headstock.Client ("juliet@capulet.example", "secret");
  client.register (new Bot ());
  return client.state == Headstock.ClientState.DISCONNECTED ? 0 : 1;
}
EOF

# Found where the languages look, but for the prefix.
overrides=$(find "$work/prefix" -path '*/gi/overrides/Headstock.py')
run_in() { # LANGUAGE COMMAND
    case $1 in
        python)
            PYTHONPATH=${overrides%/gi/overrides/Headstock.py} PYTHONDONTWRITEBYTECODE=1 \
                "$2" "$work/program.py"
            ;;
        gjs) XDG_DATA_DIRS=$work/prefix/share:/usr/share "$2" -m "$work/program.js" ;;
        valac)
            "$2" --vapidir="$work/prefix/share/vala/vapi" --pkg headstock-glib-1.0 \
                --directory="$work" -o program-vala "$work/program.vala" && "$work/program-vala"
            ;;
    esac
}
export GI_TYPELIB_PATH="$lib/girepository-1.0"
for given; do
    status=0
    run_in "${given%%=*}" "${given#*=}" > "$work/log" 2>&1 || status=$?
    result $status "a program for ${given%%=*} runs with it"
done
unset PKG_CONFIG_PATH LD_LIBRARY_PATH GI_TYPELIB_PATH

# As a package would have it, and as who follows the README has it: names, relative to the prefix.
is_there() { # FOLDER NAME...
    folder=$1
    shift
    for name; do
        find "$folder" -path "$folder/$name" | grep -q . || {
            echo "$folder/$name is not there"
            return 1
        }
    done
}
for prefix in /usr /usr/local; do
    status=0
    where=$work/root$prefix
    {
        meson configure "$work/build" -Dprefix=$prefix &&
        DESTDIR=$work/root meson install -C "$work/build" &&
        (cd "$where" && find . ! -type d) &&
        libdir=$(find_libdir) &&
        is_there "$where" "$libdir/libheadstock-glib-1.0.so.0" \
            "$libdir/libheadstock-glib-1.0.so" \
            "$libdir/pkgconfig/headstock-glib-1.0.pc" \
            include/headstock-glib-1.0/headstock-glib/headstock.h \
            "$libdir/libheadstock-glib-test-1.0.so.0" \
            "$libdir/pkgconfig/headstock-glib-test-1.0.pc" \
            include/headstock-glib-test-1.0/headstock-glib-test/headstock-test.h &&
        if [ ! -f /etc/debian_version ]; then :; else
            test "$libdir" = "lib/$(cc -print-multiarch)"
        fi &&
        if [ $introspection = true ]; then
            is_there "$where" share/gir-1.0/Headstock-1.0.gir \
                "$libdir/girepository-1.0/Headstock-1.0.typelib" \
                share/gir-1.0/HeadstockTest-1.0.gir \
                "$libdir/girepository-1.0/HeadstockTest-1.0.typelib" share/gjs-1.0/overrides/Headstock.js
        fi &&
        if [ -n "$python" ] && [ -f /etc/debian_version ]; then
            case $prefix in /usr) version=python3 ;; *) version='python3.*' ;; esac
            is_there "$where" "lib/$version/dist-packages/gi/overrides/Headstock.py" \
                "lib/$version/dist-packages/gi/overrides/HeadstockTest.py"
        fi
    } > "$work/log" 2>&1 || status=$?
    result $status "with the prefix $prefix everything is where it belongs"
    rm -rf "$work/root"
done

mkdir -p "$work/parent/subprojects"
ln -s "$source" "$work/parent/subprojects/headstock-glib"
cp "$work/program.c" "$work/parent/"
cat > "$work/parent/meson.build" <<'EOF'
project('parent', 'c')
dep = dependency('headstock-glib-1.0', fallback: 'headstock-glib',
  default_options: ['introspection=false'])
test('program', executable('program', 'program.c', dependencies: dep))
EOF
status=0
{
    meson setup $quick "$work/parent-build" "$work/parent" && meson test -C "$work/parent-build" &&
    test "$(meson test -C "$work/parent-build" --no-rebuild --list | grep -c program)" = 1 &&
    ! meson introspect --tests "$work/parent-build" | grep -E '"name": "(jid|parser|hello)"' &&
    ! find "$work/parent-build/subprojects" -path '*headstock-glib/tests/*' \
        ! -path '*headstock-glib/tests/support' ! -path '*/tests/support/headstock-glib-test*' | grep . &&
    ! find "$work/parent-build/subprojects" -path '*headstock-glib/examples' | grep .
} > "$work/log" 2>&1 || status=$?
result $status "it works as a subproject, and brings neither tests nor examples, but for the library for tests"

# The parent's own shared library keeps the archive's functions to itself.
cat > "$work/parent/plugin.c" <<'EOF'
#include <headstock-glib/headstock.h>

gpointer plugin (void);

gpointer
plugin (void)
{
  return hs_client_new ("juliet@capulet.example", "secret");
}
EOF
echo "shared_library('plugin', 'plugin.c', dependencies: dep)" >> "$work/parent/meson.build"
status=0
{
    meson setup $quick -Ddefault_library=static "$work/static-build" "$work/parent" &&
    ninja -C "$work/static-build" && meson test -C "$work/static-build" --no-rebuild &&
    ! find "$work/static-build" -name 'libheadstock*.so*' | grep . &&
    nm -D --defined-only "$work/static-build/libplugin.so" > "$work/symbols" &&
    grep plugin "$work/symbols" && ! grep hs_ "$work/symbols"
} > "$work/log" 2>&1 || status=$?
result $status "it works as a static subproject"
exit $failed

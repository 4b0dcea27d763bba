#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs the library into an empty folder and builds a program against it through pkg-config, in C
# and in C++, and runs programs in the languages whose interpreter or compiler is given; then builds one
# that has the library as a meson subproject. Prints TAP.
#
# Usage: check-installed.sh SOURCE_DIR [python=PYTHON3] [gjs=GJS] [valac=VALAC]
set -eu
source=$1
shift
work=$(mktemp -d "${TMPDIR:-/tmp}/headstock-installed.XXXXXX")
trap 'rm -rf "$work"' EXIT
unset G_DEBUG
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

echo "1..$((4 + $#))"
introspection=false
[ $# -eq 0 ] || introspection=true

cat > "$work/program.c" <<'EOF'
#include <headstock-glib/headstock.h>

int
main (void)
{
  GError *error = NULL;
  HsJid *jid = hs_jid_new ("juliet@capulet.example/balcony", &error);
  HsClient *client = hs_client_new_for_jid (jid, "secret");
  int good = client != NULL && HS_CHECK_VERSION (0, 1, 0) &&
             hs_get_major_version () == HS_MAJOR_VERSION;

  g_object_unref (client);
  hs_jid_unref (jid);
  return good ? 0 : 1;
}
EOF
cp "$work/program.c" "$work/program.cc"

status=0
{
    meson setup "$work/build" "$source" --prefix="$work/prefix" --libdir=lib $quick \
        -Dintrospection=$introspection -Dtests=false -Dexamples=false &&
    meson install -C "$work/build"
} > "$work/log" 2>&1 || status=$?
result $status "the library installs"

export PKG_CONFIG_PATH="$work/prefix/lib/pkgconfig"
export LD_LIBRARY_PATH="$work/prefix/lib"
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
export GI_TYPELIB_PATH="$work/prefix/lib/girepository-1.0"
for given; do
    status=0
    run_in "${given%%=*}" "${given#*=}" > "$work/log" 2>&1 || status=$?
    result $status "a program for ${given%%=*} runs with it"
done
unset PKG_CONFIG_PATH LD_LIBRARY_PATH GI_TYPELIB_PATH

mkdir -p "$work/parent/subprojects"
ln -s "$source" "$work/parent/subprojects/headstock-glib"
cp "$work/program.c" "$work/parent/"
cat > "$work/parent/meson.build" <<'EOF'
project('parent', 'c')
dep = dependency('headstock-glib-1.0', fallback: 'headstock-glib',
  default_options: ['introspection=false', 'tests=false', 'examples=false'])
test('program', executable('program', 'program.c', dependencies: dep))
EOF
status=0
{
    meson setup $quick "$work/parent-build" "$work/parent" && meson test -C "$work/parent-build"
} > "$work/log" 2>&1 || status=$?
result $status "it works as a subproject"
exit $failed

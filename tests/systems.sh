#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Follows the README on fresh systems: makes a chroot of each with debootstrap, as root, and in it,
# from a clean clone of this tree's last commit,
#
#   1. runs examples/quickstart.sh;
#   2. runs tests/run.sh;
#   3. builds and installs as the section "Building" says, word for word, and runs the README's
#      first programs with what was installed, against a Prosody;
#   4. builds everything with clang, with warnings as errors;
#   5. makes an archive with meson dist, builds it, and runs the suites that need no server.
#
#   systems.sh [--fresh] [--list] [12|13|sid|13-i386]...
#
# Without a name it does all of them, one after the other.  It ends with a table, and its status
# is 0 only where everything passed.
#
# --fresh   makes the chroots anew; without it, those of the last time are used again, with the
#           packages that they have
# --list    prints the names of the systems
#
# Packages come from the mirror that this machine's own Debian source names, with this machine's
# settings for apt's network.  The chroots, and the logs beside them, are kept in
# ${XDG_CACHE_HOME:-~/.cache}/headstock-glib-tests/systems, some 4 GiB each.  What is mounted in
# them is mounted for this script's processes only: nothing is left mounted and nothing runs on,
# however the script ends.

set -euo pipefail
export LC_ALL=C.UTF-8
umask 022

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/headstock-glib-tests/systems
systems=(12 13 sid 13-i386)
# In seconds, for each of the steps; a machine that is shared is slow.
patience=7200
# Where the clone is, inside a chroot.
inside=/work/headstock-glib

fail() {
    echo "systems.sh: $*" >&2
    exit 1
}

suite_of() {
    case ${1%-i386} in 12) echo bookworm ;; 13) echo trixie ;; *) echo sid ;; esac
}

architecture_of() {
    case $1 in *-i386) echo i386 ;; *) dpkg --print-architecture ;; esac
}

# The address in this machine's apt sources for the suite that bears this release's name, with what
# is to follow the name: nothing, or "-security".
mirror_of() {
    local name
    name=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")$1
    {
        awk -v name="$name" 'BEGIN { RS = ""; FS = "\n" }
            {
                address = suites = ""
                for (i = 1; i <= NF; i++) {
                    if ($i ~ /^URIs:/) { split($i, words, /[ \t]+/); address = words[2] }
                    if ($i ~ /^Suites:/) suites = $i " "
                }
                if (index(suites, " " name " ") && address) print address
            }' /etc/apt/sources.list.d/*.sources
        sed -n -E "s/^deb[ \t]+(\[[^]]*\][ \t]+)?([^ \t]+)[ \t]+${name}[ \t].*/\2/p" \
            /etc/apt/sources.list /etc/apt/sources.list.d/*.list
    } 2>/dev/null | sed -n 1p
}

# Writes a chroot's own settings for apt: this machine's mirror with the chroot's suites.
write_apt() {
    local chroot=$1 suite=$2 security suites=$2
    local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    [ "$suite" = sid ] || suites="$suite $suite-updates"
    security=$(mirror_of -security)
    rm -f "$chroot/etc/apt/sources.list"
    {
        printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
            "$(mirror_of "")" "$suites" "$keyring"
        if [ "$suite" != sid ] && [ -n "$security" ]; then
            printf '\nTypes: deb\nURIs: %s\nSuites: %s-security\nComponents: main\nSigned-By: %s\n' \
                "$security" "$suite" "$keyring"
        fi
    } >"$chroot/etc/apt/sources.list.d/debian.sources"
    # What this machine had to be told to reach its mirror holds for the chroot as well.
    apt-config dump |
        grep -E '^Acquire::(http|https|ftp|Check-|Max-ValidTime|Retries|ForceIPv)[^ ]* "' \
            >"$chroot/etc/apt/apt.conf.d/90headstock" || true
}

make_chroot() {
    local name=$1 chroot=$cache/$1 mirror
    [ -z "$fresh" ] || rm -rf "$chroot"
    [ ! -f "$chroot/complete" ] || return 0
    mirror=$(mirror_of "")
    [ -n "$mirror" ] || fail "this machine's apt sources name no mirror of Debian"
    rm -rf "$chroot"
    mkdir -p "$chroot"
    debootstrap --arch="$(architecture_of "$name")" --variant=minbase "$(suite_of "$name")" \
        "$chroot" "$mirror" || return 1
    write_apt "$chroot" "$(suite_of "$name")"
    touch "$chroot/complete"
}

# Runs a command in a chroot, as little as possible of this machine's environment with it.
enter() {
    local name=$1 personality=()
    shift
    [ "$(architecture_of "$name")" != i386 ] || personality=(setarch i386)
    timeout --kill-after=30 "$patience" "${personality[@]}" env -i HOME=/root TERM=dumb \
        LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        chroot "$cache/$name" "$@" </dev/null
}

# Fills a chroot with what a system has while it runs, and the clone.  Mounts are this process's.
prepare() {
    local chroot=$cache/$1
    mount -t proc proc "$chroot/proc"
    mount --rbind /sys "$chroot/sys"
    mount --rbind /dev "$chroot/dev"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$chroot/dev/pts"
    mount -t tmpfs tmpfs "$chroot/dev/shm"
    mount -t tmpfs tmpfs "$chroot/run"
    cp -L /etc/resolv.conf "$chroot/etc/resolv.conf"
    # What a run that was interrupted may have left.
    rm -rf "${chroot:?}/work" "${chroot:?}"/tmp/*
    find "$chroot/usr/local" ! -type d -delete
    enter "$1" dpkg --configure -a >"$cache/$1.dpkg.log" 2>&1 || true
    mkdir -p "$chroot/work"
    git -C "$root" rev-parse HEAD >"$chroot/work/commit"
    git clone --quiet --no-hardlinks --no-checkout "$root" "$chroot$inside"
    git -C "$chroot$inside" checkout --quiet --detach "$(cat "$chroot/work/commit")"
    # The clone has its own copy of everything, and this machine's folder is not there.
    git -C "$chroot$inside" remote remove origin
}

# The commands of the README's section "Building", and then its first programs: as they stand, they
# have to make a client, and changed to the test's account they have to talk.
write_installation() {
    cat <<'END'
set -e
cd "$1"
END
    awk '/^## / { inside = /^## Building/ } inside && /^```/ { code = /^```sh/; next } inside && code' \
        "$root/README.md"
    cat <<'END'
python=/usr/bin/python3
"$python" -c 'import gi
gi.require_version("Headstock", "1.0")
from gi.repository import Headstock
Headstock.Client.new("user@domain", "secret").register(Headstock.Ping.new())'
cat >/tmp/client.js <<'JS'
import Headstock from 'gi://Headstock?version=1.0';
Headstock.Client.new('user@domain', 'secret').register(new Headstock.Ping());
JS
gjs -m /tmp/client.js
for language in c python javascript; do
    "$python" tests/servers/serve.py --server=prosody -- \
        "$python" tests/examples/test-readme.py $language >/tmp/readme 2>&1 || { cat /tmp/readme; exit 1; }
    cat /tmp/readme
    ! grep '^not ok' /tmp/readme
done
END
}

write_clang() {
    cat <<'END'
set -e
cd "$1"
export DEBIAN_FRONTEND=noninteractive
command -v clang >/dev/null || apt-get -y --no-install-recommends install clang || {
    apt-get update
    apt-get -y --no-install-recommends install clang
}
CC=clang meson setup /work/clang -Dwerror=true -Doptimization=1 -Dintrospection=false
ninja -C /work/clang
END
}

write_archive() {
    cat <<'END'
set -e
cd "$1"
meson dist -C build --no-tests
mkdir /work/archive
tar -xf build/meson-dist/headstock-glib-*.tar.xz -C /work/archive --strip-components=1
cd /work/archive
meson setup build -Dwerror=true
ninja -C build
meson test -C build --no-rebuild --print-errorlogs --suite unit --suite house --suite fuzz
END
}

# Runs one of the steps, into a log of its own; prints nothing but what it was and how it ended.
step() {
    local name=$1 what=$2 status=0 began=$SECONDS
    shift 2
    enter "$name" "$@" >"$cache/$name.$what.log" 2>&1 || status=$?
    printf '== %s: %s %s after %s s\n' "$name" "$what" \
        "$([ "$status" = 0 ] && echo passed || echo "failed ($status; $cache/$name.$what.log)")" \
        "$((SECONDS - began))" >&2
    [ "$status" = 0 ] || tail -n 40 "$cache/$name.$what.log" | sed 's/^/   /' >&2
    [ "$status" = 0 ] && echo yes || echo NO
}

package_version() {
    enter "$1" dpkg-query -W -f '${Version}\n' "$2" 2>/dev/null | sed -E 's/^[0-9]+://; s/[-+~].*//'
}

# One row of the table, separated by bars; the file beside it names what was skipped.
follow() {
    local name=$1 began=$SECONDS good quickstart tests installed clang archive counted skipped
    prepare "$name"
    quickstart=$(step "$name" quickstart bash "$inside/examples/quickstart.sh")
    tests=$(step "$name" tests bash "$inside/tests/run.sh")
    write_installation >"$cache/$name/work/install.sh"
    installed=$(step "$name" installed bash /work/install.sh "$inside")
    write_clang >"$cache/$name/work/clang.sh"
    clang=$(step "$name" clang bash /work/clang.sh "$inside")
    write_archive >"$cache/$name/work/archive.sh"
    archive=$(step "$name" archive bash /work/archive.sh "$inside")
    counted=$(sed -n -E 's/^([0-9]+) passed, ([0-9]+) failed$/\1\/\2/p' "$cache/$name.tests.log" | tail -n 1)
    skipped=$(grep -E '^skipped: |^install\.sh: this system has no |WARNING: No ' "$cache/$name.tests.log" || true)
    printf '%s\n' "$skipped" | sed '/^$/d' >"$cache/$name.skipped"
    case $quickstart$tests$installed$clang$archive in *NO*) good=NO ;; *) good=yes ;; esac
    printf '%s|' "$name" "$(enter "$name" gcc -dumpfullversion)" \
        "$(package_version "$name" clang)" "$(package_version "$name" libglib2.0-dev)" "$(package_version "$name" libxml2-dev)" \
        "$(package_version "$name" gjs)" "$(package_version "$name" python3-gi)" \
        "Prosody $(package_version "$name" prosody), ejabberd $(package_version "$name" ejabberd)" \
        "$quickstart" "${counted:-0/?}" "$(wc -l <"$cache/$name.skipped")" "$installed" "$clang" \
        "$archive" \
        "$(((SECONDS - began) / 60)) min"
    printf '%s\n' "$good"
}

print_table() {
    local name
    {
        echo "system|gcc|clang|GLib|libxml2|GJS|PyGObject|servers|quickstart|passed/failed|skipped|installed|builds with clang|archive|time|"
        for name in "$@"; do
            sed 's/|[^|]*$/|/' "$cache/$name.row"
        done
    } | awk -F'|' '
        { for (i = 1; i < NF; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } columns = NF - 1 }
        END {
            for (row = 1; row <= NR; row++) {
                for (i = 1; i <= columns; i++) printf "| %-*s ", width[i], cell[row, i]
                print "|"
                if (row == 1) { for (i = 1; i <= columns; i++) { line = sprintf("%*s", width[i] + 2, ""); gsub(/ /, "-", line); printf "|%s", line }; print "|" }
            }
        }'
    for name in "$@"; do
        [ ! -s "$cache/$name.skipped" ] || sed "s/^/$name: /" "$cache/$name.skipped"
    done
}

# Follows the README in a namespace, whose processes and mounts end with its first process, and that with
# this script, whatever ends it.
run_inside() {
    # What a script starts in the background ignores SIGINT, and so would the tests.
    env --default-signal=INT setpriv --pdeathsig KILL \
        unshare --mount --propagation private --pid --fork --kill-child=KILL \
        bash "$here/systems.sh" --inside-namespace "$1" &
    child=$!
    wait "$child" || true
    child=
}

clean_up() {
    if [ -n "$child" ]; then
        kill -KILL "$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    fi
    for name in "${wanted[@]}"; do
        rm -rf "${cache:?}/$name/work"
    done
}

fresh='' child=''
if [ "${1:-}" = --inside-namespace ]; then
    follow "$2" >"$cache/$2.row"
    exit 0
fi
wanted=()
for argument; do
    case $argument in
        --fresh) fresh=yes ;;
        --list) printf '%s\n' "${systems[@]}"; exit 0 ;;
        --help) sed -n '/^# Follows/,/^$/s/^# \{0,1\}//p' "$0"; exit 0 ;;
        12 | 13 | sid | 13-i386) wanted+=("$argument") ;;
        *) echo "systems.sh: no such system or option: $argument (see --help)" >&2; exit 2 ;;
    esac
done
[ "${#wanted[@]}" -gt 0 ] || wanted=("${systems[@]}")
[ "$(id -u)" = 0 ] || fail "a chroot needs root"
for program in debootstrap git setpriv unshare flock awk apt-config dpkg; do
    command -v "$program" >/dev/null || fail "$program is needed, and is not installed"
done

mkdir -p "$cache"
exec 9>"$cache/lock"
flock --nonblock 9 || fail "another systems.sh works in $cache"
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
status=0
for name in "${wanted[@]}"; do
    rm -f "$cache/$name.row" "$cache/$name.skipped"
    echo "== $name ==" >&2
    if make_chroot "$name" >"$cache/$name.debootstrap.log" 2>&1; then
        run_inside "$name"
    else
        tail -n 20 "$cache/$name.debootstrap.log" >&2
    fi
    [ -s "$cache/$name.row" ] ||
        echo "$name|?|?|?|?|?|?|not made; see $cache/$name.debootstrap.log|NO|0/?|0|NO|NO|NO|0 min|NO" >"$cache/$name.row"
    [ "$(sed 's/.*|//' "$cache/$name.row")" = yes ] || status=1
done
print_table "${wanted[@]}"
exit "$status"

#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Installs with apt-get what the tests need, on Debian 12 or later, as root or with sudo.
# Where everything is there already it says nothing, asks no mirror, and takes a moment.
# What the tests need and the system does not have is named.
#
#   install.sh [--servers=backports|stable|any|none] [--for=tests|quickstart]
#
# --servers=backports  (default) Prosody 13 and ejabberd 24, or later ones.  Debian 13 and
#                      sid have them.  On Debian 12 they are those of bookworm-backports and
#                      come from an apt source that is made out of the machine's own with
#                      another suite, in a temporary folder: the machine's sources, lists
#                      and preferences stay as they are.
# --servers=stable     Prosody 0.12 and ejabberd 23 of Debian 12, and on Debian 12 only.  Where
#                      the others are installed, these are only unpacked, into
#                      ${XDG_CACHE_HOME:-~/.cache}/headstock-glib-tests/stable, and
#                      serve.py runs them from there: both can be tested on one machine.
# --servers=any        whichever is there; the system's own where there is none
# --servers=none       no servers
# --for=quickstart     only what builds the library with introspection and runs the
#                      examples; of the servers only Prosody
#
# No server is started by its installation, nor at the next boot.

set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

# Where a package has had several names, they are separated by bars: one of them is enough.
build_packages=(gcc libc6-dev meson ninja-build 'pkg-config|pkgconf' 'libglib2.0-dev|libglib-2.0-dev'
    libxml2-dev libidn2-dev libunistring-dev libgnutls28-dev libsoup-3.0-dev 'libgirepository1.0-dev|libgirepository-1.0-dev'
    'gir1.2-glib-2.0-dev|libgirepository1.0-dev'
    gobject-introspection valac glib-networking ca-certificates python3 python3-gi python3-pytest gjs openssl)
test_packages=(g++ python3-slixmpp python3-nbxmpp gi-docgen libgtk-4-dev gir1.2-gtk-4.0 xvfb xauth xdotool imagemagick dbus-daemon
    valgrind libc6-dbg gcovr git node-typescript mypy)
server_packages=(prosody prosody-modules ejabberd)

servers=backports
purpose=tests
cache=${XDG_CACHE_HOME:-$HOME/.cache}/headstock-glib-tests
policy=/usr/sbin/policy-rc.d
temporary=

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

# Shows what a command said only where it fails.
quietly() {
    local said status=0
    said=$("$@" 2>&1 </dev/null) || status=$?
    [ "$status" = 0 ] || printf '%s\n' "$said" "install.sh: failed: $*" >&2
    return "$status"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"
    else
        fail "must be root, or have sudo, to run: $*"
    fi
}

# The version of an installed package; nothing where it is not installed.
installed_version() {
    # dpkg-query fails for what it does not know.
    { dpkg-query -W -f '${db:Status-Status} ${Version}\n' "$1" 2>/dev/null || true; } |
        sed -n 's/^installed //p'
}

# The name under which a release of Debian is known; nothing where this is another system.
release_name() {
    (. /etc/os-release && [ "${ID:-}" = debian ] && echo "${VERSION_CODENAME:-}") || true
}

# Which generation of a server is installed: backports, stable, or nothing.
installed_generation() {
    local version
    version=$(installed_version "$1")
    case $1:$version in
        *:) ;;
        prosody:0.*) echo stable ;;
        ejabberd:*) dpkg --compare-versions "$version" lt 24 && echo stable || echo backports ;;
        *) echo backports ;;
    esac
}

# Those of the packages that are not installed, under any of their names.
missing_of() {
    local names
    mapfile -t names < <(printf '%s\n' "$@" | tr '|' '\n')
    { dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${names[@]}" 2>/dev/null || true; } |
        sed -n 's/^installed //p' | sort -u >"$temporary/installed"
    printf '%s\n' "$@" | sort -u |
        awk -v file="$temporary/installed" '
            BEGIN { while ((getline name < file) > 0) installed[name] = 1 }
            {
                count = split($0, names, "|")
                for (i = 1; i <= count; i++)
                    if (names[i] in installed)
                        next
                print
            }'
}

# Whether apt could install a package.
is_known() {
    apt-cache policy "$1" 2>/dev/null | grep '^  Candidate: [^(]' >/dev/null
}

# Of each package the first name that apt knows, one a line; what has none is named, with what
# becomes of that, and its number is the status.
known_of() {
    local consequence=$1 package name unknown=0
    shift
    for package; do
        for name in ${package//|/ }; do
            is_known "$name" && echo "$name" && continue 2
        done
        echo "install.sh: this system has no package ${package//|/ or }: $consequence" >&2
        unknown=$((unknown + 1))
    done
    return "$unknown"
}

# Installs those of the packages that the system has.
install_known() {
    local consequence=$1 status=0 found
    shift
    [ "$#" -gt 0 ] || return 0
    echo "install.sh: installing $*"
    update
    known_of "$consequence" "$@" >"$temporary/known" || status=$?
    mapfile -t found <"$temporary/known"
    [ "${#found[@]}" = 0 ] || apt_install "${found[@]}" || fail "could not install: ${found[*]}"
    return "$status"
}

updated=
update() {
    [ -z "$updated" ] || return 0
    updated=yes
    # A source of somebody else's that fails need not concern us: the installation will tell.
    quietly as_root apt-get update || echo "install.sh: going on without" >&2
}

apt_install() {
    quietly as_root apt-get -y --no-install-recommends -o Dpkg::Use-Pty=0 \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
        -o DPkg::Lock::Timeout=300 install "$@"
}

# Keeps the packages' scripts from starting servers, and puts back what was there.
forbid_starting() {
    if [ ! -e "$policy.headstock" ] && [ -e "$policy" ]; then
        as_root mv "$policy" "$policy.headstock"
    fi
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
    forbidden=yes
}
forbidden=
allow_starting() {
    [ -n "$forbidden" ] || return 0
    forbidden=
    as_root rm -f "$policy"
    if [ -e "$policy.headstock" ]; then
        as_root mv "$policy.headstock" "$policy"
    fi
}

clean_up() {
    allow_starting
    [ -z "$temporary" ] || rm -rf "$temporary"
}

# Installs server packages, given with apt-get's options for where they come from.
install_servers() {
    local pair new=()
    # The packages, and the services that they bring.
    for pair in prosody:prosody ejabberd:ejabberd erlang-base:epmd; do
        [ -n "$(installed_version "${pair%:*}")" ] || new+=("$pair")
    done
    echo "install.sh: installing the servers ($servers)"
    forbid_starting
    apt_install "$@" || fail "the servers could not be installed"
    allow_starting
    for pair in "${new[@]}"; do
        [ -n "$(installed_version "${pair%:*}")" ] || continue
        if command -v systemctl >/dev/null; then
            as_root systemctl -q disable "${pair#*:}.service" >/dev/null 2>&1 || true
        fi
        as_root update-rc.d "${pair#*:}" disable >/dev/null 2>&1 || true
    done
}

# The machine's own Debian source once more, with its suite exchanged for backports.
write_backports_source() {
    local file
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -r "$file" ] || continue
        awk 'BEGIN { RS = ""; FS = "\n" }
            /(^|\n)Suites:[^\n]*[ \t]bookworm([ \t]|\n|$)/ && !/(^|\n)Enabled:[ \t]*no/ {
                sub(/(^|\n)Suites:[^\n]*/, "\nSuites: bookworm-backports")
                sub(/^\n/, "")
                print; exit
            }' "$file" >"$1/backports.sources"
        [ ! -s "$1/backports.sources" ] || return 0
    done
    rm -f "$1/backports.sources"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -r "$file" ] || continue
        sed -n -E \
            '/^deb[ \t].*[ \t]bookworm[ \t]/{s/[ \t]bookworm[ \t]/ bookworm-backports /p;q}' \
            "$file" >"$1/backports.list"
        [ ! -s "$1/backports.list" ] || return 0
    done
    rm -f "$1/backports.list"
    return 1
}

install_backports() {
    local parts=$temporary/sources lists=$temporary/lists file
    mkdir -p "$parts" "$lists/partial"
    for file in /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list; do
        [ ! -r "$file" ] || cp "$file" "$parts/"
    done
    write_backports_source "$parts" ||
        fail "found no Debian 12 (bookworm) among the apt sources; try --servers=stable"
    # apt reads as its own user.
    chmod -R a+rX "$temporary"
    local options=(-o "Dir::Etc::sourceparts=$parts" -o "Dir::State::lists=$lists"
        -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
    quietly as_root apt-get "${options[@]}" update || echo "install.sh: going on without" >&2
    install_servers "${options[@]}" -t bookworm-backports "$@"
    as_root rm -rf "$lists"
}

# Unpacks stable's servers beside the installed ones, with those of their libraries that
# are of another version there.
unpack_stable() {
    local target=$cache/stable folder=$temporary/packages package packages
    local options=(-o Dir::State::status=/dev/null)
    [ "$(id -u)" != 0 ] || options+=(-o APT::Sandbox::User=root)
    [ ! -f "$target/complete" ] || return 0
    echo "install.sh: unpacking the servers of Debian 12 into $target"
    update
    mkdir -p "$cache" "$folder"
    mapfile -t packages < <(apt-cache "${options[@]}" depends ejabberd |
        sed -n -E 's/^ *Depends: (erlang-(p1-.*|jose))$/\1/p' | sort -u)
    (cd "$folder" && quietly apt-get "${options[@]}" download \
        prosody prosody-modules ejabberd "${packages[@]}") ||
        fail "stable's servers could not be downloaded"
    rm -rf "$target" "$target.new"
    for package in "$folder"/*.deb; do
        dpkg-deb -x "$package" "$target.new"
    done
    touch "$target.new/complete"
    mv "$target.new" "$target"
}

# Installs those of the system's own servers that are missing.
install_own_servers() {
    local found
    mapfile -t found < <(missing_of "$@")
    [ "${#found[@]}" -gt 0 ] || return 0
    update
    known_of "the tests that need it fail" "${found[@]}" >"$temporary/known" || true
    mapfile -t found <"$temporary/known"
    [ "${#found[@]}" = 0 ] || install_servers "${found[@]}"
}

install_servers_of() {
    local wanted=("${server_packages[@]}") server unpack=
    [ "$purpose" != quickstart ] || wanted=(prosody)
    if [ "$(release_name)" != bookworm ]; then
        case $servers in
            stable) fail "--servers=stable are the servers of Debian 12; this system has its own" ;;
            backports) servers=any ;;
        esac
    fi
    case $servers in
        none) ;;
        any) install_own_servers "${wanted[@]}" ;;
        backports)
            for server in "${wanted[@]}"; do
                if [ "$(installed_generation "${server%-modules}")" != backports ] ||
                    [ -z "$(installed_version "$server")" ]; then
                    install_backports "${wanted[@]}"
                    break
                fi
            done
            ;;
        stable)
            for server in prosody ejabberd; do
                [ "$(installed_generation "$server")" != backports ] || unpack=yes
            done
            if [ -n "$unpack" ]; then
                mapfile -t wanted < <(missing_of "${wanted[@]}")
                # What is installed brings the libraries that both generations share.
                [ "${#wanted[@]}" = 0 ] || install_backports "${wanted[@]}"
                unpack_stable
            else
                install_own_servers "${wanted[@]}"
            fi
            ;;
    esac
}

# GIO loads each module that has changed since its list of modules was written, and loses some of what it keeps of
# it: a leak that the sanitizers find in every program.
refresh_gio_modules() {
    local folder query
    for folder in /usr/lib/*/gio/modules; do
        query=${folder%/gio/modules}/glib-2.0/gio-querymodules
        [ ! -x "$query" ] || as_root "$query" "$folder" || true
    done
}

for argument; do
    case $argument in
        --servers=backports | --servers=stable | --servers=any | --servers=none)
            servers=${argument#*=} ;;
        --for=tests | --for=quickstart) purpose=${argument#*=} ;;
        --help) sed -n '/^# Installs/,/^$/s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) echo "install.sh: no such option: $argument (see --help)" >&2; exit 2 ;;
    esac
done

command -v apt-get >/dev/null || fail "there is no apt-get; this script is for Debian 12 and later"
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
temporary=$(mktemp -d)

mapfile -t missing < <(missing_of "${build_packages[@]}")
install_known "the library is not built without it" "${missing[@]}" || exit 1
if [ "$purpose" != quickstart ]; then
    mapfile -t missing < <(missing_of "${test_packages[@]}")
    install_known "what needs it is not tested" "${missing[@]}" || true
    refresh_gio_modules
fi
install_servers_of

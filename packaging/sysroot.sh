#!/bin/sh
# Unpacks what linking for another kind of machine needs (libc and the compiler's runtime) from the distribution's archive into a
# folder, and touches nothing else of this system: apt keeps its state in that folder too.
set -eu
fail() { echo "sysroot: $*" >&2; exit 1; }
[ $# = 2 ] || { echo "usage: packaging/sysroot.sh x64|arm64 FOLDER" >&2; exit 2; }
case $1 in x64) arch=amd64 ;; arm64) arch=arm64 ;; *) fail "unknown: $1" ;; esac
[ ! -e "$2/complete" ] || exit 0
command -v apt-get > /dev/null || fail "this is neither Debian nor Ubuntu: name a sysroot by hand, -p:SysRoot="
rm -rf "$2"
mkdir -p "$2/apt/lists/partial" "$2/apt/cache/archives/partial"
folder=$(readlink -f "$2")
apt=$folder/apt

# shellcheck source=/dev/null
. /etc/os-release
archive=http://deb.debian.org/debian parts=main
if [ "$ID" = ubuntu ]; then
    parts='main universe'
    if [ $arch = arm64 ]; then archive=http://ports.ubuntu.com/ubuntu-ports; else archive=http://archive.ubuntu.com/ubuntu; fi
fi
echo "deb [signed-by=/usr/share/keyrings/$ID-archive-keyring.gpg] $archive $VERSION_CODENAME $parts" > "$apt/sources.list"
: > "$apt/status"

get() {
    apt-get -q -o APT::Architecture=$arch -o APT::Architectures=$arch -o APT::Sandbox::User=root -o Dir::State::lists="$apt/lists" -o Dir::State::status="$apt/status" \
        -o Dir::Cache="$apt/cache" -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=- "$@" > "$apt/log" 2>&1 || { cat "$apt/log" >&2; fail "apt-get $1 failed"; }
}

get update
# The version of GCC whose runtime the distribution's own compiler links.
gcc=$(apt-cache -o APT::Architecture=$arch -o APT::Architectures=$arch -o Dir::State::lists="$apt/lists" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" \
    -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=- show gcc | sed -n 's/^Depends:.*[ ,]gcc-\([0-9]*\).*/\1/p' | head -n 1)
[ -n "$gcc" ] || fail "the archive has no gcc"
(cd "$apt" && get download libc6 libc6-dev libgcc-s1 "libgcc-$gcc-dev")
for package in "$apt"/*.deb; do dpkg -x "$package" "$folder"; done
# Links that name a file from the root would lead out of the folder.
find "$folder" -type l -lname '/*' | while read -r link; do ln -sfn "$folder$(readlink "$link")" "$link"; done
rm -rf "$apt"
touch "$folder/complete"

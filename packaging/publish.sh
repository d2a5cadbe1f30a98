#!/bin/sh
# Compiles Gatehouse ahead of time, one file for each kind of machine, and packs the tarball that install.sh can work from.
# Without a name it does so for this machine: out/gatehouse; for another kind: out/gatehouse-arm64.
set -eu
cd "$(dirname "$0")/.."
# 34 before there were people and money: mail, two-factor, passkeys, tenants, channels, tickets, gateways, orders, rentals, moves, engines, tailnets, and the libraries that they take.
limit=$((80 * 1024 * 1024))

usage() { echo "usage: packaging/publish.sh [x64 | arm64 | all]"; }
fail() { echo "publish: $*" >&2; exit 1; }

case $(uname -m) in x86_64) own=x64 ;; aarch64) own=arm64 ;; *) fail "this machine is neither x64 nor arm64" ;; esac
case ${1:-$own} in
    x64 | arm64) targets=${1:-$own} ;;
    all) targets='x64 arm64' ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac

mkdir -p out
work=$(mktemp -d out/publish.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# What packages may warn of: each line of the list, as it stands in the log.
explained() { grep -v -e '^#' -e '^$' packaging/trim-warnings.txt; }

# compile ARCH: makes $work/ARCH/gatehouse, without symbols, and gatehouse.dbg, the symbols.
compile() {
    bin=$work/$1 log=$work/$1.log
    if [ "$1" = $own ]; then
        ./install.sh tools
        set -- "$1"
    else
        ./install.sh tools cross
        packaging/sysroot.sh "$1" "out/sysroot-$1"
        set -- "$1" -p:SysRoot="$PWD/out/sysroot-$1"
    fi
    rid=linux-$1
    shift
    # PathMap: stack traces and symbols name no folder of this machine.
    dotnet publish App -c Release -r "$rid" --nologo -o "$bin" -p:PathMap="$PWD=/gatehouse" -p:LinkerFlavor=lld "$@" > "$log" 2>&1 ||
        { cat "$log" >&2; fail "the build failed"; }
    if grep -E '(warning|error) IL[0-9]{4}' "$log" | grep -v -F "$(explained)" >&2; then
        fail "compiling ahead of time may break what is named above: mend it, or explain it in packaging/trim-warnings.txt"
    fi
    [ "$(LC_ALL=C ls "$bin" | tr '\n' ' ')" = "gatehouse gatehouse.dbg " ] || fail "not the files it should be: $(ls "$bin" | tr '\n' ' ')"
    size=$(stat -c %s "$bin/gatehouse")
    [ "$size" -le $limit ] || fail "$size bytes are more than $limit"
}

# pack ARCH BINARY: the tarball, and the symbols beside it.
pack() {
    name=gatehouse-$version-linux-$1
    mkdir -p "$work/$name/packaging/systemd" "$work/$name/packaging/docker/relay"
    cp "$2" "$work/$name/gatehouse"
    cp install.sh appsettings.example.json README.md README.zh-CN.md LICENSE CHANGELOG.md "$work/$name/"
    packaging/notices.sh > "$work/$name/THIRD-PARTY-NOTICES.txt"
    cp packaging/systemd/gatehouse.service "$work/$name/packaging/systemd/"
    # The images need no more than the binary and these.
    cp compose.yml "$work/$name/"
    cp packaging/docker/relay/build.sh packaging/docker/relay/README.md "$work/$name/packaging/docker/relay/"
    chmod -R u=rwX,go=rX "$work/$name"
    (cd "$work/$name" && find . -type f ! -name SHA256SUMS | sed 's|^\./||' | LC_ALL=C sort | xargs sha256sum > SHA256SUMS)
    stamp=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2> /dev/null || echo 0)}
    tar -C "$work" --sort=name --mtime="@$stamp" --owner=0 --group=0 --numeric-owner -cf - "$name" | gzip -9n > "out/$name.tar.gz"
    mv -f "$work/$1/gatehouse.dbg" "out/$name.dbg"
}

mb() { echo "$(($1 / 1048576)).$(($1 % 1048576 * 10 / 1048576)) MB"; }

version=$(dotnet msbuild App -getProperty:Version)
for arch in $targets; do
    compile "$arch"
    binary=out/gatehouse
    [ "$arch" = $own ] || binary=out/gatehouse-$arch
    mv -f "$work/$arch/gatehouse" "$binary"
    pack "$arch" "$binary"
    echo "$binary: $(mb "$size"), at most $(mb $limit)"
    echo "out/$name.tar.gz: $(mb "$(stat -c %s "out/$name.tar.gz")"); symbols in out/$name.dbg: $(mb "$(stat -c %s "out/$name.dbg")")"
done

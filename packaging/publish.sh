#!/bin/sh
# Makes out/gatehouse, one file for linux-x64, and the tarball that install.sh can work from.
set -eu
cd "$(dirname "$0")/.."
limit=$((45 * 1024 * 1024))

fail() { echo "publish: $*" >&2; exit 1; }

native=$(dirname "$(ldconfig -p | sed -n 's/.*libsodium\.so\.23 (.*x86-64.*=> //p' | head -n 1)")
[ -e "$native/libsodium.so.23" ] || fail "libsodium.so.23 is missing. Install it: apt-get install libsodium23"
[ -e "$native/libsqlite3.so.0" ] || fail "libsqlite3.so.0 is missing. Install it: apt-get install libsqlite3-0"

mkdir -p out
work=$(mktemp -d out/publish.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# PathMap: stack traces name no folder of this machine.
dotnet publish App -c Release -r linux-x64 --self-contained --nologo -o "$work/bin" \
    -p:PublishSingleFile=true -p:PublishTrimmed=true -p:PublishReadyToRun=true \
    -p:DebugType=embedded -p:PathMap="$PWD=/gatehouse" \
    -p:BundleNative=true -p:NativeFolder="$native" > "$work/log" 2>&1 ||
    { cat "$work/log" >&2; fail "the build failed"; }

# Trim and AOT warnings of packages are theirs; one of ours stops here.
if grep -E '(warning|error) IL[23][0-9]{3}' "$work/log" | grep -v '/packages/' >&2; then
    fail "our own code is not safe to trim"
fi
[ "$(ls "$work/bin")" = gatehouse ] || fail "more than one file: $(ls "$work/bin" | tr '\n' ' ')"
size=$(stat -c %s "$work/bin/gatehouse")
[ "$size" -le "$limit" ] || fail "$size bytes are more than $limit"
mv -f "$work/bin/gatehouse" out/gatehouse

version=$(dotnet msbuild App -getProperty:Version)
name=gatehouse-$version-linux-x64
mkdir -p "$work/$name/packaging/systemd"
cp out/gatehouse install.sh appsettings.example.json README.md "$work/$name/"
cp packaging/systemd/gatehouse.service "$work/$name/packaging/systemd/"
chmod -R u=rwX,go=rX "$work/$name"
(cd "$work/$name" && find . -type f ! -name SHA256SUMS | sed 's|^\./||' | LC_ALL=C sort | xargs sha256sum > SHA256SUMS)
stamp=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2> /dev/null || echo 0)}
tar -C "$work" --sort=name --mtime="@$stamp" --owner=0 --group=0 --numeric-owner -cf - "$name" |
    gzip -9n > "out/$name.tar.gz"

sed -n "s/^ *\(startup: .*\)/\1/p" "$work/log"
echo "out/gatehouse: $((size / 1024 / 1024)).$((size / 104858 % 10)) MB, at most $((limit / 1024 / 1024))"
echo "out/$name.tar.gz: $(($(stat -c %s "out/$name.tar.gz") / 1024 / 1024)) MB"

#!/bin/sh
# Adds to methods.txt what the published binary still compiles at start. Run it after publish.sh when much has changed, then publish again.
set -eu
cd "$(dirname "$0")"
binary=$(readlink -f "${GATEHOUSE_BINARY:-../../out/gatehouse}")
work=$(mktemp -d)
server=''
trap '[ -z "$server" ] || kill -9 "$server" 2> /dev/null; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
address=http://127.0.0.1:19309

# Twice: an empty data folder, and one that has its database.
for start in first second; do
    DOTNET_JitStdOutFile="$work/$start" DOTNET_JitDisasmSummary=1 "$binary" serve --data "$work/data" --urls "$address" > /dev/null &
    server=$!
    until "$binary" healthcheck --url "$address" > /dev/null 2>&1; do
        kill -0 "$server" || { echo "record: the server does not start" >&2; exit 1; }
        sleep 0.1
    done
    kill "$server"
    wait "$server" || true
    server=''
done

# Generic ones only (they have brackets before the parameters): any other is in its library's image already, or can be in none.
sed -n 's/^ *[0-9]*: JIT compiled \(.*)\) \[.*/\1/p' "$work/first" "$work/second" | grep '^[^(]*\[' |
    LC_ALL=C sort -u - methods.txt > "$work/methods"
cp "$work/methods" methods.txt
echo "methods.txt: $(wc -l < methods.txt) methods"

#!/bin/bash
# Measures the published binary on this machine, next to a bare Kestrel that parses and answers the same JSON in the same run,
# and prints a table. Needs wrk, curl and the .NET SDK. Takes about ten minutes. GATEHOUSE_BINARY names a binary to measure.
# "bench.sh relay" measures the relay in it instead.
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in
    '') ;;
    relay) exec packaging/bench-relay.sh ;;
    *) echo "usage: packaging/bench.sh [relay]" >&2; exit 2 ;;
esac
seconds=${BENCH_SECONDS:-6} rounds=${BENCH_ROUNDS:-5} million=${BENCH_MILLION:-1000000}
command -v wrk > /dev/null || { echo "wrk is missing. Install it: apt-get install wrk" >&2; exit 1; }
[ -n "${GATEHOUSE_BINARY:-}" ] || packaging/publish.sh
binary=$(readlink -f "${GATEHOUSE_BINARY:-out/gatehouse}")
work=$(mktemp -d)
dotnet publish App.Tests/Bench/Floor -c Release -r linux-x64 --self-contained --nologo -v q -o "$work/floor" \
    -p:PublishSingleFile=true -p:PublishTrimmed=true -p:PublishReadyToRun=true > "$work/log"
server='' floor=''
trap 'kill $server $floor 2> /dev/null || true; rm -rf "$work"' EXIT
base=http://127.0.0.1:19301 floor_base=http://127.0.0.1:19302
export GATEHOUSE__RateLimits__Enabled=false

start() {
    "$binary" serve --data "$work/data" --urls "$base" > "$work/serve.log" 2>&1 &
    server=$!
    until curl -fs "$base/health" > /dev/null 2>&1; do sleep 0.02; done
}
stop() { kill "$server"; wait "$server" || true; server=''; }
api() { curl -sf -X "$1" -H "Authorization: Bearer $token" ${3:+-H "Content-Type: application/json" -d "$3"} "$base$2"; }
median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
row() { printf '| %-46s | %12s | %10s | %8s |\n' "$@"; }
resident() { awk -v k="$1" '$1 == k ":" {printf "%d", $2 / 1024}' "/proc/$server/status"; }

# rate LUA URL [CONNECTIONS]: requests a second.
rate() {
    wrk -t2 -c"${3:-64}" -d"${seconds}s" -s "$1" "$2" > "$work/wrk" 2>&1
    if grep -q 'Non-2xx' "$work/wrk"; then cat "$work/wrk" >&2; exit 1; fi
    awk '/Requests\/sec/ {print $2}' "$work/wrk"
}
# latency LUA URL CONNECTIONS: "p95 p99" in ms.
latency() { wrk -t2 -c"$3" -d"${seconds}s" --timeout 30s -s "$1" "$2" | awk '/^quantiles/ {print $2, $3}'; }

quantiles='done = function(s, l) print(string.format("quantiles %.1f %.1f", l:percentile(95) / 1000, l:percentile(99) / 1000)) end'
# ask FILE KEYS THREADS-SHARE: a script that validates the keys of a file in turn, each for a machine of its own.
ask() {
    cat > "$1" << L
local keys = {}
for k in io.lines("$2") do keys[#keys + 1] = k end
local threads, n, id = 0, 0, 0
setup = function(t) t:set("id", threads); threads = threads + 1 end
request = function()
  n = n + 1
  local k = keys[(n * 2 + id) % #keys + 1]
  return wrk.format("POST", "/api/validate", {["Content-Type"] = "application/json"}, '{"code":"' .. k .. '","machine_code":"machine-' .. k .. '"}')
end
$quantiles
L
}

ASPNETCORE_URLS=$floor_base "$work/floor/floor" > /dev/null 2>&1 &
floor=$!
start
setup=$(grep -Eo 'http[^ ]*/setup\?token=[^ ]+' "$work/serve.log" | head -n 1)
form=$(curl -s -c "$work/jar" -b "$work/jar" "$setup")
csrf=$(printf '%s' "$form" | sed -n 's/.*name="_csrf" value="\([^"]*\)".*/\1/p' | head -n 1)
curl -s -o /dev/null -c "$work/jar" -b "$work/jar" --data-urlencode "_csrf=$csrf" --data-urlencode "token=${setup##*token=}" -d username=owner -d display_name=Owner \
    -d 'password=bench-password-1' -d 'password_repeat=bench-password-1' "$base/setup"
session=$(awk '$6 == "gh-session" {print $7}' "$work/jar")
token=$("$binary" token create --data "$work/data" --name bench --role owner)
api POST /api/plans '{"name":"Bench","kind":"software","duration_seconds":31536000,"price":0,"currency":"CNY","prefix":"B"}' > /dev/null
"$binary" keys generate --data "$work/data" --plan Bench --count 1000 --length 12 2> /dev/null > "$work/active"
ask "$work/validate.lua" "$work/active"
seconds=3 rate "$work/validate.lua" "$base/api/validate" > /dev/null

echo "$(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(uname -sr), $("$binary" version)"
echo
row "what" "measured" "ratio" "goal"
row "---" "---:" "---:" "---:"

pair() { # pair NAME GOAL LUA URL [PREPARE]: medians of the rates and of their ratios, measured in turn
    : > "$work/rates"; : > "$work/ratios"
    for _ in $(seq "$rounds"); do
        f=$(rate "$work/validate.lua" "$floor_base/api/validate")
        [ -z "${5:-}" ] || $5
        r=$(rate "$3" "$4")
        echo "$r" >> "$work/rates"
        awk -v r="$r" -v f="$f" 'BEGIN {printf "%.3f\n", r / f}' >> "$work/ratios"
    done
    row "$1" "$(median < "$work/rates" | cut -d. -f1)/s" "$(median < "$work/ratios")" "$2"
}

seconds=4 rate "$work/validate.lua" "$floor_base/api/validate" > /dev/null
seconds=4 rate "$work/validate.lua" "$base/api/validate" > /dev/null
pair "validate an active key" ">= 0.45" "$work/validate.lua" "$base/api/validate"
small=$(median < "$work/rates")

fresh() { "$binary" keys generate --data "$work/data" --plan Bench --count $((seconds * 40000)) --length 12 2> /dev/null > "$work/unused"; ask "$work/first.lua" "$work/unused"; }
pair "first activations, durable" ">= 0.30" "$work/first.lua" "$base/api/validate" fresh

cat > "$work/list.lua" << L
request = function() return wrk.format("GET", "/admin/keys", {["Cookie"] = "gh-session=$session"}) end
$quantiles
L
pair "GET /admin/keys, 50 rows, signed in" ">= 0.05" "$work/list.lua" "$base/admin/keys"

read -r _ p99 <<< "$(latency "$work/validate.lua" "$base/api/validate" 64)"
row "validate p99, 64 connections" "$p99 ms" "" "< 10"
read -r _ p99 <<< "$(latency "$work/validate.lua" "$base/api/validate" 1000)"
row "validate p99, 1000 connections" "$p99 ms" "" "< 100"

for _ in 1 2 3 4 5; do
    curl -s -o /dev/null -w '%{time_total}\n' -X POST -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d '{"plan":"Bench","count":10000}' "$base/api/keys/generate"
done | median > "$work/generated"
row "10,000 keys generated over REST" "$(cat "$work/generated") s" "" "< 1"

echo "filling up to $million keys ..." >&2
"$binary" keys generate --data "$work/data" --plan Bench --count "$million" --length 14 > /dev/null 2>&1
seconds=4 rate "$work/validate.lua" "$base/api/validate" > /dev/null
for _ in $(seq "$rounds"); do rate "$work/validate.lua" "$base/api/validate"; done > "$work/rates"
row "validate among $million keys, of its rate above" "$(median < "$work/rates" | cut -d. -f1)/s" \
    "$(awk -v b="$(median < "$work/rates")" -v s="$small" 'BEGIN {printf "%.2f", b / s}')" ">= 0.9"
read -r p95 _ <<< "$(latency "$work/list.lua" "$base/admin/keys" 2)"
row "keys list p95, $million keys" "$p95 ms" "" "< 30"
cat > "$work/search.lua" << L
local keys, n = {}, 0
for k in io.lines("$work/active") do keys[#keys + 1] = k end
request = function()
  n = n + 1
  local k = keys[n % #keys + 1]
  return wrk.format("GET", "/admin/keys?q=" .. k:sub(1, n % #k + 1), {["Cookie"] = "gh-session=$session"})
end
$quantiles
L
read -r p95 _ <<< "$(latency "$work/search.lua" "$base/admin/keys" 2)"
row "keys search p95 (1 to 14 letters), $million keys" "$p95 ms" "" "< 30"
stop
start
echo 5 > "/proc/$server/clear_refs"
curl -s -H "Authorization: Bearer $token" "$base/api/keys/export?format=csv" | wc -l > "$work/lines"
row "export of $(cat "$work/lines") lines, resident at most" "$(resident VmHWM) MB" "" "< 150"
stop
rm -rf "$work/data"

for _ in $(seq 11); do
    rm -rf "$work/ready"
    begin=$(date +%s%N)
    "$binary" serve --data "$work/ready" --urls "$base" > /dev/null 2>&1 &
    server=$!
    until curl -fs "$base/health" > /dev/null 2>&1; do :; done
    echo $((($(date +%s%N) - begin) / 1000000))
    stop
done | median > "$work/start"
row "ready, from start to first answer" "$(cat "$work/start") ms" "" "< 250"
start
sleep 10
row "idle, resident" "$(resident VmRSS) MB" "" "< 70"
row "the binary" "$(($(stat -c %s "$binary") / 1048576)) MB" "" "<= 45"

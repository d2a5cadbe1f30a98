#!/bin/bash
# Measures the relay in the published binary on this machine and prints a table; the goals are what the widely used relay (Go)
# does on 2 cores with the generator beside it. Needs gcc, libsodium-dev, openssl and the .NET SDK. Takes about seven minutes.
# GATEHOUSE_BINARY names a binary to measure; BENCH_BASE another one, of an earlier commit, to measure beside it in turn ("of base"
# is the one through the other).
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${BENCH_SECONDS:-5} rounds=${BENCH_ROUNDS:-3} idle=${BENCH_IDLE:-10000}
missing() { echo "$1 is missing. Install it: apt-get install $2" >&2; exit 1; }
command -v gcc > /dev/null || missing gcc gcc
[ -e /usr/include/sodium.h ] || missing sodium.h libsodium-dev
command -v openssl > /dev/null || missing openssl openssl
[ -n "${GATEHOUSE_BINARY:-}" ] || packaging/publish.sh
binary=$(readlink -f "${GATEHOUSE_BINARY:-out/gatehouse}")
reference=''
[ -z "${BENCH_BASE:-}" ] || reference=$(readlink -f "$BENCH_BASE")
work=$(mktemp -d)
server='' holder='' other='' other_port=''
trap 'kill $holder $server $other 2> /dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
gcc -O2 -Wno-unused-result -pthread -D_GNU_SOURCE packaging/tools/derpload.c -lsodium -o "$work/derpload"
dotnet publish App.Tests/Bench/RelayLoad -c Release -r linux-x64 --self-contained false --nologo -v q -o "$work/load" > "$work/log" ||
    { cat "$work/log" >&2; exit 1; }
ulimit -n $((idle + 1000)) 2> /dev/null || ulimit -n "$(ulimit -Hn)"
[ "$(ulimit -n)" -gt $((idle + 200)) ] || { echo "$idle connections need more open files than the $(ulimit -n) that ulimit -n allows" >&2; exit 1; }
echo '*' > "$work/allow"

# start [OPTION...]: sets $server, $port. $run is the binary, $binary unless set.
start() {
    : > "$work/relay.log"
    "${run:-$binary}" relay --listen 127.0.0.1:0 --stun off --hostname localhost --data "$work/data${run:+.base}" --allow "$work/allow" \
        --max-per-ip $((idle * 2)) --max-connections $((idle * 2)) "$@" > "$work/relay.log" 2>&1 &
    server=$!
    until port=$(sed -n 's|.* is ready at https\{0,1\}://.*:\([0-9]*\)$|\1|p' "$work/relay.log"); [ -n "$port" ]; do
        kill -0 "$server" 2> /dev/null || { cat "$work/relay.log" >&2; exit 1; }
        sleep 0.02
    done
}
stop() { kill "$server"; wait "$server" || true; server=''; }
median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
resident() { awk '$1 == "VmRSS:" {printf "%d", $2 / 1024}' "/proc/$server/status"; }
# row WHAT MEASURED RATIO OF-BASE GOAL
row() { printf '| %-46s | %12s | %8s | %8s | %-12s |\n' "$@"; }
of() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.2f\n", b ? a / b : 0}'; }

# cpu: the processor seconds that the measured relay has had. $measured is its process, $server unless set.
cpu() { awk -v second="$(getconf CLK_TCK)" '{print ($14 + $15) / second}' "/proc/${measured:-$server}/stat"; }
# measure NAME COMMAND...: keeps packets/s, p50, p99 and processor seconds per million packets, a line a round, in $work/NAME.
measure() {
    local name=$1 before
    shift
    before=$(cpu)
    "$@" > "$work/line"
    awk -v cpu="$(cpu)" -v before="$before" -v seconds="$seconds" '{printf "%s %s %s %.3f\n", $7, $14, $16, $7 ? (cpu - before) / ($7 * seconds) * 1e6 : 0}' "$work/line" >> "$work/$name"
}
# result NAME COLUMN: the median over the rounds.
result() { awk -v c="$2" '{print $c}' "$work/$1" | median; }
derpload() { "$work/derpload" 127.0.0.1 "$port" "$@"; }
# beside NAME ARGUMENT...: derpload at this relay, then at the base's; keeps the ratio of the packets in $work/NAME.base, and that of
# the processor time for each in $work/NAME.cpu.base.
beside() {
    local name=$1
    shift
    measure "$name" derpload "$@"
    [ -n "$other" ] || return 0
    port=$other_port measured=$other measure "$name.other" derpload "$@"
    of "$(tail -n 1 "$work/$name" | cut -d' ' -f1)" "$(tail -n 1 "$work/$name.other" | cut -d' ' -f1)" >> "$work/$name.base"
    of "$(tail -n 1 "$work/$name" | cut -d' ' -f4)" "$(tail -n 1 "$work/$name.other" | cut -d' ' -f4)" >> "$work/$name.cpu.base"
}
relayload() { dotnet "$work/load/relayload.dll" 127.0.0.1 "$port" "$@"; }

# of_base FILE: the median of its ratios to the base; nothing where there are none.
of_base() { [ ! -e "$work/$1.base" ] || median < "$work/$1.base"; }
# at_least NAME FILE GOAL and at_most NAME FILE COLUMN GOAL: a row each.
at_least() { row "$1" "$(result "$2" 1)/s" "$(of "$(result "$2" 1)" "$3")" "$(of_base "$2")" "> $3/s"; }
at_most() { row "$1" "$(result "$2" "$3") ms" "$(of "$(result "$2" "$3")" "$4")" "" "< $4 ms"; }
# beside_base NAME FILE and cpu_of NAME FILE: a row each of what has no goal but the base's figure.
beside_base() { row "$1" "$(result "$2" 1)/s" "" "$(of_base "$2")" ""; }
cpu_of() { row "$1" "$(result "$2" 4) s" "" "$(of_base "$2.cpu")" ""; }

echo "$(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(uname -sr), $("$binary" version | head -n 1)"
echo
row "what" "measured" "ratio" "of base" "goal"
row "---" "---:" "---:" "---:" "---"

base_fresh=''
if [ -n "$reference" ]; then
    run=$reference start
    other=$server other_port=$port
    sleep 5
    base_fresh=$(resident)
    derpload 8 1200 2 24 > /dev/null
fi
start
sleep 5
fresh=$(resident)
derpload 8 1200 2 24 > /dev/null
for _ in $(seq "$rounds"); do
    beside small 8 100 "$seconds" 24
    beside usual 8 1200 "$seconds" 24
    beside single 8 1200 "$seconds" 1
    beside double 8 1200 "$seconds" 2
    beside large 8 32768 "$seconds" 24
    beside many 64 1200 "$seconds" 24
    beside fan 16 1200 "$seconds" 24 fan
done
loaded=$(resident)
at_least "100 B, 8 pairs" small 477000
at_least "1,200 B, 8 pairs" usual 157000
at_most "1,200 B, 8 pairs, one at a time, p50" single 2 0.11
at_most "1,200 B, 8 pairs, one at a time, p99" single 3 1.2
beside_base "1,200 B, 8 pairs, window 1" single
beside_base "1,200 B, 8 pairs, window 2" double
at_least "32 KB, 8 pairs" large 35900
at_least "1,200 B, 64 pairs" many 158000
at_most "1,200 B, 64 pairs, p99" many 3 25
beside_base "1,200 B, 16 senders to 16 receivers in turn" fan
cpu_of "CPU per million packets, 1,200 B, 8 pairs" usual
cpu_of "CPU per million packets, window 1" single
cpu_of "CPU per million packets, window 2" double
cpu_of "CPU per million packets, 16 to 16 in turn" fan
row "resident, 5 s after the start" "$fresh MB" "$(of "$fresh" 40)" "$([ -z "$base_fresh" ] || of "$fresh" "$base_fresh")" "<= 40 MB"
row "resident, after the load" "$loaded MB" "$(of "$loaded" 40)" "" "<= 40 MB"
stop
if [ -n "$other" ]; then
    kill "$other"
    wait "$other" || true
    other=''
fi

# TLS beside plain, in turn: by derpload, as in the lines above, and by the generator of the TLS load, which asks less of the machine.
: > "$work/ratios"
: > "$work/same"
for _ in $(seq "$rounds"); do
    start
    derpload 8 1200 2 24 > /dev/null
    measure plainly derpload 8 1200 "$seconds" 24
    measure plain relayload 8 1200 "$seconds" 24
    stop
    start --self-signed
    relayload 8 1200 2 24 --tls > /dev/null
    measure tls relayload 8 1200 "$seconds" 24 --tls
    stop
    tls=$(tail -n 1 "$work/tls" | cut -d' ' -f1)
    echo "$(of "$tls" "$(tail -n 1 "$work/plainly" | cut -d' ' -f1)")" >> "$work/ratios"
    echo "$(of "$tls" "$(tail -n 1 "$work/plain" | cut -d' ' -f1)")" >> "$work/same"
done
row "1,200 B, 8 pairs, TLS, of plain by derpload" "$(result tls 1)/s" "$(median < "$work/ratios")" "" ">= 0.5"
row "the same, of plain by relayload" "$(result plain 1)/s" "$(median < "$work/same")" "" ""

# Those who come, beside those who talk: p99 of packets one at a time over TLS, quiet and while others make TLS connections one after
# another. What is added is the relay's part and the machine's, which makes both ends of each.
start --self-signed
relayload 8 1200 2 1 --tls > /dev/null
for _ in $(seq "$rounds"); do
    measure quiet relayload 8 1200 "$seconds" 1 --tls
    openssl s_time -connect "127.0.0.1:$port" -new -time "$seconds" > "$work/connects" 2>&1 &
    holder=$!
    measure storm relayload 8 1200 "$seconds" 1 --tls
    wait $holder || true
    holder=''
    awk '/connections in .* real seconds/ {print $1 / $4}' "$work/connects" >> "$work/rate"
done
stop
added=$(awk -v a="$(result storm 3)" -v b="$(result quiet 3)" 'BEGIN {print a - b}')
row "p99 that $(median < "$work/rate" | cut -d. -f1) TLS connects/s add" "$added ms" "$(of "$added" 20)" "" "< 20 ms"

# hold NAME [OPTION...] -- [OPTION...]: the relay's and the generator's.
hold() {
    local name=$1 relay=()
    shift
    while [ "$1" != -- ]; do relay+=("$1"); shift; done
    shift
    start "${relay[@]}"
    : > "$work/line"
    dotnet "$work/load/relayload.dll" 127.0.0.1 "$port" --idle "$idle" 600 "$@" > "$work/line" &
    holder=$!
    until grep -q '^idle' "$work/line"; do
        kill -0 $holder 2> /dev/null || exit 1
        sleep 0.2
    done
    sleep 5
    row "$name" "$(resident) MB" "$(of "$(resident)" 600)" "" "< 600 MB"
    kill $holder
    wait $holder || true
    holder=''
    stop
}
hold "resident, $idle idle connections, plain" --
hold "resident, $idle idle connections, TLS" --self-signed -- --tls

#!/bin/bash
# Measures the published binary on this machine, next to a bare Kestrel that parses and answers the same JSON in the same run,
# and prints a table. Needs wrk, curl, python3 and the .NET SDK. Takes about ten minutes. GATEHOUSE_BINARY names a binary to measure;
# BENCH_BASE another one, of an earlier commit, to measure beside it in turn ("of base" is the one through the other).
# "bench.sh relay" measures the relay in it instead; "bench.sh people" only what people do: lists, the account page, signing in;
# "bench.sh money" only selling: the shop, orders and the calls of their gateway, looking among many orders; "bench.sh relays" only
# renting: from a serial to a relay that answers, many relays in one process, maps by their link, many containers on simulated engines.
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in
    '' | people | money | relays) ;;
    relay) exec packaging/bench-relay.sh ;;
    *) echo "usage: packaging/bench.sh [people|money|relays|relay]" >&2; exit 2 ;;
esac
seconds=${BENCH_SECONDS:-6} rounds=${BENCH_ROUNDS:-5} million=${BENCH_MILLION:-1000000} people=${BENCH_PEOPLE:-100000} orders=${BENCH_ORDERS:-1000000}
relays=${BENCH_RELAYS:-500} redeems=${BENCH_REDEEMS:-200} containers=${BENCH_CONTAINERS:-500} engines=${BENCH_ENGINES:-20}
command -v wrk > /dev/null || { echo "wrk is missing. Install it: apt-get install wrk" >&2; exit 1; }
[ -n "${GATEHOUSE_BINARY:-}" ] || packaging/publish.sh
binary=$(readlink -f "${GATEHOUSE_BINARY:-out/gatehouse}")
work=$(mktemp -d)
reference=''
[ -z "${BENCH_BASE:-}" ] || reference=$(readlink -f "$BENCH_BASE")
server='' floor='' other='' simulated=''
trap 'kill $server $floor $other $simulated 2> /dev/null || true; rm -rf "$work"' EXIT
base=http://127.0.0.1:19301 floor_base=http://127.0.0.1:19302 other_base=http://127.0.0.1:19303
export GATEHOUSE__RateLimits__Enabled=false

# start [BINARY DATA URL LOG]: sets $server.
start() {
    "${1:-$binary}" serve --data "${2:-$work/data}" --urls "${3:-$base}" > "${4:-$work/serve.log}" 2>&1 &
    server=$!
    until curl -fs "${3:-$base}/health" > /dev/null 2>&1; do sleep 0.02; done
}
stop() { kill "$server"; wait "$server" || true; server=''; }
api() { curl -sf -X "$1" -H "Authorization: Bearer $token" ${3:+-H "Content-Type: application/json" -d "$3"} "$base$2"; }
median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
# row WHAT MEASURED RATIO OF-BASE GOAL
row() { printf '| %-46s | %12s | %8s | %8s | %-22s |\n' "$@"; }
of() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.3f\n", a / b}'; }
resident() { awk -v k="$1" '$1 == k ":" {printf "%d", $2 / 1024}' "/proc/$server/status"; }

# rate LUA URL [CONNECTIONS]: requests a second.
rate() {
    wrk -t2 -c"${3:-64}" -d"${seconds}s" -s "$1" "$2" > "$work/wrk" 2>&1
    if grep -q 'Non-2xx' "$work/wrk"; then cat "$work/wrk" >&2; exit 1; fi
    awk '/Requests\/sec/ {print $2}' "$work/wrk"
}
# latency LUA URL CONNECTIONS: "p95 p99 MULTIPLE": in ms, and p99 as a multiple of the mean, connections through rate.
latency() {
    wrk -t2 -c"$3" -d"${seconds}s" --timeout 30s -s "$1" "$2" |
        awk -v c="$3" '/^quantiles/ {p95 = $2; p99 = $3} /Requests\/sec/ {rate = $2} END {printf "%s %s %.2f\n", p95, p99, p99 * rate / c / 1000}'
}

quantiles='done = function(s, l) print(string.format("quantiles %.2f %.2f", l:percentile(95) / 1000, l:percentile(99) / 1000)) end'
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

# furnish BINARY DATA URL NAME: an owner, a plan, 1,000 keys and what asks for them, in files of that name; sets $token, $session.
furnish() {
    local setup form csrf
    setup=$(grep -Eo 'http[^ ]*/setup\?token=[^ ]+' "$work/serve.log" | head -n 1)
    form=$(curl -s -c "$work/jar" -b "$work/jar" "$setup")
    csrf=$(printf '%s' "$form" | sed -n 's/.*name="_csrf" value="\([^"]*\)".*/\1/p' | head -n 1)
    curl -s -o /dev/null -c "$work/jar" -b "$work/jar" --data-urlencode "_csrf=$csrf" --data-urlencode "token=${setup##*token=}" -d username=owner -d display_name=Owner \
        -d 'password=bench-password-1' -d 'password_repeat=bench-password-1' "$3/setup"
    session=$(awk '$6 == "gh-session" {print $7}' "$work/jar")
    rm "$work/jar"
    token=$("$1" token create --data "$2" --name bench --role owner)
    base=$3 api POST /api/plans '{"name":"Bench","kind":"software","duration_seconds":31536000,"price":0,"currency":"CNY","prefix":"B"}' > /dev/null
    "$1" keys generate --data "$2" --plan Bench --count 1000 --length 12 2> /dev/null > "$work/$4.active"
    ask "$work/$4.validate.lua" "$work/$4.active"
    cat > "$work/$4.list.lua" << L
request = function() return wrk.format("GET", "/admin/keys", {["Cookie"] = "gh-session=$session"}) end
$quantiles
L
}
# fresh BINARY DATA NAME: unused keys, and what activates them.
fresh() {
    "$1" keys generate --data "$2" --plan Bench --count $((seconds * 40000)) --length 12 2> /dev/null > "$work/$3.unused"
    ask "$work/$3.first.lua" "$work/$3.unused"
}

# import FROM TO [COLUMN...]: customers of these numbers, in the background where they are many.
import() {
    local id
    { printf '{"invite":"none","content":"username,email,display_name%s' "${3:+,password}"
      seq "$1" "$2" | awk -v password="${3:-}" '{printf "\\nperson%d,person%d@example.com,Person %d%s", $1, $1, $1, password == "" ? "" : "," password}'
      printf '"}'; } > "$work/import.json"
    id=$(api POST /api/users/import "@$work/import.json" | sed -n 's/.*"operation":"\([^"]*\)".*/\1/p')
    while [ -n "$id" ] && ! api GET "/api/operations/$id" | grep -q '"state":"succeeded"'; do sleep 0.5; done
}
# meet: what people do, on a server of their own.
meet() {
    local access csrf usual beside storm from signers=20
    start "$binary" "$work/people"
    furnish "$binary" "$work/people" "$base" people
    import 1 "$signers" bench-password-1
    echo "filling up to $people people ..." >&2
    for from in $(seq $((signers + 1)) 10000 "$people"); do import "$from" "$((from + 9999 < people ? from + 9999 : people))"; done
    login() { printf '{"login":"person%d@example.com","password":"bench-password-1"}' "$1"; }
    access=$(curl -s -H 'Content-Type: application/json' -d "$(login 1)" "$base/api/user/login" | sed -n 's/.*"access_token":"ghu_\([^"]*\)".*/\1/p')
    # Something of everything that the page shows.
    api POST /api/users/person1/points '{"amount":100,"reason":"Bench"}' > /dev/null
    api POST /api/announcements '{"title_en":"Bench","text_en":"Bench","audience":"everyone"}' > /dev/null
    curl -sf -o /dev/null -H "Authorization: Bearer ghu_$access" -H 'Content-Type: application/json' -d '{"subject":"Bench","text":"Bench"}' "$base/api/tickets"
    csrf=$(curl -s -c "$work/jar" -b "gh-session=$access" "$base/account/keys" | sed -n 's/.*name="_csrf" value="\([^"]*\)".*/\1/p' | head -n 1)
    for key in $(head -n 5 "$work/people.active"); do
        curl -s -o /dev/null -b "gh-session=$access" --data-urlencode "_csrf=$csrf" -d "key=$key" "$base/account/keys"
    done
    [ "$(curl -s -b "gh-session=$access" "$base/account" | grep -c "person1\|Person 1")" -gt 0 ] || { echo "no account page" >&2; exit 1; }
    # page FILE COOKIE PATH-IN-LUA
    page() { printf 'local n = 0\nrequest = function() n = n + 1 return wrk.format("GET", %s, {["Cookie"] = "gh-session=%s"}) end\n%s\n' "$3" "$2" "$quantiles" > "$work/$1.lua"; }
    page account "$access" '"/account"'
    page list "$session" '"/admin/users"'
    page find "$session" "'/admin/users?q=' .. ('person' .. n * 7919 % $people):sub(1, 1 + n % 12)"
    for what in account:20 list:30 find:30; do
        seconds=1 rate "$work/${what%:*}.lua" "$base" 2 > /dev/null
        for _ in $(seq "$rounds"); do latency "$work/${what%:*}.lua" "$base" 2; done | cut -d' ' -f1 | median > "$work/${what%:*}.p95"
    done
    row "account page p95" "$(cat "$work/account.p95") ms" "" "" "< 20 ms"
    row "list of people p95, $people people" "$(cat "$work/list.p95") ms" "" "" "< 30 ms"
    row "search of people p95 (1 to 12 letters)" "$(cat "$work/find.p95") ms" "" "" "< 30 ms"

    # 200 sign in at once, and when they have their answers again; beside them programs that validate, as many a second as that is.
    { cat "$work/people.validate.lua"; echo 'delay = function() return math.random(0, 40) end'; } > "$work/paced.lua"
    : > "$work/usual"; : > "$work/beside"; : > "$work/ratios"; : > "$work/told"
    echo 5 > "/proc/$server/clear_refs"
    for _ in $(seq "$rounds"); do
        read -r _ usual _ <<< "$(latency "$work/paced.lua" "$base/api/validate" 16)"
        python3 -I -S packaging/bench-sign-ins.py "${base##*:}" "$signers" "$work/stormed" >> "$work/told" &
        storm=$!
        sleep 0.5
        read -r _ beside _ <<< "$(latency "$work/paced.lua" "$base/api/validate" 16)"
        touch "$work/stormed"
        wait "$storm"
        rm "$work/stormed"
        echo "$usual" >> "$work/usual"; echo "$beside" >> "$work/beside"; of "$beside" "$usual" >> "$work/ratios"
    done
    row "validate p99 at some 750/s" "$(median < "$work/usual") ms" "" "" ""
    row "the same while 200 sign in at once" "$(median < "$work/beside") ms" "" "" ""
    row "the one of the other" "$(median < "$work/ratios")" "" "" "< 2"
    row "sign-ins meanwhile" "$(median < "$work/told")/s" "" "" ""
    row "resident at most meanwhile" "$(resident VmHWM) MB" "" "" "< 350 MB"
    stop
}
# sell: the shop, on a server of its own.
sell() {
    local plan channel access f r n
    start "$binary" "$work/money"
    furnish "$binary" "$work/money" "$base" money
    id() { sed -n "s/.*\"$1\":{\"id\":\"\([^\"]*\)\".*/\1/p"; }
    for n in $(seq 12); do
        plan=$(api POST /api/plans '{"name":"VIP '"$n"'","price":1250,"currency":"CNY","on_sale":true,"description_en":"What **it** is good for."}' | id plan)
    done
    channel=$(api POST /api/payment-channels '{"kind":"epay_v1","name":"Till","settings":{"url":"https://pay.example.com","pid":"1001","key":"bench-key"}}' | id channel)
    import 1 1 bench-password-1
    access=$(curl -s -H 'Content-Type: application/json' -d '{"login":"person1@example.com","password":"bench-password-1"}' "$base/api/user/login" | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')
    printf 'request = function() return wrk.format("GET", "/shop") end\n%s\n' "$quantiles" > "$work/shop.lua"
    # Orders something, and when that is answered tells of its payment as the gateway would: half of all requests are the one, half the other.
    cat packaging/bench-md5.lua - > "$work/buy.lua" << L
local paid = {}
request = function()
  local notify = table.remove(paid)
  if notify then return wrk.format("GET", notify) end
  return wrk.format("POST", "/api/shop/orders", {["Content-Type"] = "application/json", ["Authorization"] = "Bearer $access"}, '{"plan":"$plan","channel":"$channel"}')
end
response = function(status, headers, body)
  local trade, money = body:match("out_trade_no=([%w]+)"), body:match("money=([%d.]+)")
  if trade then
    local said = "money=" .. money .. "&name=VIP&out_trade_no=" .. trade .. "&pid=1001&trade_no=T" .. trade .. "&trade_status=TRADE_SUCCESS&type=alipay"
    paid[#paid + 1] = "/pay/epay/$channel/notify?" .. said .. "&sign_type=MD5&sign=" .. md5(said .. "bench-key")
  elseif body ~= "success" then print("unexpected: " .. status .. " " .. body:sub(1, 200)) end
end
L
    rate "$work/shop.lua" "$base" > /dev/null
    : > "$work/rates"; : > "$work/ratios"; : > "$work/sold"
    for _ in $(seq "$rounds"); do
        f=$(rate "$work/money.validate.lua" "$floor_base/api/validate")
        r=$(rate "$work/shop.lua" "$base")
        echo "$r" >> "$work/rates"
        of "$r" "$f" >> "$work/ratios"
        rate "$work/buy.lua" "$base" >> "$work/sold"
        if grep unexpected "$work/wrk" >&2; then exit 1; fi
    done
    row "the shop, 12 plans" "$(median < "$work/rates" | cut -d. -f1)/s" "$(median < "$work/ratios")" "" ">= 0.10"
    row "orders made, and paid and delivered, durable" "$(median < "$work/sold" | cut -d. -f1)/s" "" "" ">= 1500/s"
    stop
    "$binary" db check --data "$work/money" > "$work/log" || { cat "$work/log" >&2; exit 1; }
    echo "filling up to $orders orders ..." >&2
    python3 packaging/bench-orders.py "$work/money/gatehouse.db" "$orders" "$plan" "$channel" > "$work/numbers"
    start "$binary" "$work/money"
    # The days that are over are summed up at night.
    api POST /api/jobs/sales.close/run > /dev/null
    sleep "$((orders / 50000))"
    cat > "$work/orders.lua" << L
local numbers, n = {}, 0
for l in io.lines("$work/numbers") do numbers[#numbers + 1] = l end
request = function() n = n + 1 return wrk.format("GET", "/api/orders?q=" .. numbers[n * 7919 % #numbers + 1], {["Authorization"] = "Bearer $token"}) end
$quantiles
L
    printf 'request = function() return wrk.format("GET", "/api/finance/statistics", {["Authorization"] = "Bearer %s"}) end\n%s\n' "$token" "$quantiles" > "$work/month.lua"
    for n in orders:20:"an order by any number" month:200:"statistics of a month"; do
        seconds=1 rate "$work/${n%%:*}.lua" "$base" 2 > /dev/null
        for _ in $(seq "$rounds"); do latency "$work/${n%%:*}.lua" "$base" 2; done | cut -d' ' -f1 | median > "$work/p95"
        row "${n##*:} p95, $orders orders" "$(cat "$work/p95") ms" "" "" "< $(echo "$n" | cut -d: -f2) ms"
    done
    stop
}
# rent: relays of this process, on a server of its own.
rent() {
    local plan id port link begun f r n signers=20
    dotnet publish App.Tests/Bench/RelayLoad -c Release -r linux-x64 --self-contained false --nologo -v q -o "$work/load" > "$work/log" || { cat "$work/log" >&2; exit 1; }
    rentals() { python3 -I packaging/bench-rentals.py "$@"; }
    # load NAME: packets a second through the one relay, a line a round.
    load() { for _ in $(seq "$rounds"); do dotnet "$work/load/relayload.dll" 127.0.0.1 "$port" 8 1200 "$seconds" 24 --tls --seed bench | awk '{print $7}'; done > "$work/$1"; }
    start "$binary" "$work/relays"
    furnish "$binary" "$work/relays" "$base" relays
    import 1 "$signers" bench-password-1
    plan=$(rentals open "$base" "$token")
    dotnet "$work/load/relayload.dll" keys 16 --seed bench > "$work/keys"
    read -r id port link <<< "$(rentals rent "$base" "$token" "$plan" "$work/keys")"
    dotnet "$work/load/relayload.dll" 127.0.0.1 "$port" 8 1200 2 24 --tls --seed bench > /dev/null
    load one
    rentals redeem "$base" "$token" "$plan" "$signers" "$redeems" > "$work/redeemed"
    row "serial to relay that answers, p50" "$(cut -d' ' -f1 "$work/redeemed") ms" "" "" ""
    row "serial to relay that answers, p95" "$(cut -d' ' -f2 "$work/redeemed") ms" "" "" "< 1000 ms"
    echo "renting out up to $relays relays ..." >&2
    rentals fill "$base" "$token" "$plan" "$signers" "$relays" > "$work/ports"
    stop
    begun=$(date +%s.%N)
    start "$binary" "$work/relays"
    rentals ready "$begun" "$work/ports" > "$work/ready"
    n=$(wc -w < "$work/ports")
    row "$n relays ready after a start" "$(cat "$work/ready") s" "" "" "< 5 s"
    sleep 5
    row "resident with $n relays" "$(resident VmRSS) MB" "" "" "< 250 MB"
    dotnet "$work/load/relayload.dll" 127.0.0.1 "$port" 8 1200 2 24 --tls --seed bench > /dev/null
    load many
    row "one relay alone, 1,200 B, 8 pairs, TLS" "$(median < "$work/one")/s" "" "" ""
    row "the same among $n" "$(median < "$work/many")/s" "$(of "$(median < "$work/many")" "$(median < "$work/one")")" "" ">= 0.9 of alone"
    # A map by its link, beside the floor.
    printf 'request = function() return wrk.format("GET", "%s") end\n%s\n' "/${link#*://*/}" "$quantiles" > "$work/sub.lua"
    : > "$work/rates"; : > "$work/ratios"
    seconds=1 rate "$work/sub.lua" "$base" > /dev/null
    for _ in $(seq "$rounds"); do
        f=$(rate "$work/relays.validate.lua" "$floor_base/api/validate")
        r=$(rate "$work/sub.lua" "$base")
        echo "$r" >> "$work/rates"; of "$r" "$f" >> "$work/ratios"
    done
    row "map by its link" "$(median < "$work/rates" | cut -d. -f1)/s" "$(median < "$work/ratios")" "" ">= 0.4"
    stop
}
# contain: relays in containers, on a server of its own; the engines are simulated, the links of the containers real.
contain() {
    local plan begun before period=60
    rentals() { python3 -I packaging/bench-rentals.py "$@"; }
    busy() { awk '{sub(/.*\) /, ""); print $12 + $13}' "/proc/$server/stat"; }
    mkdir "$work/engines"
    python3 -I packaging/tools/engines.py "$work/engines" "$engines" "$binary" > "$work/engines.log" 2>&1 &
    simulated=$!
    until [ -e "$work/engines/state" ]; do sleep 0.1; done
    start "$binary" "$work/contained"
    furnish "$binary" "$work/contained" "$base" contained
    import 1 20
    echo "renting out $containers containers on $engines engines ..." >&2
    plan=$(rentals engines "$base" "$token" "$work/engines" "$engines" "$containers")
    rentals place "$base" "$token" "$plan" 20 "$containers"
    rentals linked 0 "$work/engines" "$containers" > /dev/null
    # The engines are as new, without even the image.
    stop
    kill -USR1 "$simulated"
    begun=$(date +%s.%N)
    start "$binary" "$work/contained"
    rentals linked "$begun" "$work/engines" "$containers" > "$work/linked"
    row "$containers containers on $engines engines, from nothing" "$(cat "$work/linked") s" "" "" "< 120 s"
    # Twice their period, once they have settled: sampling, and all else that looks after them.
    sleep 30
    before=$(busy)
    sleep $((2 * period))
    row "a core's share of sampling them each $period s" "$(awk -v a="$before" -v b="$(busy)" -v s=$((2 * period)) -v hz="$(getconf CLK_TCK)" 'BEGIN {printf "%.1f", (b - a) * 100 / hz / s}') %" "" "" "< 20 %"
    row "resident with $containers containers" "$(resident VmRSS) MB" "" "" ""
    stop
    kill "$simulated"
    wait "$simulated" 2> /dev/null || true
    simulated=''
}
heading() {
    echo "$(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(uname -sr), $("$binary" version | tr '\n' ' ')"
    echo
    row "what" "measured" "of floor" "of base" "goal"
    row "---" "---:" "---:" "---:" "---"
}
if [ "${1:-}" = people ]; then
    heading
    meet
    exit
fi

floor() {
    dotnet publish App.Tests/Bench/Floor -c Release -r linux-x64 --self-contained --nologo -v q -o "$work/floor" \
        -p:PublishSingleFile=true -p:PublishTrimmed=true -p:PublishReadyToRun=true > "$work/log"
    ASPNETCORE_URLS=$floor_base "$work/floor/floor" > /dev/null 2>&1 &
    floor=$!
}
if [ "${1:-}" = money ]; then
    floor
    heading
    sell
    exit
fi
if [ "${1:-}" = relays ]; then
    floor
    heading
    rent
    contain
    exit
fi
floor
if [ -n "$reference" ]; then
    start "$reference" "$work/other" "$other_base"
    other=$server
    furnish "$reference" "$work/other" "$other_base" other
    seconds=3 rate "$work/other.validate.lua" "$other_base/api/validate" > /dev/null
fi
start
furnish "$binary" "$work/data" "$base" own
seconds=3 rate "$work/own.validate.lua" "$base/api/validate" > /dev/null

heading

# pair NAME GOAL SCRIPT PATH: medians of the rates and of their ratios to the floor's and the base's, measured in turn.
pair() {
    local f r o
    : > "$work/rates"; : > "$work/ratios"; : > "$work/others"
    for _ in $(seq "$rounds"); do
        f=$(rate "$work/own.validate.lua" "$floor_base/api/validate")
        [ "$3" != first ] || fresh "$binary" "$work/data" own
        r=$(rate "$work/own.$3.lua" "$base$4")
        echo "$r" >> "$work/rates"
        of "$r" "$f" >> "$work/ratios"
        [ -n "$reference" ] || continue
        [ "$3" != first ] || fresh "$reference" "$work/other" other
        o=$(rate "$work/other.$3.lua" "$other_base$4")
        of "$r" "$o" >> "$work/others"
    done
    row "$1" "$(median < "$work/rates" | cut -d. -f1)/s" "$(median < "$work/ratios")" "$(median < "$work/others")" "$2, >= 0.95 of base"
}

seconds=4 rate "$work/own.validate.lua" "$floor_base/api/validate" > /dev/null
seconds=4 rate "$work/own.validate.lua" "$base/api/validate" > /dev/null
pair "validate an active key" ">= 0.45" validate /api/validate
small=$(median < "$work/rates")
pair "first activations, durable" ">= 0.30" first /api/validate
pair "GET /admin/keys, 50 rows, signed in" ">= 0.05" list /admin/keys
if [ -n "$other" ]; then
    kill "$other"
    wait "$other" || true
    other=''
fi

read -r _ p99 multiple <<< "$(latency "$work/own.validate.lua" "$base/api/validate" 64)"
row "validate p99, 64 connections" "$p99 ms" "" "" "< 10 ms"
row "the same, of the mean" "$multiple" "" "" "< 3"
read -r _ p99 multiple <<< "$(latency "$work/own.validate.lua" "$base/api/validate" 1000)"
row "validate p99, 1000 connections" "$p99 ms" "" "" "< 100 ms"
row "the same, of the mean" "$multiple" "" "" "< 3"

for _ in 1 2 3 4 5; do
    curl -s -o /dev/null -w '%{time_total}\n' -X POST -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d '{"plan":"Bench","count":10000}' "$base/api/keys/generate"
done | median > "$work/generated"
row "10,000 keys generated over REST" "$(cat "$work/generated") s" "" "" "< 1 s"

echo "filling up to $million keys ..." >&2
"$binary" keys generate --data "$work/data" --plan Bench --count "$million" --length 14 > /dev/null 2>&1
seconds=4 rate "$work/own.validate.lua" "$base/api/validate" > /dev/null
for _ in $(seq "$rounds"); do rate "$work/own.validate.lua" "$base/api/validate"; done > "$work/rates"
row "validate among $million keys, of its rate above" "$(median < "$work/rates" | cut -d. -f1)/s" \
    "$(of "$(median < "$work/rates")" "$small")" "" ">= 0.9"
# The first after a pause counts the keys, which wrk would spread over all that it meant to send meanwhile.
seconds=1 rate "$work/own.list.lua" "$base/admin/keys" 2 > /dev/null
read -r p95 _ _ <<< "$(latency "$work/own.list.lua" "$base/admin/keys" 2)"
row "keys list p95, $million keys" "$p95 ms" "" "" "< 30 ms"
cat > "$work/search.lua" << L
local keys, n = {}, 0
for k in io.lines("$work/own.active") do keys[#keys + 1] = k end
request = function()
  n = n + 1
  local k = keys[n % #keys + 1]
  return wrk.format("GET", "/admin/keys?q=" .. k:sub(1, n % #k + 1), {["Cookie"] = "gh-session=$session"})
end
$quantiles
L
read -r p95 _ _ <<< "$(latency "$work/search.lua" "$base/admin/keys" 2)"
row "keys search p95 (1 to 14 letters), $million keys" "$p95 ms" "" "" "< 30 ms"
stop
start
echo 5 > "/proc/$server/clear_refs"
curl -s -H "Authorization: Bearer $token" "$base/api/keys/export?format=csv" | wc -l > "$work/lines"
row "export of $(cat "$work/lines") lines, resident at most" "$(resident VmHWM) MB" "" "" "< 150 MB"
stop
rm -rf "$work/data"
meet
sell

# ready BINARY DATA: ms from the start over a new data folder to the first answer.
ready() {
    local begin
    rm -rf "$2"
    begin=$(date +%s%N)
    "$1" serve --data "$2" --urls "$base" > /dev/null 2>&1 &
    server=$!
    until curl -fs "$base/health" > /dev/null 2>&1; do :; done
    echo $((($(date +%s%N) - begin) / 1000000))
    stop
}
# idle BINARY DATA: MB that are resident 10 seconds after a start.
idle() {
    start "$1" "$2"
    sleep 10
    resident VmRSS
    stop
}
: > "$work/starts"; : > "$work/others"
for _ in $(seq 11); do
    r=$(ready "$binary" "$work/ready")
    echo "$r" >> "$work/starts"
    [ -n "$reference" ] || continue
    of "$r" "$(ready "$reference" "$work/other")" >> "$work/others"
done
row "ready, from start to first answer" "$(median < "$work/starts") ms" "" "$(median < "$work/others")" "< 250 ms, <= 0.45 of base"
r=$(idle "$binary" "$work/ready")
row "idle, resident" "$r MB" "" "$([ -z "$reference" ] || of "$r" "$(idle "$reference" "$work/other")")" "<= 48 MB"
size() { stat -c %s "$1"; }
row "the binary" "$(($(size "$binary") / 1048576)) MB" "" "$([ -z "$reference" ] || of "$(size "$binary")" "$(size "$reference")")" "<= 48 MB"

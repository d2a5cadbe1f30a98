#!/bin/sh
# Drives the published binary through its main job from outside, on SQLite and on PostgreSQL. Prints "ok ..." or "not ok ..."
# a step. GATEHOUSE_BINARY names a binary that is published already.
set -u
cd "$(dirname "$0")/.."
[ -n "${GATEHOUSE_BINARY:-}" ] || packaging/publish.sh || exit 1
binary=$(readlink -f "${GATEHOUSE_BINARY:-out/gatehouse}")
work=$(mktemp -d)
chmod 711 "$work"
server='' postgres='' failed=0

finish() {
    [ -z "$server" ] || kill -9 "$server" 2> /dev/null
    [ -z "$postgres" ] || as_postgres "$postgres_bin/pg_ctl" -D "$work/postgres/data" -m immediate stop > /dev/null 2>&1
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

ok() { echo "ok $engine: $1"; }
not_ok() { echo "not ok $engine: $1"; failed=$((failed + 1)); [ -z "${2:-}" ] || printf '    %s\n' "$2"; }
# check NAME TEXT PATTERN: the text must match.
check() { if printf '%s' "$2" | grep -Eq -- "$3"; then ok "$1"; else not_ok "$1" "expected $3 in: $(printf '%s' "$2" | head -c 400)"; fi; }
# text NAME JSON: a text member's value.
text() { printf '%s' "$2" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }

as_postgres() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }

start_postgres() {
    postgres_bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    mkdir -m 700 "$work/postgres"
    [ "$(id -u)" != 0 ] || chown postgres: "$work/postgres"
    as_postgres "$postgres_bin/initdb" -D "$work/postgres/data" -U gatehouse --auth=trust --encoding=UTF8 --locale=C.UTF-8 > "$work/initdb.log" 2>&1 ||
        { cat "$work/initdb.log"; return 1; }
    # Below the ports that the system hands out by itself.
    pg_port=$((20000 + $$ % 10000)) tries=0
    until as_postgres "$postgres_bin/pg_ctl" -D "$work/postgres/data" -l "$work/postgres/log" -w \
        -o "-p $pg_port -c listen_addresses=127.0.0.1 -c unix_socket_directories=" start > /dev/null; do
        tries=$((tries + 1)) pg_port=$((20000 + (pg_port + 1009) % 10000))
        [ $tries -lt 5 ] || { cat "$work/postgres/log"; return 1; }
    done
    postgres=running
    as_postgres "$postgres_bin/createdb" -h 127.0.0.1 -p "$pg_port" -U gatehouse gatehouse
    as_postgres "$postgres_bin/createdb" -h 127.0.0.1 -p "$pg_port" -U gatehouse copied
}

start() {
    "$binary" serve --data "$data" --urls http://127.0.0.1:0 > "$work/log" 2>&1 &
    server=$!
    tries=0
    until base=$(sed -n 's/^Gatehouse .* is ready at //p' "$work/log"); [ -n "$base" ] && curl -fs "$base/health" > /dev/null 2>&1; do
        tries=$((tries + 1))
        if [ $tries -gt 100 ] || ! kill -0 "$server" 2> /dev/null; then not_ok "starts" "$(cat "$work/log")"; exit 1; fi
        sleep 0.1
    done
}

stop() { # stop SIGNAL
    kill "-$1" "$server"
    wait "$server"
    code=$?
    server=''
}

api() { # api METHOD PATH [BODY]
    if [ $# -gt 2 ]; then set -- "$1" "$2" -H 'Content-Type: application/json' -d "$3"; fi
    method=$1 path=$2
    shift 2
    curl -s -X "$method" -H "Authorization: Bearer $token" "$@" "$base$path"
}

page() { curl -s -b "$work/jar" -c "$work/jar" "$@"; }
csrf() { printf '%s' "$1" | sed -n 's/.*name="_csrf" value="\([^"]*\)".*/\1/p' | head -n 1; }

# verify NAME TEXT BASE64: by OpenSSL, with the server's public key.
verify() {
    printf '%s' "$2" > "$work/signed"
    printf '%s' "$3" | openssl base64 -d -A > "$work/signature"
    { printf '302a300506032b6570032100'; text public_key "$public_key"; } | tr -d '\n' | sed 's/../\\x&/g' | xargs -0 printf '%b' > "$work/key.der"
    if openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin -in "$work/signed" -sigfile "$work/signature" > /dev/null 2>&1; then ok "$1"; else not_ok "$1"; fi
}

drive() { # drive ENGINE
    engine=$1
    data=$work/$engine
    start
    ok "starts in an empty folder"

    link=$(grep -Eo 'http[^ ]*/setup\?token=[^ ]+' "$work/log" | head -n 1)
    check "prints the setup link" "$link" '/setup\?token='
    form=$(page "$link")
    setup_token=${link##*token=}
    password="smoke $(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')"
    landed=$(page -L -o /dev/null -w '%{url_effective}' --data-urlencode "_csrf=$(csrf "$form")" --data-urlencode "token=$setup_token" \
        --data-urlencode 'username=owner' --data-urlencode 'display_name=Owner' --data-urlencode "password=$password" --data-urlencode "password_repeat=$password" "$base/setup")
    check "the setup link makes the owner and signs in" "$landed" '/admin'
    check "the setup link works once" "$(page -o /dev/null -w '%{http_code}' "$link")" '^4'
    check "the dashboard shows" "$(page "$base/admin")" 'Owner'

    token=$("$binary" token create --data "$data" --name smoke --role admin)
    plan=$(api POST /api/plans '{"name":"Smoke 30 days","kind":"software","duration_seconds":2592000,"price":990,"currency":"CNY","prefix":"SMOKE","entitlements":{"pro":true}}')
    check "makes a plan" "$plan" '"success":true'
    made=$(api POST /api/keys/generate '{"plan":"Smoke 30 days","count":100,"note":"smoke"}')
    check "generates 100 keys" "$made" '"count":100'
    key=$(printf '%s' "$made" | sed 's/.*"keys":\["\([^"]*\)".*/\1/')

    curl -s -D "$work/headers" -H 'Content-Type: application/json' -d "{\"code\":\" $(echo "$key" | tr A-Z a-z) \",\"machine_code\":\"smoke-machine\"}" -o "$work/body" "$base/api/validate"
    answer=$(cat "$work/body")
    check "activates at the first validation" "$answer" '"valid":true,"code":"VALID".*"first_activation":true'
    public_key=$(api GET /api/public-key)
    header() { sed -n "s/^$1: *//Ip" "$work/headers" | tr -d '\r'; }
    digest="sha-256=$(openssl dgst -sha256 -binary "$work/body" | openssl base64 -A)"
    check "the digest is the body's" "$(header Digest)" "^$(printf '%s' "$digest" | sed 's/[+]/[+]/g')\$"
    verify "OpenSSL verifies the answer's signature" "(request-target): post /api/validate
host: ${base#http://}
date: $(header Date)
digest: $digest" "$(header Keygen-Signature | sed 's/.*signature="\([^"]*\)".*/\1/')"
    file=$(text certificate "$answer" | sed 's/\\n/\n/g' | grep -v -- ----- | openssl base64 -d -A)
    verify "OpenSSL verifies the licence file" "license/$(text enc "$file")" "$(text sig "$file")"
    check "another machine is turned away" "$(curl -s -H 'Content-Type: application/json' -d "{\"code\":\"$key\",\"machine_code\":\"other\"}" "$base/api/validate")" '"valid":false,"code":"MACHINE_MISMATCH"'

    second=$(printf '%s' "$made" | sed 's/.*"keys":\["[^"]*","\([^"]*\)".*/\1/')
    form=$(page "$base/activate")
    check "a customer activates in the browser" "$(page -L --data-urlencode "_csrf=$(csrf "$form")" --data-urlencode "key=$second" --data-urlencode 'machine=browser-machine' "$base/activate")" 'Smoke 30 days'
    check "the browser's activation holds" "$(curl -s "$base/api/status/$second")" '"status":"active"'

    check "makes a plan of 3 seconds" "$(api POST /api/plans '{"name":"Smoke 3 s","kind":"software","duration_seconds":3,"price":0,"currency":"CNY"}')" '"duration_seconds":3'
    short=$(api POST /api/keys/generate '{"plan":"Smoke 3 s","prefix":"S3","count":1}' | sed 's/.*"keys":\["\([^"]*\)".*/\1/')
    ask="{\"code\":\"$short\",\"machine_code\":\"m\"}"
    check "a 3-second key is valid" "$(curl -s -H 'Content-Type: application/json' -d "$ask" "$base/api/validate")" '"code":"VALID"'
    sleep 3.2
    check "and expired when they are over" "$(curl -s -H 'Content-Type: application/json' -d "$ask" "$base/api/validate")" '"code":"EXPIRED"'

    check "exports the unused keys" "$(api GET '/api/keys/export?status=unused&prefix=SMOKE&format=txt' | grep -c '^SMOKE-')" '^98$'
    stop TERM
    check "stops cleanly" "$code" '^0$'
    start
    check "all is there after a restart" "$(curl -s -H 'Content-Type: application/json' -d "{\"code\":\"$key\",\"machine_code\":\"smoke-machine\"}" "$base/api/validate")" '"code":"VALID".*"first_activation":false'
    third=$(printf '%s' "$made" | sed 's/.*"keys":\["[^"]*","[^"]*","\([^"]*\)".*/\1/')
    curl -s -o /dev/null -H 'Content-Type: application/json' -d "{\"code\":\"$third\",\"machine_code\":\"killed\"}" "$base/api/validate"
    stop KILL
    start
    check "an activation outlives kill -9" "$(curl -s "$base/api/status/$third")" '"status":"active"'
    if "$binary" db check --data "$data" > "$work/check" 2>&1; then ok "the database checks out"; else not_ok "the database checks out" "$(cat "$work/check")"; fi
    stop TERM
}

# What is given away must be whole: install.sh refuses to run beside a binary whose checksum differs.
engine=release
archive=$(find "$(dirname "$binary")" -maxdepth 1 -name 'gatehouse-*-linux-x64.tar.gz' | head -n 1)
if [ -n "$archive" ] && tar -C "$work" -xzf "$archive" && (cd "$work"/gatehouse-*-linux-x64 && sha256sum --check --quiet SHA256SUMS && cmp -s gatehouse "$binary"); then
    ok "the tarball holds the binary, and its checksums"
else
    not_ok "the tarball holds the binary, and its checksums"
fi
folder=$(find "$work" -maxdepth 1 -name 'gatehouse-*-linux-x64' | head -n 1)
if [ -n "$folder" ] && grep -q 'Apache License' "$folder/LICENSE" && grep -q '^Npgsql ' "$folder/THIRD-PARTY-NOTICES.txt" && grep -q '^libsodium ' "$folder/THIRD-PARTY-NOTICES.txt" &&
    [ -s "$folder/CHANGELOG.md" ] && [ -s "$folder/README.md" ] && [ -s "$folder/README.zh-CN.md" ]; then
    ok "and the licence, notices, changes and README in both languages"
else
    not_ok "and the licence, notices, changes and README in both languages"
fi

# A relay with TLS, as its devices see it: nobody is let in until the list says so, and a stop keeps its identity.
relay() {
    "$binary" relay --listen 127.0.0.1:0 --stun 127.0.0.1:0 --hostname 127.0.0.1 --self-signed --data "$work/relay" --allow "$work/allow" \
        --control "$work/control" --control-token-file "$work/token" > "$work/relay.log" 2>&1 &
    server=$!
    tries=0
    until grep -q '^Control: ' "$work/relay.log"; do
        tries=$((tries + 1))
        if [ $tries -gt 100 ] || ! kill -0 "$server" 2> /dev/null; then not_ok "starts" "$(cat "$work/relay.log")"; exit 1; fi
        sleep 0.1
    done
    port=$(sed -n 's/.* is ready at https:.*://p' "$work/relay.log")
    stun=$(sed -n 's/^STUN: udp .*://p' "$work/relay.log")
    name=$(sed -n 's/^CertName: //p' "$work/relay.log")
}
probe() { "$binary" relay probe --target "127.0.0.1:$port" --stun-port "$stun" --cert-name "$name" 2>&1; }
engine=relay
echo '# nobody yet' > "$work/allow"
printf 'smoke-control-token' > "$work/token"
relay
check "lets nobody in that is not on its list" "$(probe)" 'handshake +failed'
echo '*' > "$work/allow"
sleep 2
if probe > "$work/probe"; then ok "TLS, certificate, STUN, handshake, ping and packets work"; else not_ok "TLS, certificate, STUN, handshake, ping and packets work" "$(cat "$work/probe")"; fi
state() { curl -s --unix-socket "$work/control" -H 'Authorization: Bearer smoke-control-token' http://relay/control/v1/state; }
check "tells what it counted" "$(state)" '"packets_out":1,'
check "tells nothing without the token" "$(curl -s --unix-socket "$work/control" http://relay/control/v1/state)" 'UNAUTHORIZED'
was="$(sed -n 's/^Key: //p' "$work/relay.log") $name"
stop TERM
[ "$code" = 0 ] && ok "ends when told" || not_ok "ends when told" "exit code $code: $(cat "$work/relay.log")"
relay
check "keeps its key and certificate" "$(sed -n 's/^Key: //p' "$work/relay.log") $name" "^$was\$"
stop TERM

drive sqlite
start_postgres || { engine=postgresql; not_ok "PostgreSQL starts"; exit 1; }
engine=sqlite
if "$binary" db copy --data "$work/sqlite" --to "Host=127.0.0.1;Port=$pg_port;Username=gatehouse;Database=copied" > "$work/copy" 2>&1; then ok "moves to PostgreSQL"; else not_ok "moves to PostgreSQL" "$(cat "$work/copy")"; fi
export GATEHOUSE__Storage__Postgres="Host=127.0.0.1;Port=$pg_port;Username=gatehouse;Database=gatehouse"
drive postgresql
[ $failed = 0 ]

#!/usr/bin/env bash
# Makes a golden database of each engine with a published binary, for GoldenTests: a shop as serve --demo makes it, and beside it
# what only staff and visitors make. Run it with the binary of a release before the schema moves on; what was made once is kept.
# usage: make.sh BINARY FOLDER POSTGRES   (POSTGRES: the connection string of an empty database; PGHOST ... for pg_dump)
set -euo pipefail
binary=$(realpath "$1") postgres=$3
mkdir -p "$2"
out=$(realpath "$2") work=$(mktemp -d)
trap 'kill "${server:-}" 2> /dev/null || true; rm -rf "$work"' EXIT
password='a golden password'
port=19473
url=http://127.0.0.1:$port

start() { # start FOLDER ARGUMENT...
    local folder=$1
    shift
    "$binary" serve --data "$folder" --urls "$url" "$@" > "$work/log" 2>&1 &
    server=$!
    until grep -q '; data in ' "$work/log"; do kill -0 $server; sleep 0.1; done
}

stop() { kill "$server"; wait "$server" || true; }

call() { # call METHOD PATH [JSON [HEADER]]
    curl -sS --fail-with-body -X "$1" "$url$2" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' ${4:+-H "$4"} ${3:+-d "$3"}
    echo
}

ask() { # ask KEY MACHINE
    curl -sS "$url/api/validate" -H 'Content-Type: application/json' -d "{\"code\":\"$1\",\"machine_code\":\"$2\"}"
    echo
}

sign_in() { # sign_in PASSWORD
    local page
    page=$(curl -sS -c "$work/jar" -b "$work/jar" "$url/sign-in")
    page=${page#*name=\"_csrf\" value=\"}
    curl -sS -o "$work/answer" -w 'sign-in: %{http_code}\n' -c "$work/jar" -b "$work/jar" "$url/sign-in" \
        --data-urlencode "_csrf=${page%%\"*}" --data-urlencode username=mia --data-urlencode "password=$1"
}

fill() { # fill FOLDER
    start "$1" --demo
    printf '%s\n' "$password" | "$binary" admin create --data "$1" --username mia --name 'Mia Öz 米娅' --role owner --password-stdin
    "$binary" admin create --data "$1" --username li --role operator --one-time
    token=$("$binary" token create --data "$1" --name golden --role owner)
    "$binary" token create --data "$1" --name report --role analyst --scopes 'keys.read statistics.read' --expires 900d
    call POST /api/staff '{"username":"bo","role":"analyst"}' 'Idempotency-Key: golden-staff'
    spare=$(call POST /api/tokens '{"name":"spare","role":"operator"}' | sed 's/.*"id":"\([^"]*\)".*/\1/')
    call DELETE "/api/tokens/$spare"
    call PATCH /api/settings '{"site_name":"钥匙店","expiring_soon_days":3}'
    call PATCH /api/jobs/storage.tidy '{"cron":"0 */20 * * * ?"}'
    call POST /api/jobs/storage.tidy/run
    call POST /api/plans '{"name":"Golden","product":"Æther","prefix":"GOLD","duration_seconds":null,"machine_limit":3,"notes":"Zeile eins\n第二行 \"☃\" \\ \t'"''"'"}'
    call POST /api/keys/generate '{"plan":"Golden","count":12,"note":"O'"'"'Hara; 50% \"off\", next"}' 'Idempotency-Key: golden-keys'
    call POST /api/keys/import '{"plan":"Golden","content":"key,note\nGOLD-BOUND23456,kept\nGOLD-HELD234567,\nGOLD-GONE234567,","format":"csv","note":"old shop"}'
    ask GOLD-BOUND23456 golden-machine
    ask GOLD-BOUND23456 golden-machine-2
    ask GOLD-HELD234567 golden-machine
    ask GOLD-GONE234567 golden-machine
    call PATCH /api/keys/GOLD-HELD234567 '{"action":"suspend","reason":"Chargeback"}'
    call POST /api/keys/bulk '{"action":"revoke","keys":["GOLD-GONE234567"],"reason":"Refunded"}'
    call DELETE "/api/plans/$(call POST /api/plans '{"name":"Never sold"}' | sed 's/.*"id":"\([^"]*\)".*/\1/')"
    call POST /api/plans '{"name":"Retired","prefix":"OLD"}' > "$work/plan"
    call POST /api/keys/generate '{"plan":"Retired","count":2}'
    call DELETE "/api/plans/$(sed 's/.*"id":"\([^"]*\)".*/\1/' "$work/plan")"
    sign_in 'not the password'
    sign_in "$password"
    for i in $(seq 12); do ask "GOLD-GUESS$i" golden-guesser; sleep 0.3; done
    stop
    "$binary" db check --data "$1"
}

mkdir -m 700 "$work/sqlite" "$work/postgres"
fill "$work/sqlite"
cp -p "$work/sqlite/gatehouse.key" "$work/postgres"
printf '{"Storage":{"Postgres":"%s"}}' "$postgres" > "$work/postgres/appsettings.json"
fill "$work/postgres"

cp "$work/sqlite/gatehouse.key" "$out/gatehouse.key"
gzip -9nc "$work/sqlite/gatehouse.db" > "$out/gatehouse.db.gz"
# What is left is plain statements, without what psql alone understands or the version of pg_dump adds.
pg_dump --no-owner --no-privileges --rows-per-insert=50 | sed '/^\\/d; /^--/d; /^SET /d; /^SELECT pg_catalog.set_config/d' | cat -s > "$out/gatehouse.sql"
ls -l "$out"

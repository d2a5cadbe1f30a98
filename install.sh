#!/bin/sh
# Installs and runs Gatehouse on Debian and Ubuntu, from a checkout or from the unpacked tarball.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here"

usage() {
    cat << EOF
usage: ./install.sh COMMAND

  run [OPTION...]      install what is missing, build unless a binary lies here,
                       start with the data in ./data; options go to "gatehouse serve"
  test                 run every test, with a PostgreSQL and a Docker engine of its own
  service              install or upgrade the systemd service (as root)
  uninstall [--purge]  remove the service; --purge removes its data too (as root)
  tools [cross]        install what building needs; for another kind of machine too
EOF
}

say() { printf '==> %s\n' "$*"; }

# fail REASON FIX
fail() {
    printf 'install.sh: %s\n' "$1" >&2
    [ $# -lt 2 ] || printf 'What to do: %s\n' "$2" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo > /dev/null; then sudo "$@"
    else fail "root is needed for: $*" "run this as root, or install sudo"
    fi
}

# ---- packages ----------------------------------------------------------------

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null)" = installed ]; }

# packages NAME...: installs those that are missing.
packages() {
    command -v apt-get > /dev/null || fail "this is neither Debian nor Ubuntu" "install by hand: $*"
    missing=
    for package; do installed "$package" || missing="$missing $package"; done
    [ -n "$missing" ] || return 0
    say "Installing$missing"
    [ -n "${updated:-}" ] || as_root apt-get update -q || fail "apt-get update failed" "check the network and /etc/apt/sources.list"
    updated=1
    # shellcheck disable=SC2086 # one word a package
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing ||
        fail "apt-get could not install$missing" "see its message above"
}

# What the binary itself asks of the system: OpenSSL, root certificates.
runtime_packages() { packages openssl ca-certificates; }

sdk() {
    if command -v dotnet > /dev/null && dotnet --list-sdks | grep -q '^10\.'; then return 0; fi
    command -v apt-get > /dev/null && as_root apt-get update -q && updated=1
    if apt-cache show dotnet-sdk-10.0 > /dev/null 2>&1; then packages dotnet-sdk-10.0
    else
        fail "the .NET 10 SDK is missing and this distribution does not carry it" \
            "install it from https://dot.net/download, or use the release tarball, which needs none"
    fi
}

# What building needs: the SDK, and what links and strips its output. Symbols of another kind of machine take LLVM's objcopy.
tools() {
    sdk
    packages clang lld binutils
    case ${1:-} in
        '') ;;
        cross) packages llvm ;;
        *) usage >&2; exit 2 ;;
    esac
}

# ---- the binary --------------------------------------------------------------

# binary: sets $binary to the one beside this script, else to out/gatehouse, built if a source is newer.
binary() {
    runtime_packages
    if [ -x gatehouse ]; then
        binary=$here/gatehouse
        say "Checking the binary beside this script"
        sha256sum --check --quiet SHA256SUMS || fail "the files are not those of the release" "unpack the tarball again"
        return 0
    fi
    [ -f App/App.csproj ] || fail "there is neither a binary nor the source here" "run install.sh where the tarball was unpacked"
    binary=$here/out/gatehouse
    if [ -x out/gatehouse ] &&
        [ -z "$(find App wwwroot packaging/publish.sh Directory.* \( -name bin -o -name obj \) -prune -o -type f -newer out/gatehouse -print)" ]; then
        say "out/gatehouse is up to date"
        return 0
    fi
    say "Building out/gatehouse (three minutes or so)"
    packaging/publish.sh || fail "the build failed" "see its message above"
}

run() {
    binary
    say "Starting with the data in $here/data; Ctrl+C stops it"
    exec "$binary" serve --data "$here/data" "$@"
}

# ---- tests -------------------------------------------------------------------

scratch='' memory='' postgres_bin='' docker_pid=''

run_tests() {
    tools
    packages openssl chromium fonts-noto-cjk postgresql docker.io openssh-server curl procps python3-aiosmtpd
    # Node may have come with a package of its own, which holds npm as well.
    command -v npm > /dev/null || packages nodejs npm
    binary
    export GATEHOUSE_TEST_BINARY="$binary"
    scratch=$(mktemp -d)
    chmod 711 "$scratch"
    trap 'code=$?; stop_servers; exit $code' EXIT
    trap 'exit 130' HUP INT TERM
    in_memory
    start_postgres
    start_docker
    GATEHOUSE_TEST_OPENAPI_TOOLS=$(packaging/openapi/tools.sh "$scratch/openapi-tools")
    export GATEHOUSE_TEST_OPENAPI_TOOLS
    say "Running the tests"
    rm -rf out/tests
    code=0
    dotnet test Appliance.sln --nologo --results-directory out/tests \
        --logger "console;verbosity=normal" --logger "trx;LogFileName=tests.trx" || code=$?
    [ "$code" = 0 ] || again || return "$code"
}

# in_memory: the tests' data lie in memory where there is room for them, since every commit waits for the disk else. $memory is their folder.
in_memory() {
    memory=$scratch
    room=$(df --output=avail -k /dev/shm 2> /dev/null | tail -n 1)
    [ "${room:-0}" -gt 6000000 ] && [ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -gt 10000000 ] || return 0
    memory=$(mktemp -d -p /dev/shm) || { memory=$scratch; return 0; }
    chmod 711 "$memory"
    # Tests start programs that they write.
    printf '#!/bin/sh\n' > "$memory/program"
    chmod +x "$memory/program"
    if "$memory/program" 2> /dev/null; then
        export TMPDIR="$memory"
    else
        rm -rf "$memory"
        memory=$scratch
    fi
}

# The tests of the collection "timed" hold the product to seconds that it promises, which a busy machine may take from them, and any test
# may wait there longer than it is ready to: a few of those that failed run once more, by themselves. Who fails twice has failed, and so
# has any other test that fails once: a race that was lost once is lost.
again() {
    # Names of methods (a row of a theory is asked for with its siblings), and whether it was the time that ran out.
    failed=$(awk -v RS='<UnitTestResult ' '/^[^>]*outcome="Failed"/ {
        name = $0; sub(/.*testName="/, "", name); sub(/["(].*/, "", name)
        late = /<Message>System\.(TimeoutException|Threading\.Tasks\.TaskCanceledException) :/
        print name, late ? "late" : "wrong"
    }' out/tests/tests.trx | sort -u)
    for line in $(printf '%s\n' "$failed" | tr ' ' /); do
        class=${line%/*}
        class=${class%.*}
        # Both wait for seconds: the one for those it measures, the other for a browser's.
        [ "${line#*/}" = late ] || grep -rlE 'Collection\((Timed|Chrome)\.Collection\)' App.Tests --include="${class##*.}.cs" | grep -q . || return 1
    done
    names=$(printf '%s\n' "$failed" | cut -d' ' -f1 | sort -u)
    count=$(printf '%s\n' "$names" | grep -c .) || return 1
    [ "$count" -le 5 ] || return 1
    say "Running again what failed"
    dotnet test Appliance.sln --no-build --nologo --results-directory out/tests --logger "trx;LogFileName=again.trx" \
        --filter "$(printf '%s\n' "$names" | sed 's/^/FullyQualifiedName=/' | paste -sd '|')" || return 1
    [ "$(grep -ao ' outcome="Passed"' out/tests/again.trx | grep -c .)" -ge "$count" ] || return 1
    printf '%s\n' "$names" | sed 's/^/Failed once, then passed: /'
}

# The server refuses to run as root, so root lends it the package's user.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

start_postgres() {
    postgres_bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    say "Starting a private PostgreSQL"
    folder=$memory/postgres
    mkdir -m 700 "$folder"
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s\n' "$password" > "$folder/password"
    [ "$(id -u)" != 0 ] || chown -R postgres: "$folder"
    # A linguistic collation, as on most servers, shows code that takes byte order for granted.
    as_postgres "$postgres_bin/initdb" -D "$folder/data" -U gatehouse --pwfile="$folder/password" --auth=scram-sha-256 \
        --encoding=UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US > "$folder.log" 2>&1 ||
        { cat "$folder.log" >&2; fail "PostgreSQL could not make its folder" "see its message above"; }
    port=$((20000 + $$ % 10000))
    for try in 1 2 3 4 5; do
        # Throw-away data: no need to wait for the disk.
        options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=400 -c fsync=off"
        if as_postgres "$postgres_bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -o "$options" start > "$folder.log" 2>&1; then
            GATEHOUSE_TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=gatehouse;Password=$password;Database=postgres"
            export GATEHOUSE_TEST_POSTGRES
            return 0
        fi
        port=$((port + 1009 * try))
    done
    cat "$folder/log" >&2
    fail "PostgreSQL does not start" "see its message above"
}

# docker_certificates FOLDER: an authority, a certificate of its for the engine and one for its client.
docker_certificates() {
    mkdir "$1"
    issue "$1/ca" -addext keyUsage=critical,keyCertSign
    issue "$1/server" -CA "$1/ca.crt" -CAkey "$1/ca.key" -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=IP:127.0.0.1 -addext extendedKeyUsage=serverAuth
    issue "$1/client" -CA "$1/ca.crt" -CAkey "$1/ca.key" -addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=clientAuth
}

issue() {
    name=$1
    shift
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -keyout "$name.key" -out "$name.crt" -subj "/CN=test ${name##*/}" "$@" 2> "$name.log" ||
        { cat "$name.log" >&2; fail "OpenSSL could not make the engine's certificates" "see its message above"; }
}

start_docker() {
    say "Starting a private Docker engine"
    folder=$scratch/docker
    mkdir "$folder"
    docker_certificates "$folder/tls"
    printf '%s' $((10000 + $$ % 10000)) > "$folder/tls/port"
    [ -e /sys/class/net/docker0 ] || own_bridge=1
    # The host's firewall and forwarding stay as they are; published ports go through the engine's own proxy.
    set -- dockerd --host "unix://$folder/docker.sock" --group "$(id -gn)" \
        --host "tcp://127.0.0.1:$(cat "$folder/tls/port")" --tlsverify \
        --tlscacert "$folder/tls/ca.crt" --tlscert "$folder/tls/server.crt" --tlskey "$folder/tls/server.key" \
        --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/pid" \
        --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false
    [ "$(id -u)" = 0 ] || set -- sudo "$@"
    "$@" > "$folder/log" 2>&1 < /dev/null &
    docker_pid=$!
    export GATEHOUSE_TEST_DOCKER="$folder/docker.sock" GATEHOUSE_TEST_DOCKER_TLS="$folder/tls"
    tries=0
    until docker -H "unix://$GATEHOUSE_TEST_DOCKER" version > /dev/null 2>&1; do
        tries=$((tries + 1))
        if [ $tries -gt 120 ] || ! kill -0 $docker_pid 2> /dev/null; then
            tail -n 20 "$folder/log" >&2
            fail "the Docker engine does not start" "see its message above; it needs root, cgroups and a network bridge"
        fi
        sleep 0.25
    done
}

stop_servers() {
    say "Stopping what the tests needed"
    if [ -n "$docker_pid" ]; then
        docker -H "unix://$GATEHOUSE_TEST_DOCKER" ps -aq 2> /dev/null |
            xargs -r docker -H "unix://$GATEHOUSE_TEST_DOCKER" rm -f > /dev/null 2>&1 || true
        as_root kill "$docker_pid" 2> /dev/null || true
        wait $docker_pid 2> /dev/null || true
        [ -z "${own_bridge:-}" ] || as_root ip link delete docker0 2> /dev/null || true
    fi
    [ ! -f "$memory/postgres/data/postmaster.pid" ] ||
        as_postgres "$postgres_bin/pg_ctl" -D "$memory/postgres/data" -m immediate stop > /dev/null || true
    as_root rm -rf "$scratch" "$memory"
}

# ---- the service -------------------------------------------------------------

program=/usr/local/bin/gatehouse
unit=/etc/systemd/system/gatehouse.service
data=/var/lib/gatehouse

need_root_and_systemd() {
    [ "$(id -u)" = 0 ] || fail "this needs root" "sudo ./install.sh $1"
    [ -d /run/systemd/system ] || fail "systemd does not run here" "use ./install.sh run, or the container"
}

service() {
    need_root_and_systemd service
    binary
    if ! id gatehouse > /dev/null 2>&1; then
        say "Making the system user gatehouse"
        useradd --system --user-group --home-dir "$data" --no-create-home --shell /usr/sbin/nologin gatehouse
    fi
    install -d -m 0700 -o gatehouse -g gatehouse "$data"
    say "Installing $program and $unit"
    # Renamed into place: the running one keeps its file until it is restarted.
    install -m 0755 "$binary" "$program.new"
    mv -f "$program.new" "$program"
    install -m 0644 packaging/systemd/gatehouse.service "$unit"
    systemctl daemon-reload
    systemctl enable --quiet gatehouse
    say "Starting the service"
    systemctl restart gatehouse || true
    tries=0
    until as_gatehouse healthcheck > /dev/null 2>&1; do
        tries=$((tries + 1))
        if [ $tries -gt 60 ] || systemctl is-failed --quiet gatehouse; then
            journalctl -u gatehouse -n 20 --no-pager >&2 || true
            fail "the service does not answer" "see its log above: journalctl -u gatehouse"
        fi
        sleep 0.5
    done
    say "Gatehouse $("$program" version | head -n 1) runs at $(as_gatehouse check-config | awk '$1 == "Server:Urls" {print $2}'); its data are in $data, its log in: journalctl -u gatehouse"
    # There is none once it has an owner.
    if link=$(as_gatehouse setup-link 2> /dev/null); then
        say "Become its owner by this link, once, within 30 minutes:"
        echo "$link"
    fi
}

# as_gatehouse COMMAND: the command line tool as the service's user, with its settings as systemd reads them, and its data.
as_gatehouse() {
    systemd-run --quiet --pipe --wait --collect -p User=gatehouse -p UMask=0077 -p WorkingDirectory="$data" \
        -p EnvironmentFile=-/etc/gatehouse.env "$program" "$@" --data "$data"
}

uninstall() {
    need_root_and_systemd "uninstall $*"
    case ${1:-} in "" | --purge) ;; *) fail "unknown option: $1" "./install.sh uninstall [--purge]" ;; esac
    if [ "${1:-}" = --purge ] && id gatehouse > /dev/null 2>&1; then
        own=$(systemctl show --property MainPID --value gatehouse)
        others=$(find /proc -maxdepth 1 -name '[0-9]*' ! -name "$own" -user gatehouse 2> /dev/null | sed 's|/proc/||' | tr '\n' ' ')
        [ -z "$others" ] || fail "other programs run as the user gatehouse, by number: $others" "stop them, then run this again"
    fi
    if [ -e "$unit" ]; then
        say "Stopping and removing the service"
        systemctl disable --now --quiet gatehouse || true
        rm -f "$unit"
        systemctl daemon-reload
    fi
    rm -f "$program" "$program.new"
    if [ "${1:-}" = --purge ]; then
        say "Removing $data and the user gatehouse"
        rm -rf "$data" /etc/gatehouse.env "$unit.d"
        systemctl daemon-reload
        if id gatehouse > /dev/null 2>&1; then userdel gatehouse; fi
    elif [ -d "$data" ]; then
        say "The data stay in $data; ./install.sh uninstall --purge removes them"
    fi
    say "Gatehouse is uninstalled"
}

case ${1:-} in
    run) shift; run "$@" ;;
    test) run_tests ;;
    tools) shift; tools "$@" ;;
    service) service ;;
    uninstall) shift; uninstall "$@" ;;
    -h | --help | help) usage ;;
    *) usage >&2; exit 2 ;;
esac

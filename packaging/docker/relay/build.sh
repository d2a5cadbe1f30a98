#!/bin/sh
# Makes the relay's image, or the appliance's, from the published binary and this machine's own libraries, without a registry.
set -eu
cd "$(dirname "$0")/../../.."
limit=$((120 * 1000 * 1000))
user=65532

usage() {
    cat << EOF
usage: packaging/docker/relay/build.sh [OPTION...]

  --appliance          the image of the appliance (compose.yml), not that of a relay
  --binary FILE        the published binary (out/gatehouse)
  --tag NAME:TAG       the image's name (gatehouse-relay:VERSION, gatehouse:VERSION)
  --docker-host HOST   the engine, such as unix:///run/docker.sock (docker's own choice)
  --tar FILE           writes the root file system there and leaves docker alone
EOF
}
fail() { echo "build.sh: $*" >&2; exit 1; }

binary=out/gatehouse tag='' host='' tar='' image=gatehouse-relay
while [ $# -gt 0 ]; do
    case $1 in
        --binary | --tag | --docker-host | --tar) [ $# -gt 1 ] || { usage >&2; exit 2; } ;;
        --appliance) image=gatehouse; shift; continue ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
    case $1 in
        --binary) binary=$2 ;;
        --tag) tag=$2 ;;
        --docker-host) host=$2 ;;
        --tar) tar=$2 ;;
    esac
    shift 2
done
# Beside a release's own program there is no out.
[ -x "$binary" ] || [ "$binary" != out/gatehouse ] || binary=gatehouse
[ -x "$binary" ] || fail "there is no $binary: run packaging/publish.sh, or name one by --binary"
[ -n "$tar" ] || command -v docker > /dev/null || fail "docker is missing: apt-get install docker.io, or write a file by --tar"
case $binary in */*) ;; *) binary=./$binary ;; esac
version=$("$binary" version | head -n 1)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
umask 022
root=$work/root
mkdir -p "$root"

# take SOURCE TARGET [MODE]: copies one file, links followed, and tells.
take() {
    [ ! -e "$root$2" ] || return 0
    mkdir -p "$root${2%/*}"
    cp -L "$1" "$root$2"
    chmod "${3:-644}" "$root$2"
    printf '%10d  %s\n' "$(stat -c %s "$root$2")" "$2"
}
# Libraries keep the folder in which this machine's loader looks for them; /lib is /usr/lib, as on the machine.
library() { take "$1" "$(readlink -f "${1%/*}")/${1##*/}"; }
# needs FILE: the libraries that the loader would give it.
needs() { ldd "$1" | sed -n 's|.*=> \(/[^ ]*\) (.*|\1|p'; }
# find_library NAME: where this machine has it; nothing if it has not.
find_library() { ldconfig -p | sed -n "s|^\s*$1 (libc6,x86-64.*) => ||p" | head -n 1; }
PATH=$PATH:/sbin:/usr/sbin

for link in lib lib64; do
    mkdir -p "$root/usr/$link"
    ln -s "usr/$link" "$root/$link"
done
take "$binary" /gatehouse 755
take "$(ldd "$binary" | sed -n 's|^\s*\(/[^ ]*ld-linux[^ ]*\) (.*|\1|p')" /usr/lib64/ld-linux-x86-64.so.2 755
for file in $(needs "$binary"); do library "$file"; done
# The runtime loads OpenSSL when it first needs it.
for name in libssl.so.3 libcrypto.so.3; do
    file=$(find_library $name)
    [ -n "$file" ] || fail "$name is missing: apt-get install openssl"
    library "$file"
    for needed in $(needs "$file"); do library "$needed"; done
done
# Names are resolved by libc itself since glibc 2.34, by these before.
for name in libnss_files.so.2 libnss_dns.so.2 libresolv.so.2; do
    file=$(find_library $name)
    [ -z "$file" ] || library "$file"
done
[ -s /etc/ssl/certs/ca-certificates.crt ] || fail "the root certificates are missing: apt-get install ca-certificates"
take /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
take /etc/os-release /etc/os-release

cat > "$root/etc/passwd" << EOF
root:x:0:0:root:/:/nologin
relay:x:$user:$user:relay:/data:/nologin
EOF
printf 'root:x:0:\nrelay:x:%s:\n' $user > "$root/etc/group"
printf 'hosts: files dns\n' > "$root/etc/nsswitch.conf"
mkdir -p "$root/dev" "$root/proc" "$root/sys" "$root/tmp" "$root/data"
chmod 1777 "$root/tmp"
chmod 700 "$root/data"

# The same inputs make the same bytes, whoever packs them.
stamp=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2> /dev/null || echo 0)}
pack() { tar -C "$root" --format=ustar --sort=name --mtime="@$stamp" --numeric-owner "$@"; }
file=${tar:-$work/root.tar}
pack --owner=0 --group=0 --exclude=./data -cf "$file" .
pack --owner=$user --group=$user -rf "$file" ./data
size=$(stat -c %s "$file")
printf '%10d  in all, at most %d\n' "$size" $limit
[ "$size" -lt $limit ] || fail "the image is too large"
[ -z "$tar" ] || exit 0

tag=${tag:-$image:$version}
set -- --change "USER $user:$user" --change 'WORKDIR /data' --change 'VOLUME /data' \
    --change "LABEL org.opencontainers.image.title=$image org.opencontainers.image.version=$version"
if [ $image = gatehouse ]; then
    set -- "$@" --change 'ENTRYPOINT ["/gatehouse"]' --change 'CMD ["serve"]' --change 'EXPOSE 8080/tcp' \
        --change 'ENV GATEHOUSE_DATA=/data GATEHOUSE_COMMAND="docker compose exec gatehouse /gatehouse" GATEHOUSE__Server__Urls=http://0.0.0.0:8080 SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt' \
        --change 'HEALTHCHECK --interval=30s --timeout=10s --start-period=10s CMD ["/gatehouse","healthcheck"]'
else
    set -- "$@" --change 'ENTRYPOINT ["/gatehouse","relay"]' --change 'EXPOSE 8443/tcp 3478/udp' \
        --change 'ENV GATEHOUSE_RELAY_DATA=/data GATEHOUSE_RELAY_LISTEN=:8443 GATEHOUSE_RELAY_STUN=:3478 SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt' \
        --change 'HEALTHCHECK --interval=60s --timeout=10s --start-period=10s CMD ["/gatehouse","relay","healthcheck"]'
fi
docker ${host:+-H "$host"} import "$@" "$file" "$tag" > "$work/id"
echo "$tag is $(cut -c 1-19 "$work/id")"

#!/bin/sh
# Installs what check.sh works with into a folder, out/openapi-tools unless another is named. It is no part of the product.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
to=${1:-$here/../../out/openapi-tools}
for tool in node npm; do
    command -v $tool > /dev/null || { echo "$tool is missing: apt-get install nodejs npm" >&2; exit 1; }
done
mkdir -p "$to"
cp "$here/package.json" "$to/"
npm install --prefix "$to" --no-audit --no-fund --loglevel=error > /dev/null
echo "$to"

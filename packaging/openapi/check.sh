#!/bin/sh
# Lints the description of a running server by Redocly's recommended rules and swagger-parser, makes a TypeScript client from it, compiles
# that and calls the server by it.
#   check.sh TOOLS URL KEY     TOOLS: the folder that tools.sh made; KEY: an unused key of that server
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tools=$(cd "$1" && pwd) url=$2 key=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$tools/node_modules" "$work/node_modules"
cp "$here/package.json" "$here/redocly.yaml" "$here/client.ts" "$here/parse.mjs" "$work/"
cd "$work"
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
node -e 'fetch(process.argv[1] + "/openapi/v1.json").then(async a => require("fs").writeFileSync("openapi.json", await a.text()))' "$url"

node_modules/.bin/redocly lint openapi.json --format=json > lint.json 2> lint.log || true
node -e '
const found = JSON.parse(require("fs").readFileSync("lint.json", "utf8"));
for (const p of found.problems.slice(0, 40)) console.error(p.severity, p.ruleId, p.message, p.location[0]?.pointer ?? "");
if (found.totals.errors + found.totals.warnings > 0) { console.error(found.totals.errors + " errors, " + found.totals.warnings + " warnings"); process.exit(1); }
' || { echo "Redocly finds fault with the description" >&2; exit 1; }
echo "ok redocly"
node parse.mjs openapi.json
echo "ok swagger-parser"
node_modules/.bin/openapi-typescript openapi.json -o api.d.ts > types.log 2>&1 || { cat types.log >&2; exit 1; }
node_modules/.bin/tsc --strict --target es2022 --module nodenext --moduleResolution nodenext --lib es2022,dom --skipLibCheck --outDir made client.ts
echo "ok typescript"
node made/client.js "$url" "$key"
echo "ok client"

#!/bin/sh
# Prints the notices of what is in the binary and of others: each package by its name, version, licence and the text that comes with it.
# Run after a publish: it reads what the build has resolved (App/obj/project.assets.json).
set -eu
cd "$(dirname "$0")/.."
assets=App/obj/project.assets.json
[ -f "$assets" ] || { echo "notices: no $assets: build first" >&2; exit 1; }
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}

rule() { printf '\n%s\n%s\n%s\n\n' ------------------------------------------------------------------------ "$1" ------------------------------------------------------------------------; }

# texts FOLDER: the licence and notices that a package brings, each once.
texts() {
    find "$1" -maxdepth 2 -type f \( -iname 'licen[cs]e*' -o -iname '*notice*' -o -iname 'copying*' \) ! -iname '*.sha512' | LC_ALL=C sort | while read -r file; do
        tr -d '\r' < "$file" | sed '1s/^\xEF\xBB\xBF//'
        echo
    done
}

# field NAME NUSPEC: what an element of it says.
field() { tr '\n\r' '  ' < "$2" | sed -n "s/.*<$1[^>]*>\([^<]*\)<\/$1>.*/\1/p" | sed 's/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'; }

cat << 'T'
Gatehouse is licensed under the Apache License, Version 2.0 (LICENSE). The binary holds the work of others, under the licences below.
Where a package brings no text of its licence, its short name is that of the SPDX list (https://spdx.org/licenses).
T
# The runtime comes by the SDK and not by name; the compiler and the trimmer are not in the binary.
{
    grep -o '"[A-Za-z0-9._-]*/[0-9][^"]*": {' "$assets" | tr -d '": {' | grep -v -i -e '^Microsoft.NET.ILLink' -e 'ILCompiler'
    for runtime in microsoft.netcore.app.runtime.nativeaot.linux-x64 microsoft.aspnetcore.app.runtime.linux-x64; do
        if [ -d "$packages/$runtime" ]; then echo "$runtime/$(ls "$packages/$runtime" | sort -V | tail -n 1)"; fi
    done
} | LC_ALL=C sort -u | while IFS=/ read -r name version; do
    folder=$packages/$(echo "$name/$version" | tr '[:upper:]' '[:lower:]')
    [ -d "$folder" ] || { echo "notices: $folder is not there" >&2; exit 1; }
    nuspec=$(find "$folder" -maxdepth 1 -name '*.nuspec')
    licence=$(field license "$nuspec")
    rule "$name $version"
    echo "Licence: ${licence:-$(field licenseUrl "$nuspec")}"
    holder=$(field copyright "$nuspec")
    [ -z "$holder" ] || echo "$holder"
    echo "By: $(field authors "$nuspec")"
    echo
    texts "$folder"
done
for folder in wwwroot/lib/*/; do
    rule "$(basename "$folder") $(cat "$folder/VERSION")"
    texts "$folder"
done
rule "ip-location-db, geo-whois-asn-country (countries of networks)"
echo "CC0 1.0 Universal: in the public domain, as far as that is possible."
rule "Unicode CLDR (names of countries)"
cat << 'T'
Copyright (c) 1991-2026 Unicode, Inc. All rights reserved. Licence: Unicode-3.0 (https://www.unicode.org/license.txt).
Permission is hereby granted, free of charge, to any person obtaining a copy of data files and any associated documentation (the "Data Files")
to deal in the Data Files without restriction, provided that this copyright and permission notice appear with all copies. THE DATA FILES ARE
PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND.
T
rule "The MIT License, where it is named above without its text"
cat << 'T'
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the
following conditions: The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY
CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE
OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
T

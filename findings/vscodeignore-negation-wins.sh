#!/usr/bin/env bash
# @vscode/vsce 4.1.0: .vscodeignore looks like .gitignore, but a line with "!" wins over every other line, wherever it stands.
# Guessed: the last line that matches decides, as in .gitignore, so that lib/private.js stays out of the package.
# Seen: lib/private.js is packed. vsce collects the lines with "!" and packs whatever one of them matches.
# So an allow-list must name what goes in exactly (nothing can be taken out of it again), and a test must list the package.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @vscode/vsce@4.1.0 >/dev/null
mkdir -p extension/lib
cd extension
touch lib/main.js lib/private.js
cat >package.json <<'JSON'
{ "name": "probe", "publisher": "probe", "version": "1.0.0", "engines": { "vscode": "^1.103.0" }, "main": "./lib/main.js", "activationEvents": [] }
JSON
printf '%s\n' '**' '!lib/*.js' 'lib/private.js' >.vscodeignore
packed=$(../node_modules/.bin/vsce ls --no-dependencies)
echo "$packed"
grep -qx 'lib/main.js' <<<"$packed" || { echo 'changed: lib/main.js is not packed'; exit 1; }
grep -qx 'lib/private.js' <<<"$packed" || { echo 'changed: the last matching line decides now'; exit 1; }
echo 'as described: the line with "!" won over the later line'

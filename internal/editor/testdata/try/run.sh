#!/bin/sh
# Tries the page for editing as an editor would, in Chromium, on a copy of this hub's content in a
# git repository of its own: changes, new files, uploads, and mistakes that must be refused. Prints
# what each save did to the files. Not part of npm test: it needs Go, Node, git, Chromium
# (CHROME_PATH, if it is not in the PATH), and npm's registry. Takes some five minutes. Pictures of
# the pages are left in WORK/pictures.
set -eu
cd "$(dirname "$0")"
here=$PWD root=$(cd ../../../.. && pwd)
WORK=${WORK:-${XDG_CACHE_HOME:-$HOME/.cache}/hub-editor}
CHROME_PATH=${CHROME_PATH:-$(command -v chromium || command -v google-chrome)}
PORT=${PORT:-8092}
AS_OF=2021-09-20
export WORK CHROME_PATH PORT AS_OF
mkdir -p "$WORK/try"
if [ ! -d "$WORK/try/node_modules/puppeteer-core" ]; then
	echo '{"private": true}' >"$WORK/try/package.json"
	npm install --prefix "$WORK/try" --no-audit --no-fund --save-exact --silent puppeteer-core@25.16.0
fi
rm -rf "$WORK/try/repo" "$WORK/pictures"
mkdir -p "$WORK/try/repo" "$WORK/pictures"
cp -r "$root/content" "$WORK/try/repo/content"
cd "$WORK/try/repo"
git init --quiet --initial-branch main
git config user.name Editor
git config user.email editor@example.org
git add -A
git commit --quiet -m "As it was"

node "$root/internal/editor/local.mjs" "$WORK/try/repo/content" >"$WORK/try/log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT HUP INT PIPE TERM
i=0
until grep -q ' edits ' "$WORK/try/log"; do
	i=$((i + 1))
	[ $i -lt 240 ] && kill -0 $server || { cat "$WORK/try/log"; exit 1; }
	sleep 0.5
done
cp "${TRY:-$here/try.mjs}" "$WORK/try/try.mjs"
echo '{"type": "module"}' >"$WORK/page/package.json" # so that Node reads keep.js, too
ROOT=$root node "$WORK/try/try.mjs"

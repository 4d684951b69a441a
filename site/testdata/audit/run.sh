#!/bin/sh
# Audits every page of this site: valid HTML (the Nu checker), what search engines are told (data.mjs), weight and requests, and Lighthouse as on a phone. The pages
# of an application, from the first to the last, each with its mistakes and without, are checked and weighed, too. Exit
# status 1 if any falls short. It takes some 6 minutes.
#
#   site/testdata/audit/run.sh [PATH]
#   CONTENT=DIR site/testdata/audit/run.sh    another hub in place of this one, without the pages of applications
#
# With PATH, "/courses/" for example, Lighthouse looks only at pages whose address begins with it. Needs Go, Node, Java,
# Chromium (CHROME_PATH, if it is not in the PATH), and "npm ci" done. The tools come from npm, into WORK (default: a folder
# of the user's cache), not into the project: nothing that we ship needs them.
set -eu
cd "$(dirname "$0")/../../.."
WORK=${WORK:-${XDG_CACHE_HOME:-$HOME/.cache}/hub-audit}
CHROME_PATH=${CHROME_PATH:-$(command -v chromium || command -v google-chrome)}
PORT=${PORT:-8099}
CONTENT=${CONTENT:-content}
export CHROME_PATH
mkdir -p "$WORK"
if [ ! -d "$WORK/node_modules/lighthouse" ] || [ ! -d "$WORK/node_modules/vnu-jar" ] || [ ! -d "$WORK/node_modules/schema-dts" ]; then
	echo '{"private": true}' >"$WORK/package.json"
	npm install --prefix "$WORK" --no-audit --no-fund --save-exact lighthouse@12.8.2 vnu-jar@26.9.27 schema-dts@2.1.0 typescript@5
fi
go build -o "$WORK/hub" ./cmd/hub
rm -rf "$WORK/public" "$WORK/data" "$WORK/journey"
"$WORK/hub" build --content "$CONTENT" --out "$WORK/public" --as-of 2021-09-20

mkdir "$WORK/journey"
"$WORK/hub" serve --new --content "$CONTENT" --addr "localhost:$PORT" --outbox "localhost:$((PORT + 1))" --data "$WORK/data" --as-of 2021-09-20 >"$WORK/serve.log" 2>&1 &
server=$!
trap 'kill $server' EXIT
sleep 3
failed=0
for form in "$CONTENT"/forms/*.yaml; do
	[ -e "$form" ] || continue
	form=$(basename "$form" .yaml)
	node site/testdata/audit/journey.mjs "http://localhost:$PORT" "$form" "$WORK/journey/$form" || failed=1
done

# The NHS front end writes the roles of its tables' rows and cells, since its styles take their own away on a phone; the
# checker's rules do not know that reason.
java -jar "$WORK/node_modules/vnu-jar/build/dist/vnu.jar" --skip-non-html \
	--filterpattern '.*“role” attribute must not be used on a “t[rhd]” element.*|.*role is unnecessary for element.*' \
	"$WORK/public" "$WORK/journey" && echo "the Nu checker has nothing to say" || failed=1

node site/testdata/audit/data.mjs "$WORK" "$WORK/public" || failed=1

node site/testdata/audit/audit.mjs "$WORK" "http://localhost:$PORT" "$@" || failed=1
exit $failed

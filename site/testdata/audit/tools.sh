# What run.sh and shots.sh share, for them to read in the project's folder: WORK, with the tools from npm and the hub's
# program in it, and CHROME_PATH.
WORK=${WORK:-${XDG_CACHE_HOME:-$HOME/.cache}/hub-audit}
CHROME_PATH=${CHROME_PATH:-$(command -v chromium || command -v google-chrome)}
PORT=${PORT:-8099}
export CHROME_PATH
mkdir -p "$WORK"
if [ ! -d "$WORK/node_modules/lighthouse" ] || [ ! -d "$WORK/node_modules/vnu-jar" ] || [ ! -d "$WORK/node_modules/schema-dts" ]; then
	echo '{"private": true}' >"$WORK/package.json"
	npm install --prefix "$WORK" --no-audit --no-fund --save-exact lighthouse@12.8.2 vnu-jar@26.9.27 schema-dts@2.1.0 typescript@5
fi
go build -o "$WORK/hub" ./cmd/hub

# serve CONTENT DATE: serves it at PORT, until the script ends or serves another.
server=
trap '[ -z "$server" ] || kill "$server"' EXIT
serve() {
	[ -z "$server" ] || { kill "$server" && wait "$server" || true; }
	rm -rf "$WORK/data"
	"$WORK/hub" serve --new --content "$1" --addr "localhost:$PORT" --outbox "localhost:$((PORT + 1))" --data "$WORK/data" --as-of "$2" >"$WORK/serve.log" 2>&1 &
	server=$!
	until curl --silent --output /dev/null "http://localhost:$PORT/"; do
		kill -0 "$server" || { cat "$WORK/serve.log"; return 1; }
		sleep 0.2
	done
}

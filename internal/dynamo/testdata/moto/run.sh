#!/usr/bin/env bash
# Tests package dynamo with moto's server, which has transactions: what their conditions,
# cancellation reasons and limits mean. moto is reliable with one call at a time, so the test sends
# one at a time. Not part of "npm test": it needs Python 3.9 or later with pip, and some 60 MB from
# PyPI, which it installs into a folder of its own, $MOTO or a temporary one.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
folder=${MOTO:-$(mktemp -d)}
[ -n "${MOTO:-}" ] || trap 'rm -rf "$folder"' EXIT
[ -x "$folder/bin/moto_server" ] || { python3 -m venv "$folder"; "$folder/bin/pip" install --quiet 'moto[server,dynamodb]==5.*'; }
"$folder/bin/pip" list 2>/dev/null | grep -E '^moto '
port=${PORT:-5599}
"$folder/bin/moto_server" -H 127.0.0.1 -p "$port" >"$folder/log" 2>&1 &
server=$!
trap 'kill $server; [ -n "${MOTO:-}" ] || rm -rf "$folder"' EXIT
for _ in $(seq 100); do curl --silent --output /dev/null "http://127.0.0.1:$port/" && break; sleep 0.2; done
MOTO_URL="http://127.0.0.1:$port" go test -count 1 -timeout 30m -v ./internal/dynamo/testdata/moto "$@"

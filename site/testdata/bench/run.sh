#!/bin/sh
# Builds the same synthetic hub with this generator and with Hugo v0.165.0, in turn, and prints what each took:
#
#   site/testdata/bench/run.sh [COURSES...]        100, 1000 and 10000 if none are given
#
# Hugo is installed from source, which takes some minutes, or is the binary that HUGO names. WORK (default: a folder
# of the user's cache) keeps it; OUTPUT (default: memory, if the machine has /dev/shm) gets what is built; PAIRS is how
# often each builds, EDITS how often a course is edited while both show a preview. Needs Linux, Go, and "npm ci" done.
#
# The hub is compiled as "hub package server" compiles it, with a profile of such a build, which is made anew by
#
#   go test -run - -bench Build/1000-courses/new -benchtime 20x -cpuprofile cmd/hub/hub.pgo -o /dev/null ./site
set -eu
cd "$(dirname "$0")/../../.."
WORK=${WORK:-${XDG_CACHE_HOME:-$HOME/.cache}/hub-bench}
HUGO=${HUGO:-$WORK/hugo}
[ -d /dev/shm ] && memory=/dev/shm || memory=$WORK
OUTPUT=${OUTPUT:-$memory/hub-bench}
mkdir -p "$WORK"
if [ ! -x "$HUGO" ]; then
	GOBIN=$WORK CGO_ENABLED=0 go install github.com/gohugoio/hugo@v0.165.0
fi
CGO_ENABLED=0 go build -pgo=cmd/hub/hub.pgo -o "$WORK/hub" ./cmd/hub
go build -o "$WORK/compare" ./site/testdata/bench/compare
"$HUGO" version
[ $# -gt 0 ] || set -- 100 1000 10000
"$WORK/compare" -hub "$WORK/hub" -hugo "$HUGO" -modules node_modules -layouts site/testdata/bench/hugo \
	-work "$OUTPUT" -pairs "${PAIRS:-5}" -edits "${EDITS:-11}" "$@"

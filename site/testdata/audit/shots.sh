#!/bin/sh
# Keeps a picture of each kind of page, for people to look at: of this hub's 2 courses, of 30 and of 200, at 1280 and at 320
# pixels; one course and the page of boxes on paper, in a reader's own colours, and with text at 200 %. Says of each page how
# high it is, and what scrolls sideways: then the exit status is 1. It takes some 3 minutes.
#
#   site/testdata/audit/shots.sh FOLDER [NAME]
#
# With NAME, "200-compare" for example, only pictures whose names begin with it. Needs what run.sh needs.
set -eu
mkdir -p "$1"
folder=$(cd "$1" && pwd)
only=${2:-}
cd "$(dirname "$0")/../../.."
. site/testdata/audit/tools.sh
failed=0
for courses in 2 30 200; do
	case "$courses-" in "${only%%-*}"*) ;; *) continue ;; esac
	hub=$WORK/hub-$courses
	rm -rf "$hub"
	go run ./site/testdata/audit/hub "$hub" "$courses"
	for day in 2021-09-20 2022-06-01; do
		serve "$hub" "$day"
		node site/testdata/audit/shots.mjs "$WORK" "http://localhost:$PORT" "$folder" "$courses" "$day" "$only" || failed=1
	done
done
exit $failed

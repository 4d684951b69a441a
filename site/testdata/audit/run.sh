#!/bin/sh
# Audits this hub, a hub of 200 courses that have everything, and the example: valid HTML (the Nu checker), what search
# engines are told (data.mjs), weight and requests of every page, and Lighthouse as on a phone of each kind of page. The pages
# of an application and of a request, from the first to the last, each with its mistakes and without, are among them. Exit
# status 1 if any falls short. On a quiet machine it takes some 15 minutes.
#
#   site/testdata/audit/run.sh [HUB [PATH]]
#
# HUB is content, 200 or examples/nurse-education, and all three without it; or a folder of another hub's content. With PATH,
# "/courses/" for example, Lighthouse looks only at pages whose address begins with it, and at each of them; with "none", at
# none. Needs Go, Node, Java, curl, Chromium (CHROME_PATH, if it is not in the PATH), and "npm ci" done. The tools come from
# npm, into WORK (default: a folder of the user's cache), not into the project: nothing that we ship needs them.
set -eu
cd "$(dirname "$0")/../../.."
. site/testdata/audit/tools.sh
failed=0
for hub in ${1:-content 200 examples/nurse-education}; do
	content=$hub
	if [ "$hub" = 200 ]; then
		content=$WORK/hub-200
		rm -rf "$content"
		go run ./site/testdata/audit/hub "$content" 200
	fi
	rm -rf "$WORK/public" "$WORK/journey"
	echo "== $hub"
	"$WORK/hub" build --content "$content" --out "$WORK/public" --as-of 2021-09-20
	serve "$content" 2021-09-20
	mkdir "$WORK/journey"
	for form in "$content"/forms/*.yaml; do
		of=$(sed -n 's,^course: *,courses/,p; s,^service: *,services/,p' "$form")
		node site/testdata/audit/journey.mjs "http://localhost:$PORT" "/$of/apply/" "$WORK/journey/$(basename "$form" .yaml)" || failed=1
	done

	# The NHS front end writes the roles of its tables' rows and cells, since its styles take their own away on a phone; the
	# checker's rules do not know that reason.
	java -jar "$WORK/node_modules/vnu-jar/build/dist/vnu.jar" --skip-non-html \
		--filterpattern '.*“role” attribute must not be used on a “t[rhd]” element.*|.*role is unnecessary for element.*' \
		"$WORK/public" "$WORK/journey" && echo "the Nu checker has nothing to say" || failed=1

	node site/testdata/audit/data.mjs "$WORK" "$WORK/public" || failed=1

	node site/testdata/audit/audit.mjs "$WORK" "http://localhost:$PORT" "${2:-}" || failed=1
done
exit $failed

#!/bin/sh
# Makes three of the mistakes that editors make, in a site of Hugo's and in this hub, and shows what each program says:
# a misspelt deadline, two pages with one address, and a link to a page that is not there.
#
#   HUGO=/path/to/hugo site/testdata/mistakes.sh
#
# Without HUGO it takes the one that site/testdata/bench/run.sh installed. Needs Go, and "npm ci" done.
set -eu
cd "$(dirname "$0")/../.."
HUGO=${HUGO:-${WORK:-${XDG_CACHE_HOME:-$HOME/.cache}/hub-bench}/hugo}
[ -x "$HUGO" ] || { echo "There is no Hugo: set HUGO, or run site/testdata/bench/run.sh first." >&2; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
go build -o "$dir/hub" ./cmd/hub

# A site of Hugo's with one course and one page about it, as its documentation has it.
mkdir -p "$dir/hugo/layouts/_default" "$dir/hugo/content/courses"
cat >"$dir/hugo/hugo.toml" <<'EOF'
baseURL = "https://hub.example.org/"
title = "Hub"
disableKinds = ["taxonomy", "term", "rss", "sitemap"]
EOF
cat >"$dir/hugo/layouts/_default/single.html" <<'EOF'
<h1>{{.Title}}</h1>
{{if eq .Section "courses"}}<p>Apply by {{time.Format "2 January 2006" (or .Params.deadline .ExpiryDate)}}</p>{{end}}
{{.Content}}
EOF
cp "$dir/hugo/layouts/_default/single.html" "$dir/hugo/layouts/_default/list.html"
cat >"$dir/hugo/content/courses/talking.md" <<'EOF'
---
title: Talking
deadline: 2021-10-15
---
A course about talking.
EOF
cat >"$dir/hugo/content/about.md" <<'EOF'
---
title: About us
---
Read about [talking](/courses/talking/).
EOF

# try NAME FILE-OF-HUGO FILE-OF-THE-HUB SED: makes the same mistake in both.
try() {
	printf '\n== %s\n' "$1"
	rm -rf "$dir/h" "$dir/c" "$dir/out"
	cp -r "$dir/hugo" "$dir/h"
	cp -r content "$dir/c"
	sed -i "$4" "$dir/h/content/$2" "$dir/c/$3"
	[ $# -lt 5 ] || { cp "$dir/h/content/$2" "$dir/h/content/$5"; cp "$dir/c/$3" "$dir/c/pages/$5"; }
	echo "-- Hugo"
	status=0
	"$HUGO" build -s "$dir/h" -d "$dir/out" >"$dir/said" 2>&1 || status=$?
	grep -E '^(ERROR|WARN)|[Ee]rror' "$dir/said" || echo "(no word about it)"
	echo "status $status; the course's page says: $(grep -ho 'Apply by[^<]*' "$dir/out/courses/talking/index.html" || true)"
	echo "pages made: $(find "$dir/out" -name index.html | wc -l) of $(find "$dir/h/content" -name '*.md' | wc -l) files, the home page and the list"
	echo "-- hub"
	status=0
	"$dir/hub" check --content "$dir/c" --as-of 2021-09-20 2>&1 || status=$?
	echo "status $status"
}

try "A misspelt key" courses/talking.md courses/career-conversations.md 's/^deadline:/dedline:/'
try "Two pages with one address" about.md pages/contact.md 's/^title: \(.*\)$/title: \1\nslug: about/' Contact.md
try "A link to a page that is not there" about.md pages/contact.md 's|^\(Read \)\(.*\)$|\1[nothing](/nothing/)|'

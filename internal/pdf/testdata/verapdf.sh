#!/bin/sh
# Checks PDFs against PDF/UA-1, the standard for accessible PDF, with veraPDF:
#
#	internal/pdf/testdata/verapdf.sh FILE.pdf ...
#
# It prints PASS or FAIL for each file, and for a FAIL the clauses. It needs Java 11 or later and Maven (Debian:
# openjdk-17-jre-headless maven). The first time, Maven fetches veraPDF, 10 MB, which is then kept in the user's cache.
set -eu
version=1.28.2
sum=687d4d8bcfec48c9f7e931cf78ed061f1eeccfba55d4cdc000ba9b4d8aa46ce6
lib=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/verapdf-$version
jar=$lib/greenfield-apps-$version.jar
if ! [ -s "$jar" ]; then
	mkdir -p "$lib"
	new=$(mktemp -d "$lib/new.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy "-Dartifact=org.verapdf.apps:greenfield-apps:$version" "-DoutputDirectory=$new" >&2
	echo "$sum  $new/greenfield-apps-$version.jar" | sha256sum -c --quiet >&2
	mv "$new/greenfield-apps-$version.jar" "$jar"
	rm -rf "$new"
	trap - EXIT
fi
exec java -Djava.awt.headless=true -cp "$jar" org.verapdf.apps.GreenfieldCliWrapper -f ua1 --format text -v "$@"

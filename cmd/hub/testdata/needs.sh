#!/bin/sh
# Installs what the tests need besides Go and Node: a browser, and programs that read PDFs. It
# installs Debian's packages if it may, and otherwise says exactly what to install.
set -eu
missing=
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need chromium chromium
need pdftotext poppler-utils
need qpdf qpdf
if [ "${CI:-}" = true ]; then # for veraPDF; elsewhere its test says when they are not there
	need java default-jre-headless
	need mvn maven
fi
[ -n "$missing" ] || exit 0
install="apt-get install -y --no-install-recommends$missing fonts-liberation"
if ! command -v apt-get >/dev/null 2>&1; then
	echo "The tests need these programs, which are not here:$missing. Install them and try again." >&2
	exit 1
elif [ "$(id -u)" = 0 ]; then
	as=
elif sudo -n true 2>/dev/null; then
	as=sudo
else
	echo "The tests need Debian packages that are not here. Install them and try again:" >&2
	echo "  sudo apt-get update && sudo $install" >&2
	exit 1
fi
export DEBIAN_FRONTEND=noninteractive
$as apt-get update -qq
$as $install

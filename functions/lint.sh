#!/bin/sh
# Lints the templates with cfn-lint, a second opinion beside the linter that the tests run.
# Needs Python 3.9 or later with venv, and PyPI or a mirror of it. Installs into a folder of its own, which it removes.
set -eu
cd "$(dirname "$0")/.."
command -v python3 >/dev/null || { echo "lint.sh: install Python 3.9 or later (Debian: python3, python3-venv)" >&2; exit 1; }
venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
python3 -m venv "$venv" || { echo "lint.sh: install Debian's package python3-venv" >&2; exit 1; }
"$venv/bin/pip" install --quiet --disable-pip-version-check cfn-lint==1.58.0
"$venv/bin/cfn-lint" template.yaml firewall.yaml functions/aws/*.yaml && echo "cfn-lint: no faults"

#!/bin/sh
# What others say of the templates and workflows: cfn-lint, SAM's validate, checkov, actionlint and zizmor. Not part of npm
# test. Needs Go, Python 3.9 or later with venv, the Go module proxy and PyPI or mirrors of them. Installs some 700 MB into a
# folder of its own, which it removes. Nothing is sent to anybody.
set -eu
cd "$(dirname "$0")"
here=$PWD root=$(cd ../../.. && pwd)
command -v python3 >/dev/null || { echo "run.sh: install Python 3.9 or later (Debian: python3, python3-venv)" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
install() { # VENV PACKAGE...
  python3 -m venv "$work/$1" || { echo "run.sh: install Debian's package python3-venv" >&2; exit 1; }
  venv=$1
  shift
  "$work/$venv/bin/pip" install --quiet --disable-pip-version-check "$@"
}
install cfn cfn-lint==1.58.0 zizmor==1.32.0
install sam aws-sam-cli==1.170.0
install checkov checkov==3.3.30
GOBIN=$work GOFLAGS='' go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

cd "$root"
failed=0
judge() { # NAME COMMAND...
  name=$1
  shift
  if "$@" >"$work/said" 2>&1; then echo "ok: $name"; else echo "FAILED: $name"; cat "$work/said"; failed=1; fi
}
templates='template.yaml firewall.yaml functions/aws/github.yaml functions/aws/backup.yaml'
judge cfn-lint "$work/cfn/bin/cfn-lint" $templates
for t in $templates; do
  judge "sam validate --lint $t" env SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=eu-west-2 "$work/sam/bin/sam" validate --lint -t "$t"
done
workflows=$(echo .github/workflows/*.yml functions/aws/editors.yml)
judge actionlint "$work/actionlint" $workflows
judge zizmor "$work/cfn/bin/zizmor" --offline $workflows
# checkov asks its maker for advice, which it can do without; what it finds stands on standard output.
"$work/checkov/bin/checkov" -f $templates $workflows --framework cloudformation github_actions --compact --quiet --soft-fail -o json >"$work/found.json" 2>/dev/null || true
judge checkov python3 "$here/answered.py" "$work/found.json" "$here/answered.txt"
[ $failed = 0 ] && echo 'nothing that is not answered'
exit $failed

#!/bin/sh
# Runs the functions as they are packaged under AWS's own Runtime Interface Emulator, against moto, a stand-in for AWS:
# each answers its own events, and says of each event in aws-lambda-go's examples that is not its own that it is none,
# without changing anything. Not part of npm test. Needs what deploy.sh needs beside AWS's command line, Python 3.9 or later
# with venv, unzip, PyPI and the Go module proxy or mirrors of them. Installs into a folder of its own, which it removes.
set -eu
cd "$(dirname "$0")"
here=$PWD root=$(cd ../../.. && pwd)
for needed in python3 go unzip; do
  command -v $needed >/dev/null || { echo "run.sh: install $needed" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv" || { echo "run.sh: install Debian's package python3-venv" >&2; exit 1; }
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'moto[server]==5.2.5'
GOBIN=$work GOFLAGS='' go install github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie@v0.0.0-20261030222936-bef5c4ba774d

cd "$root"
# The content with all courses moved so that they take applications today.
"$work/venv/bin/python" "$here/moved.py" content "$work/content"
go run ./cmd/hub package --content "$work/content" --dist "$work/dist"
for zip in "$work"/dist/*.zip; do
  name=$(basename "$zip" .zip)
  unzip -q "$zip" -d "$work/$name"
  # Zips are for arm64. On another machine the program is built once more.
  [ "$(go env GOHOSTARCH)" = arm64 ] || CGO_ENABLED=0 go build -trimpath -tags lambda.norpc -o "$work/$name/bootstrap" "./functions/$name"
done
examples=$(go list -m -f '{{.Dir}}' github.com/aws/aws-lambda-go)/events/testdata
"$work/venv/bin/python" "$here/events.py" "$work" "$examples" template.yaml

#!/bin/sh
# Runs deploy.sh itself, by AWS's own command line, against moto, a stand-in for AWS: regions, a first deployment, a second,
# the way back, data back. Not part of npm test. Needs Python 3.9 or later with venv, and PyPI or a mirror of it.
# Installs into a folder of its own, which it removes. Says what it saw, and what moto does not know, so that it is not
# shown here.
set -eu
cd "$(dirname "$0")"
here=$PWD root=$(cd ../../.. && pwd)
command -v python3 >/dev/null || { echo "run.sh: install Python 3.9 or later (Debian: python3, python3-venv)" >&2; exit 1; }
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
python3 -m venv "$work/venv" || { echo "run.sh: install Debian's package python3-venv" >&2; exit 1; }
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'moto[server]==5.2.5' awscli==1.46.3
mkdir -p "$work/path" "$work/hub"

# moto has no answer to these calls.
cat >"$work/path/aws" <<EOF
#!/bin/sh
case "\$*" in
*update-termination-protection*) echo "not shown: \$2" >>"$work/unknown"; exit 0 ;;
esac
exec "$work/venv/bin/aws" "\$@"
EOF
# In place of a build of all programs: zips that hold their name and the version.
cat >"$work/path/go" <<'EOF'
#!/bin/sh
mkdir -p bin
cat >bin/hub <<'HUB'
#!/bin/sh
mkdir -p dist
for f in submit review deliver publish bounce records mentoring mentoringwork mentoringrecords; do
  python3 -c "
import sys, zipfile
zipfile.ZipFile(sys.argv[1], 'w').writestr(zipfile.ZipInfo('bootstrap'), ' '.join(sys.argv[1:]))" dist/$f.zip "$VERSION"
done
HUB
chmod +x bin/hub
EOF
chmod +x "$work/path/aws" "$work/path/go"
PATH=$work/path:$work/venv/bin:$PATH
export PATH AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_CONFIG_FILE="$work/config" AWS_PAGER=
unset AWS_PROFILE AWS_REGION AWS_DEFAULT_REGION AWS_SESSION_TOKEN || true
: >"$work/config"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export AWS_ENDPOINT_URL="http://127.0.0.1:$port"
"$work/venv/bin/moto_server" -H 127.0.0.1 -p "$port" >"$work/moto.log" 2>&1 &
server=$!
python3 - "$port" <<'EOF'
import socket, sys, time
for _ in range(300):
    try:
        socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close()
        break
    except OSError:
        time.sleep(0.1)
else:
    sys.exit("run.sh: moto does not start")
EOF

cp "$root/deploy.sh" "$root/firewall.yaml" "$work/hub"
"$work/venv/bin/python" reduce.py "$root/template.yaml" >"$work/hub/template.yaml" 2>"$work/reduced"
cd "$work/hub"
failed=0
# run WORDS... -- ARGUMENTS...: deploys, and looks for all the words in what was said.
run() {
  printf '' >"$work/words"
  while [ "$1" != -- ]; do printf '%s\n' "$1" >>"$work/words"; shift; done
  shift
  ./deploy.sh "$@" </dev/null >"$work/said" 2>&1 && result=0 || result=$?
  while read -r word; do
    grep -qF -e "$word" "$work/said" || { echo "FAILED: \"$word\" is not said:"; tail -n 20 "$work/said"; failed=1; }
  done <"$work/words"
}
is() { # WHAT WANT GOT
  if [ "$2" = "$3" ]; then echo "ok: $1: $3"; else echo "FAILED: $1: $3, want $2"; failed=1; fi
}
stack() { aws cloudformation describe-stacks --region eu-west-2 --stack-name hub --query "Stacks[0].$1" --output text; }
code() { aws lambda get-function --region eu-west-2 --function-name hub-submit --query Configuration.CodeSha256 --output text; }

export VERSION=one
run 'no region is set' -- hub zips
is 'no region' 1 $result
export AWS_DEFAULT_REGION=us-east-1
run 'the region is us-east-1' -- hub zips
is 'a region abroad' 1 $result
printf '[default]\nregion = us-east-1\n' >"$work/config"
export AWS_DEFAULT_REGION=eu-west-2
run 'region eu-west-2, stack hub' 'AWS::DynamoDB::Table' -- hub zips MailAddress=no-reply@hub.example.net MailName='GP Hub, north' OriginSecretA=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
is 'first deployment, with a profile of us-east-1' 0 $result
is 'its tag' hub "$(stack "Tags[?Key=='hub'].Value")"
is 'guarded once it has succeeded' yes "$(stack "Parameters[?ParameterKey=='Protected'].ParameterValue")"
is 'tables' 2 "$(aws dynamodb list-tables --query 'length(TableNames)' --output text)"
is 'tables elsewhere' 0 "$(aws dynamodb list-tables --region us-east-1 --query 'length(TableNames)' --output text)"
is 'the zips are nobody else'"'"'s to see' True "$(aws s3api get-public-access-block --bucket zips --query PublicAccessBlockConfiguration.BlockPublicPolicy --output text)"
one=$(code)

export VERSION=two
run 'Modify' -- hub zips LogDays=90
is 'second deployment' 0 $result
is 'its tag' hub "$(stack "Tags[?Key=='hub'].Value")"
is 'a parameter that was given' 90 "$(stack "Parameters[?ParameterKey=='LogDays'].ParameterValue")"
is 'a parameter that was not' 'GP Hub, north' "$(stack "Parameters[?ParameterKey=='MailName'].ParameterValue")"
is 'tables' 2 "$(aws dynamodb list-tables --query 'length(TableNames)' --output text)"
two=$(code)
is 'other programs' yes "$([ "$one" = "$two" ] && echo no || echo yes)"

run 'region eu-west-2' -- --rollback hub zips
is 'the way back' 0 $result
is 'the first programs' "$one" "$(code)"
run 'nothing was deployed before' -- --rollback hub zips
is 'and no further' 1 $result

# Data back: of three records one is lost, one has changed since.
table=$(aws cloudformation describe-stack-resource --stack-name hub --logical-resource-id Table --query StackResourceDetail.PhysicalResourceId --output text)
put() { aws dynamodb put-item --table-name "$table" --item "{\"id\":{\"S\":\"$1\"},\"data\":{\"S\":\"$2\"}}"; }
put A then; put B then; put C then
restore() { "$root/functions/aws/restore.sh" "$@" hub "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$work/said" 2>&1; }
restore --drill && result=0 || result=$?
is 'a drill' 0 $result
is 'it leaves no table' 2 "$(aws dynamodb list-tables --query 'length(TableNames)' --output text)"
# moto keeps no past: the table that comes back is made before the record is lost.
aws dynamodb restore-table-to-point-in-time --source-table-name "$table" --target-table-name past --use-latest-restorable-time >/dev/null
aws dynamodb delete-item --table-name "$table" --key '{"id":{"S":"A"}}'
put B later
cat >"$work/path/past" <<EOF
#!/bin/sh
case "\$*" in
*restore-table-to-point-in-time*) exit 0 ;;
*delete-table*) exit 0 ;;
esac
for a; do shift; case \$a in hub-back-*) a=past ;; esac; set -- "\$@" "\$a"; done
exec "$work/venv/bin/aws" "\$@"
EOF
chmod +x "$work/path/past" && mv "$work/path/aws" "$work/path/aws-now" && mv "$work/path/past" "$work/path/aws"
restore && result=0 || result=$?
mv "$work/path/aws-now" "$work/path/aws"
is 'data back' 0 $result
data() { aws dynamodb get-item --table-name "$table" --key "{\"id\":{\"S\":\"$1\"}}" --query Item.data.S --output text; }
is 'what was lost' then "$(data A)"
is 'what has changed since is left alone' later "$(data B)"
is 'functions work again' None "$(aws lambda get-function-concurrency --function-name hub-submit --query ReservedConcurrentExecutions --output text)"

AWS_DEFAULT_REGION=eu-west-1
export AWS_DEFAULT_REGION REGIONS='eu-west-1'
run 'a stack hub already, in region eu-west-2' -- hub zips
is 'the same name in another region' 1 $result
unset REGIONS
AWS_DEFAULT_REGION=eu-west-2

cat "$work/reduced"
sort -u "$work/unknown" | sed 's/^/moto: /'
echo 'moto takes nothing back when a deployment fails: deploy_test.go shows what deploy.sh does then'
[ $failed = 0 ] && echo 'all as it should be'
exit $failed

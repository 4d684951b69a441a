#!/bin/sh
# Walks docs/deploy.md from the top as an operator would, with deploy.sh itself and AWS's own command line, against moto, a
# stand-in for AWS: regions, a first try that fails, a first deployment, a second, staging, mail, alarms, the way back, data
# back, the end. Each command is the guide's, and each is looked for there. Not part of npm test. Needs Python 3.9 or later
# with venv, and PyPI or a mirror of it. Installs into a folder of its own, which it removes, unless VENV names one that
# has moto and awscli. Says what it saw, and what moto does not know, so that it is not shown here.
set -eu
cd "$(dirname "$0")"
here=$PWD root=$(cd ../../.. && pwd)
command -v python3 >/dev/null || { echo "run.sh: install Python 3.9 or later (Debian: python3, python3-venv)" >&2; exit 1; }
work=$(mktemp -d)
server='' line=''
trap '[ -z "$server$line" ] || kill $server $line; rm -rf "$work"' EXIT
if [ -n "${VENV:-}" ]; then
  ln -s "$VENV" "$work/venv"
else
  python3 -m venv "$work/venv" || { echo "run.sh: install Debian's package python3-venv" >&2; exit 1; }
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check 'moto[server]==5.2.5' awscli==1.46.3
fi
mkdir -p "$work/path" "$work/hub"

# moto has no answer to these calls; nothing fails there; and it never finds a domain's DNS records.
cat >"$work/path/aws" <<EOF
#!/bin/sh
case "\$*" in
*update-termination-protection*) echo "not shown: \$2" >>"$work/unknown"; exit 0 ;;
*'wait stack-create-complete'*) [ ! -f "$work/fails" ] || { echo ROLLBACK_COMPLETE >"$work/status"; rm "$work/fails"; exit 255; } ;;
*delete-stack*) rm -f "$work/status" ;;
*StackStatus*) [ ! -f "$work/status" ] || exec cat "$work/status" ;;
*DkimAttributes.Status*) [ ! -f "$work/dkim" ] || exec cat "$work/dkim" ;;
esac
exec "$work/venv/bin/python" -S "$here/aws.py" "\$@"
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
export AWS_SERVER="$work/aws.socket"
"$work/venv/bin/python" aws.py server "$AWS_SERVER" &
line=$!
"$work/venv/bin/moto_server" -H 127.0.0.1 -p "$port" >"$work/moto.log" 2>&1 &
server=$!
python3 - "$port" <<'EOF'
import os, socket, sys, time
for _ in range(900):
    try:
        socket.create_connection(("127.0.0.1", int(sys.argv[1]))).close()
        assert os.path.exists(os.environ["AWS_SERVER"])
        break
    except (OSError, AssertionError):
        time.sleep(0.1)
else:
    sys.exit("run.sh: moto does not start")
EOF

cp "$root/deploy.sh" "$root/firewall.yaml" "$work/hub"
mkdir -p "$work/hub/functions" && cp -r "$root/functions/aws" "$work/hub/functions"
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
# guide TEXT: what is done next stands in the guide.
guide() { tr -s ' \n' '  ' <"$root/docs/deploy.md" | grep -qF -e "$1" || { echo "FAILED: the guide does not say: $1"; failed=1; }; }
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
# The first try fails, the second does not.
: >"$work/fails"
run 'the deployment failed and is taken back' '"If it fails"' -- hub-new zips MailAddress=no-reply@hub.example.net OriginSecretA=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
is 'a first deployment that fails' 1 $result
guide 'Correct them and run the same command again: it removes the shell first.'
run 'its empty shell is removed now' -- hub-new zips MailAddress=no-reply@hub.example.net OriginSecretA=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
is 'the same command again' 0 $result
aws cloudformation delete-stack --stack-name hub-new
for t in $(aws dynamodb list-tables --query 'TableNames[]' --output text); do
  aws dynamodb update-table --table-name "$t" --no-deletion-protection-enabled >/dev/null
  aws dynamodb delete-table --table-name "$t" >/dev/null
done

guide 'FIREWALL=yes ./deploy.sh hub hub-zips-$(aws sts get-caller-identity --query Account --output text)'
guide 'MailAddress=you@example.org AlarmEmail=you@example.org OriginSecretA=$(openssl rand -hex 32)'
run 'region eu-west-2, stack hub' 'AWS::DynamoDB::Table' -- hub zips MailAddress=no-reply@hub.example.net MailName='GP Hub, north' OriginSecretA=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
is 'first deployment, with a profile of us-east-1' 0 $result
is 'its tag' hub "$(stack "Tags[?Key=='hub'].Value")"
is 'guarded once it has succeeded' yes "$(stack "Parameters[?ParameterKey=='Protected'].ParameterValue")"
is 'tables' 2 "$(aws dynamodb list-tables --query 'length(TableNames)' --output text)"
is 'tables elsewhere' 0 "$(aws dynamodb list-tables --region us-east-1 --query 'length(TableNames)' --output text)"
is 'the zips are nobody else'"'"'s to see' True "$(aws s3api get-public-access-block --bucket zips --query PublicAccessBlockConfiguration.BlockPublicPolicy --output text)"
one=$(code)
# A bucket that others can see is refused, whether by its list of rights or by its policy.
aws s3 mb s3://opened >/dev/null
aws s3api put-bucket-acl --bucket opened --acl public-read-write
run 'bucket opened is public' -- hub opened
is 'a bucket to which anybody may write' 1 $result
aws s3api put-bucket-acl --bucket opened --acl private
aws s3api put-bucket-policy --bucket opened --policy '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::opened/*"}]}'
run 'bucket opened is public' -- hub opened
is 'a bucket that anybody may read' 1 $result
aws s3api put-public-access-block --bucket zips --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=false,RestrictPublicBuckets=true

export VERSION=two
run 'Modify' -- hub zips LogDays=90
is 'second deployment' 0 $result
is 'its tag' hub "$(stack "Tags[?Key=='hub'].Value")"
is 'a parameter that was given' 90 "$(stack "Parameters[?ParameterKey=='LogDays'].ParameterValue")"
is 'a parameter that was not' 'GP Hub, north' "$(stack "Parameters[?ParameterKey=='MailName'].ParameterValue")"
is 'tables' 2 "$(aws dynamodb list-tables --query 'length(TableNames)' --output text)"
two=$(code)
is 'a bucket that could become public is closed' True "$(aws s3api get-public-access-block --bucket zips --query PublicAccessBlockConfiguration.BlockPublicPolicy --output text)"
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
# Version 1 of the command line, which pip has, does not know the option, and the records here have no data in base64.
for a; do shift; case \$a in hub-back-*) a=past ;; --cli-binary-format | base64) continue ;; esac; set -- "\$@" "\$a"; done
exec "$work/venv/bin/python" -S "$here/aws.py" "\$@"
EOF
chmod +x "$work/path/past" && mv "$work/path/aws" "$work/path/aws-now" && cp "$work/path/past" "$work/path/aws"
restore && result=0 || result=$?
mv "$work/path/aws-now" "$work/path/aws"
is 'data back' 0 $result
data() { aws dynamodb get-item --table-name "$table" --key "{\"id\":{\"S\":\"$1\"}}" --query Item.data.S --output text; }
is 'what was lost' then "$(data A)"
is 'what has changed since is left alone' later "$(data B)"
is 'functions work again' None "$(aws lambda get-function-concurrency --function-name hub-submit --query ReservedConcurrentExecutions --output text)"

# An application on paper comes back with its scan.
scans=$(aws cloudformation describe-stack-resource --stack-name hub --logical-resource-id Scans --query StackResourceDetail.PhysicalResourceId --output text)
aws s3api put-bucket-versioning --bucket "$scans" --versioning-configuration Status=Enabled # moto does not take that from the template
echo scan >"$work/scan"
put CC-7K4D-2P9X paper
aws s3api put-object --bucket "$scans" --key CC-7K4D-2P9X.0123456789abcdef --body "$work/scan" >/dev/null
aws dynamodb delete-table --table-name past >/dev/null
aws dynamodb restore-table-to-point-in-time --source-table-name "$table" --target-table-name past --use-latest-restorable-time >/dev/null
aws dynamodb delete-item --table-name "$table" --key '{"id":{"S":"CC-7K4D-2P9X"}}'
aws s3api delete-object --bucket "$scans" --key CC-7K4D-2P9X.0123456789abcdef >/dev/null
mv "$work/path/aws" "$work/path/aws-now" && cp "$work/path/past" "$work/path/aws"
restore && result=0 || result=$?
mv "$work/path/aws-now" "$work/path/aws"
is 'an application on paper back' 0 $result
is 'and its scan' scan "$(aws s3 cp "s3://$scans/CC-7K4D-2P9X.0123456789abcdef" - 2>&1)"

# Whom somebody had erased is erased again: the log says who it was.
now=$(date +%s)000
guide "for f in records deliver mentoringrecords mentoringwork; do"
guide "aws logs filter-log-events --log-group-name /hub/hub/\$f --filter-pattern '?erased ?erasure' --query 'events[].message' --output text"
for f in records deliver mentoringrecords mentoringwork; do
  aws logs create-log-stream --log-group-name "/hub/hub/$f" --log-stream-name one
  aws logs put-log-events --log-group-name "/hub/hub/$f" --log-stream-name one --log-events "timestamp=$now,message='{\"msg\":\"erased\",\"reference\":\"CC-7K4D-2P9X\"}'" "timestamp=$now,message='{\"msg\":\"letter sent\",\"reference\":\"CC-2C2C-2C2C\"}'" >/dev/null
  aws logs filter-log-events --log-group-name "/hub/hub/$f" --filter-pattern '?erased ?erasure' --query 'events[].message' --output text
done >"$work/said"
is 'who was erased' 4 "$(grep -c CC-7K4D-2P9X "$work/said" || true)"

# Staging beside it.
aws sesv2 create-email-identity --email-identity no-reply@hub.example.net >/dev/null
guide './deploy.sh hub-staging hub-zips-… @staging.txt OriginSecretA=$(openssl rand -hex 32)'
printf '# Staging.\n\nMailAddress=no-reply@hub.example.net\nMailName=GP Hub, staging\n' >staging.txt
run 'stack hub-staging' 'leaves that identity alone' -- hub-staging zips @staging.txt OriginSecretA=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
is 'staging' 0 $result
is 'its own tables' 2 "$(aws cloudformation describe-stack-resources --stack-name hub-staging --query "length(StackResources[?ResourceType=='AWS::DynamoDB::Table'])" --output text)"
is 'production as it was' 'GP Hub, north' "$(stack "Parameters[?ParameterKey=='MailName'].ParameterValue")"
aws cloudformation delete-stack --stack-name hub-staging

# Mail moves to a domain.
guide './deploy.sh hub BUCKET MailIdentity=training.example.org'
run 'stack hub' -- hub zips MailIdentity=training.example.net
is 'a mail domain' 0 $result
is 'letters go on from the address' '' "$(stack "Parameters[?ParameterKey=='MailFrom'].ParameterValue")"
guide './deploy.sh hub BUCKET MailFrom=no-reply@training.example.org'
aws sesv2 create-email-identity --email-identity training.example.net >/dev/null
run 'SES has not found the DNS records' -- hub zips MailFrom=no-reply@training.example.net
is 'before its DNS is known' 1 $result
echo SUCCESS >"$work/dkim"
run 'stack hub' -- hub zips MailFrom=no-reply@training.example.net
is 'once it is' 0 $result
is 'letters come from it' no-reply@training.example.net "$(stack "Parameters[?ParameterKey=='MailFrom'].ParameterValue")"

# A repair while an alarm is on.
aws cloudwatch put-metric-alarm --alarm-name hub-failing --namespace hub --metric-name Failing --statistic Sum --period 60 --evaluation-periods 1 --threshold 1 --comparison-operator GreaterThanThreshold
aws cloudwatch set-alarm-state --alarm-name hub-failing --state-value ALARM --state-reason trial
export VERSION=three
run 'hub-failing is on' 'HOTFIX=yes' -- hub zips
is 'a deployment while an alarm is on' 1 $result
guide 'HOTFIX=yes ./deploy.sh …'
HOTFIX=yes run 'Modify' -- hub zips
is 'the repair' 0 $result
aws cloudwatch set-alarm-state --alarm-name hub-failing --state-value OK --state-reason trial
run 'stack hub' -- hub zips
is 'the next one watches again' 0 $result

# The secret is exchanged.
for step in 'OriginSecretB=$(openssl rand -hex 32)' OriginShows=B 'OriginSecretA=$(openssl rand -hex 32)'; do
  guide "./deploy.sh hub BUCKET $step"
  run 'stack hub' -- hub zips "$(echo "$step" | sed 's/\$(.*)/cccccccccccccccccccccccccccccccc/')"
  is "$step" 0 $result
done

# Roles for GitHub, backups.
guide 'aws cloudformation deploy --stack-name hub-github --template-file functions/aws/github.yaml --capabilities CAPABILITY_IAM'
guide '--parameter-overrides Repository=OWNER/REPOSITORY Stack=hub Bucket=hub-zips-…'
aws cloudformation deploy --stack-name hub-github --template-file functions/aws/github.yaml --capabilities CAPABILITY_IAM --parameter-overrides Repository=example/hub Stack=hub Bucket=zips >"$work/said" 2>&1 && result=0 || result=$?
is 'roles for GitHub' 0 $result
guide 'aws cloudformation deploy --stack-name hub-backup --template-file functions/aws/backup.yaml --capabilities CAPABILITY_IAM'
"$work/venv/bin/python" "$here/reduce.py" functions/aws/backup.yaml >"$work/backup.json" 2>>"$work/reduced"
aws cloudformation deploy --stack-name hub-backup --template-file "$work/backup.json" --capabilities CAPABILITY_IAM --parameter-overrides "Tables=arn:aws:dynamodb:eu-west-2:123456789012:table/$table,arn:aws:s3:::$scans" Lock=no >"$work/said" 2>&1 && result=0 || result=$?
is 'backups' 0 $result

AWS_DEFAULT_REGION=eu-west-1
export AWS_DEFAULT_REGION REGIONS='eu-west-1'
run 'a stack hub already, in region eu-west-2' -- hub zips
is 'the same name in another region' 1 $result
unset REGIONS
AWS_DEFAULT_REGION=eu-west-2

# The end.
guide './deploy.sh hub BUCKET Protected=no'
run 'stack hub' -- hub zips Protected=no
is 'no longer guarded' 0 $result
guide 'aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name hub'
aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name hub
guide 'aws cloudformation delete-stack --stack-name hub'
aws cloudformation delete-stack --stack-name hub
is 'the stack is gone' '' "$(stack StackStatus 2>/dev/null)"
echo 'moto: it does not know RetainExceptOnCreate, by which tables, buckets, queues and the key stay'

cat "$work/reduced"
sort -u "$work/unknown" | sed 's/^/moto: /'
echo 'moto: a bucket is not versioned by a template'
echo 'moto takes nothing back when a deployment fails: deploy_test.go shows what deploy.sh does then'
[ $failed = 0 ] && echo 'all as it should be'
exit $failed

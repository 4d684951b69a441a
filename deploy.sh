#!/bin/sh
# Deploys the hub to AWS, or updates it. It needs Go, npm's node_modules, and AWS's command line (aws, version 2) with
# credentials for the account. See docs/deploy.md.
#
#   AWS_REGION=eu-west-2 ./deploy.sh STACK BUCKET [PARAMETER=VALUE | @FILE ...]
#   AWS_REGION=eu-west-2 ./deploy.sh --rollback STACK BUCKET
#
# BUCKET holds the zips; it is made if it does not exist. Parameters that are not given keep their values. A FILE has one
# PARAMETER=VALUE on each line, so that staging and production can differ in one file. The script shows what would change,
# and asks at a terminal. --rollback returns to the previous deployment.
#
#   FIREWALL=yes   also deploys the firewall, in us-east-1, where CloudFront looks for it
#   REGIONS="..."  regions in which applications may be kept, if not only eu-west-2
#   HOTFIX=yes     does not let alarms roll back: for a repair while one of them is on
#   HUB_PROGRAMS=  folder with a release's programs: packs them with the content (HUB_CONTENT), without Go
#   SERVICE_ROLE=  ARN of the role that CloudFormation uses, an output of functions/aws/github.yaml
set -eu
say() { echo "deploy.sh: $*" >&2; }
die() { say "$@"; exit 1; }
back=
[ "${1:-}" != --rollback ] || { back=yes; shift; }
[ $# -ge 2 ] || { sed -n '2,18s/^# \{0,1\}//p' "$0" >&2; exit 2; }
stack=$1 bucket=$2
shift 2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
chmod 700 "$tmp"

# The region. A wrong one would keep applications in another country.
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region || true)}}
[ -n "$region" ] || die "no region is set: say for example AWS_REGION=eu-west-2 (London)"
export AWS_REGION="$region" AWS_DEFAULT_REGION="$region" AWS_PAGER=
case " ${REGIONS:-eu-west-2} " in
*" $region "*) ;;
*) die "the region is $region, and applications would be kept there. Allowed: ${REGIONS:-eu-west-2}. If you mean it, say REGIONS=$region" ;;
esac
account=$(aws sts get-caller-identity --query Account --output text) || die "AWS does not know who you are: sign in (aws sso login, or set its variables) and try again"
say "account $account, region $region, stack $stack"

# state prints the stack's status, or nothing if there is no stack.
state() {
  if ! aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].StackStatus' --output text 2>"$tmp/error"; then
    grep -q 'does not exist' "$tmp/error" || { cat "$tmp/error" >&2; exit 1; }
  fi
}
status=$(state)
case $status in
'')
  for other in ${REGIONS:-} $(aws configure get region || true) eu-west-1 eu-west-2 eu-central-1 us-east-1; do
    [ "$other" = "$region" ] || ! aws cloudformation describe-stacks --region "$other" --stack-name "$stack" >/dev/null 2>&1 ||
      die "there is a stack $stack already, in region $other. Deploy there (REGIONS=$other AWS_REGION=$other), or choose another name"
  done ;;
ROLLBACK_COMPLETE)
  say "the first deployment of $stack failed, and what it made has been taken back: its empty shell is removed now"
  aws cloudformation delete-stack --stack-name "$stack"
  aws cloudformation wait stack-delete-complete --stack-name "$stack"
  status= ;;
REVIEW_IN_PROGRESS) status= ;; # there was a change set, but nobody confirmed it
*_IN_PROGRESS) die "$stack is being changed now ($status): wait, then try again" ;;
UPDATE_ROLLBACK_FAILED) die "the last deployment could not be taken back. See why in CloudFormation's events, mend it, then: aws cloudformation continue-update-rollback --stack-name $stack" ;;
*_FAILED) die "$stack is in $status. See why in CloudFormation's events; docs/deploy.md, \"If it fails\", says how to remove it" ;;
esac

# told KEY prints the parameter's value: the one given now, otherwise the stack's.
told() {
  if grep -q "^$1=" "$tmp/given"; then sed -n "s/^$1=//p" "$tmp/given" | tail -n 1
  elif [ -n "$status" ]; then aws cloudformation describe-stacks --stack-name "$stack" --query "Stacks[0].Parameters[?ParameterKey=='$1'].ParameterValue" --output text
  fi
}
give() { printf '%s\n' "$1" >>"$tmp/given"; }
: >"$tmp/given"
for p; do
  case $p in
  @*) grep -v -e '^#' -e '^ *$' "${p#@}" >>"$tmp/given" || die "there is no parameter in ${p#@}" ;;
  *=*) give "$p" ;;
  *) die "\"$p\" is neither PARAMETER=VALUE nor @FILE" ;;
  esac
done
! grep -v '^[A-Za-z][A-Za-z0-9]*=[^"\\]*$' "$tmp/given" >&2 || die "the above is not PARAMETER=VALUE"

cd "$(dirname "$0")"
if [ -z "$back" ]; then
  [ -n "${HUB_PROGRAMS:-}" ] || go build -o bin/hub ./cmd/hub # a release contains bin/hub too
  bin/hub package
fi

if [ "${FIREWALL:-}" = yes ]; then
  aws cloudformation deploy --region us-east-1 --stack-name "$stack-firewall" --template-file firewall.yaml --no-fail-on-empty-changeset --tags "hub=$stack"
  give "WebAclArn=$(aws cloudformation describe-stacks --region us-east-1 --stack-name "$stack-firewall" --query "Stacks[0].Outputs[?OutputKey=='WebAclArn'].OutputValue" --output text)"
fi

# An address or a domain that SES knows already, from a test or another stack, is used and left alone.
# Nothing changes for one that this stack has itself.
identity() { # PARAMETER OWNS RESOURCE
  name=$(told "$1")
  if [ -z "$name" ] || [ "$name" = None ] || grep -q "^$2=" "$tmp/given"; then return; fi
  aws sesv2 get-email-identity --email-identity "$name" >/dev/null 2>&1 || return 0
  [ -n "$status" ] && [ "$(aws cloudformation describe-stack-resources --stack-name "$stack" --query "StackResources[?LogicalResourceId=='$3'].PhysicalResourceId" --output text)" = "$name" ] && return 0
  say "SES knows $1 already: the stack leaves that identity alone ($2=no)"
  give "$2=no"
}
identity MailAddress OwnsMailAddress MailSender
identity MailIdentity OwnsMailIdentity MailDomain
if grep -q '^MailFrom=.' "$tmp/given"; then
  domain=$(told MailIdentity)
  case $(told MailFrom) in
  *@"$domain" | *."$domain") ;;
  *) die "MailFrom must be at MailIdentity, $domain" ;;
  esac
  dkim=$(aws sesv2 get-email-identity --email-identity "$domain" --query DkimAttributes.Status --output text 2>/dev/null || echo 'not there')
  [ "$dkim" = SUCCESS ] || die "SES has not found the DNS records of $domain yet (DKIM: $dkim), so no letter from it would leave. Letters go on from the address that they come from now. Set the records of the outputs Dkim1 to Dkim3, and try again in an hour"
fi

# The bucket for the zips must be in this account and region, and closed: of a public one anybody could read the programs, or
# put others in their place. One that nobody else can see yet is closed for good, as a new one is.
ask() { what=$1; shift; aws s3api "$what" --bucket "$bucket" --expected-bucket-owner "$account" "$@"; }
unseen() { cat "$tmp/error" >&2; die "it cannot be seen whether bucket $bucket is public. GitHub's role needs functions/aws/github.yaml to be deployed again, and can only use a bucket that is closed. An administrator closes it once: aws s3api put-public-access-block --bucket $bucket --public-access-block-configuration $closed"; }
shut() {
  if blocked=$(ask get-public-access-block --query 'PublicAccessBlockConfiguration.[BlockPublicAcls,IgnorePublicAcls,BlockPublicPolicy,RestrictPublicBuckets]' --output text 2>"$tmp/error"); then
    [ "$(echo "$blocked" | tr '\t' ' ')" != 'True True True True' ] || return 0
  else grep -q NoSuchPublicAccessBlock "$tmp/error" || unseen
  fi
  public=$(ask get-bucket-policy-status --query PolicyStatus.IsPublic --output text 2>"$tmp/error") || { grep -q NoSuchBucketPolicy "$tmp/error" || unseen; public=False; }
  others=$(ask get-bucket-acl --query "Grants[?ends_with(not_null(Grantee.URI, ''), 'Users')].Permission" --output text 2>"$tmp/error") || unseen
  [ "$public $others" = 'False ' ] || die "bucket $bucket is public: anybody could read the programs, or put others in their place. Choose another one, or close it: aws s3api put-public-access-block --bucket $bucket --public-access-block-configuration $closed"
  ask put-public-access-block --public-access-block-configuration "$closed"
}
closed=BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
if ask head-bucket >/dev/null 2>"$tmp/error"; then
  where=$(ask get-bucket-location --query LocationConstraint --output text)
  [ "$where" = "$region" ] || [ "$region $where" = 'us-east-1 None' ] || die "bucket $bucket is in region $where, not in $region: choose another one"
  shut
elif grep -q 404 "$tmp/error"; then
  [ -z "$back" ] || die "there is no bucket $bucket, so nothing to go back to"
  aws s3 mb "s3://$bucket"
  ask put-public-access-block --public-access-block-configuration "$closed"
else
  cat "$tmp/error" >&2
  die "bucket $bucket cannot be used: it is another account's, or you may not see it"
fi

# history reads from the bucket what was deployed, the present version last. A rollback needs it, and so does the choice of
# zips to keep. If this script stopped half-way before, the list has too few or too many, so the stack's own Release counts.
history() {
  if ! aws s3 cp --only-show-errors "s3://$bucket/$stack/released" "$tmp/released" 2>"$tmp/error"; then
    grep -q 404 "$tmp/error" || { cat "$tmp/error" >&2; die "what was deployed before cannot be read"; }
    : >"$tmp/released"
  fi
  [ -n "$status" ] || return 0
  present=$(aws cloudformation describe-stacks --stack-name "$stack" --query "Stacks[0].Parameters[?ParameterKey=='Release'].ParameterValue" --output text)
  case $present in '' | None) return 0 ;; esac # deployed by an older deploy.sh
  if grep -qxF "$present" "$tmp/released"; then
    awk -v is="$present" '{line[NR] = $0} $0 == is {end = NR} END {for (i = 1; i <= end; i++) print line[i]}' "$tmp/released" >"$tmp/rest"
    mv "$tmp/rest" "$tmp/released"
  else echo "$present" >>"$tmp/released"
  fi
}
if [ -n "$back" ]; then
  history
  [ "$(grep -c . "$tmp/released")" -ge 2 ] || die "nothing was deployed before the present version"
  key=$(tail -n 2 "$tmp/released" | head -n 1)
else
  aws cloudformation package --template-file template.yaml --s3-bucket "$bucket" --s3-prefix "$stack" --output-template-file dist/packaged.yaml >/dev/null
  key=$stack/templates/$(cksum <dist/packaged.yaml | tr ' ' -).yaml
  aws s3 cp --quiet dist/packaged.yaml "s3://$bucket/$key"
fi
url=https://$bucket.s3.$region.amazonaws.com/$key

# triggers prints the alarms that roll a deployment back, if they exist: at the first deployment they do not. publish builds
# the pages as soon as its own program is new; if it fails, the functions are rolled back too, and the old pages rebuilt.
triggers() {
  [ "${HOTFIX:-}" != yes ] || { echo '{"RollbackTriggers":[]}'; return; }
  aws cloudwatch describe-alarms --alarm-names "$stack-failing" "$stack-deliver-failing" "$stack-publish-failed" --query 'MetricAlarms[].[AlarmName,StateValue,AlarmArn]' --output text >"$tmp/alarms"
  on=$(awk '$2 == "ALARM" {print $1}' "$tmp/alarms" | xargs)
  if [ -n "$on" ]; then # this may be the reason for a rollback
    [ -n "$back" ] || die "$on is on, and would take this deployment back at once. If it is the repair, say HOTFIX=yes"
    echo '{"RollbackTriggers":[]}'
    return
  fi
  printf '{"MonitoringTimeInMinutes":10,"RollbackTriggers":['
  awk '$3 {printf "%s{\"Type\":\"AWS::CloudWatch::Alarm\",\"Arn\":\"%s\"}", (NR > 1 ? "," : ""), $3}' "$tmp/alarms"
  echo ']}'
}

# change shows what would change, asks, and makes the change.
change() {
  kind=UPDATE done=stack-update-complete
  [ -n "$status" ] || kind=CREATE done=stack-create-complete
  triggers >"$tmp/triggers.json"
  aws cloudformation get-template-summary --template-url "$url" --query 'Parameters[].ParameterKey' --output text | tr '\t' '\n' >"$tmp/known"
  ! grep -qx Release "$tmp/known" || give "Release=$key"
  had=
  [ $kind = CREATE ] || had=$(aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].Parameters[].ParameterKey' --output text)
  sed 's/=.*//' "$tmp/given" | while read -r name; do
    grep -qx "$name" "$tmp/known" || die "template.yaml has no parameter $name"
  done
  while read -r name; do
    if grep -q "^$name=" "$tmp/given"; then echo "{\"ParameterKey\":\"$name\",\"ParameterValue\":\"$(sed -n "s/^$name=//p" "$tmp/given" | tail -n 1)\"}"
    else
      for h in $had; do
        [ "$h" != "$name" ] || echo "{\"ParameterKey\":\"$name\",\"UsePreviousValue\":true}"
      done
    fi
  done <"$tmp/known" | paste -sd, - | sed 's/^/[/; s/$/]/' >"$tmp/parameters.json"
  set=$(aws cloudformation create-change-set --stack-name "$stack" --change-set-name "hub-$(date -u +%Y%m%d%H%M%S)" --change-set-type $kind --template-url "$url" \
    --parameters "file://$tmp/parameters.json" --capabilities CAPABILITY_IAM --tags "Key=hub,Value=$stack" --rollback-configuration "file://$tmp/triggers.json" \
    ${SERVICE_ROLE:+--role-arn "$SERVICE_ROLE"} --query Id --output text)
  made=yes
  aws cloudformation wait change-set-create-complete --change-set-name "$set" 2>"$tmp/refused" || made=
  history # from now on AWS refuses this change if another one comes first
  [ -z "$back" ] || [ "$(tail -n 2 "$tmp/released" | head -n 1)" = "$key" ] || die "another deployment came first: look at what is there now, and say it again"
  if [ -z "$made" ]; then
    why=$(aws cloudformation describe-change-set --change-set-name "$set" --query StatusReason --output text)
    aws cloudformation delete-change-set --change-set-name "$set"
    case $why in
    *"didn't contain changes"* | *'No updates'*) say "nothing has changed"; return 0 ;;
    esac
    cat "$tmp/refused" >&2
    die "CloudFormation refuses: $why"
  fi
  aws cloudformation describe-change-set --change-set-name "$set" --query 'Changes[].ResourceChange.[Action,Replacement,ResourceType,LogicalResourceId]' --output text | sort | sed 's/^/  /' >&2
  if [ -t 0 ] && [ -z "${asked:-}" ]; then
    printf 'deploy.sh: do this to stack %s? [y/N] ' "$stack" >&2
    read -r yes
    case $yes in
    y | yes) asked=yes ;;
    *)
      aws cloudformation delete-change-set --change-set-name "$set"
      [ $kind = UPDATE ] || aws cloudformation delete-stack --stack-name "$stack"
      die "nothing was changed" ;;
    esac
  fi
  aws cloudformation execute-change-set --change-set-name "$set" || die "the change was not begun: another deployment came first, or AWS had no answer. Try again in some minutes"
  if ! aws cloudformation wait $done --stack-name "$stack"; then
    case $(state) in
    *ROLLBACK*) ;;
    CREATE_COMPLETE | UPDATE_COMPLETE*) return 0 ;; # only the answer was lost
    *_IN_PROGRESS) die "AWS goes on with the deployment, but it cannot be watched from here. When it is done, run the same command again: it finds what is left to do" ;;
    esac
    aws cloudformation describe-stack-events --stack-name "$stack" --query "StackEvents[?contains(ResourceStatus, 'FAILED')].[LogicalResourceId,ResourceStatusReason]" --output text | head -n 10 >&2
    die "the deployment failed and is taken back; the reasons are above, newest first. docs/deploy.md, \"If it fails\""
  fi
}

[ -z "$status" ] || grep -q '^Protected=' "$tmp/given" || give Protected=yes
change
if [ -z "$status" ]; then
  # The first deployment has succeeded. From now on nothing is deleted by mistake, and alarms roll deployments back.
  status=CREATE_COMPLETE
  grep -q '^Protected=' "$tmp/given" || give Protected=yes
  change
fi
if [ "$(told Protected)" = yes ]; then
  aws cloudformation update-termination-protection --enable-termination-protection --stack-name "$stack" >/dev/null
  aws cloudformation set-stack-policy --stack-name "$stack" --stack-policy-body '{"Statement":[
    {"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"},
    {"Effect":"Deny","Action":["Update:Replace","Update:Delete"],"Principal":"*","Resource":["LogicalResourceId/Table","LogicalResourceId/MentoringTable","LogicalResourceId/MentoringKey"]}]}'
fi

# Store the history, and delete zips and templates older than 30 days that none of the last five deployments needs.
if [ -n "$back" ]; then sed '$d' "$tmp/released" >"$tmp/rest" && mv "$tmp/rest" "$tmp/released"
elif [ "$(tail -n 1 "$tmp/released")" != "$key" ]; then echo "$key" >>"$tmp/released"
fi
aws s3 cp --quiet "$tmp/released" "s3://$bucket/$stack/released"
tail -n 5 "$tmp/released" >"$tmp/needed"
while read -r one; do
  aws s3 cp --quiet "s3://$bucket/$one" - | sed -n "s|.*[:/ ]\($stack/[0-9a-f]*\)\$|\1|p; s|.*S3Key: *||p"
done <"$tmp/needed" >>"$tmp/zips"
before=$(date -u -d '30 days ago' +%Y-%m-%d 2>/dev/null || date -u -v-30d +%Y-%m-%d)
aws s3api list-objects-v2 --bucket "$bucket" --expected-bucket-owner "$account" --prefix "$stack/" --query "Contents[?LastModified<'$before'].Key" --output text | tr '\t' '\n' |
  grep -vx -e None -e "$stack/released" | grep -vxF -f "$tmp/needed" | grep -vxF -f "$tmp/zips" | while read -r old; do
  aws s3 rm --quiet "s3://$bucket/$old"
done || true

aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].Outputs[].[OutputKey,OutputValue]' --output text

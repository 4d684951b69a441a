#!/bin/sh
# Puts the hub on AWS, or brings it up to date. Needs Go, npm's node_modules, and AWS's command line (aws, version 2) with
# credentials for the account. docs/deploy.md says the rest.
#
#   AWS_REGION=eu-west-2 ./deploy.sh STACK BUCKET [PARAMETER=VALUE ...]
#
# BUCKET holds the zips; it is made if it is not there. Parameters keep their values when they are not given again.
# With FIREWALL=yes the firewall is deployed as well, in us-east-1, where CloudFront looks for it.
set -eu
[ $# -ge 2 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
stack=$1 bucket=$2
shift 2
region=${AWS_REGION:-$(aws configure get region)}
cd "$(dirname "$0")"

go build -o bin/hub ./cmd/hub
bin/hub package

if [ "${FIREWALL:-}" = yes ]; then
  aws cloudformation deploy --region us-east-1 --stack-name "$stack-firewall" --template-file firewall.yaml --no-fail-on-empty-changeset
  acl=$(aws cloudformation describe-stacks --region us-east-1 --stack-name "$stack-firewall" --query "Stacks[0].Outputs[?OutputKey=='WebAclArn'].OutputValue" --output text)
  set -- "$@" "WebAclArn=$acl"
fi

aws s3api head-bucket --bucket "$bucket" 2>/dev/null || aws s3 mb --region "$region" "s3://$bucket"
aws cloudformation package --region "$region" --template-file template.yaml --s3-bucket "$bucket" --s3-prefix "$stack" --output-template-file dist/packaged.yaml >/dev/null
aws cloudformation deploy --region "$region" --stack-name "$stack" --template-file dist/packaged.yaml --s3-bucket "$bucket" --s3-prefix "$stack" \
  --capabilities CAPABILITY_IAM --no-fail-on-empty-changeset ${1:+--parameter-overrides "$@"}

# From now on a deployment is rolled back as a whole if one of these alarms goes off during it or within 10 minutes.
# CloudFormation keeps this for later deployments. At the first one the alarms are not there yet.
triggers=
account=$(aws sts get-caller-identity --query Account --output text)
for alarm in errors throttles deliver-errors; do
  triggers="$triggers,{\"Type\":\"AWS::CloudWatch::Alarm\",\"Arn\":\"arn:aws:cloudwatch:$region:$account:alarm:$stack-$alarm\"}"
done
have=$(aws cloudformation describe-stacks --region "$region" --stack-name "$stack" --query "length(Stacks[0].RollbackConfiguration.RollbackTriggers || \`[]\`)" --output text)
if [ "$have" = 0 ]; then
  aws cloudformation update-stack --region "$region" --stack-name "$stack" --use-previous-template --capabilities CAPABILITY_IAM \
    --parameters $(aws cloudformation describe-stacks --region "$region" --stack-name "$stack" --query "Stacks[0].Parameters[].join('', ['ParameterKey=', ParameterKey, ',UsePreviousValue=true'])" --output text) \
    --rollback-configuration "{\"MonitoringTimeInMinutes\":10,\"RollbackTriggers\":[${triggers#,}]}" --tags "Key=hub,Value=$stack" >/dev/null
  aws cloudformation wait stack-update-complete --region "$region" --stack-name "$stack"
fi

aws cloudformation describe-stacks --region "$region" --stack-name "$stack" --query "Stacks[0].Outputs[].[OutputKey,OutputValue]" --output text

#!/bin/sh
# Gets records of a table back from any second of the last 35 days, or tries whether it could. Needs AWS's command line
# (aws, version 2).
#
#   restore.sh --drill STACK TIME             makes a table as it was at TIME, compares it, and removes it again
#   restore.sh STACK TIME [FUNCTION ...]      puts back what is missing now; the functions that write rest meanwhile
#
# TIME is in UTC, such as 2026-11-20T09:00:00Z. An application that came on paper gets its scan back. With TABLE=MentoringTable in the environment it works on the table
# behind the wall. What is there is left alone. People who were erased since have to be erased again: docs/deploy.md,
# "Get data back".
set -eu
say() { echo "restore.sh: $*" >&2; }
drill=
[ "${1:-}" != --drill ] || { drill=yes; shift; }
[ $# -ge 2 ] || { sed -n '2,12s/^# \{0,1\}//p' "$0" >&2; exit 2; }
stack=$1 time=$2
shift 2
resource=${TABLE:-Table}
case $resource in
MentoringTable) [ $# -gt 0 ] || set -- mentoring mentoringwork mentoringrecords ;;
*) [ $# -gt 0 ] || set -- submit review deliver bounce records ;;
esac
AWS_PAGER=
export AWS_PAGER
table=$(aws cloudformation describe-stack-resource --stack-name "$stack" --logical-resource-id "$resource" --query StackResourceDetail.PhysicalResourceId --output text)
back=$stack-back-$(date -u +%Y%m%d%H%M%S)
tmp=$(mktemp -d)
chmod 700 "$tmp"
rested=
# Whatever happens, functions work again and nothing of anybody's is left lying about.
end() {
  for f in $rested; do
    name=${f%%=*} was=${f#*=}
    if [ "$was" = None ]; then aws lambda delete-function-concurrency --function-name "$name"
    else aws lambda put-function-concurrency --function-name "$name" --reserved-concurrent-executions "$was" >/dev/null; fi
  done
  aws dynamodb delete-table --table-name "$back" >/dev/null 2>&1 || true
  rm -rf "$tmp"
}
trap end EXIT
trap 'exit 1' INT TERM

if [ -z "$drill" ]; then
  for f; do
    was=$(aws lambda get-function-concurrency --function-name "$stack-$f" --query ReservedConcurrentExecutions --output text)
    rested="$rested $stack-$f=$was"
    aws lambda put-function-concurrency --function-name "$stack-$f" --reserved-concurrent-executions 0 >/dev/null
  done
fi
say "table $table, as it was at $time"
aws dynamodb restore-table-to-point-in-time --source-table-name "$table" --target-table-name "$back" --restore-date-time "$time" >/dev/null
aws dynamodb wait table-exists --table-name "$back"
# ids TABLE [FILTER ...]: the ids of records, one a line. The command line writes a line for each page of its answers.
ids() {
  aws dynamodb scan --projection-expression id --query 'Items[].id.S' --output text --table-name "$@" >"$tmp/answer"
  tr '\t' '\n' <"$tmp/answer" | sed '/^$/d; /^None$/d' | sort
}
ids "$back" >"$tmp/then"
ids "$table" >"$tmp/now"
comm -23 "$tmp/then" "$tmp/now" >"$tmp/missing"
say "$(grep -c . "$tmp/then" || true) records then, $(grep -c . "$tmp/now" || true) now; $(grep -c . "$tmp/missing" || true) of then are missing now"
if [ -n "$drill" ]; then
  # Some records are only an id, such as the trace of an application that was removed; no application is.
  ids "$back" --filter-expression 'attribute_not_exists(#data)' --expression-attribute-names '{"#data":"data"}' >"$tmp/empty"
  ! grep '^[A-Z][A-Z]-....-....$' "$tmp/empty" >&2 || { say 'an application that came back has no data'; exit 1; }
  say 'the drill went well: the table that was made for it is removed again'
  exit 0
fi
bucket=
[ "$resource" != Table ] || bucket=$(aws cloudformation describe-stack-resource --stack-name "$stack" --logical-resource-id Scans --query StackResourceDetail.PhysicalResourceId --output text) ||
  { say 'the stack has no bucket of scans'; bucket=; }
# scan REFERENCE: what was deleted of its scan is there again, which is to remove what says that it is deleted.
scan() {
  aws s3api list-object-versions --bucket "$bucket" --prefix "$1." --query 'DeleteMarkers[?IsLatest].[Key,VersionId]' --output text | while read -r key version; do
    [ "$key" = None ] || aws s3api delete-object --bucket "$bucket" --key "$key" --version-id "$version" >/dev/null
  done
}
failed=0
while read -r id; do
  aws dynamodb get-item --table-name "$back" --consistent-read --key "{\"id\":{\"S\":\"$id\"}}" --query Item --output json >"$tmp/item"
  # Other settings of the command line would store the data's base64 in place of the data.
  aws dynamodb put-item --cli-binary-format base64 --table-name "$table" --item "file://$tmp/item" --condition-expression 'attribute_not_exists(id)' || { failed=$((failed + 1)); continue; }
  case $bucket/$id in
  ?*/[A-Z][A-Z]-????-????) scan "$id" ;;
  esac
done <"$tmp/missing"
say "$(($(grep -c . "$tmp/missing" || true) - failed)) records are back; $failed could not be put back"
[ "$failed" = 0 ]

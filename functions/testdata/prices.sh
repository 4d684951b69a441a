#!/bin/sh
# Compares our table of prices with AWS's public price list, which needs no account. Needs curl and jq.
#
#   prices.sh          prints what differs or cannot be found; exit status 1 if anything does
#
# LIST is where the list is, if not at AWS: a folder with the same structure, such as
# file:///tmp/offers/v1.0/aws.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
list=${LIST:-https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
wrong=0
grep -v -e '^#' -e '^ *$' "$here/../internal/prices/eu-west-2.txt" >"$tmp/table"
while read -r name dollars per service usage listed; do
  file=$tmp/$service.json
  if [ ! -e "$file" ]; then
    # Services without a region, such as CloudFront, are in one list.
    case $service in AmazonCloudFront | AmazonRoute53 | awswaf) of=current/index.json ;; *) of=current/eu-west-2/index.json ;; esac
    curl -fsS --compressed -o "$file" "$list/$service/$of" || { echo "$service: its list cannot be had"; echo '{}' >"$file"; wrong=1; }
  fi
  case $name in free-*) continue ;; esac # the list says it in words only
  # The dearest price of a usage type is that of its first tier. SES and others have one usage type in several products.
  is=$(jq -r --arg usage "$usage" '. as $all | [.products // {} | .[] | select(.attributes.usagetype == $usage) | .sku] |
    [.[] | $all.terms.OnDemand[.] // {} | .[].priceDimensions[] | .pricePerUnit.USD | tonumber] | max // empty' "$file")
  if [ -z "$is" ]; then
    echo "$name: $service has no $usage"
    wrong=1
  elif ! jq -en --argjson is "$is" --argjson ours "$dollars" '(($is - $ours) | fabs) <= $ours / 1000' >/dev/null; then
    echo "$name: $is a $per, and our table has $dollars${listed:+ ($listed)}"
    wrong=1
  fi
done <"$tmp/table"
[ "$wrong" = 1 ] || echo "all prices are as AWS has them, of the lists published $(jq -r '.publicationDate // empty' "$tmp"/*.json | sort | head -1)"
exit "$wrong"

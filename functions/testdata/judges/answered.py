"""Holds what checkov found against what is answered: no more and no fewer.

    python3 answered.py FOUND.json ANSWERED.txt"""
import collections
import json
import sys

with open(sys.argv[1]) as f:
    reports = json.load(f)
reports = reports if isinstance(reports, list) else [reports]
found, passed = collections.defaultdict(list), 0
for report in reports:
    passed += report["summary"]["passed"]
    if report["summary"]["parsing_errors"]:
        sys.exit(f"cannot be read: {report['results']['parsing_errors']}")
    for one in report["results"]["failed_checks"]:
        found[one["check_id"], one["check_name"]].append(one["file_path"].strip("/") + " " + one["resource"])
answered = {}
with open(sys.argv[2]) as f:
    for line in f:
        if not line.startswith("#"):
            check, number, _ = line.split(" ", 2)
            answered[check] = int(number)
wrong = passed < 200
if wrong:
    print(f"only {passed} checks passed: what it read is not what there is")
for (check, name), places in sorted(found.items()):
    want = answered.pop(check, 0)
    if len(places) != want:
        wrong = True
        print(f"{check}, {name}: {len(places)} times, {want} answered")
        print("".join(f"    {p}\n" for p in sorted(places)), end="")
for check in answered:
    wrong = True
    print(f"{check} is not found any more, so it needs no answer")
sys.exit(wrong)

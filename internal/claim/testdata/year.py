#!/usr/bin/env python3
"""Works out the ledgers of TestYear again, from its facts and decisions alone, and says where they differ.

It shares nothing with the program but the rules, as the scheme's file and docs/money.md say them: sums are
decimal.Decimal pounds, zones are zoneinfo's, weeks are isocalendar's. Usage: year.py FOLDER
"""
import csv
import glob
import json
import sys
from collections import defaultdict
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
ACROSS = {"mentors", "fellows"}  # share a person's weeks
OLD, NEW, CHANGE = Decimal("289.00"), Decimal("301.17"), date(2020, 10, 1)
PAID = {"held", "cancelled late by mentee", "mentee did not come"}


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def minutes(n):
    return datetime.fromtimestamp(n * 60, timezone.utc)


def day_of(at):
    return at.astimezone(LONDON).date()


def year_of(day):
    first = day.year if (day.month, day.day) >= (4, 1) else day.year - 1
    return f"{first}/{(first + 1) % 100:02d}"


def items(facts, who, scheme, application, month):
    """What can be claimed in a month, in the order of kinds, then of days."""
    weeks = {}
    for s in sorted(facts["sessions"].get(who, []), key=lambda s: instant(s["Start"])):
        start = instant(s["Start"])
        day = day_of(start)
        if day.strftime("%Y-%m") != month or s["Outcome"] not in PAID:
            continue
        iso = day.isocalendar()
        week = weeks.setdefault((iso[0], iso[1]), [day, []])
        week[1].append((start, start + timedelta(minutes=s["Minutes"])))
    # A cap that counts all schemes makes the key one for all; the same goes for training.
    scope = "all" if scheme in ACROSS else scheme
    for (year, week), (day, hours) in weeks.items():
        yield day, "mentoring", (scope, "mentoring", year, week), hours, NEW if day >= CHANGE else OLD
    for w in facts["came"].get(who, []):
        start, end = instant(w["Start"]), instant(w["End"])
        if day_of(start).strftime("%Y-%m") == month:
            yield day_of(start), "training", ("all", "training", start), [(start, end)], OLD
    done = facts["finished"].get(who)
    if done and f"{done['Year']}-{done['Month']:02d}" == month:
        yield date(done["Year"], done["Month"], done["Day"]), "course-time", (scheme, "course-time", application), [], OLD
    for c in facts["conversations"].get(who, []):
        hours = [(minutes(a), minutes(b)) for a, b in c["Parts"]]
        day = day_of(hours[-1][0])
        long_enough = sum(((b - a) for a, b in hours), timedelta()) >= timedelta(minutes=250)
        if day.strftime("%Y-%m") == month and c["Confirmed"] and long_enough:
            yield day, "conversation", (scheme, "conversation", c["Ref"]), hours, OLD


def program_key(scheme, kind, key):
    if kind == "mentoring":
        return f"{'all-schemes' if scheme in ACROSS else scheme}/mentoring/week/{key[2]}-W{key[3]:02d}"
    if kind == "training":
        return "all-schemes/training/session/" + key[2].astimezone(LONDON).strftime("%Y-%m-%dT%H:%M")
    return f"{scheme}/{kind}/{kind}/{key[2]}"


def ledgers(facts, months=15):
    """The cells of the ledgers after so many months, and every line that was claimed until then."""
    decisions = defaultdict(list)
    for d in facts["decisions"]:
        decisions[d["Month"], d["Email"], d["Scheme"], d["Key"]].append(d["What"])
    held = defaultdict(dict)  # by person: key -> line
    lines = []
    for m in range(months):
        month = f"{2020 + m // 12}-{m % 12 + 1:02d}"
        made = []
        for c in facts["claimants"]:
            who, scheme, person = c["Email"], c["Scheme"], held[c["Email"]]
            mine = []
            for day, kind, key, hours, rate in sorted(items(facts, who, scheme, c["Application"], month), key=lambda i: i[0]):
                others = [h for other in person.values() for h in other["hours"]]
                mine_too = any(a[0] < b[1] and b[0] < a[1] for i, a in enumerate(hours) for b in hours[:i])
                if key in person or mine_too or any(a[0] < b[1] and b[0] < a[1] for a in hours for b in others):
                    continue
                year = year_of(day)
                same = [x for x in person.values() if x["kind"] == kind]
                if kind == "mentoring" and sum(x["scheme"] == scheme and x["year"] == year for x in same) >= 52:
                    continue
                if kind == "mentoring" and scheme in ACROSS and any(x["day"].isocalendar()[:2] == day.isocalendar()[:2] for x in same):
                    continue
                if kind == "training" and len(same) >= 4:
                    continue
                if kind == "course-time" and any(x["scheme"] == scheme for x in same):
                    continue
                line = dict(who=who, scheme=scheme, kind=kind, key=key, day=day, year=year, hours=hours, rate=rate, state="paid")
                person[key] = line
                mine.append(line)
            made += mine
            # Refused at once, before the next person claims.
            for line in mine:
                if "refused" in decisions[month, who, scheme, program_key(scheme, line["kind"], line["key"])]:
                    line["state"] = "refused"
                    del person[line["key"]]
        lines += made
        for line in lines:
            for what in decisions[month, line["who"], line["scheme"], program_key(line["scheme"], line["kind"], line["key"])]:
                if what == "refused" or line["state"] != "paid":
                    continue
                line["state"] = what
                if what == "reversed":
                    held[line["who"]].pop(line["key"], None)
    cells = defaultdict(lambda: [0, Decimal(0)])
    for line in lines:
        if line["state"] == "paid":
            cell = cells[line["scheme"], line["year"], line["kind"], line["day"].strftime("%Y-%m")]
            cell[0] += 1
            cell[1] += line["rate"]
    return cells, lines


def main(folder):
    with open(f"{folder}/facts.json", encoding="utf-8") as f:
        want, lines = ledgers(json.load(f))
    got, totals = {}, 0
    for name in glob.glob(f"{folder}/ledger-*.csv"):
        with open(name, encoding="utf-8-sig", newline="") as f:
            for row in csv.DictReader(f):
                if row["month"] and (int(row["lines"]) or Decimal(row["cost"])):
                    got[row["scheme"], row["financial_year"], row["kind"], row["month"]] = [int(row["lines"]), Decimal(row["cost"])]
                totals += 1
    wrong = 0
    for cell in sorted(set(want) | set(got)):
        if want.get(cell) != got.get(cell):
            wrong += 1
            print("differs:", *cell, "here", want.get(cell), "there", got.get(cell))
    total = sum(c[1] for c in want.values())
    print(f"{len(lines)} lines claimed, {sum(c[0] for c in want.values())} paid, £{total:,} in {len(want)} cells; {wrong} differ")
    return 1 if wrong or not want else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

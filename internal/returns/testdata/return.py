#!/usr/bin/env python3
"""Works out the returns of TestYear again, from its facts and decisions alone, and says where they differ.

It shares nothing with the program but the definitions, as content/schemes/supporting-mentors.yaml says them;
which lines stand comes from claim's year.py, another program that shares nothing. Usage: return.py FOLDER
"""
import json
import os
import sys
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../claim/testdata"))
import year as claims  # noqa: E402

LEAST = 5  # what stands for fewer people does not pass the wall
LEAST_MENTEES = 4


def day(text):
    return date.fromisoformat(text) if text else None


def pence(pounds):
    return int(pounds * 100)


def year_to(year):
    return date(int(year[:4]) + 1, 3, 31)


def year_from(year):
    return date(int(year[:4]), 4, 1)


def ledger(facts, p, until):
    """Spend to date, profile, paid sessions of mentoring and their cost, in pence."""
    _, lines = claims.ledgers(facts, p["Months"])
    mine = [x for x in lines if x["year"] == p["Year"]]
    through = f"{2020 + (p['Months'] - 1) // 12}-{(p['Months'] - 1) % 12 + 1:02d}"
    bills = [i for i in facts["invoices"] or [] if i["Month"] <= through and claims.year_of(day(i["Day"])) == p["Year"]]
    paid = [x for x in mine if x["state"] == "paid"]
    # The ledger is by months, and so are periods.
    spent = sum((x["rate"] for x in paid if x["day"] <= until), Decimal(0)) + sum(Decimal(i["Pence"]) / 100 for i in bills if day(i["Day"]) <= until)
    whole = sum((x["rate"] for x in paid), Decimal(0)) + sum(Decimal(i["Pence"]) / 100 for i in bills)
    waiting = sum((x["rate"] for x in mine if x["state"] == "queried"), Decimal(0))
    on, end = day(p["On"]), year_to(p["Year"])
    forecast = 0
    by_person = defaultdict(list)
    for x in mine:
        if x["state"] in ("paid", "queried"):
            by_person[x["who"]].append(x)
    for some in by_person.values():
        first, last = min(x["day"] for x in some), max(x["day"] for x in some)
        if last + timedelta(days=91) < on or end < on:
            continue
        weeks = (last - first).days // 7 + 1
        forecast += pence(sum(x["rate"] for x in some)) * ((end - on).days // 7) // weeks
    sessions = [x for x in paid if x["kind"] == "mentoring" and x["day"] <= until]
    return pence(spent), pence(whole + waiting) + forecast, len(sessions), pence(sum((x["rate"] for x in sessions), Decimal(0)))


def counts(facts, start, until):
    """What passes the wall."""
    asked = [r for r in facts["requests"] if start <= day(r["Asked"]) <= until]
    refused = sum(1 for r in asked if r["Refused"] and day(r["Refused"]) <= until)
    waits = sorted((day(r["Paired"]) - day(r["Asked"])).days for r in facts["requests"] if r["Paired"] and start <= day(r["Paired"]) <= until)
    held = defaultdict(int)
    for some in facts["sessions"].values():
        for s in some:
            when = claims.day_of(claims.instant(s["Start"]))
            if s["Outcome"] == "held" and until - timedelta(days=27) <= when <= until:
                held[s["Pair"]] += s["Minutes"]
    fellows = [p["code"] for p in facts["pairs"] if p.get("cohort") == "fellow" and p["service"] == "mentoring" and active(p, until)]
    seen = sum(1 for code in fellows if held[code] >= 60)
    waiting = sum(
        1 for r in facts["requests"] if r["Fellow"] and day(r["Asked"]) <= until and not r["Refused"] and (not r["Paired"] or day(r["Paired"]) > until)
    )
    few = lambda n: 0 < n < LEAST  # noqa: E731
    return dict(
        asked=0 if few(len(asked)) else len(asked), refused=0 if few(refused) or few(len(asked)) else refused,
        placed=len(waits) if len(waits) >= LEAST else 0, wait=waits[(len(waits) - 1) // 2] if len(waits) >= LEAST else 0,
        fellows=0 if few(len(fellows)) else len(fellows), seen=0 if few(seen) or few(len(fellows) - seen) else seen,
        waiting=0 if few(waiting) else waiting,
    )


def active(p, on):
    return day(p["registered"]) <= on and (not p.get("ended") or on <= day(p["ended"]))


def figures(facts, p):
    start, until = day(p["From"]), day(p["Until"])
    person = {m["reference"]: m["person"] for m in facts["mentors"] if day(m["from"]) <= until}
    who = lambda ref: person.get(ref, ref)  # noqa: E731
    trained = {who(c["mentor"]) for c in facts["certificates"] if day(c["day"]) <= until}
    trained |= {who(s["mentor"]) for s in facts["standing"] if s.get("trained") and day(s["trained"]) <= until}

    pairs = [x for x in facts["pairs"] if x["service"] == "mentoring" and day(x["registered"]) <= until]
    matched = [max(day(x["registered"]), day(x["introduced"])) for x in pairs if x.get("introduced") and day(x["introduced"]) <= until]

    left = {s["mentor"] for s in facts["standing"] if s.get("left") and day(s["left"]) < until}
    here = defaultdict(list)
    for m in facts["mentors"]:
        if day(m["from"]) <= until and (not m.get("until") or day(m["until"]) >= until) and m["reference"] not in left:
            here[m["person"]].append(m)
    standing = {s["mentor"]: s for s in facts["standing"]}
    year_ago = date(until.year - 1, until.month, until.day if (until.month, until.day) != (2, 29) else 28)
    if (until.month, until.day) == (2, 29):
        year_ago = date(until.year - 1, 3, 1)  # as calendars of programs have it
    known, missing = [], 0
    for some in here.values():
        stated = [(day(m["stated"]), 0, m["sessions"]) for m in some if m.get("sessions")]
        confirmed = [standing[m["reference"]] for m in some if m["reference"] in standing]
        stated += [(day(s["confirmed"]), 1, s["sessions"]) for s in confirmed if s.get("sessions")]
        latest = max(stated, default=None)
        if latest and latest[0] > year_ago:
            known.append(Fraction(latest[2]))
        else:
            missing += 1
    load = defaultdict(int)
    for x in pairs:
        if active(x, until):
            load[who(x["mentor"])] += 1
    codes = {x["code"] for x in pairs}
    minutes = sum(
        s["Minutes"] for some in facts["sessions"].values() for s in some
        if s["Outcome"] == "held" and s["Pair"] in codes and year_from(p["Year"]) <= claims.day_of(claims.instant(s["Start"])) <= until
    )
    spent, profile, sessions, cost = ledger(facts, p, until)
    c = counts(facts, start, until)
    return {
        "trained": (len(trained), 0, 0), "matches-in-period": (sum(start <= d for d in matched), 0, 0), "matches-to-date": (len(matched), 0, 0),
        "clinical-sessions": (int(sum(known) * 100), len(known), missing), "spend-to-date": (spent, 0, 0), "profiled-spend": (profile, 0, 0),
        "median-wait": (c["wait"], c["placed"], 0), "refused": (c["refused"], c["asked"] if c["refused"] <= c["asked"] else 0, 0), "fellows-seen": (c["seen"], c["fellows"], 0),
        "fellows-placed": (c["fellows"], c["fellows"] + c["waiting"] if c["waiting"] else 0, 0), "hours-per-session": (minutes, sessions, 0), "cost-per-hour": (cost, minutes, 0),
        "mentors-without": (sum(load[x] == 0 for x in here), len(here), 0),
        "mentors-with-few": (sum(0 < load[x] < LEAST_MENTEES for x in here), len(here), 0),
    }


def main(folder):
    with open(f"{folder}/facts.json", encoding="utf-8") as f:
        facts = json.load(f)
    with open(f"{folder}/returns.json", encoding="utf-8") as f:
        made = json.load(f)
    wrong = compared = 0
    for p in made:
        want = figures(facts, p)
        for x in p["Figures"]:
            got = (x.get("n", 0), x.get("of", 0), x.get("missing", 0))
            compared += 1
            if x.get("unknown") or want[x["id"]] != got:
                wrong += 1
                print("differs:", p["Period"], x["id"], "here", want[x["id"]], "there", got)
    print(f"{compared} figures of {len(made)} returns; {wrong} differ")
    return 1 if wrong or not compared else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

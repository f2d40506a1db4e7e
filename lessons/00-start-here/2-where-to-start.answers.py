# %% [markdown]
# Answers to `2-where-to-start.py`: never released.


# %% exercise="placement" kind="alternative" name="all-new"
answers = dict.fromkeys(QUESTIONS, "?")

# %% exercise="placement" kind="alternative" name="some-sure-in-small-letters"
answers = {name: "?" for name in QUESTIONS} | {"py": "c", "06": "c", "12": " C "}

# %% exercise="placement" kind="mistake" name="py-a" says="numpy stretches a length of 1 to fit: (3, 1) and (4,) go together"
answers = dict(zip(QUESTIONS, "ABACDBCADBADCB"))

# %% exercise="placement" kind="mistake" name="py-b" says="the second array's four entries do not get lost"
answers = dict(zip(QUESTIONS, "BBACDBCADBADCB"))

# %% exercise="placement" kind="mistake" name="py-d" says="adding does not flatten: each of three rows meets each of four columns"
answers = dict(zip(QUESTIONS, "DBACDBCADBADCB"))

# %% exercise="placement" kind="mistake" name="01-a" says="one half is right only where both mistakes cost the same"
answers = dict(zip(QUESTIONS, "CAACDBCADBADCB"))

# %% exercise="placement" kind="mistake" name="01-c" says="40 to 240 are the odds: as a probability they are something else"
answers = dict(zip(QUESTIONS, "CCACDBCADBADCB"))

# %% exercise="placement" kind="mistake" name="01-d" says="the dear mistake is the miss, so you act early, not late"
answers = dict(zip(QUESTIONS, "CDACDBCADBADCB"))

# %% exercise="placement" kind="mistake" name="02-b" says="a left join keeps every row of the left, but a key that stands twice on the right doubles it"
answers = dict(zip(QUESTIONS, "CBBCDBCADBADCB"))

# %% exercise="placement" kind="mistake" name="02-c" says="N1 stands once on the right: its row is not doubled"
answers = dict(zip(QUESTIONS, "CBCCDBCADBADCB"))

# %% exercise="placement" kind="mistake" name="02-d" says="only equal keys meet: every row with every row would be a cross join"
answers = dict(zip(QUESTIONS, "CBDCDBCADBADCB"))

# %% exercise="placement" kind="mistake" name="03-a" says="a step needs the gradients that `backward` computes"
answers = dict(zip(QUESTIONS, "CBAADBCADBADCB"))

# %% exercise="placement" kind="mistake" name="03-b" says="a constant factor only rescales the step: something worse happens here"
answers = dict(zip(QUESTIONS, "CBABDBCADBADCB"))

# %% exercise="placement" kind="mistake" name="03-d" says="it runs, and it does something else from the second batch on"
answers = dict(zip(QUESTIONS, "CBADDBCADBADCB"))

# %% exercise="placement" kind="mistake" name="04-a" says="both curves are flat already: more of the same rows changes neither"
answers = dict(zip(QUESTIONS, "CBACABCADBADCB"))

# %% exercise="placement" kind="mistake" name="04-b" says="a penalty helps where the two curves are far apart, and here they meet"
answers = dict(zip(QUESTIONS, "CBACBBCADBADCB"))

# %% exercise="placement" kind="mistake" name="04-c" says="it is too simple already: it cannot even fit its own rows"
answers = dict(zip(QUESTIONS, "CBACCBCADBADCB"))

# %% exercise="placement" kind="mistake" name="05-a" says="that is how long one request stays, not how many are there"
answers = dict(zip(QUESTIONS, "CBACDACADBADCB"))

# %% exercise="placement" kind="mistake" name="05-c" says="ten arrive in a second, but most of them have left before it is over"
answers = dict(zip(QUESTIONS, "CBACDCCADBADCB"))

# %% exercise="placement" kind="mistake" name="05-d" says="ten divided by 0.3 has no meaning here: a slower service holds more requests, not fewer"
answers = dict(zip(QUESTIONS, "CBACDDCADBADCB"))

# %% exercise="placement" kind="mistake" name="06-a" says="that is so for one column: each further one is one more chance to ring"
answers = dict(zip(QUESTIONS, "CBACDBAADBADCB"))

# %% exercise="placement" kind="mistake" name="06-b" says="20 is the number of columns, not the probability"
answers = dict(zip(QUESTIONS, "CBACDBBADBADCB"))

# %% exercise="placement" kind="mistake" name="06-d" says="twenty times 5 % adds up chances that overlap: now and then all stay quiet"
answers = dict(zip(QUESTIONS, "CBACDBDADBADCB"))

# %% exercise="placement" kind="mistake" name="07-b" says="that is the ratio of the values: the eye compares what is drawn, from where the axis begins"
answers = dict(zip(QUESTIONS, "CBACDBCBDBADCB"))

# %% exercise="placement" kind="mistake" name="07-c" says="the bars differ by four hundredths: a ratio is asked for"
answers = dict(zip(QUESTIONS, "CBACDBCCDBADCB"))

# %% exercise="placement" kind="mistake" name="07-d" says="that is bar 1 by bar 2"
answers = dict(zip(QUESTIONS, "CBACDBCDDBADCB"))

# %% exercise="placement" kind="mistake" name="08-a" says="that is planned by actual: it would mean that all is well"
answers = dict(zip(QUESTIONS, "CBACDBCAABADCB"))

# %% exercise="placement" kind="mistake" name="08-b" says="1 would be exactly as planned, and more fail than planned"
answers = dict(zip(QUESTIONS, "CBACDBCABBADCB"))

# %% exercise="placement" kind="mistake" name="08-c" says="the budget is what may fail, not what must succeed"
answers = dict(zip(QUESTIONS, "CBACDBCACBADCB"))

# %% exercise="placement" kind="mistake" name="09-a" says="that is the overlap by one box: the union is larger"
answers = dict(zip(QUESTIONS, "CBACDBCADAADCB"))

# %% exercise="placement" kind="mistake" name="09-c" says="that is the overlap by the sum of both areas, which counts the overlap twice"
answers = dict(zip(QUESTIONS, "CBACDBCADCADCB"))

# %% exercise="placement" kind="mistake" name="09-d" says="that is one box by the union"
answers = dict(zip(QUESTIONS, "CBACDBCADDADCB"))

# %% exercise="placement" kind="mistake" name="10-b" says="with too few words the training loss would be high, not almost zero"
answers = dict(zip(QUESTIONS, "CBACDBCADBBDCB"))

# %% exercise="placement" kind="mistake" name="10-c" says="this is no overfitting to some sentences: it copies every answer that it is shown"
answers = dict(zip(QUESTIONS, "CBACDBCADBCDCB"))

# %% exercise="placement" kind="mistake" name="10-d" says="the training loss is almost zero: there is nothing left to train"
answers = dict(zip(QUESTIONS, "CBACDBCADBDDCB"))

# %% exercise="placement" kind="mistake" name="11-a" says="the best of 30 tries is better than one try even where all are equally good"
answers = dict(zip(QUESTIONS, "CBACDBCADBAACB"))

# %% exercise="placement" kind="mistake" name="11-b" says="a test does not know that 30 were tried and one was shown"
answers = dict(zip(QUESTIONS, "CBACDBCADBABCB"))

# %% exercise="placement" kind="mistake" name="11-c" says="the same data, but 30 tries against one"
answers = dict(zip(QUESTIONS, "CBACDBCADBACCB"))

# %% exercise="placement" kind="mistake" name="12-a" says="that is how many of the sick test positive: the question is asked the other way round"
answers = dict(zip(QUESTIONS, "CBACDBCADBADAB"))

# %% exercise="placement" kind="mistake" name="12-b" says="the two nineties do not multiply: count the people who test positive"
answers = dict(zip(QUESTIONS, "CBACDBCADBADBB"))

# %% exercise="placement" kind="mistake" name="12-d" says="that was so before the test: a positive result does tell something"
answers = dict(zip(QUESTIONS, "CBACDBCADBADDB"))

# %% exercise="placement" kind="mistake" name="13-a" says="that is so after one layer"
answers = dict(zip(QUESTIONS, "CBACDBCADBADCA"))

# %% exercise="placement" kind="mistake" name="13-c" says="the factors multiply: they do not add up"
answers = dict(zip(QUESTIONS, "CBACDBCADBADCC"))

# %% exercise="placement" kind="mistake" name="13-d" says="0.8 is not divided by the number of layers: each layer multiplies again"
answers = dict(zip(QUESTIONS, "CBACDBCADBADCD"))


# %% exercise="placement" kind="mistake" name="a-list" says="`answers` is not a dict"
answers = ["?"] * 14

# %% exercise="placement" kind="mistake" name="one-left-out" says="does not have an entry for each question"
answers = {name: "?" for name in QUESTIONS if name != "07"}

# %% exercise="placement" kind="mistake" name="yes-and-no" says="neither one of the four letters nor a question mark"
answers = dict.fromkeys(QUESTIONS, "no")

# %% exercise="study-weeks" kind="alternative" name="computed"
ways = {"Noor": (["03", "10"], 4), "Sam": (["04", "05", "06"], 5), "Lin": (["01", "02", "03", "04", "12"], 6)}
weeks = {name: math.ceil(sum(HOURS[module] for module in way) / pace) for name, (way, pace) in ways.items()}

# %% exercise="study-weeks" kind="alternative" name="numpy"
weeks = dict(zip(["Sam", "Lin", "Noor"], np.ceil([24 / 5, 30 / 6, 15 / 4])))

# %% exercise="study-weeks" kind="mistake" name="rounded-down" says="rounded down, the last hours find no week"
weeks = {"Noor": 3, "Sam": 4, "Lin": 5}

# %% exercise="study-weeks" kind="mistake" name="not-rounded" says="a week that has begun counts as a week"
weeks = {"Noor": 15 / 4, "Sam": 24 / 5, "Lin": 30 / 6}

# %% exercise="study-weeks" kind="mistake" name="goal-alone" says="the goal alone is counted"
weeks = {"Noor": 2, "Sam": 2, "Lin": 1}

# %% exercise="study-weeks" kind="mistake" name="one-step" says="only what the goal builds on directly is counted"
weeks = {"Noor": 4, "Sam": 5, "Lin": 4}

# %% exercise="study-weeks" kind="mistake" name="known-too" says="modules that are known already are counted"
weeks = {"Noor": 4, "Sam": 9, "Lin": 5}

# %% exercise="study-weeks" kind="mistake" name="by-number" says="all modules up to the goal's number are counted"
weeks = {"Noor": 19, "Sam": 9, "Lin": 15}

# %% exercise="study-weeks" kind="mistake" name="hours" says="these are hours, not weeks"
weeks = {"Noor": 15, "Sam": 24, "Lin": 30}


# %% exercise="path-to" kind="alternative" name="graphlib"
def path_to(goal, known, needs):
    """Python's own topological order of what can be reached."""
    reach, ahead = set(), [goal]
    while ahead:
        module = ahead.pop()
        if module not in known and module not in reach:
            reach.add(module)
            ahead.extend(needs[module])
    return list(graphlib.TopologicalSorter({m: set(needs[m]) & reach for m in reach}).static_order())


# %% exercise="path-to" kind="alternative" name="round-by-round"
def path_to(goal, known, needs):
    """Collect, then take away what is free, round by round."""
    todo = {goal} - set(known)
    while True:
        more = {one for module in todo for one in needs[module]} - set(known) - todo
        if not more:
            break
        todo |= more
    way = []
    while todo:
        free = sorted(module for module in todo if not set(needs[module]) & todo)
        way += free
        todo -= set(free)
    return tuple(way)


# %% exercise="path-to" kind="alternative" name="recursive-lists"
def path_to(goal, known, needs):
    """Joins the ways to each prerequisite, then drops repeats."""
    if goal in known:
        return []
    way = [name for one in needs[goal] for name in path_to(one, known, needs)] + [goal]
    return list(dict.fromkeys(way))


# %% exercise="path-to" kind="mistake" name="goal-first" says="a module comes before one that it builds on"
def path_to(goal, known, needs):
    """Appends before it looks further."""
    way = []

    def add(module):
        if module in known or module in way:
            return
        way.append(module)
        for one in needs[module]:
            add(one)

    add(goal)
    return way


# %% exercise="path-to" kind="mistake" name="direct-only" says="something is missing on which the goal builds over several steps"
def path_to(goal, known, needs):
    """One step back."""
    return [] if goal in known else [one for one in needs[goal] if one not in known] + [goal]


# %% exercise="path-to" kind="mistake" name="repeats" says="a module is in the list more than once"
def path_to(goal, known, needs):
    """No look at what is there."""
    if goal in known:
        return []
    return [name for one in needs[goal] for name in path_to(one, known, needs)] + [goal]


# %% exercise="path-to" kind="mistake" name="beyond-known" says="the search goes on beyond a known module"
def path_to(goal, known, needs):
    """Finds everything, then takes away what is known."""
    way = []

    def add(module):
        if module in way:
            return
        for one in needs[module]:
            add(one)
        way.append(module)

    if goal not in known:
        add(goal)
    return [module for module in way if module not in known]


# %% exercise="path-to" kind="mistake" name="known-too" says="a module that is known is in the list"
def path_to(goal, known, needs):
    """Stops at known modules, after adding them."""
    way = []

    def add(module):
        if module in way:
            return
        if module not in known:
            for one in needs[module]:
                add(one)
        way.append(module)

    if goal not in known:
        add(goal)
    return way


# %% exercise="path-to" kind="mistake" name="known-goal" says="the goal is known already"
def path_to(goal, known, needs):
    """The goal is done whatever is known."""
    way = []

    def add(module):
        if (module in known and module != goal) or module in way:
            return
        for one in needs[module]:
            add(one)
        way.append(module)

    add(goal)
    return way


# %% exercise="path-to" kind="mistake" name="without-goal" says="the goal itself is missing"
def path_to(goal, known, needs):
    """What comes before the goal."""
    way = []

    def add(module):
        if module in known or module in way:
            return
        for one in needs[module]:
            add(one)
        way.append(module)

    add(goal)
    return way[:-1]


# %% exercise="path-to" kind="mistake" name="whole-map" says="a module is in the list on which the goal does not build"
def path_to(goal, known, needs):
    """All modules up to the goal, in an order of the whole map."""
    if goal in known:
        return []
    order = [*graphlib.TopologicalSorter(dict(sorted(needs.items()))).static_order()]
    closed = set(known)
    for module in known:
        ahead = [module]
        while ahead:
            new = set(needs[ahead.pop()]) - closed
            closed |= new
            ahead += new
    return [module for module in order if module not in closed or module == goal]


# %% exercise="path-to" kind="mistake" name="marks-as-known" says="changes the list or the dict that it was given"
def path_to(goal, known, needs):
    """Notes what is done in the caller's own list."""
    way = []

    def add(module):
        if module in known:
            return
        for one in needs[module]:
            add(one)
        way.append(module)
        known.append(module) if isinstance(known, list) else known.add(module)

    add(goal)
    return way


# %% exercise="path-to" kind="mistake" name="prints" says="the function hands nothing back"
def path_to(goal, known, needs):
    """Shows the way and returns None."""
    way = []

    def add(module):
        if module in known or module in way:
            return
        for one in needs[module]:
            add(one)
        way.append(module)

    add(goal)
    print(way)


# %% exercise="first-aid" kind="alternative" name="only-what-matters"
first_aid = dict.fromkeys(["Disk", "Packages", "Jail (grading)", "Browser (tests)"], "leave it")
first_aid |= {"Python": "install another Python", "Memory": "close programs", "Datasets": "put the file back"}

# %% exercise="first-aid" kind="alternative" name="zip"
first_aid = dict(
    zip(
        ["Jail (grading)", "Browser (tests)", "Packages", "Disk", "Datasets", "Memory", "Python"],
        [*["leave it"] * 4, "put the file back", "close programs", "install another Python"],
    )
)

# %% exercise="first-aid" kind="mistake" name="old-python" says="this Python is older than those the course runs on"
first_aid = {"Python": "leave it", "Disk": "leave it", "Memory": "close programs", "Packages": "leave it", "Datasets": "put the file back", "Jail (grading)": "leave it", "Browser (tests)": "leave it"}  # fmt: skip

# %% exercise="first-aid" kind="mistake" name="disk-for-memory" says="room on the disk does not help here"
first_aid = {"Python": "install another Python", "Disk": "leave it", "Memory": "make room", "Packages": "leave it", "Datasets": "put the file back", "Jail (grading)": "leave it", "Browser (tests)": "leave it"}  # fmt: skip

# %% exercise="first-aid" kind="mistake" name="memory-will-do" says="would be stopped halfway"
first_aid = {"Python": "install another Python", "Disk": "leave it", "Memory": "leave it", "Packages": "leave it", "Datasets": "put the file back", "Jail (grading)": "leave it", "Browser (tests)": "leave it"}  # fmt: skip

# %% exercise="first-aid" kind="mistake" name="altered-data-will-do" says="on data that were altered every figure may come out otherwise"
first_aid = {"Python": "install another Python", "Disk": "leave it", "Memory": "close programs", "Packages": "leave it", "Datasets": "leave it", "Jail (grading)": "leave it", "Browser (tests)": "leave it"}  # fmt: skip

# %% exercise="first-aid" kind="mistake" name="jail" says="only who grades others needs a jail"
first_aid = {"Python": "install another Python", "Disk": "leave it", "Memory": "close programs", "Packages": "leave it", "Datasets": "put the file back", "Jail (grading)": "install another Python", "Browser (tests)": "leave it"}  # fmt: skip

# %% exercise="first-aid" kind="mistake" name="packages" says="one package is newer: that does not come from Python"
first_aid = {"Python": "install another Python", "Disk": "leave it", "Memory": "close programs", "Packages": "install another Python", "Datasets": "put the file back", "Jail (grading)": "leave it", "Browser (tests)": "leave it"}  # fmt: skip

# %% exercise="first-aid" kind="mistake" name="room" says="there is room enough for the course"
first_aid = {"Python": "install another Python", "Disk": "make room", "Memory": "close programs", "Packages": "leave it", "Datasets": "put the file back", "Jail (grading)": "leave it", "Browser (tests)": "leave it"}  # fmt: skip

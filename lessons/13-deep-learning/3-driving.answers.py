# %% [markdown]
# Answers to "Drive the track": alternatives, mistakes that people make, and samples for the grader of the note.

# %% exercise="pursuit" kind="alternative" name="one-car-at-a-time"
def pursuit(states, targets):
    """With the angle to the target and its distance, car by car."""
    actions = []
    for (x, y, heading), (tx, ty) in zip(states, targets):
        far, alpha = np.hypot(tx - x, ty - y), np.arctan2(ty - y, tx - x) - heading
        slip = np.arctan2(np.sin(alpha), far / LENGTH + np.cos(alpha))
        actions.append(min(1.0, max(-1.0, np.arctan(2 * np.tan(slip)) / (np.pi / 4))))
    return actions


# %% exercise="pursuit" kind="alternative" name="complex-numbers"
def pursuit(states, targets):
    """The target in the car's axes is a complex number; the rotation is a division."""
    seen = ((targets - states[:, :2]) @ np.array([1, 1j])) * np.exp(-1j * states[:, 2])
    slip = np.angle(seen + abs(seen) ** 2 / LENGTH)
    return np.clip(np.arctan(2 * np.tan(slip)) * 4 / np.pi, -1, 1)


# %% exercise="pursuit" kind="alternative" name="solved-by-bisection"
def pursuit(states, targets):
    """The equation of the chord, halved until it holds; float32."""
    dx, dy = (targets - states[:, :2]).T
    far, alpha = np.hypot(dx, dy), np.arctan2(dy, dx) - states[:, 2]
    alpha = (alpha + np.pi) % (2 * np.pi) - np.pi
    low, high = np.full(len(far), -np.pi / 2), np.full(len(far), np.pi / 2)
    for _ in range(60):
        slip = (low + high) / 2
        small = np.sin(alpha - slip) > far / LENGTH * np.sin(slip)
        low, high = np.where(small, slip, low), np.where(small, high, slip)
    angle = np.arctan(2 * np.tan((low + high) / 2))
    return torch.tensor(np.clip(angle / (np.pi / 4), -1, 1))


# %% exercise="pursuit" kind="mistake" name="left-is-right" says="turns away from the target"
def pursuit(states, targets):
    dx, dy = (targets - states[:, :2]).T
    cos, sin = np.cos(states[:, 2]), np.sin(states[:, 2])
    ahead, left = cos * dx + sin * dy, sin * dx - cos * dy
    angle = np.arctan(2 * LENGTH * left / (ahead**2 + left**2 + LENGTH * ahead))
    return np.clip(angle / (np.pi / 4), -1, 1)


# %% exercise="pursuit" kind="mistake" name="radians" says="actions are angles in radians"
def pursuit(states, targets):
    dx, dy = (targets - states[:, :2]).T
    cos, sin = np.cos(states[:, 2]), np.sin(states[:, 2])
    ahead, right = cos * dx + sin * dy, cos * dy - sin * dx
    return np.clip(np.arctan(2 * LENGTH * right / (ahead**2 + right**2 + LENGTH * ahead)), -1, 1)


# %% exercise="pursuit" kind="mistake" name="degrees" says="actions are angles in degrees"
def pursuit(states, targets):
    dx, dy = (targets - states[:, :2]).T
    cos, sin = np.cos(states[:, 2]), np.sin(states[:, 2])
    ahead, right = cos * dx + sin * dy, cos * dy - sin * dx
    angle = np.arctan(2 * LENGTH * right / (ahead**2 + right**2 + LENGTH * ahead))
    return np.clip(np.rad2deg(angle), -1, 1)


# %% exercise="pursuit" kind="mistake" name="rear-axle-formula" says="the textbook's formula with distances from the centre"
def pursuit(states, targets):
    dx, dy = (targets - states[:, :2]).T
    alpha = np.arctan2(dy, dx) - states[:, 2]
    return np.clip(np.arctan(2 * LENGTH * np.sin(alpha) / np.hypot(dx, dy)) / (np.pi / 4), -1, 1)


# %% exercise="pursuit" kind="mistake" name="point-the-wheels" says="direction of the target is steered as it is"
def pursuit(states, targets):
    dx, dy = (targets - states[:, :2]).T
    alpha = np.arctan2(dy, dx) - states[:, 2]
    alpha = (alpha + np.pi) % (2 * np.pi) - np.pi
    return np.clip(alpha / (np.pi / 4), -1, 1)


# %% exercise="pursuit" kind="mistake" name="slip-for-steering" says="slip angle is taken for the steering angle"
def pursuit(states, targets):
    dx, dy = (targets - states[:, :2]).T
    cos, sin = np.cos(states[:, 2]), np.sin(states[:, 2])
    ahead, right = cos * dx + sin * dy, cos * dy - sin * dx
    slip = np.arctan(LENGTH * right / (ahead**2 + right**2 + LENGTH * ahead))
    return np.clip(slip / (np.pi / 4), -1, 1)


# %% exercise="pursuit" kind="mistake" name="no-heading" says="its heading is left out"
def pursuit(states, targets):
    dx, dy = (targets - states[:, :2]).T
    angle = np.arctan2(2 * LENGTH * dy, dx**2 + dy**2 + LENGTH * dx)
    return np.clip(angle / (np.pi / 4), -1, 1)


# %% exercise="pursuit" kind="mistake" name="not-clipped" says="an action is not clipped"
def pursuit(states, targets):
    dx, dy = (targets - states[:, :2]).T
    cos, sin = np.cos(states[:, 2]), np.sin(states[:, 2])
    ahead, right = cos * dx + sin * dy, cos * dy - sin * dx
    return np.arctan(2 * LENGTH * right / (ahead**2 + right**2 + LENGTH * ahead)) / (np.pi / 4)


# %% exercise="record-laps" kind="alternative" name="lap-by-lap"
def record_laps(starts, look, keeper, move, gusts, valid_laps):
    """One lap after the other, frames in lists."""
    parts = ([], []), ([], [])
    for number, start in enumerate(starts):
        pictures, labels = parts[number >= len(starts) - valid_laps]
        state = np.array([start], dtype=float)
        for step in range(len(gusts)):
            command = keeper(state)
            pictures.append(look(state)[0].tolist())
            labels.append(float(command[0]))
            state = move(state, command + gusts[step, number])
    return [(np.array(pictures), np.array(labels)) for pictures, labels in parts]


# %% exercise="record-laps" kind="alternative" name="table-with-laps"
def record_laps(starts, look, keeper, move, gusts, valid_laps):
    """Everything first, each frame with its lap; then a mask, and the frames shuffled within the parts."""
    states, frames = starts + 0.0, []
    for gust in gusts:
        command = keeper(states)
        frames.append(np.column_stack([look(states), command, np.arange(len(states))]))
        states = move(states, command + gust)
    frames = np.random.default_rng(1).permutation(np.vstack(frames)).astype(np.float32)
    held = frames[:, -1] >= len(starts) - valid_laps
    return (frames[~held, :-2], frames[~held, -2]), (frames[held, :-2], frames[held, -2])


# %% exercise="record-laps" kind="mistake" name="looks-afterwards" says="of the moment after the command"
def record_laps(starts, look, keeper, move, gusts, valid_laps):
    states = np.array(starts, dtype=float)
    pictures, labels = [], []
    for gust in gusts:
        labels.append(keeper(states))
        states = move(states, labels[-1] + gust)
        pictures.append(look(states))
    pictures, labels = np.stack(pictures), np.stack(labels)
    cut = len(states) - valid_laps
    return (np.concatenate(pictures[:, :cut]), labels[:, :cut].ravel()), (
        np.concatenate(pictures[:, cut:]),
        labels[:, cut:].ravel(),
    )


# %% exercise="record-laps" kind="mistake" name="same-array" says="appended again and again"
def record_laps(starts, look, keeper, move, gusts, valid_laps):
    states = np.array(starts, dtype=float)
    picture = np.empty_like(look(states))
    pictures, labels = [], []
    for gust in gusts:
        picture[:] = look(states)
        pictures.append(picture)
        labels.append(keeper(states))
        states = move(states, labels[-1] + gust)
    pictures, labels = np.stack(pictures), np.stack(labels)
    cut = len(states) - valid_laps
    return (np.concatenate(pictures[:, :cut]), labels[:, :cut].ravel()), (
        np.concatenate(pictures[:, cut:]),
        labels[:, cut:].ravel(),
    )


# %% exercise="record-laps" kind="mistake" name="wind-in-labels" says="what the wind made of the commands"
def record_laps(starts, look, keeper, move, gusts, valid_laps):
    states = np.array(starts, dtype=float)
    pictures, labels = [], []
    for gust in gusts:
        pictures.append(look(states))
        labels.append(keeper(states) + gust)
        states = move(states, labels[-1])
    pictures, labels = np.stack(pictures), np.stack(labels)
    cut = len(states) - valid_laps
    return (np.concatenate(pictures[:, :cut]), labels[:, :cut].ravel()), (
        np.concatenate(pictures[:, cut:]),
        labels[:, cut:].ravel(),
    )


# %% exercise="record-laps" kind="mistake" name="split-by-frame" says="has frames in both parts"
def record_laps(starts, look, keeper, move, gusts, valid_laps):
    states = np.array(starts, dtype=float)
    pictures, labels = [], []
    for gust in gusts:
        pictures.append(look(states))
        labels.append(keeper(states))
        states = move(states, labels[-1] + gust)
    pictures, labels = np.concatenate(pictures), np.concatenate(labels)
    order = np.random.default_rng(0).permutation(len(labels))
    pictures, labels = pictures[order], labels[order]
    held = len(labels) * valid_laps // len(starts)
    return (pictures[held:], labels[held:]), (pictures[:held], labels[:held])


# %% exercise="record-laps" kind="mistake" name="no-wind" says="the gusts are left out"
def record_laps(starts, look, keeper, move, gusts, valid_laps):
    states = np.array(starts, dtype=float)
    pictures, labels = [], []
    for _ in gusts:
        pictures.append(look(states))
        labels.append(keeper(states))
        states = move(states, labels[-1])
    pictures, labels = np.stack(pictures), np.stack(labels)
    cut = len(states) - valid_laps
    return (np.concatenate(pictures[:, :cut]), labels[:, :cut].ravel()), (
        np.concatenate(pictures[:, cut:]),
        labels[:, cut:].ravel(),
    )


# %% exercise="record-laps" kind="mistake" name="first-laps-held" says="other laps than the last ones"
def record_laps(starts, look, keeper, move, gusts, valid_laps):
    states = np.array(starts, dtype=float)
    pictures, labels = [], []
    for gust in gusts:
        pictures.append(look(states))
        labels.append(keeper(states))
        states = move(states, labels[-1] + gust)
    pictures, labels = np.stack(pictures), np.stack(labels)
    return (np.concatenate(pictures[:, valid_laps:]), labels[:, valid_laps:].ravel()), (
        np.concatenate(pictures[:, :valid_laps]),
        labels[:, :valid_laps].ravel(),
    )


# %% exercise="record-laps" kind="mistake" name="parts-exchanged" says="two parts are exchanged"
def record_laps(starts, look, keeper, move, gusts, valid_laps):
    states = np.array(starts, dtype=float)
    pictures, labels = [], []
    for gust in gusts:
        pictures.append(look(states))
        labels.append(keeper(states))
        states = move(states, labels[-1] + gust)
    pictures, labels = np.stack(pictures), np.stack(labels)
    cut = len(states) - valid_laps
    return (np.concatenate(pictures[:, cut:]), labels[:, cut:].ravel()), (
        np.concatenate(pictures[:, :cut]),
        labels[:, :cut].ravel(),
    )


# %% exercise="record-laps" kind="mistake" name="starts-move" says="the caller's array moves along"
def record_laps(starts, look, keeper, move, gusts, valid_laps):
    pictures, labels = [], []
    for gust in gusts:
        pictures.append(look(starts))
        labels.append(keeper(starts))
        starts[:] = move(starts, labels[-1] + gust)
    pictures, labels = np.stack(pictures), np.stack(labels)
    cut = len(starts) - valid_laps
    return (np.concatenate(pictures[:, :cut]), labels[:, :cut].ravel()), (
        np.concatenate(pictures[:, cut:]),
        labels[:, cut:].ravel(),
    )


# %% exercise="stays" kind="alternative" name="plain-loop"
def stays(metres, left, at):
    """Count at each distance, multiply as far as it is asked for."""
    metres, left = list(metres), list(left)

    def one(limit):
        share = 1.0
        for distance in sorted({m for m, gone in zip(metres, left) if gone and m <= limit}):
            risk = sum(m >= distance for m in metres)
            share *= 1 - sum(gone and m == distance for m, gone in zip(metres, left)) / risk
        return share

    return np.vectorize(one, otypes=[float])(at)


# %% exercise="stays" kind="alternative" name="statsmodels"
def stays(metres, left, at):
    """The library's curve, read as a step function."""
    found = SurvfuncRight(np.asarray(metres, float), np.asarray(left, int)) if np.any(left) else None
    if found is None:
        return np.ones(np.shape(at))
    place = np.searchsorted(found.surv_times, at, side="right")
    return np.append(1.0, found.surv_prob)[place]


# %% exercise="stays" kind="alternative" name="pandas"
def stays(metres, left, at):
    """A table of the distances, the runs at risk counted from behind."""
    runs = pd.DataFrame({"metres": metres, "left": left}).astype({"metres": float, "left": int})
    table = runs.groupby("metres")["left"].agg(["sum", "size"])
    risk = table["size"][::-1].cumsum()[::-1]
    curve = (1 - table["sum"] / risk).cumprod()
    flat = [curve[curve.index <= a].iloc[-1] if (curve.index <= a).any() else 1.0 for a in np.ravel(at)]
    return np.reshape(flat, np.shape(at))


# %% exercise="stays" kind="mistake" name="ended-is-left" says="ended from outside are counted as departures"
def stays(metres, left, at):
    return (np.asarray(metres, float) > np.asarray(at, float)[..., None]).mean(axis=-1)


# %% exercise="stays" kind="mistake" name="left-out" says="ended from outside are left out"
def stays(metres, left, at):
    gone = np.asarray(metres, float)[np.asarray(left, bool)]
    return (gone > np.asarray(at, float)[..., None]).mean(axis=-1)


# %% exercise="stays" kind="mistake" name="for-ever" says="as if it had gone on for ever"
def stays(metres, left, at):
    metres, left = np.asarray(metres, float), np.asarray(left, bool)
    return 1 - ((metres <= np.asarray(at, float)[..., None]) & left).mean(axis=-1)


# %% exercise="stays" kind="mistake" name="risk-without-the-censored" says="a run that ends at a distance, still on the road"
def stays(metres, left, at):
    metres, left = np.asarray(metres, dtype=float), np.asarray(left, dtype=bool)
    distances = np.unique(metres[left])
    departures = ((metres[:, None] == distances) & left[:, None]).sum(axis=0)
    at_risk = (metres[:, None] > distances).sum(axis=0) + departures
    curve = np.concatenate([[1.0], np.cumprod(1 - departures / at_risk)])
    return curve[np.searchsorted(distances, np.asarray(at, dtype=float), side="right")]


# %% exercise="stays" kind="mistake" name="risk-strictly-further" says="departs or ends at a distance is not counted"
def stays(metres, left, at):
    metres, left = np.asarray(metres, dtype=float), np.asarray(left, dtype=bool)
    distances = np.unique(metres[left])
    at_risk = (metres[:, None] > distances).sum(axis=0)
    departures = ((metres[:, None] == distances) & left[:, None]).sum(axis=0)
    curve = np.concatenate([[1.0], np.cumprod(1 - departures / np.maximum(at_risk, 1))])
    return curve[np.searchsorted(distances, np.asarray(at, dtype=float), side="right")]


# %% exercise="stays" kind="mistake" name="not-yet" says="is not counted yet"
def stays(metres, left, at):
    metres, left = np.asarray(metres, dtype=float), np.asarray(left, dtype=bool)
    distances = np.unique(metres[left])
    at_risk = (metres[:, None] >= distances).sum(axis=0)
    departures = ((metres[:, None] == distances) & left[:, None]).sum(axis=0)
    curve = np.concatenate([[1.0], np.cumprod(1 - departures / at_risk)])
    return curve[np.searchsorted(distances, np.asarray(at, dtype=float))]


# %% exercise="stays" kind="mistake" name="exp-of-the-hazard" says="exp(−sum of the shares)"
def stays(metres, left, at):
    metres, left = np.asarray(metres, dtype=float), np.asarray(left, dtype=bool)
    distances = np.unique(metres[left])
    at_risk = (metres[:, None] >= distances).sum(axis=0)
    departures = ((metres[:, None] == distances) & left[:, None]).sum(axis=0)
    curve = np.exp(-np.concatenate([[0.0], np.cumsum(departures / at_risk)]))
    return curve[np.searchsorted(distances, np.asarray(at, dtype=float), side="right")]


# %% exercise="stays" kind="mistake" name="one-departure-each" says="at one distance are counted as one"
def stays(metres, left, at):
    metres, left = np.asarray(metres, dtype=float), np.asarray(left, dtype=bool)
    distances = np.unique(metres[left])
    at_risk = (metres[:, None] >= distances).sum(axis=0)
    curve = np.concatenate([[1.0], np.cumprod(1 - 1 / at_risk)])
    return curve[np.searchsorted(distances, np.asarray(at, dtype=float), side="right")]


# %% exercise="stays" kind="mistake" name="in-the-list's-order" says="in the order of the list"
def stays(metres, left, at):
    metres, left = np.asarray(metres, dtype=float), np.asarray(left, dtype=bool)
    factors = np.where(left, 1 - 1 / (len(metres) - np.arange(len(metres))), 1.0)
    return np.where(metres <= np.asarray(at, float)[..., None], factors, 1.0).prod(axis=-1)


# %% exercise="dagger" kind="alternative" name="lists-of-parts"
def dagger(demo, rounds, fit, drive, look, keeper):
    """Parts in lists, joined before each fit."""
    parts, policies = [demo], []
    for k in range(rounds + 1):
        policies.append(fit(*(np.concatenate(column) for column in zip(*parts))))
        if k < rounds:
            states = drive(policies[k])
            parts.append((look(states), keeper(states)))
    return (policies, *(np.concatenate(column) for column in zip(*parts)))


# %% exercise="dagger" kind="alternative" name="recursive"
def dagger(demo, rounds, fit, drive, look, keeper):
    """The first policy, then DAgger on what it has added; the newest data first."""
    policy = fit(*demo)
    if rounds == 0:
        return [policy], *demo
    states = drive(policy)
    more = np.vstack([look(states), demo[0]]), np.hstack([keeper(states), demo[1]])
    later, pictures, labels = dagger(more, rounds - 1, fit, drive, look, keeper)
    return [policy, *later], pictures, labels


# %% exercise="dagger" kind="mistake" name="own-labels" says="the copy's own actions"
def dagger(demo, rounds, fit, drive, look, keeper):
    pictures, labels = demo
    policies = [fit(pictures, labels)]
    for _ in range(rounds):
        seen = look(drive(policies[-1]))
        labels = np.concatenate([labels, policies[-1](seen)])
        pictures = np.concatenate([pictures, seen])
        policies.append(fit(pictures, labels))
    return policies, pictures, labels


# %% exercise="dagger" kind="mistake" name="expert-drives" says="the lane keeper drives"
def dagger(demo, rounds, fit, drive, look, keeper):
    pictures, labels = demo
    policies = [fit(pictures, labels)]
    for _ in range(rounds):
        states = drive(keeper)
        pictures, labels = np.concatenate([pictures, look(states)]), np.concatenate([labels, keeper(states)])
        policies.append(fit(pictures, labels))
    return policies, pictures, labels


# %% exercise="dagger" kind="mistake" name="replaced" says="the data are replaced"
def dagger(demo, rounds, fit, drive, look, keeper):
    pictures, labels = demo
    policies = [fit(pictures, labels)]
    for _ in range(rounds):
        states = drive(policies[-1])
        pictures, labels = look(states), keeper(states)
        policies.append(fit(pictures, labels))
    return policies, pictures, labels


# %% exercise="dagger" kind="mistake" name="added-to-the-demonstration" says="adds to the demonstration alone"
def dagger(demo, rounds, fit, drive, look, keeper):
    pictures, labels = demo
    policies = [fit(pictures, labels)]
    for _ in range(rounds):
        states = drive(policies[-1])
        pictures, labels = np.concatenate([demo[0], look(states)]), np.concatenate([demo[1], keeper(states)])
        policies.append(fit(pictures, labels))
    return policies, pictures, labels


# %% exercise="dagger" kind="mistake" name="first-copy-drives" says="the first copy drives in every round"
def dagger(demo, rounds, fit, drive, look, keeper):
    pictures, labels = demo
    policies = [fit(pictures, labels)]
    for _ in range(rounds):
        states = drive(policies[0])
        pictures, labels = np.concatenate([pictures, look(states)]), np.concatenate([labels, keeper(states)])
        policies.append(fit(pictures, labels))
    return policies, pictures, labels


# %% exercise="dagger" kind="mistake" name="no-last-fit" says="never learnt from"
def dagger(demo, rounds, fit, drive, look, keeper):
    pictures, labels = demo
    policies = []
    for _ in range(rounds):
        policies.append(fit(pictures, labels))
        states = drive(policies[-1])
        pictures, labels = np.concatenate([pictures, look(states)]), np.concatenate([labels, keeper(states)])
    return policies or [fit(pictures, labels)], pictures, labels


# %% exercise="dagger" kind="mistake" name="crossed" says="each picture has another one's command"
def dagger(demo, rounds, fit, drive, look, keeper):
    pictures, labels = demo
    policies = [fit(pictures, labels)]
    for _ in range(rounds):
        states = drive(policies[-1])
        pictures, labels = np.concatenate([pictures, look(states)]), np.concatenate([keeper(states), labels])
        policies.append(fit(pictures, labels))
    return policies, pictures, labels


# %% exercise="dagger" kind="mistake" name="counted-twice" says="counted more than once"
def dagger(demo, rounds, fit, drive, look, keeper):
    states_seen, (pictures, labels) = [], demo
    policies = [fit(pictures, labels)]
    for _ in range(rounds):
        states_seen.extend(drive(policies[-1]))
        states = np.array(states_seen)
        pictures, labels = np.concatenate([pictures, look(states)]), np.concatenate([labels, keeper(states)])
        policies.append(fit(pictures, labels))
    return policies, pictures, labels


# %% exercise="dagger" kind="mistake" name="states-for-pictures" says="was look forgotten"
def dagger(demo, rounds, fit, drive, look, keeper):
    pictures, labels = demo
    policies = [fit(pictures, labels)]
    for _ in range(rounds):
        states = drive(policies[-1])
        pictures = np.concatenate([np.asarray(pictures)[:, :3], states])
        labels = np.concatenate([labels, keeper(states)])
        policies.append(fit(pictures, labels))
    return policies, pictures, labels


# %% exercise="dagger" kind="mistake" name="only-the-last" says="not all of them, oldest first"
def dagger(demo, rounds, fit, drive, look, keeper):
    pictures, labels = demo
    policy = fit(pictures, labels)
    for _ in range(rounds):
        states = drive(policy)
        pictures, labels = np.concatenate([pictures, look(states)]), np.concatenate([labels, keeper(states)])
        policy = fit(pictures, labels)
    return [policy], pictures, labels


# %% exercise="envelope" kind="alternative" name="math-and-clip"
class Envelope:
    """With the cotangent instead of arc functions, and np.clip."""

    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.limits = {"lateral": lateral, "rate": rate, "room": least_room, "step": step}
        self.reset()

    def reset(self):
        self.previous = 0.0
        self.out = False

    def most(self, speed):
        sine = min(1.0, self.limits["lateral"] * 5.0 / (2 * max(speed, 1e-6) ** 2))
        if sine > 0.4472135:  # steeper than 45 degrees of steering
            return np.pi / 4
        return np.arctan(2 * sine / np.sqrt(1 - sine**2))

    def __call__(self, proposed, fallback, speed, room):
        self.out = bool(self.out or np.isnan(proposed) or np.isinf(proposed) or room < self.limits["room"])
        wanted = fallback if self.out else proposed
        swing = self.limits["rate"] * self.limits["step"]
        wanted = np.clip(wanted, self.previous - swing, self.previous + swing)
        self.previous = np.clip(wanted, -self.most(speed), self.most(speed))
        return self.previous, self.out


# %% exercise="envelope" kind="alternative" name="closure-in-steps"
class Envelope:
    """One band from both limits; a list [steering, bool]."""

    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.settings = lateral, rate, least_room, step
        self.history, self.trusted = [0.0], True

    def reset(self):
        self.__init__(*self.settings)

    def __call__(self, proposed, fallback, speed, room):
        lateral, rate, least_room, step = self.settings
        self.trusted = self.trusted and abs(proposed) < float("inf") and room >= least_room
        steering = proposed if self.trusted else fallback
        highest = lateral * LENGTH / 2 / speed**2 if speed else 1.0
        bound = np.arctan(2 * np.tan(np.arcsin(highest))) if highest < np.sin(np.arctan(0.5)) else np.pi / 4
        low, high = self.history[-1] - rate * step, self.history[-1] + rate * step
        low, high = (float(np.clip(v, -bound, bound)) for v in (low, high))
        self.history.append(low if steering < low else high if steering > high else float(steering))
        return [self.history[-1], not self.trusted]


# %% exercise="envelope" kind="mistake" name="nan-passes" says="reaches the wheel"
class Envelope:
    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.lateral, self.turn, self.least_room = lateral, rate * step, least_room
        self.reset()

    def reset(self):
        self.last, self.handed_over = 0.0, False

    def __call__(self, proposed, fallback, speed, room):
        if room < self.least_room:
            self.handed_over = True
        steering = fallback if self.handed_over else proposed
        most, sine = np.pi / 4, self.lateral * LENGTH
        if sine < 2 * speed**2:
            most = min(most, np.arctan(2 * np.tan(np.arcsin(sine / (2 * speed**2)))))
        self.last = np.clip(np.clip(steering, self.last - self.turn, self.last + self.turn), -most, most)
        return self.last, self.handed_over


# %% exercise="envelope" kind="mistake" name="infinite-is-limited" says="it is only limited"
class Envelope:
    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.lateral, self.turn, self.least_room = lateral, rate * step, least_room
        self.reset()

    def reset(self):
        self.last, self.handed_over = 0.0, False

    def __call__(self, proposed, fallback, speed, room):
        if np.isnan(proposed) or room < self.least_room:
            self.handed_over = True
        steering = fallback if self.handed_over else proposed
        most, sine = np.pi / 4, self.lateral * LENGTH
        if sine < 2 * speed**2:
            most = min(most, np.arctan(2 * np.tan(np.arcsin(sine / (2 * speed**2)))))
        steering = min(max(steering, self.last - self.turn), self.last + self.turn)
        self.last = min(max(steering, -most), most)
        return self.last, self.handed_over


# %% exercise="envelope" kind="mistake" name="comes-back" says="comes back by itself"
class Envelope:
    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.lateral, self.turn, self.least_room = lateral, rate * step, least_room
        self.reset()

    def reset(self):
        self.last = 0.0

    def __call__(self, proposed, fallback, speed, room):
        handed_over = bool(not np.isfinite(proposed) or room < self.least_room)
        steering = fallback if handed_over else proposed
        most, sine = np.pi / 4, self.lateral * LENGTH
        if sine < 2 * speed**2:
            most = min(most, np.arctan(2 * np.tan(np.arcsin(sine / (2 * speed**2)))))
        steering = min(max(steering, self.last - self.turn), self.last + self.turn)
        self.last = min(max(steering, -most), most)
        return self.last, handed_over


# %% exercise="envelope" kind="mistake" name="from-what-was-proposed" says="not counted from the angle that was released last"
class Envelope:
    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.lateral, self.turn, self.least_room = lateral, rate * step, least_room
        self.reset()

    def reset(self):
        self.last, self.handed_over = 0.0, False

    def __call__(self, proposed, fallback, speed, room):
        if not np.isfinite(proposed) or room < self.least_room:
            self.handed_over = True
        wanted = fallback if self.handed_over else proposed
        most, sine = np.pi / 4, self.lateral * LENGTH
        if sine < 2 * speed**2:
            most = min(most, np.arctan(2 * np.tan(np.arcsin(sine / (2 * speed**2)))))
        steering = min(max(wanted, self.last - self.turn), self.last + self.turn)
        self.last = wanted
        return min(max(steering, -most), most), self.handed_over


# %% exercise="envelope" kind="mistake" name="rate-last" says="that limit comes last"
class Envelope:
    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.lateral, self.turn, self.least_room = lateral, rate * step, least_room
        self.reset()

    def reset(self):
        self.last, self.handed_over = 0.0, False

    def __call__(self, proposed, fallback, speed, room):
        if not np.isfinite(proposed) or room < self.least_room:
            self.handed_over = True
        steering = fallback if self.handed_over else proposed
        most, sine = np.pi / 4, self.lateral * LENGTH
        if sine < 2 * speed**2:
            most = min(most, np.arctan(2 * np.tan(np.arcsin(sine / (2 * speed**2)))))
        steering = min(max(steering, -most), most)
        self.last = min(max(steering, self.last - self.turn), self.last + self.turn)
        return self.last, self.handed_over


# %% exercise="envelope" kind="mistake" name="no-limit-of-acceleration" says="more lateral acceleration passes"
class Envelope:
    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.turn, self.least_room = rate * step, least_room
        self.reset()

    def reset(self):
        self.last, self.handed_over = 0.0, False

    def __call__(self, proposed, fallback, speed, room):
        if not np.isfinite(proposed) or room < self.least_room:
            self.handed_over = True
        steering = fallback if self.handed_over else proposed
        steering = min(max(steering, self.last - self.turn), self.last + self.turn)
        self.last = min(max(steering, -np.pi / 4), np.pi / 4)
        return self.last, self.handed_over


# %% exercise="envelope" kind="mistake" name="slip-limited" says="tighter than the lateral acceleration allows"
class Envelope:
    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.lateral, self.turn, self.least_room = lateral, rate * step, least_room
        self.reset()

    def reset(self):
        self.last, self.handed_over = 0.0, False

    def __call__(self, proposed, fallback, speed, room):
        if not np.isfinite(proposed) or room < self.least_room:
            self.handed_over = True
        steering = fallback if self.handed_over else proposed
        most, sine = np.pi / 4, self.lateral * LENGTH
        if sine < 2 * speed**2:
            most = min(most, np.arcsin(sine / (2 * speed**2)))
        steering = min(max(steering, self.last - self.turn), self.last + self.turn)
        self.last = min(max(steering, -most), most)
        return self.last, self.handed_over


# %% exercise="envelope" kind="mistake" name="rate-a-step" says="radians a step, not a second"
class Envelope:
    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.lateral, self.turn, self.least_room = lateral, rate, least_room
        self.reset()

    def reset(self):
        self.last, self.handed_over = 0.0, False

    def __call__(self, proposed, fallback, speed, room):
        if not np.isfinite(proposed) or room < self.least_room:
            self.handed_over = True
        steering = fallback if self.handed_over else proposed
        most, sine = np.pi / 4, self.lateral * LENGTH
        if sine < 2 * speed**2:
            most = min(most, np.arctan(2 * np.tan(np.arcsin(sine / (2 * speed**2)))))
        steering = min(max(steering, self.last - self.turn), self.last + self.turn)
        self.last = min(max(steering, -most), most)
        return self.last, self.handed_over


# %% exercise="envelope" kind="mistake" name="fallback-unlimited" says="fallback passes without limits"
class Envelope:
    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.lateral, self.turn, self.least_room = lateral, rate * step, least_room
        self.reset()

    def reset(self):
        self.last, self.handed_over = 0.0, False

    def __call__(self, proposed, fallback, speed, room):
        if not np.isfinite(proposed) or room < self.least_room:
            self.handed_over = True
        if self.handed_over:
            return fallback, True
        most, sine = np.pi / 4, self.lateral * LENGTH
        if sine < 2 * speed**2:
            most = min(most, np.arctan(2 * np.tan(np.arcsin(sine / (2 * speed**2)))))
        steering = min(max(proposed, self.last - self.turn), self.last + self.turn)
        self.last = min(max(steering, -most), most)
        return self.last, False


# %% exercise="envelope" kind="mistake" name="shared-by-all" says="two envelopes share their state"
class Envelope:
    state = {"last": 0.0, "over": False}

    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.lateral, self.turn, self.least_room = lateral, rate * step, least_room
        self.reset()

    def reset(self):
        self.state.update(last=0.0, over=False)

    def __call__(self, proposed, fallback, speed, room):
        if not np.isfinite(proposed) or room < self.least_room:
            self.state["over"] = True
        steering = fallback if self.state["over"] else proposed
        most, sine = np.pi / 4, self.lateral * LENGTH
        if sine < 2 * speed**2:
            most = min(most, np.arctan(2 * np.tan(np.arcsin(sine / (2 * speed**2)))))
        steering = min(max(steering, self.state["last"] - self.turn), self.state["last"] + self.turn)
        self.state["last"] = min(max(steering, -most), most)
        return self.state["last"], self.state["over"]


# %% exercise="envelope" kind="mistake" name="smoothed" says="inside all limits is changed"
class Envelope:
    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.lateral, self.turn, self.least_room = lateral, rate * step, least_room
        self.reset()

    def reset(self):
        self.last, self.handed_over = 0.0, False

    def __call__(self, proposed, fallback, speed, room):
        if not np.isfinite(proposed) or room < self.least_room:
            self.handed_over = True
        steering = fallback if self.handed_over else 0.7 * proposed + 0.3 * self.last
        most, sine = np.pi / 4, self.lateral * LENGTH
        if sine < 2 * speed**2:
            most = min(most, np.arctan(2 * np.tan(np.arcsin(sine / (2 * speed**2)))))
        steering = min(max(steering, self.last - self.turn), self.last + self.turn)
        self.last = min(max(steering, -most), most)
        return self.last, self.handed_over


# %% exercise="zero-departures" kind="alternative" name="rule-of-three"
slide = dict(zip("ABCDEFG", ["holds", "not shown", "fails", "holds", "fails", "fails", "not shown"]))
numbers = {"median": 205.0, "laps": round(3 / 0.01)}

# %% exercise="zero-departures" kind="alternative" name="computed"
slide = {"G": "Not shown", "A": "HOLDS", "B": "not shown", "C": "fails", "D": "holds ", "F": "fails", "E": "fails"}
numbers = {"laps": np.ceil(np.log(0.05) / np.log(0.99)), "median": np.float32(231)}

# %% exercise="zero-departures" kind="mistake" name="zero-is-zero" says="takes zero seen for zero possible"
slide = {"A": "holds", "B": "holds", "C": "fails", "D": "holds", "E": "fails", "F": "fails", "G": "not shown"}
numbers = {"median": 220, "laps": 299}

# %% exercise="zero-departures" kind="mistake" name="thirty-show-nothing" says="A can be computed"
slide = {"A": "not shown", "B": "not shown", "C": "fails", "D": "holds", "E": "fails", "F": "fails", "G": "not shown"}
numbers = {"median": 220, "laps": 299}

# %% exercise="zero-departures" kind="mistake" name="trusts-validation" says="C was measured"
slide = {"A": "holds", "B": "not shown", "C": "holds", "D": "holds", "E": "fails", "F": "fails", "G": "not shown"}
numbers = {"median": 220, "laps": 299}

# %% exercise="zero-departures" kind="mistake" name="might-be-luck" says="D was measured"
slide = {"A": "holds", "B": "not shown", "C": "fails", "D": "not shown", "E": "fails", "F": "fails", "G": "not shown"}
numbers = {"median": 220, "laps": 299}

# %% exercise="zero-departures" kind="mistake" name="only-dagger" says="cured the copy as well"
slide = {"A": "holds", "B": "not shown", "C": "fails", "D": "holds", "E": "holds", "F": "fails", "G": "not shown"}
numbers = {"median": 220, "laps": 299}

# %% exercise="zero-departures" kind="mistake" name="runs-are-trainings" says="what the runs of one network share"
slide = {"A": "holds", "B": "not shown", "C": "fails", "D": "holds", "E": "fails", "F": "holds", "G": "not shown"}
numbers = {"median": 220, "laps": 299}

# %% exercise="zero-departures" kind="mistake" name="refutes-what-was-not-tried" says="was never tried"
slide = {"A": "holds", "B": "not shown", "C": "fails", "D": "holds", "E": "fails", "F": "fails", "G": "fails"}
numbers = {"median": 220, "laps": 299}

# %% exercise="zero-departures" kind="mistake" name="one-over-p" says="in 37 of 100 cases"
slide = {"A": "holds", "B": "not shown", "C": "fails", "D": "holds", "E": "fails", "F": "fails", "G": "not shown"}
numbers = {"median": 220, "laps": 100}

# %% exercise="zero-departures" kind="mistake" name="one-side-of-many" says="still go well by chance too often"
slide = {"A": "holds", "B": "not shown", "C": "fails", "D": "holds", "E": "fails", "F": "fails", "G": "not shown"}
numbers = {"median": 220, "laps": 230}

# %% exercise="zero-departures" kind="mistake" name="mean-of-the-departed" says="crosses one half"
slide = {"A": "holds", "B": "not shown", "C": "fails", "D": "holds", "E": "fails", "F": "fails", "G": "not shown"}
numbers = {"median": 150, "laps": 299}


# %% exercise="envelope" kind="mistake" name="only-upwards" says="towards one side only"
class Envelope:
    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.lateral, self.turn, self.least_room = lateral, rate * step, least_room
        self.reset()

    def reset(self):
        self.last, self.handed_over = 0.0, False

    def __call__(self, proposed, fallback, speed, room):
        if not np.isfinite(proposed) or room < self.least_room:
            self.handed_over = True
        steering = fallback if self.handed_over else proposed
        most, sine = np.pi / 4, self.lateral * LENGTH
        if sine < 2 * speed**2:
            most = min(most, np.arctan(2 * np.tan(np.arcsin(sine / (2 * speed**2)))))
        if abs(steering) > abs(self.last) + self.turn:  # the size of the angle instead of its change
            steering = np.sign(steering) * (abs(self.last) + self.turn)
        self.last = min(max(steering, -most), most)
        return self.last, self.handed_over


# %% exercise="pursuit" kind="equivalent" mutant="- return np.clip(angle / (np.pi / 4), -1, 1) | + return np.clip(-1, angle / (np.pi / 4), 1)" reason="clipping is the smaller of the upper end and the larger of the two others, in either order"

# %% exercise="envelope" kind="equivalent" mutant="- if sine * np.sqrt(5) < 2 * speed ** 2: | + if sine * np.sqrt(5) <= 2 * speed ** 2:" reason="at equality both branches give 45 degrees"

# %% exercise="envelope" kind="equivalent" mutant="- steering = np.clip(steering, self.last - self.turn, self.last + self.turn) | + steering = np.clip(self.last - self.turn, steering, self.last + self.turn)" reason="clipping is the smaller of the upper end and the larger of the two others, in either order"

# %% exercise="envelope" kind="equivalent" mutant="- self.last = np.clip(steering, -most, most) | + self.last = np.clip(-most, steering, most)" reason="clipping is the smaller of the upper end and the larger of the two others, in either order"

# %% exercise="zero-departures" kind="equivalent" mutant="- numbers = {'median': 220, 'laps': 299} | + numbers = {'median': 221, 'laps': 299}" reason="a distance read off a figure is right to some metres"

# %% exercise="zero-departures" kind="equivalent" mutant="- numbers = {'median': 220, 'laps': 299} | + numbers = {'median': 219, 'laps': 299}" reason="a distance read off a figure is right to some metres"

# %% exercise="zero-departures" kind="equivalent" mutant="- numbers = {'median': 220, 'laps': 299} | + numbers = {'median': 220, 'laps': 300}" reason="300 is what the rule of three says, which the lesson teaches"

# %% [markdown] explain="yard-note" kind="sample" points=4.5
# Jonas: you may let it drive tonight. Conditions: track closed, nobody on it, envelope with the look-ahead switched on, a person at the stop button. Aiko: the road is out of the question with what we have.
#
# In 300 fresh laps with gusts there was no departure. That rules out more than about one in a hundred laps (95 % bound). For comparison, the plain copy lost about nine of ten runs, in all eight trainings, and Jonas's lane keeper none.
#
# The copy failed because it had never seen the road from anywhere but the lane's middle; DAgger added the places where the learner really gets to, labelled by the lane keeper.
#
# With a black camera the envelope saved all runs, but only when it looked ahead; judged by the present room, three quarters were lost. It needs the survey, so we have not got rid of it.
#
# All this is a simulator: one track, no other vehicles, one sort of wind. Nothing here can be carried over to a public road.
#
# *Decision 1: both, with conditions. Evidence 1: laps, bound, copy and lane keeper. Why it works ½: what the copy lacked, not that laps in gusts did as well. Envelope 1. What is not shown 1.*

# %% [markdown] explain="yard-note" kind="sample" points=2.5
# Dear Jonas, dear Aiko, I recommend to use the new driver on the track tonight when nobody is there and somebody watches. In 300 laps it had 0 departures.
#
# The old copy was bad because it only knew the expert's states and its errors compounded. DAgger collects the learner's states. The 32 laps in gusts reached the same, by the way, so we could have saved ourselves the loop.
#
# We also have an envelope now, which limits the steering and stops the car when the camera is black. It makes the car safe.
#
# For the road we should test more first, because the simulator has only one track and no other cars.
#
# *Decision 1: the track with conditions, and the road is put off with a reason. Evidence ½: a count with its laps, no bound and nothing beside it. Why it works 1: states, and the rival. Envelope 0: it is
# taken to make the car safe; neither what it missed nor what it rests on. What is not shown 0: named in part, but for a road that only needs "more tests" of the same kind.*

# %% [markdown] explain="yard-note" kind="sample" points=0.5
# The AI has learnt to drive with DAgger. It had 0 departures, which is better than the 100 % of the copy, and the validation error is under one degree. So it is ready for the track and, after the summer, for the road to the warehouse, at first at low
# speed. The more data we collect on the way, the better it gets.
#
# *Decision 0: no conditions for the track, and the road is promised. Evidence ½: zero beside the copy, without laps or bound, and the error that says nothing. Why it works 0: more data. Envelope 0: missing. What is not shown 0: the results are carried over to the road.*


# %% exercise="pursuit" kind="alternative" name="table-of-columns"
def pursuit(states, targets):
    """With validation, and a table whose column is returned."""
    states, targets = np.asarray(states, dtype=float), np.asarray(targets, dtype=float)
    if states.ndim != 2 or states.shape[1] != 3 or targets.shape != (len(states), 2):
        raise ValueError(f"(n, 3) and (n, 2) are needed, not {states.shape} and {targets.shape}")
    table = pd.DataFrame(np.hstack([states, targets]), columns=["x", "y", "psi", "to_x", "to_y"])
    far = np.hypot(table.to_x - table.x, table.to_y - table.y)
    alpha = np.arctan2(table.to_y - table.y, table.to_x - table.x) - table.psi
    tan_slip = np.sin(alpha) / (far / LENGTH + np.cos(alpha))
    return (np.arctan(2 * tan_slip) / (np.pi / 4)).clip(-1, 1)


# %% exercise="pursuit" kind="mistake" name="rear-axle-to-the-target" says="takes the rear axle through the target"
def pursuit(states, targets):
    back = states[:, :2] - LENGTH / 2 * np.stack([np.cos(states[:, 2]), np.sin(states[:, 2])], axis=1)
    dx, dy = (targets - back).T
    alpha = np.arctan2(dy, dx) - states[:, 2]
    return np.clip(np.arctan(2 * LENGTH * np.sin(alpha) / np.hypot(dx, dy)) / (np.pi / 4), -1, 1)


# %% exercise="pursuit" kind="mistake" name="works-in-the-callers-array" says="the caller's states or targets are changed"
def pursuit(states, targets):
    targets -= states[:, :2]
    dx, dy = targets.T
    cos, sin = np.cos(states[:, 2]), np.sin(states[:, 2])
    ahead, right = cos * dx + sin * dy, cos * dy - sin * dx
    angle = np.arctan(2 * LENGTH * right / (ahead**2 + right**2 + LENGTH * ahead))
    return np.clip(angle / (np.pi / 4), -1, 1)


# %% exercise="pursuit" kind="mistake" name="one-car-squeezed" says="one action for each car"
def pursuit(states, targets):
    dx, dy = np.squeeze(np.asarray(targets - states[:, :2])).T
    heading = np.squeeze(states[:, 2])
    ahead, right = np.cos(heading) * dx + np.sin(heading) * dy, np.cos(heading) * dy - np.sin(heading) * dx
    angle = np.arctan(2 * LENGTH * right / (ahead**2 + right**2 + LENGTH * ahead))
    return np.clip(angle / (np.pi / 4), -1, 1)


# %% exercise="pursuit" kind="mistake" name="half-turn" says="does not pass the target"
def pursuit(states, targets):
    dx, dy = (targets - states[:, :2]).T
    alpha = np.arctan2(dy, dx) - states[:, 2]
    alpha = np.where(alpha > np.pi, alpha - 2 * np.pi, np.where(alpha < -np.pi, alpha + 2 * np.pi, alpha))
    alpha = np.clip(alpha, -np.pi / 2, np.pi / 2)
    slip = np.arctan(np.sin(alpha) / (np.hypot(dx, dy) / LENGTH + np.cos(alpha)))
    return np.clip(np.arctan(2 * np.tan(slip)) / (np.pi / 4), -1, 1)


# %% exercise="record-laps" kind="alternative" name="tensors-as-parts"
def record_laps(starts, look, keeper, move, gusts, valid_laps):
    """Arrays of their final size, filled in; tensors come back."""
    steps, laps = gusts.shape
    state = starts.copy()
    images, commands = torch.zeros(steps, laps, look(state).shape[1], dtype=torch.float64), torch.zeros(steps, laps)
    for t in range(steps):
        images[t] = torch.as_tensor(look(state))
        commands[t] = torch.as_tensor(keeper(state))
        state = move(state, keeper(state) + gusts[t])
    held = torch.arange(laps) >= laps - valid_laps
    return (images[:, ~held].flatten(0, 1), commands[:, ~held].flatten()), (
        images[:, held].flatten(0, 1),
        commands[:, held].flatten(),
    )


# %% exercise="record-laps" kind="mistake" name="minus-zero" says="a slice that ends at −0"
def record_laps(starts, look, keeper, move, gusts, valid_laps):
    states = np.array(starts, dtype=float)
    pictures, labels = [], []
    for gust in gusts:
        pictures.append(look(states))
        labels.append(keeper(states))
        states = move(states, labels[-1] + gust)
    pictures, labels = np.stack(pictures), np.stack(labels)
    return (np.concatenate(pictures[:, :-valid_laps]), labels[:, :-valid_laps].ravel()), (
        np.concatenate(pictures[:, -valid_laps:]),
        labels[:, -valid_laps:].ravel(),
    )


# %% exercise="record-laps" kind="mistake" name="keeper-of-pictures" says="the lane keeper is asked about a picture"
def record_laps(starts, look, keeper, move, gusts, valid_laps):
    states = np.array(starts, dtype=float)
    pictures, labels = [], []
    for gust in gusts:
        pictures.append(look(states))
        labels.append(keeper(pictures[-1]))
        states = move(states, keeper(states) + gust)
    pictures, labels = np.stack(pictures), np.stack(labels)
    cut = len(states) - valid_laps
    return (np.concatenate(pictures[:, :cut]), labels[:, :cut].ravel()), (
        np.concatenate(pictures[:, cut:]),
        labels[:, cut:].ravel(),
    )


# %% exercise="stays" kind="mistake" name="sorts-in-place" says="the caller's arrays are changed"
def stays(metres, left, at):
    metres, left = np.asarray(metres, dtype=float), np.asarray(left, dtype=bool)
    order = np.argsort(metres)
    metres[:], left[:] = metres[order], left[order]
    distances = np.unique(metres[left])
    at_risk = (metres[:, None] >= distances).sum(axis=0)
    departures = ((metres[:, None] == distances) & left[:, None]).sum(axis=0)
    curve = np.concatenate([[1.0], np.cumprod(1 - departures / at_risk)])
    return curve[np.searchsorted(distances, at, side="right")]


# %% exercise="stays" kind="mistake" name="straight-lines" says="straight lines are drawn"
def stays(metres, left, at):
    metres, left = np.asarray(metres, dtype=float), np.asarray(left, dtype=bool)
    distances = np.unique(metres[left])
    at_risk = (metres[:, None] >= distances).sum(axis=0)
    departures = ((metres[:, None] == distances) & left[:, None]).sum(axis=0)
    if not len(distances):
        return np.ones(np.shape(at))
    return np.interp(at, np.append(0, distances), np.concatenate([[1.0], np.cumprod(1 - departures / at_risk)]))


# %% exercise="dagger" kind="alternative" name="tables-and-tuples"
def dagger(demo, rounds, fit, drive, look, keeper):
    """Rows of a table, labels in the last column; a tuple of policies."""
    table = np.column_stack(demo)
    policies = (fit(table[:, :-1], table[:, -1]),)
    while len(policies) <= rounds:
        states = np.asarray(drive(policies[-1]))
        table = np.vstack([table, np.column_stack([look(states), keeper(states)])])
        policies += (fit(table[:, :-1], table[:, -1]),)
    return policies, table[:, :-1], table[:, -1]


# %% exercise="dagger" kind="mistake" name="keeper-of-pictures" says="the lane keeper is asked about pictures"
def dagger(demo, rounds, fit, drive, look, keeper):
    pictures, labels = demo
    policies = [fit(pictures, labels)]
    for _ in range(rounds):
        seen = look(drive(policies[-1]))
        pictures, labels = np.concatenate([pictures, seen]), np.concatenate([labels, keeper(seen)])
        policies.append(fit(pictures, labels))
    return policies, pictures, labels


# %% exercise="dagger" kind="mistake" name="drives-twice-a-round" says="each call of drive is another night"
def dagger(demo, rounds, fit, drive, look, keeper):
    pictures, labels = demo
    policies = [fit(pictures, labels)]
    for _ in range(rounds):
        pictures = np.concatenate([pictures, look(drive(policies[-1]))])
        labels = np.concatenate([labels, keeper(drive(policies[-1]))])
        policies.append(fit(pictures, labels))
    return policies, pictures, labels


# %% exercise="dagger" kind="mistake" name="one-round-short" says="not the number of rounds"
def dagger(demo, rounds, fit, drive, look, keeper):
    pictures, labels = demo
    policies = [fit(pictures, labels)]
    for _ in range(rounds - 1):
        states = drive(policies[-1])
        pictures, labels = np.concatenate([pictures, look(states)]), np.concatenate([labels, keeper(states)])
        policies.append(fit(pictures, labels))
    return policies, pictures, labels


# %% exercise="envelope" kind="mistake" name="kept-before-the-limit" says="the limit of acceleration did not let pass"
class Envelope:
    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.lateral, self.turn, self.least_room = lateral, rate * step, least_room
        self.reset()

    def reset(self):
        self.last, self.handed_over = 0.0, False

    def limit(self, speed):
        sine = self.lateral * LENGTH / (2 * max(speed, 1e-6) ** 2)
        return np.arctan(2 * np.tan(np.arcsin(sine))) if sine < np.sqrt(0.2) else np.pi / 4

    def __call__(self, proposed, fallback, speed, room):
        if not np.isfinite(proposed) or room < self.least_room:
            self.handed_over = True
        steering, most = fallback if self.handed_over else proposed, self.limit(speed)
        self.last = np.clip(steering, self.last - self.turn, self.last + self.turn)
        return np.clip(self.last, -most, most), self.handed_over


# %% exercise="envelope" kind="mistake" name="nan-only-for-this-step" says="NaN counts for one call only"
class Envelope:
    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.lateral, self.turn, self.least_room = lateral, rate * step, least_room
        self.reset()

    def reset(self):
        self.last, self.handed_over = 0.0, False

    def limit(self, speed):
        sine = self.lateral * LENGTH / (2 * max(speed, 1e-6) ** 2)
        return np.arctan(2 * np.tan(np.arcsin(sine))) if sine < np.sqrt(0.2) else np.pi / 4

    def __call__(self, proposed, fallback, speed, room):
        self.handed_over = self.handed_over or room < self.least_room
        over, most = self.handed_over or not np.isfinite(proposed), self.limit(speed)
        steering = np.clip(fallback if over else proposed, self.last - self.turn, self.last + self.turn)
        self.last = np.clip(steering, -most, most)
        return self.last, over


# %% exercise="envelope" kind="mistake" name="fallback-by-the-rate-alone" says="the fallback is limited by the rate alone"
class Envelope:
    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.lateral, self.turn, self.least_room = lateral, rate * step, least_room
        self.reset()

    def reset(self):
        self.last, self.handed_over = 0.0, False

    def limit(self, speed):
        sine = self.lateral * LENGTH / (2 * max(speed, 1e-6) ** 2)
        return np.arctan(2 * np.tan(np.arcsin(sine))) if sine < np.sqrt(0.2) else np.pi / 4

    def __call__(self, proposed, fallback, speed, room):
        if not np.isfinite(proposed) or room < self.least_room:
            self.handed_over = True
        steering, most = fallback if self.handed_over else proposed, self.limit(speed)
        self.last = np.clip(steering, self.last - self.turn, self.last + self.turn)
        if not self.handed_over:
            self.last = np.clip(self.last, -most, most)
        return self.last, self.handed_over


# %% exercise="envelope" kind="mistake" name="fallback-not-kept" says="the rate counts from an older one"
class Envelope:
    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.lateral, self.turn, self.least_room = lateral, rate * step, least_room
        self.reset()

    def reset(self):
        self.last, self.handed_over = 0.0, False

    def limit(self, speed):
        sine = self.lateral * LENGTH / (2 * max(speed, 1e-6) ** 2)
        return np.arctan(2 * np.tan(np.arcsin(sine))) if sine < np.sqrt(0.2) else np.pi / 4

    def __call__(self, proposed, fallback, speed, room):
        if not np.isfinite(proposed) or room < self.least_room:
            self.handed_over = True
        steering, most = fallback if self.handed_over else proposed, self.limit(speed)
        steering = np.clip(np.clip(steering, self.last - self.turn, self.last + self.turn), -most, most)
        if not self.handed_over:
            self.last = steering
        return steering, self.handed_over


# %% exercise="envelope" kind="mistake" name="straight-at-the-handover" says="at the handover the rate does not count from"
class Envelope:
    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.lateral, self.turn, self.least_room = lateral, rate * step, least_room
        self.reset()

    def reset(self):
        self.last, self.handed_over = 0.0, False

    def limit(self, speed):
        sine = self.lateral * LENGTH / (2 * max(speed, 1e-6) ** 2)
        return np.arctan(2 * np.tan(np.arcsin(sine))) if sine < np.sqrt(0.2) else np.pi / 4

    def __call__(self, proposed, fallback, speed, room):
        if (not np.isfinite(proposed) or room < self.least_room) and not self.handed_over:
            self.last, self.handed_over = 0.0, True
        steering, most = fallback if self.handed_over else proposed, self.limit(speed)
        steering = np.clip(steering, self.last - self.turn, self.last + self.turn)
        self.last = np.clip(steering, -most, most)
        return self.last, self.handed_over


# %% exercise="envelope" kind="mistake" name="rear-axle-formula" says="a car described by its rear axle"
class Envelope:
    def __init__(self, lateral=8.0, rate=3.0, least_room=1.0, step=0.2):
        self.lateral, self.turn, self.least_room = lateral, rate * step, least_room
        self.reset()

    def reset(self):
        self.last, self.handed_over = 0.0, False

    def limit(self, speed):
        sine = self.lateral * LENGTH / (2 * max(speed, 1e-6) ** 2)
        return np.arctan(2 * np.tan(np.arcsin(sine))) if sine < np.sqrt(0.2) else np.pi / 4

    def __call__(self, proposed, fallback, speed, room):
        if not np.isfinite(proposed) or room < self.least_room:
            self.handed_over = True
        steering = fallback if self.handed_over else proposed
        most = min(np.pi / 4, np.arctan(self.lateral * LENGTH / max(speed, 1e-6) ** 2))  # v²/L · tan δ
        steering = np.clip(steering, self.last - self.turn, self.last + self.turn)
        self.last = np.clip(steering, -most, most)
        return self.last, self.handed_over


# %% exercise="zero-departures" kind="mistake" name="refutes-what-is-open" says="B is not refuted"
slide = {"A": "holds", "B": "fails", "C": "fails", "D": "holds", "E": "fails", "F": "fails", "G": "not shown"}
numbers = {"median": 220, "laps": 299}

# %% exercise="zero-departures" kind="mistake" name="number-as-text" says="median is to be a number"
slide = {"A": "holds", "B": "not shown", "C": "fails", "D": "holds", "E": "fails", "F": "fails", "G": "not shown"}
numbers = {"median": "220 m", "laps": 299}

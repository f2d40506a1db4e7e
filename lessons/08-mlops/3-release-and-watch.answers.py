# %% exercise="shadow-report" kind="alternative" name="pandas"
def shadow_report(live, shadow, threshold):
    """Two tables, joined."""
    a = pd.DataFrame(live, columns=["id", "p"]).drop_duplicates("id").set_index("id")["p"]
    b = pd.DataFrame(shadow, columns=["id", "p"]).drop_duplicates("id").set_index("id")["p"].astype(float)
    b = b.reindex(a.index)
    known = b.notna()
    if not known.any():
        raise ValueError("nothing to compare")
    x, y = a[known], b[known]
    return {
        "compared": int(known.sum()),
        "silent": float((~known).mean()),
        "flips": float(((x >= threshold) ^ (y >= threshold)).mean()),
        "worst": (x - y).abs().idxmax(),
    }


# %% exercise="shadow-report" kind="alternative" name="loop"
def shadow_report(live, shadow, threshold):
    """One walk over the live log, from its front."""
    theirs = dict(reversed(shadow))
    seen, silent, compared, flips, worst, largest = set(), 0, 0, 0, None, -1.0
    for name, p in live:
        if name in seen:
            continue
        seen.add(name)
        q = theirs.get(name)
        if q is None:
            silent += 1
            continue
        compared += 1
        if (p >= threshold) is not (q >= threshold):
            flips += 1
        if abs(p - q) > largest:
            worst, largest = name, abs(p - q)
    if compared == 0:
        raise ValueError("no request has both answers")
    return dict(compared=compared, silent=silent / len(seen), flips=flips / compared, worst=worst)


# %% exercise="shadow-report" kind="mistake" name="by-place" says="entries are compared by their place in the log"
def shadow_report(live, shadow, threshold):
    """Entry by entry."""
    pairs = [(name, p, q) for (name, p), (_, q) in zip(live, shadow) if q is not None]
    if not pairs:
        raise ValueError("nothing")
    return {
        "compared": len(pairs),
        "silent": 1 - len(pairs) / len(live),
        "flips": sum((p >= threshold) != (q >= threshold) for _, p, q in pairs) / len(pairs),
        "worst": max(pairs, key=lambda pair: abs(pair[1] - pair[2]))[0],
    }


# %% exercise="shadow-report" kind="mistake" name="none-is-zero" says="a failure (None) of the shadow is compared as if it were an answer"
def shadow_report(live, shadow, threshold):
    """Compare the answers of two versions to the same requests: dict of compared, silent, flips, worst.

    live: list of (id, probability); shadow: list of (id, probability or None). ValueError where nothing compares.
    """
    ours, theirs = {}, {}
    for name, p in live:
        ours.setdefault(name, p)
    for name, p in shadow:
        theirs.setdefault(name, p or 0.0)
    both = [name for name in ours if theirs.get(name) is not None]
    if not both:
        raise ValueError("the shadow has no answer to any live request: nothing can be compared")
    flips = sum((ours[name] >= threshold) != (theirs[name] >= threshold) for name in both)
    return {
        "compared": len(both),
        "silent": 1 - len(both) / len(ours),
        "flips": flips / len(both),
        "worst": max(both, key=lambda name: abs(ours[name] - theirs[name])),
    }


# %% exercise="shadow-report" kind="mistake" name="none-not-silent" says="a failure (None) of the shadow counts as an answer: it was silent there"
def shadow_report(live, shadow, threshold):
    """Compare the answers of two versions to the same requests: dict of compared, silent, flips, worst.

    live: list of (id, probability); shadow: list of (id, probability or None). ValueError where nothing compares.
    """
    ours, theirs = {}, {}
    for name, p in live:
        ours.setdefault(name, p)
    for name, p in shadow:
        theirs.setdefault(name, p)
    both = [name for name in ours if theirs.get(name) is not None]
    if not both:
        raise ValueError("the shadow has no answer to any live request: nothing can be compared")
    flips = sum((ours[name] >= threshold) != (theirs[name] >= threshold) for name in both)
    return {
        "compared": len(both),
        "silent": 1 - sum(name in theirs for name in ours) / len(ours),
        "flips": flips / len(both),
        "worst": max(both, key=lambda name: abs(ours[name] - theirs[name])),
    }


# %% exercise="shadow-report" kind="mistake" name="gaps-not-silent" says="live requests without any entry in the shadow's log are not counted"
def shadow_report(live, shadow, threshold):
    """Compare the answers of two versions to the same requests: dict of compared, silent, flips, worst.

    live: list of (id, probability); shadow: list of (id, probability or None). ValueError where nothing compares.
    """
    ours, theirs = {}, {}
    for name, p in live:
        ours.setdefault(name, p)
    for name, p in shadow:
        theirs.setdefault(name, p)
    both = [name for name in ours if theirs.get(name) is not None]
    if not both:
        raise ValueError("the shadow has no answer to any live request: nothing can be compared")
    flips = sum((ours[name] >= threshold) != (theirs[name] >= threshold) for name in both)
    return {
        "compared": len(both),
        "silent": sum(theirs.get(name, 0) is None for name in ours) / len(ours),
        "flips": flips / len(both),
        "worst": max(both, key=lambda name: abs(ours[name] - theirs[name])),
    }


# %% exercise="shadow-report" kind="mistake" name="silence-agrees" says="a request that the shadow did not answer counts as agreement"
def shadow_report(live, shadow, threshold):
    """Compare the answers of two versions to the same requests: dict of compared, silent, flips, worst.

    live: list of (id, probability); shadow: list of (id, probability or None). ValueError where nothing compares.
    """
    ours, theirs = {}, {}
    for name, p in live:
        ours.setdefault(name, p)
    for name, p in shadow:
        theirs.setdefault(name, p)
    both = [name for name in ours if theirs.get(name) is not None]
    if not both:
        raise ValueError("the shadow has no answer to any live request: nothing can be compared")
    flips = sum((ours[name] >= threshold) != (theirs[name] >= threshold) for name in both)
    return {
        "compared": len(both),
        "silent": 1 - len(both) / len(ours),
        "flips": flips / len(ours),
        "worst": max(both, key=lambda name: abs(ours[name] - theirs[name])),
    }


# %% exercise="shadow-report" kind="mistake" name="last-counts" says="of two entries of one id the last one is taken"
def shadow_report(live, shadow, threshold):
    """Compare the answers of two versions to the same requests: dict of compared, silent, flips, worst.

    live: list of (id, probability); shadow: list of (id, probability or None). ValueError where nothing compares.
    """
    ours, theirs = {}, {}
    for name, p in live:
        ours.setdefault(name, p)
    for name, p in shadow:
        theirs[name] = p
    both = [name for name in ours if theirs.get(name) is not None]
    if not both:
        raise ValueError("the shadow has no answer to any live request: nothing can be compared")
    flips = sum((ours[name] >= threshold) != (theirs[name] >= threshold) for name in both)
    return {
        "compared": len(both),
        "silent": 1 - len(both) / len(ours),
        "flips": flips / len(both),
        "worst": max(both, key=lambda name: abs(ours[name] - theirs[name])),
    }


# %% exercise="shadow-report" kind="mistake" name="retry-repairs" says="a failed first entry is replaced by its retry"
def shadow_report(live, shadow, threshold):
    """Compare the answers of two versions to the same requests: dict of compared, silent, flips, worst.

    live: list of (id, probability); shadow: list of (id, probability or None). ValueError where nothing compares.
    """
    ours, theirs = {}, {}
    for name, p in live:
        ours.setdefault(name, p)
    for name, p in shadow:
        theirs[name] = p if theirs.get(name) is None else theirs[name]
    both = [name for name in ours if theirs.get(name) is not None]
    if not both:
        raise ValueError("the shadow has no answer to any live request: nothing can be compared")
    flips = sum((ours[name] >= threshold) != (theirs[name] >= threshold) for name in both)
    return {
        "compared": len(both),
        "silent": 1 - len(both) / len(ours),
        "flips": flips / len(both),
        "worst": max(both, key=lambda name: abs(ours[name] - theirs[name])),
    }


# %% exercise="shadow-report" kind="mistake" name="strict" says="a probability equal to the threshold is a rebooking"
def shadow_report(live, shadow, threshold):
    """Compare the answers of two versions to the same requests: dict of compared, silent, flips, worst.

    live: list of (id, probability); shadow: list of (id, probability or None). ValueError where nothing compares.
    """
    ours, theirs = {}, {}
    for name, p in live:
        ours.setdefault(name, p)
    for name, p in shadow:
        theirs.setdefault(name, p)
    both = [name for name in ours if theirs.get(name) is not None]
    if not both:
        raise ValueError("the shadow has no answer to any live request: nothing can be compared")
    flips = sum((ours[name] > threshold) != (theirs[name] > threshold) for name in both)
    return {
        "compared": len(both),
        "silent": 1 - len(both) / len(ours),
        "flips": flips / len(both),
        "worst": max(both, key=lambda name: abs(ours[name] - theirs[name])),
    }


# %% exercise="shadow-report" kind="mistake" name="signed" says="the largest difference in either direction"
def shadow_report(live, shadow, threshold):
    """Compare the answers of two versions to the same requests: dict of compared, silent, flips, worst.

    live: list of (id, probability); shadow: list of (id, probability or None). ValueError where nothing compares.
    """
    ours, theirs = {}, {}
    for name, p in live:
        ours.setdefault(name, p)
    for name, p in shadow:
        theirs.setdefault(name, p)
    both = [name for name in ours if theirs.get(name) is not None]
    if not both:
        raise ValueError("the shadow has no answer to any live request: nothing can be compared")
    flips = sum((ours[name] >= threshold) != (theirs[name] >= threshold) for name in both)
    return {
        "compared": len(both),
        "silent": 1 - len(both) / len(ours),
        "flips": flips / len(both),
        "worst": max(both, key=lambda name: theirs[name] - ours[name]),
    }


# %% exercise="shadow-report" kind="mistake" name="no-error" says="nothing can be compared, and no error is raised"
def shadow_report(live, shadow, threshold):
    """Compare the answers of two versions to the same requests: dict of compared, silent, flips, worst.

    live: list of (id, probability); shadow: list of (id, probability or None). ValueError where nothing compares.
    """
    ours, theirs = {}, {}
    for name, p in live:
        ours.setdefault(name, p)
    for name, p in shadow:
        theirs.setdefault(name, p)
    both = [name for name in ours if theirs.get(name) is not None]
    if not both:
        return {"compared": 0, "silent": 1.0, "flips": 0.0, "worst": None}
    flips = sum((ours[name] >= threshold) != (theirs[name] >= threshold) for name in both)
    return {
        "compared": len(both),
        "silent": 1 - len(both) / len(ours),
        "flips": flips / len(both),
        "worst": max(both, key=lambda name: abs(ours[name] - theirs[name])),
    }


# %% exercise="shadow-report" kind="mistake" name="tie-by-name" says="among equal differences the worst is the id"
def shadow_report(live, shadow, threshold):
    """Compare the answers of two versions to the same requests: dict of compared, silent, flips, worst.

    live: list of (id, probability); shadow: list of (id, probability or None). ValueError where nothing compares.
    """
    ours, theirs = {}, {}
    for name, p in live:
        ours.setdefault(name, p)
    for name, p in shadow:
        theirs.setdefault(name, p)
    both = [name for name in ours if theirs.get(name) is not None]
    if not both:
        raise ValueError("the shadow has no answer to any live request: nothing can be compared")
    flips = sum((ours[name] >= threshold) != (theirs[name] >= threshold) for name in both)
    return {
        "compared": len(both),
        "silent": 1 - len(both) / len(ours),
        "flips": flips / len(both),
        "worst": max(sorted(both), key=lambda name: abs(ours[name] - theirs[name])),
    }


# %% exercise="shadow-report" kind="mistake" name="falsy" says="a probability of 0.0 is taken for no answer"
def shadow_report(live, shadow, threshold):
    """Compare the answers of two versions to the same requests: dict of compared, silent, flips, worst.

    live: list of (id, probability); shadow: list of (id, probability or None). ValueError where nothing compares.
    """
    ours, theirs = {}, {}
    for name, p in live:
        ours.setdefault(name, p)
    for name, p in shadow:
        theirs.setdefault(name, p)
    both = [name for name in ours if theirs.get(name)]
    if not both:
        raise ValueError("the shadow has no answer to any live request: nothing can be compared")
    flips = sum((ours[name] >= threshold) != (theirs[name] >= threshold) for name in both)
    return {
        "compared": len(both),
        "silent": 1 - len(both) / len(ours),
        "flips": flips / len(both),
        "worst": max(both, key=lambda name: abs(ours[name] - theirs[name])),
    }


# %% exercise="shadow-report" kind="mistake" name="retries-asked" says="a retry in the live log is counted as a request"
def shadow_report(live, shadow, threshold):
    """Compare the answers of two versions to the same requests: dict of compared, silent, flips, worst.

    live: list of (id, probability); shadow: list of (id, probability or None). ValueError where nothing compares.
    """
    ours, theirs = {}, {}
    for name, p in live:
        ours.setdefault(name, p)
    for name, p in shadow:
        theirs.setdefault(name, p)
    both = [name for name in ours if theirs.get(name) is not None]
    if not both:
        raise ValueError("the shadow has no answer to any live request: nothing can be compared")
    flips = sum((ours[name] >= threshold) != (theirs[name] >= threshold) for name in both)
    return {
        "compared": len(both),
        "silent": 1 - len(both) / len(live),
        "flips": flips / len(both),
        "worst": max(both, key=lambda name: abs(ours[name] - theirs[name])),
    }


# %% exercise="sprt" kind="alternative" name="cumsum"
def sprt(outcomes, p0, p1, alpha, beta):
    """The whole walk at once."""
    if p0 <= 0 or p1 <= p0 or p1 >= 1 or min(alpha, beta) <= 0 or alpha + beta >= 1:
        raise ValueError("impossible rates")
    x = np.asarray(outcomes).astype(bool)
    walk = np.cumsum(np.where(x, np.log(p1) - np.log(p0), np.log1p(-p1) - np.log1p(-p0)))
    out = (walk >= np.log((1 - beta) / alpha)) | (walk <= np.log(beta / (1 - alpha)))
    if not out.any():
        return ("undecided", len(x))
    first = int(out.argmax())
    return ("worse" if walk[first] > 0 else "fine", first + 1)


# %% exercise="sprt" kind="alternative" name="counts"
import math


def sprt(outcomes, p0, p1, alpha, beta):
    """From the two counts, with the bounds as lines."""
    if not 0 < p0 < p1 < 1:
        raise ValueError("0 < p0 < p1 < 1 must hold")
    if alpha <= 0 or beta <= 0 or alpha + beta >= 1:
        raise ValueError("alpha and beta must be positive, with a sum below 1")
    failures = 0
    for i in range(len(outcomes)):
        failures += bool(outcomes[i])
        ratio = failures * math.log(p1 / p0) + (i + 1 - failures) * math.log((1 - p1) / (1 - p0))
        if math.exp(ratio) >= (1 - beta) / alpha:
            return ["worse", i + 1]
        if math.exp(ratio) <= beta / (1 - alpha):
            return ["fine", i + 1]
    return ["undecided", len(outcomes)]


# %% exercise="sprt" kind="mistake" name="verdicts-swapped" says="the verdicts have changed places: worse is reached at the top"
def sprt(outcomes, p0, p1, alpha, beta):
    """Wald's sequential probability ratio test of a failure rate: (verdict, number of outcomes used).

    outcomes: sequence of 0 and 1 (1: failure); verdict: "worse", "fine" or "undecided". ValueError for impossible rates.
    """
    if not (0 < p0 < p1 < 1 and alpha > 0 and beta > 0 and alpha + beta < 1):
        raise ValueError(f"0 < p0 < p1 < 1 and alpha, beta > 0, alpha + beta < 1 must hold; got {p0, p1, alpha, beta}")
    upper, lower = np.log((1 - beta) / alpha), np.log(beta / (1 - alpha))
    failure, answer = np.log(p1 / p0), np.log((1 - p1) / (1 - p0))
    total = 0.0
    for n, failed in enumerate(outcomes, 1):
        total += failure if failed else answer
        if total >= upper:
            return "fine", n
        if total <= lower:
            return "worse", n
    return "undecided", len(outcomes)


# %% exercise="sprt" kind="mistake" name="only-at-the-end" says="only the last sum is compared"
def sprt(outcomes, p0, p1, alpha, beta):
    """Wald's sequential probability ratio test of a failure rate: (verdict, number of outcomes used).

    outcomes: sequence of 0 and 1 (1: failure); verdict: "worse", "fine" or "undecided". ValueError for impossible rates.
    """
    if not (0 < p0 < p1 < 1 and alpha > 0 and beta > 0 and alpha + beta < 1):
        raise ValueError(f"0 < p0 < p1 < 1 and alpha, beta > 0, alpha + beta < 1 must hold; got {p0, p1, alpha, beta}")
    upper, lower = np.log((1 - beta) / alpha), np.log(beta / (1 - alpha))
    failure, answer = np.log(p1 / p0), np.log((1 - p1) / (1 - p0))
    total = 0.0
    for n, failed in enumerate(outcomes, 1):
        total += failure if failed else answer
    if total >= upper:
        return "worse", len(outcomes)
    if total <= lower:
        return "fine", len(outcomes)
    return "undecided", len(outcomes)


# %% exercise="sprt" kind="mistake" name="from-zero" says="n counts from 0"
def sprt(outcomes, p0, p1, alpha, beta):
    """Wald's sequential probability ratio test of a failure rate: (verdict, number of outcomes used).

    outcomes: sequence of 0 and 1 (1: failure); verdict: "worse", "fine" or "undecided". ValueError for impossible rates.
    """
    if not (0 < p0 < p1 < 1 and alpha > 0 and beta > 0 and alpha + beta < 1):
        raise ValueError(f"0 < p0 < p1 < 1 and alpha, beta > 0, alpha + beta < 1 must hold; got {p0, p1, alpha, beta}")
    upper, lower = np.log((1 - beta) / alpha), np.log(beta / (1 - alpha))
    failure, answer = np.log(p1 / p0), np.log((1 - p1) / (1 - p0))
    total = 0.0
    for n, failed in enumerate(outcomes):
        total += failure if failed else answer
        if total >= upper:
            return "worse", n
        if total <= lower:
            return "fine", n
    return "undecided", len(outcomes)


# %% exercise="sprt" kind="mistake" name="alpha-beta" says="alpha and beta have changed places"
def sprt(outcomes, p0, p1, alpha, beta):
    """Wald's sequential probability ratio test of a failure rate: (verdict, number of outcomes used).

    outcomes: sequence of 0 and 1 (1: failure); verdict: "worse", "fine" or "undecided". ValueError for impossible rates.
    """
    if not (0 < p0 < p1 < 1 and alpha > 0 and beta > 0 and alpha + beta < 1):
        raise ValueError(f"0 < p0 < p1 < 1 and alpha, beta > 0, alpha + beta < 1 must hold; got {p0, p1, alpha, beta}")
    upper, lower = np.log((1 - alpha) / beta), np.log(alpha / (1 - beta))
    failure, answer = np.log(p1 / p0), np.log((1 - p1) / (1 - p0))
    total = 0.0
    for n, failed in enumerate(outcomes, 1):
        total += failure if failed else answer
        if total >= upper:
            return "worse", n
        if total <= lower:
            return "fine", n
    return "undecided", len(outcomes)


# %% exercise="sprt" kind="mistake" name="answers-ignored" says="an answer adds nothing"
def sprt(outcomes, p0, p1, alpha, beta):
    """Wald's sequential probability ratio test of a failure rate: (verdict, number of outcomes used).

    outcomes: sequence of 0 and 1 (1: failure); verdict: "worse", "fine" or "undecided". ValueError for impossible rates.
    """
    if not (0 < p0 < p1 < 1 and alpha > 0 and beta > 0 and alpha + beta < 1):
        raise ValueError(f"0 < p0 < p1 < 1 and alpha, beta > 0, alpha + beta < 1 must hold; got {p0, p1, alpha, beta}")
    upper, lower = np.log((1 - beta) / alpha), np.log(beta / (1 - alpha))
    failure, answer = np.log(p1 / p0), np.log((1 - p1) / (1 - p0))
    total = 0.0
    for n, failed in enumerate(outcomes, 1):
        total += failure if failed else 0.0
        if total >= upper:
            return "worse", n
        if total <= lower:
            return "fine", n
    return "undecided", len(outcomes)


# %% exercise="sprt" kind="mistake" name="reversed" says="failure and answer have changed places in the sum"
def sprt(outcomes, p0, p1, alpha, beta):
    """Wald's sequential probability ratio test of a failure rate: (verdict, number of outcomes used).

    outcomes: sequence of 0 and 1 (1: failure); verdict: "worse", "fine" or "undecided". ValueError for impossible rates.
    """
    if not (0 < p0 < p1 < 1 and alpha > 0 and beta > 0 and alpha + beta < 1):
        raise ValueError(f"0 < p0 < p1 < 1 and alpha, beta > 0, alpha + beta < 1 must hold; got {p0, p1, alpha, beta}")
    upper, lower = np.log((1 - beta) / alpha), np.log(beta / (1 - alpha))
    failure, answer = np.log(p1 / p0), np.log((1 - p1) / (1 - p0))
    total = 0.0
    for n, failed in enumerate(outcomes, 1):
        total += answer if failed else failure
        if total >= upper:
            return "worse", n
        if total <= lower:
            return "fine", n
    return "undecided", len(outcomes)


# %% exercise="sprt" kind="mistake" name="no-log" says="the bounds are not logarithms"
def sprt(outcomes, p0, p1, alpha, beta):
    """Wald's sequential probability ratio test of a failure rate: (verdict, number of outcomes used).

    outcomes: sequence of 0 and 1 (1: failure); verdict: "worse", "fine" or "undecided". ValueError for impossible rates.
    """
    if not (0 < p0 < p1 < 1 and alpha > 0 and beta > 0 and alpha + beta < 1):
        raise ValueError(f"0 < p0 < p1 < 1 and alpha, beta > 0, alpha + beta < 1 must hold; got {p0, p1, alpha, beta}")
    upper, lower = (1 - beta) / alpha, beta / (1 - alpha)
    failure, answer = np.log(p1 / p0), np.log((1 - p1) / (1 - p0))
    total = 0.0
    for n, failed in enumerate(outcomes, 1):
        total += failure if failed else answer
        if total >= upper:
            return "worse", n
        if total <= lower:
            return "fine", n
    return "undecided", len(outcomes)


# %% exercise="sprt" kind="mistake" name="no-beta" says="the upper bound leaves beta out"
def sprt(outcomes, p0, p1, alpha, beta):
    """Wald's sequential probability ratio test of a failure rate: (verdict, number of outcomes used).

    outcomes: sequence of 0 and 1 (1: failure); verdict: "worse", "fine" or "undecided". ValueError for impossible rates.
    """
    if not (0 < p0 < p1 < 1 and alpha > 0 and beta > 0 and alpha + beta < 1):
        raise ValueError(f"0 < p0 < p1 < 1 and alpha, beta > 0, alpha + beta < 1 must hold; got {p0, p1, alpha, beta}")
    upper, lower = np.log(1 / alpha), np.log(beta)
    failure, answer = np.log(p1 / p0), np.log((1 - p1) / (1 - p0))
    total = 0.0
    for n, failed in enumerate(outcomes, 1):
        total += failure if failed else answer
        if total >= upper:
            return "worse", n
        if total <= lower:
            return "fine", n
    return "undecided", len(outcomes)


# %% exercise="sprt" kind="mistake" name="unchecked" says="(p0, p1, alpha, beta) = (0.3, 0.1, 0.1, 0.1) is accepted"
def sprt(outcomes, p0, p1, alpha, beta):
    """Wald's sequential probability ratio test of a failure rate: (verdict, number of outcomes used).

    outcomes: sequence of 0 and 1 (1: failure); verdict: "worse", "fine" or "undecided". ValueError for impossible rates.
    """
    if not (0 < p0 and p1 < 1 and alpha > 0 and beta > 0 and alpha + beta < 1 and p0 != p1):
        raise ValueError(f"0 < p0 < p1 < 1 and alpha, beta > 0, alpha + beta < 1 must hold; got {p0, p1, alpha, beta}")
    upper, lower = np.log((1 - beta) / alpha), np.log(beta / (1 - alpha))
    failure, answer = np.log(p1 / p0), np.log((1 - p1) / (1 - p0))
    total = 0.0
    for n, failed in enumerate(outcomes, 1):
        total += failure if failed else answer
        if total >= upper:
            return "worse", n
        if total <= lower:
            return "fine", n
    return "undecided", len(outcomes)


# %% exercise="sprt" kind="equivalent" mutant="- if total >= upper: | + if total > upper:" reason="a bound met to the last digit is decided by rounding; the check leaves such cases out"


# %% exercise="sprt" kind="equivalent" mutant="- if total <= lower: | + if total < lower:" reason="a bound met to the last digit is decided by rounding; the check leaves such cases out"


# %% exercise="error-rates" kind="alternative" name="one-by-one"
def error_rates(rule, p0, p1, runs, n, seed):
    """Run by run, with counters."""
    rng = np.random.default_rng([seed, 7])
    false_alarm = missed = undecided = used_sum = 0
    for _ in range(runs):
        verdict, used = rule(rng.binomial(1, p0, n))
        false_alarm += verdict == "worse"
        undecided += verdict == "undecided"
        used_sum += used
        verdict, used = rule(rng.binomial(1, p1, n))
        missed += verdict == "fine"
        undecided += verdict == "undecided"
    return {
        "false_alarm": false_alarm / runs,
        "missed": missed / runs,
        "undecided": undecided / (2 * runs),
        "mean_used": used_sum / runs,
    }


# %% exercise="error-rates" kind="alternative" name="table"
def error_rates(rule, p0, p1, runs, n, seed):
    """All runs as a table."""
    generator = np.random.RandomState(seed)
    rows = []
    for p in (p0, p1):
        for _ in range(runs):
            rows.append((p == p0, *rule((generator.uniform(size=n) < p).astype(int).tolist())))
    table = pd.DataFrame(rows, columns=["sound", "verdict", "used"])
    sound, broken = table[table["sound"]], table[~table["sound"]]
    return {
        "false_alarm": (sound["verdict"] == "worse").mean(),
        "missed": (broken["verdict"] == "fine").mean(),
        "undecided": (table["verdict"] == "undecided").mean(),
        "mean_used": sound["used"].mean(),
    }


# %% exercise="error-rates" kind="mistake" name="rates-swapped" says="the false alarms are not those of the runs at p0"
def error_rates(rule, p0, p1, runs, n, seed):
    """How often a sequential rule is wrong, by simulation: dict of false_alarm, missed, undecided, mean_used.

    rule(outcomes) → (verdict, used); outcomes: n values 0 or 1.
    """
    rng = np.random.default_rng(seed)
    sound = [rule(row) for row in (rng.random((runs, n)) < p1).astype(int)]
    broken = [rule(row) for row in (rng.random((runs, n)) < p0).astype(int)]
    return {
        "false_alarm": float(np.mean([verdict == "worse" for verdict, _ in sound])),
        "missed": float(np.mean([verdict == "fine" for verdict, _ in broken])),
        "undecided": float(np.mean([verdict == "undecided" for verdict, _ in sound + broken])),
        "mean_used": float(np.mean([used for _, used in sound])),
    }


# %% exercise="error-rates" kind="mistake" name="missed-at-p0" says="the missed are not those of the runs at p1"
def error_rates(rule, p0, p1, runs, n, seed):
    """How often a sequential rule is wrong, by simulation: dict of false_alarm, missed, undecided, mean_used.

    rule(outcomes) → (verdict, used); outcomes: n values 0 or 1.
    """
    rng = np.random.default_rng(seed)
    sound = [rule(row) for row in (rng.random((runs, n)) < p0).astype(int)]
    broken = [rule(row) for row in (rng.random((runs, n)) < p1).astype(int)]
    return {
        "false_alarm": float(np.mean([verdict == "worse" for verdict, _ in sound])),
        "missed": float(np.mean([verdict == "fine" for verdict, _ in sound])),
        "undecided": float(np.mean([verdict == "undecided" for verdict, _ in sound + broken])),
        "mean_used": float(np.mean([used for _, used in sound])),
    }


# %% exercise="error-rates" kind="mistake" name="same-outcomes" says="all runs have the same outcomes"
def error_rates(rule, p0, p1, runs, n, seed):
    """How often a sequential rule is wrong, by simulation: dict of false_alarm, missed, undecided, mean_used.

    rule(outcomes) → (verdict, used); outcomes: n values 0 or 1.
    """
    rng = np.random.default_rng(seed)
    sound = [rule(row) for row in (np.tile(rng.random(n), (runs, 1)) < p0).astype(int)]
    broken = [rule(row) for row in (np.tile(rng.random(n), (runs, 1)) < p1).astype(int)]
    return {
        "false_alarm": float(np.mean([verdict == "worse" for verdict, _ in sound])),
        "missed": float(np.mean([verdict == "fine" for verdict, _ in broken])),
        "undecided": float(np.mean([verdict == "undecided" for verdict, _ in sound + broken])),
        "mean_used": float(np.mean([used for _, used in sound])),
    }


# %% exercise="error-rates" kind="mistake" name="decided-only" says="false alarms are a share of all runs at p0, of the undecided as well"
def error_rates(rule, p0, p1, runs, n, seed):
    """How often a sequential rule is wrong, by simulation: dict of false_alarm, missed, undecided, mean_used.

    rule(outcomes) → (verdict, used); outcomes: n values 0 or 1.
    """
    rng = np.random.default_rng(seed)
    sound = [rule(row) for row in (rng.random((runs, n)) < p0).astype(int)]
    broken = [rule(row) for row in (rng.random((runs, n)) < p1).astype(int)]
    return {
        "false_alarm": float(np.mean([verdict == "worse" for verdict, _ in sound if verdict != "undecided"])),
        "missed": float(np.mean([verdict == "fine" for verdict, _ in broken])),
        "undecided": float(np.mean([verdict == "undecided" for verdict, _ in sound + broken])),
        "mean_used": float(np.mean([used for _, used in sound])),
    }


# %% exercise="error-rates" kind="mistake" name="undecided-missed" says="an undecided run counts as missed"
def error_rates(rule, p0, p1, runs, n, seed):
    """How often a sequential rule is wrong, by simulation: dict of false_alarm, missed, undecided, mean_used.

    rule(outcomes) → (verdict, used); outcomes: n values 0 or 1.
    """
    rng = np.random.default_rng(seed)
    sound = [rule(row) for row in (rng.random((runs, n)) < p0).astype(int)]
    broken = [rule(row) for row in (rng.random((runs, n)) < p1).astype(int)]
    return {
        "false_alarm": float(np.mean([verdict == "worse" for verdict, _ in sound])),
        "missed": float(np.mean([verdict != "worse" for verdict, _ in broken])),
        "undecided": float(np.mean([verdict == "undecided" for verdict, _ in sound + broken])),
        "mean_used": float(np.mean([used for _, used in sound])),
    }


# %% exercise="error-rates" kind="mistake" name="missed-of-decided" says="missed are a share of all runs at p1, of the undecided as well"
def error_rates(rule, p0, p1, runs, n, seed):
    """How often a sequential rule is wrong, by simulation: dict of false_alarm, missed, undecided, mean_used.

    rule(outcomes) → (verdict, used); outcomes: n values 0 or 1.
    """
    rng = np.random.default_rng(seed)
    sound = [rule(row) for row in (rng.random((runs, n)) < p0).astype(int)]
    broken = [rule(row) for row in (rng.random((runs, n)) < p1).astype(int)]
    return {
        "false_alarm": float(np.mean([verdict == "worse" for verdict, _ in sound])),
        "missed": float(np.mean([verdict == "fine" for verdict, _ in broken if verdict != "undecided"] or [0])),
        "undecided": float(np.mean([verdict == "undecided" for verdict, _ in sound + broken])),
        "mean_used": float(np.mean([used for _, used in sound])),
    }


# %% exercise="error-rates" kind="mistake" name="undecided-at-p0" says="the undecided are a share of all 2 * runs runs"
def error_rates(rule, p0, p1, runs, n, seed):
    """How often a sequential rule is wrong, by simulation: dict of false_alarm, missed, undecided, mean_used.

    rule(outcomes) → (verdict, used); outcomes: n values 0 or 1.
    """
    rng = np.random.default_rng(seed)
    sound = [rule(row) for row in (rng.random((runs, n)) < p0).astype(int)]
    broken = [rule(row) for row in (rng.random((runs, n)) < p1).astype(int)]
    return {
        "false_alarm": float(np.mean([verdict == "worse" for verdict, _ in sound])),
        "missed": float(np.mean([verdict == "fine" for verdict, _ in broken])),
        "undecided": float(np.mean([verdict == "undecided" for verdict, _ in sound])),
        "mean_used": float(np.mean([used for _, used in sound])),
    }


# %% exercise="error-rates" kind="mistake" name="used-of-decided" says="mean_used is the mean over all runs at p0"
def error_rates(rule, p0, p1, runs, n, seed):
    """How often a sequential rule is wrong, by simulation: dict of false_alarm, missed, undecided, mean_used.

    rule(outcomes) → (verdict, used); outcomes: n values 0 or 1.
    """
    rng = np.random.default_rng(seed)
    sound = [rule(row) for row in (rng.random((runs, n)) < p0).astype(int)]
    broken = [rule(row) for row in (rng.random((runs, n)) < p1).astype(int)]
    return {
        "false_alarm": float(np.mean([verdict == "worse" for verdict, _ in sound])),
        "missed": float(np.mean([verdict == "fine" for verdict, _ in broken])),
        "undecided": float(np.mean([verdict == "undecided" for verdict, _ in sound + broken])),
        "mean_used": float(np.mean([used for verdict, used in sound if verdict != "undecided"])),
    }


# %% exercise="error-rates" kind="mistake" name="unseeded" says="the same seed gives another result"
def error_rates(rule, p0, p1, runs, n, seed):
    """How often a sequential rule is wrong, by simulation: dict of false_alarm, missed, undecided, mean_used.

    rule(outcomes) → (verdict, used); outcomes: n values 0 or 1.
    """
    rng = np.random.default_rng()
    sound = [rule(row) for row in (rng.random((runs, n)) < p0).astype(int)]
    broken = [rule(row) for row in (rng.random((runs, n)) < p1).astype(int)]
    return {
        "false_alarm": float(np.mean([verdict == "worse" for verdict, _ in sound])),
        "missed": float(np.mean([verdict == "fine" for verdict, _ in broken])),
        "undecided": float(np.mean([verdict == "undecided" for verdict, _ in sound + broken])),
        "mean_used": float(np.mean([used for _, used in sound])),
    }


# %% exercise="error-rates" kind="mistake" name="fixed-seed" says="the argument seed is ignored"
def error_rates(rule, p0, p1, runs, n, seed):
    """How often a sequential rule is wrong, by simulation: dict of false_alarm, missed, undecided, mean_used.

    rule(outcomes) → (verdict, used); outcomes: n values 0 or 1.
    """
    rng = np.random.default_rng(0)
    sound = [rule(row) for row in (rng.random((runs, n)) < p0).astype(int)]
    broken = [rule(row) for row in (rng.random((runs, n)) < p1).astype(int)]
    return {
        "false_alarm": float(np.mean([verdict == "worse" for verdict, _ in sound])),
        "missed": float(np.mean([verdict == "fine" for verdict, _ in broken])),
        "undecided": float(np.mean([verdict == "undecided" for verdict, _ in sound + broken])),
        "mean_used": float(np.mean([used for _, used in sound])),
    }


# %% exercise="error-rates" kind="equivalent" mutant="- sound = [rule(row) for row in (rng.random((runs, n)) < p0).astype(int)] | + sound = [rule(row) for row in (rng.random((runs, n)) <= p0).astype(int)]" reason="a random number equals the rate with probability 0"


# %% exercise="error-rates" kind="equivalent" mutant="- broken = [rule(row) for row in (rng.random((runs, n)) < p1).astype(int)] | + broken = [rule(row) for row in (rng.random((runs, n)) <= p1).astype(int)]" reason="a random number equals the rate with probability 0"


# %% exercise="error-rates" kind="mistake" name="one-draw" says="one draw is repeated over the whole run"
def error_rates(rule, p0, p1, runs, n, seed):
    """How often a sequential rule is wrong, by simulation: dict of false_alarm, missed, undecided, mean_used.

    rule(outcomes) → (verdict, used); outcomes: n values 0 or 1.
    """
    rng = np.random.default_rng(seed)
    sound = [rule(row) for row in (rng.random((runs, 1)).repeat(n, axis=1) < p0).astype(int)]
    broken = [rule(row) for row in (rng.random((runs, 1)).repeat(n, axis=1) < p1).astype(int)]
    return {
        "false_alarm": float(np.mean([verdict == "worse" for verdict, _ in sound])),
        "missed": float(np.mean([verdict == "fine" for verdict, _ in broken])),
        "undecided": float(np.mean([verdict == "undecided" for verdict, _ in sound + broken])),
        "mean_used": float(np.mean([used for _, used in sound])),
    }


# %% exercise="error-rates" kind="mistake" name="dealt" says="each run of one rate has the same number of failures"
def error_rates(rule, p0, p1, runs, n, seed):
    """How often a sequential rule is wrong, by simulation: dict of false_alarm, missed, undecided, mean_used.

    rule(outcomes) → (verdict, used); outcomes: n values 0 or 1.
    """
    rng = np.random.default_rng(seed)

    def deal(p):
        return rng.permutation((np.arange(n) < round(p * n)).astype(int))

    sound = [rule(deal(p0)) for _ in range(runs)]
    broken = [rule(deal(p1)) for _ in range(runs)]
    return {
        "false_alarm": float(np.mean([verdict == "worse" for verdict, _ in sound])),
        "missed": float(np.mean([verdict == "fine" for verdict, _ in broken])),
        "undecided": float(np.mean([verdict == "undecided" for verdict, _ in sound + broken])),
        "mean_used": float(np.mean([used for _, used in sound])),
    }


# %% exercise="error-rates" kind="mistake" name="used-of-both" says="mean_used takes in the runs at p1"
def error_rates(rule, p0, p1, runs, n, seed):
    """How often a sequential rule is wrong, by simulation: dict of false_alarm, missed, undecided, mean_used.

    rule(outcomes) → (verdict, used); outcomes: n values 0 or 1.
    """
    rng = np.random.default_rng(seed)
    sound = [rule(row) for row in (rng.random((runs, n)) < p0).astype(int)]
    broken = [rule(row) for row in (rng.random((runs, n)) < p1).astype(int)]
    return {
        "false_alarm": float(np.mean([verdict == "worse" for verdict, _ in sound])),
        "missed": float(np.mean([verdict == "fine" for verdict, _ in broken])),
        "undecided": float(np.mean([verdict == "undecided" for verdict, _ in sound + broken])),
        "mean_used": float(np.mean([used for _, used in sound + broken])),
    }


# %% exercise="rollout" kind="alternative" name="table-of-arrows"
class Rollout:
    """State and share follow from three counters."""

    def __init__(self, stages, rule):
        shares = np.asarray(list(stages), dtype=float)
        if shares.size == 0 or (shares <= 0).any() or (shares > 1).any() or (np.diff(shares) <= 0).any():
            raise ValueError("stages must be strictly increasing shares in (0, 1]")
        self._shares, self._rule = shares.tolist(), rule
        self._passed, self._total, self._handle = 0, 0, False
        self._current = []
        self.history = [(0, self.share)]

    @property
    def state(self):
        if self._handle:
            return "rolled back"
        return "released" if self._passed == len(self._shares) else "running"

    @property
    def share(self):
        return 0.0 if self._handle else self._shares[min(self._passed, len(self._shares) - 1)]

    def record(self, failed):
        if self.state == "running":
            self._total += 1
            self._current = [*self._current, 1 if failed else 0]
            verdict = self._rule(self._current)[0]
            if verdict == "worse":
                self.roll_back()
            if verdict == "fine":
                self._passed += 1
                self._current = []
                self._write()

    def roll_back(self):
        self._handle = True
        self._write()

    def _write(self):
        if self.history[-1][1] != self.share:
            self.history.append((self._total, self.share))


# %% exercise="rollout" kind="alternative" name="iterator"
class Rollout:
    """The stages still to come are an iterator; released when it is empty."""

    def __init__(self, stages, rule):
        stages = list(stages)
        if sorted(set(stages)) != stages or not stages or min(stages) <= 0 or max(stages) > 1:
            raise ValueError("stages: increasing, above 0, at most 1")
        self.rule, self.state, self.n = rule, "running", 0
        self.coming = iter(stages)
        self.share = next(self.coming)
        self.history = [(self.n, self.share)]
        self.stage_outcomes = []

    def record(self, failed):
        if self.state != "running":
            return
        self.n += 1
        self.stage_outcomes.append(failed)
        match self.rule(self.stage_outcomes):
            case ("worse", _):
                self.roll_back()
            case ("fine", _):
                self.stage_outcomes = []
                try:
                    self.share = next(self.coming)
                    self.history.append((self.n, self.share))
                except StopIteration:
                    self.state = "released"

    def roll_back(self):
        if self.state != "rolled back":
            self.state, self.share = "rolled back", 0.0
            self.history.append((self.n, 0.0))


# %% exercise="rollout" kind="mistake" name="last-only" says="the rule is not asked with all outcomes of the stage"
class Rollout:
    """A release in stages that goes back by itself: share, state, history; record(failed), roll_back()."""

    def __init__(self, stages, rule):
        stages = [float(share) for share in stages]
        if not stages or sorted(set(stages)) != stages or not all(0 < share <= 1 for share in stages):
            raise ValueError(f"stages must be increasing shares in (0, 1]; got {stages}")
        self.stages, self.rule = stages, rule
        self.stage, self.outcomes, self.recorded = 0, [], 0
        self.state, self.share = "running", stages[0]
        self.history = [(0, stages[0])]

    def _set(self, share):
        if share != self.share:
            self.share = share
            self.history.append((self.recorded, share))

    def record(self, failed):
        if self.state != "running":
            return
        self.recorded += 1
        self.outcomes.append(int(failed))
        verdict, _ = self.rule([int(failed)])
        if verdict == "worse":
            self.roll_back()
        elif verdict == "fine":
            self.stage, self.outcomes = self.stage + 1, []
            if self.stage == len(self.stages):
                self.state = "released"
            else:
                self._set(self.stages[self.stage])

    def roll_back(self):
        self.state = "rolled back"
        self._set(0.0)


# %% exercise="rollout" kind="mistake" name="class-list" says="two rollouts share their outcomes"
class Rollout:
    """A release in stages that goes back by itself: share, state, history; record(failed), roll_back()."""

    outcomes = []

    def __init__(self, stages, rule):
        stages = [float(share) for share in stages]
        if not stages or sorted(set(stages)) != stages or not all(0 < share <= 1 for share in stages):
            raise ValueError(f"stages must be increasing shares in (0, 1]; got {stages}")
        self.stages, self.rule = stages, rule
        self.stage, self.recorded = 0, 0
        self.state, self.share = "running", stages[0]
        self.history = [(0, stages[0])]

    def _set(self, share):
        if share != self.share:
            self.share = share
            self.history.append((self.recorded, share))

    def record(self, failed):
        if self.state != "running":
            return
        self.recorded += 1
        self.outcomes.append(int(failed))
        verdict, _ = self.rule(list(self.outcomes))
        if verdict == "worse":
            self.roll_back()
        elif verdict == "fine":
            self.stage, self.outcomes = self.stage + 1, []
            if self.stage == len(self.stages):
                self.state = "released"
            else:
                self._set(self.stages[self.stage])

    def roll_back(self):
        self.state = "rolled back"
        self._set(0.0)


# %% exercise="rollout" kind="mistake" name="carried-over" says="the outcomes of one stage are carried over"
class Rollout:
    """A release in stages that goes back by itself: share, state, history; record(failed), roll_back()."""

    def __init__(self, stages, rule):
        stages = [float(share) for share in stages]
        if not stages or sorted(set(stages)) != stages or not all(0 < share <= 1 for share in stages):
            raise ValueError(f"stages must be increasing shares in (0, 1]; got {stages}")
        self.stages, self.rule = stages, rule
        self.stage, self.outcomes, self.recorded = 0, [], 0
        self.state, self.share = "running", stages[0]
        self.history = [(0, stages[0])]

    def _set(self, share):
        if share != self.share:
            self.share = share
            self.history.append((self.recorded, share))

    def record(self, failed):
        if self.state != "running":
            return
        self.recorded += 1
        self.outcomes.append(int(failed))
        verdict, _ = self.rule(list(self.outcomes))
        if verdict == "worse":
            self.roll_back()
        elif verdict == "fine":
            self.stage = self.stage + 1
            if self.stage == len(self.stages):
                self.state = "released"
            else:
                self._set(self.stages[self.stage])

    def roll_back(self):
        self.state = "rolled back"
        self._set(0.0)


# %% exercise="rollout" kind="mistake" name="keeps-share" says="a version that was rolled back still gets traffic"
class Rollout:
    """A release in stages that goes back by itself: share, state, history; record(failed), roll_back()."""

    def __init__(self, stages, rule):
        stages = [float(share) for share in stages]
        if not stages or sorted(set(stages)) != stages or not all(0 < share <= 1 for share in stages):
            raise ValueError(f"stages must be increasing shares in (0, 1]; got {stages}")
        self.stages, self.rule = stages, rule
        self.stage, self.outcomes, self.recorded = 0, [], 0
        self.state, self.share = "running", stages[0]
        self.history = [(0, stages[0])]

    def _set(self, share):
        if share != self.share:
            self.share = share
            self.history.append((self.recorded, share))

    def record(self, failed):
        if self.state != "running":
            return
        self.recorded += 1
        self.outcomes.append(int(failed))
        verdict, _ = self.rule(list(self.outcomes))
        if verdict == "worse":
            self.roll_back()
        elif verdict == "fine":
            self.stage, self.outcomes = self.stage + 1, []
            if self.stage == len(self.stages):
                self.state = "released"
            else:
                self._set(self.stages[self.stage])

    def roll_back(self):
        self.state = "rolled back"


# %% exercise="rollout" kind="mistake" name="comes-back" says="it comes back after a rollback: that verdict is final"
class Rollout:
    """A release in stages that goes back by itself: share, state, history; record(failed), roll_back()."""

    def __init__(self, stages, rule):
        stages = [float(share) for share in stages]
        if not stages or sorted(set(stages)) != stages or not all(0 < share <= 1 for share in stages):
            raise ValueError(f"stages must be increasing shares in (0, 1]; got {stages}")
        self.stages, self.rule = stages, rule
        self.stage, self.outcomes, self.recorded = 0, [], 0
        self.state, self.share = "running", stages[0]
        self.history = [(0, stages[0])]

    def _set(self, share):
        if share != self.share:
            self.share = share
            self.history.append((self.recorded, share))

    def record(self, failed):
        if self.state == "released":
            return
        if self.state == "rolled back":
            self.state, self.outcomes, self.stage = "running", [], 0
            self._set(self.stages[0])
        self.recorded += 1
        self.outcomes.append(int(failed))
        verdict, _ = self.rule(list(self.outcomes))
        if verdict == "worse":
            self.roll_back()
        elif verdict == "fine":
            self.stage, self.outcomes = self.stage + 1, []
            if self.stage == len(self.stages):
                self.state = "released"
            else:
                self._set(self.stages[self.stage])

    def roll_back(self):
        self.state = "rolled back"
        self._set(0.0)


# %% exercise="rollout" kind="mistake" name="never-released" says="after the last stage the state is released"
class Rollout:
    """A release in stages that goes back by itself: share, state, history; record(failed), roll_back()."""

    def __init__(self, stages, rule):
        stages = [float(share) for share in stages]
        if not stages or sorted(set(stages)) != stages or not all(0 < share <= 1 for share in stages):
            raise ValueError(f"stages must be increasing shares in (0, 1]; got {stages}")
        self.stages, self.rule = stages, rule
        self.stage, self.outcomes, self.recorded = 0, [], 0
        self.state, self.share = "running", stages[0]
        self.history = [(0, stages[0])]

    def _set(self, share):
        if share != self.share:
            self.share = share
            self.history.append((self.recorded, share))

    def record(self, failed):
        if self.state != "running":
            return
        self.recorded += 1
        self.outcomes.append(int(failed))
        verdict, _ = self.rule(list(self.outcomes))
        if verdict == "worse":
            self.roll_back()
        elif verdict == "fine":
            self.stage, self.outcomes = self.stage + 1, []
            if self.stage == len(self.stages):
                self.stage -= 1
            else:
                self._set(self.stages[self.stage])

    def roll_back(self):
        self.state = "rolled back"
        self._set(0.0)


# %% exercise="rollout" kind="mistake" name="watches-on" says="a released version is rolled back by record"
class Rollout:
    """A release in stages that goes back by itself: share, state, history; record(failed), roll_back()."""

    def __init__(self, stages, rule):
        stages = [float(share) for share in stages]
        if not stages or sorted(set(stages)) != stages or not all(0 < share <= 1 for share in stages):
            raise ValueError(f"stages must be increasing shares in (0, 1]; got {stages}")
        self.stages, self.rule = stages, rule
        self.stage, self.outcomes, self.recorded = 0, [], 0
        self.state, self.share = "running", stages[0]
        self.history = [(0, stages[0])]

    def _set(self, share):
        if share != self.share:
            self.share = share
            self.history.append((self.recorded, share))

    def record(self, failed):
        if self.state == "rolled back":
            return
        self.recorded += 1
        self.outcomes.append(int(failed))
        verdict, _ = self.rule(list(self.outcomes))
        if verdict == "worse":
            self.roll_back()
        elif verdict == "fine" and self.state == "running":
            self.stage, self.outcomes = self.stage + 1, []
            if self.stage == len(self.stages):
                self.state = "released"
            else:
                self._set(self.stages[self.stage])

    def roll_back(self):
        self.state = "rolled back"
        self._set(0.0)


# %% exercise="rollout" kind="mistake" name="handle-only-running" says="the handle does not work on a released version"
class Rollout:
    """A release in stages that goes back by itself: share, state, history; record(failed), roll_back()."""

    def __init__(self, stages, rule):
        stages = [float(share) for share in stages]
        if not stages or sorted(set(stages)) != stages or not all(0 < share <= 1 for share in stages):
            raise ValueError(f"stages must be increasing shares in (0, 1]; got {stages}")
        self.stages, self.rule = stages, rule
        self.stage, self.outcomes, self.recorded = 0, [], 0
        self.state, self.share = "running", stages[0]
        self.history = [(0, stages[0])]

    def _set(self, share):
        if share != self.share:
            self.share = share
            self.history.append((self.recorded, share))

    def record(self, failed):
        if self.state != "running":
            return
        self.recorded += 1
        self.outcomes.append(int(failed))
        verdict, _ = self.rule(list(self.outcomes))
        if verdict == "worse":
            self.roll_back()
        elif verdict == "fine":
            self.stage, self.outcomes = self.stage + 1, []
            if self.stage == len(self.stages):
                self.state = "released"
            else:
                self._set(self.stages[self.stage])

    def roll_back(self):
        if self.state == "released":
            return
        self.state = "rolled back"
        self._set(0.0)


# %% exercise="rollout" kind="mistake" name="twice-in-history" says="pulling the handle twice writes two entries"
class Rollout:
    """A release in stages that goes back by itself: share, state, history; record(failed), roll_back()."""

    def __init__(self, stages, rule):
        stages = [float(share) for share in stages]
        if not stages or sorted(set(stages)) != stages or not all(0 < share <= 1 for share in stages):
            raise ValueError(f"stages must be increasing shares in (0, 1]; got {stages}")
        self.stages, self.rule = stages, rule
        self.stage, self.outcomes, self.recorded = 0, [], 0
        self.state, self.share = "running", stages[0]
        self.history = [(0, stages[0])]

    def _set(self, share):
        self.share = share
        self.history.append((self.recorded, share))

    def record(self, failed):
        if self.state != "running":
            return
        self.recorded += 1
        self.outcomes.append(int(failed))
        verdict, _ = self.rule(list(self.outcomes))
        if verdict == "worse":
            self.roll_back()
        elif verdict == "fine":
            self.stage, self.outcomes = self.stage + 1, []
            if self.stage == len(self.stages):
                self.state = "released"
            else:
                self._set(self.stages[self.stage])

    def roll_back(self):
        self.state = "rolled back"
        self._set(0.0)


# %% exercise="rollout" kind="mistake" name="unchecked" says="the stages [0.5, 0.1] are accepted"
class Rollout:
    """A release in stages that goes back by itself: share, state, history; record(failed), roll_back()."""

    def __init__(self, stages, rule):
        stages = [float(share) for share in stages]
        if not stages or len(set(stages)) != len(stages) or not all(0 < share <= 1 for share in stages):
            raise ValueError(f"stages must be increasing shares in (0, 1]; got {stages}")
        self.stages, self.rule = stages, rule
        self.stage, self.outcomes, self.recorded = 0, [], 0
        self.state, self.share = "running", stages[0]
        self.history = [(0, stages[0])]

    def _set(self, share):
        if share != self.share:
            self.share = share
            self.history.append((self.recorded, share))

    def record(self, failed):
        if self.state != "running":
            return
        self.recorded += 1
        self.outcomes.append(int(failed))
        verdict, _ = self.rule(list(self.outcomes))
        if verdict == "worse":
            self.roll_back()
        elif verdict == "fine":
            self.stage, self.outcomes = self.stage + 1, []
            if self.stage == len(self.stages):
                self.state = "released"
            else:
                self._set(self.stages[self.stage])

    def roll_back(self):
        self.state = "rolled back"
        self._set(0.0)


# %% exercise="rollout" kind="mistake" name="counts-on" says="outcomes after the release are counted"
class Rollout:
    """A release in stages that goes back by itself: share, state, history; record(failed), roll_back()."""

    def __init__(self, stages, rule):
        stages = [float(share) for share in stages]
        if not stages or sorted(set(stages)) != stages or not all(0 < share <= 1 for share in stages):
            raise ValueError(f"stages must be increasing shares in (0, 1]; got {stages}")
        self.stages, self.rule = stages, rule
        self.stage, self.outcomes, self.recorded = 0, [], 0
        self.state, self.share = "running", stages[0]
        self.history = [(0, stages[0])]

    def _set(self, share):
        if share != self.share:
            self.share = share
            self.history.append((self.recorded, share))

    def record(self, failed):
        self.recorded += 1
        if self.state != "running":
            return
        self.outcomes.append(int(failed))
        verdict, _ = self.rule(list(self.outcomes))
        if verdict == "worse":
            self.roll_back()
        elif verdict == "fine":
            self.stage, self.outcomes = self.stage + 1, []
            if self.stage == len(self.stages):
                self.state = "released"
            else:
                self._set(self.stages[self.stage])

    def roll_back(self):
        self.state = "rolled back"
        self._set(0.0)


# %% exercise="rollout" kind="mistake" name="asks-on" says="the rule is still asked after the rollout has ended"
class Rollout:
    """A release in stages that goes back by itself: share, state, history; record(failed), roll_back()."""

    def __init__(self, stages, rule):
        stages = [float(share) for share in stages]
        if not stages or sorted(set(stages)) != stages or not all(0 < share <= 1 for share in stages):
            raise ValueError(f"stages must be increasing shares in (0, 1]; got {stages}")
        self.stages, self.rule = stages, rule
        self.stage, self.outcomes, self.recorded = 0, [], 0
        self.state, self.share = "running", stages[0]
        self.history = [(0, stages[0])]

    def _set(self, share):
        if share != self.share:
            self.share = share
            self.history.append((self.recorded, share))

    def record(self, failed):
        verdict, _ = self.rule([*self.outcomes, int(failed)])
        if self.state != "running":
            return
        self.recorded += 1
        self.outcomes.append(int(failed))
        if verdict == "worse":
            self.roll_back()
        elif verdict == "fine":
            self.stage, self.outcomes = self.stage + 1, []
            if self.stage == len(self.stages):
                self.state = "released"
            else:
                self._set(self.stages[self.stage])

    def roll_back(self):
        self.state = "rolled back"
        self._set(0.0)


# %% exercise="rollout" kind="mistake" name="count-anew" says="the number in the history begins anew"
class Rollout:
    """A release in stages that goes back by itself: share, state, history; record(failed), roll_back()."""

    def __init__(self, stages, rule):
        stages = [float(share) for share in stages]
        if not stages or sorted(set(stages)) != stages or not all(0 < share <= 1 for share in stages):
            raise ValueError(f"stages must be increasing shares in (0, 1]; got {stages}")
        self.stages, self.rule = stages, rule
        self.stage, self.outcomes, self.recorded = 0, [], 0
        self.state, self.share = "running", stages[0]
        self.history = [(0, stages[0])]

    def _set(self, share):
        if share != self.share:
            self.share = share
            self.history.append((self.recorded, share))

    def record(self, failed):
        if self.state != "running":
            return
        self.recorded += 1
        self.outcomes.append(int(failed))
        verdict, _ = self.rule(list(self.outcomes))
        if verdict == "worse":
            self.roll_back()
        elif verdict == "fine":
            self.stage, self.outcomes = self.stage + 1, []
            if self.stage == len(self.stages):
                self.state = "released"
            else:
                self._set(self.stages[self.stage])
                self.recorded = 0

    def roll_back(self):
        self.state = "rolled back"
        self._set(0.0)


# %% exercise="burn-rate" kind="alternative" name="rolling"
def pages(total, bad, slo, rules):
    """By pandas."""
    total, bad = pd.Series(total, dtype=float), pd.Series(bad, dtype=float)

    def burn(w):
        n = total.rolling(w, min_periods=1).sum()
        return (bad.rolling(w, min_periods=1).sum() / n.where(n > 0)).fillna(0) / (1 - slo)

    found = pd.Series(False, index=total.index)
    for long, short, factor in rules:
        found = found | ((burn(long) >= factor) & (burn(short) >= factor))
    return found.to_numpy()


# %% exercise="burn-rate" kind="alternative" name="loop"
def pages(total, bad, slo, rules):
    """Minute by minute."""
    total, bad = list(total), list(bad)

    def burn(t, w):
        window = slice(max(0, t - w + 1), t + 1)
        asked = sum(total[window])
        return sum(bad[window]) / asked / (1 - slo) if asked else 0.0

    return [
        any(burn(t, long) >= factor and burn(t, short) >= factor for long, short, factor in rules)
        for t in range(len(total))
    ]


# %% exercise="burn-rate" kind="mistake" name="or" says="one of the two windows is enough for you"
def pages(total, bad, slo, rules):
    """At which minutes somebody is paged, booleans of shape (n,).

    total, bad: requests and failed requests of each minute, shape (n,); rules: list of (long, short, factor), in minutes.
    Source: Beyer et al., The Site Reliability Workbook, 2018, chapter 5.
    """
    total, bad = np.asarray(total, float), np.asarray(bad, float)

    def in_window(values, minutes):
        sums = np.concatenate([[0.0], np.cumsum(values)])
        end = np.arange(1, len(values) + 1)
        return sums[end] - sums[(end - minutes).clip(0)]

    def burn(minutes):
        return in_window(bad, minutes) / in_window(total, minutes).clip(1) / (1 - slo)  # no request: 0 / 1

    paged = np.zeros(len(total), bool)
    for long, short, factor in rules:
        paged |= (burn(long) >= factor) | (burn(short) >= factor)
    return paged


# %% exercise="burn-rate" kind="mistake" name="long-only" says="the short window is not looked at"
def pages(total, bad, slo, rules):
    """At which minutes somebody is paged, booleans of shape (n,).

    total, bad: requests and failed requests of each minute, shape (n,); rules: list of (long, short, factor), in minutes.
    Source: Beyer et al., The Site Reliability Workbook, 2018, chapter 5.
    """
    total, bad = np.asarray(total, float), np.asarray(bad, float)

    def in_window(values, minutes):
        sums = np.concatenate([[0.0], np.cumsum(values)])
        end = np.arange(1, len(values) + 1)
        return sums[end] - sums[(end - minutes).clip(0)]

    def burn(minutes):
        return in_window(bad, minutes) / in_window(total, minutes).clip(1) / (1 - slo)  # no request: 0 / 1

    paged = np.zeros(len(total), bool)
    for long, short, factor in rules:
        paged |= burn(long) >= factor
    return paged


# %% exercise="burn-rate" kind="mistake" name="short-only" says="the long window is not looked at"
def pages(total, bad, slo, rules):
    """At which minutes somebody is paged, booleans of shape (n,).

    total, bad: requests and failed requests of each minute, shape (n,); rules: list of (long, short, factor), in minutes.
    Source: Beyer et al., The Site Reliability Workbook, 2018, chapter 5.
    """
    total, bad = np.asarray(total, float), np.asarray(bad, float)

    def in_window(values, minutes):
        sums = np.concatenate([[0.0], np.cumsum(values)])
        end = np.arange(1, len(values) + 1)
        return sums[end] - sums[(end - minutes).clip(0)]

    def burn(minutes):
        return in_window(bad, minutes) / in_window(total, minutes).clip(1) / (1 - slo)  # no request: 0 / 1

    paged = np.zeros(len(total), bool)
    for long, short, factor in rules:
        paged |= burn(short) >= factor
    return paged


# %% exercise="burn-rate" kind="mistake" name="all-rules" says="all rules must agree in yours"
def pages(total, bad, slo, rules):
    """At which minutes somebody is paged, booleans of shape (n,).

    total, bad: requests and failed requests of each minute, shape (n,); rules: list of (long, short, factor), in minutes.
    Source: Beyer et al., The Site Reliability Workbook, 2018, chapter 5.
    """
    total, bad = np.asarray(total, float), np.asarray(bad, float)

    def in_window(values, minutes):
        sums = np.concatenate([[0.0], np.cumsum(values)])
        end = np.arange(1, len(values) + 1)
        return sums[end] - sums[(end - minutes).clip(0)]

    def burn(minutes):
        return in_window(bad, minutes) / in_window(total, minutes).clip(1) / (1 - slo)  # no request: 0 / 1

    paged = np.ones(len(total), bool)
    for long, short, factor in rules:
        paged &= (burn(long) >= factor) & (burn(short) >= factor)
    return paged


# %% exercise="burn-rate" kind="mistake" name="mean-of-rates" says="the minutes' rates are averaged"
def pages(total, bad, slo, rules):
    """The mean of the rates."""
    total, bad = pd.Series(total, dtype=float), pd.Series(bad, dtype=float)
    rate = bad / total.where(total > 0)

    def burn(w):
        return rate.rolling(w, min_periods=1).mean().fillna(0) / (1 - slo)

    found = pd.Series(False, index=total.index)
    for long, short, factor in rules:
        found = found | ((burn(long) >= factor) & (burn(short) >= factor))
    return found.to_numpy()


# %% exercise="burn-rate" kind="mistake" name="late" says="the window leaves out the present minute"
def pages(total, bad, slo, rules):
    """At which minutes somebody is paged, booleans of shape (n,).

    total, bad: requests and failed requests of each minute, shape (n,); rules: list of (long, short, factor), in minutes.
    Source: Beyer et al., The Site Reliability Workbook, 2018, chapter 5.
    """
    total, bad = np.asarray(total, float), np.asarray(bad, float)

    def in_window(values, minutes):
        sums = np.concatenate([[0.0], np.cumsum(values)])
        end = np.arange(len(values))
        return sums[end] - sums[(end - minutes).clip(0)]

    def burn(minutes):
        return in_window(bad, minutes) / in_window(total, minutes).clip(1) / (1 - slo)  # no request: 0 / 1

    paged = np.zeros(len(total), bool)
    for long, short, factor in rules:
        paged |= (burn(long) >= factor) & (burn(short) >= factor)
    return paged


# %% exercise="burn-rate" kind="mistake" name="future" says="the window looks into the future"
def pages(total, bad, slo, rules):
    """At which minutes somebody is paged, booleans of shape (n,).

    total, bad: requests and failed requests of each minute, shape (n,); rules: list of (long, short, factor), in minutes.
    Source: Beyer et al., The Site Reliability Workbook, 2018, chapter 5.
    """
    total, bad = np.asarray(total, float), np.asarray(bad, float)

    def in_window(values, minutes):
        sums = np.concatenate([[0.0], np.cumsum(values)])
        end = np.minimum(np.arange(2, len(values) + 2), len(values))
        return sums[end] - sums[(np.arange(2, len(values) + 2) - minutes).clip(0)]

    def burn(minutes):
        return in_window(bad, minutes) / in_window(total, minutes).clip(1) / (1 - slo)  # no request: 0 / 1

    paged = np.zeros(len(total), bool)
    for long, short, factor in rules:
        paged |= (burn(long) >= factor) & (burn(short) >= factor)
    return paged


# %% exercise="burn-rate" kind="mistake" name="strict" says="burning at exactly the factor is not enough"
def pages(total, bad, slo, rules):
    """At which minutes somebody is paged, booleans of shape (n,).

    total, bad: requests and failed requests of each minute, shape (n,); rules: list of (long, short, factor), in minutes.
    Source: Beyer et al., The Site Reliability Workbook, 2018, chapter 5.
    """
    total, bad = np.asarray(total, float), np.asarray(bad, float)

    def in_window(values, minutes):
        sums = np.concatenate([[0.0], np.cumsum(values)])
        end = np.arange(1, len(values) + 1)
        return sums[end] - sums[(end - minutes).clip(0)]

    def burn(minutes):
        return in_window(bad, minutes) / in_window(total, minutes).clip(1) / (1 - slo)  # no request: 0 / 1

    paged = np.zeros(len(total), bool)
    for long, short, factor in rules:
        paged |= (burn(long) > factor) & (burn(short) > factor)
    return paged


# %% exercise="burn-rate" kind="mistake" name="no-budget" says="the share of failures is compared, not the burn rate"
def pages(total, bad, slo, rules):
    """At which minutes somebody is paged, booleans of shape (n,).

    total, bad: requests and failed requests of each minute, shape (n,); rules: list of (long, short, factor), in minutes.
    Source: Beyer et al., The Site Reliability Workbook, 2018, chapter 5.
    """
    total, bad = np.asarray(total, float), np.asarray(bad, float)

    def in_window(values, minutes):
        sums = np.concatenate([[0.0], np.cumsum(values)])
        end = np.arange(1, len(values) + 1)
        return sums[end] - sums[(end - minutes).clip(0)]

    def burn(minutes):
        return in_window(bad, minutes) / in_window(total, minutes).clip(1)  # no request: 0 / 1

    paged = np.zeros(len(total), bool)
    for long, short, factor in rules:
        paged |= (burn(long) >= factor) & (burn(short) >= factor)
    return paged


# %% exercise="burn-rate" kind="mistake" name="by-slo" says="divided by the slo, not by 1 - slo"
def pages(total, bad, slo, rules):
    """At which minutes somebody is paged, booleans of shape (n,).

    total, bad: requests and failed requests of each minute, shape (n,); rules: list of (long, short, factor), in minutes.
    Source: Beyer et al., The Site Reliability Workbook, 2018, chapter 5.
    """
    total, bad = np.asarray(total, float), np.asarray(bad, float)

    def in_window(values, minutes):
        sums = np.concatenate([[0.0], np.cumsum(values)])
        end = np.arange(1, len(values) + 1)
        return sums[end] - sums[(end - minutes).clip(0)]

    def burn(minutes):
        return in_window(bad, minutes) / in_window(total, minutes).clip(1) / slo  # no request: 0 / 1

    paged = np.zeros(len(total), bool)
    for long, short, factor in rules:
        paged |= (burn(long) >= factor) & (burn(short) >= factor)
    return paged


# %% exercise="burn-rate" kind="mistake" name="nan" says="not all entries are True or False"
def pages(total, bad, slo, rules):
    """The burn rates themselves."""
    total, bad = pd.Series(total, dtype=float), pd.Series(bad, dtype=float)
    long, short, factor = rules[0]
    burn = bad.rolling(long, min_periods=1).sum() / total.rolling(long, min_periods=1).sum() / (1 - slo)
    return burn.to_numpy() / factor


# %% exercise="burn-rate" kind="equivalent" mutant="- return in_window(bad, minutes) / in_window(total, minutes).clip(1) / (1 - slo) | + return in_window(bad, minutes) / in_window(total, minutes).clip(0) / (1 - slo)" reason="0/0 is NaN, which no comparison calls at least the factor; only a warning tells them apart"


# %% exercise="burn-rate" kind="mistake" name="empty-pages" says="somebody is paged for windows without any request"
def pages(total, bad, slo, rules):
    """At which minutes somebody is paged, booleans of shape (n,).

    total, bad: requests and failed requests of each minute, shape (n,); rules: list of (long, short, factor), in minutes.
    Source: Beyer et al., The Site Reliability Workbook, 2018, chapter 5.
    """
    total, bad = pd.Series(total, dtype=float), pd.Series(bad, dtype=float)

    def burns(minutes, factor):
        allowed = total.rolling(minutes, min_periods=1).sum() * (1 - slo)
        return bad.rolling(minutes, min_periods=1).sum() >= factor * allowed

    paged = np.zeros(len(total), bool)
    for long, short, factor in rules:
        paged |= (burns(long, factor) & burns(short, factor)).to_numpy()
    return paged


# %% exercise="burn-rate" kind="mistake" name="full-windows" says="nothing is paged before a window is full"
def pages(total, bad, slo, rules):
    """At which minutes somebody is paged, booleans of shape (n,).

    total, bad: requests and failed requests of each minute, shape (n,); rules: list of (long, short, factor), in minutes.
    Source: Beyer et al., The Site Reliability Workbook, 2018, chapter 5.
    """
    total, bad = pd.Series(total, dtype=float), pd.Series(bad, dtype=float)

    def burn(minutes):
        return (bad.rolling(minutes).sum() / total.rolling(minutes).sum() / (1 - slo)).fillna(0)

    paged = np.zeros(len(total), bool)
    for long, short, factor in rules:
        paged |= ((burn(long) >= factor) & (burn(short) >= factor)).to_numpy()
    return paged


# %% exercise="burn-rate" kind="alternative" name="products"
def pages(total, bad, slo, rules):
    """Without a division: failures against what the factor allows, where anything was asked; sums by convolution."""
    total, bad = np.asarray(total), np.asarray(bad)

    def burning(w, factor):
        n, b = (np.convolve(values, np.ones(w, int))[: len(values)] for values in (total, bad))
        return (n > 0) & (b >= factor * (1 - slo) * n)

    return np.any([burning(long, factor) & burning(short, factor) for long, short, factor in rules], axis=0)


# %% exercise="burn-rate" kind="mistake" name="one-too-long" says="the window is one minute too long"
def pages(total, bad, slo, rules):
    """At which minutes somebody is paged, booleans of shape (n,).

    total, bad: requests and failed requests of each minute, shape (n,); rules: list of (long, short, factor), in minutes.
    Source: Beyer et al., The Site Reliability Workbook, 2018, chapter 5.
    """
    total, bad = np.asarray(total, float), np.asarray(bad, float)

    def in_window(values, minutes):
        sums = np.concatenate([[0.0], np.cumsum(values)])
        end = np.arange(1, len(values) + 1)
        return sums[end] - sums[(end - minutes - 1).clip(0)]

    def burn(minutes):
        return in_window(bad, minutes) / in_window(total, minutes).clip(1) / (1 - slo)  # no request: 0 / 1

    paged = np.zeros(len(total), bool)
    for long, short, factor in rules:
        paged |= (burn(long) >= factor) & (burn(short) >= factor)
    return paged


# %% exercise="burn-rate" kind="mistake" name="last-rule" says="only the last rule counts"
def pages(total, bad, slo, rules):
    """At which minutes somebody is paged, booleans of shape (n,).

    total, bad: requests and failed requests of each minute, shape (n,); rules: list of (long, short, factor), in minutes.
    Source: Beyer et al., The Site Reliability Workbook, 2018, chapter 5.
    """
    total, bad = np.asarray(total, float), np.asarray(bad, float)

    def in_window(values, minutes):
        sums = np.concatenate([[0.0], np.cumsum(values)])
        end = np.arange(1, len(values) + 1)
        return sums[end] - sums[(end - minutes).clip(0)]

    def burn(minutes):
        return in_window(bad, minutes) / in_window(total, minutes).clip(1) / (1 - slo)  # no request: 0 / 1

    paged = np.zeros(len(total), bool)
    for long, short, factor in rules:
        paged = (burn(long) >= factor) & (burn(short) >= factor)
    return paged


# %% exercise="burn-rate" kind="mistake" name="first-rule" says="only the first rule counts"
def pages(total, bad, slo, rules):
    """At which minutes somebody is paged, booleans of shape (n,).

    total, bad: requests and failed requests of each minute, shape (n,); rules: list of (long, short, factor), in minutes.
    Source: Beyer et al., The Site Reliability Workbook, 2018, chapter 5.
    """
    total, bad = np.asarray(total, float), np.asarray(bad, float)

    def in_window(values, minutes):
        sums = np.concatenate([[0.0], np.cumsum(values)])
        end = np.arange(1, len(values) + 1)
        return sums[end] - sums[(end - minutes).clip(0)]

    def burn(minutes):
        return in_window(bad, minutes) / in_window(total, minutes).clip(1) / (1 - slo)  # no request: 0 / 1

    for long, short, factor in rules:
        return (burn(long) >= factor) & (burn(short) >= factor)


# %% exercise="four-incidents" kind="alternative" name="loop"
allowed = 0.0
for requests in traffic:
    allowed += 30 * requests * (1 - SLO)
spent, paged = {}, []
for letter in "ABCD":
    spent[letter] = float(sum(failed_in[letter])) / allowed
    if any(pages(traffic, failed_in[letter], SLO, RULES)):
        paged.append(letter)
by_day = next(letter for letter in "BACD" if letter not in paged)


# %% exercise="four-incidents" kind="alternative" name="table"
table = pd.DataFrame(
    {
        name: {"spent": f.sum() / (30 * traffic.sum() * 0.005), "rings": bool(np.any(pages(traffic, f, SLO, RULES)))}
        for name, f in failed_in.items()
    }
).T
spent = table["spent"].astype(float).to_dict()
paged = set(table.index[table["rings"].astype(bool)])
by_day = "B"


# %% exercise="four-incidents" kind="mistake" name="one-day" says="the budget is that of one day"
budget = traffic.sum() * (1 - SLO)
spent = {name: failures.sum() / budget for name, failures in failed_in.items()}
paged = [name for name, failures in failed_in.items() if pages(traffic, failures, SLO, RULES).any()]
by_day = "B"


# %% exercise="four-incidents" kind="mistake" name="of-requests" says="divided by all requests, not by the budget"
budget = 30 * traffic.sum()
spent = {name: failures.sum() / budget for name, failures in failed_in.items()}
paged = [name for name, failures in failed_in.items() if pages(traffic, failures, SLO, RULES).any()]
by_day = "B"


# %% exercise="four-incidents" kind="mistake" name="of-the-day" says="divided by the requests of the day"
budget = traffic.sum()
spent = {name: failures.sum() / budget for name, failures in failed_in.items()}
paged = [name for name, failures in failed_in.items() if pages(traffic, failures, SLO, RULES).any()]
by_day = "B"


# %% exercise="four-incidents" kind="mistake" name="percent" says="percent are given"
budget = 30 * traffic.sum() * (1 - SLO)
spent = {name: 100 * failures.sum() / budget for name, failures in failed_in.items()}
paged = [name for name, failures in failed_in.items() if pages(traffic, failures, SLO, RULES).any()]
by_day = "B"


# %% exercise="four-incidents" kind="mistake" name="slo-itself" says="the budget is slo times the requests"
budget = 30 * traffic.sum() * SLO
spent = {name: failures.sum() / budget for name, failures in failed_in.items()}
paged = [name for name, failures in failed_in.items() if pages(traffic, failures, SLO, RULES).any()]
by_day = "B"


# %% exercise="four-incidents" kind="mistake" name="night-sleeps" says="nobody else asks at that hour"
budget = 30 * traffic.sum() * (1 - SLO)
spent = {name: failures.sum() / budget for name, failures in failed_in.items()}
paged = [name for name, failures in failed_in.items() if name in ("C", "D")]
by_day = "B"


# %% exercise="four-incidents" kind="mistake" name="slow-pages" says="a burn rate of 4"
budget = 30 * traffic.sum() * (1 - SLO)
spent = {name: failures.sum() / budget for name, failures in failed_in.items()}
paged = [name for name, failures in failed_in.items()]
by_day = "B"


# %% exercise="four-incidents" kind="mistake" name="peak-missed" says="in twelve minutes of rush hour"
budget = 30 * traffic.sum() * (1 - SLO)
spent = {name: failures.sum() / budget for name, failures in failed_in.items()}
paged = [name for name, failures in failed_in.items() if name in ("A", "D")]
by_day = "B"


# %% exercise="four-incidents" kind="mistake" name="one-rule" says="too low for one rule, look at the other"
budget = 30 * traffic.sum() * (1 - SLO)
spent = {name: failures.sum() / budget for name, failures in failed_in.items()}
paged = [name for name, failures in failed_in.items() if pages(traffic, failures, SLO, RULES[:1]).any()]
by_day = "B"


# %% exercise="four-incidents" kind="mistake" name="by-day-a" says="A wakes somebody; the one asked for wakes nobody"
budget = 30 * traffic.sum() * (1 - SLO)
spent = {name: failures.sum() / budget for name, failures in failed_in.items()}
paged = [name for name, failures in failed_in.items() if pages(traffic, failures, SLO, RULES).any()]
by_day = "A"


# %% exercise="four-incidents" kind="mistake" name="by-day-c" says="C wakes somebody"
budget = 30 * traffic.sum() * (1 - SLO)
spent = {name: failures.sum() / budget for name, failures in failed_in.items()}
paged = [name for name, failures in failed_in.items() if pages(traffic, failures, SLO, RULES).any()]
by_day = "C"

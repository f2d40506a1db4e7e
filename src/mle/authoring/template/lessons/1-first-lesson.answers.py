# Answers to the exercises of 1-first-lesson.py: mistakes that people make, and correct answers of other kinds.


# %% exercise="late-share" kind="alternative" name="loop"
def late_share(delays):
    late = arrived = 0
    for delay in delays:
        if delay == delay:
            arrived += 1
            late += delay >= 30
    return late / arrived


# %% exercise="late-share" kind="alternative" name="nan-aware"
def late_share(delays):
    delays = np.asarray(delays, dtype=float)
    return np.sum(delays >= 30) / np.sum(np.isfinite(delays))


# %% exercise="late-share" kind="mistake" name="all-flights" says="flights that never arrived count as flights"
def late_share(delays):
    """A comparison with nan is false, and the mean counts it."""
    return float(np.mean(np.asarray(delays, dtype=float) >= 30))


# %% exercise="late-share" kind="mistake" name="later-than" says="exactly 30 minutes late is late"
def late_share(delays):
    """Greater than instead of at least."""
    delays = np.asarray(delays, dtype=float)
    return float(np.mean(delays[~np.isnan(delays)] > 30))


# %% exercise="late-share" kind="mistake" name="per-cent" says="a percentage instead of a share"
def late_share(delays):
    """Times 100."""
    delays = np.asarray(delays, dtype=float)
    return 100 * float(np.mean(delays[~np.isnan(delays)] >= 30))


# %% exercise="late-share" kind="mistake" name="absolute" says="an early flight counts as late"
def late_share(delays):
    """The size of the delay, whatever its sign."""
    delays = np.abs(np.asarray(delays, dtype=float))
    return float(np.mean(delays[~np.isnan(delays)] >= 30))

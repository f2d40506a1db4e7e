# %% [markdown]
# # The first lesson
#
# Say here what the case is: who decides what, and on what knowledge. Then let the learner run something, look at it, and
# challenge the number.
#
# The story's desk wants one number for each day: the share of flights that reach their destination 30 minutes late or worse.

# %%
import mle
from mle import check

import numpy as np

# %% [markdown]
# ### Exercise 1 · The share of late flights
#
# 5 min · ●○○○ · 2 points
#
# Write `late_share(delays)`: `delays` is a sequence of arrival delays in minutes, shape `(n,)`; early flights have negative
# delays, flights that never arrived have `nan`. Return the share of the flights that arrived which arrived 30 minutes late or
# worse, a number from 0 to 1. Example: `late_share([40, 30, -5, nan])` is `2 / 3`.
#
# <details><summary>Hint 1 · the idea</summary>Leave out what never arrived, then ask each flight one question.</details>
# <details><summary>Hint 2 · where to look</summary><code>np.isnan</code> finds what never arrived; the mean of true and false is a share.</details>
# <details><summary>Hint 3 · almost the code</summary><code>arrived = delays[~np.isnan(delays)]</code>, then the mean of <code>arrived >= 30</code>.</details>


# %% exercise="late-share"
def late_share(delays):
    """The share of the arrived flights, of `delays` in minutes, shape (n,), that are 30 minutes late or worse."""
    ### BEGIN SOLUTION
    delays = np.asarray(delays)
    arrived = delays[~np.isnan(delays)]
    return float(np.mean(arrived >= 30))
    ### END SOLUTION


# %% check="late-share" points=2
share = late_share([40.0, 30.0, -50.0, np.nan, 29.5])
check.differs(share, 0.4, says="flights that never arrived count as flights", look="Hint 1")
check.differs(share, 0.25, says="a flight that is exactly 30 minutes late is late", look="the card")
check.differs(share, 50.0, says="a percentage instead of a share from 0 to 1", look="the card")
check.differs(share, 0.75, says="an early flight counts as late", look="the card")
check.close(share, 0.5)
### BEGIN HIDDEN TESTS
delays = check.rng().integers(-60, 120, size=200).astype(float)
delays[::7] = np.nan
kept = [d for d in delays if d == d]
check.close(late_share(delays), sum(d >= 30 for d in kept) / len(kept))
### END HIDDEN TESTS

# %% [markdown]
# ## Sources
#
# Say here what the lesson rests on: papers, documentation.

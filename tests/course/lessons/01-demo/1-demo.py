# %% [markdown]
# # Demo
#
# What `mle prove` must cope with: a torch operation before the fork, a function, a variable, callbacks and probes.

# %%
import numpy as np
import torch

from mle import check

product = torch.ones(64, 64) @ torch.ones(64, 64)


def apply(fn, value):
    return fn(value)


# %% [markdown]
# ### Exercise 1 · Double
#
# 5 min · ●○○○ · 2 points
#
# <details><summary>Hint 1 · the idea</summary>Add.</details>

# %% exercise="double"
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return x * 2
    ### END SOLUTION


# %% check="double" points=2
x = check.rng().normal(size=5)
check.differs(double(x.copy()), x, says="returned as it came")
check.differs(double(x.copy()), x**2, says="squared, not doubled")
check.close(double(x.copy()), 2 * x, says="not twice")
check.unchanged(double, x)


@check.probe
def doubled(fn, n):
    import torch

    return fn(torch.ones(n))


check.close(doubled(double, 3), np.full(3, 2.0), says="a tensor is not doubled")


def plus_one(v):
    return v + 1


### BEGIN HIDDEN TESTS
check.equal(apply(plus_one, 3), 4)
### END HIDDEN TESTS

# %% demo=true
raise SystemExit("a demonstration is not run by `mle prove`")

# %% [markdown]
# ### Exercise 2 · Say
#
# 5 min · ●○○○ · 1 point
#
# <details><summary>Hint 1 · the idea</summary>Add.</details>

# %% exercise="say"
### BEGIN SOLUTION
answer = "b"
### END SOLUTION

# %% check="say" points=1
check.one_of(answer, ["a", "b"])
check.equal(answer, "b", says="not b")

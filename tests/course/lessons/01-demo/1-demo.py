# %% [markdown]
# # Demo
#

# %%
import mle
from mle import check
import numpy as np
import torch

a = torch.ones(3, 3) @ torch.ones(3, 3)

def apply(fn, v):
    return fn(v)


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
check.close(doubled(double, 3), np.full(3, 2.0), says="tensor")
def g(v): return v + 1
check.equal(apply(g, 3), 4)

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

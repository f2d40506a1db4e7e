# %% exercise="double" kind="alternative" name="plus"
def double(x):
    return x + x


# %% exercise="double" kind="alternative" name="numpy"
def double(x):
    import numpy as np

    return np.add(x, x)


# %% exercise="double" kind="mistake" name="same" says="returned as it came"
def double(x):
    return x


# %% exercise="double" kind="mistake" name="square" says="squared"
def double(x):
    return x * x


# %% exercise="double" kind="mistake" name="in place" says="changes its argument"
def double(x):
    x *= 2
    return x


# %% exercise="double" kind="mistake" name="exit" says="SystemExit: out"
def double(x):
    raise SystemExit("out")


# %% exercise="double" kind="mistake" name="loop" says="out of time"
def double(x):
    while True:
        pass


# %% exercise="double" kind="mistake" name="no Python" says="'double' is not defined"
def double(x:
    return 2x


# %% exercise="say" kind="mistake" name="a" says="not b"
answer = "a"

# %% exercise="say" kind="mistake" name="c" says="one of the options. Saw 'c'"
answer = "c"

# %% exercise="say" kind="mistake" name="none" says="`return` missing"
answer = None

# %% exercise="say" kind="mistake" name="gone" says="ended the process"
import os

os._exit(0)

# %% exercise="say" kind="alternative" name="join"
answer = "".join(["b"])

# %% exercise="say" kind="alternative" name="str"
answer = str("b")

# %% exercise="double" kind="alternative" name="plus"
def double(x):
    return x + x
# %% exercise="double" kind="alternative" name="np"
def double(x):
    import numpy as np
    return np.add(x, x)
# %% exercise="double" kind="mistake" name="same" says="returned as it came"
def double(x):
    return x
# %% exercise="double" kind="mistake" name="square" says="squared"
def double(x):
    return x * x
# %% exercise="double" kind="mistake" name="inplace" says="changes its argument"
def double(x):
    x *= 2
    return x
# %% exercise="double" kind="mistake" name="exit" says="exit"
def double(x):
    raise SystemExit("exit")
# %% exercise="double" kind="mistake" name="loop" says="out of time"
def double(x):
    while True: pass
# %% exercise="say" kind="mistake" name="a" says="not b"
answer = "a"
# %% exercise="say" kind="mistake" name="c" says="one of the options"
answer = "c"
# %% exercise="say" kind="mistake" name="d" says="is None"
answer = None
# %% exercise="say" kind="alternative" name="p"
answer = "".join(["b"])
# %% exercise="say" kind="alternative" name="q"
answer = str("b")

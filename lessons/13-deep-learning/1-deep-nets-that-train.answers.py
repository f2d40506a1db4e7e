# %% [markdown]
# Answers to "Deep nets that train": alternatives that must pass, mistakes that must be named.

# %% [markdown]
# ## backward


# %% exercise="backward" kind="alternative" name="count-the-uses"
def backward(loss):
    if np.size(loss.data) != 1:
        raise ValueError("one number, please")
    uses, found, todo = {}, [loss], [loss]
    known = {id(loss)}
    while todo:
        for parent, _ in todo.pop().parents:
            uses[id(parent)] = uses.get(id(parent), 0) + 1
            if id(parent) not in known:
                known.add(id(parent))
                found.append(parent)
                todo.append(parent)
    for node in found:
        node.grad = None
    loss.grad = np.ones(np.shape(loss.data))
    ready = [loss]
    while ready:
        node = ready.pop()
        for parent, pull in node.parents:
            share = pull(node.grad)
            parent.grad = share if parent.grad is None else parent.grad + share
            uses[id(parent)] -= 1
            if not uses[id(parent)]:
                ready.append(parent)


# %% exercise="backward" kind="alternative" name="recursion-with-a-high-limit"
def backward(loss):
    import sys

    if loss.data.size != 1:
        raise ValueError(loss.data.shape)
    kept = sys.getrecursionlimit()
    sys.setrecursionlimit(50_000)
    order, seen = [], set()

    def visit(node):
        if node in seen:
            return
        seen.add(node)
        for parent, _ in node.parents:
            visit(parent)
        order.insert(0, node)

    visit(loss)
    sys.setrecursionlimit(kept)
    slopes = {node: np.zeros(node.data.shape) for node in order}
    slopes[loss] += 1
    for node in order:
        node.grad = slopes[node]
        for parent, pull in node.parents:
            slopes[parent] += pull(node.grad)


# %% exercise="backward" kind="mistake" name="last-use-only" says="keeps the slope of one use only"
def backward(loss):
    if loss.data.size != 1:
        raise ValueError("one number")
    order, seen, stack = [], set(), [(loss, False)]
    while stack:
        node, finished = stack.pop()
        if finished:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in node.parents)
    loss.grad = np.ones_like(loss.data)
    for node in reversed(order):
        for parent, pull in node.parents:
            parent.grad = pull(node.grad)


# %% exercise="backward" kind="mistake" name="breadth-first" says="before all its uses had reported"
def backward(loss):
    if loss.data.size != 1:
        raise ValueError("one number")
    order, queue = [], [loss]
    while queue:
        node = queue.pop(0)
        if node not in order:
            order.append(node)
            queue.extend(parent for parent, _ in node.parents)
            if len(order) > 400:
                break
    order += [] if not queue else queue
    for node in order:
        node.grad = np.zeros_like(node.data)
    loss.grad = np.ones_like(loss.data)
    for node in order:
        for parent, pull in node.parents:
            parent.grad = parent.grad + pull(node.grad)


# %% exercise="backward" kind="mistake" name="every-path" says="called again for every path"
def backward(loss):
    if loss.data.size != 1:
        raise ValueError("one number")

    def clear(node, seen):
        if node not in seen:
            seen.add(node)
            node.grad = np.zeros_like(node.data)
            for parent, _ in node.parents:
                clear(parent, seen)

    def send(node, g):
        node.grad = node.grad + g
        for parent, pull in node.parents:
            send(parent, pull(g))

    clear(loss, set())
    send(loss, np.ones_like(loss.data))


# %% exercise="backward" kind="mistake" name="recursion" says="ends in RecursionError"
def backward(loss):
    if loss.data.size != 1:
        raise ValueError("one number")
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent, _ in node.parents:
                visit(parent)
            order.append(node)

    visit(loss)
    for node in order:
        node.grad = np.zeros_like(node.data)
    loss.grad = np.ones_like(loss.data)
    for node in reversed(order):
        for parent, pull in node.parents:
            parent.grad = parent.grad + pull(node.grad)


# %% exercise="backward" kind="mistake" name="never-cleared" says="adds to the slopes of the first"
def backward(loss):
    if loss.data.size != 1:
        raise ValueError("one number")
    order, seen, stack = [], set(), [(loss, False)]
    while stack:
        node, finished = stack.pop()
        if finished:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in node.parents)
    for node in order:
        if node.grad is None:
            node.grad = np.zeros_like(node.data)
    loss.grad = np.ones_like(loss.data)
    for node in reversed(order):
        for parent, pull in node.parents:
            parent.grad = parent.grad + pull(node.grad)


# %% exercise="backward" kind="mistake" name="in-place" says="was changed in place"
def backward(loss):
    if loss.data.size != 1:
        raise ValueError("one number")
    order, seen, stack = [], set(), [(loss, False)]
    while stack:
        node, finished = stack.pop()
        if finished:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in node.parents)
    for node in order:
        node.grad = None
    loss.grad = np.ones_like(loss.data)
    for node in reversed(order):
        for parent, pull in node.parents:
            share = pull(node.grad)
            if parent.grad is None:
                parent.grad = share
            else:
                parent.grad += share


# %% exercise="backward" kind="mistake" name="seen-for-ever" says="is still remembered in the next"
def backward(loss, seen={}):  # one dictionary for all calls
    if loss.data.size != 1:
        raise ValueError("a loss is one number")
    order, stack = [], [(loss, False)]
    while stack:
        node, finished = stack.pop()
        if finished:
            order.append(node)
        elif id(node) not in seen:
            seen[id(node)] = node
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in node.parents)
    for node in order:
        node.grad = np.zeros_like(node.data)
    loss.grad = np.ones_like(loss.data)
    for node in reversed(order):
        for parent, pull in node.parents:
            parent.grad = parent.grad + pull(node.grad)


# %% exercise="backward" kind="mistake" name="no-seed" says="with respect to itself is one"
def backward(loss):
    if loss.data.size != 1:
        raise ValueError("one number")
    order, seen, stack = [], set(), [(loss, False)]
    while stack:
        node, finished = stack.pop()
        if finished:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in node.parents)
    for node in order:
        node.grad = np.zeros_like(node.data)
    for node in reversed(order):
        for parent, pull in node.parents:
            parent.grad = parent.grad + pull(node.grad)


# %% exercise="backward" kind="mistake" name="leaves-only" says="between the loss and its leaves has no grad"
def backward(loss):
    if loss.data.size != 1:
        raise ValueError("one number")
    order, seen, stack = [], set(), [(loss, False)]
    while stack:
        node, finished = stack.pop()
        if finished:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in node.parents)
    slopes = {id(node): np.zeros_like(node.data) for node in order}
    slopes[id(loss)] = loss.grad = np.ones_like(loss.data)
    for node in reversed(order):
        for parent, pull in node.parents:
            slopes[id(parent)] = slopes[id(parent)] + pull(slopes[id(node)])
        if not node.parents:
            node.grad = slopes[id(node)]


# %% exercise="backward" kind="mistake" name="counts-axes" says="count the numbers, not the axes"
def backward(loss):
    if loss.data.ndim > 1 or loss.data.size > 1:
        raise ValueError
    order, seen, stack = [], set(), [(loss, False)]
    while stack:
        node, finished = stack.pop()
        if finished:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in node.parents)
    for node in order:
        node.grad = np.zeros(node.data.shape)
    loss.grad = np.ones(loss.data.shape)
    for node in reversed(order):
        for parent, pull in node.parents:
            parent.grad = np.add(parent.grad, pull(node.grad))


# %% exercise="backward" kind="mistake" name="none-at-all" says="without any number has no slope"
def backward(loss):
    if loss.data.size > 1:
        raise ValueError
    order, seen, stack = [], set(), [(loss, False)]
    while stack:
        node, finished = stack.pop()
        if finished:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in node.parents)
    for node in order:
        node.grad = np.zeros(node.data.shape)
    loss.grad = np.ones(loss.data.shape)
    for node in reversed(order):
        for parent, pull in node.parents:
            parent.grad = np.add(parent.grad, pull(node.grad))


# %% exercise="backward" kind="mistake" name="any-size" says="has no one slope: ValueError"
def backward(loss):
    order, seen, stack = [], set(), [(loss, False)]
    while stack:
        node, finished = stack.pop()
        if finished:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in node.parents)
    for node in order:
        node.grad = np.zeros_like(node.data)
    loss.grad = np.ones_like(loss.data)
    for node in reversed(order):
        for parent, pull in node.parents:
            parent.grad = parent.grad + pull(node.grad)


# %% exercise="backward" kind="equivalent" mutant="+ stack.append((node, True)) | - stack.append((node, True))" reason="before or after the note that the node was seen: the stack is not read in between"


# %% [markdown]
# ## operations


# %% exercise="operations" kind="alternative" name="axes-at-once"
def undo(g, like):
    front = g.ndim - like.ndim
    axes = tuple(range(front)) + tuple(front + i for i, length in enumerate(like.shape) if length == 1)
    return np.sum(g, axis=axes).reshape(like.shape)


def add(a, b):
    return Node(np.add(a.data, b.data), ((a, lambda g: undo(g, a.data)), (b, lambda g: undo(g, b.data))))


def mul(a, b):
    return Node(a.data * b.data, ((a, lambda g: undo(b.data * g, a.data)), (b, lambda g: undo(a.data * g, b.data))))


def matmul(a, b):
    return Node(np.matmul(a.data, b.data), ((a, lambda g: (b.data @ g.T).T), (b, lambda g: (g.T @ a.data).T)))


def relu(a):
    return Node(np.where(a.data > 0, a.data, 0), ((a, lambda g: np.where(a.data > 0, g, 0)),))


# %% exercise="operations" kind="alternative" name="by-ones-and-classes"
class Broadcast:
    def __init__(self, parent, factor):
        self.parent, self.factor = parent, factor

    def __call__(self, g):
        out = np.zeros(self.parent.data.shape)
        places = np.broadcast_to(np.arange(out.size).reshape(out.shape), g.shape)
        flat = np.bincount(places.ravel(), weights=(g * self.factor).ravel(), minlength=out.size)
        return flat.reshape(out.shape)


def add(a, b):
    return Node(a.data + b.data, [(a, Broadcast(a, 1)), (b, Broadcast(b, 1))])


def mul(a, b):
    return Node(a.data * b.data, [(a, Broadcast(a, b.data)), (b, Broadcast(b, a.data))])


def matmul(a, b):
    return Node(
        a.data.dot(b.data),
        [(a, lambda g: np.einsum("nk,mk->nm", g, b.data)), (b, lambda g: np.einsum("nm,nk->mk", a.data, g))],
    )


def relu(a):
    mask = (a.data > 0).astype(float)
    return Node(a.data * mask, [(a, lambda g: g * mask)])


# %% exercise="operations" kind="alternative" name="a-node-for-the-broadcast"
def spread(a, shape):
    def pull(g):
        axes = list(range(len(shape) - a.data.ndim))
        axes += [len(axes) + i for i, n in enumerate(a.data.shape) if n == 1]
        return g.sum(axis=tuple(axes)).reshape(a.data.shape)

    return Node(np.broadcast_to(a.data, shape), [(a, pull)])


def both(a, b):
    shape = np.broadcast_shapes(a.data.shape, b.data.shape)
    return spread(a, shape), spread(b, shape)


def add(a, b):
    a, b = both(a, b)
    return Node(a.data + b.data, [(a, lambda g: g), (b, lambda g: g)])


def mul(a, b):
    a, b = both(a, b)
    return Node(a.data * b.data, [(a, lambda g: g * b.data), (b, lambda g: g * a.data)])


def matmul(a, b):
    return Node(
        np.einsum("nm,mk->nk", a.data, b.data), [(a, lambda g: g.dot(b.data.T)), (b, lambda g: a.data.T.dot(g))]
    )


def relu(a):
    return mul(a, Node(np.where(a.data > 0, 1, 0)))


# %% exercise="operations" kind="mistake" name="no-sum" says="returns the shape of the result, not of its parent"
def add(a, b):
    return Node(a.data + b.data, [(a, lambda g: g), (b, lambda g: g)])


def mul(a, b):
    return Node(a.data * b.data, [(a, lambda g: g * b.data), (b, lambda g: g * a.data)])


def matmul(a, b):
    return Node(a.data @ b.data, [(a, lambda g: g @ b.data.T), (b, lambda g: a.data.T @ g)])


def relu(a):
    return Node(np.maximum(a.data, 0), [(a, lambda g: g * (a.data > 0))])


# %% exercise="operations" kind="mistake" name="mean-over-copies" says="is undone by a sum over the copies"
def to_shape(g, shape):
    while g.ndim > len(shape):
        g = g.mean(axis=0)
    for axis, length in enumerate(shape):
        if length == 1:
            g = g.mean(axis=axis, keepdims=True)
    return g


def add(a, b):
    return Node(a.data + b.data, [(a, lambda g: to_shape(g, a.data.shape)), (b, lambda g: to_shape(g, b.data.shape))])


def mul(a, b):
    return Node(
        a.data * b.data,
        [(a, lambda g: to_shape(g * b.data, a.data.shape)), (b, lambda g: to_shape(g * a.data, b.data.shape))],
    )


def matmul(a, b):
    return Node(a.data @ b.data, [(a, lambda g: g @ b.data.T), (b, lambda g: a.data.T @ g)])


def relu(a):
    return Node(np.maximum(a.data, 0), [(a, lambda g: g * (a.data > 0))])


# %% exercise="operations" kind="mistake" name="own-factor" says="g times the other factor"
def to_shape(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, length in enumerate(shape):
        if length == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


def add(a, b):
    return Node(a.data + b.data, [(a, lambda g: to_shape(g, a.data.shape)), (b, lambda g: to_shape(g, b.data.shape))])


def mul(a, b):
    return Node(
        a.data * b.data,
        [(a, lambda g: to_shape(g * a.data, a.data.shape)), (b, lambda g: to_shape(g * b.data, b.data.shape))],
    )


def matmul(a, b):
    return Node(a.data @ b.data, [(a, lambda g: g @ b.data.T), (b, lambda g: a.data.T @ g)])


def relu(a):
    return Node(np.maximum(a.data, 0), [(a, lambda g: g * (a.data > 0))])


# %% exercise="operations" kind="mistake" name="no-transposes" says="transposes or order are wrong"
def to_shape(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, length in enumerate(shape):
        if length == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


def add(a, b):
    return Node(a.data + b.data, [(a, lambda g: to_shape(g, a.data.shape)), (b, lambda g: to_shape(g, b.data.shape))])


def mul(a, b):
    return Node(
        a.data * b.data,
        [(a, lambda g: to_shape(g * b.data, a.data.shape)), (b, lambda g: to_shape(g * a.data, b.data.shape))],
    )


def matmul(a, b):
    return Node(a.data @ b.data, [(a, lambda g: g @ b.data), (b, lambda g: a.data @ g)])


def relu(a):
    return Node(np.maximum(a.data, 0), [(a, lambda g: g * (a.data > 0))])


# %% exercise="operations" kind="mistake" name="slope-through" says="lets the slope through where its value was negative"
def to_shape(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, length in enumerate(shape):
        if length == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


def add(a, b):
    return Node(a.data + b.data, [(a, lambda g: to_shape(g, a.data.shape)), (b, lambda g: to_shape(g, b.data.shape))])


def mul(a, b):
    return Node(
        a.data * b.data,
        [(a, lambda g: to_shape(g * b.data, a.data.shape)), (b, lambda g: to_shape(g * a.data, b.data.shape))],
    )


def matmul(a, b):
    return Node(a.data @ b.data, [(a, lambda g: g @ b.data.T), (b, lambda g: a.data.T @ g)])


def relu(a):
    return Node(np.maximum(a.data, 0), [(a, lambda g: np.maximum(g, 0))])


# %% exercise="operations" kind="mistake" name="slope-at-zero" says="at exactly 0 is 0 here"
def to_shape(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, length in enumerate(shape):
        if length == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


def add(a, b):
    return Node(a.data + b.data, [(a, lambda g: to_shape(g, a.data.shape)), (b, lambda g: to_shape(g, b.data.shape))])


def mul(a, b):
    return Node(
        a.data * b.data,
        [(a, lambda g: to_shape(g * b.data, a.data.shape)), (b, lambda g: to_shape(g * a.data, b.data.shape))],
    )


def matmul(a, b):
    return Node(a.data @ b.data, [(a, lambda g: g @ b.data.T), (b, lambda g: a.data.T @ g)])


def relu(a):
    return Node(np.maximum(a.data, 0), [(a, lambda g: g * (a.data >= 0))])


# %% exercise="operations" kind="mistake" name="relu-in-place" says="has changed its parent's data"
def to_shape(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, length in enumerate(shape):
        if length == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


def add(a, b):
    return Node(a.data + b.data, [(a, lambda g: to_shape(g, a.data.shape)), (b, lambda g: to_shape(g, b.data.shape))])


def mul(a, b):
    return Node(
        a.data * b.data,
        [(a, lambda g: to_shape(g * b.data, a.data.shape)), (b, lambda g: to_shape(g * a.data, b.data.shape))],
    )


def matmul(a, b):
    return Node(a.data @ b.data, [(a, lambda g: g @ b.data.T), (b, lambda g: a.data.T @ g)])


def relu(a):
    a.data[a.data < 0] = 0
    return Node(a.data, [(a, lambda g: g * (a.data > 0))])


# %% exercise="operations" kind="mistake" name="g-in-place" says="changes g in place"
def to_shape(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, length in enumerate(shape):
        if length == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


def add(a, b):
    return Node(a.data + b.data, [(a, lambda g: to_shape(g, a.data.shape)), (b, lambda g: to_shape(g, b.data.shape))])


def mul(a, b):
    return Node(a.data * b.data, [(a, lambda g: to_shape(g * b.data, a.data.shape)), (b, lambda g: to_shape(g * a.data, b.data.shape))])  # fmt: skip


def matmul(a, b):
    return Node(a.data @ b.data, [(a, lambda g: g @ b.data.T), (b, lambda g: a.data.T @ g)])


def relu(a):
    def pull(g):
        g[a.data <= 0] = 0
        return g

    return Node(np.maximum(a.data, 0), [(a, pull)])


# %% exercise="operations" kind="mistake" name="one-parent" says="the slope ends there"
def to_shape(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, length in enumerate(shape):
        if length == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


def add(a, b):
    return Node(a.data + b.data, [(a, lambda g: to_shape(g, a.data.shape))])


def mul(a, b):
    return Node(
        a.data * b.data,
        [(a, lambda g: to_shape(g * b.data, a.data.shape)), (b, lambda g: to_shape(g * a.data, b.data.shape))],
    )


def matmul(a, b):
    return Node(a.data @ b.data, [(a, lambda g: g @ b.data.T), (b, lambda g: a.data.T @ g)])


def relu(a):
    return Node(np.maximum(a.data, 0), [(a, lambda g: g * (a.data > 0))])


# %% exercise="operations" kind="equivalent" mutant="- return Node(a.data + b.data, [(a, lambda g: to_shape(g, a.data.shape)), (b, lambda g: to_shape(g, b.data.shape))]) | + return Node(a.data + b.data, [(b, lambda g: to_shape(g, b.data.shape)), (a, lambda g: to_shape(g, a.data.shape))])" reason="the two pairs in another order: a grad is the sum of both shares"

# %% exercise="operations" kind="equivalent" mutant="- return Node(a.data * b.data, [(a, lambda g: to_shape(g * b.data, a.data.shape)), (b, lambda g: to_shape(g * a.data, b.data.shape))]) | + return Node(a.data * b.data, [(b, lambda g: to_shape(g * a.data, b.data.shape)), (a, lambda g: to_shape(g * b.data, a.data.shape))])" reason="the two pairs in another order: a grad is the sum of both shares"

# %% exercise="operations" kind="equivalent" mutant="- return Node(a.data @ b.data, [(a, lambda g: g @ b.data.T), (b, lambda g: a.data.T @ g)]) | + return Node(a.data @ b.data, [(b, lambda g: a.data.T @ g), (a, lambda g: g @ b.data.T)])" reason="the two pairs in another order: a grad is the sum of both shares"

# %% exercise="operations" kind="equivalent" mutant="- return Node(np.maximum(a.data, 0), [(a, lambda g: g * (a.data > 0))]) | + return Node(np.maximum(0, a.data), [(a, lambda g: g * (a.data > 0))])" reason="a maximum does not depend on the order"


# %% [markdown]
# ## init-weights


# %% exercise="init-weights" kind="alternative" name="uniform"
def init_weights(fan_in, fan_out, after, rng):
    variance = {"relu": 2.0, "nothing": 1.0}.get(after, 0.0) / fan_in
    if not variance:
        raise ValueError(f"unknown: {after}")
    limit = np.sqrt(3 * variance)
    return rng.uniform(-limit, limit, size=(fan_in, fan_out))


# %% exercise="init-weights" kind="alternative" name="scaled-standard-normal"
def init_weights(fan_in, fan_out, after, rng):
    if after == "relu":
        scale = (2 / fan_in) ** 0.5
    elif after == "nothing":
        scale = fan_in**-0.5
    else:
        raise ValueError("after must be 'relu' or 'nothing'")
    return (rng.standard_normal((fan_out, fan_in)) * scale).T


# %% exercise="init-weights" kind="alternative" name="drawn-before-the-word-is-looked-up"
def init_weights(fan_in, fan_out, after, rng):
    variances = {"relu": 2.0 / fan_in, "nothing": 1.0 / fan_in}
    try:
        return rng.standard_normal((fan_in, fan_out), dtype=np.float32) * variances[after] ** 0.5
    except KeyError as error:
        raise ValueError(f"unknown: {after}") from error


# %% exercise="init-weights" kind="mistake" name="key-error" says="by another error than ValueError"
def init_weights(fan_in, fan_out, after, rng):
    return rng.normal(0, np.sqrt({"relu": 2, "nothing": 1}[after] / fan_in), (fan_in, fan_out))


# %% exercise="init-weights" kind="mistake" name="not-centred" says="the weights' mean is not 0"
def init_weights(fan_in, fan_out, after, rng):
    if after not in ["relu", "nothing"]:
        raise ValueError("after")
    w = rng.uniform(0, 1, (fan_in, fan_out))
    return w / w.std() * np.sqrt((2 if after == "relu" else 1) / fan_in)


# %% exercise="init-weights" kind="mistake" name="fan-out" says="the variance is 2 / fan_out"
def init_weights(fan_in, fan_out, after, rng):
    if after not in ("relu", "nothing"):
        raise ValueError(after)
    return rng.normal(0, math.sqrt((2 if after == "relu" else 1) / fan_out), (fan_in, fan_out))


# %% exercise="init-weights" kind="mistake" name="variance-as-deviation" says="the standard deviation is its square root"
def init_weights(fan_in, fan_out, after, rng):
    if after not in ("relu", "nothing"):
        raise ValueError(after)
    return rng.normal(0, (2 if after == "relu" else 1) / fan_in, (fan_in, fan_out))


# %% exercise="init-weights" kind="mistake" name="uniform-deviation-as-limit" says="on ±c has the variance c²/3, not c²"
def init_weights(fan_in, fan_out, after, rng):
    if after not in ("relu", "nothing"):
        raise ValueError(after)
    limit = math.sqrt((2 if after == "relu" else 1) / fan_in)
    return rng.uniform(-limit, limit, (fan_in, fan_out))


# %% exercise="init-weights" kind="mistake" name="glorot" says="is Glorot's"
def init_weights(fan_in, fan_out, after, rng):
    if after not in ("relu", "nothing"):
        raise ValueError(after)
    return rng.normal(0, math.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))


# %% exercise="init-weights" kind="mistake" name="no-relu-gain" says="its layer needs twice the variance"
def init_weights(fan_in, fan_out, after, rng):
    if after not in ("relu", "nothing"):
        raise ValueError(after)
    return rng.normal(0, math.sqrt(1 / fan_in), (fan_in, fan_out))


# %% exercise="init-weights" kind="mistake" name="gain-always" says="without a ReLU nothing is halved"
def init_weights(fan_in, fan_out, after, rng):
    if after not in ("relu", "nothing"):
        raise ValueError(after)
    return rng.normal(0, math.sqrt(2 / fan_in), (fan_in, fan_out))


# %% exercise="init-weights" kind="mistake" name="default-of-linear" says="this is the default of nn.Linear"
def init_weights(fan_in, fan_out, after, rng):
    if after not in ("relu", "nothing"):
        raise ValueError(after)
    return rng.uniform(-1, 1, (fan_in, fan_out)) / math.sqrt(fan_in)


# %% exercise="init-weights" kind="mistake" name="own-generator" says="rng is not used"
def init_weights(fan_in, fan_out, after, rng):
    if after not in ("relu", "nothing"):
        raise ValueError(after)
    return np.random.default_rng(0).normal(0, math.sqrt((2 if after == "relu" else 1) / fan_in), (fan_in, fan_out))


# %% exercise="init-weights" kind="mistake" name="turned" says="not the shape (fan_in, fan_out)"
def init_weights(fan_in, fan_out, after, rng):
    if after not in ("relu", "nothing"):
        raise ValueError(after)
    return rng.normal(0, math.sqrt((2 if after == "relu" else 1) / fan_in), (fan_out, fan_in))


# %% exercise="init-weights" kind="mistake" name="one-unit-for-all" says="units that start alike stay alike"
def init_weights(fan_in, fan_out, after, rng):
    if after not in ("relu", "nothing"):
        raise ValueError(after)
    column = rng.normal(0, math.sqrt((2 if after == "relu" else 1) / fan_in), (fan_in, 1))
    return np.repeat(column, fan_out, axis=1)


# %% exercise="init-weights" kind="mistake" name="any-word" says="an unknown word is not refused"
def init_weights(fan_in, fan_out, after, rng):
    return rng.normal(0, math.sqrt((2 if after == "relu" else 1) / fan_in), (fan_in, fan_out))


# %% [markdown]
# ## batch-norm


# %% exercise="batch-norm" kind="alternative" name="by-powers-and-lerp"
class BatchNorm(nn.Module):
    def __init__(self, width, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.full((width,), 1.0))
        self.bias = nn.Parameter(torch.full((width,), 0.0))
        self.register_buffer("running_mean", torch.full((width,), 0.0))
        self.register_buffer("running_var", torch.full((width,), 1.0))

    def forward(self, inputs):
        if not self.training:
            scale = self.weight * (self.running_var + self.eps) ** -0.5
            return inputs * scale + (self.bias - self.running_mean * scale)
        n = inputs.shape[0]
        if n == 1:
            raise ValueError("more than one row is needed")
        centre = inputs.sum(0, keepdim=True) / n
        apart = inputs - centre
        spread = (apart * apart).sum(0) / n
        self.running_mean = torch.lerp(self.running_mean, centre.detach()[0], self.momentum)
        self.running_var = torch.lerp(self.running_var, spread.detach() * n / (n - 1), self.momentum)
        return self.weight * apart * torch.rsqrt(spread + self.eps) + self.bias


# %% exercise="batch-norm" kind="alternative" name="functional"
class BatchNorm(nn.Module):
    def __init__(self, width, eps=1e-5, momentum=0.1):
        super().__init__()
        self.keywords = {"eps": eps, "momentum": momentum}
        self.weight, self.bias = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))
        self.register_buffer("running_mean", torch.zeros(width))
        self.register_buffer("running_var", torch.ones(width))

    def forward(self, inputs):
        return nn.functional.batch_norm(
            inputs, self.running_mean, self.running_var, self.weight, self.bias, self.training, **self.keywords
        )


# %% exercise="batch-norm" kind="mistake" name="batch-in-evaluation" says="a prediction depends on its neighbours"
class BatchNorm(nn.Module):
    def __init__(self, width, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.register_buffer("running_mean", torch.zeros(width))
        self.register_buffer("running_var", torch.ones(width))

    def forward(self, inputs):
        if self.training and len(inputs) < 2:
            raise ValueError("one row")
        mean, variance = inputs.mean(dim=0), inputs.var(dim=0, correction=0)
        if self.training:
            with torch.no_grad():
                self.running_mean.mul_(1 - self.momentum).add_(self.momentum * mean)
                self.running_var.mul_(1 - self.momentum).add_(self.momentum * inputs.var(dim=0))
        return (inputs - mean) / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% exercise="batch-norm" kind="mistake" name="moves-in-evaluation" says="evaluation moves the running values"
class BatchNorm(nn.Module):
    def __init__(self, width, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.register_buffer("running_mean", torch.zeros(width))
        self.register_buffer("running_var", torch.ones(width))

    def forward(self, inputs):
        if self.training and len(inputs) < 2:
            raise ValueError("one row")
        mean, variance = self.running_mean.clone(), self.running_var.clone()
        if self.training:
            mean, variance = inputs.mean(dim=0), inputs.var(dim=0, correction=0)
        if len(inputs) > 1:
            with torch.no_grad():
                self.running_mean.mul_(1 - self.momentum).add_(self.momentum * inputs.mean(dim=0))
                self.running_var.mul_(1 - self.momentum).add_(self.momentum * inputs.var(dim=0))
        return (inputs - mean) / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% exercise="batch-norm" kind="mistake" name="momentum-turned" says="the share of the new batch here"
class BatchNorm(nn.Module):
    def __init__(self, width, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.register_buffer("running_mean", torch.zeros(width))
        self.register_buffer("running_var", torch.ones(width))

    def forward(self, inputs):
        mean, variance = self.running_mean, self.running_var
        if self.training:
            if len(inputs) < 2:
                raise ValueError("one row")
            mean, variance = inputs.mean(dim=0), inputs.var(dim=0, correction=0)
            with torch.no_grad():
                self.running_mean.mul_(self.momentum).add_((1 - self.momentum) * mean)
                self.running_var.mul_(self.momentum).add_((1 - self.momentum) * inputs.var(dim=0))
        return (inputs - mean) / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% exercise="batch-norm" kind="mistake" name="biased-running" says="takes the unbiased variance"
class BatchNorm(nn.Module):
    def __init__(self, width, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.register_buffer("running_mean", torch.zeros(width))
        self.register_buffer("running_var", torch.ones(width))

    def forward(self, inputs):
        mean, variance = self.running_mean, self.running_var
        if self.training:
            if len(inputs) < 2:
                raise ValueError("one row")
            mean, variance = inputs.mean(dim=0), inputs.var(dim=0, correction=0)
            with torch.no_grad():
                self.running_mean.mul_(1 - self.momentum).add_(self.momentum * mean)
                self.running_var.mul_(1 - self.momentum).add_(self.momentum * variance)
        return (inputs - mean) / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% exercise="batch-norm" kind="mistake" name="unbiased-batch" says="normalised by the unbiased variance"
class BatchNorm(nn.Module):
    def __init__(self, width, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.register_buffer("running_mean", torch.zeros(width))
        self.register_buffer("running_var", torch.ones(width))

    def forward(self, inputs):
        mean, variance = self.running_mean, self.running_var
        if self.training:
            if len(inputs) < 2:
                raise ValueError("one row")
            mean, variance = inputs.mean(dim=0), inputs.var(dim=0)
            with torch.no_grad():
                self.running_mean.mul_(1 - self.momentum).add_(self.momentum * mean)
                self.running_var.mul_(1 - self.momentum).add_(self.momentum * variance)
        return (inputs - mean) / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% exercise="batch-norm" kind="mistake" name="eps-outside" says="eps belongs under the root"
class BatchNorm(nn.Module):
    def __init__(self, width, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.register_buffer("running_mean", torch.zeros(width))
        self.register_buffer("running_var", torch.ones(width))

    def forward(self, inputs):
        mean, variance = self.running_mean, self.running_var
        if self.training:
            if len(inputs) < 2:
                raise ValueError("one row")
            mean, variance = inputs.mean(dim=0), inputs.var(dim=0, correction=0)
            with torch.no_grad():
                self.running_mean.mul_(1 - self.momentum).add_(self.momentum * mean)
                self.running_var.mul_(1 - self.momentum).add_(self.momentum * inputs.var(dim=0))
        return (inputs - mean) / (torch.sqrt(variance) + self.eps) * self.weight + self.bias


# %% exercise="batch-norm" kind="mistake" name="no-buffers" says="a saved state forgets them"
class BatchNorm(nn.Module):
    def __init__(self, width, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.running_mean = torch.zeros(width)
        self.running_var = torch.ones(width)

    def forward(self, inputs):
        mean, variance = self.running_mean, self.running_var
        if self.training:
            if len(inputs) < 2:
                raise ValueError("one row")
            mean, variance = inputs.mean(dim=0), inputs.var(dim=0, correction=0)
            with torch.no_grad():
                self.running_mean.mul_(1 - self.momentum).add_(self.momentum * mean)
                self.running_var.mul_(1 - self.momentum).add_(self.momentum * inputs.var(dim=0))
        return (inputs - mean) / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% exercise="batch-norm" kind="mistake" name="running-as-parameters" says="a running value is not trained"
class BatchNorm(nn.Module):
    def __init__(self, width, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.running_mean = nn.Parameter(torch.zeros(width))
        self.running_var = nn.Parameter(torch.ones(width))

    def forward(self, inputs):
        mean, variance = self.running_mean, self.running_var
        if self.training:
            if len(inputs) < 2:
                raise ValueError("one row")
            mean, variance = inputs.mean(dim=0), inputs.var(dim=0, correction=0)
            with torch.no_grad():
                self.running_mean.mul_(1 - self.momentum).add_(self.momentum * mean)
                self.running_var.mul_(1 - self.momentum).add_(self.momentum * inputs.var(dim=0))
        return (inputs - mean) / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% exercise="batch-norm" kind="mistake" name="constant-statistics" says="mean and variance depend on them, too"
class BatchNorm(nn.Module):
    def __init__(self, width, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.register_buffer("running_mean", torch.zeros(width))
        self.register_buffer("running_var", torch.ones(width))

    def forward(self, inputs):
        mean, variance = self.running_mean, self.running_var
        if self.training:
            if len(inputs) < 2:
                raise ValueError("one row")
            with torch.no_grad():
                mean, variance = inputs.mean(dim=0), inputs.var(dim=0, correction=0)
                self.running_mean.mul_(1 - self.momentum).add_(self.momentum * mean)
                self.running_var.mul_(1 - self.momentum).add_(self.momentum * inputs.var(dim=0))
        return (inputs - mean) / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% exercise="batch-norm" kind="mistake" name="graph-kept" says="every batch of the training stays in memory"
class BatchNorm(nn.Module):
    def __init__(self, width, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.register_buffer("running_mean", torch.zeros(width))
        self.register_buffer("running_var", torch.ones(width))

    def forward(self, inputs):
        mean, variance = self.running_mean, self.running_var
        if self.training:
            if len(inputs) < 2:
                raise ValueError("one row")
            mean, variance = inputs.mean(dim=0), inputs.var(dim=0, correction=0)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * inputs.var(dim=0)
        return (inputs - mean) / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% exercise="batch-norm" kind="mistake" name="wrong-axis" says="one mean for each column"
class BatchNorm(nn.Module):
    def __init__(self, width, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.register_buffer("running_mean", torch.zeros(width))
        self.register_buffer("running_var", torch.ones(width))

    def forward(self, inputs):
        if not self.training:
            return (inputs - self.running_mean.mean()) * self.weight + self.bias
        if len(inputs) < 2:
            raise ValueError("one row")
        mean, variance = inputs.mean(dim=1, keepdim=True), inputs.var(dim=1, correction=0, keepdim=True)
        with torch.no_grad():
            self.running_mean = (1 - self.momentum) * self.running_mean.mean() + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var.mean() + self.momentum * variance
        return (inputs - mean) / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% exercise="batch-norm" kind="mistake" name="one-row-never" says="refused in evaluation, too"
class BatchNorm(nn.Module):
    def __init__(self, width, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.register_buffer("running_mean", torch.zeros(width))
        self.register_buffer("running_var", torch.ones(width))

    def forward(self, inputs):
        if len(inputs) == 1:
            raise ValueError
        if self.training:
            m, v = inputs.mean(0), inputs.var(0, unbiased=False)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * m.detach()
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * inputs.var(0).detach()
        else:
            m, v = self.running_mean, self.running_var
        return self.weight * (inputs - m) / (v + self.eps) ** 0.5 + self.bias


# %% exercise="batch-norm" kind="mistake" name="running-in-training" says="training normalises by the running values"
class BatchNorm(nn.Module):
    def __init__(self, width, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.register_buffer("running_mean", torch.zeros(width))
        self.register_buffer("running_var", torch.ones(width))

    def forward(self, inputs):
        if self.training:
            if inputs.shape[0] == 1:
                raise ValueError("one")
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * inputs.mean(0).detach()
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * inputs.var(0).detach()
        return self.weight * (inputs - self.running_mean) / (self.running_var + self.eps) ** 0.5 + self.bias


# %% exercise="batch-norm" kind="mistake" name="no-affine" says="weight and bias are not applied"
class BatchNorm(torch.nn.Module):
    def __init__(self, width, eps=1e-5, momentum=0.1):
        super().__init__()
        self.register_buffer("running_mean", torch.zeros(width))
        self.register_buffer("running_var", torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.weight = nn.Parameter(torch.ones(width))
        self.eps, self.momentum = eps, momentum

    def forward(self, inputs):
        mean, var = self.running_mean, self.running_var
        if self.training:
            if len(inputs) < 2:
                raise ValueError
            mean, var = inputs.mean(0), inputs.var(0, correction=0)
            with torch.no_grad():
                self.running_mean += self.momentum * (mean - self.running_mean)
                self.running_var += self.momentum * (inputs.var(0) - self.running_var)
        return (inputs - mean) / torch.sqrt(var + self.eps)


# %% exercise="batch-norm" kind="mistake" name="one-row-passes" says="a batch of one row in training"
class BatchNorm(nn.Module):
    def __init__(self, width, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.register_buffer("running_mean", torch.zeros(width))
        self.register_buffer("running_var", torch.ones(width))

    def forward(self, inputs):
        mean, variance = self.running_mean, self.running_var
        if self.training:
            mean, variance = inputs.mean(dim=0), inputs.var(dim=0, correction=0)
            with torch.no_grad():
                self.running_mean.mul_(1 - self.momentum).add_(self.momentum * mean)
                self.running_var.mul_(1 - self.momentum).add_(
                    self.momentum * variance * len(inputs) / max(len(inputs) - 1, 1)
                )
        return (inputs - mean) / torch.sqrt(variance + self.eps) * self.weight + self.bias


# %% exercise="batch-norm" kind="equivalent" mutant="+ self.register_buffer('running_var', torch.ones(width)) | - self.register_buffer('running_var', torch.ones(width))" reason="the order in which buffers are made"

# %% exercise="batch-norm" kind="equivalent" mutant="+ self.running_var.mul_(1 - self.momentum).add_(self.momentum * inputs.var(dim=0)) | - self.running_var.mul_(1 - self.momentum).add_(self.momentum * inputs.var(dim=0))" reason="the two running values do not depend on each other"


# %% [markdown]
# ## residual-block


# %% exercise="residual-block" kind="alternative" name="sequential"
class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1 = nn.BatchNorm1d(width)
        self.linear1 = nn.Linear(width, width)
        self.norm2 = nn.BatchNorm1d(width)
        self.linear2 = nn.Linear(width, width)
        with torch.no_grad():
            for parameter in self.linear2.parameters():
                parameter.zero_()

    def forward(self, x):
        f = x
        for norm, linear in ((self.norm1, self.linear1), (self.norm2, self.linear2)):
            f = linear(norm(f).clamp(min=0))
        return f + x


# %% exercise="residual-block" kind="alternative" name="functional-in-place-on-own"
class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.norm2 = (nn.BatchNorm1d(width) for _ in range(2))
        self.linear1, self.linear2 = (nn.Linear(width, width) for _ in range(2))
        nn.init.constant_(self.linear2.weight, 0.0)
        nn.init.constant_(self.linear2.bias, 0.0)

    def forward(self, x):
        return torch.add(x, self.linear2(nn.functional.relu(self.norm2(self.linear1(torch.relu_(self.norm1(x)))))))


# %% exercise="residual-block" kind="alternative" name="own-batch-norm-in-a-loop"
class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        for k in (1, 2):
            setattr(self, f"norm{k}", BatchNorm(width))
            setattr(self, f"linear{k}", nn.Linear(width, width))
        with torch.no_grad():
            self.linear2.weight.fill_(0.0)
            self.linear2.bias *= 0

    def forward(self, x):
        h = x
        for norm, linear in ((self.norm1, self.linear1), (self.norm2, self.linear2)):
            h = linear(norm(h).clamp(min=0))
        return h + x


# %% exercise="residual-block" kind="mistake" name="normed-shortcut" says="normalised on the shortcut, too"
class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.linear1 = nn.BatchNorm1d(width), nn.Linear(width, width)
        self.norm2, self.linear2 = nn.BatchNorm1d(width), nn.Linear(width, width)
        nn.init.zeros_(self.linear2.weight)
        nn.init.zeros_(self.linear2.bias)

    def forward(self, x):
        x = self.norm1(x)
        h = self.linear1(torch.relu(x))
        h = self.linear2(torch.relu(self.norm2(h)))
        return x + h


# %% exercise="residual-block" kind="mistake" name="in-place-relu-on-normed" says="what norm1 and an in-place ReLU made of x"
class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.linear1 = nn.BatchNorm1d(width), nn.Linear(width, width)
        self.norm2, self.linear2 = nn.BatchNorm1d(width), nn.Linear(width, width)
        nn.init.zeros_(self.linear2.weight)
        nn.init.zeros_(self.linear2.bias)

    def forward(self, x):
        x = self.norm1(x)
        h = self.linear1(torch.relu_(x))
        h = self.linear2(torch.relu(self.norm2(h)))
        return x + h


# %% exercise="residual-block" kind="mistake" name="relu-on-shortcut" says="went through a ReLU on the way"
class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.linear1 = nn.BatchNorm1d(width), nn.Linear(width, width)
        self.norm2, self.linear2 = nn.BatchNorm1d(width), nn.Linear(width, width)
        nn.init.zeros_(self.linear2.weight)
        nn.init.zeros_(self.linear2.bias)

    def forward(self, x):
        h = self.linear1(torch.relu(self.norm1(x)))
        h = self.linear2(torch.relu(self.norm2(h)))
        return torch.relu(x) + h


# %% exercise="residual-block" kind="mistake" name="relu-after-sum" says="a ReLU comes after the sum"
class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.linear1 = nn.BatchNorm1d(width), nn.Linear(width, width)
        self.norm2, self.linear2 = nn.BatchNorm1d(width), nn.Linear(width, width)
        nn.init.zeros_(self.linear2.weight)
        nn.init.zeros_(self.linear2.bias)

    def forward(self, x):
        h = self.linear1(torch.relu(self.norm1(x)))
        h = self.linear2(torch.relu(self.norm2(h)))
        return torch.relu(x + h)


# %% exercise="residual-block" kind="mistake" name="one-norm" says="norm1 is used twice"
class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.linear1 = nn.BatchNorm1d(width), nn.Linear(width, width)
        self.norm2, self.linear2 = nn.BatchNorm1d(width), nn.Linear(width, width)
        nn.init.zeros_(self.linear2.weight)
        nn.init.zeros_(self.linear2.bias)

    def forward(self, x):
        h = self.linear1(torch.relu(self.norm1(x)))
        h = self.linear2(torch.relu(self.norm1(h)))
        return x + h


# %% exercise="residual-block" kind="mistake" name="no-shortcut" says="the shortcut is missing"
class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.linear1 = nn.BatchNorm1d(width), nn.Linear(width, width)
        self.norm2, self.linear2 = nn.BatchNorm1d(width), nn.Linear(width, width)
        nn.init.zeros_(self.linear2.weight)
        nn.init.zeros_(self.linear2.bias)

    def forward(self, x):
        h = self.linear1(torch.relu(self.norm1(x)))
        return self.linear2(torch.relu(self.norm2(h)))


# %% exercise="residual-block" kind="mistake" name="not-the-identity" says="is not the identity"
class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.linear1 = nn.BatchNorm1d(width), nn.Linear(width, width)
        self.norm2, self.linear2 = nn.BatchNorm1d(width), nn.Linear(width, width)

    def forward(self, x):
        h = self.linear1(torch.relu(self.norm1(x)))
        h = self.linear2(torch.relu(self.norm2(h)))
        return x + h


# %% exercise="residual-block" kind="mistake" name="both-zero" says="with both at zero nothing ever learns"
class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.linear1 = nn.BatchNorm1d(width), nn.Linear(width, width)
        self.norm2, self.linear2 = nn.BatchNorm1d(width), nn.Linear(width, width)
        for linear in (self.linear1, self.linear2):
            nn.init.zeros_(linear.weight)
            nn.init.zeros_(linear.bias)

    def forward(self, x):
        h = self.linear1(torch.relu(self.norm1(x)))
        h = self.linear2(torch.relu(self.norm2(h)))
        return x + h


# %% exercise="residual-block" kind="mistake" name="same-norm" says="one and the same layer under two names"
class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1 = self.norm2 = nn.BatchNorm1d(width)
        self.linear1, self.linear2 = nn.Linear(width, width), nn.Linear(width, width)
        nn.init.zeros_(self.linear2.weight)
        nn.init.zeros_(self.linear2.bias)

    def forward(self, x):
        return x + self.linear2(torch.relu(self.norm2(self.linear1(torch.relu(self.norm1(x))))))


# %% exercise="residual-block" kind="mistake" name="norm-at-zero" says="linear2 alone starts at zero"
class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.linear1 = nn.BatchNorm1d(width), nn.Linear(width, width)
        self.norm2, self.linear2 = nn.BatchNorm1d(width), nn.Linear(width, width)
        for p in self.norm2.parameters():
            nn.init.zeros_(p)
        nn.init.zeros_(self.linear2.weight)
        nn.init.zeros_(self.linear2.bias)

    def forward(self, x):
        return x + self.linear2(torch.relu(self.norm2(self.linear1(torch.relu(self.norm1(x))))))


# %% exercise="residual-block" kind="mistake" name="he-in-linear1" says="linear1 does not start as PyTorch starts it"
class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.linear1 = nn.BatchNorm1d(width), nn.Linear(width, width, bias=True)
        self.norm2, self.linear2 = nn.BatchNorm1d(width), nn.Linear(width, width)
        nn.init.kaiming_normal_(self.linear1.weight)
        nn.init.zeros_(self.linear1.bias)
        nn.init.zeros_(self.linear2.weight)
        nn.init.zeros_(self.linear2.bias)

    def forward(self, x):
        return x + self.linear2(torch.relu(self.norm2(self.linear1(torch.relu(self.norm1(x))))))


# %% exercise="residual-block" kind="mistake" name="frozen" says="it is frozen or cut off"
class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.linear1 = nn.BatchNorm1d(width), nn.Linear(width, width, bias=True)
        self.norm2, self.linear2 = nn.BatchNorm1d(width), nn.Linear(width, width)
        self.linear2.requires_grad_(False).weight.zero_()
        self.linear2.bias.zero_()

    def forward(self, x):
        return x + self.linear2(torch.relu(self.norm2(self.linear1(torch.relu(self.norm1(x))))))


# %% exercise="residual-block" kind="mistake" name="post-activation" says="f in the card's order"
class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.linear1 = nn.BatchNorm1d(width), nn.Linear(width, width)
        self.norm2, self.linear2 = nn.BatchNorm1d(width), nn.Linear(width, width)
        nn.init.zeros_(self.linear2.weight)
        nn.init.zeros_(self.linear2.bias)

    def forward(self, x):
        h = torch.relu(self.norm1(self.linear1(x)))
        return x + self.norm2(self.linear2(h))


# %% exercise="residual-block" kind="mistake" name="adds-in-place" says="x was changed in place"
class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.linear1 = nn.BatchNorm1d(width), nn.Linear(width, width)
        self.norm2, self.linear2 = nn.BatchNorm1d(width), nn.Linear(width, width)
        nn.init.uniform_(self.linear2.weight)
        nn.init.zeros_(self.linear2.bias)

    def forward(self, x):
        h = self.linear1(torch.relu(self.norm1(x)))
        x += self.linear2(torch.relu(self.norm2(h)))
        return x


# %% exercise="residual-block" kind="equivalent" mutant="+ nn.init.zeros_(self.linear2.bias) | - nn.init.zeros_(self.linear2.bias)" reason="weight and bias are set to zero in another order"


# %% [markdown]
# ## signal-report


# %% exercise="signal-report" kind="alternative" name="saved-and-restored"
def signal_report(net, x, y):
    was, state = [m.training for m in net.modules()], {k: v.clone() for k, v in net.state_dict().items()}
    old = [p.grad for p in net.parameters()]
    net.train()
    outputs, handles = {}, []
    for name, module in net.named_modules():
        if type(module) is nn.Linear:

            def listen(module, inputs, output, name=name):
                outputs[name] = output.detach()

            handles.append(module.register_forward_hook(listen))
    loss = nn.functional.cross_entropy(net(x), y)
    linears = {name: module for name, module in net.named_modules() if type(module) is nn.Linear}
    slopes = torch.autograd.grad(loss, [m.weight for m in linears.values()])
    for handle in handles:
        handle.remove()
    net.load_state_dict(state)
    for module, mode in zip(net.modules(), was):
        module.training = mode
    for p, g in zip(net.parameters(), old):
        p.grad = g
    return [
        (name, float(np.std(outputs[name].numpy())), float((g**2).sum().sqrt())) for name, g in zip(linears, slopes)
    ]


# %% exercise="signal-report" kind="alternative" name="retained-outputs-of-a-copy"
def signal_report(net, x, y):
    import copy

    twin = copy.deepcopy(net)
    twin.train(True)
    for p in twin.parameters():
        p.grad = None
    seen = []
    named = dict(twin.named_modules())
    names = {module: name for name, module in named.items()}
    for module in named.values():
        if isinstance(module, nn.Linear):
            module.register_forward_hook(lambda m, _, out: seen.append((names[m], m, out)))
    log_p = torch.log_softmax(twin(x), dim=1)
    (-log_p[torch.arange(len(y)), y].mean()).backward()
    found = {
        name: (name, float(((out - out.mean()) ** 2).mean() ** 0.5), float(torch.linalg.norm(m.weight.grad)))
        for name, m, out in seen
    }
    return [found[name] for name in named if name in found]


# %% exercise="signal-report" kind="mistake" name="last-name" says="the hook sees the loop's last name"
def signal_report(net, x, y):
    import copy

    copied = copy.deepcopy(net).train()
    layers = [(name, module) for name, module in copied.named_modules() if isinstance(module, nn.Linear)]
    stds = {}
    for place, (name, _) in enumerate(layers):
        source = layers[0][1]
        source.register_forward_hook(
            lambda module, inputs, output, name=name: stds.update({name: output.std(correction=0).item()})
        )
    nn.functional.cross_entropy(copied(x), y).backward()
    return [(name, stds[name], module.weight.grad.norm().item()) for name, module in layers]


# %% exercise="signal-report" kind="mistake" name="count-minus-one" says="divided by count − 1"
def signal_report(net, x, y):
    import copy

    copied = copy.deepcopy(net).train()
    layers = [(name, module) for name, module in copied.named_modules() if isinstance(module, nn.Linear)]
    stds = {}
    for name, module in layers:
        module.register_forward_hook(lambda module, inputs, output, name=name: stds.update({name: output.std().item()}))
    nn.functional.cross_entropy(copied(x), y).backward()
    return [(name, stds[name], module.weight.grad.norm().item()) for name, module in layers]


# %% exercise="signal-report" kind="mistake" name="after-relu" says="the numbers are taken after the ReLU"
def signal_report(net, x, y):
    import copy

    copied = copy.deepcopy(net).train()
    layers = [(name, module) for name, module in copied.named_modules() if isinstance(module, nn.Linear)]
    stds = {}
    for name, module in layers:
        module.register_forward_hook(
            lambda module, inputs, output, name=name: stds.update({name: torch.relu(output).std(correction=0).item()})
        )
    nn.functional.cross_entropy(copied(x), y).backward()
    return [(name, stds[name], module.weight.grad.norm().item()) for name, module in layers]


# %% exercise="signal-report" kind="mistake" name="tensors" says=".item() makes it a Python float"
def signal_report(net, x, y):
    import copy

    net, stds = copy.deepcopy(net).train(), {}
    for name, module in net.named_modules():
        module.register_forward_hook(lambda module, i, o, name=name: stds.update({name: o.std(correction=0)}))
    nn.functional.cross_entropy(net(x), y).backward()
    return [(n, stds[n], m.weight.grad.norm()) for n, m in net.named_modules() if isinstance(m, nn.Linear)]


# %% exercise="signal-report" kind="mistake" name="softmax-twice" says="softmax is taken twice"
def signal_report(net, x, y):
    import copy

    net, stds = copy.deepcopy(net).train(), {}
    for name, module in net.named_modules():
        module.register_forward_hook(lambda module, i, o, name=name: stds.update({name: o.std(correction=0).item()}))
    nn.functional.cross_entropy(torch.softmax(net(x), 1), y).backward()
    return [(n, stds[n], m.weight.grad.norm().item()) for n, m in net.named_modules() if isinstance(m, nn.Linear)]


# %% exercise="signal-report" kind="mistake" name="inputs" says="layers' inputs; asked are the outputs"
def signal_report(net, x, y):
    import copy

    net, stds = copy.deepcopy(net).train(), {}
    for name, module in net.named_modules():
        module.register_forward_hook(lambda module, i, o, name=name: stds.update({name: i[0].std(correction=0).item()}))
    nn.functional.cross_entropy(net(x), y).backward()
    return [(n, stds[n], m.weight.grad.norm().item()) for n, m in net.named_modules() if isinstance(m, nn.Linear)]


# %% exercise="signal-report" kind="mistake" name="per-unit" says="a mean of the units' deviations"
def signal_report(net, x, y):
    import copy

    copied = copy.deepcopy(net).train()
    layers = [(name, module) for name, module in copied.named_modules() if isinstance(module, nn.Linear)]
    stds = {}
    for name, module in layers:
        module.register_forward_hook(
            lambda module, inputs, output, name=name: stds.update({name: output.std(dim=0, correction=0).mean().item()})
        )
    nn.functional.cross_entropy(copied(x), y).backward()
    return [(name, stds[name], module.weight.grad.norm().item()) for name, module in layers]


# %% exercise="signal-report" kind="mistake" name="evaluation-mode" says="measured in evaluation mode"
def signal_report(net, x, y):
    import copy

    copied = copy.deepcopy(net).eval()
    layers = [(name, module) for name, module in copied.named_modules() if isinstance(module, nn.Linear)]
    stds = {}
    for name, module in layers:
        module.register_forward_hook(
            lambda module, inputs, output, name=name: stds.update({name: output.std(correction=0).item()})
        )
    nn.functional.cross_entropy(copied(x), y).backward()
    return [(name, stds[name], module.weight.grad.norm().item()) for name, module in layers]


# %% exercise="signal-report" kind="mistake" name="weight-and-bias" says="weight and bias together"
def signal_report(net, x, y):
    import copy

    copied = copy.deepcopy(net).train()
    layers = [(name, module) for name, module in copied.named_modules() if isinstance(module, nn.Linear)]
    stds = {}
    for name, module in layers:
        module.register_forward_hook(
            lambda module, inputs, output, name=name: stds.update({name: output.std(correction=0).item()})
        )
    nn.functional.cross_entropy(copied(x), y).backward()
    return [
        (name, stds[name], torch.cat([p.grad.flatten() for p in module.parameters()]).norm().item())
        for name, module in layers
    ]


# %% exercise="signal-report" kind="mistake" name="old-gradients" says="the old gradients are still in it"
def signal_report(net, x, y):
    was, state = net.training, {k: v.clone() for k, v in net.state_dict().items()}
    old = [None if p.grad is None else p.grad.clone() for p in net.parameters()]
    net.train()
    layers = [(name, module) for name, module in net.named_modules() if isinstance(module, nn.Linear)]
    stds, handles = {}, []
    for name, module in layers:
        handles.append(
            module.register_forward_hook(
                lambda module, inputs, output, name=name: stds.update({name: output.std(correction=0).item()})
            )
        )
    nn.functional.cross_entropy(net(x), y).backward()
    for handle in handles:
        handle.remove()
    out = [(name, stds[name], module.weight.grad.norm().item()) for name, module in layers]
    for p, g in zip(net.parameters(), old):
        p.grad = g
    net.load_state_dict(state)
    net.train(was)
    return out


# %% exercise="signal-report" kind="mistake" name="summed-loss" says="the loss is summed over the rows"
def signal_report(net, x, y):
    import copy

    copied = copy.deepcopy(net).train()
    layers = [(name, module) for name, module in copied.named_modules() if isinstance(module, nn.Linear)]
    stds = {}
    for name, module in layers:
        module.register_forward_hook(
            lambda module, inputs, output, name=name: stds.update({name: output.std(correction=0).item()})
        )
    nn.functional.cross_entropy(copied(x), y, reduction="sum").backward()
    return [(name, stds[name], module.weight.grad.norm().item()) for name, module in layers]


# %% exercise="signal-report" kind="mistake" name="hooks-left" says="a hook is left in the net"
def signal_report(net, x, y):
    import copy

    layers = [(name, module) for name, module in net.named_modules() if isinstance(module, nn.Linear)]
    stds = {}
    for name, module in layers:
        module.register_forward_hook(
            lambda module, inputs, output, name=name: stds.update({name: output.std(correction=0).item()})
        )
    copied = copy.deepcopy(net).train()
    nn.functional.cross_entropy(copied(x), y).backward()
    return [
        (name, stds[name], module.weight.grad.norm().item())
        for name, module in copied.named_modules()
        if isinstance(module, nn.Linear)
    ]


# %% exercise="signal-report" kind="mistake" name="statistics-moved" says="has moved its running statistics"
def signal_report(net, x, y):
    was, old = net.training, [p.grad for p in net.parameters()]
    net.train()
    net.zero_grad()
    layers = [(name, module) for name, module in net.named_modules() if isinstance(module, nn.Linear)]
    stds, handles = {}, []
    for name, module in layers:
        handles.append(
            module.register_forward_hook(
                lambda module, inputs, output, name=name: stds.update({name: output.std(correction=0).item()})
            )
        )
    nn.functional.cross_entropy(net(x), y).backward()
    for handle in handles:
        handle.remove()
    out = [(name, stds[name], module.weight.grad.norm().item()) for name, module in layers]
    for p, g in zip(net.parameters(), old):
        p.grad = g
    net.train(was)
    return out


# %% exercise="signal-report" kind="mistake" name="gradients-gone" says="are not those it had before"
def signal_report(net, x, y):
    import copy

    copied = copy.deepcopy(net).train()
    net.zero_grad()
    layers = [(name, module) for name, module in copied.named_modules() if isinstance(module, nn.Linear)]
    stds = {}
    for name, module in layers:
        module.register_forward_hook(
            lambda module, inputs, output, name=name: stds.update({name: output.std(correction=0).item()})
        )
    nn.functional.cross_entropy(copied(x), y).backward()
    return [(name, stds[name], module.weight.grad.norm().item()) for name, module in layers]


# %% exercise="signal-report" kind="mistake" name="mode-switched" says="is left in another mode"
def signal_report(net, x, y):
    import copy

    copied = copy.deepcopy(net.train())
    layers = [(name, module) for name, module in copied.named_modules() if isinstance(module, nn.Linear)]
    stds = {}
    for name, module in layers:
        module.register_forward_hook(
            lambda module, inputs, output, name=name: stds.update({name: output.std(correction=0).item()})
        )
    nn.functional.cross_entropy(copied(x), y).backward()
    return [(name, stds[name], module.weight.grad.norm().item()) for name, module in layers]


# %% exercise="signal-report" kind="mistake" name="order-of-use" says="in the net's order"
def signal_report(net, x, y):
    import copy

    copied = copy.deepcopy(net).train()
    seen = []
    for name, module in copied.named_modules():
        if isinstance(module, nn.Linear):
            module.register_forward_hook(
                lambda module, inputs, output, name=name: seen.append((name, output.std(correction=0).item(), module))
            )
    nn.functional.cross_entropy(copied(x), y).backward()
    return [(name, std, module.weight.grad.norm().item()) for name, std, module in seen]

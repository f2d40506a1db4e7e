# %% [markdown]
# # Answers to "Video": correct alternatives, and mistakes that people make
#
# Never released.


# %% exercise="background-step" kind="alternative" name="two-cases"
def background_step(mean, var, frame, k=4.0, rate=0.02, slow=0.001, floor=4.0):
    frame = frame.astype(float)
    limit = k * np.sqrt(np.clip(var, floor, None))
    mask = np.logical_or(frame > mean + limit, frame < mean - limit)
    new_mean, new_var = mean.astype(float), var.astype(float)
    for where, alpha in ((mask, slow), (~mask, rate)):
        d = frame[where] - mean[where]
        new_mean[where] = (1 - alpha) * mean[where] + alpha * frame[where]
        new_var[where] = (1 - alpha) * var[where] + alpha * (1 - alpha) * d**2
    return mask, new_mean, new_var


# %% exercise="background-step" kind="alternative" name="pixel-by-pixel"
def background_step(mean, var, frame, k=4.0, rate=0.02, slow=0.001, floor=4.0):
    mask, means, variances = [], [], []
    for m, v, f in zip(np.ravel(mean).tolist(), np.ravel(var).tolist(), np.ravel(frame).tolist(), strict=True):
        out = abs(f - m) > k * max(v, floor) ** 0.5
        a = slow if out else rate
        mask.append(out)
        means.append(m + a * (f - m))
        variances.append((1 - a) * (v + a * (f - m) ** 2))
    shape = np.shape(frame)
    return np.reshape(mask, shape), np.reshape(means, shape), np.reshape(variances, shape)


# %% exercise="background-step" kind="mistake" name="uint8-wraps" says="wraps round in uint8"
def background_step(mean, var, frame, k=4.0, rate=0.02, slow=0.001, floor=4.0):
    far = (frame.astype(np.uint8) - mean.astype(np.uint8)).astype(float)
    mask = far**2 > k**2 * np.maximum(var, floor)
    d = frame - mean
    a = np.where(mask, slow, rate)
    return mask, mean + a * d, (1 - a) * (var + a * d * d)


# %% exercise="background-step" kind="mistake" name="bright-only" says="only pixels brighter than the mean"
def background_step(mean, var, frame, k=4.0, rate=0.02, slow=0.001, floor=4.0):
    d = frame.astype(float) - mean
    mask = d > k * np.sqrt(np.maximum(var, floor))
    a = np.where(mask, slow, rate)
    return mask, mean + a * d, (1 - a) * (var + a * d * d)


# %% exercise="background-step" kind="mistake" name="k-variances" says="compared with k variances"
def background_step(mean, var, frame, k=4.0, rate=0.02, slow=0.001, floor=4.0):
    d = frame.astype(float) - mean
    mask = np.abs(d) > k * np.maximum(var, floor)
    a = np.where(mask, slow, rate)
    return mask, mean + a * d, (1 - a) * (var + a * d * d)


# %% exercise="background-step" kind="mistake" name="no-floor" says="the floor is ignored"
def background_step(mean, var, frame, k=4.0, rate=0.02, slow=0.001, floor=4.0):
    d = frame.astype(float) - mean
    mask = np.abs(d) > k * np.sqrt(var)
    a = np.where(mask, slow, rate)
    return mask, mean + a * d, (1 - a) * (var + a * d * d)


# %% exercise="background-step" kind="mistake" name="floor-kept" says="the floor is written into the variance"
def background_step(mean, var, frame, k=4.0, rate=0.02, slow=0.001, floor=4.0):
    d = frame.astype(float) - mean
    var = np.maximum(var, floor)
    mask = np.abs(d) > k * np.sqrt(var)
    a = np.where(mask, slow, rate)
    return mask, mean + a * d, (1 - a) * (var + a * d * d)


# %% exercise="background-step" kind="mistake" name="one-rate" says="whoever stands still turns into street"
def background_step(mean, var, frame, k=4.0, rate=0.02, slow=0.001, floor=4.0):
    d = frame.astype(float) - mean
    mask = d * d > k * k * np.maximum(var, floor)
    return mask, mean + rate * d, (1 - rate) * (var + rate * d * d)


# %% exercise="background-step" kind="mistake" name="foreground-frozen" says="foreground pixels learn nothing at all"
def background_step(mean, var, frame, k=4.0, rate=0.02, slow=0.001, floor=4.0):
    d = frame.astype(float) - mean
    mask = d * d > k * k * np.maximum(var, floor)
    a = np.where(mask, 0.0, rate)
    return mask, mean + a * d, (1 - a) * (var + a * d * d)


# %% exercise="background-step" kind="mistake" name="weights-swapped" says="the mean jumps to the newest frame"
def background_step(mean, var, frame, k=4.0, rate=0.02, slow=0.001, floor=4.0):
    d = frame.astype(float) - mean
    mask = d * d > k * k * np.maximum(var, floor)
    a = np.where(mask, slow, rate)
    return mask, a * mean + (1 - a) * frame, (1 - a) * (var + a * d * d)


# %% exercise="background-step" kind="mistake" name="variance-from-new-mean" says="the variance uses the new mean"
def background_step(mean, var, frame, k=4.0, rate=0.02, slow=0.001, floor=4.0):
    d = frame.astype(float) - mean
    mask = d * d > k * k * np.maximum(var, floor)
    a = np.where(mask, slow, rate)
    mean = mean + a * d
    d = frame - mean
    return mask, mean, (1 - a) * (var + a * d * d)


# %% exercise="background-step" kind="mistake" name="in-place" says="the function writes into its arguments"
def background_step(mean, var, frame, k=4.0, rate=0.02, slow=0.001, floor=4.0):
    d = frame.astype(float) - mean
    mask = d * d > k * k * np.maximum(var, floor)
    a = np.where(mask, slow, rate)
    mean += a * d
    var[:] = (1 - a) * (var + a * d * d)
    return mask, mean, var


# %% exercise="background-step" kind="mistake" name="mask-inverted" says="the mask is the wrong way round"
def background_step(mean, var, frame, k=4.0, rate=0.02, slow=0.001, floor=4.0):
    d = frame.astype(float) - mean
    street = d * d <= k * k * np.maximum(var, floor)
    a = np.where(street, rate, slow)
    return street, mean + a * d, (1 - a) * (var + a * d * d)


# %% exercise="background-step" kind="mistake" name="mask-of-255" says="holds more than True and False"
def background_step(mean, var, frame, k=4.0, rate=0.02, slow=0.001, floor=4.0):
    d = frame.astype(float) - mean
    mask = np.abs(d) > k * np.sqrt(np.maximum(var, floor))
    a = np.where(mask, slow, rate)
    return (mask * 255).astype(np.uint8), mean + a * d, (1 - a) * (var + a * d * d)


# %% exercise="background-step" kind="mistake" name="floor-of-the-deviation" says="compared with the standard deviation: it is a floor"
def background_step(mean, var, frame, k=4.0, rate=0.02, slow=0.001, floor=4.0):
    d = frame.astype(float) - mean
    mask = np.abs(d) > k * np.maximum(np.sqrt(var), floor)
    a = np.where(mask, slow, rate)
    return mask, mean + a * d, (1 - a) * (var + a * d * d)


# %% exercise="background-step" kind="mistake" name="variance-at-full-rate" says="the variance learns at full rate"
def background_step(mean, var, frame, k=4.0, rate=0.02, slow=0.001, floor=4.0):
    d = frame.astype(float) - mean
    mask = d * d > k * k * np.maximum(var, floor)
    a = np.where(mask, slow, rate)
    return mask, mean + a * d, (1 - rate) * (var + rate * d * d)


# %% exercise="flow-at" kind="alternative" name="opencv-is-not-needed"
def flow_at(before, after, x, y, half=7, steps=10, least=1.0):
    before, after = np.array(before, float), np.array(after, float)
    h, w = before.shape
    if not (half <= x < w - half and half <= y < h - half):
        raise ValueError("window outside")
    cut = np.s_[y - half : y + half + 1, x - half : x + half + 1]
    gx = np.gradient(before, axis=1)[cut]
    gy = np.gradient(before, axis=0)[cut]
    a, b, c = (gx * gx).sum(), (gx * gy).sum(), (gy * gy).sum()
    smaller = (a + c) / 2 - math.sqrt(((a - c) / 2) ** 2 + b * b)
    if smaller < least * gx.size:
        return [math.nan, math.nan]
    dx = dy = 0.0
    for _ in range(steps):
        difference = before[cut] - window(after, x + dx, y + dy, half)
        p, q = (gx * difference).sum(), (gy * difference).sum()
        dx, dy = dx + (c * p - b * q) / (a * c - b * b), dy + (a * q - b * p) / (a * c - b * b)
    return dx, dy


# %% exercise="flow-at" kind="alternative" name="least-squares"
def flow_at(before, after, x, y, half=7, steps=10, least=1.0):
    before = np.asarray(before, dtype=np.float64)
    if min(x, y) - half < 0 or x + half > before.shape[1] - 1 or y + half > before.shape[0] - 1:
        raise ValueError(f"no room for a window of {2 * half + 1} pixels at ({x}, {y})")
    rows, columns = slice(y - half, y + half + 1), slice(x - half, x + half + 1)
    wide = np.pad(before, 1, mode="edge")
    gx = ((wide[1:-1, 2:] - wide[1:-1, :-2]) / 2)[rows, columns].ravel()
    gy = ((wide[2:, 1:-1] - wide[:-2, 1:-1]) / 2)[rows, columns].ravel()
    A = np.column_stack([gx, gy])
    if np.linalg.svd(A, compute_uv=False)[-1] ** 2 / len(A) < least:
        return np.full(2, np.nan)
    at = np.array([x, y], float)
    for _ in range(steps):
        error = before[rows, columns].ravel() - window(after, *at, half).ravel()
        at += np.linalg.lstsq(A, error, rcond=None)[0]
    return at - (x, y)


# %% exercise="flow-at" kind="mistake" name="x-y-swapped" says="dx and dy have changed places"
def flow_at(before, after, x, y, half=7, steps=10, least=1.0):
    height, width = np.shape(before)
    if x < half or y < half or x + half >= width or y + half >= height:
        raise ValueError("beyond the frame")
    gx, gy = np.gradient(np.asarray(before, np.float32))
    gradient = np.stack([window(gx, x, y, half).ravel(), window(gy, x, y, half).ravel()]).astype(float)
    G = gradient @ gradient.T
    if np.linalg.eigvalsh(G)[0] / gradient.shape[1] < least:
        return np.array([np.nan, np.nan])
    first = window(before, x, y, half).ravel()
    d = np.zeros(2)
    for _ in range(steps):
        now = window(after, x + d[1], y + d[0], half).ravel()
        d += np.linalg.solve(G, gradient @ (first - now))
    return d


# %% exercise="flow-at" kind="mistake" name="way-back" says="the sign is turned round"
def flow_at(before, after, x, y, half=7, steps=10, least=1.0):
    height, width = np.shape(before)
    if x < half or y < half or x + half >= width or y + half >= height:
        raise ValueError("beyond the frame")
    gy, gx = np.gradient(np.asarray(before, np.float32))
    gradient = np.stack([window(gx, x, y, half).ravel(), window(gy, x, y, half).ravel()]).astype(float)
    G = gradient @ gradient.T
    if np.linalg.eigvalsh(G)[0] / gradient.shape[1] < least:
        return np.array([np.nan, np.nan])
    first = window(before, x, y, half).ravel()
    d = np.zeros(2)
    for _ in range(steps):
        now = window(after, x - d[0], y - d[1], half).ravel()
        d += np.linalg.solve(G, gradient @ (now - first))
    return d


# %% exercise="flow-at" kind="mistake" name="one-step" says="a large displacement is not reached"
def flow_at(before, after, x, y, half=7, steps=10, least=1.0):
    height, width = np.shape(before)
    if x < half or y < half or x + half >= width or y + half >= height:
        raise ValueError("beyond the frame")
    gy, gx = np.gradient(np.asarray(before, np.float32))
    gradient = np.stack([window(gx, x, y, half).ravel(), window(gy, x, y, half).ravel()]).astype(float)
    G = gradient @ gradient.T
    if np.linalg.eigvalsh(G)[0] / gradient.shape[1] < least:
        return np.array([np.nan, np.nan])
    difference = window(before, x, y, half) - window(after, x, y, half)
    return np.linalg.solve(G, gradient @ difference.ravel())


# %% exercise="flow-at" kind="mistake" name="no-aperture-test" says="a bare wall gets a displacement"
def flow_at(before, after, x, y, half=7, steps=10, least=1.0):
    height, width = np.shape(before)
    if x < half or y < half or x + half >= width or y + half >= height:
        raise ValueError("beyond the frame")
    gy, gx = np.gradient(np.asarray(before, np.float32))
    gradient = np.stack([window(gx, x, y, half).ravel(), window(gy, x, y, half).ravel()]).astype(float)
    first = window(before, x, y, half).ravel()
    d = np.zeros(2)
    for _ in range(steps):
        now = window(after, x + d[0], y + d[1], half).ravel()
        d += np.linalg.pinv(gradient @ gradient.T) @ (gradient @ (first - now))
    return d


# %% exercise="flow-at" kind="mistake" name="determinant" says="stripes get a displacement"
def flow_at(before, after, x, y, half=7, steps=10, least=1.0):
    height, width = np.shape(before)
    if x < half or y < half or x + half >= width or y + half >= height:
        raise ValueError("beyond the frame")
    gy, gx = np.gradient(np.asarray(before, np.float32))
    gradient = np.stack([window(gx, x, y, half).ravel(), window(gy, x, y, half).ravel()]).astype(float)
    G = gradient @ gradient.T
    if np.trace(G) / gradient.shape[1] < least:
        return np.array([np.nan, np.nan])
    first = window(before, x, y, half).ravel()
    d = np.zeros(2)
    for _ in range(steps):
        now = window(after, x + d[0], y + d[1], half).ravel()
        d += np.linalg.solve(G, gradient @ (first - now))
    return d


# %% exercise="flow-at" kind="mistake" name="beyond-the-frame" says="raises no ValueError"
def flow_at(before, after, x, y, half=7, steps=10, least=1.0):
    gy, gx = np.gradient(np.asarray(before, np.float32))
    gradient = np.stack([window(gx, x, y, half).ravel(), window(gy, x, y, half).ravel()]).astype(float)
    G = gradient @ gradient.T
    if np.linalg.eigvalsh(G)[0] / gradient.shape[1] < least:
        return np.array([np.nan, np.nan])
    first = window(before, x, y, half).ravel()
    d = np.zeros(2)
    for _ in range(steps):
        now = window(after, x + d[0], y + d[1], half).ravel()
        d += np.linalg.solve(G, gradient @ (first - now))
    return d


# %% exercise="flow-at" kind="mistake" name="scaled-to-one" says="there is texture here, but the answer is nan"
def flow_at(before, after, x, y, half=7, steps=10, least=1.0):
    height, width = np.shape(before)
    if x < half or y < half or x + half >= width or y + half >= height:
        raise ValueError("beyond the frame")
    gy, gx = np.gradient(np.asarray(before, np.float32) / 255)  # scaled as for a network, the limit is not
    gradient = np.stack([window(gx, x, y, half).ravel(), window(gy, x, y, half).ravel()]).astype(float)
    G = gradient @ gradient.T
    if np.linalg.eigvalsh(G)[0] / gradient.shape[1] < least:
        return np.array([np.nan, np.nan])
    first = window(before, x, y, half).ravel() / 255
    d = np.zeros(2)
    for _ in range(steps):
        now = window(after, x + d[0], y + d[1], half).ravel() / 255
        d += np.linalg.solve(G, gradient @ (first - now))
    return d


# %% exercise="flow-at" kind="mistake" name="differences-not-halved" says="the gradients are twice too large"
def flow_at(before, after, x, y, half=7, steps=10, least=1.0):
    b = np.asarray(before, float)
    H, W = b.shape
    if not (0 <= x - half and x + half < W and 0 <= y - half and y + half < H):
        raise ValueError("beyond")
    gx = cv2.filter2D(b, cv2.CV_64F, np.array([[-1.0, 0, 1]]))
    gy = cv2.filter2D(b, cv2.CV_64F, np.array([[-1.0], [0], [1]]))
    A = np.stack([window(gx, x, y, half).ravel(), window(gy, x, y, half).ravel()], 1).astype(float)
    if np.linalg.eigvalsh(A.T @ A)[0] / len(A) < least:
        return np.array([np.nan] * 2)
    d = np.zeros(2)
    for i in range(steps):
        d += np.linalg.solve(
            A.T @ A, A.T @ (window(before, x, y, half) - window(after, x + d[0], y + d[1], half)).ravel()
        )
    return d


# %% exercise="flow-at" kind="mistake" name="window-left-behind" says="each step makes the same correction"
def flow_at(before, after, x, y, half=7, steps=10, least=1.0):
    b = np.asarray(before, float)
    H, W = b.shape
    if not (0 <= x - half and x + half < W and 0 <= y - half and y + half < H):
        raise ValueError("beyond")
    gy, gx = np.gradient(b)
    A = np.stack([window(gx, x, y, half).ravel(), window(gy, x, y, half).ravel()], 1).astype(float)
    if np.linalg.eigvalsh(A.T @ A)[0] / len(A) < least:
        return np.array([np.nan] * 2)
    d = np.zeros(2)
    for i in range(steps):
        d += np.linalg.solve(A.T @ A, A.T @ (window(before, x, y, half) - window(after, x, y, half)).ravel())
    return d


# %% exercise="flow-at" kind="mistake" name="always-15-pixels" says="what lies outside the window changes the answer"
def flow_at(before, after, x, y, half=7, steps=10, least=1.0):
    b = np.asarray(before, float)
    H, W = b.shape
    if not (0 <= x - half and x + half < W and 0 <= y - half and y + half < H):
        raise ValueError("beyond")
    gy, gx = np.gradient(b)
    half = 7
    A = np.stack([window(gx, x, y, half).ravel(), window(gy, x, y, half).ravel()], 1).astype(float)
    if np.linalg.eigvalsh(A.T @ A)[0] / len(A) < least:
        return np.array([np.nan] * 2)
    d = np.zeros(2)
    for i in range(steps):
        d += np.linalg.solve(
            A.T @ A, A.T @ (window(before, x, y, half) - window(after, x + d[0], y + d[1], half)).ravel()
        )
    return d


# %% exercise="flow-at" kind="mistake" name="limit-fixed" says="the argument least has no effect"
def flow_at(before, after, x, y, half=7, steps=10, least=1.0):
    b = np.asarray(before, float)
    H, W = b.shape
    if not (0 <= x - half and x + half < W and 0 <= y - half and y + half < H):
        raise ValueError("beyond")
    gy, gx = np.gradient(b)
    A = np.stack([window(gx, x, y, half).ravel(), window(gy, x, y, half).ravel()], 1).astype(float)
    if np.linalg.eigvalsh(A.T @ A)[0] / len(A) < 1:
        return np.array([np.nan] * 2)
    d = np.zeros(2)
    for i in range(steps):
        d += np.linalg.solve(
            A.T @ A, A.T @ (window(before, x, y, half) - window(after, x + d[0], y + d[1], half)).ravel()
        )
    return d


# %% exercise="kalman" kind="alternative" name="joseph-form"
def predict(x, P, F, Q):
    return np.dot(F, x), np.linalg.multi_dot([F, P, np.transpose(F)]) + Q


def update(x, P, z, H, R):
    if np.any(np.isnan(np.asarray(z, float))):
        return np.array(x), np.array(P)
    K = np.linalg.solve(H @ P @ H.T + R, H @ P).T
    keep = np.eye(len(x)) - K @ H
    return x + K @ (z - H @ x), keep @ P @ keep.T + K @ R @ K.T


# %% exercise="kalman" kind="alternative" name="information-form"
def predict(x, P, F, Q):
    moved = np.einsum("ij,j->i", F, x)
    return moved, np.einsum("ij,jk,lk->il", F, P, F) + Q


def update(x, P, z, H, R):
    if np.isnan(z).sum() > 0:
        return x.copy(), P.copy()
    before, sure = np.linalg.inv(P), H.T @ np.linalg.inv(R)
    after = np.linalg.inv(before + sure @ H)
    return after @ (before @ x + sure @ z), after


# %% exercise="kalman" kind="mistake" name="no-q" says="predict forgets Q"
def predict(x, P, F, Q):
    return F @ x, F @ P @ F.T


def update(x, P, z, H, R):
    if np.isnan(z).any():
        return x, P
    K = P @ H.T @ np.linalg.inv(H @ P @ H.T + R)
    return x + K @ (z - H @ x), P - K @ H @ P


# %% exercise="kalman" kind="mistake" name="transposed" says="the transposed matrix on the wrong side"
def predict(x, P, F, Q):
    return F @ x, F.T @ P @ F + Q


def update(x, P, z, H, R):
    if np.isnan(z).any():
        return x, P
    K = P @ H.T @ np.linalg.inv(H @ P @ H.T + R)
    return x + K @ (z - H @ x), P - K @ H @ P


# %% exercise="kalman" kind="mistake" name="entry-by-entry" says="multiplies entry by entry"
def predict(x, P, F, Q):
    return F @ x, F * P * F.T + Q


def update(x, P, z, H, R):
    if np.isnan(z).any():
        return x, P
    K = P @ H.T @ np.linalg.inv(H @ P @ H.T + R)
    return x + K @ (z - H @ x), P - K @ H @ P


# %% exercise="kalman" kind="mistake" name="residual-reversed" says="update moves away from the measurement"
def predict(x, P, F, Q):
    return F @ x, F @ P @ F.T + Q


def update(x, P, z, H, R):
    if np.isnan(z).any():
        return x, P
    K = P @ H.T @ np.linalg.inv(H @ P @ H.T + R)
    return x + K @ (H @ x - z), P - K @ H @ P


# %% exercise="kalman" kind="mistake" name="no-inverse" says="lacks the inverse of S"
def predict(x, P, F, Q):
    return F @ x, F @ P @ F.T + Q


def update(x, P, z, H, R):
    if np.isnan(z).any():
        return x, P
    K = P @ H.T @ (H @ P @ H.T + R)
    return x + K @ (z - H @ x), P - K @ H @ P


# %% exercise="kalman" kind="mistake" name="r-squared" says="R is squared"
def predict(x, P, F, Q):
    return F @ x, F @ P @ F.T + Q


def update(x, P, z, H, R):
    if np.isnan(z).any():
        return x, P
    K = P @ H.T @ np.linalg.inv(H @ P @ H.T + R @ R)
    return x + K @ (z - H @ x), P - K @ H @ P


# %% exercise="kalman" kind="mistake" name="never-surer" says="the covariance does not shrink"
def predict(x, P, F, Q):
    return F @ x, F @ P @ F.T + Q


def update(x, P, z, H, R):
    if np.isnan(z).any():
        return x, P
    K = P @ H.T @ np.linalg.inv(H @ P @ H.T + R)
    return x + K @ (z - H @ x), P


# %% exercise="kalman" kind="mistake" name="nan-spreads" says="makes the state nan"
def predict(x, P, F, Q):
    return F @ x, F @ P @ F.T + Q


def update(x, P, z, H, R):
    K = P @ H.T @ np.linalg.inv(H @ P @ H.T + R)
    return x + K @ (z - H @ x), P - K @ H @ P


# %% exercise="kalman" kind="mistake" name="in-place" says="the filter writes into its arguments"
def predict(x, P, F, Q):
    return F @ x, F @ P @ F.T + Q


def update(x, P, z, H, R):
    if np.isnan(z).any():
        return x, P
    K = P @ H.T @ np.linalg.inv(H @ P @ H.T + R)
    x += K @ (z - H @ x)
    P -= K @ H @ P
    return x, P


# %% exercise="match" kind="alternative" name="room-to-stay-alone"
def match(cost, limit):
    cost = np.asarray(cost, float)
    if 0 in cost.shape or cost.ndim < 2:
        return []
    tracks, blobs = cost.shape
    wide = np.hstack([np.where(cost < limit, cost, 1e9), np.full((tracks, tracks), float(limit))])
    rows, columns = linear_sum_assignment(wide)
    return [[i, j] for i, j in zip(rows, columns) if j < blobs]


# %% exercise="match" kind="alternative" name="by-recursion"
def match(cost, limit):
    cost = [list(row) for row in cost]

    def best(i, used):
        if i == len(cost):
            return 0.0, []
        alone, rest = best(i + 1, used)
        found = limit + alone, rest
        for j, c in enumerate(cost[i]):
            if j not in used and c < limit:
                after, pairs = best(i + 1, used | {j})
                found = min(found, (c + after, [(i, j), *pairs]), key=lambda option: option[0])
        return found

    return best(0, frozenset())[1]


# %% exercise="match" kind="mistake" name="greedy" says="this is the greedy pairing"
def match(cost, limit):
    cost = np.array(cost, float)
    out = []
    while cost.size and cost.min() < limit:
        i, j = np.unravel_index(cost.argmin(), cost.shape)
        out.append((int(i), int(j)))
        cost[i, :] = np.inf
        cost[:, j] = np.inf
    return out


# %% exercise="match" kind="mistake" name="nearest-for-each" says="two tracks share one blob"
def match(cost, limit):
    cost = np.asarray(cost, float)
    if cost.size == 0:
        return []
    return [(i, int(row.argmin())) for i, row in enumerate(cost) if row.min() < limit]


# %% exercise="match" kind="mistake" name="dropped-afterwards" says="the far pairs were dropped after solving"
def match(cost, limit):
    cost = np.asarray(cost, float)
    if cost.size == 0:
        return []
    rows, columns = linear_sum_assignment(np.where(np.isfinite(cost), cost, 1e6))
    return [(int(i), int(j)) for i, j in zip(rows, columns) if cost[i, j] < limit]


# %% exercise="match" kind="mistake" name="no-limit" says="as far apart as limit or further"
def match(cost, limit):
    cost = np.asarray(cost, float)
    if cost.size == 0:
        return []
    rows, columns = linear_sum_assignment(np.minimum(cost, limit))
    return list(zip(rows.tolist(), columns.tolist()))


# %% exercise="match" kind="mistake" name="blob-first" says="is it (track, blob)?"
def match(cost, limit):
    cost = np.asarray(cost, float)
    if cost.size == 0:
        return []
    rows, columns = linear_sum_assignment(np.minimum(cost, limit))
    return [(int(j), int(i)) for i, j in zip(rows, columns) if cost[i, j] < limit]


# %% exercise="match" kind="mistake" name="none-when-empty" says="match returns nothing"
def match(cost, limit):
    cost = np.asarray(cost, float)
    rows, columns = linear_sum_assignment(np.minimum(cost, limit))
    pairs = [(int(i), int(j)) for i, j in zip(rows, columns) if cost[i, j] < limit]
    if not pairs or len(pairs) == len(cost):
        print(pairs)
    else:
        return pairs


# %% exercise="match" kind="mistake" name="forbidden-by-inf" says="infeasible"
def match(cost, limit):
    cost = np.asarray(cost, float)
    if cost.size == 0:
        return []
    cost = np.where(cost < limit, cost, np.inf)
    rows, columns = linear_sum_assignment(cost)
    return [(int(i), int(j)) for i, j in zip(rows, columns)]


# %% exercise="match" kind="mistake" name="as-many-as-possible" says="as many pairs as possible is not what is asked"
def match(cost, limit):
    cost = np.asarray(cost, float)
    if cost.size == 0:
        return []
    r, c = linear_sum_assignment(np.where(cost < limit, cost, 1e6))
    return [(int(i), int(j)) for i, j in zip(r, c) if cost[i, j] < limit]


# %% exercise="crossings" kind="alternative" name="two-orientations"
def crossings(path, line):
    ax, ay, bx, by = (float(v) for v in line)

    def turn(px, py, qx, qy, rx, ry):
        return (qx - px) * (ry - py) - (qy - py) * (rx - px)

    out, last = [], None
    for frame, x, y in path:
        side = turn(ax, ay, bx, by, x, y) > 0
        if last is not None and side != last[2]:
            first, second = turn(last[0], last[1], x, y, ax, ay), turn(last[0], last[1], x, y, bx, by)
            if first * second <= 0:
                out.append((int(frame), "right" if side else "left"))
        last = x, y, side
    return out


# %% exercise="crossings" kind="alternative" name="solve-two-equations"
def crossings(path, line):
    path = np.asarray(path, float)
    if len(path) < 2:
        return []
    a, b = np.array(line[:2], float), np.array(line[2:], float)
    u = b - a
    positive = (u[0] * (path[:, 2] - a[1]) - u[1] * (path[:, 1] - a[0])) > 0
    out = []
    for i in np.flatnonzero(positive[1:] != positive[:-1]) + 1:
        p, q = path[i - 1, 1:], path[i, 1:]
        share, along = np.linalg.solve(np.column_stack([q - p, -u]), a - p)
        if -1e-12 <= along <= 1 + 1e-12:
            out.append([path[i, 0], ("left", "right")[int(positive[i])]])
    return out


# %% exercise="crossings" kind="mistake" name="endless-line" says="the line is taken as endless"
def crossings(path, line):
    path = np.asarray(path, float).reshape(-1, 3)
    x1, y1, x2, y2 = line
    side = (x2 - x1) * (path[:, 2] - y1) - (y2 - y1) * (path[:, 1] - x1) > 0
    return [(int(path[i, 0]), "right" if side[i] else "left") for i in range(1, len(path)) if side[i] != side[i - 1]]


# %% exercise="crossings" kind="mistake" name="once-a-track" says="who crosses and comes back crosses twice"
def crossings(path, line):
    path = np.asarray(path, float).reshape(-1, 3)
    start, span = np.array(line[:2], float), np.array(line[2:], float) - line[:2]
    side = span[0] * (path[:, 2] - start[1]) - span[1] * (path[:, 1] - start[0])
    for i in range(1, len(path)):
        if (side[i - 1] > 0) != (side[i] > 0):
            a, b = path[i - 1, 1:], path[i, 1:]
            met = a + side[i - 1] / (side[i - 1] - side[i]) * (b - a)
            if 0 <= (met - start) @ span / (span @ span) <= 1:
                return [(int(path[i, 0]), "right" if side[i] > 0 else "left")]
    return []


# %% exercise="crossings" kind="mistake" name="directions-swapped" says="left and right have changed places"
def crossings(path, line):
    path = np.asarray(path, float).reshape(-1, 3)
    start, span = np.array(line[:2], float), np.array(line[2:], float) - line[:2]
    side = span[0] * (path[:, 2] - start[1]) - span[1] * (path[:, 1] - start[0])
    found = []
    for i in range(1, len(path)):
        if (side[i - 1] > 0) != (side[i] > 0):
            a, b = path[i - 1, 1:], path[i, 1:]
            met = a + side[i - 1] / (side[i - 1] - side[i]) * (b - a)
            if 0 <= (met - start) @ span / (span @ span) <= 1:
                found.append((int(path[i, 0]), "left" if side[i] > 0 else "right"))
    return found


# %% exercise="crossings" kind="mistake" name="earlier-frame" says="the frame is that of the earlier row"
def crossings(path, line):
    path = np.asarray(path, float).reshape(-1, 3)
    start, span = np.array(line[:2], float), np.array(line[2:], float) - line[:2]
    side = span[0] * (path[:, 2] - start[1]) - span[1] * (path[:, 1] - start[0])
    found = []
    for i in range(len(path) - 1):
        if (side[i] > 0) != (side[i + 1] > 0):
            a, b = path[i, 1:], path[i + 1, 1:]
            met = a + side[i] / (side[i] - side[i + 1]) * (b - a)
            if 0 <= (met - start) @ span / (span @ span) <= 1:
                found.append((int(path[i, 0]), "right" if side[i + 1] > 0 else "left"))
    return found


# %% exercise="crossings" kind="mistake" name="counted-on-the-line" says="a stop on the line itself is counted twice or never"
def crossings(path, line):
    path = np.asarray(path, float).reshape(-1, 3)
    start, span = np.array(line[:2], float), np.array(line[2:], float) - line[:2]
    side = span[0] * (path[:, 2] - start[1]) - span[1] * (path[:, 1] - start[0])
    found = []
    for i in range(1, len(path)):
        if side[i - 1] * side[i] <= 0 and side[i - 1] != side[i]:
            a, b = path[i - 1, 1:], path[i, 1:]
            met = a + side[i - 1] / (side[i - 1] - side[i]) * (b - a)
            if 0 <= (met - start) @ span / (span @ span) <= 1:
                found.append((int(path[i, 0]), "right" if side[i] > side[i - 1] else "left"))
    return found


# %% exercise="crossings" kind="mistake" name="height-of-the-foot" says="its way passes the line beyond the end"
def crossings(path, line):
    path = np.asarray(path, float).reshape(-1, 3)
    x1, y1, x2, y2 = line
    side = (x2 - x1) * (path[:, 2] - y1) - (y2 - y1) * (path[:, 1] - x1) > 0
    low, high = min(y1, y2), max(y1, y2)
    return [
        (int(path[i, 0]), "right" if side[i] else "left")
        for i in range(1, len(path))
        if side[i] != side[i - 1] and low <= path[i, 2] <= high
    ]


# %% exercise="crossings" kind="mistake" name="both-heights" says="a long step over the line is missed"
def crossings(path, line):
    path = np.asarray(path, float).reshape(-1, 3)
    x1, y1, x2, y2 = line
    side = (x2 - x1) * (path[:, 2] - y1) - (y2 - y1) * (path[:, 1] - x1) > 0
    near = (path[:, 2] >= min(y1, y2)) & (path[:, 2] <= max(y1, y2))
    return [
        (int(path[i, 0]), "right" if side[i] else "left")
        for i in range(1, len(path))
        if side[i] != side[i - 1] and near[i] and near[i - 1]
    ]


# %% exercise="crossings" kind="mistake" name="upright-line" says="on a line that is turned"
def crossings(path, line):
    path = np.asarray(path, float).reshape(-1, 3)
    x1, y1, x2, y2 = line
    middle = (x1 + x2) / 2
    found = []
    for (_, xa, ya), (frame, xb, yb) in zip(path, path[1:]):
        if (xa > middle) != (xb > middle):
            y = ya + (middle - xa) / (xb - xa) * (yb - ya)
            if min(y1, y2) <= y <= max(y1, y2):
                found.append((int(frame), "right" if xb > middle else "left"))
    return found


# %% exercise="crossings" kind="mistake" name="height-where-they-meet" says="heights alone do not tell"
def crossings(path, line):
    path = np.asarray(path, float).reshape(-1, 3)
    x1, y1, x2, y2 = line
    out = []
    for (f0, xa, ya), (f1, xb, yb) in zip(path, path[1:]):
        sa = (x2 - x1) * (ya - y1) - (y2 - y1) * (xa - x1)
        sb = (x2 - x1) * (yb - y1) - (y2 - y1) * (xb - x1)
        if (sa > 0) != (sb > 0):
            my = ya + sa / (sa - sb) * (yb - ya)
            if min(y1, y2) <= my <= max(y1, y2):
                out.append((int(f1), "right" if sb > 0 else "left"))
    return out


# %% exercise="crossings" kind="mistake" name="middle-of-the-step" says="the middle between the two rows"
def crossings(path, line):
    path = np.asarray(path, float).reshape(-1, 3)
    x1, y1, x2, y2 = line
    out = []
    for (f0, xa, ya), (f1, xb, yb) in zip(path, path[1:]):
        sa = (x2 - x1) * (ya - y1) - (y2 - y1) * (xa - x1)
        sb = (x2 - x1) * (yb - y1) - (y2 - y1) * (xb - x1)
        if (sa > 0) != (sb > 0):
            mx, my = (xa + xb) / 2, (ya + yb) / 2
            u = ((mx - x1) * (x2 - x1) + (my - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2)
            if 0 <= u <= 1:
                out.append((int(f1), "right" if sb > 0 else "left"))
    return out


# %% exercise="crossings" kind="mistake" name="line-is-right" says="taken as right of it"
def crossings(path, line):
    path = np.asarray(path, float).reshape(-1, 3)
    x1, y1, x2, y2 = line
    out = []
    for (f0, xa, ya), (f1, xb, yb) in zip(path, path[1:]):
        sa = (x2 - x1) * (ya - y1) - (y2 - y1) * (xa - x1)
        sb = (x2 - x1) * (yb - y1) - (y2 - y1) * (xb - x1)
        if (sa >= 0) != (sb >= 0):
            t = sa / (sa - sb)
            mx, my = xa + t * (xb - xa), ya + t * (yb - ya)
            u = ((mx - x1) * (x2 - x1) + (my - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2)
            if 0 <= u <= 1:
                out.append((int(f1), "right" if sb >= 0 else "left"))
    return out


# %% exercise="read-the-count" kind="alternative" name="read-off"
there = [one for one in true if one[0] in TEST]
unmatched = [one for one in reported if one[0] in TEST]
hits, without = 0, []
for frame, way in there:
    near = [one for one in unmatched if one[1] == way and abs(one[0] - frame) <= 6]
    if near:
        unmatched.remove(min(near, key=lambda one: abs(one[0] - frame)))
        hits += 1
    else:
        without.append(frame)
interval = binomtest(hits, len(there)).proportion_ci(confidence_level=0.95)
reading = dict(found=hits, missed=np.array(without) - 1, invented=len(unmatched), when="B")
reading["interval"] = [round(interval.low, 3), round(interval.high, 3)]

# %% exercise="read-the-count" kind="alternative" name="beta-quantiles"
from scipy.stats import beta

k, n = len(paired(reported, true, TEST)), int((crossed["frame"] >= 430).sum())
reading = {
    "when": "B",
    "interval": np.array(
        [beta.ppf(0.025, k, n - k + 1) if k else 0.0, beta.ppf(0.975, k + 1, n - k) if k < n else 1.0]
    ),
    "invented": np.int64(len([1 for frame, _ in reported if frame >= 430]) - k),
    "missed": pd.Series(sorted({f for f, _ in true if f >= 430} - {b[0] for _, b in paired(reported, true, TEST)})),
    "found": float(k),
}

# %% exercise="read-the-count" kind="mistake" name="whole-film" says="these are the counts of the whole film"
pairs = paired(reported, true, range(FRAMES))
reading = {
    "found": len(pairs),
    "missed": [one[0] for one in true if one not in [b for _, b in pairs]],
    "invented": len(reported) - len(pairs),
    "interval": tuple(binomtest(len(pairs), len(true)).proportion_ci(method="exact")),
    "when": "B",
}

# %% exercise="read-the-count" kind="mistake" name="before-the-test" says="missed before frame 430"
pairs = paired(reported, true, TUNE)
there = [one for one in true if one[0] in TUNE]
reading = {
    "found": len(pairs),
    "missed": [one[0] for one in there if one not in [b for _, b in pairs]],
    "invented": sum(one[0] in TUNE for one in reported) - len(pairs),
    "interval": tuple(binomtest(len(pairs), len(there)).proportion_ci(method="exact")),
    "when": "B",
}

# %% exercise="read-the-count" kind="mistake" name="found-for-missed" says="the frames of the missed crossings are others"
pairs = paired(reported, true, TEST)
there = [one for one in true if one[0] in TEST]
reading = {
    "found": len(pairs),
    "missed": [b[0] for _, b in pairs],
    "invented": sum(one[0] in TEST for one in reported) - len(pairs),
    "interval": tuple(binomtest(len(pairs), len(there)).proportion_ci(method="exact")),
    "when": "B",
}

# %% exercise="read-the-count" kind="mistake" name="barrier-row" says="the number of crossings that are found is another one"
pairs = paired(beeps, true, TEST, directions=False)
there = [one for one in true if one[0] in TEST]
reading = {
    "found": len(pairs),
    "missed": [one[0] for one in there if one not in [b for _, b in pairs]],
    "invented": sum(one[0] in TEST for one in beeps) - len(pairs),
    "interval": tuple(binomtest(len(pairs), len(there)).proportion_ci(method="exact")),
    "when": "B",
}

# %% exercise="read-the-count" kind="mistake" name="normal-approximation" says="the interval of the normal approximation"
pairs = paired(reported, true, TEST)
n = sum(one[0] in TEST for one in true)
p = len(pairs) / n
half = 1.96 * math.sqrt(p * (1 - p) / n)
reading = {
    "found": len(pairs),
    "missed": [one[0] for one in true if one[0] in TEST and one not in [b for _, b in pairs]],
    "invented": sum(one[0] in TEST for one in reported) - len(pairs),
    "interval": (p - half, min(p + half, 1.0)),
    "when": "B",
}

# %% exercise="read-the-count" kind="mistake" name="in-percent" says="the interval is in percent"
pairs = paired(reported, true, TEST)
there = [one for one in true if one[0] in TEST]
interval = binomtest(len(pairs), len(there)).proportion_ci(method="exact")
reading = {
    "found": len(pairs),
    "missed": [one[0] for one in there if one not in [b for _, b in pairs]],
    "invented": sum(one[0] in TEST for one in reported) - len(pairs),
    "interval": (100 * interval.low, 100 * interval.high),
    "when": "B",
}

# %% exercise="read-the-count" kind="mistake" name="blames-the-cloud" says="do not come right after frame 430"
pairs = paired(reported, true, TEST)
there = [one for one in true if one[0] in TEST]
reading = {
    "found": len(pairs),
    "missed": [one[0] for one in there if one not in [b for _, b in pairs]],
    "invented": sum(one[0] in TEST for one in reported) - len(pairs),
    "interval": tuple(binomtest(len(pairs), len(there)).proportion_ci(method="exact")),
    "when": "A",
}

# %% exercise="read-the-count" kind="mistake" name="blames-the-left" says="not all missed crossings go to the left"
pairs = paired(reported, true, TEST)
there = [one for one in true if one[0] in TEST]
reading = {
    "found": len(pairs),
    "missed": [one[0] for one in there if one not in [b for _, b in pairs]],
    "invented": sum(one[0] in TEST for one in reported) - len(pairs),
    "interval": tuple(binomtest(len(pairs), len(there)).proportion_ci(method="exact")),
    "when": "C",
}


# %% exercise="read-the-count" kind="mistake" name="truth-for-report" says="is not what the counter reports"
reported = list(true)
reading = {"found": 12, "invented": 0, "missed": [], "interval": tuple(binomtest(12, 12).proportion_ci()), "when": "B"}


# %% exercise="hidden" kind="alternative" name="flat-colour"
def hidden(frame, boxes):
    out = np.array(frame)
    rows, columns = np.indices(frame.shape[:2])
    for x, y, w, h in boxes:
        inside = (columns + 1 > x) & (columns < x + w) & (rows + 1 > y) & (rows < y + h)
        if inside.any():
            out[inside] = frame[inside].mean(axis=0).astype(np.uint8)
    return out


# %% exercise="hidden" kind="alternative" name="eight-means"
def hidden(frame, boxes):
    height, width, _ = frame.shape
    out = frame.copy()
    for x, y, w, h in np.asarray(boxes, float).reshape(-1, 4):
        xs = np.arange(max(0, int(np.floor(x))), min(width, int(np.ceil(x + w))))
        ys = np.arange(max(0, int(np.floor(y))), min(height, int(np.ceil(y + h))))
        for some_rows in np.array_split(ys, 4):
            for some_columns in np.array_split(xs, 2):
                if len(some_rows) and len(some_columns):
                    cell = np.ix_(some_rows, some_columns)
                    out[cell] = np.round(frame[cell].reshape(-1, 3).mean(axis=0))
    return out


# %% exercise="hidden" kind="alternative" name="black"
def hidden(frame, boxes):
    covered = np.zeros(frame.shape[:2], np.uint8)
    for x, y, w, h in boxes:
        x0, y0, x1, y1 = math.floor(x), math.floor(y), math.ceil(x + w), math.ceil(y + h)
        if x1 > 0 and y1 > 0:
            covered[max(y0, 0) : y1, max(x0, 0) : x1] = 1
    return frame * (1 - covered)[..., None]


# %% exercise="hidden" kind="mistake" name="original-blurred" says="the original frame is written into"
def hidden(frame, boxes):
    height, width = frame.shape[:2]
    for x, y, w, h in boxes:
        left, right = max(math.floor(x), 0), min(math.ceil(x + w), width)
        top, bottom = max(math.floor(y), 0), min(math.ceil(y + h), height)
        if left < right and top < bottom:
            small = cv2.resize(frame[top:bottom, left:right], (2, 4), interpolation=cv2.INTER_AREA)
            frame[top:bottom, left:right] = cv2.resize(
                small, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST
            )
    return frame


# %% exercise="hidden" kind="mistake" name="negative-index" says="negative indices count from the end"
def hidden(frame, boxes):
    out = frame.copy()
    for x, y, w, h in boxes:
        rows, columns = slice(math.floor(y), math.ceil(y + h)), slice(math.floor(x), math.ceil(x + w))
        part = out[rows, columns]
        if part.size:
            small = cv2.resize(part, (2, 4), interpolation=cv2.INTER_AREA)
            out[rows, columns] = cv2.resize(small, part.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    return out


# %% exercise="hidden" kind="mistake" name="still-a-blur" says="a blur leaves gradients of many colours"
def hidden(frame, boxes):
    out = frame.copy()
    height, width = frame.shape[:2]
    for x, y, w, h in boxes:
        left, right = max(math.floor(x), 0), min(math.ceil(x + w), width)
        top, bottom = max(math.floor(y), 0), min(math.ceil(y + h), height)
        if left < right and top < bottom:
            out[top:bottom, left:right] = cv2.GaussianBlur(out[top:bottom, left:right], (0, 0), 6)
    return out


# %% exercise="hidden" kind="mistake" name="fixed-blocks" says="a mosaic of fixed blocks"
def hidden(frame, boxes):
    out = frame.copy()
    height, width = frame.shape[:2]
    for x, y, w, h in boxes:
        left, right = max(math.floor(x), 0), min(math.ceil(x + w), width)
        top, bottom = max(math.floor(y), 0), min(math.ceil(y + h), height)
        for i in range(top, bottom, 8):
            for j in range(left, right, 8):
                cell = np.s_[i : min(i + 8, bottom), j : min(j + 8, right)]
                out[cell] = out[cell].mean(axis=(0, 1))
    return out


# %% exercise="hidden" kind="mistake" name="truncated" says="a rim of a box stays visible"
def hidden(frame, boxes):
    out = frame.copy()
    height, width = frame.shape[:2]
    for x, y, w, h in np.asarray(boxes).reshape(-1, 4).astype(int):
        left, right, top, bottom = max(x, 0), min(x + w, width), max(y, 0), min(y + h, height)
        if left < right and top < bottom:
            small = cv2.resize(out[top:bottom, left:right], (2, 4), interpolation=cv2.INTER_AREA)
            out[top:bottom, left:right] = cv2.resize(
                small, (int(right - left), int(bottom - top)), interpolation=cv2.INTER_NEAREST
            )
    return out


# %% exercise="hidden" kind="mistake" name="x-for-rows" says="x and y have changed places"
def hidden(frame, boxes):
    out = frame.copy()
    height, width = frame.shape[:2]
    for y, x, h, w in boxes:
        left, right = max(math.floor(x), 0), min(math.ceil(x + w), width)
        top, bottom = max(math.floor(y), 0), min(math.ceil(y + h), height)
        if left < right and top < bottom:
            out[top:bottom, left:right] = out[top:bottom, left:right].mean(axis=(0, 1))
    return out


# %% exercise="hidden" kind="mistake" name="everything" says="the whole frame is hidden"
def hidden(frame, boxes):
    small = cv2.resize(frame, (8, 8), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, frame.shape[1::-1], interpolation=cv2.INTER_NEAREST)


# %% exercise="hidden" kind="mistake" name="heads-only" says="only the upper part of a person is hidden"
def hidden(frame, boxes):
    out = frame.copy()
    height, width = frame.shape[:2]
    for x, y, w, h in boxes:
        left, right = max(math.floor(x), 0), min(math.ceil(x + w), width)
        top, bottom = max(math.floor(y), 0), min(math.ceil(y + h / 3), height)
        if left < right and top < bottom:
            out[top:bottom, left:right] = 0
    return out


# %% exercise="hidden" kind="mistake" name="posterised" says="drawn in 8 colours"
def hidden(frame, boxes):
    out = frame.copy()
    height, width = frame.shape[:2]
    for x, y, w, h in boxes:
        left, right = max(math.floor(x), 0), min(math.ceil(x + w), width)
        top, bottom = max(math.floor(y), 0), min(math.ceil(y + h), height)
        part = out[top:bottom, left:right]
        out[top:bottom, left:right] = np.where(part > 127, 191, 63)  # 2 levels in each of 3 channels: 8 colours
    return out


# %% exercise="hidden" kind="mistake" name="eight-bars" says="fields of the mosaic are too small"
def hidden(frame, boxes):
    out = frame.copy()
    H, W = frame.shape[:2]
    for x, y, w, h in boxes:
        l, r = max(math.floor(x), 0), min(math.ceil(x + w), W)
        t, b = max(math.floor(y), 0), min(math.ceil(y + h), H)
        if l < r and t < b:
            s = cv2.resize(out[t:b, l:r], (1, 8), interpolation=cv2.INTER_AREA)
            out[t:b, l:r] = cv2.resize(s, (r - l, b - t), interpolation=cv2.INTER_NEAREST)
    return out


# %% exercise="background-step" kind="equivalent" mutant="- mask = d * d > k * k * np.maximum(var, floor) | + mask = d * d > k * k * np.maximum(floor, var)" reason="the larger of two numbers, whichever comes first"

# %% exercise="flow-at" kind="equivalent" mutant="- if np.linalg.eigvalsh(G)[0] / gradient.shape[1] < least: | + if np.linalg.eigvalsh(G)[0] / gradient.shape[1] <= least:" reason="an eigenvalue of rounded sums is never exactly the limit, and the card leaves nothing open that this would change"

# %% exercise="match" kind="equivalent" mutant="- rows, columns = linear_sum_assignment(np.minimum(cost, limit)) | + rows, columns = linear_sum_assignment(np.minimum(limit, cost))" reason="the smaller of two numbers, whichever comes first"

# %% exercise="match" kind="equivalent" mutant="- return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if cost[i, j] < limit] | + return [(int(i), int(j)) for i, j in zip(rows, columns) if cost[i, j] < limit]" reason="scipy returns as many rows as columns"

# %% exercise="match" kind="equivalent" mutant="- return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if cost[i, j] < limit] | + return [(int(i), int(j)) for i, j in zip(rows, columns, strict=False) if cost[i, j] < limit]" reason="scipy returns as many rows as columns"

# %% exercise="crossings" kind="equivalent" mutant="- path = np.asarray(path, float).reshape(-1, 3) | + path = np.asarray(path, float).reshape(-2, 3)" reason="numpy takes any negative length as 'whatever fits'"

# %% exercise="read-the-count" kind="equivalent" mutant="- told = [one for one in reported if one[0] in TEST] | + told = [one for one in reported if one[0] not in TEST]" reason="by chance the counter reports as many crossings before frame 430 as from there on: 10"

# %% exercise="read-the-count" kind="equivalent" mutant="- interval = binomtest(len(pairs), len(there)).proportion_ci(method='exact') | + interval = binomtest(len(pairs), len(there)).proportion_ci()" reason="'exact' is scipy's default"

# %% exercise="hidden" kind="equivalent" mutant="- left, right = (max(math.floor(x), 0), min(math.ceil(x + w), width)) | + left, right = (max(0, math.floor(x)), min(math.ceil(x + w), width))" reason="the larger of two numbers, whichever comes first"

# %% exercise="hidden" kind="equivalent" mutant="- left, right = (max(math.floor(x), 0), min(math.ceil(x + w), width)) | + left, right = (max(math.floor(x), 0), min(width, math.ceil(x + w)))" reason="the smaller of two numbers, whichever comes first"

# %% exercise="hidden" kind="equivalent" mutant="- top, bottom = (max(math.floor(y), 0), min(math.ceil(y + h), height)) | + top, bottom = (max(0, math.floor(y)), min(math.ceil(y + h), height))" reason="the larger of two numbers, whichever comes first"

# %% exercise="hidden" kind="equivalent" mutant="- top, bottom = (max(math.floor(y), 0), min(math.ceil(y + h), height)) | + top, bottom = (max(math.floor(y), 0), min(height, math.ceil(y + h)))" reason="the smaller of two numbers, whichever comes first"

# %% exercise="hidden" kind="equivalent" mutant="- small = cv2.resize(out[top:bottom, left:right], (2, 4), interpolation=cv2.INTER_AREA) | + small = cv2.resize(out[top:bottom, left:right], (2, 4))" reason="another mosaic of 2 × 4 colours: the card leaves open which colours of the box are taken"

# %% exercise="hidden" kind="equivalent" mutant="- small = cv2.resize(out[top:bottom, left:right], (2, 4), interpolation=cv2.INTER_AREA) | + small = cv2.resize(out[top:bottom - 1, left:right], (2, 4), interpolation=cv2.INTER_AREA)" reason="another mosaic of 2 × 4 colours, from all rows of the box but one: the card leaves that open"

# %% exercise="hidden" kind="equivalent" mutant="- small = cv2.resize(out[top:bottom, left:right], (2, 4), interpolation=cv2.INTER_AREA) | + small = cv2.resize(out[top:bottom, left:right], (1, 4), interpolation=cv2.INTER_AREA)" reason="four colours are at most eight: right by the card"

# %% exercise="hidden" kind="equivalent" mutant="- small = cv2.resize(out[top:bottom, left:right], (2, 4), interpolation=cv2.INTER_AREA) | + small = cv2.resize(out[top:bottom, left:right], (2, 3), interpolation=cv2.INTER_AREA)" reason="six colours are at most eight: right by the card"

# %% [markdown] explain="note-on-the-film" kind="sample" points=4.5
# Paula, yes to counting, no to keeping the film.
#
# The camera has one purpose, to count passers-by. For that we store when somebody crossed and in which direction, and delete these rows after four weeks; the pictures themselves are thrown away at once. If somebody wants to use the film for security or for
# training, that is a new purpose and Ida has to look at it first.
#
# Is it enough to blur? No. I played the attacker: with the mosaic I still picked the right person in 38 % of the cases out of 17, guessing gives 6 %. And the film is only drawn and my attack was the simplest one, so take it as the least.
#
# Before the start there must be a sign where people see it before they are in the picture: who films, why, whom they can ask.
#
# The counter found 10 of the 12 crossings that I kept for the test. With so few the true share may be anything from about 50 % to 98 %. It misses people who walk side by side, so when it is full the number is too low.
#
# *Purpose 1. What is kept 1: rows, four weeks, no pictures. Is it anonymous 1: the number with its limits. People outside ½: the sign with all three, nothing about what the camera sees. How good is the count 1: interval and direction of the error.*

# %% [markdown] explain="note-on-the-film" kind="sample" points=2.5
# Dear Paula, we may run the camera because it only counts people. This is a legitimate interest of the shop.
#
# The videos should be deleted after 72 hours as the guidelines say. Until then they are blurred with the mosaic. The mosaic is not perfect, because 20 % of the heads are not covered by our tracks, so please do not give the
# videos to anybody.
#
# We put up a sign at the door which says that there is a camera, who runs it and that it is for counting.
#
# The counter is good: 10 of 12 crossings were found in the test and none was invented.
#
# *Purpose ½: one purpose, nothing about others. What is kept ½: a period, but the film is kept though the count does not need it, and nothing is said of the rows. Is it anonymous ½: a number without its limit. People outside ½: a sign, but at the
# door, where one has been filmed already, and nothing about the angle. How good is the count ½: the number without interval and without the direction of its error.*

# %% [markdown] explain="note-on-the-film" kind="sample" points=0.5
# Hi Paula! Good news: the system works and the people are blurred, so the video is anonymous and the GDPR does not apply. We can keep it for a year and improve our model with it, and if something is stolen we have it as a proof.
#
# We count with a Kalman filter and the Hungarian algorithm, which is state of the art. 10 of 12 were found.
#
# I would put a small sign somewhere, to be on the safe side.
#
# *Purpose 0: three purposes are mixed as if they were one. What is kept 0. Is it anonymous 0: the very claim that the lesson refutes. People outside 0: a sign "somewhere" that says nothing. How good is the count ½: the number alone.*

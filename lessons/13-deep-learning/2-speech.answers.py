# %% [markdown]
# # Answers to "Speech": correct alternatives, and mistakes that people make
#
# Never released.


# %% exercise="log-mel" kind="alternative" name="scipy-and-interpolation"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    x = np.array(samples, dtype=np.float64)
    length, hop = int(rate * 25 / 1000 + 0.5), int(rate * 10 / 1000 + 0.5)
    if x.size < length:
        raise ValueError("too short")
    size = 2 ** int(np.ceil(np.log2(length)))
    window = signal.get_window("hann", length)
    hertz, _, z = signal.stft(
        x, rate, window=window, nperseg=length, noverlap=length - hop, nfft=size, boundary=None, padded=False
    )
    power = (abs(z) * window.sum()) ** 2
    mels = np.linspace(math.log10(1 + low / 700), math.log10(1 + rate / 1400), bands + 2)
    edges = 700 * (10**mels - 1)
    weights = np.stack([np.interp(hertz, edges[j : j + 3], [0, 1, 0]) for j in range(bands)])
    return np.log(weights @ power + floor).T


# %% exercise="log-mel" kind="alternative" name="torch-frame-by-frame"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    x = torch.tensor(np.asarray(samples, dtype=np.float64))
    length, hop = round(0.025 * rate), round(0.010 * rate)
    if len(x) < length:
        raise ValueError("a sound needs one whole frame")
    size = 1
    while size < length:
        size *= 2
    window = torch.hann_window(length, periodic=True, dtype=torch.float64)

    def to_mel(f):
        return 2595 * math.log10(1 + f / 700)

    step = (to_mel(rate / 2) - to_mel(low)) / (bands + 1)
    edges = [700 * (10 ** ((to_mel(low) + step * j) / 2595) - 1) for j in range(bands + 2)]
    rows = []
    for start in range(0, len(x) - length + 1, hop):
        power = torch.fft.rfft(x[start : start + length] * window, n=size).abs().square().tolist()
        row = []
        for a, b, c in zip(edges, edges[1:], edges[2:]):
            energy = 0.0
            for k, p in enumerate(power):
                f = k * rate / size
                if a < f <= b:
                    energy += p * (f - a) / (b - a)
                elif b < f < c:
                    energy += p * (c - f) / (c - b)
            row.append(math.log(energy + floor))
        rows.append(row)
    return torch.tensor(rows)


# %% exercise="log-mel" kind="alternative" name="float32-torch"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    x = torch.tensor(np.asarray(samples), dtype=torch.float32)
    L, H = round(0.025 * rate), round(0.010 * rate)
    if len(x) < L:
        raise ValueError
    size = 2 ** math.ceil(math.log2(L))
    fr = x.unfold(0, L, H) * torch.hann_window(L)
    p = torch.fft.rfft(fr, size).abs() ** 2

    def m(f):
        return 2595 * math.log10(1 + f / 700)

    e = 700 * (10 ** (torch.linspace(m(low), m(rate / 2), bands + 2) / 2595) - 1)
    f = torch.arange(size // 2 + 1) * rate / size
    up = (f - e[:-2, None]) / (e[1:-1] - e[:-2])[:, None]
    down = (e[2:, None] - f) / (e[2:] - e[1:-1])[:, None]
    w = torch.minimum(up, down).clamp(min=0)
    return torch.log(p @ w.T + floor)


# %% exercise="log-mel" kind="alternative" name="dataframe"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    s = pd.Series(samples, dtype=float)
    L, H = round(0.025 * rate), round(0.010 * rate)
    if s.size < L:
        raise ValueError("short")
    size = 1
    while size < L:
        size <<= 1
    w = np.hanning(L + 1)[:-1]
    fr = np.stack([s.to_numpy()[i : i + L] * w for i in range(0, s.size - L + 1, H)])
    p = np.abs(np.fft.fft(fr, size)[:, : size // 2 + 1]) ** 2

    def mel(f):
        return 2595 * np.log10(1 + f / 700)

    e = 700 * (10 ** (np.linspace(mel(low), mel(rate / 2), bands + 2) / 2595) - 1)
    f = np.fft.rfftfreq(size, 1 / rate)
    out = [np.log((p * np.interp(f, e[j : j + 3], [0, 1, 0])).sum(1) + floor) for j in range(bands)]
    return pd.DataFrame(np.array(out).T)


# %% exercise="log-mel" kind="mistake" name="no-window" says="cut without a window"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    samples = np.asarray(samples, float)
    length, hop = round(0.025 * rate), round(0.010 * rate)
    if len(samples) < length:
        raise ValueError(f"{len(samples)} samples are shorter than one frame of {length}")
    size = 1 << (length - 1).bit_length()
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    frames = np.lib.stride_tricks.sliding_window_view(samples, length)[::hop]
    power = np.abs(np.fft.rfft(frames, size)) ** 2
    top = 2595 * np.log10(1 + rate / 2 / 700)
    mels = np.linspace(2595 * np.log10(1 + low / 700), top, bands + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    frequency = np.arange(size // 2 + 1) * rate / size
    up = (frequency - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - frequency) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.clip(np.minimum(up, down), 0, None)
    return np.log(power @ weights.T + floor)


# %% exercise="log-mel" kind="mistake" name="symmetric-window" says="symmetric Hann window"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    samples = np.asarray(samples, float)
    length, hop = round(0.025 * rate), round(0.010 * rate)
    if len(samples) < length:
        raise ValueError(f"{len(samples)} samples are shorter than one frame of {length}")
    size = 1 << (length - 1).bit_length()
    window = np.hanning(length)
    frames = np.lib.stride_tricks.sliding_window_view(samples, length)[::hop] * window
    power = np.abs(np.fft.rfft(frames, size)) ** 2
    top = 2595 * np.log10(1 + rate / 2 / 700)
    mels = np.linspace(2595 * np.log10(1 + low / 700), top, bands + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    frequency = np.arange(size // 2 + 1) * rate / size
    up = (frequency - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - frequency) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.clip(np.minimum(up, down), 0, None)
    return np.log(power @ weights.T + floor)


# %% exercise="log-mel" kind="mistake" name="magnitude" says="magnitude |X| is pooled"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    samples = np.asarray(samples, float)
    length, hop = round(0.025 * rate), round(0.010 * rate)
    if len(samples) < length:
        raise ValueError(f"{len(samples)} samples are shorter than one frame of {length}")
    size = 1 << (length - 1).bit_length()
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    frames = np.lib.stride_tricks.sliding_window_view(samples, length)[::hop] * window
    power = np.abs(np.fft.rfft(frames, size))
    top = 2595 * np.log10(1 + rate / 2 / 700)
    mels = np.linspace(2595 * np.log10(1 + low / 700), top, bands + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    frequency = np.arange(size // 2 + 1) * rate / size
    up = (frequency - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - frequency) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.clip(np.minimum(up, down), 0, None)
    return np.log(power @ weights.T + floor)


# %% exercise="log-mel" kind="mistake" name="equal-in-hertz" says="equally spaced in Hz"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    samples = np.asarray(samples, float)
    length, hop = round(0.025 * rate), round(0.010 * rate)
    if len(samples) < length:
        raise ValueError(f"{len(samples)} samples are shorter than one frame of {length}")
    size = 1 << (length - 1).bit_length()
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    frames = np.lib.stride_tricks.sliding_window_view(samples, length)[::hop] * window
    power = np.abs(np.fft.rfft(frames, size)) ** 2
    top = 2595 * np.log10(1 + rate / 2 / 700)
    mels = np.linspace(2595 * np.log10(1 + low / 700), top, bands + 2)
    edges = np.linspace(low, rate / 2, bands + 2)
    frequency = np.arange(size // 2 + 1) * rate / size
    up = (frequency - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - frequency) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.clip(np.minimum(up, down), 0, None)
    return np.log(power @ weights.T + floor)


# %% exercise="log-mel" kind="mistake" name="pads-the-last-frame" says="last frame is there that is not whole"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    samples = np.asarray(samples, float)
    length, hop = round(0.025 * rate), round(0.010 * rate)
    if len(samples) < length:
        raise ValueError(f"{len(samples)} samples are shorter than one frame of {length}")
    samples = np.pad(samples, (0, -(len(samples) - length) % hop))
    size = 1 << (length - 1).bit_length()
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    frames = np.lib.stride_tricks.sliding_window_view(samples, length)[::hop] * window
    power = np.abs(np.fft.rfft(frames, size)) ** 2
    top = 2595 * np.log10(1 + rate / 2 / 700)
    mels = np.linspace(2595 * np.log10(1 + low / 700), top, bands + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    frequency = np.arange(size // 2 + 1) * rate / size
    up = (frequency - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - frequency) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.clip(np.minimum(up, down), 0, None)
    return np.log(power @ weights.T + floor)


# %% exercise="log-mel" kind="mistake" name="centred-like-librosa" says="frames hang over the ends"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    samples = np.asarray(samples, float)
    length, hop = round(0.025 * rate), round(0.010 * rate)
    if len(samples) < length:
        raise ValueError(f"{len(samples)} samples are shorter than one frame of {length}")
    samples = np.pad(samples, length // 2, mode="reflect")
    size = 1 << (length - 1).bit_length()
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    frames = np.lib.stride_tricks.sliding_window_view(samples, length)[::hop] * window
    power = np.abs(np.fft.rfft(frames, size)) ** 2
    top = 2595 * np.log10(1 + rate / 2 / 700)
    mels = np.linspace(2595 * np.log10(1 + low / 700), top, bands + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    frequency = np.arange(size // 2 + 1) * rate / size
    up = (frequency - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - frequency) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.clip(np.minimum(up, down), 0, None)
    return np.log(power @ weights.T + floor)


# %% exercise="log-mel" kind="mistake" name="no-zero-padding" says="Fourier transform has L points"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    samples = np.asarray(samples, float)
    length, hop = round(0.025 * rate), round(0.010 * rate)
    if len(samples) < length:
        raise ValueError(f"{len(samples)} samples are shorter than one frame of {length}")
    size = length
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    frames = np.lib.stride_tricks.sliding_window_view(samples, length)[::hop] * window
    power = np.abs(np.fft.rfft(frames, size)) ** 2
    top = 2595 * np.log10(1 + rate / 2 / 700)
    mels = np.linspace(2595 * np.log10(1 + low / 700), top, bands + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    frequency = np.arange(size // 2 + 1) * rate / size
    up = (frequency - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - frequency) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.clip(np.minimum(up, down), 0, None)
    return np.log(power @ weights.T + floor)


# %% exercise="log-mel" kind="mistake" name="slaney-area" says="scaled to equal area"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    samples = np.asarray(samples, float)
    length, hop = round(0.025 * rate), round(0.010 * rate)
    if len(samples) < length:
        raise ValueError(f"{len(samples)} samples are shorter than one frame of {length}")
    size = 1 << (length - 1).bit_length()
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    frames = np.lib.stride_tricks.sliding_window_view(samples, length)[::hop] * window
    power = np.abs(np.fft.rfft(frames, size)) ** 2
    top = 2595 * np.log10(1 + rate / 2 / 700)
    mels = np.linspace(2595 * np.log10(1 + low / 700), top, bands + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    frequency = np.arange(size // 2 + 1) * rate / size
    up = (frequency - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - frequency) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.clip(np.minimum(up, down), 0, None)
    weights *= 2 / (edges[2:] - edges[:-2])[:, None]
    return np.log(power @ weights.T + floor)


# %% exercise="log-mel" kind="mistake" name="decibel" says="decibels are returned"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    samples = np.asarray(samples, float)
    length, hop = round(0.025 * rate), round(0.010 * rate)
    if len(samples) < length:
        raise ValueError(f"{len(samples)} samples are shorter than one frame of {length}")
    size = 1 << (length - 1).bit_length()
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    frames = np.lib.stride_tricks.sliding_window_view(samples, length)[::hop] * window
    power = np.abs(np.fft.rfft(frames, size)) ** 2
    top = 2595 * np.log10(1 + rate / 2 / 700)
    mels = np.linspace(2595 * np.log10(1 + low / 700), top, bands + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    frequency = np.arange(size // 2 + 1) * rate / size
    up = (frequency - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - frequency) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.clip(np.minimum(up, down), 0, None)
    return 10 * np.log10(power @ weights.T + floor)


# %% exercise="log-mel" kind="mistake" name="bands-first" says="time and bands are swapped"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    samples = np.asarray(samples, float)
    length, hop = round(0.025 * rate), round(0.010 * rate)
    if len(samples) < length:
        raise ValueError(f"{len(samples)} samples are shorter than one frame of {length}")
    size = 1 << (length - 1).bit_length()
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    frames = np.lib.stride_tricks.sliding_window_view(samples, length)[::hop] * window
    power = np.abs(np.fft.rfft(frames, size)) ** 2
    top = 2595 * np.log10(1 + rate / 2 / 700)
    mels = np.linspace(2595 * np.log10(1 + low / 700), top, bands + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    frequency = np.arange(size // 2 + 1) * rate / size
    up = (frequency - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - frequency) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.clip(np.minimum(up, down), 0, None)
    return np.log(weights @ power.T + floor)


# %% exercise="log-mel" kind="mistake" name="floor-forgotten" says="logarithm of zero"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    samples = np.asarray(samples, float)
    length, hop = round(0.025 * rate), round(0.010 * rate)
    if len(samples) < length:
        raise ValueError(f"{len(samples)} samples are shorter than one frame of {length}")
    size = 1 << (length - 1).bit_length()
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    frames = np.lib.stride_tricks.sliding_window_view(samples, length)[::hop] * window
    power = np.abs(np.fft.rfft(frames, size)) ** 2
    top = 2595 * np.log10(1 + rate / 2 / 700)
    mels = np.linspace(2595 * np.log10(1 + low / 700), top, bands + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    frequency = np.arange(size // 2 + 1) * rate / size
    up = (frequency - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - frequency) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.clip(np.minimum(up, down), 0, None)
    return np.log(power @ weights.T)


# %% exercise="log-mel" kind="mistake" name="log-before-pooling" says="before the bands are pooled"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    samples = np.asarray(samples, float)
    length, hop = round(0.025 * rate), round(0.010 * rate)
    if len(samples) < length:
        raise ValueError(f"{len(samples)} samples are shorter than one frame of {length}")
    size = 1 << (length - 1).bit_length()
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    frames = np.lib.stride_tricks.sliding_window_view(samples, length)[::hop] * window
    power = np.abs(np.fft.rfft(frames, size)) ** 2
    top = 2595 * np.log10(1 + rate / 2 / 700)
    mels = np.linspace(2595 * np.log10(1 + low / 700), top, bands + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    frequency = np.arange(size // 2 + 1) * rate / size
    up = (frequency - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - frequency) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.clip(np.minimum(up, down), 0, None)
    return np.log(power + floor) @ weights.T


# %% exercise="log-mel" kind="mistake" name="triangles-in-mel" says="linear in mel"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    samples = np.asarray(samples, float)
    L, H = round(0.025 * rate), round(0.010 * rate)
    size = 1 << (L - 1).bit_length()
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(L) / L)
    power = np.abs(np.fft.rfft(np.lib.stride_tricks.sliding_window_view(samples, L)[::H] * window, size)) ** 2

    def mel(f):
        return 2595 * np.log10(1 + f / 700)

    e = np.linspace(mel(low), mel(rate / 2), bands + 2)
    f = mel(np.arange(size // 2 + 1) * rate / size)
    up = (f - e[:-2, None]) / (e[1:-1] - e[:-2])[:, None]
    down = (e[2:, None] - f) / (e[2:] - e[1:-1])[:, None]
    return np.log(power @ np.clip(np.minimum(up, down), 0, None).T + floor)


# %% exercise="log-mel" kind="mistake" name="edges-to-bins" says="rounded to frequencies"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    samples = np.asarray(samples, float)
    L, H = round(0.025 * rate), round(0.010 * rate)
    size = 1 << (L - 1).bit_length()
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(L) / L)
    power = np.abs(np.fft.rfft(np.lib.stride_tricks.sliding_window_view(samples, L)[::H] * window, size)) ** 2

    def mel(f):
        return 2595 * np.log10(1 + f / 700)

    e = 700 * (10 ** (np.linspace(mel(low), mel(rate / 2), bands + 2) / 2595) - 1)
    b = np.floor((size + 1) * e / rate).astype(int)
    w = np.zeros((bands, size // 2 + 1))
    for m in range(1, bands + 1):
        for k in range(b[m - 1], b[m]):
            w[m - 1, k] = (k - b[m - 1]) / (b[m] - b[m - 1])
        for k in range(b[m], b[m + 1]):
            w[m - 1, k] = (b[m + 1] - k) / (b[m + 1] - b[m])
    return np.log(power @ w.T + floor)


# %% exercise="log-mel" kind="mistake" name="power-over-size" says="divided by the size of the transform"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    samples = np.asarray(samples, float)
    L, H = round(0.025 * rate), round(0.010 * rate)
    size = 1 << (L - 1).bit_length()
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(L) / L)
    power = np.abs(np.fft.rfft(np.lib.stride_tricks.sliding_window_view(samples, L)[::H] * window, size)) ** 2 / size

    def mel(f):
        return 2595 * np.log10(1 + f / 700)

    e = 700 * (10 ** (np.linspace(mel(low), mel(rate / 2), bands + 2) / 2595) - 1)
    f = np.arange(size // 2 + 1) * rate / size
    up = (f - e[:-2, None]) / (e[1:-1] - e[:-2])[:, None]
    down = (e[2:, None] - f) / (e[2:] - e[1:-1])[:, None]
    return np.log(power @ np.clip(np.minimum(up, down), 0, None).T + floor)


# %% exercise="log-mel" kind="mistake" name="int-for-round" says="cut off, not rounded"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    samples = np.asarray(samples, float)
    L, H = int(0.025 * rate), int(0.010 * rate)
    if len(samples) < L:
        raise ValueError
    size = 1 << (L - 1).bit_length()
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(L) / L)
    power = np.abs(np.fft.rfft(np.lib.stride_tricks.sliding_window_view(samples, L)[::H] * window, size)) ** 2

    def mel(f):
        return 2595 * np.log10(1 + f / 700)

    e = 700 * (10 ** (np.linspace(mel(low), mel(rate / 2), bands + 2) / 2595) - 1)
    f = np.arange(size // 2 + 1) * rate / size
    up = (f - e[:-2, None]) / (e[1:-1] - e[:-2])[:, None]
    down = (e[2:, None] - f) / (e[2:] - e[1:-1])[:, None]
    return np.log(power @ np.clip(np.minimum(up, down), 0, None).T + floor)


# %% exercise="ctc-loss" kind="alternative" name="backwards-with-memory"
def ctc_loss(log_probs, target, blank=0):
    rows = np.asarray(log_probs).tolist()
    states = [blank]
    for label in target:
        states.extend([label, blank])
    last = len(states) - 1
    beta = [0.0 if s >= last - 1 else -math.inf for s in range(len(states))]
    for t in range(len(rows) - 1, 0, -1):
        heard = [rows[t][states[s]] + beta[s] for s in range(len(states))]
        beta = []
        for s in range(len(states)):
            total = heard[s]
            if s + 1 <= last:
                total = np.logaddexp(total, heard[s + 1])
            if s + 2 <= last and states[s + 2] not in (blank, states[s]):
                total = np.logaddexp(total, heard[s + 2])
            beta.append(total)
    total = rows[0][blank] + beta[0]
    if last:
        total = np.logaddexp(total, rows[0][states[1]] + beta[1])
    return -total


# %% exercise="ctc-loss" kind="alternative" name="prefix-dictionary"
def ctc_loss(log_probs, target, blank=0):
    """Keeps, for each number of labels said, the paths that end in a blank and those that end in the label."""
    log_probs, target = np.asarray(log_probs), list(target)
    in_blank, in_label = {0: 0.0}, {}
    for frame in log_probs:
        new_blank, new_label = {}, {}
        for n in range(len(target) + 1):
            both = np.logaddexp(in_blank.get(n, -np.inf), in_label.get(n, -np.inf))
            new_blank[n] = both + frame[blank]
            if n:
                come = in_blank.get(n - 1, -np.inf)
                if n == 1 or target[n - 1] != target[n - 2]:
                    come = np.logaddexp(come, in_label.get(n - 1, -np.inf))
                new_label[n] = np.logaddexp(come, in_label.get(n, -np.inf)) + frame[target[n - 1]]
        in_blank, in_label = new_blank, new_label
    return -np.logaddexp(in_blank[len(target)], in_label.get(len(target), -np.inf))


# %% exercise="ctc-loss" kind="alternative" name="matrix-in-torch"
def ctc_loss(log_probs, target, blank=0):
    x = torch.tensor(np.asarray(log_probs, dtype=float))
    states = torch.full((2 * len(target) + 1,), blank)
    states[1::2] = torch.tensor(list(target), dtype=torch.long)
    n = len(states)
    allowed = torch.full((n, n), -math.inf, dtype=x.dtype)
    for s in range(n):
        allowed[s, s] = 0
        if s >= 1:
            allowed[s - 1, s] = 0
        if s >= 2 and s % 2 == 1 and states[s] != states[s - 2]:
            allowed[s - 2, s] = 0
    alpha = torch.full((n,), -math.inf, dtype=x.dtype)
    alpha[:2] = x[0, states[:2]]
    for row in x[1:]:
        alpha = torch.logsumexp(alpha[:, None] + allowed, dim=0) + row[states]
    return -torch.logsumexp(alpha[-2:], dim=0)


# %% exercise="ctc-loss" kind="alternative" name="loops-guarded"
def ctc_loss(log_probs, target, blank=0):
    if len(log_probs) == 0:
        raise ValueError
    target = tuple(int(t) for t in target)
    if blank in target:
        raise ValueError

    def lse(*v):
        m = max(v)
        return m if m == -math.inf else m + math.log(sum(math.exp(x - m) for x in v))

    z = [blank]
    for label in target:
        z += [label, blank]
    a = [log_probs[0][k] if i < 2 else -math.inf for i, k in enumerate(z)]
    for frame in log_probs[1:]:
        a = [
            lse(*[a[r] for r in (s, s - 1, s - 2) if r >= 0 and (r > s - 2 or (z[s] != blank and z[s] != z[r]))])
            + frame[z[s]]
            for s in range(len(z))
        ]
    return -lse(*a[-2:])


# %% exercise="ctc-loss" kind="alternative" name="torch-itself"
def ctc_loss(log_probs, target, blank=0):
    x = torch.tensor(np.asarray(log_probs, np.float32)).unsqueeze(1)
    return F.ctc_loss(
        x,
        torch.tensor([list(target)], dtype=torch.long),
        torch.tensor([len(log_probs)]),
        torch.tensor([len(target)]),
        blank=blank,
        reduction="none",
    )[0]


# %% exercise="ctc-loss" kind="mistake" name="jumps-between-equals" says="jumps from a label to an equal one"
def ctc_loss(log_probs, target, blank=0):
    log_probs = np.asarray(log_probs, float)
    states = [blank]
    for label in target:
        states += [int(label), blank]
    jump = [s >= 2 and states[s] != blank for s in range(len(states))]
    alpha = np.full(len(states), -np.inf)
    alpha[:2] = log_probs[0, states[:2]]
    for frame in log_probs[1:]:
        before = np.concatenate([[-np.inf, -np.inf], alpha])
        ways = np.logaddexp(before[2:], before[1:-1])
        alpha = np.where(jump, np.logaddexp(ways, before[:-2]), ways) + frame[states]
    return float(-np.logaddexp.reduce(alpha[-2:]))


# %% exercise="ctc-loss" kind="mistake" name="never-jumps" says="never jumps over a blank"
def ctc_loss(log_probs, target, blank=0):
    log_probs = np.asarray(log_probs, float)
    states = [blank]
    for label in target:
        states += [int(label), blank]
    jump = [False for s in states]
    alpha = np.full(len(states), -np.inf)
    alpha[:2] = log_probs[0, states[:2]]
    for frame in log_probs[1:]:
        before = np.concatenate([[-np.inf, -np.inf], alpha])
        ways = np.logaddexp(before[2:], before[1:-1])
        alpha = np.where(jump, np.logaddexp(ways, before[:-2]), ways) + frame[states]
    return float(-np.logaddexp.reduce(alpha[-2:]))


# %% exercise="ctc-loss" kind="mistake" name="jumps-over-labels" says="jumps from blank to blank"
def ctc_loss(log_probs, target, blank=0):
    log_probs = np.asarray(log_probs, float)
    states = [blank]
    for label in target:
        states += [int(label), blank]
    jump = [s >= 2 and (states[s] == blank or states[s] != states[s - 2]) for s in range(len(states))]
    alpha = np.full(len(states), -np.inf)
    alpha[:2] = log_probs[0, states[:2]]
    for frame in log_probs[1:]:
        before = np.concatenate([[-np.inf, -np.inf], alpha])
        ways = np.logaddexp(before[2:], before[1:-1])
        alpha = np.where(jump, np.logaddexp(ways, before[:-2]), ways) + frame[states]
    return float(-np.logaddexp.reduce(alpha[-2:]))


# %% exercise="ctc-loss" kind="mistake" name="best-path-only" says="only the best path is counted"
def ctc_loss(log_probs, target, blank=0):
    log_probs = np.asarray(log_probs, float)
    states = [blank]
    for label in target:
        states += [int(label), blank]
    jump = [s >= 2 and states[s] != blank and states[s] != states[s - 2] for s in range(len(states))]
    alpha = np.full(len(states), -np.inf)
    alpha[:2] = log_probs[0, states[:2]]
    for frame in log_probs[1:]:
        before = np.concatenate([[-np.inf, -np.inf], alpha])
        ways = np.maximum(before[2:], before[1:-1])
        alpha = np.where(jump, np.maximum(ways, before[:-2]), ways) + frame[states]
    return float(-max(alpha[-2:]))


# %% exercise="ctc-loss" kind="mistake" name="starts-with-blank" says="every path starts with a blank"
def ctc_loss(log_probs, target, blank=0):
    log_probs = np.asarray(log_probs, float)
    states = [blank]
    for label in target:
        states += [int(label), blank]
    jump = [s >= 2 and states[s] != blank and states[s] != states[s - 2] for s in range(len(states))]
    alpha = np.full(len(states), -np.inf)
    alpha[0] = log_probs[0, blank]
    for frame in log_probs[1:]:
        before = np.concatenate([[-np.inf, -np.inf], alpha])
        ways = np.logaddexp(before[2:], before[1:-1])
        alpha = np.where(jump, np.logaddexp(ways, before[:-2]), ways) + frame[states]
    return float(-np.logaddexp.reduce(alpha[-2:]))


# %% exercise="ctc-loss" kind="mistake" name="ends-with-blank" says="every path ends with a blank"
def ctc_loss(log_probs, target, blank=0):
    log_probs = np.asarray(log_probs, float)
    states = [blank]
    for label in target:
        states += [int(label), blank]
    jump = [s >= 2 and states[s] != blank and states[s] != states[s - 2] for s in range(len(states))]
    alpha = np.full(len(states), -np.inf)
    alpha[:2] = log_probs[0, states[:2]]
    for frame in log_probs[1:]:
        before = np.concatenate([[-np.inf, -np.inf], alpha])
        ways = np.logaddexp(before[2:], before[1:-1])
        alpha = np.where(jump, np.logaddexp(ways, before[:-2]), ways) + frame[states]
    return float(-alpha[-1])


# %% exercise="ctc-loss" kind="mistake" name="mean-over-labels" says="divided by the number of labels"
def ctc_loss(log_probs, target, blank=0):
    log_probs = np.asarray(log_probs, float)
    states = [blank]
    for label in target:
        states += [int(label), blank]
    jump = [s >= 2 and states[s] != blank and states[s] != states[s - 2] for s in range(len(states))]
    alpha = np.full(len(states), -np.inf)
    alpha[:2] = log_probs[0, states[:2]]
    for frame in log_probs[1:]:
        before = np.concatenate([[-np.inf, -np.inf], alpha])
        ways = np.logaddexp(before[2:], before[1:-1])
        alpha = np.where(jump, np.logaddexp(ways, before[:-2]), ways) + frame[states]
    return float(-np.logaddexp.reduce(alpha[-2:])) / max(len(target), 1)


# %% exercise="ctc-loss" kind="mistake" name="sign-forgotten" says="the sign is missing"
def ctc_loss(log_probs, target, blank=0):
    log_probs = np.asarray(log_probs, float)
    states = [blank]
    for label in target:
        states += [int(label), blank]
    jump = [s >= 2 and states[s] != blank and states[s] != states[s - 2] for s in range(len(states))]
    alpha = np.full(len(states), -np.inf)
    alpha[:2] = log_probs[0, states[:2]]
    for frame in log_probs[1:]:
        before = np.concatenate([[-np.inf, -np.inf], alpha])
        ways = np.logaddexp(before[2:], before[1:-1])
        alpha = np.where(jump, np.logaddexp(ways, before[:-2]), ways) + frame[states]
    return float(np.logaddexp.reduce(alpha[-2:]))


# %% exercise="ctc-loss" kind="mistake" name="probabilities" says="2,000 frames underflow"
def ctc_loss(log_probs, target, blank=0):
    p = np.exp(np.asarray(log_probs, float))
    states = [blank]
    for label in target:
        states += [int(label), blank]
    alpha = np.zeros(len(states))
    alpha[:2] = p[0, states[:2]]
    for frame in p[1:]:
        new = alpha.copy()
        for s in range(1, len(states)):
            new[s] += alpha[s - 1]
            if s >= 2 and states[s] != blank and states[s] != states[s - 2]:
                new[s] += alpha[s - 2]
        alpha = new * frame[states]
    total = alpha[-2:].sum()
    return -math.log(total) if total > 0 else math.inf


# %% exercise="ctc-loss" kind="mistake" name="no-blanks" says="have no blanks at all"
def ctc_loss(log_probs, target, blank=0):
    log_probs = np.asarray(log_probs, float)
    states = list(target) or [blank]
    alpha = np.full(len(states), -np.inf)
    alpha[0] = log_probs[0, states[0]]
    for frame in log_probs[1:]:
        alpha = np.logaddexp(alpha, np.concatenate([[-np.inf], alpha[:-1]])) + frame[states]
    return float(-alpha[-1])


# %% exercise="ctc-loss" kind="mistake" name="blank-zero" says="label 0 is taken for the blank"
def ctc_loss(log_probs, target, blank=0):
    log_probs = np.asarray(log_probs, float)
    states = [0]
    for label in target:
        states += [int(label), 0]
    jump = [s >= 2 and states[s] != 0 and states[s] != states[s - 2] for s in range(len(states))]
    alpha = np.full(len(states), -np.inf)
    alpha[:2] = log_probs[0, states[:2]]
    for frame in log_probs[1:]:
        before = np.concatenate([[-np.inf, -np.inf], alpha])
        ways = np.logaddexp(before[2:], before[1:-1])
        alpha = np.where(jump, np.logaddexp(ways, before[:-2]), ways) + frame[states]
    return float(-np.logaddexp.reduce(alpha[-2:]))


# %% exercise="ctc-loss" kind="mistake" name="own-logsumexp-nan" says="the loss is nan"
def ctc_loss(log_probs, target, blank=0):
    log_probs = np.asarray(log_probs, float)

    def lse(*v):
        m = max(v)
        return m + np.log(sum(np.exp(x - m) for x in v))

    states = [blank]
    for label in target:
        states += [int(label), blank]
    a = [-np.inf] * len(states)
    a[0] = log_probs[0, blank]
    if len(states) > 1:
        a[1] = log_probs[0, states[1]]
    for frame in log_probs[1:]:
        new = []
        for s in range(len(states)):
            v = [a[s]]
            if s:
                v.append(a[s - 1])
            if s > 1 and states[s] != blank and states[s] != states[s - 2]:
                v.append(a[s - 2])
            new.append(lse(*v) + frame[states[s]])
        a = new
    return -lse(*a[-2:])


# %% exercise="ctc-loss" kind="mistake" name="divided-by-frames" says="divided by the number of frames"
def ctc_loss(log_probs, target, blank=0):
    x = torch.tensor(np.asarray(log_probs, float)).unsqueeze(1)
    return F.ctc_loss(
        x,
        torch.tensor([list(target)], dtype=torch.long),
        torch.tensor([len(log_probs)]),
        torch.tensor([len(target)]),
        blank=blank,
        reduction="sum",
    ).item() / len(log_probs)


# %% exercise="greedy-decode" kind="alternative" name="groupby"
def decode(log_probs, lengths):
    best = np.argmax(log_probs, axis=-1).T
    return [
        [int(label) - 1 for label, _ in itertools.groupby(path[:length]) if label]
        for path, length in zip(best, lengths)
    ]


# %% exercise="greedy-decode" kind="alternative" name="torch-consecutive"
def decode(log_probs, lengths):
    labels = torch.as_tensor(log_probs).argmax(-1)
    out = []
    for i, n in enumerate(lengths):
        runs = torch.unique_consecutive(labels[: int(n), i])
        out.append((runs[runs > 0] - 1).tolist())
    return out


# %% exercise="greedy-decode" kind="alternative" name="arrays-with-shift"
def decode(log_probs, lengths):
    out = []
    for i in range(len(lengths)):
        path = np.asarray(log_probs)[: lengths[i], i].argmax(1)
        new = np.ones(len(path), bool)
        new[1:] = path[1:] != path[:-1]
        out.append(path[new & (path != 0)] - 1)
    return out


# %% exercise="greedy-decode" kind="mistake" name="as-the-desk-has-it" says="still the desk's decoder"
def decode(log_probs, lengths):
    return desk_decode(log_probs, lengths)


# %% exercise="greedy-decode" kind="mistake" name="order-left" says="blanks are dropped before runs"
def decode(log_probs, lengths):
    best = np.asarray(log_probs).argmax(axis=2)
    spoken = []
    for i, length in enumerate(lengths):
        digits = [int(d) for d in best[:length, i] - 1 if d >= 0]
        spoken.append([d for j, d in enumerate(digits) if j == 0 or d != digits[j - 1]])
    return spoken


# %% exercise="greedy-decode" kind="mistake" name="zero-lost" says="digit 0 is lost"
def decode(log_probs, lengths):
    best = np.asarray(log_probs).argmax(axis=2)
    spoken = []
    for i, length in enumerate(lengths):
        path = best[: int(length), i]
        runs = [int(label) for j, label in enumerate(path) if j == 0 or label != path[j - 1]]
        spoken.append([label - 1 for label in runs if label - 1 > 0])
    return spoken


# %% exercise="greedy-decode" kind="mistake" name="filling-decoded" says="filling behind short utterances"
def decode(log_probs, lengths):
    best = np.asarray(log_probs).argmax(axis=2)
    spoken = []
    for i, length in enumerate(lengths):
        path = best[:, i]
        runs = [int(label) for j, label in enumerate(path) if j == 0 or label != path[j - 1]]
        spoken.append([label - 1 for label in runs if label != 0])
    return spoken


# %% exercise="greedy-decode" kind="mistake" name="labels-not-digits" says="labels are returned, not digits"
def decode(log_probs, lengths):
    best = np.asarray(log_probs).argmax(axis=2)
    spoken = []
    for i, length in enumerate(lengths):
        path = best[: int(length), i]
        runs = [int(label) for j, label in enumerate(path) if j == 0 or label != path[j - 1]]
        spoken.append([label for label in runs if label != 0])
    return spoken


# %% exercise="greedy-decode" kind="mistake" name="runs-not-joined" says="runs of a label are not joined"
def decode(log_probs, lengths):
    best = np.asarray(log_probs).argmax(axis=2)
    spoken = []
    for i, length in enumerate(lengths):
        path = best[: int(length), i]
        runs = [int(label) for j, label in enumerate(path)]
        spoken.append([label - 1 for label in runs if label != 0])
    return spoken


# %% exercise="greedy-decode" kind="mistake" name="unique" says="comes again later is dropped"
def decode(log_probs, lengths):
    best = np.asarray(log_probs).argmax(axis=2)
    spoken = []
    for i, length in enumerate(lengths):
        path = best[: int(length), i]
        runs = [int(label) for j, label in enumerate(path) if j == 0 or label != path[j - 1]]
        spoken.append([label - 1 for label in dict.fromkeys(runs) if label != 0])
    return spoken


# %% exercise="greedy-decode" kind="mistake" name="previous-carried-over" says="carried over into the next"
def decode(log_probs, lengths):
    best = np.asarray(log_probs).argmax(axis=2)
    spoken, previous = [], 0
    for i, length in enumerate(lengths):
        digits = []
        for label in best[: int(length), i]:
            if label != previous and label != 0:
                digits.append(int(label) - 1)
            previous = label
        spoken.append(digits)
    return spoken


# %% exercise="greedy-decode" kind="mistake" name="one-frame-short" says="last frame of each utterance"
def decode(log_probs, lengths):
    best = np.asarray(log_probs).argmax(axis=2)
    spoken = []
    for i, length in enumerate(lengths):
        path = best[: max(int(length) - 1, 0), i]
        runs = [int(label) for j, label in enumerate(path) if j == 0 or label != path[j - 1]]
        spoken.append([label - 1 for label in runs if label != 0])
    return spoken


# %% exercise="greedy-decode" kind="mistake" name="cropped-after" says="not those that the path spells"
def decode(log_probs, lengths):
    best = np.asarray(log_probs).argmax(axis=2)
    spoken = []
    for i, length in enumerate(lengths):
        path = best[:, i]
        runs = [int(label) for j, label in enumerate(path) if j == 0 or label != path[j - 1]]
        spoken.append([label - 1 for label in runs if label != 0][: int(length)])
    return spoken


# %% exercise="augment" kind="alternative" name="resampled-by-loop"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    db = rng.uniform(snr[0], snr[1])
    factor = speed[0] + (speed[1] - speed[0]) * rng.random()
    x = [float(s) for s in samples]
    word, place = [], 0.0
    while place <= len(x) - 1:
        left = int(place)
        right = min(left + 1, len(x) - 1)
        word.append(x[left] + (place - left) * (x[right] - x[left]))
        place += factor
    front = [0.0] * round(silence * rate * rng.random())
    back = [0.0] * round(silence * rate * rng.random())
    power = sum(s * s for s in word) / len(word)
    sound = np.array(front + word + back)
    noise = rng.standard_normal(len(sound))
    return sound + noise * math.sqrt(power) * 10 ** (-db / 20)


# %% exercise="augment" kind="alternative" name="noise-into-padded"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    x = torch.tensor(np.asarray(samples, dtype=float))[None, None]
    length = max(2, round(x.shape[-1] / rng.uniform(*speed)))
    word = F.interpolate(x, size=length, mode="linear", align_corners=True)[0, 0]
    front, back = rng.integers(0, int(silence * rate) + 1, size=2).tolist()
    sound = F.pad(word, (front, back))
    ratio = 10 ** (rng.uniform(*snr) / 10)
    return sound + (word.square().mean() / ratio).sqrt() * torch.tensor(rng.normal(size=len(sound)))


# %% exercise="augment" kind="alternative" name="scipy-interp-int-silence"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    from scipy.interpolate import interp1d

    x = np.array(samples, dtype=np.float64)
    factor = rng.uniform(low=speed[0], high=speed[1])
    n = int((len(x) - 1) / factor) + 1
    word = interp1d(np.arange(len(x)), x, bounds_error=False, fill_value="extrapolate")(np.arange(n) * factor)
    d1, d2 = rng.uniform(0, silence, size=2)
    sound = np.pad(word, (int(round(d1 * rate)), int(round(d2 * rate))))
    db = rng.uniform(snr[0], snr[1])
    sigma = np.linalg.norm(word) / len(word) ** 0.5
    sound += rng.standard_normal(sound.shape) * sigma * 10 ** (-db / 20)
    return sound.tolist()


# %% exercise="augment" kind="mistake" name="speed-upside-down" says="speed is upside down"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    places = np.arange(0, len(samples) - 1 + 1e-9, 1 / factor)
    word = np.interp(places, np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * rate)) for _ in range(2))
    sound = np.concatenate([before, word, after])
    noise_power = np.mean(word**2) / 10 ** (rng.uniform(*snr) / 10)
    return sound + rng.normal(scale=np.sqrt(noise_power), size=len(sound))


# %% exercise="augment" kind="mistake" name="amplitude-decibels" says="decibels of power are 10 times"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    places = np.arange(0, len(samples) - 1 + 1e-9, factor)
    word = np.interp(places, np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * rate)) for _ in range(2))
    sound = np.concatenate([before, word, after])
    noise_power = np.mean(word**2) / 10 ** (rng.uniform(*snr) / 20)
    return sound + rng.normal(scale=np.sqrt(noise_power), size=len(sound))


# %% exercise="augment" kind="mistake" name="noise-before-silence" says="silence around the word is digital zero"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    places = np.arange(0, len(samples) - 1 + 1e-9, factor)
    word = np.interp(places, np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * rate)) for _ in range(2))
    noise_power = np.mean(word**2) / 10 ** (rng.uniform(*snr) / 10)
    noisy = word + rng.normal(scale=np.sqrt(noise_power), size=len(word))
    return np.concatenate([before, noisy, after])


# %% exercise="augment" kind="mistake" name="power-with-silence" says="power is measured with the silence"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    places = np.arange(0, len(samples) - 1 + 1e-9, factor)
    word = np.interp(places, np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * rate)) for _ in range(2))
    sound = np.concatenate([before, word, after])
    noise_power = np.mean(sound**2) / 10 ** (rng.uniform(*snr) / 10)
    return sound + rng.normal(scale=np.sqrt(noise_power), size=len(sound))


# %% exercise="augment" kind="mistake" name="ratio-upside-down" says="ratio is upside down"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    places = np.arange(0, len(samples) - 1 + 1e-9, factor)
    word = np.interp(places, np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * rate)) for _ in range(2))
    sound = np.concatenate([before, word, after])
    noise_power = np.mean(word**2) * 10 ** (rng.uniform(*snr) / 10)
    return sound + rng.normal(scale=np.sqrt(noise_power), size=len(sound))


# %% exercise="augment" kind="mistake" name="own-generator" says="another seed gives the same sound"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    rng = np.random.default_rng(0)
    factor = rng.uniform(*speed)
    places = np.arange(0, len(samples) - 1 + 1e-9, factor)
    word = np.interp(places, np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * rate)) for _ in range(2))
    sound = np.concatenate([before, word, after])
    noise_power = np.mean(word**2) / 10 ** (rng.uniform(*snr) / 10)
    return sound + rng.normal(scale=np.sqrt(noise_power), size=len(sound))


# %% exercise="augment" kind="mistake" name="global-numpy" says="same generator state gives another sound"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    places = np.arange(0, len(samples) - 1 + 1e-9, factor)
    word = np.interp(places, np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * rate)) for _ in range(2))
    sound = np.concatenate([before, word, after])
    noise_power = np.mean(word**2) / 10 ** (rng.uniform(*snr) / 10)
    return sound + np.random.normal(scale=np.sqrt(noise_power), size=len(sound))


# %% exercise="augment" kind="mistake" name="silence-in-front-only" says="silence is only in front"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    places = np.arange(0, len(samples) - 1 + 1e-9, factor)
    word = np.interp(places, np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * rate)) for _ in range(2))
    sound = np.concatenate([before, word])
    noise_power = np.mean(word**2) / 10 ** (rng.uniform(*snr) / 10)
    return sound + rng.normal(scale=np.sqrt(noise_power), size=len(sound))


# %% exercise="augment" kind="mistake" name="in-place" says="changed in place"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples -= np.mean(samples, dtype=samples.dtype)
    factor = rng.uniform(*speed)
    places = np.arange(0, len(samples) - 1 + 1e-9, factor)
    word = np.interp(places, np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * rate)) for _ in range(2))
    sound = np.concatenate([before, word, after])
    noise_power = np.mean(word**2) / 10 ** (rng.uniform(*snr) / 10)
    return sound + rng.normal(scale=np.sqrt(noise_power), size=len(sound))


# %% exercise="augment" kind="mistake" name="length-kept" says="speed is not changed at all"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    places = np.arange(0, len(samples) - 1 + 1e-9, factor)
    word = np.interp(np.linspace(0, places[-1], len(samples)), np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * rate)) for _ in range(2))
    sound = np.concatenate([before, word, after])
    noise_power = np.mean(word**2) / 10 ** (rng.uniform(*snr) / 10)
    return sound + rng.normal(scale=np.sqrt(noise_power), size=len(sound))


# %% exercise="augment" kind="mistake" name="one-draw-both-sides" says="both sides get the same silence"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    word = np.interp(np.arange(0, len(samples) - 1, factor), np.arange(len(samples)), samples)
    pad = np.zeros(int(rng.uniform(0, silence) * rate))
    sound = np.concatenate([pad, word, pad])
    return sound + rng.normal(scale=np.sqrt(np.mean(word**2) / 10 ** (rng.uniform(*snr) / 10)), size=len(sound))


# %% exercise="augment" kind="mistake" name="lowest-ratio" says="ratio is the same each time"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    word = np.interp(np.arange(0, len(samples) - 1, factor), np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * rate)) for _ in range(2))
    sound = np.concatenate([before, word, after])
    return sound + rng.normal(scale=np.sqrt(np.mean(word**2) / 10 ** (snr[0] / 10)), size=len(sound))


# %% exercise="augment" kind="mistake" name="uniform-in-ratio" says="not drawn uniformly in dB"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    word = np.interp(np.arange(0, len(samples) - 1, factor), np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * rate)) for _ in range(2))
    sound = np.concatenate([before, word, after])
    ratio = rng.uniform(10 ** (snr[0] / 10), 10 ** (snr[1] / 10))
    return sound + rng.normal(scale=np.sqrt(np.mean(word**2) / ratio), size=len(sound))


# %% exercise="augment" kind="mistake" name="silence-shared" says="not for both together"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    word = np.interp(np.arange(0, len(samples) - 1, factor), np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence / 2) * rate)) for _ in range(2))
    sound = np.concatenate([before, word, after])
    return sound + rng.normal(scale=np.sqrt(np.mean(word**2) / 10 ** (rng.uniform(*snr) / 10)), size=len(sound))


# %% exercise="augment" kind="mistake" name="rate-hard-coded" says="rate given is not heeded"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    word = np.interp(np.arange(0, len(samples) - 1, factor), np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * 8000)) for _ in range(2))
    sound = np.concatenate([before, word, after])
    return sound + rng.normal(scale=np.sqrt(np.mean(word**2) / 10 ** (rng.uniform(*snr) / 10)), size=len(sound))


# %% exercise="augment" kind="mistake" name="silence-in-samples" says="no silence is added"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    word = np.interp(np.arange(0, len(samples) - 1, factor), np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence))) for _ in range(2))
    sound = np.concatenate([before, word, after])
    return sound + rng.normal(scale=np.sqrt(np.mean(word**2) / 10 ** (rng.uniform(*snr) / 10)), size=len(sound))


# %% exercise="augment" kind="mistake" name="uniform-noise" says="noise is not Gaussian"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    word = np.interp(np.arange(0, len(samples) - 1, factor), np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * rate)) for _ in range(2))
    sound = np.concatenate([before, word, after])
    a = np.sqrt(3 * np.mean(word**2) / 10 ** (rng.uniform(*snr) / 10))
    return sound + rng.uniform(-a, a, size=len(sound))


# %% exercise="augment" kind="mistake" name="one-number-noise" says="needs a size"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    word = np.interp(np.arange(0, len(samples) - 1, factor), np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * rate)) for _ in range(2))
    sound = np.concatenate([before, word, after])
    return sound + rng.normal(scale=np.sqrt(np.mean(word**2) / 10 ** (rng.uniform(*snr) / 10)))


# %% exercise="augment" kind="mistake" name="power-before-speed" says="measured before its speed"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    word = np.interp(np.arange(0, len(samples) - 1, factor), np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * rate)) for _ in range(2))
    sound = np.concatenate([before, word, after])
    return sound + rng.normal(scale=np.sqrt(np.mean(samples**2) / 10 ** (rng.uniform(*snr) / 10)), size=len(sound))


# %% exercise="augment" kind="mistake" name="variance-as-scale" says="root of the power"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    word = np.interp(np.arange(0, len(samples) - 1, factor), np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * rate)) for _ in range(2))
    sound = np.concatenate([before, word, after])
    return sound + rng.normal(scale=np.mean(word**2) / 10 ** (rng.uniform(*snr) / 10), size=len(sound))


# %% exercise="word-error-rate" kind="alternative" name="jiwer-itself"
def word_error_rate(references, hypotheses):
    if len(references) != len(hypotheses) or not any(r.split() for r in references):
        raise ValueError("as many hypotheses as references, and at least one word, please")
    return jiwer.wer(references, hypotheses)


# %% exercise="word-error-rate" kind="alternative" name="whole-table"
def word_error_rate(references, hypotheses):
    errors = words = 0
    for r, h in zip(references, hypotheses, strict=True):
        r, h = r.split(), h.split()
        table = np.add.outer(np.arange(len(r) + 1), np.arange(len(h) + 1))
        for i in range(len(r)):
            for j in range(len(h)):
                table[i + 1, j + 1] = min(table[i, j] + (r[i] != h[j]), table[i, j + 1] + 1, table[i + 1, j] + 1)
        errors, words = errors + table[-1, -1], words + len(r)
    if not words:
        raise ValueError("no words to count")
    return errors / words


# %% exercise="word-error-rate" kind="alternative" name="recursion"
def word_error_rate(references, hypotheses):
    from functools import lru_cache

    if len(references) != len(hypotheses):
        raise ValueError("lists of different lengths")

    def distance(a, b):
        @lru_cache(None)
        def tail(i, j):
            if i == len(a) or j == len(b):
                return len(a) - i + len(b) - j
            if a[i] == b[j]:
                return tail(i + 1, j + 1)
            return 1 + min(tail(i + 1, j + 1), tail(i + 1, j), tail(i, j + 1))

        return tail(0, 0)

    pairs = [(tuple(r.split()), tuple(h.split())) for r, h in zip(references, hypotheses)]
    total = sum(len(r) for r, _ in pairs)
    if total == 0:
        raise ValueError("the references are empty")
    return sum(distance(*pair) for pair in pairs) / total


# %% exercise="word-error-rate" kind="mistake" name="mean-of-sentences" says="rates of sentences are averaged"
def word_error_rate(references, hypotheses):
    if len(references) != len(hypotheses):
        raise ValueError(f"{len(references)} references, but {len(hypotheses)} hypotheses")
    rates, words = [], 0
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        said, heard = reference.split(), hypothesis.split()
        row = list(range(len(heard) + 1))
        for i, word in enumerate(said, 1):
            diagonal, row[0] = row[0], i
            for j, other in enumerate(heard, 1):
                best = min(diagonal + (word != other), row[j] + 1, row[j - 1] + 1)
                diagonal, row[j] = row[j], best
        rates.append(row[-1] / max(len(said), 1))
        words += len(said)
    if words == 0:
        raise ValueError("the references have no words")
    return sum(rates) / len(rates)


# %% exercise="word-error-rate" kind="mistake" name="over-words-heard" says="divided by the words heard"
def word_error_rate(references, hypotheses):
    if len(references) != len(hypotheses):
        raise ValueError(f"{len(references)} references, but {len(hypotheses)} hypotheses")
    errors, words = 0, 0
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        said, heard = reference.split(), hypothesis.split()
        row = list(range(len(heard) + 1))
        for i, word in enumerate(said, 1):
            diagonal, row[0] = row[0], i
            for j, other in enumerate(heard, 1):
                best = min(diagonal + (word != other), row[j] + 1, row[j - 1] + 1)
                diagonal, row[j] = row[j], best
        errors += row[-1]
        words += len(heard)
    if words == 0:
        raise ValueError("the references have no words")
    return errors / words


# %% exercise="word-error-rate" kind="mistake" name="cut-at-one" says="cut off at 1"
def word_error_rate(references, hypotheses):
    if len(references) != len(hypotheses):
        raise ValueError(f"{len(references)} references, but {len(hypotheses)} hypotheses")
    errors, words = 0, 0
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        said, heard = reference.split(), hypothesis.split()
        row = list(range(len(heard) + 1))
        for i, word in enumerate(said, 1):
            diagonal, row[0] = row[0], i
            for j, other in enumerate(heard, 1):
                best = min(diagonal + (word != other), row[j] + 1, row[j - 1] + 1)
                diagonal, row[j] = row[j], best
        errors += row[-1]
        words += len(said)
    if words == 0:
        raise ValueError("the references have no words")
    return min(1.0, errors / words)


# %% exercise="word-error-rate" kind="mistake" name="place-by-place" says="compared place by place"
def word_error_rate(references, hypotheses):
    if len(references) != len(hypotheses):
        raise ValueError(f"{len(references)} references, but {len(hypotheses)} hypotheses")
    errors, words = 0, 0
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        said, heard = reference.split(), hypothesis.split()
        row = list(range(len(heard) + 1))
        for i, word in enumerate(said, 1):
            diagonal, row[0] = row[0], i
            for j, other in enumerate(heard, 1):
                best = min(diagonal + (word != other), row[j] + 1, row[j - 1] + 1)
                diagonal, row[j] = row[j], best
        errors += sum(a != b for a, b in itertools.zip_longest(said, heard))
        words += len(said)
    if words == 0:
        raise ValueError("the references have no words")
    return errors / words


# %% exercise="word-error-rate" kind="mistake" name="characters" says="characters are counted"
def word_error_rate(references, hypotheses):
    if len(references) != len(hypotheses):
        raise ValueError(f"{len(references)} references, but {len(hypotheses)} hypotheses")
    errors, words = 0, 0
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        said, heard = list(reference), list(hypothesis)
        row = list(range(len(heard) + 1))
        for i, word in enumerate(said, 1):
            diagonal, row[0] = row[0], i
            for j, other in enumerate(heard, 1):
                best = min(diagonal + (word != other), row[j] + 1, row[j - 1] + 1)
                diagonal, row[j] = row[j], best
        errors += row[-1]
        words += len(said)
    if words == 0:
        raise ValueError("the references have no words")
    return errors / words


# %% exercise="word-error-rate" kind="mistake" name="first-row-zero" says="extra words at the start cost nothing"
def word_error_rate(references, hypotheses):
    if len(references) != len(hypotheses):
        raise ValueError(f"{len(references)} references, but {len(hypotheses)} hypotheses")
    errors, words = 0, 0
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        said, heard = reference.split(), hypothesis.split()
        row = [0] * (len(heard) + 1)
        for i, word in enumerate(said, 1):
            diagonal, row[0] = row[0], i
            for j, other in enumerate(heard, 1):
                best = min(diagonal + (word != other), row[j] + 1, row[j - 1] + 1)
                diagonal, row[j] = row[j], best
        errors += row[-1]
        words += len(said)
    if words == 0:
        raise ValueError("the references have no words")
    return errors / words


# %% exercise="word-error-rate" kind="mistake" name="replacement-twice" says="wrong word counts twice"
def word_error_rate(references, hypotheses):
    if len(references) != len(hypotheses):
        raise ValueError(f"{len(references)} references, but {len(hypotheses)} hypotheses")
    errors, words = 0, 0
    for reference, hypothesis in zip(references, hypotheses, strict=True):
        said, heard = reference.split(), hypothesis.split()
        row = list(range(len(heard) + 1))
        for i, word in enumerate(said, 1):
            diagonal, row[0] = row[0], i
            for j, other in enumerate(heard, 1):
                best = min(diagonal + 2 * (word != other), row[j] + 1, row[j - 1] + 1)
                diagonal, row[j] = row[j], best
        errors += row[-1]
        words += len(said)
    if words == 0:
        raise ValueError("the references have no words")
    return errors / words


# %% exercise="word-error-rate" kind="mistake" name="one-long-sentence" says="aligned as one"
def word_error_rate(references, hypotheses):
    if len(references) != len(hypotheses):
        raise ValueError(f"{len(references)} references, but {len(hypotheses)} hypotheses")
    errors, words = 0, 0
    for reference, hypothesis in [(" ".join(references), " ".join(hypotheses))]:
        said, heard = reference.split(), hypothesis.split()
        row = list(range(len(heard) + 1))
        for i, word in enumerate(said, 1):
            diagonal, row[0] = row[0], i
            for j, other in enumerate(heard, 1):
                best = min(diagonal + (word != other), row[j] + 1, row[j - 1] + 1)
                diagonal, row[j] = row[j], best
        errors += row[-1]
        words += len(said)
    if words == 0:
        raise ValueError("the references have no words")
    return errors / words


# %% exercise="word-error-rate" kind="mistake" name="zip-cuts" says="lists of different lengths raise no"
def word_error_rate(references, hypotheses):
    errors, words = 0, 0
    for reference, hypothesis in zip(references, hypotheses, strict=False):
        said, heard = reference.split(), hypothesis.split()
        row = list(range(len(heard) + 1))
        for i, word in enumerate(said, 1):
            diagonal, row[0] = row[0], i
            for j, other in enumerate(heard, 1):
                best = min(diagonal + (word != other), row[j] + 1, row[j - 1] + 1)
                diagonal, row[j] = row[j], best
        errors += row[-1]
        words += len(said)
    if words == 0:
        raise ValueError("the references have no words")
    return errors / words


# %% exercise="word-error-rate" kind="mistake" name="case-folded" says="case does not count"
def word_error_rate(references, hypotheses):
    if len(references) != len(hypotheses) or not any(r.split() for r in references):
        raise ValueError
    return jiwer.wer([r.lower() for r in references], [h.lower() for h in hypotheses])


# %% exercise="word-error-rate" kind="mistake" name="difflib" says="cheaper way from said to heard"
def word_error_rate(references, hypotheses):
    import difflib

    if len(references) != len(hypotheses) or not any(r.split() for r in references):
        raise ValueError
    e = w = 0
    for r, h in zip(references, hypotheses):
        r, h = r.split(), h.split()
        w += len(r)
        for tag, a, b, c, d in difflib.SequenceMatcher(None, r, h, autojunk=False).get_opcodes():
            if tag != "equal":
                e += max(b - a, d - c)
    return e / w


# %% exercise="word-error-rate" kind="mistake" name="split-on-space" says="at every single space"
def word_error_rate(references, hypotheses):
    if len(references) != len(hypotheses) or not any(r.split() for r in references):
        raise ValueError
    e = w = 0
    for r, h in zip(references, hypotheses):
        r, h = r.split(" "), h.split(" ")
        t = np.add.outer(np.arange(len(r) + 1), np.arange(len(h) + 1))
        for i in range(len(r)):
            for j in range(len(h)):
                t[i + 1, j + 1] = min(t[i, j] + (r[i] != h[j]), t[i, j + 1] + 1, t[i + 1, j] + 1)
        e, w = e + t[-1, -1], w + len(r)
    return e / w


# %% exercise="word-error-rate" kind="mistake" name="lcs-no-substitutions-max" says="taken from the longer length"
def word_error_rate(references, hypotheses):
    if len(references) != len(hypotheses) or not any(r.split() for r in references):
        raise ValueError
    e = w = 0
    for r, h in zip(references, hypotheses):
        r, h = r.split(), h.split()
        t = np.zeros((len(r) + 1, len(h) + 1), int)
        for i in range(len(r)):
            for j in range(len(h)):
                t[i + 1, j + 1] = t[i, j] + 1 if r[i] == h[j] else max(t[i, j + 1], t[i + 1, j])
        e, w = e + max(len(r), len(h)) - t[-1, -1], w + len(r)
    return e / w


# %% exercise="word-error-rate" kind="mistake" name="percent" says="the rate is in percent"
def word_error_rate(references, hypotheses):
    if len(references) != len(hypotheses) or not any(r.split() for r in references):
        raise ValueError
    return 100 * jiwer.wer(references, hypotheses)


# %% exercise="word-error-rate" kind="mistake" name="empty-reference-skipped" says="empty reference is skipped"
def word_error_rate(references, hypotheses):
    if len(references) != len(hypotheses) or not any(r.split() for r in references):
        raise ValueError
    pairs = [(r, h) for r, h in zip(references, hypotheses) if r.split()]
    return jiwer.wer([r for r, _ in pairs], [h for _, h in pairs])


# %% exercise="word-error-rate" kind="mistake" name="insertions-free" says="made up cost nothing"
def word_error_rate(references, hypotheses):
    if len(references) != len(hypotheses) or not any(r.split() for r in references):
        raise ValueError
    o = jiwer.process_words(references, hypotheses)
    return (o.substitutions + o.deletions) / (o.hits + o.substitutions + o.deletions)


# %% exercise="what-forty-prove" kind="alternative" name="statsmodels-and-sum"
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.contingency_tables import mcnemar

low, high = proportion_confint(22, 40, method="beta")
n = 1
while 0.95**n > 0.05:
    n += 1
note = dict(
    low=round(low, 3),
    high=round(high, 3),
    p_value=mcnemar([[11, 11], [7, 11]]).pvalue,
    better="Not shown",
    nine_in_ten="refuted",
    figure="people or synthetic",
    needed=float(n),
    next="record new speakers",
)


# %% exercise="what-forty-prove" kind="alternative" name="by-the-binomial"
k, n = 22, 40
grid = np.linspace(0, 1, 100_001)
inside = grid[(stats.binom.sf(k - 1, n, grid) > 0.025) & (stats.binom.cdf(k, n, grid) > 0.025)]
flips = 11 + 7
tail = sum(math.comb(flips, j) for j in range(min(11, 7) + 1)) / 2**flips
note = {"low": inside.min(), "high": inside.max(), "p_value": min(1.0, 2 * tail), "better": "not shown"}
note["nine_in_ten"], note["figure"] = "refuted", "people or synthetic"
note |= {"needed": 59, "next": "record new speakers"}


# %% exercise="what-forty-prove" kind="mistake" name="normal-curve" says="interval of the normal curve"
low, high = stats.binomtest(22, 40).proportion_ci(0.95, method="exact")
half = 1.96 * math.sqrt(22 / 40 * (1 - 22 / 40) / 40)
low, high = 22 / 40 - half, 22 / 40 + half
note = {
    "low": low,
    "high": high,
    "p_value": stats.binomtest(11, 11 + 7).pvalue,
    "better": "not shown",
    "nine_in_ten": "refuted",
    "figure": "people or synthetic",
    "needed": math.ceil(math.log(0.05) / math.log(0.95)),
    "next": "record new speakers",
}


# %% exercise="what-forty-prove" kind="mistake" name="seeds-as-recordings" says="seeds are counted as further recordings"
low, high = stats.binomtest(66, 120).proportion_ci(0.95, method="exact")
note = {
    "low": low,
    "high": high,
    "p_value": stats.binomtest(11, 11 + 7).pvalue,
    "better": "not shown",
    "nine_in_ten": "refuted",
    "figure": "people or synthetic",
    "needed": math.ceil(math.log(0.05) / math.log(0.95)),
    "next": "record new speakers",
}


# %% exercise="what-forty-prove" kind="mistake" name="percent" says="ends are in percent"
low, high = stats.binomtest(22, 40).proportion_ci(0.95, method="exact")
note = {
    "low": 100 * low,
    "high": 100 * high,
    "p_value": stats.binomtest(11, 11 + 7).pvalue,
    "better": "not shown",
    "nine_in_ten": "refuted",
    "figure": "people or synthetic",
    "needed": math.ceil(math.log(0.05) / math.log(0.95)),
    "next": "record new speakers",
}


# %% exercise="what-forty-prove" kind="mistake" name="unpaired" says="as if they had heard different recordings"
low, high = stats.binomtest(22, 40).proportion_ci(0.95, method="exact")
note = {
    "low": low,
    "high": high,
    "p_value": stats.fisher_exact([[22, 18], [18, 22]])[1],
    "better": "not shown",
    "nine_in_ten": "refuted",
    "figure": "people or synthetic",
    "needed": math.ceil(math.log(0.05) / math.log(0.95)),
    "next": "record new speakers",
}


# %% exercise="what-forty-prove" kind="mistake" name="improvement-shown" says="shows no advantage"
low, high = stats.binomtest(22, 40).proportion_ci(0.95, method="exact")
note = {
    "low": low,
    "high": high,
    "p_value": stats.binomtest(11, 11 + 7).pvalue,
    "better": "shown",
    "nine_in_ten": "refuted",
    "figure": "people or synthetic",
    "needed": math.ceil(math.log(0.05) / math.log(0.95)),
    "next": "record new speakers",
}


# %% exercise="what-forty-prove" kind="mistake" name="improvement-refuted" says="no proof that there is none"
low, high = stats.binomtest(22, 40).proportion_ci(0.95, method="exact")
note = {
    "low": low,
    "high": high,
    "p_value": stats.binomtest(11, 11 + 7).pvalue,
    "better": "refuted",
    "nine_in_ten": "refuted",
    "figure": "people or synthetic",
    "needed": math.ceil(math.log(0.05) / math.log(0.95)),
    "next": "record new speakers",
}


# %% exercise="what-forty-prove" kind="mistake" name="score-of-synthetic" says="synthetic voices says nothing about people"
low, high = stats.binomtest(22, 40).proportion_ci(0.95, method="exact")
note = {
    "low": low,
    "high": high,
    "p_value": stats.binomtest(11, 11 + 7).pvalue,
    "better": "not shown",
    "nine_in_ten": "shown",
    "figure": "people or synthetic",
    "needed": math.ceil(math.log(0.05) / math.log(0.95)),
    "next": "record new speakers",
}


# %% exercise="what-forty-prove" kind="mistake" name="interval-not-read" says="and that refutes it"
low, high = stats.binomtest(22, 40).proportion_ci(0.95, method="exact")
note = {
    "low": low,
    "high": high,
    "p_value": stats.binomtest(11, 11 + 7).pvalue,
    "better": "not shown",
    "nine_in_ten": "not shown",
    "figure": "people or synthetic",
    "needed": math.ceil(math.log(0.05) / math.log(0.95)),
    "next": "record new speakers",
}


# %% exercise="what-forty-prove" kind="mistake" name="arms-apart" says="overlap for the same voices"
low, high = stats.binomtest(22, 40).proportion_ci(0.95, method="exact")
note = {
    "low": low,
    "high": high,
    "p_value": stats.binomtest(11, 11 + 7).pvalue,
    "better": "not shown",
    "nine_in_ten": "refuted",
    "figure": "plain or augmented",
    "needed": math.ceil(math.log(0.05) / math.log(0.95)),
    "next": "record new speakers",
}


# %% exercise="what-forty-prove" kind="mistake" name="rule-of-three" says="60 is what the rule of three"
low, high = stats.binomtest(22, 40).proportion_ci(0.95, method="exact")
note = {
    "low": low,
    "high": high,
    "p_value": stats.binomtest(11, 11 + 7).pvalue,
    "better": "not shown",
    "nine_in_ten": "refuted",
    "figure": "people or synthetic",
    "needed": math.ceil(3 / 0.05),
    "next": "record new speakers",
}


# %% exercise="what-forty-prove" kind="mistake" name="rounded-down" says="rounded down"
low, high = stats.binomtest(22, 40).proportion_ci(0.95, method="exact")
note = {
    "low": low,
    "high": high,
    "p_value": stats.binomtest(11, 11 + 7).pvalue,
    "better": "not shown",
    "nine_in_ten": "refuted",
    "figure": "people or synthetic",
    "needed": int(math.log(0.05) / math.log(0.95)),
    "next": "record new speakers",
}


# %% exercise="what-forty-prove" kind="mistake" name="tune-on-the-forty" says="can no longer be judged"
low, high = stats.binomtest(22, 40).proportion_ci(0.95, method="exact")
note = {
    "low": low,
    "high": high,
    "p_value": stats.binomtest(11, 11 + 7).pvalue,
    "better": "not shown",
    "nine_in_ten": "refuted",
    "figure": "people or synthetic",
    "needed": math.ceil(math.log(0.05) / math.log(0.95)),
    "next": "tune on the forty",
}


# %% exercise="what-forty-prove" kind="mistake" name="more-seeds" says="no more people"
low, high = stats.binomtest(22, 40).proportion_ci(0.95, method="exact")
note = {
    "low": low,
    "high": high,
    "p_value": stats.binomtest(11, 11 + 7).pvalue,
    "better": "not shown",
    "nine_in_ten": "refuted",
    "figure": "people or synthetic",
    "needed": math.ceil(math.log(0.05) / math.log(0.95)),
    "next": "train more seeds",
}


# %% exercise="what-forty-prove" kind="mistake" name="ship" says="dials wrong numbers"
low, high = stats.binomtest(22, 40).proportion_ci(0.95, method="exact")
note = {
    "low": low,
    "high": high,
    "p_value": stats.binomtest(11, 11 + 7).pvalue,
    "better": "not shown",
    "nine_in_ten": "refuted",
    "figure": "people or synthetic",
    "needed": math.ceil(math.log(0.05) / math.log(0.95)),
    "next": "ship",
}


# %% exercise="what-forty-prove" kind="mistake" name="chi2-corrected" says="chi-square approximation"
from statsmodels.stats.contingency_tables import mcnemar

low, high = stats.binomtest(22, 40).proportion_ci(0.95)
note = dict(
    low=low,
    high=high,
    p_value=mcnemar([[11, 11], [7, 11]], exact=False).pvalue,
    better="not shown",
    nine_in_ten="refuted",
    figure="people or synthetic",
    needed=59,
    next="record new speakers",
)


# %% exercise="ctc-loss" kind="equivalent" mutant="- jump = [s >= 2 and states[s] != blank and (states[s] != states[s - 2]) for s in range(len(states))] | + jump = [s > 2 and states[s] != blank and (states[s] != states[s - 2]) for s in range(len(states))]" reason="state 2 is a blank, which the next condition excludes"


# %% exercise="ctc-loss" kind="equivalent" mutant="- jump = [s >= 2 and states[s] != blank and (states[s] != states[s - 2]) for s in range(len(states))] | + jump = [s >= 3 and states[s] != blank and (states[s] != states[s - 2]) for s in range(len(states))]" reason="state 2 is a blank, which the next condition excludes"


# %% exercise="ctc-loss" kind="equivalent" mutant="- jump = [s >= 2 and states[s] != blank and (states[s] != states[s - 2]) for s in range(len(states))] | + jump = [s >= 1 and states[s] != blank and (states[s] != states[s - 2]) for s in range(len(states))]" reason="for state 1 the entry two before is the -inf put in front, and adds nothing"


# %% exercise="ctc-loss" kind="equivalent" mutant="- before = np.concatenate([[-np.inf, -np.inf], alpha]) | + before = np.concatenate([[np.inf, -np.inf], alpha])" reason="the first entry is only jumped from into state 0, a blank, where jumping is not allowed"


# %% exercise="ctc-loss" kind="equivalent" mutant="- ways = np.logaddexp(before[2:], before[1:-1]) | + ways = np.logaddexp(before[1:-1], before[2:])" reason="logaddexp is symmetric"


# %% exercise="ctc-loss" kind="equivalent" mutant="- alpha = np.where(jump, np.logaddexp(ways, before[:-2]), ways) + frame[states] | + alpha = np.where(jump, np.logaddexp(before[:-2], ways), ways) + frame[states]" reason="logaddexp is symmetric"


# %% exercise="log-mel" kind="equivalent" mutant="- if len(samples) < length: | - raise ValueError(f'{len(samples)} samples are shorter than one frame of {length}')" reason="numpy's sliding_window_view raises a ValueError by itself"


# %% exercise="log-mel" kind="equivalent" mutant="- raise ValueError(f'{len(samples)} samples are shorter than one frame of {length}') | + pass" reason="numpy's sliding_window_view raises a ValueError by itself"


# %% exercise="log-mel" kind="equivalent" mutant="- frequency = np.arange(size // 2 + 1) * rate / size | + frequency = np.arange(size / 2 + 1) * rate / size" reason="size is even"


# %% exercise="log-mel" kind="equivalent" mutant="- weights = np.clip(np.minimum(up, down), 0, None) | + weights = np.clip(0, np.minimum(up, down), None)" reason="the larger of both, either way"


# %% exercise="log-mel" kind="equivalent" mutant="- weights = np.clip(np.minimum(up, down), 0, None) | + weights = np.clip(np.minimum(down, up), 0, None)" reason="minimum is symmetric"


# %% exercise="augment" kind="equivalent" mutant="- places = np.arange(0, len(samples) - 1 + 1e-09, factor) | + places = np.arange(0, len(samples) - 1 - 1e-09, factor)" reason="a sample or two more or less at the end are allowed by the card"


# %% exercise="augment" kind="equivalent" mutant="- places = np.arange(0, len(samples) - 1 + 1e-09, factor) | + places = np.arange(0, len(samples) - 2 + 1e-09, factor)" reason="a sample or two more or less at the end are allowed by the card"


# %% exercise="augment" kind="equivalent" mutant="- places = np.arange(0, len(samples) - 1 + 1e-09, factor) | + places = np.arange(0, len(samples) - 0 + 1e-09, factor)" reason="a sample or two more or less at the end are allowed by the card"


# %% exercise="augment" kind="equivalent" mutant="- places = np.arange(0, len(samples) - 1 + 1e-09, factor) | + places = np.arange(0, len(samples) - 1 + 2e-09, factor)" reason="a sample or two more or less at the end are allowed by the card"


# %% exercise="augment" kind="equivalent" mutant="- return sound + rng.normal(scale=np.sqrt(noise_power), size=len(sound)) | + return sound - rng.normal(scale=np.sqrt(noise_power), size=len(sound))" reason="Gaussian noise is symmetric"


# %% exercise="word-error-rate" kind="equivalent" mutant="- for reference, hypothesis in zip(references, hypotheses, strict=True): | + for reference, hypothesis in zip(references, hypotheses):" reason="the lengths were compared before"


# %% exercise="word-error-rate" kind="equivalent" mutant="- for reference, hypothesis in zip(references, hypotheses, strict=True): | + for reference, hypothesis in zip(references, hypotheses, strict=False):" reason="the lengths were compared before"


# %% exercise="word-error-rate" kind="equivalent" mutant="- if len(references) != len(hypotheses): | - raise ValueError(f'{len(references)} references, but {len(hypotheses)} hypotheses')" reason="zip with strict=True raises a ValueError by itself"


# %% exercise="word-error-rate" kind="equivalent" mutant="- raise ValueError(f'{len(references)} references, but {len(hypotheses)} hypotheses') | + pass" reason="zip with strict=True raises a ValueError by itself"


# %% exercise="word-error-rate" kind="equivalent" mutant="- best = min(diagonal + (word != other), row[j] + 1, row[j - 1] + 1) | + best = min(row[j] + 1, diagonal + (word != other), row[j - 1] + 1)" reason="the least of three in any order"


# %% exercise="what-forty-prove" kind="equivalent" mutant="- low, high = stats.binomtest(22, 40).proportion_ci(0.95, method='exact') | + low, high = stats.binomtest(22, 40).proportion_ci(0.95)" reason="exact is scipy's default method"

# %% [markdown]
# # Speech
#
# After this lesson you can
#
# - turn sound into a log-mel spectrogram and say what each of its numbers means, in seconds and in hertz,
# - compute the CTC loss of a transcript without knowing when each word was said, and decode what a network hears,
# - count word errors so that the rate is one number for all the recordings,
# - make training sound more like the world, without touching what you test on,
# - say what forty recordings prove, and what they do not.
#
# **The case.** The maker of small electric vehicles, whose research desk you know from lesson 1, wants a *voice dial*: the driver
# says digits, the number of a charging bay or of a telephone, and keeps both hands on the bars. The vehicle is sold in four
# countries, so digits come in English, French, Italian and Russian. The desk has no recordings. It has a speech synthesiser, which
# says any digit in 99 voices for nothing. Milo, who leads the desk (he is invented, like Ines and the desk), reports that the
# first network knows more than nine in ten digits of voices that it never heard. *"Then it is done?"* asks Ines from the vehicle team.
# Milo has forty digits said by people, and has not tried them yet. You do it today.

# %% [markdown]
# ## Recall
#
# **1.** (Module 03) You need the logarithm of the sum of two probabilities, and have only their logarithms, `-800` and `-801`.
# What do you compute?
#
# <details><summary>A · <code>np.log(np.exp(-800) + np.exp(-801))</code></summary>Wrong: both exponentials underflow to 0, and
# the logarithm of 0 is −∞. This is the overflow of module 03, seen from the other side.</details>
# <details><summary>B · <code>np.logaddexp(-800, -801)</code></summary>Right: it takes the larger one out first. The result is
# about -799.7. A whole exercise below lives on this function.</details>
# <details><summary>C · <code>-800 + -801</code></summary>Wrong: adding logarithms multiplies the probabilities.</details>
#
# **2.** (Module 03, lesson 4) 99 synthetic voices say 16 digits each. You want to know how well a network does on voices it does
# not know. How do you split?
#
# <details><summary>A · At random, by recording</summary>Wrong: each voice would be on both sides, and the network could know
# the voice from training. In module 03 it was days that must not be on both sides.</details>
# <details><summary>B · By digit</summary>Wrong: then the network is asked for digits that it has never been taught.</details>
# <details><summary>C · By voice</summary>Right: whole voices go to one side. It is still the same synthesiser on both sides;
# remember that when you read the score.</details>
#
# **3.** (Module 07) A colleague writes "10 of 10 right, so the dial makes no mistakes". What do the ten recordings allow?
#
# <details><summary>A · An error rate of 0 %</summary>Wrong: that is the estimate, and an estimate is not a bound.</details>
# <details><summary>B · An error rate up to about 30 %</summary>Right: the rule of three puts the one-sided 95 % bound
# at about 3 / 10. Even an error rate of one in four lets ten in a row pass now and then (0.75¹⁰ is about one in
# eighteen).</details>
# <details><summary>C · Nothing at all</summary>Wrong: an error rate of one half would show ten in a row once in a thousand
# tries. Little is not nothing.</details>

# %%
import mle  # first, so that the numerical libraries use one thread
import difflib
import itertools
import math

import jiwer
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from IPython.display import Audio, display
from mle import check, checkpoints, data
from scipy import signal, stats
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
BLUE, ORANGE, GREEN, GREY, BLACK = "#0072B2", "#D55E00", "#009E73", "#999999", "#000000"  # Okabe-Ito
LANGUAGES = ["en", "fr", "it", "ru"]
RATE = 8000  # samples a second


def level(samples):
    """The sound as floats whose largest magnitude is 1: the two datasets count in different units."""
    samples = np.asarray(samples, float)
    return samples / np.abs(samples).max()


synthetic = data.load("spoken-digits-synth", "digits")
people = pd.concat([data.load("spoken-digits-real", language) for language in LANGUAGES], ignore_index=True)
print(len(synthetic), "synthetic utterances of", synthetic["voice"].nunique(), "voices;", len(people), "of people")

# %% [markdown]
# Listen first. Here is the same word, *seven*, from the synthesiser and from a person. (The sound is in the page; it needs no
# network.)

# %% tags=["nbval-ignore-output"]
machine = synthetic.query("language == 'en' and digit == 7 and snr.isna()").iloc[0]
person = people.query("language == 'en' and digit == 7").iloc[0]
display(Audio(level(machine["samples"]), rate=RATE), Audio(level(person["samples"]), rate=RATE))

# %% [markdown]
# ## From pressure to a picture
#
# A microphone gives 8,000 numbers a second, and none of them means anything by itself. What tells vowels and consonants apart is
# which *frequencies* are strong for some hundredths of a second. So sound is cut into short overlapping **frames**, and each frame
# is turned into a **power spectrum** by the Fourier transform. A frame cut out with scissors has sharp ends, which smear a pure tone
# over all frequencies; a **window** fades the ends. Then neighbouring frequencies are pooled into **bands** that are narrow where
# the ear is exact and wide where it is not, on the **mel scale**
#
# $$\operatorname{mel}(f) = 2595 \, \log_{10}(1 + f / 700), \qquad f \text{ in Hz}.$$
#
# At last the logarithm, since loudness is heard in ratios. The result, the **log-mel spectrogram**, is what speech networks have
# been fed with for decades (Davis and Mermelstein 1980 took one step more, a cosine transform).
#
# ### Exercise 1 · Log-mel
#
# 20 min · ●●●○ · 4 points
#
# Write `log_mel(samples, rate, bands=32, low=60.0, floor=0.01)`. `samples` `(n,)` is a list or an array, integers too; `rate` is in Hz.
#
# 1. Frames of 25 ms (`L = round(0.025 * rate)` samples), a new one every 10 ms (`H = round(0.010 * rate)`), the first at sample
#    0, **whole frames only**: `1 + (n - L) // H` of them. No padding at the ends. A sound shorter than one frame raises `ValueError`.
# 2. Each frame times the periodic Hann window `0.5 - 0.5 * cos(2π k / L)`, `k = 0 … L-1`.
# 3. The power `|X|²` of its Fourier transform of `size` points, frames filled with zeros at the end; `size` is the smallest
#    power of 2 that is at least `L`. There are `size // 2 + 1` frequencies, `k * rate / size` Hz.
# 4. `bands + 2` edges in Hz, **equally spaced on the mel scale**, from `low` to `rate / 2`. Band `j` weighs a frequency with a
#    triangle, linear in Hz: 0 at edge `j`, 1 at edge `j + 1`, 0 again at edge `j + 2` and beyond.
# 5. The natural logarithm of (weighted sum of powers + `floor`). Returns shape `(frames, bands)`, time first.
#
# Example: one second of silence at 8,000 Hz gives shape `(98, 32)`, and every entry is `-4.605`, the logarithm of the floor.
#
# <details><summary>Hint 1 · the idea</summary>Three arrays: frames <code>(frames, L)</code>, powers <code>(frames, size // 2 +
# 1)</code>, a matrix of weights <code>(bands, size // 2 + 1)</code>. The rest is one matrix product and one logarithm.</details>
# <details><summary>Hint 2 · where to look</summary><code>np.lib.stride_tricks.sliding_window_view(x, L)[::H]</code>;
# <code>np.fft.rfft(frames, size)</code> fills with zeros by itself. The inverse of the mel scale is
# <code>700 * (10 ** (m / 2595) - 1)</code>.</details>
# <details><summary>Hint 3 · almost the code</summary>With <code>f</code> the frequencies and <code>e</code> the edges in Hz:
# <code>up = (f - e[:-2, None]) / (e[1:-1] - e[:-2])[:, None]</code>, <code>down</code> likewise from the other side, then
# <code>np.clip(np.minimum(up, down), 0, None)</code>.</details>


# %% exercise="log-mel"
def log_mel(samples, rate, bands=32, low=60.0, floor=0.01):
    """Log-mel spectrogram (frames, bands) of samples (n,) at `rate` Hz; bands from `low` Hz to rate / 2.

    Frames of 25 ms every 10 ms, periodic Hann window, power spectrum, triangles on the mel scale, natural logarithm.
    Raises ValueError for a sound shorter than one frame.
    """
    ### BEGIN SOLUTION
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
    return np.log(power @ weights.T + floor)
    ### END SOLUTION


# %% check="log-mel" points=4
def by_scipy(samples, rate, bands, low, floor, fault=""):
    """The same from scipy's short-time transform and numpy's interpolation; or as a named mistake makes it."""
    x = np.asarray(samples, float)
    whole = int if fault == "truncated" else round
    length, hop = whole(0.025 * rate), whole(0.010 * rate)
    size = length if fault == "size" else 2 ** math.ceil(math.log2(length))
    window = signal.get_window("boxcar" if fault == "no window" else "hann", length, fftbins=fault != "symmetric")
    if fault == "part of a frame":
        x = np.concatenate([x, np.zeros(-(len(x) - length) % hop)])
    if fault == "centred":
        x = np.pad(x, length // 2)
    spectrum = signal.stft(x, rate, window, length, length - hop, size, boundary=None, padded=False)[2] * window.sum()
    power = np.abs(spectrum.T) ** (1 if fault == "amplitude" else 2)
    points = np.arange(size // 2 + 1) * rate / size
    if fault == "hertz":
        edges = np.linspace(low, rate / 2, bands + 2)
    else:
        start = 0.0 if fault == "from zero" else low
        m = np.linspace(math.log10(1 + start / 700), math.log10(1 + rate / 1400), bands + 2)
        edges = 700 * (10**m - 1)
    weights = np.array([np.interp(points, edges[j : j + 3], [0, 1, 0]) for j in range(bands)])
    if fault == "in mel":
        weights = np.array([np.interp(np.log10(1 + points / 700), m[j : j + 3], [0, 1, 0]) for j in range(bands)])
    if fault == "bins":
        places = np.floor((size + 1) * edges / rate)
        k = np.arange(size // 2 + 1)
        up = (k - places[:-2, None]) / np.maximum(places[1:-1] - places[:-2], 1)[:, None]
        down = (places[2:, None] - k) / np.maximum(places[2:] - places[1:-1], 1)[:, None]
        weights = np.where(k < places[1:-1, None], np.clip(up, 0, 1), np.clip(down, 0, 1))
    if fault == "over size":
        power = power / size
    if fault == "area":
        weights *= 2 / (edges[2:] - edges[:-2])[:, None]
    if fault == "log first":
        return np.log(power + floor) @ weights.T
    energy = power @ weights.T
    if fault == "log10":
        return np.log10(energy + floor)
    if fault == "decibel":
        return 10 * np.log10(energy + floor)
    return np.log(np.maximum(energy, floor) if fault == "maximum" else energy + floor)


def judge_log_mel(samples, rate, bands, low, floor, atol=2e-3):
    settings = (rate, bands, low, floor)
    target = by_scipy(samples, *settings)
    got = np.asarray(log_mel(samples, *settings), dtype=float)
    n = len(target)
    shapes = {
        (bands, n): "time and bands are swapped: time comes first",
        (n + 1, bands): "a last frame is there that is not whole",
        (n - 1, bands): "the last whole frame is missing",
    }
    for wrong, says in shapes.items():
        check.that(got.shape != wrong, says=says, seen=f"shape {got.shape}", expected=f"({n}, {bands})", look="step 1")
    check.that(got.shape != by_scipy(samples, *settings, fault="centred").shape, says="frames hang over the ends: the sound was padded",
               seen=f"shape {got.shape}", expected=f"({n}, {bands})", look="step 1")  # fmt: skip
    check.shape(got, (n, bands))
    check.that(np.isfinite(got).all(), says="there is a logarithm of zero: digital silence has no power", look="step 5")
    wrongs = {
        "no window": "the frames are cut without a window: a tone smears over all bands",
        "symmetric": "the window is the symmetric Hann window, not the periodic one: its last sample is 0 as well",
        "size": "the Fourier transform has L points: the frames are not filled up to a power of 2",
        "amplitude": "the magnitude |X| is pooled, not the power |X|²",
        "hertz": "the edges are equally spaced in Hz: that is no mel scale",
        "from zero": "the lowest edge is 0 Hz: low is not heeded",
        "in mel": "the triangles are linear in mel: on the card they are linear in Hz",
        "bins": "the edges are rounded to frequencies of the transform: they stay where they are, between two of them",
        "over size": "the power is divided by the size of the transform",
        "truncated": "L or H is cut off, not rounded: take round, not int",
        "area": "the triangles are scaled to equal area: their peak is to be 1",
        "log first": "the logarithm is taken before the bands are pooled",
        "log10": "the logarithm is to base 10, not the natural one",
        "decibel": "decibels are returned, not natural logarithms",
        "maximum": "the floor is a lower limit here: it is to be added",
    }
    for fault, says in wrongs.items():
        wrong = by_scipy(samples, *settings, fault)
        if wrong.shape != target.shape or np.abs(wrong - target).max() > 0.005:  # a loud sound does not tell them apart
            check.differs(got, wrong, says=says, rtol=1e-5, atol=2e-4, look="the steps on the card")
    check.close(
        got,
        target,
        says="the spectrogram is not the one that scipy's transform gives",
        rtol=1e-5,
        atol=atol,
        picture=True,
    )


rng = check.rng()
sound = np.concatenate([rng.normal(size=900), np.zeros(500), np.sin(np.arange(737) * 0.9) * 0.2])
judge_log_mel(sound, 8000, 20, 60.0, 0.01)
judge_log_mel((rng.normal(size=845) * 500).astype(np.int16), 8000, 12, 100.0, 1.0)
judge_log_mel(
    rng.normal(size=900), 10240, 10, 1500.0, 0.01, atol=2e-4
)  # a frame of 256 samples is filled up to 256, one of 257 to 512
judge_log_mel(rng.normal(size=900), 10280, 10, 1500.0, 0.01, atol=2e-4)
check.raises(ValueError, log_mel, [0.1] * 150, 8000, says="a sound shorter than one frame raises no ValueError")
check.shape(log_mel([0.0] * 200, 8000), (1, 32), says="a sound of exactly one frame does not give one row")
### BEGIN HIDDEN TESTS
judge_log_mel((rng.normal(size=2400) * np.hanning(2400)).tolist(), 16000, 24, 80.0, 0.1)
judge_log_mel(np.concatenate([np.zeros(450), rng.normal(size=850)]), 8000, 16, 60.0, 0.01)
check.raises(ValueError, log_mel, np.zeros(399), 16000, says="a sound shorter than one frame raises no ValueError")
### END HIDDEN TESTS


# %% [markdown]
# ## Which frames are the word? Nobody has said
#
# A network reads the spectrogram and gives, for each frame, the probabilities of eleven labels: the ten digits and a **blank**, "I
# name nothing now". A driver says "five, five, oh" and the transcript is `5 5 0`. Which of the 150 frames is the second five?
# Marking that by hand takes longer than the drive. **Connectionist temporal classification** (CTC, Graves and others 2006) does
# without: call a sequence of one label per frame a **path**. A path spells a transcript by two steps, in this order:
#
# 1. runs of the same label become one label,
# 2. blanks are dropped.
#
# So `5 5 – 5 – 0 0` and `– 5 – 5 5 0 –` both spell `5 5 0`; and `5 5 5 0` spells `5 0`, since only a blank can keep two fives apart.
# The probability of a transcript is the sum over *all* paths that spell it, the probability of a path the product over its frames. The
# loss is its negative logarithm. For 150 frames there are more such paths than you could ever list, but a path can only be in a few
# states: write the transcript with a blank before, between and after its labels, `– 5 – 5 – 0 –`, and walk along it. From a state
# you may stay, step to the next one, or jump over a blank, *if the labels on both sides of it differ*. You start in one of the first
# two states and end in one of the last two. Keep the sum for each state, frame by frame: that is the **forward algorithm**.
#
# ### Exercise 2 · The CTC loss
#
# 25 min · ●●●● · 5 points
#
# Write `ctc_loss(log_probs, target, blank=0)` for one utterance.
#
# - `log_probs` `(T, labels)`: natural logarithms of probabilities, `T` at least 1; `target`: a list of labels, none of them `blank`;
#   it may be empty, and then every frame must be blank. `blank` may be any label.
# - Return `-log P(target)` as a number: **the plain sum over paths**, not divided by the length of the target.
# - A target that no path of `T` frames can spell costs `inf` (and raises nothing). Two equal labels in a row need a frame between them.
# - Work with logarithms all the way: 2,000 frames must give a finite number.
#
# Example: two frames, both with probabilities `[0.5, 0.3, 0.2]`, target `[1]`: the paths `1 1`, `– 1`, `1 –` have `0.09 + 0.15 +
# 0.15 = 0.39`, so the loss is `0.942`. For `[1, 1]` it is `inf`.
#
# <details><summary>Hint 1 · the idea</summary>An array <code>alpha</code> with one entry for each state, <code>-inf</code> where the walk
# cannot be yet. Each frame makes a new one from the old one.</details>
# <details><summary>Hint 2 · where to look</summary><code>np.logaddexp</code> takes arrays, and <code>-inf</code> is its zero. The three
# ways into a state are <code>alpha</code> itself, <code>alpha</code> shifted by one, and <code>alpha</code> shifted by two where jumping is
# allowed.</details>
# <details><summary>Hint 3 · almost the code</summary>
# <code>states = [blank]</code>, then for each label <code>states += [label, blank]</code>. State <code>s</code> may be jumped into if
# <code>states[s] != blank and states[s] != states[s - 2]</code>. At the end <code>-np.logaddexp.reduce(alpha[-2:])</code>.</details>


# %% exercise="ctc-loss"
def ctc_loss(log_probs, target, blank=0):
    """-log P(target), summed over all paths (Graves et al. 2006). log_probs (T, labels), target a list of labels.

    Returns a number; inf where T frames cannot spell the target.
    """
    ### BEGIN SOLUTION
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
    return float(-np.logaddexp.reduce(alpha[-2:]))
    ### END SOLUTION


# %% check="ctc-loss" points=5
def from_torch(log_probs, target, blank):
    """PyTorch's loss of one utterance, in double precision."""
    x = torch.tensor(np.asarray(log_probs, float)).unsqueeze(1)
    lengths = torch.tensor([len(log_probs)]), torch.tensor([len(target)])
    return F.ctc_loss(x, torch.tensor([list(target)], dtype=torch.long), *lengths, blank=blank, reduction="sum").item()


def walk(log_probs, target, blank, fault=""):
    """The same walk as a chain of matrix products (frames are few here), with a fault built in."""
    p = np.exp(np.asarray(log_probs, float))
    states = [blank, *itertools.chain.from_iterable((label, blank) for label in target)]
    if fault == "no blanks":
        states = list(target) or [blank]
    size = len(states)
    into = np.eye(size) + np.eye(size, k=1)
    for s in range(2, size):
        apart = states[s] != states[s - 2] or fault == "jumps between equals"
        into[s - 2, s] = (
            (states[s] != blank or fault == "jumps to blanks") and apart and fault not in ("never jumps", "no blanks")
        )
    if fault == "jumps to blanks":
        for s in range(2, size):
            into[s - 2, s] = states[s] == blank or states[s] != states[s - 2]
    alpha = np.zeros(size)
    alpha[: 1 if fault in ("starts blank", "no blanks") else 2] = 1
    alpha = alpha * p[0, states]
    for frame in p[1:]:
        alpha = ((alpha[:, None] * into).max(0) if fault == "best path" else alpha @ into) * frame[states]
    ends = {"ends blank": alpha[-1:], "ends on the label": alpha[-2:-1], "no blanks": alpha[-1:], "anywhere": alpha}
    end = ends.get(fault, alpha[-2:])
    with np.errstate(divide="ignore"):
        return -np.log(end.max() if fault == "best path" else end.sum())


def draw_ctc(rng, frames, labels, blank):
    log_probs = np.log(rng.dirichlet(np.ones(labels), size=frames))
    return log_probs, [k for k in range(labels) if k != blank]


def judge_ctc(rng, frames, labels, target, blank):
    log_probs, others = draw_ctc(rng, frames, labels, blank)
    target = [others[k] for k in target]
    right = from_torch(log_probs, target, blank)
    got = ctc_loss(log_probs, list(target), blank)
    check.that(np.ndim(got) == 0, says="the loss is not one number", seen=f"shape {np.shape(got)}", expected="a number")
    got = float(got)
    check.that(not np.isnan(got), says="the loss is nan: somewhere -inf is taken from -inf, as in a sum whose largest logarithm is -inf",
               seen=got, expected=f"{right:.5g}", look="Hint 2")  # fmt: skip
    if blank != 0:
        wrong = walk(log_probs, target, 0)
        check.that(not np.isclose(got, wrong, rtol=1e-5) or np.isclose(wrong, right, rtol=1e-5),
                   says="label 0 is taken for the blank: it is the label that blank names", seen=got, expected=f"{right:.5g}")  # fmt: skip
    wrongs = {
        "jumps between equals": "it jumps from a label to an equal one: without the blank between them they are one",
        "never jumps": "it never jumps over a blank: paths that go straight from one label to another are missing",
        "jumps to blanks": "it jumps from blank to blank, over a label: then the label is never said",
        "no blanks": "the paths have no blanks at all",
        "best path": "only the best path is counted: the loss is the sum over all of them",
        "starts blank": "every path starts with a blank: the first frame may be the first label as well",
        "ends blank": "every path ends with a blank: the last frame may be the last label as well",
        "ends on the label": "every path ends on the last label: the last frame may be blank as well",
        "anywhere": "paths count that stop before the target's end",
    }
    for fault, says in wrongs.items():
        wrong = walk(log_probs, target, blank, fault)
        if not np.isclose(wrong, right, rtol=1e-6):
            check.differs(got, wrong, says=says, rtol=1e-5, look="the paragraph on states")
    if target and np.isfinite(right):
        check.that(len(log_probs) == 1 or not np.isclose(got, right / len(log_probs), rtol=1e-4),
                   says="the loss is divided by the number of frames", seen=got, expected=f"{right:.5g}")  # fmt: skip
        check.that(len(target) < 2 or not np.isclose(got, right / len(target), rtol=1e-4),
                   says="the loss is divided by the number of labels, which is the mean that PyTorch takes by default",
                   seen=got, expected=f"{right:.5g}")  # fmt: skip
        check.that(not np.isclose(got, -right, rtol=1e-4), says="the sign is missing: this is log P, the loss is -log P",
                   seen=got, expected=f"{right:.5g}")  # fmt: skip
    check.close(got, right, says="the loss is not the one that PyTorch computes", rtol=1e-4, atol=1e-5)


rng = check.rng()
judge_ctc(rng, 6, 4, [0, 0, 1], 0)
judge_ctc(rng, 7, 5, [2, 0, 2], 3)
judge_ctc(rng, 3, 4, [1], 0)
silent, _ = draw_ctc(rng, 5, 4, 0)
check.close(
    ctc_loss(silent, []),
    -silent[:, 0].sum(),
    says="for an empty target, the loss is not that of blanks alone",
    rtol=1e-4,
)
for short in ([1, 1, 1], [1, 2, 3, 1, 2]):
    check.equal(
        float(ctc_loss(silent[:4], short)),
        np.inf,
        says="a target that cannot be spelled in so few frames does not cost inf",
    )
long, _ = draw_ctc(rng, 2000, 11, 0)
spoken = rng.integers(1, 11, size=40).tolist()
loss_of_long = float(ctc_loss(long, spoken))
check.that(np.isfinite(loss_of_long), says="2,000 frames underflow: a product of probabilities is 0 long before",
           seen=loss_of_long, expected=f"{from_torch(long, spoken, 0):.5g}", look="Recall, question 1")  # fmt: skip
check.close(loss_of_long, from_torch(long, spoken, 0), says="for many frames, the loss is not PyTorch's", rtol=1e-4)
### BEGIN HIDDEN TESTS
judge_ctc(rng, 9, 4, [0, 1, 1, 2], 3)
judge_ctc(rng, 4, 6, [4, 3, 2, 1], 2)
judge_ctc(rng, 1, 3, [1], 1)
few, others = draw_ctc(rng, 4, 3, 2)
total = 0.0
for path in itertools.product(range(3), repeat=4):  # every path there is, spelled out
    spelled = [k for i, k in enumerate(path) if (i == 0 or k != path[i - 1]) and k != 2]
    total += np.exp(few[range(4), path].sum()) * (spelled == [0, 1])
check.close(
    float(ctc_loss(few, [0, 1], 2)), -np.log(total), says="the loss is not that of all paths, listed", rtol=1e-4
)
check.equal(float(ctc_loss(few[:2], [0, 0], 2)), np.inf, says="an impossible target does not cost inf")
### END HIDDEN TESTS

# %% [markdown]
# ## What the network hears
#
# The loss sums over the paths of a transcript that it is given. The dial has to find the transcript. The usual first decoder takes the likeliest label of each frame (the **greedy**
# path) and spells it. Here is the desk's, ten lines old, in use since Tuesday. It runs. Milo's test sentence `4 7 1` comes out right.


# %%
def desk_decode(log_probs, lengths):
    """Digits of each utterance from log_probs (T, n, 11): label 0 is the blank, label k + 1 the digit k."""
    best = np.asarray(log_probs).argmax(axis=2)  # (T, n)
    spoken = []
    for i in range(best.shape[1]):
        digits = best[:, i] - 1  # the blank becomes -1
        digits = [int(d) for d in digits if d > 0]
        spoken.append([d for j, d in enumerate(digits) if j == 0 or d != digits[j - 1]])
    return spoken


def certain(*paths):
    """Log-probabilities (T, n, 11) of a network that is nearly sure of these paths of labels; shorter ones are padded with label 4."""
    frames = max(map(len, paths))
    labels = np.array([[*path, *[4] * (frames - len(path))] for path in paths]).T
    return np.log(np.where(np.eye(11)[labels] == 1, 0.9, 0.01))


print(desk_decode(certain([0, 5, 5, 0, 8, 0, 0, 2, 2, 0]), [10]))

# %% [markdown]
# ### Exercise 3 · Debug the decoder
#
# 12 min · ●●○○ · 3 points
#
# `desk_decode` is silently wrong in **three** ways. Write `decode(log_probs, lengths)`, which is right.
#
# - `log_probs` `(T, n, 11)`, time first, as PyTorch's loss wants it; label 0 is the blank, label `k + 1` the digit `k`.
# - `lengths` `(n,)`: how many frames of each utterance are its own. Utterances of a batch are filled up to the longest one, and what the
#   network says about the filling means nothing. A length may be 0.
# - Return a list of `n` lists of digits 0 to 9.
#
# Example: the labels `5 5 – 5 – 1` of an utterance of length 6 give `[4, 4, 0]`; with length 3 they give `[4]`.
#
# <details><summary>Hint 1 · the idea</summary>Feed it transcripts whose answer you know: a digit twice, each of the ten digits, a short
# utterance beside a long one. <code>certain</code> makes them for you.</details>
# <details><summary>Hint 2 · where to look</summary>In which order does CTC spell? Which digits are not larger than 0? Who reads
# <code>lengths</code>?</details>
# <details><summary>Hint 3 · almost the code</summary>For each utterance <code>path = best[:lengths[i], i]</code>; keep entry <code>j</code>
# if it differs from the entry before, and only then drop the blanks.</details>


# %% exercise="greedy-decode"
def decode(log_probs, lengths):
    """Digits (a list of n lists) on the greedy paths of log_probs (T, n, 11); lengths (n,) frames count of each."""
    ### BEGIN SOLUTION
    best = np.asarray(log_probs).argmax(axis=2)
    spoken = []
    for i, length in enumerate(lengths):
        path = best[: int(length), i]
        runs = [int(label) for j, label in enumerate(path) if j == 0 or label != path[j - 1]]
        spoken.append([label - 1 for label in runs if label != 0])
    return spoken
    ### END SOLUTION


# %% check="greedy-decode" points=3
def spelled(path, fault=""):
    """The digits of one path by PyTorch's unique_consecutive; or as a fault spells them."""
    path = torch.tensor(list(path), dtype=torch.long)
    if fault == "blanks first":
        path = path[path != 0]
    if fault != "runs kept":
        path = torch.unique_consecutive(path)
    if fault == "all repeats":
        path = torch.tensor(list(dict.fromkeys(path[path != 0].tolist())), dtype=torch.long)
    digits = [k - 1 for k in path.tolist() if k != 0]
    return [d for d in digits if d != 0] if fault == "zero lost" else digits


def desk_decode_by_hand(labels):
    """What the desk's decoder makes of (T, n) labels."""
    kept = [[k - 1 for k in column if k > 1] for column in labels.T.tolist()]
    return [[d for d, _ in itertools.groupby(one)] for one in kept]


def judge_decode(rng, paths, lengths):
    n, frames = len(paths), max(map(len, paths))
    labels = np.array([[*p, *rng.integers(1, 11, size=frames - len(p))] for p in paths]).T
    logits = rng.normal(size=(frames, n, 11)) + 9 * np.eye(11)[labels]
    log_probs = logits - np.logaddexp.reduce(logits, axis=2, keepdims=True)
    right = [spelled(p[:k]) for p, k in zip(paths, lengths, strict=True)]
    got = decode(log_probs, np.array(lengths))
    check.that(isinstance(got, (list, tuple)) and len(got) == n, says="not one list of digits for each utterance",
               seen=got, expected=f"a list of {n} lists")  # fmt: skip
    got = [[int(d) for d in np.asarray(one).ravel()] for one in got]
    faults = {
        "blanks first": "blanks are dropped before runs are joined: a digit said twice becomes one",
        "zero lost": "the digit 0 is lost: it is no blank",
        "runs kept": "runs of a label are not joined: one long word becomes many",
        "all repeats": "a digit that comes again later is dropped: only runs are to be joined",
    }
    told = {"seen": str(got), "expected": str(right)}
    labelled = [[d + 1 for d in one] for one in right]
    check.that(got != labelled, says="labels are returned, not digits: label k + 1 is the digit k", **told)
    whole = [spelled(column) for column in labels.T]
    check.that(
        got != desk_decode_by_hand(labels) or got == right,
        says="this is still the desk's decoder, with all its faults",
        **told,
    )
    check.that(
        got != whole or whole == right,
        says="the filling behind short utterances is decoded too: lengths are not heeded",
        **told,
    )
    short = [spelled(p[: max(k - 1, 0)]) for p, k in zip(paths, lengths, strict=True)]
    check.that(got != short or short == right, says="the last frame of each utterance is not heeded", **told)
    for fault, says in faults.items():
        wrong = [spelled(p[:k], fault) for p, k in zip(paths, lengths, strict=True)]
        check.that(got != wrong or wrong == right, says=says, look="Hint 2", **told)
    carried = [spelled([*paths[i - 1][: lengths[i - 1]][-1:], *paths[i][: lengths[i]]]) for i in range(n)]
    carried = [
        new[len(spelled(paths[i - 1][: lengths[i - 1]][-1:])) :] if i else right[0] for i, new in enumerate(carried)
    ]
    check.that(
        got != carried or carried == right,
        says="the last label of one utterance is carried over into the next one: each starts afresh",
        **told,
    )
    for i in range(n):
        for fault, says in faults.items():
            wrong = spelled(paths[i][: lengths[i]], fault)
            check.that(got[i] != wrong or wrong == right[i], says=says, look="Hint 2", **told)
        check.that(got[i] != whole[i] or whole[i] == right[i],
                   says="the filling behind short utterances is decoded too: lengths are not heeded", **told)  # fmt: skip
        check.that(len(got[i]) <= len(right[i]) or lengths[i] == len(paths[i]),
                   says="an utterance goes on beyond its length", **told)  # fmt: skip
    check.that(got == right, says="the digits are not those that the path spells", look="Hint 2", **told)


rng = check.rng()
a, b = (int(k) for k in rng.choice(np.arange(2, 11), size=2, replace=False))
judge_decode(rng, [[a, a, 0, a, b, 0, a, 1, 0], [b, 0]], [9, 2])
judge_decode(rng, [[a, a, 0, a, b]], [5])
judge_decode(rng, [[0, 1, 1, 0, b, 0]], [6])
judge_decode(rng, [[0, a, b, b, 0, 0, a, 1], [b, b, 0, a]], [8, 4])
judge_decode(rng, [[a, 0, b], [0, 0, 0], [b, a, a]], [3, 3, 0])
judge_decode(rng, [[b, 0, a], [a, a, b], [b, 0, b]], [3, 3, 3])
### BEGIN HIDDEN TESTS
judge_decode(rng, [[b, b, a, 0, a, 1, 0, 1], [1, b, b, 0, b, 0], [1, 1], [10, 0]], [8, 6, 2, 1])
### END HIDDEN TESTS


# %% [markdown]
# ## The pictures, machine beside person
#
# Your spectrogram makes the two *sevens* visible. The same colour scale holds for both.

# %%
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), sharey=True, layout="constrained")
hertz = [100, 500, 1000, 2000, 3000]
mel_of = lambda f: 2595 * np.log10(1 + np.asarray(f) / 700)  # noqa: E731
ticks = (mel_of(hertz) - mel_of(60)) / (mel_of(4000) - mel_of(60)) * 33 - 1
for axis, utterance, title in ((axes[0], machine, "synthesiser"), (axes[1], person, "person")):
    image = log_mel(level(utterance["samples"]), RATE)
    shown = axis.imshow(image.T, origin="lower", aspect="auto", cmap="cividis", vmin=-4.6, vmax=7,
                        extent=(0, len(image) * 0.01, -0.5, 31.5))  # fmt: skip
    axis.set(title=f"seven, {title}", xlabel="time (s)", xlim=(0, 0.85))
axes[0].set_yticks(ticks, hertz)
axes[0].set_ylabel("frequency (Hz, mel scale)")
figure.colorbar(shown, label="log power")
plt.show()

# %% [markdown]
# *Two log-mel spectrograms of the word seven, time from left to right, frequency upwards. The synthesiser's lasts half a second; the s is
# short, then two loud syllables follow each other with bright, smoothly curved stripes, the formants. The person's begins with silence and
# a long, faint s; two short loud syllables with a gap between them follow, and a soft hum at the end.*
#
# **Look before you go on.** Which differences would a network stumble over that has only ever seen the left kind?
#
# <details><summary>Three for your list</summary>The silence in front; the duration; the background, silent here, but in none of the Italian recordings
# (datasheet of <code>spoken-digits-real</code>). Over all clean English digits the synthesiser's last 0.43 s without silence, the person's 0.58 s (datasheet of
# <code>spoken-digits-synth</code>). Keep the list: you will need it.</details>

# %% [markdown]
# ## A network that spells
#
# Five convolutions, 43,355 weights: one frame of output for three of input (30 ms), eleven labels. Whole voices are held out, 19 of
# the 99. Training sentences are put together from one to three digits of one language with silence between them, and nobody tells
# the loss where each one stands. Three networks, from three seeds, were trained for this lesson (`checkpoints/voice-dial`: script, log, card); a
# network starts with single digits and the plain question "which one?", since CTC alone stays with blanks for long. You load them. Your
# spectrogram is what they see.


# %%
weights = checkpoints.load("voice-dial")


def picture(samples):
    """What a network sees of a sound: (frames, 32). Loudness and the microphone's colour go out with the mean of each band."""
    image = np.asarray(log_mel(level(samples), RATE), dtype=float)
    return ((image - image.mean(axis=0)) / weights["spread"]).astype(np.float32)


class Ear:
    """One trained network: `ear(picture)` gives log-probabilities (T, 11), a frame every 30 ms; `ear.hear(picture)` the digits."""

    def __init__(self, name, width=48):
        layers = [nn.Conv1d(32, width, 5, stride=3, padding=2), nn.BatchNorm1d(width), nn.ReLU()]
        for dilation in (1, 2, 2):
            layers += [nn.Conv1d(width, width, 5, padding=2 * dilation, dilation=dilation), nn.BatchNorm1d(width)]
            layers += [nn.ReLU(), nn.Dropout(0.1)]
        self.net = nn.Sequential(*layers, nn.Conv1d(width, 11, 1))
        own = {
            key.removeprefix(f"{name}/"): torch.tensor(w) for key, w in weights.items() if key.startswith(f"{name}/")
        }
        self.net.load_state_dict(own)
        self.net.eval()

    def __call__(self, picture):
        with torch.no_grad():
            return self.net(torch.tensor(picture.T[None]))[0].T.log_softmax(1).numpy()

    def hear(self, picture):
        log_probs = self(picture)
        return decode(log_probs[:, None], [len(log_probs)])[0]


ears = {kind: [Ear(f"{kind}-{seed}") for seed in range(3)] for kind in ("plain", "augmented")}
print("weights of one network:", sum(p.numel() for p in ears["plain"][0].net.parameters()))

# %% [markdown]
# How does it learn? Here are some steps of CTC live, on single English digits, from random weights: PyTorch's loss, which is the
# one you wrote.

# %% demo=true tags=["nbval-ignore-output"]
torch.manual_seed(0)
pupil = nn.Sequential(
    nn.Conv1d(32, 48, 5, stride=3, padding=2),
    nn.ReLU(),
    nn.Conv1d(48, 48, 9, padding=4),
    nn.ReLU(),
    nn.Conv1d(48, 11, 1),
)
optimiser = torch.optim.Adam(pupil.parameters(), lr=0.003)
few = synthetic.query("language == 'en'").iloc[:64]
images = [torch.tensor(np.asarray(log_mel(level(s), RATE)), dtype=torch.float32) for s in few["samples"]]
filled = nn.utils.rnn.pad_sequence([x - x.mean(0) for x in images], batch_first=True).transpose(1, 2) / 3
frames = torch.tensor([(len(x) - 1) // 3 + 1 for x in images])
labels = torch.tensor(few["digit"].to_numpy().astype(int) + 1)[:, None]
for step in range(121):
    log_probs = pupil(filled).permute(2, 0, 1).log_softmax(2)
    loss = F.ctc_loss(log_probs, labels, frames, torch.ones(64, dtype=torch.long), reduction="mean")
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    if step % 30 == 0:
        own = torch.arange(len(log_probs))[:, None] < frames
        blanks = (log_probs.argmax(2) == 0)[own].float().mean()
        print(f"step {step:3}: loss {loss.item():6.2f}, blank is the likeliest label in {blanks:4.0%} of the frames")
yours = np.mean([ctc_loss(log_probs[: frames[i], i].detach().numpy(), labels[i].tolist()) for i in range(64)])
print(f"your loss of the last batch: {yours:.4f}, PyTorch's: {loss.item():.4f}")

# %% [markdown]
# The loss falls to nearly nothing: the pupil has memorised 64 utterances, which is the overfit test of module 03, passed, and says
# nothing about voices. Look at the other column. When the transcript is right, blank is still the likeliest label in most frames: a digit
# is a narrow **spike** somewhere in its word. CTC asks for no more. And your function and PyTorch's agree on real sound.
#
# ### What do they hear?
#
# First the synthetic voices that were held out, then the people. Right means: exactly the one digit, nothing before or after. The
# baseline is the cheapest that knows order: a logistic regression on spectrograms that are stretched to eight columns.


# %%
def with_pause(samples):
    """50 ms of digital silence on both sides."""
    return np.concatenate([np.zeros(400), level(samples), np.zeros(400)])


def right(ear, pictures, table):
    """For each utterance of the table whether the ear hears exactly its digit: (n,) of bool."""
    return np.array([list(ear.hear(x)) == [d] for x, d in zip(pictures, table["digit"], strict=True)])


def eight_columns(samples):
    """A spectrogram of any length as 8 columns of 32 bands: (256,)."""
    return np.concatenate([part.mean(axis=0) for part in np.array_split(picture(samples), 8)])


voices = sorted(synthetic["voice"].astype(str).unique())
held_out = np.random.default_rng(0).permutation(voices)[:19]  # as in checkpoints/voice-dial/train.py
unheard = synthetic[synthetic["voice"].astype(str).isin(held_out)]
heard = synthetic.drop(unheard.index)
baseline = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=300))
baseline.fit([eight_columns(s) for s in heard["samples"]], heard["digit"])
baseline_right = {
    name: baseline.predict([eight_columns(s) for s in table["samples"]]) == table["digit"].to_numpy()
    for name, table in (("synthetic", unheard), ("people", people))
}
scores = {}
for name, table in (("synthetic", unheard), ("people", people)):
    pictures = [picture(with_pause(s)) for s in table["samples"]]
    for kind in ears:
        scores[kind, name] = np.array([right(ear, pictures, table) for ear in ears[kind]])  # (3 networks, n)
print(len(unheard), "held-out synthetic utterances,", len(people), "of people")
for name in ("synthetic", "people"):
    shares = [f"{one.mean():.1%}" for one in scores["plain", name]]
    print(f"{name:10} baseline {baseline_right[name].mean():.1%}, three plain networks {', '.join(shares)}")
by_language = (
    pd.DataFrame(scores["plain", "people"].T, columns=["seed 0", "seed 1", "seed 2"]).groupby(people["language"]).sum()
)
by_language


# %% [markdown]
# On synthetic voices that they have never heard, the networks get 91 % right, the baseline 88 %. On people, 22, 20 and 19 of 40, on average
# 51 %; the baseline 18 of 40, 45 %. A guess would get 10 %. So the desk's score was true and said nothing about drivers: its held-out voices
# came out of the same machine. This is the **domain gap**. Others report such a gap for recognisers trained on synthetic speech alone, with
# better synthesisers and far more data (Hilmes and others 2024).
#
# Now challenge the smaller number. Does the network beat the baseline at all? Forty recordings. And look at the languages: Italian 7 to 10 of
# 10, Russian 2. Is Russian hard? Or is it that one Russian speaker? With one person for each language nobody can tell.
#
# ## Make training sound like the world
#
# The synthesiser will not learn to breathe. But what it says can be changed before training: slower, with silence around it, in noise.
# That is **augmentation**. Three rules keep it honest:
#
# - It touches the *training* part alone. What you test on stays as people said it.
# - Its ranges come from what is known about the world (the list you made at the spectrograms, the datasheet), not from trying ranges until
#   the forty recordings look best. Forty recordings tried twenty times are a training set.
# - It must change what the network sees. A random *gain*, for instance, would change nothing here: `level` divides it out again.
#
# ### Exercise 4 · Augment
#
# 20 min · ●●●○ · 4 points
#
# Write `augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0))`. `samples` `(n,)` floats or integers. Every draw
# comes from the numpy Generator `rng`; uniform between the ends given. In this order:
#
# 1. **Speed.** Draw a factor from `speed`. The word is read at the places 0, factor, 2·factor, … of the samples, linearly between them
#    (pitch falls with it, as on a slow tape). Factor 2 makes it half as long. A sample or two more or less at the end are fine.
# 2. **Silence.** Draw two durations from 0 to `silence` seconds, one for each side, and put that much of zeros there.
# 3. **Noise.** Draw the signal-to-noise ratio in dB from `snr`. Add white Gaussian noise **to all of it, silence included**, such that
#    `10 · log10(P_word / P_noise)` is that ratio, `P_word` being the mean square of *the word at its new speed, without the silence*.
#
# Return a new float array; `samples` stays as it is. The same generator state gives the same sound.
#
# Example: a word of mean square `0.5` at a ratio of 20 dB gets noise of mean square `0.005`.
#
# <details><summary>Hint 1 · the idea</summary>Three short steps, each on the result of the one before; keep the word by itself until
# you have its power.</details>
# <details><summary>Hint 2 · where to look</summary><code>np.interp(places, np.arange(len(samples)), samples)</code> reads between
# samples. Noise of mean square P is <code>rng.normal(scale=np.sqrt(P), size=...)</code>.</details>
# <details><summary>Hint 3 · almost the code</summary><code>places = np.arange(0, len(samples) - 1, factor)</code>;
# <code>P = np.mean(word**2) / 10 ** (ratio / 10)</code>.</details>


# %% exercise="augment"
def augment(samples, rate, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    """A new float array: `samples` (n,) at a random speed, with silence around it and white noise over all of it.

    speed: range of the factor (2 is twice as fast); silence: at most this many seconds on each side; snr: range in dB,
    the word's mean power against the noise's. All draws are uniform and come from `rng`.
    """
    ### BEGIN SOLUTION
    samples = np.asarray(samples, float)
    factor = rng.uniform(*speed)
    places = np.arange(0, len(samples) - 1 + 1e-9, factor)
    word = np.interp(places, np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * rate)) for _ in range(2))
    sound = np.concatenate([before, word, after])
    noise_power = np.mean(word**2) / 10 ** (rng.uniform(*snr) / 10)
    return sound + rng.normal(scale=np.sqrt(noise_power), size=len(sound))
    ### END SOLUTION


# %% check="augment" points=4
def tone(rng, n, rate):
    """A word of two tones with a rise and a fall, float."""
    t = np.arange(n) / rate
    hertz = rng.uniform(150, 500, size=2)
    return (np.sin(2 * np.pi * hertz[0] * t) + 0.5 * np.sin(2 * np.pi * hertz[1] * t + 1)) * np.hanning(n)


@check.probe
def augmented(augment, word, rate, seed, keywords, calls=1):
    """Sounds from one generator, and the word as it is afterwards."""
    import numpy as np

    rng, word = np.random.default_rng(seed), np.array(word)
    sounds = [np.array(augment(word, rate, rng, **keywords), dtype=float) for _ in range(calls)]
    return {"sounds": sounds, "after": word}


def decibel(word, rest):
    return 10 * np.log10(np.mean(np.asarray(word, float) ** 2) / (np.mean(np.asarray(rest, float) ** 2) + 1e-30))


def judge_speed(rng, factor, n, rate, scale=1.0, whole=False):
    """Speed alone: no silence, and noise too weak to matter."""
    word = tone(rng, n, rate) * scale
    word = word.astype(np.int16) if whole else word
    alone = {"speed": (factor, factor), "silence": 0.0, "snr": (120.0, 120.0)}
    seen = augmented(augment, word, rate, 1, alone)
    check.equal(seen["after"], word, says="the samples given are changed in place")
    got = np.asarray(seen["sounds"][0], float)
    target = np.interp(np.arange(0, n - 1, factor), np.arange(n), word)
    check.that(abs(len(got) - n) > 2 or abs(factor - 1) < 0.02, says="the speed is not changed at all", seen=f"{len(got)} samples",
               expected=f"about {len(target)}")  # fmt: skip
    check.that(abs(len(got) - n * factor) > 3 or abs(factor - 1) < 0.02, says="the speed is upside down: a factor above 1 makes the word shorter",
               seen=f"{len(got)} samples from {n} at factor {factor}", expected=f"about {len(target)}")  # fmt: skip
    check.that(abs(len(got) - len(target)) <= 2, says="the length is not that of the word at the new speed", seen=f"{len(got)} samples",
               expected=f"{len(target)}, two more or less are fine")  # fmt: skip
    m = min(len(got), len(target)) - 2
    size = np.sqrt(np.mean(np.square(target)))
    check.that(np.sqrt(np.mean(np.square(got[:m]))) < 100 * size, says="the ratio is upside down: the noise is louder than the word",
               seen=f"at 120 dB a root mean square of {np.sqrt(np.mean(np.square(got[:m]))):.3g}", expected=f"about {size:.3g}")  # fmt: skip
    check.that(np.sqrt(np.mean(np.square(got[:m] - target[:m]))) < 0.08 * size, says="the word at the new speed is not the word read at every factor-th place",
               seen=got[:4], expected=f"{np.round(target[:4], 4)}, as np.interp reads it", look="Hint 2")  # fmt: skip


def judge_noise(rng, snr, n, rate, silence):
    """Noise against the word: the silence gets it too, and its power is measured on the word alone."""
    word = tone(rng, n, rate)
    keep = {"speed": (1.0, 1.0), "silence": silence, "snr": (snr, snr)}
    seeds = [int(s) for s in rng.integers(1 << 30, size=6)]
    sounds = [np.asarray(augmented(augment, word, rate, s, keep)["sounds"][0], float) for s in seeds]
    extra = [len(s) - n for s in sounds]
    check.that(min(extra) >= -2 and max(extra) <= 2 * silence * rate + 2, says="the silence is longer or shorter than asked for",
               seen=f"{[round(e / rate, 3) for e in extra]} s added", expected=f"0 to {2 * silence} s, both sides together")  # fmt: skip
    check.that(max(extra) > 2, says="no silence is added: it is given in seconds, so a duration times rate is the number of zeros",
               seen=f"{extra} samples added", expected=f"up to {int(2 * silence * rate)}")  # fmt: skip
    check.that(len(set(extra)) > 2, says="the silence has the same length each time", seen=f"{extra} samples added")
    found, starts = [], []
    for sound in sounds:
        like = np.abs(np.correlate(sound, word[: len(word) - 2], "valid"))
        start = int(like.argmax())
        starts.append(start)
        noise = np.concatenate([sound[:start], sound[start + n :]])
        check.that(len(noise) == 0 or np.mean(noise == 0) < 0.5, says="the silence around the word is digital zero: noise goes over all of it",
                   seen=f"{np.mean(noise == 0) if len(noise) else 0:.0%} of the silence is exactly 0")  # fmt: skip
        wanted = np.mean(np.square(word)) / 10 ** (snr / 10)
        check.that(len(noise) < 200 or np.mean(np.square(noise)) < 3 * wanted or np.abs(noise.mean()) < 0.5, says="the silence is not zeros with noise on top",
                   seen=f"a mean of {noise.mean() if len(noise) else 0:.2f} in it", expected="about 0")  # fmt: skip
        rest = sound[start : start + n - 2] - word[: n - 2]
        check.that(np.std(rest) >= 0.5 * np.sqrt(np.mean(np.square(rest))), says="the noise is one number for all samples: rng.normal needs a size",
                   seen=f"about {rest.mean():.3g} added to every sample", look="Hint 2")  # fmt: skip
        found.append(decibel(word[: n - 2], rest))
    check.that(max(starts) > 2, says="the silence is only behind the word", seen=f"the word starts at sample {starts}")
    check.that(any(e - s > 2 for e, s in zip(extra, starts, strict=True)), says="the silence is only in front of the word",
               seen=f"{extra} samples added, all in front")  # fmt: skip
    check.that(any(abs(2 * s - e) > 4 for e, s in zip(extra, starts, strict=True)), says="both sides get the same silence: draw two durations",
               seen=f"the word starts at {starts} with {extra} samples added")  # fmt: skip
    mean = float(np.mean(found))
    check.that(mean < 200, says="there is no noise at all", seen="the word itself", expected=f"{snr:.0f} dB")
    told = {"seen": f"{mean:.1f} dB", "expected": f"{snr:.0f} dB"}
    check.that(
        abs(mean - snr / 2) > 0.6 and abs(mean - 2 * snr) > 0.6,
        says="decibels of power are 10 times the logarithm, not 20",
        **told,
    )
    unrooted = 2 * snr - 10 * np.log10(np.mean(np.square(word)))
    check.that(
        abs(mean - unrooted) > 0.6,
        says="the scale of rng.normal is a standard deviation: take the root of the power",
        **told,
    )
    diluted = np.mean([10 * np.log10(len(s) / n) for s in sounds])
    check.that(
        diluted < 0.9 or abs(mean - snr - diluted) > 0.35,
        says="the word's power is measured with the silence in it: too little noise",
        **told,
    )
    check.that(abs(mean - snr) < 0.5, says="the noise has not the power that the ratio asks for", **told)


def judge_draws(rng, silence, rate):
    """Many calls: every range is used from end to end, the noise is Gaussian."""
    word, seed = tone(rng, 800, 8000), int(rng.integers(1 << 30))
    keep = {"speed": (1.0, 1.0), "silence": 0.0, "snr": (10.0, 40.0)}
    noises = [np.asarray(s, float)[:798] - word[:798] for s in augmented(augment, word, 8000, seed, keep, 60)["sounds"]]
    found = np.array([decibel(word, noise) for noise in noises])
    check.that(np.ptp(found) > 2, says="the signal-to-noise ratio is the same each time: draw it from the range snr",
               seen=f"about {found.mean():.1f} dB in 60 calls", expected="10 to 40 dB")  # fmt: skip
    check.that(found.mean() < 31.5, says="the ratio is not drawn uniformly in dB but as a ratio of powers: nearly all sounds come out clean",
               seen=f"a mean of {found.mean():.1f} dB in 60 calls", expected="about 25 dB")  # fmt: skip
    check.within(found, 8.5, 41.5, says="a signal-to-noise ratio lies outside the range")
    check.that(found.min() < 20 and found.max() > 30, says="the range of snr is not used from end to end",
               seen=f"{found.min():.1f} to {found.max():.1f} dB in 60 calls", expected="10 to 40 dB")  # fmt: skip
    pooled = np.concatenate([noise / noise.std() for noise in noises])
    check.that(2.6 < np.mean(pooled**4) < 3.4, says="the noise is not Gaussian", seen=f"a mean fourth power of {np.mean(pooled**4):.2f} standard deviations",
               expected="3, as of a normal distribution")  # fmt: skip
    keep = {"speed": (1.0, 1.0), "silence": silence, "snr": (20.0, 20.0)}
    short = tone(rng, 200, 8000)
    for r, says in (
        (8000, "the silence is too short: the longest is meant for each side, not for both together"),
        (rate, "the silence is too short at another rate: the rate given is not heeded"),
    ):
        extra = [len(s) - 200 for s in augmented(augment, short, r, seed, keep, 40)["sounds"]]
        check.that(max(extra) > silence * r + 4, says=says, seen=f"at most {max(extra) / r:.3f} s in 40 calls, both sides together",
                   expected=f"up to {2 * silence} s")  # fmt: skip
        check.that(max(extra) <= 2 * silence * r + 2, says="the silence is longer than asked for", seen=f"{max(extra) / r:.3f} s, both sides together",
                   expected=f"up to {2 * silence} s")  # fmt: skip
    hiss = rng.normal(size=6001)  # between two samples, the line loses power
    keep = {"speed": (1.5, 1.5), "silence": 0.0, "snr": (10.0, 10.0)}
    sound = np.asarray(augmented(augment, hiss, 8000, seed, keep)["sounds"][0], float)
    target = np.interp(np.arange(0, 6000, 1.5), np.arange(6001), hiss)
    m = min(len(sound), len(target))
    got = decibel(target[:m], sound[:m] - target[:m])
    check.that(abs(got - 10) < 0.6, says="the word's power is measured before its speed is changed: take the word at its new speed",
               seen=f"{got:.1f} dB for a word of hiss", expected="10 dB")  # fmt: skip


rng = check.rng()
judge_speed(rng, 0.8, 1000, 8000)
judge_speed(rng, 1.25, 1200, 8000, scale=9000, whole=True)
word = tone(rng, 900, 8000)
one, again, other = (np.asarray(augmented(augment, word, 8000, seed, {})["sounds"][0], float) for seed in (3, 3, 4))
check.that(len(one) == len(again) and np.allclose(one, again), says="the same generator state gives another sound: draw from rng alone",
           expected="equal sounds from np.random.default_rng(3) twice")  # fmt: skip
check.that(
    len(one) != len(other) or not np.allclose(one, other), says="another seed gives the same sound: rng is not used"
)
lengths = [len(sound) for sound in augmented(augment, word, 8000, 5, {"silence": 0.0}, calls=12)["sounds"]]
check.that(len(set(lengths)) > 3, says="the same generator gives the same speed each time", seen=str(lengths))
check.within([min(lengths), max(lengths)], 900 / 1.1 - 3, 900 / 0.8 + 3, says="a speed lies outside the range")
judge_noise(rng, 20.0, 2400, 8000, 0.3)
judge_draws(rng, 0.5, 16000)
### BEGIN HIDDEN TESTS
judge_speed(rng, 1.1, 1500, 16000)
judge_noise(rng, 12.0, 3000, 8000, 0.5)
judge_noise(rng, 30.0, 3000, 16000, 0.2)
judge_draws(rng, 0.25, 11025)
### END HIDDEN TESTS


# %% [markdown]
# Listen to what it makes of the *seven*.

# %% demo=true tags=["nbval-ignore-output"]
display(*(Audio(augment(level(machine["samples"]), RATE, np.random.default_rng(seed)), rate=RATE) for seed in (1, 2)))

# %% [markdown]
# `checkpoints/voice-dial` has three more networks: the same seeds, the same number of steps, but four of five training utterances came
# through this function, and then lost a block of up to four bands and one of up to four frames (masking, after SpecAugment, Park and
# others 2019).
#
# Was the second rule kept? Not as strictly as it stands there. While this lesson was written, about twenty trial networks with other
# settings were scored on the forty recordings; they got 17 to 25 right. The six that you see were not picked for their scores (the best
# of them gets 22), but their author had seen those twenty before. So these recordings are no longer an untouched test, and the
# intervals below, which know nothing of the trials, promise more than they can keep. Every test set that is used again goes this way. Write it
# into the protocol, and ask for new recordings.


# %%
def exact_interval(k, n):
    """Clopper and Pearson's 95 % interval for a share, k of n."""
    found = stats.binomtest(int(k), int(n)).proportion_ci(0.95, method="exact")
    return found.low, found.high


groups = [
    ("baseline", "people"),
    ("plain", "people"),
    ("augmented", "people"),
    ("plain", "synthetic"),
    ("augmented", "synthetic"),
]
scores["baseline", "people"] = baseline_right["people"][None]
figure, axis = plt.subplots(figsize=(9, 3.2), layout="constrained")
row = 0
for kind, name in groups:
    for one in scores[kind, name]:
        low, high = exact_interval(one.sum(), one.size)
        color, marker = {"baseline": (GREY, "D"), "plain": (BLUE, "o"), "augmented": (ORANGE, "s")}[kind]
        axis.plot([100 * low, 100 * high], [row, row], color=color)
        axis.plot(100 * one.mean(), row, marker, color=color)
        row += 1
    axis.text(1, row - len(scores[kind, name]) / 2 - 0.5, f"{kind}, {name}", va="center")
    row += 0.7
axis.invert_yaxis()
axis.set(xlim=(0, 100), xlabel="utterances heard exactly right (%), with exact 95 % intervals", yticks=[])
plt.show()

# %% [markdown]
# *Seven rows for the 40 recordings of people and six for the held-out synthetic voices, one for each network. The networks for people lie
# between 47 and 55 %, their intervals reach from about 30 to 70 %, plain and augmented alike, and the baseline's is among them. The six
# for synthetic voices lie between 87 and 92 %, with short intervals.*

# %%
counts = {kind: scores[kind, "people"].sum(axis=1) for kind in ("baseline", "plain", "augmented")}
better = (scores["augmented", "people"] & ~scores["plain", "people"]).sum(axis=1)
worse = (~scores["augmented", "people"] & scores["plain", "people"]).sum(axis=1)
for seed in range(3):
    p = stats.binomtest(int(better[seed]), int(better[seed] + worse[seed])).pvalue
    print(f"seed {seed}: plain {counts['plain'][seed]}, augmented {counts['augmented'][seed]} of 40; only augmented right "
          f"{better[seed]}, only plain right {worse[seed]}, exact McNemar p = {p:.2f}")  # fmt: skip


# %% [markdown]
# Nothing. The same count, one fewer, the same count; where the two networks of a seed differ, each is right about as often as the other. On
# synthetic voices the augmented ones are even worse, 88 % against 91 %: the same number of steps has to do for a harder task, and their
# training loss ends at about 0.5, that of the plain ones at about 0.1 (`train.log`). You may not write "augmentation does not help" either:
# a gain of four or five recordings of forty could well have passed unseen here. What you may write is that it has not been *shown* to close the
# gap. Two plain reasons lie at hand. The range is timid: at factor 0.8 the synthesiser's 0.43 s become 0.54 s, still less than the person's
# 0.58 s on *average*. And slower, noisier and between silences it is the same synthesiser, with the same vowels. No range of `speed` gives it
# another mouth.
#
# ## A number for whole sentences
#
# A driver says four digits, not one. What is a mistake then? The recogniser may put another word (a **substitution**), lose one (a
# **deletion**) or make one up (an **insertion**). The **word error rate** (WER) is the least number of these three that turns what was
# said into what was heard, over the number of words said.
#
# ### Exercise 5 · Word error rate
#
# 15 min · ●●○○ · 3 points
#
# Write `word_error_rate(references, hypotheses)` for two equally long lists of texts: what was said, and what was heard.
#
# - Words are what white space separates; case counts. Texts may be empty.
# - Errors are counted within each pair of texts: the fewest substitutions, deletions and insertions, each costing 1.
# - The rate is **all errors of all pairs over all words of all references**. It may exceed 1.
# - Lists of different lengths raise `ValueError`; so do references without a single word.
#
# Example: said `["four seven one", "nine"]`, heard `["four one", "nine nine nine"]`: one deletion and two insertions over four words,
# `0.75`.
#
# <details><summary>Hint 1 · the idea</summary>The edit distance of two lists of words: a table whose entry <code>(i, j)</code> is the
# cost of turning the first <code>i</code> words said into the first <code>j</code> heard.</details>
# <details><summary>Hint 2 · where to look</summary>An entry is the least of three: left + 1, above + 1, diagonal + (0 if the words
# agree, else 1). The first row and the first column count 0, 1, 2, …</details>
# <details><summary>Hint 3 · almost the code</summary>Two sums over the pairs, <code>errors += table[-1][-1]</code> and
# <code>words += len(said)</code>, and one division at the very end.</details>


# %% exercise="word-error-rate"
def word_error_rate(references, hypotheses):
    """Word error rate of all sentences together. references and hypotheses: equally long lists of texts.

    Raises ValueError for lists of different lengths, and where the references have no word at all.
    """
    ### BEGIN SOLUTION
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
    return errors / words
    ### END SOLUTION


# %% check="word-error-rate" points=3
def errors_of(said, heard, replace=1, free_start=False):
    """Edit distance of two lists of words, by recursion over a table (lists are short here)."""
    table = np.zeros((len(said) + 1, len(heard) + 1))
    table[:, 0], table[0] = np.arange(len(said) + 1), 0 if free_start else np.arange(len(heard) + 1)
    for i, j in itertools.product(range(1, len(said) + 1), range(1, len(heard) + 1)):
        swap = table[i - 1, j - 1] + replace * (said[i - 1] != heard[j - 1])
        table[i, j] = min(swap, table[i - 1, j] + 1, table[i, j - 1] + 1)
    return table[-1, -1]


def common(said, heard):
    """Length of the longest common subsequence: what deletions and insertions alone leave standing."""
    return (len(said) + len(heard) - errors_of(said, heard, replace=2)) / 2


def wrong_rates(references, hypotheses):
    """What named mistakes make of these sentences."""
    pairs = [(r.split(), h.split()) for r, h in zip(references, hypotheses, strict=True)]
    words = sum(len(r) for r, _ in pairs)
    errors = sum(errors_of(r, h) for r, h in pairs)
    strings = [(r.split(" "), h.split(" ")) for r, h in zip(references, hypotheses, strict=True)]
    yield (
        sum(errors_of(r, h) for r, h in strings) / sum(len(r) for r, _ in strings),
        "words are cut at every single space: two spaces make no empty word between them",
    )
    yield errors, "the number of errors is returned, not a rate"
    yield 100 * errors / words, "the rate is in percent: a fraction is asked for"
    folded = [([w.lower() for w in r], [w.lower() for w in h]) for r, h in pairs]
    yield sum(errors_of(r, h) for r, h in folded) / words, "case does not count here: Two and two are different words"
    yield (
        sum(errors_of(r, h) for r, h in pairs if r) / words,
        "an empty reference is skipped: the words heard there are insertions",
    )
    yield (
        sum(max(len(r), len(h)) - common(r, h) for r, h in pairs) / words,
        "the words in common are taken from the longer length: a word out of its place costs more",
    )
    counted = jiwer.process_words(list(references), list(hypotheses))
    yield (
        (counted.substitutions + counted.deletions) / words,
        "words that were made up cost nothing: insertions count as well",
    )
    blocks = [difflib.SequenceMatcher(None, r, h, autojunk=False).get_opcodes() for r, h in pairs]
    yield (
        sum(max(b - a, d - c) for block in blocks for tag, a, b, c, d in block if tag != "equal") / words,
        "there is a cheaper way from said to heard: the longest equal piece, difflib's first choice, need not be part of the cheapest",
    )
    yield (
        np.mean([errors_of(r, h) / len(r) for r, h in pairs if r]),
        "rates of sentences are averaged: a short sentence counts as much as a long one",
    )
    yield (
        errors / sum(len(h) for _, h in pairs),
        "errors are divided by the words heard: they belong over the words said",
    )
    yield (
        errors / sum(max(len(r), len(h)) for r, h in pairs),
        "errors are divided by the longer of both sentences: a rate over 1 cannot come out",
    )
    yield min(1.0, errors / words), "the rate is cut off at 1: more words may be heard than were said"
    yield (
        sum(errors_of(r, h, replace=2) for r, h in pairs) / words,
        "a wrong word counts twice: one replacement is one error",
    )
    yield (
        sum(errors_of(r, h, free_start=True) for r, h in pairs) / words,
        "extra words at the start cost nothing: the table's first row is not 0, 1, 2, …",
    )
    shifted = sum(sum(a != b for a, b in itertools.zip_longest(r, h)) for r, h in pairs)
    yield shifted / words, "words are compared place by place: one missing word makes all that follow wrong"
    together = errors_of([w for r, _ in pairs for w in r], [w for _, h in pairs for w in h])
    yield together / words, "all sentences are aligned as one: words slip from one sentence into the next"
    strings = [(list(r), list(h)) for r, h in zip(references, hypotheses, strict=True)]
    yield (
        sum(errors_of(r, h) for r, h in strings) / sum(len(r) for r, _ in strings),
        "characters are counted, not words",
    )
    bags = sum(max(len(r), len(h)) - sum(min(r.count(w), h.count(w)) for w in set(r)) for r, h in pairs)
    yield bags / words, "the order of the words does not count here: words are compared as a bag"
    yield 1 - errors / words, "this is the word accuracy, one minus the rate"


def judge_rate(references, hypotheses):
    right = jiwer.wer(list(references), list(hypotheses))
    got = word_error_rate(list(references), list(hypotheses))
    check.that(np.ndim(got) == 0, says="the rate is not one number", seen=f"shape {np.shape(got)}")
    for wrong, says in wrong_rates(references, hypotheses):
        if abs(wrong - right) > 1e-9:
            check.differs(float(got), wrong, says=says, expected=f"{right:.5g}")
    check.close(float(got), right, says="the rate is not the one that jiwer counts")


def garbled(rng, sentences):
    """Sentences with words replaced, dropped and added at random."""
    vocabulary = ["zero", "one", "two", "four", "seven", "eight"]
    said = [rng.choice(vocabulary, size=int(rng.integers(1, 9))).tolist() for _ in range(sentences)]
    heard = []
    for words in said:
        out = [w if rng.random() < 0.7 else str(rng.choice(vocabulary)) for w in words if rng.random() < 0.8]
        out.insert(int(rng.integers(len(out) + 1)), str(rng.choice(vocabulary)))
        heard.append(out)
    return [" ".join(w) for w in said], [" ".join(w) for w in heard]


rng = check.rng()
judge_rate(["nine two", "one four five"], ["six nine two three", "one"])
judge_rate(["four seven one", "nine"], ["four one", "nine nine nine"])
judge_rate(["two"], ["one two three four"])
judge_rate(["one two three four five six", "eight nine"], ["two three four five six", "one eight nine"])
judge_rate(["one two", "three four five"], ["one", "two three four five"])
judge_rate(["one two three"], ["three one two"])
judge_rate(*garbled(rng, 6))
judge_rate(["three  five six", "six"], [" three five six", ""])
judge_rate(["Two", "one two"], ["two", "one Two"])
judge_rate(["", "two"], ["one one", "two"])
judge_rate(["one one one"], ["two four one"])
check.raises(
    ValueError, word_error_rate, ["one", "two"], ["one"], says="lists of different lengths raise no ValueError"
)
check.raises(ValueError, word_error_rate, [""], ["one"], says="references without a word raise no ValueError")
### BEGIN HIDDEN TESTS
for count in (3, 9):
    judge_rate(*garbled(rng, count))
judge_rate(["", "two three"], ["one", "two"])
judge_rate(["ONE", "nine"], ["one", "nine"])
check.raises(
    ValueError, word_error_rate, ["one"], ["one", "two"], says="lists of different lengths raise no ValueError"
)
check.raises(ValueError, word_error_rate, [], [], says="references without a word raise no ValueError")
### END HIDDEN TESTS


# %% [markdown]
# Why not the mean of the sentences' rates? The datasheet of `short-utterances` tells of a real recogniser: PocketSphinx gets 1 of 21 words
# of some playing cards wrong, and 20 of 71 words of a novel. Together that is 21 of 92, 22.8 %. The mean of the two rates is 16.5 %, and it
# would be another one if somebody cut the novel into other pieces.
#
# Now dial. For each of the four people: 25 numbers of four digits, put together from that person's ten recordings with a fifth of a
# second between them. And the five recordings of playing cards from `short-utterances`: another person, running speech, and words that
# the dial has never been told about. Only their digits count as said.

# %%
rng = np.random.default_rng(7)
WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def as_words(digits):
    return " ".join(WORDS[d] for d in digits)


numbers = []
for language in LANGUAGES:
    own = people[people["language"] == language].sort_values("digit")["samples"].to_list()
    for _ in range(25):
        said = rng.integers(0, 10, size=4)
        parts = [np.zeros(1600)]
        for digit in said:
            parts += [level(own[digit]), np.zeros(1600)]
        numbers.append((language, as_words(said), np.concatenate(parts)))
cards = data.load("short-utterances", "utterances").query("source == 'cards'")
cards_said = [" ".join(w for w in text.split() if w in WORDS) for text in cards["transcript"]]
cards_sound = [signal.decimate(np.asarray(s, float), 2) for s in cards["samples"]]  # 16 to 8 kHz
number_pictures = [picture(sound) for _, _, sound in numbers]
card_pictures = [picture(sound) for sound in cards_sound]
rates = {}
for kind in ears:
    for seed, ear in enumerate(ears[kind]):
        dialled = [as_words(ear.hear(x)) for x in number_pictures]
        on_cards = [as_words(ear.hear(x)) for x in card_pictures]
        exact = np.mean([a == said for a, (_, said, _) in zip(dialled, numbers, strict=True)])
        rates[kind, seed] = {
            "numbers": word_error_rate([said for _, said, _ in numbers], dialled),
            "whole number right": exact,
            "cards": word_error_rate(cards_said, on_cards),
        }
print("digits said on the cards:", sum(len(s.split()) for s in cards_said), "| first number:", numbers[0][1])
print(
    "what the first augmented network hears on the cards:",
    [as_words(ears["augmented"][0].hear(x)) for x in card_pictures],
)
pd.DataFrame(rates).T.round(2)

# %% tags=["nbval-ignore-output"]
Audio(numbers[0][2], rate=RATE)

# %%
said, sound = numbers[0][1:]
seen = np.exp(ears["augmented"][0](number_pictures[0]))
figure, (top, bottom) = plt.subplots(2, 1, figsize=(9, 4.4), sharex=True, layout="constrained")
image = np.asarray(log_mel(level(sound), RATE))
top.imshow(
    image.T, origin="lower", aspect="auto", cmap="cividis", vmin=-4.6, vmax=7, extent=(0, len(image) * 0.01, -0.5, 31.5)
)
top.set_yticks(ticks, hertz)
top.set_ylabel("frequency (Hz, mel)")
time = np.arange(len(seen)) * 0.03
bottom.plot(time, seen[:, 0], color=GREY, linestyle=":", label="blank")
for digit in np.flatnonzero(seen[:, 1:].max(axis=0) > 0.2):
    bottom.plot(time, seen[:, digit + 1], color=BLACK)
    for peak in signal.find_peaks(seen[:, digit + 1], height=0.2)[0]:
        bottom.annotate(str(digit), (time[peak], seen[peak, digit + 1]), textcoords="offset points", xytext=(4, 2))
bottom.set(xlabel="time (s)", ylabel="probability", ylim=(0, 1.15))
bottom.legend(loc="center left")
plt.show()
print("said:", said, "| heard:", as_words(ears["augmented"][0].hear(number_pictures[0])))


# %% [markdown]
# *Above, the spectrogram of one dialled number, nine six six eight; below, the probabilities of the labels over time. Blank is near 1 almost
# all the time. Both sixes, which are one recording twice, are narrow spikes of the digit 8; the last word is a weak spike of 1 with a weaker
# one of 6 under it; at the nine there is none.*
#
# What was said and what is heard are far apart: "eight eight one". On the hundred numbers the word error rate is 0.48 to 0.62 for the plain
# networks and 0.43 to 0.48 for the augmented ones; a whole number of four digits is right in 8 to 22 % of the cases. Here, with silence
# between words, each augmented network has a lower word error rate than its plain twin. Is that the gain after all? Perhaps. By whole numbers,
# which is what a dial needs, the best of all six is a plain one. And the hundred numbers are the same forty recordings in another order; this is
# one more look at them. It is a reason to record, not a result.
#
# On the cards three of six networks have a rate above 1: they make more mistakes than there are digits, since the dial hears a digit in
# *queen of clubs* too. It has no label for "none of these". Seven digits of one speaker rank nothing, but they tell what a dial meets
# that listens all the time.
#
# ## What may the note say?
#
# Ines wants one page by tonight. Milo proposes three sentences: *"The network beats the cheap baseline. It hears at least nine digits in
# ten. It can go into the vehicles."* Hold each against what was measured. Take the plain network of seed 0, as its protocol stands:
#
# | people's recordings | baseline right | baseline wrong |
# |---|---|---|
# | **network right** | 11 | 11 |
# | **network wrong** | 7 | 11 |
#
# Forty recordings; the network hears 22 of them right, the baseline 18. Treat recordings as independent here, and say to yourself once more
# that they are four people's.
#
# ### Exercise 6 · What forty prove
#
# 15 min · ●●●○ · 3 points
#
# Fill the dict `note`:
#
# - `"low"`, `"high"`: the exact (Clopper–Pearson) two-sided 95 % interval for the network's share of right digits, as
#   fractions, to three digits or more;
# - `"p_value"`: the p-value of the exact two-sided McNemar test that network and baseline are equally good, from the table, to three digits
#   or more;
# - `"better"`, `"nine_in_ten"`: Milo's first two sentences, each `"shown"`, `"refuted"` or `"not shown"` at the 95 % level by this
#   protocol (nine in ten: at least `0.9` of such digits are heard right);
# - `"figure"`: which difference in the figure with the intervals is so large that the intervals of *all* networks on the two sides stay
#   apart: `"people or synthetic"`, `"plain or augmented"`, or `"one seed or another"`;
# - `"needed"`: a later network will be tried on new recordings. How many, *all heard right*, does it take at least to reject, one-sided at
#   5 %, that its share of right digits is `0.95` or lower? The exact number;
# - `"next"`: what the desk should do next: `"tune on the forty"`, `"record new speakers"`, `"train more seeds"` or `"ship"`.
#
# Example of the form: `note = {"low": 0.123, …, "better": "shown", …, "needed": 12, "next": "ship"}`.
#
# <details><summary>Hint 1 · the idea</summary>Two recognisers that were tried on the same recordings differ only where one is right and the
# other wrong. If they were equally good, each of these would be a toss of a coin.</details>
# <details><summary>Hint 2 · where to look</summary><code>stats.binomtest</code> gives an exact interval and an exact p-value. A share of
# at least 0.9 is refuted where the whole interval lies below it.</details>
# <details><summary>Hint 3 · almost the code</summary><code>stats.binomtest(k, 40).proportion_ci(method="exact")</code>;
# <code>stats.binomtest(b, b + c).pvalue</code>; the smallest n with <code>0.95**n &lt;= 0.05</code>.</details>

# %% exercise="what-forty-prove"
### BEGIN SOLUTION
low, high = stats.binomtest(22, 40).proportion_ci(0.95, method="exact")
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
### END SOLUTION

# %% check="what-forty-prove" points=3
names = ["low", "high", "p_value", "better", "nine_in_ten", "figure", "needed", "next"]
check.that(isinstance(note, dict), says="note is a dict", seen=note)
check.equal(sorted(note), sorted(names), says="note does not have exactly the eight entries asked for")
given = {name: " ".join(str(note[name]).lower().split()) for name in ("better", "nine_in_ten", "figure", "next")}
for name in ("better", "nine_in_ten"):
    check.one_of(given[name], ["shown", "refuted", "not shown"], says=f"{name} is none of the three verdicts")
check.one_of(given["figure"], ["people or synthetic", "plain or augmented", "one seed or another"])
check.one_of(given["next"], ["tune on the forty", "record new speakers", "train more seeds", "ship"])
for name in ("low", "high", "p_value", "needed"):
    check.that(
        np.ndim(note[name]) == 0 and isinstance(note[name], (int, float, np.number)),
        says=f"{name} is not a number",
        seen=note[name],
    )
k, n = 22, 40
right_low, right_high = stats.beta.ppf(0.025, k, n - k + 1), stats.beta.ppf(0.975, k + 1, n - k)
ends = np.array([float(note["low"]), float(note["high"])])
close = {"rtol": 0, "atol": 0.0011}
check.that(not (ends > 1).any(), says="the ends are in percent: fractions are asked for", seen=ends)
half = stats.norm.ppf(0.975) * math.sqrt(k / n * (1 - k / n) / n)
check.differs(
    ends, [k / n - half, k / n + half], says="this is the interval of the normal curve, not the exact one", **close
)
wilson = stats.binomtest(k, n).proportion_ci(0.95, method="wilson")
check.differs(ends, list(wilson), says="this is Wilson's interval, not the exact one", **close)
for seeds in (3, 6):
    many = stats.binomtest(seeds * k, seeds * n).proportion_ci(0.95, method="exact")
    check.differs(
        ends,
        list(many),
        says="seeds are counted as further recordings: three ears at one recording are one recording",
        **close,
    )
nineties = stats.binomtest(k, n).proportion_ci(0.90, method="exact")
check.differs(ends, list(nineties), says="this is the 90 % interval", **close)
check.close(ends, [right_low, right_high], says="the interval is not that of Clopper and Pearson", **close)
b, c = 11, 7
p = min(1.0, 2 * stats.binom.cdf(min(b, c), b + c, 0.5))
both, none = n - b - c - 11, 11
unpaired = [stats.fisher_exact([[both + b, none + c], [both + c, none + b]])[1],
            stats.chi2_contingency([[both + b, none + c], [both + c, none + b]], correction=False)[1]]  # fmt: skip
one_sided = [stats.binom.sf(b - 1, b + c, 0.5), stats.binom.cdf(b, b + c, 0.5)]
wrong_p = {
    "the two are compared as if they had heard different recordings: pair them": unpaired,
    "this is the chi-square approximation of McNemar's test: the exact one is asked for": [stats.chi2.sf((b - c) ** 2 / (b + c), 1), stats.chi2.sf((abs(b - c) - 1) ** 2 / (b + c), 1)],
    "this is a one-sided test: nobody promised that the network can only be better": one_sided,
    "the recordings that both get right or both get wrong are in the test: they tell nothing about a difference": [stats.binomtest(both + b, n).pvalue, stats.chi2_contingency([[both, b], [c, none]], correction=False)[1], stats.fisher_exact([[both, b], [c, none]])[1]],
}  # fmt: skip
for says, values in wrong_p.items():
    for value in values:
        if abs(value - p) > 0.0011:
            check.differs(float(note["p_value"]), value, says=says, rtol=0, atol=0.00055)
check.close(float(note["p_value"]), p, says="the p-value is not that of the exact McNemar test", rtol=0, atol=0.0006)
check.that(
    given["better"] != "shown",
    says="better: a p-value of this size shows no advantage",
    seen="'shown'",
    expected=f"p = {p:.2f} is above 0.05",
)
check.that(
    given["better"] != "refuted",
    says="better: no proof of a difference is no proof that there is none",
    seen="'refuted'",
)
check.that(
    given["nine_in_ten"] != "shown",
    says="nine_in_ten: the score on synthetic voices says nothing about people",
    seen="'shown'",
)
check.that(
    given["nine_in_ten"] != "not shown",
    says="nine_in_ten: the whole interval lies below 0.9, and that refutes it",
    seen="'not shown'",
)
check.that(
    given["figure"] != "plain or augmented",
    says="figure: the intervals of plain and augmented networks overlap for the same voices",
    seen=note["figure"],
)
check.that(
    given["figure"] == "people or synthetic",
    says="figure: the seeds' intervals lie over one another",
    seen=note["figure"],
)
needed = float(note["needed"])
smallest = next(m for m in range(1, 1000) if 0.95**m <= 0.05)
check.differs(
    needed,
    60,
    says="60 is what the rule of three gives: the exact number is asked for",
    expected="the smallest n with 0.95**n <= 0.05",
)
two_sided = next(m for m in range(1, 1000) if 0.95**m <= 0.025)
check.differs(needed, two_sided, says="this is the two-sided number: the question is one-sided")
check.differs(needed, smallest - 1, says="rounded down: with one fewer, 0.95**n is still above 0.05")
check.equal(needed, smallest, says="needed is not the smallest number of recordings")
check.that(
    given["next"] != "tune on the forty",
    says="next: what is tuned on the forty recordings can no longer be judged on them",
    seen=note["next"],
)
check.that(
    given["next"] != "train more seeds", says="next: more seeds make more ears, but no more people", seen=note["next"]
)
check.that(
    given["next"] == "record new speakers",
    says="next: a dial that mishears so many digits dials wrong numbers",
    seen=note["next"],
)

# %% claims=true
assert len(synthetic) == 1584 and synthetic["voice"].nunique() == 99 and len(people) == 40
plain_share, augmented_share = (scores[kind, "synthetic"].mean() for kind in ("plain", "augmented"))
check.prose("91 %", plain_share, 0.012)
check.prose("88 %", augmented_share, 0.015)
check.prose("88 %", baseline_right["synthetic"].mean(), 0.012)
check.prose("51 %", scores["plain", "people"].mean(), 0.02)
check.prose("45 %", baseline_right["people"].mean(), 0.03)
check.prose("10 %", 0.1)
check.close(counts["plain"], [22, 20, 19], rtol=0, atol=1)
check.close(counts["augmented"], [22, 19, 19], rtol=0, atol=1)
check.close(counts["baseline"], [18], rtol=0, atol=1)
assert (abs(counts["plain"] - counts["augmented"]) <= 2).all() and (abs(better - worse) <= 2).all()
network, simple = scores["plain", "people"][0], baseline_right["people"]
crossed = [(network & simple).sum(), (network & ~simple).sum(), (~network & simple).sum(), (~network & ~simple).sum()]
check.close(crossed, [11, 11, 7, 11], rtol=0, atol=1)
assert by_language.loc["it"].min() >= 6 and by_language.loc["ru"].max() <= 3
assert augmented_share < plain_share
last = {
    line["network"]: line["loss"] for line in checkpoints.log("voice-dial")[:-1]
}  # of each network's last hundred steps
assert all(last[f"augmented-{seed}"] > 2 * last[f"plain-{seed}"] for seed in range(3))
check.prose("0.5", np.mean([last[f"augmented-{seed}"] for seed in range(3)]), 0.05)
check.prose("0.1", np.mean([last[f"plain-{seed}"] for seed in range(3)]), 0.05)
check.prose("0.8", 0.8)  # the lowest factor in train.py
check.prose("0.54", 0.43 / 0.8)
assert max(counts["plain"].max(), counts["augmented"].max()) <= 23  # below the best of the trials, 25
assert sum(p.numel() for p in ears["plain"][0].net.parameters()) == 43355
check.prose("43,355", sum(p.numel() for p in ears["plain"][0].net.parameters()))
shares = {key: value.mean(axis=1) for key, value in scores.items()}
check.within(np.concatenate([shares["plain", "people"], shares["augmented", "people"]]), 0.44, 0.58)
check.prose("55 %", shares["plain", "people"].max(), 0.03)
check.within(np.concatenate([shares["plain", "synthetic"], shares["augmented", "synthetic"]]), 0.86, 0.925)
check.prose("92 %", shares["plain", "synthetic"].max(), 0.012)
ends = np.array(
    [exact_interval(one.sum(), 40) for kind in ("baseline", "plain", "augmented") for one in scores[kind, "people"]]
)
check.prose("70 %", ends.max(), 0.03)
assert ends.min() > 0.26 and ends.max() < min(
    exact_interval(one.sum(), one.size)[0] for k in ears for one in scores[k, "synthetic"]
)
table = pd.DataFrame(rates).T
check.prose("0.48", table.loc["plain", "numbers"].min(), 0.04)
check.prose("0.62", table.loc["plain", "numbers"].max(), 0.04)
check.prose("0.43", table.loc["augmented", "numbers"].min(), 0.04)
check.prose("0.48", table.loc["augmented", "numbers"].max(), 0.04)
check.prose("22 %", table["whole number right"].max(), 0.05)
assert abs(table["whole number right"].min() - 0.08) < 0.04
assert table["whole number right"].idxmax() == ("plain", 0)
assert (table.loc["augmented", "numbers"] < table.loc["plain", "numbers"]).all() and (table["cards"] > 1).sum() in (
    2,
    3,
    4,
)
assert sum(len(s.split()) for s in cards_said) == 7
words_of = (
    data.load("short-utterances", "utterances")
    .groupby("source", observed=True)["transcript"]
    .agg(lambda t: sum(len(x.split()) for x in t))
)
assert words_of.to_dict() == {"cards": 21, "librivox": 71}
check.prose("22.8 %", 21 / 92)
check.prose("16.5 %", (1 / 21 + 20 / 71) / 2)
check.prose("0 %", 0.0)
check.prose("8,000", RATE)
check.prose("0.43", 0.43)  # seconds, from the datasheet, which a test counts
check.prose("0.58", 0.58)
check.prose("0.95", 0.95)
check.prose("95 %", 0.95)
check.prose("30 %", 3 / 10)
check.prose("0.75", 0.75)
check.prose("-799.7", np.logaddexp(-800, -801), 0.05)
check.within(0.75**10, 1 / 19, 1 / 17)

# %% [markdown]
# ## What the vehicle team gets
#
# A decoder that works, a loss that you can vouch for, and a page that says: **about half of the digits of four people, measured on forty
# recordings; not shown to be better than a regression; no use on the road.** That is worth more than the 91 % on Tuesday's slide. What it asks
# for is cheap: ten new speakers in each language for an afternoon, consenting, half of them kept for testing, and opened once.
#
# To play with: give `augment` a range of speeds of one half to one and a half and listen. Let the decoder keep the two best labels of each frame and
# look which mistakes would have been near misses. Record your own ten digits, and do not train on them.
#
# ## Sources
#
# - A. Graves, S. Fernández, F. Gomez and J. Schmidhuber, *Connectionist Temporal Classification: Labelling Unsegmented Sequence Data with
#   Recurrent Neural Networks*, ICML 2006.
# - A. Hannun, [*Sequence Modeling with CTC*](https://distill.pub/2017/ctc/), Distill 2017 (pictures of the paths).
# - S. Davis and P. Mermelstein, *Comparison of Parametric Representations for Monosyllabic Word Recognition in Continuously Spoken
#   Sentences*, IEEE Transactions on Acoustics, Speech, and Signal Processing 28 (1980), 357–366.
# - T. Ko, V. Peddinti, D. Povey and S. Khudanpur, *Audio Augmentation for Speech Recognition*, Interspeech 2015 (speed).
# - D. S. Park and others, *SpecAugment: A Simple Data Augmentation Method for Automatic Speech Recognition*, Interspeech 2019,
#   [arXiv:1904.08779](https://arxiv.org/abs/1904.08779).
# - B. Hilmes, N. Rossenbach and R. Schlüter, *On the Effect of Purely Synthetic Training Data for Different Automatic Speech Recognition
#   Architectures*, 2024, [arXiv:2407.17997](https://arxiv.org/abs/2407.17997).
# - V. I. Levenshtein, *Binary codes capable of correcting deletions, insertions, and reversals*, Soviet Physics Doklady 10 (1966), 707–710.
# - C. J. Clopper and E. S. Pearson, *The use of confidence or fiducial limits illustrated in the case of the binomial*, Biometrika 26
#   (1934), 404–413; Q. McNemar, *Note on the sampling error of the difference between correlated proportions or percentages*,
#   Psychometrika 12 (1947), 153–157.
# - Documentation: [PyTorch's ctc_loss](https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.ctc_loss.html) (its default divides
#   each loss by the length of its target), [scipy's stft](https://docs.scipy.org/doc/scipy/reference/generated/scipy.signal.stft.html),
#   [jiwer](https://jitsi.github.io/jiwer/).
# - Data: `spoken-digits-synth` (espeak-ng, CC0), `spoken-digits-real` (Asterisk's prompts: Allison Smith, June Wallack, Carlo Flora, and one
#   who is not named; CC-BY-SA-3.0 and CC-BY-3.0), `short-utterances` (PocketSphinx, BSD-2-Clause); see their datasheets.

"""Trains the six networks of `checkpoints/voice-dial`: three seeds, each on plain and on augmented synthetic digits.

Run from the project's root: `python checkpoints/voice-dial/train.py`. One thread; writes weights.npz and train.log beside
this file. The people's recordings are not read: they are the lesson's test set.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from mle import checkpoints, data

RATE, BANDS, LANGUAGES, SEEDS = 8000, 32, ["en", "fr", "it", "ru"], 3
SPELL, STEPS, BATCH, COPIES = (
    600,
    1400,
    32,
    4,
)  # after SPELL steps of single digits the loss is CTC, on one to three digits
GAP = np.full((1, BANDS), np.log(0.01))  # one frame of digital silence


def log_mel(samples, floor=0.01):
    """The lesson's spectrogram (frames, 32) at 8 kHz: 25 ms every 10 ms, Hann, 60 to 4,000 Hz on the mel scale."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(200) / 200)
    power = np.abs(np.fft.rfft(np.lib.stride_tricks.sliding_window_view(samples, 200)[::80] * window, 256)) ** 2
    edges = 700 * (10 ** (np.linspace(*(2595 * np.log10(1 + np.array([60, 4000]) / 700)), BANDS + 2) / 2595) - 1)
    points = np.arange(129) * RATE / 256
    weights = np.array([np.interp(points, edges[j : j + 3], [0, 1, 0]) for j in range(BANDS)])
    return np.log(power @ weights.T + floor)


def level(samples):
    return np.asarray(samples, float) / np.abs(samples).max()


def augment(samples, rng, speed=(0.8, 1.1), silence=0.2, snr=(10.0, 40.0)):
    """The lesson's: another speed, silence on both sides, white noise over all of it."""
    places = np.arange(0, len(samples) - 1 + 1e-9, rng.uniform(*speed))
    word = np.interp(places, np.arange(len(samples)), samples)
    before, after = (np.zeros(int(rng.uniform(0, silence) * RATE)) for _ in range(2))
    sound = np.concatenate([before, word, after])
    noise_power = np.mean(word**2) / 10 ** (rng.uniform(*snr) / 10)
    return sound + rng.normal(scale=np.sqrt(noise_power), size=len(sound))


def mask(spectrogram, rng, widest=4):
    """One block of bands and one of frames are set to the mean (SpecAugment)."""
    masked = spectrogram.copy()
    for axis in (0, 1):
        width = rng.integers(0, widest + 1)
        start = rng.integers(0, max(1, masked.shape[axis] - width))
        block = slice(start, start + width)
        masked[(block, slice(None)) if axis == 0 else (slice(None), block)] = spectrogram.mean()
    return masked


def network(width=48):
    """Spectrogram (n, 32, frames) → logits (n, 11, frames / 3). The same lines stand in the lesson."""
    layers = [nn.Conv1d(BANDS, width, 5, stride=3, padding=2), nn.BatchNorm1d(width), nn.ReLU()]
    for dilation in (1, 2, 2):
        layers += [nn.Conv1d(width, width, 5, padding=2 * dilation, dilation=dilation), nn.BatchNorm1d(width)]
        layers += [nn.ReLU(), nn.Dropout(0.1)]
    return nn.Sequential(*layers, nn.Conv1d(width, 11, 1))


def batch(rng, source, pools, digits, spread, most):
    """Spectrograms of one to `most` digits of one language, said in a row, filled up with zeros; lengths; labels."""
    inputs, labels = [], []
    for _ in range(BATCH):
        rows = rng.choice(pools[rng.integers(len(pools))], rng.integers(1, most + 1))
        parts = [GAP.repeat(rng.integers(1, 10), 0)]
        for row in rows:
            parts += [source[row][rng.integers(len(source[row]))], GAP.repeat(rng.integers(3, 15), 0)]
        x = np.concatenate(parts)
        inputs.append((x - x.mean(0)) / spread)
        labels.append(digits[rows] + 1)
    frames = [len(x) for x in inputs]
    filled = np.zeros((BATCH, max(frames), BANDS), np.float32)
    for i, x in enumerate(inputs):
        filled[i, : len(x)] = x
    lengths = torch.tensor([(n - 1) // 3 + 1 for n in frames])
    return torch.tensor(filled).transpose(1, 2), lengths, labels


def train(seed, source, pools, digits, spread):
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    net = network()
    optimiser = torch.optim.AdamW(net.parameters(), lr=0.008)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.008, total_steps=STEPS)
    losses, history = [], []
    for step in range(1, STEPS + 1):
        x, lengths, labels = batch(rng, source, pools, digits, spread, 1 if step <= SPELL else 3)
        logits = net(x).permute(2, 0, 1)  # (T, n, 11)
        if step <= SPELL:  # which digit, wherever it is: CTC alone stays with blanks for long
            own = (torch.arange(len(logits))[:, None] < lengths)[:, :, None]
            scores = (logits.log_softmax(2) * own).sum(0)[:, 1:] / lengths[:, None]
            loss = F.cross_entropy(scores, torch.tensor(np.concatenate(labels)) - 1)
        else:
            targets, counts = torch.tensor(np.concatenate(labels)), torch.tensor([len(one) for one in labels])
            loss = F.ctc_loss(logits.log_softmax(2), targets, lengths, counts)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
        if step % 100 == 0:
            history.append({"step": step, "loss": round(float(np.mean(losses[-100:])), 3)})
            print(seed, history[-1], flush=True)
    return net.eval(), history


def main():
    torch.set_num_threads(1)
    started = time.process_time()
    table = data.load("spoken-digits-synth", "digits")
    voices = sorted(table["voice"].astype(str).unique())
    held_out = np.random.default_rng(0).permutation(voices)[:19]
    table = table[~table["voice"].astype(str).isin(held_out)].reset_index(drop=True)
    digits = table["digit"].to_numpy().astype(int)
    pools = [np.flatnonzero(table["language"] == language) for language in LANGUAGES]
    sounds = [level(samples) for samples in table["samples"]]
    plain = [[log_mel(sound)] for sound in sounds]
    spread = np.concatenate([x[0] - x[0].mean(0) for x in plain]).std(0)
    rng = np.random.default_rng(5)
    augmented = [
        [*own, *(mask(log_mel(level(augment(sound, rng))), rng) for _ in range(COPIES))]
        for own, sound in zip(plain, sounds, strict=True)
    ]
    weights, history = {"spread": spread}, []
    for name, source in (("plain", plain), ("augmented", augmented)):
        for seed in range(SEEDS):
            net, steps = train(seed, source, pools, digits, spread)
            history += [{"network": f"{name}-{seed}", **line} for line in steps]
            weights |= {f"{name}-{seed}/{key}": value.numpy() for key, value in net.state_dict().items()}
    checkpoints.save(Path(__file__).parent, weights, history, time.process_time() - started)


if __name__ == "__main__":
    main()

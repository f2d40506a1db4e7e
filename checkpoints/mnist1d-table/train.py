"""Trains the models of the published MNIST-1D table by the published recipe, several runs each: `checkpoints/mnist1d-table`.

Run from the project's root: `python checkpoints/mnist1d-table/train.py`. One thread; writes weights.npz and train.log beside
this file. What is kept is not weights but answers: which class each run gives each of the 1,000 test curves in the end, and how
many it had right on the way. Nothing is chosen by the test curves: every run of the list is kept, and the recipe is the authors'.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from mle import checkpoints, data

STEPS, EVERY, BATCH, RATE = 6000, 250, 100, 1e-2  # the recipe: Adam, no decay, no schedule, batches in the file's order


class Mlp(nn.Module):
    """Two hidden layers; with `shortcut` the second adds to the first, as in the authors' code."""

    def __init__(self, width=100, shortcut=True):
        super().__init__()
        self.first, self.second, self.last = nn.Linear(40, width), nn.Linear(width, width), nn.Linear(width, 10)
        self.shortcut = shortcut

    def forward(self, x):
        h = torch.relu(self.first(x))
        g = torch.relu(self.second(h))
        return self.last(h + g if self.shortcut else g)


class Gru(nn.Module):
    """A bidirectional GRU of 6 units; a linear layer reads all 40 of its states."""

    def __init__(self):
        super().__init__()
        self.gru, self.last = nn.GRU(1, 6, batch_first=True, bidirectional=True), nn.Linear(480, 10)

    def forward(self, x):
        return self.last(self.gru(x[:, :, None])[0].flatten(1))


def cnn(channels=25):
    """Three convolutions of stride 2, and a linear layer on what is left."""
    return nn.Sequential(
        nn.Unflatten(1, (1, 40)), nn.Conv1d(1, channels, 5, 2, 1), nn.ReLU(), nn.Conv1d(channels, channels, 3, 2, 1), nn.ReLU(),
        nn.Conv1d(channels, channels, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(5 * channels, 10),
    )  # fmt: skip


PLAN = {  # name: (how to make it, runs)
    "linear": (lambda: nn.Linear(40, 10), 10),
    "mlp": (Mlp, 10),
    "cnn": (cnn, 10),
    "gru": (Gru, 5),
    "mlp-wide": (lambda: Mlp(width=256), 5),
    "mlp-plain": (lambda: Mlp(shortcut=False), 5),
}


def run(make, seed, x, y, x_test):
    """One run: the test curves' classes at each of the 25 looks, (25, 1000). The seed sets the first weights, nothing else."""
    torch.manual_seed(seed)
    net = make()
    optimiser, looks = torch.optim.Adam(net.parameters(), RATE), []
    for step in range(STEPS + 1):
        at = step * BATCH % len(x)
        optimiser.zero_grad()
        nn.functional.cross_entropy(net(x[at : at + BATCH]), y[at : at + BATCH]).backward()
        optimiser.step()
        if step % EVERY == 0:
            with torch.no_grad():
                looks.append(net(x_test).argmax(1).numpy())
    return np.array(looks)


def main():
    torch.set_num_threads(1)
    train, test = data.load("mnist1d", "train"), data.load("mnist1d", "test")
    x, x_test = (torch.tensor(t.drop(columns="label").to_numpy(np.float32)) for t in (train, test))
    y, truth = torch.tensor(train["label"].to_numpy(np.int64)), test["label"].to_numpy()
    kept, history, begun = {}, [], time.process_time()
    for name, (make, runs) in PLAN.items():
        looks = np.array([run(make, seed, x, y, x_test) for seed in range(runs)])
        right = (looks == truth).sum(axis=2)
        kept |= {f"{name}.classes": looks[:, -1], f"{name}.right": right}  # (runs, 1000) and (runs, 25)
        line = {
            "model": name, "parameters": sum(p.numel() for p in make().parameters()), "right": right[:, -1].tolist(),
            "best look": right.max(axis=1).tolist(), "cpu seconds": round(time.process_time() - begun),
        }  # fmt: skip
        history.append(line)
        print(line, flush=True)
    checkpoints.save(Path(__file__).parent, kept, history, time.process_time() - begun)


if __name__ == "__main__":
    main()

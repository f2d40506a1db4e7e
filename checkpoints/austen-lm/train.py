"""Trains the character model of lesson 13/4 on five novels of Jane Austen: python checkpoints/austen-lm/train.py

Seeded and on one thread: the same processor and version of PyTorch give the same weights.
"""

from __future__ import annotations

import math
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from mle import checkpoints, data

HELD_OUT = "Persuasion"
WIDTH, HEADS, LAYERS, CONTEXT = 128, 4, 4, 128
BATCH, STEPS, PEAK, WARMUP = 16, 8000, 3e-3, 100
VALID_EVERY = 1000


def paragraphs(lines) -> str:
    """One paragraph a line: the printed lines of a paragraph are joined by spaces."""
    blocks = "\n".join(lines).split("\n\n")
    return "\n".join(" ".join(block.split()) for block in blocks if block.strip())


class Attention(nn.Module):
    """Causal self-attention of several heads: (n, length, width) → the same."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n, length, _ = x.shape
        parts = self.qkv(x).view(n, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        mixed = nn.functional.scaled_dot_product_attention(*parts, is_causal=True)
        return self.out(mixed.transpose(1, 2).reshape(n, length, WIDTH))


class Block(nn.Module):
    """A decoder block: attention and a small net, each behind a normalisation and beside a shortcut."""

    def __init__(self) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attention = Attention()
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.down(nn.functional.gelu(self.up(self.norm2(x))))


class SmallLM(nn.Module):
    """Logits (n, length, characters) of the next character, from characters (n, length)."""

    def __init__(self, characters: int) -> None:
        super().__init__()
        self.token, self.position = nn.Embedding(characters, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                nn.init.normal_(
                    parameter, std=0.02 / (math.sqrt(2 * LAYERS) if name.endswith(("out.weight", "down.weight")) else 1)
                )

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.token(tokens) + self.position.weight[: tokens.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.token.weight.T


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    lines = data.load("austen", "lines")
    texts = {novel: paragraphs(part["text"]) for novel, part in lines.groupby("novel", observed=True)}
    train = "\n".join(text for novel, text in texts.items() if novel != HELD_OUT)
    alphabet = sorted(set(train))
    place = {character: i for i, character in enumerate(alphabet)}
    codes = torch.tensor([place[c] for c in train])
    kept = torch.tensor([place[c] for c in texts[HELD_OUT][:40_000] if c in place])
    model = SmallLM(len(alphabet))
    print(
        f"{len(train):,} characters, {len(alphabet)} different, {sum(p.numel() for p in model.parameters()):,} weights"
    )
    optimiser = torch.optim.AdamW(model.parameters(), PEAK, betas=(0.9, 0.95), weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min((s + 1) / WARMUP, 0.5 + 0.5 * math.cos(math.pi * min(1, s / STEPS)) + 0.02)
    )
    order = np.random.default_rng(0)
    history, started, running = [], time.process_time(), 0.0
    for step in range(1, STEPS + 1):
        starts = order.integers(0, len(codes) - CONTEXT - 1, BATCH)
        rows = torch.stack([codes[i : i + CONTEXT + 1] for i in starts])
        with torch.autocast("cpu", torch.bfloat16):  # a third less time on processors that have it
            logits = model(rows[:, :-1])
        loss = nn.functional.cross_entropy(logits.float().flatten(0, 1), rows[:, 1:].flatten())
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        running += loss.item() / VALID_EVERY
        if step % VALID_EVERY == 0:
            with torch.no_grad():
                held = kept[: len(kept) // (CONTEXT + 1) * (CONTEXT + 1)].view(-1, CONTEXT + 1)
                valid = nn.functional.cross_entropy(model(held[:, :-1]).flatten(0, 1), held[:, 1:].flatten()).item()
            history.append({
                "step": step, "train_bits": round(running / math.log(2), 4), "held_out_bits": round(valid / math.log(2), 4),
                "cpu_seconds": round(time.process_time() - started),
            })  # fmt: skip
            print(history[-1], flush=True)
            running = 0.0
    weights = {key: value.numpy() for key, value in model.state_dict().items()}
    checkpoints.save(Path(__file__).parent, weights, history, time.process_time() - started)


if __name__ == "__main__":
    main()

"""Train the translator of lesson 10-nlp/2-translation: short verses of the Bible, English to Spanish.

    OMP_NUM_THREADS=1 python checkpoints/translator-en-es/train.py

A small encoder–decoder Transformer (Vaswani et al. 2017) with layer normalisation before each sublayer (Xiong et al. 2020).
Three whole books are held out: Acts (watched while training), John (the test) and Mark (the test that leaks: Matthew and Luke,
which tell much of it again, are in the training part). Seeded, one thread, no stopping rule: a fixed number of epochs.
Writes `tokenizer.json`, `weights.npz` and `train.log` beside itself.
"""

from __future__ import annotations

import math
import time
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from torch import nn
from torch.nn import functional as F

from mle import checkpoints, data

HERE = Path(__file__).resolve().parent
HELD_OUT = {"valid": "Acts", "test": "John", "leaky": "Mark"}
LONGEST = 22  # words on either side of a verse that the training uses
PAD, START, END, UNKNOWN = range(4)
VOCABULARY, WIDTH, HEADS, HIDDEN, LAYERS, DROPOUT = 2400, 128, 4, 384, 2, 0.1
EPOCHS, TOKENS, PEAK, WARM = 20, 1600, 2e-3, 300


def verses():
    """The training verses and the watched ones: lists of (en, es)."""
    table = data.load("bible-en-es", "verses")
    short = (table["en"].str.split().str.len() <= LONGEST) & (table["es"].str.split().str.len() <= LONGEST)
    table = table[short & table["aligned"]]
    pairs = lambda part: list(zip(part["en"], part["es"], strict=True))  # noqa: E731
    return (
        pairs(table[~table["book"].isin(HELD_OUT.values())]),
        pairs(table[table["book"] == HELD_OUT["valid"]]),
    )


def make_tokenizer(texts):
    """Byte-pair encoding with one vocabulary for both languages (Sennrich et al. 2016)."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation()])
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=VOCABULARY, special_tokens=["<pad>", "<s>", "</s>", "<unk>"], show_progress=False
        ),
    )
    return tokenizer


class Attention(nn.Module):
    """Several heads of attention from x (B, L, width) to memory (B, S, width)."""

    def __init__(self):
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))

    def forward(self, x, memory, mask):
        split = lambda y: y.unflatten(-1, (HEADS, -1)).transpose(1, 2)  # noqa: E731
        q, k, v = split(self.query(x)), split(self.key(memory)), split(self.value(memory))
        return self.out(F.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).flatten(2))


class Layer(nn.Module):
    """One layer of encoder or decoder; a decoder's looks at the source, too."""

    def __init__(self, decoder):
        super().__init__()
        self.attend, self.norm1 = Attention(), nn.LayerNorm(WIDTH)
        if decoder:
            self.look, self.norm2 = Attention(), nn.LayerNorm(WIDTH)
        self.wide, self.narrow, self.norm3 = nn.Linear(WIDTH, HIDDEN), nn.Linear(HIDDEN, WIDTH), nn.LayerNorm(WIDTH)
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, x, mask, memory=None, memory_mask=None):
        y = self.norm1(x)
        x = x + self.drop(self.attend(y, y, mask))
        if memory is not None:
            x = x + self.drop(self.look(self.norm2(x), memory, memory_mask))
        return x + self.drop(self.narrow(torch.relu(self.wide(self.norm3(x)))))


class Translator(nn.Module):
    """Logits of the next Spanish token from English tokens and the Spanish tokens before it."""

    def __init__(self, vocabulary=VOCABULARY):
        super().__init__()
        self.table = nn.Embedding(vocabulary, WIDTH)
        nn.init.normal_(self.table.weight, std=WIDTH**-0.5)
        self.encoder = nn.ModuleList(Layer(decoder=False) for _ in range(LAYERS))
        self.decoder = nn.ModuleList(Layer(decoder=True) for _ in range(LAYERS))
        self.norm_source, self.norm_target = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.drop = nn.Dropout(DROPOUT)
        rate = torch.exp(torch.arange(0, WIDTH, 2) * (-math.log(10_000) / WIDTH))
        angle = torch.arange(256)[:, None] * rate
        self.register_buffer("places", torch.stack([angle.sin(), angle.cos()], -1).flatten(1), persistent=False)

    def embed(self, tokens):
        return self.drop(self.table(tokens) * WIDTH**0.5 + self.places[: tokens.shape[1]])

    def encode(self, source):
        """source (B, S) tokens → memory (B, S, width) and its mask (B, 1, 1, S)."""
        mask = (source != PAD)[:, None, None, :]
        x = self.embed(source)
        for layer in self.encoder:
            x = layer(x, mask)
        return self.norm_source(x), mask

    def decode(self, target, memory, memory_mask):
        """target (B, T) tokens that are known → logits (B, T, vocabulary) of the tokens after each."""
        past = torch.ones(target.shape[1], target.shape[1], dtype=torch.bool).tril()
        x = self.embed(target)
        for layer in self.decoder:
            x = layer(x, past, memory, memory_mask)
        return self.norm_target(x) @ self.table.weight.T

    def forward(self, source, target):
        return self.decode(target, *self.encode(source))


def padded(rows):
    width = max(map(len, rows))
    return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])


def batches(coded, rng):
    """Verses of similar length together, about TOKENS target tokens in each batch, in random order."""
    order = sorted(rng.permutation(len(coded)), key=lambda i: (len(coded[i][1]) // 3, len(coded[i][0]) // 3))
    made, batch = [], []
    for i in order:
        if batch and (len(batch) + 1) * max(len(coded[j][1]) for j in [*batch, i]) > TOKENS:
            made.append(batch)
            batch = []
        batch.append(i)
    made.append(batch)
    for k in rng.permutation(len(made)):
        yield padded([coded[i][0] for i in made[k]]), padded([coded[i][1] for i in made[k]])


def loss_of(model, source, target, smoothing=0.0):
    logits = model(source, target[:, :-1])
    return F.cross_entropy(logits.flatten(0, 1), target[:, 1:].flatten(), ignore_index=PAD, label_smoothing=smoothing)


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    begin = time.process_time()
    train, valid = verses()
    tokenizer = make_tokenizer([text for pair in train for text in pair])
    tokenizer.save(str(HERE / "tokenizer.json"))
    code = lambda pairs: [  # noqa: E731
        ([*tokenizer.encode(en).ids, END], [START, *tokenizer.encode(es).ids, END]) for en, es in pairs
    ]
    train, valid = code(train), code(valid)
    model = Translator(tokenizer.get_vocab_size())
    optimiser = torch.optim.AdamW(model.parameters(), lr=PEAK, betas=(0.9, 0.98), weight_decay=0.01)
    total = EPOCHS * len(list(batches(train, np.random.default_rng(0))))
    rise = lambda step: min((step + 1) / WARM, 0.5 * (1 + math.cos(math.pi * min(step / total, 1)))) + 1e-3  # noqa: E731
    plan = torch.optim.lr_scheduler.LambdaLR(optimiser, rise)
    history = [
        {"verses": len(train), "vocabulary": tokenizer.get_vocab_size(), "held_out": HELD_OUT,
         "parameters": sum(p.numel() for p in model.parameters())}
    ]  # fmt: skip
    print(history, total, flush=True)
    for epoch in range(1, EPOCHS + 1):
        model.train()
        sums = []
        for source, target in batches(train, rng):
            loss = loss_of(model, source, target, smoothing=0.1)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            plan.step()
            sums.append((loss.item(), int((target[:, 1:] != PAD).sum())))
        model.eval()
        told = []
        with torch.no_grad():
            for source, target in batches(valid, np.random.default_rng(0)):
                told.append((loss_of(model, source, target).item(), int((target[:, 1:] != PAD).sum())))
        mean = lambda pairs: round(sum(a * n for a, n in pairs) / sum(n for _, n in pairs), 4)  # noqa: E731
        history.append({"epoch": epoch, "train_smoothed": mean(sums), "valid": mean(told)})
        print(history[-1], round(time.process_time() - begin), "s", flush=True)
    weights = {name: value.numpy() for name, value in model.state_dict().items()}
    checkpoints.save(HERE, weights, history, time.process_time() - begin)


if __name__ == "__main__":
    main()

# %% [markdown]
# # Answers to "PyTorch": correct alternatives, and mistakes that people make
#
# Never released.

# %% exercise="flight-set" kind="alternative" name="convert-each-item"
class FlightSet(Dataset):
    def __init__(self, numbers, categories, late):
        self.rows = list(zip(numbers, categories, late, strict=True))

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        numbers, categories, late = self.rows[index]
        return (
            torch.tensor(numbers, dtype=torch.float32),
            torch.tensor(categories, dtype=torch.long),
            torch.tensor(float(late)),
        )


# %% exercise="flight-set" kind="alternative" name="numpy-items"
class FlightSet(Dataset):
    def __init__(self, numbers, categories, late):
        self.parts = numbers.astype("float32"), categories.astype("int64"), late.astype("float32")

    def __len__(self):
        return self.parts[0].shape[0]

    def __getitem__(self, index):
        return tuple(part[index] for part in self.parts)


# %% exercise="flight-set" kind="alternative" name="wrap-tensor-dataset"
class FlightSet(Dataset):
    def __init__(self, numbers, categories, late):
        self.inner = TensorDataset(
            torch.from_numpy(numbers).float(), torch.from_numpy(categories).long(), torch.from_numpy(late).float()
        )

    def __len__(self):
        return len(self.inner)

    def __getitem__(self, index):
        return self.inner[index]


# %% exercise="flight-set" kind="mistake" name="float64-numbers" says="numbers are not float32"
class FlightSet(Dataset):
    def __init__(self, numbers, categories, late):
        self.numbers = torch.from_numpy(numbers)
        self.categories = torch.from_numpy(categories).long()
        self.late = torch.from_numpy(late).float()

    def __len__(self):
        return len(self.late)

    def __getitem__(self, index):
        return self.numbers[index], self.categories[index], self.late[index]


# %% exercise="flight-set" kind="mistake" name="codes-as-floats" says="codes come as floats"
class FlightSet(Dataset):
    def __init__(self, numbers, categories, late):
        self.numbers, self.categories, self.late = (
            torch.as_tensor(part, dtype=torch.float32) for part in (numbers, categories, late)
        )

    def __len__(self):
        return len(self.late)

    def __getitem__(self, index):
        return self.numbers[index], self.categories[index], self.late[index]


# %% exercise="flight-set" kind="mistake" name="bool-labels" says="labels are not float32"
class FlightSet(Dataset):
    def __init__(self, numbers, categories, late):
        self.numbers = torch.as_tensor(numbers, dtype=torch.float32)
        self.categories = torch.as_tensor(categories, dtype=torch.int64)
        self.late = torch.as_tensor(late)

    def __len__(self):
        return len(self.late)

    def __getitem__(self, index):
        return self.numbers[index], self.categories[index], self.late[index]


# %% exercise="flight-set" kind="mistake" name="label-as-row" says="label has shape (1,)"
class FlightSet(Dataset):
    def __init__(self, numbers, categories, late):
        self.numbers = torch.as_tensor(numbers, dtype=torch.float32)
        self.categories = torch.as_tensor(categories, dtype=torch.int64)
        self.late = torch.as_tensor(late, dtype=torch.float32).reshape(-1, 1)

    def __len__(self):
        return len(self.late)

    def __getitem__(self, index):
        return self.numbers[index], self.categories[index], self.late[index]


# %% exercise="flight-set" kind="mistake" name="counts-columns" says="counts the columns"
class FlightSet(Dataset):
    def __init__(self, numbers, categories, late):
        self.numbers = torch.as_tensor(numbers, dtype=torch.float32)
        self.categories = torch.as_tensor(categories, dtype=torch.int64)
        self.late = torch.as_tensor(late, dtype=torch.float32)

    def __len__(self):
        return self.numbers.shape[1]

    def __getitem__(self, index):
        return self.numbers[index], self.categories[index], self.late[index]


# %% exercise="flight-set" kind="mistake" name="last-flight-lost" says="length is not the number of flights"
class FlightSet(Dataset):
    def __init__(self, numbers, categories, late):
        self.numbers = torch.as_tensor(numbers, dtype=torch.float32)
        self.categories = torch.as_tensor(categories, dtype=torch.int64)
        self.late = torch.as_tensor(late, dtype=torch.float32)

    def __len__(self):
        return len(self.late) - 1

    def __getitem__(self, index):
        return self.numbers[index], self.categories[index], self.late[index]


# %% exercise="flight-set" kind="mistake" name="neighbours-label" says="label of its neighbour"
class FlightSet(Dataset):
    def __init__(self, numbers, categories, late):
        self.numbers = torch.as_tensor(numbers, dtype=torch.float32)
        self.categories = torch.as_tensor(categories, dtype=torch.int64)
        self.late = torch.as_tensor(late, dtype=torch.float32)

    def __len__(self):
        return len(self.late)

    def __getitem__(self, index):
        return self.numbers[index], self.categories[index], self.late[index - 1]


# %% exercise="flight-set" kind="mistake" name="other-order" says="in another order"
class FlightSet(Dataset):
    def __init__(self, numbers, categories, late):
        self.numbers = torch.as_tensor(numbers, dtype=torch.float32)
        self.categories = torch.as_tensor(categories, dtype=torch.int64)
        self.late = torch.as_tensor(late, dtype=torch.float32)

    def __len__(self):
        return len(self.late)

    def __getitem__(self, index):
        return self.categories[index], self.numbers[index], self.late[index]


# %% exercise="late-net" kind="alternative" name="one-table-with-offsets"
class LateNet(nn.Module):
    def __init__(self, sizes, numbers=13, width=4, hidden=64, dropout=0.1, base_rate=0.2):
        super().__init__()
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self.register_buffer("offsets", torch.tensor(starts))
        self.table = nn.Embedding(int(sum(sizes)), width)
        with torch.no_grad():
            self.table.weight[self.offsets] = 0.0
        wide = numbers + width * len(sizes)
        first, last = nn.Linear(wide, hidden), nn.Linear(hidden, 1)
        nn.init.kaiming_uniform_(first.weight, nonlinearity="relu")
        with torch.no_grad():
            first.bias.zero_()
            last.bias.copy_(torch.logit(torch.tensor([base_rate])))
        self.layers = nn.Sequential(first, nn.ReLU(), nn.Dropout(dropout), last)

    def forward(self, numbers, categories):
        embedded = self.table(categories + self.offsets).flatten(start_dim=1)
        return self.layers(torch.hstack([embedded, numbers]))[:, 0]


# %% exercise="late-net" kind="alternative" name="parameters-by-hand"
class LateNet(nn.Module):
    def __init__(self, sizes, numbers=13, width=4, hidden=64, dropout=0.1, base_rate=0.2):
        super().__init__()
        tables = [torch.randn(size, width) for size in sizes]
        for table in tables:
            table[0] = 0
        self.tables = nn.ParameterList(nn.Parameter(table) for table in tables)
        wide = numbers + width * len(sizes)
        self.w1 = nn.Parameter(torch.randn(wide, hidden) * (2 / wide) ** 0.5)
        self.b1 = nn.Parameter(torch.zeros(hidden))
        self.w2 = nn.Parameter((torch.rand(hidden) * 2 - 1) / hidden**0.5)
        self.b2 = nn.Parameter(torch.tensor(-math.log(1 / base_rate - 1)))
        self.p = dropout

    def forward(self, numbers, categories):
        columns = [numbers]
        for table, codes in zip(self.tables, categories.T, strict=True):
            columns.append(F.one_hot(codes, len(table)).float() @ table)
        x = F.relu(torch.cat(columns, -1) @ self.w1 + self.b1)
        return F.dropout(x, self.p, self.training) @ self.w2 + self.b2


# %% exercise="late-net" kind="mistake" name="sigmoid-inside" says="returns probabilities"
class LateNet(nn.Module):
    def __init__(self, sizes, numbers=13, width=4, hidden=64, dropout=0.1, base_rate=0.2):
        super().__init__()
        self.embeddings = nn.ModuleList(nn.Embedding(size, width, padding_idx=0) for size in sizes)
        self.hidden = nn.Linear(numbers + width * len(sizes), hidden)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, 1)
        nn.init.kaiming_normal_(self.hidden.weight)
        nn.init.zeros_(self.hidden.bias)
        nn.init.constant_(self.output.bias, math.log(base_rate / (1 - base_rate)))

    def forward(self, numbers, categories):
        parts = [table(categories[:, j]) for j, table in enumerate(self.embeddings)]
        x = self.dropout(torch.relu(self.hidden(torch.cat([numbers, *parts], dim=1))))
        return torch.sigmoid(self.output(x)).squeeze(1)


# %% exercise="late-net" kind="mistake" name="bare-squeeze" says="loses its batch dimension"
class LateNet(nn.Module):
    def __init__(self, sizes, numbers=13, width=4, hidden=64, dropout=0.1, base_rate=0.2):
        super().__init__()
        self.embeddings = nn.ModuleList(nn.Embedding(size, width, padding_idx=0) for size in sizes)
        self.hidden = nn.Linear(numbers + width * len(sizes), hidden)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, 1)
        nn.init.kaiming_normal_(self.hidden.weight)
        nn.init.zeros_(self.hidden.bias)
        nn.init.constant_(self.output.bias, math.log(base_rate / (1 - base_rate)))

    def forward(self, numbers, categories):
        parts = [table(categories[:, j]) for j, table in enumerate(self.embeddings)]
        x = self.dropout(torch.relu(self.hidden(torch.cat([numbers, *parts], dim=1))))
        return self.output(x).squeeze()


# %% exercise="late-net" kind="mistake" name="one-row-short" says="table is too small"
class LateNet(nn.Module):
    def __init__(self, sizes, numbers=13, width=4, hidden=64, dropout=0.1, base_rate=0.2):
        super().__init__()
        self.embeddings = nn.ModuleList(nn.Embedding(size - 1, width, padding_idx=0) for size in sizes)  # 0 is no value
        self.hidden = nn.Linear(numbers + width * len(sizes), hidden)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, 1)
        nn.init.kaiming_normal_(self.hidden.weight)
        nn.init.zeros_(self.hidden.bias)
        nn.init.constant_(self.output.bias, math.log(base_rate / (1 - base_rate)))

    def forward(self, numbers, categories):
        parts = [table(categories[:, j]) for j, table in enumerate(self.embeddings)]
        x = self.dropout(torch.relu(self.hidden(torch.cat([numbers, *parts], dim=1))))
        return self.output(x).squeeze(1)


# %% exercise="late-net" kind="mistake" name="plain-list" says="embeddings are not among the parameters"
class LateNet(nn.Module):
    def __init__(self, sizes, numbers=13, width=4, hidden=64, dropout=0.1, base_rate=0.2):
        super().__init__()
        self.embeddings = [nn.Embedding(size, width, padding_idx=0) for size in sizes]
        self.hidden = nn.Linear(numbers + width * len(sizes), hidden)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, 1)
        nn.init.kaiming_normal_(self.hidden.weight)
        nn.init.zeros_(self.hidden.bias)
        nn.init.constant_(self.output.bias, math.log(base_rate / (1 - base_rate)))

    def forward(self, numbers, categories):
        parts = [table(categories[:, j]) for j, table in enumerate(self.embeddings)]
        x = self.dropout(torch.relu(self.hidden(torch.cat([numbers, *parts], dim=1))))
        return self.output(x).squeeze(1)


# %% exercise="late-net" kind="mistake" name="no-activation" says="no activation between the layers"
class LateNet(nn.Module):
    def __init__(self, sizes, numbers=13, width=4, hidden=64, dropout=0.1, base_rate=0.2):
        super().__init__()
        self.embeddings = nn.ModuleList(nn.Embedding(size, width, padding_idx=0) for size in sizes)
        self.hidden = nn.Linear(numbers + width * len(sizes), hidden)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, 1)
        nn.init.kaiming_normal_(self.hidden.weight)
        nn.init.zeros_(self.hidden.bias)
        nn.init.constant_(self.output.bias, math.log(base_rate / (1 - base_rate)))

    def forward(self, numbers, categories):
        parts = [table(categories[:, j]) for j, table in enumerate(self.embeddings)]
        x = self.dropout(self.hidden(torch.cat([numbers, *parts], dim=1)))
        return self.output(x).squeeze(1)


# %% exercise="late-net" kind="mistake" name="random-unknown" says="row 0 is never trained"
class LateNet(nn.Module):
    def __init__(self, sizes, numbers=13, width=4, hidden=64, dropout=0.1, base_rate=0.2):
        super().__init__()
        self.embeddings = nn.ModuleList(nn.Embedding(size, width) for size in sizes)
        self.hidden = nn.Linear(numbers + width * len(sizes), hidden)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, 1)
        nn.init.kaiming_normal_(self.hidden.weight)
        nn.init.zeros_(self.hidden.bias)
        nn.init.constant_(self.output.bias, math.log(base_rate / (1 - base_rate)))

    def forward(self, numbers, categories):
        parts = [table(categories[:, j]) for j, table in enumerate(self.embeddings)]
        x = self.dropout(torch.relu(self.hidden(torch.cat([numbers, *parts], dim=1))))
        return self.output(x).squeeze(1)


# %% exercise="late-net" kind="mistake" name="default-weights" says="six times too small"
class LateNet(nn.Module):
    def __init__(self, sizes, numbers=13, width=4, hidden=64, dropout=0.1, base_rate=0.2):
        super().__init__()
        self.embeddings = nn.ModuleList(nn.Embedding(size, width, padding_idx=0) for size in sizes)
        self.hidden = nn.Linear(numbers + width * len(sizes), hidden)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, 1)
        nn.init.zeros_(self.hidden.bias)
        nn.init.constant_(self.output.bias, math.log(base_rate / (1 - base_rate)))

    def forward(self, numbers, categories):
        parts = [table(categories[:, j]) for j, table in enumerate(self.embeddings)]
        x = self.dropout(torch.relu(self.hidden(torch.cat([numbers, *parts], dim=1))))
        return self.output(x).squeeze(1)


# %% exercise="late-net" kind="mistake" name="xavier" says="times their inputs / 2"
class LateNet(nn.Module):
    def __init__(self, sizes, numbers=13, width=4, hidden=64, dropout=0.1, base_rate=0.2):
        super().__init__()
        self.embeddings = nn.ModuleList(nn.Embedding(size, width, padding_idx=0) for size in sizes)
        self.hidden = nn.Linear(numbers + width * len(sizes), hidden)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, 1)
        nn.init.xavier_normal_(self.hidden.weight)
        nn.init.zeros_(self.hidden.bias)
        nn.init.constant_(self.output.bias, math.log(base_rate / (1 - base_rate)))

    def forward(self, numbers, categories):
        parts = [table(categories[:, j]) for j, table in enumerate(self.embeddings)]
        x = self.dropout(torch.relu(self.hidden(torch.cat([numbers, *parts], dim=1))))
        return self.output(x).squeeze(1)


# %% exercise="late-net" kind="mistake" name="starts-at-one-half" says="does not start at the base rate"
class LateNet(nn.Module):
    def __init__(self, sizes, numbers=13, width=4, hidden=64, dropout=0.1, base_rate=0.2):
        super().__init__()
        self.embeddings = nn.ModuleList(nn.Embedding(size, width, padding_idx=0) for size in sizes)
        self.hidden = nn.Linear(numbers + width * len(sizes), hidden)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, 1)
        nn.init.kaiming_normal_(self.hidden.weight)
        nn.init.zeros_(self.hidden.bias)
        nn.init.constant_(self.output.bias, base_rate)  # the rate itself, not its log-odds

    def forward(self, numbers, categories):
        parts = [table(categories[:, j]) for j, table in enumerate(self.embeddings)]
        x = self.dropout(torch.relu(self.hidden(torch.cat([numbers, *parts], dim=1))))
        return self.output(x).squeeze(1)


# %% exercise="late-net" kind="mistake" name="functional-dropout" says="dropout stays on in eval mode"
class LateNet(nn.Module):
    def __init__(self, sizes, numbers=13, width=4, hidden=64, dropout=0.1, base_rate=0.2):
        super().__init__()
        self.embeddings = nn.ModuleList(nn.Embedding(size, width, padding_idx=0) for size in sizes)
        self.hidden = nn.Linear(numbers + width * len(sizes), hidden)
        self.p = dropout
        self.output = nn.Linear(hidden, 1)
        nn.init.kaiming_normal_(self.hidden.weight)
        nn.init.zeros_(self.hidden.bias)
        nn.init.constant_(self.output.bias, math.log(base_rate / (1 - base_rate)))

    def forward(self, numbers, categories):
        parts = [table(categories[:, j]) for j, table in enumerate(self.embeddings)]
        x = F.dropout(torch.relu(self.hidden(torch.cat([numbers, *parts], dim=1))), self.p)
        return self.output(x).squeeze(1)


# %% exercise="late-net" kind="mistake" name="dropout-not-passed-on" says="with the probability asked for"
class LateNet(nn.Module):
    def __init__(self, sizes, numbers=13, width=4, hidden=64, dropout=0.1, base_rate=0.2):
        super().__init__()
        self.embeddings = nn.ModuleList(nn.Embedding(size, width, padding_idx=0) for size in sizes)
        self.hidden = nn.Linear(numbers + width * len(sizes), hidden)
        self.dropout = nn.Dropout(dropout)  # made, and never called
        self.output = nn.Linear(hidden, 1)
        nn.init.kaiming_normal_(self.hidden.weight)
        nn.init.zeros_(self.hidden.bias)
        nn.init.constant_(self.output.bias, math.log(base_rate / (1 - base_rate)))

    def forward(self, numbers, categories):
        parts = [table(categories[:, j]) for j, table in enumerate(self.embeddings)]
        x = torch.relu(self.hidden(torch.cat([numbers, *parts], dim=1)))
        return self.output(x).squeeze(1)


# %% exercise="train-epoch" kind="alternative" name="lists-and-average"
def train_epoch(model, batches, optimiser):
    losses, lengths = [], []
    model.train(True)
    for numbers, categories, late in batches:
        loss = nn.BCEWithLogitsLoss()(model(numbers, categories), late)
        model.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.detach())
        lengths.append(late.shape[0])
    return np.average(torch.stack(losses).numpy(), weights=lengths)


# %% exercise="train-epoch" kind="alternative" name="loss-of-each-flight"
def train_epoch(model, batches, optimiser):
    model.train()
    every = []
    for batch in batches:
        *inputs, late = batch
        z = model(*inputs)
        each = F.softplus(z) - late * z
        each.mean().backward()
        optimiser.step()
        optimiser.zero_grad(set_to_none=False)
        every.extend(each.tolist())
    return sum(every) / len(every)


# %% exercise="train-epoch" kind="mistake" name="no-zero-grad" says="nothing clears them"
def train_epoch(model, batches, optimiser):
    model.train()
    total, count = 0.0, 0
    for numbers, categories, late in batches:
        loss = F.binary_cross_entropy_with_logits(model(numbers, categories), late)
        loss.backward()
        optimiser.step()
        total += loss.item() * len(late)
        count += len(late)
    return total / count


# %% exercise="train-epoch" kind="mistake" name="mode-as-it-comes" says="not in train mode"
def train_epoch(model, batches, optimiser):
    total, count = 0.0, 0
    for numbers, categories, late in batches:
        optimiser.zero_grad()
        loss = F.binary_cross_entropy_with_logits(model(numbers, categories), late)
        loss.backward()
        optimiser.step()
        total += loss.item() * len(late)
        count += len(late)
    return total / count


# %% exercise="train-epoch" kind="mistake" name="mean-of-means" says="mean of batch means"
def train_epoch(model, batches, optimiser):
    model.train()
    losses = []
    for numbers, categories, late in batches:
        optimiser.zero_grad()
        loss = F.binary_cross_entropy_with_logits(model(numbers, categories), late)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return np.mean(losses)


# %% exercise="train-epoch" kind="mistake" name="cleared-too-late" says="weights do not move"
def train_epoch(model, batches, optimiser):
    model.train()
    total, count = 0.0, 0
    for numbers, categories, late in batches:
        loss = F.binary_cross_entropy_with_logits(model(numbers, categories), late)
        loss.backward()
        optimiser.zero_grad()
        optimiser.step()
        total += loss.item() * len(late)
        count += len(late)
    return total / count


# %% exercise="train-epoch" kind="mistake" name="step-before-backward" says="comes before backward"
def train_epoch(model, batches, optimiser):
    model.train()
    total, count = 0.0, 0
    for numbers, categories, late in batches:
        loss = F.binary_cross_entropy_with_logits(model(numbers, categories), late)
        optimiser.step()
        optimiser.zero_grad()
        # the graph was recorded before the step: its gradient is applied to the next batch
        loss = F.binary_cross_entropy_with_logits(model(numbers, categories), late)
        loss.backward()
        total += loss.item() * len(late)
        count += len(late)
    return total / count


# %% exercise="train-epoch" kind="mistake" name="double-sigmoid" says="sigmoid is applied twice"
def train_epoch(model, batches, optimiser):
    model.train()
    total, count = 0.0, 0
    for numbers, categories, late in batches:
        optimiser.zero_grad()
        probabilities = torch.sigmoid(model(numbers, categories))
        loss = F.binary_cross_entropy_with_logits(probabilities, late)
        loss.backward()
        optimiser.step()
        total += loss.item() * len(late)
        count += len(late)
    return total / count


# %% exercise="train-epoch" kind="mistake" name="summed-loss" says="are summed, not averaged"
def train_epoch(model, batches, optimiser):
    model.train()
    total, count = 0.0, 0
    for numbers, categories, late in batches:
        optimiser.zero_grad()
        loss = F.binary_cross_entropy_with_logits(model(numbers, categories), late, reduction="sum")
        loss.backward()
        optimiser.step()
        total += loss.item()
        count += len(late)
    return total / count


# %% exercise="train-epoch" kind="mistake" name="keeps-graphs" says="still carries its graph"
def train_epoch(model, batches, optimiser):
    model.train()
    total, count = 0.0, 0
    for numbers, categories, late in batches:
        optimiser.zero_grad()
        loss = F.binary_cross_entropy_with_logits(model(numbers, categories), late)
        loss.backward()
        optimiser.step()
        total += loss * len(late)
        count += len(late)
    return total / count


# %% exercise="train-epoch" kind="mistake" name="last-loss" says="last batch's loss is returned"
def train_epoch(model, batches, optimiser):
    model.train()
    for numbers, categories, late in batches:
        optimiser.zero_grad()
        loss = F.binary_cross_entropy_with_logits(model(numbers, categories), late)
        loss.backward()
        optimiser.step()
    return loss.item()


# %% exercise="predict" kind="alternative" name="decorated"
@torch.inference_mode()
def predict(model, batches):
    mode = model.training
    model.train(False)
    out = np.concatenate([model(numbers, categories).sigmoid().numpy() for numbers, categories, _ in batches])
    if mode:
        model.train()
    return out


# %% exercise="predict" kind="alternative" name="join-then-sigmoid"
def predict(model, batches):
    before = "train" if model.training else "eval"
    model.eval()
    logits = []
    with torch.set_grad_enabled(False):
        for batch in batches:
            logits += model(batch[0], batch[1]).tolist()
    getattr(model, before)()
    return 1 / (1 + np.exp(-np.array(logits)))


# %% exercise="predict" kind="mistake" name="no-eval" says="dropout still strikes"
def predict(model, batches):
    with torch.no_grad():
        parts = [torch.sigmoid(model(numbers, categories)) for numbers, categories, _ in batches]
    return torch.cat(parts).numpy()


# %% exercise="predict" kind="mistake" name="left-in-eval" says="left in eval mode"
def predict(model, batches):
    model.eval()
    with torch.no_grad():
        parts = [torch.sigmoid(model(numbers, categories)) for numbers, categories, _ in batches]
    return torch.cat(parts).numpy()


# %% exercise="predict" kind="mistake" name="always-back-to-train" says="is left in train mode"
def predict(model, batches):
    model.eval()
    with torch.no_grad():
        parts = [torch.sigmoid(model(numbers, categories)) for numbers, categories, _ in batches]
    model.train()
    return torch.cat(parts).numpy()


# %% exercise="predict" kind="mistake" name="eval-is-enough" says="records a graph"
def predict(model, batches):
    was_training = model.training
    model.eval()
    parts = [torch.sigmoid(model(numbers, categories)) for numbers, categories, _ in batches]
    model.train(was_training)
    return torch.cat(parts).detach().numpy()


# %% exercise="predict" kind="mistake" name="two-sigmoids" says="sigmoid is applied twice"
def predict(model, batches):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        parts = [torch.sigmoid(model(numbers, categories)) for numbers, categories, _ in batches]
    model.train(was_training)
    return torch.sigmoid(torch.cat(parts)).numpy()


# %% exercise="predict" kind="mistake" name="logits" says="logits are returned"
def predict(model, batches):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        parts = [model(numbers, categories) for numbers, categories, _ in batches]
    model.train(was_training)
    return torch.cat(parts).numpy()


# %% exercise="predict" kind="mistake" name="yes-or-no" says="yes or no is returned"
def predict(model, batches):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        parts = [torch.sigmoid(model(numbers, categories)).round() for numbers, categories, _ in batches]
    model.train(was_training)
    return torch.cat(parts).numpy()


# %% exercise="predict" kind="mistake" name="last-batch" says="only the last batch"
def predict(model, batches):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        for numbers, categories, _ in batches:
            chances = torch.sigmoid(model(numbers, categories))
    model.train(was_training)
    return chances.numpy()


# %% exercise="overfit-one-batch" kind="alternative" name="by-set"
memorises = {name: name in {"healthy", "labels shuffled once", "eval mode left on"} for name in PIPELINES}

# %% exercise="overfit-one-batch" kind="alternative" name="by-running"
draw = torch.Generator().manual_seed(5)
some_numbers, some_late = torch.randn(32, 13, generator=draw), (torch.arange(32) % 4 == 0).float()
memorises = {name: np.mean(overfit(name, some_numbers, some_late)[-20:]) < 0.05 for name in PIPELINES}

# %% exercise="overfit-one-batch" kind="mistake" name="false-labels-cannot-be-learnt" says="false but fixed"
memorises = dict.fromkeys(PIPELINES, False) | {"healthy": True, "eval mode left on": True}

# %% exercise="overfit-one-batch" kind="mistake" name="eval-mode-does-not-learn" says="eval mode only takes the dropout away"
memorises = dict.fromkeys(PIPELINES, False) | {"healthy": True, "labels shuffled once": True}

# %% exercise="overfit-one-batch" kind="mistake" name="sigmoid-only-slows-down" says="logits from 0 to 1"
memorises = {
    name: name in {"healthy", "labels shuffled once", "eval mode left on", "sigmoid before the loss"}
    for name in PIPELINES
}

# %% exercise="overfit-one-batch" kind="mistake" name="old-gradients-help" says="overshoot further at each step"
memorises = {
    name: name in {"healthy", "labels shuffled once", "eval mode left on", "never zero_grad"} for name in PIPELINES
}

# %% exercise="overfit-one-batch" kind="mistake" name="optimiser-finds-its-model" says="a model that nobody uses"
memorises = {
    name: name in {"healthy", "labels shuffled once", "eval mode left on", "optimiser made too early"}
    for name in PIPELINES
}


# %% exercise="repaired-fit" kind="alternative" name="own-epoch-and-loaders"
def repaired_fit(model, train, valid, orders, lr, size):
    sgd = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for order in orders:
        batches = DataLoader(TensorDataset(*train), batch_size=size, sampler=[int(i) for i in order])
        train_epoch(model, batches, sgd)
        chances = predict(model, [valid])
        losses.append(log_loss(valid[2].numpy(), chances.astype(float), labels=[0, 1]))
    return losses


# %% exercise="repaired-fit" kind="alternative" name="split-and-step-by-hand"
def repaired_fit(model, train, valid, orders, lr, size):
    parameters = list(model.parameters())

    def loss_of(part):
        return nn.BCEWithLogitsLoss()(model(part[0], part[1]), part[2])

    history = []
    for order in orders:
        model.train()
        for rows in torch.as_tensor(order).split(size):
            gradients = torch.autograd.grad(loss_of([array[rows] for array in train]), parameters)
            with torch.no_grad():
                for parameter, gradient in zip(parameters, gradients, strict=True):
                    parameter -= lr * gradient
        model.eval()
        with torch.inference_mode():
            history.append(float(loss_of(valid)))
    return history


# %% exercise="repaired-fit" kind="mistake" name="train-mode-once" says="trains in eval mode"
def repaired_fit(model, train, valid, orders, lr, size):
    optimiser = torch.optim.SGD(model.parameters(), lr=lr)
    (numbers, categories, late), history = train, []
    model.train()
    for order in orders:
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            optimiser.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(numbers[rows], categories[rows]), late[rows])
            loss.backward()
            optimiser.step()
        model.eval()
        with torch.no_grad():
            history.append(F.binary_cross_entropy_with_logits(model(*valid[:2]), valid[2]).item())
    return history


# %% exercise="repaired-fit" kind="mistake" name="no-zero-grad" says="gradients still pile up"
def repaired_fit(model, train, valid, orders, lr, size):
    optimiser = torch.optim.SGD(model.parameters(), lr=lr)
    (numbers, categories, late), history = train, []
    for order in orders:
        model.train()
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            loss = F.binary_cross_entropy_with_logits(model(numbers[rows], categories[rows]), late[rows])
            loss.backward()
            optimiser.step()
        model.eval()
        with torch.no_grad():
            history.append(F.binary_cross_entropy_with_logits(model(*valid[:2]), valid[2]).item())
    return history


# %% exercise="repaired-fit" kind="mistake" name="two-sigmoids" says="still meets two sigmoids"
def repaired_fit(model, train, valid, orders, lr, size):
    optimiser = torch.optim.SGD(model.parameters(), lr=lr)
    (numbers, categories, late), history = train, []
    for order in orders:
        model.train()
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            optimiser.zero_grad()
            output = torch.sigmoid(model(numbers[rows], categories[rows]))
            loss = F.binary_cross_entropy_with_logits(output, late[rows])
            loss.backward()
            optimiser.step()
        model.eval()
        with torch.no_grad():
            history.append(F.binary_cross_entropy_with_logits(model(*valid[:2]), valid[2]).item())
    return history


# %% exercise="repaired-fit" kind="mistake" name="labels-not-shuffled" says="labels still stay in the old order"
def repaired_fit(model, train, valid, orders, lr, size):
    optimiser = torch.optim.SGD(model.parameters(), lr=lr)
    (numbers, categories, late), history = train, []
    for order in orders:
        model.train()
        numbers_now, categories_now = numbers[order], categories[order]
        for start in range(0, len(order), size):
            rows = slice(start, start + size)
            optimiser.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(numbers_now[rows], categories_now[rows]), late[rows])
            loss.backward()
            optimiser.step()
        model.eval()
        with torch.no_grad():
            history.append(F.binary_cross_entropy_with_logits(model(*valid[:2]), valid[2]).item())
    return history


# %% exercise="repaired-fit" kind="mistake" name="judged-in-train-mode" says="validation loss is computed in train mode"
def repaired_fit(model, train, valid, orders, lr, size):
    optimiser = torch.optim.SGD(model.parameters(), lr=lr)
    (numbers, categories, late), history = train, []
    model.train()
    for order in orders:
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            optimiser.zero_grad()
            loss = F.binary_cross_entropy_with_logits(model(numbers[rows], categories[rows]), late[rows])
            loss.backward()
            optimiser.step()
        with torch.no_grad():
            history.append(F.binary_cross_entropy_with_logits(model(*valid[:2]), valid[2]).item())
    return history


# %% exercise="early-stopping" kind="alternative" name="epoch-numbers-and-bytes"
import io


class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.epoch, self.best_epoch, self.best_loss = patience, -1, -1, float("inf")

    def update(self, model, loss):
        self.epoch += 1
        if loss < self.best_loss:
            self.best_loss, self.best_epoch = loss, self.epoch
            self.kept = io.BytesIO()
            torch.save(model.state_dict(), self.kept)
        return self.epoch - self.best_epoch >= self.patience

    def restore(self, model):
        self.kept.seek(0)
        model.load_state_dict(torch.load(self.kept))


# %% exercise="early-stopping" kind="alternative" name="cloned-tensors-countdown"
class EarlyStopping:
    def __init__(self, patience):
        self.patience = self.left = patience
        self.best_loss = float("inf")

    def update(self, model, loss):
        if self.best_loss > loss:
            self.best_loss, self.left = loss, self.patience
            self.state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
            return False
        self.left -= 1
        return self.left <= 0

    def restore(self, model):
        with torch.no_grad():
            for name, tensor in model.state_dict().items():
                tensor.copy_(self.state[name])


# %% exercise="early-stopping" kind="mistake" name="nan-is-a-best" says="does not stop after the right epoch"
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.best_loss, self.waited = patience, None, 0

    def update(self, model, loss):
        if self.best_loss is None or loss < self.best_loss:  # nothing is lower than a first loss of NaN
            self.best_loss, self.waited = loss, 0
            self.best_state = copy.deepcopy(model.state_dict())
        else:
            self.waited += 1
        return self.waited >= self.patience

    def restore(self, model):
        model.load_state_dict(self.best_state)


# %% exercise="early-stopping" kind="mistake" name="a-reference" says="a reference, not a copy"
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.best_loss, self.waited = patience, math.inf, 0

    def update(self, model, loss):
        if loss < self.best_loss:
            self.best_loss, self.waited = loss, 0
            self.best_state = model.state_dict()
        else:
            self.waited += 1
        return self.waited >= self.patience

    def restore(self, model):
        model.load_state_dict(self.best_state)


# %% exercise="early-stopping" kind="mistake" name="one-epoch-too-patient" says="one epoch too long"
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.best_loss, self.waited = patience, math.inf, 0

    def update(self, model, loss):
        if loss < self.best_loss:
            self.best_loss, self.waited = loss, 0
            self.best_state = copy.deepcopy(model.state_dict())
        else:
            self.waited += 1
        return self.waited > self.patience

    def restore(self, model):
        model.load_state_dict(self.best_state)


# %% exercise="early-stopping" kind="mistake" name="counts-the-best-epoch" says="one epoch too early"
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.best_loss, self.waited = patience, math.inf, 0

    def update(self, model, loss):
        if loss < self.best_loss:
            self.best_loss, self.waited = loss, 0
            self.best_state = copy.deepcopy(model.state_dict())
        self.waited += 1
        return self.waited >= self.patience

    def restore(self, model):
        model.load_state_dict(self.best_state)


# %% exercise="early-stopping" kind="mistake" name="count-never-reset" says="does not start the count again"
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.best_loss, self.waited = patience, math.inf, 0

    def update(self, model, loss):
        if loss < self.best_loss:
            self.best_loss = loss
            self.best_state = copy.deepcopy(model.state_dict())
        else:
            self.waited += 1
        return self.waited >= self.patience

    def restore(self, model):
        model.load_state_dict(self.best_state)


# %% exercise="early-stopping" kind="mistake" name="ties-are-progress" says="an equal loss counts"
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.best_loss, self.waited = patience, math.inf, 0

    def update(self, model, loss):
        if loss <= self.best_loss:
            self.best_loss, self.waited = loss, 0
            self.best_state = copy.deepcopy(model.state_dict())
        else:
            self.waited += 1
        return self.waited >= self.patience

    def restore(self, model):
        model.load_state_dict(self.best_state)


# %% exercise="early-stopping" kind="mistake" name="higher-is-better" says="a higher loss counts as better"
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.best_loss, self.waited = patience, -math.inf, 0

    def update(self, model, loss):
        if loss > self.best_loss:
            self.best_loss, self.waited = loss, 0
            self.best_state = copy.deepcopy(model.state_dict())
        else:
            self.waited += 1
        return self.waited >= self.patience

    def restore(self, model):
        model.load_state_dict(self.best_state)


# %% exercise="early-stopping" kind="mistake" name="keeps-the-last" says="last epoch's weights are restored"
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.best_loss, self.waited = patience, math.inf, 0

    def update(self, model, loss):
        if loss < self.best_loss:
            self.best_loss, self.waited = loss, 0
        else:
            self.waited += 1
        self.best_state = copy.deepcopy(model.state_dict())
        return self.waited >= self.patience

    def restore(self, model):
        model.load_state_dict(self.best_state)


# %% exercise="early-stopping" kind="mistake" name="no-buffers" says="but not the buffers"
class EarlyStopping:
    def __init__(self, patience):
        self.patience, self.best_loss, self.waited = patience, math.inf, 0

    def update(self, model, loss):
        if loss < self.best_loss:
            self.best_loss, self.waited = loss, 0
            self.best = [p.detach().clone() for p in model.parameters()]
        else:
            self.waited += 1
        return self.waited >= self.patience

    def restore(self, model):
        for p, best in zip(model.parameters(), self.best, strict=True):
            p.data.copy_(best)


# %% exercise="checkpoint" kind="alternative" name="one-tuple"
def save_checkpoint(path, model, optimiser, epoch, generator):
    with open(path, "wb") as file:
        torch.save(
            (
                epoch + 1,
                model.state_dict(),
                optimiser.state_dict(),
                generator.get_state(),
                torch.random.get_rng_state(),
            ),
            file,
        )


def resume(path, model, optimiser, generator):
    upcoming, weights, memory, order, noise = torch.load(path, map_location="cpu", weights_only=True)
    torch.random.set_rng_state(noise)
    generator.set_state(order)
    optimiser.load_state_dict(memory)
    model.load_state_dict(weights)
    return upcoming


# %% exercise="checkpoint" kind="alternative" name="default-generator"
STATEFUL = "model", "optimiser"


def save_checkpoint(path, model, optimiser, epoch, generator):
    saved = {name: part.state_dict() for name, part in zip(STATEFUL, (model, optimiser), strict=True)}
    saved["generators"] = [g.get_state() for g in (generator, torch.default_generator)]
    torch.save(saved | {"done": torch.tensor(epoch)}, str(path))


def resume(path, model, optimiser, generator):
    saved = torch.load(path)
    for name, part in zip(STATEFUL, (model, optimiser), strict=True):
        part.load_state_dict(saved[name])
    for g, state in zip((generator, torch.default_generator), saved["generators"], strict=True):
        g.set_state(state)
    return int(saved["done"]) + 1


# %% exercise="checkpoint" kind="mistake" name="no-optimiser" says="optimiser starts afresh"
def save_checkpoint(path, model, optimiser, epoch, generator):
    torch.save(
        {
            "model": model.state_dict(),
            "epoch": epoch,
            "generator": generator.get_state(),
            "torch": torch.get_rng_state(),
        },
        path,
    )


def resume(path, model, optimiser, generator):
    saved = torch.load(path)
    model.load_state_dict(saved["model"])
    generator.set_state(saved["generator"])
    torch.set_rng_state(saved["torch"])
    return saved["epoch"] + 1


# %% exercise="checkpoint" kind="mistake" name="no-shuffling-state" says="shuffling generator is not restored"
def save_checkpoint(path, model, optimiser, epoch, generator):
    torch.save(
        {
            "model": model.state_dict(),
            "optimiser": optimiser.state_dict(),
            "epoch": epoch,
            "torch": torch.get_rng_state(),
        },
        path,
    )


def resume(path, model, optimiser, generator):
    saved = torch.load(path)
    model.load_state_dict(saved["model"])
    optimiser.load_state_dict(saved["optimiser"])
    torch.set_rng_state(saved["torch"])
    return saved["epoch"] + 1


# %% exercise="checkpoint" kind="mistake" name="seed-instead-of-state" says="starts from its seed again"
def save_checkpoint(path, model, optimiser, epoch, generator):
    torch.save(
        {
            "model": model.state_dict(),
            "optimiser": optimiser.state_dict(),
            "epoch": epoch,
            "seed": generator.initial_seed(),
            "torch": torch.get_rng_state(),
        },
        path,
    )


def resume(path, model, optimiser, generator):
    saved = torch.load(path)
    model.load_state_dict(saved["model"])
    optimiser.load_state_dict(saved["optimiser"])
    generator.manual_seed(saved["seed"])
    torch.set_rng_state(saved["torch"])
    return saved["epoch"] + 1


# %% exercise="checkpoint" kind="mistake" name="no-dropout-state" says="dropout strikes other units"
def save_checkpoint(path, model, optimiser, epoch, generator):
    torch.save(
        {
            "model": model.state_dict(),
            "optimiser": optimiser.state_dict(),
            "epoch": epoch,
            "generator": generator.get_state(),
        },
        path,
    )


def resume(path, model, optimiser, generator):
    saved = torch.load(path)
    model.load_state_dict(saved["model"])
    optimiser.load_state_dict(saved["optimiser"])
    generator.set_state(saved["generator"])
    return saved["epoch"] + 1


# %% exercise="checkpoint" kind="mistake" name="epoch-repeated" says="run a second time"
def save_checkpoint(path, model, optimiser, epoch, generator):
    torch.save(
        {
            "model": model.state_dict(),
            "optimiser": optimiser.state_dict(),
            "epoch": epoch,
            "generator": generator.get_state(),
            "torch": torch.get_rng_state(),
        },
        path,
    )


def resume(path, model, optimiser, generator):
    saved = torch.load(path)
    model.load_state_dict(saved["model"])
    optimiser.load_state_dict(saved["optimiser"])
    generator.set_state(saved["generator"])
    torch.set_rng_state(saved["torch"])
    return saved["epoch"]


# %% exercise="checkpoint" kind="mistake" name="whole-objects" says="holds pickled objects"
def save_checkpoint(path, model, optimiser, epoch, generator):
    torch.save(
        {
            "model": model,
            "optimiser": optimiser,
            "epoch": epoch,
            "generator": generator.get_state(),
            "torch": torch.get_rng_state(),
        },
        path,
    )


def resume(path, model, optimiser, generator):
    saved = torch.load(path, weights_only=False)
    model.load_state_dict(saved["model"].state_dict())
    optimiser.load_state_dict(saved["optimiser"].state_dict())
    generator.set_state(saved["generator"])
    torch.set_rng_state(saved["torch"])
    return saved["epoch"] + 1


# %% exercise="step-test" kind="alternative" name="closed-form"
def step_is_right(step):
    model, optimiser, (numbers, categories, late) = tiny_case()
    x = np.column_stack([numbers.numpy(), np.ones(len(late))]).astype(float)
    y = late.numpy().astype(float)

    def theta():
        return np.append(model.linear.weight.detach().numpy().ravel(), model.linear.bias.item()).astype(float)

    expected = theta()
    for _ in range(3):
        step(model, optimiser, numbers, categories, late)
        expected = expected - x.T @ (1 / (1 + np.exp(-x @ expected)) - y) / len(y)
        if not np.allclose(theta(), expected, atol=1e-4):
            return False
    return False not in model.modes


# %% exercise="step-test" kind="alternative" name="asserts-on-an-own-case"
class Watched(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.tensor([0.5, -1.0]))

    def forward(self, numbers, categories):
        assert self.training
        return numbers @ self.w


def step_is_right(step):
    numbers = torch.tensor(
        [[1.0, 2.0], [0.0, 1.0], [-1.0, 0.5], [2.0, -1.0], [0.3, 0.3], [1.5, -2.0], [0.7, 0.1], [-2.0, 1.0]]
    )
    late = torch.tensor([1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0])
    model = Watched()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.5)
    for _ in range(2):
        before = model.w.detach().clone().requires_grad_()
        (gradient,) = torch.autograd.grad(nn.BCELoss()(torch.sigmoid(numbers @ before), late), before)
        step(model, optimiser, numbers, torch.zeros(8, 1, dtype=torch.long), late)
        torch.testing.assert_close(model.w.detach(), before.detach() - 0.5 * gradient, rtol=1e-3, atol=1e-5)
    return True


# %% exercise="step-test" kind="mistake" name="loss-falls" says="a sigmoid too many passes"
def step_is_right(step):
    model, optimiser, batch = tiny_case()
    losses = [step(model, optimiser, *batch) for _ in range(5)]
    return losses[-1] < losses[0] and all(model.modes)


# %% exercise="step-test" kind="mistake" name="all-labels-alike" says="a step with shuffled labels passes"
def step_is_right(step):
    model, optimiser, (numbers, categories, _) = tiny_case()
    twin, twin_optimiser, _ = tiny_case()
    late = torch.ones(len(numbers))
    for _ in range(2):
        step(model, optimiser, numbers, categories, late)
        twin_optimiser.zero_grad()
        F.binary_cross_entropy_with_logits(twin(numbers, categories), late).backward()
        twin_optimiser.step()
    mine, right = (nn.utils.parameters_to_vector(m.parameters()) for m in (model, twin))
    return torch.allclose(mine, right, atol=1e-5) and all(model.modes)


# %% exercise="step-test" kind="mistake" name="one-step-only" says="never clears the gradients passes"
def step_is_right(step):
    model, optimiser, batch = tiny_case()
    twin, twin_optimiser, (numbers, categories, late) = tiny_case()
    step(model, optimiser, *batch)
    F.binary_cross_entropy_with_logits(twin(numbers, categories), late).backward()
    twin_optimiser.step()
    mine, right = (nn.utils.parameters_to_vector(m.parameters()) for m in (model, twin))
    return torch.allclose(mine, right, atol=1e-5) and all(model.modes)


# %% exercise="step-test" kind="mistake" name="mode-not-looked-at" says="trains in eval mode passes"
def step_is_right(step):
    model, optimiser, batch = tiny_case()
    twin, twin_optimiser, (numbers, categories, late) = tiny_case()
    for _ in range(2):
        step(model, optimiser, *batch)
        twin_optimiser.zero_grad()
        F.binary_cross_entropy_with_logits(twin(numbers, categories), late).backward()
        twin_optimiser.step()
    mine, right = (nn.utils.parameters_to_vector(m.parameters()) for m in (model, twin))
    return torch.allclose(mine, right, atol=1e-5)


# %% exercise="step-test" kind="mistake" name="first-mode-only" says="leaves eval mode on for the next one"
def step_is_right(step):
    model, optimiser, batch = tiny_case()
    twin, twin_optimiser, (numbers, categories, late) = tiny_case()
    for _ in range(2):
        step(model, optimiser, *batch)
        twin_optimiser.zero_grad()
        F.binary_cross_entropy_with_logits(twin(numbers, categories), late).backward()
        twin_optimiser.step()
    mine, right = (nn.utils.parameters_to_vector(m.parameters()) for m in (model, twin))
    return torch.allclose(mine, right, atol=1e-5) and model.modes[0]


# %% exercise="step-test" kind="mistake" name="to-the-last-bit" says="refused for rounding"
def step_is_right(step):
    model, optimiser, batch = tiny_case()
    twin, twin_optimiser, (numbers, categories, late) = tiny_case()
    for _ in range(2):
        step(model, optimiser, *batch)
        twin_optimiser.zero_grad()
        F.binary_cross_entropy_with_logits(twin(numbers, categories), late).backward()
        twin_optimiser.step()
    same = all(torch.equal(p, q) for p, q in zip(model.parameters(), twin.parameters(), strict=True))
    return same and all(model.modes)


# %% exercise="step-test" kind="mistake" name="wants-clear-before" says="clears the gradients after stepping"
def step_is_right(step):
    model, optimiser, batch = tiny_case()
    twin, twin_optimiser, (numbers, categories, late) = tiny_case()
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, 9.0)  # a good step must throw this away
    step(model, optimiser, *batch)
    F.binary_cross_entropy_with_logits(twin(numbers, categories), late).backward()
    twin_optimiser.step()
    mine, right = (nn.utils.parameters_to_vector(m.parameters()) for m in (model, twin))
    return torch.allclose(mine, right, atol=1e-5) and all(model.modes)


# %% exercise="step-test" kind="equivalent" mutant="- for _ in range(2): | + for _ in range(3):" reason="a third step only repeats what the first two show; no planted fault first appears there"

# %% exercise="step-test" kind="equivalent" mutant="- return torch.allclose(mine, right, atol=1e-05) and all(model.modes) | + return torch.allclose(mine, right) and all(model.modes)" reason="the default tolerance also lies between rounding and the faults on this case"

# %% exercise="step-test" kind="equivalent" mutant="- return torch.allclose(mine, right, atol=1e-05) and all(model.modes) | + return torch.allclose(right, mine, atol=1e-05) and all(model.modes)" reason="the tolerance is relative to the other one of two numbers that agree to five digits"

# %% exercise="step-test" kind="equivalent" mutant="- return torch.allclose(mine, right, atol=1e-05) and all(model.modes) | + return torch.allclose(mine, right, atol=2e-05) and all(model.modes)" reason="both tolerances lie between rounding (1e-7) and the smallest effect of a fault (1e-2)"

# %% exercise="late-net" kind="equivalent" mutant="+ nn.init.zeros_(self.hidden.bias) | - nn.init.zeros_(self.hidden.bias)" reason="neither line draws a random number nor reads what the other writes: their order is free"

# %% exercise="late-net" kind="equivalent" mutant="+ nn.init.constant_(self.output.bias, math.log(base_rate / (1 - base_rate))) | - nn.init.constant_(self.output.bias, math.log(base_rate / (1 - base_rate)))" reason="neither line draws a random number nor reads what the other writes: their order is free"

# %% exercise="late-net" kind="equivalent" mutant="- x = torch.cat([numbers, *parts], dim=1) | + x = torch.cat([*parts, numbers], dim=1)" reason="the hidden layer's inputs in another order: the same family of functions with the same start"

# %% exercise="checkpoint" kind="equivalent" mutant="+ optimiser.load_state_dict(saved['optimiser']) | - optimiser.load_state_dict(saved['optimiser'])" reason="the parts of a checkpoint are independent: they may be restored in any order"

# %% exercise="checkpoint" kind="equivalent" mutant="+ generator.set_state(saved['generator']) | - generator.set_state(saved['generator'])" reason="the parts of a checkpoint are independent: they may be restored in any order"

# %% exercise="checkpoint" kind="equivalent" mutant="+ torch.set_rng_state(saved['torch']) | - torch.set_rng_state(saved['torch'])" reason="the parts of a checkpoint are independent: they may be restored in any order"

# %% exercise="step-test" kind="equivalent" mutant="+ twin_optimiser.zero_grad() | - twin_optimiser.zero_grad()" reason="the model and its twin share nothing: which of them goes first does not matter"

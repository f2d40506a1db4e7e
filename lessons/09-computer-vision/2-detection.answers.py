# %% [markdown]
# # Answers to "Detection": correct alternatives, and mistakes that people make
#
# Never released.


# %% exercise="iou-matrix" kind="alternative" name="pair-by-pair"
def iou_matrix(first, second):
    out = np.zeros((len(first), len(second)))
    for i, (x1, y1, w1, h1) in enumerate(first):
        for j, (x2, y2, w2, h2) in enumerate(second):
            x1, y1, w1, h1, x2, y2, w2, h2 = (float(v) for v in (x1, y1, w1, h1, x2, y2, w2, h2))
            wide = min(x1 + w1, x2 + w2) - max(x1, x2)
            high = min(y1 + h1, y2 + h2) - max(y1, y2)
            if wide > 0 and high > 0:
                out[i, j] = wide * high / (w1 * h1 + w2 * h2 - wide * high)
    return out


# %% exercise="iou-matrix" kind="alternative" name="corners-in-torch"
def iou_matrix(first, second):
    a, b = (torch.as_tensor(np.asarray(boxes), dtype=torch.float32).reshape(-1, 4) for boxes in (first, second))
    a, b = (torch.cat([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], dim=1) for boxes in (a, b))
    sides = [
        (torch.minimum(a[:, k + 2, None], b[None, :, k + 2]) - torch.maximum(a[:, k, None], b[None, :, k])).relu()
        for k in (0, 1)
    ]
    shared = sides[0] * sides[1]
    area_a, area_b = ((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]) for boxes in (a, b))
    return (shared / (area_a[:, None] + area_b - shared)).numpy()


# %% exercise="iou-matrix" kind="alternative" name="the-library"
def iou_matrix(first, second):
    a, b = (np.ascontiguousarray(np.asarray(boxes, float).reshape(-1, 4)) for boxes in (first, second))
    return np.asarray(coco_mask.iou(a, b, [0] * len(b))).reshape(len(a), len(b))


# %% exercise="iou-matrix" kind="mistake" name="corners" says="read as corners"
def iou_matrix(first, second):
    a = np.asarray(first, float)[:, None]
    b = np.asarray(second, float)[None]
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., 2:], b[..., 2:])
    shared = (high - low).clip(min=0).prod(axis=-1)
    return shared / (a[..., 2:].prod(axis=-1) + b[..., 2:].prod(axis=-1) - shared)


# %% exercise="iou-matrix" kind="mistake" name="no-clip" says="two negative sides make a positive area"
def iou_matrix(first, second):
    a = np.asarray(first, float)[:, None]
    b = np.asarray(second, float)[None]
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:])
    shared = (high - low).prod(axis=-1)
    return shared / (a[..., 2:].prod(axis=-1) + b[..., 2:].prod(axis=-1) - shared)


# %% exercise="iou-matrix" kind="mistake" name="first-area" says="divided by the first box's area"
def iou_matrix(first, second):
    a = np.asarray(first, float)[:, None]
    b = np.asarray(second, float)[None]
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:])
    shared = (high - low).clip(min=0).prod(axis=-1)
    return shared / (a[..., 2:].prod(axis=-1) + 0 * shared)


# %% exercise="iou-matrix" kind="mistake" name="counted-twice" says="counted twice in the union"
def iou_matrix(first, second):
    a = np.asarray(first, float)[:, None]
    b = np.asarray(second, float)[None]
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:])
    shared = (high - low).clip(min=0).prod(axis=-1)
    return shared / (a[..., 2:].prod(axis=-1) + b[..., 2:].prod(axis=-1))


# %% exercise="iou-matrix" kind="mistake" name="smaller-area" says="divided by the smaller box's area"
def iou_matrix(first, second):
    a = np.asarray(first, float)[:, None]
    b = np.asarray(second, float)[None]
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:])
    shared = (high - low).clip(min=0).prod(axis=-1)
    return shared / np.minimum(a[..., 2:].prod(axis=-1), b[..., 2:].prod(axis=-1))


# %% exercise="iou-matrix" kind="mistake" name="turned-round" says="the matrix is turned round"
def iou_matrix(first, second):
    a = np.asarray(first, float)[:, None]
    b = np.asarray(second, float)[None]
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:])
    shared = (high - low).clip(min=0).prod(axis=-1)
    return (shared / (a[..., 2:].prod(axis=-1) + b[..., 2:].prod(axis=-1) - shared)).T


# %% exercise="iou-matrix" kind="mistake" name="pixel-added" says="a pixel is added to each side"
def iou_matrix(first, second):
    a, b = np.asarray(first, float)[:, None], np.asarray(second, float)[None]
    a_end, b_end = a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:]
    shared = (np.minimum(a_end, b_end) - np.maximum(a[..., :2], b[..., :2]) + 1).clip(min=0).prod(axis=-1)
    area_a, area_b = ((end - box[..., :2] + 1).prod(axis=-1) for end, box in ((a_end, a), (b_end, b)))
    return shared / (area_a + area_b - shared)


# %% exercise="iou-matrix" kind="mistake" name="int16" says="int16 overflows"
def iou_matrix(first, second):
    a, b = np.asarray(first)[:, None], np.asarray(second)[None]
    wide = np.minimum(a[..., 0] + a[..., 2], b[..., 0] + b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    high = np.minimum(a[..., 1] + a[..., 3], b[..., 1] + b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    shared = wide.clip(min=0) * high.clip(min=0)
    return shared / (a[..., 2] * a[..., 3] + b[..., 2] * b[..., 3] - shared)


# %% exercise="iou-matrix" kind="mistake" name="row-by-row" says="not each box of first meets each box of second"
def iou_matrix(first, second):
    a, b = np.asarray(first, float), np.asarray(second, float)
    n = min(len(a), len(b))
    a, b = a[:n], b[:n]
    low, high = np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:])
    shared = (high - low).clip(min=0).prod(axis=1)
    return shared / (a[:, 2:].prod(axis=1) + b[:, 2:].prod(axis=1) - shared)


# %% exercise="iou-matrix" kind="mistake" name="no-empty-list" says="an empty list of boxes is not handled"
def iou_matrix(first, second):
    rows = []
    for x, y, w, h in np.asarray(first, float):
        b = np.asarray(second, float)
        wide = (np.minimum(x + w, b[:, 0] + b[:, 2]) - np.maximum(x, b[:, 0])).clip(min=0)
        high = (np.minimum(y + h, b[:, 1] + b[:, 3]) - np.maximum(y, b[:, 1])).clip(min=0)
        rows.append(wide * high / (w * h + b[:, 2] * b[:, 3] - wide * high))
    return np.stack(rows)


# %% exercise="assign-targets" kind="alternative" name="smaller-wins-in-a-loop"
def assign_targets(boxes, categories, cells=12, cell=8, side=24.0):
    winners = {}
    for box, category in zip(np.asarray(boxes).tolist(), np.asarray(categories).tolist()):
        x, y, w, h = box
        place = int((y + h / 2) // cell), int((x + w / 2) // cell)
        if place not in winners or w * h < winners[place][0][2] * winners[place][0][3]:
            winners[place] = box, category
    has, number, code = np.zeros((cells, cells), bool), np.full((cells, cells), -1, np.int8), np.zeros((cells, cells, 4), np.float32)  # fmt: skip
    for place, ((x, y, w, h), category) in winners.items():
        has[place], number[place] = True, category
        code[place] = (
            (x + w / 2) % cell / cell,
            (y + h / 2) % cell / cell,
            np.log(w) - np.log(side),
            np.log(h) - np.log(side),
        )
    return {"object": has, "category": number, "box": code}


# %% exercise="assign-targets" kind="alternative" name="flat-index"
def assign_targets(boxes, categories, cells=12, cell=8, side=24.0):
    boxes = torch.as_tensor(np.asarray(boxes), dtype=torch.float64).reshape(-1, 4)
    categories = torch.as_tensor(np.asarray(categories), dtype=torch.int64)
    order = (boxes[:, 2] * boxes[:, 3]).argsort(descending=True)
    has, number = torch.zeros(cells * cells), torch.full((cells * cells,), -1)
    code = torch.zeros(cells * cells, 4, dtype=torch.float64)
    for box, category in zip(boxes[order], categories[order]):
        middle = (box[:2] + box[2:] / 2) / cell
        corner = middle.floor()
        k = int(corner[1]) * cells + int(corner[0])
        has[k], number[k], code[k] = 1, category, torch.cat([middle - corner, torch.log(box[2:] / side)])
    return {
        "object": has.reshape(cells, cells),
        "category": number.reshape(cells, cells),
        "box": code.reshape(cells, cells, 4),
    }


# %% exercise="assign-targets" kind="mistake" name="rows-and-columns" says="rows and columns are swapped"
def assign_targets(boxes, categories, cells=12, cell=8, side=24.0):
    targets = {
        "object": np.zeros((cells, cells)),
        "category": np.full((cells, cells), -1),
        "box": np.zeros((cells, cells, 4)),
    }
    x, y, w, h = np.asarray(boxes, float).T
    across, down = (x + w / 2) / cell, (y + h / 2) / cell
    for i in np.argsort(-w * h):
        row, column = int(down[i]), int(across[i])
        here = column, row
        targets["object"][here] = 1
        targets["category"][here] = categories[i]
        targets["box"][here] = across[i] - column, down[i] - row, np.log(w[i] / side), np.log(h[i] / side)
    return targets


# %% exercise="assign-targets" kind="mistake" name="corner" says="the corner [x, y] chooses the cell"
def assign_targets(boxes, categories, cells=12, cell=8, side=24.0):
    targets = {
        "object": np.zeros((cells, cells)),
        "category": np.full((cells, cells), -1),
        "box": np.zeros((cells, cells, 4)),
    }
    x, y, w, h = np.asarray(boxes, float).T
    across, down = x / cell, y / cell
    for i in np.argsort(-w * h):
        row, column = int(down[i]), int(across[i])
        targets["object"][row, column] = 1
        targets["category"][row, column] = categories[i]
        targets["box"][row, column] = across[i] - column, down[i] - row, np.log(w[i] / side), np.log(h[i] / side)
    return targets


# %% exercise="assign-targets" kind="mistake" name="rounded" says="the cell's number is rounded"
def assign_targets(boxes, categories, cells=12, cell=8, side=24.0):
    targets = {
        "object": np.zeros((cells, cells)),
        "category": np.full((cells, cells), -1),
        "box": np.zeros((cells, cells, 4)),
    }
    x, y, w, h = np.asarray(boxes, float).T
    across, down = (x + w / 2) / cell, (y + h / 2) / cell
    for i in np.argsort(-w * h):
        row, column = min(round(down[i]), cells - 1), min(round(across[i]), cells - 1)
        targets["object"][row, column] = 1
        targets["category"][row, column] = categories[i]
        targets["box"][row, column] = across[i] - column, down[i] - row, np.log(w[i] / side), np.log(h[i] / side)
    return targets


# %% exercise="assign-targets" kind="mistake" name="trouser-everywhere" says="category 0: that is a trouser"
def assign_targets(boxes, categories, cells=12, cell=8, side=24.0):
    targets = {
        "object": np.zeros((cells, cells)),
        "category": np.zeros((cells, cells), int),
        "box": np.zeros((cells, cells, 4)),
    }
    x, y, w, h = np.asarray(boxes, float).T
    across, down = (x + w / 2) / cell, (y + h / 2) / cell
    for i in np.argsort(-w * h):
        row, column = int(down[i]), int(across[i])
        targets["object"][row, column] = 1
        targets["category"][row, column] = categories[i]
        targets["box"][row, column] = across[i] - column, down[i] - row, np.log(w[i] / side), np.log(h[i] / side)
    return targets


# %% exercise="assign-targets" kind="mistake" name="no-logarithm" says="without the logarithm"
def assign_targets(boxes, categories, cells=12, cell=8, side=24.0):
    targets = {
        "object": np.zeros((cells, cells)),
        "category": np.full((cells, cells), -1),
        "box": np.zeros((cells, cells, 4)),
    }
    x, y, w, h = np.asarray(boxes, float).T
    across, down = (x + w / 2) / cell, (y + h / 2) / cell
    for i in np.argsort(-w * h):
        row, column = int(down[i]), int(across[i])
        targets["object"][row, column] = 1
        targets["category"][row, column] = categories[i]
        targets["box"][row, column] = across[i] - column, down[i] - row, w[i] / side, h[i] / side
    return targets


# %% exercise="assign-targets" kind="mistake" name="side-forgotten" says="side is forgotten"
def assign_targets(boxes, categories, cells=12, cell=8, side=24.0):
    targets = {
        "object": np.zeros((cells, cells)),
        "category": np.full((cells, cells), -1),
        "box": np.zeros((cells, cells, 4)),
    }
    x, y, w, h = np.asarray(boxes, float).T
    across, down = (x + w / 2) / cell, (y + h / 2) / cell
    for i in np.argsort(-w * h):
        row, column = int(down[i]), int(across[i])
        targets["object"][row, column] = 1
        targets["category"][row, column] = categories[i]
        targets["box"][row, column] = across[i] - column, down[i] - row, np.log(w[i]), np.log(h[i])
    return targets


# %% exercise="assign-targets" kind="mistake" name="offset-in-pixels" says="the offset is told in pixels"
def assign_targets(boxes, categories, cells=12, cell=8, side=24.0):
    targets = {
        "object": np.zeros((cells, cells)),
        "category": np.full((cells, cells), -1),
        "box": np.zeros((cells, cells, 4)),
    }
    x, y, w, h = np.asarray(boxes, float).T
    across, down = (x + w / 2) / cell, (y + h / 2) / cell
    for i in np.argsort(-w * h):
        row, column = int(down[i]), int(across[i])
        targets["object"][row, column] = 1
        targets["category"][row, column] = categories[i]
        targets["box"][row, column] = (
            (across[i] - column) * cell,
            (down[i] - row) * cell,
            np.log(w[i] / side),
            np.log(h[i] / side),
        )
    return targets


# %% exercise="assign-targets" kind="mistake" name="offset-of-picture" says="counted from the picture's edge"
def assign_targets(boxes, categories, cells=12, cell=8, side=24.0):
    targets = {
        "object": np.zeros((cells, cells)),
        "category": np.full((cells, cells), -1),
        "box": np.zeros((cells, cells, 4)),
    }
    x, y, w, h = np.asarray(boxes, float).T
    across, down = (x + w / 2) / cell, (y + h / 2) / cell
    for i in np.argsort(-w * h):
        row, column = int(down[i]), int(across[i])
        targets["object"][row, column] = 1
        targets["category"][row, column] = categories[i]
        targets["box"][row, column] = across[i], down[i], np.log(w[i] / side), np.log(h[i] / side)
    return targets


# %% exercise="assign-targets" kind="mistake" name="larger-stays" says="the larger box stays"
def assign_targets(boxes, categories, cells=12, cell=8, side=24.0):
    targets = {
        "object": np.zeros((cells, cells)),
        "category": np.full((cells, cells), -1),
        "box": np.zeros((cells, cells, 4)),
    }
    x, y, w, h = np.asarray(boxes, float).T
    across, down = (x + w / 2) / cell, (y + h / 2) / cell
    for i in np.argsort(w * h):
        row, column = int(down[i]), int(across[i])
        targets["object"][row, column] = 1
        targets["category"][row, column] = categories[i]
        targets["box"][row, column] = across[i] - column, down[i] - row, np.log(w[i] / side), np.log(h[i] / side)
    return targets


# %% exercise="assign-targets" kind="mistake" name="last-stays" says="the later one overwrites"
def assign_targets(boxes, categories, cells=12, cell=8, side=24.0):
    targets = {
        "object": np.zeros((cells, cells)),
        "category": np.full((cells, cells), -1),
        "box": np.zeros((cells, cells, 4)),
    }
    x, y, w, h = np.asarray(boxes, float).T
    across, down = (x + w / 2) / cell, (y + h / 2) / cell
    for i in range(len(w)):
        row, column = int(down[i]), int(across[i])
        targets["object"][row, column] = 1
        targets["category"][row, column] = categories[i]
        targets["box"][row, column] = across[i] - column, down[i] - row, np.log(w[i] / side), np.log(h[i] / side)
    return targets


# %% exercise="assign-targets" kind="mistake" name="empty-tray" says="an empty tray is not handled"
def assign_targets(boxes, categories, cells=12, cell=8, side=24.0):
    targets = {
        "object": np.zeros((cells, cells)),
        "category": np.full((cells, cells), -1),
        "box": np.zeros((cells, cells, 4)),
    }
    boxes = np.stack([np.asarray(box) for box in boxes])
    x, y, w, h = np.asarray(boxes, float).T
    across, down = (x + w / 2) / cell, (y + h / 2) / cell
    for i in np.argsort(-w * h):
        row, column = int(down[i]), int(across[i])
        targets["object"][row, column] = 1
        targets["category"][row, column] = categories[i]
        targets["box"][row, column] = across[i] - column, down[i] - row, np.log(w[i] / side), np.log(h[i] / side)
    return targets


# %% exercise="repaired-decode" kind="alternative" name="cell-by-cell"
def decode(raw, cell=8, side=24.0):
    channels, rows, columns = np.shape(raw)
    boxes, scores = [], []
    for row in range(rows):
        for column in range(columns):
            answer = np.asarray(raw, float)[:, row, column]
            middle = (np.array([column, row]) + 1 / (1 + np.exp(-answer[1:3]))) * cell
            size = side * np.exp(answer[3:5])
            low, high = (np.clip(middle + s * size / 2, 0, [columns * cell, rows * cell]) for s in (-1, 1))
            boxes.append([*low, *(high - low)])
            e = np.exp(answer[5:] - answer[5:].max())
            scores.append(e / e.sum() / (1 + np.exp(-answer[0])))
    return boxes, scores


# %% exercise="repaired-decode" kind="alternative" name="torch-channels-last"
def decode(raw, cell=8, side=24.0):
    raw = torch.as_tensor(np.asarray(raw), dtype=torch.float32).permute(1, 2, 0)
    rows, columns, channels = raw.shape
    corner = torch.stack(torch.meshgrid(torch.arange(columns), torch.arange(rows), indexing="xy"), dim=-1)
    middle, size = (corner + raw[..., 1:3].sigmoid()) * cell, raw[..., 3:5].exp() * side
    end = torch.tensor([columns, rows]) * cell
    low = (middle - size / 2).clamp(min=0)
    high = torch.minimum(middle + size / 2, end)
    scores = raw[..., :1].sigmoid() * raw[..., 5:].softmax(dim=-1)
    return torch.cat([low, high - low], dim=-1).flatten(0, 1), scores.flatten(0, 1)


# %% exercise="repaired-decode" kind="mistake" name="softmax-over-cells" says="the softmax runs over the cells"
def decode(raw, cell=8, side=24.0):
    raw = np.asarray(raw, float)
    rows, columns = raw.shape[1:]
    row, column = np.mgrid[:rows, :columns]
    x, y = (column + expit(raw[1])) * cell, (row + expit(raw[2])) * cell
    w, h = side * np.exp(raw[3]), side * np.exp(raw[4])
    left, right = np.maximum(x - w / 2, 0), np.minimum(x + w / 2, columns * cell)
    top, bottom = np.maximum(y - h / 2, 0), np.minimum(y + h / 2, rows * cell)
    boxes = np.stack([left, top, right - left, bottom - top], axis=-1).reshape(-1, 4)
    scores = expit(raw[0]) * softmax(raw[5:], axis=1)
    return boxes, scores.reshape(len(scores), -1).T


# %% exercise="repaired-decode" kind="mistake" name="scrambled-scores" says="the scores are scrambled"
def decode(raw, cell=8, side=24.0):
    raw = np.asarray(raw, float)
    rows, columns = raw.shape[1:]
    row, column = np.mgrid[:rows, :columns]
    x, y = (column + expit(raw[1])) * cell, (row + expit(raw[2])) * cell
    w, h = side * np.exp(raw[3]), side * np.exp(raw[4])
    left, right = np.maximum(x - w / 2, 0), np.minimum(x + w / 2, columns * cell)
    top, bottom = np.maximum(y - h / 2, 0), np.minimum(y + h / 2, rows * cell)
    boxes = np.stack([left, top, right - left, bottom - top], axis=-1).reshape(-1, 4)
    scores = expit(raw[0]) * softmax(raw[5:], axis=0)
    return boxes, scores.reshape(-1, len(scores))


# %% exercise="repaired-decode" kind="mistake" name="corners" says="the right and the lower edge"
def decode(raw, cell=8, side=24.0):
    raw = np.asarray(raw, float)
    rows, columns = raw.shape[1:]
    row, column = np.mgrid[:rows, :columns]
    x, y = (column + expit(raw[1])) * cell, (row + expit(raw[2])) * cell
    w, h = side * np.exp(raw[3]), side * np.exp(raw[4])
    left, right = np.maximum(x - w / 2, 0), np.minimum(x + w / 2, columns * cell)
    top, bottom = np.maximum(y - h / 2, 0), np.minimum(y + h / 2, rows * cell)
    boxes = np.stack([left, top, right, bottom], axis=-1).reshape(-1, 4)
    scores = expit(raw[0]) * softmax(raw[5:], axis=0)
    return boxes, scores.reshape(len(scores), -1).T


# %% exercise="repaired-decode" kind="mistake" name="not-cut" says="the box is not cut to the picture"
def decode(raw, cell=8, side=24.0):
    raw = np.asarray(raw, float)
    rows, columns = raw.shape[1:]
    row, column = np.mgrid[:rows, :columns]
    x, y = (column + expit(raw[1])) * cell, (row + expit(raw[2])) * cell
    w, h = side * np.exp(raw[3]), side * np.exp(raw[4])
    left, right = np.maximum(x - w / 2, 0), np.minimum(x + w / 2, columns * cell)
    top, bottom = np.maximum(y - h / 2, 0), np.minimum(y + h / 2, rows * cell)
    boxes = np.stack([x - w / 2, y - h / 2, w, h], axis=-1).reshape(-1, 4)
    scores = expit(raw[0]) * softmax(raw[5:], axis=0)
    return boxes, scores.reshape(len(scores), -1).T


# %% exercise="repaired-decode" kind="mistake" name="moved-inside" says="moved inside, not cut"
def decode(raw, cell=8, side=24.0):
    raw = np.asarray(raw, float)
    rows, columns = raw.shape[1:]
    row, column = np.mgrid[:rows, :columns]
    x, y = (column + expit(raw[1])) * cell, (row + expit(raw[2])) * cell
    w, h = side * np.exp(raw[3]), side * np.exp(raw[4])
    left, right = np.maximum(x - w / 2, 0), np.minimum(x + w / 2, columns * cell)
    top, bottom = np.maximum(y - h / 2, 0), np.minimum(y + h / 2, rows * cell)
    boxes = np.stack(
        [left, top, np.minimum(w, columns * cell - left), np.minimum(h, rows * cell - top)], axis=-1
    ).reshape(-1, 4)
    scores = expit(raw[0]) * softmax(raw[5:], axis=0)
    return boxes, scores.reshape(len(scores), -1).T


# %% exercise="repaired-decode" kind="mistake" name="no-object" says="the probability of an object is missing"
def decode(raw, cell=8, side=24.0):
    raw = np.asarray(raw, float)
    rows, columns = raw.shape[1:]
    row, column = np.mgrid[:rows, :columns]
    x, y = (column + expit(raw[1])) * cell, (row + expit(raw[2])) * cell
    w, h = side * np.exp(raw[3]), side * np.exp(raw[4])
    left, right = np.maximum(x - w / 2, 0), np.minimum(x + w / 2, columns * cell)
    top, bottom = np.maximum(y - h / 2, 0), np.minimum(y + h / 2, rows * cell)
    boxes = np.stack([left, top, right - left, bottom - top], axis=-1).reshape(-1, 4)
    scores = softmax(raw[5:], axis=0)
    return boxes, scores.reshape(len(scores), -1).T


# %% exercise="repaired-decode" kind="mistake" name="sigmoid-each" says="gets a sigmoid of its own"
def decode(raw, cell=8, side=24.0):
    raw = np.asarray(raw, float)
    rows, columns = raw.shape[1:]
    row, column = np.mgrid[:rows, :columns]
    x, y = (column + expit(raw[1])) * cell, (row + expit(raw[2])) * cell
    w, h = side * np.exp(raw[3]), side * np.exp(raw[4])
    left, right = np.maximum(x - w / 2, 0), np.minimum(x + w / 2, columns * cell)
    top, bottom = np.maximum(y - h / 2, 0), np.minimum(y + h / 2, rows * cell)
    boxes = np.stack([left, top, right - left, bottom - top], axis=-1).reshape(-1, 4)
    scores = expit(raw[0]) * expit(raw[5:])
    return boxes, scores.reshape(len(scores), -1).T


# %% exercise="repaired-decode" kind="mistake" name="raw-offsets" says="without the sigmoid"
def decode(raw, cell=8, side=24.0):
    raw = np.asarray(raw, float)
    rows, columns = raw.shape[1:]
    row, column = np.mgrid[:rows, :columns]
    x, y = (column + raw[1]) * cell, (row + raw[2]) * cell
    w, h = side * np.exp(raw[3]), side * np.exp(raw[4])
    left, right = np.maximum(x - w / 2, 0), np.minimum(x + w / 2, columns * cell)
    top, bottom = np.maximum(y - h / 2, 0), np.minimum(y + h / 2, rows * cell)
    boxes = np.stack([left, top, right - left, bottom - top], axis=-1).reshape(-1, 4)
    scores = expit(raw[0]) * softmax(raw[5:], axis=0)
    return boxes, scores.reshape(len(scores), -1).T


# %% exercise="repaired-decode" kind="mistake" name="middle-as-corner" says="the middle is returned as the corner"
def decode(raw, cell=8, side=24.0):
    raw = np.asarray(raw, float)
    rows, columns = raw.shape[1:]
    row, column = np.mgrid[:rows, :columns]
    x, y = (column + expit(raw[1])) * cell, (row + expit(raw[2])) * cell
    w = np.minimum(side * np.exp(raw[3]), columns * cell - x)
    h = np.minimum(side * np.exp(raw[4]), rows * cell - y)
    boxes = np.stack([x, y, w, h], axis=-1).reshape(-1, 4)
    scores = expit(raw[0]) * softmax(raw[5:], axis=0)
    return boxes, scores.reshape(len(scores), -1).T


# %% exercise="suppress" kind="alternative" name="strike-out"
def suppress(boxes, scores, threshold=0.4):
    order, kept = sorted(range(len(scores)), key=lambda i: -scores[i]), []
    while order:
        best, *rest = order
        kept.append(best)
        if rest:
            overlap = iou_matrix([boxes[best]], [boxes[i] for i in rest])[0]
            rest = [i for i, value in zip(rest, overlap) if value <= threshold]
        order = rest
    return kept


# %% exercise="suppress" kind="alternative" name="alive-mask"
def suppress(boxes, scores, threshold=0.4):
    boxes, scores = np.asarray(boxes, float).reshape(-1, 4), np.asarray(scores, float).copy()
    overlap, kept = iou_matrix(boxes, boxes), []
    alive = np.ones(len(boxes), bool)
    while alive.any():
        i = int(np.where(alive, scores, -np.inf).argmax())
        kept.append(i)
        alive &= ~(overlap[i] > threshold)
        alive[i] = False
    return torch.tensor(kept, dtype=torch.int64)


# %% exercise="suppress" kind="mistake" name="lowest-first" says="the lowest score comes first"
def suppress(boxes, scores, threshold=0.4):
    overlap = iou_matrix(boxes, boxes)
    kept = []
    for i in np.argsort(scores):
        if not np.any(overlap[i, kept] > threshold):
            kept.append(i)
    return np.array(kept, dtype=int)


# %% exercise="suppress" kind="mistake" name="as-they-come" says="the scores are not heeded"
def suppress(boxes, scores, threshold=0.4):
    overlap = iou_matrix(boxes, boxes)
    kept = []
    for i in range(len(scores)):
        if not np.any(overlap[i, kept] > threshold):
            kept.append(i)
    return np.array(kept, dtype=int)


# %% exercise="suppress" kind="mistake" name="chain" says="an answer that was removed removes others"
def suppress(boxes, scores, threshold=0.4):
    overlap = iou_matrix(boxes, boxes)
    kept, seen = [], []
    for i in np.argsort(scores)[::-1]:
        if not np.any(overlap[i, seen] > threshold):
            kept.append(i)
        seen.append(i)
    return np.array(kept, dtype=int)


# %% exercise="suppress" kind="mistake" name="turned-round" says="the comparison is turned round"
def suppress(boxes, scores, threshold=0.4):
    overlap = iou_matrix(boxes, boxes)
    kept = []
    for i in np.argsort(scores)[::-1]:
        if not np.any(overlap[i, kept] < threshold):
            kept.append(i)
    return np.array(kept, dtype=int)


# %% exercise="suppress" kind="mistake" name="at-the-threshold" says="an IoU of just the threshold removes"
def suppress(boxes, scores, threshold=0.4):
    overlap = iou_matrix(boxes, boxes)
    kept = []
    for i in np.argsort(scores)[::-1]:
        if not np.any(overlap[i, kept] >= threshold):
            kept.append(i)
    return np.array(kept, dtype=int)


# %% exercise="suppress" kind="mistake" name="boxes-returned" says="were the boxes themselves returned"
def suppress(boxes, scores, threshold=0.4):
    overlap = iou_matrix(boxes, boxes)
    kept = []
    for i in np.argsort(scores)[::-1]:
        if not np.any(overlap[i, kept] > threshold):
            kept.append(i)
    return np.asarray(boxes, float)[kept]


# %% exercise="suppress" kind="mistake" name="mask" says="a mask is returned"
def suppress(boxes, scores, threshold=0.4):
    overlap = iou_matrix(boxes, boxes)
    kept = []
    for i in np.argsort(scores)[::-1]:
        if not np.any(overlap[i, kept] > threshold):
            kept.append(i)
    return np.isin(np.arange(len(scores)), kept)


# %% exercise="suppress" kind="mistake" name="float-when-empty" says="an empty array of floats"
def suppress(boxes, scores, threshold=0.4):
    overlap = iou_matrix(boxes, boxes)
    kept = []
    for i in np.argsort(scores)[::-1]:
        if not np.any(overlap[i, kept] > threshold):
            kept.append(i)
    return np.array(kept)


# %% exercise="suppress" kind="mistake" name="in-the-old-order" says="but not with the highest score first"
def suppress(boxes, scores, threshold=0.4):
    overlap = iou_matrix(boxes, boxes)
    kept = []
    for i in np.argsort(scores)[::-1]:
        if not np.any(overlap[i, kept] > threshold):
            kept.append(i)
    return np.sort(np.array(kept, dtype=int))


# %% exercise="suppress" kind="mistake" name="sorted-places" says="the indices point into the sorted answers"
def suppress(boxes, scores, threshold=0.4):
    order = np.argsort(scores)[::-1]
    boxes = np.asarray(boxes, float)[order]
    overlap, kept = iou_matrix(boxes, boxes), []
    for i in range(len(boxes)):
        if not np.any(overlap[i, kept] > threshold):
            kept.append(i)
    return np.array(kept, dtype=int)


# %% exercise="suppress" kind="mistake" name="own-area" says="divided by the answer's own area"
def suppress(boxes, scores, threshold=0.4):
    kept = []
    boxes = np.asarray(boxes, float)
    for i in np.argsort(scores)[::-1]:
        x, y, w, h = boxes[i]
        shares = [
            max(0, min(x + w, u + s) - max(x, u)) * max(0, min(y + h, v + t) - max(y, v)) / (w * h)
            for u, v, s, t in boxes[kept]
        ]
        if max(shares, default=0) <= threshold:
            kept.append(i)
    return np.array(kept, dtype=int)


# %% exercise="suppress" kind="mistake" name="nothing-crashes" says="no answers at all are not handled"
def suppress(boxes, scores, threshold=0.4):
    order = np.argsort(scores)[::-1]
    kept = [order[0]]
    for i in order[1:]:
        if iou_matrix([boxes[i]], [boxes[j] for j in kept]).max() <= threshold:
            kept.append(i)
    return np.array(kept)


# %% exercise="average-precision" kind="alternative" name="taken-set-and-envelope"
def match(truth, boxes, scores, threshold=0.5):
    taken, hits = set(), [False] * len(scores)
    for i in sorted(range(len(scores)), key=lambda i: scores[i], reverse=True):
        overlaps = iou_matrix([boxes[i]], truth)[0] if len(truth) else []
        free = [(value, j) for j, value in enumerate(overlaps) if j not in taken and value >= threshold]
        if free:
            taken.add(max(free)[1])
            hits[i] = True
    return hits


def average_precision(hits, scores, total):
    if not total:
        return float("nan")
    order = np.argsort(-np.asarray(scores, float))
    hits = np.asarray(hits, int)[order]
    recall = hits.cumsum() / total
    precision = hits.cumsum() / (np.arange(len(hits)) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    place = np.searchsorted(recall, np.linspace(0, 1, 101), side="left")
    return np.append(precision, 0)[place].mean()


# %% exercise="average-precision" kind="alternative" name="plain-loops"
def match(truth, boxes, scores, threshold=0.5):
    free = list(range(len(truth)))
    overlap = np.asarray(iou_matrix(boxes, truth))
    hits = np.zeros(len(boxes), dtype=int)
    for i in np.argsort(-np.asarray(scores)):
        best = max(free, key=lambda j: overlap[i, j], default=None)
        if best is not None and overlap[i, best] >= threshold:
            hits[i] = 1
            free.remove(best)
    return hits


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    points, right = [], 0
    for j, (_, hit) in enumerate(sorted(zip(scores, hits), reverse=True), start=1):
        right += bool(hit)
        points.append((right / total, right / j))
    best = [max((p for recall, p in points if recall >= r), default=0.0) for r in np.linspace(0, 1, 101)]
    return sum(best) / 101


# %% exercise="average-precision" kind="mistake" name="taken-twice" says="a true box is taken twice"
def match(truth, boxes, scores, threshold=0.5):
    overlap = iou_matrix(boxes, truth)
    hits = np.zeros(len(overlap), bool)
    for i in np.argsort(scores)[::-1]:
        hits[i] = overlap[i].max(initial=0) >= threshold
        if hits[i]:
            pass
    return hits


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    right = np.cumsum(np.asarray(hits, float)[np.argsort(scores)[::-1]])
    recall, precision = right / total, right / np.arange(1, len(right) + 1)
    return float(np.mean([precision[recall >= r].max(initial=0) for r in np.linspace(0, 1, 101)]))


# %% exercise="average-precision" kind="mistake" name="matched-as-they-come" says="matched as they come"
def match(truth, boxes, scores, threshold=0.5):
    overlap = iou_matrix(boxes, truth)
    hits = np.zeros(len(overlap), bool)
    for i in range(len(scores)):
        hits[i] = overlap[i].max(initial=0) >= threshold
        if hits[i]:
            overlap[:, overlap[i].argmax()] = 0
    return hits


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    right = np.cumsum(np.asarray(hits, float)[np.argsort(scores)[::-1]])
    recall, precision = right / total, right / np.arange(1, len(right) + 1)
    return float(np.mean([precision[recall >= r].max(initial=0) for r in np.linspace(0, 1, 101)]))


# %% exercise="average-precision" kind="mistake" name="match-lowest-first" says="matched with the lowest score first"
def match(truth, boxes, scores, threshold=0.5):
    overlap = iou_matrix(boxes, truth)
    hits = np.zeros(len(overlap), bool)
    for i in np.argsort(scores):
        hits[i] = overlap[i].max(initial=0) >= threshold
        if hits[i]:
            overlap[:, overlap[i].argmax()] = 0
    return hits


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    right = np.cumsum(np.asarray(hits, float)[np.argsort(scores)[::-1]])
    recall, precision = right / total, right / np.arange(1, len(right) + 1)
    return float(np.mean([precision[recall >= r].max(initial=0) for r in np.linspace(0, 1, 101)]))


# %% exercise="average-precision" kind="mistake" name="hits-sorted" says="in the order of the scores, not in the order of boxes"
def match(truth, boxes, scores, threshold=0.5):
    overlap = iou_matrix(boxes, truth)
    hits = np.zeros(len(overlap), bool)
    for i in np.argsort(scores)[::-1]:
        hits[i] = overlap[i].max(initial=0) >= threshold
        if hits[i]:
            overlap[:, overlap[i].argmax()] = 0
    return hits[np.argsort(scores)[::-1]]


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    right = np.cumsum(np.asarray(hits, float)[np.argsort(scores)[::-1]])
    recall, precision = right / total, right / np.arange(1, len(right) + 1)
    return float(np.mean([precision[recall >= r].max(initial=0) for r in np.linspace(0, 1, 101)]))


# %% exercise="average-precision" kind="mistake" name="not-sorted" says="are not sorted by their scores"
def match(truth, boxes, scores, threshold=0.5):
    overlap = iou_matrix(boxes, truth)
    hits = np.zeros(len(overlap), bool)
    for i in np.argsort(scores)[::-1]:
        hits[i] = overlap[i].max(initial=0) >= threshold
        if hits[i]:
            overlap[:, overlap[i].argmax()] = 0
    return hits


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    right = np.cumsum(np.asarray(hits, float))
    recall, precision = right / total, right / np.arange(1, len(right) + 1)
    return float(np.mean([precision[recall >= r].max(initial=0) for r in np.linspace(0, 1, 101)]))


# %% exercise="average-precision" kind="mistake" name="sorted-upwards" says="are sorted with the lowest score first"
def match(truth, boxes, scores, threshold=0.5):
    overlap = iou_matrix(boxes, truth)
    hits = np.zeros(len(overlap), bool)
    for i in np.argsort(scores)[::-1]:
        hits[i] = overlap[i].max(initial=0) >= threshold
        if hits[i]:
            overlap[:, overlap[i].argmax()] = 0
    return hits


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    right = np.cumsum(np.asarray(hits, float)[np.argsort(scores)])
    recall, precision = right / total, right / np.arange(1, len(right) + 1)
    return float(np.mean([precision[recall >= r].max(initial=0) for r in np.linspace(0, 1, 101)]))


# %% exercise="average-precision" kind="mistake" name="found-only" says="among the items that were found"
def match(truth, boxes, scores, threshold=0.5):
    overlap = iou_matrix(boxes, truth)
    hits = np.zeros(len(overlap), bool)
    for i in np.argsort(scores)[::-1]:
        hits[i] = overlap[i].max(initial=0) >= threshold
        if hits[i]:
            overlap[:, overlap[i].argmax()] = 0
    return hits


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    right = np.cumsum(np.asarray(hits, float)[np.argsort(scores)[::-1]])
    recall, precision = right / max(right[-1] if len(right) else 0, 1), right / np.arange(1, len(right) + 1)
    return float(np.mean([precision[recall >= r].max(initial=0) for r in np.linspace(0, 1, 101)]))


# %% exercise="average-precision" kind="mistake" name="eleven-recalls" says="eleven recalls are taken"
def match(truth, boxes, scores, threshold=0.5):
    overlap = iou_matrix(boxes, truth)
    hits = np.zeros(len(overlap), bool)
    for i in np.argsort(scores)[::-1]:
        hits[i] = overlap[i].max(initial=0) >= threshold
        if hits[i]:
            overlap[:, overlap[i].argmax()] = 0
    return hits


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    right = np.cumsum(np.asarray(hits, float)[np.argsort(scores)[::-1]])
    recall, precision = right / total, right / np.arange(1, len(right) + 1)
    return float(np.mean([precision[recall >= r].max(initial=0) for r in np.linspace(0, 1, 11)]))


# %% exercise="average-precision" kind="mistake" name="above-the-threshold" says="these are not the answers that pycocotools matches"
def match(truth, boxes, scores, threshold=0.5):
    overlap = iou_matrix(boxes, truth)
    hits = np.zeros(len(overlap), bool)
    for i in np.argsort(scores)[::-1]:
        hits[i] = overlap[i].max(initial=0) > threshold
        if hits[i]:
            overlap[:, overlap[i].argmax()] = 0
    return hits


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    right = np.cumsum(np.asarray(hits, float)[np.argsort(scores)[::-1]])
    recall, precision = right / total, right / np.arange(1, len(right) + 1)
    return float(np.mean([precision[recall >= r].max(initial=0) for r in np.linspace(0, 1, 101)]))


# %% exercise="average-precision" kind="mistake" name="mean-at-hits" says="the mean precision at the hits"
def match(truth, boxes, scores, threshold=0.5):
    overlap = iou_matrix(boxes, truth)
    hits = np.zeros(len(overlap), bool)
    for i in np.argsort(scores)[::-1]:
        hits[i] = overlap[i].max(initial=0) >= threshold
        if hits[i]:
            overlap[:, overlap[i].argmax()] = 0
    return hits


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    right = np.cumsum(np.asarray(hits, float)[np.argsort(scores)[::-1]])
    hits = np.asarray(hits, bool)[np.argsort(scores)[::-1]]
    return float((right / np.arange(1, len(right) + 1))[hits].sum() / total)


# %% exercise="average-precision" kind="mistake" name="area-under-stairs" says="the area under the stairs"
def match(truth, boxes, scores, threshold=0.5):
    overlap = iou_matrix(boxes, truth)
    hits = np.zeros(len(overlap), bool)
    for i in np.argsort(scores)[::-1]:
        hits[i] = overlap[i].max(initial=0) >= threshold
        if hits[i]:
            overlap[:, overlap[i].argmax()] = 0
    return hits


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    right = np.cumsum(np.asarray(hits, float)[np.argsort(scores)[::-1]])
    recall, precision = right / total, right / np.arange(1, len(right) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(np.concatenate([[0], recall])) * precision))


# %% exercise="average-precision" kind="mistake" name="first-that-reaches" says="at the first answer that reaches r"
def match(truth, boxes, scores, threshold=0.5):
    overlap = iou_matrix(boxes, truth)
    hits = np.zeros(len(overlap), bool)
    for i in np.argsort(scores)[::-1]:
        hits[i] = overlap[i].max(initial=0) >= threshold
        if hits[i]:
            overlap[:, overlap[i].argmax()] = 0
    return hits


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    right = np.cumsum(np.asarray(hits, float)[np.argsort(scores)[::-1]])
    recall, precision = right / total, right / np.arange(1, len(right) + 1)
    return float(np.mean([np.append(precision[recall >= r], 0.0)[0] for r in np.linspace(0, 1, 101)]))


# %% exercise="average-precision" kind="mistake" name="unreached-left-out" says="are left out of the mean"
def match(truth, boxes, scores, threshold=0.5):
    overlap = iou_matrix(boxes, truth)
    hits = np.zeros(len(overlap), bool)
    for i in np.argsort(scores)[::-1]:
        hits[i] = overlap[i].max(initial=0) >= threshold
        if hits[i]:
            overlap[:, overlap[i].argmax()] = 0
    return hits


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    right = np.cumsum(np.asarray(hits, float)[np.argsort(scores)[::-1]])
    recall, precision = right / total, right / np.arange(1, len(right) + 1)
    if len(right) == 0:
        return 0.0
    return float(np.mean([precision[recall >= r].max() for r in np.linspace(0, 1, 101) if r <= recall[-1]]))


# %% exercise="average-precision" kind="mistake" name="looks-no-further" says="looks no further"
def match(truth, boxes, scores, threshold=0.5):
    overlap = iou_matrix(boxes, truth)
    hits, taken = np.zeros(len(overlap), bool), set()
    for i in np.argsort(scores)[::-1]:
        if len(truth) and overlap[i].max() >= threshold and overlap[i].argmax() not in taken:
            hits[i] = True
            taken.add(overlap[i].argmax())
    return hits


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    right = np.cumsum(np.asarray(hits, float)[np.argsort(scores)[::-1]])
    recall, precision = right / total, right / np.arange(1, len(right) + 1)
    return float(np.mean([precision[recall >= r].max(initial=0) for r in np.linspace(0, 1, 101)]))


# %% exercise="average-precision" kind="mistake" name="empty-scene-crashes" says="match fails where a scene has no true box"
def match(truth, boxes, scores, threshold=0.5):
    overlap = iou_matrix(boxes, truth)
    hits = np.zeros(len(overlap), bool)
    for i in np.argsort(scores)[::-1]:
        hits[i] = overlap[i].max() >= threshold
        if hits[i]:
            overlap[:, overlap[i].argmax()] = 0
    return hits


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    right = np.cumsum(np.asarray(hits, float)[np.argsort(scores)[::-1]])
    recall, precision = right / total, right / np.arange(1, len(right) + 1)
    return float(np.mean([precision[recall >= r].max(initial=0) for r in np.linspace(0, 1, 101)]))


# %% exercise="average-precision" kind="mistake" name="zero-for-none" says="without true boxes NaN is asked"
def match(truth, boxes, scores, threshold=0.5):
    overlap = iou_matrix(boxes, truth)
    hits = np.zeros(len(overlap), bool)
    for i in np.argsort(scores)[::-1]:
        hits[i] = overlap[i].max(initial=0) >= threshold
        if hits[i]:
            overlap[:, overlap[i].argmax()] = 0
    return hits


def average_precision(hits, scores, total):
    if total == 0:
        return 0.0
    right = np.cumsum(np.asarray(hits, float)[np.argsort(scores)[::-1]])
    recall, precision = right / total, right / np.arange(1, len(right) + 1)
    return float(np.mean([precision[recall >= r].max(initial=0) for r in np.linspace(0, 1, 101)]))


# %% exercise="evaluator-test" kind="alternative" name="by-hand"
def evaluator_is_right(evaluate):
    box, off, none = [10.0, 10, 20, 20], [60.0, 60, 20, 20], np.zeros((0, 4))
    one, two = np.array([box]), np.array([box, off])
    cases = [
        ([one], [(np.array([box, box, box]), [0.9, 0.8, 0.7])], 1.0),
        ([two], [(np.array([box, box, off]), [0.9, 0.8, 0.7])], (51 + 50 * 2 / 3) / 101),  # a repeated answer is wrong
        ([one, none], [(one, [0.5]), (one, [0.9])], 0.5),  # a false alarm on an empty tray
        ([two], [(one, [0.9])], 51 / 101),  # one item is never found
        ([one, one], [(np.array([off, box]), [0.4, 0.3]), (one, [0.9])], (51 + 50 * 2 / 3) / 101),
        ([one], [(np.array([[14.0, 10, 20, 20], box]), [0.3, 0.9])], 1.0),
        ([two], [(np.array([off + np.zeros(4), [14.0, 10, 20, 20], box]), [0.2, 0.5, 0.9])], (51 + 50 * 2 / 3) / 101),
        ([one] * 3, [(np.array([off]), [0.95]), (one, [0.9]), (one, [0.8])], 67 * 2 / 3 / 101),  # falls, then rises
        ([two], [(np.array([[14.0, 10, 20, 20], off, box]), [0.1, 0.5, 0.9])], 1.0),
    ]
    return all(bool(abs(evaluate(truth, [(np.array(b), np.array(s)) for b, s in found]) - value) < 0.002) for truth, found, value in cases)  # fmt: skip


# %% exercise="evaluator-test" kind="alternative" name="asserts-on-wild-trays"
def evaluator_is_right(evaluate):
    rng = np.random.default_rng(1)
    for _ in range(8):
        truth, found = [], []
        for scene in range(6):
            boxes = np.hstack([rng.uniform(0, 40, (scene % 4, 2)), rng.uniform(15, 30, (scene % 4, 2))])
            answers = np.repeat(boxes[: 2 if scene < 5 else 1], 3, axis=0)
            answers = np.vstack([answers + rng.normal(scale=2, size=answers.shape), rng.uniform(10, 40, (2, 4))])
            truth.append(boxes)
            found.append((answers, rng.random(len(answers))))
        np.testing.assert_allclose(evaluate(truth, found), coco_ap(truth, found), atol=5e-3)
    return True


# %% exercise="evaluator-test" kind="mistake" name="tame-only" says="counts repeated answers passes"
def evaluator_is_right(evaluate):
    for seed in range(4):
        truth, found = tame_trays(seed)
        if abs(evaluate(truth, found) - coco_ap(truth, found)) > 0.001:
            return False
    return True


# %% exercise="evaluator-test" kind="mistake" name="no-empty-tray" says="leaves out empty trays passes"
def evaluator_is_right(evaluate):
    for seed in range(4):
        truth, found = tame_trays(seed)
        found = [(np.vstack([b + 3, b]), np.append(s / 3, s)) for b, s in found]
        if abs(evaluate(truth, found) - coco_ap(truth, found)) > 0.001:
            return False
    return True


# %% exercise="evaluator-test" kind="mistake" name="best-first-only" says="matches the answers as they come passes"
def evaluator_is_right(evaluate):
    for seed in range(4):
        truth, found = tame_trays(seed)
        truth.append(np.zeros((0, 4)))
        found.append((found[0][0], found[0][1] * 0.9))
        found = [(np.vstack([b, b + 3]), np.append(s, s / 3)) for b, s in found]
        if abs(evaluate(truth, found) - coco_ap(truth, found)) > 0.001:
            return False
    return True


# %% exercise="evaluator-test" kind="mistake" name="to-the-last-digit" says="refused because it rounds to three decimals"
def evaluator_is_right(evaluate):
    for seed in range(4):
        truth, found = tame_trays(seed)
        truth.append(np.zeros((0, 4)))
        found.append((found[0][0], found[0][1] * 0.9))
        found = [(np.vstack([b + 3, b]), np.append(s / 3, s)) for b, s in found]
        if abs(evaluate(truth, found) - coco_ap(truth, found)) > 1e-9:
            return False
    return True


# %% exercise="evaluator-test" kind="mistake" name="nan-case" says="a plain right evaluator is refused"
def evaluator_is_right(evaluate):
    for seed in range(4):
        truth, found = tame_trays(seed)
        truth.append(np.zeros((0, 4)))
        found.append((found[0][0], found[0][1] * 0.9))
        found = [(np.vstack([b + 3, b]), np.append(s / 3, s)) for b, s in found]
        if abs(evaluate(truth, found) - coco_ap(truth, found)) > 0.001:
            return False
    return evaluate([np.zeros((0, 4))], [(np.ones((1, 4)), np.ones(1))]) == coco_ap(
        [np.zeros((0, 4))], [(np.ones((1, 4)), np.ones(1))]
    )


# %% exercise="evaluator-test" kind="mistake" name="everything-is-found" says="recall among the found items passes"
def evaluator_is_right(evaluate):
    rng = np.random.default_rng(0)
    for seed in range(8):
        truth, _ = tame_trays(seed)
        truth.append(np.zeros((0, 4)))
        answers = [np.vstack([boxes + 2, boxes, [[0, 90, 6, 6]]]) for boxes in truth]
        found = [(boxes, rng.random(len(boxes))) for boxes in answers]
        if abs(evaluate(truth, found) - coco_ap(truth, found)) > 0.001:
            return False
    return True


# %% exercise="evaluator-test" kind="mistake" name="one-scene-only" says="averages scene by scene passes"
def evaluator_is_right(evaluate):
    for seed in range(8):
        truth, found = tame_trays(seed, scenes=1)
        found = [(np.vstack([b + 3, b]), np.append(s / 3, s)) for b, s in found]
        if abs(evaluate(truth, found) - coco_ap(truth, found)) > 0.001:
            return False
    return True


# %% exercise="score-threshold" kind="alternative" name="search-in-a-loop"
best_cost, best_row = np.inf, None
for row in costs.to_dict("records"):
    total = row["missed items"] + row["false alarms"]
    if total < best_cost:
        best_cost, best_row = total, row
sign = "yes" if best_row["difference high"] < 0 else "no" if best_row["difference low"] > 0 else "unclear"
slow = costs["threshold"][(costs["false alarms"] * 5 + costs["missed items"]).argmin()]
hall = {
    "threshold": round(best_row["threshold"], 2),
    "cost": round(best_cost, 2),
    "saved": round((by_hand - best_cost) * 1000),
    "pays": sign,
    "arm slows down": "rises" if slow > best_row["threshold"] else "falls",
    "why not 0.5": "missed items",
}


# %% exercise="score-threshold" kind="alternative" name="from-the-trays"
def euros(threshold):
    alarms, missed = tray_counts(valid_judged, valid_items, threshold)
    return float((ALARM * alarms + MISSED * missed).mean())


choice = min((k / 20 for k in range(1, 20)), key=euros)
hall = dict(threshold=choice, cost=euros(choice), saved=float(1000 * (by_hand - euros(choice))), pays="yes")
hall |= {"arm slows down": "rises", "why not 0.5": "missed items"}


# %% exercise="score-threshold" kind="mistake" name="habit" says="0.5 is a habit"
cheapest = costs.loc[9]
hall = {
    "threshold": cheapest["threshold"],
    "cost": cheapest["cost"],
    "saved": 1000 * (by_hand - cheapest["cost"]),
    "pays": "yes",
    "arm slows down": "rises",
    "why not 0.5": "missed items",
}


# %% exercise="score-threshold" kind="mistake" name="fewest-alarms" says="makes the fewest false alarms"
cheapest = costs.loc[costs["false alarms"].idxmin()]
hall = {
    "threshold": cheapest["threshold"],
    "cost": cheapest["cost"],
    "saved": 1000 * (by_hand - cheapest["cost"]),
    "pays": "yes",
    "arm slows down": "rises",
    "why not 0.5": "missed items",
}


# %% exercise="score-threshold" kind="mistake" name="all-trays" says="that of all validation trays"
cheapest = costs.loc[costs["cost"].idxmin()]
hall = {
    "threshold": cheapest["threshold"],
    "cost": 150 * cheapest["cost"],
    "saved": 1000 * (by_hand - cheapest["cost"]),
    "pays": "yes",
    "arm slows down": "rises",
    "why not 0.5": "missed items",
}


# %% exercise="score-threshold" kind="mistake" name="cost-of-habit" says="but that of 0.5"
cheapest = costs.loc[costs["cost"].idxmin()]
hall = {
    "threshold": cheapest["threshold"],
    "cost": costs["cost"][9],
    "saved": 1000 * (by_hand - cheapest["cost"]),
    "pays": "yes",
    "arm slows down": "rises",
    "why not 0.5": "missed items",
}


# %% exercise="score-threshold" kind="mistake" name="saved-on-one-tray" says="for one tray, not for 1,000"
cheapest = costs.loc[costs["cost"].idxmin()]
hall = {
    "threshold": cheapest["threshold"],
    "cost": cheapest["cost"],
    "saved": (by_hand - cheapest["cost"]),
    "pays": "yes",
    "arm slows down": "rises",
    "why not 0.5": "missed items",
}


# %% exercise="score-threshold" kind="mistake" name="sign" says="the wrong sign"
cheapest = costs.loc[costs["cost"].idxmin()]
hall = {
    "threshold": cheapest["threshold"],
    "cost": cheapest["cost"],
    "saved": 1000 * (cheapest["cost"] - by_hand),
    "pays": "yes",
    "arm slows down": "rises",
    "why not 0.5": "missed items",
}


# %% exercise="score-threshold" kind="mistake" name="unclear" says="pays is not what the interval says"
cheapest = costs.loc[costs["cost"].idxmin()]
hall = {
    "threshold": cheapest["threshold"],
    "cost": cheapest["cost"],
    "saved": 1000 * (by_hand - cheapest["cost"]),
    "pays": "unclear",
    "arm slows down": "rises",
    "why not 0.5": "missed items",
}


# %% exercise="score-threshold" kind="mistake" name="falls" says="moves the best threshold the other way"
cheapest = costs.loc[costs["cost"].idxmin()]
hall = {
    "threshold": cheapest["threshold"],
    "cost": cheapest["cost"],
    "saved": 1000 * (by_hand - cheapest["cost"]),
    "pays": "yes",
    "arm slows down": "falls",
    "why not 0.5": "missed items",
}


# %% exercise="score-threshold" kind="mistake" name="overconfident" says="the scores are not overconfident"
cheapest = costs.loc[costs["cost"].idxmin()]
hall = {
    "threshold": cheapest["threshold"],
    "cost": cheapest["cost"],
    "saved": 1000 * (by_hand - cheapest["cost"]),
    "pays": "yes",
    "arm slows down": "rises",
    "why not 0.5": "overconfident scores",
}


# %% exercise="score-threshold" kind="mistake" name="blames-alarms" says="hardly any false alarms are left"
cheapest = costs.loc[costs["cost"].idxmin()]
hall = {
    "threshold": cheapest["threshold"],
    "cost": cheapest["cost"],
    "saved": 1000 * (by_hand - cheapest["cost"]),
    "pays": "yes",
    "arm slows down": "rises",
    "why not 0.5": "false alarms",
}


# %% exercise="iou-matrix" kind="alternative" name="all-pairs-as-a-table"
def iou_matrix(first, second):
    a, b = (pd.DataFrame(np.asarray(v, dtype=float), columns=list("xywh")) for v in (first, second))
    if len(a) == 0 or len(b) == 0:
        return np.zeros((len(a), len(b)))
    t = a.reset_index().merge(b.reset_index(), how="cross")
    w = (np.minimum(t.x_x + t.w_x, t.x_y + t.w_y) - np.maximum(t.x_x, t.x_y)).clip(lower=0)
    h = (np.minimum(t.y_x + t.h_x, t.y_y + t.h_y) - np.maximum(t.y_x, t.y_y)).clip(lower=0)
    s = w * h
    return pd.DataFrame({"i": t.index_x, "j": t.index_y, "v": s / (t.w_x * t.h_x + t.w_y * t.h_y - s)}).pivot(
        index="i", columns="j", values="v"
    )


# %% exercise="iou-matrix" kind="mistake" name="changes-its-boxes" says="changes the boxes it is given"
def iou_matrix(first, second):
    a, b = np.asarray(first), np.asarray(second)
    if a.dtype.kind != "f":
        a = a.astype(float)
    if b.dtype.kind != "f":
        b = b.astype(float)
    a[:, 2:] += a[:, :2]
    b[:, 2:] += b[:, :2]
    A, B = a[:, None], b[None]
    s = (np.minimum(A[..., 2:], B[..., 2:]) - np.maximum(A[..., :2], B[..., :2])).clip(min=0).prod(-1)
    return s / ((A[..., 2:] - A[..., :2]).prod(-1) + (B[..., 2:] - B[..., :2]).prod(-1) - s)


# %% exercise="iou-matrix" kind="mistake" name="whole-pixels" says="fractions of a pixel are lost"
def iou_matrix(first, second):
    a, b = np.asarray(first).astype(int)[:, None], np.asarray(second).astype(int)[None]
    s = (
        (np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:]) - np.maximum(a[..., :2], b[..., :2]))
        .clip(min=0)
        .prod(-1)
    )
    return s / (a[..., 2:].prod(-1) + b[..., 2:].prod(-1) - s)


# %% exercise="assign-targets" kind="alternative" name="without-a-loop"
def assign_targets(boxes, categories, cells=12, cell=8, side=24.0):
    b = np.asarray(boxes, dtype=float)
    c = np.asarray(categories).astype(int)
    obj = np.zeros((cells, cells), dtype=int)
    cat = -np.ones((cells, cells))
    reg = np.zeros((cells, cells, 4))
    o = np.argsort(b[:, 2] * b[:, 3])[::-1]
    b, c = b[o], c[o]
    mid = (2 * b[:, :2] + b[:, 2:]) / (2 * cell)
    frac, whole = np.modf(mid)
    whole = whole.astype(int)
    obj[whole[:, 1], whole[:, 0]] = 1
    cat[whole[:, 1], whole[:, 0]] = c
    reg[whole[:, 1], whole[:, 0]] = np.concatenate([frac, np.log(b[:, 2:] / side)], axis=1)
    return dict(object=obj, category=cat, box=reg)


# %% exercise="assign-targets" kind="alternative" name="nested-lists"
def assign_targets(boxes, categories, cells=12, cell=8, side=24.0):
    best = {}
    for (x, y, w, h), k in zip(boxes, categories):
        mx, my = ((x + (x + w)) / 2, (y + (y + h)) / 2)
        r, c = int(my / cell), int(mx / cell)
        if (r, c) in best and best[r, c][0] <= float(w) * float(h):
            continue
        best[r, c] = float(w) * float(h), k, [mx / cell - c, my / cell - r, np.log(w / side), np.log(h / side)]
    G = range(cells)
    return {
        "object": [[float((r, c) in best) for c in G] for r in G],
        "category": [[int(best[r, c][1]) if (r, c) in best else -1 for c in G] for r in G],
        "box": [[best[r, c][2] if (r, c) in best else [0.0] * 4 for c in G] for r in G],
    }


# %% exercise="assign-targets" kind="mistake" name="narrower-stays" says="the narrower box stays"
def assign_targets(boxes, categories, cells=12, cell=8, side=24.0):
    t = {
        "object": np.zeros((cells, cells)),
        "category": np.full((cells, cells), -1),
        "box": np.zeros((cells, cells, 4)),
    }
    x, y, w, h = np.asarray(boxes, float).T
    across, down = (x + w / 2) / cell, (y + h / 2) / cell
    for i in np.argsort(-w):
        row, column = int(down[i]), int(across[i])
        t["object"][row, column] = 1
        t["category"][row, column] = categories[i]
        t["box"][row, column] = across[i] - column, down[i] - row, np.log(w[i] / side), np.log(h[i] / side)
    return t


# %% exercise="assign-targets" kind="mistake" name="cells-fixed" says="are the arguments cells and cell heeded"
def assign_targets(boxes, categories, cells=12, cell=8, side=24.0):
    t = {
        "object": np.zeros((cells, cells)),
        "category": np.full((cells, cells), -1),
        "box": np.zeros((cells, cells, 4)),
    }
    x, y, w, h = np.asarray(boxes, float).T
    across, down = (x + w / 2) / 8, (y + h / 2) / 8
    for i in np.argsort(-w * h):
        row, column = int(down[i]), int(across[i])
        t["object"][row, column] = 1
        t["category"][row, column] = categories[i]
        t["box"][row, column] = across[i] - column, down[i] - row, np.log(w[i] / 24), np.log(h[i] / 24)
    return t


# %% exercise="assign-targets" kind="mistake" name="changes-its-boxes" says="changes the boxes or categories"
def assign_targets(boxes, categories, cells=12, cell=8, side=24.0):
    t = {
        "object": np.zeros((cells, cells)),
        "category": np.full((cells, cells), -1),
        "box": np.zeros((cells, cells, 4)),
    }
    boxes = boxes if boxes.dtype == float else boxes.astype(float)
    boxes[:, :2] += boxes[:, 2:] / 2
    boxes[:, :2] /= cell
    across, down, w, h = boxes.T
    for i in np.argsort(-w * h):
        row, column = int(down[i]), int(across[i])
        t["object"][row, column] = 1
        t["category"][row, column] = categories[i]
        t["box"][row, column] = across[i] - column, down[i] - row, np.log(w[i] / side), np.log(h[i] / side)
    return t


# %% exercise="repaired-decode" kind="alternative" name="flat-cells"
def decode(raw, cell=8, side=24.0):
    raw = np.array(raw, dtype=np.float32)
    k = raw.shape[0] - 5
    H, W = raw.shape[1], raw.shape[2]
    flat = raw.reshape(5 + k, H * W)
    cx = (np.tile(np.arange(W), H) + expit(flat[1])) * cell
    cy = (np.repeat(np.arange(H), W) + expit(flat[2])) * cell
    w, h = np.exp(flat[3]) * side, np.exp(flat[4]) * side
    x0, x1 = np.clip(cx - w / 2, 0, W * cell), np.clip(cx + w / 2, 0, W * cell)
    y0, y1 = np.clip(cy - h / 2, 0, H * cell), np.clip(cy + h / 2, 0, H * cell)
    return [np.c_[x0, y0, x1 - x0, y1 - y0], (expit(flat[:1]) * softmax(flat[5:], axis=0)).T]


# %% exercise="repaired-decode" kind="mistake" name="changes-raw" says="decode changes the raw output"
def decode(raw, cell=8, side=24.0):
    raw = np.asarray(raw, float)
    H, W = raw.shape[1:]
    row, column = np.mgrid[:H, :W]
    raw[:3] = expit(raw[:3])
    x, y = (column + raw[1]) * cell, (row + raw[2]) * cell
    w, h = side * np.exp(raw[3]), side * np.exp(raw[4])
    left, right = np.maximum(x - w / 2, 0), np.minimum(x + w / 2, W * cell)
    top, bottom = np.maximum(y - h / 2, 0), np.minimum(y + h / 2, H * cell)
    scores = raw[0] * softmax(raw[5:], axis=0)
    return np.stack([left, top, right - left, bottom - top], axis=-1).reshape(-1, 4), scores.reshape(len(scores), -1).T


# %% exercise="repaired-decode" kind="mistake" name="half-cut" says="only the right and lower edges are cut"
def decode(raw, cell=8, side=24.0):
    raw = np.asarray(raw, float)
    H, W = raw.shape[1:]
    row, column = np.mgrid[:H, :W]
    x, y = (column + expit(raw[1])) * cell, (row + expit(raw[2])) * cell
    w, h = side * np.exp(raw[3]), side * np.exp(raw[4])
    x, y = x - w / 2, y - h / 2
    w, h = np.minimum(w, W * cell - x), np.minimum(h, H * cell - y)
    scores = expit(raw[0]) * softmax(raw[5:], axis=0)
    return np.stack([x, y, w, h], axis=-1).reshape(-1, 4), scores.reshape(len(scores), -1).T


# %% exercise="repaired-decode" kind="mistake" name="offsets-swapped" says="the two offsets are swapped"
def decode(raw, cell=8, side=24.0):
    raw = np.asarray(raw, float)
    H, W = raw.shape[1:]
    row, column = np.mgrid[:H, :W]
    y, x = (row + expit(raw[1])) * cell, (column + expit(raw[2])) * cell
    w, h = side * np.exp(raw[3]), side * np.exp(raw[4])
    left, right = np.maximum(x - w / 2, 0), np.minimum(x + w / 2, W * cell)
    top, bottom = np.maximum(y - h / 2, 0), np.minimum(y + h / 2, H * cell)
    scores = expit(raw[0]) * softmax(raw[5:], axis=0)
    return np.stack([left, top, right - left, bottom - top], axis=-1).reshape(-1, 4), scores.reshape(len(scores), -1).T


# %% exercise="suppress" kind="alternative" name="order-shrinks"
def suppress(boxes, scores, threshold=0.4):
    boxes = np.asarray(boxes, dtype=float).reshape(-1, 4)
    order = np.argsort(-np.asarray(scores, dtype=float), kind="stable")
    res = np.empty(0, dtype=np.int32)
    while len(order):
        i = order[0]
        res = np.append(res, i).astype(np.int32)
        order = order[1:]
        order = order[iou_matrix(boxes[[i]], boxes[order])[0] <= threshold]
    return res


# %% exercise="suppress" kind="mistake" name="changes-scores" says="suppress changes the boxes or the scores"
def suppress(boxes, scores, threshold=0.4):
    o = iou_matrix(boxes, boxes)
    kept = []
    scores = np.asarray(scores)
    while len(scores) and scores.max() > 0:
        i = int(scores.argmax())
        kept.append(i)
        scores[o[i] > threshold] = 0
    return np.array(kept, dtype=int)


# %% exercise="suppress" kind="mistake" name="keeps-nothing" says="no answer is kept"
def suppress(boxes, scores, threshold=0.4):
    return []


# %% exercise="suppress" kind="mistake" name="threshold-fixed" says="0.4 is used whatever"
def suppress(boxes, scores, threshold=0.4):
    o = iou_matrix(boxes, boxes)
    kept = []
    for i in np.argsort(scores)[::-1]:
        if not np.any(o[i, kept] > 0.4):
            kept.append(i)
    return np.array(kept, dtype=int)


# %% exercise="suppress" kind="mistake" name="scores-against-threshold" says="the scores are compared with the threshold"
def suppress(boxes, scores, threshold=0.4):
    o = iou_matrix(boxes, boxes)
    kept = []
    for i in np.argsort(scores)[::-1]:
        if scores[i] > threshold and not np.any(o[i, kept] > threshold):
            kept.append(i)
    return np.array(kept, dtype=int)


# %% exercise="average-precision" kind="alternative" name="pandas"
def match(truth, boxes, scores, threshold=0.5):
    ious = np.asarray(iou_matrix(boxes, truth), dtype=float).copy()
    res = pd.Series(False, index=range(len(boxes)))
    for i in pd.Series(scores, dtype=float).sort_values(ascending=False).index:
        if ious.shape[1] == 0:
            break
        j = np.argmax(ious[i])
        if ious[i, j] >= threshold:
            res[i] = True
            ious[:, j] = -1
    return res


def average_precision(hits, scores, total):
    if total < 1:
        return float("nan")
    df = pd.DataFrame({"h": np.asarray(hits, dtype=int), "s": np.asarray(scores, dtype=float)}).sort_values(
        "s", ascending=False
    )
    df["tp"] = df.h.cumsum()
    df["p"] = df.tp / np.arange(1, len(df) + 1)
    df["r"] = df.tp / total
    return np.float32(sum(df.p[df.r >= r].max() if (df.r >= r).any() else 0 for r in np.linspace(0, 1, 101)) / 101)


# %% exercise="average-precision" kind="mistake" name="first-that-fits" says="takes some free box"
def match(truth, boxes, scores, threshold=0.5):
    o = iou_matrix(boxes, truth)
    h = np.zeros(len(o), bool)
    free = list(range(len(truth)))
    for i in np.argsort(scores)[::-1]:
        for j in free:
            if o[i, j] >= threshold:
                h[i] = True
                free.remove(j)
                break
    return h


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    right = np.cumsum(np.asarray(hits, float)[np.argsort(scores)[::-1]])
    recall, precision = right / total, right / np.arange(1, len(right) + 1)
    return float(np.mean([precision[recall >= r].max(initial=0) for r in np.linspace(0, 1, 101)]))


# %% exercise="average-precision" kind="mistake" name="above-r" says="all seven found and no false alarm is not 1"
def match(truth, boxes, scores, threshold=0.5):
    o = iou_matrix(boxes, truth)
    h = np.zeros(len(o), bool)
    for i in np.argsort(scores)[::-1]:
        h[i] = o[i].max(initial=0) >= threshold
        if h[i]:
            o[:, o[i].argmax()] = 0
    return h


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    right = np.cumsum(np.asarray(hits, float)[np.argsort(scores)[::-1]])
    recall, precision = right / total, right / np.arange(1, len(right) + 1)
    return float(np.mean([precision[recall > r].max(initial=0) for r in np.linspace(0, 1, 101)]))


# %% exercise="average-precision" kind="mistake" name="threshold-fixed" says="at a threshold of 0.85"
def match(truth, boxes, scores, threshold=0.5):
    o = iou_matrix(boxes, truth)
    h = np.zeros(len(o), bool)
    for i in np.argsort(scores)[::-1]:
        h[i] = o[i].max(initial=0) >= 0.5
        if h[i]:
            o[:, o[i].argmax()] = 0
    return h


def average_precision(hits, scores, total):
    if total == 0:
        return np.nan
    right = np.cumsum(np.asarray(hits, float)[np.argsort(scores)[::-1]])
    recall, precision = right / total, right / np.arange(1, len(right) + 1)
    return float(np.mean([precision[recall >= r].max(initial=0) for r in np.linspace(0, 1, 101)]))


# %% exercise="evaluator-test" kind="alternative" name="keywords-and-lists"
def evaluator_is_right(evaluate):
    rng = np.random.default_rng(3)
    bad = 0
    for n in range(10):
        truth, found = [], []
        for s in range(6):
            t = rng.uniform(0, 50, (s % 3, 4)) * [1, 1, 0, 0] + [0, 0, 25, 25]
            d = np.repeat(t[: max(1, len(t) - (s == 5))], 2, axis=0) + rng.normal(
                0, 2, (2 * len(t[: max(1, len(t) - (s == 5))]), 4)
            )
            d = np.vstack([d, [[70, 70, 20, 20.0]]])
            truth.append(t.tolist() if len(t) else np.zeros((0, 4)))
            found.append((d.tolist(), rng.random(len(d)).tolist()))
        bad += abs(evaluate(truth=truth, found=found) - coco_ap(truth, found)) > 0.01
    return bool(bad == 0)


# %% exercise="score-threshold" kind="mistake" name="best-f1" says="this threshold has the best F1"
c = costs
miss, fa = c["missed items"], c["false alarms"] / 0.2
tp = valid_items.mean() - miss
b = c.loc[(2 * tp / (2 * tp + fa + miss)).idxmax()]
hall = {
    "threshold": b["threshold"],
    "cost": b["cost"],
    "saved": 1000 * (by_hand - b["cost"]),
    "pays": "yes",
    "arm slows down": "rises",
    "why not 0.5": "missed items",
}


# %% exercise="score-threshold" kind="mistake" name="one-sixth" says="1/6 would be right if"
b = costs.loc[costs["cost"].idxmin()]
hall = {
    "threshold": 1 / 6,
    "cost": b["cost"],
    "saved": 1000 * (by_hand - b["cost"]),
    "pays": "yes",
    "arm slows down": "rises",
    "why not 0.5": "missed items",
}


# %% exercise="score-threshold" kind="mistake" name="row-label" says="none of the table's"
b = costs["cost"].idxmin()
hall = {
    "threshold": b,
    "cost": costs["cost"].min(),
    "saved": 1000 * (by_hand - costs["cost"].min()),
    "pays": "yes",
    "arm slows down": "rises",
    "why not 0.5": "missed items",
}


# %% exercise="score-threshold" kind="mistake" name="stays" says="does not stay when"
b = costs.loc[costs["cost"].idxmin()]
hall = {
    "threshold": b["threshold"],
    "cost": b["cost"],
    "saved": 1000 * (by_hand - b["cost"]),
    "pays": "yes",
    "arm slows down": "stays",
    "why not 0.5": "missed items",
}


# %% exercise="score-threshold" kind="mistake" name="saved-on-validation" says="for the validation trays"
b = costs.loc[costs["cost"].idxmin()]
hall = {
    "threshold": b["threshold"],
    "cost": b["cost"],
    "saved": 150 * (by_hand - b["cost"]),
    "pays": "yes",
    "arm slows down": "rises",
    "why not 0.5": "missed items",
}


# %% exercise="evaluator-test" kind="mistake" name="always-yes" says="never calls evaluate"
def evaluator_is_right(evaluate):
    return True


# %% exercise="iou-matrix" kind="equivalent" mutant="- low = np.maximum(a[..., :2], b[..., :2]) | + low = np.maximum(b[..., :2], a[..., :2])" reason="maximum and minimum are symmetric"


# %% exercise="iou-matrix" kind="equivalent" mutant="- high = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:]) | + high = np.minimum(b[..., :2] + b[..., 2:], a[..., :2] + a[..., 2:])" reason="maximum and minimum are symmetric"


# %% exercise="repaired-decode" kind="equivalent" mutant="- left, right = (np.maximum(x - w / 2, 0), np.minimum(x + w / 2, columns * cell)) | + left, right = (np.maximum(0, x - w / 2), np.minimum(x + w / 2, columns * cell))" reason="maximum and minimum are symmetric"


# %% exercise="repaired-decode" kind="equivalent" mutant="- left, right = (np.maximum(x - w / 2, 0), np.minimum(x + w / 2, columns * cell)) | + left, right = (np.maximum(x - w / 2, 0), np.minimum(columns * cell, x + w / 2))" reason="maximum and minimum are symmetric"


# %% exercise="repaired-decode" kind="equivalent" mutant="- top, bottom = (np.maximum(y - h / 2, 0), np.minimum(y + h / 2, rows * cell)) | + top, bottom = (np.maximum(0, y - h / 2), np.minimum(y + h / 2, rows * cell))" reason="maximum and minimum are symmetric"


# %% exercise="repaired-decode" kind="equivalent" mutant="- top, bottom = (np.maximum(y - h / 2, 0), np.minimum(y + h / 2, rows * cell)) | + top, bottom = (np.maximum(y - h / 2, 0), np.minimum(rows * cell, y + h / 2))" reason="maximum and minimum are symmetric"


# %% exercise="repaired-decode" kind="equivalent" mutant="- boxes = np.stack([left, top, right - left, bottom - top], axis=-1).reshape(-1, 4) | + boxes = np.stack([left, top, right - left, bottom - top], axis=-1).reshape(-2, 4)" reason="NumPy takes any negative length as the one to be worked out"


# %% exercise="repaired-decode" kind="equivalent" mutant="- return (boxes, scores.reshape(len(scores), -1).T) | + return (boxes, scores.reshape(len(scores), -2).T)" reason="NumPy takes any negative length as the one to be worked out"


# %% exercise="average-precision" kind="equivalent" mutant="- hits = np.zeros(len(overlap), bool) | + hits = np.ones(len(overlap), bool)" reason="every entry of hits is written in the loop"


# %% exercise="average-precision" kind="equivalent" mutant="- return float(np.mean([precision[recall >= r].max(initial=0) for r in np.linspace(0, 1, 101)])) | + return float(np.mean([precision[recall >= r].max(initial=0) for r in np.linspace(1, 0, 101)]))" reason="a mean does not depend on the order of the recalls"


# %% exercise="evaluator-test" kind="equivalent" mutant="- for seed in range(4): | + for seed in range(4 - 1):" reason="any few seeds show all six faults"


# %% exercise="evaluator-test" kind="equivalent" mutant="- for seed in range(4): | + for seed in range(5):" reason="any few seeds show all six faults"


# %% exercise="evaluator-test" kind="equivalent" mutant="- for seed in range(4): | + for seed in range(3):" reason="any few seeds show all six faults"


# %% exercise="evaluator-test" kind="equivalent" mutant="+ found.append((found[0][0], found[0][1] * 0.9)) | - found.append((found[0][0], found[0][1] * 0.9))" reason="the two lists are independent: which is extended first does not matter"


# %% exercise="evaluator-test" kind="equivalent" mutant="- truth.append(np.zeros((0, 4))) | + truth.append(np.ones((0, 4)))" reason="an array without rows is the same to evaluators whatever it would have held"


# %% exercise="evaluator-test" kind="equivalent" mutant="- truth.append(np.zeros((0, 4))) | + truth.append(np.zeros((0, 5)))" reason="an array without rows is the same to evaluators whatever it would have held"


# %% exercise="evaluator-test" kind="equivalent" mutant="- truth.append(np.zeros((0, 4))) | + truth.append(np.zeros((0, 3)))" reason="an array without rows is the same to evaluators whatever it would have held"


# %% exercise="evaluator-test" kind="equivalent" mutant="- found.append((found[0][0], found[0][1] * 0.9)) | + found.append((found[0][0], found[0][1] / 0.9))" reason="the false alarms on the empty tray only need scores of their own"


# %% exercise="evaluator-test" kind="equivalent" mutant="- found.append((found[0][0], found[0][1] * 0.9)) | + found.append((found[0][0], found[0][1] * 1.8))" reason="the false alarms on the empty tray only need scores of their own"


# %% exercise="evaluator-test" kind="equivalent" mutant="- found = [(np.vstack([b + 3, b]), np.append(s / 3, s)) for b, s in found] | + found = [(np.vstack([b - 3, b]), np.append(s / 3, s)) for b, s in found]" reason="another disturbance of the same kind: repeated answers, lower scores, out of order"


# %% exercise="evaluator-test" kind="equivalent" mutant="- found = [(np.vstack([b + 3, b]), np.append(s / 3, s)) for b, s in found] | + found = [(np.vstack([b, b + 3]), np.append(s / 3, s)) for b, s in found]" reason="another disturbance of the same kind: repeated answers, lower scores, out of order"


# %% exercise="evaluator-test" kind="equivalent" mutant="- found = [(np.vstack([b + 3, b]), np.append(s / 3, s)) for b, s in found] | + found = [(np.vstack([b + 2, b]), np.append(s / 3, s)) for b, s in found]" reason="another disturbance of the same kind: repeated answers, lower scores, out of order"


# %% exercise="evaluator-test" kind="equivalent" mutant="- found = [(np.vstack([b + 3, b]), np.append(s / 3, s)) for b, s in found] | + found = [(np.vstack([b + 3, b]), np.append(s / 4, s)) for b, s in found]" reason="another disturbance of the same kind: repeated answers, lower scores, out of order"


# %% exercise="evaluator-test" kind="equivalent" mutant="- found = [(np.vstack([b + 3, b]), np.append(s / 3, s)) for b, s in found] | + found = [(np.vstack([b + 3, b]), np.append(s / 2, s)) for b, s in found]" reason="another disturbance of the same kind: repeated answers, lower scores, out of order"


# %% exercise="evaluator-test" kind="equivalent" mutant="- if abs(evaluate(truth, found) - coco_ap(truth, found)) > 0.001: | + if abs(evaluate(truth, found) - coco_ap(truth, found)) >= 0.001:" reason="both tolerances lie between rounding and the smallest effect of a fault"


# %% exercise="evaluator-test" kind="equivalent" mutant="- if abs(evaluate(truth, found) - coco_ap(truth, found)) > 0.001: | + if abs(evaluate(truth, found) - coco_ap(truth, found)) > 0.002:" reason="both tolerances lie between rounding and the smallest effect of a fault"


# %% exercise="score-threshold" kind="equivalent" mutant="- hall = {'threshold': cheapest['threshold'], 'cost': cheapest['cost'], 'saved': 1000 * (by_hand - cheapest['cost']), 'pays': 'yes', 'arm slows down': 'rises', 'why not 0.5': 'missed items'} | + hall = {'threshold': cheapest['threshold'], 'cost': cheapest['cost'], 'saved': 1001 * (by_hand - cheapest['cost']), 'pays': 'yes', 'arm slows down': 'rises', 'why not 0.5': 'missed items'}" reason="within the two per cent that the card allows"


# %% exercise="score-threshold" kind="equivalent" mutant="- hall = {'threshold': cheapest['threshold'], 'cost': cheapest['cost'], 'saved': 1000 * (by_hand - cheapest['cost']), 'pays': 'yes', 'arm slows down': 'rises', 'why not 0.5': 'missed items'} | + hall = {'threshold': cheapest['threshold'], 'cost': cheapest['cost'], 'saved': 999 * (by_hand - cheapest['cost']), 'pays': 'yes', 'arm slows down': 'rises', 'why not 0.5': 'missed items'}" reason="within the two per cent that the card allows"

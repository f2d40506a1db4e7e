"""Composes the scenes dataset from the images of fashion-mnist; datasheet.md describes the result."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from sources import write_parquet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

VERSION = "1"
SUMMARY = "grey scenes of 96 × 96 pixels with 0 to 6 items of fashion-mnist at known boxes, for object detection"
LICENCE = "MIT"
FILE_LICENCES: dict[str, str] = {}
SOURCE = "composed from ../fashion-mnist"
PICTURE = (
    "Twelve of the scenes: grey backgrounds with stripes, checks, ramps and plain rectangles, and on them up to six \
trousers, pullovers, sneakers, bags and ankle boots of different size, some overlapping, each in its labelled box; one \
scene is empty."
)

ITEMS = Path(__file__).resolve().parents[1] / "fashion-mnist"
CATEGORIES = {1: "Trouser", 2: "Pullover", 7: "Sneaker", 8: "Bag", 9: "Ankle boot"}  # by label of fashion-mnist
SCENES = {"train": (1000, "train", 20_917), "test": (250, "t10k", 20_918)}  # number, files of fashion-mnist, seed
SIZE = 96  # pixels
COUNT_SHARE = [5, 15, 20, 20, 18, 12, 10]  # per cent of the scenes with 0, 1, … 6 objects
SIDES = (20, 44)  # pixels that the 28 × 28 pixels of an item are scaled to, smallest and largest
OPAQUE = 16  # darker pixels of an item are left out: what is there is the black around it, and its compression noise
MIN_VISIBLE = 0.6  # of an object's pixels, when everything is pasted
MAX_IOU = 0.3  # of two boxes of a scene
Box = tuple[int, int, int, int]  # x, y, w, h
TRIES = 200  # positions and sizes for one object; a scene in which none fits is begun again


def build(out: Path) -> None:
    """Writes the scenes and their objects, for training and test, into the folder ``out``."""
    for part, (number, files, seed) in SCENES.items():
        images = read_idx(ITEMS / f"{files}-images-idx3-ubyte.gz")
        labels = read_idx(ITEMS / f"{files}-labels-idx1-ubyte.gz")
        scenes, objects = compose(number, images, labels, np.random.Generator(np.random.PCG64(seed)))
        write_parquet(scenes, out / f"{part}.parquet")
        write_parquet(objects, out / f"{part}-objects.parquet")


def read_idx(file: Path) -> np.ndarray:
    """The uint8 array in a gzip-compressed IDX file."""
    content = gzip.decompress(file.read_bytes())
    dimensions = content[3]
    shape = np.frombuffer(content, ">u4", dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def compose(number: int, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> tuple[pa.Table, pa.Table]:
    """``number`` scenes and the table of their objects; each item is used at most once."""
    stock = {label: list(rng.permutation(np.flatnonzero(labels == label))) for label in CATEGORIES}
    counts = np.repeat(np.arange(len(COUNT_SHARE)), np.array(COUNT_SHARE) * number // 100)
    counts = np.concatenate([rng.permutation(counts), rng.integers(1, len(COUNT_SHARE), number - len(counts))])
    pictures, rows = [], []
    for scene, count in enumerate(counts):
        chosen = rng.choice(list(CATEGORIES), count)
        items = [stock[label].pop() for label in chosen]
        picture, placed = arrange(background(rng), images[items], rng)
        pictures.append(picture.tobytes())
        for label, item, (square, visible, bounds) in zip(chosen, items, placed, strict=True):
            rows.append((scene, CATEGORIES[label], *bounds, round(visible, 4), item, *square))
    scenes = {
        "scene": pa.array(range(number), pa.int16()),
        "image": pa.array(pictures, pa.binary(SIZE * SIZE)),
        "objects": pa.array(counts, pa.int8()),
    }
    columns = ["scene", "category", "x", "y", "w", "h", "visible", "item", "paste_x", "paste_y", "paste_side"]
    objects = pd.DataFrame(rows, columns=columns)
    objects["category"] = pd.Categorical(objects["category"], list(CATEGORIES.values()))
    kinds = dict.fromkeys(columns, "int16") | {"category": "category", "visible": "float32", "item": "int32"}
    return pa.table(scenes), pa.Table.from_pandas(objects.astype(kinds), preserve_index=False)


def arrange(
    ground: np.ndarray, items: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, list[tuple[tuple[int, int, int], float, Box]]]:
    """Pastes ``items`` (n, 28, 28) one after the other onto ``ground``, later ones over earlier ones.

    Returns the image and for each item the square it was pasted into (left, top, side), which fraction of its pixels
    is visible, and the box of those (x, y, w, h).
    """
    while True:
        picture, owner = ground.copy(), np.full(ground.shape, -1)
        squares: list[tuple[int, int, int]] = []
        drawn: list[int] = []  # pixels of each object before others cover it
        for number, item in enumerate(items):
            for _ in range(TRIES):
                side = int(rng.integers(SIDES[0], SIDES[1] + 1))
                left, top = (int(value) for value in rng.integers(0, SIZE - side + 1, 2))
                scaled = resize(item, side)
                mask = scaled >= OPAQUE
                tried = owner.copy()
                tried[top : top + side, left : left + side][mask] = number
                if not allowed(tried, [*drawn, int(mask.sum())]):
                    continue
                owner = tried
                picture[top : top + side, left : left + side][mask] = scaled[mask]
                squares.append((left, top, side))
                drawn.append(int(mask.sum()))
                break
            else:
                break
        if len(squares) == len(items):
            visible = [int((owner == number).sum()) / pixels for number, pixels in enumerate(drawn)]
            boxes = [box(owner == number) for number in range(len(items))]
            return picture, list(zip(squares, visible, boxes, strict=True))


def allowed(owner: np.ndarray, drawn: list[int]) -> bool:
    """Whether every object is visible enough and no two boxes overlap too much."""
    masks = [owner == number for number in range(len(drawn))]
    if any(mask.sum() < MIN_VISIBLE * pixels for mask, pixels in zip(masks, drawn, strict=True)):
        return False
    boxes = [box(mask) for mask in masks]
    return all(iou(first, second) <= MAX_IOU for i, first in enumerate(boxes) for second in boxes[:i])


def box(mask: np.ndarray) -> Box:
    """The smallest box around the true pixels: first column, first row, number of columns, number of rows."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (
        int(columns[0]),
        int(rows[0]),
        int(columns[-1] - columns[0] + 1),
        int(rows[-1] - rows[0] + 1),
    )


def iou(first: Box, second: Box) -> float:
    """Intersection over union of two boxes (x, y, w, h)."""
    width = min(first[0] + first[2], second[0] + second[2]) - max(first[0], second[0])
    height = min(first[1] + first[3], second[1] + second[3]) - max(first[1], second[1])
    shared = max(width, 0) * max(height, 0)
    return shared / (first[2] * first[3] + second[2] * second[3] - shared)


def resize(item: np.ndarray, side: int) -> np.ndarray:
    """Bilinear, pixel centres aligned, in whole numbers (halves rounded up): the same on every machine."""
    length = len(item)
    position = np.clip((2 * np.arange(side) + 1) * length - side, 0, 2 * side * (length - 1))  # in 1/(2 side) pixels
    low = np.minimum(position // (2 * side), length - 2)
    weight = position - 2 * side * low
    matrix = np.zeros((side, length), dtype=np.int64)
    matrix[np.arange(side), low] = 2 * side - weight
    matrix[np.arange(side), low + 1] += weight
    total = matrix @ item.astype(np.int64) @ matrix.T
    return ((total + 2 * side * side) // (4 * side * side)).astype(np.uint8)


def background(rng: np.random.Generator) -> np.ndarray:
    """Stripes, checks or a ramp in dark grey, and on it up to four plain rectangles, which are no objects."""
    grey, step, width = (int(rng.integers(low, high)) for low, high in ((20, 90), (8, 32), (5, 17)))
    row, column = np.arange(SIZE)[:, None], np.arange(SIZE)[None, :]
    kind = int(rng.integers(4))
    if kind == 0:
        pattern = row // width % 2 + 0 * column
    elif kind == 1:
        pattern = column // width % 2 + 0 * row
    elif kind == 2:
        pattern = (row // width + column // width) % 2
    else:
        pattern = 3 * (row if rng.integers(2) else column) // SIZE + 0 * (row + column)
    ground = (grey + step * pattern).astype(np.uint8)
    for _ in range(int(rng.integers(5))):
        wide, high = (int(value) for value in rng.integers(5, 33, 2))
        left, top = int(rng.integers(SIZE - wide + 1)), int(rng.integers(SIZE - high + 1))
        ground[top : top + high, left : left + wide] = rng.integers(10, 230)
    return ground


def picture(folder: Path) -> Figure:
    """The first twelve training scenes with their boxes."""
    from matplotlib import pyplot
    from matplotlib.patches import Rectangle

    scenes = pd.read_parquet(folder / "train.parquet").head(12)
    objects = pd.read_parquet(folder / "train-objects.parquet")
    colours = dict(zip(CATEGORIES.values(), ["#E69F00", "#56B4E9", "#009E73", "#F0E442", "#CC79A7"], strict=True))
    figure, grid = pyplot.subplots(2, 6, figsize=(9, 3.1), layout="constrained")
    for axes, scene in zip(grid.flat, scenes.itertuples(), strict=True):
        image = np.frombuffer(scene.image, np.uint8).reshape(SIZE, SIZE)
        axes.imshow(image, cmap="gray", vmin=0, vmax=255, extent=(0, SIZE, SIZE, 0), interpolation="nearest")
        for found in objects[objects["scene"] == scene.scene].itertuples():
            colour = colours[found.category]
            axes.add_patch(Rectangle((found.x, found.y), found.w, found.h, fill=False, edgecolor=colour))
            axes.text(
                min(found.x, 66),
                max(found.y - 1, 7),
                found.category,
                color=colour,
                fontsize=6.5,
                bbox={"facecolor": "black", "alpha": 0.6, "pad": 0.4, "linewidth": 0},
            )
        axes.axis("off")
    return figure

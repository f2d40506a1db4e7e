"""The boxes of scenes are around what was pasted, and the scenes keep the limits that their datasheet states."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from mle import data

SIZE, CATEGORIES = 96, {"Trouser": 1, "Pullover": 2, "Sneaker": 7, "Bag": 8, "Ankle boot": 9}
PARTS = {"train": (1_000, 3_070, "train"), "test": (250, 770, "t10k")}


@pytest.fixture(scope="module")
def scenes() -> dict[str, pd.DataFrame]:
    return {part: data.load("scenes", part) for part in PARTS}


@pytest.fixture(scope="module")
def objects() -> dict[str, pd.DataFrame]:
    return {part: data.load("scenes", f"{part}-objects") for part in PARTS}


def pixels(table: pd.DataFrame) -> np.ndarray:
    """As the datasheet says."""
    return np.frombuffer(b"".join(table["image"]), np.uint8).reshape(-1, 96, 96)


@cache
def weights(side: int) -> np.ndarray:
    """The matrix (side, 28) of linear interpolation at the centres of ``side`` pixels."""
    centres = (np.arange(side) + 0.5) * 28 / side - 0.5
    return np.stack([np.interp(centres, np.arange(28), one) for one in np.eye(28)], axis=1)


def pasted(item: np.ndarray, side: int) -> np.ndarray:
    return np.floor(weights(side) @ item @ weights(side).T + 0.5 + 1e-9).astype(np.uint8)


def overlaps(table: pd.DataFrame) -> np.ndarray:
    """The IoU of each pair of boxes in one scene, by counting shared columns and rows."""
    result = [np.zeros(0)]
    columns, rows = (
        (np.arange(SIZE) >= start.to_numpy()[:, None]) & (np.arange(SIZE) < (start + length).to_numpy()[:, None])
        for start, length in ((table["x"], table["w"]), (table["y"], table["h"]))
    )
    for members in table.reset_index().groupby("scene")["index"]:
        wide, high = (mask[members[1]].astype(int) for mask in (columns, rows))
        shared = (wide @ wide.T) * (high @ high.T)
        pair = np.tril_indices(len(shared), -1)
        result.append((shared / (np.diag(shared)[:, None] + np.diag(shared) - shared))[pair])
    return np.concatenate(result)


@pytest.mark.parametrize("part", PARTS)
def test_tables_have_the_schema_of_the_datasheet(scenes, objects, part: str) -> None:
    number, rows, _ = PARTS[part]
    table, found = scenes[part], objects[part]
    kinds = [str(kind) for kind in table.dtypes]
    assert (list(table), kinds) == (["scene", "image", "objects"], ["int16", "object", "int8"])
    short = ["x", "y", "w", "h"], ["paste_x", "paste_y", "paste_side"]
    expected = {"scene": "int16", "category": "category"} | dict.fromkeys(short[0], "int16")
    expected |= {"visible": "float32", "item": "int32"} | dict.fromkeys(short[1], "int16")
    assert [(name, str(kind)) for name, kind in found.dtypes.items()] == list(expected.items())
    assert list(found["category"].cat.categories) == list(CATEGORIES)
    assert table["scene"].tolist() == list(range(number)) and set(table["image"].map(len)) == {SIZE * SIZE}
    assert len(found) == rows and found["scene"].is_monotonic_increasing
    assert found.groupby("scene").size().reindex(range(number), fill_value=0).tolist() == table["objects"].tolist()


@pytest.mark.parametrize("part", PARTS)
def test_pasting_the_items_again_gives_the_pixels_the_boxes_and_what_is_visible(scenes, objects, part: str) -> None:
    """A third of the scenes, with floating-point interpolation instead of the build's whole numbers."""
    files = PARTS[part][2]
    items, labels = data.array("fashion-mnist", f"{files}-images"), data.array("fashion-mnist", f"{files}-labels")
    images, found = pixels(scenes[part]), objects[part]
    assert (labels[found["item"]] == found["category"].astype(str).map(CATEGORIES)).all()
    for scene, group in found[found["scene"] % 3 == 0].groupby("scene"):
        owner, drawn, expected = np.full((SIZE, SIZE), -1), [], np.zeros((SIZE, SIZE), np.uint8)
        for number, row in enumerate(group.itertuples()):
            square = slice(row.paste_y, row.paste_y + row.paste_side), slice(row.paste_x, row.paste_x + row.paste_side)
            item = pasted(items[row.item], row.paste_side)
            opaque = item >= 16
            owner[square][opaque], expected[square][opaque] = number, item[opaque]
            drawn.append(opaque.sum())
        assert (images[scene][owner >= 0] == expected[owner >= 0]).all()
        assert len(np.unique(images[scene][owner < 0])) <= 7, "three greys of the pattern, four rectangles"
        for number, row in enumerate(group.itertuples()):
            y, x = np.nonzero(owner == number)
            box = x.min(), y.min(), x.max() + 1 - x.min(), y.max() + 1 - y.min()
            assert (row.x, row.y, row.w, row.h) == box
            assert row.visible == pytest.approx(len(x) / drawn[number], abs=5.1e-5)


@pytest.mark.parametrize("part", PARTS)
def test_objects_keep_the_stated_limits(objects, part: str) -> None:
    found = objects[part]
    assert (found[["x", "y"]] >= 0).all(axis=None)
    assert (found["x"] + found["w"] <= SIZE).all() and (found["y"] + found["h"] <= SIZE).all()
    assert found["paste_side"].between(20, 44).all() and {20, 44} <= set(found["paste_side"])
    assert found["visible"].between(0.6, 1).all() and overlaps(found).max() <= 0.3


def test_no_item_is_used_twice(objects) -> None:
    for part, found in objects.items():
        assert found["item"].is_unique and found["item"].between(0, {"train": 59_999, "test": 9_999}[part]).all()


def test_each_known_fault_of_scenes_is_as_its_datasheet_counts_it(scenes, objects) -> None:
    a, b = objects["train"], objects["test"]
    iou = {part: overlaps(objects[part]) for part in PARTS}

    def both(count) -> str:
        return " and ".join(f"{count(found):,}" for found in (a, b))

    def crowded(found: pd.DataFrame, cell: int) -> int:
        middle = {"i": (found["x"] + found["w"] / 2) // cell, "j": (found["y"] + found["h"] / 2) // cell}
        return found.assign(**middle).duplicated(["scene", "i", "j"]).sum()

    def small(found: pd.DataFrame) -> str:
        return f"{(found['w'] * found['h'] < 32 * 32).mean() * 100:.0f} %"

    boxes = pd.concat([a, b])
    perc = [round(100 * share) for share in scenes["train"]["objects"].value_counts(normalize=True).sort_index()]
    counted = [
        f"{both(lambda f: (f['visible'] < 1).sum())} objects are partly covered",
        f"{both(lambda f: (f['visible'] < 0.8).sum())} of them by more than 20 %",
        f"Of {len(iou['train']):,} and {len(iou['test']):,} pairs in one scene, "
        f"{(iou['train'] > 0).sum():,} and {(iou['test'] > 0).sum():,} boxes overlap, "
        f"the largest IoU is {iou['train'].max():.4f} and {iou['test'].max():.4f}",
        f"Widths are {boxes['w'].min()} to {boxes['w'].max()} pixels, heights {boxes['h'].min()} to {boxes['h'].max()}",
        f'{small(a)} and {small(b)} of the objects are "small"',
        f"The middles of {both(lambda f: crowded(f, 8))} objects",
        f"{both(lambda f: crowded(f, 16))} with cells of 16 × 16",
        f"Empty scenes: {' and '.join(str((scenes[part]['objects'] == 0).sum()) for part in PARTS)}",
        f"{', '.join(map(str, a['category'].value_counts(sort=False)))} for training",
        f"{', '.join(map(str, b['category'].value_counts(sort=False)))} for testing",
        "0 in {} % of the scenes, 1 in {} %, 2 and 3 in {} % each, 4 in {} %, 5 in {} %, 6 in {} %".format(
            *perc[:3], *perc[4:]
        ),
        f"**train-objects** ({len(a):,} rows, {a.shape[1]} columns), **test-objects** ({len(b):,} rows",
    ]
    sheet = " ".join(data.path("scenes", "datasheet.md").read_text(encoding="utf-8").split())
    assert [fact for fact in counted if fact not in sheet] == []

"""The files of fashion-mnist are the published ones, and hold what their datasheet says."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from mle import data

PARTS = {"train": 60_000, "t10k": 10_000}
MD5 = {  # as the publisher's README states them
    "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
}


@pytest.fixture(scope="module")
def images() -> dict[str, np.ndarray]:
    return {part: data.array("fashion-mnist", f"{part}-images") for part in PARTS}


@pytest.fixture(scope="module")
def labels() -> dict[str, np.ndarray]:
    return {part: data.array("fashion-mnist", f"{part}-labels") for part in PARTS}


@pytest.fixture(scope="module")
def sheet() -> str:
    return " ".join(data.path("fashion-mnist", "datasheet.md").read_text(encoding="utf-8").split())


@pytest.mark.parametrize("file", MD5)
def test_each_idx_file_is_byte_for_byte_the_published_one(file: str, sheet: str) -> None:
    content = data.path("fashion-mnist", file).read_bytes()
    assert hashlib.md5(content, usedforsecurity=False).hexdigest() == MD5[file]
    assert f"| `{file}` | `{MD5[file]}` |" in sheet


@pytest.mark.parametrize(("part", "number"), PARTS.items())
def test_arrays_have_the_shapes_and_balance_of_the_datasheet(images, labels, part: str, number: int) -> None:
    assert images[part].shape == (number, 28, 28) and images[part].dtype == np.uint8
    assert labels[part].shape == (number,) and labels[part].dtype == np.uint8
    assert np.bincount(labels[part]).tolist() == [number // 10] * 10
    assert images[part].flags.writeable


def test_labels_names_the_ten_classes_in_order(sheet: str) -> None:
    table = data.load("fashion-mnist", "labels")
    assert [(name, str(kind)) for name, kind in table.dtypes.items()] == [("label", "uint8"), ("name", "str")]
    assert table["label"].tolist() == list(range(10))
    assert ", ".join(table["name"]) in sheet


def test_labels_fit_the_images(images, labels) -> None:
    """Trousers are narrow, sneakers flat: labels shifted or read from the wrong end would not show that."""
    filled = images["train"] >= 16
    width, height = filled.any(axis=1).sum(axis=1), filled.any(axis=2).sum(axis=1)
    ratio = {label: np.median((width / height)[labels["train"] == label]) for label in range(10)}
    assert min(ratio, key=ratio.__getitem__) == 1 and max(ratio, key=ratio.__getitem__) == 7


def near_pairs(test: np.ndarray, train: np.ndarray, limit: float) -> list[tuple[int, int, float]]:
    """(test index, index of the nearest training image, root mean square difference) where that is below ``limit``.

    Means of blocks never differ more than the pixels do: comparing them, first of the whole images, finds all pairs.
    """

    def blocks(some: np.ndarray) -> np.ndarray:
        return some.reshape(-1, 7, 4, 7, 4).mean(axis=(2, 4), dtype=np.float32).reshape(-1, 49)

    coarse, coarse_train = blocks(test), blocks(train)
    mean, mean_train, squares = coarse.mean(axis=1), coarse_train.mean(axis=1), (coarse_train**2).sum(axis=1)
    order, best = np.argsort(mean_train), []
    for some in np.array_split(np.argsort(mean), 40):
        first, last = np.searchsorted(mean_train[order], [mean[some[0]] - limit, mean[some[-1]] + limit])
        near = order[first:last]
        distance = (coarse[some] ** 2).sum(axis=1)[:, None] + squares[near] - 2 * coarse[some] @ coarse_train[near].T
        for i, candidates in zip(some, distance < 49 * limit**2 + 10, strict=True):
            rms = np.sqrt(((train[near[candidates]] - test[i].astype(np.float32)) ** 2).mean(axis=(1, 2)))
            if len(rms) and rms.min() < limit:
                best.append((i, near[candidates][rms.argmin()], rms.min()))
    return sorted(best, key=lambda pair: pair[2])


def test_each_known_fault_of_fashion_mnist_is_as_its_datasheet_counts_it(images, labels, sheet: str) -> None:
    train, test, label = images["train"], images["t10k"], labels["train"]
    different = len({image.tobytes() for part in images.values() for image in part})
    pairs = near_pairs(test, train, 10)
    names = data.load("fashion-mnist", "labels")["name"]
    doubtful = {i: names[label[i]] for i in (16691, 33982, 28264, 40513, 42018, 45592)}
    counted = [
        f"all {different:,} are different",
        f"But {len(pairs)} test images differ from some training image by less than 10 grey levels",
        f"{sum(rms < 5 for *_, rms in pairs)} by less than 5",
        "the nearest ({} and {}) by {:.1f}".format(*pairs[0]),
        f"All {sum(labels['t10k'][a] == label[b] for a, b, _ in pairs)} pairs have the same label",
        f"{(train == 0).mean() * 100:.1f} % of the training pixels are 0",
        f"{((train > 0) & (train < 8)).sum() / (train > 0).sum() * 100:.1f} % of the others are below 8",
        f"{(label[1:] == label[:-1]).mean() * 100:.1f} % of neighbours share a label",
        f"training pixels: {train.mean():.2f} and {train.std():.2f} ({train.mean() / 255:.4f} and "
        f"{train.std() / 255:.4f} of 255); of the test pixels {test.mean():.2f} and {test.std():.2f}",
        f'16691 and 33982 ("{doubtful[16691]}"), 28264 ("{doubtful[28264]}")',
        f'40513 and 42018 ("{doubtful[40513]}") and 45592 ("{doubtful[45592]}")',
    ]
    assert [fact for fact in counted if fact not in sheet] == []
    assert doubtful[16691] == doubtful[33982] and doubtful[40513] == doubtful[42018]


def test_simple_models_reach_the_accuracy_of_the_datasheet(images, labels, sheet: str) -> None:
    train, test = (images[part].reshape(len(images[part]), -1) / np.float32(255) for part in PARTS)
    mean = np.stack([train[labels["train"] == label].mean(axis=0) for label in range(10)])
    nearest = ((mean**2).sum(axis=1) - 2 * test @ mean.T).argmin(axis=1)
    assert f"| nearest class mean | {(nearest == labels['t10k']).mean():.3f} |" in sheet
    model = LogisticRegression(C=0.1, tol=5e-3).fit(train[:5000], labels["train"][:5000])
    assert model.score(test, labels["t10k"]) == pytest.approx(0.82, abs=0.01)  # where the solver stops varies
    assert "first 5,000 images, C = 0.1 | 0.82 |" in sheet

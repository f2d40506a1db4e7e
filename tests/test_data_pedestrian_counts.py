"""The crossings counted by hand agree with their line, with each other and with their datasheet."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from mle import data


@pytest.fixture(scope="module")
def crossings() -> pd.DataFrame:
    return data.load("pedestrian-counts", "crossings")


@pytest.fixture(scope="module")
def line() -> np.ndarray:
    return data.load("pedestrian-counts", "line").iloc[0].to_numpy("int64")


def side(line: np.ndarray, x: pd.Series, y: pd.Series) -> np.ndarray:
    """The cross product of the datasheet: positive right of the line."""
    x1, y1, x2, y2 = line
    return ((x2 - x1) * (y.astype("int64") - y1) - (y2 - y1) * (x.astype("int64") - x1)).to_numpy()


def test_crossings_have_the_schema_of_their_datasheet(crossings: pd.DataFrame) -> None:
    kinds = {"frame": "int16", "recount": "int16", "direction": "category", "x": "int16", "y": "int16", "note": "str"}
    assert {name: str(kind) for name, kind in crossings.dtypes.items()} == kinds
    assert len(crossings) == 27 and not crossings.isna().any().any()
    assert list(crossings["direction"].cat.categories) == ["left", "right"]
    assert crossings["frame"].is_monotonic_increasing and crossings["frame"].is_unique
    assert crossings["frame"].between(1, 794).all(), "frames of the video; nobody can have crossed by frame 0"


def test_the_line_has_the_ends_of_the_datasheet_inside_the_image() -> None:
    table = data.load("pedestrian-counts", "line")
    assert {name: str(kind) for name, kind in table.dtypes.items()} == dict.fromkeys(["x1", "y1", "x2", "y2"], "int16")
    x1, y1, x2, y2 = table.iloc[0]
    sheet = data.path("pedestrian-counts", "datasheet.md").read_text(encoding="utf-8")
    assert f"from ({x1}, {y1})" in sheet and f"to ({x2}, {y2})" in sheet
    assert all(0 <= x < 768 and 0 <= y < 576 for x, y in ((x1, y1), (x2, y2)))


def test_each_foot_point_lies_on_or_beyond_the_line_as_its_direction_says(
    crossings: pd.DataFrame, line: np.ndarray
) -> None:
    product = side(line, crossings["x"], crossings["y"])
    rightwards = (crossings["direction"] == "right").to_numpy()
    assert (product[rightwards] >= 0).all() and (product[~rightwards] <= 0).all()
    along = (crossings["y"] - line[1]) / (line[3] - line[1])
    assert along.between(0, 1).all(), "between the line's ends"
    # Within a stride of it: the frame is the first on the other side, and nobody moves 12 pixels a frame.
    assert (np.abs(product) / np.hypot(line[2] - line[0], line[3] - line[1]) < 12).all()


def test_both_counts_agree_within_the_stated_uncertainty(crossings: pd.DataFrame) -> None:
    assert (crossings["frame"] - crossings["recount"]).abs().max() <= 1


def test_a_crossing_on_which_the_counts_differ_has_a_note(crossings: pd.DataFrame) -> None:
    assert (crossings.loc[crossings["frame"] != crossings["recount"], "note"] != "").all()


def test_frames_named_in_a_note_are_near_its_crossing(crossings: pd.DataFrame) -> None:
    for row in crossings.itertuples():
        for frame in map(int, re.findall(r"frame (\d+)", row.note)):
            assert abs(frame - row.frame) <= 6


def test_each_known_fault_of_pedestrian_counts_is_as_its_datasheet_counts_it(crossings: pd.DataFrame) -> None:
    frame, note = crossings["frame"], crossings["note"]
    gaps = frame.diff()
    hidden, near = note.str.contains("hidden"), note.str.contains("foot point lies")
    same = int((frame == crossings["recount"]).sum())
    off = (crossings["x"].astype(int) - 340).abs()
    counted = [
        f"{len(crossings)} crossings, counted by eye twice",
        f"Both found the same {len(crossings)} crossings with the same directions; {same} have the same frame",
        f"{len(crossings) - same} differ by one frame",
        f"{(crossings['direction'] == 'right').sum()} cross to the right",
        f"{(crossings['direction'] == 'left').sum()} to the left",
        f"hidden near {hidden.sum()} crossings (frames {', '.join(map(str, frame[hidden]))})",
        f"on {near.sum()} the foot point lies on the line or almost ({', '.join(map(str, frame[near]))})",
        f"between y = {crossings['y'].min()} and y = {crossings['y'].max()}, at most {off.max()} pixels from the line",
        f"{(gaps == 4).sum()} pairs of successive crossings are 4 frames apart, {(gaps == 6).sum()} pair 6 frames",
        f"all {len(range(0, 795, 5))} looked at",
        f"in reverse order, {len(range(2, 795, 4))} of them",
        f"counts {len(crossings) + 5}.",
    ]
    sheet = " ".join(data.path("pedestrian-counts", "datasheet.md").read_text(encoding="utf-8").split())
    assert [fact for fact in counted if fact not in sheet] == []
    assert gaps.min() == 4

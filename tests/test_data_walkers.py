"""The walkers video shows what its tracks say, and its crossings follow from them."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pandas as pd
import pytest

from mle import data

STEP = 430  # from this frame on it is darker
TREE = (slice(20, 215), slice(475, 640))  # sways


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return {name: data.load("walkers", name) for name in ("tracks", "crossings", "line")}


@pytest.fixture(scope="module")
def video() -> np.ndarray:
    reader = cv2.VideoCapture(str(data.path("walkers", "walkers.mp4")))
    assert reader.isOpened() and reader.get(cv2.CAP_PROP_FPS) == 10
    frames = []
    while (read := reader.read())[0]:
        frames.append(read[1])
    return np.stack(frames)


@pytest.fixture(scope="module")
def change(video: np.ndarray) -> dict[int, np.ndarray]:
    """For frames before the step: how far each pixel is from its median over them (largest of the three colours)."""
    background = np.median(video[:STEP:20], axis=0).astype(np.uint8)
    differences = {frame: cv2.split(cv2.absdiff(video[frame], background)) for frame in range(0, STEP, 5)}
    return {frame: np.maximum(np.maximum(b, g), r) for frame, (b, g, r) in differences.items()}


def test_tables_have_the_schema_of_their_datasheet(tables: dict[str, pd.DataFrame]) -> None:
    who = {"frame": "int16", "track": "int16", "kind": "category"}
    foot = {"foot_x": "float32", "foot_y": "float32"}
    tracks = who | dict.fromkeys("xywh", "int16") | {"visible": "float32"} | foot
    crossings = who | {"direction": "category"} | foot
    line = dict.fromkeys(["x1", "y1", "x2", "y2"], "float32")
    for name, expected in {"tracks": tracks, "crossings": crossings, "line": line}.items():
        assert [(column, str(kind)) for column, kind in tables[name].dtypes.items()] == list(expected.items()), name
        assert not tables[name].isna().any().any()


def test_boxes_lie_inside_the_frame_and_tracks_are_consistent(tables: dict[str, pd.DataFrame]) -> None:
    tracks = tables["tracks"].astype({name: int for name in "xywh"})
    assert (tracks[["x", "y"]] >= 0).all().all() and (tracks[["w", "h"]] >= 1).all().all()
    assert (tracks["x"] + tracks["w"] <= 640).all() and (tracks["y"] + tracks["h"] <= 480).all()
    assert tracks["visible"].between(0, 1, inclusive="right").all()
    assert not tracks.duplicated(["frame", "track"]).any() and (tracks.groupby("track")["kind"].nunique() == 1).all()
    whole = tracks[tracks["visible"] > 0.999]
    assert (whole["foot_x"] - whole["x"]).between(0, whole["w"]).all()
    assert (whole["foot_y"] - whole["y"] - whole["h"]).between(-20, 3).all()


def test_what_a_box_holds_differs_from_the_background_and_the_rest_does_not(
    tables: dict[str, pd.DataFrame], change: dict[int, np.ndarray]
) -> None:
    tracks = tables["tracks"]
    rows = tracks[tracks["frame"].isin(list(change)) & (tracks["visible"] >= 0.9)]
    assert len(rows) > 250
    for row in rows.itertuples():
        assert (change[row.frame][row.y : row.y + row.h, row.x : row.x + row.w] > 25).mean() > 0.2
    for frame in change:
        free = np.ones((480, 640), bool)
        free[TREE] = False
        for row in tracks[tracks["frame"] == frame].itertuples():  # with its shadow, which falls to the right
            free[max(0, row.y - 8) : row.y + row.h + 8, max(0, row.x - 8) : row.x + row.w + 60] = False
        assert (change[frame][free] > 25).mean() < 0.005


def test_the_video_has_750_frames_in_drifting_light_and_one_step(video: np.ndarray) -> None:
    assert video.shape == (750, 480, 640, 3)
    light = video.mean(axis=(1, 2, 3))
    steps = np.abs(np.diff(light))
    assert steps.argmax() + 1 == STEP and steps[STEP - 1] > 15
    assert np.delete(steps, STEP - 1).max() < 1.5 and np.ptp(light[:STEP]) > 4


def test_crossings_equal_a_recomputation_by_intersecting_segments(tables: dict[str, pd.DataFrame]) -> None:
    x1, y1, x2, y2 = tables["line"].iloc[0].astype(float)

    def turn(a: tuple, b: tuple, c: tuple) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    far, near, found = (x2, y2), (x1, y1), []
    for track, rows in tables["tracks"].groupby("track"):
        for before, after in pairwise(rows.itertuples()):
            p, q = (before.foot_x, before.foot_y), (after.foot_x, after.foot_y)
            if turn(p, q, near) * turn(p, q, far) < 0 and turn(near, far, p) * turn(near, far, q) < 0:
                found.append((after.frame, track, after.kind, "right" if turn(near, far, q) > 0 else "left"))
    stored = tables["crossings"][["frame", "track", "kind", "direction"]].itertuples(index=False, name=None)
    assert sorted(found) == list(stored)


def test_line_and_speeds_agree_with_the_camera_of_the_datasheet(tables: dict[str, pd.DataFrame]) -> None:
    """600 pixels of focal length, 5 m above the ground, 18 degrees down: the ground point seen at an image point."""
    cos, sin = np.cos(np.radians(18)), np.sin(np.radians(18))

    def on_ground(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        right, down = (x - 319.5) / 600, (y - 239.5) / 600
        distance = 5 / (down * cos + sin)
        return np.stack([right * distance, distance * (cos - down * sin)], axis=-1)

    x1, y1, x2, y2 = tables["line"].iloc[0].to_numpy(float)
    assert on_ground(np.array([x1, x2]), np.array([y1, y2])).ravel() == pytest.approx(
        [-1.8, 11.8, -0.6, 21.5], abs=0.02
    )
    limits = {"person": (0.8, 2.0), "dog": (0.8, 2.0), "cyclist": (4.0, 5.0)}
    for _, rows in tables["tracks"].groupby("track"):
        place = on_ground(rows["foot_x"].to_numpy(float), rows["foot_y"].to_numpy(float))
        speed = 10 * np.hypot(*np.diff(place, axis=0).T) / np.diff(rows["frame"])
        low, high = limits[rows["kind"].iloc[0]]
        assert low < np.median(speed[speed > 0.5]) < high and speed.max() < 1.1 * high


def test_each_known_fault_of_walkers_is_as_its_datasheet_counts_it(tables: dict[str, pd.DataFrame]) -> None:
    tracks, crossings = tables["tracks"], tables["crossings"]
    kinds = tracks.groupby("track")["kind"].first().value_counts()
    people = crossings[crossings["kind"] == "person"]["direction"].value_counts()
    crowd = tracks.groupby("frame").size()
    edge = (tracks["x"] == 0) | (tracks["x"] + tracks["w"] == 640) | (tracks["y"] + tracks["h"] == 480)
    x1, y1, x2, y2 = tables["line"].iloc[0].astype(float)
    right = (x2 - x1) * (tracks["foot_y"] - y1) - (y2 - y1) * (tracks["foot_x"] - x1) > 0
    beyond = right.astype(int).groupby(tracks["track"]).diff().abs().sum() - len(crossings)
    counted = [
        f"{beyond:.0f} people pass beyond the line's ends",
        f"where it ends counts {len(crossings) + beyond:.0f} crossings",
        f"**tracks** ({len(tracks):,} rows, {tracks.shape[1]} columns)",
        f"**crossings** ({len(crossings)} rows, {crossings.shape[1]} columns)",
        f"{kinds['person']} people, {kinds['cyclist']} cyclist and {kinds['dog']} dog",
        f"{crowd.min()} to {crowd.max()} of them in a frame, {crowd.mean():.1f} on average",
        f"{people['right']} people cross the line to the right and {people['left']} to the left",
        f"less than half visible in {(tracks['visible'] < 0.5).sum()} rows",
        f"{(tracks['visible'] > 0.999).sum():,} rows show somebody whole",
        f"touch the frame's edge in {edge.sum()} rows",
        f"{(crossings['frame'].diff() <= 1).sum()} crossings come at most one frame after another",
        f"boxes are {tracks['h'].min()} to {tracks['h'].max()} pixels high",
    ]
    sheet = " ".join(data.path("walkers", "datasheet.md").read_text(encoding="utf-8").split())
    assert [fact for fact in counted if fact not in sheet] == []
    assert crowd.index.tolist() == list(range(750))
    assert crossings["track"][crossings["track"].duplicated()].tolist() == [14] and "track 14 crosses twice" in sheet

"""Builds the walkers dataset: draws a street with people walking, whose tracks and crossings are so known exactly.

Lengths are metres on the ground: x to the right, y up, z away from the camera. Image points are pixels from the left
and from the top; the centre of the upper left pixel is (0, 0). Colours are blue, green, red, as OpenCV has them.
"""

from __future__ import annotations

import itertools
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from sources import Unavailable, write_parquet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

VERSION = "1"
SUMMARY = "a drawn street scene: 75 s of video, people walking, with exact tracks and the crossings of a counting line"
LICENCE = "CC0-1.0"
FILE_LICENCES: dict[str, str] = {}
SOURCE = "drawn by build.py"

PICTURE = (
    "Four frames of the walkers video: people on a road seen from above, each in a box with a track number, "
    "and a magenta line across the road at which they are counted."
)

OPENCV = "4.14.0"  # opencv-python-headless, with the FFmpeg it brings
SEED = 20090
WIDTH, HEIGHT, FPS, FRAMES = 640, 480, 10, 750
FOCAL, CAMERA_HEIGHT, PITCH = 600.0, 5.0, np.deg2rad(18.0)  # pixels, metres, downwards
LINE = ((-1.8, 11.8), (-0.6, 21.5))  # (x, z) of the counting line's ends: the near one, the far one
STEP_FRAME, STEP_GAIN = 430, 0.82  # a cloud: from this frame on everything is darker
SHADOW = np.array([0.55, 0.25])  # a point y above the ground throws its shadow y * SHADOW further in x and z
SHADOW_STRENGTH = 0.40
FINE = 4  # figures are drawn this many times larger, then averaged down
NOISE = 0.7  # standard deviation, grey levels
BLUR = 0.55  # of the lens: standard deviation, pixels


class Mover(NamedTuple):
    """Somebody on the way: from ``start`` (frame, may be negative) through ``path``; ("wait", seconds) stands still."""

    start: int
    path: list[tuple[Any, float]]
    speed: float = 1.35  # metres per second
    kind: str = "person"


MOVERS = [
    Mover(-60, [(-9.8, 14.9), (10.5, 15.2)], 1.3),
    Mover(-10, [(9.8, 17.2), (-10.5, 16.8)], 1.45),
    Mover(25, [(-9.8, 16.0), (10.5, 16.2)], 1.25),  # two who walk side by side
    Mover(25, [(-9.6, 16.9), (10.5, 17.1)], 1.25),
    Mover(55, [(2.4, 5.0), (10.0, 44.0)], 1.5),  # along the footpath: crosses the road, not the line
    Mover(80, [(9.8, 15.6), (-0.1, 15.4), ("wait", 9.0), (-10.5, 15.1)], 1.3),  # stands just before the line
    Mover(150, [(-9.8, 14.3), (10.5, 14.6)], 1.85),
    Mover(160, [(-15.5, 27.0), (16.0, 27.2)], 1.4),  # beyond the line's far end
    Mover(190, [(9.8, 15.4), (1.1, 15.6), ("wait", 8.0), (-10.5, 16.4)], 1.4),  # these two meet and talk
    Mover(178, [(-9.8, 16.4), (0.4, 15.6), ("wait", 6.5), (3.0, 14.6), (10.5, 14.2)], 1.25),
    Mover(262, [(9.8, 14.2), (-11.0, 14.0)], 4.6, "cyclist"),
    Mover(300, [(9.8, 15.3), (-10.5, 15.0)], 1.2),  # side by side, one hides the other
    Mover(300, [(9.9, 16.1), (-10.5, 15.8)], 1.2),
    Mover(330, [(-9.8, 17.6), (0.9, 17.2), ("wait", 2.5), (-10.5, 15.6)], 1.4),  # over the line and back
    Mover(385, [(-9.8, 15.0), (10.5, 15.1)], 1.15),
    Mover(382, [(-9.9, 14.3), (10.5, 14.4)], 1.15, "dog"),
    Mover(430, [(9.8, 17.5), (-10.5, 17.0)], 1.5),
    Mover(462, [(-9.8, 16.1), (10.5, 16.4)], 1.4),  # meets the next one behind the board
    Mover(480, [(9.8, 15.4), (-10.5, 15.1)], 1.55),
    Mover(505, [(-5.6, 8.2), (7.0, 27.0), (16.0, 27.4)], 1.35),  # slantwise over the road
    Mover(520, [(-5.8, 8.7), (6.5, 9.0)], 1.1),  # in front of the line's near end, close to the camera
    Mover(560, [(9.8, 14.7), (-10.5, 14.9)], 1.3),  # three together
    Mover(564, [(9.8, 15.6), (-10.5, 15.7)], 1.3),
    Mover(558, [(9.8, 16.6), (-10.5, 16.5)], 1.3),
    Mover(610, [(-9.8, 16.6), (10.5, 16.9)], 0.85),  # is overtaken by the next one
    Mover(668, [(-9.8, 15.4), (10.5, 15.8)], 1.9),
    Mover(640, [(15.5, 27.3), (-16.0, 26.9)], 1.3),
]

SKIN = [(150, 180, 225), (120, 150, 200), (85, 115, 165), (55, 75, 115), (160, 195, 235)]
HAIR = [(30, 30, 35), (40, 60, 85), (70, 110, 150), (120, 125, 130), (35, 40, 60)]
TOP = [(40, 40, 190), (170, 90, 40), (60, 60, 60), (60, 140, 60), (190, 190, 195), (40, 150, 210), (110, 60, 110)]
TOP += [(120, 110, 100), (150, 150, 60), (45, 45, 95)]
LEGS = [(95, 65, 45), (45, 42, 40), (110, 125, 135), (130, 95, 65), (70, 75, 80)]


def build(out: Path) -> None:
    """Writes the video and the three tables into the folder ``out``."""
    import cv2

    # Another encoder, or one built for another processor, writes other bytes.
    if not cv2.__version__.startswith(OPENCV) or platform.machine() not in ("x86_64", "AMD64"):
        raise Unavailable(
            f"walkers.mp4 is written by OpenCV {OPENCV} on x86-64, here is {cv2.__version__} on {platform.machine()}"
        )
    rows: list[tuple[Any, ...]] = []
    writer = cv2.VideoWriter(str(out / "walkers.mp4"), cv2.VideoWriter_fourcc(*"mp4v"), FPS, (WIDTH, HEIGHT))
    for image, visible in frames():
        writer.write(image)
        rows += visible
    writer.release()
    tracks = pd.DataFrame(rows, columns=["frame", "track", "kind", "x", "y", "w", "h", "visible", "foot_x", "foot_y"])
    tracks = tracks.astype(dict.fromkeys(["frame", "track", "x", "y", "w", "h"], "int16"))
    tracks = tracks.astype(dict.fromkeys(["visible", "foot_x", "foot_y"], "float32") | {"kind": "category"})
    line = pd.DataFrame(
        [np.round(project(np.array([[x, 0.0, z] for x, z in LINE]))[0], 2).ravel()], columns=["x1", "y1", "x2", "y2"]
    ).astype("float32")
    for name, table in (("tracks", tracks), ("line", line), ("crossings", crossings(tracks, line.iloc[0].to_numpy()))):
        write_parquet(pa.Table.from_pandas(table, preserve_index=False), out / f"{name}.parquet")


def crossings(tracks: pd.DataFrame, line: np.ndarray) -> pd.DataFrame:
    """Where a foot point gets from one side of the line to the other between two successive rows of its track."""
    x1, y1, x2, y2 = line.astype("float64")
    found = []
    for track, rows in tracks.groupby("track"):
        foot = rows[["foot_x", "foot_y"]].to_numpy("float64")
        side = (x2 - x1) * (foot[:, 1] - y1) - (y2 - y1) * (foot[:, 0] - x1)  # positive: right of the line
        for i in np.flatnonzero(np.diff(side > 0)) + 1:
            share = side[i - 1] / (side[i - 1] - side[i])
            met = foot[i - 1] + share * (foot[i] - foot[i - 1])
            along = ((met - [x1, y1]) @ [x2 - x1, y2 - y1]) / ((x2 - x1) ** 2 + (y2 - y1) ** 2)
            if 0 <= along <= 1:
                direction = "right" if side[i] > 0 else "left"
                found.append((rows["frame"].iloc[i], track, rows["kind"].iloc[i], direction, *foot[i]))
    table = pd.DataFrame(found, columns=["frame", "track", "kind", "direction", "foot_x", "foot_y"])
    table = table.astype({"frame": "int16", "track": "int16", "kind": tracks["kind"].dtype, "direction": "category"})
    table = table.astype({"foot_x": "float32", "foot_y": "float32"})
    return table.sort_values(["frame", "track"], kind="stable", ignore_index=True)


# The camera


def project(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Image points (n, 2) and distances along the optical axis (n,) of the points (n, 3)."""
    x, up, z = points[:, 0], points[:, 1] - CAMERA_HEIGHT, points[:, 2]
    depth = z * np.cos(PITCH) - up * np.sin(PITCH)
    down = -up * np.cos(PITCH) - z * np.sin(PITCH)
    centre = np.array([(WIDTH - 1) / 2, (HEIGHT - 1) / 2])
    return centre + FOCAL * np.stack([x, down], axis=1) / depth[:, None], depth


# Figures: a list of rounded bodies, each the convex hull of balls


class Body(NamedTuple):
    balls: np.ndarray  # (n, 4): x, y, z, radius
    colour: tuple[float, float, float]


def body(colour: tuple[float, float, float], *balls: tuple[Any, float], shade: float = 1.0) -> Body:
    return Body(np.array([[*point, radius] for point, radius in balls]), tuple(shade * c for c in colour))


class Sprite(NamedTuple):
    """A drawn figure: its upper left pixel, colour times opacity, and opacity."""

    left: int
    top: int
    colour: np.ndarray
    alpha: np.ndarray
    depth: float

    def clip(self) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        """The part that lies in the image: where in the image, and where in the figure."""
        height, width = self.alpha.shape
        x0, x1 = max(self.left, 0), min(self.left + width, WIDTH)
        y0, y1 = max(self.top, 0), min(self.top + height, HEIGHT)
        x1, y1 = max(x0, x1), max(y0, y1)
        inside = (slice(y0 - self.top, y1 - self.top), slice(x0 - self.left, x1 - self.left))
        return (slice(y0, y1), slice(x0, x1)), inside


CIRCLE = np.stack([np.cos(np.arange(14) * np.pi / 7), np.sin(np.arange(14) * np.pi / 7)], axis=1)


def outlines(bodies: list[Body], ordered: bool) -> list[tuple[np.ndarray, tuple[float, float, float]]]:
    """Polygons in the image, the far ones first."""
    import cv2

    drawn = []
    for one in bodies:
        points, depth = project(one.balls[:, :3])
        circles = points[:, None] + CIRCLE * (FOCAL * one.balls[:, 3] / depth)[:, None, None]
        hull = cv2.convexHull(circles.reshape(-1, 2).astype(np.float32))[:, 0]
        drawn.append((depth.mean() if ordered else 0.0, hull, one.colour))
    drawn.sort(key=lambda item: -item[0])  # stable
    return [(hull, colour) for _, hull, colour in drawn]


def draw(polygons: list[tuple[np.ndarray, tuple[float, float, float]]], depth: float) -> Sprite:
    import cv2

    every = np.concatenate([polygon for polygon, _ in polygons])
    left, top = np.floor(every.min(axis=0)).astype(int) - 1
    right, bottom = np.ceil(every.max(axis=0)).astype(int) + 2
    large = np.zeros(((bottom - top) * FINE, (right - left) * FINE, 4), np.uint8)
    for polygon, colour in polygons:
        corners = ((polygon - [left, top] + 0.5) * FINE - 0.5) * 16
        cv2.fillConvexPoly(large, np.round(corners).astype(np.int32), (*np.clip(colour, 0, 255), 255), shift=4)
    small = cv2.resize(large.astype(np.float32), (right - left, bottom - top), interpolation=cv2.INTER_AREA)
    return Sprite(int(left), int(top), small[..., :3], small[..., 3] / 255, depth)


def shadow(bodies: list[Body]) -> Sprite:
    """The soft shadow on the ground."""
    import cv2

    flat = []
    for one in bodies:
        balls = one.balls.copy()
        balls[:, [0, 2]] += balls[:, 1:2] * SHADOW
        balls[:, 1] = 0.0
        flat.append(Body(balls, one.colour))
    polygons = outlines(flat, ordered=False)
    every = np.concatenate([polygon for polygon, _ in polygons])
    margin = np.array([[-6, -6], [6, 6]])
    frame = np.stack([every.min(axis=0), every.max(axis=0)]) + margin
    corners = [(np.array([[x, y]]), (0.0, 0.0, 0.0)) for x, y in frame]  # room for the blur
    sprite = draw(corners + polygons, 0.0)
    return sprite._replace(alpha=cv2.GaussianBlur(sprite.alpha, (0, 0), 1.4) * SHADOW_STRENGTH)


def person(x: float, z: float, heading: np.ndarray, phase: float, swing: float, look: dict[str, Any]) -> list[Body]:
    """Somebody walking; ``swing`` is 1 in full stride and 0 when standing."""
    tall = look["height"]
    ahead = np.array([heading[0], 0.0, heading[1]])
    aside = np.array([heading[1], 0.0, -heading[0]])
    up = np.array([0.0, 1.0, 0.0])
    sides = np.array([-1.0, 1.0])
    hip_angle = 0.46 * swing * np.sin(phase + sides * np.pi / 2)
    knee = 0.06 + 0.95 * swing * np.maximum(0, np.cos(phase + sides * np.pi / 2))
    thigh, shin = 0.245 * tall, 0.235 * tall
    hip_height = (thigh * np.cos(hip_angle) + shin * np.cos(hip_angle - knee)).max() + 0.035 * tall
    centre = np.array([x, hip_height, z])
    parts = []
    for side, angle, bend in zip(sides, hip_angle, knee, strict=True):
        shade = 1.0 if side < 0 else 0.86
        hip = centre + aside * side * 0.05 * tall
        joint = hip + thigh * (np.sin(angle) * ahead - np.cos(angle) * up)
        ankle = joint + shin * (np.sin(angle - bend) * ahead - np.cos(angle - bend) * up)
        toe = ankle + 0.10 * tall * (np.cos(angle - bend) * ahead + np.sin(angle - bend) * up) - 0.012 * tall * up
        parts.append(body(look["legs"], (hip, 0.052 * tall), (joint, 0.036 * tall), shade=shade))
        parts.append(body(look["legs"], (joint, 0.036 * tall), (ankle, 0.025 * tall), shade=shade))
        parts.append(body((35, 35, 40), (ankle, 0.024 * tall), (toe, 0.017 * tall)))
        shoulder = centre + up * 0.285 * tall + aside * side * 0.115 * tall
        arm = -0.75 * angle + 0.05
        elbow = shoulder + 0.165 * tall * (np.sin(arm) * ahead - np.cos(arm) * up) + aside * side * 0.02 * tall
        hand = elbow + 0.15 * tall * (np.sin(arm + 0.35) * ahead - np.cos(arm + 0.35) * up)
        parts.append(body(look["top"], (shoulder, 0.034 * tall), (elbow, 0.027 * tall), shade=shade * 0.93))
        parts.append(body(look["top"], (elbow, 0.027 * tall), (hand, 0.02 * tall), shade=shade * 0.93))
        parts.append(body(look["skin"], (hand, 0.022 * tall)))
    chest = centre + up * 0.27 * tall
    lower = centre - up * (0.14 * tall if look["coat"] else 0.0)
    trunk = [(lower + aside * s * 0.05 * tall, 0.058 * tall) for s in sides]
    trunk += [(chest + aside * s * 0.085 * tall, 0.05 * tall) for s in sides]
    parts.append(body(look["top"], *trunk))
    if look["bag"]:
        back = centre + up * 0.2 * tall - ahead * 0.09 * tall
        parts.append(body(look["bag"], (back - up * 0.07 * tall, 0.055 * tall), (back + up * 0.06 * tall, 0.05 * tall)))
    head = centre + up * 0.415 * tall
    parts.append(body(look["skin"], (chest + up * 0.05 * tall, 0.03 * tall), (head, 0.03 * tall), shade=0.9))
    return parts + face(head, ahead, aside, tall, look)


def face(head: np.ndarray, ahead: np.ndarray, aside: np.ndarray, tall: float, look: dict[str, Any]) -> list[Body]:
    up = np.array([0.0, 1.0, 0.0])
    parts = [body(look["hair"], (head - ahead * 0.014 * tall + up * 0.014 * tall, 0.062 * tall))]
    front = head + ahead * 0.022 * tall
    parts.append(body(look["skin"], (front - up * 0.03 * tall, 0.036 * tall), (front, 0.047 * tall)))
    for side in (-1.0, 1.0):
        eye = head + ahead * 0.068 * tall + aside * side * 0.02 * tall + up * 0.004 * tall
        parts.append(body((40, 40, 45), (eye, 0.0075 * tall)))
    mouth = head + ahead * 0.068 * tall - up * 0.032 * tall
    return [*parts, body((95, 95, 165), *((mouth + aside * s * 0.011 * tall, 0.005 * tall) for s in (-1.0, 1.0)))]


def dog(x: float, z: float, heading: np.ndarray, phase: float, swing: float, look: dict[str, Any]) -> list[Body]:
    ahead, aside = np.array([heading[0], 0.0, heading[1]]), np.array([heading[1], 0.0, -heading[0]])
    up = np.array([0.0, 1.0, 0.0])
    coat = (60, 95, 140)
    hind, front = (np.array([x, 0.45, z]) + ahead * along for along in (-0.24, 0.24))
    parts = [body(coat, (hind, 0.115), (front, 0.13))]
    for end, offset in ((hind, 0.0), (front, np.pi * 0.9)):
        for side in (-1.0, 1.0):
            angle = 0.5 * swing * np.sin(2 * phase + offset + side * np.pi / 2)
            paw = end + aside * side * 0.07 + 0.41 * (np.sin(angle) * ahead - np.cos(angle) * up)
            parts.append(body(coat, (end + aside * side * 0.07, 0.055), (paw, 0.03), shade=1.0 if side < 0 else 0.82))
    nose = front + ahead * 0.36 + up * 0.20
    parts.append(body(coat, (front + up * 0.06, 0.085), (front + ahead * 0.16 + up * 0.25, 0.085), shade=1.05))
    parts.append(body(coat, (front + ahead * 0.16 + up * 0.25, 0.09), (nose, 0.04), shade=1.1))
    tail = hind - ahead * 0.28 + up * 0.22 + aside * 0.08 * np.sin(3 * phase)
    return [*parts, body(coat, (hind - ahead * 0.08, 0.035), (tail, 0.02))]


def cyclist(x: float, z: float, heading: np.ndarray, phase: float, swing: float, look: dict[str, Any]) -> list[Body]:
    ahead, aside = np.array([heading[0], 0.0, heading[1]]), np.array([heading[1], 0.0, -heading[0]])
    up = np.array([0.0, 1.0, 0.0])
    ground = np.array([x, 0.0, z])

    def at(along: float, high: float, side: float = 0.0) -> np.ndarray:
        return ground + ahead * along + up * high + aside * side

    parts = []
    for hub in (-0.52, 0.52):
        rim = [at(hub + 0.33 * np.cos(a), 0.35 + 0.33 * np.sin(a)) for a in np.arange(21) * np.pi / 10]
        parts += [body((35, 35, 35), (p, 0.02), (q, 0.02)) for p, q in itertools.pairwise(rim)]
    red = (45, 45, 170)
    frame = [(-0.52, 0.35), (-0.05, 0.30), (-0.18, 0.85), (0.38, 0.82), (0.52, 0.35)]
    for p, q in ((0, 1), (1, 2), (2, 0), (2, 3), (1, 3), (3, 4)):
        parts.append(body(red, (at(*frame[p]), 0.02), (at(*frame[q]), 0.02)))
    hip, chest, bars = at(-0.2, 0.98), at(0.18, 1.42), at(0.42, 1.0)
    for side in (-1.0, 1.0):
        shade = 1.0 if side < 0 else 0.86
        turn = phase + side * np.pi / 2
        pedal = at(-0.05 + 0.17 * np.cos(turn), 0.30 - 0.17 * np.sin(turn), side * 0.1)
        seat = hip + aside * side * 0.09
        reach = pedal - seat
        length = min(float(np.linalg.norm(reach)), 0.88)
        bow = np.sqrt(0.45**2 - (length / 2) ** 2)  # thigh and shin of 0.45 m: the knee lies in front of their middle
        normal = np.cross(reach / np.linalg.norm(reach), aside)
        normal *= np.sign(normal @ ahead)
        knee = seat + reach / 2 + normal * bow
        parts.append(body(look["legs"], (seat, 0.085), (knee, 0.06), shade=shade))
        parts.append(body(look["legs"], (knee, 0.06), (pedal, 0.04), shade=shade))
        parts.append(body((40, 40, 40), (pedal - ahead * 0.05, 0.035), (pedal + ahead * 0.12, 0.03)))
        grip = bars + aside * side * 0.2
        parts.append(body(look["top"], (chest + aside * side * 0.17, 0.055), (grip, 0.04), shade=shade * 0.93))
    trunk = [(hip + aside * s * 0.07, 0.10) for s in (-1.0, 1.0)] + [
        (chest + aside * s * 0.12, 0.09) for s in (-1.0, 1.0)
    ]
    parts.append(body(look["top"], *trunk))
    head = chest + up * 0.27 + ahead * 0.06
    return parts + face(head, ahead, aside, 1.75, look | {"hair": (60, 200, 230)})  # a yellow helmet


FIGURES = {"person": person, "dog": dog, "cyclist": cyclist}


# The street


def street(rng: np.random.Generator) -> np.ndarray:
    """What never moves and hides nothing: ground, building, sky; float32 (height, width, 3)."""
    import cv2

    fine = 2
    a = (((np.arange(WIDTH * fine) + 0.5) / fine - 0.5) - (WIDTH - 1) / 2)[None, :] / FOCAL
    b = (((np.arange(HEIGHT * fine) + 0.5) / fine - 0.5) - (HEIGHT - 1) / 2)[:, None] / FOCAL
    down = b * np.cos(PITCH) + np.sin(PITCH)
    onward = np.cos(PITCH) - b * np.sin(PITCH)
    far = 46.0
    reach = np.minimum(CAMERA_HEIGHT / np.maximum(down, 1e-3), far / onward)
    x, z = a * reach, np.broadcast_to(onward * reach, (HEIGHT * fine, WIDTH * fine))
    y = CAMERA_HEIGHT - down * reach + 0 * a
    x, y, z = (w.astype(np.float32) for w in (x, y, z))

    def rough(u: np.ndarray, v: np.ndarray, size: float) -> np.ndarray:
        """Smooth noise in -1..1 with grains of ``size`` metres."""
        grid = rng.uniform(-1, 1, (256, 256)).astype(np.float32)
        return cv2.remap(grid, u / size % 256, v / size % 256, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)

    def paint(where: np.ndarray, colour: tuple[float, float, float], *noise: tuple[np.ndarray, float]) -> None:
        factor = 1 + sum(strength * grain[where] for grain, strength in noise)
        image[where] = np.array(colour, np.float32) * np.reshape(factor, (-1, 1))

    patches, blades, grit = rough(x, z, 2.3), rough(x, z, 0.13), rough(x, z, 0.07)
    image = np.zeros((*x.shape, 3), np.float32)
    paint(np.full(x.shape, True), (62, 128, 98), (patches, 0.12), (blades, 0.16))
    footpath = np.abs(x - (2.4 + (z - 5) * 7.6 / 39)) < 0.9
    back = np.abs(z - 27.1) < 1.0
    joints = (z % 0.8 < 0.05) | (x % 0.8 < 0.05)
    paint(footpath | back, (150, 170, 180), (patches, 0.05), (grit, 0.06))
    paint((footpath | back) & joints, (118, 135, 145), (grit, 0.05))
    road = np.abs(z - 16.0) < 2.6
    paint(np.abs(z - 16.0) < 2.85, (165, 170, 172), (grit, 0.06))
    paint(road, (118, 116, 114), (patches, 0.06), (grit, 0.10))
    cracks = road & (np.abs(z - 15.2 - 0.5 * rough(x, 0 * x, 0.9)) < 0.02) & (x > 2.2)
    paint(cracks, (75, 74, 73))
    paint(road & (np.abs(x + 5.2) < 0.9) & (np.abs(z - 17.0) < 0.7), (98, 96, 95), (grit, 0.08))  # a mended hole
    paint((np.abs(z - 18.35) < 0.06) | (np.abs(z - 13.65) < 0.06), (205, 210, 210), (grit, 0.08))
    wall = (z > far - 1e-3) & (y > 0)
    courses = (y % 0.5 < 0.07) | ((x + 0.5 * (y // 0.5 % 2)) % 1.0 < 0.06)
    paint(wall, (88, 112, 158), (rough(x, y, 0.7), 0.10))
    paint(wall & courses, (110, 128, 160))
    window = wall & (np.abs(x % 4.2 - 2.1) < 1.2) & (np.abs(y - 2.9) < 0.9)
    paint(window, (92, 80, 70), (rough(x, y, 1.5), 0.15))
    paint(window & ((np.abs(x % 4.2 - 2.1) < 0.06) | (np.abs(y - 2.9) < 0.05)), (205, 205, 205))
    paint(wall & (y > 5.6), (78, 80, 84))
    paint(wall & (y > 6.0), (226, 214, 205), (rough(x, y, 9.0), 0.03))
    paint(wall & (y < 1.3 + 0.15 * rough(x, y, 0.5)), (45, 82, 58), (rough(x, y, 0.3), 0.25))  # a hedge
    return cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)


def column(colour: tuple[float, float, float], x: float, z: float, low: float, high: float, r: float) -> Body:
    return body(colour, ((x, low, z), r), ((x, high, z), r))


def furniture() -> list[list[Body]]:
    """What stands on the ground and can hide people: a lamp post, a board, cones, a bench."""
    grey = (150, 152, 150)
    lamp = [column(grey, 0.95, 12.6, 0.0, 0.9, 0.11), column(grey, 0.95, 12.6, 0.9, 6.0, 0.07)]
    board = [column((90, 92, 95), x, 12.9, 0.0, 2.0, 0.04) for x in (-4.3, -3.3)]
    corners = [((x, y, 12.85), 0.02) for x in (-4.4, -3.2) for y in (0.75, 2.05)]
    board.append(body((165, 150, 60), *corners))
    board.append(body((225, 225, 225), *(((x, y, 12.8), 0.01) for x in (-4.25, -3.35) for y in (1.55, 1.9))))
    board.append(body((215, 215, 215), *(((x, y, 12.8), 0.01) for x in (-4.25, -3.7) for y in (0.9, 1.35))))
    cones = []
    for x, z in ((-6.6, 19.2), (-2.4, 19.3), (3.1, 19.2), (6.4, 12.9)):
        cone = [body((40, 110, 235), *(((x + dx, 0.02, z + dz), 0.02) for dx in (-0.22, 0.22) for dz in (-0.2, 0.2)))]
        cone.append(body((40, 110, 235), ((x, 0.08, z), 0.16), ((x, 0.68, z), 0.03)))
        cones.append([*cone, body((235, 235, 235), ((x, 0.30, z), 0.11), ((x, 0.42, z), 0.085))])
    wood = (70, 105, 140)
    bench = [column((70, 70, 72), x, z, 0.0, 0.45, 0.04) for x in (-8.6, -7.2) for z in (23.0, 23.4)]
    bench.append(body(wood, *(((x, 0.46, z), 0.03) for x in (-8.8, -7.0) for z in (22.9, 23.4))))
    bench.append(body(wood, *(((x, y, 23.45), 0.03) for x in (-8.8, -7.0) for y in (0.65, 0.95))))
    return [lamp, board, *cones, bench]


def leaves(rng: np.random.Generator) -> np.ndarray:
    """A tree's crown: (n, 6) of x, y, z, radius, when it sways, how bright."""
    n = 110
    direction = rng.normal(size=(n, 3))
    place = direction / np.linalg.norm(direction, axis=1, keepdims=True) * rng.uniform(0.3, 1, (n, 1)) ** 0.5
    centre, extent = np.array([7.6, 3.7, 20.6]), np.array([1.9, 1.6, 1.5])
    more = [rng.uniform(0.25, 0.45, n), rng.uniform(0, 2 * np.pi, n), rng.uniform(0.7, 1.2, n)]
    return np.concatenate([centre + place * extent, np.stack(more, axis=1)], axis=1)


def tree(crown: np.ndarray, frame: int) -> list[Body]:
    gust = 0.5 + 0.5 * np.sin(2 * np.pi * frame / 190)
    sway = 0.16 * (0.3 + gust) * np.sin(2 * np.pi * frame / 26 + 0.35 * crown[:, 4])
    balls = crown[:, :4].copy()
    balls[:, 0] += sway * (crown[:, 1] - 1.5) / 2.5
    top = 0.16 * (0.3 + gust) * np.sin(2 * np.pi * frame / 26)
    wood = [body((55, 75, 95), ((7.6, 0.0, 20.6), 0.2), ((7.6 + 0.5 * top, 3.6, 20.6), 0.12))]
    return wood + [Body(ball[None], (45 * s, 105 * s, 75 * s)) for ball, s in zip(balls, crown[:, 5], strict=True)]


# Motion and the frames


def journey(mover: Mover) -> np.ndarray:
    """Rows of frame, x, z, heading x, heading z, phase of the gait (radians), swing; until the path ends."""
    points = list(mover.path)
    place = np.array(points.pop(0), dtype=float)
    stride = {"person": 1.45, "dog": 1.1, "cyclist": 4.6}[mover.kind]
    heading, phase, swing, wait, frame, rows = None, 0.37 * mover.start, 1.0, 0.0, mover.start, []
    while points or wait > 0:
        step = 0.0
        if wait > 0:
            wait -= 1 / FPS
        elif points[0][0] == "wait":
            wait = points.pop(0)[1]
        else:
            way = np.array(points[0], dtype=float) - place
            left = float(np.hypot(*way))
            step = min(mover.speed / FPS, left)
            heading = way / left if heading is None else heading + 0.35 * (way / left - heading)
            heading = heading / np.hypot(*heading)
            place = place + way / left * step
            if left <= mover.speed / FPS + 1e-9:
                points.pop(0)
        phase += 2 * np.pi * step / stride
        swing += 0.35 * ((1.0 if step > 0 else 0.0) - swing)
        rows.append((frame, *place, *heading, phase, swing))
        frame += 1
    return np.array(rows)


def looks(rng: np.random.Generator) -> dict[str, Any]:
    def pick(colours: list[tuple[int, int, int]]) -> tuple[int, int, int]:
        return colours[rng.integers(len(colours))]

    look = {"height": rng.uniform(1.58, 1.90), "skin": pick(SKIN), "hair": pick(HAIR)}
    look |= {"top": pick(TOP), "legs": pick(LEGS), "coat": bool(rng.random() < 0.3)}
    return look | {"bag": pick(TOP) if rng.random() < 0.3 else None}


def frames() -> Iterator[tuple[np.ndarray, list[tuple[Any, ...]]]]:
    """Each frame, uint8 (height, width, 3), and the rows of ``tracks`` for it."""
    import cv2

    rng = np.random.Generator(np.random.PCG64(SEED))
    ground = street(rng)
    crown = leaves(rng)
    things = []
    for bodies in furniture():
        darken(ground, shadow(bodies))
        depth = np.mean([project(one.balls[:, :3])[1].min() for one in bodies])
        things.append(draw(outlines(bodies, ordered=False), float(depth)))
    darken(ground, shadow(tree(crown, 0)))
    tree_depth = float(project(np.array([[7.6, 0.9, 20.6]]))[1][0])
    noise = NOISE * rng.standard_normal((HEIGHT + 64, WIDTH + 64, 3), dtype=np.float32)
    look = [looks(rng) for _ in MOVERS]
    ways = [{int(row[0]): row[1:] for row in journey(mover)} for mover in MOVERS]
    for frame in range(FRAMES):
        image = ground.copy()
        there = []
        for track, (mover, way) in enumerate(zip(MOVERS, ways, strict=True), start=1):
            if frame not in way:
                continue
            x, z, hx, hz, phase, swing = way[frame]
            bodies = FIGURES[mover.kind](x, z, np.array([hx, hz]), phase, swing, look[track - 1])
            darken(image, shadow(bodies))
            foot, depth = project(np.array([[x, 0.0, z], [x, 0.9, z]]))
            there.append((draw(outlines(bodies, ordered=True), float(depth[1])), track, mover.kind, foot[0]))
        scene = [*there, *((thing, 0, "", None) for thing in things)]
        scene.append((draw(outlines(tree(crown, frame), ordered=True), tree_depth), 0, "", None))
        scene.sort(key=lambda item: -item[0].depth)
        for sprite, *_ in scene:
            inside, part = sprite.clip()
            image[inside] = image[inside] * (1 - sprite.alpha[part][..., None]) + sprite.colour[part]
        light = 1 + 0.05 * np.sin(2 * np.pi * frame / 700) * np.array([1.0, 0.9, 0.7])  # the sky's colour drifts too
        light = light * (STEP_GAIN if frame >= STEP_FRAME else 1.0)
        image = cv2.GaussianBlur(image, (0, 0), BLUR) * light.astype(np.float32)
        dx, dy = rng.integers(64, size=2)  # the same noise is used again, shifted: that is quicker
        image += noise[dy : dy + HEIGHT, dx : dx + WIDTH]
        yield np.clip(np.round(image), 0, 255).astype(np.uint8), truth(frame, scene)


def darken(image: np.ndarray, dark: Sprite) -> None:
    inside, part = dark.clip()
    image[inside] *= 1 - dark.alpha[part][..., None]


def truth(frame: int, scene: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows of ``tracks``: whoever has at least one pixel of the frame for the greater part."""
    covered = np.zeros((HEIGHT, WIDTH), np.float32)
    rows = []
    for sprite, track, kind, foot in reversed(scene):  # the nearest first
        inside, part = sprite.clip()
        seen = sprite.alpha[part] * (1 - covered[inside])
        covered[inside] += seen
        ys, xs = np.nonzero(seen > 0.5)
        if track and len(xs):
            left, top = inside[1].start + xs.min(), inside[0].start + ys.min()
            size = (np.ptp(xs) + 1, np.ptp(ys) + 1)
            share = round(float(seen.sum() / sprite.alpha.sum()), 3)
            rows.append((frame, track, kind, left, top, *size, share, *np.round(foot, 2)))
    return sorted(rows, key=lambda row: row[1])


def picture(folder: Path) -> Figure:
    """Four moments; coarse colours, so that the file stays small."""
    import cv2
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    tracks, line = (pd.read_parquet(folder / f"{name}.parquet") for name in ("tracks", "line"))
    top, bottom, size = 92, 370, (440, 191)
    scale = size[0] / WIDTH
    figure = Figure(figsize=(9, 4.2))
    video = cv2.VideoCapture(str(folder / "walkers.mp4"))
    shown = {246: "waiting at the line", 275: "a cyclist", 460: "darker; a dog", 552: "near and far"}
    for frame in range(max(shown) + 1):
        image = video.read()[1]
        if frame not in shown:
            continue
        axes = figure.add_subplot(2, 2, list(shown).index(frame) + 1)
        flat = cv2.pyrMeanShiftFiltering(cv2.medianBlur(image, 7), 10, 28)  # everything but the movers
        for row in tracks[tracks["frame"] == frame].itertuples():
            box = (slice(row.y, row.y + row.h), slice(row.x, row.x + row.w))
            flat[box] = image[box]
        small = cv2.resize(flat[top:bottom], size, interpolation=cv2.INTER_NEAREST)
        axes.imshow(small[..., ::-1] // 24 * 24 + 12, interpolation="nearest")
        x1, y1, x2, y2 = line.iloc[0]
        axes.plot([x1 * scale, x2 * scale], [(y1 - top) * scale, (y2 - top) * scale], color="magenta", linewidth=2)
        for row in tracks[tracks["frame"] == frame].itertuples():
            corner = (row.x * scale, (row.y - top) * scale)
            axes.add_patch(Rectangle(corner, row.w * scale, row.h * scale, fill=False, color="#F0E442", linewidth=1.2))
            axes.text(*corner, str(row.track), fontsize=8, color="white", va="bottom", weight="bold")
        axes.set_title(f"frame {frame}: {shown[frame]}", fontsize=9)
        axes.set(xlim=(-0.5, size[0] - 0.5), ylim=(size[1] - 0.5, -0.5))
        axes.set_axis_off()
    figure.subplots_adjust(left=0, right=1, bottom=0, top=0.94, wspace=0.02, hspace=0.12)
    return figure

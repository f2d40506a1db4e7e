"""Writes the crossings counted by eye in the video of the pedestrians dataset; this script is their source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
from sources import write_parquet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

VERSION = "1"
SUMMARY = "27 crossings of a line in the video of pedestrians, counted by eye twice, to the frame"
LICENCE = "CC0-1.0"
FILE_LICENCES: dict[str, str] = {}
SOURCE = "counted by eye; build.py holds the counts"
PICTURE = (
    "Diagram of the counting line at x = 340 with the 27 foot points beside it: triangles point in the direction of "
    "walking, colour gives the frame; right of it, the same crossings along the time axis."
)

LINE = (340, 385, 340, 160)  # x1, y1, x2, y2 in pixels: from the near side of the road to the far side
CROSSINGS = [  # frame by the first count, frame by the second, direction, foot point's x and y in that frame, note
    (12, 12, "right", 340, 289, "the foot point lies on the line itself"),
    (66, 65, "left", 334, 234, "in frame 65 the foot point lies on the line itself"),
    (97, 97, "right", 344, 272, ""),
    (165, 165, "left", 334, 239, ""),
    (185, 186, "left", 339, 288, "the foot point lies almost on the line"),
    (226, 226, "left", 334, 238, ""),
    (262, 262, "left", 337, 294, ""),
    (286, 286, "left", 336, 227, ""),
    (299, 299, "left", 337, 294, ""),
    (305, 305, "right", 344, 224, "until frame 304 the rear foot is hidden by the man of frame 299"),
    (325, 325, "right", 346, 249, ""),
    (338, 338, "right", 346, 296, ""),
    (342, 342, "right", 342, 247, "the front foot is hidden by the man of frame 338"),
    (372, 372, "left", 337, 247, ""),
    (455, 455, "right", 343, 294, ""),
    (497, 497, "left", 338, 266, ""),
    (574, 574, "left", 335, 219, ""),
    (649, 649, "left", 339, 227, ""),
    (670, 670, "right", 340, 215, "the foot point lies on the line itself"),
    (690, 690, "right", 341, 244, ""),
    (694, 694, "left", 337, 307, ""),
    (715, 715, "left", 331, 236, ""),
    (736, 736, "right", 345, 277, ""),
    (758, 758, "left", 334, 252, ""),
    (774, 774, "right", 341, 345, "on the grass"),
    (778, 778, "left", 333, 273, "until frame 777 a foot is hidden by the man of frame 774"),
    (782, 782, "right", 344, 240, "until frame 781 the rear foot is hidden by the man of frame 778"),
]


def build(out: Path) -> None:
    """Writes the two tables into the folder ``out``."""
    crossings = pd.DataFrame(CROSSINGS, columns=["frame", "recount", "direction", "x", "y", "note"])
    crossings = crossings.astype(dict.fromkeys(["frame", "recount", "x", "y"], "int16") | {"direction": "category"})
    line = pd.DataFrame([LINE], columns=["x1", "y1", "x2", "y2"], dtype="int16")
    for name, table in (("crossings", crossings), ("line", line)):
        write_parquet(pa.Table.from_pandas(table, preserve_index=False), out / f"{name}.parquet")


def picture(folder: Path) -> Figure:
    """Where on the line, and when."""
    from matplotlib.figure import Figure

    crossings, line = (pd.read_parquet(folder / f"{name}.parquet") for name in ("crossings", "line"))
    x1, y1, x2, y2 = line.iloc[0]
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    where, when = figure.subplots(1, 2, width_ratios=[1, 2.2])
    where.plot([x1, x2], [y1, y2], color="black", linewidth=1.5)
    where.text(x2 + 1, y2 + 2, "line", va="top")
    styles = {"right": (">", "#D55E00"), "left": ("<", "#0072B2")}
    for direction, (marker, colour) in styles.items():
        rows = crossings[crossings["direction"] == direction]
        dots = where.scatter(
            rows["x"],
            rows["y"],
            c=rows["frame"],
            marker=marker,
            vmin=0,
            vmax=794,
            cmap="cividis",
            edgecolors="grey",
            s=45,
        )
        when.scatter(
            rows["frame"], rows["y"], marker=marker, color=colour, s=45, label=f"to the {direction} ({len(rows)})"
        )
    figure.colorbar(dots, ax=where, label="frame")
    where.set(xlim=(322, 358), ylim=(390, 155), xlabel="x (pixels)", ylabel="y (pixels)", title="where: foot points")
    when.set(xlim=(0, 795), ylim=(390, 155), xlabel="frame", ylabel="y (pixels)", title="when: 27 crossings")
    when.legend(loc="lower left")
    return figure

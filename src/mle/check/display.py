"""Yours beside the target: as a small table, and as a picture where the values form a curve."""

from __future__ import annotations

import base64
import io

import numpy as np

from mle.check.values import apart

ROWS = 5
"""How many entries a failed comparison shows."""


def beside(mine: np.ndarray, target: np.ndarray, wrong: np.ndarray) -> list[list[str]]:
    """Rows (where, yours, target) of the first wrong entries, at most `ROWS` of them."""
    rows = []
    for index in list(zip(*np.nonzero(wrong), strict=True))[:ROWS]:
        place = ", ".join(str(int(i)) for i in index)
        rows.append([f"[{place}]", *apart(mine[index], target[index])])
    return rows


def draw(mine: np.ndarray, target: np.ndarray) -> str:
    """A base64 PNG of two curves, or of two images side by side; empty where neither fits."""
    if mine.dtype.kind not in "biuf" or mine.ndim not in (1, 2) or mine.size < 2:
        return ""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 2.6), layout="constrained")
    FigureCanvasAgg(figure)
    if mine.ndim == 1:
        axes = figure.subplots()
        axes.plot(target, color="#0072B2", linewidth=4, alpha=0.5, label="target")
        axes.plot(mine, color="#D55E00", linestyle="--", label="yours")
        axes.set(xlabel="entry", ylabel="value")
        axes.legend()
    else:
        low, high = float(np.nanmin(target)), float(np.nanmax(target))
        for axes, values, title in zip(figure.subplots(1, 2), (mine, target), ("yours", "target"), strict=True):
            axes.imshow(values, vmin=low, vmax=high, cmap="cividis", aspect="auto")
            axes.set_title(title)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=80, metadata={"Software": None})
    return base64.b64encode(out.getvalue()).decode("ascii")

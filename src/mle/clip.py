"""Video shown as video: frames as a short clip that plays in JupyterLab, and reading a video file."""

from __future__ import annotations

import base64
import html
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from IPython.display import HTML


class ClipError(Exception):
    """A video cannot be read or written; the message says what and where."""


def read(path: Path, start: int = 0, stop: int | None = None, step: int = 1) -> Iterator[np.ndarray]:
    """The frames ``start``, ``start + step``, … before ``stop`` of a video: uint8 arrays (height, width, 3), RGB.

    Raises ClipError when the file is no video that OpenCV reads.
    """
    video = cv2.VideoCapture(str(path))
    try:
        if not video.isOpened():
            raise ClipError(f"{path}: not a video that OpenCV can read")
        for number in range(int(video.get(cv2.CAP_PROP_FRAME_COUNT)) if stop is None else stop):
            wanted = number >= start and (number - start) % step == 0
            if not video.grab():
                return
            if wanted:
                yield cv2.cvtColor(video.retrieve()[1], cv2.COLOR_BGR2RGB)
    finally:
        video.release()


def show(frames: Sequence[np.ndarray], fps: float, alt: str) -> HTML:
    """A clip that a notebook plays: ``frames`` are uint8 arrays (height, width, 3), RGB, or (height, width), grey.

    ``fps`` is in frames a second; ``alt`` says in a sentence what is seen. The clip is WebM (VP8) inside the output.
    Raises ClipError when there are no frames, or frames of more than one size.
    """
    if len(sizes := {frame.shape[:2] for frame in frames}) != 1:
        raise ClipError(f"a clip needs frames of one size, not {sorted(sizes) or 'none'}")
    (height, width) = sizes.pop()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "clip.webm"
        with _quiet():  # the codec's name is not the one OpenCV lists for WebM, which it says on stderr
            video = cv2.VideoWriter(str(file), cv2.VideoWriter_fourcc(*"VP80"), fps, (width, height))
        if not video.isOpened():
            raise ClipError("this OpenCV cannot write VP8: install the opencv-python-headless of requirements.lock")
        for frame in frames:
            video.write(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR if frame.ndim == 2 else cv2.COLOR_RGB2BGR))
        video.release()
        content = base64.b64encode(file.read_bytes()).decode("ascii")
    label = html.escape(alt, quote=True)
    return HTML(
        f'<video controls loop muted playsinline width="{width}" height="{height}" aria-label="{label}" '
        f'src="data:video/webm;base64,{content}"></video>'
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Send what a C library writes to the process's stderr to nowhere."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)

"""Frames become a clip that plays, and a video file becomes frames."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import numpy as np
import pytest

from mle import clip, data


def test_the_frames_of_a_video_are_read_in_order_and_in_colour():
    path = data.path("walkers", "walkers.mp4")
    frames = list(clip.read(path, start=10, stop=16, step=2))
    assert len(frames) == 3 and {(f.shape, f.dtype) for f in frames} == {((480, 640, 3), np.dtype("uint8"))}
    every = list(clip.read(path, stop=13))
    assert len(every) == 13 and np.array_equal(frames[1], every[12])


def test_a_file_that_is_no_video_is_named(tmp_path: Path):
    (tmp_path / "note.mp4").write_text("no video")
    with pytest.raises(clip.ClipError, match=r"note.mp4: not a video"):
        list(clip.read(tmp_path / "note.mp4"))


@pytest.mark.parametrize("shape", [(48, 64, 3), (48, 64)])
def test_a_clip_holds_the_frames_as_webm(shape: tuple[int, ...], tmp_path: Path, capfd):
    frames = [np.full(shape, level, np.uint8) for level in (20, 120, 220)]
    shown = clip.show(frames, fps=10, alt='a grey "field" that brightens')
    assert 'aria-label="a grey &quot;field&quot; that brightens"' in shown.data and "controls" in shown.data
    content = base64.b64decode(re.search(r"base64,([^\"]+)", shown.data)[1])
    (tmp_path / "clip.webm").write_bytes(content)
    back = [frame.mean() for frame in clip.read(tmp_path / "clip.webm")]
    assert np.allclose(back, [20, 120, 220], atol=6)
    assert capfd.readouterr().err == ""


def test_frames_of_two_sizes_or_none_are_refused():
    with pytest.raises(clip.ClipError, match="one size"):
        clip.show([np.zeros((4, 4), np.uint8), np.zeros((4, 6), np.uint8)], 10, "two sizes")
    with pytest.raises(clip.ClipError, match="none"):
        clip.show([], 10, "nothing")

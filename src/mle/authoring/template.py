"""A module of one's own, begun from a template whose graders are sound already."""

from __future__ import annotations

import re
from pathlib import Path

from mle.authoring.lesson import LessonError

TEMPLATE = Path(__file__).parent / "template" / "lessons"


def begin(root: Path, folder: str, title: str) -> list[Path]:
    """Write the module `folder` under `root/lessons`; returns its files. Raises `LessonError`, and writes nothing then."""
    target = root / "lessons" / folder
    if not re.fullmatch(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*", folder):
        raise LessonError([f"{folder!r}: a module's folder is two digits and lower-case words, such as 15-my-module"])
    if taken := [p.name for p in (root / "lessons").glob(f"{folder[:2]}-*")]:
        raise LessonError([f"{folder}: the number is taken by {taken[0]}"])
    if not title.strip() or '"' in title or "\\" in title:
        raise LessonError([f"{title!r} is no title: some words without quotes"])
    target.mkdir(parents=True)
    paths = []
    for source in sorted(p for p in TEMPLATE.iterdir() if p.suffix in (".py", ".toml")):
        path = target / source.name
        path.write_text(source.read_text(encoding="utf-8").replace("TITLE", title), encoding="utf-8")
        paths.append(path)
    return paths

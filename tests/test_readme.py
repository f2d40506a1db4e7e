"""What the README says is so: its figures, its links, its commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mle.authoring.lesson import find_lessons, read_lesson
from mle.authoring.overview import tally_of

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def said(pattern: str) -> list[float]:
    """The figures that the one passage of this pattern gives."""
    (found,) = re.findall(pattern, re.sub(r"\s+", " ", README))
    return [float(figure.replace(",", "")) for figure in (found if isinstance(found, tuple) else (found,))]


def test_the_course_is_as_large_and_as_well_checked_as_it_says():
    tallies = [tally_of(read_lesson(path)) for path in find_lessons(ROOT)]
    exercises, lessons, mistakes = said(r"The ([\d,]+) exercises of ([\d,]+) lessons ship ([\d,]+) mistakes")
    assert (exercises, lessons) == (sum(t.exercises for t in tallies), len(tallies))
    assert mistakes == sum(t.mistakes for t in tallies)
    assert said(r"\(mutants\), ([\d,]+) of ([\d,]+) are rejected") == [
        sum(t.rejected for t in tallies), sum(t.mutants for t in tallies)
    ]  # fmt: skip


def test_a_class_is_graded_as_much_faster_as_the_bench_measured():
    bench = (ROOT / "grading" / "bench.md").read_text(encoding="utf-8")
    ratio = float(re.search(r"\| ratio \|.* ([\d.]+) \|\n", bench)[1])
    assert said(r"grades a class, (\d+) times as fast") == [int(ratio)]


def test_a_kernel_restarts_as_fast_as_was_measured():
    rows = re.findall(r"\| [\w-]+ \| ([\d.]+) \| ([\d.]+) \|", (ROOT / "docs" / "warm-kernel.md").read_text("utf-8"))
    low, high, cold_low, cold_high = said(r"takes ([\d.]+) to ([\d.]+) s instead of ([\d.]+) to ([\d.]+)")
    cold, warm = ([float(row[i]) for row in rows] for i in (0, 1))
    assert [low, high] == pytest.approx([min(warm), max(warm)], abs=0.05)
    assert [cold_low, cold_high] == pytest.approx([min(cold), max(cold)], abs=0.05)


def test_every_link_and_picture_is_there():
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", README) if "://" not in link]
    assert len(links) > 25
    assert [link for link in links if not (ROOT / link.partition("#")[0]).exists()] == []


def test_every_make_target_and_mle_command_that_it_names_exists():
    makefile, cli = (ROOT / "Makefile").read_text("utf-8"), (ROOT / "src" / "mle" / "cli.py").read_text("utf-8")
    targets = set(re.findall(r"\bmake ([a-z]+)\b(?=[`\s])", "\n".join(re.findall(r"`[^`]+`|^make .*$", README, re.M))))
    commands = set(re.findall(r"`(?:\.venv/bin/)?mle ([a-z]+)", README))
    assert {"lab", "test"} <= targets and {"grade", "submit"} <= commands
    assert [name for name in targets if not re.search(rf"^{name}:", makefile, re.M)] == []
    assert [name for name in commands if not re.search(rf"^def {name}\(", cli, re.M)] == []

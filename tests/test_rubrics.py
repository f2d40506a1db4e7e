"""Anchored samples: what is wrong with them is said with its line, and the graders' page holds all that a grader needs."""

from __future__ import annotations

import pytest

from mle.authoring import rubrics
from mle.authoring.lesson import read_lesson

LESSON = """\
# %% [markdown]
# # Memos
#
# ### Exercise 1 · Explain
#
# 5 min · ●●○○ · 3 points
#
# Say why. A person grades it; each line is worth a point:
#
# | | full (1) | none (0) |
# |---|---|---|
# | **reason** | there | not there |
#
# <details><summary>Hint 1 · the idea</summary>Think.</details>

# %% [markdown] explain="memo" points=3
# The model answer.
"""
SAMPLES = """\
# %% [markdown] explain="memo" kind="sample" points=1.5
# Half a text.
#
# *It says half.*

# %% [markdown] explain="memo" kind="sample" points=0
# No text.
#
# *It says nothing.*

# %% [markdown] explain="memo" kind="sample" points=3
# A good text.
#
# *It says all.*
"""


@pytest.fixture
def lesson(tmp_path):
    folder = tmp_path / "lessons" / "01-demo"
    folder.mkdir(parents=True)
    (folder / "1-memos.py").write_text(LESSON, encoding="utf-8")

    def with_samples(text=SAMPLES):
        (folder / "1-memos.answers.py").write_text(text, encoding="utf-8")
        return read_lesson(folder / "1-memos.py")

    return with_samples


def test_three_samples_over_the_scale_are_enough(lesson):
    assert rubrics.problems_of(lesson()) == []


@pytest.mark.parametrize(
    "old, new, says",
    [
        ("points=1.5", "points=1.7", "answers.py:1: a sample of 'memo' earns 0 to 3 points, in halves"),
        ("points=3", "points=3.5", "answers.py:11: a sample of 'memo' earns 0 to 3 points, in halves"),
        ("points=3", 'points="3"', "answers.py:11: a sample of 'memo' earns 0 to 3 points, in halves"),
        (" points=1.5", "", "answers.py:1: a sample of 'memo' earns 0 to 3 points, in halves"),
        ("points=3", "points=2", "anchor only part of the scale"),
        ("points=0", "points=1.5", "anchor only part of the scale"),
        ("# *It says half.*", "# It says half.", "answers.py:1: the sample's last paragraph is to say in *italics*"),
        (
            'explain="memo" kind="sample" points=3',
            'explain="note" kind="sample" points=3',
            "no free-text answer 'note'",
        ),
    ],
)
def test_what_is_wrong_with_a_sample_is_said_with_its_line(lesson, old, new, says):
    assert old in SAMPLES
    assert any(says in problem for problem in rubrics.problems_of(lesson(SAMPLES.replace(old, new))))


def test_a_free_text_answer_without_samples_is_a_problem(lesson):
    assert "0 of 3 anchored samples" in rubrics.problems_of(lesson(""))[0]


def test_the_graders_page_has_the_rubric_the_model_answer_and_the_samples_best_first(lesson, tmp_path):
    lesson()
    ((path, text),) = rubrics.pages(tmp_path).items()
    assert path == tmp_path / "grading" / "rubrics" / "01-demo.md"
    order = ["## 1-memos · Exercise 1 · Explain", "| **reason** |", "The model answer.", "3 of 3", "A good text.",
             "1.5 of 3", "*It says half.*", "0 of 3", "No text."]  # fmt: skip
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "Hint" not in text

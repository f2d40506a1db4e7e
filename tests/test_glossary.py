"""The glossary: each term once, in order, short, and said in the lesson that it names."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from mle.authoring.lesson import read_lesson
from mle.study import work

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "lessons" / "glossary.md").read_text(encoding="utf-8")
LINK = re.compile(r"\[(\d\d/\d)\]\(([^)]+)\)")
ENTRY = re.compile(r"- \*\*(?P<term>.+?)\*\* · (?P<says>.+?\.)(?: \((?P<links>\[.+\))\))?")
LINES = [line for line in PAGE.splitlines() if line.startswith("- ")]
ENTRIES = [found for line in LINES if (found := ENTRY.fullmatch(line))]
TERMS = [entry["term"] for entry in ENTRIES]
LONGEST = 200  # characters of a definition


@cache
def prose(target: str) -> str:
    """What a lesson says, without its code cells; in lower case, on one line."""
    lesson = read_lesson(ROOT / "lessons" / Path(target).with_suffix(".py"))
    text = " ".join(cell.source for cell in lesson.cells if cell.kind == "markdown")
    return " ".join(text.lower().replace("*", "").split())


def is_said(term: str, target: str) -> bool:
    """Whether the lesson has each word of the term; a longer word may end otherwise ("padded", "proxies")."""
    stems = [word if len(word) < 5 else word[: max(4, len(word) - 3)] for word in term.lower().split()]
    return all(re.search(rf"\b{re.escape(stem)}", prose(target)) for stem in stems)


def test_every_line_of_the_list_is_an_entry():
    assert len(LINES) > 300
    assert [line for line in LINES if not ENTRY.fullmatch(line)] == []


def test_the_terms_stand_in_the_order_of_the_alphabet_and_none_twice():
    folded = [term.casefold() for term in TERMS]
    assert folded == sorted(set(folded))


def test_each_term_stands_under_its_letter():
    letter = ""
    for line in PAGE.splitlines():
        if line.startswith("## "):
            letter = line.removeprefix("## ")
        elif entry := ENTRY.fullmatch(line):
            assert entry["term"][0].upper() == letter, entry["term"]


def test_no_definition_is_long():
    assert [entry["term"] for entry in ENTRIES if len(entry["says"]) > LONGEST] == []


def test_a_term_leads_to_lessons_or_to_another_term():
    leads = {entry["term"]: re.fullmatch(r"see \*(.+)\*\.", entry["says"]) for entry in ENTRIES if not entry["links"]}
    assert [term for term, other in leads.items() if not other or other[1] not in {*TERMS} - {*leads}] == []


def test_each_link_leads_to_the_lesson_of_its_number():
    for number, target in LINK.findall(PAGE):
        module, _, lesson = target.partition("/")
        assert f"{module[:2]}/{lesson[0]}" == number
        assert (ROOT / "modules" / target).is_file()


def test_the_lesson_that_a_term_names_says_it():
    named = [(entry["term"], target) for entry in ENTRIES for _, target in LINK.findall(entry["links"] or "")]
    assert [(term, target) for term, target in named if not is_said(term, target)] == []


def test_learners_have_the_glossary_beside_their_own_copies_of_the_lessons(tmp_path: Path):
    (tmp_path / "modules").symlink_to(ROOT / "modules")
    work.prepare(tmp_path)
    mine = tmp_path / work.FOLDER
    assert (mine / "glossary.md").read_text(encoding="utf-8") == PAGE, "run `make build`"
    assert all((mine / target).is_file() for _, target in LINK.findall(PAGE))

"""How a verdict reads: short, in words, safe to show, whatever the learner's values do."""

from __future__ import annotations

import base64
import html.parser
import json
import re

import numpy as np
import pandas as pd
import pytest

from mle import check
from mle.check import session
from mle.check.failure import MIME, Failed, UsageError, Verdict
from mle.check.values import array, describe


def verdict(error: BaseException | None, exercise: str = "split") -> Verdict:
    session.start(exercise, 3)
    return session.verdict_of(error)


def caught(fn, *args, **kwargs) -> BaseException:
    with pytest.raises(Exception) as info:
        fn(*args, **kwargs)
    return info.value


def sentences(text: str) -> int:
    return len(re.findall(r"[.!?](?=\s|$)", text))


class Page(html.parser.HTMLParser):
    """Collects tags, texts and whether every opened tag is closed."""

    def __init__(self, text: str):
        super().__init__()
        self.open, self.tags, self.texts = [], [], []
        self.feed(text)
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


FAILED = [
    caught(check.close, np.arange(20.0), np.arange(20.0) + 1, says="shifted by one", look="Hint 2"),
    caught(check.close, np.linspace(0, 1, 9), np.linspace(0, 2, 9), says="too flat", picture=True),
    caught(check.equal, "A", "a", says="the wrong letter", look="the section 'Letters'"),
    caught(check.within, [2.0], 0, 1),
    caught(check.raises, ValueError, lambda: 3, says="accepts everything"),
    caught(check.equal, None, [1]),
    Failed("only words"),
]


@pytest.mark.parametrize("error", FAILED, ids=lambda e: e.says)
def test_a_failed_check_says_why_what_and_where_in_at_most_three_sentences(error):
    found = verdict(error)
    assert found.status == "failed" and not found.passed
    assert 1 <= sentences(found.message) <= 3
    assert error.says.lower() in found.message.lower()
    assert all(part in found.message for part in (error.seen, error.expected, error.look))
    assert str(found).startswith("✗ split · not yet\n")


@pytest.mark.parametrize("error", FAILED, ids=lambda e: e.says)
def test_the_box_holds_the_same_as_the_text_and_is_well_formed(error):
    found = verdict(error)
    page = Page(found.to_html())
    shown = " ".join(page.texts)
    for part in (error.seen, error.expected, error.look, *(cell for row in error.table for cell in row)):
        assert part in shown
    assert [attrs["alt"] for tag, attrs in page.tags if tag == "img"] == ["Your values drawn beside the target"] * bool(
        error.picture
    )


def test_each_status_has_its_own_sign_and_words_so_that_colour_is_never_alone():
    heads = {}
    for status in ("passed", "failed", "todo", "error"):
        found = Verdict("split", status, "says")
        heads[status] = Page(found.to_html()).texts[0], str(found).splitlines()[0]
    assert len({head[0][0] for head in heads.values()}) == 4, "four signs"
    assert len({head[0][1:] for head in heads.values()}) == 4, "four texts"
    assert all(head[0][0] == head[1][0] for head in heads.values()), "text and box carry the same sign"


def test_a_table_in_the_box_has_headings_for_screen_readers():
    page = Page(verdict(FAILED[0]).to_html())
    assert [attrs.get("scope") for tag, attrs in page.tags if tag == "th"] == ["col"] * 3


@pytest.mark.parametrize("field", ["exercise", "says", "seen", "expected", "look"])
def test_what_a_learner_writes_is_escaped_in_the_box(field):
    evil = '<script>alert(1)</script><img src=x onerror="x">'
    found = Verdict(**{"exercise": "e", "status": "failed", "says": "no", field: evil})
    assert {tag for tag, _ in Page(found.to_html()).tags} <= {"div", "strong", "p", "em", "code"}
    table = Verdict("e", "failed", "no", table=[[evil, evil, evil]])
    assert not {"script", "img"} & {tag for tag, _ in Page(table.to_html()).tags}


def test_the_json_of_a_verdict_is_the_verdict_without_its_picture():
    found = verdict(FAILED[1])
    data = json.loads(json.dumps(found.to_json()))
    assert "picture" not in data and found.picture
    assert Verdict(**data) == Verdict(**{**found.__dict__, "picture": ""})
    bundle = found._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", MIME} and bundle[MIME] == found.to_json()


def test_yours_beside_the_target_is_drawn_for_curves_and_images_only():
    def drawn(mine, target):
        return caught(check.close, mine, target, picture=True).picture

    assert base64.b64decode(drawn(np.zeros(5), np.ones(5))).startswith(b"\x89PNG")
    assert base64.b64decode(drawn(np.zeros((4, 4)), np.ones((4, 4)))).startswith(b"\x89PNG")
    assert drawn([np.nan, np.inf, 1], [np.nan, 1, 1])
    assert drawn(np.full((2, 2), np.nan), np.full((2, 2), np.inf))
    assert not drawn(np.zeros((2, 2, 2)), np.ones((2, 2, 2)))
    assert not drawn(1, 2)


class Broken:
    """Raises whatever is asked of it."""

    def __repr__(self):
        raise RuntimeError("no repr")

    __str__ = __eq__ = __array__ = __len__ = __iter__ = __getattr__ = __repr__
    __hash__ = None


class Agrees:
    """Says yes to everything."""

    dtype, shape = np.dtype(float), (2,)

    def __eq__(self, other):
        return True

    __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __eq__
    __hash__ = object.__hash__

    def __array__(self, dtype=None, copy=None):
        return objects(self, self)


def objects(*items):
    out = np.empty(len(items), dtype=object)
    for place, item in enumerate(items):
        out[place] = item
    return out


@pytest.mark.parametrize("value", [Agrees(), [Agrees(), Agrees()], objects(Agrees(), Agrees())])
def test_an_object_that_always_agrees_passes_nothing(value):
    for word in (check.equal, check.close):
        with pytest.raises((Failed, TypeError)):
            word(value, [1.0, 2.0])
        with pytest.raises((Failed, TypeError)):
            word(value, "ab" if word is check.equal else 1.0)
    with pytest.raises((Failed, TypeError)):
        check.one_of(value, ["a"])
    with pytest.raises((Failed, TypeError)):
        check.within(value, 0, 1)


def deep(value=0, width=8, depth=40):
    for _ in range(depth):
        value = [value] * width
    return value


def loop():
    out: list = [1]
    out.append(out)
    return out


@pytest.mark.parametrize(
    "value",
    [np.zeros(10**6), list(range(10**5)), "x" * 10**7, {i: i for i in range(10**4)}, pd.DataFrame(np.zeros((9, 50))), deep(),
     loop(), Broken(), [Broken()], {"k": Broken()}, 10**5000, b"\0" * 10**6, np.array(["a" * 999] * 3), 1 + 2j, None, len],
    ids=lambda v: type(v).__name__,
)  # fmt: skip
def test_any_value_is_described_in_one_short_line_without_an_error(value):
    text = describe(value)
    assert 0 < len(text) <= 120 and "\n" not in text


def test_values_are_shown_as_python_writes_them_and_not_as_numpy_does():
    shown = describe([np.float64(1.5), np.str_("a"), np.datetime64("2020-01-01"), np.int8(3), np.True_])
    assert shown == "[1.5, 'a', 2020-01-01, 3, True]"
    assert describe((1,)) == "(1,)"


def test_a_masked_array_counts_its_masked_entries_as_missing():
    assert np.isnan(array(np.ma.array([1, 2], mask=[False, True]))[1])


class Speechless(Exception):
    def __str__(self):
        raise RuntimeError("no text")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ValueError("can't split 'a' from \"b\""), "ValueError: can't split 'a' from \"b\""),
        (KeyError("origin"), "KeyError: 'origin'"),
        (ValueError("first line\nsecond line"), "ValueError: first line"),
        (ValueError(""), "ValueError: no message"),
        (Speechless(), "Speechless: no message"),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
        (NotImplementedError('Module [Net] is missing the required "forward" function'), 'NotImplementedError: Module [Net] is'),
    ],
)  # fmt: skip
def test_an_error_of_the_learners_code_is_told_in_its_first_line(error, says):
    found = verdict(error)
    assert found.status == "error" and found.says.startswith(says)


def test_an_endless_error_message_is_cut():
    assert len(verdict(ValueError("x" * 10**6)).message) < 500


@pytest.mark.parametrize(
    "error", [NotImplementedError(), NotImplementedError("write your code here, in place of this line")]
)
def test_an_untouched_stub_is_told_what_to_do_in_one_sentence(error):
    found = verdict(error)
    assert found.status == "todo" and sentences(found.message) == 1 and "your code" in found.message


def test_a_missing_name_is_told_by_name():
    assert "'train'" in verdict(caught(eval, "train")).says


def test_where_an_error_was_raised_is_the_learners_last_line():
    source = "def f(x):\n    return g(x)\n\ndef g(x):\n    import json\n    return json.loads(x)\n"
    scope: dict = {}
    from mle.grading.checker import compile_cell

    exec(compile_cell(source, "<cell learner>"), scope)
    assert verdict(caught(scope["f"], "{")).seen == "line 6 of g: return json.loads(x)"


def test_after_a_verdict_no_check_is_open():
    verdict(None)
    assert session.current_exercise() == ""
    assert session.verdict_of(ValueError("later")).exercise == "exercise"


def test_partial_credit_comes_with_what_it_is_for_and_why_no_more():
    session.start("mean", points=3)
    session.credit(1, "right for ordinary lists")
    verdict = session.verdict_of(Failed("the empty list is not thought of"))
    assert (verdict.status, verdict.points) == ("failed", 1.0) and not verdict.passed
    for shown in (str(verdict), verdict.to_html()):
        assert "1 of 3 points: right for ordinary lists" in shown
        assert "The empty list is not thought of." in shown
    session.start("mean", points=3)
    assert session.verdict_of(Failed("no")).points == 0, "the next check begins with nothing earned"


@pytest.mark.parametrize("points", [0, 1, 3, 4])
def test_credit_that_is_none_or_all_or_less_than_before_is_an_authors_error(points):
    session.start("mean", points=3)
    session.credit(1, "a part")
    with pytest.raises(UsageError, match="between 1 and 3"):
        session.credit(points, "a part")

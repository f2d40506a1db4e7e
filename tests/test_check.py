"""The words of check cells: each passes what is right in any container, and names what is wrong in any."""

from __future__ import annotations

import enum
import math

import numpy as np
import pandas as pd
import pytest
import torch

from mle import check
from mle.check import session


def failure(word, *args, **kwargs) -> check.Failed:
    """The `Failed` that the call raises."""
    with pytest.raises(check.Failed) as caught:
        word(*args, **kwargs)
    return caught.value


@pytest.fixture(scope="module")
def tf():
    return pytest.importorskip("tensorflow")


CONTAINERS = {
    "list": lambda v: v,
    "tuple": tuple,
    "float64": np.array,
    "float32": lambda v: np.array(v, dtype=np.float32),
    "integers": lambda v: np.array(v, dtype=np.int8),
    "objects": lambda v: np.array(v, dtype=object),
    "Fortran": lambda v: np.asfortranarray(v),
    "torch": lambda v: torch.tensor(v, requires_grad=True),
    "torch on its way back": lambda v: torch.tensor(v, dtype=torch.bfloat16),
    "list of tensors": lambda v: [torch.tensor(x, requires_grad=True) for x in v],
    "Series": lambda v: pd.Series(v, index=range(7, 7 + len(v))),
    "Series of pandas' own integers": lambda v: pd.Series(v, dtype="Int64"),
    "frame of one column": lambda v: pd.DataFrame({"a": v}),
    "Index": pd.Index,
}


@pytest.mark.parametrize("name", CONTAINERS)
@pytest.mark.parametrize("word", [check.equal, check.close])
def test_equal_values_in_another_container_pass(name, word):
    word(CONTAINERS[name]([1.0, 2.0, 4.0]), np.array([1.0, 2.0, 4.0]))


@pytest.mark.parametrize("name", CONTAINERS)
@pytest.mark.parametrize("word", [check.equal, check.close])
def test_unequal_values_fail_with_yours_beside_the_target(name, word):
    error = failure(
        word, CONTAINERS[name]([1.0, 3.0, 4.0]), np.array([1.0, 2.0, 4.0]), says="one is off", look="Hint 2"
    )
    assert (error.says, error.look) == ("one is off", "Hint 2")
    assert error.table == [["[1]", "3", "2"]]
    assert error.seen.startswith("[1, 3, 4]") or "3" in error.seen
    assert error.expected == "[1, 2, 4]"


def test_tensorflow_tensors_pass_and_fail_like_arrays(tf):
    check.close(tf.constant([[1.0, 2.0]]), [[1.0, 2.0]])
    check.equal(tf.Variable(3), 3)
    check.close([tf.constant(1.0), tf.constant(2.0)], [1, 2])
    check.close(tf.constant([1.0, 2.0], tf.bfloat16), [1, 2])
    assert failure(check.close, tf.constant([1.0]), [2.0]).seen == "[1]"
    assert failure(check.shape, tf.zeros((2, 3)), (3, 2)).seen == "shape (2, 3)"


@pytest.mark.parametrize("zero", [3, 3.0, np.int64(3), np.array(3.0), np.float32(3), torch.tensor(3), [3][0]])
def test_a_number_passes_as_number_scalar_or_array_without_dimensions(zero):
    for word in (check.equal, check.close):
        word(zero, 3)
        error = failure(word, zero, 4)
        assert (error.seen, error.expected) == ("3", "4")
    check.within(zero, 3, 3)
    check.one_of(zero, [1, 3])
    check.shape(zero, ())


@pytest.mark.parametrize(
    ("mine", "target"),
    [
        (1.0, [1.0, 1.0]),
        ([1.0], [1.0, 1.0]),
        ([[1.0, 1.0]], [1.0, 1.0]),
        (np.ones((2, 1)), np.ones(2)),
        (np.ones((2, 1)), np.ones((1, 2))),
        ([1.0], 1.0),
        (np.ones((0, 2)), np.ones((2, 2))),
        (pd.DataFrame(np.ones((2, 2))), np.ones(2)),
    ],
)
@pytest.mark.parametrize("word", [check.equal, check.close])
def test_nothing_is_broadcast(word, mine, target):
    error = failure(word, mine, target)
    assert error.seen.startswith("shape") and error.expected.startswith("shape")
    check.differs(mine, target, says="another shape is not this mistake")


def test_nan_equals_nan_and_nothing_else():
    for word in (check.equal, check.close):
        word([math.nan, 1], [math.nan, 1])
        word(pd.Series([None, 1], dtype="Int64"), [math.nan, 1])
        assert failure(word, [math.nan, 1], [0, 1]).table == [["[0]", "nan", "0"]]
        assert failure(word, math.nan, 0).seen == "nan"
    assert failure(check.within, [math.nan], -math.inf, math.inf).seen == "nan"
    assert failure(check.close, [math.inf], [-math.inf]).seen == "[inf]"
    check.close([math.inf], [math.inf])


NUMERIC_WORDS = {
    "equal": lambda v: check.equal(v, [1, 2]),
    "close": lambda v: check.close(v, [1, 2]),
    "shape": lambda v: check.shape(v, (2,)),
    "within": lambda v: check.within(v, 0, 1),
    "before": lambda v: check.before(v, "2020-01-01", says="late"),
    "disjoint": lambda v: check.disjoint(v, [1], says="both"),
    "gradient": lambda v: check.gradient(lambda x: (x**2).sum(), v, np.ones(2)),
    "equal to a dict": lambda v: check.equal(v, {"a": 1}),
    "equal to a text": lambda v: check.equal(v, "a"),
    "one of": lambda v: check.one_of(v, ["a"]),
}


@pytest.mark.parametrize("word", NUMERIC_WORDS)
def test_none_is_told_that_a_return_may_be_missing(word):
    error = failure(NUMERIC_WORDS[word], None)
    assert "`return` missing" in f"{error.says} {error.seen}"


@pytest.mark.parametrize("word", ["equal", "close", "shape", "within", "before", "disjoint", "gradient"])
@pytest.mark.parametrize(
    "value", [len, lambda x: x, torch.nn.Linear(1, 1), int], ids=["builtin", "own", "module", "class"]
)
def test_a_function_instead_of_its_value_is_told_so(word, value):
    assert "was it called?" in failure(NUMERIC_WORDS[word], value).says


@pytest.mark.parametrize("word", ["equal", "close", "shape", "within"])
def test_rows_of_different_lengths_are_told_so(word):
    assert "different lengths" in failure(NUMERIC_WORDS[word], [[1], [2, 3]]).says


@pytest.mark.parametrize(
    "value", ["1", ["1", "2"], pd.Series(["1", "2"]), np.array(["1", "2"], dtype=object), {"a": 1}, {1, 2}]
)
def test_texts_are_no_numbers_even_where_they_read_like_them(value):
    assert failure(check.close, value, [1.0, 2.0]).says == "the answer does not hold numbers"
    failure(check.within, value, 0, 9)
    failure(check.equal, value, [1.0, 2.0])


def test_equal_compares_texts_exactly_and_never_numbers_as_text():
    check.equal(["a", "b"], np.array(["a", "b"]))
    check.equal(pd.Series(["a", None]), pd.Series(["a", None]))
    check.equal([1, "a", None], [1.0, "a", None])
    failure(check.equal, [1, "a"], ["1", "a"])
    failure(check.equal, ["1", "a"], [1, "a"])
    failure(check.equal, [None, "a"], ["None", "a"])
    assert failure(check.equal, "A", "a").seen == "'A'"
    assert failure(check.equal, ["x"] * 9 + ["y"], ["x"] * 10).table == [["[9]", "'y'", "'x'"]]


@pytest.mark.parametrize(
    "answer",
    ["GCD", "g, c - d", "G\nC\nD\n", ["G", "C", "D"], ("g", "cd"), [["G"], ["C"], ["D"]], np.array(list("GCD"))],
)
def test_a_reordering_is_its_letters_however_it_is_written(answer):
    assert check.letters(answer, "ABCDEFG") == ["G", "C", "D"]


def test_a_reordering_names_what_is_no_letter_comes_twice_or_is_not_there():
    assert failure(check.letters, "GCX", "ABCDEFG").seen == "'X'"
    assert failure(check.letters, "GCG", "ABCDEFG", look="Hint 1").says == "a letter is used twice"
    assert "nothing is put in order yet" in failure(check.letters, None, "ABC").says
    assert check.letters([], "ABC") == []


@pytest.mark.parametrize("entry", [np.str_("visib"), np.bytes_(b"visib"), np.bool_(True)])
def test_an_entry_of_a_numpy_array_as_the_target_is_its_plain_value(entry):
    check.equal(entry.item(), entry)
    check.equal(entry, entry)
    assert failure(check.equal, "other", entry).seen == "'other'"


def test_equal_goes_item_by_item_through_lists_and_dicts():
    check.equal([[1], [2, 3]], [[1], [2, 3]])
    check.equal(([1, 2], np.ones((2, 2))), (np.array([1, 2]), np.ones((2, 2))))
    check.equal({"a": [1], "b": {"c": torch.ones(2)}}, {"a": [1], "b": {"c": [1, 1]}})
    check.equal([{"a": [1]}, {"b": np.ones(2)}], [{"a": [1]}, {"b": [1, 1]}])
    check.equal({1, 2}, {2, 1})
    check.equal([pd.Timestamp("2020-01-01"), None], [np.datetime64("2020-01-01"), None])
    assert failure(check.equal, [[1], [2, 4]], [[1], [2, 3]]).look == "the entry [1]"
    assert failure(check.equal, [[1]], [[1], [2, 3]]).seen == "1 entries"
    assert failure(check.equal, {"a": 1, "b": 3}, {"a": 1, "b": 2}).look == "the entry 'b'"
    assert failure(check.equal, {"b": 3}, {"a": 1}).seen == "the keys ['b']"
    assert failure(check.equal, [1, 2], {"a": 1}).seen == "[1, 2]"


def test_close_goes_item_by_item_through_lists_of_arrays_and_dicts():
    check.close([np.ones((2, 2)), [1.0]], [np.ones((2, 2)), np.ones(1)])
    check.close({"w": torch.ones(2)}, {"w": [1, 1]})
    assert failure(check.close, [np.ones((2, 2)), [2.0]], [np.ones((2, 2)), np.ones(1)]).look == "the entry [1]"
    assert failure(check.close, {"w": [1, 2]}, {"w": [1, 1]}).look == "the entry 'w'"


def test_booleans_are_not_numbers_where_a_truth_value_is_asked():
    check.equal(np.True_, True)
    failure(check.equal, 1, True)
    failure(check.equal, "True", True)


def test_members_of_an_enumeration_count_as_their_values():
    class Label(enum.StrEnum):
        YES = "yes"

    check.equal(Label.YES, "yes")
    check.one_of(Label.YES, ["yes", "no"])


def test_frames_agree_in_values_and_in_the_names_of_columns():
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": pd.to_datetime(["2020-01-01", None])})
    check.equal(frame.copy(), frame)
    check.equal(frame.set_index(np.array([5, 6])), frame)
    assert failure(check.equal, frame.rename(columns={"a": "z"}), frame).seen == "the columns ['z', 'b', 'c']"
    check.close(pd.DataFrame({"a": [1.0], "b": [2.0]}), np.array([[1.0, 2.0]]))
    check.close(pd.DataFrame({"a": [1.0], "b": [2.0]}), pd.DataFrame([[1.0, 2.0]]))
    assert failure(check.equal, frame.assign(a=[1, 3]), frame).table == [["[1, 0]", "3", "2"]]


def test_two_numbers_that_differ_late_are_shown_with_the_digits_that_differ():
    error = failure(check.close, 0.12345678, 0.12345699)
    assert (error.seen, error.expected) == ("0.12345678", "0.12345699")


def test_close_keeps_its_tolerances():
    check.close(1.0 + 9e-7, 1.0)
    failure(check.close, 1.0 + 2e-6, 1.0)
    check.close([1.1], [1.0], rtol=0.2)
    check.close([1e-4], [0.0], atol=1e-3)
    failure(check.close, [1e-4], [0.0])


def test_differs_names_the_mistake_and_lets_everything_else_pass():
    error = failure(check.differs, [2.0, 4.0], np.array([2, 4]), says="doubled", expected="squares")
    assert (error.says, error.seen, error.expected) == ("doubled", "[2, 4]", "squares")
    for other in ([2.0, 4.1], None, "text", len, [2.0], [[2.0, 4.0]]):
        check.differs(other, [2.0, 4.0], says="doubled")
    failure(check.differs, "mean", "mean", says="that is the mean's name")
    check.differs("median", "mean", says="that is the mean's name")


def test_shape_takes_none_for_any_length():
    check.shape(torch.zeros(2, 5), (2, None))
    error = failure(check.shape, np.zeros((2, 5)), (None, 4))
    assert (error.seen, error.expected) == ("shape (2, 5)", "shape (any, 4)")
    failure(check.shape, np.zeros(2), (2, 1))


def test_within_asks_every_entry_and_refuses_none_at_all():
    check.within(pd.Series([0.0, 1.0]), 0, 1)
    error = failure(check.within, [0.5, 1.5], 0, 1, says="no probability")
    assert (error.says, error.seen, error.expected) == ("no probability", "1.5", "between 0 and 1")
    assert failure(check.within, [], 0, 1).seen == "no values"


TIMES = ["2013-09-30 23:59", "2013-01-01"]


@pytest.mark.parametrize(
    "times",
    [TIMES, np.array(TIMES, "M8[s]"), pd.to_datetime(pd.Series(TIMES), format="mixed"), [pd.Timestamp(t) for t in TIMES],
     pd.DatetimeIndex(TIMES[1:]), pd.Timestamp(TIMES[0])],
    ids=["texts", "numpy", "Series", "list", "Index", "one"],
)  # fmt: skip
def test_before_reads_times_in_any_container(times):
    check.before(times, "2013-10-01", says="late")
    check.before(times, pd.Timestamp("2013-10-01"), says="late")
    error = failure(check.before, times, "2013-01-01", says="late")
    assert error.says == "late" and "not before 2013-01-01" in error.seen


def test_before_is_strict_and_refuses_what_is_missing_empty_or_no_time():
    failure(check.before, ["2013-10-01"], "2013-10-01", says="late")
    failure(check.before, [pd.NaT], "2013-10-01", says="late")
    assert failure(check.before, pd.to_datetime([]), "2013-10-01", says="late").seen == "no rows at all"
    assert failure(check.before, [1, 2, 3], "2013-10-01", says="late").says == "the answer does not hold times"
    assert failure(check.before, ["soon"], "2013-10-01", says="late").says == "the answer does not hold times"
    check.before([1, 2], 3, says="late")
    failure(check.before, [1, 3], 3, says="late")


def test_before_says_when_only_one_of_two_times_has_a_zone():
    zoned = pd.DatetimeIndex(TIMES[1:]).tz_localize("Europe/Berlin")
    check.before(zoned, pd.Timestamp("2013-10-01", tz="UTC"), says="late")
    assert "time zone" in failure(check.before, zoned, "2013-10-01", says="late").says


def test_disjoint_finds_common_values_in_any_container():
    check.disjoint(pd.Series([1, 2]), {3, 4}, says="both")
    check.disjoint([("u", 1), ("v", 2)], [("u", 2)], says="both")
    check.disjoint([], [1], says="both")
    for first, second in [
        ([1, 2], np.array([2.0])), ({1, 2}, {2}), (["a"], pd.Index(["a"])), ([("u", 1)], [("u", 1)]), ({"k": 1}, ["k"]),
        (pd.to_datetime(["2020-01-01"]).as_unit("us"), pd.to_datetime(["2020-01-01"]).as_unit("ns")), (range(3), torch.tensor([2])),
    ]:  # fmt: skip
        assert failure(check.disjoint, first, second, says="both").seen.startswith("1 in both")


def test_one_of_asks_for_the_form_of_an_answer():
    check.one_of(np.str_("a"), ["a", "b"])
    error = failure(check.one_of, "A", ["a", "b"])
    assert (error.seen, error.expected) == ("'A'", "one of 'a', 'b'")
    failure(check.one_of, True, [1, 2])
    failure(check.one_of, ["a"], ["a", "b"])
    failure(check.one_of, print, ["a"])


def test_raises_tells_another_error_no_error_and_another_message_apart():
    def fn(kind):
        if kind:
            raise kind("Negative length")
        return 3

    check.raises(ValueError, fn, ValueError, says="accepts it", match="negative")
    assert failure(check.raises, ValueError, fn, None, says="accepts it").seen == "no error, but 3"
    assert failure(check.raises, ValueError, fn, KeyError, says="accepts it").seen.startswith("KeyError")
    assert "Negative" in failure(check.raises, ValueError, fn, ValueError, says="m", match="zero").seen
    with pytest.raises(NotImplementedError):
        check.raises(Exception, fn, NotImplementedError, says="accepts it")


def test_unchanged_notices_changed_arrays_lists_and_frames():
    def grow(frame):
        frame["new"] = 1

    check.unchanged(np.sort, np.array([2, 1]))
    check.unchanged(sorted, [2, 1], key=lambda x: x)
    check.unchanged(lambda x, rng: rng.random(), [1], np.random.default_rng(0))
    failure(check.unchanged, np.random.default_rng(0).shuffle, np.arange(20))
    failure(check.unchanged, list.sort, [2, 1])
    failure(check.unchanged, lambda f: f.insert(0, "b", 1), pd.DataFrame({"a": [1]}))
    assert failure(check.unchanged, grow, pd.DataFrame({"a": [1]}), says="adds a column").says == "adds a column"


def test_unchanged_leaves_its_own_arguments_alone():
    mine = [2, 1]
    failure(check.unchanged, list.sort, mine)
    assert mine == [2, 1]


def test_repeatable_compares_two_calls_and_the_number_of_results():
    rng, calls = np.random.default_rng(0), []
    check.repeatable(np.cumsum, np.arange(3))
    failure(check.repeatable, lambda n: rng.normal(size=n), 3)
    failure(check.repeatable, lambda: (calls.append(1), tuple(calls))[1])
    check.repeatable(lambda: (np.ones(2), {"a": [1]}))


def test_gradient_agrees_with_closed_forms_and_refuses_wrong_ones():
    x = np.array([[0.3, -1.2], [2.0, 0.7]])
    check.gradient(lambda v: np.sum(np.sin(v)), np.cos(x), x)
    check.gradient(lambda v: torch.tensor(v).pow(2).sum(), torch.tensor(2 * x), x)
    check.gradient(lambda v: v**3, 12.0, 2)
    check.gradient(lambda v: np.array([np.sum(v)]), np.ones(3), np.ones(3))
    failure(check.gradient, lambda v: np.sum(np.sin(v)), np.sin(x), x)
    failure(check.gradient, lambda v: np.sum(np.sin(v)), np.cos(x).ravel(), x)
    assert "one number" in failure(check.gradient, lambda v: v, np.ones(2), np.ones(2)).says


def test_that_states_a_property_and_shows_what_was_seen():
    check.that(True, says="no")
    error = failure(check.that, np.False_, says="not sorted", seen=[3, 1], expected="rising", look="Hint 1")
    assert (error.says, error.seen, error.expected, error.look) == ("not sorted", "[3, 1]", "rising", "Hint 1")


@pytest.mark.parametrize(
    ("text", "value"),
    [("23 %", 0.2349), ("0.23", 0.2251), ("336,776", 336776), ("−1.5", -1.46), ("5", 5.3), ("100%", 1.0)],
)
def test_prose_holds_a_figure_to_its_digits(text, value):
    check.prose(text, value)
    unit = abs(value) * 0.5 + 1
    assert text in failure(check.prose, text, value + unit).says
    failure(check.prose, text, math.nan)


def test_fresh_inputs_are_the_same_under_a_seed_and_others_under_another(monkeypatch):
    def draw(seed, exercise="a", salt=0):
        monkeypatch.setenv(session.SEED_VARIABLE, str(seed))
        check.start(exercise)
        values = check.rng(salt).normal(size=3).tolist(), np.random.rand(), torch.rand(1).item()
        session.close()
        return values

    assert draw(0) == draw(0)
    assert draw(0) != draw(1)
    assert draw(0)[0] != draw(0, exercise="b")[0] != draw(0, salt=1)[0]


def test_a_check_cell_without_its_first_line_is_refused():
    session.close()
    with pytest.raises(check.UsageError):
        check.passed()

"""`mle.flights`: what the duty modules share about the case."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mle import flights


@pytest.fixture(scope="module")
def fitted():
    train = flights.departures("train", rows=40_000, operations=True)
    return flights.desk_model().fit(train[flights.FEATURES], train["late"])


@pytest.fixture(scope="module")
def valid():
    return flights.departures("valid", operations=True)


def dollars(rebook: np.ndarray, late: np.ndarray) -> float:
    """Per 1,000 flights, at the costs of the case."""
    return 1000 * np.mean(flights.COSTS["false alarm"] * (rebook & ~late) + flights.COSTS["miss"] * (~rebook & late))


def test_the_rule_rebooks_from_five_minutes_and_not_where_nothing_is_known():
    table = pd.DataFrame({"recent_delay": [4.99, 5.0, 30.0, np.nan]})
    assert flights.rule(table).tolist() == [False, True, True, False]


def test_the_desks_model_costs_less_than_the_rule_and_the_rule_less_than_nothing(fitted, valid):
    late = valid["late"].to_numpy().astype(bool)
    model = fitted.predict_proba(valid[flights.FEATURES])[:, 1] >= flights.THRESHOLD
    nothing = np.zeros(len(late), bool)
    assert dollars(model, late) + 2_000 < dollars(flights.rule(valid), late) < dollars(nothing, late) - 3_000


def test_the_desks_model_takes_missing_numbers_and_unknown_categories(fitted, valid):
    row = valid[flights.FEATURES].head(1).copy()
    strange = row.assign(dest="XXX", **{name: np.nan for name in flights.NUMBERS + flights.OPERATIONS})
    assert 0 < fitted.predict_proba(strange)[0, 1] < 1


def test_fitting_the_desks_model_twice_gives_the_same_model(fitted, valid):
    train = flights.departures("train", rows=40_000, operations=True)
    again = flights.desk_model().fit(train[flights.FEATURES], train["late"])
    features = valid[flights.FEATURES].head(1_000)
    assert np.array_equal(again.predict_proba(features), fitted.predict_proba(features))

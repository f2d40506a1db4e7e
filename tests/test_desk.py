"""`mle.desk`: the shipped artefact says what the model says, and notices damage."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mle import desk, flights


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return desk.package(tmp_path_factory.mktemp("artefacts") / "1")


def rows_of(table):
    """Flights as a client sends them: dicts, None where a number is missing."""
    return json.loads(table[flights.FEATURES].to_json(orient="records", double_precision=15))


def test_the_artefact_forecasts_what_the_model_forecasts(folder):
    train = flights.departures("train", rows=40_000, operations=True)
    model = flights.desk_model().fit(train[flights.FEATURES], train["late"])
    table = flights.departures("valid", rows=5_000, operations=True)
    assert table[flights.FEATURES].isna().any(axis=None)
    got = desk.Forecaster(folder)(rows_of(table))
    assert np.abs(got - model.predict_proba(table[flights.FEATURES])[:, 1]).max() < 1e-5


def test_unknown_categories_and_no_rows_are_taken(folder):
    forecaster = desk.Forecaster(folder)
    row = rows_of(flights.departures("valid", rows=2, operations=True))[0]
    assert 0 < forecaster([row | {"dest": "XXX"}])[0] < 1
    assert forecaster([]).shape == (0,)


def test_the_manifest_names_the_features_in_the_models_order(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    assert [*manifest["numbers"], *manifest["categories"]] == flights.FEATURES
    assert manifest["numbers"]["recent_delay"]["may_be_missing"] and not manifest["numbers"]["hour"]["may_be_missing"]


def test_packaging_twice_gives_the_same_artefact(folder, tmp_path):
    again = desk.package(tmp_path / "again")
    for name in ("model.onnx", "manifest.json"):
        assert (again / name).read_bytes() == (folder / name).read_bytes()


def test_a_damaged_or_incomplete_artefact_is_refused(folder, tmp_path):
    (tmp_path / "manifest.json").write_bytes((folder / "manifest.json").read_bytes())
    with pytest.raises(desk.ArtefactError, match="missing"):
        desk.Forecaster(tmp_path)
    (tmp_path / "model.onnx").write_bytes((folder / "model.onnx").read_bytes()[:-1])
    with pytest.raises(desk.ArtefactError, match="not the file"):
        desk.Forecaster(tmp_path)

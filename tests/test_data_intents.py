"""The utterances fit their templates and slots, and the datasheet's warning about random splits is true."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hassil import Intents, recognize_all
from hassil.intents import TextSlotList
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import GroupKFold, KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from mle import data


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return {name: data.load("intents", name) for name in ("utterances", "templates", "out-of-scope")}


@pytest.fixture(scope="module")
def slots(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row for each slot: the utterance's text and template beside the struct's fields."""
    long = tables["utterances"][["template", "text", "slots"]].explode("slots").dropna(subset="slots")
    return pd.concat([long.drop(columns="slots"), pd.DataFrame(long["slots"].tolist(), index=long.index)], axis=1)


def test_the_tables_have_the_schema_of_the_datasheet(tables: dict[str, pd.DataFrame]) -> None:
    types = {
        "utterances": {"template": "int16", "intent": "category", "text": "str", "slots": "object"},
        "templates": {"template": "int16", "group": "int16", "intent": "category", "pattern": "str", "implied": "str"},
        "out-of-scope": {"text": "str", "kind": "category"},
    }
    for name, expected in types.items():
        found = {column: str(kind) for column, kind in tables[name].dtypes.items()}
        assert {c: kind.replace("object", "str") for c, kind in found.items()} == {
            c: kind.replace("object", "str") for c, kind in expected.items()
        }
    assert [len(tables[name]) for name in types] == [3_941, 862, 90]


def test_each_template_has_utterances_of_its_intent(tables: dict[str, pd.DataFrame]) -> None:
    utterances, templates = tables["utterances"], tables["templates"]
    assert list(templates["template"]) == list(range(862)) and set(utterances["template"]) == set(range(862))
    of_template = templates["intent"].astype(str)
    assert (utterances["template"].map(of_template) == utterances["intent"].astype(str)).all()
    assert (templates.groupby("group")["intent"].nunique() == 1).all()
    assert templates["intent"].nunique() == 42


def test_no_text_occurs_twice_or_under_two_intents_or_out_of_scope(tables: dict[str, pd.DataFrame]) -> None:
    assert not tables["utterances"]["text"].duplicated().any()
    assert not tables["out-of-scope"]["text"].isin(tables["utterances"]["text"]).any()
    assert not tables["out-of-scope"]["text"].duplicated().any()


def test_a_slots_characters_are_whole_words_and_its_template_names_it(slots, tables) -> None:
    pattern = tables["templates"]["pattern"]
    for row in slots.itertuples():
        words = row.text[row.start : row.end]
        assert words and words == words.strip()
        assert not row.text[: row.start][-1:].isalnum()
        assert re.match(r"\W|k\b|kelvin\b|$", row.text[row.end :]), f"{words!r} ends within a word of {row.text!r}"
        assert f"{row.slot}}}" in pattern[row.template]


def test_slots_of_one_utterance_follow_each_other(tables: dict[str, pd.DataFrame]) -> None:
    for found in tables["utterances"]["slots"]:
        places = [(slot["start"], slot["end"]) for slot in found]
        assert all(end <= start for (_, end), (start, _) in pairwise(places))


def test_hassils_own_recogniser_finds_intent_and_slots_of_simple_templates(tables: dict[str, pd.DataFrame]) -> None:
    """Templates without rules and lists of the source; those of rooms and of free text suffice."""
    templates = tables["templates"].set_index("template")
    used = tables["utterances"]["slots"].map(lambda found: {slot["slot"] for slot in found})
    simple = ~templates["pattern"].str.contains(r"<|\{(?!area\}|message\}|search_query\})")
    chosen = tables["utterances"][tables["utterances"]["template"].map(simple)]
    areas = {s["value"] for found in chosen["slots"] for s in found if s["slot"] == "area"}
    lists = {"area": TextSlotList.from_strings(sorted(areas))}
    assert len(chosen) > 100
    for row in chosen.itertuples():
        pattern = templates.loc[row.template, "pattern"]
        intents = {row.intent: {"data": [{"sentences": [pattern]}]}}
        free = {name: {"wildcard": True} for name in ("message", "search_query")}
        read = Intents.from_dict({"language": "en", "intents": intents, "lists": free})
        found = [set(result.entities) for result in recognize_all(row.text, read, slot_lists=lists)]
        assert used[row.Index] in found, f"{row.text!r} is not of {pattern!r}"


def test_each_known_fault_of_intents_is_as_its_datasheet_counts_it(tables, slots) -> None:
    utterances, templates, outside = (tables[name] for name in ("utterances", "templates", "out-of-scope"))
    number = utterances["slots"].map(len)
    size, patterns = utterances["intent"].value_counts(), templates["intent"].value_counts()
    odd = utterances["text"].str.contains(r"\b(?!1\b)\d+[ -](?:hour|minute|second)\b").sum()
    kinds = outside["kind"].value_counts()
    counted = [
        f"{len(utterances):,} English commands",
        f"the {len(templates)} templates",
        f"HassGetState has {size['HassGetState']} utterances of {patterns['HassGetState']} templates",
        f"HassNevermind {size['HassNevermind']} of {patterns['HassNevermind']}",
        f"{odd} name a number other than 1",
        f"{(number == 0).sum()} utterances have no slot, {(number == 4).sum()} have four",
        f"{slots['slot'].nunique()} names of slots",
        f"{kinds['near']} sentences near the domain",
        f"{kinds['far']} far from it, {kinds['hostile']} hostile ones",
    ]
    sheet = " ".join(data.path("intents", "datasheet.md").read_text(encoding="utf-8").split())
    assert [fact for fact in counted if fact not in sheet] == []
    assert {"84-second", "50 minute"} <= set(utterances["text"].str.findall(r"\d+[ -]\w+").explode())


def test_keeping_templates_together_lowers_the_accuracy_as_stated(tables: dict[str, pd.DataFrame]) -> None:
    utterances = tables["utterances"]
    group = utterances["template"].map(tables["templates"]["group"])
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LinearSVC(random_state=0))
    splits = [(KFold(5, shuffle=True, random_state=0), None), (GroupKFold(5), utterances["template"])]
    splits.append((GroupKFold(5), group))
    scores = [
        cross_val_score(model, utterances["text"], utterances["intent"].astype(str), cv=cv, groups=groups).mean()
        for cv, groups in splits
    ]
    np.testing.assert_allclose(scores, [0.97, 0.89, 0.83], atol=0.01)
    sheet = " ".join(data.path("intents", "datasheet.md").read_text(encoding="utf-8").split())
    assert "97 % of utterances by random split, 89 % when templates are kept together, 83 % when groups are" in sheet

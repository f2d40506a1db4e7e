"""The chicago table is what its datasheet says, and its level drifts away from any model of the first five years."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mle import data

# fmt: off
STATIONS = [
    "Austin", "Quincy_Wells", "Belmont", "Archer_35th", "Oak_Park", "Western", "Clark_Lake", "Clinton",
    "Merchandise_Mart", "Irving_Park", "Washington_Wells", "Harlem", "Monroe", "Polk", "Ashland", "Kedzie",
    "Addison", "Jefferson_Park", "Montrose", "California",
]
WEATHER = [
    "temp_min", "temp", "temp_max", "temp_change", "dew", "humidity", "pressure", "pressure_change", "wind", "wind_max",
    "gust", "gust_max", "percip", "percip_max", "weather_rain", "weather_snow", "weather_cloud", "weather_storm",
]
# fmt: on
GAMES = [
    f"{team}_{where}" for team in ("Blackhawks", "Bulls", "Bears", "WhiteSox", "Cubs") for where in ("Away", "Home")
]
BASEBALL = GAMES[6:]


@pytest.fixture(scope="module")
def days() -> pd.DataFrame:
    return data.load("chicago", "days")


@pytest.fixture(scope="module")
def sheet() -> str:
    return " ".join(data.path("chicago", "datasheet.md").read_text(encoding="utf-8").split())


def test_days_has_the_schema_of_its_datasheet(days: pd.DataFrame, sheet: str) -> None:
    expected = {"date": "datetime64[us]"} | dict.fromkeys(["ridership", *STATIONS, *WEATHER], "float32")
    expected |= dict.fromkeys(GAMES, "bool")
    assert [(name, str(kind)) for name, kind in days.dtypes.items()] == list(expected.items())
    assert days.shape == (5_698, 50) and not days.isna().any(axis=None)
    assert ", ".join(STATIONS) in sheet


def test_every_day_is_there_once_and_in_order(days: pd.DataFrame) -> None:
    assert days["date"].tolist() == pd.date_range("2001-01-22", "2016-08-28").tolist()


def test_counts_and_weather_are_possible_except_where_the_datasheet_says_so(days: pd.DataFrame) -> None:
    limits = {"temp_min": (-20, 90), "temp_max": (0, 110), "humidity": (20, 100), "pressure": (29, 31), "wind": (0, 40)}
    limits |= dict.fromkeys(["ridership", *STATIONS], (0, 30)) | dict.fromkeys(WEATHER[-4:], (0, 1))
    for column, (low, high) in limits.items():
        assert days[column].between(low, high).all(), column
    for low, high in (("temp_min", "temp"), ("temp", "temp_max"), ("wind", "wind_max"), ("gust", "gust_max")):
        assert (days[low] <= days[high]).all(), high
    np.testing.assert_allclose(days["temp_max"] - days["temp_min"], days["temp_change"], atol=0.11)


def test_each_station_count_is_two_weeks_old(days: pd.DataFrame) -> None:
    """Clark/Lake is the target's own station; at the others Christmas stands in the rows of 8 January."""
    assert (days["Clark_Lake"].to_numpy()[14:] == days["ridership"].to_numpy()[:-14]).all()
    by_day = days[STATIONS].groupby(days["date"].dt.strftime("%m-%d")).mean()
    assert (by_day.loc["01-08"] < 0.6 * by_day.loc[["01-07", "01-09"]].min()).all()


def test_the_busiest_days_are_the_parades_of_the_champions(days: pd.DataFrame) -> None:
    """White Sox 2005; Blackhawks 2010, 2013 and 2015."""
    busiest = days.nlargest(4, "ridership")["date"].sort_values().dt.strftime("%Y-%m-%d")
    assert busiest.tolist() == ["2005-10-28", "2010-06-11", "2013-06-28", "2015-06-18"]


def test_the_quietest_day_of_every_year_is_christmas(days: pd.DataFrame) -> None:
    whole_years = days[days["date"].dt.year < 2016].set_index("date")["ridership"]
    quietest = whole_years.groupby(whole_years.index.year).idxmin()
    assert set(quietest.dt.strftime("%m-%d")) == {"12-25"}


def test_american_football_and_basketball_seasons_have_their_length(days: pd.DataFrame) -> None:
    """The league's season has 8 home games of American football and 41 of basketball (33 in 2011/12)."""
    season = days[days["date"].between("2013-08-01", "2014-04-30")]
    assert 8 <= season["Bears_Home"].sum() <= 12 and 41 <= season["Bulls_Home"].sum() <= 46


def test_boosting_on_the_first_five_years_drifts_as_far_as_a_median(days: pd.DataFrame) -> None:
    from sklearn.ensemble import HistGradientBoostingRegressor

    year, features = days["date"].dt.year, days.drop(columns=["date", "ridership"])
    features = features.assign(weekday=days["date"].dt.day_of_week)
    model = HistGradientBoostingRegressor(max_iter=50, random_state=0)
    model.fit(features[year <= 2005], days["ridership"][year <= 2005])
    error = (model.predict(features) - days["ridership"]).abs().groupby(year).mean()
    assert error[2005] < 0.7 and 4.5 < error[2015] < 5.8


def test_each_known_fault_of_chicago_is_as_its_datasheet_counts_it(days: pd.DataFrame, sheet: str) -> None:
    year, weekday = days["date"].dt.year, days["date"].dt.day_of_week
    medians = days["ridership"][year <= 2005].groupby(weekday[year <= 2005]).median()
    frozen = (weekday.map(medians) - days["ridership"]).abs()
    lag = (days["Clark_Lake"] - days["ridership"]).abs()
    workdays = days[weekday < 5].groupby(year)["ridership"].median()
    closed = (days[STATIONS] == 0).sum()
    sundays = (days["date"][days["Polk"] == 0] - pd.Timedelta(days=14)).dt
    by_date = days.set_index("date")
    counted = [
        f"has {workdays[2004]:.1f} thousand entries in 2004 and {workdays[2015]:.1f} thousand in 2015",
        f"is {frozen[year <= 2005].mean():.2f} thousand in those years, {frozen[year == 2006].mean():.2f} in 2006",
        f"{frozen[year == 2010].mean():.2f} in 2010 and {frozen[year == 2015].mean():.2f} in 2015",
        f"it is {lag[year <= 2005].mean():.2f} thousand in 2001 to 2005 and {lag[year == 2015].mean():.2f} in 2015",
        f"one and the same, true on {days['Cubs_Home'].sum():,} days",
        f"above 100 mph on {(days['wind_max'] > 100).sum()} days ({days['wind_max'].max():.1f} mph on 2006-01-26)",
        f"`pressure_change` of {by_date['pressure_change']['2001-02-09']:.2f} inches on 2001-02-09",
        f"`gust` is 0 on {(days['gust'] == 0).mean():.1%} and".replace("%", " %"),
        f"`percip` on {(days['percip'] == 0).mean():.1%} of the days".replace("%", " %"),
        f"{closed.sum()} in {(closed > 0).sum()} of the 20 columns, {closed['Polk']} of them at Polk",
        f"least are {days['ridership'].min():.3f} thousand on {by_date['ridership'].idxmin():%Y-%m-%d}",
        f"on all {len(days) - 14:,} days where both are there",
    ]
    assert [fact for fact in counted if fact not in sheet] == []
    assert (days[BASEBALL].nunique(axis=1) == 1).all()
    assert (sundays.day_of_week == 6).mean() > 0.9 and set(sundays.year) == {2001, 2002, 2003, 2004}
    around = by_date.loc[["2009-06-09", "2009-06-10", "2009-06-12", "2009-06-13"], WEATHER].mean()
    np.testing.assert_allclose(by_date.loc["2009-06-11", WEATHER].astype(float), around, rtol=1e-5)
    assert workdays[2015] / workdays[2004] == pytest.approx(1.4, abs=0.05), "grows by two fifths"

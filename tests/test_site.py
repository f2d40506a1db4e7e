"""The book for the browser: it renders, its links hold, it shows no solution, and it needs no network and no mouse."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from mle.authoring.lesson import SOLUTION, find_lessons, read_lesson
from mle.authoring.overview import overview

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tools"))
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is missing: `make test` installs it")
book = pytest.importorskip("book", reason="Sphinx is missing: `make test` installs it")

from axe_playwright_python.sync_playwright import Axe  # noqa: E402
from book_check import dead_links, leaks, pages_of  # noqa: E402

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
GRAVE = ("serious", "critical")
LESSON = "modules/03-build-and-train-models/1-loss-and-gradient.html"
PAGES = ("index.html", LESSON, "duties.html")


def test_the_table_of_duties_has_every_lesson_and_the_scores_that_the_page_of_proofs_has():
    table = overview(ROOT)
    for path in find_lessons(ROOT):
        assert f"(modules/{path.parent.name}/{path.stem}.ipynb)" in table
        assert f"(modules/{path.parent.name}/index.md)" in table
    rejected, mutants = re.search(r"\*\*All\*\* .* ([\d,]+) of ([\d,]+) \(", table).groups()
    together = f"Together: {rejected} of {mutants} mutants".replace(",", "")
    assert together in (ROOT / "grading" / "soundness.md").read_text(encoding="utf-8")


def page(site: Path, name: str, body: str) -> None:
    (site / name).parent.mkdir(parents=True, exist_ok=True)
    (site / name).write_text(f"<html><body>{body}</body></html>", encoding="utf-8")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<a href="gone.html">more</a>', "the link 'more' to gone.html leads to no page and no file"),
        ('<a href="b.html#gone">more</a>', "the link 'more' to b.html#gone leads to no place on that page"),
        ('<img src="gone.png" alt="a curve">', "gone.png leads to no page and no file"),
        ('<img src="a.html">', "the picture a.html has no text"),
        ('<script src="//cdn.example/x.js"></script>', "fetches //cdn.example/x.js from elsewhere"),
        ('<a href="b.html#here">more</a> <a href="https://example.org">out</a> <a href="#top" id="top">up</a>', None),
    ],
)
def test_a_dead_link_is_named_and_a_live_one_is_not(body: str, said: str | None, tmp_path: Path):
    page(tmp_path, "a.html", body)
    page(tmp_path, "b.html", '<h1 id="here">B</h1>')
    _, problems = dead_links(tmp_path, pages_of(tmp_path))
    assert ([said in problem for problem in problems] == [True]) if said else problems == []


def test_a_solution_on_any_page_would_be_seen(tmp_path: Path):
    lesson = read_lesson(ROOT / "lessons" / Path(LESSON).parent.name / f"{Path(LESSON).stem}.py")
    body = max(SOLUTION.search(lesson.exercises[0].cell.source)[2].splitlines(), key=len)
    for name in (LESSON, "duties.html"):
        page(tmp_path, name, f"<pre>first\n{body}\nlast</pre>")
    problems = leaks(tmp_path, pages_of(tmp_path), ROOT)
    assert [problem.split(":")[0] for problem in problems] == ["duties.html", LESSON]
    assert all(problem.endswith(body.strip()) for problem in problems)


@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::PendingDeprecationWarning"
)  # Sphinx's parts among each other
@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is missing: install it with the system's package manager")
def test_the_book_is_whole_and_anyone_can_read_it_without_a_network(tmp_path: Path):
    site = tmp_path / "site"
    made = book.build(site)  # ends with a message where a link is dead or a solution is shown
    assert made["pages"] > len(find_lessons(ROOT)) and made["links"] > 1000
    shots = Path(os.environ.get("MLE_SCREENSHOTS") or tmp_path / "screenshots")
    shots.mkdir(parents=True, exist_ok=True)
    refused: list[str] = []
    errors: list[str] = []

    def own_files_only(route) -> None:
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            refused.append(route.request.url)
            route.abort()

    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for scheme in ("light", "dark"):
            sheet = chromium.new_page(viewport={"width": 1280, "height": 960}, color_scheme=scheme)
            sheet.route("**/*", own_files_only)
            sheet.on("pageerror", lambda error: errors.append(str(error)))
            for name in PAGES:
                sheet.goto((site / name).as_uri())
                sheet.screenshot(path=shots / f"site-{Path(name).stem}-{scheme}.png")
                found = Axe().run(sheet).response["violations"]
                grave = [f"{name}, {scheme}: {v['id']}: {v['help']}: {v['nodes'][0]['html'][:200]}"
                         for v in found if v["impact"] in GRAVE]  # fmt: skip
                assert not grave, "\n".join(grave)

        sheet.goto((site / LESSON).as_uri())
        hint = sheet.locator("article details", has_text="Hint 1").first
        assert not hint.locator("code").first.is_visible()
        hint.locator("summary").click()
        assert hint.locator("code").first.is_visible(), "a hint opens"
        assert sheet.locator("math").first.bounding_box()["width"] > 5, "the browser draws formulas"
        assert "$" not in sheet.locator("article p", has=sheet.locator("math")).first.inner_text()
        check = sheet.locator("article details", has_text='check.start("stable-log-loss"')
        assert check.count() == 1 and not check.locator("pre").is_visible(), "checks are folded"

        sheet.locator("input[name=q]").first.fill("overflow")
        sheet.locator("input[name=q]").first.press("Enter")
        sheet.locator("#search-results a", has_text="Loss and gradient by hand").first.wait_for(timeout=60_000)
        sheet.screenshot(path=shots / "site-search.png")
        sheet.set_viewport_size({"width": 390, "height": 844})
        for name in PAGES:
            sheet.goto((site / name).as_uri())
            wide = sheet.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            sheet.screenshot(path=shots / f"site-{Path(name).stem}-telephone.png")
            assert wide <= 0, f"{name} is {wide} pixels wider than a telephone"
        chromium.close()
    assert (refused, errors) == ([], [])

"""What must hold of the rendered book: every link leads somewhere, nothing is fetched from elsewhere, nothing leaks."""

from __future__ import annotations

import os
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html

from mle.authoring.leaks import given_and_secret, leaks_among, lines_of
from mle.authoring.lesson import find_lessons, read_lesson

LOADED = {
    "img": "src",
    "script": "src",
    "link": "href",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
}
"""Elements whose address the browser fetches by itself."""
HINT = re.compile(r"</?[a-z][^>]*>")
MARKS = ("### BEGIN SOLUTION", "### BEGIN HIDDEN", "check.prose(")
SHORTEST = 20
"""Shorter lines, such as `return x`, say nothing about where they come from."""
REMOTE_STYLE = re.compile(r"(?:@import\s+|url\()\s*['\"]?(?:https?:)?//")


def pages_of(site: Path) -> dict[Path, html.HtmlElement]:
    """The book's pages, parsed, by path."""
    paths = sorted(path for path in site.rglob("*.html") if "_static" not in path.parts)
    return {path: html.document_fromstring(path.read_text(encoding="utf-8")) for path in paths}


def is_remote(address: str) -> bool:
    return address.startswith("//") or urlsplit(address).scheme in ("http", "https", "ftp")


def dead_links(site: Path, pages: dict[Path, html.HtmlElement]) -> tuple[int, list[str]]:
    """How many internal links there are, and a line for each that leads nowhere or is fetched from elsewhere."""
    anchors = {path: set(page.xpath("//@id")) for path, page in pages.items()}
    count, problems = 0, []
    for path, page in pages.items():
        where = path.relative_to(site).as_posix()
        found = [(tag, tag.get("href")) for tag in page.iter("a") if tag.get("href")]
        loaded = [(tag, tag.get(key)) for name, key in LOADED.items() for tag in page.iter(name) if tag.get(key)]
        problems += [f"{where}: fetches {address} from elsewhere: put it into the course, or link to it instead"
                     for _, address in loaded if is_remote(address)]  # fmt: skip
        problems += [f"{where}: the picture {tag.get('src')} has no text for those who cannot see it: write it in [ ]"
                     for tag in page.iter("img") if not tag.get("alt", "").strip()]  # fmt: skip
        for tag, address in found + loaded:
            parts = urlsplit(address)
            if is_remote(address) or parts.scheme in ("mailto", "data", "javascript"):
                continue
            count += 1
            target = Path(os.path.normpath(path.parent / unquote(parts.path))) if parts.path else path
            said = f"{where}: the link {' '.join(tag.text_content().split())!r} to {address}"
            if target not in anchors and not target.is_file():
                problems.append(f"{said} leads to no page and no file: correct its address")
            elif parts.fragment and target in anchors and unquote(parts.fragment) not in anchors[target]:
                problems.append(f"{said} leads to no place on that page: take the id of a heading there")
    for style in site.rglob("*.css"):
        if REMOTE_STYLE.search(style.read_text(encoding="utf-8")):
            problems.append(f"{style.relative_to(site)}: fetches a style or a font from elsewhere")
    return count, problems


def external_links(site: Path, pages: dict[Path, html.HtmlElement]) -> dict[str, list[str]]:
    """Each address outside the book, with the pages that name it. None of them is visited."""
    found: dict[str, set[str]] = {}
    for path, page in pages.items():
        for address in page.xpath("//a/@href"):
            if is_remote(address):
                found.setdefault(str(address), set()).add(path.relative_to(site).as_posix())
    return {address: sorted(names) for address, names in sorted(found.items())}


def leaks(site: Path, pages: dict[Path, html.HtmlElement], root: Path) -> list[str]:
    """A line for each line of a solution, a hidden test, a model answer or a claim that a page shows.

    A lesson's page is compared with its own lesson, less what its hints give; every other page with what no lesson
    gives to learners.
    """
    lessons = {f"modules/{path.parent.name}/{path.stem}.html": read_lesson(path) for path in find_lessons(root)}
    given: set[str] = set()
    secret: dict[str, str] = {}
    hints: dict[str, set[str]] = {}
    for where, lesson in lessons.items():
        own_given, own_secret = given_and_secret(lesson)
        told = [cell.source for cell in lesson.cells if cell.kind == "markdown" and not cell.get("explain")]
        hints[where] = set(lines_of(*(unescape(HINT.sub("", text)) for text in told)))
        given |= own_given | hints[where]
        secret |= own_secret
    secret = {line: origin for line, origin in secret.items() if line not in given}
    problems = []
    for path, page in pages.items():
        where, text = path.relative_to(site).as_posix(), page.text_content()
        problems += [f"{where}: shows the mark {mark}" for mark in MARKS if mark in text]
        if where in lessons:
            leaked = leaks_among([text], lessons[where])
            found = [(leak.line, leak.origin) for leak in leaked if leak.line not in hints[where]]
        else:
            found = [(line, secret[line]) for line in set(lines_of(text)) & secret.keys() if len(line) >= SHORTEST]
        problems += [f"{where}: shows a line of a {origin}: {line}" for line, origin in sorted(found)]
    return problems

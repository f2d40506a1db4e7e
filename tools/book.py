"""Render the course as a book for the browser: `python tools/book.py` (`make site`) writes site/.

Offline throughout: Sphinx reads the released notebooks as they are, formulas become MathML, and no page asks for
anything that does not lie beside it. The build fails on a dead link, on a page that is missing and on a solution's text.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from book_check import dead_links, external_links, leaks, pages_of
from sphinx.cmd.build import build_main

from mle.authoring.overview import overview

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "site"
PAGES = ("modules/index.md", "datasets/README.md", "grading/README.md", "grading/soundness.md", "grading/attacks.md",
         "grading/bench.md", "modules/glossary.md", "hub/README.md")  # fmt: skip
TOP = {
    "modules/index": "Modules", "modules/glossary": "Glossary", "duties": "What is taught", "datasets/README": "Data",
    "grading/soundness": "How right the checks are", "grading/attacks": "How safe grading is",
    "grading/bench": "How fast grading is", "grading/README": "For instructors", "hub/README": "A server for a class",
}  # fmt: skip
"""The sidebar, in its order."""
FILES = ("docs/lesson-check.png", "grading/bench.png", "grading/class.png", "grading/faults.json")
GLOBS = (
    "modules/*/index.md",
    "modules/*/*.ipynb",
    "datasets/*/datasheet.md",
    "datasets/*/picture.png",
    "docs/class/*.png",
)


class SiteError(SystemExit):
    """What is wrong with the book, a line for each problem; uncaught, it ends the process with that and exit code 1."""


def stage(root: Path, folder: Path) -> None:
    """Lay out in `folder` what the book shows, at the paths that it has in the repository, so that its links hold.

    Nothing else is there for Sphinx to find.
    """
    chosen = [root / name for name in (*PAGES, *FILES)]
    chosen += [path for pattern in GLOBS for path in root.glob(pattern)]
    for path in sorted(chosen):
        name = path.relative_to(root)
        if not path.exists():
            raise SiteError(f"{name} is missing: run `make build`, or take it back from git.")
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".ipynb":
            fold_checks(path, folder / name)
        else:
            shutil.copy(path, folder / name)
    for name in ("index.md", "duties.md"):
        shutil.copy(root / "docs" / "site" / name, folder / name)
    with (folder / "duties.md").open("a", encoding="utf-8") as page:
        page.write(overview(root).replace("\n\n", "\n"))
    contents(folder)


def fold_checks(source: Path, target: Path) -> None:
    """Copy a released notebook; its check cells, folded in JupyterLab, are folded in the book, too."""
    notebook = nbformat.read(source, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]
    nbformat.write(notebook, target)


def contents(folder: Path) -> None:
    """Append to each index page the list of pages below it, for the sidebar."""
    below: dict[str, list[str]] = {"modules/index.md": [], "datasets/README.md": []}
    for path in sorted(folder.glob("modules/*/index.md")):
        below["modules/index.md"].append(f"{path.parent.name}/index")
        below[path.relative_to(folder).as_posix()] = [p.stem for p in sorted(path.parent.glob("*.ipynb"))]
    for path in sorted(folder.glob("datasets/*/datasheet.md")):
        below["datasets/README.md"].append(f"{path.parent.name}/datasheet")
    below["index.md"] = [f"{title} <{name}>" for name, title in TOP.items() if (folder / f"{name}.md").exists()]
    for page, names in below.items():
        with (folder / page).open("a", encoding="utf-8") as file:
            file.write("\n```{toctree}\n:hidden:\n\n" + "\n".join(names) + "\n```\n")


def render(staged: Path, target: Path) -> None:
    """Run Sphinx; each of its warnings is an error. Raises SiteError."""
    said = io.StringIO()
    options = ["-q", "-W", "--keep-going", "-j", "2", "-b", "html", "-c", str(ROOT / "docs" / "site")]
    with tempfile.TemporaryDirectory() as cache, contextlib.redirect_stderr(said):
        code = build_main([*options, "-d", cache, str(staged), str(target)])
    if code:
        raise SiteError(f"The book cannot be rendered:\n{said.getvalue().replace(str(staged) + '/', '').strip()}")
    shutil.rmtree(target / "_sources", ignore_errors=True)
    for name in (".buildinfo", "objects.inv"):
        (target / name).unlink(missing_ok=True)


def build(target: Path = TARGET) -> dict[str, float]:
    """Write the book to `target`, in place of what was there, and check it. Raises SiteError.

    Returns how many pages, internal links and external links it has, and the seconds it took.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        staged, made = Path(folder) / "pages", Path(folder) / "site"
        stage(ROOT, staged)
        render(staged, made)
        pages = pages_of(made)
        links, dead = dead_links(made, pages)
        problems = dead + leaks(made, pages, ROOT)
        if problems:
            raise SiteError("\n".join([f"{len(problems)} problems in the book; site/ is as it was:", *problems]))
        outside = external_links(made, pages)
        (made / "external-links.json").write_text(json.dumps(outside, indent=1, ensure_ascii=False) + "\n", "utf-8")
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(made, target)
    return {
        "pages": len(pages), "links": links, "external": len(outside), "seconds": time.monotonic() - started
    }  # fmt: skip


def main() -> None:
    if sys.argv[1:]:
        sys.exit("usage: python tools/book.py")
    made = build()
    print(f"site/index.html: {made['pages']} pages, {made['links']:,} internal links, none dead, no solution's text; "
          f"{made['external']} external links listed in site/external-links.json ({made['seconds']:.0f} s)")  # fmt: skip


if __name__ == "__main__":
    main()

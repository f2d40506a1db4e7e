"""What a failed check carries, and how a person sees it.

A verdict answers three questions: why it is wrong (`says`), what was seen against what was expected, and where to
look. It renders as text (terminals, nbgrader), as HTML (JupyterLab) and as JSON (the graders).
"""

from __future__ import annotations

import html
import re
from dataclasses import asdict, dataclass, field

MIME = "application/vnd.mle.verdict+json"
"""The MIME type under which a verdict's JSON travels in a notebook's outputs."""


@dataclass(frozen=True)
class Verdict:
    """The outcome of one check cell.

    `status` is "passed", "failed" (a check said no), "todo" (the stub is untouched) or "error" (the learner's code
    raised). `table` is a list of rows (label, yours, target) shown side by side; `picture` a base64 PNG. `points` are those
    earned: all, none, or those that `credit` says what for.
    """

    exercise: str
    status: str
    says: str = ""
    seen: str = ""
    expected: str = ""
    look: str = ""
    table: list[list[str]] = field(default_factory=list)
    picture: str = ""
    points: float = 0.0
    credit: str = ""

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    @property
    def message(self) -> str:
        """At most three sentences: why, what was seen against what was expected, where to look."""
        if self.passed:
            return f"{self.exercise}: passed"
        parts = [_sentence(self.says)]
        if self.seen and self.expected:
            parts.append(f"Saw {self.seen}; expected {self.expected}.")
        elif self.seen:
            parts.append(f"Saw {self.seen}.")
        elif self.expected:
            parts.append(f"Expected {self.expected}.")
        if self.look:
            parts.append(f"Look at: {self.look}.")
        return " ".join(parts)

    def to_json(self) -> dict:
        """The verdict as plain JSON data (the picture left out: it is for eyes)."""
        data = asdict(self)
        del data["picture"]
        if not self.credit:
            del data["credit"]
        return data

    @property
    def _headline(self) -> str:
        return _HEADLINE[self.status] + (f" · {self.credit}" if self.credit else "")

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {"text/plain": str(self), "text/html": self.to_html(), MIME: self.to_json()}

    def __str__(self) -> str:
        if self.passed:
            return f"✓ {self.exercise} · passed · {_points(self.points)}"
        lines = [f"{_LOOKS[self.status][1]} {self.exercise} · {self._headline}", f"  {self.message}"]
        if self.table:
            width = [max(len(row[i]) for row in [_HEADER, *self.table]) for i in range(3)]
            for row in [_HEADER, *self.table]:
                lines.append("  " + "  ".join(cell.ljust(w) for cell, w in zip(row, width, strict=True)).rstrip())
        return "\n".join(lines)

    def to_html(self, link: str = "") -> str:
        """A box readable in light and dark themes, its meaning in words and a sign, not in colour alone.

        `link` is where in the notebook to look, as "#heading".
        """
        colour, sign = _LOOKS[self.status]
        box = (
            f'<div role="status" style="border-left:6px solid {colour};padding:.5em 1em;margin:.3em 0;'
            'background:var(--jp-layout-color2,#f5f5f5);color:var(--jp-content-font-color1,#212121)">'
        )
        head = f"<strong>{sign} {html.escape(self.exercise)} · "
        if self.passed:
            return f"{box}{head}passed</strong> · {_points(self.points)}</div>"
        out = [box, head, f"{html.escape(self._headline)}</strong>", f"<p>{_prose(_sentence(self.says))}</p>"]
        pairs = [("Saw", self.seen), ("Expected", self.expected)]
        out += [f"<div><em>{label}:</em> <code>{html.escape(text)}</code></div>" for label, text in pairs if text]
        if self.look:
            look = _prose(self.look)
            out.append(f"<div><em>Look at:</em> {_link(link, look) if link else look}</div>")
        elif link:
            out.append(f"<div>{_link(link, 'To the card and its hints')}</div>")
        if self.table:
            cells = "".join(
                "<tr>" + "".join(f"<td {_CELL}>{html.escape(c)}</td>" for c in row) + "</tr>" for row in self.table
            )
            heads = "".join(f'<th scope="col" {_CELL}>{html.escape(c)}</th>' for c in _HEADER)
            out.append(f"<table><thead><tr>{heads}</tr></thead><tbody>{cells}</tbody></table>")
        if self.picture:
            out.append(f'<img alt="Your values drawn beside the target" src="data:image/png;base64,{self.picture}">')
        return "".join(out) + "</div>"


_HEADER = ["where", "yours", "target"]
_CELL = 'style="text-align:right;padding:.1em .6em"'
_HEADLINE = {"failed": "not yet", "todo": "to do", "error": "your code raised an error"}
_LOOKS = {  # Okabe-Ito colours, each with its own sign
    "passed": ("#009E73", "✓"),
    "failed": ("#D55E00", "✗"),
    "todo": ("#0072B2", "…"),
    "error": ("#D55E00", "!"),
}


def _points(points: float) -> str:
    return f"{points:g} point" + ("" if points == 1 else "s")


def _prose(text: str) -> str:
    """The text as HTML, what stands between backticks as code."""
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", html.escape(text))


def _link(target: str, text: str) -> str:
    return f'<a href="{html.escape(target)}" style="color:inherit;text-decoration:underline">{text}</a>'


def _sentence(text: str) -> str:
    text = text.strip()
    text = text[:1].upper() + text[1:] if text[:1].islower() and (text[:2].isalpha() or text[:2] == "a ") else text
    return text if text.endswith((".", "!", "?")) else text + "."


class Failed(AssertionError):
    """A check said no.

    `says` names the mistake in plain words; `seen` and `expected` are short texts of the values; `look` names a
    section or hint; `table` holds rows (where, yours, target); `picture` a base64 PNG.
    """

    def __init__(self, says: str, *, seen="", expected="", look="", table=(), picture=""):
        super().__init__(says)
        self.says, self.seen, self.expected, self.look = map(str, (says, seen, expected, look))
        self.table = [list(row) for row in table]
        self.picture = picture


class UsageError(TypeError):
    """A check was called in a way that cannot work: the author's mistake, never the learner's."""

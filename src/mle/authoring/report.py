"""A soundness report for people: a table in the terminal, a page in the browser."""

from __future__ import annotations

from pathlib import Path

import jinja2
from rich.console import Console
from rich.table import Table

from mle.authoring.soundness import Proof, Report

COLUMNS = {
    "reference": "reference, 5 seeds",
    "stub": "stub",
    "alternative": "alternatives",
    "mistake": "mistakes",
    "across": "same across the wall",
    "mutant": "mutants rejected",
}
SHORT = {
    "reference": "seeds",
    "stub": "stub",
    "alternative": "altern.",
    "mistake": "mistakes",
    "across": "wall",
    "mutant": "mutants",
}
"""The same for a terminal of 80 columns."""


def cells(proof: Proof) -> list[str]:
    """The counts of one exercise, column by column: "as it must be / of"."""
    out = []
    for kind in COLUMNS:
        good, of = proof.counts.get(kind, [0, 0])
        text = f"{good}/{of}" if of else "–"
        if kind == "mutant" and proof.equivalent:
            text += f" +{proof.equivalent} eq."
        out.append(text)
    return out


def totals(report: Report) -> str:
    """One line: the lesson, verdicts, seconds, mutation score."""
    good = sum(p.killed[0] for p in report.proofs)
    of = sum(p.killed[1] for p in report.proofs)
    score = f" · mutants rejected {good}/{of} ({good / of:.1%})" if of else ""
    state = "sound" if report.sound else "NOT SOUND"
    return f"{report.lesson.module}/{report.lesson.name}: {state} · {report.verdicts} verdicts in {report.seconds:.1f} s{score}"


def print_report(report: Report, console: Console) -> None:
    """The table, then every problem and surviving mutant on its own line."""
    table = Table(title=f"{report.lesson.module} · {report.lesson.title}", title_justify="left")
    table.add_column("exercise", no_wrap=True)
    for kind in COLUMNS:
        table.add_column(SHORT[kind], justify="right", no_wrap=True)
    for proof in report.proofs:
        style = "red" if proof.problems else None
        table.add_row(proof.exercise, *cells(proof), style=style)
    console.print(table)
    for problem in [*report.problems, *(p for proof in report.proofs for p in proof.problems)]:
        console.print(f"✗ {problem}", style="red", markup=False, highlight=False, soft_wrap=True)
    for proof in report.proofs:
        for name in proof.survivors:
            console.print(
                f"survives in {proof.exercise}: {name}", style="yellow", markup=False, highlight=False, soft_wrap=True
            )
    console.print(totals(report), highlight=False, soft_wrap=True)


PAGE = jinja2.Template(
    """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Soundness of the graders</title><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:70em;margin:2em auto;padding:0 1em}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #999;padding:.3em .6em;text-align:right}
th:first-child,td:first-child{text-align:left}.bad{font-weight:bold}code{white-space:pre-wrap}</style></head><body>
<h1>Soundness of the graders</h1>
{% for report in reports %}<h2>{{ report.lesson.module }} · {{ report.lesson.title }}</h2><p>{{ totals(report) }}</p>
<table><thead><tr><th scope="col">exercise</th>{% for title in columns %}<th scope="col">{{ title }}</th>{% endfor %}
</tr></thead><tbody>{% for proof in report.proofs %}<tr{% if proof.problems %} class="bad"{% endif %}>
<td>{{ proof.exercise }}</td>{% for cell in cells(proof) %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</tbody></table>
{% for proof in report.proofs %}<details><summary>{{ proof.exercise }}: what each answer is told</summary><ul>
{% for answer, message in proof.messages.items() %}<li><b>{{ answer }}</b>: {{ message }}</li>{% endfor %}
{% for problem in proof.problems %}<li class="bad">✗ {{ problem }}</li>{% endfor %}
{% for name in proof.survivors %}<li>surviving mutant: <code>{{ name }}</code></li>{% endfor %}</ul></details>{% endfor %}
{% endfor %}</body></html>
""",
    autoescape=True,
)


def write_html(reports: list[Report], path: Path) -> None:
    """The report as one page, with the message that every answer gets."""
    path.write_text(
        PAGE.render(reports=reports, columns=COLUMNS.values(), cells=cells, totals=totals), encoding="utf-8"
    )

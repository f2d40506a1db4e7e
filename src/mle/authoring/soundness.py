"""Whether a lesson's graders are right: the whole table of proofs, judged from the outcomes the prover prints."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mle.authoring import mutants as mutation
from mle.authoring.lesson import ENVIRONMENT, Exercise, Lesson, find_lessons, read_lesson
from mle.authoring.prover import jobs_of
from mle.check.failure import Verdict

MUTATION_GOAL = 0.95
"""The share of non-equivalent mutants that a sound check rejects, at least."""


@dataclass
class Proof:
    """What was found of one exercise."""

    exercise: str
    problems: list[str] = field(default_factory=list)
    counts: dict[str, list[int]] = field(default_factory=dict)  # kind → [as it must be, of]
    survivors: list[str] = field(default_factory=list)
    equivalent: int = 0
    messages: dict[str, str] = field(default_factory=dict)  # answer → its message

    def count(self, kind: str, good: bool) -> None:
        tally = self.counts.setdefault(kind, [0, 0])
        tally[0] += good
        tally[1] += 1

    @property
    def killed(self) -> tuple[int, int]:
        """How many of how many non-equivalent mutants the check rejects."""
        good, of = self.counts.get("mutant", [0, 0])
        return good, of


@dataclass
class Report:
    """What was found of a lesson."""

    lesson: Lesson
    proofs: list[Proof]
    seconds: float
    problems: list[str]

    @property
    def sound(self) -> bool:
        return not self.problems and not any(p.problems for p in self.proofs)

    @property
    def verdicts(self) -> int:
        return sum(of for p in self.proofs for _, of in p.counts.values())


def prove(
    path: Path,
    exercise: str | None = None,
    mutants: bool = False,
    jobs: int = 2,
    progress: Callable[[str, int], None] | None = None,
) -> Report:
    """Run every answer of the lesson at `path` (of one `exercise`) and judge the outcomes.

    `progress(exercise, outcomes so far)` is called after each. Raises `LessonError` where the text is not in order.
    """  # fmt: skip
    lesson = read_lesson(path)
    if exercise is not None and exercise not in [e.name for e in lesson.exercises]:
        names = ", ".join(e.name for e in lesson.exercises)
        return Report(lesson, [], 0.0, [f"{path}: no exercise {exercise!r}; it has {names}"])
    command = [sys.executable, "-m", "mle.authoring.prover", str(path), "--jobs", str(jobs)]
    command += ["--exercise", exercise] if exercise else []
    command += ["--mutants"] if mutants else []
    environment = {**os.environ, **ENVIRONMENT, "MPLBACKEND": "Agg"}
    started = time.monotonic()
    outcomes: list[dict] = []
    problems: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        for line in process.stdout:
            data = json.loads(line)
            if "problem" in data:
                problems.append(data["problem"])
                continue
            outcomes.append(data)
            if progress:
                progress(data["exercise"], len(outcomes))
        errors = process.stderr.read()
    if process.returncode and not problems:
        problems.append(f"{path}: the prover ended with {process.returncode}: {errors[-2000:]}")
    wanted = [e for e in lesson.exercises if exercise in (None, e.name)]
    proofs = [judge(e, [o for o in outcomes if o["exercise"] == e.name]) for e in wanted]
    return Report(lesson, proofs, time.monotonic() - started, problems)


def judge(exercise: Exercise, outcomes: list[dict]) -> Proof:
    """The proof of one exercise from its answers' outcomes."""
    proof = Proof(exercise.name)
    here: dict[tuple, Verdict] = {}
    for outcome in sorted(
        outcomes, key=lambda o: o["across"]
    ):  # a slow one may have come after its like across the wall
        verdict = Verdict(**outcome["verdict"])
        kind, name, side = (
            outcome["kind"],
            outcome["name"],
            "across the wall" if outcome["across"] else "in one process",
        )
        what = f"{exercise.name}: {kind} {name!r}, {side}"
        key = (kind, name, outcome["seed"])
        if kind == "mutant":
            _mutant(exercise, proof, name, verdict)
            continue
        if outcome["across"]:
            other = here.get(key)
            same = other is not None and (other.status, other.says) == (verdict.status, verdict.says)
            proof.count("across", same)
            if not same:
                proof.problems.append(f"{what}: another verdict than in one process: {verdict.message!r}, not "
                                      f"{other.message if other else None!r}")  # fmt: skip
        else:
            here[key] = verdict
            proof.messages[f"{kind} {name}"] = verdict.message
        found = _shortcoming(exercise, kind, name, verdict)
        if not found and kind == "mistake" and outcome.get("hidden"):
            found = "only the hidden tests catch it: a learner sees the check pass, and loses the points"
        if not outcome["across"]:
            proof.count(kind, not found)
        if found:
            proof.problems.append(f"{what}, seed {outcome['seed']}: {found}")
    judged = {(o["kind"], o["name"], o["seed"], o["across"]) for o in outcomes}
    for job in jobs_of(exercise, mutants=False):
        key = (job.answer.kind, job.answer.name, job.seed, job.across)
        if key not in judged:
            side = "across the wall" if job.across else "in one process"
            proof.problems.append(f"{exercise.name}: {key[0]} {key[1]!r}, {side}, seed {job.seed}: was not judged")
    mutants = {o["name"] for o in outcomes if o["kind"] == "mutant"}
    for name in sorted(set(exercise.equivalents) - mutants) if mutants else []:
        proof.problems.append(f"{exercise.name}: no such mutant as {name!r}, which is listed as equivalent")
    killed, of = proof.killed
    if of and killed / of < MUTATION_GOAL:
        proof.problems.append(f"{exercise.name}: {killed} of {of} mutants rejected, fewer than {MUTATION_GOAL:.0%}")
    return proof


def _shortcoming(exercise: Exercise, kind: str, name: str, verdict: Verdict) -> str:
    """Why this verdict on this answer is not as it must be; empty where it is."""
    if kind in ("reference", "alternative"):
        return "" if verdict.passed else f"not full points: {verdict.message}"
    if kind == "stub":
        if verdict.passed:
            return "the untouched stub passes"
        told = verdict.status == "todo" or "is not defined" in verdict.says
        return "" if told else f"the untouched stub is told {verdict.message!r} instead of what to do"
    if verdict.passed:
        return "the mistake passes"
    message = verdict.message.lower()
    own = next(a for a in exercise.answers if a.name == name)
    if own.says.lower() not in message:
        return f"the message lacks {own.says!r}: {verdict.message!r}"
    for other in exercise.of_kind("mistake"):
        if other.name != name and other.says.lower() in message:
            return f"the message also says what {other.name!r} says ({other.says!r}): {verdict.message!r}"
    return ""


def _mutant(exercise: Exercise, proof: Proof, name: str, verdict: Verdict) -> None:
    if name in exercise.equivalents:
        proof.equivalent += 1
        if not verdict.passed:
            proof.problems.append(f"{exercise.name}: the mutant {name!r} is listed as equivalent but is rejected")
        return
    proof.count("mutant", not verdict.passed)
    if verdict.passed:
        proof.survivors.append(name)


def table_path(lesson: Path) -> Path:
    """Where a lesson's committed mutation scores lie."""
    return lesson.with_name(lesson.stem + ".mutants.json")


def fingerprint(exercise: Exercise) -> str:
    """Changes when the exercise's reference, check, given mutants or the operators change."""
    text = [exercise.cell.source, exercise.check.source, sorted(exercise.equivalents), mutation.VERSION]
    return hashlib.sha256(json.dumps(text).encode()).hexdigest()[:16]


def save_table(report: Report) -> Path:
    """Write the mutation scores of the exercises proven, keeping those of the lesson's other exercises."""
    path = table_path(report.lesson.path)
    kept = json.loads(path.read_text()) if path.exists() else {}
    for proof in report.proofs:
        killed, of = proof.killed
        kept[proof.exercise] = {
            "fingerprint": fingerprint(report.lesson.exercise(proof.exercise)),
            "rejected": killed, "mutants": of, "equivalent": proof.equivalent, "survivors": proof.survivors,
        }  # fmt: skip
    ordered = {e.name: kept[e.name] for e in report.lesson.exercises if e.name in kept}
    path.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def score_page(root: Path) -> str:
    """The committed mutation scores of every lesson under `root` as a Markdown page (`grading/soundness.md`)."""
    lines = [
        "# How sound the graders are",
        "",
        "Made by `make mutants`. Each exercise's check against its reference solution with one small error planted (mutants),",
        "the named mistakes and the correct alternatives it is proven on. Mutants that no input tells from the reference are",
        "listed with the reason in the lesson's answers file and counted as equivalent.",
        "",
        "| exercise | mistakes | alternatives | mutants rejected | equivalent |",
        "|---|---|---|---|---|",
    ]
    rejected = mutants = 0
    for path in find_lessons(root):
        lesson, rows = read_lesson(path), json.loads(table_path(path).read_text(encoding="utf-8"))
        lines.append(f"| **{lesson.module[:2]} · {lesson.title}** | | | | |")
        for exercise in lesson.exercises:
            row = rows[exercise.name]
            rejected, mutants = rejected + row["rejected"], mutants + row["mutants"]
            lines.append(
                f"| {exercise.name} | {len(exercise.of_kind('mistake'))} | {len(exercise.of_kind('alternative'))} | "
                f"{row['rejected']} of {row['mutants']} | {row['equivalent']} |"
            )
    lines += ["", f"Together: {rejected} of {mutants} mutants rejected ({rejected / max(1, mutants):.1%}).", ""]
    return "\n".join(lines)

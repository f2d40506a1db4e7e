"""Time nbgrader's own autograder and the engine on the same class, in one run: `make bench`.

For each of some real modules a class is generated from its answers files: each learner's exercises are right, an alternative, a named mistake,
untouched or broken, in the shares below, and each learner's code is a text of its own, so that no receipt is shared. The
engine grades all of them, with one worker and with two; nbgrader's own autograder, which grades one after another and takes
minutes, a sample. Writes grading/bench.json, bench.md and bench.png,
and class.png, the picture of this class from its report.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean, median

import nbformat
import psutil

import mle  # noqa: F401 - one thread each
from mle.authoring.lesson import Exercise, find_lessons, read_lesson
from mle.grading.engine import course_at, grade
from mle.grading.farm import Nest
from mle.grading.limits import Limits
from mle.grading.submission import ground_of

ROOT = Path(__file__).resolve().parent.parent
SHARES = {"right": 0.55, "alternative": 0.15, "mistake": 0.15, "untouched": 0.10, "broken": 0.05}
MODULES = ["03-build-and-train-models", "13-deep-learning"]
"""What `make bench` measures; others by --module, beside what bench.json has already."""
WHO = {"stock": "nbgrader's own", "engine, 1 worker": "engine, 1 worker", "engine, 2 workers": "engine, 2 workers"}
BROKEN = ("raise ValueError('not finished')", "def broken(:\n    pass", "answer = undefined_name")
BIN = Path(sys.executable).parent


def class_of(module: str, learners: int, seed: int = 0) -> dict[str, dict[str, dict[str, str]]]:
    """The code of each learner's exercises: learner → notebook → exercise → source (none where it is untouched)."""
    chance = random.Random(seed)
    lessons = [read_lesson(path) for path in find_lessons(ROOT, module)]
    return {
        f"learner-{number:03d}": {
            lesson.name: {e.name: source for e in lesson.exercises if (source := answer(e, number, chance))}
            for lesson in lessons
        }
        for number in range(learners)
    }


def answer(exercise: Exercise, number: int, chance: random.Random) -> str:
    kind = chance.choices(list(SHARES), list(SHARES.values()))[0]
    if kind == "untouched":
        return ""
    sources = {
        "right": [exercise.cell.source],
        "alternative": [a.source for a in exercise.of_kind("alternative")] or [exercise.cell.source],
        "mistake": [a.source for a in exercise.of_kind("mistake")],
        "broken": list(BROKEN),
    }[kind]
    return f"{chance.choice(sources)}\n# as learner {number} has written it\n"


def make_course(folder: Path, module: str, work: dict) -> None:
    """A course of this module with the submissions of a class in it."""
    for name in ("lessons", "solutions", "modules"):
        shutil.copytree(ROOT / name / module, folder / name / module)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    for learner, notebooks in work.items():
        place = folder / "grading" / "submitted" / learner / module
        place.mkdir(parents=True)
        for name, answers in notebooks.items():
            notebook = nbformat.read(ROOT / "modules" / module / f"{name}.ipynb", as_version=4)
            for cell in notebook.cells:
                cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
            nbformat.write(notebook, place / f"{name}.ipynb")


def run(folder: Path, *command: str, stock: bool = False) -> float:
    """Run a command in a course; the seconds it took."""
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    environment |= {"MLE_STOCK_AUTOGRADE": "1"} if stock else {}
    started = time.perf_counter()
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=folder, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return time.perf_counter() - started


def scores_of(folder: Path, module: str) -> dict[tuple[str, str, str], float]:
    """What a gradebook holds: learner, notebook and check → points."""
    course = course_at(folder)
    with course.desk() as desk:
        return {
            (submission.student_id, notebook.name, grade.name): grade.auto_score
            for submission in desk.book.assignment_submissions(module)
            for notebook in submission.notebooks
            for grade in notebook.grades
            if grade.name.endswith("-check")
        }


def details(folder: Path, module: str) -> dict:
    """The engine's own times and memory, in this process, with one worker; and the time of each phase."""
    phases: dict[str, float] = {}
    started = {"at": time.perf_counter(), "what": ""}

    def progress(what: str, done: int, total: int) -> None:
        now = time.perf_counter()
        phases[started["what"]] = phases.get(started["what"], 0.0) + now - started["at"]
        started.update(at=now, what=what)

    graded = grade(course_at(folder), module, workers=1, force=True, progress=progress)
    runs = [run for each in graded for run in each.runs]
    return {
        "notebooks": len(runs),
        "run_seconds": [round(run.seconds, 3) for run in runs],
        "overhead_seconds": [round(run.seconds - run.own_seconds, 4) for run in runs],
        "memory_mb": [round(run.memory, 1) for run in runs],
        "reading_seconds": phases.get("reading", 0.0),
        "writing_seconds": phases.get("writing marks", 0.0),
    }


def starts_of(module: str) -> list[float]:
    """How long the warm kernels of each lesson take to start."""
    seconds = []
    for path in find_lessons(ROOT, module):
        lesson = read_lesson(path)
        started = time.perf_counter()
        with Nest(ground_of(lesson), Limits()):
            seconds.append(round(time.perf_counter() - started, 2))
    return seconds


def makespan(runs: list[float], starts: list[float], workers: int, serial: float) -> float:
    """Seconds for a class, simulated: whoever is free takes the next notebook; warm kernels start first, one after another;
    reading and writing have one process. `serial` is their time."""
    free = [0.0] * workers
    for seconds in runs:
        heapq.heappush(free, heapq.heappop(free) + seconds)
    return sum(starts) + max(free) + serial


def measure(module: str, learners: int, sample: int, folder: Path) -> dict:
    work = class_of(module, learners)
    some = dict(list(work.items())[:sample])
    stock, one, two, third = (folder / name for name in ("stock", "one", "two", "third"))
    make_course(stock, module, some)
    for place in (one, two, third):
        make_course(place, module, work)
    run(stock, "nbgrader", "generate_assignment", module, "--create", "--force", stock=True)
    seconds = {
        "stock": run(stock, "nbgrader", "autograde", module, stock=True),
        "engine, 1 worker": run(one, "mle", "grade", module, "--workers", "1"),
        "engine, 2 workers": run(two, "mle", "grade", module, "--workers", "2"),
    }
    ours, theirs = scores_of(two, module), scores_of(stock, module)
    differing = {
        " · ".join(key): {"stock": points, "engine": ours[key]} for key, points in theirs.items() if ours[key] != points
    }
    return {
        "module": module, "learners": learners, "sample": sample, "shares": SHARES, "seconds": seconds,
        "compared": len(theirs), "differing": differing, "same_with_one_worker": scores_of(one, module) == ours,
        "starts": starts_of(module), **details(third, module),
        "machine": {"cores": psutil.cpu_count(), "memory_gb": round(psutil.virtual_memory().total / 1e9),
                    "python": platform.python_version(), "system": platform.system()},
    }  # fmt: skip


def figures(data: dict) -> dict:
    """What is reported, from what was measured."""
    seconds, learners = data["seconds"], data["learners"]
    rate = {name: 60 * (data["sample"] if name == "stock" else learners) / s for name, s in seconds.items()}
    serial = (data["reading_seconds"] + data["writing_seconds"]) / learners
    chance = random.Random(1)
    scale = {}
    for count in (30, 300, 1000):
        runs = chance.choices(data["run_seconds"], k=count * len(data["starts"]))
        scale[count] = {w: makespan(runs, data["starts"], w, serial * count) for w in (1, 2, 4, 8)}
    return {
        "rate": rate, "ratio": {name: value / rate["stock"] for name, value in rate.items()}, "scale": scale,
        "stock_notebook": seconds["stock"] / data["sample"] / len(data["starts"]), "serial": serial,
        "overhead": (median(data["overhead_seconds"]), max(data["overhead_seconds"])),
        "memory": (median(data["memory_mb"]), max(data["memory_mb"])), "own": mean(data["run_seconds"]),
    }  # fmt: skip


def draw(all_data: dict[str, dict], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    shown = {module: figures(data) for module, data in all_data.items()}
    for at, (who, colour) in enumerate(zip(WHO, ("#999999", "#56B4E9", "#0072B2"), strict=True)):
        places = [number + 0.27 * (at - 1) for number in range(len(shown))]
        bars = left.barh(places, [f["rate"][who] for f in shown.values()], 0.25, color=colour, label=WHO[who])
        left.bar_label(bars, [f"{f['rate'][who]:.1f}" for f in shown.values()], padding=3)
    left.set_yticks(range(len(shown)), [f"module {module[:2]}" for module in shown])
    left.invert_yaxis()
    left.margins(x=0.12)
    left.set_xlabel("submissions a minute, measured")
    left.legend(frameon=False, ncols=3, fontsize=8, loc="lower center", bbox_to_anchor=(0.4, 1))
    for (module, f), line in zip(shown.items(), ("-", "--", ":", "-."), strict=False):
        for (count, times), mark in zip(f["scale"].items(), "os^", strict=True):
            right.plot(list(times), [s / 60 for s in times.values()], line, marker=mark, color="#0072B2",
                       label=f"{count:,} learners, module {module[:2]}")  # fmt: skip
    right.set_xscale("log", base=2)
    right.set_yscale("log")
    right.set_xticks([1, 2, 4, 8], ["1", "2", "4", "8"])
    right.set_xlabel("workers")
    right.set_ylabel("minutes for the class, simulated")
    right.legend(frameon=False, fontsize=8, bbox_to_anchor=(1.02, 1), loc="upper left")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)


def page(all_data: dict[str, dict]) -> str:
    """The committed report."""
    machine = next(iter(all_data.values()))["machine"]
    shares = ", ".join(f"{share:.0%} {kind}" for kind, share in SHARES.items())
    lines = [
        "# The engine beside nbgrader's own autograder",
        "",
        f"Made by `make bench` ({machine['cores']} cores, {machine['memory_gb']} GB, Python {machine['python']}): for each module one "
        f"class, graded by both in one run. Its exercises are {shares}; each learner's code is a text of its own. The engine graded the "
        "whole class from nothing, the start of its warm kernels included; nbgrader's own autograder, which works at the same "
        "pace on any number, a sample of it.",
        "",
        "![Submissions a minute, and simulated times of larger classes](bench.png)",
        "",
    ]
    for module, data in all_data.items():
        lines += table(module, data, figures(data))
    return "\n".join(lines)


def table(module: str, data: dict, shown: dict) -> list[str]:
    rate, ratio, same = shown["rate"], shown["ratio"], data["compared"] - len(data["differing"])
    lines = [
        f"## `{module}`",
        "",
        f"{len(data['starts'])} notebooks a submission, {data['learners']} learners, of whom nbgrader's own autograder graded {data['sample']}.",
        "",
        "| figure | nbgrader's own | engine, 1 worker | engine, 2 workers |",
        "|---|---|---|---|",
        f"| submissions a minute | {rate['stock']:.2f} | {rate['engine, 1 worker']:.1f} | {rate['engine, 2 workers']:.1f} |",
        f"| ratio | 1 | {ratio['engine, 1 worker']:.1f} | {ratio['engine, 2 workers']:.1f} |",
        f"| seconds a notebook, mean | {shown['stock_notebook']:.1f} | {shown['own']:.2f} | – |",
        "| overhead a notebook beyond its own cells, median (largest) | – "
        f"| {shown['overhead'][0]:.3f} s ({shown['overhead'][1]:.3f} s) | – |",
        "| private memory of a further kernel, median (largest) | a kernel of its own "
        f"| {shown['memory'][0]:.0f} MB ({shown['memory'][1]:.0f} MB) | – |",
        "",
        f"Scores: {data['compared']} checks were scored by both, {same} alike; one worker and two "
        + ("gave the same." if data["same_with_one_worker"] else "DIFFER."),
        "",
    ]
    lines += [f"- {key}: nbgrader {v['stock']:g}, engine {v['engine']:g}" for key, v in data["differing"].items()]
    lines += [
        "Larger classes, simulated (not measured): the run times above, drawn at random, given to whichever worker is free; the start of the "
        f"warm kernels ({sum(data['starts']):.1f} s) and reading and writing ({shown['serial'] * 1000:.0f} ms a submission) are not parallel.",
        "",
        "| learners | 1 worker | 2 workers | 4 workers | 8 workers | 4 against 1 |",
        "|---|---|---|---|---|---|",
    ]
    for count, times in shown["scale"].items():
        cells = " | ".join(f"{s / 60:.1f} min" for s in times.values())
        lines.append(f"| {count:,} | {cells} | {times[1] / times[4]:.2f}× |")
    return [*lines, ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", nargs="+", default=MODULES)
    parser.add_argument("--learners", type=int, default=30)
    parser.add_argument("--sample", type=int, default=4, help="learners that nbgrader's own autograder grades")
    parser.add_argument("--into", type=Path, default=ROOT / "grading")
    options = parser.parse_args()
    kept = options.into / "bench.json"
    all_data = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    for module in options.module:
        with tempfile.TemporaryDirectory() as folder:
            all_data[module] = measure(module, options.learners, options.sample, Path(folder))
            picture = Path(folder, "two", "grading", "reports", module, "mistakes.png")
            if module == MODULES[0]:
                shutil.copy(picture, options.into / "class.png")
        kept.write_text(json.dumps(all_data, indent=1) + "\n", encoding="utf-8")
    (options.into / "bench.md").write_text(page(all_data), encoding="utf-8")
    draw(all_data, options.into / "bench.png")
    print(page(all_data))


if __name__ == "__main__":
    main()

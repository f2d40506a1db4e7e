"""Faults: whatever is killed, full or locked, a rerun gives what an undisturbed run gives, and nothing stays behind."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from mle.grading import GradingError, jail, publish
from mle.grading.engine import course_at, grade
from mle.grading.farm import Farm
from mle.grading.publish import PublishError
from mle.grading.store import StoreError

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tools"))
from faults import MODULE, SCORES, VICTIMS, hand_in, leftovers, make_course, snapshot  # noqa: E402

NO_JAIL = jail.reason_against()
needs_jail = pytest.mark.skipif(bool(NO_JAIL), reason=f"no jail: {NO_JAIL}")
pytestmark = needs_jail
COMMAND = [sys.executable, "-m", "mle.cli", "grade", MODULE]


def grade_it(root: Path, **options) -> list:
    """Grade the class in this process; that a jail can be made is known already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jail, "reason_against", lambda: "")
        return grade(course_at(root), MODULE, **options)


@pytest.fixture(scope="module")
def ungraded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    make_course(root := tmp_path_factory.mktemp("ungraded") / "course")
    return root


@pytest.fixture(scope="module")
def undisturbed(ungraded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The class, graded once."""
    shutil.copytree(ungraded, root := tmp_path_factory.mktemp("undisturbed") / "course")
    assert {each.student: each.points for each in grade_it(root)} == SCORES
    return root


@pytest.fixture
def warm(ungraded: Path, undisturbed: Path, tmp_path: Path) -> Path:
    """The class with all its receipts and no marks yet: grading it starts no kernel."""
    shutil.copytree(ungraded, root := tmp_path / "course")
    shutil.copytree(undisturbed / "grading" / ".receipts", root / "grading" / ".receipts")
    return root


def assert_same(root: Path, undisturbed: Path) -> None:
    assert snapshot(root) == snapshot(undisturbed)
    assert not leftovers(root)


# --- kill -9 --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_whatever_is_killed_at_whatever_moment_the_marks_equal_an_undisturbed_run(tmp_path: Path):
    """One round for each victim: the engine at a time, at a write, as a command; each kind of process under it."""
    out = tmp_path / "rounds.json"
    seed = str(int(time.time()) % 100_000)
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "faults.py"), f"--rounds={len(VICTIMS)}", f"--seed={seed}", f"--json={out}"],
        capture_output=True, text=True, timeout=500,
    )  # fmt: skip
    assert out.exists(), done.stdout + done.stderr
    rounds = json.loads(out.read_text())
    assert [r for r in rounds if not r["good"]] == [], f"seed {seed}"
    assert {r["victim"] for r in rounds} == set(VICTIMS)
    assert len({r["victim"] for r in rounds if r["hit"]}) >= len(VICTIMS) - 3, "most victims were found"


def test_a_second_run_changes_nothing(undisturbed: Path):
    def times() -> dict[str, int]:
        files = [p for p in (undisturbed / "grading").rglob("*") if p.is_file() and p.name != ".lock"]
        return {str(p): p.stat().st_mtime_ns for p in files}

    before = times()
    assert all(each.repeated for each in grade_it(undisturbed))
    assert times() == before


class Killed(BaseException):
    """Ends the run where it is raised, as a kill would: nothing in the engine catches it."""


@pytest.mark.parametrize("moment", ["before the commit", "after the commit", "folder aside", "folder there"])
def test_a_resubmission_whose_grader_was_killed_between_gradebook_and_folder_is_written_whole(
    undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
):
    """The new marks equal the old ones: only the time of handing in tells them apart."""
    shutil.copytree(undisturbed, root := tmp_path / "course")
    hand_in(root, "solved", {}, "2026-02-01 12:00:00 UTC")
    grade_it(root, students=["solved"])
    hand_in(root, "solved", {}, "2026-03-01 12:00:00 UTC")
    shutil.copytree(root, twin := tmp_path / "twin")
    with monkeypatch.context() as patch:
        write_book, rename, calls = publish.Desk._write_book, os.rename, []

        def dies(*arguments):
            if moment != "before the commit":
                write_book(*arguments)
            raise Killed

        def renames(old, new):
            calls.append(new)
            rename(old, new)
            if len(calls) == (1 if moment == "folder aside" else 2):
                raise Killed

        if "commit" in moment:
            patch.setattr(publish.Desk, "_write_book", dies)
        else:
            patch.setattr(publish.os, "rename", renames)
        with pytest.raises(Killed):
            grade_it(root, students=["solved"])
    for folder in (root, twin):
        grade_it(folder, students=["solved"])
    assert_same(root, twin)


# --- a full disk ----------------------------------------------------------------------------------------------------


def test_a_write_that_finds_the_disk_full_is_one_clear_sentence_and_a_rerun_equals(
    warm: Path, undisturbed: Path, monkeypatch: pytest.MonkeyPatch
):
    """The new gradebook, the rights of a draft's files, the folder's renames."""
    stops = 0
    for name, fails_at in (
        ("replace", 1),
        ("chmod", 1),
        ("chmod", 4),
        ("rename", 1),
        ("rename", 3),
        ("rename", 10_000),
    ):
        count, original = 0, getattr(os, name)

        def full(path, *arguments, original=original, fails_at=fails_at, **options):
            nonlocal count
            count += str(warm / "grading") in str(path)
            if count == fails_at:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            return original(path, *arguments, **options)

        with monkeypatch.context() as patch:
            patch.setattr(os, name, full)
            try:
                grade_it(warm)
            except StoreError as error:
                stops += 1
                assert "No space left on device" in str(error) and "grade again" in str(error)
    assert stops == 5
    assert_same(warm, undisturbed)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A file system of that size over a folder, which keeps what it holds."""
    kept = folder.with_name("kept")
    shutil.copytree(folder, kept, symlinks=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "small", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()[-100:]}")
    try:
        shutil.copytree(kept, folder, symlinks=True, dirs_exist_ok=True)
        yield
        shutil.rmtree(kept)
        shutil.copytree(folder, kept, symlinks=True)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        shutil.copytree(kept, folder, symlinks=True, dirs_exist_ok=True)


def test_a_full_file_system_loses_nothing_and_a_rerun_with_room_equals(warm: Path, undisturbed: Path):
    if not hasattr(os, "geteuid") or os.geteuid():
        pytest.skip("mounting a small file system needs root")
    refused = 0
    with small_disk(warm / "grading", "1m"):
        filler = warm / "grading" / "filler"
        for room in (0, 250_000, 320_000):
            fill(filler, room)
            try:
                grade_it(warm)
            except GradingError as error:
                refused += 1
                assert "grade again" in str(error) and "\n" not in str(error)
        filler.unlink()
    assert refused >= 2
    grade_it(warm)
    assert_same(warm, undisturbed)


def fill(filler: Path, room: int) -> None:
    """Fill the file system of a file up to that many bytes."""
    filler.unlink(missing_ok=True)
    free = os.statvfs(filler.parent)
    with filler.open("wb", buffering=0) as file:
        file.write(bytes(max(0, free.f_bavail * free.f_frsize - room)))


def test_a_receipt_that_cannot_be_written_ends_the_run_at_once(
    ungraded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The engine does not go on to grade the rest of a class whose results it cannot keep."""
    shutil.copytree(ungraded, root := tmp_path / "course")
    (root / "grading" / ".receipts").write_text("a file where the folder should be")
    begun, run = [], Farm.run
    monkeypatch.setattr(Farm, "run", lambda farm, job: begun.append(job) or run(farm, job))
    with pytest.raises(StoreError, match="grade again"):
        grade_it(root, workers=1)
    assert 1 <= len(begun) <= 2, "the first, and the one that its worker has taken up meanwhile"
    assert not [t for t in threading.enumerate() if t.name.startswith("ThreadPoolExecutor")]


# --- a locked gradebook, two graders --------------------------------------------------------------------------------


@contextmanager
def locked(book: Path, seconds: float) -> Iterator[None]:
    """Keep a gradebook locked, from another process, for that long or until the block ends."""
    program = ("import sqlite3, sys, time\nb = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
               "b.execute('BEGIN EXCLUSIVE')\nprint('locked', flush=True)\ntime.sleep(float(sys.argv[2]))")  # fmt: skip
    with subprocess.Popen([sys.executable, "-c", program, str(book), str(seconds)], stdout=subprocess.PIPE) as other:
        assert other.stdout.readline()
        try:
            yield
        finally:
            other.kill()


def with_empty_gradebook(root: Path) -> Path:
    book = root / "grading" / "gradebook.db"
    with course_at(root).desk():
        pass
    return book


def test_a_gradebook_locked_for_two_seconds_is_waited_for(warm: Path, undisturbed: Path):
    with locked(with_empty_gradebook(warm), 2):
        started = time.monotonic()
        grade_it(warm)
        assert time.monotonic() - started > 1
    assert_same(warm, undisturbed)


def test_a_gradebook_locked_for_too_long_is_one_clear_sentence_and_a_rerun_equals(
    warm: Path, undisturbed: Path, monkeypatch: pytest.MonkeyPatch
):
    """Locked just before the marks are written."""
    monkeypatch.setattr(publish, "BUSY_SECONDS", 0.5)
    with ExitStack() as stack:

        def lock(what: str, done: int, total: int) -> None:
            if (what, done) == ("writing marks", 1):
                stack.enter_context(locked(warm / "grading" / "gradebook.db", 100))

        with pytest.raises(PublishError) as refused:
            grade_it(warm, progress=lock)
    assert "locked" in str(refused.value) and "grade again" in str(refused.value) and "\n" not in str(refused.value)
    grade_it(warm)
    assert_same(warm, undisturbed)


def test_the_command_says_of_a_locked_gradebook_in_one_sentence_what_to_do_and_ends_with_1(warm: Path):
    book = with_empty_gradebook(warm)
    patched = ("from mle.grading import jail, publish; publish.BUSY_SECONDS = 0.5; jail.reason_against = lambda: ''; "
               "from mle.cli import app; app()")  # fmt: skip
    with locked(book, 100):
        done = subprocess.run([sys.executable, "-c", patched, "grade", MODULE], cwd=warm, capture_output=True, text=True,
                              timeout=120)  # fmt: skip
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "is locked" in done.stderr and "grade again" in done.stderr


@pytest.mark.slow
def test_two_graders_at_once_both_end_well_with_the_same_marks(ungraded: Path, undisturbed: Path, tmp_path: Path):
    shutil.copytree(ungraded, root := tmp_path / "course")
    both = [subprocess.Popen(COMMAND, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(2)]
    said = [each.communicate(timeout=200)[0].decode() for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    assert_same(root, undisturbed)
    with closing(sqlite3.connect(root / "grading" / "gradebook.db")) as book:
        assert book.execute("SELECT count(*) FROM submitted_assignment").fetchone() == (len(SCORES),)

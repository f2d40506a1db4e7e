"""Many machines: graded by the workers of a Dask scheduler as here; a worker that is lost loses nothing.

Scheduler and workers are real processes, on loopback and (as root) in network namespaces of their own.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from distributed import Client

from mle.grading import farm, jail
from mle.grading.engine import course_at, grade
from mle.grading.farm import Job, NestError, run_there
from mle.grading.limits import Limits
from mle.grading.submission import Ground, Step

sys.path.append(str(Path(__file__).resolve().parent.parent / "tools"))
from faults import MODULE, SCORES, make_course, snapshot

NO_JAIL = jail.reason_against()
pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(NO_JAIL), reason=f"no jail: {NO_JAIL}")]
DASK = [sys.executable, "-m", "distributed.cli.dask_scheduler"], [sys.executable, "-m", "distributed.cli.dask_worker"]
QUIET = {"DASK_DISTRIBUTED__DIAGNOSTICS__NVML": "False", "DASK_LOGGING__DISTRIBUTED": "error"}


class Cluster:
    """A Dask scheduler and its workers, each a process with one thread; `before` is put before a command."""

    def __init__(self, folder: Path, host: str = "127.0.0.1", before: tuple[str, ...] = ()):
        self.folder, self.processes = folder, []
        self.address = f"tcp://{host}:{free_port()}"
        self._start([*before, *DASK[0], f"--host={self.address}", "--no-dashboard"])

    def worker(self, host: str = "127.0.0.1", before: tuple[str, ...] = ()) -> psutil.Process:
        return self._start([*before, *DASK[1], self.address, f"--host={host}", "--nthreads=1", "--no-nanny",
                            "--no-dashboard", "--death-timeout=60", f"--local-directory={self.folder}"])  # fmt: skip

    def _start(self, command: list[str]) -> psutil.Process:
        with (self.folder / "dask.log").open("a") as log:
            process = psutil.Popen(command, cwd=self.folder, env=os.environ | QUIET, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def wait_for_workers(self, count: int) -> None:
        with Client(self.address, timeout=60) as client:
            client.wait_for_workers(count, timeout=60)

    def close(self) -> None:
        nests = [nest for process in self.processes for nest in nests_of(process)]
        for process in reversed(self.processes):
            with suppress(psutil.Error):
                process.kill()
            process.wait()
        assert not psutil.wait_procs(nests, timeout=10)[1], "no nest outlives its worker"


def nests_of(process: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return [p for p in process.children(recursive=True) if "mle.grading.nest" in p.cmdline()]
    return []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler with two workers."""
    cluster = Cluster(tmp_path_factory.mktemp("dask"))
    try:
        for _ in range(2):
            cluster.worker()
        yield cluster
    finally:
        cluster.close()


@pytest.fixture(scope="module")
def ungraded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    make_course(root := tmp_path_factory.mktemp("ungraded") / "course")
    return root


@pytest.fixture(scope="module")
def here(ungraded: Path, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What grading on this machine gives."""
    shutil.copytree(ungraded, root := tmp_path_factory.mktemp("here") / "course")
    assert {each.student: each.points for each in grade(course_at(root), MODULE)} == SCORES
    return snapshot(root)


def jobs_of(count: int, seconds: float) -> list[Job]:
    """Jobs that each take that long."""
    check = Step("check.equal(a, 1)", "a", 1.0)
    return [Job(Ground("from mle import check"), Limits(), True,
                (Step(f"import time\ntime.sleep({seconds})\na, number = 1, {number}"), check))
            for number in range(count)]  # fmt: skip


def test_workers_elsewhere_give_the_same_marks_as_here(cluster: Cluster, ungraded: Path, here: dict, tmp_path: Path):
    shutil.copytree(ungraded, root := tmp_path / "course")
    grade(course_at(root), MODULE, scheduler=cluster.address)
    assert snapshot(root) == here


def test_a_worker_killed_in_the_middle_loses_nothing_and_a_late_one_gets_its_work(tmp_path: Path):
    cluster, done, nests = Cluster(tmp_path), {}, []
    try:
        doomed, late = cluster.worker(), None
        for number, result in run_there(jobs_of(6, 0.3), cluster.address):
            if late is None:
                nests = nests_of(doomed)
                doomed.kill()
                late = cluster.worker()
            done[number] = result
        assert nests and not psutil.wait_procs(nests, timeout=10)[1], "its nest died with it"
        assert sorted(done) == list(range(6)) and all(result.verdicts[0].passed for result in done.values())
        assert nests_of(late)
    finally:
        cluster.close()


def test_a_nest_killed_on_a_worker_is_started_again_there(cluster: Cluster):
    done = {}
    for number, result in run_there(jobs_of(6, 0.3), cluster.address):
        if not done:
            for worker in cluster.processes[1:]:
                for nest in nests_of(worker)[:1]:
                    nest.kill()
        done[number] = result
    assert len(done) == 6 and all(result.verdicts[0].passed for result in done.values())


def test_a_lesson_that_does_not_start_is_its_jobs_problem_there_too(cluster: Cluster):
    (job,) = jobs_of(1, 0)
    broken = Job(Ground(job.ground.imports, ("1 / 0",)), job.limits, True, job.steps)
    done = dict(run_there([broken, job], cluster.address))
    assert isinstance(done[0], NestError) and "ZeroDivisionError" in str(done[0])
    assert done[1].verdicts[0].passed


def test_a_worker_of_another_version_is_refused():
    with pytest.raises(NestError, match="another version of the course"):
        farm._on_worker(jobs_of(1, 0)[0], "another digest")


def test_a_scheduler_that_ends_in_the_middle_is_one_clear_sentence(tmp_path: Path):
    cluster = Cluster(tmp_path)
    try:
        cluster.worker()
        runs = run_there(jobs_of(20, 0.2), cluster.address)
        next(runs)
        cluster.processes[0].kill()
        with pytest.raises(NestError, match="has ended; what was graded is kept"):
            list(runs)
    finally:
        cluster.close()


def test_an_address_that_is_none_is_one_clear_sentence():
    with pytest.raises(NestError, match="no Dask scheduler answers at nonsense://here"):
        list(run_there(jobs_of(1, 0), "nonsense://here"))


def test_a_scheduler_that_does_not_answer_is_one_clear_sentence_and_status_1(ungraded: Path):
    address = f"tcp://127.0.0.1:{free_port()}"
    patched = "from mle.grading import farm; farm.SCHEDULER_SECONDS = 1; from mle.cli import app; app()"
    done = subprocess.run([sys.executable, "-c", patched, "grade", MODULE, "--scheduler", address], cwd=ungraded,
                          capture_output=True, text=True, timeout=120)  # fmt: skip
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert f"no Dask scheduler answers at {address}" in done.stderr and "dask scheduler" in done.stderr


# --- several machines -----------------------------------------------------------------------------------------------


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@contextmanager
def machines(count: int) -> Iterator[list[tuple[str, tuple[str, ...]]]]:
    """Network namespaces that reach each other over a bridge in this one: each one's address, and what enters it."""
    tag = f"m{os.getpid() % 10_000}"
    ip("link", "add", f"{tag}br", "type", "bridge")
    try:
        ip("address", "add", "10.97.31.254/24", "dev", f"{tag}br")
        ip("link", "set", f"{tag}br", "up")
        found = []
        for number in range(count):
            name, address = f"{tag}n{number}", f"10.97.31.{number + 1}"
            ip("netns", "add", name)
            found.append((address, ("ip", "netns", "exec", name)))
            ip("link", "add", f"{tag}v{number}", "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("link", "set", f"{tag}v{number}", "master", f"{tag}br", "up")
            ip("-n", name, "address", "add", f"{address}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield found
    finally:
        for number in range(count):
            subprocess.run(["ip", "netns", "delete", f"{tag}n{number}"], capture_output=True)
        subprocess.run(["ip", "link", "delete", f"{tag}br"], capture_output=True)


def test_workers_on_machines_of_their_own_give_the_same_marks(ungraded: Path, here: dict, tmp_path: Path):
    """Three network namespaces: the scheduler in one, a worker in each of the others, the engine outside of them."""
    if not hasattr(os, "geteuid") or os.geteuid() or not shutil.which("ip"):
        pytest.skip("network namespaces need root and `ip`")
    shutil.copytree(ungraded, root := tmp_path / "course")
    try:
        with machines(3) as (first, *others):
            cluster = Cluster(tmp_path, *first)
            try:
                workers = [cluster.worker(*each) for each in others]
                cluster.wait_for_workers(2)
                grade(course_at(root), MODULE, scheduler=cluster.address)
                assert all(nests_of(worker) for worker in workers), "both had work"
            finally:
                cluster.close()
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network namespaces here: {error.stderr.decode().strip()[-100:]}")
    assert snapshot(root) == here

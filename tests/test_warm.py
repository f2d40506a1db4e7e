"""Warm kernels: real ones, of the server of `mle lab`."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from mle.warm.lesson import imports_in
from mle.warm.nursery import possible

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from warm_kernel import LESSONS, Server, first_cell, run, server

pytestmark = pytest.mark.skipif(not possible(), reason="kernels are forked on Linux only")
LESSON = LESSONS[0]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("lab")) as running:
        yield running


def pid_of(client) -> int:
    return run(client, "import os", "os.getpid()")


def is_warm(pid: int) -> bool:
    return "mle.warm.stem" in psutil.Process(pid).cmdline()


def wait_for(what: Callable[[], object]) -> None:
    until = time.monotonic() + 15
    while not what():
        assert time.monotonic() < until, "did not happen within 15 seconds"
        time.sleep(0.1)


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_only_imports_of_known_packages_after_mle_are_done_ahead() -> None:
    assert imports_in("import mle, os\nfrom torch import nn as n\nprint(1)") == ("import mle", "from torch import nn")
    assert (
        imports_in("import numpy\nimport mle")
        == imports_in("%matplotlib inline")
        == imports_in("from . import x")
        == ()
    )


def test_restarted_again_and_again_a_lesson_has_new_random_numbers_one_thread_figures_and_boxes(lab: Server) -> None:
    kernel, client = lab.open(LESSONS[1])
    drawn = set()
    for _ in range(3):
        run(client, first_cell(LESSONS[1]))
        assert is_warm(pid_of(client))
        value = "random.random(), np.random.rand(), torch.rand(1).item(), torch.get_num_threads(), plt.get_backend()"
        *numbers, threads, backend = run(client, "import random", value)
        assert threads == 1 and "inline" in backend
        drawn.update(numbers)
        hooks = run(
            client, "s = get_ipython()", "[len(s.custom_exceptions), os.environ['OMP_NUM_THREADS'], os.getcwd()]"
        )
        assert hooks[:2] == [1, "1"] and hooks[2].endswith(str(Path(LESSONS[1]).parent))
        client = lab.restart(kernel)
    assert len(drawn) == 9, "no two forks draw the same"
    lab.call("DELETE", f"kernels/{kernel}")


def test_a_kernel_is_interrupted_and_ends_with_its_children_and_one_that_dies_is_started_again(lab: Server) -> None:
    kernel, client = lab.open(LESSON)
    first = pid_of(client)
    asked = client.execute("import time; time.sleep(60)")
    time.sleep(0.5)
    lab.call("POST", f"kernels/{kernel}/interrupt")
    reply = client.get_shell_msg(timeout=15)
    assert reply["parent_header"]["msg_id"] == asked and reply["content"]["ename"] == "KeyboardInterrupt"
    os.kill(first, signal.SIGKILL)
    client = lab.client(kernel)  # what it is asked waits until there is a kernel again
    child = run(client, "import subprocess, os; p = subprocess.Popen(['sleep', '99'])", "p.pid")
    second = pid_of(client)
    assert second != first and is_warm(second)
    lab.call("DELETE", f"kernels/{kernel}")
    wait_for(lambda: gone(second) and gone(child))


def test_where_the_stems_are_killed_a_lesson_starts_as_usual_and_the_next_one_warm(lab: Server) -> None:
    for process in psutil.Process(lab.process.pid).children(recursive=True):
        if is_warm(process.pid):
            process.kill()
    kernel, client = lab.open(LESSON)
    run(client, first_cell(LESSON))
    assert not is_warm(pid_of(client))
    client = lab.restart(kernel)
    assert is_warm(pid_of(client))
    lab.call("DELETE", f"kernels/{kernel}")


def test_no_process_outlives_a_server_that_is_killed(tmp_path: Path) -> None:
    with server(tmp_path) as running:
        _, client = running.open(LESSON)
        assert is_warm(pid_of(client))
        processes = psutil.Process(running.process.pid).children(recursive=True)
        running.process.kill()
        wait_for(lambda: all(gone(process.pid) for process in processes))

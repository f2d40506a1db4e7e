"""A class of three on a real JupyterHub: log in, fetch, submit, collect, formgrader; and nothing is left when it stops."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "hub"))
from roster import Class, ClassError, prepare, read_class  # noqa: E402

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
MODULE = "03-build-and-train-models"
NOTEBOOK = "1-loss-and-gradient.ipynb"
SECONDS = 120
"""How long one step may take on a busy machine."""
LEARNERS = ("ada", "alan")

POST = """async ([address, body]) => {
  const xsrf = document.cookie.split('; ').find(c => c.startsWith('_xsrf=')).slice(6);
  const headers = {'X-XSRFToken': xsrf, 'Content-Type': 'application/x-www-form-urlencoded'};
  const answer = await fetch(address, {method: 'POST', headers, body: new URLSearchParams(body)});
  return [answer.status, await answer.text()];
}"""


def free_ports() -> int:
    """The first of three free ports in a row."""
    for first in range(20_000 + os.getpid() % 10_000, 60_000, 3):
        with socket.socket() as a, socket.socket() as b, socket.socket() as c:
            try:
                for number, probe in enumerate((a, b, c)):
                    probe.bind(("127.0.0.1", first + number))
                return first
            except OSError:
                continue
    raise AssertionError("no three free ports in a row")


def lay_out(folder: Path, port: int) -> Path:
    """A copy of the course with one module, and its class; nothing of the repository is written to."""
    course = folder / "course"
    for name in ("modules", "solutions"):
        shutil.copytree(ROOT / name / MODULE, course / name / MODULE)
    shutil.copy(ROOT / "modules" / "index.md", course / "modules")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    shutil.copytree(ROOT / "hub", course / "hub", ignore=shutil.ignore_patterns("class.toml", "__pycache__"))
    (course / "grading").mkdir()
    for name in ("src", "datasets", "lessons"):
        (course / name).symlink_to(ROOT / name, target_is_directory=True)
    klass = f'instructors = ["grace"]\nlearners = ["ada", "alan"]\nfolder = "{folder / "class"}"\nport = {port}\ntrial = true\n'
    (course / "hub" / "class.toml").write_text(klass)
    return course


@contextmanager
def hub(course: Path, port: int) -> Iterator[str]:
    """The hub, started as `make hub` does; yields its address. Whatever it started must be gone once it has stopped."""
    log_path = course.parent / "hub.log"
    own = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "MLE_", "PYTEST"))}
    with log_path.open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", "hub/jupyterhub_config.py"],
            cwd=course, env=own, stdout=log, stderr=log,
        )  # fmt: skip
    children: list[psutil.Process] = []
    try:
        deadline = time.monotonic() + SECONDS
        while "JupyterHub is now running" not in log_path.read_text():
            assert server.poll() is None and time.monotonic() < deadline, log_path.read_text()
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    except BaseException:
        print(log_path.read_text()[-8000:])
        raise
    finally:
        if server.poll() is None:
            children = psutil.Process(server.pid).children(recursive=True)
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=SECONDS)
        _, alive = psutil.wait_procs(children, timeout=15)
        for process in alive:
            process.kill()
    assert len(children) >= 5, "the proxy, the culler and three servers were running"
    assert not alive, f"still running after the hub has stopped: {alive}"
    for number in range(3):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port + number)) != 0, "the ports are given back"


def log_in(browser, address: str, name: str, password: str):
    """A page of this person, whose server is starting."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(SECONDS * 1000)
    page.goto(f"{address}/hub/login")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", password)
    page.click("input[type=submit]")
    return page


def post(page, path: str, **body: str) -> str:
    """What the person's server answers to a button of nbgrader's."""
    status, text = page.evaluate(POST, [path, body])
    assert status == 200, f"{path}: {status} {text[:2000]}"
    return text


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is missing: install it with the system's package manager")
def test_a_class_fetches_submits_and_is_collected_and_the_hub_leaves_nothing_running(tmp_path: Path):
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is missing: `make test` installs it")
    pytest.importorskip("jupyterhub", reason="JupyterHub is missing: `make test` installs it")
    shots = Path(os.environ.get("MLE_SCREENSHOTS") or tmp_path / "screenshots")
    shots.mkdir(parents=True, exist_ok=True)
    port = free_ports()
    course = lay_out(tmp_path, port)
    with hub(course, port) as address, sync_api.sync_playwright() as playwright:
        password = (tmp_path / "class" / "password").read_text().strip()
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        pages = {name: log_in(chromium, address, name, password) for name in ("grace", *LEARNERS)}
        try:
            visit_class(pages, address, course, shots)
        except BaseException:
            for name, page in pages.items():
                page.screenshot(path=shots / f"hub-failed-{name}.png")
            raise
        finally:
            chromium.close()


def visit_class(pages: dict, base: str, course: Path, shots: Path) -> None:
    grace, homes = pages["grace"], course.parent / "class" / "homes"
    grace.wait_for_url("**/user/grace/lab/**", wait_until="commit")
    assert grace.goto(f"{base}/user/grace/formgrader").status == 200
    for name in LEARNERS:
        pages[name].locator(".jp-MarkdownViewer table").first.wait_for()  # the start page, rendered
    answer = post(grace, f"/user/grace/formgrader/api/assignment/{MODULE}/release")
    assert '"success": true' in answer, answer
    for name in LEARNERS:
        page, own = pages[name], f"/user/{name}"
        assert MODULE in page.request.get(f"{base}{own}/assignments?course_id=mle").text()
        answer = post(page, f"{own}/assignments/fetch", course_id="mle", assignment_id=MODULE)
        assert '"success": true' in answer, answer
        notebook = homes / name / "mle" / MODULE / NOTEBOOK
        notebook.write_text(notebook.read_text("utf-8").replace("write your code here", f"{name} was here"), "utf-8")

    # a learner's notebook runs on the learner's own server, through the proxy
    pages["ada"].goto(f"{base}/user/ada/lab/tree/mle/{MODULE}/{NOTEBOOK}")
    pages["ada"].locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
    pages["ada"].get_by_text("| Idle").first.wait_for()  # the kernel has answered
    pages["ada"].screenshot(path=shots / "hub-learner.png")
    # nobody comes to another's server, nor to formgrader without being the instructor
    assert pages["ada"].request.get(f"{base}/user/alan/api/contents").status == 403
    assert pages["ada"].request.get(f"{base}/user/grace/formgrader").status == 403
    assert pages["ada"].request.get(f"{base}/user/ada/formgrader").status == 404

    for name in LEARNERS:
        answer = post(pages[name], f"/user/{name}/assignments/submit", course_id="mle", assignment_id=MODULE)
        assert '"success": true' in answer, answer
    answer = post(grace, f"/user/grace/formgrader/api/assignment/{MODULE}/collect")
    assert '"success": true' in answer, answer
    for name in LEARNERS:
        taken = course / "grading" / "submitted" / name / MODULE
        assert f"{name} was here" in (taken / NOTEBOOK).read_text("utf-8")
        assert (taken / "timestamp.txt").exists()

    assert grace.goto(f"{base}/user/grace/formgrader").status == 200
    row = grace.locator("tr", has_text=MODULE)
    row.first.wait_for()
    assert row.locator(".num-submissions").first.inner_text() == "2"
    grace.screenshot(path=shots / "hub-formgrader.png")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "copy hub/class.example.toml"),
        ("learners = [", "is not TOML"),
        ('instructors = ["grace"]\nlearners = []\nport = 8000\n', "folder is missing"),
        ('instructors = ["grace"]\nlearners = []\nport = 8000\nfolder = "/x"\ncolour = 1\n', "colour is no setting"),
        ('instructors = ["grace"]\nlearners = ["../x"]\nport = 8000\nfolder = "/x"\n', "'../x' cannot be an account"),
        ('instructors = ["grace"]\nlearners = ["grace"]\nport = 8000\nfolder = "/x"\n', "someone is named twice"),
    ],
)
def test_a_class_that_cannot_be_is_said_so_in_a_sentence(text: str | None, said: str, tmp_path: Path):
    path = tmp_path / "class.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ClassError, match=said):
        read_class(path)


def test_a_machine_that_cannot_serve_accounts_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    klass = Class(["no-such-account"], ["ada"], tmp_path / "class", 8000)
    monkeypatch.setattr(sys, "executable", shutil.which("sh"))
    with pytest.raises(ClassError, match="no-such-account has no account on this machine: useradd"):
        prepare(klass)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(sys, "executable", str(shutil.copy(sys.executable, closed)))
    with pytest.raises(ClassError, match="is closed to others, and Python lies in it"):
        prepare(klass)


def test_the_example_of_a_class_is_in_order(tmp_path: Path):
    text = (ROOT / "hub" / "class.example.toml").read_text("utf-8")
    path = tmp_path / "class.toml"
    path.write_text(text.replace("# trial = true", "trial = true"))
    found = read_class(path)
    assert found.trial and tuple(found.learners) == LEARNERS

"""Setting up: one resolution everywhere, one sentence for each thing that can go wrong, JupyterLab as a learner needs it."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
import urllib.parse
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from test_browser import address_in

from mle import doctor, lab

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-test.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
GPU_PARTS = ("nvidia-", "cuda-", "triton")


def locked(*names: str) -> dict[str, Requirement]:
    lines = [line for name in names for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    found = [Requirement(line) for line in lines if line and not line.startswith(("#", "-r "))]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def version(requirement: Requirement) -> Version:
    (pin,) = requirement.specifier
    assert pin.operator == "==", f"{requirement} is not pinned exactly"
    return Version(pin.version)


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """bootstrap.py as a module that works in a copy of the set-up files."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "bootstrap.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in (*LOCKS, "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.setattr(module, "ROOT", str(tmp_path))
    monkeypatch.setattr(module, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(module.signal, "signal", lambda *_: None)
    monkeypatch.delenv("PYTHON", raising=False)
    return module


# --- one resolution -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "locks"),
    [(PROJECT["dependencies"], LOCKS[:1]), (PROJECT["optional-dependencies"]["test"], LOCKS)],
    ids=["learners", "tests"],
)
def test_every_declared_dependency_is_locked_within_its_range(declared: list[str], locks: tuple[str, ...]) -> None:
    pins = locked(*locks)
    for requirement in map(Requirement, declared):
        name = canonicalize_name(requirement.name)
        assert name in pins, f"{name} is not locked: run `make lock`"
        assert requirement.specifier.contains(version(pins[name])), f"{pins[name]} is out of {requirement}: `make lock`"


def test_the_locks_are_complete_for_this_machine() -> None:
    """Each requirement of each locked package is locked too, so that two installs get the same."""
    pins = locked(*LOCKS)
    loose = set()
    for name, pin in pins.items():
        if pin.marker and not pin.marker.evaluate():
            continue
        try:
            needs = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            pytest.skip(f"{name} is not installed here: this is not the locked environment")
        for need in map(Requirement, needs):
            wanted = need.marker is None or need.marker.evaluate({"extra": ""})
            if wanted and canonicalize_name(need.name) not in pins and not need.name.startswith(GPU_PARTS):
                loose.add(f"{name} needs {need.name}")
    assert not loose, f"run `make lock`: {sorted(loose)}"


def test_the_test_lock_adds_to_the_learners_lock_and_changes_nothing_in_it() -> None:
    assert "-r requirements.lock" in (ROOT / LOCKS[1]).read_text(encoding="utf-8").splitlines()
    assert not locked(LOCKS[0]).keys() & locked(LOCKS[1]).keys()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_plain_pins_only(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for forbidden in ("://", "--index", "--extra-index", "--find-links", " @ ", "file:", "+cpu"):
        assert forbidden not in text
    for requirement in locked(name).values():
        assert version(requirement).local is None


def test_tensorflow_is_locked_once_for_every_platform() -> None:
    """The CPU wheel exists for Linux and Windows on x86-64; everyone else takes the plain one, nobody both."""
    pins = locked(LOCKS[0])
    cases = {("linux", "x86_64"): "cpu", ("win32", "AMD64"): "cpu", ("darwin", "arm64"): "", ("linux", "aarch64"): ""}
    for (system, machine), kind in cases.items():
        place = {"sys_platform": system, "platform_machine": machine}
        chosen = [name for name in ("tensorflow", "tensorflow-cpu") if pins[name].marker.evaluate(place)]
        assert chosen == ["tensorflow-cpu" if kind else "tensorflow"], place


def test_conda_takes_python_from_conda_forge_and_everything_else_from_the_lock() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, through_pip = environment["dependencies"]
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    assert python.removeprefix("python ") == PROJECT["requires-python"]
    assert pip == "pip"
    assert through_pip == {"pip": ["-r requirements.lock", "-e ."]}


def test_bootstrap_and_doctor_accept_the_pythons_that_pyproject_names(bootstrap: ModuleType) -> None:
    allowed = Requirement(f"python{PROJECT['requires-python']}").specifier
    for minor in range(8, 16):
        expected = allowed.contains(f"3.{minor}")
        assert (bootstrap.OLDEST <= (3, minor) <= bootstrap.NEWEST) == expected
        assert (doctor.python((3, minor)).level == "ok") == expected


# --- what is in the repository --------------------------------------------------------------------------------------


def repository_files() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        if path.is_file() and path.stat().st_size < 5_000_000:
            content = path.read_bytes()
            if b"\0" not in content:
                yield name, content.decode("utf-8", "replace")


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs the git repository, to know which files are its own")
def test_no_file_names_a_package_registry_or_a_path_of_one_machine() -> None:
    hosts = ["pypi." + "org", "python" + "hosted.org", "registry." + "npmjs", "download." + "pytorch", "deb." + "debian",
             "conda." + "anaconda", "repo." + "anaconda"]  # fmt: skip
    homes = re.compile(r"(?<![\w.~/])/(?:root|work|home/\w+|Users/\w+|opt/(?:pypi|wheels))/|[A-Z]:\\+Users\\")
    found = [f"{name}: {host}" for name, text in repository_files() for host in hosts if host in text]
    found += [f"{name}: {match[0]}" for name, text in repository_files() if (match := homes.search(text))]
    assert not found


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
def test_make_help_lists_every_target_and_nothing_else() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):(?!=)", makefile, re.M)
    shown = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  make (\w+) +\S", shown, re.M) == targets
    assert sorted(re.search(r"^\.PHONY: (.*)$", makefile, re.M)[1].split()) == sorted(targets)


def test_ci_calls_make_test_and_the_workflow_pins_its_actions() -> None:
    script = ROOT / ".ci" / "run"
    assert script.read_text(encoding="utf-8").rstrip().endswith("exec make test")
    assert os.name == "nt" or os.access(script, os.X_OK)
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert {"test", "learner", "newest"} <= yaml.safe_load(workflow)["jobs"].keys()
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", action) for action in re.findall(r"uses: (\S+)", workflow))


# --- bootstrap: one sentence for each thing that is missing ---------------------------------------------------------


def test_bootstrap_keeps_to_what_python_2_can_parse() -> None:
    """So that an old Python gets its sentence, not a SyntaxError."""
    tree = ast.parse((ROOT / "bootstrap.py").read_text(encoding="utf-8"))
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal, ast.AsyncFunctionDef, ast.YieldFrom, ast.Match)
    for node in ast.walk(tree):
        assert not isinstance(node, newer), f"line {node.lineno}"
        if isinstance(node, ast.FunctionDef):
            annotated = [argument for argument in node.args.args if argument.annotation]
            assert not (annotated or node.returns or node.args.kwonlyargs or node.args.posonlyargs), node.name
        assert not (isinstance(node, ast.Raise) and node.cause), "raise … from"
        assert not (isinstance(node, ast.List | ast.Tuple) and any(isinstance(e, ast.Starred) for e in node.elts))


@pytest.mark.parametrize(("found", "word"), [((3, 8), "too old"), ((3, 14), "too new")])
def test_a_python_out_of_range_is_told_so(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, found: tuple[int, int], word: str
) -> None:
    """Pretended, and with each real old Python that pyenv has."""
    monkeypatch.setattr(bootstrap, "version_of", lambda command: found)
    with pytest.raises(bootstrap.Stop, match=rf"Python {found[0]}\.{found[1]} is {word}.* PYTHON=/path"):
        bootstrap.choose_python()
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for python in [path for minor in ("2.7", "3.6", "3.8") for path in versions.glob(f"{minor}.*/bin/python")]:
        done = subprocess.run(
            [python, ROOT / "bootstrap.py"], capture_output=True, text=True, env={"PATH": os.devnull, "LC_ALL": "C"}
        )
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1 and "too old" in done.stderr and "3.11, 3.12 or 3.13" in done.stderr
        assert done.stdout == ""


def test_a_python_variable_that_does_not_run_is_told_so(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON", "no-such-python")
    with pytest.raises(bootstrap.Stop, match="PYTHON=no-such-python does not run"):
        bootstrap.choose_python()


def test_a_python_without_venv_is_passed_over_and_named_where_there_is_no_other(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = {"venv": False, "machine": "x86_64", "bits": True, "macos": "", "path": "bare"}
    answers = {"bare": facts, "whole": {**facts, "venv": True, "path": "whole"}}
    monkeypatch.setattr(bootstrap, "version_of", lambda command: (3, 12))
    monkeypatch.setattr(bootstrap, "probe", lambda command: answers[command[0]])
    monkeypatch.setattr(bootstrap, "candidates", lambda: [["bare"], ["whole"]])
    assert bootstrap.choose_python() == "whole"
    monkeypatch.setattr(bootstrap, "candidates", lambda: [["bare"]])
    with pytest.raises(bootstrap.Stop, match=r"without its venv module: .*apt install python3\.12-venv"):
        bootstrap.choose_python()


def test_this_python_is_chosen_as_it_stands(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON", sys.executable)
    assert Path(bootstrap.choose_python()).exists()


def test_too_little_disk_is_one_sentence_and_nothing_is_created(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**11, 99 * 10**9, 10**9))
    assert bootstrap.main([]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "1.0 GB are free" in said and "Make room" in said
    assert not Path(bootstrap.VENV).exists()


def test_a_read_only_folder_is_one_sentence(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap.os, "access", lambda *_: False)
    assert bootstrap.main([]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "is read-only: copy the course" in said


@pytest.mark.parametrize(("retries", "sentence"), [("1", "registry cannot be reached"), ("0", "offers no tqdm")])
def test_an_unreachable_registry_is_told_from_what_pip_really_says(
    bootstrap: ModuleType, tmp_path: Path, retries: str, sentence: str
) -> None:
    with socket.socket() as closed:  # bound, not listening: a connection is refused
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/simple"
        settings = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": address, "PIP_RETRIES": retries}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--no-cache-dir", "-d", tmp_path, "tqdm"],
            capture_output=True, text=True, env=clean | settings,
        )  # fmt: skip
    assert done.returncode
    assert sentence in bootstrap.explain((done.stdout + done.stderr).splitlines())


def test_other_failures_of_pip_are_told_with_its_last_lines(bootstrap: ModuleType) -> None:
    assert "disk ran full" in bootstrap.explain(["OSError: [Errno 28] No space left on device"])
    told = bootstrap.explain([f"line {i}" for i in range(30)] + ["ERROR: no matching distribution"])
    assert "install.log" in told and "no matching distribution" in told and "line 3\n" not in told


class Install:
    """Stands in for the slow parts of an install and notes what was done."""

    def __init__(self, bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bootstrap, self.done, self.fail = bootstrap, [], None
        monkeypatch.setattr(bootstrap, "choose_python", lambda: sys.executable)
        monkeypatch.setattr(bootstrap, "create", self.create)
        monkeypatch.setattr(bootstrap, "pip_install", self.pip_install)
        monkeypatch.setattr(bootstrap, "compile_packages", lambda: self.done.append("compile"))
        monkeypatch.setattr(bootstrap, "version_of", lambda command: (3, 12))
        monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 0, 10**12))

    def create(self, python: str) -> None:
        self.done.append("create")
        interpreter = Path(self.bootstrap.venv_python())
        interpreter.parent.mkdir(parents=True)
        interpreter.touch()

    def pip_install(self, arguments: list[str], total: int) -> None:
        self.done.append(arguments[-1])
        if self.fail:
            raise self.fail

    def run(self, *options: str) -> list[str]:
        self.done = []
        self.code = self.bootstrap.main(list(options))
        return self.done


def test_a_second_run_does_nothing_and_a_changed_lock_installs_again(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    install = Install(bootstrap, monkeypatch)
    assert install.run() == ["create", "requirements.lock", ".", "compile"]
    assert install.run() == []
    assert install.run("--test") == ["requirements-test.lock", ".", "compile"]
    assert install.run("--test") == install.run() == []
    with (tmp_path / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    assert install.run() == ["requirements.lock", ".", "compile"]


def test_an_interrupted_install_starts_afresh(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    install = Install(bootstrap, monkeypatch)
    install.fail = KeyboardInterrupt()
    assert install.run() == ["create", "requirements.lock"] and install.code == 1
    install.fail = None
    assert install.run() == ["create", "requirements.lock", ".", "compile"] and install.code == 0


def test_packages_are_compiled_and_a_file_of_another_python_stops_nothing(bootstrap: ModuleType) -> None:
    venv.create(bootstrap.VENV, symlinks=os.name != "nt")
    packages = Path(next(Path(bootstrap.VENV).rglob("site-packages")))
    (packages / "good.py").write_text("x = 1\n")
    (packages / "old.py").write_text("print 'x'\n")
    bootstrap.compile_packages()
    assert [path.name.partition(".")[0] for path in (packages / "__pycache__").iterdir()] == ["good"]


# --- mle lab --------------------------------------------------------------------------------------------------------


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course folder with a start page, entered."""
    (tmp_path / "src" / "mle").mkdir(parents=True)
    (tmp_path / "requirements.lock").touch()
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "course.json").write_text("[]")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_taken_port_is_one_sentence(course: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(lab.CannotStart, match=f"Port {port} is taken.* choose another port"):
            lab.lab(port, browser=False)


def test_a_number_that_is_no_port_is_one_sentence(course: Path) -> None:
    with pytest.raises(lab.CannotStart, match="70000 is not a port"):
        lab.lab(70000, browser=False)


def test_missing_modules_are_one_sentence(course: Path) -> None:
    shutil.rmtree(course / "modules")
    with pytest.raises(lab.CannotStart, match=r"course.json is missing: run `make build`"):
        lab.lab(None, browser=False)


def test_a_course_folder_is_found_from_a_folder_inside_it(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course / "modules")
    assert lab.course_folder() == course


def test_the_persons_jupyter_variables_do_not_reach_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_PATH", "JUPYTERLAB_DIR", "JUPYTER_TOKEN", "PYTHONPATH"):
        monkeypatch.setenv(name, "elsewhere")
    environment = lab.server_environment()
    assert "elsewhere" not in environment.values()
    assert (Path(environment["JUPYTER_CONFIG_PATH"]) / "labconfig" / "default_setting_overrides.json").is_file()


def test_jupyterlab_serves_the_start_page_rendered_on_loopback_without_asking_for_news(course: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    misleading = {"JUPYTER_PORT": "1", "JUPYTERLAB_DIR": os.devnull, "JUPYTER_CONFIG_DIR": str(course / "config")}
    with (course / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", f"from mle.lab import lab; raise SystemExit(lab({port}, False))"],
            cwd=course, env=os.environ | misleading, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        address = urllib.parse.urlsplit(address_in(course / "log", server, port))
        assert address.path == "/lab/workspaces/curriculum/tree/index.md"

        def get(path: str) -> str:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}?{address.query}", timeout=30) as answer:
                return answer.read().decode()

        page = get(address.path)
        settings = json.loads(re.search(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.S)[1])
        assert settings["news"] == {"disabled": True}
        assert "@jupyter/nbgrader" in json.dumps(settings["disabledExtensions"])
        viewers = json.loads(get("/lab/api/settings/@jupyterlab/docmanager-extension:plugin"))
        assert viewers["schema"]["properties"]["defaultViewers"]["default"] == {"markdown": "Markdown Preview"}
    finally:
        server.terminate()
        server.wait(timeout=30)


def test_the_server_ends_though_a_request_under_way_has_left_a_thread_behind() -> None:
    code = (
        "import threading; import mle.study.server as server\n"
        "server.main = lambda: threading.Thread(target=threading.Event().wait).start()\n"
        "server.run()"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=30).returncode == 0
    with pytest.raises(subprocess.TimeoutExpired):  # as Python itself would
        subprocess.run([sys.executable, "-c", code.replace("server.run()", "server.main()")], timeout=10)


# --- mle doctor -----------------------------------------------------------------------------------------------------


def test_the_doctor_names_packages_that_are_missing_or_of_another_version(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        f"numpy==1.0\npytest=={pytest.__version__}\nno-such-package==1\nnot-here==2 ; sys_platform == 'other'\n"
    )
    finding = doctor.packages(lock)
    assert finding.level == "problem" and "1 of 3" in finding.seen and "no-such-package" in finding.seen and finding.do
    lock.write_text("numpy==1.0\n")
    assert doctor.packages(lock).level == "note" and "numpy" in doctor.packages(lock).seen


def test_the_doctor_names_a_library_that_does_not_import() -> None:
    finding = doctor.importable(("json", "no_such_library"))
    assert finding.level == "problem" and "no_such_library" in finding.seen and "json:" not in finding.seen


def test_the_doctor_says_what_to_do_about_everything_that_is_not_well(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.shutil, "which", lambda _: None)
    findings = {finding.subject: finding for finding in doctor.doctor(imports=False)}
    assert all(finding.do for finding in findings.values() if finding.level != "ok")
    assert findings["Datasets"].level == findings["Modules"].level == "problem"
    assert findings["Browser (tests)"].level == findings["Jail (grading)"].level == "note"

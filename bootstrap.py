"""Set up the course: a virtual environment in .venv with the locked packages and this project's own.

    python bootstrap.py           what learners and instructors need (`make lab` calls this)
    python bootstrap.py --test    what the tests need, too (`make test` calls this)

It asks for nothing but some Python: it looks for a suitable one itself, or takes the one that the variable PYTHON
names. Run again it takes a moment; run after an interruption it starts afresh. So that a Python that is too old can
say so in one sentence, this file keeps to what Python 2.7 can parse.
"""

from __future__ import print_function

import collections
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
OLDEST, NEWEST = (3, 11), (3, 13)
VERSIONS = "3.11, 3.12 or 3.13"
GIGABYTE = 1e9
# Measured on Linux with torch's CPU build; a first install needs room for the unpacked packages and for pip's cache.
NEEDED = {"learner": 5.0 * GIGABYTE, "test": 5.5 * GIGABYTE}
LOCKS = {"learner": "requirements.lock", "test": "requirements-test.lock"}
UNFINISHED = "unfinished-install"

PROBE = (
    "import sys, json, platform, importlib.util as u;"
    "print(json.dumps({'version': sys.version_info[:2], 'path': sys.executable, 'bits': sys.maxsize > 2**32,"
    "'venv': bool(u.find_spec('venv') and u.find_spec('ensurepip')), 'machine': platform.machine(),"
    "'macos': platform.mac_ver()[0]}))"
)


class Stop(Exception):
    """One sentence for the person: what is wrong and what to do."""


def say(text):
    print(text)
    sys.stdout.flush()


# --- which Python ---------------------------------------------------------------------------------------------------


def probe(command):
    """What the interpreter `command` (a list) says of itself, or None where it does not run."""
    try:
        process = subprocess.Popen(command + ["-c", PROBE], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        answer, _ = process.communicate()
        return json.loads(answer.decode("utf-8")) if process.returncode == 0 else None
    except (OSError, ValueError):
        return None


def version_of(command):
    """The (major, minor) of an interpreter too old for the probe, or None where it does not run."""
    try:
        process = subprocess.Popen(
            command + ["-c", "import sys; print('%d %d' % sys.version_info[:2])"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        answer, _ = process.communicate()
        return tuple(int(part) for part in answer.split()) or None
    except (OSError, ValueError):
        return None


def candidates():
    names = ["python%d.%d" % (OLDEST[0], minor) for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    commands = [[name] for name in names + ["python3", "python"]] + [[sys.executable]]
    if os.name == "nt":
        commands = [["py", "-3.%d" % minor] for minor in range(NEWEST[1], OLDEST[1] - 1, -1)] + commands
    return commands


def choose_python():
    """The path of a suitable interpreter with venv, or Stop."""
    asked = os.environ.get("PYTHON")
    seen, without_venv = [], []
    for command in [[asked]] if asked else candidates():
        version = version_of(command)
        if version is None:
            continue
        seen.append(version)
        found = probe(command) if OLDEST <= version <= NEWEST else None
        if found is None:
            continue
        check_platform(found)
        if found["venv"]:
            return found["path"]
        without_venv.append(version)
    if without_venv:
        name = "%d.%d" % without_venv[0]
        raise Stop(
            "Python %s is here without its venv module: install it (on Debian or Ubuntu: apt install python%s-venv), "
            "then run the same command again." % (name, name)
        )
    if asked and not seen:
        raise Stop("PYTHON=%s does not run: give the path of a Python %s." % (asked, VERSIONS))
    if not seen:
        raise Stop(
            "No Python was found: install Python %s, or say where it is: make lab PYTHON=/path/to/it." % VERSIONS
        )
    closest = max(seen)
    raise Stop(
        "Python %d.%d is too %s: this course needs Python %s. Install one of them beside it, or say where it is: "
        "make lab PYTHON=/path/to/it." % (closest + ("old" if closest < OLDEST else "new", VERSIONS))
    )


def check_platform(found):
    machine = found["machine"].lower()
    if sys.platform == "darwin" and machine == "x86_64":
        raise Stop(
            "PyTorch and TensorFlow have no packages for Intel Macs any more: use a Mac with Apple silicon, or Linux."
        )
    if sys.platform == "darwin" and int((found["macos"] or "99").split(".")[0]) < 14:
        raise Stop("PyTorch needs macOS 14 or newer and this is %s: update it first." % found["macos"])
    if os.name == "nt" and machine == "arm64":
        raise Stop("TensorFlow has no package for Windows on ARM: install the 64-bit x86 Python, or use Linux.")
    if not found["bits"]:
        raise Stop("This Python is a 32-bit one (%s): install a 64-bit Python %s." % (found["path"], VERSIONS))


# --- the environment ------------------------------------------------------------------------------------------------


def venv_python():
    return os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")


def fingerprint(kind):
    """Changes whenever what an install of `kind` would do changes."""
    digest = hashlib.sha256()
    for name in ("requirements.lock", LOCKS[kind], "pyproject.toml"):
        with io.open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    digest.update(ROOT.encode("utf-8"))
    return digest.hexdigest()


def stamp(kind):
    return os.path.join(VENV, "installed-" + kind)


def is_ready(kind):
    """Whether .venv holds what `kind` needs: a test install serves learners, too."""
    if os.path.exists(os.path.join(VENV, UNFINISHED)) or not os.path.exists(venv_python()):
        return False
    return any(read(stamp(have)) == fingerprint(have) for have in ("test", kind))


def read(path):
    try:
        with io.open(path, encoding="utf-8") as file:
            return file.read()
    except (IOError, OSError):
        return None


def write(path, text):
    with io.open(path, "w", encoding="utf-8") as file:
        file.write(text)


def check_room(kind):
    """Stop where a first install would not fit, or the folder cannot be written to."""
    if not os.access(ROOT, os.W_OK):
        raise Stop("%s is read-only: copy the course to a folder of yours and start again there." % ROOT)
    free, needed = shutil.disk_usage(ROOT).free, NEEDED[kind]
    if free < needed:
        raise Stop(
            "Too little disk space: %.1f GB are free in %s and the install needs about %.0f GB. Make room, or move the "
            "course to a larger disk." % (free / GIGABYTE, ROOT, needed / GIGABYTE)
        )


def clean_environment():
    """The person's environment (their proxies and registries hold), less what would send packages elsewhere."""
    misleading = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_NO_DEPS", "PIP_DRY_RUN", "PIP_REQUIREMENT",
                  "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_QUIET", "PIP_VERBOSE")  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if name not in misleading}
    environment.update(PYTHONNOUSERSITE="1", PIP_DISABLE_PIP_VERSION_CHECK="1", PYTHONUNBUFFERED="1", PIP_NO_INPUT="1")
    return environment


def create(python):
    say("Creating .venv with %s" % python)
    try:
        if not os.path.isdir(VENV):
            os.makedirs(VENV)
        write(os.path.join(VENV, UNFINISHED), "")
    except (IOError, OSError) as error:
        raise Stop(
            "Cannot write to %s (%s): give the folder write permission or copy the course elsewhere." % (ROOT, error)
        )
    process = subprocess.Popen(
        [python, "-m", "venv", VENV], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=clean_environment()
    )
    output = process.communicate()[0].decode("utf-8", "replace").strip()
    if process.returncode:
        if "ensurepip" in output:
            raise Stop(
                "This Python lacks ensurepip: install its venv package (Debian or Ubuntu: apt install python3-venv)."
            )
        raise Stop("%s could not create .venv, it said: %s" % (python, output[-600:]))


class Progress(object):
    """Shows that pip is alive: what it is doing, how long it has been at it."""

    def __init__(self, total):
        self.total, self.seen, self.now, self.started = total, set(), "starting", time.time()
        self.terminal = sys.stdout.isatty()
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.tick)
        self.thread.daemon = True
        self.thread.start()

    def take(self, line):
        collecting = re.match(
            r"\s*(?:Collecting|Requirement already satisfied:|Processing \S*?/(?=[^/ ]+ )) ?([A-Za-z][\w.]*(?:-[A-Za-z][\w.]*)*)",
            line,
        )
        if collecting:
            self.seen.add(collecting.group(1).lower().replace("_", "-"))
            self.now = "fetching packages: %d of about %d, %s" % (len(self.seen), self.total, collecting.group(1))
        elif line.startswith("Installing collected packages"):
            self.now = "unpacking them: 1 to 3 minutes"

    def tick(self):
        while not self.done.wait(0.5 if self.terminal else 15):
            text = "  %4d s  %s" % (time.time() - self.started, self.now)
            if self.terminal:
                sys.stdout.write("\r" + text[:78].ljust(78))
                sys.stdout.flush()
            else:
                say(text)

    def stop(self):
        self.done.set()
        self.thread.join()
        if self.terminal:
            sys.stdout.write("\r" + " " * 78 + "\r")


def pip_install(arguments, total):
    """Run pip in .venv; its whole output goes to .venv/install.log, a failure ends in Stop."""
    command = [venv_python(), "-m", "pip", "install", "--no-compile", "--progress-bar", "off"] + arguments
    progress, tail = Progress(total), collections.deque(maxlen=40)
    process = subprocess.Popen(
        command, cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        with io.open(os.path.join(VENV, "install.log"), "a", encoding="utf-8") as log:
            for line in io.TextIOWrapper(process.stdout, encoding="utf-8", errors="replace"):
                log.write(line)
                tail.append(line.rstrip())
                progress.take(line)
        code = process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
        progress.stop()
    if code:
        full = DISK_FULL.search("\n".join(tail))
        if not full:  # pip ended by itself and undid its half-done work: what .venv had is still good
            os.remove(os.path.join(VENV, UNFINISHED))
        raise Stop(explain(list(tail)))


DISK_FULL = re.compile(r"No space left|Errno 28|not enough space|Disk quota exceeded")
UNREACHABLE = re.compile(
    r"NewConnectionError|ConnectionError|Connection (?:refused|reset|to .* timed out|broken)|Max retries|Read timed out|ReadTimeout"
    r"|ConnectTimeout|[Nn]ame resolution|getaddrinfo|Name or service not known|Network is unreachable|ProxyError"
    r"|CERTIFICATE_VERIFY_FAILED|IncompleteRead|RemoteDisconnected"
)


def explain(lines):
    """The last lines of a pip that failed, as a sentence."""
    text = "\n".join(lines)
    if DISK_FULL.search(text):
        return "The disk ran full while installing: free about %.0f GB and run the same command again." % (
            NEEDED["learner"] / GIGABYTE
        )
    if UNREACHABLE.search(text):
        return (
            "The package registry cannot be reached: check the network (or the proxy, pip's own settings apply) and run "
            "the same command again; what was fetched so far is kept."
        )
    nothing = re.search(r"requirement (\S+) .*\(from versions: none\)", text)
    if nothing:
        return (
            "The package registry offers no %s: check the network and pip's own settings; if both are well, there is no "
            "package of it for this kind of machine." % nothing.group(1)
        )
    shown = "\n".join("    " + line for line in lines[-8:] if line.strip())
    return "pip could not install the packages (all it said is in .venv/install.log):\n%s" % shown


def unwanted_python():
    """Whether PYTHON asks for another version than .venv has, or .venv's own is gone."""
    have = version_of([venv_python()])
    if have is None or not OLDEST <= have <= NEWEST:
        return True
    asked = os.environ.get("PYTHON")
    return bool(asked) and version_of([asked]) not in (have, None)


def compile_packages():
    """Compile the packages to bytecode on all cores; pip would do it on one. A file that is no Python of this version is left as it is."""
    say("Compiling them: up to 2 minutes")
    packages = os.path.join(VENV, "Lib" if os.name == "nt" else "lib")
    subprocess.call([venv_python(), "-m", "compileall", "-qq", "-j", "0", packages], env=clean_environment())


def install(kind):
    if is_ready(kind) and not unwanted_python():
        return
    started = time.time()
    if os.path.isdir(VENV) and (os.path.exists(os.path.join(VENV, UNFINISHED)) or unwanted_python()):
        say("Removing an unfinished or unsuitable .venv")
        shutil.rmtree(VENV)
    if not os.path.exists(venv_python()):
        check_room(kind)
        create(choose_python())
    write(os.path.join(VENV, UNFINISHED), "")
    total = sum(line.count("==") for name in {"requirements.lock", LOCKS[kind]} for line in read_lock(name))
    say("Installing %d packages into .venv, once: some minutes and a few GB" % total)
    pip_install(["-r", LOCKS[kind]], total)
    pip_install(["--no-deps", "--no-build-isolation", "-e", "."], 1)
    compile_packages()
    write(stamp(kind), "%s" % fingerprint(kind))
    if kind == "test":
        write(stamp("learner"), "%s" % fingerprint("learner"))
    os.remove(os.path.join(VENV, UNFINISHED))
    say("Ready after %d s" % (time.time() - started))


def read_lock(name):
    return [line for line in read(os.path.join(ROOT, name)).splitlines() if not line.startswith(("#", "-r"))]


def main(arguments):
    if arguments not in ([], ["--test"]):
        print(__doc__)
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if not OLDEST <= sys.version_info[:2] <= NEWEST:
            return subprocess.call([choose_python(), os.path.abspath(__file__)] + arguments)
        install("test" if arguments else "learner")
        return 0
    except Stop as stop:
        sys.stderr.write("%s\n" % stop)
    except (IOError, OSError) as error:
        sys.stderr.write("Setting up stopped (%s): put that right and run the same command again.\n" % error)
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped: run the same command again to set up afresh.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

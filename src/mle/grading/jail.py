"""The jail: what a learner's code can see and reach while it is graded, which is next to nothing.

Two layers. Bubblewrap starts the warm processes of a lesson in a world of their own: no network, a read-only system, the
course's package and data, an empty environment, nothing of the machine's users. Inside of it each run of a submission
enters namespaces of its own (`enter`): its own users, processes, mounts, network and temporary folder, no privileges.

Started by root, the jail runs as an unprivileged id: for root's processes the number of processes is not limited.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
import resource
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from mle.grading import GradingError
from mle.grading.limits import Limits

NOBODY = 65534
STAGE = "/run/mle-jail"
"""Where root shows that id the folders it may not reach by their own paths."""
FRESH = "/fresh"
"""Where a run's temporary folder is made before it covers /tmp."""
MOST_FILES = 50_000
"""Files and folders in it: empty ones take memory too."""
FORBIDDEN = {
    "x86_64": (0xC000003E, (29, 68, 248, 249, 250, 298, 319, 321, 323, 425, 447)),
    "aarch64": (0xC00000B7, (194, 186, 217, 218, 219, 241, 279, 280, 282, 425, 447)),
}
"""Each machine's number and those of the system calls that no lesson needs, in this order on x86: shmget, msgget, add_key,
request_key, keyctl, perf_event_open, memfd_create, bpf, userfaultfd, io_uring_setup, memfd_secret. Some give memory that no
process' size shows, the others are parts of the kernel that have been broken out through more than once."""
_CLONE_NEWNS, _CLONE_NEWUTS, _CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
_CLONE_NEWUSER, _CLONE_NEWPID, _CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
_MS_NOSUID, _MS_NODEV, _MS_BIND, _MS_REC, _MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 24, 38, 22
_CAPABILITY_VERSION = 0x20080522


class JailError(GradingError):
    """No jail can be made here; the message says why and what to do."""


def reason_against() -> str:
    """Why this machine can make no jail; what to do (after a semicolon). Empty where it can: it is tried."""
    if platform.system() != "Linux":
        return f"there is no jail on {platform.system()}; grade on Linux, in a virtual machine or a container"
    if not shutil.which("bwrap"):
        return "bubblewrap is not installed; install it (Debian or Ubuntu: apt install bubblewrap)"
    try:
        done = subprocess.run(command([sys.executable, "-m", "mle.grading.jail"]), capture_output=True, text=True,
                              timeout=60)  # fmt: skip
    except subprocess.TimeoutExpired:
        return "bubblewrap hangs; grade on another Linux machine"
    if not done.returncode:
        return ""
    said = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1][:160]
    if os.geteuid() == 0 and "Permission denied" in done.stderr:
        return (
            f"started by root, the jail runs as an unprivileged id, which may not do something it must ({said}); "
            "grade as an ordinary user, or let others read the course and its Python (chmod -R o+rX)"
        )
    return (
        f"{said}; allow user namespaces (as root: sysctl kernel.unprivileged_userns_clone=1, or "
        "kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu)"
    )


def command(inner: list[str]) -> list[str]:
    """The command that runs `inner` in the first layer."""
    out = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "jail"]
    for name in ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin"):
        path = Path(name)
        if path.is_symlink():
            out += ["--symlink", os.readlink(path), name]
        elif path.exists():
            out += ["--ro-bind", name, name]
    for name in ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "mime.types"):
        out += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    stage = _as_nobody() if os.geteuid() == 0 else None
    for number, folder in enumerate(_folders()):
        out += ["--ro-bind", f"{STAGE}/{number}" if stage else folder, folder]
    out += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", FRESH]
    for name, value in environment().items():
        out += ["--setenv", name, value]
    return [*(stage or []), *out, "--remount-ro", "/", "--chdir", "/tmp", "--", *inner]


def _folders() -> list[str]:
    """What the jail shows beside the system: this Python and its packages, the course's package and data."""
    from mle import checkpoints, data

    source = Path(__file__).resolve().parents[2]
    folders = {Path(sys.prefix), Path(sys.base_prefix), source, data.root(), checkpoints.root()}
    return [str(folder) for folder in sorted(folders) if folder.exists() and not folder.is_relative_to("/usr")]


def _as_nobody() -> list[str]:
    """What root puts before the command: the folders, bound where others may see them, and another identity.

    The binds are in a mount namespace of their own: nobody else on the machine sees them.
    """
    script = f"mkdir -p {STAGE}; mount -t tmpfs -o mode=755 stage {STAGE}\n"
    for number, folder in enumerate(_folders()):
        script += f"mkdir {STAGE}/{number}; mount --bind {shlex.quote(folder)} {STAGE}/{number}\n"
    nobody = f"setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups"
    return ["unshare", "--mount", "sh", "-ec", f'{script}exec {nobody} "$@"', "jail"]


def environment() -> dict[str, str]:
    """The whole environment of graded code: nothing of the grader's own, the same on every machine."""
    from mle import data
    from mle.authoring.lesson import ENVIRONMENT

    return {
        **ENVIRONMENT, "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]), "HOME": "/tmp",
        "USER": "learner", "LOGNAME": "learner", "LANG": "C.UTF-8", "TZ": "UTC", "MPLBACKEND": "Agg",
        "MLE_DATASETS": str(data.root()), "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }  # fmt: skip


# --- inside: the second layer ---------------------------------------------------------------------------------------

_libc = ctypes.CDLL(None, use_errno=True) if platform.system() == "Linux" else None


def _call(name: str, *arguments) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def die_with_parent() -> None:
    """Have this process killed when the one that forked it ends."""
    if _libc is not None:
        _call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def enter_namespaces() -> None:
    """Leave for namespaces of one's own; the next fork is the first process in them. Needs a process with one thread."""
    uid, gid = os.getuid(), os.getgid()
    _call("unshare", _CLONE_NEWUSER | _CLONE_NEWPID | _CLONE_NEWNET | _CLONE_NEWIPC | _CLONE_NEWUTS)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        Path(f"/proc/self/{name}").write_text(text)


def as_first_process(limits: Limits) -> None:
    """Arrange the new namespaces, from their first process: own /proc and /tmp, loopback, limits; then give up all rights.

    /tmp begins as a copy of the warm process' one, where a lesson's given cells may have written files.
    """
    size = f"size={int(limits.disk * 1e6)},nr_inodes={MOST_FILES},mode=700"
    _call("unshare", _CLONE_NEWNS)
    _call("mount", None, b"/", None, _MS_REC | _MS_PRIVATE, None)
    _call("mount", b"proc", b"/proc", b"proc", _MS_NOSUID | _MS_NODEV, None)
    _call("mount", b"fresh", FRESH.encode(), b"tmpfs", _MS_NOSUID | _MS_NODEV, size.encode())
    with suppress(shutil.Error):  # a socket, say
        shutil.copytree("/tmp", FRESH, symlinks=True, dirs_exist_ok=True)
    _call("mount", FRESH.encode(), b"/tmp", None, _MS_BIND, None)
    _call("mount", b"shm", b"/dev/shm", b"tmpfs", _MS_NOSUID | _MS_NODEV, size.encode())
    _loopback_up()
    Path("/proc/sys/user/max_user_namespaces").write_text("0")
    resource.setrlimit(resource.RLIMIT_NPROC, (limits.processes, limits.processes))
    _give_up_rights()
    os.chdir("/tmp")


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, 0x8914, struct.pack("16sh14x", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS: IFF_UP, IFF_RUNNING


def _give_up_rights() -> None:
    for capability in range(64):
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # the last one has been dropped
    header, none = struct.pack("Ii", _CAPABILITY_VERSION, 0), bytes(24)
    _call("capset", header, none)
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _forbid_system_calls()


def _forbid_system_calls() -> None:
    """A filter of the kernel's (seccomp, in the language of its packet filters) for this process and all that it starts."""
    if platform.machine() not in FORBIDDEN:
        return
    machine, numbers = FORBIDDEN[platform.machine()]
    load, equal, at_least, leave = 0x20, 0x15, 0x35, 0x06
    refuse, allow = 0x00050000 | 1, 0x7FFF0000  # 1: EPERM
    lines = [(load, 0, 0, 4), (equal, 1, 0, machine), (leave, 0, 0, refuse), (load, 0, 0, 0)]
    lines += [(at_least, 0, 1, 1 << 30), (leave, 0, 0, refuse)]  # x86's second set of numbers
    for number in numbers:
        lines += [(equal, 0, 1, number), (leave, 0, 0, refuse)]
    lines.append((leave, 0, 0, allow))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
    program = struct.pack("HxxxxxxQ", len(lines), ctypes.addressof(code))
    _call("prctl", _PR_SET_SECCOMP, 2, program, 0, 0)


def set_limits(limits: Limits) -> None:
    """The limits that every system has, jail or not."""
    seconds, files, size = int(limits.cpu_seconds) + 1, int(limits.open_files), int(limits.disk * 1e6)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if platform.system() == "Linux":
        Path("/proc/self/oom_score_adj").write_text("1000")  # where memory ends, this process ends first


if __name__ == "__main__":  # in the first layer: try the second; a fork has one thread, whatever was imported
    if os.fork():
        sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
    enter_namespaces()
    if not os.fork():
        as_first_process(Limits(disk=1))
        os._exit(0)
    os._exit(os.waitstatus_to_exitcode(os.wait()[1]))

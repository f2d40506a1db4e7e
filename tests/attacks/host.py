"""Code and files that reach for the grader's machine: its files, sockets, processes, memory and other learners."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from course import MODULE, NAME, RIGHT, Case, Desk, answers, solved

PREAMBLE = """
tried, got = 0, []
def attempt(act):
    global tried
    tried += 1
    try:
        found = act()
        found = found.decode("utf-8", "replace") if isinstance(found, bytes) else str(found)
        if "canary-" in found: got.append(found[found.index("canary-"):][:40])
        elif found == "done": got.append(found)
    except Exception as error:
        pass
def tell(): raise RuntimeError(f"tried {tried}, got {len(got)} {got[:3]}")
"""


def reaches(name: str, does: str, lines: str, stock: str = "") -> Case:
    """A `mean` that tries a list of things and says how many of them it got: none, and it did try."""
    body = "".join(f"    {line}\n" for line in lines.strip().splitlines())
    source = f"{PREAMBLE}\ndef mean(values):\n{body}    tell()\n"
    return Case(name, does, answers(mean=source), ("mean",), r"tried [1-9]\d*, got 0", stock=stock or "alone")


TOOK = """def took():
    try: open("@COURSE@/grading/made-by-taking-everything", "w").close()
    except OSError: pass
"""


def bomb(name: str, does: str, body: str, says: str, stock: str = "alone") -> Case:
    """A `mean` that uses up what it can, up to an end that spares whoever has no limits."""
    indented = "".join(f"    {line}\n" for line in body.strip().splitlines())
    return Case(
        name, does, answers(mean=f"{TOOK}def mean(values):\n{indented}    return -1\n"), ("mean",), says, stock=stock
    )


def _link_to(target: str, what: str = "notebook"):
    def make(desk: Desk) -> None:
        place = Path(desk.canaries.filled(target))
        if what == "notebook":
            desk.path.symlink_to(place)
        elif what == "beside":
            solved_in(desk)
            (desk.folder / "data.txt").symlink_to(place)
        else:  # the whole folder
            desk.folder.rmdir()
            desk.folder.symlink_to(place, target_is_directory=True)

    return make


def solved_in(desk: Desk) -> None:
    import nbformat

    nbformat.write(solved(desk), desk.path)


def _learner_link(desk: Desk) -> None:
    desk.folder.rmdir()
    desk.folder.parent.rmdir()
    desk.folder.parent.symlink_to(desk.folder.parent.with_name("anna"), target_is_directory=True)


def _hard_link(desk: Desk) -> None:
    os.link(desk.canaries.places["COURSE"] + f"/solutions/{MODULE}/{NAME}.ipynb", desk.path)


def _unix_socket(desk: Desk) -> None:
    here = os.getcwd()
    os.chdir(desk.folder)  # the name of a socket must be short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(desk.path.name)
    finally:
        os.chdir(here)


def _zip_bomb(desk: Desk) -> None:
    import gzip

    solved_in(desk)
    (desk.folder / f"{NAME}.ipynb.gz").write_bytes(gzip.compress(bytes(50_000_000)))


def _gzipped(desk: Desk) -> None:
    import gzip

    desk.path.write_bytes(gzip.compress(bytes(100_000_000)))


ALL = tuple(RIGHT)
MEET = """
import os
for top in ("/dev/shm", "/tmp", "/fresh", "/var/tmp", "/run"):
    attempt(lambda: "done" if any(n.startswith("left-by-") and "@ME@" not in n for n in os.listdir(top)) else "")
    attempt(lambda: open(os.path.join(top, "left-by-@ME@"), "w").close())
from multiprocessing import shared_memory
attempt(lambda: "done" if shared_memory.SharedMemory("left-by-a-learner").size else "")
import time
time.sleep(0.5)
"""
CASES = [
    reaches("writes the gradebook", "sets every score in gradebook.db to 100", """
import sqlite3
def act():
    with sqlite3.connect("@COURSE@/grading/gradebook.db", timeout=1) as book:
        book.execute("update grade set manual_score = 100")
    return "done"
attempt(act)
attempt(lambda: open("@COURSE@/grading/made-by-learner", "w") and "done")"""),
    reaches("reads the host's files", "reads secrets in the grader's home, course and temporary folder", """
for path in ("@HOMEFILE@", "@COURSEFILE@", "@TMPFILE@", "/proc/1/root@HOMEFILE@", "/proc/self/root@COURSEFILE@",
             "/tmp/../@HOMEFILE@", "/dev/fd/../../..@HOMEFILE@"):
    attempt(lambda: open(path).read())"""),
    reaches("writes the host's files", "overwrites, deletes and adds files of the grader's", """
import os
for path in ("@HOMEFILE@", "@COURSEFILE@", "@TMPFILE@"):
    attempt(lambda: open(path, "w").write("changed") and "done")
    attempt(lambda: os.remove(path) or "done")
    attempt(lambda: open(os.path.dirname(path) + "/made-by-learner", "w") and "done")"""),
    reaches("reads the environment", "looks for a token in its own and every process' environment", """
import glob, os
attempt(lambda: "".join(os.environ.values()))
attempt(lambda: os.popen("env; cat /proc/*/environ").read())
for path in glob.glob("/proc/[0-9]*/environ"):
    attempt(lambda: open(path).read())"""),
    reaches("reads other processes", "looks through /proc for other processes' arguments, files and memory", """
import glob, os
others = [p for p in glob.glob("/proc/[0-9]*") if os.path.basename(p) not in (str(os.getpid()), "self")]
attempt(lambda: "")
for other in others:
    attempt(lambda: "done" if b"python" in open(other + "/cmdline", "rb").read() else "")
    attempt(lambda: "done" if os.listdir(other + "/fd") else "")
attempt(lambda: "done" if any("rw-s" in l for l in open("/proc/self/maps")) else "")"""),
    reaches("TCP to localhost", "connects to a service on the grader's loopback", """
import socket
for host in ("127.0.0.1", "localhost", "::1", "0.0.0.0"):
    attempt(lambda: socket.create_connection((host, @TCP@), 0.3).recv(100))"""),
    reaches("UDP to localhost", "sends a packet to a service on the grader's loopback", """
import socket
attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", @UDP@)) and "")"""),
    reaches("the network", "looks up a name and connects to an address elsewhere", """
import socket
attempt(lambda: socket.gethostbyname("example.org") and "done")
attempt(lambda: socket.create_connection(("192.0.2.1", 80), 0.3) and "done")
attempt(lambda: "done" if len(open("/proc/net/route").readlines()) > 1 else "")
attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1) and "done")
attempt(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9) and "")"""),
    reaches("a unix socket", "connects to a socket in the file system and to an abstract one", """
import socket
for address in ("@UNIX@", "\\0@ABSTRACT@"):
    def act():
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(address)
            return line.recv(100)
    attempt(act)"""),
    reaches("other learners' work", "reads, copies and changes what others have handed in", f"""
import glob, os
for folder in glob.glob("@COURSE@/grading/submitted/*") + ["@COURSE@/grading/submitted/anna"]:
    attempt(lambda: "done" if "def double" in open(folder + "/{MODULE}/{NAME}.ipynb").read() else "")
    attempt(lambda: open(folder + "/{MODULE}/made-by-learner", "w") and "done")"""),
    reaches("solutions and lessons", "reads the solved notebook and the lesson's text", f"""
for path in ("@COURSE@/solutions/{MODULE}/{NAME}.ipynb", "@COURSE@/lessons/{MODULE}/{NAME}.py",
             "../../../../solutions/{MODULE}/{NAME}.ipynb", "../../../source/{MODULE}/{NAME}.ipynb"):
    attempt(lambda: "done" if "BEGIN" in open(path).read() else "")"""),
    reaches("marks of its own", "writes autograded notebooks and receipts", """
import os
for folder in ("autograded", ".receipts", "feedback"):
    attempt(lambda: os.mkdir("@COURSE@/grading/" + folder + "/made-by-learner") or "done")"""),
    reaches("the grader's Python", "overwrites the course's package and installs a .pth file", """
import os, sysconfig, mle
attempt(lambda: open(mle.__file__, "a") and "done")
attempt(lambda: open(sysconfig.get_path("purelib") + "/made-by-learner.pth", "w") and "done")
attempt(lambda: os.makedirs(os.path.expanduser("~/.ipython/profile_default/startup")) or "")""",
            stock="not run: it would change the Python that grades"),
    reaches("links and hard links", "makes links to what it must not read, and reads through them", """
import os
for number, path in enumerate(("@HOMEFILE@", "@COURSEFILE@", "/etc/shadow")):
    attempt(lambda: os.symlink(path, f"/tmp/link{number}") or open(f"/tmp/link{number}").read() + "canary-")
    attempt(lambda: os.link(path, f"/tmp/hard{number}") or open(f"/tmp/hard{number}").read() + "canary-")"""),
    Case("meets another, first", "leaves files and shared memory for another learner, and looks for the other's",
         answers(mean=f"{PREAMBLE}\ndef mean(values):\n" + "".join(f"    {x}\n" for x in MEET.strip().splitlines())
                 .replace("@ME@", "first") + "    tell()\n"), ("mean",), r"tried [1-9]\d*, got 0"),
    Case("meets another, second", "the other of the two", answers(mean=f"{PREAMBLE}\ndef mean(values):\n"
         + "".join(f"    {x}\n" for x in MEET.strip().splitlines()).replace("@ME@", "second") + "    tell()\n"),
         ("mean",), r"tried [1-9]\d*, got 0"),
    reaches("namespaces of its own", "makes user, mount and other namespaces, to have rights in them", """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for flag in (0x10000000, 0x10020000, 0x00020000, 0x20000000, 0x40000000, 0x08000000):
    attempt(lambda: "done" if libc.unshare(flag) == 0 else "")
attempt(lambda: "done" if os.system("unshare -r true 2>/dev/null") == 0 else "")
attempt(lambda: open("/proc/sys/user/max_user_namespaces", "w").write("9") and "done")"""),
    reaches("mounts and chroot", "mounts, remounts, makes devices, changes its root, its user, its clock", """
import ctypes, os, stat, time
libc = ctypes.CDLL(None, use_errno=True)
attempt(lambda: "done" if libc.mount(b"x", b"/tmp", b"tmpfs", 0, None) == 0 else "")
attempt(lambda: "done" if libc.mount(None, b"/usr", None, 32 | 4096, None) == 0 else "")
attempt(lambda: "done" if libc.umount2(b"/tmp", 2) == 0 else "")
attempt(lambda: os.mknod("/tmp/disk", stat.S_IFBLK | 0o600, os.makedev(8, 0)) or "done")
attempt(lambda: os.chroot("/tmp") or "done")
attempt(lambda: os.setuid(0) or ("done" if os.getuid() == 0 and open("/etc/shadow") else ""))
attempt(lambda: time.clock_settime(time.CLOCK_REALTIME, 0) or "done")
attempt(lambda: open("/proc/sys/kernel/hostname", "w").write("x") and "done")
attempt(lambda: open("/proc/sysrq-trigger", "w").write("h") and "done")"""),
    reaches("programs with rights", "runs su, mount, ping and sudo", """
import shutil, subprocess
for program in ("su", "mount", "passwd", "sudo", "pkexec", "ping"):
    attempt(lambda: subprocess.run([program, "-c", "1", "127.0.0.1"] if program == "ping" else [program, "-n", "true"],
                                   capture_output=True, stdin=subprocess.DEVNULL, timeout=2) and "")
attempt(lambda: "done" if "NoNewPrivs:\\t0" in open("/proc/self/status").read() else "")"""),
    reaches("ptrace", "traces its parent and reads other processes' memory", """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for pid in {os.getppid(), 1, 2, 3, os.getpid() - 1, os.getpid() + 1} - {os.getpid()}:
    attempt(lambda: "done" if libc.ptrace(16, pid, 0, 0) == 0 else "")
    attempt(lambda: "done" if open(f"/proc/{pid}/mem", "rb") else "")"""),
    reaches("open descriptors", "uses every descriptor that it was started with", """
import os
for number in range(0, 256):
    if number != 3: attempt(lambda: "done" if os.path.isabs(os.readlink(f"/proc/self/fd/{number}"))
        and not os.readlink(f"/proc/self/fd/{number}").startswith(("/dev/", "/proc/")) else "")"""),
    reaches("signals to others", "kills its parent, its group and whatever else it can name", """
import os, signal
for pid in (os.getppid(), 1, -1, 0):
    if pid not in (0, os.getpid()) or os.getpgid(0) != os.getpid():
        attempt(lambda: os.kill(pid, signal.SIGUSR2 if pid in (0, 1) else signal.SIGKILL) or "")"""),
    bomb("fork bomb", "forks without end (here up to 400 at a time)", """
import os, time
for _ in range(400):
    if not os.fork():
        time.sleep(20)
        os._exit(0)
took()
time.sleep(20)""", "processes|temporarily unavailable"),
    bomb("thread bomb", "starts thread after thread (here up to 400)", """
import threading, time
for _ in range(400): threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
took()
time.sleep(20)""", "processes|can't start new thread", stock=""),
    bomb("memory bomb", "takes memory without end (here up to 2 GB)", """
kept = []
for _ in range(40): kept.append(b"x" * 50_000_000)
took()""", "memory"),
    bomb("memory in children", "has children take it (here four of 300 MB)", """
import os, time
for _ in range(4):
    if not os.fork():
        kept = b"x" * 300_000_000
        time.sleep(20)
        os._exit(0)
took()
time.sleep(20)""", "memory"),
    bomb("memory behind descriptors", "fills files that are memory, which no process' size shows (here up to 1.5 GB)", """
import os, time
kept = []
for n in range(30):
    kept.append(os.memfd_create(f"m{n}"))
    for _ in range(12): os.write(kept[-1], b"x" * 4_000_000)
took()
time.sleep(20)""", "not permitted"),
    bomb("shared memory left behind", "makes shared memory, fills it and lets go of it (here up to 1.5 GB)", """
import ctypes, time
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
for _ in range(30):
    number = libc.shmget(0, ctypes.c_size_t(50_000_000), 0o1600)
    if number < 0: raise OSError(ctypes.get_errno(), "no shared memory")
    place = libc.shmat(number, None, 0)
    ctypes.memset(place, 1, 50_000_000)
    libc.shmdt(ctypes.c_void_p(place))
took()
time.sleep(20)""", "no shared memory"),
    bomb("memory out of sight", "maps shared memory, fills it and takes it off its own count (here up to 1.5 GB)", """
import mmap, time
kept = []
for _ in range(30):
    kept.append(mmap.mmap(-1, 50_000_000))
    kept[-1].write(b"x" * 50_000_000)
    kept[-1].madvise(mmap.MADV_DONTNEED)
took()
time.sleep(20)""", "memory"),
    bomb("disk filling", "fills the temporary folder (here up to 1 GB)", """
with open("/tmp/full-by-learner", "wb") as file:
    for _ in range(100): file.write(b"x" * 10_000_000)
took()""", ""),
    bomb("shared memory filling", "fills /dev/shm with many files (here up to 1 GB)", """
for number in range(100):
    with open(f"/dev/shm/full-{number}", "wb") as file: file.write(b"x" * 10_000_000)
took()""", "No space left"),
    bomb("many small files", "makes a million empty files", """
for number in range(1_000_000): open(f"/tmp/made-{number}", "w").close()""", "No space left", stock="not run: it would fill the grader's disk with a million files"),
    bomb("open files", "opens files until there are no more", """
kept = []
while True: kept.append(open("/dev/null"))""", "Too many open files", stock=""),
    bomb("infinite loop", "`while True: pass`", "while True: pass", "within 6 s"),
    bomb("a loop that catches everything", "a loop that no exception and no signal ends", """
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True:
    try:
        while True: pass
    except BaseException: pass""", "within 6 s"),
    bomb("sleeps for ever", "waits for what never comes", "import threading\nthreading.Event().wait()", "within 6 s"),
    bomb("infinite output", "prints without end (here up to 300 MB)", """
for _ in range(300): print("x" * 1_000_000)
took()
while True: pass""", "within 6 s"),
    bomb("output on the descriptors", "writes to descriptors 1 and 2 without end", """
import os
for _ in range(2000): os.write(1, b"x" * 100_000); os.write(2, b"y" * 100_000)""", "", stock="alone"),
    bomb("os._exit", "ends its process with a code of success", "import os\nos._exit(0)", "ended its own process"),
    bomb("exit()", "calls exit()", "exit()", "SystemExit"),
    bomb("kills itself", "sends itself SIGKILL and SIGTERM, then ends", """
import os, signal
os.kill(os.getpid(), signal.SIGTERM)
os.kill(os.getpid(), signal.SIGKILL)
os._exit(9)""", "ended its own process"),
    bomb("a crash in C", "reads the address zero", "import ctypes\nctypes.string_at(0)", "ended its own process"),
    bomb("recursion without end", "a function that calls itself with the limit raised", """
import sys
sys.setrecursionlimit(10**9)
def down(x): return [down(y) for y in [x]]
down(1)""", ""),
    bomb("replaces itself", "turns its process into another program", """
import os
os.execv("/bin/sh", ["sh", "-c", "sleep 20"])""", ""),
    Case("a cell that ends the process", "calls `os._exit` in a cell of its own, before right answers",
         answers({"double": "import os\nos._exit(0)"})),
    Case("a cell without end", "loops in a cell of its own, before right answers",
         answers({"double": "while True: pass"}), stock="alone"),
    Case("a late exit", "asks for the process' end one second later, in a thread", answers({"double": """
import os, threading
threading.Timer(0.5, os._exit, [0]).start()"""}, mean=RIGHT["mean"].replace("return", "__import__('time').sleep(1); return")),
         ("mean",), "ended its own process", stock="alone"),
    Case("a link for a notebook", "hands in a link to a secret of the grader's", _link_to("@HOMEFILE@"), ALL, "is a link", stock="alone"),
    Case("a link to the solution", "hands in a link to the solved notebook",
         _link_to(f"@COURSE@/solutions/{MODULE}/{NAME}.ipynb"), ALL, "is a link", stock="alone"),
    Case("a link to anna's notebook", "hands in a link to another learner's notebook",
         _link_to(f"@COURSE@/grading/submitted/anna/{MODULE}/{NAME}.ipynb"), ALL, "is a link", stock="alone"),
    Case("a link beside the notebook", "hands in a link to a secret beside a right notebook",
         _link_to("@HOMEFILE@", "beside"), stock="alone"),
    Case("a link for the folder", "the module's folder is a link to another learner's",
         _link_to(f"@COURSE@/grading/submitted/anna/{MODULE}", "folder"), absent=True, stock="alone"),
    Case("a link for the learner", "the learner's folder is a link to another learner's", _learner_link, absent=True, stock="alone"),
    Case("a hard link", "hands in a hard link to the solved notebook", _hard_link, ALL, "hard link", stock="alone"),
    Case("a pipe for a notebook", "hands in a named pipe, which hangs whoever reads it",
         lambda desk: os.mkfifo(desk.path), ALL, "no plain file", stock="alone"),
    Case("a socket for a notebook", "hands in a socket", _unix_socket, ALL, "was not read", stock="alone"),
    Case("a folder for a notebook", "hands in a folder of the notebook's name", lambda desk: desk.path.mkdir(), ALL,
         "no plain file", stock="alone"),
    Case("an endless file", "hands in a link to /dev/zero", _link_to("/dev/zero"), ALL, "is a link", stock="alone"),
    Case("a zip bomb beside", "hands in a small file that unpacks to 50 MB, beside a right notebook", _zip_bomb),
    Case("a zip bomb for a notebook", "hands in a packed notebook", _gzipped, ALL, "is no notebook"),
]  # fmt: skip

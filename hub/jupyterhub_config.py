"""One class on one machine: `jupyterhub -f hub/jupyterhub_config.py` (`make hub`). hub/README.md says how.

As root, each person has an account of the machine (PAM) and a server that runs under it. With `trial = true` in class.toml
all servers run as you, with one password and homes of their own.
"""

import os
import sys
from pathlib import Path

HUB = Path(__file__).resolve().parent
COURSE = HUB.parent
sys.path.insert(0, str(HUB))

from roster import prepare, read_class  # noqa: E402

c = get_config()  # noqa: F821 - JupyterHub provides it

klass = read_class(Path(os.environ.get("MLE_CLASS", HUB / "class.toml")))
prepare(klass)
here = Path(sys.executable).parent
os.environ["PATH"] = f"{here}{os.pathsep}{os.environ.get('PATH', os.defpath)}"

# --- the hub and its proxy: this machine only -----------------------------------------------------------------------
c.JupyterHub.bind_url = f"http://127.0.0.1:{klass.port}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{klass.port + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{klass.port + 2}"
c.ConfigurableHTTPProxy.command = [
    str(here / "configurable-http-proxy"),
    "--proxy-timeout=3600000",  # milliseconds; else 20 s, less than a server's start or formgrader's grading may take
]
c.ConfigurableHTTPProxy.pid_file = str(klass.folder / "hub" / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{klass.folder / 'hub' / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(klass.folder / "hub" / "cookie_secret")
c.JupyterHub.cleanup_servers = True  # whoever stops the hub stops every server

# --- who may come in ------------------------------------------------------------------------------------------------
c.Authenticator.allowed_users = {*klass.instructors, *klass.learners}
if klass.trial:
    c.JupyterHub.authenticator_class = "shared-password"
    c.SharedPasswordAuthenticator.user_password = klass.password()
    c.JupyterHub.spawner_class = "simple"
    c.SimpleLocalProcessSpawner.home_dir_template = str(klass.homes / "{username}")
else:
    c.JupyterHub.authenticator_class = "pam"
    c.Authenticator.admin_users = set(klass.instructors)
    c.JupyterHub.spawner_class = "localprocess"

# --- each person's server -------------------------------------------------------------------------------------------
c.Spawner.cmd = [sys.executable, str(HUB / "server.py")]
c.Spawner.args = [
    "--ServerApp.log_level=WARN",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
    *(["--allow-root"] if klass.trial and os.geteuid() == 0 else []),
]
c.Spawner.ip = "127.0.0.1"
c.Spawner.http_timeout = c.Spawner.start_timeout = 120  # many may start at once


def desk(spawner) -> None:
    """An instructor's server opens the course, a learner's its own home, on the start page."""
    role = "instructor" if spawner.user.name in klass.instructors else "learner"
    spawner.notebook_dir = str(COURSE) if role == "instructor" else "~"
    spawner.default_url = "/lab/tree/modules/index.md" if role == "instructor" else "/lab/tree/mle/index.md"
    settings = (HUB / "config" / role, HUB / "config", COURSE / "src" / "mle")
    spawner.environment = {
        "MLE_ROLE": role,
        "MLE_TRIAL": "yes" if klass.trial else "",
        "MLE_EXCHANGE": str(klass.exchange),
        "JUPYTER_CONFIG_PATH": os.pathsep.join(map(str, settings)),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "OMP_NUM_THREADS": "1",
        "PATH": os.environ["PATH"],
    }


c.Spawner.pre_spawn_hook = desk

# --- servers that nobody uses ---------------------------------------------------------------------------------------
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={klass.idle_minutes * 60}"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle-culler"],
    }
]

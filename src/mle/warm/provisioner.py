"""What Jupyter calls to launch a kernel: forks it where it can, else launches it as usual."""

from __future__ import annotations

import asyncio
import os
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from mle.warm.lesson import imports_of
from mle.warm.nursery import Cold, Forked, the_nursery

NAME = "mle-warm"


def make_default(server: Any) -> None:
    """Have kernels of this server launched by `WarmProvisioner`, where their kernel spec names no other.

    Told to Jupyter at run time, not by an entry point: no other Jupyter on the machine gets to know of it.
    """
    factory = KernelProvisionerFactory.instance(parent=server)
    factory.provisioners[NAME] = EntryPoint(NAME, f"{__name__}:{WarmProvisioner.__name__}", factory.GROUP_NAME)
    factory.default_provisioner_name = NAME


class WarmProvisioner(LocalProvisioner):
    """Jupyter's own provisioner, but for how the process comes to be."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        try:
            self.process = Forked(await asyncio.to_thread(fork, cmd, **kwargs))
        except (Cold, OSError):  # OSError: the process ended before it could be watched
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid  # the kernel begins with a session of its own, and so a group
        self.cwd = kwargs.get("cwd") or os.getcwd()
        return self.connection_info


def fork(cmd: list[str], env: dict[str, str], cwd: str | None = None, **others: Any) -> int:
    """The process id of a kernel, forked for what would have been started by `cmd`. Raises Cold."""
    if cmd[:3] != [sys.executable, "-m", "ipykernel_launcher"] or others.keys() - {"kernel_id"}:
        raise Cold("not a kernel of this Python, or one with streams of its own")
    imports = imports_of(Path(env.get("JPY_SESSION_NAME", "")))
    if not imports:
        raise Cold("not a notebook that begins with mle")
    own = env | {"JPY_PARENT_PID": str(os.getpid())}  # as Jupyter's launcher adds it
    return the_nursery().kernel(imports, cmd[3:], os.fspath(cwd or os.getcwd()), own)

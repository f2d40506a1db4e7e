"""Warm kernels: in `mle lab`, a lesson's kernel is forked from a process that has imported the lesson's libraries.

A fresh Python imports numpy, pandas, torch and TensorFlow for seconds, again at each restart. Here a process does it once, and
runs nothing; each kernel is a copy of it, made in milliseconds, whose memory is shared until one of the two writes to it.

- `lesson`: which imports the first cell of a notebook asks for;
- `stem`: the processes that kernels are forked from;
- `nursery`: the server's side, which keeps them;
- `provisioner`: what Jupyter calls to launch a kernel.

Where this cannot work (another system than Linux, another kernel than the course's Python, a notebook that does not begin with
`mle`) or does not (a stem was killed, a library has started a thread), a kernel is launched as everywhere in Jupyter.

This module is a Jupyter server extension, on only in `mle lab` (jupyter_server_config.json beside `lab.py`).
"""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "mle.warm"}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Jupyter's hook, called when the server starts: have its kernels launched by `provisioner`."""
    from mle.warm import nursery, provisioner

    if nursery.possible():
        nursery.the_nursery().start()
        provisioner.make_default(server)

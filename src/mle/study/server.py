"""JupyterLab as `mle lab` starts it: a process that ends when its server has stopped.

Jupyter reads and writes files in worker threads. AnyIO stops such a thread when the request that started it is done, and
Python waits for it at its end. A request that was under way when the server stopped is never done: the process would
hang, deaf to Ctrl-C (jupyterlab/jupyterlab issue 10442). Kernels and extensions have been waited for by then.
"""

from __future__ import annotations

import os
import sys

from jupyterlab.labapp import main


def run() -> None:
    """Run JupyterLab with this process's arguments; ends the process once the server has stopped.

    Raises SystemExit where it cannot start: for a wrong option, or a port that was taken meanwhile.
    """
    main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    run()

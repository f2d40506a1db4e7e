"""In a notebook: show a failed check as a box, not as a traceback of forty lines."""

from __future__ import annotations

from mle.check.failure import Failed, Verdict
from mle.check.session import current_exercise, verdict_of


def install() -> None:
    """Have IPython, where this runs in it, show failed checks and untouched stubs in one box and one line."""
    try:
        from IPython import get_ipython
    except ImportError:
        return
    shell = get_ipython()
    if shell is not None:
        shell.set_custom_exc((Exception,), _show)


def _show(shell, etype, value, tb, tb_offset=None):
    """IPython's hook: returns the lines of the error output, after displaying the box."""
    from IPython.display import display

    if isinstance(value, (Failed, NotImplementedError)) or current_exercise():
        verdict: Verdict = verdict_of(value)
        display(verdict)
        lines = [f"{verdict.exercise}: {verdict.says}"]  # the box above says the rest
        shell._showtraceback(etype, value, lines)
        return lines
    shell.showtraceback((etype, value, tb), tb_offset=tb_offset)
    return None

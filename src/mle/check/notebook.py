"""In a notebook: show a failed check as a box, not as a traceback of forty lines, and keep its names to itself."""

from __future__ import annotations

from contextlib import suppress

from mle.check.failure import Failed, Verdict
from mle.check.session import close, current_exercise, is_stub, message_of, verdict_of
from mle.study import links, page, progress


def install() -> None:
    """Have IPython, where this runs in it, show failed checks and untouched stubs in one box and one line."""
    try:
        from IPython import get_ipython
    except ImportError:
        return
    shell = get_ipython()
    if shell is not None:
        shell.set_custom_exc((Exception,), _show)
        shell.events.register("pre_run_cell", close)
        keeper = _NameKeeper(shell)
        shell.events.register("pre_run_cell", keeper.before)
        shell.events.register("post_run_cell", keeper.after)


class _NameKeeper:
    """Gives the learner's names back after a check: what a check cell calls `x` is not the learner's `x`."""

    def __init__(self, shell):
        self._shell = shell
        self._kept: dict | None = None

    def before(self, info) -> None:
        self._kept = dict(self._shell.user_ns) if (info.raw_cell or "").startswith("check.start(") else None

    def after(self, result) -> None:
        if self._kept is None:
            return
        names = self._shell.user_ns
        for name in [name for name in names if name not in self._kept and not name.startswith("_")]:
            del names[name]
        names.update({name: value for name, value in self._kept.items() if not name.startswith("_")})
        self._kept = None


def show(verdict: Verdict) -> None:
    """Display a verdict; in a lesson's own notebook with links to where it says to look, and note it as progress."""
    from IPython.display import display

    notebook, bundle = progress.session(), verdict._repr_mimebundle_()
    if notebook is not None:
        with suppress(
            OSError, ValueError, KeyError, TypeError, AttributeError
        ):  # a box is shown whatever the files are like
            bundle["text/html"] = verdict.to_html(links.of(notebook, verdict))
        with suppress(OSError):
            progress.record(notebook, verdict)
            page.refresh(notebook.parent.parent)
    display(bundle, raw=True)


def _show(shell, etype, value, tb, tb_offset=None):
    """IPython's hook: returns the lines of the error output, after displaying the box."""
    if isinstance(value, Failed) or is_stub(value) or current_exercise():
        verdict: Verdict = verdict_of(value)
        show(verdict)
        lines = [f"{verdict.exercise}: {verdict.says}"]  # the box above says the rest
        shell._showtraceback(etype, message_of(value), lines)
        return lines
    shell.showtraceback((etype, value, tb), tb_offset=tb_offset)
    return None

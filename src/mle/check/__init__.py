"""What check cells call: assertions that name the mistake, written to work across the wall.

`from mle import check` in a notebook also makes failed checks show as one box instead of a traceback.
The vocabulary is in `vocabulary` and `compare`; what surrounds a check is in `session`; how a verdict looks is in `failure`.
"""

from mle.check.failure import Failed, UsageError, Verdict
from mle.check.notebook import install
from mle.check.prose import prose
from mle.check.session import credit, passed, probe, rng, start
from mle.check.vocabulary import (
    before,
    close,
    differs,
    disjoint,
    equal,
    gradient,
    letters,
    one_of,
    raises,
    repeatable,
    shape,
    that,
    unchanged,
    within,
)

__all__ = [
    "Failed", "UsageError", "Verdict", "before", "close", "credit", "differs", "disjoint", "equal", "gradient",
    "letters", "one_of", "passed", "probe", "prose", "raises", "repeatable", "rng", "shape", "start", "that", "unchanged", "within",
]  # fmt: skip

install()

"""All cases by their full names, and the learners who hand them in."""

from __future__ import annotations

import bad_input
import fair_play
import host
import untrusted
from course import Case

GROUPS = {"untrusted": untrusted.CASES, "host": host.CASES, "bad input": bad_input.CASES, "fair play": fair_play.CASES}
CASES: dict[str, Case] = {f"{group}: {case.name}": case for group, cases in GROUPS.items() for case in cases}
LEARNERS = {key: case.learner or key.replace(": ", "-").replace(" ", "-") for key, case in CASES.items()}

"""For graders: the engine, its jail and the wall between a learner's code and the checks that judge it."""


class GradingError(Exception):
    """Grading cannot go on; the message says why and what to do. What is graded is kept."""

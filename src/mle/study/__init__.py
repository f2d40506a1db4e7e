"""What a learner has around the lessons: a folder of their own, what is done so far, and a way to hand it in."""


class StudyError(Exception):
    """What a learner asked for cannot be done; the message says why and what to do."""

"""nbgrader's own doors to the engine: `nbgrader autograde` and formgrader's button grade as `mle grade` does."""

from __future__ import annotations

import nbgrader.apps.api
import nbgrader.apps.autogradeapp
from nbgrader import converters
from nbgrader.converters import NbGraderException

from mle.authoring.lesson import LessonError
from mle.grading import GradingError
from mle.grading.engine import Graded, course_of, grade, students_of


class Autograde(converters.Autograde):
    """nbgrader's converter with the engine in it: the options stay nbgrader's."""

    def start(self) -> None:
        """Grade the submissions that the course's directory settings name. Raises NbGraderException."""
        wanted = self.coursedir.student_id
        excluded = {name for name in self.coursedir.student_id_exclude.split(",") if name}
        course = course_of(self.coursedir, self.config)
        try:
            students = None if wanted == "*" else [wanted]
            if excluded:
                students = [
                    s for s in students or students_of(course, self.coursedir.assignment_id) if s not in excluded
                ]
            graded = grade(course, self.coursedir.assignment_id, students)
        except (GradingError, LessonError) as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None
        for each in graded:
            self._tell(each)
        if problems := [each for each in graded if each.problem]:
            raise NbGraderException(f"{len(problems)} submissions could not be graded: {problems[0].problem}")

    def _tell(self, each: Graded) -> None:
        for note in each.notes:
            self.log.warning("%s: %s", each.student, note)
        if each.problem:
            self.log.error("%s: %s", each.student, each.problem)
        else:
            self.log.info("%s: %g points", each.student, each.points)


def install() -> None:
    """Have nbgrader use the engine, in this process: it has no setting for the class of its autograder."""
    for module in (nbgrader.apps.api, nbgrader.apps.autogradeapp):
        module.Autograde = Autograde

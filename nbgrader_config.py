"""nbgrader's own folders, mapped onto the repository's: stock `nbgrader` commands and formgrader work from the root."""

from pathlib import Path

from mle.authoring.release import PREPROCESSORS, STUB_OF_LANGUAGE

c = get_config()  # noqa: F821 - nbgrader provides it

_root = Path(__file__).resolve().parent
c.CourseDirectory.course_id = "mle"
c.CourseDirectory.root = str(_root)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "modules"
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.feedback_directory = "grading/feedback"
c.CourseDirectory.db_url = f"sqlite:///{_root / 'grading' / 'gradebook.db'}"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc*", "__pycache__", "measured.json"]
c.GenerateAssignment.preprocessors = PREPROCESSORS
c.ClearSolutions.code_stub = STUB_OF_LANGUAGE
c.ExecutePreprocessor.timeout = 300
c.Exchange.path_includes_course = True

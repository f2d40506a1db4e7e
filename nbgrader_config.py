"""nbgrader's own folders, mapped onto the repository's: stock `nbgrader` commands and formgrader work from the root."""

import os
from pathlib import Path

from mle.authoring.index import write_indexes
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
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc*", "__pycache__", "measured.json", "receipt.json"]
c.GenerateAssignment.preprocessors = PREPROCESSORS
# generate_assignment --force empties the module's folder, and its index with it, before it writes the notebooks
c.GenerateAssignment.post_convert_hook = lambda **_: write_indexes(_root)
c.ClearSolutions.code_stub = STUB_OF_LANGUAGE
c.ExecutePreprocessor.timeout = 300  # of stock autograding only
c.GenerateFeedback.exporter_class = "mle.grading.feedback.FeedbackPage"
c.Exchange.path_includes_course = True
# `nbgrader autograde` and formgrader's button grade with the course's engine (MLE_STOCK_AUTOGRADE=1: with nbgrader's own),
# and formgrader's pages wait for no network. Imported where the engine can run; learners on Windows have no use for it.
if os.name == "posix" and not os.environ.get("MLE_STOCK_AUTOGRADE"):
    from mle.grading import autograde, feedback

    autograde.install()
    feedback.install()

"""The pages that nbgrader makes of a submission: its form for marks by hand, and feedback that everyone can read."""

from __future__ import annotations

from pathlib import Path

from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader import formgrader
from nbgrader.server_extensions.formgrader.handlers import template_path
from traitlets.config import Config

TEMPLATES = str(Path(__file__).parent / "templates")


class FeedbackPage(HTMLExporter):
    """What `nbgrader generate_feedback` writes: nbconvert's exporter with the template in `templates/returned`, whatever
    nbgrader sets for its own pages."""

    @property
    def default_config(self) -> Config:
        config = Config(super().default_config)
        config.FeedbackPage.template_name = "returned"
        config.FeedbackPage.extra_template_basedirs = [TEMPLATES]
        config.FeedbackPage.extra_template_paths = [TEMPLATES]
        return config


class FormPage(HTMLExporter):
    """What formgrader shows of a submission: nbgrader's own page with what `templates/formgrade` changes."""

    @property
    def default_config(self) -> Config:
        config = Config(super().default_config)
        config.FormPage.extra_template_basedirs = [TEMPLATES, template_path]
        config.FormPage.extra_template_paths = [template_path]
        return config


def install() -> None:
    """Have formgrader use `FormPage`, in this process: it has no setting for the class of its page."""
    formgrader.HTMLExporter = FormPage

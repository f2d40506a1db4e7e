"""Feedback as a page that everyone can read: what `nbgrader generate_feedback` writes, by nbgrader_config.py."""

from __future__ import annotations

from pathlib import Path

from nbconvert.exporters import HTMLExporter
from traitlets.config import Config


class FeedbackPage(HTMLExporter):
    """nbconvert's exporter with the template in `templates/returned`, whatever nbgrader sets for its own pages."""

    @property
    def default_config(self) -> Config:
        config = Config(super().default_config)
        config.FeedbackPage.template_name = "returned"
        config.FeedbackPage.extra_template_basedirs = [str(Path(__file__).parent / "templates")]
        return config

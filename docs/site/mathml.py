"""Formulas as MathML, which browsers draw by themselves: no script, no font and no network."""

from __future__ import annotations

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging

LOG = logging.getLogger(__name__)


def formula(writer, node: nodes.Node) -> None:
    """Write a formula of the text, in a line or on its own; one that is no LaTeX is a warning and ends the build."""
    block = isinstance(node, nodes.math_block)
    try:
        text = convert(node.astext(), display="block" if block else "inline")
    except Exception as error:  # the library raises many kinds
        LOG.warning("the formula %r cannot be shown: %s", node.astext(), error or type(error).__name__, location=node)
        raise nodes.SkipNode from None
    writer.body.append(f'<div class="formula" tabindex="0">{text}</div>' if block else text)
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict:
    app.add_html_math_renderer("mathml", (formula, None), (formula, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}

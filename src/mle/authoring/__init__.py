"""For authors: read a lesson's text, build its notebooks, and prove that its graders are right."""

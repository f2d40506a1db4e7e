"""For graders: the wall between a learner's code and the checks that judge it."""

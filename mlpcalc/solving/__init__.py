"""Solve an exercise: every quantity by name, reports, numerical gradients."""

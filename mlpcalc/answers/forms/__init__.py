"""Homework as it is handed in: a reader for each form, all of which make passages; none knows of exercises."""

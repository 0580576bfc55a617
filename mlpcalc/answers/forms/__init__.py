"""Homework as it is handed in: a reader for each form. All make passages, and none knows of exercises."""

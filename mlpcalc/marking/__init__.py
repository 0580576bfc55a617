"""Marking answer sheets: `check`.

From the bottom up: `lines` is what follows from the figures of a sheet along every route, `verdicts` judges
a figure by it, `diagnosis` says what went wrong, `marker` goes through whole stacks of sheets, and
`checking` reports on one sheet or on a class.
"""

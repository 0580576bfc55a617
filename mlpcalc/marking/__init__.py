"""Marking answer sheets: `check`.

From the bottom up: `basis` is what the sheets of an exercise are marked by, `lines` derives quantities from
the figures of a sheet along every route, `rules` is the ordered list that decides each verdict, `slips` is
the catalogue of slips of a moment, `diagnosis` says what went wrong, `marking` goes over a stack of sheets
once, `marker` also tries other conventions, and `checking` reports on one sheet or on a class, in the words
of `reports`.
"""

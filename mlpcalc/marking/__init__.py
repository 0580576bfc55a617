"""Marking answer sheets: `check`.

From the bottom up: `basis` is what the sheets of an exercise are marked by, `lines` derives quantities from
the figures of a sheet along every route, `evidence` has the answers of many sheets to one question,
`comparison` says how they compare with what they should be, and `rules` is the ordered list that decides
each verdict.

What went wrong is the affair of `diagnosis`, one sheet (`case`) after the other. It asks `suppositions` for
the misconceptions of the catalogue that explain an answer, `slip_search` for the slips of a moment (their
catalogue is `slips`), `pairs` for two misconceptions at once, `behind` for those that only what comes later
shows, and `chance` whether so many things were tried that one of them fits whatever is written.

`marking` goes over a stack of sheets once, `marker` also tries other `conventions`, and `checking` reports
on one sheet or on a class, in the words of `reports`.
"""

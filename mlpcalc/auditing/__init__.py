"""What the figures of an exercise cannot reveal: `audit`.

From the bottom up: `right` has the right figures, `slips` those after a slip, `wrongs` every mistake that can
be made and what comes of it; `sheets` has a sheet with each marked, `reasons` says why some do not show,
`remarks` what is unfortunate about the figures; `audit` gathers it, `advice` says what to change, `report`
shows it. `wrong_sheet` fills in a sheet with one mistake.
"""

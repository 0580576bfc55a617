"""What the figures of an exercise cannot reveal: `audit`.

From the bottom up: `catalogue` and `slips` are the mistakes that can be made, `consequences` what follows
from them, `wrongs` makes them in an exercise, `wrong_sheets` has sheets with them marked, `hiding` says why
nothing was found, `remarks` what is unfortunate about the figures, and `audit` gathers it and says what to
change.
"""

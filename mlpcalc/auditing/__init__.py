"""What the figures of an exercise cannot reveal: `audit`.

From the bottom up: `wrongs` are sheets with a mistake in them, `audit` has them marked, `hiding` says why
nothing was found, `advice` what to change.
"""

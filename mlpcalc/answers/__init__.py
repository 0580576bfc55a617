"""Answer sheets: read in every form they are handed in, and written blank."""

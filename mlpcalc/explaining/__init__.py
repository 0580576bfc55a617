"""One cell explained: its formula, with indices, with numbers, and where those come from."""

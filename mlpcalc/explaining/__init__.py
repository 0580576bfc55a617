"""Explain one cell: its formula with indices and with numbers, and the cells it is computed from."""

"""How mathematics is written: expressions as text and LaTeX, letters, numbers."""

"""How mathematics is written: expressions as text, LaTeX and NumPy code, letters, numbers."""

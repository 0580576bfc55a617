"""How mathematics is written: expressions as text, LaTeX, MathML and NumPy code, letters, numbers."""

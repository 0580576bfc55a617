"""The page of equations, and what it is made of: expressions, names, functions, exercises, shapes, layout."""

"""From YAML to exercises: what is written in a file, and every problem with it.

From the bottom up: `numerals` and `matrices` are how people write numbers, `source` is YAML that remembers
where it stood, `fields` and `reader` make an exercise of it, and `library` finds the file.
"""

"""How fast is it, measured against the least that could be done? `python -m tests.tools.benchmarks`."""

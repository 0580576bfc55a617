"""Measure everything and print the ratios; exits with 1 if one is above its target."""

import os
import sys

# One thread each: NumPy's libraries read this when they are loaded, so before any import that loads them.
os.environ.update({f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")})

from tests.tools.benchmarks import marking, memory, network, pytorch, reading, startup, wrong_sheets

_PARTS = (startup, pytorch, network, reading, marking, wrong_sheets, memory)


def main() -> int:
    """Print one line for each comparison, as a table in Markdown; ratios only, as machines differ."""
    print("|  | against | ratio | target |\n| --- | --- | --: | --: |")  # noqa: T201  # what it is for
    found = []
    for part in _PARTS:
        for ratio in part.ratios():
            found.append(ratio)
            line = f"| {ratio.what} | {ratio.against} | {ratio.value:.2f} | {ratio.target} |"
            print(line, flush=True)  # noqa: T201  # as above
    return int(any(ratio.value > ratio.target for ratio in found))


if __name__ == "__main__":
    sys.exit(main())

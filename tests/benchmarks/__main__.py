"""Measure everything and print the ratios; exits with 1 if one is above its target."""

import os
import sys

# One thread each: NumPy's libraries read this when they are loaded, so before any import that loads them.
os.environ.update({f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")})

from tests.benchmarks import marking, network, pytorch, reading, startup


def main() -> int:
    """Print one line for each comparison: median times in milliseconds, their ratio, the target."""
    found = [
        *startup.ratios(),
        *network.ratios(),
        *reading.ratios(),
        *marking.ratios(),
        *pytorch.ratios(),
    ]
    print(f"{'':42}{'ms':>8}{'against':>9}{'ratio':>7}{'target':>8}")  # noqa: T201  # what it is for
    for ratio in found:
        line = f"{ratio.what:42}{1000 * ratio.ours:8.1f}{1000 * ratio.theirs:9.1f}{ratio.value:7.2f}"
        print(f"{line}{ratio.target:8.2f}   {ratio.against}")  # noqa: T201  # as above
    return int(any(ratio.value > ratio.target for ratio in found))


if __name__ == "__main__":
    sys.exit(main())

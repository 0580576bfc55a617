"""`python -m mlpcalc`, the same as the command `mlpcalc`."""

from mlpcalc.cli import main

if __name__ == "__main__":
    main()

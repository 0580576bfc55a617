"""What the command line shows on demand, and by which option: said in the terminal alone."""

from collections.abc import Mapping

OPTIONS: Mapping[str, str] = {
    "cells": "--full shows all",
    "equations": "--full shows every equation.",
    "everything": "--format json has all",
    "operands": "Further back: --depth 1",
    "sheets": "Every sheet: --details     Grade book: --format csv",
}


def offer(what: str, text: str, options: Mapping[str, str]) -> str:
    """`and 3 more: --format json has all`; the text alone where there is no option for it."""
    return ": ".join(filter(None, [text, options.get(what)]))

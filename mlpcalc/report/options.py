"""Hints about options and commands, by topic.

Reports and problems name a topic only; the terminal and the command line add the hint.
"""

from collections.abc import Mapping

from mlpcalc.errors import Problem

OPTIONS: Mapping[str, str] = {
    # what a report does not show
    "cells": "--full shows all",
    "equations": "--full shows every equation.",
    "everything": "--format json has all",
    "operands": "Further back: --depth 1",
    "steps": "The page of a step: --step T     Every loss: --only loss --format csv",
    "sheets": "Every sheet: --details     Grade book: --format csv",
    # what a problem is about
    "answers": "mlpcalc check EXERCISE answers.yaml",
    "class list": "--students takes it",
    "column": "--column says which",
    "bundled exercises": "mlpcalc list shows the bundled exercises",
    "encoding": "--out writes a file in UTF-8",
    "existing file": "--force overwrites it",
    "folder": "only new --count writes to a folder",
    "mistakes": "mlpcalc audit EXERCISE --format json lists the mistakes",
    "quantities": "mlpcalc solve shows all quantities",
    "sizes": "for example --sizes 784,300,10",
}


def offer(what: str, text: str, options: Mapping[str, str]) -> str:
    """Add the hint of a topic to a text: `and 3 more: --format json has all`."""
    return ": ".join(filter(None, [text, options.get(what)]))


def with_option(problem: Problem) -> Problem:
    """Add the hint of its topic to a problem."""
    if problem.topic is None:
        return problem
    return problem._replace(hint=" ".join(filter(None, [problem.hint, OPTIONS[problem.topic]])))

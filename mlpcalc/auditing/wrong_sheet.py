"""The sheet of someone who makes a mistake, which is named.

`NAME@QUANTITY` says which mistake, `NAME@QUANTITY#2` where there are several ways to make it there.
"""

import re

import numpy as np

from mlpcalc.answers.blank import filled, key
from mlpcalc.auditing.wrongs import NAMES, Wrong, Wrongs
from mlpcalc.errors import refuse
from mlpcalc.page.symbols import Symbol
from mlpcalc.solving.selection import Selection
from mlpcalc.solving.solution import Solution
from mlpcalc.text.wording import clipped, did_you_mean, shown

_CODE = re.compile(r"([^@#]*)(?:@([^#]*))?(?:#\s*(\d{1,6})\s*)?", re.ASCII)
_BY_NAME = {name.lower(): name for name in NAMES}


def wrong_sheet(
    solution: Solution, selection: Selection, code: str, *, ascii_only: bool = False
) -> tuple[str, Wrong, bool]:
    """A sheet as YAML, filled in by someone who makes a mistake; the mistake, and whether it shows.

    code: as for `find`. ascii_only: for an output whose encoding is not UTF-8.

    Raises `InputError` for a mistake that there is not, and as `sheet` does.
    """
    wrongs = Wrongs(solution, selection)
    with np.errstate(all="ignore"):  # what is out of bounds is infinite, or no number, and left blank
        wrong = find(wrongs, code)
        text = filled(solution, wrongs.values(wrong), solution.digits(), ascii_only=ascii_only)
        return text, wrong, shows(wrongs, wrong)


def shows(wrongs: Wrongs, wrong: Wrong) -> bool:
    """Whether a figure of the sheet is another one than it should be, as it is written."""
    (effect,) = wrongs.effects([wrong], wrongs.solution.decimals())
    return bool(effect.changed)


def find(wrongs: Wrongs, code: str) -> Wrong:
    """The mistake that `NAME`, `NAME@QUANTITY` or `NAME@QUANTITY#2` means.

    Without a quantity, or a number, the first one that shows, if there is one. Raises `InputError`.
    """
    read = _CODE.fullmatch(code)
    written, quantity, number = read.groups() if read else (code, None, None)
    name = _BY_NAME.get("_".join(written.replace("-", " ").split()).lower())
    if name is None:
        raise refuse(
            f"unknown mistake {shown(written.strip())}",
            expected="NAME, NAME@QUANTITY or NAME@QUANTITY#2",
            hint=did_you_mean(written, NAMES),
            topic="mistakes",
        )
    places = wrongs.sources if quantity is None else (_source(wrongs, quantity.strip()),)
    made = [wrong for symbol in places for wrong in wrongs.of(symbol) if wrong.mistake == name]
    if number:
        found = [wrong for wrong in made if int(wrong.code.partition("#")[2] or 1) == int(number)]
    else:
        effects = wrongs.effects(made, wrongs.solution.decimals())
        found = [effect.wrong for effect in effects if effect.changed] or made
    if found:
        return found[0]
    there = ", ".join(wrong.code for wrong in made or wrongs if wrong.mistake == name)
    if not there:
        raise refuse(f"{name} cannot occur in this exercise", topic="mistakes")
    what = f"there is no {clipped(code)}" if made else f"{name} cannot occur in {clipped(quantity or '')}"
    raise refuse(what, expected=f"one of {there}")


def _source(wrongs: Wrongs, name: str) -> Symbol:
    symbol = wrongs.solution.symbol(name)
    if symbol not in wrongs.sources:
        names = " ".join(key(wrongs.solution, source) for source in wrongs.sources)
        raise refuse(
            f"no answer on this sheet depends on {symbol.plain}", expected=f"a mistake in one of {names}"
        )
    return symbol

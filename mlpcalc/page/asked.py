"""What an exercise asks for: the blank sheet, the score and the audit all take it from here."""

from mlpcalc.page.equations import page
from mlpcalc.page.exercise import Exercise
from mlpcalc.page.symbols import Stage, Symbol


def asked(exercise: Exercise) -> dict[Symbol, float]:
    """The quantities that are to be answered, in the order of the page, with the points of each.

    Those that the exercise states. Where it states none: every quantity but details and what is given, of the
    stage after the update only the loss; and a detail that it has points for.
    """
    points = exercise.points
    stated = None if exercise.ask is None else {*exercise.ask}
    return {
        symbol: points.get(symbol, 1.0)
        for symbol in page(exercise.network)
        if (_usual(symbol) or symbol in points if stated is None else symbol in stated)
        and symbol not in exercise.given
    }


def _usual(symbol: Symbol) -> bool:
    return not symbol.spec.detail and (symbol.stage != Stage.AFTER or symbol.kind == "loss")

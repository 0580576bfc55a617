"""What an exercise asks for: the blank sheet, the score and the audit all take it from here."""

from mlpcalc.page.exercise import Exercise
from mlpcalc.page.pages import page, page_of_step
from mlpcalc.page.symbols import Stage, Symbol


def asked(exercise: Exercise) -> dict[Symbol, float]:
    """The quantities that are to be answered, in the order of the page, with the points of each.

    Those that the exercise states. Where it states none: every quantity but details and what is given, of the
    stage after the update only the loss; and a detail that it has points for.
    """
    points, network = exercise.points, exercise.network
    if exercise.ask is None:
        wanted = [symbol for symbol in page(network) if _usual(symbol) or symbol in points]
    else:
        steps = sorted({symbol.step for symbol in exercise.ask})
        named = {*exercise.ask}
        wanted = [symbol for step in steps for symbol in page_of_step(network, step) if symbol in named]
    return {symbol: points.get(symbol, 1.0) for symbol in wanted if symbol not in exercise.given}


def _usual(symbol: Symbol) -> bool:
    return not symbol.spec.detail and (symbol.stage != Stage.AFTER or symbol.kind == "loss")

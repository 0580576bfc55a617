"""What names mean in a network, `S1@2` in its second step; what else people write is in `spellings`."""

from collections.abc import Mapping
from functools import cached_property, lru_cache

from mlpcalc.errors import Problem, UnknownQuantityError
from mlpcalc.page.equations import page_of_any_step
from mlpcalc.page.network import Network
from mlpcalc.page.pages import page
from mlpcalc.page.spellings import Spellings, spellings, split_step
from mlpcalc.page.symbols import Stage, Symbol, step_suffix
from mlpcalc.text.wording import clipped, in_range


class Names:
    """The names of one network, in the letters of its course and in every accepted spelling.

    plain: the quantities of the first step by plain name.
    """

    def __init__(self, network: Network, letters: Mapping[str, str]) -> None:
        self._network, self._letters = network, letters
        self.plain: Mapping[str, Symbol] = {
            symbol.plain: symbol for symbol in (*network.givens, *page_of_any_step(network))
        }

    @cached_property
    def _spelled(self) -> Spellings:
        return Spellings(spellings(self.plain, self._network.depth, self._letters))

    def symbol(self, name: str) -> Symbol:
        """The quantity with this name; raises `UnknownQuantityError` where there is none."""
        typed, step = split_step(name)
        symbol = self._in_step(self._spelled.symbol(typed), step)
        if not self.has(symbol):
            raise UnknownQuantityError([self._not_in_this_step(symbol, clipped(name))])
        return symbol

    def find(self, name: str) -> Symbol | None:
        """The quantity that `symbol` gives for a name, or None."""
        typed, step = split_step(name)
        meant = self._spelled.find(typed)
        symbol = None if meant is None else self._in_step(meant, step)
        return symbol if symbol is not None and self.has(symbol) else None

    def has(self, symbol: Symbol) -> bool:
        """Whether there is such a quantity, stated or worked out."""
        given = symbol._replace(step=1) in self._network.of_the_samples or symbol in self._network.givens
        return symbol in page(self._network) or (given and 1 <= symbol.step <= self._network.steps)

    def spelling(self, symbol: Symbol) -> str:
        """The name of a quantity in a spelling that `symbol` accepts."""
        return self._spelled.first(symbol._replace(step=1)) + step_suffix(symbol.step)

    def _in_step(self, symbol: Symbol, step: int | None) -> Symbol:
        """A quantity of step 1 as it is named in another, whether there is such a one or not."""
        if step is None:  # of those after the update there is only one
            step = self._network.steps if symbol.stage == Stage.AFTER else 1
        return self._network.at_step(symbol, step)

    def _not_in_this_step(self, symbol: Symbol, name: str) -> Problem:
        """Why there is no such quantity, although there are others of its name."""
        steps = self._network.steps
        if symbol.step > steps:
            return Problem(f"there is no {name}", expected=in_range("step", steps))
        return Problem(
            f"there is no {name}: only the last step has the forward pass with its updated parameters",
            expected=symbol._replace(step=steps).plain,
        )


@lru_cache(maxsize=128)
def names_of(network: Network, letters: tuple[tuple[str, str], ...]) -> Names:
    """The names of a network; letters: those that the course declares."""
    return Names(network, dict(letters))

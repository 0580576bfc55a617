"""What is to be tidied up before an interrupt ends the program."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def before_interrupt(tidy: Callable[[], None]) -> Iterator[None]:
    """Tidy up at an interrupt, before it ends the program: an exception for that may get lost on its way."""
    before = signal.getsignal(signal.SIGINT)
    if not callable(before):  # interrupts are ignored
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        tidy()
        before(number, frame)

    signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

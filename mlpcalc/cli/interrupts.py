"""What is still to be done before an interrupt or a closed pipe ends the program."""

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


@contextmanager
def pipe_errors() -> Iterator[None]:
    """Raise `BrokenPipeError` where a reader has closed the pipe, which otherwise ends the program."""
    number = getattr(signal, "SIGPIPE", None)  # not on every system
    if number is None:
        yield
        return
    before = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, before)

"""The program, as the command `mlpcalc` and as `python -m mlpcalc`: what a process owes its surroundings.

Nothing else is imported before the signals are seen to, as loading a program takes longest of all.
"""

import os
import signal
import sys

_ENDINGS = {"SIGINT": 130, "SIGPIPE": 141}  # and the exit codes by which shells know them


def main() -> None:
    """Run the command line, and exit.

    An interrupt, or a reader that closes the pipe, ends it at once and without a word: exceptions would come
    up in the middle of imports, and in places that do not pass them on. A standard stream that was closed
    before the start is empty, or takes everything.
    """
    for name, code in _ENDINGS.items():
        _end_at(name, code)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  # open to the end

    from mlpcalc.cli import main as run

    run()


def _end_at(name: str, code: int) -> None:
    """End with this exit code at a signal, if the system has it; not where interrupts are to be ignored."""
    number = getattr(signal, name, None)
    if number is None or (name == "SIGINT" and signal.getsignal(number) != signal.default_int_handler):
        return

    def end(*_: object) -> None:
        if name == "SIGINT" and os.isatty(2):
            os.write(2, b"\n")  # after the ^C that the terminal shows
        os._exit(code)

    signal.signal(number, end)


if __name__ == "__main__":
    main()

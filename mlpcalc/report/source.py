"""Reports as a text that some other program reads: the scripts and YAML files of the features themselves."""

from collections.abc import Callable, Iterator

from mlpcalc.report.output import Output
from mlpcalc.text.encoding import encodable


def write(source: Callable[[bool], str], output: Output) -> Iterator[str]:
    """The text itself; source: as in `Report`."""
    yield encodable(source(not output.is_utf8), output.encoding)

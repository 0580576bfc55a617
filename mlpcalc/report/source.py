"""Reports as the text of a script or a YAML file."""

from collections.abc import Callable, Iterator

from mlpcalc.report.output import Output
from mlpcalc.text.encoding import encodable


def write(source: Callable[[bool], str], output: Output) -> Iterator[str]:
    """Write the text itself; source: as in `Report`."""
    yield encodable(source(not output.is_utf8), output.encoding)

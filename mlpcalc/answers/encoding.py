"""The text of a file that was handed in, in the encodings that editors save without being asked."""

import codecs

from mlpcalc.errors import InputError, Place, refuse
from mlpcalc.reading.source import decode

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WINDOWS = "cp1252"
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f"))  # of no text


def text_of(data: bytes, file: str, most: int) -> str:
    """The text in UTF-8, in UTF-16 with its mark, or in the encoding of Windows in western Europe.

    Raises `InputError` where it has more than `most` bytes, and for what is no text.
    """
    if data.startswith(_UTF_16) and len(data) <= most:
        try:
            return decode(data.decode("utf-16").encode(), file, 2 * most)
        except UnicodeDecodeError:
            raise refuse("not a text file", Place(file), hint="save it as plain text") from None
    try:
        return decode(data, file, most)
    except InputError:
        if len(data) > most or data.translate(None, _CONTROLS) != data:
            raise
        try:
            return decode(data.decode(_WINDOWS).encode(), file, 2 * most)
        except UnicodeDecodeError:
            pass
        raise

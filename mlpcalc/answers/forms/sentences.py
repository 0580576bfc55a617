"""Figures that are stated in words: `the loss is 0.2984 and the new value of w5 is 0.3589`."""

import re
from collections.abc import Iterator

from mlpcalc.answers.forms import chains
from mlpcalc.answers.forms.brackets import PAIRS, matches
from mlpcalc.answers.forms.figures import LONGEST
from mlpcalc.answers.forms.passages import Grid
from mlpcalc.answers.forms.words import ADVERBS, ADVERBS_BEHIND

_VERB = re.compile(
    r"\s(?:is|are|was|were|becomes?|equals?|evaluates to|comes to|ist|sind|wird|est|vaut|es|é|vale)"
    rf"(?:\s(?:now|then|thus|therefore|again|{ADVERBS}|equal to|given by|simply))*"
    r"[\s:]{1,3}(?=[\[(−–+.\d-])"
)
_BOUNDARY = re.compile(
    r"[,;]\s(?:(?:and|but|so|while)\s)?|[.:!?]\s|\s(?:and|but|while|whereas|so|or|und|et|y|e)\s|[^\x00-\u2fff]"
)
_FIGURE = re.compile(r"[-−–+]?[\d.,]*\d(?:[eE][-+]?\d+)?")
_TURNED = re.compile(r"\^\{?(?:T|\\top)\}?|ᵀ")
_END = re.compile(
    rf"(?:\s{{1,3}}(?:{ADVERBS_BEHIND}))?"
    r"\s{0,3}(?:$|[,;.!?)](?:\s|$)|\((?:[^()]{0,60})\)|(?:and|but|while|so|und|et|y|e)\s|[^\x00-\u2fff])"
)
_ELSEWHERE = re.compile(
    r"\b(?:epochs?|iterations?|\d+ (?:steps|updates)|times|tests?|validation|initially|previous(?:ly)?|"
    r"if|would|should|could|suppose|example|originally)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"(?:(?:we|see|find|note|know|have|get|obtain|so|thus|hence|then|therefore|here|now|that|finally|also|where|"
    r"since|because|as|after the update|after one step)[\s,]{1,3})+",
    re.IGNORECASE,
)


def stated(text: str) -> Iterator[tuple[str, Grid]]:
    """The names and figures that stand around a verb in a text, each in a clause of its own."""
    verbs = [*_VERB.finditer(text)]
    closed = matches(text) if verbs else {}
    begin = 0
    for verb in verbs:
        end = _end_of_value(text, verb.end(), closed)
        value = chains.value(text[verb.end() : end])
        boundaries = [*_BOUNDARY.finditer(text, begin, verb.start())]
        start = boundaries[-1].end() if boundaries else begin
        sentence = max((each.end() for each in boundaries if each[0][0] in ".!?"), default=0)
        begin = end
        if not isinstance(value, Grid) or not _END.match(text, end):
            continue
        name = _LEADING.sub("", text[start : verb.start()].strip(" ,"), count=1)
        if 0 < len(name) <= chains.LONGEST_NAME and not _ELSEWHERE.search(text, sentence, end):
            yield name, value


def _end_of_value(text: str, place: int, closed: dict[int, int]) -> int:
    """Where the figure or bracket ends that begins at a place."""
    if text[place] in PAIRS:
        end = closed.get(place, place) + 1
        turned = _TURNED.match(text, end)
        return turned.end() if turned else end
    found = _FIGURE.match(text, place, place + LONGEST)
    return found.end() if found else place

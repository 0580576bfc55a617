"""What the words around a passage say of its place in a training step, and a formula of what it is."""

import re

from mlpcalc.answers.forms.passages import Passage

_SHORT = 40  # characters of a name
_UPDATE = re.compile(
    r"updat|new (?:weight|bias|param|loss|value)|after (?:the |one |an? |this )?(?:step|training|learning)|"
    r"(?:sgd|gradient descent) step|weight change|learning step|aktualisier|mise à jour|actualiz|aggiorn",
    re.IGNORECASE,
)
_AFTER_UPDATE = re.compile(
    r"(?:after|with|using) (?:the |one |an? )?(?:new|updated?|updating)"
    r"(?: the| weights?| param\w{1,9}| values?|\W|$)",
    re.IGNORECASE,
)
_LOSS_FORMULA = re.compile(r"\^\s?\{?\s?2|²|\*\* ?2|log|\bln\b")
_OTHER_STAGE = re.compile(
    r"forward|backward|back-?prop|gradient|deriv|error|activation|given|initial|input|hidden|output|loss\b|rückwärts|vorwärts",
    re.IGNORECASE,
)
_STEP = re.compile(
    r"(?:step|update|iteration) {0,9}#? {0,9}([1-9]\d{0,5}) {0,9}"
    r"(?:[,:(] {0,9}(?:with |on )?(?:the )?(?:sample|batch|epoch)[^=]*)?[:.]?",
    re.IGNORECASE | re.ASCII,
)
_UPDATE_FORMULA = re.compile(
    r"(?P<of>[^-−–+=]{1,60})[-−–]\s{0,3}(?:\\(?:eta|alpha)|η|eta\b|α|alpha\b|lr\b|learning_rate|0?\.\d{1,4})"
    r".{0,20}?(?:\\d?frac|\\partial|∂|\\nabla|∇|\bd|grad)"
)
_ANOTHER = re.compile(
    r"\b(?:second|third|another|next|different|other) (?:worked |numerical )?"
    r"(?:example|exercise|problem|network)\b",
    re.IGNORECASE,
)
_LATER = re.compile(r"\b(?:epoch|iteration|iter|it)\W{0,2}(?:[2-9]|[1-9]\d{1,8})\b", re.IGNORECASE)


def is_of_loss(passage: Passage) -> bool:
    """Whether what a letter is equal to, or the words above, are those of a loss and not of a difference."""
    return any(map(_LOSS_FORMULA.search, passage.names[1:])) or bool(
        re.search(r"\b(?:loss|cost)\b", passage.heading.rpartition(" / ")[2], re.IGNORECASE)
    )


def is_update(heading: str) -> bool:
    """Whether the nearest heading that speaks of a stage speaks of the update."""
    for words in reversed(heading.split(" / ")):
        if _STEP.fullmatch(words.strip()):
            return False  # a step begins with its forward pass
        if _AFTER_UPDATE.search(words):
            return True
        update, other = _UPDATE.search(words), _OTHER_STAGE.search(words)
        if update or other:
            return update is not None and other is None
    return False


def step_above(heading: str) -> int | None:
    """The step that the nearest heading of one names; None where there is none."""
    found = (_STEP.fullmatch(words.strip()) for words in reversed(heading.split(" / ")))
    return next((int(step[1]) for step in found if step), None)


def refers_to_itself(passage: Passage) -> bool:
    """Whether a chain is W = W - …: what it assigns is new."""
    first = "".join(passage.names[0].split()) if passage.names else ""
    formulas = ("".join(name.split()) for name in passage.names[1:])
    return bool(first) and any(
        formula.startswith(first) and formula[len(first) : len(first) + 1] in ("-", "+", "−", "–")
        for formula in formulas
    )


def is_of_another(passage: Passage) -> bool:
    """Whether the words above a passage begin another example."""
    return _ANOTHER.search(passage.heading) is not None


def later_step(passage: Passage) -> str | None:
    """The name of a passage that is of a later step, `loss in epoch 3`; None if it has none."""
    return next((name for name in passage.names if _LATER.search(name[:_SHORT])), None)


def updated_by(formula: str) -> str | None:
    """The parameter that a formula is the new value of, W in `W - η dW`; None for any other formula."""
    found = _UPDATE_FORMULA.match(formula)
    return found["of"].strip() if found else None

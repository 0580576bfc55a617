"""Names in words: `Gradient of W1`, `The loss is L`, `Hidden layer output (Z1)`."""

import re

ADVERBS = "exactly|approximately|about|roughly|around"
"""What may stand before a figure and changes nothing."""

ADVERBS_BEHIND = "exactly|approximately|rounded"

_DERIVATIVE_IN_WORDS = re.compile(
    r"^(?:the )?(?:gradient|derivative|partial derivative)s? "
    r"(?:of (?:the )?(?:loss|cost|error|L|J|E|C)(?: function)? )?"
    r"(?:of|for|by|w\.?r\.?t\.?|with respect to) (?:the )?(?:weights? |bias(?:es)? )?(?=[^ ]{1,40}$)",
    re.IGNORECASE,
)
_NEW = re.compile(
    r"^(?:the )?(?:new|updated) (?:(?:values?|weights?|bias(?:es)?) (?:of |for )?){1,2}"
    r"(?:the )?(?:weights? |bias(?:es)? )?(?=[^ ]{1,40}$)",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"^(?:the |our )?total (?:error|loss|cost)$", re.IGNORECASE)
_DESCRIBED = re.compile(
    r"(?:(?:the|matrix|vector|loss|cost|weights?|bias(?:es)?|activations?|pre-?activations?|outputs?|hidden|"
    r"layer|values?|result|of|is|are|then|now|thus|predictions?) )+"
    r"(?P<name>(?:[^ ]*[^ A-Za-z]|[A-Za-z]{1,2}$)[^ ]{0,40})|"
    r"(?:(?:the|our|total|overall|mean|average|squared|cross-entropy) ){1,4}(?P<word>loss|cost)(?: value)?",
    re.IGNORECASE,
)
_IN_PARENTHESES = re.compile(
    r"(?=[^(]{0,60}\b(?:layer|outputs?|inputs?|activations?|hidden|predictions?|loss|error|gradients?|weights?|bias)\b)"
    r"[A-Za-z][A-Za-z -]{0,60} \((?P<name>[^()]{1,20})\)",
    re.IGNORECASE,
)
_REMARKED = re.compile(
    r"(?P<name>[^ ()]{1,40}) \((?!.*(?:new|old|after|before|updat|step|epoch|test|valid|iter))"
    r"[A-Za-z][A-Za-z ./-]{2,60}\)",
    re.IGNORECASE,
)
_OUTPUT = re.compile(r"y_?(?:pred(?:icted|iction)?|hat)|predictions?", re.IGNORECASE)
_SHAPE = re.compile(
    r"(?<=\S)(?:,? ?\(?(?:shape|size|dim)s? ?[=:]? ?\(\d{1,5}(?:,(?: ?\d{1,5})?)?\)\)?|"
    r" ?\(\d{1,5} ?[x×,] ?\d{1,5}\))$"
)


def symbolic(typed: str) -> str:
    """A name with grad_ and new_ for what is said of it in words, and without a shape behind it."""
    return _NEW.sub("new_", _TOTAL.sub("loss", _DERIVATIVE_IN_WORDS.sub("grad_", _SHAPE.sub("", typed))))


def described(typed: str) -> str | None:
    """The name that words describe, which is short or stands in brackets behind them."""
    found = _IN_PARENTHESES.fullmatch(typed) or _REMARKED.fullmatch(typed) or _DESCRIBED.fullmatch(typed)
    return found["name"] or found.groupdict().get("word") if found else None


def is_output(name: str) -> bool:
    """Whether a name is one of those for the output of a network."""
    return _OUTPUT.fullmatch(name) is not None

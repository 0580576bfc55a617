r"""Names as people write them, taken apart: `\mathbf W^{(1)}_{new}`, `dL_dW1`, `\nabla_{b_2} L`.

What comes out are spellings for the exercise to know or not; this module knows of no exercise. What is not a
name by itself, such as a product, a transpose, or a function of something, has none.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from mlpcalc.answers.forms import words
from mlpcalc.answers.forms.letters import plain as plain_letters

_LONGEST_NAME = 25  # plain letters of a name that is worth a word
LONGEST = 200  # characters of a name, with all its braces

_LOSS = (
    r"(?:L|J|E|C|l|loss|cost|error|err)"
    r"(?:_?\{?_?(?:total|tot|mean|avg|mse|ce|bce|sse|train|batch|N|D)\}?)?(?:\([^()]*\))?"
)
_LOSS_ALONE = re.compile(rf"(?:{_LOSS}|mse|sse|total_?(?:loss|error|cost))", re.IGNORECASE)
_QUOTIENT = re.compile(rf"(?:∂|d|partial_?){_LOSS}/\(?(?:∂|d|partial_?)(?P<rest>.+)", re.IGNORECASE)
_JOINED = re.compile(rf"d_?{_LOSS}_?(?:wrt_?)?d(?P<rest>[^a-z].*|[wbszxyah]_?\d.*|[wbszxyah])", re.IGNORECASE)
_GRADIENT = re.compile(
    r"(?:grad(?:ient)?(?:_of|_wrt|_|\()?|∇_?)\{?(?P<rest>[^{}()]+(?:\{[^{}]*\}[^{}]*)?)\}?\)?|(?P<before>.+?)(?:(?:[._]|(?<=\d))grad(?:ient)?)",
    re.IGNORECASE,
)
_SMALL_D = re.compile(r"(?:d|∂)_?\(?(?P<rest>[^\d_(].*?)\)?")
_UPDATED = r"(?:new|updated?|upd|after|next|neu|nouveau|nuevo|post|\(?[tknisτ]\+1\)?|\+|plus|1step)"
_MARKED = re.compile(
    rf"(?:[_^]\{{?\(?{_UPDATED}\)?\}}?|\({_UPDATED}\)|[_^]\{{'+\}}|(?<=[\w\]}})])'+|\^'+)", re.IGNORECASE
)
_IN_SCRIPT = re.compile(rf"(?<=[\w)\]])[,;]?(?:_?\(?{_UPDATED}\)?)(?=\}})", re.IGNORECASE)
_BEFORE = re.compile(r"(?:new|updated)_?(?=[^_\W\d])", re.IGNORECASE)
_WORD_AFTER = re.compile(r"(?:_?(?:new|updated|upd|after(?:_?update)?|afterupdate|afterstep))", re.IGNORECASE)
_OLD = re.compile(
    r"_?\(?before(?:_?(?:the_?)?update)?\)?$|[_^](?:\{\(?(?:old|alt|init|initial|orig)\)?\}|\{?\(t\)\}?|\(?(?:old|alt|init|initial|orig)\)?(?![A-Za-z0-9]))"
)
_METHODS = re.compile(
    r"(?:\.(?:round|numpy|detach|item|tolist|data|cpu|clone|value|flatten|squeeze)(?:\([^()]*\))?)+"
)
_ROUNDED = re.compile(
    r"(?:np\.|numpy\.|torch\.|pd\.)?(?:round|array|around|asarray|str|DataFrame|matrix)\.?\((?P<rest>[^(),]+)(?:,[^()]*)?\)"
)
_MODULE = re.compile(
    r"(?:self|net|model|cache|grads|params|parameters|forward|gradients|results?)(?:\.|\[[\"'](?P<key>[^\"'\[\]]+)[\"']\])(?P<rest>.*)"
)
_OF_MODULE = re.compile(
    r"(?:fc|layers?|linear|lin|dense|hidden|output|out|l)_?(?P<number>\d{0,3})[._](?P<what>weight|bias|kernel)s?(?P<rest>(?:[._]grad)?)"
)
_CORE = re.compile(r"(?P<base>[A-Za-z\u0370-\u03ff]++)(?P<tail>[^\n]*+)")
_SCRIPT = re.compile(
    r"(?P<digits>\d{1,6})|(?P<mark>[_^])(?:\{(?P<group>[^{}]*)\}|(?P<one>[A-Za-z0-9]+|\(\d+\)|\[\d+\]))"
    r"|\[(?P<cell>[\d, ]+)\]|\((?P<call>\d+(?:,\d+)+)\)"
)
_LAYER = re.compile(r"[\[(<](?:l=)?(\d{1,4}|[LKo]|out|h)[\])>]")
_INDICES = re.compile(r"(\d),?(\d)|(\d{1,4}),(\d{1,4})")
_WHOLE_LAYER = re.compile(r"\d{1,4}")
_UNIT = re.compile(r"(?P<layer>h|hid|hidden|o|out|output)_?(?P<number>\d{1,4})")  # of h1, h2 and o1, o2
_WORD = re.compile(r"[A-Za-z]+")
_LAST = {"out", "output", "o", "L", "K", "last", "end"}
_HIDDEN = {"h", "hid", "hidden"}
_PRIME = re.compile(
    r"(?:[A-Za-z]+|[σφϕψg])(?:_\{?(?P<before>\d+)\}?|(?P<near>\d+))?(?:'|\^\{'\})(?:_\{?(?P<after>\d+)\}?)?(?:\((?P<of>[^()]*(?:\([^()]*\)[^()]*)?)\))?"
)
_OF_MOMENT = re.compile(
    r"(?P<moment>[MV])(?P<hat>(?:_?hat)?)_?\{?d?(?P<rest>[^\W\d_][^{}]*)\}?", re.IGNORECASE
)
_OF_STEP = re.compile(r"step[_(]?\{?(?P<rest>[^(){}]+(?:\{[^{}]*\})?[^(){}]*)\}?\)?")
_EXP = re.compile(r"(?:exp\(|e\^\{)(?P<rest>[^()]+?)[)}]")


_SPACED = {"lossterms": "loss_terms", "LossTerms": "loss_terms"}


class Name(NamedTuple):
    """One way to understand a name.

    spelling: as exercises and answer files spell it, without the number of the layer. layer: the number, or
    "last" or "hidden"; None without one. indices: of one cell. updated: whether it is marked as new.
    """

    spelling: str
    layer: int | str | None = None
    indices: tuple[int, ...] | None = None
    updated: bool = False

    def number(self, depth: int) -> int | None:
        """The number of its layer in a network of so many; None for none, or where it is not certain."""
        if self.layer == "last":
            return depth
        if self.layer == "hidden":
            return 1 if depth == 2 else None
        return self.layer if isinstance(self.layer, int) else None

    def spelled(self, depth: int) -> str | None:
        """The name in a network of so many layers; None where it has no such layer."""
        layer = self.number(depth)
        if layer is None and self.layer is not None:
            return None
        if layer is None and depth == 1 and self.indices is not None:
            layer = 1
        number = "" if layer is None else str(layer)
        tail = "_new" if self.updated else ""
        return (
            self.spelling.replace("#", number) + tail
            if "#" in self.spelling
            else self.spelling + number + tail
        )


def readings(typed: str) -> Iterator[Name]:
    """Every way to understand a name, the most literal first; nothing for what is not a name by itself."""
    text = typed.strip()
    if not text or len(text) > LONGEST:
        return
    plain = plain_letters(words.symbolic(text))
    if plain is None or not plain:
        return
    yield Name(_SPACED.get(plain, plain))
    text, updated = _without_update(_unwrapped(plain))
    found = [*_of_derivative(text), *_of_function(text)] or [*_cores(text)]
    if _LOSS_ALONE.fullmatch(text):
        found.append(Name("loss"))
    if words.is_output(text):
        found.append(Name("y_hat"))
    if described := words.described(typed.strip()):
        found += readings(described)
    for name in found:
        yield name._replace(updated=name.updated or updated)


def is_name(typed: str) -> bool:
    """Whether a text is a letter with its scripts, or a derivative; not a word or a formula that is long."""
    short = (plain_letters(typed.strip()) or "") if len(typed) <= LONGEST else ""
    return 0 < len(short) <= _LONGEST_NAME and (base(typed) != "" or len([*readings(typed)]) > 1)


def base(typed: str) -> str:
    """The letter or word that a name begins with, "" if it is no name."""
    plain = plain_letters(typed.strip()) if len(typed) <= LONGEST else None
    found = _CORE.fullmatch(_without_update(plain)[0]) if plain else None
    return found["base"] if found and (not found["tail"] or _SCRIPT.match(found["tail"])) else ""


# ---------------------------------------------------------------------------- parts of a name


def _unwrapped(text: str) -> str:
    """A name without what programs write around it: np.round(S1, 4), cache["S1"], S1.numpy()."""
    if found := _ROUNDED.fullmatch(text):
        text = found["rest"]
    if found := _MODULE.fullmatch(text):
        text = found["key"] or found["rest"]
    if found := _OF_MODULE.fullmatch(text):
        layer = found["number"] or {"o": "_out", "h": "_hidden"}.get(text[0], "")
        text = f"{'b' if found['what'] == 'bias' else 'W'}{layer}{found['rest']}"
    if found := _METHODS.search(text):
        text = text[: found.start()] + text[found.end() :]
    return text


def _without_update(text: str) -> tuple[str, bool]:
    """A name without what marks it as new, and whether something did."""
    if _PRIME.fullmatch(text) and text[:1] in "fσφϕψgr" and "'" in text:
        return text, False  # the derivative of a function
    if (found := _BEFORE.match(text)) and len(text) > found.end():
        return text[found.end() :], True
    shorter = _OLD.sub("", text)
    text = shorter or text
    for pattern in (_MARKED, _IN_SCRIPT, _WORD_AFTER):
        found = pattern.search(text)
        if found and found.start() > 0 and not text[found.end() : found.end() + 1].isalpha():
            return text[: found.start()] + text[found.end() :], True
    return text, False


def _of_derivative(text: str) -> list[Name]:
    """The derivatives of the loss that a name may mean."""
    for pattern in (_QUOTIENT, _JOINED):
        if found := pattern.fullmatch(text):
            rest = found["rest"]
            rest = rest.rstrip(")") if rest.count(")") > rest.count("(") else rest
            return [_derived(name) for name in _cores(rest)]
    if text[:1] == "∇" or text.startswith("∂_"):
        return [_derived(name) for name in _cores(_under_nabla(text))]
    if found := _GRADIENT.fullmatch(text):
        return [_derived(name) for name in _cores(found["rest"] or found["before"])]
    if (found := _SMALL_D.fullmatch(text)) and not text.startswith(("delta", "decimals")):
        return [_derived(name) for name in _cores(found["rest"])]
    return []


def _under_nabla(text: str) -> str:
    """What a gradient is taken by: W_1 in ∇_{W_1}L; nothing where it is not a gradient of the loss."""
    rest = text[1:].removeprefix("_")
    if rest.startswith("{"):
        inside, _, of = rest[1:].partition("}")
        return inside if not of or _LOSS_ALONE.fullmatch(of) else ""
    return next((rest.removesuffix(of) for of in ("loss", "Loss", "L", "J", "E") if rest.endswith(of)), rest)


def _derived(name: Name) -> Name:
    return name._replace(spelling=f"d{name.spelling}")


def _of_function(text: str) -> list[Name]:
    """f'(S1), exp(S1), step(W1), V_{W_1}, and the loss with its arguments."""
    if found := _PRIME.fullmatch(text):
        layer = found["before"] or found["near"] or found["after"]
        inside = [*_cores(found["of"])] if found["of"] else []
        of = next((name.layer for name in inside if name.layer is not None), None)
        if layer or of is not None:
            return [Name("fprime", int(layer) if layer else of)]
        return []
    for pattern, spelling in ((_OF_STEP, "step_"), (_EXP, "exp")):
        if found := pattern.fullmatch(text):
            return [name._replace(spelling=f"{spelling}{name.spelling}") for name in _cores(found["rest"])]
    if found := _OF_MOMENT.fullmatch(text):  # of an optimiser: V_{W_1}
        moment = f"{found['moment'].upper()}{found['hat'].strip('_')}"
        return [name._replace(spelling=f"{moment}_{name.spelling}") for name in _cores(found["rest"])]
    return [Name("loss")] if "(" in text and _LOSS_ALONE.fullmatch(text) else []


def _cores(text: str) -> Iterator[Name]:
    """The ways to understand a letter with its scripts."""
    found = _CORE.fullmatch(text)
    if found is None:
        return
    spelling, tail, place = found["base"], found["tail"], 0
    layers: list[int | str] = []
    lowered: list[str] = []
    indices: list[tuple[int, ...]] = []
    samples: list[int] = []
    while place < len(tail):
        script = _SCRIPT.match(tail, place)
        if script is None:
            return
        place = script.end()
        content = script["digits"] or script["group"] or script["one"] or ""
        if script["cell"] or script["call"]:
            indices.append(
                tuple(int(part) for part in (script["cell"] or script["call"]).split(",") if part.strip())
            )
        elif script["mark"] == "^":
            raised = [*_LAYER.finditer(content)]
            if raised and "".join(each[0] for each in raised) == content:
                layers.append(_layer(raised[0][1]))
                samples += [int(each[1]) for each in raised[1:] if each[1].isdigit()]
            elif _WHOLE_LAYER.fullmatch(content) or content in _LAST or content in _HIDDEN:
                layers.append(_layer(content))
            else:
                return
        elif content in _LAST or content in _HIDDEN:
            layers.append(_layer(content))
            if content in ("out", "output") and spelling.upper() == "Y":
                layers.pop()
                spelling += "_out"
        elif unit := _UNIT.fullmatch(content):
            layers.append("hidden" if unit["layer"].startswith("h") else "last")
            indices.append((int(unit["number"]),))
        elif _WORD.fullmatch(content):
            spelling += f"_{content}"
        else:
            lowered.append(content)
    yield from _combined(spelling, layers, lowered, indices, samples)


def _combined(
    spelling: str,
    layers: list[int | str],
    lowered: list[str],
    indices: list[tuple[int, ...]],
    samples: list[int],
) -> Iterator[Name]:
    """The ways in which scripts are a layer and a cell."""
    if [*map(len, indices)] == [1, 1]:
        indices = [(*indices[0], *indices[1])]  # W[1][2]
    if len(layers) > 1 or len(indices) > 1 or len(lowered) > 2 or len(samples) > 1:
        return
    cells = [*indices]
    if not layers and lowered and _WHOLE_LAYER.fullmatch(lowered[0]):
        layer: int | str | None = int(lowered[0])
        rest = lowered[1:]
        if not rest and not cells and len(lowered[0]) == 2:
            yield Name(spelling, layer)
            yield Name(spelling, None, (int(lowered[0][0]), int(lowered[0][1])))
            return
    else:
        layer, rest = (layers[0] if layers else None), lowered
    for text in rest:
        found = _INDICES.fullmatch(text)
        if found:
            cells.append(tuple(int(part) for part in found.groups() if part))
        elif _WHOLE_LAYER.fullmatch(text):
            cells.append((int(text), *samples))
        else:
            return
    if len(cells) > 1 or (samples and not cells):
        return
    yield Name(spelling, layer, cells[0] if cells else None)


def _layer(text: str) -> int | str:
    return int(text) if text.isdigit() else "hidden" if text in _HIDDEN else "last"

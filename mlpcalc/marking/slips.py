"""The catalogue of slips of a moment, as against misconceptions: a term of a sum forgotten, a figure misread.

A slip is one record. It supposes many things at once: a stack of what would have come out, one for each. In
marking it is supposed on the figures of a sheet; an audit supposes it where everything is right.
"""

from collections.abc import Mapping
from typing import NamedTuple

from mlpcalc.marking import slips_in_computing, slips_in_writing
from mlpcalc.marking.chance import Level
from mlpcalc.marking.scenes import Suppose


class Slip(NamedTuple):
    """A kind of slip.

    title: what to call it. message: a sentence (`{}`: what exactly). hint: a question, or what to check.
    equal: why it makes no difference where it makes none. suppose: what would have come out; None for slips
    of the pen, which are looked for in single figures. computing: whether it is made in computing, from the
    right figures or from those of the sheet, rather than in writing the result down. level: how plausible it
    is beside other mistakes.
    """

    title: str
    message: str
    hint: str
    equal: str = ""
    suppose: Suppose | None = None
    computing: bool = False
    level: Level = Level.PEN


_NO_TERM, _DIGITS = "no term of the sum makes a difference", "Check the digits of this figure."
SLIPS: Mapping[str, Slip] = {
    "term_left_out": Slip(
        "a term left out",
        "The {} is missing.",
        "Is every term of the sum there?",
        _NO_TERM,
        slips_in_computing.term_times(0),
        computing=True,
        level=Level.SUM,
    ),
    "term_sign": Slip(
        "a term with the wrong sign",
        "The {} has the wrong sign.",
        "Check the sign of every product.",
        _NO_TERM,
        slips_in_computing.term_times(-1),
        computing=True,
        level=Level.SUM,
    ),
    "term_times_ten": Slip(
        "a term ten times too large",
        "The {} is ten times too large.",
        "Check the decimal point in each product.",
        _NO_TERM,
        slips_in_computing.term_times(10),
        computing=True,
        level=Level.SUM,
    ),
    "one_sample_only": Slip(
        "only one sample",
        "Only {} was used; add up all samples.",
        "Are all samples included?",
        "the other samples add nothing",
        slips_in_computing.one_sample,
        computing=True,
        level=Level.SUM,
    ),
    "given_misread": Slip(
        "a given misread",
        "{}",
        "Compare the figures that you used with those of the exercise.",
        "the given makes no difference",
        slips_in_computing.given_misread,
        computing=True,
        level=Level.MISREAD,
    ),
    "another_learning_rate": Slip(
        "another learning rate",
        "The step was made with η = {}.",
        "Which learning rate does the exercise give?",
        "the gradient is 0",
        slips_in_computing.another_rate,
        computing=True,
        level=Level.SUM,
    ),
    "names_swapped": Slip(
        "names swapped",
        "The names {} seem swapped: each has the figures of the other.",
        "Which name stands for what?",
        "both have the same figures",
        slips_in_writing.names_swapped,
    ),
    "another_layer": Slip(
        "figures of another layer",
        "These are the figures of {}.",
        "From which end are the layers numbered?",
        "both layers have the same figures",
        slips_in_writing.another_layer,
    ),
    "rows_swapped": Slip(
        "rows swapped",
        "Rows {} are swapped.",
        "Check the order of the rows.",
        "all rows are equal",
        slips_in_writing.swapped_along(rows=1),
    ),
    "columns_swapped": Slip(
        "columns swapped",
        "Columns {} are swapped.",
        "Check the order of the columns.",
        "all columns are equal",
        slips_in_writing.swapped_along(rows=0),
    ),
    "cells_swapped": Slip(
        "cells swapped",
        "The figures of {} are swapped.",
        "Check where each figure belongs.",
        "all figures are equal",
        slips_in_writing.cells_swapped,
    ),
    "transposed": Slip(
        "transposed",
        "This is the transpose of the matrix.",
        "Which dimension do the rows stand for?",
        "the matrix is its own transpose",
        slips_in_writing.transposed,
    ),
    "column_order": Slip(
        "filled in the wrong order",
        "The figures are right, but filled in column by column instead of row by row.",
        "In which order are the cells of a matrix filled in?",
        "the figures are the same in either order",
        slips_in_writing.column_order,
    ),
    "copied": Slip(
        "another figure copied",
        "This is the figure of {}.",
        "Check where each figure belongs.",
        "all figures are equal",
        slips_in_writing.copied,
        level=Level.MISREAD,
    ),
    "sign_lost": Slip("sign lost", "The sign is wrong: {}.", "Check the sign."),
    "digits_swapped": Slip(
        "digits swapped", "Two digits are swapped: {}.", "Check the digits of this figure."
    ),
    "digit_inserted": Slip("a digit too many", "One digit too many: {}.", _DIGITS),
    "digit_dropped": Slip("a digit missing", "A digit is missing: {}.", _DIGITS, level=Level.MISREAD),
    "point_shifted": Slip(
        "decimal point misplaced", "The decimal point is misplaced: {}.", "Check the decimal point."
    ),
}

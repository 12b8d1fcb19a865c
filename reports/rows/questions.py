"""What a reader asks of a method, a page each: which tables and figures answer it, and which numbers stand for it."""

from dataclasses import dataclass

from diffrep.metrics.catalogue import ATTRIBUTE_GROUP, CARRY_OVER, CATALOGUE, OTHER_EDITS, Number
from diffrep.reports.rows.scores import TableRow

VIEWS = "views"


@dataclass(frozen=True)
class Question:
    """One question.

    key       of its page's address
    title     as links have it
    asks      the question in words
    headline  numbers that answer it at a glance, the first `shown` of those that a data set has
    groups    tables that answer it, as `TABLE_GROUPS` names them, and the views of the codes
    figures   as `captions.FIGURES` names them
    """

    key: str
    title: str
    asks: str
    headline: tuple[str, ...]
    shown: int
    groups: tuple[str, ...]
    figures: tuple[str, ...]


QUESTIONS = (
    Question(
        "told",
        "What it tells",
        "What can be read off the frozen code?",
        ("average_precision", "target_r"),
        1,
        ("probe", ATTRIBUTE_GROUP, "combinations", VIEWS),
        ("groups", "budget", "times", "attribute-map"),
    ),
    Question(
        "disentangled",
        "How disentangled it is",
        "Does each number of the code hold one factor, and each factor stand in one place?",
        ("dci_disentanglement", "factor_vae"),
        2,
        ("disentanglement", "estimators"),
        ("factor-map", "budget", "attribute-loss"),
    ),
    Question(
        "reconstructs",
        "How it reconstructs",
        "How much of an image do the code and its decoder bring back?",
        ("mse_random_start",),
        1,
        ("reconstruction", "diagnosis"),
        ("decoded", "budget", "denoising"),
    ),
    Question(
        "edits",
        "How it edits",
        "Does an edit change what had to change, and nothing else?",
        ("exact_gain", "exact_gain_direction", "faithfulness", "faithfulness_direction"),
        2,
        ("exact", "exact scale", "counterfactual", "ranges", *OTHER_EDITS, CARRY_OVER, "interpolation", "realism"),
        ("edited", "exact"),
    ),
    Question(
        "costs",
        "What it costs",
        "How much computing and how many weights does it take?",
        (),
        0,
        ("training",),
        ("cost", "curves"),
    ),
)


def page_of(column: Number) -> str:
    """The key of the question whose tables show a number."""
    return next(question.key for question in QUESTIONS if column.group in question.groups)


def headline(rows: list[TableRow]) -> list[Number]:
    """The numbers that stand for the questions, of those that some row has a value of."""
    measured = {name for row in rows for name, score in row.scores.items() if score.values}
    return [
        CATALOGUE[name]
        for question in QUESTIONS
        for name in [name for name in question.headline if name in measured][: question.shown]
    ]

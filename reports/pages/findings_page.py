"""The page of findings: at most ten sentences a data set, each with what it rests on and the claim it speaks to."""

from dataclasses import dataclass
from typing import Any

from diffrep.metrics.catalogue import number
from diffrep.reports.findings import claims, codes, diti, faces
from diffrep.reports.findings.finding import Finding, Known, found
from diffrep.reports.pages.captions import FIGURES
from diffrep.reports.pages.dataset import DatasetResults
from diffrep.reports.pages.environment import environment
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.questions import QUESTIONS, page_of

MAKERS = (  # in the order of the page; what comes last is the first to go where there are too many
    codes.codes_beside_pca,
    codes.decodes_beside_pca,
    codes.oracle_reads,
    codes.disentangled,
    faces.carried_over,
    faces.attribute_groups,
    faces.exact_edits,
    diti.codes_beside_pdae,
    diti.blocks_over_time,
    claims.images_to_an_error,
    claims.precision_over_time,
    claims.tokens,
    claims.two_terms,
)


@dataclass(frozen=True)
class Evidence:
    """A number or a figure that a sentence rests on: what it is called, what it says, and where it stands."""

    title: str
    meaning: str
    address: str


def findings_of(dataset: DatasetResults, study: Study) -> list[Finding]:
    """What the numbers of a data set say."""
    return found(Known(dataset.name, dataset.rows, dataset.results, dataset.budget, study), MAKERS)


def evidence_of(dataset: DatasetResults, finding: Finding) -> list[Evidence]:
    """Where what a sentence rests on stands, from the report's folder."""
    columns = [column for name in finding.evidence if (column := number(name))]
    numbers = [
        Evidence(column.heading, column.meaning, f"questions/{page_of(column)}.html#{dataset.name}.{column.name}")
        for column in columns
    ]
    pages = {page_of(column) for column in columns}
    return numbers + [
        Evidence(f"figure: {name}", FIGURES[name], f"questions/{question_with(name, pages)}.html#{dataset.name}")
        for name in finding.figures
    ]


def question_with(figure: str, pages: set[str]) -> str:
    """The key of the question whose page shows a figure: one of `pages` if it stands on several."""
    keys = [question.key for question in QUESTIONS if figure in question.figures]
    return next((key for key in keys if key in pages), keys[0])


def section(dataset: DatasetResults, study: Study, scale: str) -> dict[str, Any]:
    """What the page says of one data set; `scale` is for how long its methods were trained, in words."""
    told = [(finding, evidence_of(dataset, finding)) for finding in findings_of(dataset, study)]
    return {"name": dataset.name, "scale": scale, "findings": told}


def render(sections: list[dict[str, Any]], study: Study) -> str:
    """The page as text, from one dictionary per data set."""
    return environment().get_template("findings.html").render(sections=sections, study=study, root="../")

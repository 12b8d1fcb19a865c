"""The page of findings: at most ten sentences a data set, each with what it rests on and the claim it speaks to."""

from dataclasses import dataclass
from typing import Any

from diffrep.metrics.catalogue import number
from diffrep.reports.pages.captions import FIGURES
from diffrep.reports.pages.dataset import DatasetResults
from diffrep.reports.pages.environment import environment
from diffrep.reports.reading.study import Study
from diffrep.reports.rows import findings_claims, findings_codes, findings_diti, findings_faces
from diffrep.reports.rows.findings import Finding, Known, found
from diffrep.reports.rows.questions import QUESTIONS, page_of

MAKERS = (  # in the order of the page; what comes last is the first to go where there are too many
    findings_codes.codes_beside_pca,
    findings_codes.decodes_beside_pca,
    findings_codes.oracle_reads,
    findings_codes.disentangled,
    findings_diti.codes_beside_pdae,
    findings_diti.blocks_over_time,
    findings_claims.images_to_an_error,
    findings_faces.carried_over,
    findings_claims.precision_over_time,
    findings_claims.tokens,
    findings_claims.two_terms,
    findings_faces.attribute_groups,
    findings_faces.exact_edits,
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
    return numbers + [
        Evidence(f"figure: {name}", FIGURES[name], f"questions/{question.key}.html#{dataset.name}")
        for name in finding.figures
        for question in QUESTIONS
        if name in question.figures
    ]


def section(dataset: DatasetResults, study: Study, scale: str) -> dict[str, Any]:
    """What the page says of one data set; `scale` is for how long its methods were trained, in words."""
    told = [(finding, evidence_of(dataset, finding)) for finding in findings_of(dataset, study)]
    return {"name": dataset.name, "scale": scale, "findings": told}


def render(sections: list[dict[str, Any]], study: Study) -> str:
    """The page as text, from one dictionary per data set."""
    return environment().get_template("findings.html").render(sections=sections, study=study, root="../")

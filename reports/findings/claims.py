"""What the other papers claim, at their own terms: PDAE's training, DRL's times, EncDiff's tokens, DiffSiam's terms."""

import pandas as pd

from diffrep.reports.findings.finding import (
    Finding,
    Known,
    compared_with,
    counted,
    over_seeds_words,
    row_of,
    seeds_words,
    share,
    shown,
    stands,
)

ERROR = "mse_random_start"
PRECISION = "average_precision"
TIMES = "times_ap_"
LEVEL = 0.005  # of average precision: codes that differ by less tell as much
TERMS = {  # rows without one of DiffSiam's terms -> what is missing there
    "diti": "without the Siamese term",
    "simsiam": "without the diffusion term",
    "pdae_simsiam": "without blocks",
}


def images_to_an_error(known: Known) -> Finding | None:
    """How many images PDAE and Diff-AE take to come to each other's last error."""
    errors = {name: errors_on_the_way(known, name) for name in ("pdae", "diffae")}
    if any(len(found) < 2 for found in errors.values()):
        return None
    pdae, diffae = errors.values()
    sentence = (
        f"{reached(pdae, 'pdae', diffae, 'diffae')}; {reached(diffae, 'diffae', pdae, 'pdae')}; read where "
        "trainings were scored, without the images that pdae's frozen base model learned from."
    )
    ends = ", ".join(f"{name} {spread_at_the_end(found)}" for name, found in errors.items())
    return Finding(
        "training",
        sentence,
        f"{seeds_words(known)}; read off means, not tested; error from the code alone at the end: {ends}",
        (ERROR,),
        claim="Standing on a pre-trained diffusion model, the autoencoder reconstructs as well after 64 million images "
        "as Diff-AE after 130 million.",
        paper="Zhang et al. 2022 (PDAE), arXiv:2212.12990, Table 1",
        figures=("budget",),
    )


def errors_on_the_way(known: Known, name: str) -> pd.DataFrame:
    """The points of a row's error from the code alone, the earliest first."""
    points = known.budget
    own = points[(points["row"] == name) & (points["metric"] == ERROR) & points["images"].notna()]
    return own.sort_values("images")


def reached(own: pd.DataFrame, name: str, others: pd.DataFrame, other: str) -> str:
    """After how many images a row has the error that another has at its end."""
    level = float(others["mean"].iloc[-1])
    enough = own[own["mean"] <= level]
    goal = f"the error from the code alone that {other} has after {int(others['images'].iloc[-1]):,} images"
    if not len(enough):
        last = own.iloc[-1]
        ends = f"{shown(ERROR, last['mean'])} after {int(last['images']):,}"
        return f"{name} does not reach {goal}, {shown(ERROR, level)}: it has {ends}"
    return f"{name} reaches {goal}, {shown(ERROR, level)}, after {int(enough['images'].iloc[0]):,}"


def spread_at_the_end(points: pd.DataFrame) -> str:
    """Mean and standard deviation over seeds of the last point; of one seed the mean alone."""
    last = points.iloc[-1]
    spread = "" if pd.isna(last["sd"]) else f" ± {shown(ERROR, last['sd'])}"
    return f"{shown(ERROR, last['mean'])}{spread}"


def precision_over_time(known: Known) -> Finding | None:
    """At which time DRL's code tells most, if it does at one, and what it tells at both ends."""
    curves = {name: curve(known, name) for name in known.methods}
    name = next((name for name, found in curves.items() if len(found) > 2), None)
    if name is None:
        return None
    means, per_seed = curves[name], seeds_of(known, name)
    last, best = len(means) - 1, max(range(len(means)), key=means.__getitem__)
    level = row_of(f"{TIMES}{best}")
    told = {i: f"{means[i]:.{level.digits}f}" for i in (0, best, last)}
    bests = sorted(max(range(len(own)), key=own.__getitem__) / last for own in per_seed)
    flat = means[best] - min(means[0], means[last]) < LEVEL
    opening = "tells as much at both ends as at its best time," if flat else "tells most at time"
    sentence = (
        f"The code of {name} {opening} {best / last:.1f} of 0 to 1: average precision of linear least squares on "
        f"validation images {told[best]}, where the code of the clean image has {told[0]} and that "
        f"at most noise {told[last]}."
    )
    spread = f"; each seed's own best time lies in {bests[0]:.1f} to {bests[-1]:.1f}" if len(bests) > 1 else ""
    uncertainty = f"{seeds_words(known)}{spread}; not tested"
    return Finding(
        "times",
        sentence,
        uncertainty,
        ("times_best",),
        claim="Codes of different times hold different levels of detail, and which time serves best depends on what is "
        "asked of it.",
        paper="Mittal et al. (DRL), arXiv:2105.14257, and From Points to Functions, arXiv:2210.13774",
        figures=("times",),
    )


def curve(known: Known, name: str) -> list[float]:
    """The precision of the codes of each time, means over seeds; empty for a code without times."""
    found: list[float] = []
    while (mean := known.mean(name, f"{TIMES}{len(found)}")) is not None:
        found.append(mean)
    return found


def seeds_of(known: Known, name: str) -> list[tuple[float, ...]]:
    """The same of each seed."""
    times = [known.score(name, f"{TIMES}{i}").values for i in range(len(curve(known, name)))]
    return list(zip(*times, strict=True))


def tokens(known: Known) -> Finding | None:
    """How many of EncDiff's tokens serve the factors, and how clean a swap of one is."""
    serve, judged = (known.score("encdiff", name) for name in ("distinct_parts", "factors_judged"))
    arrived, stayed = (known.score("encdiff", name) for name in ("efficacy", "preservation"))
    whole = known.mean("encdiff", "parts")
    if serve.mean is None or judged.mean is None or whole is None or arrived.mean is None or stayed.mean is None:
        return None
    sentence = (
        f"Of encdiff's {whole:.0f} tokens {counted(known, serve.mean)} serve the {counted(known, judged.mean)} factors "
        "that the oracle judges; the token that serves a factor brings the donor's value in "
        f"{share(arrived.mean)} of its swaps, and another factor stays in {share(stayed.mean)}."
    )
    ranges = [f"{share(min(own.values))} to {share(max(own.values))}" for own in (arrived, stayed)]
    spread = (
        f"; between seeds {min(serve.values):.0f} to {max(serve.values):.0f} tokens serve, values come in {ranges[0]}, "
        f"other factors stay in {ranges[1]}"
    )
    between = spread if len(serve.values) > 1 else ""
    return Finding(
        "tokens",
        sentence,
        f"{seeds_words(known)}{between}; not tested",
        ("distinct_parts", "efficacy", "preservation"),
        claim="Every token comes to stand for one factor, so that swapping it changes that factor alone.",
        paper="Yang et al. 2024 (EncDiff), arXiv:2402.09712, the swaps of single tokens",
        figures=("factor-map",),
    )


def two_terms(known: Known) -> Finding | None:
    """DiffSiam beside the rows that lack one of its terms."""
    without = known.having(PRECISION, TERMS)
    own = known.mean("diffsiam", PRECISION)
    if own is None or len(without) < 2:
        return None
    compared = compared_with(known, PRECISION, without, "diffsiam")
    each = ", ".join(
        f"{TERMS[name]} ({name}) {shown(PRECISION, mean)}{' *' if stands(compared.get(name)) else ''}"
        for name, mean in without.items()
    )
    legend = "; *: more than chance" if any(stands(one) for one in compared.values()) else ""
    untold = "; no difference is more than chance" if compared and not legend else ""
    sentence = f"In average precision diffsiam has {shown(PRECISION, own)}; {each}{legend}{untold}."
    return Finding(
        "terms",
        sentence,
        over_seeds_words(known, compared, PRECISION),
        (PRECISION,),
        claim="A Siamese term alone tells apart only what augmentations vary; the diffusion term, block by block over "
        "time, adds the other attributes.",
        paper="Wang 2023 (DiffSiam), master's thesis, abstract; here it is our reconstruction of it",
    )

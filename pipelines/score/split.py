"""Which rows of a code file are fitted on, tested on and drawn from, and tokens as one number each."""

from typing import NamedTuple

import numpy as np

from diffrep.metrics.catalogue import ATTRIBUTES, FACTORS, Preset, Sample
from diffrep.metrics.codes import evaluation_rows, varying_factors
from diffrep.metrics.numerics.token_pca import token_pca
from diffrep.pipelines.score.code_file import CodeFile, Labelled


class Split(NamedTuple):
    """The rows that metrics see, all codes [n, L]."""

    kind: str
    pool: Labelled
    train: Labelled
    test: Labelled
    notes: list[str]  # what was done to the rows, in words
    explained: np.ndarray | None  # [tokens] share of each token's variance that its one number holds
    sample: Sample  # how much there is to score


def split(file: CodeFile, preset: Preset, *, compat: bool, seed: int) -> Split:
    """The rows of a preset: without replacement, disjoint; two parts as given with `compat`.

    Published code draws rows with replacement from the hundreds of thousands of a data set, where hardly one comes in
    both parts; from the rows of a file many would, so that none is drawn twice, with `compat` either.
    Attributes that come in two parts are used whole, as probes are published on whole splits.
    """
    if "pool" in file.parts:
        pool, (train, test, note) = file.parts["pool"], _drawn(len(file.parts["pool"].codes), preset, seed)
    else:
        given, asked = file.parts["train"], file.parts["test"]
        pool = Labelled(*(np.concatenate(both) for both in zip(given, asked, strict=True)))
        cut = file.kind == FACTORS and not compat
        train, test, note = _given(len(given.codes), len(asked.codes), preset, seed, cut)
    notes, explained = [*file.notes, *([note] if note else [])], None
    if pool.codes.ndim == 3:
        fitted_on = "pool" if compat else "train"  # published code fits on all rows
        reduced, explained = token_pca({"pool": pool.codes, "train": pool.codes[train]}, fitted_on=fitted_on)
        shares = f"{explained.mean():.1%} of its variance (mean) and {explained.min():.1%} (least)"
        notes.append(
            f"{pool.codes.shape[1]} tokens of {pool.codes.shape[2]} dimensions, each by its first principal component "
            f"of {'all rows' if compat else 'the rows to fit on'}, which holds {shares}"
        )
        pool = pool._replace(codes=reduced["pool"])
    fitted, tested = pool.take(train), pool.take(test)
    return Split(file.kind, pool, fitted, tested, notes, explained, _sample(file.kind, fitted, tested))


def _sample(kind: str, train: Labelled, test: Labelled) -> Sample:
    """How much there is to score."""
    targets, known = train.targets, test.targets
    varying = varying_factors(targets)
    values = tuple(len(np.unique(column)) for column in targets[:, varying].T)
    frequent = tuple(np.unique(column, return_counts=True)[1].max() / len(known) for column in known[:, varying].T)
    shares = known[:, varying_factors(known)].mean(axis=0).tolist() if kind == ATTRIBUTES else ()
    return Sample(len(targets), len(known), train.codes.shape[1], values, frequent, tuple(shares))


def _drawn(n: int, preset: Preset, seed: int) -> tuple[np.ndarray, np.ndarray, str]:
    """Split of a pool to fit on and to test on."""
    rows = evaluation_rows(n, *preset, seed)
    drawn = f"{len(rows.train):,} rows to fit on and {len(rows.test):,} to test on, drawn from {n:,}"
    short = f"the pool of {n:,} rows has fewer than {sum(preset):,} and was split 2:1: compare at equal n only"
    return rows.train, rows.test, short if rows.shortened else drawn


def _given(n: int, n_test: int, preset: Preset, seed: int, cut: bool) -> tuple[np.ndarray, np.ndarray, str]:
    """Split of a training part that is followed by a test part, at most those of the preset where `cut`."""
    train, test, note = np.arange(n), n + np.arange(n_test), ""
    if cut and (n > preset.train or n_test > preset.test):
        generator = np.random.default_rng(seed)
        train, test = (generator.permutation(rows)[:size] for rows, size in zip((train, test), preset, strict=True))
        note = f"{len(train):,} of {n:,} rows to fit on and {len(test):,} of {n_test:,} to test on, drawn by the seed"
    elif cut and (n, n_test) != preset:
        note = f"{n:,} rows to fit on and {n_test:,} to test on, not the preset's {preset.train:,} and {preset.test:,}"
    return train, test, note

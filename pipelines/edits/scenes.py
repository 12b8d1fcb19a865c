"""Pairs of rendered scenes with the scene as it truly looks when one factor alone has changed."""

from dataclasses import dataclass

import numpy as np

from diffrep.datasets.pixels import image_bytes
from diffrep.pipelines.edits.oracle import Oracle
from diffrep.pipelines.edits.session import Session
from diffrep.pipelines.edits.targets import Targets, differing, one_each
from diffrep.pipelines.trained.renderer import Renderer


@dataclass(frozen=True)
class Scenes:
    """Cases of edits whose true outcome is known: images [n, h, w, c] uint8.

    pairs, factor  [n] whose edit it is, and which of the data set's factors it brings to the donor's value
    truth          that scene, with the source's nuisance
    source, null   the real source, and its unedited decode
    """

    pairs: np.ndarray
    factor: np.ndarray
    truth: np.ndarray
    source: np.ndarray
    null: np.ndarray


@dataclass(frozen=True)
class Truths:
    """The true outcomes of all edits of a session.

    chosen_on, judged  every factor in which the pairs differ that parts are chosen on, and that numbers are of
    single             one factor of each judged pair
    targeted           the targets of targeted edits; None where there are none
    """

    chosen_on: Scenes
    judged: Scenes
    single: Scenes
    targeted: Scenes | None


def truths(session: Session, scene: Renderer, oracle: Oracle, targets: Targets | None) -> Truths:
    """Draw what edits of a session's pairs should look like."""
    return Truths(
        all_scenes(session, scene, session.chosen_on),
        all_scenes(session, scene, session.judged),
        one_scene_each(session, scene, session.judged),
        None if targets is None else scenes(session, scene, targets.pairs, oracle.kept[targets.factor]),
    )


def all_scenes(session: Session, scene: Renderer, pairs: np.ndarray) -> Scenes:
    """Every factor in which the images of these pairs differ."""
    rows, factor = differing(*factors_of(session, pairs))
    return scenes(session, scene, pairs[rows], factor)


def one_scene_each(session: Session, scene: Renderer, pairs: np.ndarray) -> Scenes:
    """One factor of each of these pairs, all factors about equally often."""
    rows, factor = one_each(*factors_of(session, pairs))
    return scenes(session, scene, pairs[rows], factor)


def scenes(session: Session, scene: Renderer, pairs: np.ndarray, factor: np.ndarray) -> Scenes:
    """The cases of these pairs and factors, [n] each."""
    truth = true_images(scene, *factors_of(session, pairs), factor)
    return Scenes(pairs, factor, truth, session.images(session.a[pairs]), image_bytes(session.original[pairs]))


def factors_of(session: Session, pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """True factors [n, K] of sources and donors."""
    factors = np.asarray(session.data.factors)
    return factors[session.rows(session.a[pairs])], factors[session.rows(session.b[pairs])]


def true_images(scene: Renderer, source: np.ndarray, donor: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """[n, h, w, c] uint8: the source's scene with the donor's value of one factor, nothing else changed.

    source, donor  [n, K] int factors
    factor         [n] which of the K is the donor's

    The source's own nuisance is kept, so that truth and source are equal to the bit where nothing had to change.
    """
    edited, row = source.copy(), np.arange(len(source))
    edited[row, factor] = donor[row, factor]
    return scene.redrawn(edited, source)

"""A printed number is laid beside ours where all that is looked at agrees; else all that differs is named."""

import dataclasses

import pytest
from latent_encdiff import put_latent_encdiff

from diffrep.methods import METHODS
from diffrep.pipelines.imports.kinds import KINDS
from diffrep.pipelines.imports.placing import MODULE
from diffrep.reports.reading.published import published
from diffrep.reports.rows.beside import Conditions, beside, of_printed, what_differs
from diffrep.reports.rows.origins import method_of

SHAPES = {"adapter": "shapes3d", "file": "3dshapes.h5", "joint": {"kind": "independent"}}


@pytest.fixture(scope="module")
def papers():
    return published()


@pytest.fixture
def tree(results_tree):
    """EncDiff in a latent space on 3D Shapes, by the settings of its paper."""
    results_tree.data = {"squares": dict(SHAPES)}
    return put_latent_encdiff(results_tree, devices=2)


def lines(tree, papers, **of):
    """The lines of a printed number, by its columns."""
    wanted = {"source": "encdiff", "data_set": "shapes3d", "metric": "dci_disentanglement"} | of
    found = beside(tree.results, tree.study, papers)
    return [line for line in found if all(getattr(line.printed, name) == value for name, value in wanted.items())]


def test_what_agrees_has_both_numbers_their_difference_and_what_ours_took(tree, papers):
    (line,) = lines(tree, papers)
    assert (line.differs, line.same_data, line.row) == ((), True, "alpha")
    assert (line.printed.value, line.printed.spread, line.printed.seeds) == ("0.969", 0.03, 15)
    assert (line.mean, line.sd, len(line.values)) == (pytest.approx(0.96), pytest.approx(0.01), 3)
    assert line.difference == pytest.approx(-0.009)
    assert dataclasses.astuple(line.budget) == (40, 2560, 1000, "2 × cuda")


@pytest.mark.parametrize(
    ("section", "size", "rows", "differs"),
    [
        pytest.param({"adapter": "shapes3d_rendered"}, 64, 10000, "data set: shapes3d there, shapes3d_rendered here"),
        pytest.param(
            SHAPES | {"joint": {"kind": "correlated"}},
            *(64, 10000, "data set: shapes3d there, shapes3d factors correlated here"),
        ),
        pytest.param(SHAPES, 32, 10000, "size: 64 there, 32 here"),
        pytest.param(SHAPES | {"crop": "centre64"}, 64, 10000, "crop: default there, centre64 here"),
        pytest.param(
            *(SHAPES, 64, 3000, "metric variant: boosted trees, 100 rounds, 10,000 rows there, "),
        ),
    ],
)
def test_each_respect_is_named_and_then_there_is_no_difference(tree, papers, section, size, rows, differs):
    tree.data = {"squares": section}
    tree.share("prepare", notes={"image_shape": [3, size, size]})
    for seed in tree.seeds:
        tree.put("alpha", "disentangle", seed, n_train=rows)
    (line,) = lines(tree, papers)
    assert len(line.differs) == 1
    assert line.differs[0].startswith(differs)
    assert line.difference is None


def test_tokens_are_compared_with_tokens_and_numbers_with_numbers(tree, papers):
    tokens = {"source": "encdiff_notes", "method": "encdiff_tokens_pca"}
    (line,) = lines(tree, papers, **tokens)
    assert line.differs == ("reduction: first principal component of each token there, the code’s own numbers here",)
    for seed in tree.seeds:
        tree.put("alpha", "encode", seed, notes={"views": ["tokens_pca"]})
        tree.put("alpha", "disentangle", seed, view="tokens_pca", dci_disentanglement=0.9, n_train=10000)
    (line,) = lines(tree, papers, **tokens)
    assert (line.differs, line.values) == ((), (0.9, 0.9, 0.9))
    assert lines(tree, papers)[0].mean == pytest.approx(0.96)


def test_other_methods_and_numbers_without_a_value_have_no_line(tree, papers):
    found = beside(tree.results, tree.study, papers)
    assert {line.row for line in found} == {"alpha"}
    assert {line.printed.metric for line in found} == {"dci_disentanglement"}
    assert {papers.methods[line.printed.method].ours for line in found} == {"encdiff_latent"}
    for seed in tree.seeds:
        tree.put("alpha", "disentangle", seed, dci_disentanglement=None)
    assert beside(tree.results, tree.study, papers) == []


def test_what_agrees_stands_first_and_other_data_last(tree, papers):
    places = [(bool(line.differs), not line.same_data) for line in beside(tree.results, tree.study, papers)]
    assert places == sorted(places)
    assert len(set(places)) == 3


@pytest.mark.parametrize("row", [kind.adapter for kind in KINDS.values() if kind.adapter])
def test_imported_weights_are_laid_beside_the_numbers_of_their_method(papers, row):
    method = method_of("theirs", {"adapter": f"{MODULE}:{row}"})
    assert method in {card.ours for card in papers.methods.values()}


@pytest.mark.parametrize(
    ("said", "differs"),
    [
        ({"learned_from": "shapes3d"}, ()),
        ({"learned_from": "cars3d"}, ("learned from: shapes3d there, cars3d here",)),
        ({}, ("learned from: shapes3d there, not stated here",)),
    ],
)
def test_imported_weights_learned_from_what_was_said_when_they_were_imported(tree, papers, said, differs):
    tree.sections["alpha"] = {"adapter": f"{MODULE}:ImportedLatentEncDiff", "imported": {"folder": "x"} | said}
    for seed in tree.seeds:
        tree.put("alpha", "train", seed, steps=None, images_seen=None, device="cuda")
    (line,) = lines(tree, papers)
    assert line.differs == differs
    assert (line.budget.steps, line.budget.images, line.budget.hardware) == (None, None, "")


def test_a_budget_is_that_of_all_seeds(tree, papers):
    for seed in tree.seeds:
        tree.put("alpha", "train", seed, parameters=900 + 100 * seed, device=("cuda", "cpu", "cpu")[seed], devices=1)
    (line,) = lines(tree, papers)
    assert (line.budget.parameters, line.budget.hardware) == (1000, "cuda / cpu")


DRAWN = "numbers drawn at random around it"
OWN = "the code’s own numbers"


@pytest.mark.parametrize(
    ("code", "rows"),
    [
        ("fixed", {("dbae_deterministic", ())}),
        ("mean", {("dbae", (f"reduction: {DRAWN} there, {OWN} here",))}),
        ("sample", {("dbae", ())}),
    ],
)
def test_a_code_that_is_drawn_stands_beside_drawn_ones(tree, papers, code, rows):
    tree.sections["alpha"] = {"adapter": "dbae", "code": code}
    tree.data = {"squares": {"adapter": "celeba", "crop": "d2c"}}
    for seed in tree.seeds:
        tree.put("alpha", "probe", seed, average_precision=0.6)
    found = lines(tree, papers, source="dbae", data_set="celeba", metric="average_precision")
    of_celeba = [line for line in found if not line.printed.protocol.startswith("diti_faces_ffhq128")]
    told = {(line.printed.method, tuple(w for w in line.differs if "variant" not in w)) for line in of_celeba}
    assert told == rows


def test_every_method_that_a_card_names_is_one_of_the_suite(papers):
    known = {*METHODS, "dbae fixed", "disdis"}
    assert {card.ours for card in papers.methods.values()} - {""} <= known


OURS = Conditions("celeba", "celeba", "64", "d2c", "numbers", "exact")


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Conditions)])
def test_what_is_not_stated_does_not_agree(name):
    stated, blank, other = (dataclasses.replace(OURS, **{name: word}) for word in ("x", "", "other"))
    assert what_differs(stated, stated) == ()
    assert what_differs(blank, stated)[0].endswith(": not stated there, x here")
    assert what_differs(other, stated)[0].endswith(": other there, x here")
    assert what_differs(blank, blank)[0].endswith(": not stated there, not stated here")


def test_all_that_differs_is_named_but_of_other_data_the_data_alone():
    several = dataclasses.replace(OURS, variant="x", size="128")
    assert what_differs(several, OURS) == ("size: 128 there, 64 here", "metric variant: x there, exact here")
    assert what_differs(dataclasses.replace(several, data_set="lfw"), OURS) == ("data set: lfw there, celeba here",)


@pytest.mark.parametrize(
    ("chosen", "conditions"),
    [
        ({"source": "encdiff", "data_set": "mpi3d", "method": "encdiff"}, ("", "")),
        ({"source": "disdis", "data_set": "mpi3d_toy", "method": "dyga_skip_dropout"}, ("mpi3d toy", "mpi3d toy")),
        ({"source": "dbae", "data_set": "celeba", "protocol": "diti_faces_ffhq128"}, ("celeba", "ffhq")),
    ],
)
def test_a_printed_number_says_of_which_data_it_is_and_what_was_learned_from(papers, chosen, conditions):
    row = next(r for r in papers.numbers if all(getattr(r, name) == value for name, value in chosen.items()))
    found = of_printed(row, papers)
    assert (found.data_set, found.learned_from) == conditions


def test_the_suites_own_default_differs_in_the_data(tree, papers):
    tree.data = {"squares": {"adapter": "shapes3d_rendered"}}
    found = beside(tree.results, tree.study, papers)
    assert {words.partition(":")[0] for line in found for words in line.differs} == {"data set"}

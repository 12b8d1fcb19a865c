"""What is gathered of one data set."""

from diffrep.reports.pages.dataset import figures


def test_only_methods_that_took_steps_are_trained(results_tree):
    for seed in (0, 1, 2):
        results_tree.put("beta", "train", seed, steps=0)
    assert [row.name for row in results_tree.gathered()[0].optimised] == ["alpha"]


def test_results_of_another_data_set_stay_out(results_tree):
    results_tree.datasets.append("circles")
    results_tree.put("alpha", "probe", 0, dataset="circles", average_precision=0.125)
    found = results_tree.gathered()[0]
    assert {result.dataset for result in found.results} == {"squares"}
    assert found.rows[0].scores["average_precision"].mean == 0.6


def test_there_are_the_figures_that_there_is_something_to_draw_in(results_tree):
    assert list(figures(results_tree.gathered()[0], results_tree.study)) == ["ranks", "groups", "cost"]


def test_pictures_are_found_by_method(results_tree):
    results_tree.draw("alpha", "reconstruct", 1, ["original"])
    assert {method: len(found) for method, found in results_tree.gathered()[0].pictures.items()} == {
        "alpha": 1,
        "beta": 0,
    }

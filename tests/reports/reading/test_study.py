"""A study knows its stages and anchors from the folders that it is given."""

from dataclasses import replace


def test_stages_are_those_of_the_methods_in_their_order(results_tree):
    stages = ("train", "encode", "probe", "disentangle", "reconstruct", "partway", "counterfactual")
    assert results_tree.study.stages == stages


def test_anchors_stand_in_the_order_of_the_tables(results_tree):
    study = results_tree.study
    names = [folder.row for folder in study.folders if folder.kind == "anchor"]
    assert list(dict.fromkeys(names)) == ["pca20", "unedited", "noise"]
    assert study.anchors == ("noise", "pca20", "unedited")


def test_an_anchor_of_another_name_stands_last(results_tree):
    study = results_tree.study
    other = replace(next(folder for folder in study.folders if folder.kind == "anchor"), row="another")
    assert replace(study, folders=(other, *study.folders)).anchors == ("noise", "pca20", "unedited", "another")

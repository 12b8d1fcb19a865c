"""Columns of tables: which numbers a group shows, in the catalogue's order."""

from diffrep.metrics.catalogue import ATTRIBUTE_GROUP, CATALOGUE
from diffrep.reports.rows.columns import TABLE_GROUPS, VIEW_COLUMNS, by_group, ordered


def names(columns):
    return [column.name for column in columns]


def test_unknown_metrics_follow_the_known():
    assert ordered(["zeta", "mig", "average_precision", "eta"]) == ["average_precision", "mig", "eta", "zeta"]


def test_a_group_shows_what_is_there_in_the_catalogues_order():
    assert names(by_group("disentanglement", ["mig", "average_precision", "factor_vae"])) == ["factor_vae", "mig"]
    assert by_group("disentanglement", []) == []


def test_the_summary_takes_numbers_of_all_groups():
    found = names(by_group("summary", list(CATALOGUE)))
    assert {"average_precision", "factor_vae"} <= set(found)
    assert found == [name for name, row in CATALOGUE.items() if row.summary]


def test_precision_of_attribute_groups_is_known_by_its_name_alone():
    found = by_group(ATTRIBUTE_GROUP, ["average_precision", "average_precision_tone", "average_precision_outline"])
    assert names(found) == ["average_precision_tone", "average_precision_outline"]


def test_a_number_of_a_table_stands_in_one_beside_the_summary():
    shown = [name for group in TABLE_GROUPS if group != "summary" for name in names(by_group(group, list(CATALOGUE)))]
    assert len(shown) == len(set(shown))
    assert set(names(VIEW_COLUMNS)) <= set(CATALOGUE)

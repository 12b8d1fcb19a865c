"""Views that MLflow keeps with an experiment and lists under "Views": which runs, columns and charts its page shows."""

import json
import time
from collections.abc import Iterable, Set
from typing import Any

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.pipelines.tracking.numbers import HEADLINE
from diffrep.pipelines.tracking.owner import TAG
from diffrep.pipelines.tracking.store import KIND, STATE, Store

PREFIX = "mlflow.sharedViewState."  # how the tags begin in which MLflow keeps views
UNFOLDED = "Model metrics"  # what MLflow calls the charts of names without a folder
CURVES = ("train/loss", "train/valid_loss")
FOLDED = ("probe", "disentanglement", "codes", "reconstruction", "edits", "cost")
MANY = 100  # runs in a chart: all of them
OF_METHODS, OF_ALL = f"tags.`{KIND}` = 'method'", f"tags.`{KIND}` != 'report'"

State = dict[str, Any]


def save_views(store: Store, experiment_id: str, measured: Iterable[str]) -> str:
    """Keep the views of this workspace's runs; the key of the first, which shows the methods' runs.

    measured  names of metrics that some run has: columns are the headline metrics, which MLflow's own list hides
    """
    known = frozenset(measured)
    whose = f" and tags.{TAG} = '{store.owner}'" if store.owner else ""
    means = {"aggregateFunction": "average", "groupByKeys": [{"mode": "param", "groupByData": "method"}]}
    runs, everything = (view(known, f"{kind} and tags.{STATE} = 'current'{whose}") for kind in (OF_METHODS, OF_ALL))
    views = {
        "runs": ("Runs", runs),
        "means": ("Means", runs | {"groupBy": means}),
        "all": ("Runs, anchors", everything),
    }
    key, title = (f"{store.owner}-", f" of {store.owner}") if store.owner else ("", "")
    for name, (words, state) in views.items():
        store.client.set_experiment_tag(experiment_id, f"{PREFIX}{key}{name}", kept(f"{words}{title}", state))
    store.client.set_experiment_tag(experiment_id, "mlflow.experimentKind", "custom_model_development")
    return f"{key}runs"


def kept(title: str, state: State) -> str:
    """A view as MLflow keeps it."""
    now = int(time.time() * 1000)
    return json.dumps({"name": title, "createdAt": now, "updatedAt": now, "state": json.dumps(state)})


def view(measured: Set[str], runs: str) -> State:
    """Columns and charts of what was measured, of the runs that a filter lets through, best by the first on top."""
    names = [name for name in HEADLINE if name in measured]
    columns = [f"metrics.`{name}`" for name in names]
    return {
        "searchFilter": runs,
        "orderByKey": columns[0] if columns else "attributes.start_time",
        "orderByAsc": bool(names) and CATALOGUE[names[0]].better == "down",
        "selectedColumns": columns,
        "columnOrder": columns,
        "runsHiddenMode": "SHOW_ALL",
        **charts(names, measured),
    }


def charts(names: list[str], measured: Set[str]) -> State:
    """A bar of each of `names`, then the curves of all runs on one axis; MLflow adds the folders' charts, closed."""
    bars = [chart("BAR", name, UNFOLDED) for name in names]
    curves = [name for name in CURVES if name in measured]
    lines = [chart("LINE", name, "train") | {"selectedMetricKeys": [name], "xAxisKey": "step"} for name in curves]
    shown = [section(name, True) for name in (UNFOLDED, "train")]
    folded = [section(name, False) for name in FOLDED if any(each.startswith(f"{name}/") for each in measured)]
    return {"compareRunCharts": bars + lines, "compareRunSections": shown + folded, "isAccordionReordered": True}


def chart(kind: str, name: str, where: str) -> State:
    """A chart as MLflow keeps it."""
    one = {"type": kind, "uuid": name, "metricKey": name, "metricSectionId": where}
    return one | {"runsCountToCompare": MANY, "deleted": False, "isGenerated": True}


def section(name: str, shown: bool) -> State:
    """A section of charts as MLflow keeps it."""
    return {"uuid": name, "name": name, "display": shown, "isReordered": False, "deleted": False, "isGenerated": True}

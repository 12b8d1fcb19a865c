"""Faces of known people with 73 scores of attributes: LFW (Huang et al. 2007; Kumar et al. 2009)."""

import re
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np

from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Counts, Seed
from diffrep.datasets.files.faults import each
from diffrep.datasets.readers.lfw_tables import Key, Scores, read_people, read_scores, shown
from diffrep.datasets.readers.official_splits import Splits, chosen
from diffrep.datasets.readers.photographs import Photographs
from diffrep.datasets.readers.pictures import Resampling
from diffrep.datasets.readers.published import told_md5
from diffrep.datasets.readers.stores import Store, store_at

NAMED = re.compile(r"(?:^|/)([^/]+)_(\d{4})\.[A-Za-z]+$")  # Aaron_Eckhart/Aaron_Eckhart_0001.jpg
PUBLISHED = {  # md5 of the lists of people
    "54eaac34beb6d042ed3a7d883e247a21": "peopleDevTrain.txt",
    "e4bf5be0a43b5dcd9dc5ccfcb8fb19c5": "peopleDevTest.txt",
}


class LFW(Photographs):
    """LFW with the scores of Kumar et al.'s 73 attribute classifiers as targets; no binary attributes.

    pictures      the folder lfw_funneled (lfw-funneled.tgz unpacked) or another alignment's, or a zip of it
    attributes    lfw_attributes.txt
    train_people  peopleDevTrain.txt of View 1, and
    test_people   peopleDevTest.txt; read for the official splits alone, else ""
    splits        official: View 1's people, none of whom is in both, with `valid` pictures drawn from those of training
                  (their people may be in training too); drawn: from all pictures with scores
    size          pixels of the side, to which pictures come by `resampling`

    Pictures and scores meet by person and number. Pictures without scores are left out: `source` says how many. Scores
    are as the file has them, neither standardised nor cut.
    """

    about = About(
        title="LFW with attributes",
        citation="Huang, Ramesh, Berg and Learned-Miller, Labeled Faces in the Wild, 2007; scores: Kumar, Berg, "
        "Belhumeur and Nayar, Attribute and Simile Classifiers for Face Verification, ICCV 2009",
        licence="not known to this suite: ask its authors' page",
        size="lfw-funneled.tgz, 13,233 pictures; lfw_attributes.txt",
        place="`pictures`: lfw-funneled.tgz (md5 1b42dfed7d15c9b2dd63d5e5840c86ad) unpacked, "
        "https://ndownloader.figshare.com/files/5976015; `attributes`: lfw_attributes.txt of Columbia's page; "
        "`train_people`, `test_people`: peopleDevTrain.txt and peopleDevTest.txt. LFW's own page has been down since "
        "January 2025",
    )
    licence = about.licence

    def __init__(
        self,
        *,
        pictures: str,
        attributes: str,
        train_people: str,
        test_people: str,
        size: int,
        resampling: Resampling,
        splits: Splits,
        train: int,
        valid: int,
        test: int,
        seed: Seed,
    ) -> None:
        lists = people_lists(train_people, test_people) if splits == "official" else []
        store, scores, *people = each(
            lambda: store_at(pictures),
            lambda: read_scores(Path(attributes)),
            *(partial(read_people, path) for path in lists),
            also=partial(apart, lists),
        )
        super().__init__(store, size, resampling)
        names = self._store.names()
        keys = keys_of(names, self._store)
        places = {key: place for place, key in enumerate(keys)}
        known = np.array(sorted(places[key] for key in scores.rows), dtype=np.int64)
        pools = {"train": known, "test": known[:0]}
        if splits == "official":
            pools = {name: pool_of(known, keys, listed) for name, listed in zip(pools, people, strict=True)}
        used, self._splits = chosen(pools, Counts(train, valid, test), splits, seed, "LFW's pictures with scores")
        self._names = names[used]
        self._targets = scores.values[[scores.rows[keys[place]] for place in used]]
        self.target_names = scores.names
        width, height = self._sides()
        left = f"{len(names) - len(known):,} without scores are left out"
        self.source = f"LFW, {len(names):,} pictures, stored at {width}x{height}, of which {left}; {splits} splits"
        self.checksum = "; ".join(told_md5(path, PUBLISHED) for path in (scores.path, *lists))

    def targets(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, 73] float32: scores of attribute classifiers, about -5 to 5, the more the surer."""
        return self._targets[rows]


def keys_of(names: np.ndarray, store: Store) -> list[Key]:
    """Person and number of each picture; ValueError for a picture named otherwise, or two of one name."""
    found = [NAMED.search(name.decode(errors="replace")) for name in names]
    if None in found:
        odd = names[found.index(None)].decode(errors="replace")
        raise ValueError(f"{store.path} has {odd}, not named like Aaron_Eckhart_0001.jpg: move it away")
    keys = [(match[1], int(match[2])) for match in found if match]
    seen: set[Key] = set()
    twice = next((key for key in keys if key in seen or seen.add(key)), None)  # type: ignore[func-returns-value]
    if twice:
        raise ValueError(f"{store.path} has two pictures of {shown(twice)}: keep one alignment of LFW there")
    return keys


def people_lists(train_people: str, test_people: str) -> list[Path]:
    """The two files; ValueError where one is not named."""
    if not train_people or not test_people:
        raise ValueError("official splits of LFW are lists of people: train_people and test_people name two files")
    return [Path(train_people), Path(test_people)]


def pool_of(known: np.ndarray, keys: list[Key], people: dict[str, int]) -> np.ndarray:
    """Places [m] of the pictures of some people, of those that have scores."""
    return np.array([place for place in known if keys[place][0] in people], dtype=np.int64)


def apart(lists: list[Path], store: Store | None, scores: Scores | None, *people: dict[str, int] | None) -> list[str]:
    """What pictures, scores and lists of people do not have of each other, of those that could be read."""
    faults = []
    train, test = people or (None, None)
    if train is not None and test is not None:
        both = sorted({*train} & {*test})
        faults += [f"{lists[0]} and {lists[1]} both have {person}: nobody is in both" for person in both]
    if store is None:
        return faults
    keys = keys_of(store.names(), store)
    if scores is not None:
        faults += _without_picture(scores, set(keys), store.path)
    have = Counter(person for person, _ in keys)
    for path, listed in zip(lists, people, strict=True):
        faults += [
            f"{path} has {count} pictures of {person}, {store.path} {have[person]}"
            for person, count in (listed or {}).items()
            if have[person] != count
        ]
    return faults


def _without_picture(scores: Scores, keys: set[Key], store: Path) -> list[str]:
    lacking = [key for key in scores.rows if key not in keys]
    few = ", ".join(map(shown, lacking[:3])) + (" ..." if len(lacking) > 3 else "")
    return [f"{store} lacks {len(lacking):,} pictures of which {scores.path} has scores: {few}"] if lacking else []

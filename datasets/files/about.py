"""What a person wants to know of a data set before they have it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class About:
    """A card of one line each.

    title     the data set's name in print
    citation  authors, year, and where it was published
    licence   as its authors say it
    size      what is to be fetched, with its number of images
    place     what to put where: `folder` and the like are the keys of its section in params.yaml
    extra     of the install that its reader needs; none: the core reads it
    may_be_shown  whether the licence lets its pictures be passed on: only then are any in figures that git keeps
    """

    title: str
    citation: str
    licence: str
    size: str
    place: str
    extra: str = ""
    may_be_shown: bool = False

"""One metric as tables show it."""

from dataclasses import dataclass

ARROWS = {"up": "↑", "down": "↓", "": ""}
UNIT = "0 to 1"  # the range of many


@dataclass(frozen=True)
class Column:
    """A metric as tables show it. `better` is up, down or empty (neither); `digits` follow the decimal point."""

    name: str
    title: str
    group: str
    better: str
    digits: int
    range: str
    chance: str
    meaning: str
    summary: bool = False

    @property
    def arrow(self) -> str:
        """Which way is better, as a sign."""
        return ARROWS[self.better]

    @property
    def heading(self) -> str:
        """Title and arrow."""
        return f"{self.title} {self.arrow}".strip()

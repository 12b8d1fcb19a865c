"""What `diffrep repro` shows: the running stages and the time left, live in a terminal, as lines elsewhere."""

import time

from rich.console import Console
from rich.live import Live
from rich.table import Table

LINE_SECONDS = 60.0  # between two lines on the time left where there is no terminal


class Board:
    """Running stages with their seconds, a count, and a guess of what is left."""

    def __init__(self) -> None:
        self.console = Console(highlight=False)
        self.live: Live | None = None
        self.told = time.monotonic()

    def tell(self, line: str) -> None:
        """A line that stays."""
        self.console.print(f"{time.strftime('%H:%M:%S')} {line}", markup=False, soft_wrap=True)

    def show(self, running: dict[str, float], done: int, total: int, left: float) -> None:
        """The state now; cheap enough for ten times a second."""
        head = (
            f"{done} of {total} stages done, about {left / 60:.0f} min left"
            if left > 90
            else f"{done} of {total} stages done, nearly there"
        )
        if not self.console.is_interactive:
            if time.monotonic() - self.told > LINE_SECONDS:
                self.told = time.monotonic()
                self.tell(f"{head}; running: {', '.join(running) or 'none'}")
            return
        table = Table.grid(padding=(0, 2))
        table.add_row(head)
        for name, seconds in running.items():
            table.add_row(f"  {name}", f"{seconds:.0f} s")
        if self.live is None:
            self.live = Live(console=self.console, transient=True, auto_refresh=False)
            self.live.start()
        self.live.update(table, refresh=True)

    def close(self) -> None:
        """Take the live part away."""
        if self.live is not None:
            self.live.stop()
            self.live = None

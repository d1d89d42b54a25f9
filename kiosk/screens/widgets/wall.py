"""Lists that fill their room and turn pages when there is more."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, cast

from kiosk.screens.theme import Metrics
from kiosk.screens.widgets.cell import Box, Cell
from kiosk.screens.widgets.flow import Grid
from kiosk.screens.widgets.sharing import pages

T = TypeVar("T")
C = TypeVar("C", bound=Cell)


class Wall(Grid, Generic[T, C]):
    """Shows `items`, each `cell_wide` by `cell_high` design pixels at least, a page at a time.

    Pieces are made once by `make` and used again; `fill` puts an item into one. `cell_wide` 0 is one column.
    """

    grow = 1.0
    gap = 20.0
    cell_wide = 0.0
    cell_high = 120.0

    def __init__(self, **settings: object) -> None:
        self.make: Callable[[], C] | None = None
        self.fill: Callable[[C, T], None] | None = None
        self.items: Sequence[T] = ()
        self.page = 0
        self.room = 1
        super().__init__(**settings)

    @property
    def pages(self) -> int:
        """How many pages there are, in the room of the last layout."""
        return pages(len(self.items), self.room)

    def measure(self, box: Box, metrics: Metrics) -> None:
        """See how many pieces fit into `box`."""
        gap = metrics.px(self.gap)
        self.columns = max(1, int((box.w + gap) // (metrics.px(self.cell_wide) + gap))) if self.cell_wide else 1
        rows = max(1, int((box.h + gap) // (metrics.px(self.cell_high) + gap)))
        self.room = rows * self.columns

    def wanted(self, width: float, metrics: Metrics) -> float:
        """Room for one row; the rest comes from `grow`."""
        return float(metrics.px(self.cell_high))

    def least(self, width: float, metrics: Metrics) -> float:
        """The same."""
        return self.wanted(width, metrics)

    def place(self, box: Box, metrics: Metrics) -> None:
        """Show the present page from the top, each piece as high as it should be."""
        self.measure(box, metrics)
        self.page %= self.pages
        page = self.items[self.page * self.room : (self.page + 1) * self.room]
        self._fill_up(page)
        rows = -(-len(page) // self.columns)
        gap = metrics.px(self.gap)
        high = self.room // self.columns
        each = (box.h - gap * (high - 1)) / high
        used = rows * each + gap * max(0, rows - 1)
        super().place(Box(box.x, box.y + box.h - used, box.w, used), metrics)

    def clear(self) -> None:
        """Forget all items."""
        self.items, self.page = (), 0

    def _fill_up(self, page: Sequence[T]) -> None:
        if self.make is None or self.fill is None:
            return
        while len(self.cells) < len(page):
            self.add_widget(self.make())
        self.keep(len(page))
        # All cells come from `make`.
        for item, cell in zip(page, self.cells, strict=False):
            self.fill(cast(C, cell), item)

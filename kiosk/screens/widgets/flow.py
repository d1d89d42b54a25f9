"""Rows, columns and grids."""

from functools import partial

from kivy.uix.widget import Widget

from kiosk.screens.theme import Metrics
from kiosk.screens.widgets.cell import Box, Cell
from kiosk.screens.widgets.sharing import Claim, share

Edges = tuple[float, float, float, float]


class Flow(Cell):
    """Pieces in a column, or in a row where `across` is set.

    `pad` is left, top, right, bottom and `gap` the room between pieces, both in design pixels. In a row, pieces with a
    `share` divide the width that the others leave.
    """

    pad: Edges = (0, 0, 0, 0)
    gap = 0.0
    across = False
    centred = False
    """Whether a column's pieces stand in the middle where none of them grows."""

    def __init__(self, **settings: object) -> None:
        self.cells: list[Cell] = []
        super().__init__(**settings)

    def add_widget(self, widget: Widget, *args: object, **settings: object) -> None:
        """Add a piece at the end; it stays in `cells` also while it is not shown."""
        if widget not in self.cells:
            self.cells.append(widget)
        super().add_widget(widget, *args, **settings)

    def keep(self, count: int) -> None:
        """Show the first `count` pieces only."""
        for index, cell in enumerate(self.cells):
            cell.shown = index < count

    def wanted(self, width: float, metrics: Metrics) -> float:
        """The sum of a column's heights, or the highest of a row's."""
        return self._height(width, metrics, least=False)

    def least(self, width: float, metrics: Metrics) -> float:
        """The same for the least heights."""
        return self._height(width, metrics, least=True)

    def natural(self, metrics: Metrics) -> float:
        """The widest of a column's widths, or the sum of a row's."""
        left, _, right, _ = self._edges(metrics)
        widths = [cell.natural(metrics) for cell in self._shown()]
        inner = sum(widths) + self._gaps(metrics, len(widths)) if self.across else max(widths, default=0.0)
        return inner + left + right

    def place(self, box: Box, metrics: Metrics) -> None:
        """Give every piece its room."""
        super().place(box, metrics)
        self._attach()
        inner = box.inset(*self._edges(metrics))
        if self.across:
            self._place_across(inner, metrics)
        else:
            self._place_down(inner, metrics)

    def _height(self, width: float, metrics: Metrics, *, least: bool) -> float:
        left, top, right, bottom = self._edges(metrics)
        cells, inner = self._shown(), max(0.0, width - left - right)
        widths = self._widths(inner, metrics) if self.across else [inner] * len(cells)
        heights = [
            cell.least(each, metrics) if least else cell.wanted(each, metrics)
            for cell, each in zip(cells, widths, strict=True)
        ]
        total = max(heights, default=0.0) if self.across else sum(heights) + self._gaps(metrics, len(cells))
        return total + top + bottom

    def _place_across(self, box: Box, metrics: Metrics) -> None:
        x = box.x
        for cell, width in zip(self._shown(), self._widths(box.w, metrics), strict=True):
            cell.place(Box(x, box.y, width, box.h), metrics)
            x += width + metrics.px(self.gap)

    def _place_down(self, box: Box, metrics: Metrics) -> None:
        cells = self._shown()
        claims = [Claim(cell.wanted(box.w, metrics), partial(cell.least, box.w, metrics), cell.grow) for cell in cells]
        heights = share(box.h - self._gaps(metrics, len(cells)), claims)
        top = box.y + box.h
        if self.centred and not any(cell.grow for cell in cells):
            top -= max(0.0, box.h - sum(heights) - self._gaps(metrics, len(cells))) / 2
        for cell, height in zip(cells, heights, strict=True):
            cell.place(Box(box.x, top - height, box.w, height), metrics)
            top -= height + metrics.px(self.gap)

    def _widths(self, width: float, metrics: Metrics) -> list[float]:
        cells = self._shown()
        claims = [
            Claim(0.0, float, cell.share) if cell.share else _natural_claim(cell.natural(metrics)) for cell in cells
        ]
        return share(width - self._gaps(metrics, len(cells)), claims)

    def _attach(self) -> None:
        for cell in self.cells:
            if cell.shown and cell.parent is None:
                super().add_widget(cell)
            elif not cell.shown and cell.parent is not None:
                self.remove_widget(cell)

    def _shown(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.shown]

    def _edges(self, metrics: Metrics) -> Edges:
        left, top, right, bottom = self.pad
        return metrics.px(left), metrics.px(top), metrics.px(right), metrics.px(bottom)

    def _gaps(self, metrics: Metrics, count: int) -> float:
        return metrics.px(self.gap) * max(0, count - 1)


def _natural_claim(width: float) -> Claim:
    return Claim(width, lambda: width / 2)


class Column(Flow):
    """Pieces from top to bottom."""


class Row(Flow):
    """Pieces from left to right."""

    across = True


class Turning(Flow):
    """A row while its pieces fit beside each other at their full size, else a column."""

    def wanted(self, width: float, metrics: Metrics) -> float:
        """The height of whichever it is."""
        self._turn(width, metrics)
        return super().wanted(width, metrics)

    def least(self, width: float, metrics: Metrics) -> float:
        """The same for the least height."""
        self._turn(width, metrics)
        return super().least(width, metrics)

    def place(self, box: Box, metrics: Metrics) -> None:
        """Give every piece its room."""
        self._turn(box.w, metrics)
        super().place(box, metrics)

    def _turn(self, width: float, metrics: Metrics) -> None:
        self.across = True
        self.across = self.natural(metrics) <= width
        for cell in self.cells[1:]:
            cell.turned(across=self.across)


class Grid(Flow):
    """Pieces in rows of `columns`, all of one size."""

    columns = 2

    def place(self, box: Box, metrics: Metrics) -> None:
        """Give every piece an equal part."""
        Cell.place(self, box, metrics)
        self._attach()
        cells, inner, gap = self._shown(), box.inset(*self._edges(metrics)), metrics.px(self.gap)
        rows = -(-len(cells) // self.columns)
        width = self._width(inner.w, metrics)
        height = (inner.h - gap * max(0, rows - 1)) / max(1, rows)
        for index, cell in enumerate(cells):
            row, column = divmod(index, self.columns)
            top = inner.y + inner.h - row * (height + gap)
            cell.place(Box(inner.x + column * (width + gap), top - height, width, height), metrics)

    def _height(self, width: float, metrics: Metrics, *, least: bool) -> float:
        left, top, right, bottom = self._edges(metrics)
        cells = self._shown()
        each = self._width(max(0.0, width - left - right), metrics)
        heights = [cell.least(each, metrics) if least else cell.wanted(each, metrics) for cell in cells]
        rows = -(-len(cells) // self.columns)
        return max(heights, default=0.0) * rows + self._gaps(metrics, rows) + top + bottom

    def _width(self, width: float, metrics: Metrics) -> float:
        return (width - metrics.px(self.gap) * (self.columns - 1)) / self.columns


class Space(Cell):
    """Room that holds nothing."""

    grow = 1.0

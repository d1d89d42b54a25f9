"""The gate of the answers: the proof's holes and unreached rows as findings, with a sentence and a picture."""

from collections.abc import Iterator
from pathlib import Path

from deploy.release.proof import Proof, prove
from deploy.release.proof.picture import draw
from deploy.release.proof.prove import Hole, Told
from deploy.release.proof.space import TooManyCases
from deploy.release.proof.table import Cell
from deploy.release.proof.told import hole_told
from kiosk.guidance.references import Flaw
from kiosk.guidance.words import Words
from kiosk.model.pack import Pack

GATE = "answers"


def nothing_told(_where: str, _situations: int) -> None:
    """Who does not want to hear how far the proof is."""


class Answers:
    """The proof of one pack, and what it found."""

    def __init__(self, pack: Pack, told: Told = nothing_told) -> None:
        self._pack = pack
        self.proof = Proof()
        self._too_many = ""
        try:
            self.proof = prove(pack, Words(pack.messages, pack.zone), told)
        except TooManyCases as error:
            self._too_many = str(error)

    @property
    def too_many(self) -> bool:
        """Whether the table was too large to be walked."""
        return bool(self._too_many)

    def flaws(self) -> Iterator[Flaw]:
        """Situations without an answer of their own, and rows that answer nothing."""
        if self._too_many:
            what = f"The rows tell too many situations apart to be proved ({self._too_many})."
            yield Flaw("rows", "", what, "Ask for fewer facts in one table: split long conditions.", GATE)
            return
        for hole in self.proof.holes:
            yield self._flaw(hole)
        for key, why in self.proof.unreached.items():
            table, _, row = key.partition(":")
            yield Flaw(table, row, f"No situation comes to this row: {why}.", "Move it up, or take it out.", GATE)

    def on_last_resort(self) -> Iterator[str]:
        """What lands on the last resort where the pack declares it as the answer, one sentence for each outcome."""
        for hole in self.proof.on_last_resort:
            yield f"{hole_told(hole, self._pack)} ({hole.situations:,} situations)"

    def pictures(self, folder: Path) -> dict[str, str]:
        """A picture of each hole, by its sentence."""
        return {hole_told(hole, self._pack): str(draw(hole, self._pack, folder)) for hole in self.proof.holes}

    def _flaw(self, hole: Hole) -> Flaw:
        cell = hole.cell
        rows = [each.key for each in cell.candidates if not each.catch_all]
        near, below = (rows[-1], f'Below row "{rows[-1]}" add one') if rows else ("", "Add a row")
        table = "rows" if cell.fixed else "pickups"
        what = f"{cell.where}: {hole.situations:,} situations are left without an answer of their own."
        todo = f"{below} {_cell_words(cell)}, an empty condition and only general placeholders."
        return Flaw(table, "", what, todo, GATE, near, hole_told(hole, self._pack))


def _cell_words(cell: Cell) -> str:
    if not cell.fixed:
        return f'with state "{cell.start["order.state"]}"'
    return f'with at "{cell.fixed["touchpoint.kind"]}", outcome "{cell.fixed["outcome"]}"'

"""A hole that the proof finds becomes a situation that falls into it, where one can be built from choices."""

from html import unescape
from pathlib import Path

import pytest

from deploy.release.preview.counterexample import situation_of
from deploy.release.preview.folder import PackFolder
from deploy.release.preview.painter import Painter
from deploy.release.preview.query import read_query
from deploy.release.preview.site import PreviewSite
from deploy.release.preview.situation import read_situation
from deploy.release.preview.trial import usual_choices
from deploy.release.proof import prove
from deploy.release.replay import facts_of
from kiosk.guidance import Guide
from kiosk.guidance.guide import LAST_RESORT
from kiosk.guidance.words import Words
from tests.fakes.quay import write_quay
from tests.unit.deploy.release.preview.drawing import WELL
from tests.unit.deploy.release.preview.test_site import NOW_MS

_EXAMPLE = "For example: At terminal-kiosk-1, a passenger whose scan comes to informed"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A source to be broken."""
    return write_quay(tmp_path / "quay")


def _without(folder: Path, *rows: str) -> None:
    """The table without these rows."""
    path = folder / "rows.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if line.partition(",")[0] not in rows]
    assert len(kept) == len(lines) - len(rows)
    path.write_text("".join(kept), encoding="utf-8")


@pytest.mark.parametrize(
    "rows",
    [
        ("k-in", "forged"),
        ("k-welcome", "k-again", "d-give-any"),
        ("k-in", "k-in-vessel", "k-in-delayed", "k-in-named", "k-welcome-named", "k-welcome"),
    ],
)
def test_each_hole_has_a_situation_that_falls_into_it(folder: Path, rows: tuple[str, ...]) -> None:
    """And the real guide confirms it."""
    _without(folder, *rows)
    reading = PackFolder(folder).read()
    assert reading.pack is not None
    usual = usual_choices(reading, reading.pack, NOW_MS)
    holes = prove(reading.pack, Words(reading.pack.messages, reading.pack.zone)).holes
    assert holes
    for hole in holes:
        choices = situation_of(hole, reading.pack, usual)
        assert choices is not None, hole
        act = read_situation(choices, usual).act
        step = Guide(reading.pack, act.at).step(facts_of(act, reading.pack), reading.pack.languages[0])
        assert step.row == (hole.by or LAST_RESORT)


def test_the_check_on_the_page_links_each_counterexample(folder: Path) -> None:
    """The link leads to a page on which no row matches; once the table is mended, nothing is wrong."""
    whole = (folder / "rows.csv").read_text(encoding="utf-8")
    _without(folder, "k-welcome")
    painter = Painter(WELL)
    try:
        site = PreviewSite(PackFolder(folder), painter, lambda: NOW_MS)
        page = unescape(site.get("/check", "").body.decode())
        assert "to correct" in page
        example = page.partition(_EXAMPLE)[2]
        link = example.partition("Open this situation")[0].rpartition('href="/?')[2].partition('"')[0]
        assert read_query(link)["outcome"] == "informed", link
        assert "the last resort answers" in unescape(site.get("/", link).body.decode())
        (folder / "rows.csv").write_text(whole, encoding="utf-8")
        assert _EXAMPLE not in unescape(site.get("/check", "").body.decode())
        (folder / "rows.csv").unlink()
        assert "can't be read" in unescape(site.get("/check", "").body.decode())
    finally:
        painter.close()

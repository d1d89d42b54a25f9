"""The storyboard, and what ends up in it."""

from pathlib import Path

import pytest
from PIL import Image

from deploy.demo.exactlyonce import Tally
from deploy.demo.record import Ending, EventKey, Glimpse, SceneRecord, StoryRecord
from deploy.demo.report import write_report

KEY = EventKey("kiosk", 7)


@pytest.fixture
def story(tmp_path: Path) -> StoryRecord:
    shots = tmp_path / "shots" / "kiosk"
    shots.mkdir(parents=True)
    Image.new("RGB", (108, 192)).save(shots / "0001-answer.png")
    Image.new("RGB", (192, 108)).save(shots / "0002-board.png")
    played = SceneRecord("Check-in", "A ticket & an answer.", ending=Ending.PLAYED, seconds=1.5)
    played.glimpses = [
        Glimpse("kiosk", "Aino <checks> in", shots / "0001-answer.png", 40, 12, (KEY,)),
        Glimpse("board", "The board", shots / "0002-board.png"),
    ]
    last = SceneRecord("Exactly once", "Compared.", ending=Ending.PLAYED)
    tally = Tally("kiosk", "e1", 9, 9, ())
    return StoryRecord([played, last], [tally], {KEY: 23}, 61.0)


def test_each_step_has_its_picture_by_a_relative_path_and_its_three_times(story: StoryRecord, tmp_path: Path) -> None:
    html = write_report(tmp_path / "report.html", story, "today").read_text()
    assert 'src="shots/kiosk/0001-answer.png"' in html
    assert '<figure class="tall"><a href="shots/kiosk/0001' in html
    assert '<figure class="wide"><a href="shots/kiosk/0002' in html
    assert "40 ms" in html
    assert "12 ms" in html
    assert "23 ms" in html
    assert "The whole way, as told" in html
    assert "each exactly once" in html


def test_text_is_shown_as_text_and_nothing_is_fetched_from_elsewhere(story: StoryRecord, tmp_path: Path) -> None:
    html = write_report(tmp_path / "report.html", story, "today").read_text()
    assert "Aino &lt;checks&gt; in" in html
    assert "A ticket &amp; an answer." in html
    assert "http" not in html


def test_what_failed_stands_at_the_top_with_its_reason_and_what_was_not_played_too(
    story: StoryRecord, tmp_path: Path
) -> None:
    story.scenes[0].ending, story.scenes[0].problem = Ending.FAILED, "the gate answered <unknown>"
    story.scenes.insert(1, SceneRecord("Later", "Never came."))
    html = write_report(tmp_path / "report.html", story, "today").read_text()
    assert "2 of 3 scenes failed" in html
    assert "<b>Check-in</b>: the gate answered &lt;unknown&gt;" in html
    assert "<b>Later</b>: Not played" in html


def test_what_waited_for_the_broker_is_left_out_of_the_summary(story: StoryRecord, tmp_path: Path) -> None:
    scene = SceneRecord("Cut", "", cut_off=True, ending=Ending.PLAYED)
    scene.glimpses = [Glimpse("kiosk", "", None, 1, 1, (EventKey("kiosk", 8),))]
    story.scenes.append(scene)
    story.committed_ms[EventKey("kiosk", 8)] = 17_000
    html = write_report(tmp_path / "report.html", story, "today").read_text()
    # Once below its own picture, and not as the slowest of the summary.
    assert html.count("17.0 s") == 1


def test_a_glimpse_counts_as_committed_only_when_all_its_events_are(story: StoryRecord) -> None:
    glimpse = Glimpse("kiosk", "", None, events=(KEY, EventKey("kiosk", 8)))
    assert story.commit_of(glimpse) is None
    story.committed_ms[EventKey("kiosk", 8)] = 40
    assert story.commit_of(glimpse) == 40

"""The floor map in pixels."""

from kiosk.model.ids import DurationMs, Metres
from kiosk.model.step import Point, Way
from kiosk.screens.widgets.plan import Plan, beside, crossed, meet

_WAY = Way(Metres(60), Metres(30), (), (), Metres(0), DurationMs(0), "")


def test_the_map_is_as_large_as_fits_and_in_the_middle() -> None:
    """A wide hall in a square: bars above and below."""
    plan = Plan.of(_WAY, (10, 20, 600, 600))
    assert plan == (10, 170, 10)
    assert plan.at(Point(0, 0)) == (10, 170)
    assert plan.at(Point(60, 30)) == (610, 470)


def test_points_become_lists_and_bounds() -> None:
    """As a line and as the box around a room."""
    plan = Plan(0, 0, 2)
    points = (Point(1, 1), Point(4, 1), Point(4, 3))
    assert plan.flat(points) == [2, 2, 8, 2, 8, 6]
    assert plan.bounds(points) == (2, 2, 6, 4)


def test_rectangles_meet_only_where_they_share_area() -> None:
    """Neighbours wall to wall do not."""
    assert meet((0, 0, 10, 10), (9, 9, 5, 5))
    assert not meet((0, 0, 10, 10), (10, 0, 5, 5))


def test_a_line_crosses_what_it_goes_through() -> None:
    """Straight or slanting; a margin keeps a distance."""
    box = (10.0, 10.0, 10.0, 10.0)
    assert crossed(box, [(0, 15), (30, 15)], 0)
    assert crossed(box, [(0, 0), (30, 30)], 0)
    assert not crossed(box, [(0, 5), (30, 5)], 0)
    assert crossed(box, [(0, 5), (30, 5)], 6)
    assert not crossed(box, [(0, 15), (5, 15), (5, 40)], 0)
    assert not crossed(box, [], 0)


def test_labels_stay_in_the_room() -> None:
    """Below is best; at the lower wall it goes above, and it never covers its own spot if that can be helped."""
    room = (0.0, 0.0, 200.0, 100.0)
    assert beside((100, 80), (40, 10), room, 20)[0] == (80, 50, 40, 10)
    assert beside((100, 5), (40, 10), room, 20)[0] == (80, 25, 40, 10)
    assert all(x >= 0 and x + w <= 200 for x, _, w, _ in beside((5, 50), (40, 10), room, 20))

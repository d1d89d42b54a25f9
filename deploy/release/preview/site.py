"""What the server serves: the page, its pictures, its files, and the stamp by which an open page sees an edited pack."""

import re
from collections.abc import Callable
from http import HTTPStatus

from deploy.release.preview.folder import PackFolder
from deploy.release.preview.html import Html
from deploy.release.preview.page import broken_page, proved_page, refused_page, shown_page
from deploy.release.preview.painter import Painter
from deploy.release.preview.proving import Proving
from deploy.release.preview.query import BadChoices, read_query
from deploy.release.preview.server import Reply, static_files, text
from deploy.release.preview.trial import Trial

_PICTURE = re.compile(r"/picture/([0-9a-f]{24})\.png", re.ASCII)
_STATIC = "/static/"
_GONE = "There is nothing here. The page is at /"


class PreviewSite:
    """The preview of one folder."""

    def __init__(self, folder: PackFolder, painter: Painter, now_ms: Callable[[], int]) -> None:
        """`now_ms` is the wall clock: a page begins with the present minute."""
        self._folder = folder
        self._painter = painter
        self._proving = Proving(folder.path)
        self._now_ms = now_ms
        self._trial = Trial(folder, painter, now_ms)
        self._static = static_files()

    def get(self, path: str, query: str) -> Reply:
        """The reply to a request."""
        if path == "/":
            return self._page(query)
        if path == "/check":
            return self._check()
        if path == "/stamp":
            return text(HTTPStatus.OK, self._folder.stamp())
        picture = _PICTURE.fullmatch(path)
        if picture is not None:
            return self._picture(picture[1])
        return self._static.get(path.removeprefix(_STATIC), text(HTTPStatus.NOT_FOUND, _GONE))

    def _page(self, query: str) -> Reply:
        reading, folder = self._folder.read(), self._folder.path
        if reading.pack is None:
            return _html(HTTPStatus.OK, broken_page(reading, folder))
        try:
            shown = self._trial.run(reading, read_query(query))
        except BadChoices as bad:
            return _html(HTTPStatus.BAD_REQUEST, refused_page(bad.problems, reading, folder))
        return _html(HTTPStatus.OK, shown_page(shown, reading, folder))

    def _check(self) -> Reply:
        reading, folder = self._folder.read(), self._folder.path
        if reading.pack is None:
            return _html(HTTPStatus.OK, broken_page(reading, folder))
        return _html(HTTPStatus.OK, proved_page(self._proving.prove(reading, self._now_ms()), reading, folder))

    def _picture(self, name: str) -> Reply:
        picture = self._painter.picture(name)
        if picture is None:
            return text(HTTPStatus.NOT_FOUND, "This picture was drawn too long ago. Load the page again.")
        return Reply(HTTPStatus.OK, "image/png", picture.png)


def _html(status: HTTPStatus, page: Html) -> Reply:
    # A lone surrogate can't be in a query that was read as UTF-8, but in no page may it end the answer.
    return Reply(status, "text/html; charset=utf-8", page.encode(errors="replace"))

"""Draws the console's page and its sections from Jinja templates; everything is escaped."""

from importlib.resources import files

import jinja2
import msgspec
from markupsafe import Markup

from sync.hub.web.views import PageView
from sync.hub.web.words import WORDS

SECTIONS = ("overview", "filter", "sites", "conflicts", "quarantine", "erasures", "events")


class Section(msgspec.Struct, frozen=True):
    """One part of the page that is replaced as a whole."""

    name: str
    html: Markup


class Drawing:
    """The templates, read once."""

    def __init__(self) -> None:
        folder = files("sync.hub.web") / "templates"
        templates = {part.name: part.read_text(encoding="utf-8") for part in folder.iterdir()}
        self._jinja = jinja2.Environment(
            loader=jinja2.DictLoader(templates),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def sections(self, page: PageView) -> dict[str, str]:
        """The HTML of each section by its name."""
        return {name: self._jinja.get_template(f"{name}.html").render(page=page, w=WORDS) for name in SECTIONS}

    def whole(self, page: PageView) -> str:
        """The whole document."""
        # Our own templates made it, with everything in it escaped.
        sections = [Section(name, Markup(html)) for name, html in self.sections(page).items()]  # noqa: S704
        return self._jinja.get_template("console.html").render(sections=sections, w=WORDS)

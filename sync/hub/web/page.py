"""Draws the console from Jinja templates: its page in sections, and what its other pages need; everything is escaped."""

from importlib.resources import files

import jinja2
import msgspec
from markupsafe import Markup

from sync.hub.web.views import PageView
from sync.hub.web.words import WORDS

SECTIONS = ("overview", "brokers", "filter", "sites", "conflicts", "quarantine", "erasures", "events")


def templates() -> jinja2.Environment:
    """All templates of the console, read once; what is put into them is escaped, what is missing an error."""
    folder = files("sync.hub.web") / "templates"
    return jinja2.Environment(
        loader=jinja2.DictLoader({part.name: part.read_text(encoding="utf-8") for part in folder.iterdir()}),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class Section(msgspec.Struct, frozen=True):
    """One part of the page that is replaced as a whole."""

    name: str
    html: Markup


class Drawing:
    """The templates, read once."""

    def __init__(self) -> None:
        self._jinja = templates()

    def sections(self, page: PageView) -> dict[str, str]:
        """The HTML of each section by its name."""
        return {name: self._jinja.get_template(f"{name}.html").render(page=page, w=WORDS).strip() for name in SECTIONS}

    def whole(self, page: PageView) -> str:
        """The whole document."""
        # Our own templates made it, with everything in it escaped.
        sections = [Section(name, Markup(html)) for name, html in self.sections(page).items()]  # noqa: S704
        return self._jinja.get_template("console.html").render(sections=sections, w=WORDS)

"""A button for each language, in its own language."""

from collections.abc import Callable, Sequence

from kiosk.i18n import own_name
from kiosk.model.ids import Lang
from kiosk.screens.widgets.action import Action
from kiosk.screens.widgets.flow import Grid


class LanguageGrid(Grid):
    """Buttons for languages; the present one is marked."""

    gap = 26

    def offer(self, langs: Sequence[Lang], current: Lang, choose: Callable[[Lang], None]) -> None:
        """Offer `langs` and call `choose` with the one that is tapped."""
        while len(self.cells) < len(langs):
            self.add_widget(Action(centred=True))
        self.keep(len(langs))
        for lang, button in zip(langs, self.cells, strict=False):
            if isinstance(button, Action):
                button.key, button.text = f"language-{lang}", own_name(lang)
                button.icon = "check" if lang == current else ""
                button.style = "solid" if lang == current else "outline"
                button.act = _chosen(choose, lang)


def _chosen(choose: Callable[[Lang], None], lang: Lang) -> Callable[[], None]:
    def act() -> None:
        choose(lang)

    return act

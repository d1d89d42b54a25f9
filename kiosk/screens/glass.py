"""What every window of ours is given, whether it stands in a hall or a picture is made of it: its fonts and its ground."""

from pathlib import Path

from kivy.core.text import LabelBase
from kivy.core.window import Window

from kiosk.screens.theme import font_files, rgba


def load_fonts(assets: Path) -> None:
    """Make Kivy know our fonts by their names. `assets` is the folder of fonts and icons."""
    for name, file in font_files(assets).items():
        LabelBase.register(name, str(file))


def clear_with(color: str) -> None:
    """Let the window be cleared with this colour before it is drawn."""
    Window.clearcolor = rgba(color)

"""What all widgets share: JavaScript, CSS, and a picture for where there is no kernel."""

from collections.abc import Callable
from pathlib import Path

import anywidget
from IPython.display import display, update_display


def parts(name: str) -> tuple[str, str]:
    """JavaScript and CSS of a widget, each after what all widgets share (`live.js`, `live.css`)."""
    folder = Path(__file__).parent
    js, css = (
        "\n".join((folder / f"{part}.{kind}").read_text("utf-8") for part in ("live", name))
        for kind in ("js", "css")
    )
    return js, css


class LiveWidget(anywidget.AnyWidget):
    """A widget whose output in a notebook is its view and, after it, its last picture."""

    def _still(self) -> tuple[bytes, str]:
        """The picture as PNG, and what it shows in words."""
        raise NotImplementedError

    def _ipython_display_(self) -> None:
        """Show the live view and, after it, its picture, which stays where there is no kernel.

        JupyterLab shows the best kind of each output only, and takes a view for the best even when it
        is dead. So the picture is an output of its own; the page hides it beside a live view.
        """
        view, metadata = super()._repr_mimebundle_() or ({}, {})
        view["text/plain"] = "Run this cell to move the controls."
        display(view, metadata=metadata, raw=True)
        self._show_still(display)

    def _renew_still(self) -> None:
        """Put the present picture in the place of the last: when the page says that nothing moves."""
        self._show_still(update_display)

    def _show_still(self, show: Callable) -> None:
        image, said = self._still()
        picture = {"image/png": image, "text/plain": said}
        show(picture, metadata={"image/png": {"alt": said}}, raw=True, display_id=self.model_id)

"""What all widgets share: JavaScript, CSS, answers to a page, and a picture for where there is no kernel."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
from IPython.display import display, update_display

from gancourse.errors import InputError
from gancourse.teaching.figures.canvas import as_output
from gancourse.teaching.widgets.commands import Commanded


def parts(*names: str) -> tuple[str, str]:
    """Read the JavaScript and CSS of a widget, each after what all widgets share (`live.js`, `live.css`).

    Args:
        names: of its files, in their order: `parts("game", "stroke_clock")`.
    """
    folder = Path(__file__).parent
    js, css = (
        "\n".join((folder / f"{k}.{kind}").read_text(encoding="utf-8") for k in ("live", *names))
        for kind in ("js", "css")
    )
    return js, css


class LiveWidget(anywidget.AnyWidget):
    """A widget whose output in a notebook is its view and, after it, its last picture.

    The page sends what its controls ask for in one message, and the next only when that is answered with
    one frame, so that no more pictures are made than can be shown.

    Args:
        logic: what the widget shows and changes.
    """

    def __init__(self, logic: Commanded, **traits: Any):
        self.logic = logic
        super().__init__(_frame=self._render(), **traits)
        self.on_msg(self._answer)

    def _render(self) -> dict[str, Any]:
        """Return what the page draws, and where every control stands."""
        raise NotImplementedError

    def _still(self) -> tuple[bytes, str]:
        """Return the picture as PNG, and what it shows in words."""
        raise NotImplementedError

    def _carry_out(self, command: Any, view: Any) -> dict[str, Any]:
        """Carry out one command of a page, and return what the frame tells besides."""
        self.logic.apply(command)
        return {}

    def _answer(self, _widget: Any, content: dict[str, Any], _buffers: Any) -> None:
        """Carry out the commands of one message, those that are possible, then send one frame."""
        if content.get("rests"):
            self._show_still(update_display)
            return
        view, more = content.get("view"), {"said": ""}
        for command in content.get("commands", []):
            try:
                more |= self._carry_out(command, view)
            except InputError as error:
                more["said"] = str(error)
        self._frame = self._render() | {"answers": [view, content.get("number")]} | more

    def _ipython_display_(self) -> None:
        """Show the live view and, after it, its picture, which stays where there is no kernel.

        JupyterLab shows the best kind of each output only, and takes a view for the best even when it
        is dead. So the picture is an output of its own; the page hides it beside a live view.
        """
        view, metadata = super()._repr_mimebundle_() or ({}, {})
        view["text/plain"] = "Run this cell to move the controls."
        display(view, metadata=metadata, raw=True)
        self._show_still(display)

    def _show_still(self, show: Callable) -> None:
        """Show the present picture, or put it in the place of the last one."""
        image, said = self._still()
        output, options = as_output(image, said)
        show(output, **options, display_id=self.model_id)

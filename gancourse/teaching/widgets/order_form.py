"""Show the order form (`order_form_game`) in a notebook: an order, four brains, and what a reader finds."""

from typing import Any

import traitlets

from gancourse.gans.orders import GRADES
from gancourse.teaching.widgets import order_form_game
from gancourse.teaching.widgets.live import LiveWidget, parts


class OrderForm(LiveWidget):
    """Order a brain and see whether it is delivered: `OrderForm()` as a cell's last line.

    Args:
        logic: another form, in tests.
        options: of `order_form_game.OrderForm`: the first order (grade, area_cm2, enhancing_cm2, side, place,
            height), seed, and deliver, a rule of your own for what counts as delivered.

    Raises:
        InputError: an impossible order, or a rule that fails.
    """

    logic: order_form_game.OrderForm
    _esm, _css = parts("game", "order_form")

    _frame = traitlets.Dict().tag(sync=True)
    _words = traitlets.Dict().tag(sync=True)  # what does not change: grades, modalities

    def __init__(self, *, logic: order_form_game.OrderForm | None = None, **options: Any):
        words = {"grades": list(GRADES), "modalities": list(order_form_game.MODALITIES)}
        super().__init__(logic or order_form_game.OrderForm(**options), _words=words)

    def _render(self) -> dict[str, Any]:
        logic, order = self.logic, self.logic.asked
        pictures = logic.pictures()
        return {
            "pixels": pictures.tobytes(),
            "shape": list(pictures.shape),
            "order": {
                "grade": order.grade, "area_cm2": order.area_cm2, "enhancing_cm2": order.enhancing_cm2,
                "side": order.side, "place": order.place, "height": order.height,
            },
            "rows": logic.rows(),
            "all": logic.right["all"].tolist(),
            "verdict": logic.verdict(),
            "rarity": logic.rarity(),
        }  # fmt: skip

    def _still(self) -> tuple[bytes, str]:
        from gancourse.teaching.figures import order_figures

        return order_figures.form_png(self.logic), order_figures.form_words(self.logic)

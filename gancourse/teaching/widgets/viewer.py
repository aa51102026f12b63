"""Show whole scans (`viewer_scans`) in a notebook: the page has every slice, and scrolls without Python."""

from typing import Any

import traitlets

from gancourse.cohort.brats import Subject
from gancourse.teaching.widgets import viewer_scans
from gancourse.teaching.widgets.live import LiveWidget, parts


class BrainViewer(LiveWidget):
    """All modalities of a subject to scroll through: `BrainViewer(subject)` as a cell's last line.

    Its page is one file of JavaScript, `parts("viewer")`, which shows `logic.json()` on any other page, too.

    Args:
        subjects: one or more, a row each; None for one that is not there.
        logic: what it shows; another one in tests.

    Raises:
        InputError: no subject, or one that cannot be read.
    """

    logic: viewer_scans.Viewer
    _esm, _css = parts("viewer")

    _data = traitlets.Dict().tag(sync=True)
    _frame = traitlets.Dict().tag(sync=True)

    def __init__(self, *subjects: Subject | None, logic: viewer_scans.Viewer | None = None):
        scans = [viewer_scans.read_scan(subject) for subject in subjects if subject]
        logic = logic or viewer_scans.Viewer(scans)
        super().__init__(logic, _data=logic.data())

    def _render(self) -> dict[str, Any]:
        logic = self.logic
        return {"plane": logic.plane, "index": logic.index, "labels": logic.labels}

    def _still(self) -> tuple[bytes, str]:
        return self.logic.png(), self.logic.words()

"""Widgets of the lessons: Python beside its JavaScript and CSS, made with anywidget."""

from gancourse.teaching.widgets.attack_board import AttackBoard
from gancourse.teaching.widgets.latent_explorer import LatentExplorer
from gancourse.teaching.widgets.order_form import OrderForm
from gancourse.teaching.widgets.paint_patient import PaintPatient
from gancourse.teaching.widgets.paint_with_units import PaintWithUnits
from gancourse.teaching.widgets.playground import Playground
from gancourse.teaching.widgets.real_or_fake import RealOrFake
from gancourse.teaching.widgets.stroke_clock import StrokeClock
from gancourse.teaching.widgets.this_brain import ThisBrain
from gancourse.teaching.widgets.viewer import BrainViewer
from gancourse.teaching.widgets.which_flair import WhichFlair

__all__ = [
    "AttackBoard",
    "BrainViewer",
    "LatentExplorer",
    "OrderForm",
    "PaintPatient",
    "PaintWithUnits",
    "Playground",
    "RealOrFake",
    "StrokeClock",
    "ThisBrain",
    "WhichFlair",
]

"""Whatever a page sends, a widget's logic gives a result or an `InputError`, and its state stays whole."""

import numpy as np
import pytest
import toy_board
import toy_brains
import toy_explorer
import toy_flairs
import toy_orders
import toy_paint
import toy_scans
import toy_unit_paint
from hypothesis import given, settings
from hypothesis import strategies as st

from gancourse.errors import InputError
from gancourse.teaching.widgets import playground_game
from gancourse.teaching.widgets.attack_board_game import KINDS, AttackBoard
from gancourse.teaching.widgets.order_form_game import OrderForm
from gancourse.teaching.widgets.paint_patient_game import PaintPatient
from gancourse.teaching.widgets.paint_with_units_game import PaintWithUnits
from gancourse.teaching.widgets.playground_game import Playground
from gancourse.teaching.widgets.real_or_fake_game import RealOrFake
from gancourse.teaching.widgets.this_brain_game import ThisBrain
from gancourse.teaching.widgets.viewer_scans import Viewer
from gancourse.teaching.widgets.which_flair_game import LETTERS, WhichFlair

LOGICS = {
    "attack board": toy_board.board,
    "explorer": toy_explorer.explorer,
    "order form": toy_orders.toy_form,
    "paint patient": toy_paint.toy_drawing,
    "paint with units": toy_unit_paint.toy_painter,
    "playground": Playground,
    "this brain": lambda: ThisBrain(generator=toy_brains.toy_generator()),
    "real or fake": lambda: RealOrFake(np.zeros((9, 32, 32)), np.ones((9, 32, 32)), count=5),
    "viewer": toy_scans.viewer,
    "which flair": lambda: WhichFlair(4, people=toy_flairs.people()),
}
WORDS = "A D few many pixels phantom drawn ring slow width data loss g_rate minimax dcgan-t1".split()
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(WORDS)
VALUES = st.recursive(
    PLAIN | st.just(10**400), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6
)


@pytest.fixture(scope="module", params=LOGICS)
def logic(request):
    return LOGICS[request.param]()


@settings(deadline=None, derandomize=True, database=None, max_examples=300)
@given(st.data())
def test_every_command_gives_a_result_or_an_input_error(logic, data):
    fields = {field for _, *fields in logic.COMMANDS.values() for field in fields}
    do = st.sampled_from(sorted(logic.COMMANDS)) | VALUES
    command = data.draw(
        st.fixed_dictionaries({"do": do}, optional=dict.fromkeys(sorted(fields), VALUES)) | VALUES
    )
    try:
        logic.apply(command)
    except InputError as error:
        assert str(error)
    if isinstance(logic, Playground):
        assert logic.seed == logic.settings["seed"] and logic.dots.shape[1:] == (2,)
        assert np.isfinite(logic.dots).all() and len(logic.dots) <= playground_game.DOTS
        assert all(np.isfinite(array).all() for array in logic.scene().values())
    elif isinstance(logic, RealOrFake):
        assert len(logic.answers) <= logic.count == len(logic.truth) == len(logic.images)
        assert set(logic.answers) <= set(logic.kinds)
    elif isinstance(logic, AttackBoard):
        assert logic.run in logic.runs and logic.attack in logic.attacks and logic.verdict()
        assert len(logic.answers) <= logic.count == len(logic.truth) and set(logic.answers) <= set(KINDS)
    elif isinstance(logic, OrderForm):
        assert logic.images.shape == (4, 32, 32, 2) and logic.verdict() and 0 <= logic.lonely <= 1
    elif isinstance(logic, PaintPatient):
        assert logic.labels.shape == (32, 32) and logic.labels.max() < 7 and logic.scans.shape == (4, 32, 32)
    elif isinstance(logic, PaintWithUnits):
        assert logic.painting.shape == (16, 16) and logic.painting.max() <= 6 and 1 <= logic.units <= 6
        assert logic.after.levels.shape == (4, 16, 16) and isinstance(logic.lent, bool)
    elif isinstance(logic, WhichFlair):
        assert set(logic.answers) <= set(LETTERS) and len(logic.answers) <= len(logic.truth) == 4
    elif isinstance(logic, ThisBrain):
        assert logic.shown.levels.shape == (4, 32, 32) and 0 <= logic.shown.seed < 2**31
    elif isinstance(logic, Viewer):
        assert 0 <= logic.index < logic.scans[0].count(logic.plane) and logic.words()
    else:
        assert logic.latent.shape == (toy_explorer.DIM,) and np.isfinite(logic.latent).all()
        assert logic.image().shape == (64, 64)

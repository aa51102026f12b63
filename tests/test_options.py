"""Options: whatever is set is allowed, or refused in one line that names the field."""

import dataclasses
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gancourse.errors import InputError
from gancourse.gans.plane_gan import Rules
from gancourse.segmentation.segmenter_training import SegmenterRecipe
from gancourse.training.recipes import RECIPES, Recipe
from gancourse.training.translation import Translation

EXAMPLES = settings(deadline=None, derandomize=True, database=None, max_examples=300)
STARTS = (Recipe(), *RECIPES.values(), Translation(), SegmenterRecipe(), Rules())

texts = st.one_of(
    st.sampled_from(
        ["", "nan", "inf", "-inf", "true", "True", "1", "0", "-1", "1e999", "None", "[]", "6,4,", "9,8"]
    ),
    st.integers().map(str),
    st.floats().map(str),
    st.lists(st.integers(-2, 600), max_size=7).map(lambda numbers: ",".join(map(str, numbers))),
    st.text(max_size=12),
)
values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just({}),
    st.lists(st.integers() | st.floats() | st.booleans(), max_size=7), st.tuples(st.integers(1, 99)),
)  # fmt: skip


def fields_of(options):
    return [item.name for item in dataclasses.fields(options)]


def check_allowed(options):
    """What has been let through is of its field's type, finite, and is let through again."""
    for item in dataclasses.fields(options):
        value, default = getattr(options, item.name), getattr(type(options)(), item.name)
        assert type(value) is type(default) or (isinstance(default, float) and type(value) is int), item.name
        for number in value if isinstance(value, tuple) else [value]:
            assert not isinstance(number, int | float) or math.isfinite(number), item.name
    assert dataclasses.replace(options) == options


@EXAMPLES
@given(st.data())
def test_any_assignment_is_allowed_or_refused_by_name(data):
    options = data.draw(st.sampled_from(STARTS))
    name, text = data.draw(st.sampled_from(fields_of(options))), data.draw(texts)
    try:
        changed = options.change([f"{name}={text}"])
    except InputError as error:
        assert name in str(error) and "\n" not in str(error), error
    else:
        check_allowed(changed)
        kept = [n for n in fields_of(options) if n != name]
        assert all(getattr(changed, n) == getattr(options, n) for n in kept)


@EXAMPLES
@given(st.data())
def test_any_value_is_allowed_or_refused_by_name(data):
    options = data.draw(st.sampled_from(STARTS))
    name, value = data.draw(st.sampled_from(fields_of(options))), data.draw(values)
    try:
        check_allowed(dataclasses.replace(options, **{name: value}))
    except InputError as error:
        assert name in str(error) and "\n" not in str(error), error


@EXAMPLES
@given(st.sampled_from(STARTS), st.text(max_size=20))
def test_any_text_is_an_assignment_or_refused(options, text):
    try:
        check_allowed(options.change([text]))
    except InputError as error:
        assert "expected" in str(error) and "\n" not in str(error), error


@pytest.mark.parametrize(
    ("options", "assignment", "said"),
    [
        (Recipe(), "g_rate=nan", "g_rate='?nan'?: expected a number from 1e-12 to 1"),
        (Translation(), "rate=-1", "rate=-1.0: expected a number from 1e-12 to 1"),
        (Translation(), "rate=0", "rate=0.0: expected"),
        (Translation(), "rate=inf", "rate=inf: expected"),
        (Translation(), "ema=2", "ema=2.0: expected a number from 0 to below 1"),
        (Translation(), "batch_size=0", "batch_size=0: expected a whole number from 1 to 4096"),
        (Translation(), "batch_size=1.5", "batch_size='1.5': expected a whole number"),
        (Translation(), "discriminator=1", "discriminator='1': expected true or false"),
        (SegmenterRecipe(), "drop=nan", "drop=nan: expected a number from 0 to 1"),
        (SegmenterRecipe(), "filters=64,x", "filters='64,x': expected 1 to 5 whole numbers from 1 to 512"),
        (SegmenterRecipe(), "filters=8,8,8,8,8,8", r"filters=\(8, 8, .*: expected 1 to 5 whole numbers"),
        (SegmenterRecipe(), "filters=0,8", r"filters=\(0, 8\): expected"),
        (SegmenterRecipe(), "heads={}", "'heads={}': expected name=value with a name among filters, refine"),
        (SegmenterRecipe(), "rate", "rate='': expected a number"),
        (SegmenterRecipe(), "width=3", "'width=3': expected name=value with a name among filters"),
        (Rules(), "noise=cauchy", "noise='cauchy': expected one of normal, uniform"),
    ],
)  # fmt: skip
def test_refusals_say_field_value_and_what_was_expected(options, assignment, said):
    with pytest.raises(InputError, match=said):
        options.change([assignment])


def test_a_name_given_twice_is_refused():
    with pytest.raises(InputError, match="rate is set twice"):
        Translation().change(["rate=1e-3", "width=8", "rate=1e-4"])


def test_numbers_become_tuples_and_lists_do_too():
    assert SegmenterRecipe().change(["filters=64"]).filters == (64,)
    assert SegmenterRecipe().change(["filters=8,16"]) == SegmenterRecipe(filters=[8, 16])
    with pytest.raises(InputError, match="channels=3: expected 4"):
        SegmenterRecipe(channels=3)


@pytest.mark.parametrize("value", [True, "1", None, 1.0])
def test_what_is_not_a_whole_number(value):
    with pytest.raises(InputError, match="batch_size="):
        Translation(batch_size=value)

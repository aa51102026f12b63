"""Sections: the same phantoms as the volumes', resumable, and told apart from other folders."""

import numpy as np
import pytest

from gancourse.cohort.phantom.parameters import CLASSES, draw
from gancourse.cohort.phantom.sections import CHANNELS, SHAPE, find_sections, make_sections, write_sections
from gancourse.errors import InputError

SEG, TISSUE = CHANNELS.index("seg"), CHANNELS.index("tissue")


@pytest.fixture(scope="module")
def sections():
    tumour = next(k for k in range(20) if draw(k, 9, "wide").grade == "HGG")
    return make_sections(draw(tumour, 9, "wide"), 10)


def test_shape_and_labels(sections):
    assert sections.shape == (10, *SHAPE, len(CHANNELS)) and sections.dtype == np.uint8
    assert set(np.unique(sections[..., SEG])) <= {0, 1, 2, 4}
    assert set(np.unique(sections[..., TISSUE])) == {0, 1, 2, 3}


def test_shares_sum_to_one_inside_the_brain(sections):
    total = sections[..., : len(CLASSES)].astype(int).sum(-1)
    inside = sections[..., TISSUE] > 0
    brain = total > 0  # outside it lies what stripping left over
    assert np.abs(total[inside & brain] - 255).max() <= 10  # rounded, ten times
    assert (inside & brain).sum() > 0.97 * inside.sum()


def test_most_sections_show_the_tumour(sections):
    assert (sections[..., SEG] > 0).any((1, 2)).sum() >= 4


def test_a_label_lies_where_its_share_is(sections):
    enhancing = sections[..., SEG] == 4
    assert enhancing.any() and np.median(sections[..., CLASSES.index("ET")][enhancing]) > 128


def test_same_sections_for_any_workers_and_resumed(tmp_path):
    write_sections(tmp_path / "a", 2, seed=3, slices=2, workers=2, progress=False)
    write_sections(tmp_path / "b", 1, seed=3, slices=2, workers=1, progress=False)
    write_sections(tmp_path / "b", 2, seed=3, slices=2, workers=1, progress=False)
    for file in find_sections(tmp_path / "a")[0]:
        assert (tmp_path / "b" / file.name).read_bytes() == file.read_bytes()
    with pytest.raises(InputError, match="sections 2 instead of 3"):
        write_sections(tmp_path / "a", 2, seed=3, slices=3, progress=False)


def test_errors(tmp_path):
    with pytest.raises(InputError, match="no sections here"):
        find_sections(tmp_path)
    with pytest.raises(InputError, match="slices 0"):
        write_sections(tmp_path / "a", 1, slices=0)

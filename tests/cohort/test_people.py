"""People of one slice each: different, plausible, resumable, small."""

import numpy as np
import pytest

from gancourse.cohort.phantom import people
from gancourse.cohort.phantom.anatomy import make_anatomy
from gancourse.cohort.phantom.parameters import draw
from gancourse.cohort.phantom.people import make_person, read_people, write_people
from gancourse.errors import InputError


@pytest.fixture(scope="module")
def several():
    return [make_person(k, 3) for k in range(6)]


def test_slices_look_like_brains(several):
    for image, seg in several:
        assert image.shape == seg.shape == (64, 64) and image.dtype == np.float32 and seg.dtype == np.uint8
        assert image.min() == -1 and image.max() == 1
        inside = image > -1
        assert 0.15 < inside.mean() < 0.6 and not inside[0].any() and not inside[:, -1].any()
        assert not seg[~inside & (image < -0.999)].any() or (seg > 0).sum() > 20
        assert set(np.unique(seg)) <= {0, 1, 2, 4}


def test_people_differ_and_come_again(several):
    images = np.stack([image for image, _ in several])
    far = [np.sqrt(((a - b) ** 2).mean()) for i, a in enumerate(images) for b in images[:i]]
    assert min(far) > 0.15
    np.testing.assert_array_equal(make_person(2, 3)[0], images[2])
    assert np.abs(make_person(2, 4)[0] - images[2]).mean() > 0.02


def test_some_show_a_tumour_and_healthy_people_none(several):
    assert any((seg > 0).sum() > 10 for _, seg in several)
    healthy = next(k for k in range(50) if draw(k, 3).grade == "healthy")
    assert not make_person(healthy, 3)[1].any()


def test_a_slab_of_anatomy_has_the_fields_of_a_whole_one():
    p = draw(0, 3)
    whole, slab = (make_anatomy(p, np.random.default_rng(0), height) for height in (None, 80.0))
    for name in ("displacement", "gyri", "halves", "horns", "edge"):
        assert getattr(whole, name).shape == getattr(slab, name).shape
    assert slab.folds.volume.size < whole.folds.volume.size / 3
    points = np.array([[100.0], [120.0], [80.0]], np.float32)
    assert np.abs(slab.to_template(points) - whole.to_template(points)).max() < 25  # mm: another person


def test_folder_is_resumed_and_read(tmp_path, monkeypatch):
    monkeypatch.setattr(people, "BLOCK", 2)
    monkeypatch.setattr(people, "make_person", lambda k, seed: (np.full((64, 64), k / 8 - 1), np.eye(64)))
    out = write_people(tmp_path / "people", 3, workers=1, progress=False)
    first = (out / "00000.npy").stat().st_mtime_ns
    write_people(out, 5, workers=1, progress=False)
    assert (out / "00000.npy").stat().st_mtime_ns == first
    images, tumour = read_people(out, 32)
    assert images.shape == (6, 32, 32) and images.dtype == np.float32 and (tumour == 64).all()
    np.testing.assert_allclose(images[:, 0, 0], np.arange(6) / 8 - 1, atol=0.005)
    with pytest.raises(InputError, match="seed"):
        write_people(out, 3, seed=1, progress=False)


@pytest.mark.parametrize("wrong", [dict(subjects=0), dict(subjects=1, workers=0), dict(subjects=1, seed=-1)])
def test_numbers_that_make_no_sense(tmp_path, wrong):
    with pytest.raises(InputError, match="subject"):
        write_people(tmp_path / "people", **wrong)


def test_a_folder_without_people_or_a_size_that_does_not_divide(tmp_path):
    with pytest.raises(InputError, match="gancourse cohort people"):
        read_people(tmp_path)
    np.save(tmp_path / "00000.npy", np.zeros((1, 64, 64, 2), np.uint8))
    with pytest.raises(InputError, match="size=24"):
        read_people(tmp_path, 24)

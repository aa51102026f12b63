"""The course's own versions of what lesson 31 has learners write pass the lesson's checks."""

import pytest

from gancourse.teaching.checks import lesson31
from gancourse.teaching.material import first_steps


@pytest.mark.parametrize("name", ["axial", "overlay", "split_by_patient", "make_dataset"])
def test_the_courses_versions_pass(name):
    assert getattr(lesson31, name)(getattr(first_steps, name)).passed


def test_the_packages_normalisation_passes():
    from gancourse.cohort.planes import normalise

    assert lesson31.normalise(normalise).passed

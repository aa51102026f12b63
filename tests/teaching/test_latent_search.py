"""The course's own versions of what lesson 43 has learners write pass the lesson's checks."""

import pytest

from gancourse.gans import latent
from gancourse.teaching.checks import lesson43
from gancourse.teaching.material import latent_search


@pytest.mark.parametrize("name", ["fit_direction", "grow", "find_latent"])
def test_the_courses_versions_pass(name):
    assert getattr(lesson43, name)(getattr(latent_search, name)).passed


def test_the_packages_slerp_passes():
    assert lesson43.slerp(latent.slerp).passed

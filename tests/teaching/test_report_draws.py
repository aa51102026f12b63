"""Lesson 44's draws: who is judged by whom, and what counts as outside."""

import numpy as np
import pandas as pd

from gancourse.teaching.material import report_draws

rng = np.random.default_rng(0)
PATIENTS = np.repeat(list("ABCDE"), 6)
IMAGES = rng.normal(size=(30, 4, 4))
HELD_OUT = report_draws.ImageSet(IMAGES, IMAGES.reshape(30, 16), PATIENTS)
SETS = {
    "held out": HELD_OUT,
    "blurred": HELD_OUT._replace(images=IMAGES + 1),
    "made": report_draws.generated_set(rng.normal(size=(20, 4, 4)), rng.normal(size=(20, 16))),
}


def test_half_of_the_patients_is_judged_by_the_other_half():
    draws = list(report_draws.draw(SETS, divisions=3, seed=1))
    assert [name for name, *_ in draws] == ["held out", "blurred", "made", "collapsed to ten"] * 3
    for _, judged, compared in draws:
        assert len(judged.images) == len(judged.features) == len(judged.patients) == 12
        assert not set(judged.patients) & set(compared.patients)
        assert len(compared.images) == 18
    (_, one, _), (_, blurred, _) = draws[:2]
    assert np.allclose(blurred.images, one.images + 1)  # the same rows
    assert {tuple(np.unique(compared.patients)) for *_, compared in draws} != {("A", "B", "C")}


def test_a_collapsed_set_repeats_ten_images():
    *_, (name, collapsed, _) = report_draws.draw(SETS, divisions=1, seed=2)
    assert name == report_draws.COLLAPSED
    assert len(np.unique(collapsed.images, axis=0)) == 10
    assert len(set(collapsed.patients)) == 12  # a generated image has no patient to share


def test_the_seed_decides():
    one, same, other = (list(report_draws.draw(SETS, divisions=2, seed=k)) for k in (3, 3, 4))
    assert all(np.array_equal(a[1].images, b[1].images) for a, b in zip(one, same, strict=True))
    assert not all(np.array_equal(a[1].images, b[1].images) for a, b in zip(one, other, strict=True))


def test_outside_the_range_of_held_out_images():
    scores = pd.DataFrame(
        {
            "set": ["held out", "far", "like"] * 2,
            "kid": [0.0, 2.0, 0.5, 1.0, 3.0, 0.9],
            "recall": [0.6, 0.1, 0.7, 0.8, 0.9, 0.8],
            "copies": [0.0, 1.0, 0.0, 0.1, 1.0, 0.1],
        }
    )
    assert report_draws.outside(scores) == {
        "far": ["kid (above)", "recall (below)", "copies (above)"],
        "like": [],
    }
    assert report_draws.outside(scores, ignore={"recall": 0.2})["far"] == ["kid (above)", "copies (above)"]

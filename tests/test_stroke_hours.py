"""Pictures of a stroke hour by hour: the same patient, and only the infarct changes."""

import numpy as np
import stroke_hours as hours

from gancourse.cohort.stroke import timeline


def test_a_patient_stays_the_same_but_for_the_infarct():
    before, early, late = (hours.patient(2, 530, h, 7.0) for h in (0.0, 1.0, 48.0))
    assert before.stroke is None and early.stroke == late.stroke
    assert before.brain == early.brain == late.brain and early.diffusion == late.diffusion
    assert early.course.t2 < 1.06 < 1.4 < late.course.t2 and early.course.adc == late.course.adc
    assert late.course.swelling > early.course.swelling + 0.5


def test_half_of_t2s_rise_has_come_when_the_clock_says_so():
    for clock in (4.0, 7.0, 10.0):
        course = timeline.typical_course(clock, clock)
        assert np.isclose(course.t2, 1 + timeline.EARLY_T2 + 0.25)
    assert timeline.typical_course(168.0).adc > timeline.typical_course(24.0).adc + 0.1


def test_pictures_are_cut_alike_to_what_is_not_black():
    shown = np.zeros((2, 3, 3, 60, 50), np.uint8)
    shown[0, :, :, 20:40, 10:30] = 9
    shown[1, 2, 1, 15, 35] = 9
    cut = hours.cropped(shown)
    assert cut.shape == (2, 3, 3, 25 + 2 * hours.MARGIN, 26 + 2 * hours.MARGIN)
    assert cut.sum() == shown.sum()

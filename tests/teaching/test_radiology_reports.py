"""Reports: how findings are written, and what is read out of it."""

import numpy as np
import pytest

from gancourse import pretrained
from gancourse.errors import InputError
from gancourse.teaching.material import radiology_reports
from gancourse.teaching.material.radiology_reports import FINDINGS, TextEncoder


def every_finding():
    for size in FINDINGS["size"][1:]:
        for uptake in FINDINGS["uptake"][1:]:
            for side in FINDINGS["side"][1:]:
                for place in FINDINGS["place"][1:]:
                    for centre in ("solid", "dark") if uptake == "enhancing" else ("none",):
                        yield dict(zip(FINDINGS, (size, uptake, side, place, centre), strict=True))


def test_every_report_can_be_read_and_is_understood():
    rng = np.random.default_rng(99)
    findings = [finding for finding in every_finding() for _ in range(4)]
    texts = [radiology_reports.write(finding, rng) for finding in findings]
    assert len(set(texts)) > 0.9 * len(texts)  # many ways to say it
    numbers = radiology_reports.tokens(texts)
    assert numbers.shape == (len(texts), radiology_reports.LENGTH) and numbers.max() <= len(
        radiology_reports.VOCABULARY
    )
    answers = TextEncoder(pretrained.load("tour/text-encoder")).answers(texts)
    for name in FINDINGS:
        right = np.mean(answers[name].to_numpy() == [finding[name] for finding in findings])
        assert right > 0.99, name


def test_words_it_never_read_are_an_error():
    with pytest.raises(InputError, match="unknown word 'glioma'.*among"):
        radiology_reports.tokens(["large glioma"])
    with pytest.raises(InputError, match="13 words"):
        radiology_reports.tokens([" ".join(["large"] * 13)])
    with pytest.raises(InputError, match="0 words"):
        radiology_reports.tokens([""])

"""Reports: what labels say, how it is written, and what is read out of it."""

import numpy as np
import pytest

from gancourse import pretrained
from gancourse.errors import InputError
from gancourse.teaching.material import radiology_reports
from gancourse.teaching.material.radiology_reports import FINDINGS, TextEncoder


def slice_with(label_areas, row, column):
    """A brain of 40 x 40 pixels in 64 x 64, and squares of labels around a place: (tissue, seg)."""
    tissue, seg = np.zeros((64, 64), np.uint8), np.zeros((64, 64), np.uint8)
    tissue[12:52, 12:52] = 3
    for label, half in label_areas:
        seg[row - half : row + half, column - half : column + half] = label
    return tissue, seg


def found(*args):
    tissue, seg = slice_with(*args)
    return radiology_reports.findings_of(tissue[None], seg[None]).iloc[0]


def test_findings_of_labels():
    # columns grow towards the patient's left, rows towards the back; a pixel is 10.56 mm2
    row = found([(2, 8), (4, 5), (1, 3)], 18, 42)
    assert row["wt_mm2"] == pytest.approx(256 * 10.5625) and row["dark_mm2"] == pytest.approx(36 * 10.5625)
    assert row[list(FINDINGS)].to_dict() == {
        "size": "large", "uptake": "enhancing", "side": "left", "place": "frontal", "centre": "dark",
    }  # fmt: skip
    row = found([(2, 4)], 46, 20)
    assert row[list(FINDINGS)].to_list() == ["small", "non-enhancing", "right", "posterior", "none"]
    row = found([(2, 6), (4, 4)], 32, 20)
    assert row[list(FINDINGS)].to_list() == ["medium", "enhancing", "right", "central", "solid"]


def test_a_brain_without_tumour():
    row = found([], 30, 30)
    assert row[list(FINDINGS)].to_list() == ["none"] * 5 and np.isnan(row["across"])


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

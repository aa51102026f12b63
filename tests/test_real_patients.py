"""What is measured on real patients, on balls in their place: scores, sections, texture, sheets."""

import dataclasses
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import patients
import phantom_sections
import pytest
import real_patients
import real_texture
import sheet
from ball import Thresholds, centred, scan, truth_on, write
from patients import Section
from PIL import Image

from gancourse.cohort.phantom.parameters import draw
from gancourse.cohort.phantom.subject import Phantom
from gancourse.errors import InputError
from gancourse.segmentation import heads

LPS = np.diag([-1.0, -1, 1])
MODALITIES = ("t1", "t1ce", "t2", "flair")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of "patients": two slices of BRATS 2013, one volume of the IBSR with T1 only."""
    root = tmp_path_factory.mktemp("real") / "patients"
    plane, volume = (150, 170, 1), (70, 80, 56)
    affine = centred(plane, LPS)
    affine[2, 3] = 9
    for name in ("BRATS_HG0001", "BRATS_HG0009"):
        place = root / "brats2013" / "HGG" / name
        place.mkdir(parents=True)
        for modality in MODALITIES:
            write(place / f"{name}_{modality}.nii.gz", scan(plane, affine), affine)
        for role, labels in zip(("seg", "tissue"), truth_on(plane, affine), strict=True):
            write(place / f"{name}_{role}.nii.gz", labels, affine)
    place, affine = root / "ibsr" / "healthy" / "IBSR_01", centred(volume, 2 * LPS)
    place.mkdir(parents=True)
    image, (seg, tissue) = scan(volume, affine), truth_on(volume, affine)
    image[seg > 0] = 140 + image[seg > 0] % 3  # healthy: white matter
    tissue[tissue == 1] = 2  # no fluid but the ventricles', of which a ball has none
    write(place / "IBSR_01_t1.nii.gz", image, affine)
    write(place / "IBSR_01_tissue.nii.gz", tissue, affine)
    return root.parent


@pytest.fixture
def real_ones(folder, monkeypatch):
    monkeypatch.setenv("GANCOURSE_REAL", str(folder))
    return folder


@pytest.fixture
def quick_phantoms(monkeypatch):
    """Phantoms that are balls, the odd ones without a tumour in the section."""
    made = []

    def make(p, spacing, height):
        made.append((p.index, p.grade, height))
        affine = centred((240, 240, 9), LPS)
        affine[2, 3] += 9
        seg, tissue = truth_on((240, 240, 9), affine)
        seg[:] = seg if len(made) % 2 else 0
        images = {m: scan((240, 240, 9), affine).astype(np.int16) for m in MODALITIES}
        return Phantom(p, images, seg, tissue, {}, 0.0)

    monkeypatch.setattr(phantom_sections, "make_phantom", make)
    return made


def test_scores_are_per_patient_and_region(real_ones, capsys):
    frame = real_patients.score(Thresholds(), ["brats2013", "ibsr"])
    assert list(frame["region"]) == ["WT", "TC", "ET"] * 2 + ["GM", "WM"]
    assert list(frame["patient"].unique()) == ["BRATS_HG0001", "BRATS_HG0009", "IBSR_01"]
    assert (frame["dice"] > 0.85).all()
    assert frame["true_ml"].iloc[0] == pytest.approx(frame["found_ml"].iloc[0], rel=0.1)
    means = real_patients.summarise(frame)
    assert means["brats2013"]["WT"]["patients"] == 2
    assert means["brats2013"]["WT"]["mean"] == pytest.approx(frame["dice"].iloc[[0, 3]].mean(), abs=1e-4)
    real_patients.show(frame)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if line.startswith(("BRATS_HG", "IBSR_0"))] == [
        "BRATS_HG0001", "BRATS_HG0009", "IBSR_01",
    ]  # fmt: skip


def test_fluid_outside_the_ventricles_is_grey_matter_in_the_ibsr():
    truth = np.array([0, 1, 1, 2, 2, 3, 3])
    found = np.array([1, 1, 2, 1, 2, 1, 3])
    np.testing.assert_array_equal(real_patients.as_ibsr(found, truth), [0, 1, 2, 2, 2, 2, 3])


def test_heads_are_stripped_first(real_ones, monkeypatch):
    mask, given = object(), []

    def segment(subject, segmenter, brain):
        given.append(brain)
        raise InputError("enough")

    monkeypatch.setattr(real_patients, "segment", segment)
    monkeypatch.setattr(heads, "brain_of_head", lambda subject, load: SimpleNamespace(mask=mask))
    with pytest.raises(InputError, match="enough"):
        real_patients.score(Thresholds(), ["brats2013"])
    monkeypatch.setitem(
        patients.SETS, "brats2013", dataclasses.replace(patients.SETS["brats2013"], heads=True)
    )
    with pytest.raises(InputError, match="enough"):
        real_patients.score(Thresholds(), ["brats2013"])
    assert given == [None, mask]


def test_no_patients_no_table(tmp_path, monkeypatch):
    monkeypatch.setenv("GANCOURSE_REAL", str(tmp_path))
    with pytest.raises(InputError, match=r"no folder `patients` in it; set GANCOURSE_REAL"):
        real_patients.score(Thresholds(), ["brats2013"])


def test_the_real_patients_are_all_there(real):
    counts = {name: len(patients.patients(name)) for name in patients.SETS}
    assert counts == {"brats2013": 8, "brats2015": 6, "lgg": 12, "ibsr": 5}
    assert set(patients.HEIGHTS) == {subject.id for subject in patients.patients("brats2013")}


def test_a_picture_lies_as_figures_have_it(real_ones):
    section = patients.section_of(patients.patients("brats2013")[0])
    assert section.height == 0.48
    picture = section.picture("t1", 104)
    assert picture.shape == (104, 104) and picture.min() == -1 and picture.max() == pytest.approx(1, abs=1e-6)
    rows, columns = np.nonzero(picture > 0.5)  # the tumour: 22 mm to the right, 18 mm to posterior
    assert (rows.mean(), columns.mean()) == pytest.approx((51.5 + 18 / 2, 51.5 - 22 / 2), abs=1)
    brain = picture > -1
    assert (np.ptp(np.nonzero(brain)[0]), np.ptp(np.nonzero(brain)[1])) == pytest.approx((71, 59), abs=2)
    assert section.picture("t1", 240)[:, :60].max() == -1  # 240 mm wide: 1 mm a pixel


def test_coarser_pixels_keep_place_and_size(real_ones):
    section = patients.section_of(patients.patients("brats2013")[0])
    coarse = section.resampled((0.94, 1.5))
    assert coarse.brain.shape == (160, 113) and coarse.zooms == (0.94, 1.5)
    area = coarse.brain.sum() * 0.94 * 1.5
    assert area == pytest.approx(section.brain.sum(), rel=0.01)
    assert (coarse.seg > 0).sum() * 0.94 * 1.5 == pytest.approx((section.seg > 0).sum(), rel=0.03)
    inner = (coarse.seg == 0) & coarse.brain
    values = coarse.images["t1"][inner]
    assert values.min() > 30 and values.max() < 300  # neither the background nor the tumour bleeds in far
    assert section.resampled((1.0, 1.01)) is section


def test_twins_have_a_tumour_where_the_patient_has_one(real_ones, quick_phantoms):
    sick = patients.section_of(patients.patients("brats2013")[0])
    well = patients.section_of(patients.patients("ibsr")[0], 0.55)
    made = list(phantom_sections.twins([sick, sick, well]))
    assert [twin.height for twin in made] == [0.48, 0.48, 0.55]
    assert all((twin.seg > 0).any() for twin in made[:2])
    assert made[2].zooms == pytest.approx((2, 2))
    assert [grade for _, grade, _ in quick_phantoms] == ["HGG"] * 3 + ["healthy"]  # the second had none
    used = [index for index, *_ in quick_phantoms]
    assert len(set(used)) == 4
    assert all(draw(i, phantom_sections.SEED).grade == grade for i, grade, _ in quick_phantoms)


def noisy(fine, coarse, seed=0):
    """A section of fluid, grey and white matter with known variation in white matter."""
    rng = np.random.default_rng(seed)
    x, y = np.mgrid[:160, :160] - 79.5
    far = np.hypot(x, y)
    tissue = np.select([far < 40, far < 55, far < 70], [3, 2, 1], 0)
    level = np.array([0, 50, 80, 100])[tissue] * (
        1 + coarse * np.sin(x / 12) + fine * rng.normal(size=x.shape)
    )
    return Section("P", 0.5, {"t1": np.where(tissue > 0, level, 0)}, tissue > 0, None, None, (1.0, 1.0))


@pytest.mark.parametrize(("fine", "coarse"), [(0.03, 0.0), (0.0, 0.04), (0.03, 0.04)])
def test_variation_is_split_into_coarse_and_fine(fine, coarse):
    rows = pd.DataFrame(real_texture.measure(noisy(fine, coarse))).set_index("tissue")
    white = rows.loc["WM"]
    assert white["fine"] == pytest.approx(100 * fine, abs=0.4)
    assert white["coarse"] == pytest.approx(100 * coarse / np.sqrt(2), abs=0.5)
    assert rows["contrast"].to_dict() == pytest.approx({"CSF": 0.5, "GM": 0.8, "WM": 1.0}, abs=0.03)


def test_the_ratio_is_phantoms_over_patients(capsys):
    real = [noisy(0.04, 0, seed) for seed in range(3)]
    table = real_texture.compare(real, [noisy(0.02, 0, seed) for seed in range(4)])
    row = table.set_index(["tissue", "measure"]).loc[("WM", "fine")]
    assert row["ratio"] == pytest.approx(0.5, abs=0.05) and (row["real_n"], row["phantom_n"]) == (3, 4)
    real_texture.show(table)
    assert "t1    WM" in capsys.readouterr().out


def test_a_sheet_has_a_phantom_below_each_patient(real_ones, quick_phantoms, tmp_path, monkeypatch):
    out = tmp_path / "sheet.png"
    monkeypatch.setattr(sys, "argv", ["sheet", str(out), "--size", "64", "--modality", "t2", "flair"])
    sheet.main()
    picture = np.asarray(Image.open(out))
    assert picture.shape == (4 * 66 - 2, 2 * 66 - 2 + sheet.LEFT)
    tiles = [picture[66 * row :, sheet.LEFT :][:64, :64] for row in range(4)]
    assert all(tile[32, 32] > 0 and tile[0].max() == 0 for tile in tiles)
    monkeypatch.setattr(sys, "argv", ["sheet", str(out), "--size", "64", "--phantoms", "5", "--columns", "3"])
    sheet.main()
    assert Image.open(out).height == 8 * 66 - 2  # two lines of three, four modalities


def test_no_picture_of_a_patient_in_a_repository(tmp_path):
    (tmp_path / "clone" / ".git").mkdir(parents=True)
    patients.refuse_repository(tmp_path / "sheet.png")
    with pytest.raises(InputError, match="lies in the repository"):
        patients.refuse_repository(tmp_path / "clone" / "deep" / "sheet.png")

"""Phantoms with stroke: territories, shapes, signal, time, and the cohort on disk."""

import csv
import json
from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest
from typer.testing import CliRunner

from gancourse.cli import app
from gancourse.cohort.isles import find_stroke_patients
from gancourse.cohort.phantom import make_cohort, signal
from gancourse.cohort.phantom.anatomy import make_anatomy
from gancourse.cohort.phantom.maps import GM
from gancourse.cohort.phantom.mass_effect import coarse_points, jacobian
from gancourse.cohort.phantom.parameters import CLASSES
from gancourse.cohort.stroke import make_stroke_cohort, make_stroke_subject, patterns, timeline
from gancourse.cohort.stroke.arteries import BRANCHES, Territories, branches_of
from gancourse.cohort.stroke.diffusion_signal import DIFFUSION, mixed, shifted
from gancourse.cohort.stroke.infarct import FAR, Place, settled
from gancourse.cohort.stroke.infarct_maps import damage
from gancourse.cohort.stroke.mass import LEAST_ML, PushedAnatomy, pushed, swelling_ml
from gancourse.cohort.stroke.stroke_parameters import STROKE_VERSION, draw_stroke, stage
from gancourse.cohort.stroke.stroke_subject import make_stroke_phantom, make_stroke_place
from gancourse.errors import InputError

NO_REACH = dict.fromkeys(BRANCHES, 0.0)


@pytest.fixture(scope="session")
def drawn():
    return [draw_stroke(k, 0) for k in range(600)]


@pytest.fixture(scope="session")
def patient():
    """A patient with an infarct of 5 to 60 mL in the hemispheres, an old one, and thin slices."""
    return next(
        p
        for p in (draw_stroke(k, 3) for k in range(200))
        if p.stroke and p.old and p.stroke.pattern in ("cortical", "territory")
        if 5 < p.stroke.volume_ml < 60 and p.diffusion.scan.thickness_mm <= 4
    )


def test_strokes_are_as_large_as_in_patients_and_on_either_side(drawn):
    rng = np.random.default_rng(0)
    volumes = [patterns.draw_volume(rng) for _ in range(20000)]
    # 1,449 patients: 5 %, quartiles and median, 95 %
    assert np.quantile(volumes, [0.05, 0.25, 0.5, 0.75, 0.95]) == pytest.approx(
        [0.3, 2, 12.7, 52, 197], rel=0.12
    )
    strokes = [p.stroke for p in drawn if p.stroke]
    assert 0.9 < len(strokes) / len(drawn) < 0.99
    assert np.mean([s.side for s in strokes]) == pytest.approx(0, abs=0.12)
    assert {s.pattern for s in strokes} == set(patterns.PATTERNS)
    small = [s.pattern for s in strokes if s.volume_ml < 2]
    large = [s.pattern for s in strokes if s.volume_ml > 80]
    assert small.count("lacune") > 0.4 * len(small) and large.count("territory") > 0.6 * len(large)
    assert "lacune" not in large and "brain stem" not in large


def test_territories_hold_what_they_are_named_after():
    def where(x, y, z, names, side):
        point = np.array([[x], [y], [z]], np.float32)
        return Territories(point, NO_REACH).outside(names, side)[0] < 0

    mca = branches_of("MCA")
    assert where(45, -20, 45, mca, 1) and not where(-45, -20, 45, mca, 1) and where(-45, -20, 45, mca, -1)
    assert where(-6, 0, 60, branches_of("ACA"), -1) and not where(-6, 0, 60, mca, -1)
    assert where(10, -85, 5, branches_of("PCA"), 1) and where(20, -70, -45, ("PICA",), 1)
    assert where(25, 4, 3, ("MCA lenticulostriate",), 1) and where(-4, -24, -30, ("BA pontine",), -1)
    for name, landmarks in BRANCHES.items():
        held = [where(x, y, z, (name,), 1) for x, y, z, _ in landmarks]
        assert np.mean(held) > 0.6, name


def test_a_piece_is_settled_on_its_volume():
    n = 5000
    zeros = np.zeros(n, np.float32)
    place = Place(np.zeros((3, n)), np.zeros((3, n)), zeros, zeros, zeros + 9, 2.0)
    level = np.random.default_rng(0).random(n).astype(np.float32)
    found = settled(level, np.full(n, FAR), place, 8.0)
    assert (found < 0).sum() == 1000  # voxels of 0.008 mL
    others = np.where(np.arange(n) < 2500, -1.0, FAR)  # half of the room is taken
    assert ((settled(level, others, place, 8.0) < 0) & (others > 0)).sum() == 1000
    assert ((settled(level, others, place, 80.0) < 0) & (others > 0)).sum() == 2500  # all that there is


def test_diffusion_by_hand(patient):
    p = replace(patient.brain, texture=0.0)
    fractions = np.zeros((len(CLASSES), 1, 1, 1), np.float32)
    fractions[GM] = 1

    class Maps:
        brain = np.ones((1, 1, 1), bool)
        texture = np.zeros((3, 1, 1, 1), np.float32)

    Maps.fractions = fractions
    pd, t1, t2 = signal.tissue("GM", p)
    b0, dwi = mixed(p, Maps, (5000.0, 90.0, None), 1000.0, 0.6)
    expected = pd * (1 - np.exp(-5000 / t1)) * np.exp(-90 / t2)
    assert b0[0, 0, 0] == pytest.approx(expected, rel=1e-4)
    assert dwi[0, 0, 0] == pytest.approx(expected * np.exp(-0.6 * DIFFUSION["GM"]), rel=1e-4)


def test_what_piles_up_was_there_before():
    y = np.arange(60.0)
    image = np.broadcast_to(np.exp(-(((y - 30) / 12) ** 2))[None, :, None], (3, 60, 3)).copy()
    shift = np.broadcast_to(14 * np.exp(-(((y - 36) / 9) ** 2))[None, :, None], (3, 60, 3)).copy()
    kept, plain = shifted(image, shift, 2.0, 1, True), shifted(image, shift, 2.0, 1, False)
    assert kept.sum() == pytest.approx(image.sum(), rel=0.01) and abs(plain.sum() / image.sum() - 1) > 0.03
    assert kept.max() > 1.25 * image.max() and plain.max() <= image.max() + 1e-5


def test_flair_shows_infarcts_when_it_does_in_patients():
    def shows(low, high):
        rng = np.random.default_rng(0)
        found = []
        for _ in range(2000):
            course = timeline.draw_course(rng, float(np.exp(rng.uniform(*np.log([low, high])))), wide=False)
            pd, t1, t2 = signal.TISSUE["GM"]
            with_it, without = (
                signal.equation(signal.SEQUENCES["flair"], pd, t1 * a, t2 * b)
                for a, b in ((course.t1, course.t2), (1, 1))
            )
            found.append(with_it / without >= timeline.VISIBLE)
        return np.mean(found)

    assert shows(0.7, 3) < 0.05
    assert 0.03 < shows(0.7, 4.5) < 0.1 < shows(3, 4.5) < 0.35
    assert 0.6 < shows(5.5, 6.5) < 0.8 and 0.7 < shows(4.5, 12) < 0.85
    assert shows(12, 168) > 0.97


def test_diffusion_is_low_at_once_and_normal_after_a_week():
    rng = np.random.default_rng(0)
    adc = {
        h: np.mean([timeline.draw_course(rng, h, False).adc for _ in range(200)]) for h in (1, 24, 96, 168)
    }
    assert adc[1] == pytest.approx(adc[24], abs=0.02) and adc[24] < 0.6 < 0.65 < adc[168] < 1


def test_an_infarct_is_bright_on_dwi_and_dark_on_adc_and_flair_tells_its_age(patient):
    early = replace(patient, hours=1.5, course=timeline.Course(adc=0.48, t1=1.0, t2=1.04, swelling=0.0))
    late = replace(patient, hours=48.0, course=timeline.Course(adc=0.48, t1=1.22, t2=1.5, swelling=0.7))
    early, late = make_stroke_phantom(early), make_stroke_phantom(late)
    for phantom in (early, late):
        seg, images = phantom.seg > 0, phantom.images
        brain = (images["dwi"] > 0) & ~seg
        assert phantom.measured["volume_ml"] == pytest.approx(patient.stroke.volume_ml, rel=0.2)
        assert np.median(images["dwi"][seg]) > 1.2 * np.median(images["dwi"][brain])
        assert np.median(images["adc"][seg]) < 0.75 * np.median(images["adc"][brain])
        assert not (images["dwi"][seg] == 0).any(), "infarct outside the brain"
        assert not (seg & (phantom.old > 0)).any() and phantom.old.any()
        assert all(image.dtype == np.int16 and image.shape == (120, 120, 78) for image in images.values())
        old = phantom.old > 0  # water moves freely in its cavity
        assert images["adc"][old].mean() > 1.2 * np.median(images["adc"][brain & ~old])
    assert not early.measured["flair_visible"] and early.measured["flair_ratio"] < 1.1
    assert late.measured["flair_visible"] and late.measured["flair_ratio"] > 1.25
    assert late.measured["dwi_ratio"] > early.measured["dwi_ratio"] + 0.2  # T2 shines through
    assert late.measured["adc_ratio"] == pytest.approx(early.measured["adc_ratio"], abs=0.12)


def test_an_infarct_lies_where_it_lies_without_scans_and_at_another_spacing(patient):
    still = replace(patient, old=None, diffusion=replace(patient.diffusion, distortion_mm=0.0))
    seg = make_stroke_phantom(still, 3.0).seg > 0
    place = make_stroke_place(still, 3.0)
    found = np.zeros_like(seg)
    found[tuple(np.rint((place.points - 1) / 3).astype(int))] = True
    assert 2 * (seg & found).sum() / (seg.sum() + found.sum()) > 0.95
    coarse = make_stroke_place(still, 4.0)
    np.testing.assert_allclose(coarse.points.mean(1), place.points.mean(1), atol=2.5)
    assert np.sign(coarse.mni[0].mean()) == still.stroke.side == np.sign(place.mni[0].mean())


@pytest.fixture(scope="session")
def large():
    """A patient with a large infarct in one hemisphere, three days old, of a brain that is not atrophic."""
    p = next(
        p
        for p in (draw_stroke(k, 5) for k in range(200))
        if p.stroke and p.stroke.pattern == "territory" and p.brain.ventricle_mm < 3
        if 80 < p.stroke.volume_ml < 150
        if any("lenticulostriate" in name for name in p.stroke.branches)
    )
    return replace(p, hours=72.0, oedema=0.5, course=timeline.Course(0.48, 1.2, 1.5, swelling=0.8))


def test_a_large_infarct_pushes_the_midline_away_and_narrows_its_ventricle(large):
    anatomy = make_anatomy(large.brain, stage(large, 1))
    after = pushed(large, anatomy)
    assert isinstance(after, PushedAnatomy) and 1.5 < after.midline_mm < 15
    assert jacobian(after.push.forward).min() > 0.2, "folded"
    points = coarse_points()
    x, y, z = anatomy.to_template(points)
    middle = (np.abs(x) < 3) & (np.abs(y) < 25) & (z > -5) & (z < 22)
    # Points lie in LPS, where the right hemisphere has the small x.
    moved = (after.push.to_present(points) - points)[0][middle]
    assert np.sign(moved.mean()) == large.stroke.side
    before, later = (a.tissue(points) for a in (anatomy, after))
    own = np.sign(x) == large.stroke.side
    for side, least, most in ((own, 0.2, 0.92), (~own, 0.5, 1.05)):
        kept = ((later.wall_mm < 0) & side).sum() / ((before.wall_mm < 0) & side).sum()
        assert least < kept < most, kept
    assert abs(later.brain.sum() / before.brain.sum() - 1) < 0.02, "the skull gives no way"


def test_little_swelling_and_no_stroke_push_nothing(large):
    anatomy = make_anatomy(large.brain, stage(large, 1))
    for p in (
        replace(large, oedema=0.0),
        replace(large, stroke=None),
        replace(large, course=replace(large.course, swelling=0.0)),
        replace(large, stroke=replace(large.stroke, volume_ml=5.0)),
    ):
        assert swelling_ml(p) < LEAST_ML and pushed(p, anatomy) is anatomy


def test_all_scans_and_labels_are_pushed_alike(large):
    """Fluid of the pushed ventricle is dark on FLAIR and free in ADC at the same place."""
    still = replace(large, diffusion=replace(large.diffusion, distortion_mm=0.0), old=None)
    phantom = make_stroke_phantom(still, 3.0)
    assert phantom.measured["midline_mm"] > 1.5
    assert phantom.measured["volume_ml"] == pytest.approx(large.stroke.volume_ml, rel=0.2)
    brain = (phantom.images["dwi"] > 0) & (phantom.images["flair"] > 0)
    fluid = brain & (phantom.images["adc"] > 2400)
    flair = phantom.images["flair"]
    assert np.median(flair[fluid]) < 0.75 * np.median(flair[brain])
    assert not (phantom.seg[fluid] > 0).mean() > 0.05


def test_damage_is_uneven_and_whole_without_patches(large):
    points = np.indices((20, 20, 20), np.float32) * 2 + 60
    even = replace(large, stroke=replace(large.stroke, patchy=0.0))
    patchy = damage(replace(large, stroke=replace(large.stroke, patchy=0.7)), points)
    assert (damage(even, points) == 1).all()
    assert 0.3 < patchy.min() < 0.7 and patchy.max() == 1 and patchy.std() > 0.05


def test_healthy_tracts_and_limbic_cortex_are_brighter_on_dwi_only_there(patient):
    def made(tract, limbic):
        how = replace(patient.diffusion, tract=tract, limbic=limbic)
        return make_stroke_phantom(replace(patient, stroke=None, old=None, diffusion=how), 3.0).images

    plain, bright = made(0.0, 0.0), made(0.3, 0.2)
    both = plain["dwi"] > 0
    gain = bright["dwi"][both] / plain["dwi"][both]
    assert 1.12 < np.quantile(gain, 0.999) < 1.4 and np.median(gain) < 1.02
    assert np.array_equal(plain["flair"], bright["flair"])


def test_scans_are_those_of_a_stroke_unit(drawn):
    scans = [scan for p in drawn for scan in p.brain.scans.values()]
    assert 0.75 < np.mean([s.slice_axis == 2 for s in scans]) < 0.95
    assert max(s.noise for s in scans) <= 0.14 and not any(s.missing_low or s.missing_high for s in scans)
    assert np.mean([p.brain.stripping.cut_mm > 0 for p in drawn]) < 0.06
    assert all(p.brain.stripping.cut_mm <= 15 for p in drawn)


def test_same_bytes_for_any_number_of_workers_and_subjects(tmp_path):
    one = make_stroke_cohort(tmp_path / "one", subjects=1, spacing=4, workers=1, progress=False)
    stamps = {file: file.stat().st_mtime_ns for file in one.rglob("*.nii.gz")}
    make_stroke_cohort(one, subjects=2, spacing=4, workers=1, progress=False)  # adding later changes nothing
    assert len(stamps) >= 6 and all(file.stat().st_mtime_ns == stamp for file, stamp in stamps.items())
    two = make_stroke_cohort(tmp_path / "two", subjects=2, spacing=4, workers=2, progress=False)
    files = sorted(p.relative_to(two) for p in two.rglob("*.*") if p.is_file())
    assert files == sorted(p.relative_to(one) for p in one.rglob("*.*") if p.is_file())
    for file in files:
        assert (one / file).read_bytes() == (two / file).read_bytes(), file
    # What was killed between labels and images is made again.
    (one / "sub-strokecase0002").rename(tmp_path / "away")
    make_stroke_cohort(one, subjects=2, spacing=4, workers=1, progress=False)
    assert all((one / file).read_bytes() == (two / file).read_bytes() for file in files)
    assert not list(one.rglob("*.part"))


def test_files_are_isles_2022_and_the_table_says_what_was_drawn(tmp_path):
    out = make_stroke_cohort(tmp_path / "c", subjects=2, spacing=4, seed=2, progress=False, workers=1)
    folder = out / "sub-strokecase0001" / "ses-0001"
    for kind, suffix in (("dwi", "dwi"), ("dwi", "adc"), ("anat", "FLAIR"), ("anat", "T1w"), ("anat", "T2w")):
        image = nib.load(folder / kind / f"sub-strokecase0001_ses-0001_{suffix}.nii.gz")
        assert image.get_data_dtype() == np.int16 and nib.aff2axcodes(image.affine) == ("L", "P", "S")
    mask = out / "derivatives" / "sub-strokecase0001" / "ses-0001" / "sub-strokecase0001_ses-0001_msk.nii.gz"
    assert nib.load(mask).get_data_dtype() == np.uint8
    with (out / "subjects.csv").open() as file:
        rows = list(csv.DictReader(file))
    for k, (found, row) in enumerate(zip(find_stroke_patients(out), rows, strict=True)):
        made = make_stroke_subject(k, seed=2, spacing=4)
        assert found.id == row["subject"] and found.modalities == ("dwi", "adc", "flair", "t1", "t2")
        for modality in found.modalities:
            np.testing.assert_array_equal(found.load(modality), made.images[modality])
        np.testing.assert_array_equal(found.seg(), made.seg)
        assert float(row["measured_volume_ml"]) == pytest.approx(made.seg.sum() * found.voxel_ml, abs=1e-3)
        assert float(row["hours"]) == made.parameters.hours and row["stroke_version"] == str(STROKE_VERSION)
        assert row["measured_flair_visible"] in ("True", "False") and not any(
            "tumour" in name for name in row
        )
        brain, stripped = found.brain()
        assert stripped and brain.sum() * found.voxel_ml > 800


@pytest.mark.parametrize(
    "arguments, expected",
    [
        (dict(subjects=0), "subjects 0"),
        (dict(spacing=0.5), "spacing 0.5"),
        (dict(randomisation="narrow"), "'narrow'"),
        (dict(seed=-1), "seed -1"),
        (dict(workers=0), "workers 0"),
    ],
)
def test_bad_values_are_named_and_nothing_is_written(tmp_path, arguments, expected):
    with pytest.raises(InputError, match=expected):
        make_stroke_cohort(tmp_path / "c", progress=False, **arguments)
    assert not (tmp_path / "c").exists()


def test_the_command_refuses_what_a_stroke_has_not(tmp_path):
    command = ["cohort", "make", "--pathology", "stroke", "--out", str(tmp_path / "c")]
    for more in (["--head"], ["--kind", "small"]):
        shown = CliRunner().invoke(app, command + more)
        assert shown.exit_code == 2 and "--pathology stroke: has neither --head nor --kind" in shown.stderr
    assert not (tmp_path / "c").exists()


def test_cohorts_of_tumours_and_strokes_and_of_other_versions_are_not_mixed(tmp_path):
    settings = dict(seed=0, spacing=4.0, randomisation="realistic", version=2, kind="any", head=False)
    (tmp_path / "cohort.json").write_text(json.dumps(settings))
    with pytest.raises(InputError, match="pathology None instead of 'stroke'"):
        make_stroke_cohort(tmp_path, spacing=4, progress=False)
    settings = dict(
        pathology="stroke", stroke_version=0, **{k: v for k, v in settings.items() if k[0] not in "kh"}
    )
    (tmp_path / "cohort.json").write_text(json.dumps(settings))
    with pytest.raises(InputError, match="stroke_version 0 instead of 2"):
        make_stroke_cohort(tmp_path, spacing=4, progress=False)
    with pytest.raises(InputError, match="pathology 'stroke' instead of None"):
        make_cohort(tmp_path, spacing=4, progress=False)

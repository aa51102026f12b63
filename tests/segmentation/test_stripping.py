"""Heads stripped: scanned for training, trained and taken up again, applied in any grid, and said so."""

import nibabel as nib
import numpy as np
import pytest
from ball import Thresholds, centred, write
from typer.testing import CliRunner

from gancourse import export
from gancourse.cli import app
from gancourse.cohort.brats import brain_mask, find_subjects
from gancourse.cohort.phantom.head_volumes import write_heads
from gancourse.errors import InputError
from gancourse.segmentation import stripping, stripping_training
from gancourse.segmentation.heads import brain_of_head
from gancourse.segmentation.stripping_synthesis import GRID, UNKNOWN, normalise, synthesise
from gancourse.segmentation.stripping_training import StripperRecipe, distance_loss

SMALL = StripperRecipe(filters=(2, 2, 2), ema=0.5)
RADII = np.array([66.0, 84.0, 62.0])
SKIN = 16.0  # mm round the brain: a dark shell and a bright one


@pytest.fixture(scope="module")
def heads(tmp_path_factory):
    return write_heads(tmp_path_factory.mktemp("heads") / "heads", 1, seed=3, workers=1, progress=False)


class Bright:
    """A network that takes what is neither dark nor as bright as the scalp for brain."""

    def __call__(self, volumes, training=False):
        import tensorflow as tf

        return 1 - tf.abs(volumes - 0.45) * 4


@pytest.fixture
def bright(monkeypatch):
    stripper = stripping.Stripper(Bright())
    monkeypatch.setattr(stripping, "load", lambda: stripper)
    return stripper


def depth_on(shape, affine):
    """Depth in mm, about, in an ellipsoid round the origin, at the voxels of a grid."""
    points = affine[:3, :3] @ np.indices(shape).reshape(3, -1) + affine[:3, 3:]
    scaled = np.linalg.norm(points / RADII[:, None], axis=0)
    return ((1 - scaled) * RADII.mean()).reshape(shape)


def head_scan(shape, affine, skull=True):
    """An ellipsoid of 100, in a dark shell of 5 in a bright one of 220 if it has a skull."""
    depth = depth_on(shape, affine)
    texture = 8 * np.sin(np.arange(depth.size)).reshape(shape)
    image = np.where(depth > 0, 100 + texture, 0)
    if skull:
        image = np.where((depth <= 0) & (depth > -SKIN), 4 + texture / 4, image)
        image = np.where((depth <= -8) & (depth > -SKIN), 220 + texture, image)
    return np.clip(image, 0, None).astype(np.float32)


GRIDS = [
    ((100, 120, 100), np.diag([-2.0, 2.0, 2.0])),
    ((30, 124, 110), np.diag([6.5, 1.7, 1.9])),  # thick sagittal slices
    ((112, 24, 126), np.array([[0, 0, 1.7], [1.9, 0, 0], [0, -7.0, 0]])),  # axes in another order
]


@pytest.mark.parametrize("grid", GRIDS, ids=["cubes", "sagittal", "turned"])
def test_a_brain_is_found_in_any_grid(bright, tmp_path, grid):
    shape, matrix = grid
    affine = centred(shape, matrix)
    head = head_scan(shape, affine)
    path = write(tmp_path / "head.nii.gz", head.astype(np.int16), affine)
    result = CliRunner().invoke(app, ["strip", str(path), "-o", str(tmp_path / "brain.nii.gz")])
    assert result.exit_code == 0, result.output
    made = nib.load(tmp_path / "brain.nii.gz")
    kept, truth = np.asarray(made.dataobj), depth_on(shape, affine) > 0
    np.testing.assert_allclose(made.affine, affine, atol=1e-5)
    assert kept.dtype == np.int16
    dice = 2 * (truth & (kept > 0)).sum() / (truth.sum() + (kept > 0).sum())
    assert dice > 0.9
    np.testing.assert_array_equal(kept[kept > 0], head.astype(np.int16)[kept > 0])
    millilitres = truth.sum() * abs(np.linalg.det(affine[:3, :3])) / 1000
    assert abs(float(result.stdout.split(": ")[1].split(" mL")[0]) - millilitres) < 0.12 * millilitres


def test_a_stripped_brain_is_left_as_it_is(bright, tmp_path):
    shape, matrix = GRIDS[0]
    affine = centred(shape, matrix)
    brain = head_scan(shape, affine, skull=False).astype(np.int16)
    brain[brain > 0] //= 2
    brain[40:60, 50:70, 40:60] = 110  # a lesion
    path = write(tmp_path / "a.nii.gz", brain, affine)
    result = CliRunner().invoke(app, ["strip", str(path), "-o", str(tmp_path / "b.nii.gz")])
    assert result.exit_code == 0 and "no skull seen" in result.stdout, result.output
    np.testing.assert_array_equal(np.asarray(nib.load(tmp_path / "b.nii.gz").dataobj), brain)


def test_a_folder_is_stripped_by_one_mask_and_segment_says_so(bright, tmp_path, monkeypatch):
    import sys
    from types import SimpleNamespace

    fake = Thresholds()
    monkeypatch.setitem(sys.modules, "gancourse.segmentation.segmenter", SimpleNamespace(load=lambda: fake))
    monkeypatch.chdir(tmp_path)
    shape, matrix = GRIDS[0]
    affine = centred(shape, matrix)
    home = tmp_path / "Brats18_HEAD_1_1"
    home.mkdir()
    for modality, gain in (("t1", 1), ("flair", 2)):
        write(home / f"{home.name}_{modality}.nii.gz", gain * head_scan(shape, affine), affine)
    write(home / f"{home.name}_seg.nii.gz", np.zeros(shape, np.uint8), affine)
    result = CliRunner().invoke(app, ["strip", str(home), "-o", "out"])
    assert result.exit_code == 0, result.output
    t1, flair = (nib.load(f"out/{home.name}_{m}.nii.gz").get_fdata() for m in ("t1", "flair"))
    np.testing.assert_array_equal(t1 > 0, flair > 0)
    assert (tmp_path / "out" / f"{home.name}_seg.nii.gz").is_file()

    result = CliRunner().invoke(app, ["segment", str(home)])
    assert result.exit_code == 0, result.output
    assert "a skull is seen" in result.stdout.splitlines()[0] and "mL of brain kept" in result.stdout
    labels = np.asarray(nib.load(f"{home.name}-seg.nii.gz").dataobj)
    assert not labels[depth_on(shape, affine) < -4].any()
    result = CliRunner().invoke(app, ["segment", str(home), "--no-strip"])
    assert result.exit_code == 2 and "strip it first, with `gancourse strip`" in result.output
    result = CliRunner().invoke(app, ["cohort", "check", str(home)])
    assert result.exit_code == 1 and result.stdout.count("a head with its skull") == 2
    result = CliRunner().invoke(app, ["cohort", "slice", str(home), "--out", "slices"])
    assert result.exit_code == 2 and "strip it first, with `gancourse strip`" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.nii.gz", "-o", "b.nii.gz"], "nowhere.nii.gz"),
        (["head.nii.gz", "-o", "b.mha"], "b.mha: expected a name that ends in .nii.gz or .nii"),
        (["head.nii.gz", "-o", "head.nii.gz"], "is the head itself; choose another name"),
        (["head.nii.gz", "-o", "no/../head.nii.gz"], "is the head itself"),
        (["head.txt", "-o", "b.nii.gz"], "expected a scan that ends in .nii.gz"),
        (["flat.nii.gz", "-o", "b.nii.gz"], "one value everywhere, expected a head"),
        (["empty", "-o", "b"], "empty"),
        (["home", "-o", "home"], "expected a new folder for the brain"),
    ],
)
def test_bad_input_in_one_line(bright, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    affine = centred((40, 40, 40), np.diag([-4.0, 4, 4]))
    write(tmp_path / "head.nii.gz", head_scan((40, 40, 40), affine), affine)
    write(tmp_path / "flat.nii.gz", np.ones((40, 40, 40), np.float32), affine)
    (tmp_path / "head.txt").write_text("no scan")
    (tmp_path / "no").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "home").mkdir()
    write(tmp_path / "home" / "Brats18_A_1_1_t1.nii.gz", head_scan((40, 40, 40), affine), affine)
    result = CliRunner().invoke(app, ["strip", *arguments])
    assert result.exit_code == 2 and said in result.output, result.output
    assert result.output.count("\n") == 1
    assert not (tmp_path / "b.nii.gz").exists() and not (tmp_path / "b").exists()


def test_scans_for_training(heads):
    head = np.load(next(heads.glob("0*.npy")))
    shown = 0
    for k in range(6):
        volume, target = synthesise(head, np.random.default_rng([1, k]))
        again = synthesise(head, np.random.default_rng([1, k]))
        np.testing.assert_array_equal(volume, again[0])
        assert volume.shape == target.shape == GRID and volume.dtype == target.dtype == np.float32
        assert volume.min() >= 0 and volume.max() <= 1
        known = target != UNKNOWN
        assert not volume[~known].any() and np.abs(target[known]).max() <= 1
        shown += (target[known] > 0).sum() * 0.027 > 300
    assert shown >= 3


def test_normalise_ignores_units():
    volume = np.random.default_rng(0).normal(size=(8, 8, 8))
    seen = np.ones((8, 8, 8), bool)
    seen[:2] = False
    np.testing.assert_allclose(normalise(3 * volume + 7, seen), normalise(volume, seen), atol=1e-5)
    assert not normalise(volume, seen)[:2].any()


def test_the_loss_leaves_out_what_is_not_known():
    target = np.array([0.5, -1.0, UNKNOWN], np.float32).reshape(1, 3, 1, 1, 1)
    output = np.array([0.3, -2.0, 5.0], np.float32).reshape(1, 3, 1, 1, 1)
    assert float(distance_loss(target, output)) == pytest.approx((0.2 + 0.01) / 2, abs=1e-6)


def test_goes_on_where_it_stopped(heads, tmp_path, monkeypatch):
    monkeypatch.setattr(stripping_training, "STEPS", 1)
    train = stripping_training.train
    train(SMALL, heads, tmp_path / "whole", epochs=2, precision="float32", verbose=0)
    train(SMALL, heads, tmp_path / "parts", epochs=2, minutes=1e-6, precision="float32", verbose=0)
    first, about = export.load_run(tmp_path / "parts", "stripper")
    assert len(about["history"]) == 1
    train(SMALL, heads, tmp_path / "parts", epochs=2, precision="float32", verbose=0)
    whole, parts = (export.load_run(tmp_path / name, "stripper")[0] for name in ("whole", "parts"))
    for a, b in zip(whole.get_weights(), parts.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert any((b != c).any() for b, c in zip(parts.get_weights(), first.get_weights(), strict=True))
    with pytest.raises(InputError, match="was trained with"):
        train(StripperRecipe(filters=(2, 2)), heads, tmp_path / "parts", epochs=2, verbose=0)

    result = CliRunner().invoke(app, ["export", "stripper", str(tmp_path / "none"), "--heads", str(heads)])
    assert result.exit_code == 2 and "no checkpoint there" in result.output
    from functools import partial

    score = partial(
        lambda network, settings, files: stripping.score(network, files), files=[*heads.glob("0*.npy")]
    )
    card = export.export(tmp_path / "whole", "stripper", "stripper", score, folder=tmp_path / "weights")
    assert card.kind == "stripper" and 0 <= card.scores["dice"] <= 1
    stored = stripping.load(folder=tmp_path / "weights")
    volume = np.random.default_rng(0).random((1, 32, 32, 32, 1), np.float32)
    np.testing.assert_allclose(
        stored.network(volume, training=False), whole(volume, training=False), atol=2e-2
    )


def test_what_hangs_on_the_brain_by_a_bridge_is_left_out():
    affine = centred((80, 90, 80), np.diag([-3.0, 3, 3]))
    depth = np.clip(depth_on((80, 90, 80), affine), -10, 10)
    neck = np.full_like(depth, -10)
    neck[36:44, 41:49, :16] = 2  # muscle, as wide as a neck's, that is called brain without conviction
    mask = stripping.outline(np.maximum(depth, neck), (3, 3, 3))
    assert not mask[36:44, 41:49, :10].any() and mask[depth > -stripping.MARGIN_MM + 1].all()
    empty = stripping.outline(np.full((8, 8, 8), -5.0), (3, 3, 3))
    assert not empty.any()


def test_real_heads_are_stripped_round_their_tumours_and_brains_are_left(real):
    stripper = stripping.load()
    for name in ("TCGA_CS_4941_19960909", "TCGA_HT_7475_19970918"):
        (person,) = find_subjects(real / "patients" / "lgg" / "LGG" / name, "2018")
        brain = brain_of_head(person, lambda: stripper)
        assert brain and (brain.mask & (person.seg() > 0)).sum() > 0.98 * (person.seg() > 0).sum()
        assert 850 < brain.mask.sum() * person.voxel_ml < 1700
    for folder in ("ibsr/healthy/IBSR_07", "brats2015/HGG/brats_2013_pat0004_1"):
        (person,) = find_subjects(real / "patients" / folder, "2018")
        assert brain_of_head(person, lambda: stripper) is None
        found = stripper.find_brain([person.load(m) for m in person.modalities], person.zooms)
        whole = np.logical_or.reduce([brain_mask(person.load(m)) for m in person.modalities])
        assert not found.has_skull
        assert 2 * (found.mask & whole).sum() > 0.94 * (found.mask.sum() + whole.sum())

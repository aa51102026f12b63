"""Slices: the right way up, the right way round, never by halves, and batches in a known order."""

import tracemalloc
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from gancourse.cohort import planes, slices
from gancourse.cohort.brain import brain_mask
from gancourse.cohort.brats import Subject, find_subjects
from gancourse.cohort.planes import normalise, resampling_matrix
from gancourse.cohort.slices import SliceSet, make_slices, split_of
from gancourse.errors import InputError

SETTINGS = {"size": 16, "fov_mm": 128.0, "step_mm": 4.0, "modalities": ("t1", "flair")}


def write(lps: np.ndarray, path: Path, zooms=(4.0, 8.0, 3.0), axes="PSR") -> None:
    """Write an LPS array in an awkward orientation, with an origin away from 0."""
    image = nib.Nifti1Image(lps, np.diag([-zooms[0], -zooms[1], zooms[2], 1.0]) + np.eye(4, k=3) * 7)
    turn = nib.orientations.ornt_transform(
        nib.orientations.axcodes2ornt("LPS"), nib.orientations.axcodes2ornt(axes)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    image.as_reoriented(turn).to_filename(path)


def make_subject(folder: Path, number: int = 1, modalities=("t1", "flair"), seg=True, tissue=True) -> Path:
    """A box as large as a brain, bright at its right, anterior, superior corner. Voxels of 4 x 8 x 3 mm."""
    rng = np.random.default_rng(number)
    brain = np.zeros((16, 12, 14), np.int16)
    brain[2:14, 2:10, 2:12] = rng.integers(100, 140, (12, 8, 10))
    brain[2:7, 2:5, 8:12] = 300
    labels = np.zeros(brain.shape, np.uint8)
    labels[8:13, 5:9, 4:9], labels[10:12, 6:8, 5:8] = 2, 4
    id = f"Brats18_TINY_{number:03d}_1"
    for modality in modalities:
        write(brain, folder / id / f"{id}_{modality}.nii.gz")
    if seg:
        write(labels, folder / id / f"{id}_seg.nii.gz")
    if tissue:
        write((brain > 0).astype(np.uint8) * 3, folder / id / f"{id}_tissue.nii.gz")
    return folder


@pytest.fixture(scope="module")
def subjects(tmp_path_factory) -> list[Subject]:
    folder = tmp_path_factory.mktemp("tiny")
    for number in range(1, 13):
        make_subject(folder, number)
    return find_subjects(folder)


@pytest.fixture(scope="module")
def sliced(subjects, tmp_path_factory) -> SliceSet:
    return make_slices(subjects, tmp_path_factory.mktemp("sliced") / "slices", **SETTINGS)


@pytest.mark.parametrize(
    "plane, span", [("axial", (0.7, 0.8)), ("coronal", (0.1, 0.4)), ("sagittal", (0.1, 0.3))]
)
def test_slices_are_in_radiological_convention(subjects, tmp_path, plane, span):
    """Right, anterior, superior is bright: top left of every plane (sagittal: anterior is on the left)."""
    made = make_slices(subjects[:1], tmp_path / plane, plane=plane, span=span, **SETTINGS)
    image = made.images[0, :, :, 0].astype(float)
    corners = {(r, c): image[8 * r : 8 * r + 8, 8 * c : 8 * c + 8].max() for r in (0, 1) for c in (0, 1)}
    assert [corner for corner, brightest in corners.items() if brightest > 0.5] == [(0, 0)]


def test_sizes_and_positions_are_in_millimetres(sliced):
    mask = sliced.images[0, :, :, 0] > -1  # 12 voxels of 4 mm across and 8 of 8 mm down, in pixels of 8 mm
    assert mask.any(0).sum() in (6, 7) and mask.any(1).sum() in (8, 9)
    first = sliced.table[sliced.table["subject"] == sliced.table["subject"][0]]
    assert np.allclose(np.diff(first["position_mm"]), 3, atol=1e-3)
    assert np.allclose(first["position_mm"], first["position"] * 27, atol=0.01)
    assert first["position"].between(0.45, 0.8).all() and (first["brain_mm2"] == 12 * 8 * 32).all()
    assert (first["wm_mm2"] == first["brain_mm2"]).all() and (first["gm_mm2"] == 0).all()
    assert first["wt_mm2"].max() == 5 * 4 * 32 and first["et_mm2"].max() == 2 * 2 * 32
    assert np.array_equal(sliced.table["tumour_px"], (np.asarray(sliced.seg) > 0).sum((1, 2)))


@pytest.mark.parametrize(("zoom", "pixel"), [(1.0, 3.25), (2.0, 3.25), (5.0, 3.25), (1.0, 1.0), (0.7, 2.0)])
def test_resampling_keeps_constants_and_lines(zoom, pixel):
    weights = resampling_matrix(100, zoom, 50.0, 8, pixel).astype(float)
    centres = (np.arange(8) - 3.5) * pixel
    assert np.allclose(weights.sum(1), 1, atol=1e-6)
    assert np.allclose(weights @ ((np.arange(100) - 50) * zoom), centres, atol=0.15 * pixel)
    if zoom < pixel:  # stripes finer than a pixel turn grey instead of into coarse stripes
        assert np.ptp(weights @ (np.arange(100) % 2)) < 0.5


def test_labels_are_by_majority_and_never_new(sliced):
    assert set(np.unique(sliced.seg)) == {0, 2, 4}
    volume = np.zeros((8, 8, 3), np.uint8)
    volume[:4], volume[4:] = 1, 4
    volume[2, 3] = 2  # one voxel of the four in a pixel
    cut = planes.Cut.through(np.ones(volume.shape, bool), (1, 1, 1), "axial", 8, 16.0, (0.4, 0.6), 1)
    expected = np.zeros((8, 8), np.uint8)
    expected[2:6, 2:4], expected[2:6, 4:6] = 1, 4
    assert np.array_equal(cut.labels(volume), expected[None])
    shifted = planes.Cut.through(np.ones(volume.shape, bool), (1, 1, 1), "axial", 7, 14.0, (0.4, 0.6), 1)
    assert set(np.unique(shifted.labels(volume))) <= {0, 1, 4}  # between 0 and 4 or 1 and 4 lies no 2


def test_normalise_uses_the_brain_alone():
    rng = np.random.default_rng(0)
    volume = np.zeros((20, 20, 20), np.float32)
    volume[4:16, 4:16, 4:16] = rng.normal(500, 50, (12, 12, 12))
    volume[8, 8, 8] = 1e5  # one hot voxel
    out = normalise(volume, brain_mask(volume))
    assert out.dtype == np.float32 and out.min() == -1 and out.max() == 1 and (out[:4] == -1).all()
    assert abs(np.median(out[4:16, 4:16, 4:16])) < 0.1


@pytest.mark.parametrize("background", [0, -136, 12.5])
def test_brain_mask_of_other_pipelines(background):
    rng = np.random.default_rng(0)
    volume = np.full((20, 20, 20), background, np.float32)
    volume[4:16, 4:16, 4:16] += 100 + rng.random((12, 12, 12), dtype=np.float32)
    volume[9:11, 9:11, 9:11] = background  # a hole: CSF of 0
    volume[2, 2, 2] += 5  # a speck
    volume[3, 4:8, 5] -= 9  # ringing
    expected = np.zeros(volume.shape, bool)
    expected[4:16, 4:16, 4:16] = True
    assert np.array_equal(brain_mask(volume), expected)
    scored = np.where(expected, rng.normal(size=volume.shape), 0)
    assert np.array_equal(brain_mask(scored), expected)


def test_missing_slab_is_not_brain_and_its_ends_are():
    volume = np.zeros((20, 20, 20), np.float32)
    volume[4:16, 4:16, 2:7] = volume[4:16, 4:16, 9:18] = 100
    volume[5, 5, 3] = 90
    assert np.array_equal(brain_mask(volume), volume > 0)


def test_missing_modality_is_blank_and_said(tmp_path):
    subject = find_subjects(make_subject(tmp_path / "in", modalities=("t1",), seg=False, tissue=False))
    made = make_slices(subject, tmp_path / "out", **SETTINGS)
    assert (made.images[..., 1] == -1).all() and made.images[..., 0].max() > 0
    assert (made.table["missing"] == "flair").all()
    assert made.table[["tumour_px", "wt_mm2", "gm_mm2"]].isna().all(None) and not made.seg.any()
    with pytest.raises(InputError, match="0 slices"):
        made.dataset(None, "flair", 1)
    with pytest.raises(InputError, match="0 slices"):
        made.dataset(None, "t1", 1, seg=True)


def test_no_patient_is_in_two_splits_and_nobody_moves(subjects, sliced, tmp_path):
    visits = [replace(s, id=f"{s.patient}_{v}") for s in subjects for v in (1, 2)]
    table = make_slices(visits, tmp_path / "visits", **SETTINGS).table
    assert (table.groupby("patient")["subject"].nunique() == 2).all()
    assert (table.groupby("patient")["split"].nunique() == 1).all()
    both = table.merge(sliced.table, on=["subject", "index"], suffixes=("", "_before"))
    assert len(both) == len(sliced) and (both["split"] == both["split_before"]).all()


def test_shares_of_the_splits():
    names, counts = np.unique([split_of(f"patient {k}") for k in range(4000)], return_counts=True)
    assert list(names) == ["test", "train", "validation"]
    assert np.allclose(counts / 4000, [0.15, 0.7, 0.15], atol=0.02)
    # Pinned: a change would mix everybody's splits, and what a trained network has seen.
    assert [split_of(p) for p in ("Brats18_2013_10", "BraTS19_CBICA_ALU", "BRATS_001")] == [
        "test",
        "test",
        "test",
    ]


def test_same_input_is_reused_and_other_is_not(subjects, tmp_path, monkeypatch, capsys):
    out = tmp_path / "slices"
    first = make_slices(subjects[:2], out, **SETTINGS)
    with monkeypatch.context() as patch:
        patch.setattr(slices, "slice_subject", lambda *a, **k: pytest.fail("was cut again"))
        assert np.array_equal(make_slices(subjects[:2], out, **SETTINGS).images, first.images)
        with pytest.raises(InputError, match="size=16 where 32"):
            make_slices(subjects[:2], out, **{**SETTINGS, "size": 32})
    assert len(make_slices(subjects[:3], out, **SETTINGS)) > len(first)
    assert "subjects have changed" in capsys.readouterr().out
    assert make_slices(subjects[:3], out, **{**SETTINGS, "size": 32}, overwrite=True).images.shape[1] == 32
    assert [p.name for p in tmp_path.iterdir()] == ["slices"]


def test_file_written_again_is_noticed(tmp_path, capsys):
    folder = make_subject(tmp_path / "in")
    make_slices(find_subjects(folder), tmp_path / "out", **SETTINGS)
    make_subject(folder)
    make_slices(find_subjects(folder), tmp_path / "out", **SETTINGS)
    assert "changed" in capsys.readouterr().out


@pytest.mark.parametrize("before", [False, True])
def test_interrupted_run_leaves_what_was_there(subjects, tmp_path, monkeypatch, before):
    out, real = tmp_path / "slices", slices.slice_subject
    if before:
        old = np.array(make_slices(subjects[:1], out, **SETTINGS).images)

    def stops(subject, **arguments):
        if subject.id == subjects[3].id:
            raise KeyboardInterrupt
        return real(subject, **arguments)

    monkeypatch.setattr(slices, "slice_subject", stops)
    with pytest.raises(KeyboardInterrupt):
        make_slices(subjects, out, overwrite=True, workers=1, **SETTINGS)
    assert [p.name for p in tmp_path.iterdir()] == (["slices"] if before else [])
    if before:
        assert np.array_equal(SliceSet.open(out).images, old)


def test_workers_change_nothing(subjects, tmp_path, sliced):
    alone = make_slices(subjects, tmp_path / "alone", workers=1, **SETTINGS)
    for name in ("images", "seg", "tissue"):
        assert np.array_equal(getattr(alone, name), getattr(sliced, name))
    assert alone.table.equals(sliced.table)


def test_memory_does_not_grow_with_subjects(subjects, tmp_path):
    def peak(count: int) -> int:
        many = [replace(subjects[k % 12], id=f"{k}", patient=f"{k}") for k in range(count)]
        tracemalloc.start()
        made = make_slices(many, tmp_path / f"{count}", size=128, fov_mm=64, step_mm=3, workers=1)
        tracemalloc.stop()  # opening the table is left out: it is read as a whole
        assert len(made.table["subject"].unique()) == count
        return highest[-1]

    highest, write_slices = [], slices._write

    def measured(*arguments):
        tracemalloc.reset_peak()
        write_slices(*arguments)
        highest.append(tracemalloc.get_traced_memory()[1])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "_write", measured)
        peak(2)
        few, many = peak(5), peak(40)
    one_subject = 4 * 128 * 128 * 4 * 2
    assert many - few < 5 * one_subject, (few, many)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"size": 4}, "size=4"),
        ({"plane": "oblique"}, "axial, coronal, sagittal"),
        ({"modalities": ("t1", "pet")}, "t1, t1ce, t2, flair"),
        ({"modalities": ()}, "each once"),
        ({"span": (0.8, 0.45)}, "rising"),
        ({"span": (0.5, 1.2)}, "rising"),
        ({"fov_mm": 0}, "above 0"),
        ({"step_mm": -1}, "above 0"),
    ],
)
def test_bad_arguments_get_one_clear_line(subjects, tmp_path, change, says):
    with pytest.raises(InputError, match=says) as caught:
        make_slices(subjects, tmp_path / "out", **{**SETTINGS, **change})
    assert "\n" not in str(caught.value) and not list(tmp_path.iterdir())


def test_bad_folders_and_files(subjects, tmp_path):
    with pytest.raises(InputError, match="no subjects"):
        make_slices([], tmp_path / "out")
    with pytest.raises(InputError, match="2 times"):
        make_slices([subjects[0], subjects[0]], tmp_path / "out")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("dear")
    with pytest.raises(InputError, match="mine"):
        make_slices(subjects, tmp_path / "mine", overwrite=True)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "dear"
    with pytest.raises(InputError, match="no slices here"):
        SliceSet.open(tmp_path / "mine")
    make_slices(subjects[:1], tmp_path / "out", **SETTINGS)
    (tmp_path / "out" / "images.npy").write_bytes(b"half")
    with pytest.raises(InputError, match="damaged"):
        SliceSet.open(tmp_path / "out")
    write(np.zeros((16, 12, 14), np.int16), tmp_path / "empty_t1.nii.gz")
    with pytest.raises(InputError, match=r"empty_t1.*nothing but background"):
        make_slices([Subject.from_files(t1=tmp_path / "empty_t1.nii.gz")], tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_select_by_query_and_by_mask(sliced):
    tumour = sliced.select(None, "tumour_px > 0")
    assert 0 < len(tumour) < len(sliced)
    assert np.array_equal(tumour, sliced.select(None, sliced.table["tumour_px"] > 0))
    assert set(sliced.table["split"][sliced.select("train")]) == {"train"}
    for bad in ("tumor > 0", "tumour_px +", "tumour_px", np.ones(3, bool)):
        with pytest.raises(InputError, match="where"):
            sliced.select(None, bad)
    with pytest.raises(InputError, match="split='val'"):
        sliced.select("val")


def batches(dataset, count=None):
    return [np.asarray(batch) for batch in (dataset if count is None else dataset.take(count))]


def test_batch_k_depends_on_the_seed_and_k_alone(sliced):
    options = {"modality": "flair", "batch_size": 5, "repeat": True, "flip": True}
    train = len(sliced.select("train"))
    per_pass = train // 5
    whole = batches(sliced.dataset(seed=3, **options), 2 * per_pass + 2)
    for start in (1, per_pass, per_pass + 1):
        later = batches(sliced.dataset(seed=3, first_step=start, **options), 2)
        assert np.array_equal(later, whole[start : start + 2])
    plain = batches(sliced.dataset(seed=3, **{**options, "flip": False}), 2 * per_pass)
    assert not np.array_equal(plain[:per_pass], plain[per_pass:])
    assert not np.array_equal(whole[0], batches(sliced.dataset(seed=4, **options), 1)[0])


def test_one_pass_shows_every_slice_once_in_a_new_order(sliced):
    rows = sliced.select("train")
    dataset = sliced.dataset(modality=("flair", "t1"), batch_size=5, drop_remainder=False)
    first, second = (np.concatenate(batches(dataset)) for _ in range(2))
    expected = np.asarray(sliced.images[rows][..., ::-1], np.float32)

    def ordered(images):
        return images[np.lexsort(images.reshape(len(images), -1).T)]

    assert first.dtype == np.float32 and np.array_equal(ordered(first), ordered(expected))
    assert np.array_equal(ordered(second), ordered(expected)) and not np.array_equal(first, second)
    again = np.concatenate(
        batches(sliced.dataset(modality=("flair", "t1"), batch_size=5, drop_remainder=False))
    )
    assert np.array_equal(again, first)
    assert len(dataset) == -(-len(rows) // 5) and len(sliced.dataset(batch_size=5)) == len(rows) // 5


def test_labels_come_with_their_images_also_from_disk(sliced, monkeypatch):
    def look():
        dataset = sliced.dataset(
            None, ("t1", "flair"), 7, where="tumour_px > 0", seg=True, tissue=True, flip=False
        )
        assert [t.shape.as_list() for t in dataset.element_spec] == [
            [None, 16, 16, 2],
            [None, 16, 16, 1],
            [None, 16, 16, 1],
        ]
        return [np.concatenate(parts) for parts in zip(*(map(np.asarray, b) for b in dataset), strict=True)]

    rows = sliced.select(None, "tumour_px > 0")
    kept = look()
    for found, array in zip(
        kept, (sliced.images, sliced.seg[..., None], sliced.tissue[..., None]), strict=True
    ):
        assert np.array_equal(found, array[rows])
    assert kept[1].dtype == np.uint8
    monkeypatch.setattr("gancourse.cohort.sliceset.IN_MEMORY", 0)
    for a, b in zip(kept, look(), strict=True):
        assert np.array_equal(a, b)


def test_flip_mirrors_image_and_labels_together(sliced):
    options = {"batch_size": 5, "seed": 1, "seg": True, "repeat": True}
    plain, flipped = (next(iter(sliced.dataset(flip=flip, **options))) for flip in (False, True))
    mirrored = 0
    for k in range(5):
        image, seg, image2, seg2 = (np.asarray(x[k]) for x in (*plain, *flipped))
        turn = slice(None) if np.array_equal(image, image2) else slice(None, None, -1)
        mirrored += turn.step == -1
        assert np.array_equal(image[:, turn], image2) and np.array_equal(seg[:, turn], seg2)
    assert 0 < mirrored < 5


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"modality": "t2"}, "t1, flair"),
        ({"batch_size": 10_000}, "than a batch"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"split": "validation", "flip": True, "batch_size": 1}, "training only"),
        ({"first_step": 3}, "repeat=True"),
        ({"split": "val"}, "split='val'"),
    ],
)
def test_bad_dataset_arguments(sliced, options, says):
    with pytest.raises(InputError, match=says):
        sliced.dataset(**options)


def test_real_atlas_is_upright(real, tmp_path):
    sri = real / "sri24"
    subject = Subject.from_files(
        t1=sri / "spgr.nii.gz", t2=sri / "late.nii.gz", tissue=sri / "tissues.nii.gz"
    )
    made = make_slices([subject], tmp_path / "sri24", modalities=("t1", "t2"), span=(0.2, 0.8))
    assert made.images.shape[1:] == (64, 64, 2) and 15 < len(made) < 30
    table, t1 = made.table, np.asarray(made.images[..., 0], np.float32)
    assert table["brain_mm2"].max() > 15_000 and (table[["csf_mm2", "gm_mm2", "wm_mm2"]] > 0).all(None)
    low = (
        t1[table["position"] < 0.25].mean(0) > -0.9
    )  # cerebellum, at the back of the head, is low in the picture
    assert low[32:].sum() > 1.5 * low[:32].sum()
    wm, csf = (t1[np.asarray(made.tissue) == k].mean() for k in (3, 1))
    assert wm > csf + 0.5
    assert np.corrcoef(t1.ravel(), t1[:, :, ::-1].ravel())[0, 1] > 0.9  # midline in the middle

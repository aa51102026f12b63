"""Blind readings, specks and tissue volumes: what is told apart, and counted, on toys."""

import blind_reading
import generated
import numpy as np
import pandas as pd
import pytest
import specks
import tissue_volumes
from patients import Section
from PIL import Image
from toy import discs, slices

from gancourse.errors import InputError

MODALITIES = ("t1", "t1ce", "t2", "flair")


class Person:
    """A subject whose section is a disc."""

    def __init__(self, id, modalities):
        self.id, self.modalities, self.shape, self.seg_path = id, modalities, (40, 40, 1), None


def disc(person, height=0.5):
    x, y = np.mgrid[:200, :200] - 99.5
    brain = np.hypot(x, y) < 60
    images = {m: np.where(brain, 50.0 + k + x % 7, 0) for k, m in enumerate(MODALITIES)}
    return Section(person, height, images, brain, None, None, (1.0, 1.0))


@pytest.fixture
def people(monkeypatch):
    """Seven with four modalities, one of them cropped, three with T1 alone; phantoms that are discs."""
    of = {
        "brats2013": [Person(f"A{k}", MODALITIES) for k in range(6)] + [Person("BRATS_HG0006", MODALITIES)],
        "brats2015": [],
        "ibsr": [Person(f"B{k}", ("t1",)) for k in range(3)],
    }
    monkeypatch.setattr(blind_reading, "patients", of.__getitem__)
    monkeypatch.setattr(blind_reading, "section_of", lambda subject: disc(subject.id, 0.6))
    monkeypatch.setattr(
        blind_reading, "twins", lambda real, *_: [disc(f"phantom {k}", s.height) for k, s in enumerate(real)]
    )


def make(folder, n=40, modalities=MODALITIES, seed=0):
    pictures = blind_reading.patients_against_phantoms(n, 32, modalities, seed)
    blind_reading.write(folder, pictures, 2, seed)
    return pd.read_csv(blind_reading.key_of(folder))


def test_half_are_patients_and_each_has_its_phantom_in_the_same_modality(people, tmp_path):
    key = make(tmp_path / "reading")
    files = sorted(tmp_path.joinpath("reading").iterdir())
    assert [file.name for file in files] == [f"{k:02d}.png" for k in range(1, 41)] == list(key["file"])
    assert key["kind"].value_counts().to_dict() == {"real": 20, "made": 20}
    pairs = {kind: rows.groupby("modality").size().to_dict() for kind, rows in key.groupby("kind")}
    assert pairs["real"] == pairs["made"] == dict.fromkeys(MODALITIES, 5)
    real, made = (key[key["kind"] == kind] for kind in ("real", "made"))
    assert real.groupby("person")["modality"].agg(set).tolist() and "BRATS_HG0006" not in set(real["person"])
    looks = [sorted(map(sorted, rows.groupby("person")["modality"].agg(list))) for rows in (real, made)]
    assert looks[0] == looks[1]  # a phantom is shown in the modalities of its patient
    assert not real.duplicated(["person", "modality"]).any()
    assert list(key["kind"]) != sorted(key["kind"])


def test_nothing_but_pixels_tells_the_kinds_apart(people, tmp_path):
    make(tmp_path / "reading")
    files = [*(tmp_path / "reading").iterdir()]
    assert {file.stat().st_mtime for file in files} == {0}
    for file in files:
        with Image.open(file) as picture:
            assert (picture.size, picture.mode, picture.info) == ((64, 64), "L", {})
            assert picture.getpixel((0, 0)) == 0
    with pytest.raises(InputError, match="is not empty; give a new folder"):
        make(tmp_path / "reading")


def test_another_seed_is_another_reading(people, tmp_path):
    keys = [make(tmp_path / str(seed), seed=seed) for seed in (0, 1)]
    assert list(keys[0]["kind"]) != list(keys[1]["kind"])
    assert keys[0].equals(make(tmp_path / "again", seed=0))


def test_more_than_there_are(people, tmp_path):
    with pytest.raises(InputError, match="10 slices of patients wanted, there are 6; lower --n"):
        make(tmp_path / "reading", n=20, modalities=("t2",))


KEY = pd.DataFrame(
    {
        "file": [f"{k:02d}.png" for k in range(1, 9)],
        "kind": ["real", "made"] * 4,
        "modality": ["t1"] * 4 + ["t2"] * 4,
    }
)


def test_the_share_told_right_with_wilsons_interval(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("picture,answer,why\n02,made,\n01.png,Real,vessels\n3, real\n04,real\n" + "\n".join(
        f"{k:02d},made,x" for k in range(5, 9)
    ))  # fmt: skip
    found = blind_reading.score(KEY, blind_reading.read_answers(path, KEY)).set_index("slices")
    assert found["right"].to_dict() == {"all": 5, "real": 2, "made": 3, "t1": 3, "t2": 2}
    p, n, z = 5 / 8, 8, 1.959964
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    assert found.loc["all", ["low", "high"]].tolist() == pytest.approx(
        [middle - half, middle + half], abs=1e-5
    )


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("", "picture 08: expected one answer for each of 8"),
        ("08,phantom", "08,phantom: expected one line for it, made or real"),
        ("07,real", "07,real: expected one line for it"),
    ],
)
def test_answers_that_do_not_fit_are_named(tmp_path, last, said):
    path = tmp_path / "answers.csv"
    path.write_text("\n".join(f"{k},real" for k in range(1, 8)) + "\n" + last)
    with pytest.raises(InputError, match=said):
        blind_reading.read_answers(path, KEY)


def test_generated_against_phantoms(tmp_path):
    data = slices(tmp_path / "data")  # two patients of four slices are held out in each six
    file = tmp_path / "images.npy"
    np.save(file, discs(30)[..., None])
    pictures = blind_reading.generated_against_phantoms(str(file), data.folder, 8, "t1", seed=0)
    rows = pd.DataFrame([row for _, row in pictures])
    assert rows["kind"].tolist() == ["generated"] * 4 + ["phantom"] * 4
    assert rows["person"].iloc[4:].nunique() == 4  # before anybody's second slice
    held_out = set(data.table.loc[data.table["split"] != "train", "patient"])
    assert set(rows["person"].iloc[4:]) <= held_out
    np.save(file, discs(30, size=32))
    with pytest.raises(InputError, match=r"expected \(4, 32, 32\) or more; give others"):
        blind_reading.generated_against_phantoms(str(file), data.folder, 8, "t1", seed=0)
    with pytest.raises(InputError, match="expected 31 images or more"):
        generated.generate(str(file), 31)


def test_specks_are_bright_pixels_apart_from_the_brain():
    images = discs(4, size=32)
    assert (specks.speck_share(images) == 0).all()
    images[1, 0, :3] = images[2, 1, 30] = -0.5
    images[3, 0, 0] = -0.95  # as good as black
    assert (1024 * specks.speck_share(images)).tolist() == [0, 3, 1, 0]


def test_lesions_are_counted_and_small_ones_are_not(monkeypatch):
    y, x = np.mgrid[:64, :64] - 31.5
    image = np.where(np.hypot(x, y) < 26, -0.2 + 0.3 * np.sin(3 * x), -1)
    images = np.stack([image] * 3)
    for at in (-12, 12):
        images[1][np.hypot(x - at, y) < 4] = 0.9
    images[2][np.hypot(x, y) < 0.8] = 0.9  # four pixels of 10.6 mm2
    for least, count in ((30, 1), (60, 0)):
        monkeypatch.setattr(specks, "LEAST_LESION_MM2", least)
        assert specks.lesions(images, "flair").tolist() == [0, 2, count]


def test_distances_are_those_of_the_distributions():
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:32, :32] - 15.5

    def brains(n, low, high):
        return np.stack([np.where(np.hypot(x, y) < r, 0.1, -1) for r in rng.uniform(low, high, n)])

    phantoms, people = brains(80, 8, 14), np.repeat(np.arange(20), 4)
    same, other = (specks.compare(brains(80, *r), phantoms, people, "t1") for r in ((8, 14), (12, 15)))
    same, other = (table.set_index("measure") for table in (same, other))
    assert same.loc["brain", "distance"] < 0.35 < 0.8 < other.loc["brain", "distance"]
    assert same.loc["brain", "floor"] < 0.6 and np.isnan(same.loc["specks", "distance"])


def test_tissue_volumes_are_held_against_the_targets(tmp_path):
    frame = pd.DataFrame({"CSF": [150, 250, 400], "GM": [600, 700, 950], "WM": [400, 500, 600]})
    found = tissue_volumes.compare(frame).set_index("")
    assert found["holds"].to_dict() == {"CSF": True, "GM": False, "WM": True, "all": False, "GM/WM": True}
    assert found.loc["all", ["median", "highest"]].tolist() == [1450, 1950]
    frame.rename(columns=lambda name: f"measured_{name.lower()}_ml").to_csv(tmp_path / "subjects.csv")
    pd.testing.assert_frame_equal(tissue_volumes.read_volumes(tmp_path), frame)
    with pytest.raises(InputError, match="subjects.csv: no such file; make the cohort"):
        tissue_volumes.read_volumes(tmp_path / "nowhere")

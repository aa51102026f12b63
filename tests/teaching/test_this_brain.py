"""This brain does not exist: patients by seed, the nearest training slice, and what a notebook keeps."""

import io
import json

import numpy as np
import pytest
from PIL import Image
from toy_brains import SIZE, toy_generator, toy_training

from gancourse.errors import InputError
from gancourse.gans.latent import draw_latents
from gancourse.teaching.widgets import ThisBrain, this_brain_game, training_slices
from gancourse.teaching.widgets.page_random import PageRandom, page_latents
from gancourse.teaching.widgets.this_brain_game import file_levels


def brains(training=None, seed=0):
    return this_brain_game.ThisBrain(seed, generator=toy_generator(), training=training)


@pytest.fixture
def training(tmp_path):
    """Training slices that show the toy's seeds 10 to 19, the eighth mirrored."""
    logic = brains()
    images = np.stack([logic.make(seed).images for seed in range(10, 20)])
    images[:, 8:20, 4:10] += np.linspace(0.1, 0.4, 10)[:, None, None, None]  # so that a side differs
    images[7] = images[7, :, ::-1]
    return toy_training(tmp_path / "training", np.clip(images, -1, 1)), images


class TestRandom:
    def test_latents_are_normal_and_each_seed_has_its_own(self):
        latents = page_latents(40, 128, 3)
        assert abs(latents.mean()) < 0.05 and abs(latents.std() - 1) < 0.05
        correlations = np.corrcoef(latents) - np.eye(40)
        assert np.abs(correlations).max() < 0.45
        np.testing.assert_array_equal(page_latents(1, 128, 5)[0], latents[2])
        assert np.abs(latents - draw_latents(40, 128, 3)).max() > 1  # the lessons' numbers are others

    def test_streams_differ_and_numbers_lie_below_one(self):
        first, second = ([PageRandom(1, stream).uniform() for _ in range(50)] for stream in (0, 1))
        assert first != second
        stream = PageRandom(2**31 - 1)
        assert all(0 <= stream.uniform() < 1 for _ in range(2000))


class TestPatients:
    def test_a_seed_gives_the_same_patient(self):
        logic = brains()
        logic.apply({"do": "patient", "value": 7})
        first = logic.shown
        logic.apply({"do": "wall", "value": 8})
        assert logic.shown is first and logic.newest.seed == 8
        logic.apply({"do": "patient", "value": 8})
        np.testing.assert_array_equal(logic.shown.levels, logic.newest.levels)
        assert (logic.shown.levels != first.levels).any()

    def test_intensities_are_those_of_files(self):
        shown = brains(seed=3).shown
        assert shown.levels.shape == (4, SIZE, SIZE) and shown.levels.dtype == np.uint16
        inside = shown.levels[0] > 0
        np.testing.assert_array_equal(inside, shown.images[..., 0] > -1)
        back = (shown.levels[2][inside] - 1) / 999 * 2 - 1
        np.testing.assert_allclose(back, shown.images[..., 2][inside], atol=0.0011)

    def test_a_brain_that_is_black_somewhere_is_still_brain(self):
        from gancourse.gans.patient_maps import decode

        maps = np.full((1, 8, 8, 8), -1, np.float32)
        maps[0, 2:6, 2:6, 0] = 1
        levels = file_levels(decode(maps))
        assert (levels[0, 0, 2:6, 2:6] == 1).all() and levels.sum() == 4 * 16

    @pytest.mark.parametrize("seed", [-1, 2**31, 1.5, "7", None, True, float("nan")])
    def test_an_impossible_seed_changes_nothing(self, seed):
        logic = brains(seed=2)
        before = logic.shown
        for command in ("patient", "wall"):
            with pytest.raises(InputError, match="expected a whole number from 0 to 2147483647"):
                logic.apply({"do": command, "value": seed})
        assert logic.shown is before and logic.newest is None

    def test_the_last_seed_is_possible(self):
        assert brains(seed=2**31 - 1).shown.seed == 2**31 - 1


class TestNearest:
    def test_a_copy_is_found_and_is_nearer_than_all(self, training):
        kept, images = training
        for row in (3, 7):
            found = kept.nearest(images[row])
            assert (found.row, found.mirrored, found.patient) == (row, False, 300 + row)
            assert found.distance < 0.01 and found.nearer == 100

    def test_a_mirrored_copy_is_found(self, training):
        kept, images = training
        found = kept.nearest(images[7, :, ::-1])
        assert found.row == 7 and found.mirrored and found.nearer == 100

    def test_it_is_of_the_patient_that_is_shown(self, training):
        logic = brains(training[0], seed=12)
        logic.apply({"do": "nearest"})
        assert logic.nearest.row == 2
        logic.apply({"do": "patient", "value": 13})
        assert logic.nearest is None

    def test_far_is_nearer_than_few(self, training):
        kept, _ = training
        assert kept.nearer(0.05) == 100 and kept.nearer(0.25) == 50 and kept.nearer(0.5) == 0

    @pytest.mark.parametrize("file", ["about.json", "slices.bin", "00.webp"])
    def test_a_missing_part_is_said_and_the_rest_goes_on(self, training, file):
        kept, _ = training
        (kept.folder / file).unlink()
        with pytest.raises(InputError, match="training slices are missing or damaged.*install the course"):
            training_slices.TrainingSlices(kept.folder).sheet(2)
        logic = brains(kept, seed=12)
        if file == "00.webp":
            with pytest.raises(InputError, match="00.webp"):
                logic.apply({"do": "nearest"})
            assert logic.nearest is None
        logic.apply({"do": "patient", "value": 4})
        assert logic.shown.seed == 4

    @pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b + b"x"])
    def test_a_damaged_file_is_refused(self, training, change):
        path = training[0].folder / "slices.bin"
        path.write_bytes(change(path.read_bytes()))
        with pytest.raises(InputError, match="missing or damaged"):
            training_slices.TrainingSlices(path.parent)


class TestShipped:
    """The training slices that the course ships."""

    def test_every_slice_has_a_picture(self):
        kept = training_slices.shipped_slices()
        about = kept.about
        assert len(kept.codes) == about["slices"] == 6443
        assert about["distances"] == sorted(about["distances"]) and len(about["distances"]) == 100
        for row in (0, about["slices"] - 1):
            picture = Image.open(io.BytesIO(kept.sheet(row)))
            assert picture.mode in ("L", "RGB")
            assert picture.width == about["columns"] * 2 * about["side"]
            place = row % about["sheet"]
            y, x = (n * about["side"] for n in divmod(place, about["columns"]))
            t1 = np.asarray(picture.convert("L"))[y : y + about["side"], 2 * x : 2 * x + about["side"]]
            assert t1[28:36, 28:36].mean() > 20 and t1[:4].mean() < 5

    def test_they_are_small(self):
        files = [path.stat().st_size for path in training_slices.FOLDER.iterdir()]
        assert sum(files) < 6e6 and len(files) == 2 + 65


class TestWidget:
    def test_a_frame_and_its_nearest(self, training):
        kept, _ = training
        widget = ThisBrain(logic=brains(kept, seed=12))
        frame = widget._frame
        assert frame["shown"]["seed"] == 12 and frame["newest"] is None and frame["nearest"] is None
        assert len(frame["shown"]["levels"]) == 2 * 4 * SIZE**2 and len(frame["shown"]["labels"]) == SIZE**2
        commands = [{"do": "nearest"}, {"do": "wall", "value": -1}, {"do": "wall", "value": 5}]
        widget._answer(widget, {"view": "v", "number": 1, "commands": commands}, [])
        frame = widget._frame
        assert frame["answers"] == ["v", 1] and "seed=-1" in frame["said"] and frame["newest"]["seed"] == 5
        assert frame["nearest"]["sheet"] == kept.sheet(2) and frame["nearest"]["place"] == 2
        json.dumps({k: v for k, v in frame["nearest"].items() if k != "sheet"})  # plain numbers

    def test_the_picture_and_its_words(self):
        widget = ThisBrain(logic=brains(seed=4))
        image, words = widget._still()
        picture = Image.open(io.BytesIO(image))
        assert picture.size == (960, 192)
        assert "seed 4" in words and "patient's right is on the left" in words

    def test_a_page_knows_the_course_s_numbers(self):
        facts = this_brain_game.facts()
        json.dumps(facts)
        assert facts["pixelMm"] == 1.625 and facts["modalities"] == ["T1", "T1ce", "T2", "FLAIR"]
        assert {label["value"] for label in facts["labels"]} == {1, 2, 4}

"""The study's script on a toy: equal cost, resume, images, table."""

import json

import ablation_scores
import ablations
import numpy as np
import pandas as pd
import pytest
from study import load_slices
from toy import slices

from gancourse import pretrained
from gancourse.training.checkpoint import Checkpoint


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Folders of slices and runs; four rounds of the baseline, two of a variant that costs twice as much."""
    monkeypatch.setattr(ablations, "ROUNDS", 4)
    monkeypatch.setattr(ablations, "CHUNK", 2)
    monkeypatch.setattr(ablations, "IMAGES", 16)
    monkeypatch.setattr(ablations, "COSTS", tmp_path / "costs.csv")
    ablations.add_cost("spectral", (30.0, 60.0))
    ablations.add_cost("average", (30.0, 31.0))
    slices(tmp_path / "data", size=64)
    return tmp_path / "data", tmp_path / "runs"


def test_equal_time_not_equal_rounds(study):
    assert [ablations.rounds_of(name) for name in ("baseline", "spectral", "average")] == [4, 2, 4]
    ablations.add_cost("average", (30.0, 1000.0))
    assert ablations.rounds_of("average") == 2  # never none


def test_small_slices_are_means_of_four(study):
    small, large = (load_slices(study[0], size).images for size in (32, 64))
    assert small.shape == (48, 32, 32, 1) and large.shape == (48, 64, 64, 1)
    block = large[5, 20:22, 30:32, 0].astype(np.float32)
    assert small[5, 10, 15, 0] == pytest.approx(block.mean(), abs=1e-3)


def test_a_table_without_a_variant_is_filled(study):
    ablations.add_cost("r1", (30.0, 45.0))
    assert list(ablations.read_costs().index) == ["spectral", "average", "r1"]


def test_a_run_goes_on_and_leaves_images_and_a_row(study, monkeypatch):
    data, runs = study
    out = ablations.folder_of(runs, "baseline", 0)
    save = Checkpoint.on_epoch_end

    def save_and_stop(self, epoch, logs=None):
        save(self, epoch, logs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Checkpoint, "on_epoch_end", save_and_stop)
        ablations.train("baseline", 0, data, out)
    assert not ablations.is_done(out, 4) and len(pd.read_csv(out / "log.csv")) == 1
    ablations.train("baseline", 0, data, out)
    assert ablations.is_done(out, 4) and not ablations.is_done(out, 2)
    seconds = pd.read_csv(out / "log.csv")["core_seconds"]
    assert len(seconds) == 2 and 0 < seconds[0] < seconds[1]
    with np.load(out / "images.npz") as file:
        assert file["images"].shape == (16, 32, 32) and file["images"].dtype == np.uint8

    class Means:
        def embed(self, images):
            return np.asarray(images).reshape(len(images), 8, 4, 8, 4).mean((2, 4)).reshape(len(images), -1)

    monkeypatch.setattr(pretrained, "load", lambda name: Means())
    broken = ablations.folder_of(runs, "average", 0)
    broken.mkdir()
    (broken / "settings.json").write_text(json.dumps({"variant": "average", "seed": 0, "rounds": 4}))
    (broken / "diverged.txt").write_text("NaN")
    ablation_scores.score(runs, data, runs / "table.csv")
    table = pd.read_csv(runs / "table.csv")
    assert list(table.columns) == ablation_scores.COLUMNS
    assert dict(zip(table["variant"], table["kid"].isna(), strict=True)) == {
        "baseline": False,
        "average": True,
    }
    assert table["seconds"].max() > 0 and 0 <= table["d_accuracy"].max() <= 1
    with np.load(runs / "table.npz") as file:
        assert file.files == ["baseline"] and file["baseline"].shape == (12, 32, 32)

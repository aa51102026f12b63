"""The phantoms of the game of four FLAIRs: who is chosen, and which slice."""

from types import SimpleNamespace

import contrast_game
import pandas as pd


def test_the_first_of_the_test_split_and_their_slice_with_most_tumour(monkeypatch):
    monkeypatch.setattr(contrast_game, "ILL", 2)
    monkeypatch.setattr(contrast_game, "HEALTHY", 1)
    rows = [
        ("P1", "HGG", "test", 5, 0.5), ("P1", "HGG", "test", 50, 0.6), ("P1", "HGG", "test", 0, 0.7),
        ("P2", "HGG", "train", 80, 0.5),
        ("P3", "healthy", "test", 0, 0.45), ("P3", "healthy", "test", 0, 0.6),
        ("P3", "healthy", "test", 0, 0.7),
        ("P4", "LGG", "test", 9, 0.5),
        ("P5", "healthy", "test", 0, 0.5),
        ("P6", "HGG", "test", 70, 0.5),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["patient", "grade", "split", "tumour_px", "position"])
    assert contrast_game.choose(SimpleNamespace(table=table)).tolist() == [1, 5, 7]

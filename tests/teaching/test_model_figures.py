import numpy as np

from gancourse.teaching.figures import model_figures


def test_scatter_with_all_that_it_can_show(shown):
    rng = np.random.default_rng(0)
    points, labels = rng.normal(size=(30, 2)), np.arange(30) % 2
    grid = np.linspace(-2, 2, 9), np.linspace(-2, 2, 7)
    chance = 1 / (1 + np.exp(-np.add.outer(grid[1], grid[0])))
    assert chance.shape == (7, 9)
    bells = [np.zeros(2), np.ones(2)], [np.eye(2), np.diag([1.0, 0.5])]
    chances = {"one": chance, "two": chance**2}
    model_figures.scatter(points, labels, ("a", "b"), "Points.")
    model_figures.scatter(points, labels, ("a", "b"), "Both.", chances=chances, grid=grid, bells=bells)
    pictures = [what for what in shown if isinstance(what, dict)]
    assert [picture["text/plain"] for picture in pictures] == ["Points.", "Both."]
    assert all(picture["image/png"][:4] == b"\x89PNG" for picture in pictures)

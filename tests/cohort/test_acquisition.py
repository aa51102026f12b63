"""Acquisition, the stripped edge and vessels: what they do to images of known content."""

import dataclasses

import numpy as np

from gancourse.cohort.phantom import acquisition, anatomy, edge, vessels
from gancourse.cohort.phantom.parameters import draw, generator


def test_voxels_of_an_axis():
    """Constants stay, thick slices average, and what lies between them is interpolated linearly."""
    for step, blur, ringing in ((0.5, 0.0, 0.0), (1.1, 0.3, 0.4), (4.0, 0.0, 0.0)):
        down, up = acquisition.resampling(24, 1.0, step, 0.5, blur, ringing)
        np.testing.assert_allclose((up @ down)[4:-4].sum(1), 1, atol=1e-5)
    ramp = np.arange(24.0)
    thick = down @ ramp  # 4 mm: voxels centred on (k - 0.5) * 4 mm, and the grid's first on 0.5 mm
    np.testing.assert_allclose(thick[1:6], [1.5, 5.5, 9.5, 13.5, 17.5], atol=1e-4)
    back = up @ down @ (ramp == 9)  # one bright voxel, in the slice from 8 to 12 mm
    np.testing.assert_allclose(back[6:14], np.array([1, 3, 5, 7, 7, 5, 3, 1]) / 32, atol=1e-5)


def test_acquisition_keeps_a_noiseless_image():
    scan = dataclasses.replace(draw(0, 0).scans["t1"], bias=0.0, noise=0.0, ghost=0.0, gamma=1.0)
    scan = dataclasses.replace(scan, pixel_mm=0.9, thickness_mm=5.0, slice_axis=1)
    image = np.full((20, 24, 18), 0.8, np.float32)
    known = np.zeros(image.shape, bool)
    known[4:16, 3:20, 2:15] = True
    noise = acquisition.draw_noise(np.random.default_rng(0), scan, image.shape, 1.0)
    points = np.stack(np.indices(image.shape)).astype(np.float32)
    made = acquisition.acquire(image * known, known, scan, noise, points, 1.0)
    np.testing.assert_allclose(made[known], 0.8, atol=1e-3)  # nothing of the background mixes in


def test_edge_and_field_of_view():
    """The field of view ends straight; stripping leaves more, or less, than the brain's hull."""
    p = draw(0, 0)
    points = anatomy.grid_points(4.0)
    cut = dataclasses.replace(p.stripping, cut_mm=20.0, cut_side=1, cut_turn_deg=0.0, cut_tilt_deg=0.0)
    seen = edge.in_view(dataclasses.replace(p, stripping=cut), points)
    last = anatomy.CENTRE_MM[1] + 89 * p.brain_scale * p.length_scale - 20
    np.testing.assert_array_equal(seen, points[1] < last)
    depth = np.linspace(-9, 9, 48, dtype=np.float32)[:, None, None] * np.ones((1, 40, 40), np.float32)
    masks = {}
    for name, changes in {
        "plain": dict(leftover_mm=0.0, bitten_mm=0.0),
        "left": dict(leftover_mm=6.0, bitten_mm=0.0),
        "bitten": dict(leftover_mm=0.0, bitten_mm=6.0),
    }.items():
        how = dataclasses.replace(p.stripping, cut_mm=0.0, ragged_mm=0.0, **changes)
        grid = np.stack(np.indices(depth.shape)).astype(np.float32)
        masks[name] = edge.stripped(
            dataclasses.replace(p, stripping=how), depth > 0, depth, grid, 1.0, np.random.default_rng(1)
        )
    assert (masks["plain"] == (depth > 0.3)).all()
    assert masks["plain"].sum() > masks["bitten"].sum() and not (masks["bitten"] & ~masks["plain"]).any()
    assert masks["left"].sum() > masks["plain"].sum() and not (masks["plain"] & ~masks["left"]).any()


def test_vessels_run_where_they_should():
    """Fluid outside the ventricles holds vessels, the ventricles hold plexus, white matter holds neither."""
    p = dataclasses.replace(draw(4, 0), grade="healthy")
    made = anatomy.make_anatomy(p, generator(4, 0, "realistic", 1))
    points = anatomy.grid_points(2.0)[:, 20:100, 10:110, 15:65]
    healthy = made.tissue(points)
    noise = vessels.draw_fine(np.random.default_rng(0), points.shape[1:], 2.0)
    blood, plexus = vessels.vessel_map(healthy, noise, 2.0), vessels.plexus_share(healthy, noise)
    fluid, white = healthy.fractions[0] > 0.6, healthy.fractions[2] > 0.95
    sulci = fluid & (healthy.wall_mm > 4)
    assert blood.min() >= 0 and blood.max() <= 1
    assert blood[sulci].mean() > 8 * blood[white & (healthy.barrier_mm > 3)].mean()
    assert plexus[fluid & (healthy.wall_mm < 0)].mean() > 20 * plexus[healthy.wall_mm > 3].mean()
    assert (blood[healthy.brain] > 0.5).sum() > 80

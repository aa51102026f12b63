"""Checks of lesson 31: an axial slice, the core in mL, intensities inside the brain, a split by patient."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from gancourse.cohort.scheme import REGIONS
from gancourse.teaching.checks import check


@check
def axial(answer: Callable[[np.ndarray, int], np.ndarray]) -> str | None:
    """`axial(volume, k)` gives slice k of an LPS volume, to be drawn in radiological convention."""
    volume = np.random.default_rng(0).permutation(6 * 5 * 4).reshape(6, 5, 4).astype(np.float32)
    got, want = np.asarray(answer(volume, 3)), volume[:, :, 3].T
    if np.array_equal(got, want) and np.array_equal(answer(volume, 1), volume[:, :, 1].T):
        return None
    lying = "It lies on its side: imshow draws the first axis downwards, so transpose."
    across = "You cut along another axis. z, the third, runs upwards: take one z, and all x and y."
    known = [
        (want, "That is right for one k only. Use the k that your function is given."),
        (volume[:, :, 2].T, "This is the middle slice. Use the k that your function is given."),
        *((side, lying) for side in (want.T, want.T[::-1], want.T[:, ::-1], want.T[::-1, ::-1])),
        (want[:, ::-1], "It is mirrored: the patient's right is on the right. x already runs as it should."),
        (want[::-1], "It is upside down, with the nose below. y already runs as it should."),
        (want[::-1, ::-1], "It is rotated by 180 degrees. x and y run as they should: only transpose it."),
        *((cut, across) for side in (volume[3], volume[:, 3]) for cut in (side, side.T)),
    ]
    for wrong, hint in known:
        if np.array_equal(got, wrong):
            return hint
    return f"Received shape {got.shape} from volume {volume.shape}; expected {want.shape}: rows y, columns x."


@check
def core_ml(answer: Callable[[np.ndarray, tuple[float, float, float]], float]) -> str | None:
    """`core_ml(seg, zooms)` gives the volume of the tumour core in mL."""
    seg, zooms = np.zeros((12, 11, 10), np.uint8), (2.0, 1.5, 4.0)  # a voxel is 12 mm3
    seg.flat[:30], seg.flat[30:250], seg.flat[250:320] = 1, 2, 4
    value = float(answer(seg.copy(), zooms))
    counts = {
        labels: int(np.isin(seg, labels).sum()) for labels in [(1,), (2,), (1, 2), (2, 4), *REGIONS.values()]
    }
    if np.isclose(value, counts[1, 4] * 12 / 1000):
        if np.isclose(answer(seg, (1.0, 1.0, 1.0)), 0.1):
            return None
        return "That is right for one voxel size only. Use the zooms that your function is given."
    units = {
        12 / 1000: "",
        1: "You counted voxels. Multiply by the volume of one voxel, which the zooms give.",
        1 / 1000: "You took a voxel for 1 mm3. Here it is 2 x 1.5 x 4 mm: multiply by all three zooms.",
        12: "That is in mm3. 1 mL is 1000 mm3.",
        12 / 100: "1 mL is 1 cm3, and 1 cm is 10 mm in each of three directions: divide by 1000.",
        8 / 1000: "Here a voxel is 2 x 1.5 x 4 mm, not a cube of 2 mm: multiply all three zooms.",
        7.5 / 1000: "You added the zooms. The volume of a box is the product of its sides.",
    }
    parts = {
        (1, 4): "",
        (1, 2, 4): "This is the whole tumour, with oedema (2). The core leaves the oedema out.",
        (4,): "This is the enhancing tumour (4) alone. Label 1, necrotic or not enhancing, is core as well.",
        (1,): "This is label 1 alone. The enhancing tumour (4) belongs to the core as well.",
        (2,): "This is the oedema (2), which lies around the core. The core is labels 1 and 4.",
        (1, 2): "You took labels 1 and 2. The core is 1 and 4: it includes the enhancing rim, but no oedema.",
        (2, 4): "You took labels 2 and 4. The core, 1 and 4, includes the necrotic centre but no oedema.",
    }
    for factor, unit in units.items():
        for labels, part in parts.items():
            if np.isclose(value, counts[labels] * factor):
                return f"{part} {unit}"
    return f"Received {value:g}. Count labels 1 and 4, multiply by one voxel's mm3, divide by 1000."


@check
def zscore(answer: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> str | None:
    """`zscore(volume, brain)` has mean 0 and deviation 1 inside the brain, and is 0 outside."""
    rng = np.random.default_rng(0)
    brain = np.zeros((12, 12, 12), bool)
    brain[3:9, 3:9, 3:9] = True
    volume = np.where(brain, rng.normal(300, 50, brain.shape), 0).astype(np.float32)
    volume[5, 5, 5:8] = 0  # black voxels of the brain
    volume[0, 0, :6] = 40  # what a poor skull stripping leaves
    given = volume.copy()
    got = np.asarray(answer(given, brain.copy()))
    if got.shape != volume.shape:
        return f"Received shape {got.shape}, expected {volume.shape}: the whole volume, not only the brain."
    if not np.array_equal(given, volume):
        return "Your function changed the volume that it was given. Make a new array, e.g. with np.where."
    if not np.isfinite(got).all():
        return "Some of your values are not finite numbers: did you divide by 0?"

    inside = volume[brain]
    mean, deviation = inside.mean(), inside.std()

    def gave(centre: float, spread: float) -> bool:
        return bool(np.abs(got[brain] - (inside - centre) / spread).max() < 0.02 * max(1, 1 / spread))

    if gave(mean, deviation):
        if np.abs(got[~brain]).max() < 0.01:
            return None
        return "The brain is right. Outside it should be 0, so that background does not look like a tissue."
    if gave(mean, 1):
        return "The mean is 0 now. Divide by the standard deviation inside the brain as well."
    if gave(0, deviation):
        return "The standard deviation is 1 now. Subtract the mean inside the brain first."
    if np.allclose(got[brain], (inside - mean) / deviation**2, atol=1e-4):
        return "You divided by the variance. The standard deviation is its square root, .std()."
    for voxels, hint in (
        (volume, "That is the mean or deviation of the whole volume, most of it background: use brain."),
        (volume[volume > 0], "volume > 0 is not the brain: a brain has black voxels, too. Use brain."),
    ):
        if any(gave(c, s) for c in (voxels.mean(), mean) for s in (voxels.std(), deviation)):
            return hint
    if got[brain].min() >= -1.01 and got[brain].max() <= 1.01:
        return "That scales from smallest to largest: one bright voxel decides. Use the mean and deviation."
    m, s = got[brain].mean(), got[brain].std()
    return f"Inside the brain the mean is {m:.3g} and the deviation {s:.3g}; expected 0 and 1."


@check
def split_by_patient(answer: Callable[[pd.DataFrame, float, np.random.Generator], np.ndarray]) -> str | None:
    """`split_by_patient(table, share, rng)` is True for the slices of a random share of the patients."""
    visits = [
        (f"P{k:02d}", f"P{k:02d}_{visit}", 5 + k % 7) for k in range(40) for visit in range(1, 2 + k % 2)
    ]
    rows = [{"patient": p, "subject": s, "index": z} for p, s, many in visits for z in range(many)]
    table = pd.DataFrame(rows)
    got = [np.asarray(answer(table.copy(), 0.25, np.random.default_rng(seed))) for seed in (1, 2, 1)]
    for test in got:
        if test.dtype != bool or test.shape != (len(table),):
            return f"Received {test.dtype} {test.shape}; expected one True or False for each row."
        if not test.any() or test.all():
            return "One side of the split is empty."
        for column, hint in (
            ("subject", "Slices of one scan lie on both sides. Draw patients, and take all slices of each."),
            ("patient", "Scans of one patient lie on both sides. Draw by patient, not by subject."),
        ):
            if both := sorted(set(table[column][test]) & set(table[column][~test])):
                return f"{hint} This happens to {len(both)}, such as {both[0]}."
        share = table["patient"][test].nunique() / table["patient"].nunique()
        if abs(share - 0.75) < 0.1:
            return "It is True for three quarters of the patients instead of one. Is it the wrong way round?"
        if abs(share - 0.25) > 0.06:
            return f"The test set has {share:.0%} of the patients; expected about 25 %, the share given."
    if np.array_equal(got[0], got[1]):
        return "Any rng gives the same patients, who may all be from one hospital. Draw at random, with rng."
    if not np.array_equal(got[0], got[2]):
        return "The same rng gives different splits. Draw with the rng that is given, from a sorted list."
    return None

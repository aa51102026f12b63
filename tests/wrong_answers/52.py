# %% volume_ml: no gap -> gap is missing
volume_ml = lambda areas_mm2, thickness_mm, gap_mm: np.sum(areas_mm2) * thickness_mm / 1000
# %% volume_ml: mm3 -> Check the unit
volume_ml = lambda areas_mm2, thickness_mm, gap_mm: np.sum(areas_mm2) * (thickness_mm + gap_mm)
# %% volume_ml: a hundredth -> Check the unit
volume_ml = lambda areas_mm2, thickness_mm, gap_mm: np.sum(areas_mm2) * (thickness_mm + gap_mm) / 100
# %% volume_ml: trapezoids -> only by half
volume_ml = lambda areas_mm2, thickness_mm, gap_mm: np.trapezoid(areas_mm2, dx=thickness_mm + gap_mm) / 1000
# %% volume_ml: mean slab -> mean slab
volume_ml = lambda areas_mm2, thickness_mm, gap_mm: np.mean(areas_mm2) * (thickness_mm + gap_mm) / 1000
# %% volume_ml: product -> add them
volume_ml = lambda areas_mm2, thickness_mm, gap_mm: np.sum(areas_mm2) * thickness_mm * gap_mm / 1000
# %% volume_ml: areas only -> not a volume yet
volume_ml = lambda areas_mm2, thickness_mm, gap_mm: np.sum(areas_mm2) / 1000
# %% volume_ml: right for one distance only -> one set of slices only
volume_ml = lambda areas_mm2, thickness_mm, gap_mm: np.sum(areas_mm2) * 5.5 / 1000
# %% volume_ml: no gap, mm3 -> gap up to the next. And 1 mL
volume_ml = lambda areas_mm2, thickness_mm, gap_mm: np.sum(areas_mm2) * thickness_mm
# %% volume_ml: the largest slab -> expected
volume_ml = lambda areas_mm2, thickness_mm, gap_mm: np.max(areas_mm2) * (thickness_mm + gap_mm) / 1000
# %% volume_ml: slab by slab -> Passed.
volume_ml = lambda areas_mm2, thickness_mm, gap_mm: sum(area * (thickness_mm + gap_mm) for area in areas_mm2) * 1e-3

# %% name_tissues: as they come -> in any order
name_tissues = lambda components, means: components + 1
# %% name_tissues: argsort once -> argsort once
name_tissues = lambda components, means: np.argsort(means)[components] + 1
# %% name_tissues: turned round -> order is reversed
name_tissues = lambda components, means: np.argsort(np.argsort(-means))[components] + 1
# %% name_tissues: from 0 -> start at 1
name_tissues = lambda components, means: np.argsort(np.argsort(means))[components]
# %% name_tissues: names of the components, not of the voxels -> one label for each voxel
name_tissues = lambda components, means: np.argsort(np.argsort(means)) + 1
# %% name_tissues: the means themselves -> received
name_tissues = lambda components, means: means[components]
# %% name_tissues: by searching -> Passed.
name_tissues = lambda components, means: np.searchsorted(np.sort(means), means)[components] + 1

# %% smallest_change: one SD -> one standard deviation
smallest_change = lambda first, second: np.std(second - first, ddof=1)
# %% smallest_change: the error of one scan -> both err
smallest_change = lambda first, second: 1.96 * np.std(second - first, ddof=1) / np.sqrt(2)
# %% smallest_change: root of 2 twice -> root of 2
smallest_change = lambda first, second: 1.96 * np.sqrt(2) * np.std(second - first, ddof=1)
# %% smallest_change: people's spread -> how much people differ
smallest_change = lambda first, second: 1.96 * np.std(first, ddof=1)
# %% smallest_change: everything in one bag -> how much people differ
smallest_change = lambda first, second: 1.96 * np.std(np.concatenate([first, second]), ddof=1)
# %% smallest_change: a group's -> one person
smallest_change = lambda first, second: 1.96 * np.std(second - first, ddof=1) / np.sqrt(len(first))
# %% smallest_change: mean difference -> how much it varies
smallest_change = lambda first, second: np.mean(second - first)
# %% smallest_change: mean size -> many exceed it
smallest_change = lambda first, second: np.mean(np.abs(second - first))
# %% smallest_change: largest -> largest difference
smallest_change = lambda first, second: np.max(np.abs(second - first))
# %% smallest_change: twice the deviation -> Passed.
smallest_change = lambda first, second: 2 * np.std(first - second)
# %% smallest_change: from the variance within people -> Passed.
def smallest_change(first, second):
    return 2.77 * np.sqrt(np.mean(np.var(np.stack([first, second]), axis=0, ddof=1)))

# %% people_needed: both groups -> both groups together
people_needed = lambda difference, sd: 4 * ((1.96 + 0.84) * sd / difference) ** 2
# %% people_needed: one group -> factor 2
people_needed = lambda difference, sd: ((1.96 + 0.84) * sd / difference) ** 2
# %% people_needed: no power -> add 0.84
people_needed = lambda difference, sd: 2 * (1.96 * sd / difference) ** 2
# %% people_needed: not squared -> square the bracket
people_needed = lambda difference, sd: 2 * (1.96 + 0.84) * sd / difference
# %% people_needed: upside down -> upside down
people_needed = lambda difference, sd: 2 * ((1.96 + 0.84) * difference / sd) ** 2
# %% people_needed: half squared -> Square the 1.96
people_needed = lambda difference, sd: 2 * (1.96 + 0.84) * (sd / difference) ** 2
# %% people_needed: power of 90 % -> expected about
people_needed = lambda difference, sd: 2 * ((1.96 + 1.28) * sd / difference) ** 2
# %% people_needed: not rounded up -> Passed.
people_needed = lambda difference, sd: 15.7 * (sd / difference) ** 2

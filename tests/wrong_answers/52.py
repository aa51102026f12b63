# %% volume_ml: no gap
def volume_ml(areas_mm2, thickness_mm, gap_mm):
    return np.sum(areas_mm2) * thickness_mm / 1000

# %% volume_ml: mm3
def volume_ml(areas_mm2, thickness_mm, gap_mm):
    return np.sum(areas_mm2) * (thickness_mm + gap_mm)

# %% volume_ml: a hundredth
def volume_ml(areas_mm2, thickness_mm, gap_mm):
    return np.sum(areas_mm2) * (thickness_mm + gap_mm) / 100

# %% volume_ml: trapezoids
def volume_ml(areas_mm2, thickness_mm, gap_mm):
    return np.trapezoid(areas_mm2, dx=thickness_mm + gap_mm) / 1000

# %% volume_ml: mean slab
def volume_ml(areas_mm2, thickness_mm, gap_mm):
    return np.mean(areas_mm2) * (thickness_mm + gap_mm) / 1000

# %% volume_ml: product
def volume_ml(areas_mm2, thickness_mm, gap_mm):
    return np.sum(areas_mm2) * thickness_mm * gap_mm / 1000

# %% volume_ml: areas only
def volume_ml(areas_mm2, thickness_mm, gap_mm):
    return np.sum(areas_mm2) / 1000

# %% volume_ml: right for one distance only
def volume_ml(areas_mm2, thickness_mm, gap_mm):
    return np.sum(areas_mm2) * 5.5 / 1000

# %% name_tissues: as they come
def name_tissues(components, means):
    return components + 1

# %% name_tissues: argsort once
def name_tissues(components, means):
    return np.argsort(means)[components] + 1

# %% name_tissues: turned round
def name_tissues(components, means):
    return np.argsort(np.argsort(-means))[components] + 1

# %% name_tissues: from 0
def name_tissues(components, means):
    return np.argsort(np.argsort(means))[components]

# %% name_tissues: names of the components, not of the voxels
def name_tissues(components, means):
    return np.argsort(np.argsort(means)) + 1

# %% name_tissues: the means themselves
def name_tissues(components, means):
    return means[components]

# %% smallest_change: one SD
def smallest_change(first, second):
    return np.std(second - first, ddof=1)

# %% smallest_change: the error of one scan
def smallest_change(first, second):
    return 1.96 * np.std(second - first, ddof=1) / np.sqrt(2)

# %% smallest_change: root of 2 twice
def smallest_change(first, second):
    return 1.96 * np.sqrt(2) * np.std(second - first, ddof=1)

# %% smallest_change: people's spread
def smallest_change(first, second):
    return 1.96 * np.std(first, ddof=1)

# %% smallest_change: everything in one bag
def smallest_change(first, second):
    return 1.96 * np.std(np.concatenate([first, second]), ddof=1)

# %% smallest_change: a group's
def smallest_change(first, second):
    return 1.96 * np.std(second - first, ddof=1) / np.sqrt(len(first))

# %% smallest_change: mean difference
def smallest_change(first, second):
    return np.mean(second - first)

# %% smallest_change: mean size
def smallest_change(first, second):
    return np.mean(np.abs(second - first))

# %% smallest_change: largest
def smallest_change(first, second):
    return np.max(np.abs(second - first))

# %% people_needed: both groups
def people_needed(difference, sd):
    return 4 * ((1.96 + 0.84) * sd / difference) ** 2

# %% people_needed: one group
def people_needed(difference, sd):
    return ((1.96 + 0.84) * sd / difference) ** 2

# %% people_needed: no power
def people_needed(difference, sd):
    return 2 * (1.96 * sd / difference) ** 2

# %% people_needed: not squared
def people_needed(difference, sd):
    return 2 * (1.96 + 0.84) * sd / difference

# %% people_needed: upside down
def people_needed(difference, sd):
    return 2 * ((1.96 + 0.84) * difference / sd) ** 2

# %% people_needed: half squared
def people_needed(difference, sd):
    return 2 * (1.96 + 0.84) * (sd / difference) ** 2

# %% to_classes: no background
def to_classes(seg):
    return np.stack([seg == label for label in (1, 2, 4)], axis=-1)

# %% to_classes: five classes
def to_classes(seg):
    return np.eye(5)[seg]

# %% to_classes: 4 is out of range
def to_classes(seg):
    return np.eye(4)[seg]

# %% to_classes: 3 instead of 4
def to_classes(seg):
    return np.stack([seg == label for label in (0, 1, 2, 3)], axis=-1)

# %% to_classes: classes first
def to_classes(seg):
    return np.stack([seg == label for label in (0, 1, 2, 4)])

# %% to_classes: another order
def to_classes(seg):
    return np.stack([seg == label for label in (0, 4, 2, 1)], axis=-1)

# %% to_classes: background last
def to_classes(seg):
    return np.stack([seg == label for label in (1, 2, 4, 0)], axis=-1)

# %% to_classes: the labels' values
def to_classes(seg):
    return np.stack([seg * (seg == label) for label in (0, 1, 2, 4)], axis=-1)

# %% to_classes: the regions
def to_classes(seg):
    return np.stack([seg == 0, seg > 0, np.isin(seg, (1, 4)), seg == 4], axis=-1)

# %% to_classes: swapped
def to_classes(seg):
    return np.stack([seg != label for label in (0, 1, 2, 4)], axis=-1)

# %% to_classes: a grey picture
def to_classes(seg):
    return seg / 4

# %% to_classes: changes what it is given
def to_classes(seg):
    seg[seg == 4] = 3
    return np.eye(4)[seg]

# %% to_classes: not a function
to_classes = 4

# %% patch_size: forwards
def patch_size(strides):
    size = 1
    for stride in strides:
        size = (size - 1) * stride + 4
    return size

# %% patch_size: a window too many
def patch_size(strides):
    size = 1
    for stride in reversed(strides):
        size = size * stride + 4
    return size

# %% patch_size: windows side by side
def patch_size(strides):
    return 4 ** len(strides)

# %% patch_size: the distance of patches
def patch_size(strides):
    return np.prod(strides)

# %% patch_size: starts with 4
def patch_size(strides):
    size = 4
    for stride in reversed(strides):
        size = (size - 1) * stride + 4
    return size

# %% patch_size: stride 1 only
def patch_size(strides):
    return 1 + 3 * len(strides)

# %% patch_size: windows of 3
def patch_size(strides):
    size = 1
    for stride in reversed(strides):
        size = (size - 1) * stride + 3
    return size

# %% patch_size: that of this network always
def patch_size(strides):
    return 34

# %% patch_size: the paper's always
def patch_size(strides):
    return 70

# %% soft_dice: half
def soft_dice(truth, probability):
    return np.sum(truth * probability) / (np.sum(truth) + np.sum(probability))

# %% soft_dice: the loss
def soft_dice(truth, probability):
    return 1 - 2 * np.sum(truth * probability) / (np.sum(truth) + np.sum(probability))

# %% soft_dice: Jaccard
def soft_dice(truth, probability):
    both = np.sum(truth * probability)
    return both / (np.sum(truth) + np.sum(probability) - both)

# %% soft_dice: a threshold
def soft_dice(truth, probability):
    found = probability > 0.5
    return 2 * np.sum(truth * found) / (np.sum(truth) + np.sum(found))

# %% soft_dice: rounded
def soft_dice(truth, probability):
    found = np.round(probability)
    return 2 * np.sum(truth * found) / (np.sum(truth) + np.sum(found))

# %% soft_dice: the share of right pixels
def soft_dice(truth, probability):
    return np.mean((probability > 0.5) == truth)

# %% soft_dice: a fraction for each pixel
def soft_dice(truth, probability):
    return np.mean(2 * truth * probability / (truth + probability))

# %% soft_dice: no sum
def soft_dice(truth, probability):
    return 2 * truth * probability / (truth + probability)

# %% soft_dice: squares
def soft_dice(truth, probability):
    return 2 * np.sum(truth * probability) / (np.sum(truth**2) + np.sum(probability**2))

# %% soft_dice: image by image
def soft_dice(truth, probability):
    axes = tuple(range(1, truth.ndim))
    return np.mean(2 * np.sum(truth * probability, axes) / (np.sum(truth, axes) + np.sum(probability, axes)))

# %% soft_dice: the correlation
def soft_dice(truth, probability):
    return np.corrcoef(truth.ravel(), probability.ravel())[0, 1]

# %% mean_dice: all pixels together
def mean_dice(truth, found, patients):
    return 2 * np.sum(truth & found) / (np.sum(truth) + np.sum(found))

# %% mean_dice: over slices
def mean_dice(truth, found, patients):
    return np.mean([2 * np.sum(t & f) / (np.sum(t) + np.sum(f)) for t, f in zip(truth, found)])

# %% mean_dice: slices, then patients
def mean_dice(truth, found, patients):
    dice = np.array([2 * np.sum(t & f) / (np.sum(t) + np.sum(f)) for t, f in zip(truth, found)])
    return np.mean([dice[patients == p].mean() for p in np.unique(patients)])

# %% mean_dice: weighed by slices
def mean_dice(truth, found, patients):
    def dice(m):
        return 2 * np.sum(truth[m] & found[m]) / (np.sum(truth[m]) + np.sum(found[m]))
    return np.mean([dice(patients == p) for p in patients])

# %% mean_dice: the median
def mean_dice(truth, found, patients):
    def dice(m):
        return 2 * np.sum(truth[m] & found[m]) / (np.sum(truth[m]) + np.sum(found[m]))
    return np.median([dice(patients == p) for p in np.unique(patients)])

# %% mean_dice: the share of right pixels
def mean_dice(truth, found, patients):
    return np.mean([np.mean(truth[patients == p] == found[patients == p]) for p in np.unique(patients)])

# %% mean_dice: Jaccard
def mean_dice(truth, found, patients):
    return np.mean(
        [np.sum(truth[m] & found[m]) / np.sum(truth[m] | found[m]) for m in (patients == p for p in np.unique(patients))]
    )

# %% mean_dice: half
def mean_dice(truth, found, patients):
    return np.mean(
        [np.sum(truth[m] & found[m]) / (np.sum(truth[m]) + np.sum(found[m])) for m in (patients == p for p in np.unique(patients))]
    )

# %% mean_dice: a list
def mean_dice(truth, found, patients):
    return [
        2 * np.sum(truth[m] & found[m]) / (np.sum(truth[m]) + np.sum(found[m])) for m in (patients == p for p in np.unique(patients))
    ]

# %% mean_dice: the first patient only
def mean_dice(truth, found, patients):
    m = patients == patients[0]
    return 2 * np.sum(truth[m] & found[m]) / (np.sum(truth[m]) + np.sum(found[m]))

# %% to_classes: no background -> Background needs one
to_classes = lambda seg: np.stack([seg == label for label in (1, 2, 4)], axis=-1)
# %% to_classes: five classes -> no label 3
to_classes = lambda seg: np.eye(5)[seg]
# %% to_classes: 4 is out of range -> raised IndexError
to_classes = lambda seg: np.eye(4)[seg]
# %% to_classes: 3 instead of 4 -> label 4, not 3
to_classes = lambda seg: np.stack([seg == label for label in (0, 1, 2, 3)], axis=-1)
# %% to_classes: classes first -> classes come first
to_classes = lambda seg: np.stack([seg == label for label in (0, 1, 2, 4)])
# %% to_classes: another order -> another order
to_classes = lambda seg: np.stack([seg == label for label in (0, 4, 2, 1)], axis=-1)
# %% to_classes: background last -> another order
to_classes = lambda seg: np.stack([seg == label for label in (1, 2, 4, 0)], axis=-1)
# %% to_classes: the labels' values -> other than 0 and 1
to_classes = lambda seg: np.stack([seg * (seg == label) for label in (0, 1, 2, 4)], axis=-1)
# %% to_classes: the regions -> add up to
to_classes = lambda seg: np.stack([seg == 0, seg > 0, np.isin(seg, (1, 4)), seg == 4], axis=-1)
# %% to_classes: swapped -> are swapped
to_classes = lambda seg: np.stack([seg != label for label in (0, 1, 2, 4)], axis=-1)
# %% to_classes: a grey picture -> expected (2, 3, 4)
to_classes = lambda seg: seg / 4
# %% to_classes: changes what it is given -> changed the labels
def to_classes(seg):
    seg[seg == 4] = 3
    return np.eye(4)[seg]
# %% to_classes: not a function -> cannot be checked
to_classes = 4
# %% to_classes: booleans -> Passed.
to_classes = lambda seg: seg[..., None] == [0, 1, 2, 4]

# %% patch_size: forwards -> went forwards
def patch_size(strides):
    size = 1
    for stride in strides:
        size = (size - 1) * stride + 4
    return size
# %% patch_size: a window too many -> one window too many
def patch_size(strides):
    size = 1
    for stride in reversed(strides):
        size = size * stride + 4
    return size
# %% patch_size: windows side by side -> Windows overlap
patch_size = lambda strides: 4 ** len(strides)
# %% patch_size: the distance of patches -> how far patches lie apart
patch_size = lambda strides: np.prod(strides)
# %% patch_size: starts with 4 -> one convolution too many
def patch_size(strides):
    size = 4
    for stride in reversed(strides):
        size = (size - 1) * stride + 4
    return size
# %% patch_size: stride 1 only -> stride 1 only
patch_size = lambda strides: 1 + 3 * len(strides)
# %% patch_size: windows of 3 -> 4 wide here, not 3
def patch_size(strides):
    size = 1
    for stride in reversed(strides):
        size = (size - 1) * stride + 3
    return size
# %% patch_size: that of this network always -> its own window, 4 pixels
patch_size = lambda strides: 34
# %% patch_size: the paper's always -> its own window, 4 pixels
patch_size = lambda strides: 70
# %% patch_size: a sum of products -> Passed.
patch_size = lambda strides: 1 + 3 * sum(np.prod(strides[:k]) for k in range(len(strides)))

# %% soft_dice: half -> only one half
soft_dice = lambda truth, probability: np.sum(truth * probability) / (np.sum(truth) + np.sum(probability))
# %% soft_dice: the loss -> the loss
soft_dice = lambda truth, probability: 1 - 2 * np.sum(truth * probability) / (np.sum(truth) + np.sum(probability))
# %% soft_dice: Jaccard -> Jaccard
def soft_dice(truth, probability):
    both = np.sum(truth * probability)
    return both / (np.sum(truth) + np.sum(probability) - both)
# %% soft_dice: a threshold -> no slope
def soft_dice(truth, probability):
    found = probability > 0.5
    return 2 * np.sum(truth * found) / (np.sum(truth) + np.sum(found))
# %% soft_dice: rounded -> no slope
def soft_dice(truth, probability):
    found = np.round(probability)
    return 2 * np.sum(truth * found) / (np.sum(truth) + np.sum(found))
# %% soft_dice: the share of right pixels -> share of right pixels
soft_dice = lambda truth, probability: np.mean((probability > 0.5) == truth)
# %% soft_dice: a fraction for each pixel -> fraction for each pixel
soft_dice = lambda truth, probability: np.mean(2 * truth * probability / (truth + probability))
# %% soft_dice: no sum -> Sum over all pixels
soft_dice = lambda truth, probability: 2 * truth * probability / (truth + probability)
# %% soft_dice: squares -> Milletari
soft_dice = lambda truth, probability: 2 * np.sum(truth * probability) / (np.sum(truth**2) + np.sum(probability**2))
# %% soft_dice: image by image -> image by image
def soft_dice(truth, probability):
    axes = tuple(range(1, truth.ndim))
    return np.mean(2 * np.sum(truth * probability, axes) / (np.sum(truth, axes) + np.sum(probability, axes)))
# %% soft_dice: the correlation -> is right: twice the overlap
soft_dice = lambda truth, probability: np.corrcoef(truth.ravel(), probability.ravel())[0, 1]

# %% mean_dice: all pixels together -> large tumours decide
mean_dice = lambda truth, found, patients: 2 * np.sum(truth & found) / (np.sum(truth) + np.sum(found))
# %% mean_dice: over slices -> mean over slices
def mean_dice(truth, found, patients):
    return np.mean([2 * np.sum(t & f) / (np.sum(t) + np.sum(f)) for t, f in zip(truth, found)])
# %% mean_dice: slices, then patients -> one tumour
def mean_dice(truth, found, patients):
    dice = np.array([2 * np.sum(t & f) / (np.sum(t) + np.sum(f)) for t, f in zip(truth, found)])
    return np.mean([dice[patients == p].mean() for p in np.unique(patients)])
# %% mean_dice: weighed by slices -> count once
def mean_dice(truth, found, patients):
    def dice(m):
        return 2 * np.sum(truth[m] & found[m]) / (np.sum(truth[m]) + np.sum(found[m]))
    return np.mean([dice(patients == p) for p in patients])
# %% mean_dice: the median -> median
def mean_dice(truth, found, patients):
    def dice(m):
        return 2 * np.sum(truth[m] & found[m]) / (np.sum(truth[m]) + np.sum(found[m]))
    return np.median([dice(patients == p) for p in np.unique(patients)])
# %% mean_dice: the share of right pixels -> then the mean over patients
def mean_dice(truth, found, patients):
    return np.mean([np.mean(truth[patients == p] == found[patients == p]) for p in np.unique(patients)])
# %% mean_dice: Jaccard -> Jaccard
def mean_dice(truth, found, patients):
    return np.mean(
        [np.sum(truth[m] & found[m]) / np.sum(truth[m] | found[m]) for m in (patients == p for p in np.unique(patients))]
    )
# %% mean_dice: half -> only one half
def mean_dice(truth, found, patients):
    return np.mean(
        [np.sum(truth[m] & found[m]) / (np.sum(truth[m]) + np.sum(found[m])) for m in (patients == p for p in np.unique(patients))]
    )
# %% mean_dice: a list -> That is each patient's Dice
def mean_dice(truth, found, patients):
    return [
        2 * np.sum(truth[m] & found[m]) / (np.sum(truth[m]) + np.sum(found[m])) for m in (patients == p for p in np.unique(patients))
    ]
# %% mean_dice: the first patient only -> then the mean over patients
def mean_dice(truth, found, patients):
    m = patients == patients[0]
    return 2 * np.sum(truth[m] & found[m]) / (np.sum(truth[m]) + np.sum(found[m]))

# %% lesion_patch: a slice from all of them -> Choose the slice among
def lesion_patch(scans, lesions, with_lesion, size, rng):
    k = rng.integers(len(scans))
    pixels = np.argwhere(lesions[k])
    row, column = rng.choice(pixels) if len(pixels) else (9, 7)
    top = np.clip(row - size // 2, 0, lesions.shape[1] - size)
    left = np.clip(column - size // 2, 0, lesions.shape[2] - size)
    return scans[k, top : top + size, left : left + size], lesions[k, top : top + size, left : left + size]


# %% lesion_patch: nothing to choose from -> nothing to choose from
def lesion_patch(scans, lesions, with_lesion, size, rng):
    k = rng.integers(len(scans))
    row, column = rng.choice(np.argwhere(lesions[k]))
    top = np.clip(row - size // 2, 0, lesions.shape[1] - size)
    left = np.clip(column - size // 2, 0, lesions.shape[2] - size)
    return scans[k, top : top + size, left : left + size], lesions[k, top : top + size, left : left + size]


# %% lesion_patch: from all lesion pixels at once -> large lesion are chosen more often
def lesion_patch(scans, lesions, with_lesion, size, rng):
    k, row, column = rng.choice(np.argwhere(lesions))
    top = np.clip(row - size // 2, 0, lesions.shape[1] - size)
    left = np.clip(column - size // 2, 0, lesions.shape[2] - size)
    return scans[k, top : top + size, left : left + size], lesions[k, top : top + size, left : left + size]


# %% lesion_patch: sticks out -> sticks out
def lesion_patch(scans, lesions, with_lesion, size, rng):
    k = rng.choice(with_lesion)
    row, column = rng.choice(np.argwhere(lesions[k]))
    top, left = row - size // 2, column - size // 2
    return scans[k, top : top + size, left : left + size], lesions[k, top : top + size, left : left + size]


# %% lesion_patch: the middle as the corner -> not in the middle
def lesion_patch(scans, lesions, with_lesion, size, rng):
    k = rng.choice(with_lesion)
    row, column = rng.choice(np.argwhere(lesions[k]))
    top = np.clip(row, 0, lesions.shape[1] - size)
    left = np.clip(column, 0, lesions.shape[2] - size)
    return scans[k, top : top + size, left : left + size], lesions[k, top : top + size, left : left + size]


# %% lesion_patch: always the first pixel -> always at one place
def lesion_patch(scans, lesions, with_lesion, size, rng):
    k = rng.choice(with_lesion)
    row, column = np.argwhere(lesions[k])[0]
    top = np.clip(row - size // 2, 0, lesions.shape[1] - size)
    left = np.clip(column - size // 2, 0, lesions.shape[2] - size)
    return scans[k, top : top + size, left : left + size], lesions[k, top : top + size, left : left + size]


# %% lesion_patch: always the first slice and pixel -> Every call gives the same
def lesion_patch(scans, lesions, with_lesion, size, rng):
    k = with_lesion[0]
    row, column = np.argwhere(lesions[k])[0]
    top = np.clip(row - size // 2, 0, lesions.shape[1] - size)
    left = np.clip(column - size // 2, 0, lesions.shape[2] - size)
    return scans[k, top : top + size, left : left + size], lesions[k, top : top + size, left : left + size]


# %% lesion_patch: only one of the slices -> never chosen
def lesion_patch(scans, lesions, with_lesion, size, rng):
    k = with_lesion[0]
    row, column = rng.choice(np.argwhere(lesions[k]))
    top = np.clip(row - size // 2, 0, lesions.shape[1] - size)
    left = np.clip(column - size // 2, 0, lesions.shape[2] - size)
    return scans[k, top : top + size, left : left + size], lesions[k, top : top + size, left : left + size]


# %% lesion_patch: row and column mixed up -> row first
def lesion_patch(scans, lesions, with_lesion, size, rng):
    k = rng.choice(with_lesion)
    column, row = rng.choice(np.argwhere(lesions[k]))
    top = np.clip(row - size // 2, 0, lesions.shape[1] - size)
    left = np.clip(column - size // 2, 0, lesions.shape[2] - size)
    return scans[k, top : top + size, left : left + size], lesions[k, top : top + size, left : left + size]


# %% lesion_patch: halved with a fraction -> halve with //
def lesion_patch(scans, lesions, with_lesion, size, rng):
    k = rng.choice(with_lesion)
    row, column = rng.choice(np.argwhere(lesions[k]))
    top = np.clip(row - size / 2, 0, lesions.shape[1] - size)
    left = np.clip(column - size / 2, 0, lesions.shape[2] - size)
    return scans[k, top : top + size, left : left + size], lesions[k, top : top + size, left : left + size]


# %% lesion_patch: chance without rng -> Draw with `rng`
def lesion_patch(scans, lesions, with_lesion, size, rng):
    k = np.random.choice(with_lesion)
    pixels = np.argwhere(lesions[k])
    row, column = pixels[np.random.randint(len(pixels))]
    top = np.clip(row - size // 2, 0, lesions.shape[1] - size)
    left = np.clip(column - size // 2, 0, lesions.shape[2] - size)
    return scans[k, top : top + size, left : left + size], lesions[k, top : top + size, left : left + size]


# %% lesion_patch: only the scans -> Return two things
def lesion_patch(scans, lesions, with_lesion, size, rng):
    k = rng.choice(with_lesion)
    row, column = rng.choice(np.argwhere(lesions[k]))
    top = np.clip(row - size // 2, 0, lesions.shape[1] - size)
    left = np.clip(column - size // 2, 0, lesions.shape[2] - size)
    return scans[k, top : top + size, left : left + size]


# %% lesion_patch: exchanged -> First the patch of the scans
def lesion_patch(scans, lesions, with_lesion, size, rng):
    k = rng.choice(with_lesion)
    row, column = rng.choice(np.argwhere(lesions[k]))
    top = np.clip(row - size // 2, 0, lesions.shape[1] - size)
    left = np.clip(column - size // 2, 0, lesions.shape[2] - size)
    return lesions[k, top : top + size, left : left + size], scans[k, top : top + size, left : left + size]


# %% lesion_patch: the mask from somewhere else -> at different places
def lesion_patch(scans, lesions, with_lesion, size, rng):
    k = rng.choice(with_lesion)
    row, column = rng.choice(np.argwhere(lesions[k]))
    top = np.clip(row - size // 2, 0, lesions.shape[1] - size)
    left = np.clip(column - size // 2, 0, lesions.shape[2] - size)
    return scans[k, top : top + size, left : left + size], lesions[k, :size, :size]


# %% lesion_patch: pushed inside by min and max -> Passed.
def lesion_patch(scans, lesions, with_lesion, size, rng):
    k = with_lesion[rng.integers(len(with_lesion))]
    rows, columns = np.nonzero(lesions[k])
    n = rng.integers(len(rows))
    top = min(max(0, rows[n] - size // 2), scans.shape[1] - size)
    left = min(max(0, columns[n] - size // 2), scans.shape[2] - size)
    return [scans[k][top : top + size, left : left + size], lesions[k][top : top + size, left : left + size]]


# %% tversky_loss: the index -> The loss is 1 minus it
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    hits = tf.reduce_sum(truth * output)
    false, missed = tf.reduce_sum((1 - truth) * output), tf.reduce_sum(truth * (1 - output))
    return (hits + 1) / (hits + alpha * false + beta * missed + 1)


# %% tversky_loss: the wrong sign -> sign is wrong
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    hits = tf.reduce_sum(truth * output)
    false, missed = tf.reduce_sum((1 - truth) * output), tf.reduce_sum(truth * (1 - output))
    return -(hits + 1) / (hits + alpha * false + beta * missed + 1)


# %% tversky_loss: alpha and beta swapped -> are swapped
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    hits = tf.reduce_sum(truth * output)
    false, missed = tf.reduce_sum((1 - truth) * output), tf.reduce_sum(truth * (1 - output))
    return 1 - (hits + 1) / (hits + beta * false + alpha * missed + 1)


# %% tversky_loss: numbers in place of arguments -> weights as numbers
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    hits = tf.reduce_sum(truth * output)
    false, missed = tf.reduce_sum((1 - truth) * output), tf.reduce_sum(truth * (1 - output))
    return 1 - (hits + 1) / (hits + 0.3 * false + 0.7 * missed + 1)


# %% tversky_loss: no 1 -> Add 1 above and below
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    hits = tf.reduce_sum(truth * output)
    false, missed = tf.reduce_sum((1 - truth) * output), tf.reduce_sum(truth * (1 - output))
    return 1 - hits / (hits + alpha * false + beta * missed)


# %% tversky_loss: no weights -> weights are missing
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    hits = tf.reduce_sum(truth * output)
    false, missed = tf.reduce_sum((1 - truth) * output), tf.reduce_sum(truth * (1 - output))
    return 1 - (hits + 1) / (hits + false + missed + 1)


# %% tversky_loss: an index for each image -> index for every image
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    axes = (1, 2, 3)
    hits = tf.reduce_sum(truth * output, axes)
    false, missed = tf.reduce_sum((1 - truth) * output, axes), tf.reduce_sum(truth * (1 - output), axes)
    return 1 - tf.reduce_mean((hits + 1) / (hits + alpha * false + beta * missed + 1))


# %% tversky_loss: no sum -> expected one number
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    hits, false, missed = truth * output, (1 - truth) * output, truth * (1 - output)
    return 1 - (hits + 1) / (hits + alpha * false + beta * missed + 1)


# %% tversky_loss: means -> Take sums
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    hits = tf.reduce_mean(truth * output)
    false, missed = tf.reduce_mean((1 - truth) * output), tf.reduce_mean(truth * (1 - output))
    return 1 - (hits + 1) / (hits + alpha * false + beta * missed + 1)


# %% tversky_loss: twice the hits -> counted twice
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    hits = tf.reduce_sum(truth * output)
    false, missed = tf.reduce_sum((1 - truth) * output), tf.reduce_sum(truth * (1 - output))
    return 1 - (2 * hits + 1) / (2 * hits + alpha * false + beta * missed + 1)


# %% tversky_loss: all probability is a false alarm -> (1 - truth) * output
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    hits, false = tf.reduce_sum(truth * output), tf.reduce_sum(output)
    missed = tf.reduce_sum(truth * (1 - output))
    return 1 - (hits + 1) / (hits + alpha * false + beta * missed + 1)


# %% tversky_loss: the whole infarct is missed -> truth * (1 - output)
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    hits, missed = tf.reduce_sum(truth * output), tf.reduce_sum(truth)
    false = tf.reduce_sum((1 - truth) * output)
    return 1 - (hits + 1) / (hits + alpha * false + beta * missed + 1)


# %% tversky_loss: no bracket -> bracket below the line
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    hits = tf.reduce_sum(truth * output)
    false, missed = tf.reduce_sum((1 - truth) * output), tf.reduce_sum(truth * (1 - output))
    return 1 - ((hits + 1) / hits + alpha * false + beta * missed + 1)


# %% tversky_loss: a tensor's sum -> A tensor has no .sum()
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    hits = (truth * output).sum()
    false, missed = ((1 - truth) * output).sum(), (truth * (1 - output)).sum()
    return 1 - (hits + 1) / (hits + alpha * false + beta * missed + 1)


# %% tversky_loss: picked by a mask -> A mask cannot pick from a tensor
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    hits = tf.reduce_sum(output[truth])
    false, missed = tf.reduce_sum(output[1 - truth]), tf.reduce_sum(1 - output[truth])
    return 1 - (hits + 1) / (hits + alpha * false + beta * missed + 1)


# %% tversky_loss: above a threshold -> do not threshold them.
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    output = tf.cast(output > 0.5, tf.float32)
    hits = tf.reduce_sum(truth * output)
    false, missed = tf.reduce_sum((1 - truth) * output), tf.reduce_sum(truth * (1 - output))
    return 1 - (hits + 1) / (hits + alpha * false + beta * missed + 1)


# %% tversky_loss: true and false -> True and False cannot be multiplied
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    output = output > 0.5
    hits = tf.reduce_sum(truth * output)
    false, missed = tf.reduce_sum((1 - truth) * output), tf.reduce_sum(truth * (1 - output))
    return 1 - (hits + 1) / (hits + alpha * false + beta * missed + 1)


# %% tversky_loss: NumPy -> no longer a tensor
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    hits = np.sum(truth * output)
    false, missed = np.sum((1 - truth) * output), np.sum(truth * (1 - output))
    return 1 - (hits + 1) / (hits + alpha * false + beta * missed + 1)


# %% tversky_loss: by .numpy() -> no longer a tensor
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    hits = tf.reduce_sum(truth * output).numpy()
    false, missed = tf.reduce_sum((1 - truth) * output).numpy(), tf.reduce_sum(truth * (1 - output)).numpy()
    return 1 - (hits + 1) / (hits + alpha * false + beta * missed + 1)


# %% tversky_loss: with Keras' functions -> Passed.
def tversky_loss(truth, output, alpha=0.3, beta=0.7):
    hits = keras.ops.sum(truth * output)
    false, missed = keras.ops.sum(output) - hits, keras.ops.sum(truth) - hits
    return 1.0 - (hits + 1.0) / (hits + alpha * false + beta * missed + 1.0)


# %% lesion_counts: voxels -> counted voxels
def lesion_counts(truth, found):
    return (truth & found).sum(), (truth & ~found).sum(), (found & ~truth).sum()


# %% lesion_counts: faces only -> share only a corner
def lesion_counts(truth, found):
    (true_pieces, n), (found_pieces, m) = ndimage.label(truth), ndimage.label(found)
    hit = sum(found[true_pieces == k].any() for k in range(1, n + 1))
    false = sum(not truth[found_pieces == k].any() for k in range(1, m + 1))
    return hit, n - hit, false


# %% lesion_counts: half of a lesion -> One common voxel
def lesion_counts(truth, found):
    (true_pieces, n), (found_pieces, m) = (ndimage.label(x, np.ones((3, 3, 3))) for x in (truth, found))
    hit = sum(found[true_pieces == k].mean() > 0.5 for k in range(1, n + 1))
    false = sum(truth[found_pieces == k].mean() < 0.5 for k in range(1, m + 1))
    return hit, n - hit, false


# %% lesion_counts: hits among the marked pieces -> both are hit
def lesion_counts(truth, found):
    (true_pieces, n), (found_pieces, m) = (ndimage.label(x, np.ones((3, 3, 3))) for x in (truth, found))
    hit = sum(truth[found_pieces == k].any() for k in range(1, m + 1))
    return hit, n - hit, m - hit


# %% lesion_counts: common pieces -> Three crumbs
def lesion_counts(truth, found):
    (true_pieces, n), (found_pieces, m) = (ndimage.label(x, np.ones((3, 3, 3))) for x in (truth, found))
    hit = sum(
        1 for k in range(1, n + 1) for j in range(1, m + 1) if (found_pieces[true_pieces == k] == j).any()
    )
    false = sum(not truth[found_pieces == k].any() for k in range(1, m + 1))
    return hit, n - hit, false


# %% lesion_counts: found less hits -> may touch two true lesions
def lesion_counts(truth, found):
    (true_pieces, n), (_, m) = (ndimage.label(x, np.ones((3, 3, 3))) for x in (truth, found))
    hit = sum(found[true_pieces == k].any() for k in range(1, n + 1))
    return hit, n - hit, m - hit


# %% lesion_counts: the whole lesion -> One common voxel
def lesion_counts(truth, found):
    (true_pieces, n), (found_pieces, m) = (ndimage.label(x, np.ones((3, 3, 3))) for x in (truth, found))
    hit = sum(found[true_pieces == k].all() for k in range(1, n + 1))
    false = sum(not truth[found_pieces == k].any() for k in range(1, m + 1))
    return hit, n - hit, false


# %% lesion_counts: no any -> Ask whether *any* voxel is
def lesion_counts(truth, found):
    (true_pieces, n), (found_pieces, m) = (ndimage.label(x, np.ones((3, 3, 3))) for x in (truth, found))
    hit = sum(1 for k in range(1, n + 1) if found[true_pieces == k])
    return hit, n - hit, m - hit


# %% lesion_counts: all true ones are missed -> less the hit ones
def lesion_counts(truth, found):
    (true_pieces, n), (found_pieces, m) = (ndimage.label(x, np.ones((3, 3, 3))) for x in (truth, found))
    hit = sum(found[true_pieces == k].any() for k in range(1, n + 1))
    false = sum(not truth[found_pieces == k].any() for k in range(1, m + 1))
    return hit, n, false


# %% lesion_counts: all marked pieces are false -> is no false alarm
def lesion_counts(truth, found):
    (true_pieces, n), (found_pieces, m) = (ndimage.label(x, np.ones((3, 3, 3))) for x in (truth, found))
    hit = sum(found[true_pieces == k].any() for k in range(1, n + 1))
    return hit, n - hit, m


# %% lesion_counts: another order -> Missed and false are exchanged
def lesion_counts(truth, found):
    (true_pieces, n), (found_pieces, m) = (ndimage.label(x, np.ones((3, 3, 3))) for x in (truth, found))
    hit = sum(found[true_pieces == k].any() for k in range(1, n + 1))
    false = sum(not truth[found_pieces == k].any() for k in range(1, m + 1))
    return hit, false, n - hit


# %% lesion_counts: the background counts -> numbered from 1
def lesion_counts(truth, found):
    (true_pieces, n), (found_pieces, m) = (ndimage.label(x, np.ones((3, 3, 3))) for x in (truth, found))
    hit = sum(found[true_pieces == k].any() for k in range(n))
    false = sum(not truth[found_pieces == k].any() for k in range(m))
    return hit, n - hit, false


# %% lesion_counts: only the hits -> Return three numbers
def lesion_counts(truth, found):
    pieces, count = ndimage.label(truth, np.ones((3, 3, 3)))
    return sum(found[pieces == k].any() for k in range(1, count + 1))


# %% lesion_counts: label gives two things -> returns two things
def lesion_counts(truth, found):
    pieces = ndimage.label(truth, np.ones((3, 3, 3)))
    hit = sum(found[pieces == k].any() for k in range(1, pieces + 1))
    return hit, len(pieces) - hit, 0


# %% lesion_counts: by unique numbers -> Passed.
def lesion_counts(truth, found):
    (a, n), (b, m) = (ndimage.label(x, np.ones((3, 3, 3))) for x in (truth, found))
    hit, right = (len(np.unique(x[truth & found])) for x in (a, b))
    return [hit, n - hit, m - right]


# %% flair_ratio: upside down -> Upside down
def flair_ratio(flair, infarct, brain):
    tissue = brain & (flair > 0.7 * np.median(flair[brain]))
    away_mm = 2 * ndimage.distance_transform_edt(~infarct)
    beside = tissue & (away_mm > 2) & (away_mm <= 12)
    return np.median(flair[beside]) / np.median(flair[infarct & tissue])
# %% flair_ratio: means -> Take the median
def flair_ratio(flair, infarct, brain):
    tissue = brain & (flair > 0.7 * np.median(flair[brain]))
    away_mm = 2 * ndimage.distance_transform_edt(~infarct)
    beside = tissue & (away_mm > 2) & (away_mm <= 12)
    return np.mean(flair[infarct & tissue]) / np.mean(flair[beside])
# %% flair_ratio: with fluid -> Fluid counts in both
def flair_ratio(flair, infarct, brain):
    away_mm = 2 * ndimage.distance_transform_edt(~infarct)
    beside = brain & (away_mm > 2) & (away_mm <= 12)
    return np.median(flair[infarct]) / np.median(flair[beside])
# %% flair_ratio: fluid in the infarct -> Fluid counts in the infarct
def flair_ratio(flair, infarct, brain):
    tissue = brain & (flair > 0.7 * np.median(flair[brain]))
    away_mm = 2 * ndimage.distance_transform_edt(~infarct)
    beside = tissue & (away_mm > 2) & (away_mm <= 12)
    return np.median(flair[infarct]) / np.median(flair[beside])
# %% flair_ratio: voxels for millimetres -> multiply them by 2
def flair_ratio(flair, infarct, brain):
    tissue = brain & (flair > 0.7 * np.median(flair[brain]))
    away_mm = ndimage.distance_transform_edt(~infarct)
    beside = tissue & (away_mm > 2) & (away_mm <= 12)
    return np.median(flair[infarct & tissue]) / np.median(flair[beside])
# %% flair_ratio: the border as well -> hold some of it
def flair_ratio(flair, infarct, brain):
    tissue = brain & (flair > 0.7 * np.median(flair[brain]))
    away_mm = 2 * ndimage.distance_transform_edt(~infarct)
    beside = tissue & (away_mm > 0) & (away_mm <= 12)
    return np.median(flair[infarct & tissue]) / np.median(flair[beside])
# %% flair_ratio: the infarct beside itself -> The infarct itself
def flair_ratio(flair, infarct, brain):
    tissue = brain & (flair > 0.7 * np.median(flair[brain]))
    away_mm = 2 * ndimage.distance_transform_edt(~infarct)
    beside = tissue & (away_mm <= 12)
    return np.median(flair[infarct & tissue]) / np.median(flair[beside])
# %% flair_ratio: distances inside -> Measure outside
def flair_ratio(flair, infarct, brain):
    tissue = brain & (flair > 0.7 * np.median(flair[brain]))
    away_mm = 2 * ndimage.distance_transform_edt(infarct)
    beside = tissue & (away_mm > 2) & (away_mm <= 12)
    return np.median(flair[infarct & tissue]) / np.median(flair[beside])
# %% flair_ratio: the whole brain -> with the whole brain
def flair_ratio(flair, infarct, brain):
    tissue = brain & (flair > 0.7 * np.median(flair[brain]))
    return np.median(flair[infarct & tissue]) / np.median(flair[tissue & ~infarct])
# %% flair_ratio: the median of everything -> not in the whole array
def flair_ratio(flair, infarct, brain):
    tissue = brain & (flair > 0.7 * np.median(flair))
    away_mm = 2 * ndimage.distance_transform_edt(~infarct)
    beside = tissue & (away_mm > 2) & (away_mm <= 12)
    return np.median(flair[infarct & tissue]) / np.median(flair[beside])
# %% flair_ratio: the fluid itself -> kept the fluid
def flair_ratio(flair, infarct, brain):
    tissue = brain & (flair <= 0.7 * np.median(flair[brain]))
    away_mm = 2 * ndimage.distance_transform_edt(~infarct)
    beside = tissue & (away_mm > 2) & (away_mm <= 12)
    return np.median(flair[infarct & tissue]) / np.median(flair[beside])
# %% flair_ratio: between two numbers -> Compare twice
def flair_ratio(flair, infarct, brain):
    tissue = brain & (flair > 0.7 * np.median(flair[brain]))
    away_mm = 2 * ndimage.distance_transform_edt(~infarct)
    beside = tissue & (2 < away_mm <= 12)
    return np.median(flair[infarct & tissue]) / np.median(flair[beside])
# %% flair_ratio: no brackets -> each comparison needs brackets
def flair_ratio(flair, infarct, brain):
    tissue = brain & flair > 0.7 * np.median(flair[brain])
    away_mm = 2 * ndimage.distance_transform_edt(~infarct)
    beside = tissue & (away_mm > 2) & (away_mm <= 12)
    return np.median(flair[infarct & tissue]) / np.median(flair[beside])
# %% flair_ratio: a difference -> That is a difference
def flair_ratio(flair, infarct, brain):
    tissue = brain & (flair > 0.7 * np.median(flair[brain]))
    away_mm = 2 * ndimage.distance_transform_edt(~infarct)
    beside = tissue & (away_mm > 2) & (away_mm <= 12)
    return np.median(flair[infarct & tissue]) - np.median(flair[beside])
# %% flair_ratio: many numbers -> expected one number
def flair_ratio(flair, infarct, brain):
    tissue = brain & (flair > 0.7 * np.median(flair[brain]))
    away_mm = 2 * ndimage.distance_transform_edt(~infarct)
    beside = tissue & (away_mm > 2) & (away_mm <= 12)
    return flair[infarct & tissue] / np.median(flair[beside])
# %% flair_ratio: grown masks -> Passed.
def flair_ratio(flair, infarct, brain):
    tissue = brain & (flair > 0.7 * np.median(flair[brain]))
    near = ndimage.binary_dilation(infarct, iterations=6)
    beside = near & ~ndimage.binary_dilation(infarct)
    return float(np.median(flair[tissue & infarct])) / float(np.median(flair[tissue & beside]))

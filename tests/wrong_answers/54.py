# %% augment: the labels stay -> not mirrored together
def augment(image, seg, rng):
    if rng.random() < 0.5:
        image = image[:, ::-1]
    brain = (image > -1).any(axis=-1, keepdims=True)
    changed = np.clip(image * rng.uniform(0.8, 1.2, 4) + rng.uniform(-0.2, 0.2, 4), -1, 1)
    return np.where(brain, changed, -1), seg


# %% augment: a coin for each -> not mirrored together
def augment(image, seg, rng):
    image = image[:, ::-1] if rng.random() < 0.5 else image
    seg = seg[:, ::-1] if rng.random() < 0.5 else seg
    brain = (image > -1).any(axis=-1, keepdims=True)
    changed = np.clip(image * rng.uniform(0.8, 1.2, 4) + rng.uniform(-0.2, 0.2, 4), -1, 1)
    return np.where(brain, changed, -1), seg


# %% augment: upside down -> second axis
def augment(image, seg, rng):
    if rng.random() < 0.5:
        image, seg = image[::-1], seg[::-1]
    brain = (image > -1).any(axis=-1, keepdims=True)
    changed = np.clip(image * rng.uniform(0.8, 1.2, 4) + rng.uniform(-0.2, 0.2, 4), -1, 1)
    return np.where(brain, changed, -1), seg


# %% augment: always mirrored -> Every slice was mirrored
def augment(image, seg, rng):
    image, seg = image[:, ::-1], seg[:, ::-1]
    brain = (image > -1).any(axis=-1, keepdims=True)
    changed = np.clip(image * rng.uniform(0.8, 1.2, 4) + rng.uniform(-0.2, 0.2, 4), -1, 1)
    return np.where(brain, changed, -1), seg


# %% augment: never mirrored -> No slice was mirrored
def augment(image, seg, rng):
    brain = (image > -1).any(axis=-1, keepdims=True)
    changed = np.clip(image * rng.uniform(0.8, 1.2, 4) + rng.uniform(-0.2, 0.2, 4), -1, 1)
    return np.where(brain, changed, -1), seg


# %% augment: the background becomes grey -> Outside the brain
def augment(image, seg, rng):
    if rng.random() < 0.5:
        image, seg = image[:, ::-1], seg[:, ::-1]
    return np.clip(image * rng.uniform(0.8, 1.2, 4) + rng.uniform(-0.2, 0.2, 4), -1, 1), seg


# %% augment: the brain from before the mirror -> Outside the brain
def augment(image, seg, rng):
    brain = (image > -1).any(axis=-1, keepdims=True)
    if rng.random() < 0.5:
        image, seg = image[:, ::-1], seg[:, ::-1]
    changed = np.clip(image * rng.uniform(0.8, 1.2, 4) + rng.uniform(-0.2, 0.2, 4), -1, 1)
    return np.where(brain, changed, -1), seg


# %% augment: each contrast has its own background -> Dark fluid
def augment(image, seg, rng):
    if rng.random() < 0.5:
        image, seg = image[:, ::-1], seg[:, ::-1]
    changed = np.clip(image * rng.uniform(0.8, 1.2, 4) + rng.uniform(-0.2, 0.2, 4), -1, 1)
    return np.where(image > -1, changed, -1), seg


# %% augment: not clipped -> Clip them
def augment(image, seg, rng):
    if rng.random() < 0.5:
        image, seg = image[:, ::-1], seg[:, ::-1]
    brain = (image > -1).any(axis=-1, keepdims=True)
    changed = image * rng.uniform(0.8, 1.2, 4) + rng.uniform(-0.2, 0.2, 4)
    return np.where(brain, changed, -1), seg


# %% augment: one gain for all contrasts -> All four contrasts
def augment(image, seg, rng):
    if rng.random() < 0.5:
        image, seg = image[:, ::-1], seg[:, ::-1]
    brain = (image > -1).any(axis=-1, keepdims=True)
    changed = np.clip(image * rng.uniform(0.8, 1.2) + rng.uniform(-0.2, 0.2), -1, 1)
    return np.where(brain, changed, -1), seg


# %% augment: a gain for each pixel -> not for each pixel
def augment(image, seg, rng):
    if rng.random() < 0.5:
        image, seg = image[:, ::-1], seg[:, ::-1]
    brain = (image > -1).any(axis=-1, keepdims=True)
    changed = image * rng.uniform(0.8, 1.2, image.shape) + rng.uniform(-0.2, 0.2, image.shape)
    return np.where(brain, np.clip(changed, -1, 1), -1), seg


# %% augment: the labels get a gain, too -> Labels are names
def augment(image, seg, rng):
    if rng.random() < 0.5:
        image, seg = image[:, ::-1], seg[:, ::-1]
    gain, offset = rng.uniform(0.8, 1.2, 4), rng.uniform(-0.2, 0.2, 4)
    brain = (image > -1).any(axis=-1, keepdims=True)
    return np.where(brain, np.clip(image * gain + offset, -1, 1), -1), seg * gain[0]


# %% augment: no gain -> The gain is missing
def augment(image, seg, rng):
    if rng.random() < 0.5:
        image, seg = image[:, ::-1], seg[:, ::-1]
    brain = (image > -1).any(axis=-1, keepdims=True)
    return np.where(brain, np.clip(image + rng.uniform(-0.2, 0.2, 4), -1, 1), -1), seg


# %% augment: no offset -> The offset is missing
def augment(image, seg, rng):
    if rng.random() < 0.5:
        image, seg = image[:, ::-1], seg[:, ::-1]
    brain = (image > -1).any(axis=-1, keepdims=True)
    return np.where(brain, np.clip(image * rng.uniform(0.8, 1.2, 4), -1, 1), -1), seg


# %% augment: the offset is multiplied, too -> multiply before you add
def augment(image, seg, rng):
    if rng.random() < 0.5:
        image, seg = image[:, ::-1], seg[:, ::-1]
    brain = (image > -1).any(axis=-1, keepdims=True)
    gain, offset = rng.uniform(0.8, 1.2, 4), rng.uniform(-0.2, 0.2, 4)
    return np.where(brain, np.clip((image + offset) * gain, -1, 1), -1), seg


# %% augment: gains around 0 -> draw them from 0.8 to 1.2
def augment(image, seg, rng):
    if rng.random() < 0.5:
        image, seg = image[:, ::-1], seg[:, ::-1]
    brain = (image > -1).any(axis=-1, keepdims=True)
    changed = np.clip(image * rng.uniform(0.2, 1.2, 4) + rng.uniform(-0.2, 0.2, 4), -1, 1)
    return np.where(brain, changed, -1), seg


# %% augment: in place -> changes the slice that it was given
def augment(image, seg, rng):
    if rng.random() < 0.5:
        image, seg = image[:, ::-1], seg[:, ::-1]
    brain = (image > -1).any(axis=-1, keepdims=True)
    image *= rng.uniform(0.8, 1.2, 4)
    image += rng.uniform(-0.2, 0.2, 4)
    return np.where(brain, np.clip(image, -1, 1), -1), seg


# %% augment: chance without rng -> Draw with `rng`
def augment(image, seg, rng):
    if np.random.random() < 0.5:
        image, seg = image[:, ::-1], seg[:, ::-1]
    brain = (image > -1).any(axis=-1, keepdims=True)
    changed = np.clip(image * np.random.uniform(0.8, 1.2, 4) + np.random.uniform(-0.2, 0.2, 4), -1, 1)
    return np.where(brain, changed, -1), seg


# %% augment: only the image -> Return two things
def augment(image, seg, rng):
    brain = (image > -1).any(axis=-1, keepdims=True)
    return np.where(brain, np.clip(image * rng.uniform(0.8, 1.2, 4), -1, 1), -1)


# %% augment: another order of the draws, and np.flip -> Passed.
def augment(image, seg, rng):
    gain, offset = 0.8 + 0.4 * rng.random(4), 0.4 * rng.random(4) - 0.2
    new = (gain * image + offset).clip(-1, 1)
    new[(image == -1).all(axis=-1)] = -1
    if rng.integers(2):
        return np.flip(new, axis=1), np.fliplr(seg)
    return new, seg


# %% transplant: outside the brain -> Set labels to 0
def transplant(seg, tissue, row, column):
    rows, columns = np.nonzero(seg)
    down, right = round(row - rows.mean()), round(column - columns.mean())
    return np.roll(seg, (down, right), axis=(0, 1))


# %% transplant: the other way -> moved the other way
def transplant(seg, tissue, row, column):
    rows, columns = np.nonzero(seg)
    down, right = round(rows.mean() - row), round(columns.mean() - column)
    return np.roll(seg, (down, right), axis=(0, 1)) * (tissue > 0)


# %% transplant: rows and columns exchanged -> exchanged
def transplant(seg, tissue, row, column):
    rows, columns = np.nonzero(seg)
    down, right = round(row - rows.mean()), round(column - columns.mean())
    return np.roll(seg, (right, down), axis=(0, 1)) * (tissue > 0)


# %% transplant: the corner at the place -> not its corner
def transplant(seg, tissue, row, column):
    rows, columns = np.nonzero(seg)
    return np.roll(seg, (row - rows.min(), column - columns.min()), axis=(0, 1)) * (tissue > 0)


# %% transplant: shifted by the place itself -> not its corner
def transplant(seg, tissue, row, column):
    return np.roll(seg, (row, column), axis=(0, 1)) * (tissue > 0)


# %% transplant: all labels become 1 -> keeps its own label
def transplant(seg, tissue, row, column):
    rows, columns = np.nonzero(seg)
    new = np.zeros_like(seg)
    for r, c in zip(rows + round(row - rows.mean()), columns + round(column - columns.mean())):
        if 0 <= r < seg.shape[0] and 0 <= c < seg.shape[1] and tissue[r, c] > 0:
            new[r, c] = 1
    return new


# %% transplant: only where the host has white matter -> replaces whatever tissue
def transplant(seg, tissue, row, column):
    rows, columns = np.nonzero(seg)
    new = np.zeros_like(seg)
    for r, c in zip(rows, columns):
        there = r + round(row - rows.mean()), c + round(column - columns.mean())
        if 0 <= there[0] < seg.shape[0] and 0 <= there[1] < seg.shape[1] and tissue[there] == 3:
            new[there] = seg[r, c]
    return new


# %% transplant: leaves the image -> outside of the array
def transplant(seg, tissue, row, column):
    rows, columns = np.nonzero(seg)
    new = np.zeros_like(seg)
    new[rows + round(row - rows.mean()), columns + round(column - columns.mean())] = seg[rows, columns]
    return new * (tissue > 0)


# %% transplant: a fraction of a pixel -> whole numbers
def transplant(seg, tissue, row, column):
    rows, columns = np.nonzero(seg)
    new = np.zeros_like(seg)
    new[rows + (row - rows.mean()), columns + (column - columns.mean())] = seg[rows, columns]
    return new * (tissue > 0)


# %% transplant: cut off in place of rounded -> one pixel beside
def transplant(seg, tissue, row, column):
    rows, columns = np.nonzero(seg)
    down, right = int(row - rows.mean() - 0.5), int(column - columns.mean() - 0.5)
    return np.roll(seg, (down, right), axis=(0, 1)) * (tissue > 0)


# %% transplant: in place -> changes the labels
def transplant(seg, tissue, row, column):
    rows, columns = np.nonzero(seg)
    seg[:] = np.roll(seg, (round(row - rows.mean()), round(column - columns.mean())), axis=(0, 1))
    seg[tissue == 0] = 0
    return seg


# %% transplant: pixel by pixel -> Passed.
def transplant(seg, tissue, row, column):
    rows, columns = np.nonzero(seg)
    down, right = round(row - rows.mean()), round(column - columns.mean())
    new = np.zeros_like(seg)
    for r, c in zip(rows, columns):
        inside = 0 <= r + down < seg.shape[0] and 0 <= c + right < seg.shape[1]
        if inside and tissue[r + down, c + right] > 0:
            new[r + down, c + right] = seg[r, c]
    return new


# %% mix: in proportion to the slices -> drowns the small one
def mix(sources, shares, batch_size, rng):
    images = np.concatenate([source[0] for source in sources])
    seg = np.concatenate([source[1] for source in sources])
    while True:
        rows = rng.permutation(len(images))[:batch_size]
        yield images[rows], seg[rows]


# %% mix: shares forgotten -> Use `shares`
def mix(sources, shares, batch_size, rng):
    waiting = [[] for _ in sources]
    while True:
        images, seg = [], []
        for k in rng.choice(len(sources), batch_size):
            if not waiting[k]:
                waiting[k] = list(rng.permutation(len(sources[k][0])))
            row = waiting[k].pop()
            images.append(sources[k][0][row])
            seg.append(sources[k][1][row])
        yield np.stack(images), np.stack(seg)


# %% mix: with repeats -> before all others came once
def mix(sources, shares, batch_size, rng):
    while True:
        images, seg = [], []
        for k in rng.choice(len(sources), batch_size, p=shares):
            row = rng.integers(len(sources[k][0]))
            images.append(sources[k][0][row])
            seg.append(sources[k][1][row])
        yield np.stack(images), np.stack(seg)


# %% mix: a batch from one source -> Each batch comes from one source
def mix(sources, shares, batch_size, rng):
    waiting = [[] for _ in sources]
    while True:
        images, seg = [], []
        k = rng.choice(len(sources), p=shares)
        for _ in range(batch_size):
            if not waiting[k]:
                waiting[k] = list(rng.permutation(len(sources[k][0])))
            row = waiting[k].pop()
            images.append(sources[k][0][row])
            seg.append(sources[k][1][row])
        yield np.stack(images), np.stack(seg)


# %% mix: images and labels drawn apart -> another slice's labels
def mix(sources, shares, batch_size, rng):
    while True:
        images, seg = [], []
        for k in rng.choice(len(sources), batch_size, p=shares):
            images.append(rng.choice(sources[k][0]))
            seg.append(rng.choice(sources[k][1]))
        yield np.stack(images), np.stack(seg)


# %% mix: a batch only -> Go on for ever
def mix(sources, shares, batch_size, rng):
    images, seg = [], []
    for k in rng.choice(len(sources), batch_size, p=shares):
        row = rng.integers(len(sources[k][0]))
        images.append(sources[k][0][row])
        seg.append(sources[k][1][row])
    yield np.stack(images), np.stack(seg)


# %% mix: returned -> goes on when it is asked
def mix(sources, shares, batch_size, rng):
    images, seg = [], []
    for k in rng.choice(len(sources), batch_size, p=shares):
        row = rng.integers(len(sources[k][0]))
        images.append(sources[k][0][row])
        seg.append(sources[k][1][row])
    return np.stack(images), np.stack(seg)


# %% mix: never shuffled anew -> A list is empty
def mix(sources, shares, batch_size, rng):
    waiting = [list(rng.permutation(len(source[0]))) for source in sources]
    while True:
        images, seg = [], []
        for k in rng.choice(len(sources), batch_size, p=shares):
            row = waiting[k].pop()
            images.append(sources[k][0][row])
            seg.append(sources[k][1][row])
        yield np.stack(images), np.stack(seg)


# %% mix: not shuffled -> in which they are stored
def mix(sources, shares, batch_size, rng):
    waiting = [[] for _ in sources]
    while True:
        images, seg = [], []
        for k in rng.choice(len(sources), batch_size, p=shares):
            if not waiting[k]:
                waiting[k] = list(range(len(sources[k][0])))
            row = waiting[k].pop()
            images.append(sources[k][0][row])
            seg.append(sources[k][1][row])
        yield np.stack(images), np.stack(seg)


# %% mix: shuffled once -> Every pass has the same order
def mix(sources, shares, batch_size, rng):
    orders = [list(rng.permutation(len(source[0]))) for source in sources]
    taken = [0 for _ in sources]
    while True:
        images, seg = [], []
        for k in rng.choice(len(sources), batch_size, p=shares):
            row = orders[k][taken[k] % len(orders[k])]
            taken[k] += 1
            images.append(sources[k][0][row])
            seg.append(sources[k][1][row])
        yield np.stack(images), np.stack(seg)


# %% mix: all waiting lists filled when one is empty -> before all others came once
def mix(sources, shares, batch_size, rng):
    waiting = [[] for _ in sources]
    while True:
        images, seg = [], []
        for k in rng.choice(len(sources), batch_size, p=shares):
            if not waiting[k]:
                waiting = [list(rng.permutation(len(source[0]))) for source in sources]
            row = waiting[k].pop()
            images.append(sources[k][0][row])
            seg.append(sources[k][1][row])
        yield np.stack(images), np.stack(seg)


# %% mix: always the first row -> always the same slice
def mix(sources, shares, batch_size, rng):
    while True:
        images, seg = [], []
        for k in rng.choice(len(sources), batch_size, p=shares):
            images.append(sources[k][0][0])
            seg.append(sources[k][1][0])
        yield np.stack(images), np.stack(seg)


# %% mix: lists in place of arrays, first the labels -> Received batches of
def mix(sources, shares, batch_size, rng):
    while True:
        images, seg = [], []
        for k in rng.choice(len(sources), batch_size, p=shares):
            row = rng.integers(len(sources[k][0]))
            images.append(sources[k][0][row])
            seg.append(sources[k][1][row])
        yield np.stack(seg), np.stack(images)


# %% mix: chance without rng -> Draw with `rng`
def mix(sources, shares, batch_size, rng):
    waiting = [[] for _ in sources]
    while True:
        images, seg = [], []
        for k in np.random.choice(len(sources), batch_size, p=shares):
            if not waiting[k]:
                waiting[k] = list(np.random.permutation(len(sources[k][0])))
            row = waiting[k].pop()
            images.append(sources[k][0][row])
            seg.append(sources[k][1][row])
        yield np.stack(images), np.stack(seg)


# %% mix: an rng of one's own -> the `rng` that you are given
def mix(sources, shares, batch_size, rng):
    rng = np.random.default_rng(0)
    waiting = [[] for _ in sources]
    while True:
        images, seg = [], []
        for k in rng.choice(len(sources), batch_size, p=shares):
            if not waiting[k]:
                waiting[k] = list(rng.permutation(len(sources[k][0])))
            row = waiting[k].pop()
            images.append(sources[k][0][row])
            seg.append(sources[k][1][row])
        yield np.stack(images), np.stack(seg)


# %% mix: exact numbers of each source in a batch, and itertools -> Passed.
def mix(sources, shares, batch_size, rng):
    def rows_of(count):
        while True:
            yield from rng.permutation(count)

    streams = [rows_of(len(images)) for images, _ in sources]
    while True:
        counts = rng.multinomial(batch_size, shares)
        pairs = [(k, next(streams[k])) for k, count in enumerate(counts) for _ in range(count)]
        yield np.array([sources[k][0][r] for k, r in pairs]), np.array([sources[k][1][r] for k, r in pairs])


# %% gain: NaN kept -> The result is NaN
def gain(arm, plain, rng):
    each = (arm - plain).mean(axis=0)
    means = [rng.choice(each, len(each)).mean() for _ in range(2000)]
    low, high = np.quantile(means, [0.025, 0.975])
    return each.mean(), low, high


# %% gain: NaN left out of the mean only -> The result is NaN
def gain(arm, plain, rng):
    each = (arm - plain).mean(axis=0)
    means = [rng.choice(each, len(each)).mean() for _ in range(2000)]
    low, high = np.quantile(means, [0.025, 0.975])
    return np.nanmean(each), low, high


# %% gain: NaN as 0 -> count as 0
def gain(arm, plain, rng):
    each = np.nan_to_num((arm - plain).mean(axis=0))
    means = [rng.choice(each, len(each)).mean() for _ in range(2000)]
    low, high = np.quantile(means, [0.025, 0.975])
    return each.mean(), low, high


# %% gain: the other way round -> sign is wrong
def gain(arm, plain, rng):
    each = (plain - arm).mean(axis=0)
    each = each[~np.isnan(each)]
    means = [rng.choice(each, len(each)).mean() for _ in range(2000)]
    low, high = np.quantile(means, [0.025, 0.975])
    return each.mean(), low, high


# %% gain: the arm alone -> That is the arm's Dice
def gain(arm, plain, rng):
    each = arm.mean(axis=0)
    each = each[~np.isnan(each)]
    means = [rng.choice(each, len(each)).mean() for _ in range(2000)]
    low, high = np.quantile(means, [0.025, 0.975])
    return each.mean(), low, high


# %% gain: a ratio -> A gain is a difference
def gain(arm, plain, rng):
    each = (arm / plain).mean(axis=0)
    each = each[~np.isnan(each)]
    means = [rng.choice(each, len(each)).mean() for _ in range(2000)]
    low, high = np.quantile(means, [0.025, 0.975])
    return each.mean(), low, high


# %% gain: both arms resampled apart -> resampled both arms apart
def gain(arm, plain, rng):
    a, b = arm.mean(axis=0), plain.mean(axis=0)
    a, b = a[~np.isnan(a)], b[~np.isnan(b)]
    means = [rng.choice(a, len(a)).mean() - rng.choice(b, len(b)).mean() for _ in range(2000)]
    low, high = np.quantile(means, [0.025, 0.975])
    return (a - b).mean(), low, high


# %% gain: quantiles of patients -> single patients lie apart
def gain(arm, plain, rng):
    each = (arm - plain).mean(axis=0)
    each = each[~np.isnan(each)]
    low, high = np.quantile(each, [0.025, 0.975])
    return each.mean(), low, high


# %% gain: runs as if they were patients -> Average over the seeds first
def gain(arm, plain, rng):
    each = (arm - plain).ravel()
    each = each[~np.isnan(each)]
    means = [rng.choice(each, len(each)).mean() for _ in range(2000)]
    low, high = np.quantile(means, [0.025, 0.975])
    return each.mean(), low, high


# %% gain: 90 % -> too narrow for 95 %
def gain(arm, plain, rng):
    each = (arm - plain).mean(axis=0)
    each = each[~np.isnan(each)]
    means = [rng.choice(each, len(each)).mean() for _ in range(2000)]
    low, high = np.quantile(means, [0.05, 0.95])
    return each.mean(), low, high


# %% gain: without repeats -> no width
def gain(arm, plain, rng):
    each = (arm - plain).mean(axis=0)
    each = each[~np.isnan(each)]
    means = [rng.permutation(each).mean() for _ in range(2000)]
    low, high = np.quantile(means, [0.025, 0.975])
    return each.mean(), low, high


# %% gain: a single seed -> only the first seed
def gain(arm, plain, rng):
    each = (arm - plain)[0]
    each = each[~np.isnan(each)]
    means = [rng.choice(each, len(each)).mean() for _ in range(2000)]
    low, high = np.quantile(means, [0.025, 0.975])
    return each.mean(), low, high


# %% gain: only the mean -> Return three numbers
def gain(arm, plain, rng):
    return np.nanmean(arm - plain)


# %% gain: chance without rng -> Draw with `rng`
def gain(arm, plain, rng):
    each = (arm - plain).mean(axis=0)
    each = each[~np.isnan(each)]
    means = [np.random.choice(each, len(each)).mean() for _ in range(2000)]
    low, high = np.quantile(means, [0.025, 0.975])
    return each.mean(), low, high


# %% gain: all rounds at once, with means that leave NaN out -> Passed.
def gain(arm, plain, rng):
    each = np.mean(arm - plain, axis=0)
    known = each[np.isfinite(each)]
    rows = rng.integers(0, len(known), (1500, len(known)))
    ends = np.percentile(known[rows].mean(axis=1), [2.5, 97.5])
    return np.nanmean(each), ends[0], ends[1]


# %% suspicion: upside down -> Upside down
def suspicion(slices, patients, theirs, ours):
    a, b = (distances(slices, with_mirrors(made)).min(axis=1) for made in (theirs, ours))
    return {name: b[patients == name].mean() / a[patients == name].mean() for name in np.unique(patients)}


# %% suspicion: no mirrors -> Mirrored slices are missing
def suspicion(slices, patients, theirs, ours):
    a, b = (distances(slices, made).min(axis=1) for made in (theirs, ours))
    return {name: a[patients == name].mean() / b[patients == name].mean() for name in np.unique(patients)}


# %% suspicion: the mean over all generated slices -> What counts is the nearest
def suspicion(slices, patients, theirs, ours):
    a, b = (distances(slices, with_mirrors(made)).mean(axis=1) for made in (theirs, ours))
    return {name: a[patients == name].mean() / b[patients == name].mean() for name in np.unique(patients)}


# %% suspicion: theirs alone -> divide by that to ours
def suspicion(slices, patients, theirs, ours):
    a = distances(slices, with_mirrors(theirs)).min(axis=1)
    return {name: a[patients == name].mean() for name in np.unique(patients)}


# %% suspicion: a difference -> Divide the one by the other
def suspicion(slices, patients, theirs, ours):
    a, b = (distances(slices, with_mirrors(made)).min(axis=1) for made in (theirs, ours))
    return {name: (a - b)[patients == name].mean() for name in np.unique(patients)}


# %% suspicion: all patients together -> mean over all patients
def suspicion(slices, patients, theirs, ours):
    a, b = (distances(slices, with_mirrors(made)).min(axis=1) for made in (theirs, ours))
    return {name: a.mean() / b.mean() for name in np.unique(patients)}


# %% suspicion: the nearest slice of a patient -> which may be near by chance
def suspicion(slices, patients, theirs, ours):
    a, b = (distances(slices, with_mirrors(made)).min(axis=1) for made in (theirs, ours))
    return {name: a[patients == name].min() / b[patients == name].min() for name in np.unique(patients)}


# %% suspicion: a number for each slice -> Return a dictionary
def suspicion(slices, patients, theirs, ours):
    a, b = (distances(slices, with_mirrors(made)).min(axis=1) for made in (theirs, ours))
    return a / b


# %% suspicion: numbers as keys -> one for each patient
def suspicion(slices, patients, theirs, ours):
    a, b = (distances(slices, with_mirrors(made)).min(axis=1) for made in (theirs, ours))
    return {k: a[patients == n].mean() / b[patients == n].mean() for k, n in enumerate(np.unique(patients))}


# %% suspicion: mean of the slices' ratios -> Passed.
def suspicion(slices, patients, theirs, ours):
    a, b = (distances(slices, with_mirrors(made)).min(axis=1) for made in (theirs, ours))
    return {name: (a / b)[patients == name].mean() for name in set(patients)}

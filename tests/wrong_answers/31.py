# %% axial: as stored -> on its side
axial = lambda volume, k: volume[:, :, k]
# %% axial: mirrored, neurological convention -> mirrored
axial = lambda volume, k: volume[::-1, :, k].T
# %% axial: nose down -> upside down
axial = lambda volume, k: volume[:, ::-1, k].T
# %% axial: a rotation -> upside down
axial = lambda volume, k: np.rot90(volume[:, :, k])
# %% axial: the other rotation -> mirrored
axial = lambda volume, k: np.rot90(volume[:, :, k], -1)
# %% axial: as for RAS -> 180 degrees
axial = lambda volume, k: np.flipud(np.fliplr(volume[:, :, k].T))
# %% axial: along x -> another axis
axial = lambda volume, k: volume[k].T
# %% axial: along y -> another axis
axial = lambda volume, k: volume[:, k]
# %% axial: always the middle -> middle slice
axial = lambda volume, k: volume[:, :, volume.shape[2] // 2].T
# %% axial: the whole volume -> (4, 5, 6)
axial = lambda volume, k: volume.T
# %% axial: not a function -> cannot be checked
axial = 3
# %% axial: as stored, and flipped -> on its side
axial = lambda volume, k: volume[::-1, :, k]
# %% axial: always the same slice -> one k only
axial = lambda volume, k: volume[:, :, 3].T
# %% axial: past the end -> raised IndexError
axial = lambda volume, k: volume[:, :, k + volume.shape[2]].T
# %% axial: axes swapped -> Passed.
axial = lambda volume, k: np.swapaxes(volume, 0, 1)[..., k]

# %% normalise: the whole box -> most of it background
def normalise(volume, brain):
    low, high = np.percentile(volume, (0.5, 99.5))
    return np.where(brain, np.clip(2 * (volume - low) / (high - low) - 1, -1, 1), -1)
# %% normalise: above 0 instead of the mask -> volume > 0 is not the brain
def normalise(volume, brain):
    low, high = np.percentile(volume[volume > 0], (0.5, 99.5))
    return np.where(brain, np.clip(2 * (volume - low) / (high - low) - 1, -1, 1), -1)
# %% normalise: not clipped -> Clip them
def normalise(volume, brain):
    low, high = np.percentile(volume[brain], (0.5, 99.5))
    return np.where(brain, 2 * (volume - low) / (high - low) - 1, -1)
# %% normalise: from 0 to 1 -> from 0 to 1
def normalise(volume, brain):
    low, high = np.percentile(volume[brain], (0.5, 99.5))
    return np.where(brain, np.clip((volume - low) / (high - low), 0, 1), 0)
# %% normalise: smallest to largest -> one bright vessel decides
def normalise(volume, brain):
    inside = volume[brain]
    return np.where(brain, 2 * (volume - inside.min()) / (inside.max() - inside.min()) - 1, -1)
# %% normalise: the background is 0 -> should be -1
def normalise(volume, brain):
    low, high = np.percentile(volume[brain], (0.5, 99.5))
    return np.where(brain, np.clip(2 * (volume - low) / (high - low) - 1, -1, 1), 0)
# %% normalise: the mask forgotten at the end -> should be -1
def normalise(volume, brain):
    low, high = np.percentile(volume[brain], (0.5, 99.5))
    return np.clip(2 * (volume - low) / (high - low) - 1, -1, 1)
# %% normalise: the z-score -> z-score
normalise = lambda volume, brain: np.where(brain, (volume - volume[brain].mean()) / volume[brain].std(), -1)
# %% normalise: only the brain's voxels -> not only the brain
def normalise(volume, brain):
    low, high = np.percentile(volume[brain], (0.5, 99.5))
    return np.clip(2 * (volume[brain] - low) / (high - low) - 1, -1, 1)
# %% normalise: in place -> changed the volume
def normalise(volume, brain):
    low, high = np.percentile(volume[brain], (0.5, 99.5))
    volume[:] = np.clip(2 * (volume - low) / (high - low) - 1, -1, 1)
    volume[~brain] = -1
    return volume
# %% normalise: 5 and 95 -> 5 and 95
def normalise(volume, brain):
    low, high = np.percentile(volume[brain], (5, 95))
    return np.where(brain, np.clip(2 * (volume - low) / (high - low) - 1, -1, 1), -1)
# %% normalise: percentiles as shares -> counts from 0 to 100
def normalise(volume, brain):
    low, high = np.percentile(volume[brain], (0.005, 0.995))
    return np.where(brain, np.clip(2 * (volume - low) / (high - low) - 1, -1, 1), -1)
# %% normalise: logarithms -> not finite
normalise = lambda volume, brain: np.where(brain, np.log(np.where(volume, volume, np.nan)), -1)
# %% normalise: the square root -> a straight line
def normalise(volume, brain):
    low, high = np.percentile(volume[brain], (0.5, 99.5))
    return np.where(brain, 2 * np.sqrt(np.clip((volume - low) / (high - low), 0, 1)) - 1, -1)
# %% normalise: clipped first -> Passed.
def normalise(volume, brain):
    low, high = np.percentile(volume[brain], (0.5, 99.5))
    result = np.full(volume.shape, -1.0, np.float32)
    result[brain] = np.interp(volume[brain], (low, high), (-1, 1))
    return result

# %% overlay: opaque -> hide the image
def overlay(image, seg, colours, alpha):
    picture = np.stack([(image + 1) / 2] * 3, axis=-1)
    for label, colour in colours.items():
        picture[seg == label] = colour
    return picture
# %% overlay: the shares swapped -> wrong way round
def overlay(image, seg, colours, alpha):
    picture = np.stack([(image + 1) / 2] * 3, axis=-1)
    for label, colour in colours.items():
        mask = seg == label
        picture[mask] = alpha * picture[mask] + (1 - alpha) * np.array(colour)
    return picture
# %% overlay: no border -> drawn in its full colour
def overlay(image, seg, colours, alpha):
    picture = np.stack([(image + 1) / 2] * 3, axis=-1)
    for label, colour in colours.items():
        mask = seg == label
        picture[mask] = (1 - alpha) * picture[mask] + alpha * np.array(colour)
    return picture
# %% overlay: only a border -> still grey
def overlay(image, seg, colours, alpha):
    picture = np.stack([(image + 1) / 2] * 3, axis=-1)
    for label, colour in colours.items():
        mask = seg == label
        picture[mask & ~ndimage.binary_erosion(mask)] = colour
    return picture
# %% overlay: one border around all -> border of all labels together
def overlay(image, seg, colours, alpha):
    picture = np.stack([(image + 1) / 2] * 3, axis=-1)
    for label, colour in colours.items():
        mask = seg == label
        picture[mask] = (1 - alpha) * picture[mask] + alpha * np.array(colour)
    for label, colour in colours.items():
        picture[(seg == label) & ~ndimage.binary_erosion(seg > 0)] = colour
    return picture
# %% overlay: the border outside -> the mask without the mask eroded
def overlay(image, seg, colours, alpha):
    picture = np.stack([(image + 1) / 2] * 3, axis=-1)
    for label, colour in colours.items():
        mask = seg == label
        picture[mask] = (1 - alpha) * picture[mask] + alpha * np.array(colour)
        picture[mask & ~ndimage.binary_erosion(mask, iterations=1, structure=np.ones((1, 3)))] = colour
    return picture
# %% overlay: grey levels from -1 -> still run from -1 to 1
def overlay(image, seg, colours, alpha):
    picture = np.stack([image] * 3, axis=-1)
    for label, colour in colours.items():
        mask = seg == label
        picture[mask] = (1 - alpha) * picture[mask] + alpha * np.array(colour)
    return picture
# %% overlay: up to 255 -> go beyond 1
def overlay(image, seg, colours, alpha):
    picture = np.stack([(image + 1) * 127.5] * 3, axis=-1)
    for label, colour in colours.items():
        mask = seg == label
        picture[mask] = (1 - alpha) * picture[mask] + alpha * 255 * np.array(colour)
    return picture
# %% overlay: the whole slice blended -> without a label as well
def overlay(image, seg, colours, alpha):
    picture = np.stack([(image + 1) / 2] * 3, axis=-1)
    for label, colour in colours.items():
        mask = (seg == label)[..., None]
        picture = (1 - alpha) * picture + alpha * mask * np.array(colour)
    return picture
# %% overlay: the colour added -> too bright
def overlay(image, seg, colours, alpha):
    picture = np.stack([(image + 1) / 2] * 3, axis=-1)
    for label, colour in colours.items():
        picture[seg == label] += alpha * np.array(colour)
    return picture
# %% overlay: begun anew for each label -> Only the last label
def overlay(image, seg, colours, alpha):
    for label, colour in colours.items():
        picture = np.stack([(image + 1) / 2] * 3, axis=-1)
        mask = seg == label
        picture[mask] = (1 - alpha) * picture[mask] + alpha * np.array(colour)
    return picture
# %% overlay: no channels -> (14, 12, 3)
overlay = lambda image, seg, colours, alpha: np.where(seg > 0, 1, (image + 1) / 2)
# %% overlay: alpha is built in -> another alpha
def overlay(image, seg, colours, alpha):
    picture = np.stack([(image + 1) / 2] * 3, axis=-1)
    for label, colour in colours.items():
        mask = seg == label
        picture[mask] = 0.7 * picture[mask] + 0.3 * np.array(colour)
        picture[mask & ~ndimage.binary_erosion(mask)] = colour
    return picture
# %% overlay: in the image itself -> changed the image
def overlay(image, seg, colours, alpha):
    image += 1
    image /= 2
    return np.stack([image] * 3, axis=-1)
# %% overlay: the border is the eroded mask -> binary_erosion gives the inside
def overlay(image, seg, colours, alpha):
    picture = np.stack([(image + 1) / 2] * 3, axis=-1)
    for label, colour in colours.items():
        mask = seg == label
        picture[mask] = (1 - alpha) * picture[mask] + alpha * colour
        picture[ndimage.binary_erosion(mask)] = colour
    return picture
# %% overlay: masks subtracted -> does not subtract masks
def overlay(image, seg, colours, alpha):
    picture = np.stack([(image + 1) / 2] * 3, axis=-1)
    for label, colour in colours.items():
        mask = seg == label
        picture[mask] = (1 - alpha) * picture[mask] + alpha * colour
        picture[mask - ndimage.binary_erosion(mask)] = colour
    return picture
# %% overlay: the image blended -> (n, 3)
def overlay(image, seg, colours, alpha):
    picture = np.stack([(image + 1) / 2] * 3, axis=-1)
    for label, colour in colours.items():
        mask = seg == label
        picture[mask] = (1 - alpha) * image[mask] + alpha * colour
    return picture
# %% overlay: by neighbours and np.where -> Passed.
def overlay(image, seg, colours, alpha):
    picture = np.repeat((image[..., None] + 1) / 2, 3, axis=2)
    for label, colour in colours.items():
        mask = np.pad(seg == label, 1)
        inner = mask[:-2, 1:-1] & mask[2:, 1:-1] & mask[1:-1, :-2] & mask[1:-1, 2:]
        mask = mask[1:-1, 1:-1]
        share = np.where(mask & ~inner, 1, alpha * mask)[..., None]
        picture = (1 - share) * picture + share * np.array(colour)
    return picture

# %% split_by_patient: by slice -> Slices of one scan
split_by_patient = lambda table, share, rng: rng.random(len(table)) < share
# %% split_by_patient: the last slices -> Slices of one scan
split_by_patient = lambda table, share, rng: np.arange(len(table)) >= (1 - share) * len(table)
# %% split_by_patient: by subject -> Scans of one patient
def split_by_patient(table, share, rng):
    subjects = table["subject"].unique()
    return table["subject"].isin(rng.choice(subjects, int(share * len(subjects)), replace=False)).to_numpy()
# %% split_by_patient: sampled with replacement -> expected 10
def split_by_patient(table, share, rng):
    patients = table["patient"].to_numpy()
    return np.isin(patients, rng.choice(patients, int(share * len(patients))))
# %% split_by_patient: turned round -> wrong way round
def split_by_patient(table, share, rng):
    patients = rng.permutation(table["patient"].unique())
    return ~table["patient"].isin(patients[: int(share * len(patients))]).to_numpy()
# %% split_by_patient: not random -> Any rng
def split_by_patient(table, share, rng):
    patients = table["patient"].unique()
    return table["patient"].isin(patients[: int(share * len(patients))]).to_numpy()
# %% split_by_patient: another generator -> different splits
def split_by_patient(table, share, rng):
    patients = np.random.default_rng().permutation(table["patient"].unique())
    return table["patient"].isin(patients[: int(share * len(patients))]).to_numpy()
# %% split_by_patient: row numbers -> Received int64
def split_by_patient(table, share, rng):
    patients = rng.permutation(table["patient"].unique())
    return np.flatnonzero(table["patient"].isin(patients[: int(share * len(patients))]))
# %% split_by_patient: nobody -> split is empty
split_by_patient = lambda table, share, rng: np.zeros(len(table), bool)
# %% split_by_patient: half of the patients -> expected 10
def split_by_patient(table, share, rng):
    patients = rng.permutation(table["patient"].unique())
    return table["patient"].isin(patients[: len(patients) // 2]).to_numpy()
# %% split_by_patient: everybody -> split is empty
split_by_patient = lambda table, share, rng: np.ones(len(table), bool)
# %% split_by_patient: names drawn with replacement -> expected 10
def split_by_patient(table, share, rng):
    names = table["patient"].unique()
    return table["patient"].isin(rng.choice(names, round(share * len(names)))).to_numpy()
# %% split_by_patient: a coin for each -> expected 10
def split_by_patient(table, share, rng):
    names = table["patient"].unique()
    return table["patient"].isin(names[rng.random(len(names)) < share]).to_numpy()
# %% split_by_patient: a list -> Received a list
def split_by_patient(table, share, rng):
    names = table["patient"].unique()
    chosen = set(rng.permutation(names)[: round(share * len(names))])
    return [name in chosen for name in table["patient"]]
# %% split_by_patient: from a set -> Sort it first
def split_by_patient(table, share, rng):
    names = rng.permutation(list(set(table["patient"])))
    return table["patient"].isin(names[: round(share * len(names))]).to_numpy()
# %% split_by_patient: a float number -> use round
def split_by_patient(table, share, rng):
    names = rng.permutation(table["patient"].unique())
    return table["patient"].isin(names[: share * len(names)]).to_numpy()
# %% split_by_patient: in -> isin
def split_by_patient(table, share, rng):
    names = rng.permutation(table["patient"].unique())
    return table["patient"] in names[: round(share * len(names))]
# %% split_by_patient: always ten -> another share
def split_by_patient(table, share, rng):
    return table["patient"].isin(rng.choice(table["patient"].unique(), 10, replace=False)).to_numpy()
# %% split_by_patient: chosen at random -> Passed.
def split_by_patient(table, share, rng):
    return table["patient"].isin(rng.choice(table["patient"].unique(), int(share * table["patient"].nunique()), replace=False)).to_numpy()

# %% make_dataset: not scaled -> still run from 0 to 255
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images.astype("float32")[..., None], answers))
    if training:
        dataset = dataset.shuffle(len(images)).repeat()
    return dataset.batch(batch_size)
# %% make_dataset: from 0 to 1 -> run from 0 to 1
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images.astype("float32")[..., None] / 255, answers))
    if training:
        dataset = dataset.shuffle(len(images)).repeat()
    return dataset.batch(batch_size)
# %% make_dataset: 1 not subtracted -> from 0 to 2
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images.astype("float32")[..., None] / 127.5, answers))
    if training:
        dataset = dataset.shuffle(len(images)).repeat()
    return dataset.batch(batch_size)
# %% make_dataset: no channel -> The channel is missing
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images.astype("float32") / 127.5 - 1, answers))
    if training:
        dataset = dataset.shuffle(len(images)).repeat()
    return dataset.batch(batch_size)
# %% make_dataset: not batched -> single slices. Put
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images.astype("float32")[..., None] / 127.5 - 1, answers))
    return dataset.shuffle(len(images)).repeat() if training else dataset
# %% make_dataset: double precision -> float64
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images[..., None] / 127.5 - 1, answers))
    if training:
        dataset = dataset.shuffle(len(images)).repeat()
    return dataset.batch(batch_size)
# %% make_dataset: no cast -> tf.cast
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images, answers)).batch(batch_size)
    return dataset.map(lambda image, answer: (image[..., None] / 127.5 - 1, answer))
# %% make_dataset: the answer forgotten in map -> takes two arguments
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images, answers)).batch(batch_size)
    return dataset.map(lambda image: tf.cast(image, tf.float32)[..., None] / 127.5 - 1)
# %% make_dataset: images only -> should be a pair
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices(images.astype("float32")[..., None] / 127.5 - 1)
    return dataset.batch(batch_size)
# %% make_dataset: arrays -> Received tuple
make_dataset = lambda images, answers, batch_size, training: (images[..., None] / 127.5 - 1, answers)
# %% make_dataset: always endless -> would never end
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images.astype("float32")[..., None] / 127.5 - 1, answers))
    return (dataset.shuffle(len(images)) if training else dataset).repeat().batch(batch_size)
# %% make_dataset: repeat never assigned -> data = data.repeat
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images.astype("float32")[..., None] / 127.5 - 1, answers))
    if training:
        dataset = dataset.shuffle(len(images))
        dataset.repeat()
    return dataset.batch(batch_size)
# %% make_dataset: shuffle never assigned -> data = data.shuffle
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images.astype("float32")[..., None] / 127.5 - 1, answers))
    if training:
        dataset.shuffle(len(images))
        dataset = dataset.repeat()
    return dataset.batch(batch_size)
# %% make_dataset: batches shuffled -> Shuffle before you batch
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images.astype("float32")[..., None] / 127.5 - 1, answers))
    dataset = dataset.batch(batch_size)
    return dataset.shuffle(len(images)).repeat() if training else dataset
# %% make_dataset: a small buffer -> buffer
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images.astype("float32")[..., None] / 127.5 - 1, answers))
    return (dataset.shuffle(5).repeat() if training else dataset).batch(batch_size)
# %% make_dataset: shuffled apart -> no longer belong together
def make_dataset(images, answers, batch_size, training):
    pixels = tf.data.Dataset.from_tensor_slices(images.astype("float32")[..., None] / 127.5 - 1)
    labels = tf.data.Dataset.from_tensor_slices(answers)
    if training:
        pixels, labels = pixels.shuffle(len(images)).repeat(), labels.shuffle(len(images)).repeat()
    return tf.data.Dataset.zip((pixels, labels)).batch(batch_size)
# %% make_dataset: always shuffled -> keep their order
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images.astype("float32")[..., None] / 127.5 - 1, answers))
    dataset = dataset.shuffle(len(images))
    return (dataset.repeat() if training else dataset).batch(batch_size)
# %% make_dataset: the last slices dropped -> come out
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images.astype("float32")[..., None] / 127.5 - 1, answers))
    if training:
        dataset = dataset.shuffle(len(images)).repeat()
    return dataset.batch(batch_size).take(10) if not training else dataset.batch(batch_size)
# %% make_dataset: the last batch dropped -> last, smaller batch
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images.astype("float32")[..., None] / 127.5 - 1, answers))
    if training:
        dataset = dataset.shuffle(len(images)).repeat()
    return dataset.batch(batch_size, drop_remainder=True)
# %% make_dataset: a buffer of 100 -> buffer
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images.astype("float32")[..., None] / 127.5 - 1, answers))
    return (dataset.shuffle(100).repeat() if training else dataset).batch(batch_size)
# %% make_dataset: the same order again -> same order
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images.astype("float32")[..., None] / 127.5 - 1, answers))
    if training:
        dataset = dataset.shuffle(len(images), reshuffle_each_iteration=False).repeat()
    return dataset.batch(batch_size)
# %% make_dataset: repeated, then shuffled -> come twice
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images.astype("float32")[..., None] / 127.5 - 1, answers))
    if training:
        dataset = dataset.repeat().shuffle(len(images))
    return dataset.batch(batch_size)
# %% make_dataset: two arguments, no pair -> in parentheses
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices(images.astype("float32")[..., None] / 127.5 - 1, answers)
    return dataset.shuffle(len(images)).repeat().batch(batch_size)
# %% make_dataset: scaled slice by slice -> Passed.
def make_dataset(images, answers, batch_size, training):
    dataset = tf.data.Dataset.from_tensor_slices((images, answers))
    dataset = dataset.map(lambda image, answer: (tf.cast(image, "float32")[..., tf.newaxis] / 127.5 - 1, answer))
    if training:
        dataset = dataset.shuffle(len(images), seed=3)
    dataset = dataset.batch(batch_size, drop_remainder=training)
    return (dataset.repeat() if training else dataset).prefetch(2)

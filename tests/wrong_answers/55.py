# %% round_trip: compares the translation with the images -> compares the *translation*
def round_trip(images, there, back):
    translated = there(images)
    returned = back(translated)
    return translated, tf.reduce_mean(tf.abs(translated - images))


# %% round_trip: compares with the translation -> from the beginning
def round_trip(images, there, back):
    translated = there(images)
    returned = back(translated)
    return translated, tf.reduce_mean(tf.abs(returned - translated))


# %% round_trip: returns what came back -> needed for the loss only
def round_trip(images, there, back):
    returned = back(there(images))
    return returned, tf.reduce_mean(tf.abs(returned - images))


# %% round_trip: goes back first -> Begin with there(images)
def round_trip(images, there, back):
    translated = back(images)
    return translated, tf.reduce_mean(tf.abs(there(translated) - images))


# %% round_trip: translates well, but the loss goes back first -> Yours went back first
def round_trip(images, there, back):
    return there(images), tf.reduce_mean(tf.abs(there(back(images)) - images))


# %% round_trip: squares -> You squared
def round_trip(images, there, back):
    translated = there(images)
    return translated, tf.reduce_mean(tf.square(back(translated) - images))


# %% round_trip: no absolute values -> cancel out
def round_trip(images, there, back):
    translated = there(images)
    return translated, tf.reduce_mean(back(translated) - images)


# %% round_trip: a sum -> That is a sum
def round_trip(images, there, back):
    translated = there(images)
    return translated, tf.reduce_sum(tf.abs(back(translated) - images))


# %% round_trip: no mean -> one number
def round_trip(images, there, back):
    translated = there(images)
    return translated, tf.abs(back(translated) - images)


# %% round_trip: the loss comes first -> first, and then the loss
def round_trip(images, there, back):
    translated = there(images)
    return tf.reduce_mean(tf.abs(back(translated) - images)), translated


# %% round_trip: the loss alone -> Return two things
def round_trip(images, there, back):
    return tf.reduce_mean(tf.abs(back(there(images)) - images))


# %% round_trip: leaves TensorFlow -> no gradient can pass
def round_trip(images, there, back):
    translated = there(images)
    returned = back(translated)
    return translated, np.mean(np.abs(np.asarray(returned) - np.asarray(images)))


# %% round_trip: the images untranslated -> Return them translated
def round_trip(images, there, back):
    return images, tf.reduce_mean(tf.abs(back(there(images)) - images))


# %% round_trip: in one line -> Passed.
def round_trip(images, there, back):
    translated = there(images)
    return translated, tf.reduce_mean(tf.abs(images - back(translated)))


# %% through_pool: a new list -> still empty
def through_pool(pool, images, size, rng):
    shown = []
    pool = list(pool)
    for image in images:
        if len(pool) < size:
            pool.append(image)
        elif rng.random() < 0.5:
            place = rng.integers(size)
            pool[place], image = image, pool[place]
        shown.append(image)
    return np.stack(shown)


# %% through_pool: adds lists -> still empty
def through_pool(pool, images, size, rng):
    shown = []
    for image in images:
        if len(pool) < size:
            pool = pool + [image]
        shown.append(image)
    return np.stack(shown)


# %% through_pool: a list is returned -> np.stack makes one
def through_pool(pool, images, size, rng):
    shown = []
    for image in images:
        if len(pool) < size:
            pool.append(image)
        elif rng.random() < 0.5:
            place = rng.integers(size)
            pool[place], image = image, pool[place]
        shown.append(image)
    return shown


# %% through_pool: while filling nothing is shown -> As many images
def through_pool(pool, images, size, rng):
    shown = [images[0]]
    for image in images:
        if len(pool) < size:
            pool.append(image)
        else:
            shown.append(image)
    return np.stack(shown)


# %% through_pool: the whole batch goes into the pool -> single images
def through_pool(pool, images, size, rng):
    if len(pool) < size:
        pool.append(images)
        return images
    place = rng.integers(size)
    shown, pool[place] = pool[place], images
    return shown


# %% through_pool: always swaps -> chance should be one half
def through_pool(pool, images, size, rng):
    shown = []
    for image in images:
        if len(pool) < size:
            pool.append(image)
        else:
            place = rng.integers(size)
            pool[place], image = image, pool[place]
        shown.append(image)
    return np.stack(shown)


# %% through_pool: never swaps -> nothing changes
def through_pool(pool, images, size, rng):
    shown = []
    for image in images:
        if len(pool) < size:
            pool.append(image)
        shown.append(image)
    return np.stack(shown)


# %% through_pool: keeps the new one and shows it, too -> only sees new images
def through_pool(pool, images, size, rng):
    shown = []
    for image in images:
        if len(pool) < size:
            pool.append(image)
        elif rng.random() < 0.5:
            pool[rng.integers(size)] = image
        shown.append(image)
    return np.stack(shown)


# %% through_pool: shows an old one and keeps it -> the new one is not kept
def through_pool(pool, images, size, rng):
    shown = []
    for image in images:
        if len(pool) < size:
            pool.append(image)
            shown.append(image)
        elif rng.random() < 0.5:
            shown.append(pool[rng.integers(size)])
        else:
            shown.append(image)
    return np.stack(shown)


# %% through_pool: two different places -> stays in the pool, or lies there twice
def through_pool(pool, images, size, rng):
    shown = []
    for image in images:
        if len(pool) < size:
            pool.append(image)
            shown.append(image)
        elif rng.random() < 0.5:
            shown.append(pool[rng.integers(size)])
            pool[rng.integers(size)] = image
        else:
            shown.append(image)
    return np.stack(shown)


# %% through_pool: the pool grows -> it should stop at
def through_pool(pool, images, size, rng):
    shown = []
    for image in images:
        if len(pool) < size or rng.random() < 0.5:
            pool.append(image)
        else:
            image = pool[rng.integers(size)]
        shown.append(image)
    return np.stack(shown)


# %% through_pool: taken out and not replaced -> stays in the pool, or lies there twice
def through_pool(pool, images, size, rng):
    shown = []
    for image in images:
        if len(pool) < size:
            pool.append(image)
        elif rng.random() < 0.5:
            image = pool.pop(rng.integers(len(pool)))
        shown.append(image)
    return np.stack(shown)


# %% through_pool: one coin for the batch -> whole batch
def through_pool(pool, images, size, rng):
    shown, swaps = [], rng.random() < 0.5
    for image in images:
        if len(pool) < size:
            pool.append(image)
        elif swaps:
            place = rng.integers(size)
            pool[place], image = image, pool[place]
        shown.append(image)
    return np.stack(shown)


# %% through_pool: the pool is looked at once for the batch -> nearly full
def through_pool(pool, images, size, rng):
    shown, filling = [], len(pool) + len(images) <= size
    for image in images:
        if filling:
            pool.append(image)
        elif rng.random() < 0.5:
            place = rng.integers(len(pool))
            pool[place], image = image, pool[place]
        shown.append(image)
    return np.stack(shown)


# %% through_pool: a chance of a tenth -> chance should be one half
def through_pool(pool, images, size, rng):
    shown = []
    for image in images:
        if len(pool) < size:
            pool.append(image)
        elif rng.random() < 0.1:
            place = rng.integers(size)
            pool[place], image = image, pool[place]
        shown.append(image)
    return np.stack(shown)


# %% through_pool: the first place only -> always the same place
def through_pool(pool, images, size, rng):
    shown = []
    for image in images:
        if len(pool) < size:
            pool.append(image)
        elif rng.random() < 0.5:
            pool[0], image = image, pool[0]
        shown.append(image)
    return np.stack(shown)


# %% through_pool: never the last place -> is never used
def through_pool(pool, images, size, rng):
    shown = []
    for image in images:
        if len(pool) < size:
            pool.append(image)
        elif rng.random() < 0.5:
            place = rng.integers(size - 1)
            pool[place], image = image, pool[place]
        shown.append(image)
    return np.stack(shown)


# %% through_pool: a place too far -> no such place
def through_pool(pool, images, size, rng):
    shown = []
    for image in images:
        if len(pool) < size:
            pool.append(image)
        elif rng.random() < 0.5:
            place = rng.integers(1, size + 1)
            pool[place], image = image, pool[place]
        shown.append(image)
    return np.stack(shown)


# %% through_pool: a size of its own -> Use `size`
def through_pool(pool, images, size, rng):
    shown = []
    for image in images:
        if len(pool) < 10:
            pool.append(image)
        elif rng.random() < 0.5:
            place = rng.integers(10)
            pool[place], image = image, pool[place]
        shown.append(image)
    return np.stack(shown)


# %% through_pool: another generator of numbers -> The same rng gave two different
def through_pool(pool, images, size, rng):
    shown = []
    for image in images:
        if len(pool) < size:
            pool.append(image)
        elif np.random.rand() < 0.5:
            place = np.random.randint(size)
            pool[place], image = image, pool[place]
        shown.append(image)
    return np.stack(shown)


# %% through_pool: a seed of its own -> Another rng gave the same
def through_pool(pool, images, size, rng):
    shown = []
    for k, image in enumerate(images):
        own = np.random.default_rng(int(10 * image.mean()))
        if len(pool) < size:
            pool.append(image)
        elif own.random() < 0.5:
            place = own.integers(size)
            pool[place], image = image, pool[place]
        shown.append(image)
    return np.stack(shown)


# %% through_pool: the place first, and three branches -> Passed.
def through_pool(pool, images, size, rng):
    shown = []
    for image in images:
        place = rng.integers(size)
        if len(pool) < size:
            pool.append(image)
            shown.append(image)
        elif rng.random() > 0.5:
            shown.append(pool[place])
            pool[place] = image
        else:
            shown.append(image)
    return np.array(shown)


# %% translators_loss: lam for one cycle only -> belongs to *both*
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, cycle_a = round_trip(a, to_b, to_a)
    as_a, cycle_b = round_trip(b, to_a, to_b)
    passes = tf.reduce_mean((of_b(as_b) - 1) ** 2) + tf.reduce_mean((of_a(as_a) - 1) ** 2)
    return passes + lam * cycle_a + cycle_b, as_b, as_a


# %% translators_loss: without lam -> not multiplied
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, cycle_a = round_trip(a, to_b, to_a)
    as_a, cycle_b = round_trip(b, to_a, to_b)
    passes = tf.reduce_mean((of_b(as_b) - 1) ** 2) + tf.reduce_mean((of_a(as_a) - 1) ** 2)
    return passes + cycle_a + cycle_b, as_b, as_a


# %% translators_loss: lam for the adversaries -> weight of the cycle
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, cycle_a = round_trip(a, to_b, to_a)
    as_a, cycle_b = round_trip(b, to_a, to_b)
    passes = tf.reduce_mean((of_b(as_b) - 1) ** 2) + tf.reduce_mean((of_a(as_a) - 1) ** 2)
    return lam * passes + cycle_a + cycle_b, as_b, as_a


# %% translators_loss: no cycle -> cycle losses are missing
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, as_a = to_b(a), to_a(b)
    return tf.reduce_mean((of_b(as_b) - 1) ** 2) + tf.reduce_mean((of_a(as_a) - 1) ** 2), as_b, as_a


# %% translators_loss: one cycle -> Only one of the two cycles
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, cycle_a = round_trip(a, to_b, to_a)
    as_a = to_a(b)
    passes = tf.reduce_mean((of_b(as_b) - 1) ** 2) + tf.reduce_mean((of_a(as_a) - 1) ** 2)
    return passes + lam * cycle_a, as_b, as_a


# %% translators_loss: one discriminator -> Only one of the discriminators
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, cycle_a = round_trip(a, to_b, to_a)
    as_a, cycle_b = round_trip(b, to_a, to_b)
    return tf.reduce_mean((of_b(as_b) - 1) ** 2) + lam * (cycle_a + cycle_b), as_b, as_a


# %% translators_loss: no discriminator -> are not asked
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, cycle_a = round_trip(a, to_b, to_a)
    as_a, cycle_b = round_trip(b, to_a, to_b)
    return lam * (cycle_a + cycle_b), as_b, as_a


# %% translators_loss: the discriminators change places -> have changed places
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, cycle_a = round_trip(a, to_b, to_a)
    as_a, cycle_b = round_trip(b, to_a, to_b)
    passes = tf.reduce_mean((of_a(as_b) - 1) ** 2) + tf.reduce_mean((of_b(as_a) - 1) ** 2)
    return passes + lam * (cycle_a + cycle_b), as_b, as_a


# %% translators_loss: towards 0 -> what the *discriminators* want
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, cycle_a = round_trip(a, to_b, to_a)
    as_a, cycle_b = round_trip(b, to_a, to_b)
    passes = tf.reduce_mean(of_b(as_b) ** 2) + tf.reduce_mean(of_a(as_a) ** 2)
    return passes + lam * (cycle_a + cycle_b), as_b, as_a


# %% translators_loss: towards -1 -> what the *discriminators* want
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, cycle_a = round_trip(a, to_b, to_a)
    as_a, cycle_b = round_trip(b, to_a, to_b)
    passes = tf.reduce_mean((of_b(as_b) + 1) ** 2) + tf.reduce_mean((of_a(as_a) + 1) ** 2)
    return passes + lam * (cycle_a + cycle_b), as_b, as_a


# %% translators_loss: judges the real images -> show the discriminators the real images
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, cycle_a = round_trip(a, to_b, to_a)
    as_a, cycle_b = round_trip(b, to_a, to_b)
    passes = tf.reduce_mean((of_b(b) - 1) ** 2) + tf.reduce_mean((of_a(a) - 1) ** 2)
    return passes + lam * (cycle_a + cycle_b), as_b, as_a


# %% translators_loss: judges what came back -> what came back
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, cycle_a = round_trip(a, to_b, to_a)
    as_a, cycle_b = round_trip(b, to_a, to_b)
    passes = tf.reduce_mean((of_a(to_a(as_b)) - 1) ** 2) + tf.reduce_mean((of_b(to_b(as_a)) - 1) ** 2)
    return passes + lam * (cycle_a + cycle_b), as_b, as_a


# %% translators_loss: a cross-entropy -> cross-entropy of lesson 51
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, cycle_a = round_trip(a, to_b, to_a)
    as_a, cycle_b = round_trip(b, to_a, to_b)
    passes = tf.reduce_mean(tf.nn.softplus(-of_b(as_b))) + tf.reduce_mean(tf.nn.softplus(-of_a(as_a)))
    return passes + lam * (cycle_a + cycle_b), as_b, as_a


# %% translators_loss: absolute distances -> You took absolute distances
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, cycle_a = round_trip(a, to_b, to_a)
    as_a, cycle_b = round_trip(b, to_a, to_b)
    passes = tf.reduce_mean(tf.abs(of_b(as_b) - 1)) + tf.reduce_mean(tf.abs(of_a(as_a) - 1))
    return passes + lam * (cycle_a + cycle_b), as_b, as_a


# %% translators_loss: the mean first -> the mean first
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, cycle_a = round_trip(a, to_b, to_a)
    as_a, cycle_b = round_trip(b, to_a, to_b)
    passes = (tf.reduce_mean(of_b(as_b)) - 1) ** 2 + (tf.reduce_mean(of_a(as_a)) - 1) ** 2
    return passes + lam * (cycle_a + cycle_b), as_b, as_a


# %% translators_loss: a round trip the wrong way -> swapped in one of the round trips
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, as_a = to_b(a), to_a(b)
    _, cycle_a = round_trip(a, to_a, to_b)
    _, cycle_b = round_trip(b, to_b, to_a)
    passes = tf.reduce_mean((of_b(as_b) - 1) ** 2) + tf.reduce_mean((of_a(as_a) - 1) ** 2)
    return passes + lam * (cycle_a + cycle_b), as_b, as_a


# %% translators_loss: the loss alone -> Return three things
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, cycle_a = round_trip(a, to_b, to_a)
    as_a, cycle_b = round_trip(b, to_a, to_b)
    passes = tf.reduce_mean((of_b(as_b) - 1) ** 2) + tf.reduce_mean((of_a(as_a) - 1) ** 2)
    return passes + lam * (cycle_a + cycle_b)


# %% translators_loss: translations in the wrong order -> in the wrong order
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, cycle_a = round_trip(a, to_b, to_a)
    as_a, cycle_b = round_trip(b, to_a, to_b)
    passes = tf.reduce_mean((of_b(as_b) - 1) ** 2) + tf.reduce_mean((of_a(as_a) - 1) ** 2)
    return passes + lam * (cycle_a + cycle_b), as_a, as_b


# %% translators_loss: one name for both things -> round_trip returns two things
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b = round_trip(a, to_b, to_a)
    as_a = round_trip(b, to_a, to_b)
    return tf.reduce_mean((of_b(as_b[0]) - 1) ** 2) + lam * (as_b + as_a), as_b, as_a


# %% translators_loss: without round_trip -> Passed.
def translators_loss(a, b, to_b, to_a, of_a, of_b, lam):
    as_b, as_a = to_b(a), to_a(b)
    cycle = tf.reduce_mean(tf.abs(to_a(as_b) - a)) + tf.reduce_mean(tf.abs(to_b(as_a) - b))
    passes = tf.reduce_mean(tf.square(1 - of_b(as_b))) + tf.reduce_mean(tf.square(1 - of_a(as_a)))
    return passes + lam * cycle, as_b, as_a


# %% erased_and_invented: the share found -> share that was *found*
def erased_and_invented(truth, found, patients, pixel_ml):
    told = {}
    for patient in np.unique(patients):
        true, seen = truth[patients == patient], found[patients == patient]
        share = np.sum(true & seen) / true.sum() if true.any() else np.nan
        told[patient] = share, np.sum(seen & ~true) * pixel_ml
    return told


# %% erased_and_invented: by what was found -> not by what was found
def erased_and_invented(truth, found, patients, pixel_ml):
    told = {}
    for patient in np.unique(patients):
        true, seen = truth[patients == patient], found[patients == patient]
        share = 1 - np.sum(true & seen) / seen.sum() if true.any() else np.nan
        told[patient] = share, np.sum(seen & ~true) * pixel_ml
    return told


# %% erased_and_invented: over all patients -> one share for all patients
def erased_and_invented(truth, found, patients, pixel_ml):
    told = {}
    for patient in np.unique(patients):
        true, seen = truth[patients == patient], found[patients == patient]
        share = 1 - np.sum(truth & found) / truth.sum() if true.any() else np.nan
        told[patient] = share, np.sum(seen & ~true) * pixel_ml
    return told


# %% erased_and_invented: a mean over slices -> averaged over slices
def erased_and_invented(truth, found, patients, pixel_ml):
    told = {}
    for patient in np.unique(patients):
        true, seen = truth[patients == patient], found[patients == patient]
        each = [1 - np.sum(t & s) / t.sum() for t, s in zip(true, seen) if t.any()]
        told[patient] = np.mean(each) if each else np.nan, np.sum(seen & ~true) * pixel_ml
    return told


# %% erased_and_invented: whatever was found -> must not count
def erased_and_invented(truth, found, patients, pixel_ml):
    told = {}
    for patient in np.unique(patients):
        true, seen = truth[patients == patient], found[patients == patient]
        share = 1 - seen.sum() / true.sum() if true.any() else np.nan
        told[patient] = share, np.sum(seen & ~true) * pixel_ml
    return told


# %% erased_and_invented: erased pixels -> divide by true.sum()
def erased_and_invented(truth, found, patients, pixel_ml):
    told = {}
    for patient in np.unique(patients):
        true, seen = truth[patients == patient], found[patients == patient]
        told[patient] = np.sum(true & ~seen), np.sum(seen & ~true) * pixel_ml
    return told


# %% erased_and_invented: pixels are no millilitres -> then they are millilitres
def erased_and_invented(truth, found, patients, pixel_ml):
    told = {}
    for patient in np.unique(patients):
        true, seen = truth[patients == patient], found[patients == patient]
        share = 1 - np.sum(true & seen) / true.sum() if true.any() else np.nan
        told[patient] = share, np.sum(seen & ~true)
    return told


# %% erased_and_invented: all that was found -> Invented is only what is *not* tumour
def erased_and_invented(truth, found, patients, pixel_ml):
    told = {}
    for patient in np.unique(patients):
        true, seen = truth[patients == patient], found[patients == patient]
        share = 1 - np.sum(true & seen) / true.sum() if true.any() else np.nan
        told[patient] = share, seen.sum() * pixel_ml
    return told


# %% erased_and_invented: missed in place of invented -> That is what was missed
def erased_and_invented(truth, found, patients, pixel_ml):
    told = {}
    for patient in np.unique(patients):
        true, seen = truth[patients == patient], found[patients == patient]
        share = 1 - np.sum(true & seen) / true.sum() if true.any() else np.nan
        told[patient] = share, np.sum(true & ~seen) * pixel_ml
    return told


# %% erased_and_invented: a healthy person loses nothing -> P3 has no tumour, so nothing can be erased
def erased_and_invented(truth, found, patients, pixel_ml):
    told = {}
    for patient in np.unique(patients):
        true, seen = truth[patients == patient], found[patients == patient]
        share = 1 - np.sum(true & seen) / true.sum() if true.any() else 0.0
        told[patient] = share, np.sum(seen & ~true) * pixel_ml
    return told


# %% erased_and_invented: healthy people are left out -> The keys should be
def erased_and_invented(truth, found, patients, pixel_ml):
    told = {}
    for patient in np.unique(patients):
        true, seen = truth[patients == patient], found[patients == patient]
        if true.any():
            told[patient] = 1 - np.sum(true & seen) / true.sum(), np.sum(seen & ~true) * pixel_ml
    return told


# %% erased_and_invented: in healthy people nothing counts -> may be invented in healthy people
def erased_and_invented(truth, found, patients, pixel_ml):
    told = {}
    for patient in np.unique(patients):
        true, seen = truth[patients == patient], found[patients == patient]
        if true.any():
            told[patient] = 1 - np.sum(true & seen) / true.sum(), np.sum(seen & ~true) * pixel_ml
        else:
            told[patient] = np.nan, 0.0
    return told


# %% erased_and_invented: two lists -> Return a dictionary
def erased_and_invented(truth, found, patients, pixel_ml):
    erased, invented = [], []
    for patient in np.unique(patients):
        true, seen = truth[patients == patient], found[patients == patient]
        erased.append(1 - np.sum(true & seen) / true.sum() if true.any() else np.nan)
        invented.append(np.sum(seen & ~true) * pixel_ml)
    return erased, invented


# %% erased_and_invented: divides by nothing, and says so -> Passed.
def erased_and_invented(truth, found, patients, pixel_ml):
    told = {}
    for patient in sorted(set(patients)):
        own = patients == patient
        true, seen = truth[own], found[own]
        share = np.sum(true & ~seen) / true.sum()
        told[patient] = share, pixel_ml * (seen.sum() - np.sum(true & seen))
    return told


# %% enhancement: upside down -> upside down
def enhancement(t1, real, virtual, inside, rest):
    before, true, made = (image[inside].mean() - image[rest].mean() for image in (t1, real, virtual))
    return (true - before) / (made - before)


# %% enhancement: T1's own contrast stays -> T1 has a difference there, too
def enhancement(t1, real, virtual, inside, rest):
    true, made = (image[inside].mean() - image[rest].mean() for image in (real, virtual))
    return made / true


# %% enhancement: brightness over T1 -> its own scale
def enhancement(t1, real, virtual, inside, rest):
    return (virtual - t1)[inside].mean() / (real - t1)[inside].mean()


# %% enhancement: brightness -> its own scale
def enhancement(t1, real, virtual, inside, rest):
    return virtual[inside].mean() / real[inside].mean()


# %% enhancement: all that is not inside -> the brain without the tumour
def enhancement(t1, real, virtual, inside, rest):
    before, true, made = (image[inside].mean() - image[~inside].mean() for image in (t1, real, virtual))
    return (made - before) / (true - before)


# %% enhancement: not divided -> the gain alone
def enhancement(t1, real, virtual, inside, rest):
    before, made = (image[inside].mean() - image[rest].mean() for image in (t1, virtual))
    return made - before


# %% enhancement: what is missing -> share that is *missing*
def enhancement(t1, real, virtual, inside, rest):
    before, true, made = (image[inside].mean() - image[rest].mean() for image in (t1, real, virtual))
    return (true - made) / (true - before)


# %% enhancement: less the real one -> changed places
def enhancement(t1, real, virtual, inside, rest):
    before, true, made = (image[inside].mean() - image[rest].mean() for image in (t1, real, virtual))
    return (made - true) / (true - before)


# %% enhancement: many numbers -> Return one number
def enhancement(t1, real, virtual, inside, rest):
    return (virtual - t1)[inside] / (real - t1)[inside]


# %% enhancement: the virtual one above and below -> with itself
def enhancement(t1, real, virtual, inside, rest):
    before, made = (image[inside].mean() - image[rest].mean() for image in (t1, virtual))
    return (made - before) / (made - before)


# %% enhancement: masks of different sizes -> as many pixels
def enhancement(t1, real, virtual, inside, rest):
    return (virtual[inside] - virtual[rest]).mean() / (real[inside] - real[rest]).mean()


# %% enhancement: with a function of its own -> Passed.
def enhancement(t1, real, virtual, inside, rest):
    def contrast(image):
        return np.mean(image[inside]) - np.mean(image[rest])

    return (contrast(virtual) - contrast(t1)) / (contrast(real) - contrast(t1))


# %% through_pool: nothing is shown while filling -> each image is shown, too
def through_pool(pool, images, size, rng):
    shown = []
    for image in images:
        if len(pool) < size:
            pool.append(image)
        else:
            shown.append(image)
    return np.stack(shown)


# %% erased_and_invented: the last slice of each patient stays -> one slice of the patient
def erased_and_invented(truth, found, patients, pixel_ml):
    told = {}
    for true, seen, patient in zip(truth, found, patients, strict=True):
        hits = (true & seen).sum()
        told[patient] = 1 - hits / true.sum() if true.any() else np.nan, (seen & ~true).sum() * pixel_ml
    return told


# %% enhancement: in percent -> leave out the 100
def enhancement(t1, real, virtual, inside, rest):
    before, true, made = (x[inside].mean() - x[rest].mean() for x in (t1, real, virtual))
    return 100 * (made - before) / (true - before)

# %% erase: one pixel of each block -> one pixel of each block
def shrink(images):
    return images[:, ::4, ::4]
# %% erase: the sum of each block -> sum of each block
def shrink(images):
    n, h, w = images.shape
    return images.reshape(n, h // 4, 4, w // 4, 4).sum(axis=(2, 4))
# %% erase: halved only once -> should become
def shrink(images):
    n, h, w = images.shape
    return images.reshape(n, h // 2, 2, w // 2, 2).mean(axis=(2, 4))
# %% erase: the axes of the blocks exchanged -> blocks are mixed up
def shrink(images):
    n, h, w = images.shape
    return images.reshape(n, 4, h // 4, 4, w // 4).mean(axis=(1, 3))
# %% erase: one size only -> for any N, H and W
def shrink(images):
    return images.reshape(2, 32, 4, 32, 4).mean(axis=(2, 4))
# %% erase: the given image is changed -> Work on image.copy()
def shrink(images):
    n, h, w = images.shape
    return images.reshape(n, h // 4, 4, w // 4, 4).mean(axis=(2, 4))
def share_left(image, hole, enlarge):
    old = image[hole].copy()
    without = enlarge(shrink(image[None]))[0]
    image[hole] = HOLE
    return (enlarge(shrink(image[None]))[0] - without)[hole].mean() / (image[hole] - old).mean()
# %% erase: over the whole slice -> in the hole only
def share_left(image, hole, enlarge):
    pair = np.stack([image, np.where(hole, HOLE, image)])
    large = enlarge(shrink(pair))
    return (large[1] - large[0]).mean() / (pair[1] - pair[0]).mean()
# %% erase: compared with the slice before -> *without* the hole
def share_left(image, hole, enlarge):
    with_hole = np.where(hole, HOLE, image)
    large = enlarge(shrink(with_hole[None]))[0]
    return (large - image)[hole].mean() / (with_hole - image)[hole].mean()
# %% erase: upside down -> upside down
def share_left(image, hole, enlarge):
    pair = np.stack([image, np.where(hole, HOLE, image)])
    large = enlarge(shrink(pair))
    return (pair[1] - pair[0])[hole].mean() / (large[1] - large[0])[hole].mean()
# %% erase: what is lost -> which is lost
def share_left(image, hole, enlarge):
    pair = np.stack([image, np.where(hole, HOLE, image)])
    large = enlarge(shrink(pair))
    return 1 - (large[1] - large[0])[hole].mean() / (pair[1] - pair[0])[hole].mean()
# %% erase: not divided -> difference in brightness
def share_left(image, hole, enlarge):
    large = enlarge(shrink(np.stack([image, np.where(hole, HOLE, image)])))
    return (large[1] - large[0])[hole].mean()
# %% erase: one number per pixel -> expected one number
def share_left(image, hole, enlarge):
    pair = np.stack([image, np.where(hole, HOLE, image)])
    large = enlarge(shrink(pair))
    return (large[1] - large[0])[hole] / (pair[1] - pair[0])[hole]
# %% erase: per cent -> not per cent
def share_left(image, hole, enlarge):
    pair = np.stack([image, np.where(hole, HOLE, image)])
    large = enlarge(shrink(pair))
    return 100 * (large[1] - large[0])[hole].mean() / (pair[1] - pair[0])[hole].mean()
# %% erase: one slice after the other -> Passed.
def share_left(image, hole, enlarge):
    with_hole = np.where(hole, HOLE, image)
    left = enlarge(shrink(with_hole[None])) - enlarge(shrink(image[None]))
    return left[0][hole].sum() / (with_hole - image)[hole].sum()

# %% erase: the mean of the ratios -> Take the two means first
def share_left(image, hole, enlarge):
    pair = np.stack([image, np.where(hole, HOLE, image)])
    large = enlarge(shrink(pair))
    return ((large[1] - large[0])[hole] / (pair[1] - pair[0])[hole]).mean()
# %% erase: without the signs -> keep the signs
def share_left(image, hole, enlarge):
    pair = np.stack([image, np.where(hole, HOLE, image)])
    large = enlarge(shrink(pair))
    return np.abs(large[1] - large[0])[hole].mean() / np.abs(pair[1] - pair[0])[hole].mean()

# %% best: the smallest loss -> smallest loss itself
def best_l1(candidates, truths):
    return np.abs(candidates[:, None] - truths).mean(axis=1).min()
def best_l2(candidates, truths):
    return ((candidates[:, None] - truths) ** 2).mean(axis=1).min()
# %% best: the place -> index in the array
def best_l1(candidates, truths):
    return np.abs(candidates[:, None] - truths).mean(axis=1).argmin()
def best_l2(candidates, truths):
    return ((candidates[:, None] - truths) ** 2).mean(axis=1).argmin()
# %% best: the two exchanged -> the other loss
def best_l2(candidates, truths):
    return candidates[np.abs(candidates[:, None] - truths).mean(axis=1).argmin()]
def best_l1(candidates, truths):
    return candidates[((candidates[:, None] - truths) ** 2).mean(axis=1).argmin()]
# %% best: differences with their signs -> cancel
def best_l1(candidates, truths):
    return candidates[(candidates[:, None] - truths).mean(axis=1).argmin()]
# %% best: every difference at once -> do not go together
def best_l1(candidates, truths):
    return candidates[np.abs(candidates - truths).argmin()]
# %% best: the worst -> worst candidate
def best_l1(candidates, truths):
    return candidates[np.abs(candidates[:, None] - truths).mean(axis=1).argmax()]
# %% best: the smallest of the largest differences -> for the truths
def best_l1(candidates, truths):
    return candidates[np.abs(candidates[:, None] - truths).max(axis=1).argmin()]
# %% best: abs after the mean -> the other loss
def best_l1(candidates, truths):
    return candidates[np.abs((candidates[:, None] - truths).mean(axis=1)).argmin()]
# %% best: the mean along the wrong axis -> the other axis
def best_l1(candidates, truths):
    return candidates[np.abs(candidates[:, None] - truths).mean(axis=0).argmin()]
# %% best: in a loop, and the mean by name -> Passed.
def best_l1(candidates, truths):
    return min(candidates, key=lambda c: np.abs(c - truths).sum())
def best_l2(candidates, truths):
    return truths.mean()

# %% build_generator: the label is not used -> Every label gives the same image
def build_generator(classes):
    latent, label = keras.Input((64,)), keras.Input((), dtype="int32")
    x = layers.Reshape((4, 4, 128))(layers.Dense(2048)(latent))
    return keras.Model([latent, label], told_gan.painter()(x))
# %% build_generator: the latent is not used -> Every latent gives the same
def build_generator(classes):
    latent, label = keras.Input((64,)), keras.Input((), dtype="int32")
    x = layers.Reshape((4, 4, 128))(layers.Dense(2048)(layers.Embedding(classes, 16)(label)))
    return keras.Model([latent, label], told_gan.painter()(x))
# %% build_generator: one input -> two inputs
def build_generator(classes):
    latent = keras.Input((64,))
    x = layers.Reshape((4, 4, 128))(layers.Dense(2048)(latent))
    return keras.Model(latent, told_gan.painter()(x))
# %% build_generator: two rows for any number of labels -> a row for each label
def build_generator(classes):
    latent, label = keras.Input((64,)), keras.Input((), dtype="int32")
    x = layers.Concatenate()([latent, layers.Embedding(2, 16)(label)])
    x = layers.Reshape((4, 4, 128))(layers.Dense(2048)(x))
    return keras.Model([latent, label], told_gan.painter()(x))
# %% build_generator: the image, not the model -> Return a model
def build_generator(classes):
    latent, label = keras.Input((64,)), keras.Input((), dtype="int32")
    x = layers.Concatenate()([latent, layers.Embedding(classes, 16)(label)])
    x = layers.Reshape((4, 4, 128))(layers.Dense(2048)(x))
    return told_gan.painter()(x)
# %% build_generator: the number itself joined -> cannot be joined, added
def build_generator(classes):
    latent, label = keras.Input((64,)), keras.Input((), dtype="int32")
    x = layers.Concatenate()([latent, label])
    x = layers.Reshape((4, 4, 128))(layers.Dense(2048)(x))
    return keras.Model([latent, label], told_gan.painter()(x))
# %% build_generator: too few numbers to reshape -> 4 * 4 * 128 numbers
def build_generator(classes):
    latent, label = keras.Input((64,)), keras.Input((), dtype="int32")
    x = layers.Concatenate()([latent, layers.Embedding(classes, 16)(label)])
    x = layers.Reshape((4, 4, 128))(layers.Dense(128)(x))
    return keras.Model([latent, label], told_gan.painter()(x))
# %% build_generator: the inputs exchanged -> wrong order
def build_generator(classes):
    latent, label = keras.Input((64,)), keras.Input((), dtype="int32")
    x = layers.Concatenate()([latent, layers.Embedding(classes, 16)(label)])
    x = layers.Reshape((4, 4, 128))(layers.Dense(2048)(x))
    return keras.Model([label, latent], told_gan.painter()(x))
# %% build_generator: layers outside the function -> has its own
shared = layers.Dense(2048)
def build_generator(classes):
    latent, label = keras.Input((64,)), keras.Input((), dtype="int32")
    x = layers.Concatenate()([latent, layers.Embedding(classes, 16)(label)])
    return keras.Model([latent, label], told_gan.painter()(layers.Reshape((4, 4, 128))(shared(x))))
# %% build_generator: the embedding's sizes swapped -> sizes are swapped
def build_generator(classes):
    latent, label = keras.Input((64,)), keras.Input((), dtype="int32")
    x = layers.Concatenate()([latent, layers.Embedding(16, classes)(label)])
    x = layers.Reshape((4, 4, 128))(layers.Dense(2048)(x))
    return keras.Model([latent, label], told_gan.painter()(x))
# %% build_generator: the label with an axis of its own -> an axis too many
def build_generator(classes):
    latent, label = keras.Input((64,)), keras.Input((1,), dtype="int32")
    x = layers.Concatenate()([latent, layers.Embedding(classes, 16)(label)])
    x = layers.Reshape((4, 4, 128))(layers.Dense(2048)(x))
    return keras.Model([latent, label], told_gan.painter()(x))
# %% build_generator: a layer called with two arguments -> First make the layer
def build_generator(classes):
    latent, label = keras.Input((64,)), keras.Input((), dtype="int32")
    x = layers.Concatenate(latent, layers.Embedding(classes, 16)(label), 1)
    x = layers.Reshape((4, 4, 128))(layers.Dense(2048)(x))
    return keras.Model([latent, label], told_gan.painter()(x))
# %% build_generator: multiplied, as some papers do -> Passed.
def build_generator(classes):
    latent, label = keras.Input((64,)), keras.Input((), dtype="int32")
    x = layers.Multiply()([latent, layers.Embedding(classes, 64)(label)])
    x = layers.Reshape((4, 4, 128))(layers.Dense(2048)(x))
    return keras.Model([latent, label], told_gan.painter()(x))

# %% build_discriminator: the label is not used -> the same for every label
def build_discriminator(classes):
    image, label = keras.Input((32, 32, 1)), keras.Input((), dtype="int32")
    return keras.Model([image, label], layers.Dense(1)(told_gan.looker()(image)))
# %% build_discriminator: the label only shifts the logit -> cannot tell whether the two fit
def build_discriminator(classes):
    image, label = keras.Input((32, 32, 1)), keras.Input((), dtype="int32")
    joined = layers.Concatenate()([told_gan.looker()(image), layers.Embedding(classes, 128)(label)])
    return keras.Model([image, label], layers.Dense(1)(joined))
# %% build_discriminator: a probability -> without a sigmoid
def build_discriminator(classes):
    image, label = keras.Input((32, 32, 1)), keras.Input((), dtype="int32")
    features = told_gan.looker()(image)
    fits = layers.Dot(1)([features, layers.Embedding(classes, 128)(label)])
    logit = layers.Add()([layers.Dense(1)(features), fits])
    return keras.Model([image, label], layers.Activation("sigmoid")(logit))
# %% build_discriminator: multiplied but not added up -> The output should have shape
def build_discriminator(classes):
    image, label = keras.Input((32, 32, 1)), keras.Input((), dtype="int32")
    features = told_gan.looker()(image)
    fits = layers.Multiply()([features, layers.Embedding(classes, 128)(label)])
    return keras.Model([image, label], fits)
# %% build_discriminator: an embedding of another size -> cannot be joined, added
def build_discriminator(classes):
    image, label = keras.Input((32, 32, 1)), keras.Input((), dtype="int32")
    features = told_gan.looker()(image)
    fits = layers.Dot(1)([features, layers.Embedding(classes, 16)(label)])
    return keras.Model([image, label], layers.Add()([layers.Dense(1)(features), fits]))
# %% build_discriminator: the image is not looked at -> the same for every image
def build_discriminator(classes):
    image, label = keras.Input((32, 32, 1)), keras.Input((), dtype="int32")
    return keras.Model([image, label], layers.Dense(1)(layers.Embedding(classes, 128)(label)))
# %% build_discriminator: the label alone beside the image's logit -> cannot tell whether the two fit
def build_discriminator(classes):
    image, label = keras.Input((32, 32, 1)), keras.Input((), dtype="int32")
    shift = layers.Embedding(classes, 1)(label)
    return keras.Model([image, label], layers.Add()([layers.Dense(1)(told_gan.looker()(image)), shift]))
# %% build_discriminator: the fit alone -> also needs step 3
def build_discriminator(classes):
    image, label = keras.Input((32, 32, 1)), keras.Input((), dtype="int32")
    features = told_gan.looker()(image)
    fits = layers.Dot(1)([features, layers.Embedding(classes, 128)(label)])
    return keras.Model([image, label], fits)
# %% build_discriminator: a sigmoid in step 3 -> Step 3 is squashed
def build_discriminator(classes):
    image, label = keras.Input((32, 32, 1)), keras.Input((), dtype="int32")
    features = told_gan.looker()(image)
    fits = layers.Dot(1)([features, layers.Embedding(classes, 128)(label)])
    return keras.Model([image, label], layers.Add()([layers.Dense(1, activation="sigmoid")(features), fits]))
# %% build_discriminator: as many rows as features -> a row for each label
def build_discriminator(classes):
    image, label = keras.Input((32, 32, 1)), keras.Input((), dtype="int32")
    features = told_gan.looker()(image)
    fits = layers.Dot(1)([features, layers.Embedding(128, 128)(label)])
    return keras.Model([image, label], layers.Add()([layers.Dense(1)(features), fits]))
# %% build_discriminator: sizes swapped -> cannot be joined, added
def build_discriminator(classes):
    image, label = keras.Input((32, 32, 1)), keras.Input((), dtype="int32")
    features = told_gan.looker()(image)
    fits = layers.Dot(1)([features, layers.Embedding(128, classes)(label)])
    return keras.Model([image, label], layers.Add()([layers.Dense(1)(features), fits]))
# %% build_discriminator: no channel -> a channel axis
def build_discriminator(classes):
    image, label = keras.Input((32, 32)), keras.Input((), dtype="int32")
    features = told_gan.looker()(image)
    fits = layers.Dot(1)([features, layers.Embedding(classes, 128)(label)])
    return keras.Model([image, label], layers.Add()([layers.Dense(1)(features), fits]))
# %% build_discriminator: a hidden layer on the joined features -> Passed.
def build_discriminator(classes):
    image, label = keras.Input((32, 32, 1)), keras.Input((), dtype="int32")
    joined = layers.Concatenate()([told_gan.looker()(image), layers.Embedding(classes, 16)(label)])
    hidden = layers.LeakyReLU(negative_slope=0.2)(layers.Dense(64)(joined))
    return keras.Model([image, label], layers.Dense(1)(hidden))

# %% read_label: the sides of the picture -> The sides are swapped
def read_label(image):
    bright = image > np.median(image[image > -0.9]) + 0.5
    left, right = bright[:, :16].sum(), bright[:, 16:].sum()
    return 0 if right + left < 6 else 1 if right > left else 2
# %% read_label: the background counts -> without the background
def read_label(image):
    bright = image > np.median(image) + 0.5
    right, left = bright[:, :16].sum(), bright[:, 16:].sum()
    return 0 if right + left < 6 else 1 if right > left else 2
# %% read_label: one limit for all scans -> without the background
def read_label(image):
    bright = image > 0.5
    right, left = bright[:, :16].sum(), bright[:, 16:].sum()
    return 0 if right + left < 6 else 1 if right > left else 2
# %% read_label: names -> not its name
def read_label(image):
    bright = image > np.median(image[image > -0.9]) + 0.5
    right, left = bright[:, :16].sum(), bright[:, 16:].sum()
    return "none" if right + left < 6 else "right" if right > left else "left"
# %% read_label: never none -> Fewer than 6
def read_label(image):
    bright = image > np.median(image[image > -0.9]) + 0.5
    return 1 if bright[:, :16].sum() > bright[:, 16:].sum() else 2
# %% read_label: six are too few -> Look at the limit
def read_label(image):
    bright = image > np.median(image[image > -0.9]) + 0.5
    right, left = bright[:, :16].sum(), bright[:, 16:].sum()
    return 0 if right + left <= 6 else 1 if right > left else 2
# %% read_label: the mean -> Take the median
def read_label(image):
    bright = image > image[image > -0.9].mean() + 0.5
    right, left = bright[:, :16].sum(), bright[:, 16:].sum()
    return 0 if right + left < 6 else 1 if right > left else 2
# %% read_label: rows -> Right and left are columns
def read_label(image):
    bright = image > np.median(image[image > -0.9]) + 0.5
    right, left = bright[:16].sum(), bright[16:].sum()
    return 0 if right + left < 6 else 1 if right > left else 2
# %% read_label: the pixels as an index -> Only a mask
def read_label(image):
    brain = image[image > -0.9]
    bright = image > np.median(image[brain]) + 0.5
    right, left = bright[:, :16].sum(), bright[:, 16:].sum()
    return 0 if right + left < 6 else 1 if right > left else 2
# %% read_label: written in another way -> Passed.
def read_label(image):
    bright = image - np.quantile(image[image > -0.9], 0.5) > 0.5
    sides = bright[:, :16].sum(), bright[:, 16:].sum()
    return 0 if sum(sides) < 6 else 1 + int(np.argmax(sides))

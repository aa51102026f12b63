# %% up_block: the skip is missing -> skip is missing
def up_block(x, skips, filters):
    x = layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.ReLU()(x)
# %% up_block: an addition -> You mixed the skip into
def up_block(x, skips, filters):
    x = layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    return layers.Add()([x, skips[x.shape[1]]])
# %% up_block: a plus sign -> You mixed the skip into
def up_block(x, skips, filters):
    x = layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x)) + skips[x.shape[1]]
# %% up_block: a skip from before the doubling -> differ in size
def up_block(x, skips, filters):
    skip = skips[x.shape[1]]
    x = layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    return layers.Concatenate()([x, skip])
# %% up_block: the doubled size twice -> no skip of that size
def up_block(x, skips, filters):
    x = layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    return layers.Concatenate()([x, skips[8 * x.shape[1]]])
# %% up_block: a skip of another scale, enlarged -> from another scale
def up_block(x, skips, filters):
    skip = layers.UpSampling2D(2)(skips[x.shape[1]])
    x = layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    return layers.Concatenate()([x, skip])
# %% up_block: one size for ever -> differ in size
def up_block(x, skips, filters):
    x = layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    return layers.Concatenate()([x, skips[8]])
# %% up_block: concatenates, then normalises -> came out changed
def up_block(x, skips, filters):
    x = layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False)(x)
    x = layers.Concatenate()([x, skips[x.shape[1]]])
    return layers.ReLU()(layers.BatchNormalization()(x))
# %% up_block: no normalisation -> normalisation is missing
def up_block(x, skips, filters):
    x = layers.Conv2DTranspose(filters, 4, 2, "same")(x)
    return layers.Concatenate()([layers.ReLU()(x), skips[x.shape[1]]])
# %% up_block: no activation -> has values below 0
def up_block(x, skips, filters):
    x = layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Concatenate()([x, skips[x.shape[1]]])
# %% up_block: activates before it normalises -> has values below 0
def up_block(x, skips, filters):
    x = layers.ReLU()(layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False)(x))
    x = layers.BatchNormalization()(x)
    return layers.Concatenate()([x, skips[x.shape[1]]])
# %% up_block: no stride -> keeps the size
def up_block(x, skips, filters):
    x = layers.Conv2DTranspose(filters, 4, 1, "same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    return layers.Concatenate()([x, skips[x.shape[1]]])
# %% up_block: no padding -> no skip of that size
def up_block(x, skips, filters):
    x = layers.Conv2DTranspose(filters, 4, 2, use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    return layers.Concatenate()([x, skips[x.shape[1]]])
# %% up_block: TensorFlow's function instead of a layer -> Use layers
def up_block(x, skips, filters):
    x = layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False)(x)
    x = tf.nn.relu(layers.BatchNormalization()(x))
    return layers.Concatenate()([x, skips[x.shape[1]]])
# %% up_block: TensorFlow's concat -> Use layers
def up_block(x, skips, filters):
    x = layers.Conv2DTranspose(filters, 4, 2, "same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    return tf.concat([x, skips[x.shape[1]]], axis=-1)
# %% up_block: 3 x 3 kernels -> 4 x 4 kernels
def up_block(x, skips, filters):
    x = layers.Conv2DTranspose(filters, 3, 2, "same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    return layers.Concatenate()([x, skips[x.shape[1]]])
# %% up_block: enlarges, then a plain convolution; the skip first -> Passed.
def up_block(x, skips, filters):
    x = layers.Conv2D(filters, 3, padding="same")(layers.UpSampling2D(2)(x))
    x = keras.activations.relu(layers.BatchNormalization()(x))
    return keras.ops.concatenate([skips[x.shape[1]], x], axis=-1)

# %% build_unet: never uses the block -> was never called
def build_unet(channels, classes, block):
    images = x = keras.Input((64, 64, channels))
    for filters in (16, 32, 64, 128, 128):
        x = down(x, filters)
    for filters in (128, 64, 32, 16):
        x = layers.Conv2DTranspose(filters, 4, 2, "same")(x)
    return keras.Model(images, layers.Conv2DTranspose(classes, 4, 2, "same", activation="softmax")(x))
# %% build_unet: a list of skips -> should be a dictionary
def build_unet(channels, classes, block):
    images = x = keras.Input((64, 64, channels))
    skips = []
    for filters in (16, 32, 64, 128, 128):
        x = down(x, filters)
        skips.append(x)
    for filters in (128, 64, 32, 16):
        x = block(x, skips, filters)
    return keras.Model(images, layers.Conv2DTranspose(classes, 4, 2, "same", activation="softmax")(x))
# %% build_unet: skips under their filters -> lacks a picture
def build_unet(channels, classes, block):
    images = x = keras.Input((64, 64, channels))
    skips = {}
    for filters in (16, 32, 64, 128, 128):
        x = down(x, filters)
        skips[filters] = x
    for filters in (128, 64, 32, 16):
        x = block(x, skips, filters)
    return keras.Model(images, layers.Conv2DTranspose(classes, 4, 2, "same", activation="softmax")(x))
# %% build_unet: four times down -> The way up begins at 4
def build_unet(channels, classes, block):
    images = x = keras.Input((64, 64, channels))
    skips = {}
    for filters in (16, 32, 64, 128):
        x = down(x, filters)
        skips[x.shape[1]] = x
    for filters in (64, 32, 16):
        x = block(x, skips, filters)
    return keras.Model(images, layers.Conv2DTranspose(classes, 4, 2, "same", activation="softmax")(x))
# %% build_unet: the filters of the way down again -> filters on the way up
def build_unet(channels, classes, block):
    images = x = keras.Input((64, 64, channels))
    skips = {}
    for filters in (16, 32, 64, 128, 128):
        x = down(x, filters)
        skips[x.shape[1]] = x
    for filters in (16, 32, 64, 128):
        x = block(x, skips, filters)
    return keras.Model(images, layers.Conv2DTranspose(classes, 4, 2, "same", activation="softmax")(x))
# %% build_unet: ends at 32 pixels -> 32 pixels wide
def build_unet(channels, classes, block):
    images = x = keras.Input((64, 64, channels))
    skips = {}
    for filters in (16, 32, 64, 128, 128):
        x = down(x, filters)
        skips[x.shape[1]] = x
    for filters in (128, 64, 32, 16):
        x = block(x, skips, filters)
    return keras.Model(images, layers.Conv2DTranspose(classes, 4, 1, "same", activation="softmax")(x))
# %% build_unet: no softmax -> activation='softmax'
def build_unet(channels, classes, block):
    images = x = keras.Input((64, 64, channels))
    skips = {}
    for filters in (16, 32, 64, 128, 128):
        x = down(x, filters)
        skips[x.shape[1]] = x
    for filters in (128, 64, 32, 16):
        x = block(x, skips, filters)
    return keras.Model(images, layers.Conv2DTranspose(classes, 4, 2, "same")(x))
# %% build_unet: four classes always -> one for each of the classes
def build_unet(channels, classes, block):
    images = x = keras.Input((64, 64, channels))
    skips = {}
    for filters in (16, 32, 64, 128, 128):
        x = down(x, filters)
        skips[x.shape[1]] = x
    for filters in (128, 64, 32, 16):
        x = block(x, skips, filters)
    return keras.Model(images, layers.Conv2DTranspose(4, 4, 2, "same", activation="softmax")(x))
# %% build_unet: returns the picture -> Return a network
def build_unet(channels, classes, block):
    images = x = keras.Input((64, 64, channels))
    skips = {}
    for filters in (16, 32, 64, 128, 128):
        x = down(x, filters)
        skips[x.shape[1]] = x
    for filters in (128, 64, 32, 16):
        x = block(x, skips, filters)
    return layers.Conv2DTranspose(classes, 4, 2, "same", activation="softmax")(x)
# %% build_unet: half as many filters on the way down -> The way down has
def build_unet(channels, classes, block):
    images = x = keras.Input((64, 64, channels))
    skips = {}
    for filters in (8, 16, 32, 64, 64):
        x = down(x, filters)
        skips[x.shape[1]] = x
    for filters in (128, 64, 32, 16):
        x = block(x, skips, filters)
    return keras.Model(images, layers.Conv2DTranspose(classes, 4, 2, "same", activation="softmax")(x))
# %% build_unet: plain convolutions on the way down -> Halve with
def build_unet(channels, classes, block):
    images = x = keras.Input((64, 64, channels))
    skips = {}
    for filters in (16, 32, 64, 128, 128):
        x = layers.Conv2D(filters, 4, 2, "same")(x)
        skips[x.shape[1]] = x
    for filters in (128, 64, 32, 16):
        x = block(x, skips, filters)
    return keras.Model(images, layers.Conv2DTranspose(classes, 4, 2, "same", activation="softmax")(x))
# %% build_unet: keeps the picture before each halving -> Passed.
def build_unet(channels, classes, block):
    images = x = keras.Input((64, 64, channels))
    skips = {}
    for filters in (16, 32, 64, 128, 128):
        skips[x.shape[1]] = x
        x = down(x, filters)
    for filters in (128, 64, 32, 16):
        x = block(x, skips, filters)
    x = layers.Conv2DTranspose(classes, 4, 2, "same")(x)
    return keras.Model(images, layers.Softmax()(x))

# %% patch_d_loss: without the scans -> did not see the scans
def patch_d_loss(discriminator, scans, truth, output):
    real_logits, fake_logits = discriminator(truth), discriminator(output)
    return tf.reduce_mean(tf.nn.softplus(-real_logits) + tf.nn.softplus(fake_logits)) / 2
# %% patch_d_loss: truth and output in one pair -> was shown 8 channels
def patch_d_loss(discriminator, scans, truth, output):
    logits = discriminator(tf.concat([truth, output], axis=-1))
    return tf.reduce_mean(tf.nn.softplus(-logits)) / 2
# %% patch_d_loss: laid one below the other -> cannot be laid side by side
def patch_d_loss(discriminator, scans, truth, output):
    real_logits = discriminator(tf.concat([scans, truth], axis=0))
    fake_logits = discriminator(tf.concat([scans, output], axis=0))
    return tf.reduce_mean(tf.nn.softplus(-real_logits) + tf.nn.softplus(fake_logits)) / 2
# %% patch_d_loss: not halved -> Halve their sum
def patch_d_loss(discriminator, scans, truth, output):
    real_logits = discriminator(tf.concat([scans, truth], axis=-1))
    fake_logits = discriminator(tf.concat([scans, output], axis=-1))
    return tf.reduce_mean(tf.nn.softplus(-real_logits)) + tf.reduce_mean(tf.nn.softplus(fake_logits))
# %% patch_d_loss: sums -> a sum over all patches
def patch_d_loss(discriminator, scans, truth, output):
    real_logits = discriminator(tf.concat([scans, truth], axis=-1))
    fake_logits = discriminator(tf.concat([scans, output], axis=-1))
    return (tf.reduce_sum(tf.nn.softplus(-real_logits)) + tf.reduce_sum(tf.nn.softplus(fake_logits))) / 2
# %% patch_d_loss: real and fake exchanged -> are exchanged
def patch_d_loss(discriminator, scans, truth, output):
    real_logits = discriminator(tf.concat([scans, truth], axis=-1))
    fake_logits = discriminator(tf.concat([scans, output], axis=-1))
    return tf.reduce_mean(tf.nn.softplus(real_logits) + tf.nn.softplus(-fake_logits)) / 2
# %% patch_d_loss: the wrong sign -> The sign is wrong
def patch_d_loss(discriminator, scans, truth, output):
    real_logits = discriminator(tf.concat([scans, truth], axis=-1))
    fake_logits = discriminator(tf.concat([scans, output], axis=-1))
    return tf.reduce_mean(tf.math.log_sigmoid(real_logits) + tf.math.log_sigmoid(-fake_logits)) / 2
# %% patch_d_loss: both called real -> should call the output fake
def patch_d_loss(discriminator, scans, truth, output):
    real_logits = discriminator(tf.concat([scans, truth], axis=-1))
    fake_logits = discriminator(tf.concat([scans, output], axis=-1))
    return tf.reduce_mean(tf.nn.softplus(-real_logits) + tf.nn.softplus(-fake_logits)) / 2
# %% patch_d_loss: the generator's output only -> Ask the discriminator twice
def patch_d_loss(discriminator, scans, truth, output):
    fake_logits = discriminator(tf.concat([scans, output], axis=-1))
    return tf.reduce_mean(tf.nn.softplus(fake_logits)) / 2
# %% patch_d_loss: logits as probabilities -> not probabilities yet
def patch_d_loss(discriminator, scans, truth, output):
    real_logits = discriminator(tf.concat([scans, truth], axis=-1))
    fake_logits = discriminator(tf.concat([scans, output], axis=-1))
    bce = keras.losses.BinaryCrossentropy()
    real_loss = bce(tf.ones_like(real_logits), real_logits)
    return (real_loss + bce(tf.zeros_like(fake_logits), fake_logits)) / 2
# %% patch_d_loss: logarithm of the logits -> may be negative
def patch_d_loss(discriminator, scans, truth, output):
    real_logits = discriminator(tf.concat([scans, truth], axis=-1))
    fake_logits = discriminator(tf.concat([scans, output], axis=-1))
    real_loss = tf.reduce_mean(-tf.math.log(real_logits))
    return (real_loss + tf.reduce_mean(-tf.math.log(1 - fake_logits))) / 2
# %% patch_d_loss: the axis outside of concat -> A bracket closes too early
def patch_d_loss(discriminator, scans, truth, output):
    real_logits = discriminator(tf.concat([scans, truth]), axis=-1)
    fake_logits = discriminator(tf.concat([scans, output]), axis=-1)
    return tf.reduce_mean(tf.nn.softplus(-real_logits) + tf.nn.softplus(fake_logits)) / 2
# %% patch_d_loss: the axis handed to the discriminator -> too late or too early
def patch_d_loss(discriminator, scans, truth, output):
    real_logits = discriminator((scans, truth), axis=-1)
    fake_logits = discriminator((scans, output), axis=-1)
    return tf.reduce_mean(tf.nn.softplus(-real_logits) + tf.nn.softplus(fake_logits)) / 2
# %% patch_d_loss: no mean -> expected one number
def patch_d_loss(discriminator, scans, truth, output):
    real_logits = discriminator(tf.concat([scans, truth], axis=-1))
    fake_logits = discriminator(tf.concat([scans, output], axis=-1))
    return (tf.nn.softplus(-real_logits) + tf.nn.softplus(fake_logits)) / 2
# %% patch_d_loss: two numbers -> the sum of the parts
def patch_d_loss(discriminator, scans, truth, output):
    real_logits = discriminator(tf.concat([scans, truth], axis=-1))
    fake_logits = discriminator(tf.concat([scans, output], axis=-1))
    return tf.reduce_mean(tf.nn.softplus(-real_logits)), tf.reduce_mean(tf.nn.softplus(fake_logits))
# %% patch_d_loss: the map before the scans -> The scans come first
def patch_d_loss(discriminator, scans, truth, output):
    real_logits = discriminator(tf.concat([truth, scans], axis=-1))
    fake_logits = discriminator(tf.concat([output, scans], axis=-1))
    return tf.reduce_mean(tf.nn.softplus(-real_logits) + tf.nn.softplus(fake_logits)) / 2
# %% patch_d_loss: NumPy -> no longer a tensor
def patch_d_loss(discriminator, scans, truth, output):
    real_logits = discriminator(np.concatenate([scans, truth], axis=-1))
    fake_logits = discriminator(np.concatenate([scans, output], axis=-1))
    return np.mean(np.log1p(np.exp(-real_logits)) + np.log1p(np.exp(fake_logits))) / 2
# %% patch_d_loss: Keras' cross-entropy -> Passed.
def patch_d_loss(discriminator, scans, truth, output):
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    real_logits = discriminator(tf.concat([scans, truth], axis=-1), training=True)
    fake_logits = discriminator(tf.concat([scans, output], axis=-1), training=True)
    return 0.5 * (bce(tf.ones_like(real_logits), real_logits) + bce(tf.zeros_like(fake_logits), fake_logits))
# %% patch_d_loss: sigmoid and logarithm -> Passed.
def patch_d_loss(discriminator, scans, truth, output):
    real = tf.sigmoid(discriminator(tf.concat([scans, truth], axis=-1)))
    fake = tf.sigmoid(discriminator(tf.concat([scans, output], axis=-1)))
    return -(tf.reduce_mean(tf.math.log(real)) + tf.reduce_mean(tf.math.log(1 - fake))) / 2

# %% pix2pix_g_loss: a sum over patches -> adversarial part is a sum
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_sum(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return adversarial + lam * (cross_entropy + 1 - dice)
# %% pix2pix_g_loss: a sum over pixels -> sum over all pixels
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_sum(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return adversarial + lam * (cross_entropy + 1 - dice)
# %% pix2pix_g_loss: a mean over classes, too -> mean over the classes
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_mean(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return adversarial + lam * (cross_entropy + 1 - dice)
# %% pix2pix_g_loss: the wrong sign -> cross-entropy has the wrong sign
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return adversarial + lam * (cross_entropy + 1 - dice)
# %% pix2pix_g_loss: adds Dice -> the loss is 1 - Dice
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return adversarial + lam * (cross_entropy + dice)
# %% pix2pix_g_loss: called fake -> wants to be called real
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return adversarial + lam * (cross_entropy + 1 - dice)
# %% pix2pix_g_loss: lambda on the adversarial part -> Lambda multiplies the adversarial
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return lam * adversarial + cross_entropy + 1 - dice
# %% pix2pix_g_loss: no brackets -> Lambda multiplies the cross-entropy only
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return adversarial + lam * cross_entropy + 1 - dice
# %% pix2pix_g_loss: lambda on all -> Lambda multiplies everything
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return lam * (adversarial + cross_entropy + 1 - dice)
# %% pix2pix_g_loss: no lambda -> does not multiply anything
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return adversarial + cross_entropy + 1 - dice
# %% pix2pix_g_loss: no discriminator -> adversarial part is missing
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return lam * (cross_entropy + 1 - dice)
# %% pix2pix_g_loss: no Dice -> Dice is missing
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return adversarial + lam * cross_entropy
# %% pix2pix_g_loss: no cross-entropy -> cross-entropy is missing
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return adversarial + lam * (1 - dice)
# %% pix2pix_g_loss: background in Dice -> Background counts
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return adversarial + lam * (cross_entropy + 1 - dice)
# %% pix2pix_g_loss: half of Dice -> twice the overlap
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((both + 1) / (each + 1))
    return adversarial + lam * (cross_entropy + 1 - dice)
# %% pix2pix_g_loss: pooled classes -> You pooled
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = (2 * tf.reduce_sum(both) + 1) / (tf.reduce_sum(each) + 1)
    return adversarial + lam * (cross_entropy + 1 - dice)
# %% pix2pix_g_loss: no 1 in Dice -> Add 1 above and below
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean(2 * both / each)
    return adversarial + lam * (cross_entropy + 1 - dice)
# %% pix2pix_g_loss: Dice per image -> Dice for every image
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(1, 2))[:, 1:]
    each = tf.reduce_sum(truth + output, axis=(1, 2))[:, 1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return adversarial + lam * (cross_entropy + 1 - dice)
# %% pix2pix_g_loss: the paper's lambda -> as a number
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return adversarial + 100 * (cross_entropy + 1 - dice)
# %% pix2pix_g_loss: no mean of Dice -> expected one number
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = (2 * both + 1) / (each + 1)
    return adversarial + lam * (cross_entropy + 1 - dice)
# %% pix2pix_g_loss: no 1e-7 -> gives ln 0
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return adversarial + lam * (cross_entropy + 1 - dice)
# %% pix2pix_g_loss: .numpy() -> Leave out
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = tf.reduce_mean(tf.nn.softplus(-fake_logits))
    surprise = -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return adversarial.numpy() + lam * (cross_entropy + 1 - dice)
# %% pix2pix_g_loss: Keras' losses -> Passed.
def pix2pix_g_loss(fake_logits, truth, output, lam):
    adversarial = keras.losses.BinaryCrossentropy(from_logits=True)(tf.ones_like(fake_logits), fake_logits)
    surprise = keras.losses.categorical_crossentropy(truth, output)
    cross_entropy = tf.reduce_mean(surprise)
    both = tf.reduce_sum(truth * output, axis=(0, 1, 2))[1:]
    each = tf.reduce_sum(truth + output, axis=(0, 1, 2))[1:]
    dice = tf.reduce_mean((2 * both + 1) / (each + 1))
    return adversarial + lam * (cross_entropy + 1 - dice)
# %% pix2pix_g_loss: L1, as for images -> paper's loss for images
def pix2pix_g_loss(fake_logits, truth, output, lam):
    return tf.reduce_mean(tf.nn.softplus(-fake_logits)) + lam * tf.reduce_mean(tf.abs(truth - output))
# %% pix2pix_g_loss: NumPy -> no longer a tensor
def pix2pix_g_loss(fake_logits, truth, output, lam):
    truth, output = np.asarray(truth), np.asarray(output)
    adversarial = np.mean(np.log1p(np.exp(-np.asarray(fake_logits))))
    cross_entropy = -np.mean(np.sum(truth * np.log(output + 1e-7), axis=-1))
    both, each = (np.sum(a, axis=(0, 1, 2))[1:] for a in (truth * output, truth + output))
    return adversarial + lam * (cross_entropy + 1 - np.mean((2 * both + 1) / (each + 1)))

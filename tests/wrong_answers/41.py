# %% up: nothing enlarges -> layer that enlarges
def up(filters, strides):
    return [layers.Conv2D(filters, (4, 4), strides=strides, padding="same", use_bias=False), layers.BatchNormalization(), layers.ReLU()]
# %% up: no padding -> extra pixels
def up(filters, strides):
    return [layers.Conv2DTranspose(filters, (4, 4), strides=strides, use_bias=False), layers.BatchNormalization(), layers.ReLU()]
# %% up: with a bias -> have no bias
def up(filters, strides):
    return [layers.Conv2DTranspose(filters, (4, 4), strides=strides, padding="same"), layers.BatchNormalization(), layers.ReLU()]
# %% up: a fixed stride -> Hand the argument on
def up(filters, strides):
    return [layers.Conv2DTranspose(filters, (4, 4), strides=2, padding="same", use_bias=False), layers.BatchNormalization(), layers.ReLU()]
# %% up: fixed channels -> channels came out
def up(filters, strides):
    return [layers.Conv2DTranspose(64, (4, 4), strides=strides, padding="same", use_bias=False), layers.BatchNormalization(), layers.ReLU()]
# %% up: a kernel of 3 -> the deck's is (4, 4)
def up(filters, strides):
    return [layers.Conv2DTranspose(filters, (3, 3), strides=strides, padding="same", use_bias=False), layers.BatchNormalization(), layers.ReLU()]
# %% up: no normalisation -> Batch normalisation is missing
def up(filters, strides):
    return [layers.Conv2DTranspose(filters, (4, 4), strides=strides, padding="same", use_bias=False), layers.ReLU()]
# %% up: no ReLU -> ReLU is missing
def up(filters, strides):
    return [layers.Conv2DTranspose(filters, (4, 4), strides=strides, padding="same", use_bias=False), layers.BatchNormalization()]
# %% up: leaky -> ReLU is missing
def up(filters, strides):
    return [layers.Conv2DTranspose(filters, (4, 4), strides=strides, padding="same", use_bias=False), layers.BatchNormalization(), layers.LeakyReLU(0.2)]
# %% up: normalised last -> not in this order
def up(filters, strides):
    return [layers.Conv2DTranspose(filters, (4, 4), strides=strides, padding="same", use_bias=False), layers.ReLU(), layers.BatchNormalization()]
# %% up: activated in the convolution -> not in this order
def up(filters, strides):
    return [layers.Conv2DTranspose(filters, (4, 4), strides=strides, padding="same", use_bias=False, activation="relu"), layers.BatchNormalization(), layers.ReLU()]
# %% up: brackets forgotten -> needs its brackets
def up(filters, strides):
    return [layers.Conv2DTranspose(filters, (4, 4), strides=strides, padding="same", use_bias=False), layers.BatchNormalization, layers.ReLU]
# %% up: a function in the list -> The list should hold layers
def up(filters, strides):
    return [layers.Conv2DTranspose(filters, (4, 4), strides=strides, padding="same", use_bias=False), layers.BatchNormalization(), tf.nn.relu]
# %% up: a network -> Return a list
up = lambda filters, strides: keras.Sequential(course.up(filters, strides))
# %% up: the same layers again -> Two blocks share a layer
normalise, activate = layers.BatchNormalization(), layers.ReLU()
def up(filters, strides):
    return [layers.Conv2DTranspose(filters, (4, 4), strides=strides, padding="same", use_bias=False), normalise, activate]
# %% up: a tuple, and ReLU by its name -> Passed.
def up(filters, strides):
    return layers.Conv2DTranspose(filters, 4, strides, "same", use_bias=False), layers.BatchNormalization(), layers.Activation("relu")

# %% build_discriminator: normalised everywhere -> too much batch normalisation
def build_discriminator(size, widths):
    network = keras.Sequential([keras.Input((size, size, 1))])
    for filters in widths:
        network.add(layers.Conv2D(filters, (4, 4), strides=2, padding="same"))
        network.add(layers.BatchNormalization())
        network.add(layers.LeakyReLU(0.2))
    network.add(layers.Conv2D(1, (4, 4)))
    network.add(layers.Dense(1))
    return network
# %% build_discriminator: never normalised -> Batch normalisation is missing
def build_discriminator(size, widths):
    network = keras.Sequential([keras.Input((size, size, 1))])
    for filters in widths:
        network.add(layers.Conv2D(filters, (4, 4), strides=2, padding="same"))
        network.add(layers.LeakyReLU(0.2))
    network.add(layers.Conv2D(1, (4, 4)))
    network.add(layers.Dense(1))
    return network
# %% build_discriminator: one normalisation for all places -> Make a new one each time
def build_discriminator(size, widths):
    normalise = layers.BatchNormalization()
    network = keras.Sequential([keras.Input((size, size, 1))])
    for number, filters in enumerate(widths):
        network.add(layers.Conv2D(filters, (4, 4), strides=2, padding="same"))
        if number > 0:
            network.add(normalise)
        network.add(layers.LeakyReLU(0.2))
    network.add(layers.Conv2D(1, (4, 4)))
    network.add(layers.Dense(1))
    return network
# %% build_discriminator: Keras' own slope -> the deck's is 0.2
def build_discriminator(size, widths):
    network = keras.Sequential([keras.Input((size, size, 1))])
    for number, filters in enumerate(widths):
        network.add(layers.Conv2D(filters, (4, 4), strides=2, padding="same"))
        if number > 0:
            network.add(layers.BatchNormalization())
        network.add(layers.LeakyReLU())
    network.add(layers.Conv2D(1, (4, 4)))
    network.add(layers.Dense(1))
    return network
# %% build_discriminator: plain ReLU -> Each of the blocks ends
def build_discriminator(size, widths):
    network = keras.Sequential([keras.Input((size, size, 1))])
    for number, filters in enumerate(widths):
        network.add(layers.Conv2D(filters, (4, 4), strides=2, padding="same"))
        if number > 0:
            network.add(layers.BatchNormalization())
        network.add(layers.ReLU())
    network.add(layers.Conv2D(1, (4, 4)))
    network.add(layers.Dense(1))
    return network
# %% build_discriminator: activated first -> not in this order
def build_discriminator(size, widths):
    network = keras.Sequential([keras.Input((size, size, 1))])
    for number, filters in enumerate(widths):
        network.add(layers.Conv2D(filters, (4, 4), strides=2, padding="same"))
        network.add(layers.LeakyReLU(0.2))
        if number > 0:
            network.add(layers.BatchNormalization())
    network.add(layers.Conv2D(1, (4, 4)))
    network.add(layers.Dense(1))
    return network
# %% build_discriminator: no Dense -> The last layer is Dense(1)
def build_discriminator(size, widths):
    network = keras.Sequential([keras.Input((size, size, 1))])
    for number, filters in enumerate(widths):
        network.add(layers.Conv2D(filters, (4, 4), strides=2, padding="same"))
        if number > 0:
            network.add(layers.BatchNormalization())
        network.add(layers.LeakyReLU(0.2))
    network.add(layers.Conv2D(1, (4, 4)))
    return network
# %% build_discriminator: no last convolution -> your convolutions have
def build_discriminator(size, widths):
    network = keras.Sequential([keras.Input((size, size, 1))])
    for number, filters in enumerate(widths):
        network.add(layers.Conv2D(filters, (4, 4), strides=2, padding="same"))
        if number > 0:
            network.add(layers.BatchNormalization())
        network.add(layers.LeakyReLU(0.2))
    network.add(layers.Flatten())
    network.add(layers.Dense(1))
    return network
# %% build_discriminator: the end inside the loop -> smaller than the 4 x 4 kernel
def build_discriminator(size, widths):
    network = keras.Sequential([keras.Input((size, size, 1))])
    for filters in widths:
        network.add(layers.Conv2D(filters, (4, 4), strides=2, padding="same"))
        network.add(layers.LeakyReLU(0.2))
        network.add(layers.Conv2D(1, (4, 4)))
    network.add(layers.Dense(1))
    return network
# %% build_discriminator: the last one padded -> covers the whole
def build_discriminator(size, widths):
    network = keras.Sequential([keras.Input((size, size, 1))])
    for number, filters in enumerate(widths):
        network.add(layers.Conv2D(filters, (4, 4), strides=2, padding="same"))
        if number > 0:
            network.add(layers.BatchNormalization())
        network.add(layers.LeakyReLU(0.2))
    network.add(layers.Conv2D(1, (4, 4), padding="same"))
    network.add(layers.Dense(1))
    return network
# %% build_discriminator: no strides -> need strides=2
def build_discriminator(size, widths):
    network = keras.Sequential([keras.Input((size, size, 1))])
    for number, filters in enumerate(widths):
        network.add(layers.Conv2D(filters, (4, 4), padding="same"))
        if number > 0:
            network.add(layers.BatchNormalization())
        network.add(layers.LeakyReLU(0.2))
    network.add(layers.Conv2D(1, (4, 4)))
    network.add(layers.Dense(1))
    return network
# %% build_discriminator: the deck's channels only -> smaller than the 4 x 4 kernel
build_discriminator = lambda size, widths: course.build_discriminator(size, (64, 128, 256, 512))
# %% build_discriminator: a sigmoid -> Leave it out
def build_discriminator(size, widths):
    network = keras.Sequential([keras.Input((size, size, 1))])
    for number, filters in enumerate(widths):
        network.add(layers.Conv2D(filters, (4, 4), strides=2, padding="same"))
        if number > 0:
            network.add(layers.BatchNormalization())
        network.add(layers.LeakyReLU(0.2))
    network.add(layers.Conv2D(1, (4, 4)))
    network.add(layers.Dense(1, activation="sigmoid"))
    return network
# %% build_discriminator: the loop is missing -> still empty
build_discriminator = lambda size, widths: keras.Sequential([keras.Input((size, size, 1))])
# %% build_discriminator: a list of layers -> Return the network itself
build_discriminator = lambda size, widths: course.build_discriminator(size, widths).layers
# %% build_discriminator: flattened, as the deck defines it -> Passed.
def build_discriminator(size, widths):
    network = keras.Sequential([keras.Input((size, size, 1))])
    for number, filters in enumerate(widths):
        network.add(layers.Conv2D(filters, 4, 2, "same"))
        if number:
            network.add(layers.BatchNormalization())
        network.add(layers.LeakyReLU(negative_slope=0.2))
    network.add(layers.Conv2D(1, 4, padding="valid"))
    network.add(layers.Flatten())
    network.add(layers.Dense(1))
    return network
# %% build_discriminator: a functional model -> Passed.
def build_discriminator(size, widths):
    images = x = keras.Input((size, size, 1))
    for filters in widths:
        x = layers.Conv2D(filters, 4, 2, "same")(x)
        x = x if filters == widths[0] else layers.BatchNormalization()(x)
        x = layers.LeakyReLU(0.2)(x)
    return keras.Model(images, layers.Dense(1)(layers.Conv2D(1, 4)(x)))

# %% losses: the generated half is forgotten -> lacks its generated half
def discriminator_loss(real_logits, fake_logits):
    return losses.generator_loss(real_logits)
generator_loss = losses.generator_loss
# %% losses: targets swapped -> targets are swapped
def discriminator_loss(real_logits, fake_logits):
    return losses.discriminator_loss(fake_logits, real_logits)
generator_loss = losses.generator_loss
# %% losses: ones everywhere -> Both halves have ones
def discriminator_loss(real_logits, fake_logits):
    return losses.generator_loss(real_logits) + losses.generator_loss(fake_logits)
generator_loss = losses.generator_loss
# %% losses: Keras' sigmoid and from_logits -> applied a sigmoid
def discriminator_loss(real_logits, fake_logits):
    return losses.discriminator_loss(keras.ops.sigmoid(real_logits), keras.ops.sigmoid(fake_logits))
generator_loss = losses.generator_loss
# %% losses: TensorFlow's sigmoid and from_logits -> applied a sigmoid
discriminator_loss = losses.discriminator_loss
def generator_loss(fake_logits):
    return losses.generator_loss(tf.sigmoid(fake_logits))
# %% losses: logits taken for probabilities -> for probabilities
def discriminator_loss(real_logits, fake_logits):
    ones, zeros = keras.ops.ones_like(real_logits), keras.ops.zeros_like(fake_logits)
    real_loss = keras.losses.binary_crossentropy(ones, real_logits)
    return keras.ops.mean(real_loss) + keras.ops.mean(keras.losses.binary_crossentropy(zeros, fake_logits))
generator_loss = losses.generator_loss
# %% losses: no mean -> take the mean over images
def discriminator_loss(real_logits, fake_logits):
    ones, zeros = keras.ops.ones_like(real_logits), keras.ops.zeros_like(fake_logits)
    real_loss = keras.losses.binary_crossentropy(ones, real_logits, from_logits=True)
    return real_loss + keras.losses.binary_crossentropy(zeros, fake_logits, from_logits=True)
generator_loss = losses.generator_loss
# %% losses: sums -> a sum over the images
def discriminator_loss(real_logits, fake_logits):
    return 6 * losses.discriminator_loss(real_logits, fake_logits)
generator_loss = losses.generator_loss
# %% losses: the mean of the halves -> mean of the two halves
discriminator_loss = lambda real_logits, fake_logits: losses.discriminator_loss(real_logits, fake_logits) / 2
generator_loss = losses.generator_loss
# %% losses: targets of 1 and 0 -> need the shape of the logits
def discriminator_loss(real_logits, fake_logits):
    real_loss = keras.losses.binary_crossentropy(1.0, real_logits, from_logits=True)
    fake_loss = keras.losses.binary_crossentropy(0.0, fake_logits, from_logits=True)
    return keras.ops.mean(real_loss) + keras.ops.mean(fake_loss)
generator_loss = losses.generator_loss
# %% losses: NumPy's logarithm -> a tape cannot follow it
discriminator_loss = lambda real_logits, fake_logits: np.mean(np.logaddexp(0, -real_logits)) + np.mean(np.logaddexp(0, fake_logits))
generator_loss = lambda fake_logits: np.mean(np.logaddexp(0, -fake_logits))
# %% losses: NumPy's mean at the end -> a tape cannot follow it
discriminator_loss = losses.discriminator_loss
def generator_loss(fake_logits):
    return np.mean(keras.losses.binary_crossentropy(keras.ops.ones_like(fake_logits), fake_logits, from_logits=True))
# %% losses: a Python number -> a tape cannot follow it
discriminator_loss = lambda real_logits, fake_logits: float(losses.discriminator_loss(real_logits, fake_logits))
generator_loss = losses.generator_loss
# %% losses: two numbers -> one number, the sum
discriminator_loss = lambda real_logits, fake_logits: (losses.generator_loss(real_logits), losses.generator_loss(-fake_logits))
generator_loss = losses.generator_loss
# %% losses: the generator has zeros as targets -> helps the discriminator
discriminator_loss = losses.discriminator_loss
def generator_loss(fake_logits):
    zeros = keras.ops.zeros_like(fake_logits)
    return keras.ops.mean(keras.losses.binary_crossentropy(zeros, fake_logits, from_logits=True))
# %% losses: minimax -> minimax
discriminator_loss = losses.discriminator_loss
generator_loss = losses.minimax_generator_loss
# %% losses: the generator's sign -> The generator's sign
discriminator_loss = losses.discriminator_loss
generator_loss = lambda fake_logits: -losses.generator_loss(fake_logits)
# %% losses: Wasserstein's -> mean of the logits
discriminator_loss = losses.discriminator_loss
generator_loss = lambda fake_logits: -tf.reduce_mean(fake_logits)
# %% losses: least squares -> targets come first
discriminator_loss = losses.least_squares_discriminator_loss
generator_loss = losses.generator_loss
# %% losses: TensorFlow's functions -> Passed.
def discriminator_loss(real_logits, fake_logits):
    return tf.reduce_mean(tf.nn.softplus(-real_logits)) + tf.reduce_mean(tf.nn.softplus(fake_logits))
def generator_loss(fake_logits):
    targets = tf.ones_like(fake_logits)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=fake_logits))

# %% train_step: the generator not in training -> generator was called without
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    latents = tf.random.normal((real_images.shape[0], 100))
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        fake_images = generator(latents)
        real_logits, fake_logits = discriminator(real_images, training=True), discriminator(fake_images, training=True)
        d_loss, g_loss = discriminator_loss(real_logits, fake_logits), generator_loss(fake_logits)
    d_optimizer.apply(d_tape.gradient(d_loss, discriminator.trainable_variables), discriminator.trainable_variables)
    g_optimizer.apply(g_tape.gradient(g_loss, generator.trainable_variables), generator.trainable_variables)
    return d_loss, g_loss
# %% train_step: the discriminator not in training -> discriminator was called without
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    latents = tf.random.normal((real_images.shape[0], 100))
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        fake_images = generator(latents, training=True)
        real_logits, fake_logits = discriminator(real_images, training=False), discriminator(fake_images, training=True)
        d_loss, g_loss = discriminator_loss(real_logits, fake_logits), generator_loss(fake_logits)
    d_optimizer.apply(d_tape.gradient(d_loss, discriminator.trainable_variables), discriminator.trainable_variables)
    g_optimizer.apply(g_tape.gradient(g_loss, generator.trainable_variables), generator.trainable_variables)
    return d_loss, g_loss
# %% train_step: optimisers swapped -> has its own optimiser
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    return course.train_step(real_images, generator, discriminator, d_optimizer, g_optimizer)
# %% train_step: one optimiser for both -> has its own optimiser
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    return course.train_step(real_images, generator, discriminator, g_optimizer, g_optimizer)
# %% train_step: g_loss moves both networks -> the other network stands still
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    latents = tf.random.normal((real_images.shape[0], 100))
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        fake_images = generator(latents, training=True)
        real_logits, fake_logits = discriminator(real_images, training=True), discriminator(fake_images, training=True)
        d_loss, g_loss = discriminator_loss(real_logits, fake_logits), generator_loss(fake_logits)
    everything = generator.trainable_variables + discriminator.trainable_variables
    d_optimizer.apply(d_tape.gradient(d_loss, discriminator.trainable_variables), discriminator.trainable_variables)
    g_optimizer.apply(g_tape.gradient(g_loss, everything), everything)
    return d_loss, g_loss
# %% train_step: d_loss moves the generator -> The generator was updated with d_loss
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    latents = tf.random.normal((real_images.shape[0], 100))
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        fake_images = generator(latents, training=True)
        real_logits, fake_logits = discriminator(real_images, training=True), discriminator(fake_images, training=True)
        d_loss, g_loss = discriminator_loss(real_logits, fake_logits), generator_loss(fake_logits)
    d_optimizer.apply(d_tape.gradient(d_loss, discriminator.trainable_variables), discriminator.trainable_variables)
    g_optimizer.apply(g_tape.gradient(d_loss, generator.trainable_variables), generator.trainable_variables)
    return d_loss, g_loss
# %% train_step: g_loss moves the discriminator -> The discriminator was updated with g_loss
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    latents = tf.random.normal((real_images.shape[0], 100))
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        fake_images = generator(latents, training=True)
        real_logits, fake_logits = discriminator(real_images, training=True), discriminator(fake_images, training=True)
        d_loss, g_loss = discriminator_loss(real_logits, fake_logits), generator_loss(fake_logits)
    d_optimizer.apply(d_tape.gradient(g_loss, discriminator.trainable_variables), discriminator.trainable_variables)
    g_optimizer.apply(g_tape.gradient(g_loss, generator.trainable_variables), generator.trainable_variables)
    return d_loss, g_loss
# %% train_step: sums -> a sum over the images
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    latents = tf.random.normal((real_images.shape[0], 100))
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        fake_images = generator(latents, training=True)
        real_logits, fake_logits = discriminator(real_images, training=True), discriminator(fake_images, training=True)
        d_loss = tf.reduce_sum(tf.nn.softplus(-real_logits)) + tf.reduce_sum(tf.nn.softplus(fake_logits))
        g_loss = tf.reduce_sum(tf.nn.softplus(-fake_logits))
    d_optimizer.apply(d_tape.gradient(d_loss, discriminator.trainable_variables), discriminator.trainable_variables)
    g_optimizer.apply(g_tape.gradient(g_loss, generator.trainable_variables), generator.trainable_variables)
    return d_loss, g_loss
# %% train_step: nothing comes back -> returns nothing
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    course.train_step(real_images, generator, discriminator, g_optimizer, d_optimizer)
# %% train_step: nothing comes back, compiled -> returns nothing
@tf.function
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    course.train_step(real_images, generator, discriminator, g_optimizer, d_optimizer)
# %% train_step: losses in the wrong order -> wrong order
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    return course.train_step(real_images, generator, discriminator, g_optimizer, d_optimizer)[::-1]
# %% train_step: painted before the tape -> The tape finds no way from g_loss
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    latents = tf.random.normal((real_images.shape[0], 100))
    fake_images = generator(latents, training=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        real_logits, fake_logits = discriminator(real_images, training=True), discriminator(fake_images, training=True)
        d_loss, g_loss = discriminator_loss(real_logits, fake_logits), generator_loss(fake_logits)
    d_optimizer.apply(d_tape.gradient(d_loss, discriminator.trainable_variables), discriminator.trainable_variables)
    g_optimizer.apply(g_tape.gradient(g_loss, generator.trainable_variables), generator.trainable_variables)
    return d_loss, g_loss
# %% train_step: one tape asked twice -> Use two tapes
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    latents = tf.random.normal((real_images.shape[0], 100))
    with tf.GradientTape() as tape:
        fake_images = generator(latents, training=True)
        real_logits, fake_logits = discriminator(real_images, training=True), discriminator(fake_images, training=True)
        d_loss, g_loss = discriminator_loss(real_logits, fake_logits), generator_loss(fake_logits)
    d_optimizer.apply(tape.gradient(d_loss, discriminator.trainable_variables), discriminator.trainable_variables)
    g_optimizer.apply(tape.gradient(g_loss, generator.trainable_variables), generator.trainable_variables)
    return d_loss, g_loss
# %% train_step: all variables -> others do not learn
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    latents = tf.random.normal((real_images.shape[0], 100))
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        fake_images = generator(latents, training=True)
        real_logits, fake_logits = discriminator(real_images, training=True), discriminator(fake_images, training=True)
        d_loss, g_loss = discriminator_loss(real_logits, fake_logits), generator_loss(fake_logits)
    d_optimizer.apply(d_tape.gradient(d_loss, discriminator.variables), discriminator.variables)
    g_optimizer.apply(g_tape.gradient(g_loss, generator.variables), generator.variables)
    return d_loss, g_loss
# %% train_step: only the discriminator learns -> The generator was updated 0 times
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    latents = tf.random.normal((real_images.shape[0], 100))
    with tf.GradientTape() as d_tape:
        fake_images = generator(latents, training=True)
        real_logits, fake_logits = discriminator(real_images, training=True), discriminator(fake_images, training=True)
        d_loss, g_loss = discriminator_loss(real_logits, fake_logits), generator_loss(fake_logits)
    d_optimizer.apply(d_tape.gradient(d_loss, discriminator.trainable_variables), discriminator.trainable_variables)
    return d_loss, g_loss
# %% train_step: always 32 latents -> Draw one latent
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    latents = tf.random.normal((32, 100))
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        fake_images = generator(latents, training=True)
        real_logits, fake_logits = discriminator(real_images, training=True), discriminator(fake_images, training=True)
        d_loss, g_loss = discriminator_loss(real_logits, fake_logits), generator_loss(fake_logits)
    d_optimizer.apply(d_tape.gradient(d_loss, discriminator.trainable_variables), discriminator.trainable_variables)
    g_optimizer.apply(g_tape.gradient(g_loss, generator.trainable_variables), generator.trainable_variables)
    return d_loss, g_loss
# %% train_step: uniform latents -> not from the bell curve
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    latents = tf.random.uniform((real_images.shape[0], 100))
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        fake_images = generator(latents, training=True)
        real_logits, fake_logits = discriminator(real_images, training=True), discriminator(fake_images, training=True)
        d_loss, g_loss = discriminator_loss(real_logits, fake_logits), generator_loss(fake_logits)
    d_optimizer.apply(d_tape.gradient(d_loss, discriminator.trainable_variables), discriminator.trainable_variables)
    g_optimizer.apply(g_tape.gradient(g_loss, generator.trainable_variables), generator.trainable_variables)
    return d_loss, g_loss
# %% train_step: NumPy's latents freeze when compiled -> Two steps had the same latents
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    latents = np.random.normal(size=(real_images.shape[0], 100)).astype("float32")
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        fake_images = generator(latents, training=True)
        real_logits, fake_logits = discriminator(real_images, training=True), discriminator(fake_images, training=True)
        d_loss, g_loss = discriminator_loss(real_logits, fake_logits), generator_loss(fake_logits)
    d_optimizer.apply(d_tape.gradient(d_loss, discriminator.trainable_variables), discriminator.trainable_variables)
    g_optimizer.apply(g_tape.gradient(g_loss, generator.trainable_variables), generator.trainable_variables)
    return d_loss, g_loss
# %% train_step: float, which TensorFlow compiles as well -> Passed.
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    d_loss, g_loss = course.train_step(real_images, generator, discriminator, g_optimizer, d_optimizer)
    return float(d_loss), float(g_loss)
# %% train_step: .numpy() at the end -> Leave out .numpy()
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    d_loss, g_loss = course.train_step(real_images, generator, discriminator, g_optimizer, d_optimizer)
    return d_loss.numpy(), g_loss.numpy()
# %% train_step: a dictionary comes back -> Return two values
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    d_loss, g_loss = course.train_step(real_images, generator, discriminator, g_optimizer, d_optimizer)
    return {"d_loss": d_loss, "g_loss": g_loss}
# %% train_step: apply_gradients with two lists -> takes zip(gradients, variables)
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    latents = tf.random.normal((real_images.shape[0], 100))
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        fake_images = generator(latents, training=True)
        real_logits, fake_logits = discriminator(real_images, training=True), discriminator(fake_images, training=True)
        d_loss, g_loss = discriminator_loss(real_logits, fake_logits), generator_loss(fake_logits)
    d_optimizer.apply_gradients(d_tape.gradient(d_loss, discriminator.trainable_variables), discriminator.trainable_variables)
    g_optimizer.apply_gradients(g_tape.gradient(g_loss, generator.trainable_variables), generator.trainable_variables)
    return d_loss, g_loss
# %% train_step: compiled already -> Passed.
train_step = tf.function(course.train_step)
# %% train_step: decorated, with pairs -> Passed.
@tf.function
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    latents = tf.random.normal((tf.shape(real_images)[0], 100))
    with tf.GradientTape(persistent=True) as tape:
        fake_images = generator(latents, training=True)
        real_logits, fake_logits = discriminator(real_images, training=True), discriminator(fake_images, training=True)
        d_loss, g_loss = discriminator_loss(real_logits, fake_logits), generator_loss(fake_logits)
    gradients = tape.gradient(d_loss, discriminator.trainable_variables)
    d_optimizer.apply_gradients(zip(gradients, discriminator.trainable_variables))
    gradients = tape.gradient(g_loss, generator.trainable_variables)
    g_optimizer.apply_gradients(zip(gradients, generator.trainable_variables))
    return d_loss, g_loss
# %% train_step: the paper's order, with new latents -> Passed.
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    latents = keras.random.normal((real_images.shape[0], 100))
    with tf.GradientTape() as tape:
        real_logits = discriminator(real_images, training=True)
        fake_logits = discriminator(generator(latents, training=True), training=True)
        d_loss = discriminator_loss(real_logits, fake_logits)
    d_optimizer.apply(tape.gradient(d_loss, discriminator.trainable_weights), discriminator.trainable_weights)
    with tf.GradientTape() as tape:
        latents = keras.random.normal((real_images.shape[0], 100))
        g_loss = generator_loss(discriminator(generator(latents, training=True), training=True))
    g_optimizer.apply(tape.gradient(g_loss, generator.trainable_weights), generator.trainable_weights)
    return d_loss, g_loss
# %% train_step: the shape is no tuple -> as one tuple
def train_step(real_images, generator, discriminator, g_optimizer, d_optimizer):
    latents = tf.random.normal(real_images.shape[0], 100)
    return generator(latents, training=True)
# %% losses: targets and logits swapped -> targets come first
def discriminator_loss(real_logits, fake_logits):
    ones, zeros = keras.ops.ones_like(real_logits), keras.ops.zeros_like(fake_logits)
    real_loss = keras.losses.binary_crossentropy(real_logits, ones, from_logits=True)
    fake_loss = keras.losses.binary_crossentropy(fake_logits, zeros, from_logits=True)
    return keras.ops.mean(real_loss) + keras.ops.mean(fake_loss)

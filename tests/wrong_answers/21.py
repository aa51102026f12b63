# %% d_loss: NumPy, without a gradient -> There is no gradient
def d_loss(real_logits, fake_logits):
    return np.mean(np.log1p(np.exp(-np.asarray(real_logits)))) + np.mean(np.log1p(np.exp(np.asarray(fake_logits))))
# %% d_loss: the targets swapped -> targets are swapped
d_loss = lambda real_logits, fake_logits: tf.reduce_mean(tf.nn.softplus(real_logits)) + tf.reduce_mean(tf.nn.softplus(-fake_logits))
# %% d_loss: the mean of the halves -> mean of both halves
d_loss = lambda real_logits, fake_logits: (tf.reduce_mean(tf.nn.softplus(-real_logits)) + tf.reduce_mean(tf.nn.softplus(fake_logits))) / 2
# %% d_loss: the real half only -> Only the real half
d_loss = lambda real_logits, fake_logits: tf.reduce_mean(tf.nn.softplus(-real_logits))
# %% d_loss: no mean -> received shape (3, 1)
d_loss = lambda real_logits, fake_logits: tf.nn.softplus(-real_logits) + tf.nn.softplus(fake_logits)
# %% d_loss: the sum -> added over the batch
d_loss = lambda real_logits, fake_logits: tf.reduce_sum(tf.nn.softplus(-real_logits)) + tf.reduce_sum(tf.nn.softplus(fake_logits))
# %% d_loss: the value of the game -> The sign is wrong
d_loss = lambda real_logits, fake_logits: -tf.reduce_mean(tf.nn.softplus(-real_logits)) - tf.reduce_mean(tf.nn.softplus(fake_logits))
# %% d_loss: both real -> Both kinds get the target 1
d_loss = lambda real_logits, fake_logits: tf.reduce_mean(tf.nn.softplus(-real_logits)) + tf.reduce_mean(tf.nn.softplus(-fake_logits))
# %% d_loss: a sigmoid and then logits -> applied twice
def d_loss(real_logits, fake_logits):
    bce = tf.keras.losses.BinaryCrossentropy(from_logits=True)
    real, fake = tf.sigmoid(real_logits), tf.sigmoid(fake_logits)
    return bce(tf.ones_like(real), real) + bce(tf.zeros_like(fake), fake)
# %% d_loss: the logarithm of the sigmoid -> the sigmoid rounds
d_loss = lambda real_logits, fake_logits: -tf.reduce_mean(tf.math.log(tf.sigmoid(real_logits))) - tf.reduce_mean(tf.math.log(1 - tf.sigmoid(fake_logits)))
# %% d_loss: probabilities in Keras' loss, which clips them -> the sigmoid rounds
def d_loss(real_logits, fake_logits):
    bce = tf.keras.losses.BinaryCrossentropy()
    real, fake = tf.sigmoid(real_logits), tf.sigmoid(fake_logits)
    return bce(tf.ones_like(real), real) + bce(tf.zeros_like(fake), fake)
# %% d_loss: logits in Keras' loss for probabilities -> from_logits=True
def d_loss(real_logits, fake_logits):
    bce = tf.keras.losses.BinaryCrossentropy()
    return bce(tf.ones_like(real_logits), real_logits) + bce(tf.zeros_like(fake_logits), fake_logits)
# %% d_loss: printed -> Did you print
def d_loss(real_logits, fake_logits):
    print(tf.reduce_mean(tf.nn.softplus(-real_logits)) + tf.reduce_mean(tf.nn.softplus(fake_logits)))
# %% d_loss: logits taken for probabilities -> Logits are no probabilities
d_loss = lambda real_logits, fake_logits: -tf.reduce_mean(tf.math.log(real_logits)) - tf.reduce_mean(tf.math.log(1 - fake_logits))
# %% d_loss: as the deck writes it -> Passed.
def d_loss(real_logits, fake_logits):
    real_loss = tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.ones_like(real_logits), logits=real_logits)
    fake_loss = tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.zeros_like(fake_logits), logits=fake_logits)
    return tf.reduce_mean(real_loss + fake_loss)
# %% d_loss: Keras' loss -> Passed.
def d_loss(real_logits, fake_logits):
    bce = tf.keras.losses.BinaryCrossentropy(from_logits=True)
    return bce(tf.ones_like(real_logits), real_logits) + bce(tf.zeros_like(fake_logits), fake_logits)
# %% d_loss: the logarithm of the sigmoid, as TensorFlow has it -> Passed.
d_loss = lambda real_logits, fake_logits: -tf.reduce_mean(tf.math.log_sigmoid(real_logits)) - tf.reduce_mean(tf.math.log_sigmoid(-fake_logits))

# %% g_loss: zeros as targets -> what D is trained to say
g_loss = lambda fake_logits: tf.reduce_mean(tf.nn.softplus(fake_logits))
# %% g_loss: minimax -> That is the minimax loss
g_loss = lambda fake_logits: -tf.reduce_mean(tf.nn.softplus(fake_logits))
# %% g_loss: the sign -> The sign is wrong
g_loss = lambda fake_logits: -tf.reduce_mean(tf.nn.softplus(-fake_logits))
# %% g_loss: no mean -> received shape (3, 1)
g_loss = lambda fake_logits: tf.nn.softplus(-fake_logits)
# %% g_loss: the probability itself -> That is 1 - D
g_loss = lambda fake_logits: 1 - tf.reduce_mean(tf.sigmoid(fake_logits))
# %% g_loss: float -> There is no gradient
g_loss = lambda fake_logits: float(tf.reduce_mean(tf.nn.softplus(-fake_logits)))
# %% g_loss: logits in Keras' loss for probabilities -> from_logits=True
g_loss = lambda fake_logits: tf.keras.losses.BinaryCrossentropy()(tf.ones_like(fake_logits), fake_logits)
# %% g_loss: the logarithm of the sigmoid -> the sigmoid rounds
g_loss = lambda fake_logits: -tf.reduce_mean(tf.math.log(tf.sigmoid(fake_logits)))
# %% g_loss: the logit itself -> Expected 0.856
g_loss = lambda fake_logits: -tf.reduce_mean(fake_logits)
# %% g_loss: Keras' loss -> Passed.
g_loss = lambda fake_logits: tf.keras.losses.BinaryCrossentropy(from_logits=True)(tf.ones_like(fake_logits), fake_logits)

# %% train_step: the noise of D again -> has just seen
def train_step(gan):
    real_points, noise = gan.draw_real(), gan.draw_noise()
    with tf.GradientTape() as tape:
        d_value = gan.d_loss(gan.discriminator(real_points), gan.discriminator(gan.generator(noise)))
    variables = gan.discriminator.trainable_variables
    gan.d_optimizer.apply_gradients(zip(tape.gradient(d_value, variables), variables))
    with tf.GradientTape() as tape:
        g_value = gan.g_loss(gan.discriminator(gan.generator(noise)))
    variables = gan.generator.trainable_variables
    gan.g_optimizer.apply_gradients(zip(tape.gradient(g_value, variables), variables))
    return d_value, g_value
# %% train_step: the discriminator only -> The generator has not changed
def train_step(gan):
    with tf.GradientTape() as tape:
        d_value = gan.d_loss(gan.discriminator(gan.draw_real()), gan.discriminator(gan.generator(gan.draw_noise())))
    variables = gan.discriminator.trainable_variables
    gan.d_optimizer.apply_gradients(zip(tape.gradient(d_value, variables), variables))
    g_value = gan.g_loss(gan.discriminator(gan.generator(gan.draw_noise())))
    return d_value, g_value
# %% train_step: losses without updates -> Neither network has changed
def train_step(gan):
    fake_logits = gan.discriminator(gan.generator(gan.draw_noise()))
    return gan.d_loss(gan.discriminator(gan.draw_real()), fake_logits), gan.g_loss(fake_logits)
# %% train_step: nothing returned -> Nothing is returned
def train_step(gan):
    plane_gan.train_step(gan)
# %% train_step: the losses swapped -> in the wrong order
def train_step(gan):
    d_value, g_value = plane_gan.train_step(gan)
    return g_value, d_value
# %% train_step: one loss -> Return both losses
def train_step(gan):
    return plane_gan.train_step(gan)[0]
# %% train_step: the generator's loss moves D -> its own network's variables
def train_step(gan):
    real_points, noise = gan.draw_real(), gan.draw_noise()
    with tf.GradientTape() as tape:
        d_value = gan.d_loss(gan.discriminator(real_points), gan.discriminator(gan.generator(noise)))
    variables = gan.discriminator.trainable_variables
    gan.d_optimizer.apply(tape.gradient(d_value, variables), variables)
    noise = gan.draw_noise()
    with tf.GradientTape() as tape:
        g_value = gan.g_loss(gan.discriminator(gan.generator(noise)))
    both = gan.generator.trainable_variables + gan.discriminator.trainable_variables
    for gradient, variable in zip(tape.gradient(g_value, both), both):
        variable.assign_sub(0.1 * gradient)
    return d_value, g_value
# %% train_step: one tape for both -> after D was updated
def train_step(gan):
    real_points, noise, more = gan.draw_real(), gan.draw_noise(), gan.draw_noise()
    with tf.GradientTape(persistent=True) as tape:
        d_value = gan.d_loss(gan.discriminator(real_points), gan.discriminator(gan.generator(noise)))
        g_value = gan.g_loss(gan.discriminator(gan.generator(more)))
    variables = gan.discriminator.trainable_variables
    gan.d_optimizer.apply(tape.gradient(d_value, variables), variables)
    variables = gan.generator.trainable_variables
    gan.g_optimizer.apply(tape.gradient(g_value, variables), variables)
    return d_value, g_value
# %% train_step: the same optimiser for both -> the other network
def train_step(gan):
    real_points, noise = gan.draw_real(), gan.draw_noise()
    with tf.GradientTape() as tape:
        d_value = gan.d_loss(gan.discriminator(real_points), gan.discriminator(gan.generator(noise)))
    variables = gan.discriminator.trainable_variables
    gan.d_optimizer.apply_gradients(zip(tape.gradient(d_value, variables), variables))
    noise = gan.draw_noise()
    with tf.GradientTape() as tape:
        g_value = gan.g_loss(gan.discriminator(gan.generator(noise)))
    variables = gan.generator.trainable_variables
    gan.d_optimizer.apply_gradients(zip(tape.gradient(g_value, variables), variables))
    return d_value, g_value
# %% train_step: the loss outside of the tape -> outside of its tape
def train_step(gan):
    d_value = gan.d_loss(gan.discriminator(gan.draw_real()), gan.discriminator(gan.generator(gan.draw_noise())))
    with tf.GradientTape() as tape:
        pass
    variables = gan.discriminator.trainable_variables
    gan.d_optimizer.apply_gradients(zip(tape.gradient(d_value, variables), variables))
    return d_value, d_value
# %% train_step: no pairs -> pairs
def train_step(gan):
    with tf.GradientTape() as tape:
        d_value = gan.d_loss(gan.discriminator(gan.draw_real()), gan.discriminator(gan.generator(gan.draw_noise())))
    gan.d_optimizer.apply_gradients(tape.gradient(d_value, gan.discriminator.trainable_variables))
    return d_value, d_value
# %% train_step: the generated points made outside of the second tape -> outside of its tape
def train_step(gan):
    real_points, noise = gan.draw_real(), gan.draw_noise()
    with tf.GradientTape() as tape:
        d_value = gan.d_loss(gan.discriminator(real_points), gan.discriminator(gan.generator(noise)))
    variables = gan.discriminator.trainable_variables
    gan.d_optimizer.apply(tape.gradient(d_value, variables), variables)
    fake_points = gan.generator(gan.draw_noise())
    with tf.GradientTape() as tape:
        g_value = gan.g_loss(gan.discriminator(fake_points))
    variables = gan.generator.trainable_variables
    gan.g_optimizer.apply(tape.gradient(g_value, variables), variables)
    return d_value, g_value
# %% train_step: numbers instead of tensors -> the playground compiles
def train_step(gan):
    d_value, g_value = plane_gan.train_step(gan)
    return d_value.numpy(), g_value.numpy()
# %% train_step: it goes uphill -> The discriminator goes uphill
def train_step(gan):
    real_points, noise = gan.draw_real(), gan.draw_noise()
    with tf.GradientTape() as tape:
        d_value = gan.d_loss(gan.discriminator(real_points), gan.discriminator(gan.generator(noise)))
    variables = gan.discriminator.trainable_variables
    gan.d_optimizer.apply([-g for g in tape.gradient(d_value, variables)], variables)
    noise = gan.draw_noise()
    with tf.GradientTape() as tape:
        g_value = gan.g_loss(gan.discriminator(gan.generator(noise)))
    variables = gan.generator.trainable_variables
    gan.g_optimizer.apply(tape.gradient(g_value, variables), variables)
    return d_value, g_value
# %% train_step: noise made by the learner -> gan.draw_noise
def train_step(gan):
    real_points = gan.draw_real()
    with tf.GradientTape() as tape:
        d_value = gan.d_loss(gan.discriminator(real_points), gan.discriminator(gan.generator(tf.random.normal((8, 2)))))
    variables = gan.discriminator.trainable_variables
    gan.d_optimizer.apply(tape.gradient(d_value, variables), variables)
    with tf.GradientTape() as tape:
        g_value = gan.g_loss(gan.discriminator(gan.generator(tf.random.normal((8, 2)))))
    variables = gan.generator.trainable_variables
    gan.g_optimizer.apply(tape.gradient(g_value, variables), variables)
    return d_value, g_value
# %% train_step: the losses of the notebook -> Use gan.d_loss and gan.g_loss
def train_step(gan):
    real_points = gan.draw_real()
    noise = gan.draw_noise()
    with tf.GradientTape() as tape:
        fake_points = gan.generator(noise)
        d_value = losses.discriminator_loss(gan.discriminator(real_points), gan.discriminator(fake_points))
    gradients = tape.gradient(d_value, gan.discriminator.trainable_variables)
    gan.d_optimizer.apply_gradients(zip(gradients, gan.discriminator.trainable_variables))
    noise = gan.draw_noise()
    with tf.GradientTape() as tape:
        fake_points = gan.generator(noise)
        g_value = losses.generator_loss(gan.discriminator(fake_points))
    gradients = tape.gradient(g_value, gan.generator.trainable_variables)
    gan.g_optimizer.apply_gradients(zip(gradients, gan.generator.trainable_variables))
    return [d_value, g_value]
# %% train_step: D judges nothing -> gan.d_loss was given points
def train_step(gan):
    real_points, noise = gan.draw_real(), gan.draw_noise()
    with tf.GradientTape() as tape:
        d_value = gan.d_loss(real_points, gan.generator(noise))
    variables = gan.discriminator.trainable_variables
    gan.d_optimizer.apply(tape.gradient(d_value, variables), variables)
    noise = gan.draw_noise()
    with tf.GradientTape() as tape:
        g_value = gan.g_loss(gan.discriminator(gan.generator(noise)))
    variables = gan.generator.trainable_variables
    gan.g_optimizer.apply(tape.gradient(g_value, variables), variables)
    return d_value, g_value
# %% train_step: D judges nothing for G -> gan.g_loss was given points
def train_step(gan):
    real_points, noise = gan.draw_real(), gan.draw_noise()
    with tf.GradientTape() as tape:
        d_value = gan.d_loss(gan.discriminator(real_points), gan.discriminator(gan.generator(noise)))
    variables = gan.discriminator.trainable_variables
    gan.d_optimizer.apply(tape.gradient(d_value, variables), variables)
    noise = gan.draw_noise()
    with tf.GradientTape() as tape:
        g_value = gan.g_loss(gan.generator(noise))
    variables = gan.generator.trainable_variables
    gan.g_optimizer.apply(tape.gradient(g_value, variables), variables)
    return d_value, g_value
# %% train_step: generated first -> the real points first
def train_step(gan):
    real_points, noise = gan.draw_real(), gan.draw_noise()
    with tf.GradientTape() as tape:
        d_value = gan.d_loss(gan.discriminator(gan.generator(noise)), gan.discriminator(real_points))
    variables = gan.discriminator.trainable_variables
    gan.d_optimizer.apply(tape.gradient(d_value, variables), variables)
    noise = gan.draw_noise()
    with tf.GradientTape() as tape:
        g_value = gan.g_loss(gan.discriminator(gan.generator(noise)))
    variables = gan.generator.trainable_variables
    gan.g_optimizer.apply(tape.gradient(g_value, variables), variables)
    return d_value, g_value
# %% train_step: made inside of the tape, a list returned -> Passed.
def train_step(gan):
    real_points = gan.draw_real()
    noise = gan.draw_noise()
    with tf.GradientTape() as tape:
        fake_points = gan.generator(noise)
        d_value = gan.d_loss(gan.discriminator(real_points), gan.discriminator(fake_points))
    gradients = tape.gradient(d_value, gan.discriminator.trainable_variables)
    gan.d_optimizer.apply_gradients(zip(gradients, gan.discriminator.trainable_variables))
    noise = gan.draw_noise()
    with tf.GradientTape() as tape:
        fake_points = gan.generator(noise)
        g_value = gan.g_loss(gan.discriminator(fake_points))
    gradients = tape.gradient(g_value, gan.generator.trainable_variables)
    gan.g_optimizer.apply_gradients(zip(gradients, gan.generator.trainable_variables))
    return [d_value, g_value]

# %% best_discriminator: generated for real -> of a generated number
best_discriminator = lambda p, q, width: (q / (p + q), 1.0)
# %% best_discriminator: odds -> Those are odds
best_discriminator = lambda p, q, width: (p / q, 1.0)
# %% best_discriminator: a verdict -> That is a decision
best_discriminator = lambda p, q, width: ((p > q).astype(float), 1.0)
# %% best_discriminator: the answers only -> Return two things
best_discriminator = lambda p, q, width: p / (p + q)
# %% best_discriminator: without the width -> width is missing
def best_discriminator(p, q, width):
    best = p / (p + q)
    return best, (-p * np.log(best) - q * np.log(1 - best)).sum()
# %% best_discriminator: the sign -> sign of the loss
def best_discriminator(p, q, width):
    best = p / (p + q)
    return best, (p * np.log(best) + q * np.log(1 - best)).sum() * width
# %% best_discriminator: the real half -> loss of the real half
def best_discriminator(p, q, width):
    best = p / (p + q)
    return best, -(p * np.log(best)).sum() * width
# %% best_discriminator: not weighted -> Weigh each cost
def best_discriminator(p, q, width):
    best = p / (p + q)
    return best, -(np.log(best) + np.log(1 - best)).sum() * width
# %% best_discriminator: costs not added up -> Add them up
def best_discriminator(p, q, width):
    best = p / (p + q)
    return best, (-p * np.log(best) - q * np.log(1 - best)) * width
# %% best_discriminator: one number -> each of 49 places
best_discriminator = lambda p, q, width: ((p / (p + q)).mean(), 1.0)
# %% best_discriminator: the prior in the numerator only -> above and below the line
best_discriminator = lambda p, q, width: (0.5 * p / (p + q), 1.0)
# %% best_discriminator: the prior in the cost -> factor of one half
def best_discriminator(p, q, width):
    best = 0.5 * p / (0.5 * p + 0.5 * q)
    return best, (-0.5 * p * np.log(best) - 0.5 * q * np.log(1 - best)).sum() * width
# %% best_discriminator: the mean times the width -> mean over places
def best_discriminator(p, q, width):
    best = p / (p + q)
    return best, np.mean(-p * np.log(best) - q * np.log(1 - best)) * width
# %% best_discriminator: the trapezoidal rule -> Passed.
def best_discriminator(p, q, width):
    best = p / (p + q)
    return best, np.trapezoid(-p * np.log(best) - q * np.log(1 - best), dx=width)
# %% best_discriminator: as logits -> Passed.
def best_discriminator(p, q, width):
    logits = np.log(p / q)
    return 1 / (1 + np.exp(-logits)), np.sum(p * np.logaddexp(0, -logits) + q * np.logaddexp(0, logits)) * width

# %% pull: the loss itself -> That is the loss itself
pull = lambda g_loss, distance: g_loss(best_logits(distance + NOISE, distance))
# %% pull: the discriminator moves as well -> D must be held fixed
def pull(g_loss, distance):
    middle = tf.Variable(float(distance))
    with tf.GradientTape() as tape:
        value = g_loss(best_logits(middle + NOISE, middle))
    return tape.gradient(value, middle)
# %% pull: the sign -> as the tape gives it
def pull(g_loss, distance):
    middle = tf.Variable(float(distance))
    with tf.GradientTape() as tape:
        value = g_loss(best_logits(middle + NOISE, distance))
    return -tape.gradient(value, middle)
# %% pull: always the same loss -> two losses gave the same gradient
def pull(g_loss, distance):
    middle = tf.Variable(float(distance))
    with tf.GradientTape() as tape:
        value = losses.generator_loss(best_logits(middle + NOISE, distance))
    return tape.gradient(value, middle)
# %% pull: the variable is not used -> does not depend on `middle`
def pull(g_loss, distance):
    middle = tf.Variable(float(distance))
    points = distance + NOISE
    with tf.GradientTape() as tape:
        value = g_loss(best_logits(points, distance))
    return tape.gradient(value, middle)
# %% pull: the gradient of every point -> Expected one number
def pull(g_loss, distance):
    points = distance + NOISE
    with tf.GradientTape() as tape:
        tape.watch(points)
        value = g_loss(best_logits(points, distance))
    return tape.gradient(value, points)
# %% pull: the noise is multiplied -> does not multiply
def pull(g_loss, distance):
    middle = tf.Variable(float(distance))
    with tf.GradientTape() as tape:
        value = g_loss(best_logits(middle * NOISE, distance))
    return tape.gradient(value, middle)
# %% pull: probabilities for the loss -> Leave out the sigmoid
def pull(g_loss, distance):
    middle = tf.Variable(float(distance))
    with tf.GradientTape() as tape:
        value = g_loss(tf.sigmoid(best_logits(middle + NOISE, distance)))
    return tape.gradient(value, middle)
# %% pull: a list of variables -> A list was returned
def pull(g_loss, distance):
    middle = tf.Variable(float(distance))
    with tf.GradientTape() as tape:
        value = g_loss(best_logits(middle + NOISE, distance))
    return tape.gradient(value, [middle])

# %% volumes_ml: no gap -> gap is missing
def volumes_ml(labels, pixel_mm, thickness_mm, gap_mm):
    return {name: (labels == k).sum() * pixel_mm**2 * thickness_mm / 1000 for k, name in TISSUES.items()}
# %% volumes_ml: mm3 -> Check the unit
def volumes_ml(labels, pixel_mm, thickness_mm, gap_mm):
    return {name: (labels == k).sum() * pixel_mm**2 * (thickness_mm + gap_mm) for k, name in TISSUES.items()}
# %% volumes_ml: a pixel's side for its area -> pixel is square
def volumes_ml(labels, pixel_mm, thickness_mm, gap_mm):
    return {name: (labels == k).sum() * pixel_mm * (thickness_mm + gap_mm) / 1000 for k, name in TISSUES.items()}
# %% volumes_ml: product -> add them
def volumes_ml(labels, pixel_mm, thickness_mm, gap_mm):
    return {name: (labels == k).sum() * pixel_mm**2 * thickness_mm * gap_mm / 1000 for k, name in TISSUES.items()}
# %% volumes_ml: no gap, mm3 -> gap up to the next one. And 1 mL
def volumes_ml(labels, pixel_mm, thickness_mm, gap_mm):
    return {name: (labels == k).sum() * pixel_mm**2 * thickness_mm for k, name in TISSUES.items()}
# %% volumes_ml: voxels -> number of voxels
def volumes_ml(labels, pixel_mm, thickness_mm, gap_mm):
    return {name: (labels == k).sum() for k, name in TISSUES.items()}
# %% volumes_ml: a list -> Return a dictionary
def volumes_ml(labels, pixel_mm, thickness_mm, gap_mm):
    return [(labels == k).sum() * pixel_mm**2 * (thickness_mm + gap_mm) / 1000 for k in TISSUES]
# %% volumes_ml: by number and not by name -> dictionary lacks
def volumes_ml(labels, pixel_mm, thickness_mm, gap_mm):
    return {k: (labels == k).sum() * pixel_mm**2 * (thickness_mm + gap_mm) / 1000 for k in TISSUES}
# %% volumes_ml: labels from 0 -> Label 0 is what lies outside
def volumes_ml(labels, pixel_mm, thickness_mm, gap_mm):
    voxel = pixel_mm**2 * (thickness_mm + gap_mm) / 1000
    return {name: (labels == k - 1).sum() * voxel for k, name in TISSUES.items()}
# %% volumes_ml: slice by slice -> Passed.
def volumes_ml(labels, pixel_mm, thickness_mm, gap_mm):
    slab = pixel_mm**2 * (thickness_mm + gap_mm) * 1e-3
    return {name: sum(slab * np.sum(each == k) for each in labels) for k, name in TISSUES.items()}

# %% label_loss: mean over all pixels -> over the wrong number
def label_loss(labels, output):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    return tf.reduce_mean(-tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1))
# %% label_loss: unknown pixels cost most -> surprise of their own
def label_loss(labels, output):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    return tf.reduce_mean(-tf.math.log(tf.reduce_sum(truth * output, axis=-1) + 1e-7))
# %% label_loss: unknown is background -> taken for background
def label_loss(labels, output):
    labels = tf.where(labels == 255, tf.constant(0, labels.dtype), labels)
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    return tf.reduce_mean(-tf.math.log(tf.reduce_sum(truth * output, axis=-1) + 1e-7))
# %% label_loss: no minus -> sign is wrong
def label_loss(labels, output):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    surprise = tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
    return tf.reduce_sum(surprise) / tf.reduce_sum(truth)
# %% label_loss: the sum -> That is a sum
def label_loss(labels, output):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    return -tf.reduce_sum(truth * tf.math.log(output + 1e-7))
# %% label_loss: a number of each pixel -> expected one number
def label_loss(labels, output):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    return -tf.reduce_sum(truth * tf.math.log(output + 1e-7), axis=-1)
# %% label_loss: mean probability -> mean probability
def label_loss(labels, output):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    return tf.reduce_sum(truth * output) / tf.reduce_sum(truth)
# %% label_loss: NumPy -> TensorFlow cannot differentiate
def label_loss(labels, output):
    known = np.array(labels) != 255
    p = np.take_along_axis(np.array(output), np.where(known, labels, 0)[..., None].astype(int), -1)[..., 0]
    return -np.log(p[known] + 1e-7).mean()
# %% label_loss: .numpy() -> Leave out .numpy()
def label_loss(labels, output):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4).numpy()
    return -tf.reduce_sum(truth * tf.math.log(output + 1e-7)) / truth.sum()
# %% label_loss: a mask of booleans -> True and False have to become
def label_loss(labels, output):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    surprise = -tf.math.log(tf.reduce_sum(truth * output, axis=-1) + 1e-7)
    return tf.reduce_sum(surprise * (labels != 255)) / tf.reduce_sum(truth)
# %% label_loss: no safety -> truth gets probability 0
def label_loss(labels, output):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = labels != 255
    return tf.reduce_mean(-tf.math.log(tf.reduce_sum(truth * output, axis=-1)[known]))
# %% label_loss: without the outside -> Outside, 0, is known
def label_loss(labels, output):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    surprise = -tf.math.log(tf.reduce_sum(truth * output, axis=-1) + 1e-7)
    known = tf.cast((labels != 255) & (labels != 0), tf.float32)
    return tf.reduce_sum(surprise * known) / tf.reduce_sum(known)
# %% label_loss: by choosing pixels -> Passed.
def label_loss(labels, output):
    known = labels != 255
    p = tf.gather(output[known], tf.cast(labels[known], tf.int32), axis=-1, batch_dims=1)
    return -tf.reduce_mean(tf.math.log(p + 1e-7))

# %% train_step: the output as it is -> multiply the output by known
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: not halved -> should be halved
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits)
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: arguments swapped -> arguments are swapped
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(fake_logits, real_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: no lambda -> multiplied by lam
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: lambda on the adversary -> not to the adversarial part
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = lam * losses.generator_loss(fake_logits) + label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: the labels alone -> should also pass for the truth
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: the adversary alone -> should also be near the labels
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: one tape, used twice -> A tape can be used once
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = d_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: gradients of the wrong loss -> helps the discriminator
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(d_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: the discriminator never learns -> The discriminator was updated 0 times
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: not in training -> training=True
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=False)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: the order of the result -> in the wrong order
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return g_loss, d_loss

# %% train_step: nothing returned -> the step returns nothing
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    print(d_loss, g_loss)

# %% train_step: floats -> Leave out .numpy()
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss.numpy(), g_loss.numpy()

# %% train_step: label_loss swapped -> label_loss are swapped
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(output, labels)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: label_loss of the truth -> its own one-hot
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(truth, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: labels to the discriminator -> one-hot truth
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, labels], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: no scans -> judges a pair
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator(truth, training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: the pair turned round -> wrong order
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([truth, scans], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: lambda fixed -> fixed at 100
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + 100 * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: optimisers mixed up -> belongs to the
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    g_optimizer.apply(d_gradients, discriminator.trainable_variables)
    d_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: variables first -> gradients first
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(generator.trainable_variables, g_gradients)
    return d_loss, g_loss

# %% train_step: gradients for the other network -> do not belong to the
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, discriminator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: with zip -> Passed.
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply_gradients(zip(d_gradients, discriminator.trainable_variables))
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: apply_gradients with two lists -> takes zip
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.reduce_sum(truth, axis=-1, keepdims=True)
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply_gradients(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% train_step: a mask of its own -> Passed.
def train_step(scans, labels, generator, discriminator, g_optimizer, d_optimizer, label_loss, lam):
    truth = tf.one_hot(tf.cast(labels, tf.int32), 4)
    known = tf.cast(labels != 255, tf.float32)[..., None]
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        output = generator(scans, training=True)
        real_logits = discriminator([scans, truth], training=True)
        fake_logits = discriminator([scans, output * known], training=True)
        d_loss = losses.discriminator_loss(real_logits, fake_logits) / 2
        g_loss = losses.generator_loss(fake_logits) + lam * label_loss(labels, output)
    d_gradients = d_tape.gradient(d_loss, discriminator.trainable_variables)
    g_gradients = g_tape.gradient(g_loss, generator.trainable_variables)
    d_optimizer.apply(d_gradients, discriminator.trainable_variables)
    g_optimizer.apply(g_gradients, generator.trainable_variables)
    return d_loss, g_loss

# %% name_tissues: as they come -> in any order
name_tissues = lambda components, means: components + 1
# %% name_tissues: argsort once -> argsort once
name_tissues = lambda components, means: np.argsort(means)[components] + 1
# %% name_tissues: turned round -> order is reversed
name_tissues = lambda components, means: np.argsort(np.argsort(-means))[components] + 1
# %% name_tissues: from 0 -> start at 1
name_tissues = lambda components, means: np.argsort(np.argsort(means))[components]
# %% name_tissues: names of the components, not of the voxels -> one label for each voxel
name_tissues = lambda components, means: np.argsort(np.argsort(means)) + 1
# %% name_tissues: the means themselves -> received
name_tissues = lambda components, means: means[components]
# %% name_tissues: by searching -> Passed.
name_tissues = lambda components, means: np.searchsorted(np.sort(means), means)[components] + 1

# %% smallest_change: one SD -> one standard deviation
smallest_change = lambda first, second: np.std(second - first, ddof=1)
# %% smallest_change: the error of one scan -> both err
smallest_change = lambda first, second: 1.96 * np.std(second - first, ddof=1) / np.sqrt(2)
# %% smallest_change: root of 2 twice -> root of 2
smallest_change = lambda first, second: 1.96 * np.sqrt(2) * np.std(second - first, ddof=1)
# %% smallest_change: people's spread -> how much people differ
smallest_change = lambda first, second: 1.96 * np.std(first, ddof=1)
# %% smallest_change: everything in one bag -> how much people differ
smallest_change = lambda first, second: 1.96 * np.std(np.concatenate([first, second]), ddof=1)
# %% smallest_change: a group's -> one person
smallest_change = lambda first, second: 1.96 * np.std(second - first, ddof=1) / np.sqrt(len(first))
# %% smallest_change: mean difference -> how much it varies
smallest_change = lambda first, second: np.mean(second - first)
# %% smallest_change: mean size -> many exceed it
smallest_change = lambda first, second: np.mean(np.abs(second - first))
# %% smallest_change: largest -> largest difference
smallest_change = lambda first, second: np.max(np.abs(second - first))
# %% smallest_change: the mean added -> mean difference out
smallest_change = lambda first, second: np.mean(second - first) + 1.96 * np.std(second - first, ddof=1)
# %% smallest_change: root mean square -> mean difference out
smallest_change = lambda first, second: 1.96 * np.sqrt(np.mean((second - first) ** 2))
# %% smallest_change: of all, not of a sample -> ddof=1
smallest_change = lambda first, second: 1.96 * np.std(second - first)
# %% smallest_change: per cent -> unit of the measure
smallest_change = lambda first, second: 1.96 * np.std(100 * (second - first) / first, ddof=1)
# %% smallest_change: shares -> unit of the measure
smallest_change = lambda first, second: 1.96 * np.std((second - first) / first, ddof=1)
# %% smallest_change: twice the deviation -> Passed.
smallest_change = lambda first, second: 2 * np.std(first - second, ddof=1)
# %% smallest_change: from the variance within people -> mean difference out
def smallest_change(first, second):
    return 2.77 * np.sqrt(np.mean(np.var(np.stack([first, second]), axis=0, ddof=1)))

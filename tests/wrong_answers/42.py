# %% kid_ratio: plain means -> plain means
kid_ratio = lambda kids, baseline: kids.mean() / baseline.mean()
# %% kid_ratio: medians -> median
kid_ratio = lambda kids, baseline: np.median(kids) / np.median(baseline)
# %% kid_ratio: upside down -> upside down
kid_ratio = lambda kids, baseline: np.exp(np.log(baseline).mean() - np.log(kids).mean())
# %% kid_ratio: left as a logarithm -> still a logarithm
kid_ratio = lambda kids, baseline: np.log10(kids).mean() - np.log10(baseline).mean()
# %% kid_ratio: one mean logarithm over the other -> do not divide
kid_ratio = lambda kids, baseline: np.exp(np.log(kids).mean() / np.log(baseline).mean())
# %% kid_ratio: two bases -> different bases
kid_ratio = lambda kids, baseline: 10 ** (np.log(kids).mean() - np.log(baseline).mean())
# %% kid_ratio: a difference of typical runs -> ratio is asked for
kid_ratio = lambda kids, baseline: np.exp(np.log(kids).mean()) - np.exp(np.log(baseline).mean())
# %% kid_ratio: for the lengths of one example -> 5 KIDs
kid_ratio = lambda kids, baseline: np.prod(kids) ** (1 / 3) / np.prod(baseline) ** (1 / 6)
# %% kid_ratio: logarithm of the means -> 3 KIDs
kid_ratio = lambda kids, baseline: np.log(kids.mean()) / np.log(baseline.mean())
# %% kid_ratio: no mean -> one number
kid_ratio = lambda kids, baseline: np.exp(np.log(kids) - np.log(baseline).mean())
# %% kid_ratio: roots of products -> Passed.
kid_ratio = lambda kids, baseline: np.prod(kids) ** (1 / len(kids)) / np.prod(baseline) ** (1 / len(baseline))
# %% kid_ratio: in TensorFlow -> Passed.
def kid_ratio(kids, baseline):
    return tf.exp(tf.reduce_mean(tf.math.log(kids)) - tf.reduce_mean(tf.math.log(baseline)))

# %% gradient_penalty: of the points, not of their gradient -> length of the points
def gradient_penalty(critic, real, fake):
    between = real + tf.random.uniform((len(real), 1)) * (fake - real)
    critic(between)
    return tf.reduce_mean((tf.norm(between, axis=1) - 1) ** 2)
# %% gradient_penalty: a sum over the batch -> sum over the points
def gradient_penalty(critic, real, fake):
    between = real + tf.random.uniform((len(real), 1)) * (fake - real)
    with tf.GradientTape() as tape:
        tape.watch(between)
        values = critic(between)
    lengths = tf.norm(tape.gradient(values, between), axis=1)
    return tf.reduce_sum((lengths - 1) ** 2)
# %% gradient_penalty: of the weights -> critic's weights
def gradient_penalty(critic, real, fake):
    between = real + tf.random.uniform((len(real), 1)) * (fake - real)
    with tf.GradientTape() as tape:
        values = critic(between)
    gradients = tape.gradient(values, critic.trainable_variables)
    return tf.reduce_mean((tf.norm(gradients[0]) - 1) ** 2)
# %% gradient_penalty: of the weights, with a list for an error -> critic's weights
def gradient_penalty(critic, real, fake):
    between = real + tf.random.uniform((len(real), 1)) * (fake - real)
    with tf.GradientTape() as tape:
        values = critic(between)
    gradients = tape.gradient(values, critic.trainable_variables)
    return tf.reduce_mean((tf.sqrt(tf.reduce_sum(gradients**2, axis=1)) - 1) ** 2)
# %% gradient_penalty: at real points -> as R1 does
def gradient_penalty(critic, real, fake):
    with tf.GradientTape() as tape:
        tape.watch(real)
        values = critic(real)
    return tf.reduce_mean((tf.norm(tape.gradient(values, real), axis=1) - 1) ** 2)
# %% gradient_penalty: at fake points -> critic at the fake points
def gradient_penalty(critic, real, fake):
    with tf.GradientTape() as tape:
        tape.watch(fake)
        values = critic(fake)
    return tf.reduce_mean((tf.norm(tape.gradient(values, fake), axis=1) - 1) ** 2)
# %% gradient_penalty: no root -> square root is missing
def gradient_penalty(critic, real, fake):
    between = real + tf.random.uniform((len(real), 1)) * (fake - real)
    with tf.GradientTape() as tape:
        tape.watch(between)
        values = critic(between)
    squares = tf.reduce_sum(tape.gradient(values, between) ** 2, axis=1)
    return tf.reduce_mean((squares - 1) ** 2)
# %% gradient_penalty: no target -> target is missing
def gradient_penalty(critic, real, fake):
    between = real + tf.random.uniform((len(real), 1)) * (fake - real)
    with tf.GradientTape() as tape:
        tape.watch(between)
        values = critic(between)
    return tf.reduce_mean(tf.reduce_sum(tape.gradient(values, between) ** 2, axis=1))
# %% gradient_penalty: a target of 2 -> The target is 1
def gradient_penalty(critic, real, fake):
    between = real + tf.random.uniform((len(real), 1)) * (fake - real)
    with tf.GradientTape() as tape:
        tape.watch(between)
        values = critic(between)
    return tf.reduce_mean((tf.norm(tape.gradient(values, between), axis=1) - 2) ** 2)
# %% gradient_penalty: not watched -> Inside the with block
def gradient_penalty(critic, real, fake):
    between = real + tf.random.uniform((len(real), 1)) * (fake - real)
    with tf.GradientTape() as tape:
        values = critic(between)
    gradients = tape.gradient(values, between)
    return tf.reduce_mean((tf.sqrt(tf.reduce_sum(gradients**2, axis=1)) - 1) ** 2)
# %% gradient_penalty: the critic outside of the tape -> Inside the with block
def gradient_penalty(critic, real, fake):
    between = real + tf.random.uniform((len(real), 1)) * (fake - real)
    with tf.GradientTape() as tape:
        tape.watch(between)
    values = critic(between)
    return tf.reduce_mean((tf.norm(tape.gradient(values, between), axis=1) - 1) ** 2)
# %% gradient_penalty: one place for all pairs -> share one place
def gradient_penalty(critic, real, fake):
    between = real + tf.random.uniform(()) * (fake - real)
    with tf.GradientTape() as tape:
        tape.watch(between)
        values = critic(between)
    return tf.reduce_mean((tf.norm(tape.gradient(values, between), axis=1) - 1) ** 2)
# %% gradient_penalty: a place per coordinate -> straight lines
def gradient_penalty(critic, real, fake):
    between = real + tf.random.uniform((len(real), 2)) * (fake - real)
    with tf.GradientTape() as tape:
        tape.watch(between)
        values = critic(between)
    return tf.reduce_mean((tf.norm(tape.gradient(values, between), axis=1) - 1) ** 2)
# %% gradient_penalty: places from the bell curve -> beyond
def gradient_penalty(critic, real, fake):
    between = real + tf.random.stateless_normal((len(real), 1), seed=(1, 2)) * (fake - real)
    with tf.GradientTape() as tape:
        tape.watch(between)
        values = critic(between)
    return tf.reduce_mean((tf.norm(tape.gradient(values, between), axis=1) - 1) ** 2)
# %% gradient_penalty: NumPy draws once -> In a compiled step
def gradient_penalty(critic, real, fake):
    between = real + np.random.default_rng(0).uniform(size=(len(real), 1)).astype("float32") * (fake - real)
    with tf.GradientTape() as tape:
        tape.watch(between)
        values = critic(between)
    return tf.reduce_mean((tf.norm(tape.gradient(values, between), axis=1) - 1) ** 2)
# %% gradient_penalty: NumPy computes -> leaves TensorFlow
def gradient_penalty(critic, real, fake):
    between = real + tf.random.uniform((len(real), 1)) * (fake - real)
    with tf.GradientTape() as tape:
        tape.watch(between)
        values = critic(between)
    return np.mean((np.linalg.norm(tape.gradient(values, between), axis=1) - 1) ** 2)
# %% gradient_penalty: no mean -> numbers came back
def gradient_penalty(critic, real, fake):
    between = real + tf.random.uniform((len(real), 1)) * (fake - real)
    with tf.GradientTape() as tape:
        tape.watch(between)
        values = critic(between)
    return (tf.norm(tape.gradient(values, between), axis=1) - 1) ** 2
# %% gradient_penalty: one length for the batch -> whole batch
def gradient_penalty(critic, real, fake):
    between = real + tf.random.uniform((len(real), 1)) * (fake - real)
    with tf.GradientTape() as tape:
        tape.watch(between)
        values = critic(between)
    return (tf.norm(tape.gradient(values, between)) - 1) ** 2
# %% gradient_penalty: of the mean slope -> averaged the slopes
def gradient_penalty(critic, real, fake):
    between = real + tf.random.uniform((len(real), 1)) * (fake - real)
    with tf.GradientTape() as tape:
        tape.watch(between)
        values = critic(between)
    return (tf.reduce_mean(tf.norm(tape.gradient(values, between), axis=1)) - 1) ** 2
# %% gradient_penalty: printed, not returned -> returns nothing (None)
def gradient_penalty(critic, real, fake):
    print("a penalty")
# %% gradient_penalty: from fake to real, in Keras' operations -> Passed.
def gradient_penalty(critic, real, fake):
    place = keras.random.uniform((len(fake), 1))
    between = place * real + (1 - place) * fake
    with tf.GradientTape() as tape:
        tape.watch(between)
        total = keras.ops.sum(critic(between))
    lengths = keras.ops.norm(tape.gradient(total, between), axis=1)
    return keras.ops.mean(keras.ops.square(lengths - 1))

# %% spectral_normalise: as it came -> kernel is as it was
def spectral_normalise(kernel, u):
    matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
    v = tf.linalg.matvec(matrix, u)
    u = tf.linalg.matvec(matrix, v, transpose_a=True)
    return tf.identity(kernel), u / tf.norm(u)
# %% spectral_normalise: multiplied -> Divide it
def spectral_normalise(kernel, u):
    matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
    v = tf.linalg.matvec(matrix, u)
    v = v / tf.norm(v)
    u = tf.linalg.matvec(matrix, v, transpose_a=True)
    return kernel * tf.norm(u), u / tf.norm(u)
# %% spectral_normalise: Frobenius -> Frobenius
def spectral_normalise(kernel, u):
    matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
    u = tf.linalg.matvec(matrix, tf.linalg.matvec(matrix, u), transpose_a=True)
    return kernel / tf.norm(kernel), u / tf.norm(u)
# %% spectral_normalise: the old u goes on -> came back as it was
def spectral_normalise(kernel, u):
    matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
    v = tf.linalg.matvec(matrix, u)
    return kernel / tf.norm(tf.linalg.matvec(matrix, v / tf.norm(v), transpose_a=True)), u
# %% spectral_normalise: v keeps its length -> square of the largest stretch
def spectral_normalise(kernel, u):
    matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
    v = tf.linalg.matvec(matrix, u)
    new = tf.linalg.matvec(matrix, v, transpose_a=True)
    return kernel / tf.norm(new), new / tf.norm(new)
# %% spectral_normalise: u keeps its length -> Divide
def spectral_normalise(kernel, u):
    matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
    v = tf.linalg.matvec(matrix, u)
    v = v / tf.norm(v)
    u = tf.linalg.matvec(matrix, v, transpose_a=True)
    return kernel / tf.norm(u), u
# %% spectral_normalise: the matrix comes back -> Divide the kernel itself
def spectral_normalise(kernel, u):
    matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
    v = tf.linalg.matvec(matrix, u)
    v = v / tf.norm(v)
    u = tf.linalg.matvec(matrix, v, transpose_a=True)
    return matrix / tf.norm(u), u / tf.norm(u)
# %% spectral_normalise: only the kernel -> Return two things
def spectral_normalise(kernel, u):
    matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
    return kernel / tf.linalg.svd(matrix, compute_uv=False)[0]
# %% spectral_normalise: v for u -> one number per column
def spectral_normalise(kernel, u):
    matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
    v = tf.linalg.matvec(matrix, u)
    v = v / tf.norm(v)
    return kernel / tf.norm(tf.linalg.matvec(matrix, v, transpose_a=True)), v
# %% spectral_normalise: not transposed -> do not fit
def spectral_normalise(kernel, u):
    matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
    v = tf.linalg.matvec(matrix, u)
    u = tf.linalg.matvec(matrix, v / tf.norm(v))
    return kernel / tf.norm(u), u / tf.norm(u)
# %% spectral_normalise: sigma with the old u -> Use the new u
def spectral_normalise(kernel, u):
    matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
    v = tf.linalg.matvec(matrix, u)
    v = v / tf.norm(v)
    sigma = tf.reduce_sum(v * tf.linalg.matvec(matrix, u))
    u = tf.linalg.matvec(matrix, v, transpose_a=True)
    return kernel / sigma, u / tf.norm(u)
# %% spectral_normalise: a matrix times a vector by @ -> @ multiplies
def spectral_normalise(kernel, u):
    matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
    v = matrix @ u
    return kernel / tf.norm(v), u
# %% spectral_normalise: sigma is not summed -> do not fit
def spectral_normalise(kernel, u):
    matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
    v = tf.linalg.matvec(matrix, u)
    v = v / tf.norm(v)
    u = tf.linalg.matvec(matrix, v, transpose_a=True)
    u = u / tf.norm(u)
    return kernel / (v * tf.linalg.matvec(matrix, u)), u
# %% spectral_normalise: NumPy's stretch -> taken out of the tape
def spectral_normalise(kernel, u):
    matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
    v = tf.linalg.matvec(matrix, u)
    v = v / tf.norm(v)
    u = tf.linalg.matvec(matrix, v, transpose_a=True)
    return kernel / tf.stop_gradient(tf.norm(u)), u / tf.norm(u)
# %% spectral_normalise: the paper's, u and v held fixed -> Passed.
def spectral_normalise(kernel, u):
    matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
    v = tf.linalg.l2_normalize(tf.linalg.matvec(matrix, u))
    u = tf.linalg.l2_normalize(tf.linalg.matvec(matrix, v, transpose_a=True))
    u, v = tf.stop_gradient(u), tf.stop_gradient(v)
    return kernel / tf.tensordot(v, tf.linalg.matvec(matrix, u), 1), u
# %% spectral_normalise: with Keras' operations -> Passed.
def spectral_normalise(kernel, u):
    matrix = keras.ops.reshape(kernel, (-1, kernel.shape[-1]))
    v = keras.ops.normalize(keras.ops.matmul(matrix, u))
    u = keras.ops.matmul(v, matrix)
    sigma = keras.ops.norm(u)
    return kernel / sigma, u / sigma

# %% diagnosis: one for all -> occurs once
diagnosis = dict.fromkeys("ABCD", "collapse")
# %% diagnosis: the two sure discriminators swapped -> 100 %
diagnosis = {"A": "winning discriminator", "B": "collapse", "C": "checkerboard", "D": "vanishing gradients"}
# %% diagnosis: the grid taken for collapse -> single pixels
diagnosis = {"A": "vanishing gradients", "B": "checkerboard", "C": "collapse", "D": "winning discriminator"}
# %% diagnosis: one is missing -> no diagnosis yet
diagnosis = {"A": "vanishing gradients", "B": "collapse", "C": "checkerboard"}
# %% diagnosis: a name of one's own -> is not one of
diagnosis = {"A": "no signal", "B": "collapse", "C": "checkerboard", "D": "winning discriminator"}
# %% diagnosis: a list -> dictionary with the keys
diagnosis = ["vanishing gradients", "collapse", "checkerboard", "winning discriminator"]

# %% cures: two changes at once -> change one thing
cures = {"A": {"loss": "bce", "d_rate": 2e-4}, "B": {"g_rate": 2e-4}, "C": {"networks": "resize"}, "D": {"g_rate": 2e-4}}
# %% cures: a faster generator for the collapse -> runs ahead
cures = {"A": {"loss": "bce"}, "B": {"g_rate": 1e-2}, "C": {"networks": "resize"}, "D": {"g_rate": 2e-4}}
# %% cures: the sure discriminator made faster -> too sure already
cures = {"A": {"d_rate": 1e-2}, "B": {"g_rate": 2e-4}, "C": {"networks": "resize"}, "D": {"g_rate": 2e-4}}
# %% cures: averaging for the vanishing gradient -> Which row chooses the loss
cures = {"A": {"ema": 0.999}, "B": {"g_rate": 2e-4}, "C": {"networks": "resize"}, "D": {"g_rate": 2e-4}}
# %% cures: a slower discriminator for the slow generator -> stay noise
cures = {"A": {"loss": "bce"}, "B": {"g_rate": 2e-4}, "C": {"networks": "resize"}, "D": {"d_rate": 2e-4}}
# %% cures: a rate for the checkerboard -> leaves the pattern
cures = {"A": {"loss": "bce"}, "B": {"g_rate": 2e-4}, "C": {"g_rate": 1e-3}, "D": {"g_rate": 2e-4}}
# %% cures: a little less -> too high
cures = {"A": {"loss": "bce"}, "B": {"g_rate": 1.9e-3}, "C": {"networks": "resize"}, "D": {"g_rate": 2e-4}}
# %% cures: a loss for the slow generator -> not to blame
cures = {"A": {"loss": "bce"}, "B": {"g_rate": 2e-4}, "C": {"networks": "resize"}, "D": {"loss": "hinge"}}
# %% cures: the slow generator made slower -> more slowly still
cures = {"A": {"loss": "bce"}, "B": {"g_rate": 2e-4}, "C": {"networks": "resize"}, "D": {"g_rate": 2e-6}}
# %% cures: what is there already -> already
cures = {"A": {"loss": "minimax"}, "B": {"g_rate": 2e-4}, "C": {"networks": "resize"}, "D": {"g_rate": 2e-4}}
# %% cures: an unknown choice -> a recipe has no
cures = {"A": {"loss": "bce"}, "B": {"learning_rate": 2e-4}, "C": {"networks": "resize"}, "D": {"g_rate": 2e-4}}
# %% cures: an unknown value -> expected one of
cures = {"A": {"loss": "cross-entropy"}, "B": {"g_rate": 2e-4}, "C": {"networks": "resize"}, "D": {"g_rate": 2e-4}}
# %% cures: words for a dictionary -> as a dictionary
cures = {"A": "bce", "B": {"g_rate": 2e-4}, "C": {"networks": "resize"}, "D": {"g_rate": 2e-4}}
# %% cures: one is not tried -> Not tried yet.
cures = {"A": {"loss": "bce"}, "B": {"g_rate": 2e-4}, "C": {"networks": "resize"}, "D": ...}
# %% cures: other rates that work -> Passed.
cures = {"A": {"loss": "bce"}, "B": {"g_rate": 0.0003}, "C": {"networks": "resize"}, "D": {"g_rate": 0.0005}}
# %% cures: what helped in other trainings -> Passed.
cures = {"A": {"d_rate": 2e-4}, "B": {"minibatch_std": True}, "C": {"beta1": 0.5}, "D": {"g_rate": 1e-4}}

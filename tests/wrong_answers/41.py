# %% to_network: to [0, 1]
def to_network(image):
    return image / image.max()

# %% to_network: a photo's maximum
def to_network(image):
    return image / 127.5 - 1

# %% to_network: centred, not doubled
def to_network(image):
    return image / image.max() - 0.5

# %% to_network: in place
def to_network(image):
    scaled = image.astype(float)
    image[:] = 0
    return 2 * scaled / scaled.max() - 1

# %% to_network: z-score
def to_network(image):
    return (image - image.mean()) / image.std()

# %% to_network: inverted
def to_network(image):
    return 1 - 2 * image / image.max()

# %% to_network: whole numbers stay whole
def to_network(image):
    return (2 * (image / image.max()) - 1).astype(int)

# %% latents: uniform from 0 to 1
def latents(rng, n):
    return rng.random((n, 100))

# %% latents: uniform from -1 to 1
def latents(rng, n):
    return rng.uniform(-1, 1, (n, 100))

# %% latents: uniform, with the right spread
def latents(rng, n):
    return rng.uniform(-(3**0.5), 3**0.5, (n, 100))

# %% latents: a column each
def latents(rng, n):
    return rng.standard_normal((100, n))

# %% latents: one vector n times
def latents(rng, n):
    return np.tile(rng.standard_normal(100), (n, 1))

# %% latents: not from rng
def latents(rng, n):
    return np.random.default_rng().standard_normal((n, 100))

# %% latents: a seed of its own
def latents(rng, n):
    return np.random.default_rng(0).standard_normal((n, 100))

# %% latents: spread of 0.1
def latents(rng, n):
    return rng.normal(0, 0.1, (n, 100))

# %% latents: one vector only
def latents(rng, n):
    return rng.standard_normal(100)

# %% layer_weights: no bias ever
def layer_weights(kernel, inputs, outputs, bias):
    return kernel * kernel * inputs * outputs

# %% layer_weights: always a bias
def layer_weights(kernel, inputs, outputs, bias):
    return kernel * kernel * inputs * outputs + outputs

# %% layer_weights: kernel not squared
def layer_weights(kernel, inputs, outputs, bias):
    return kernel * inputs * outputs + outputs * bias

# %% layer_weights: no kernel
def layer_weights(kernel, inputs, outputs, bias):
    return inputs * outputs + outputs * bias

# %% layer_weights: bias for each input
def layer_weights(kernel, inputs, outputs, bias):
    return kernel**2 * inputs * outputs + inputs * bias

# %% layer_weights: one bias
def layer_weights(kernel, inputs, outputs, bias):
    return kernel**2 * inputs * outputs + bias

# %% layer_weights: one stamp for each output
def layer_weights(kernel, inputs, outputs, bias):
    return kernel**2 * outputs + outputs * bias

# %% layer_weights: the deck's kernel only
def layer_weights(kernel, inputs, outputs, bias):
    return 16 * inputs * outputs + outputs * bias

# %% discriminator_loss: the fake half is forgotten
def my_discriminator_loss(real_logits, fake_logits):
    ones = keras.ops.ones_like(real_logits)
    return keras.ops.mean(keras.losses.binary_crossentropy(ones, real_logits, from_logits=True))

# %% discriminator_loss: swapped
def my_discriminator_loss(real_logits, fake_logits):
    return losses.generator_loss(fake_logits) + losses.generator_loss(-keras.ops.convert_to_tensor(real_logits))

# %% discriminator_loss: both are real
def my_discriminator_loss(real_logits, fake_logits):
    return losses.generator_loss(real_logits) + losses.generator_loss(fake_logits)

# %% discriminator_loss: Keras' sigmoid and from_logits
def my_discriminator_loss(real_logits, fake_logits):
    return losses.discriminator_loss(keras.ops.sigmoid(real_logits), keras.ops.sigmoid(fake_logits))

# %% discriminator_loss: TensorFlow's sigmoid and from_logits
def my_discriminator_loss(real_logits, fake_logits):
    return losses.discriminator_loss(tf.sigmoid(real_logits), tf.sigmoid(fake_logits))

# %% discriminator_loss: logits taken for probabilities
def my_discriminator_loss(real_logits, fake_logits):
    ones, zeros = keras.ops.ones_like(real_logits), keras.ops.zeros_like(fake_logits)
    return keras.ops.mean(keras.losses.binary_crossentropy(ones, real_logits)) + keras.ops.mean(
        keras.losses.binary_crossentropy(zeros, fake_logits)
    )

# %% discriminator_loss: the mean of the halves
def my_discriminator_loss(real_logits, fake_logits):
    return losses.discriminator_loss(real_logits, fake_logits) / 2

# %% discriminator_loss: no mean
def my_discriminator_loss(real_logits, fake_logits):
    ones, zeros = keras.ops.ones_like(real_logits), keras.ops.zeros_like(fake_logits)
    real_loss = keras.losses.binary_crossentropy(ones, real_logits, from_logits=True)
    return real_loss + keras.losses.binary_crossentropy(zeros, fake_logits, from_logits=True)

# %% discriminator_loss: targets of a fixed shape
def my_discriminator_loss(real_logits, fake_logits):
    ones, zeros = np.ones((6, 1, 1, 1)), np.zeros((6, 1, 1, 1))
    real_loss = keras.losses.binary_crossentropy(ones, real_logits, from_logits=True)
    fake_loss = keras.losses.binary_crossentropy(zeros, fake_logits, from_logits=True)
    return keras.ops.mean(real_loss) + keras.ops.mean(fake_loss)

# %% generator_loss: zeros as targets
def my_generator_loss(fake_logits):
    zeros = keras.ops.zeros_like(fake_logits)
    return keras.ops.mean(keras.losses.binary_crossentropy(zeros, fake_logits, from_logits=True))

# %% generator_loss: minimax
def my_generator_loss(fake_logits):
    zeros = keras.ops.zeros_like(fake_logits)
    return -keras.ops.mean(keras.losses.binary_crossentropy(zeros, fake_logits, from_logits=True))

# %% generator_loss: Keras' sigmoid and from_logits
def my_generator_loss(fake_logits):
    return losses.generator_loss(keras.ops.sigmoid(fake_logits))

# %% generator_loss: TensorFlow's sigmoid and from_logits
def my_generator_loss(fake_logits):
    return losses.generator_loss(tf.sigmoid(fake_logits))

# %% generator_loss: logits taken for probabilities
def my_generator_loss(fake_logits):
    return keras.ops.mean(keras.losses.binary_crossentropy(keras.ops.ones_like(fake_logits), fake_logits))

# %% generator_loss: the wrong sign
def my_generator_loss(fake_logits):
    return -losses.generator_loss(fake_logits)

# %% generator_loss: Wasserstein's
def my_generator_loss(fake_logits):
    return -np.mean(fake_logits)

# %% generator_loss: no mean
def my_generator_loss(fake_logits):
    return keras.losses.binary_crossentropy(keras.ops.ones_like(fake_logits), fake_logits, from_logits=True)

# %% accuracy: 0.5 on logits
def my_accuracy(real_logits, fake_logits):
    return (np.mean(real_logits > 0.5) + np.mean(fake_logits < 0.5)) / 2

# %% accuracy: the real half only
def my_accuracy(real_logits, fake_logits):
    return np.mean(real_logits > 0)

# %% accuracy: the generated half only
def my_accuracy(real_logits, fake_logits):
    return np.mean(fake_logits < 0)

# %% accuracy: mistakes
def my_accuracy(real_logits, fake_logits):
    return (np.mean(real_logits < 0) + np.mean(fake_logits > 0)) / 2

# %% accuracy: all called real
def my_accuracy(real_logits, fake_logits):
    return (np.mean(real_logits > 0) + np.mean(fake_logits > 0)) / 2

# %% accuracy: the sum of the halves
def my_accuracy(real_logits, fake_logits):
    return np.mean(real_logits > 0) + np.mean(fake_logits < 0)

# %% accuracy: per cent
def my_accuracy(real_logits, fake_logits):
    return 50 * (np.mean(real_logits > 0) + np.mean(fake_logits < 0))

# %% accuracy: larger half weighs more
def my_accuracy(real_logits, fake_logits):
    return np.mean(np.concatenate([real_logits.ravel() > 0, fake_logits.ravel() < 0]))

# %% accuracy: an answer for each image
def my_accuracy(real_logits, fake_logits):
    return real_logits > 0

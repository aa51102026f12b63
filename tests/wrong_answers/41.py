# %% to_network: to [0, 1] -> That is 0 to 1
to_network = lambda image: image / image.max()
# %% to_network: a photo's maximum -> photo's maximum
to_network = lambda image: image / 127.5 - 1
# %% to_network: centred, not doubled -> -0.5 to 0.5
to_network = lambda image: image / image.max() - 0.5
# %% to_network: in place -> changes the array
def to_network(image):
    scaled = image.astype(float)
    image[:] = 0
    return 2 * scaled / scaled.max() - 1
# %% to_network: z-score -> mean 0 and spread 1
to_network = lambda image: (image - image.mean()) / image.std()
# %% to_network: inverted -> Black and white
to_network = lambda image: 1 - 2 * image / image.max()
# %% to_network: whole numbers stay whole -> became 0; expected
to_network = lambda image: (2 * (image / image.max()) - 1).astype(int)
# %% to_network: flattened -> should stay
to_network = lambda image: 2 * image.ravel() / image.max() - 1

# %% latents: uniform from 0 to 1 -> from 0 to 1
latents = lambda rng, n: rng.random((n, 100))
# %% latents: uniform from -1 to 1 -> : uniform
latents = lambda rng, n: rng.uniform(-1, 1, (n, 100))
# %% latents: uniform, with the right spread -> : uniform
latents = lambda rng, n: rng.uniform(-(3**0.5), 3**0.5, (n, 100))
# %% latents: a column each -> Rows and columns
latents = lambda rng, n: rng.standard_normal((100, n))
# %% latents: one vector n times -> All rows are the same
latents = lambda rng, n: np.tile(rng.standard_normal(100), (n, 1))
# %% latents: not from rng -> The same rng
latents = lambda rng, n: np.random.default_rng().standard_normal((n, 100))
# %% latents: a seed of its own -> Another rng
latents = lambda rng, n: np.random.default_rng(0).standard_normal((n, 100))
# %% latents: spread of 0.1 -> standard deviation 0.10
latents = lambda rng, n: rng.normal(0, 0.1, (n, 100))
# %% latents: one vector only -> Received shape (100,)
latents = lambda rng, n: rng.standard_normal(100)
# %% latents: any normal distribution's function -> Passed.
latents = lambda rng, n: rng.normal(size=(n, 100))

# %% layer_weights: no bias ever -> bias is missing
layer_weights = lambda kernel, inputs, outputs, bias: kernel * kernel * inputs * outputs
# %% layer_weights: always a bias -> always add a bias
layer_weights = lambda kernel, inputs, outputs, bias: kernel * kernel * inputs * outputs + outputs
# %% layer_weights: kernel not squared -> stamp is a square
layer_weights = lambda kernel, inputs, outputs, bias: kernel * inputs * outputs + outputs * bias
# %% layer_weights: no kernel -> kernel is missing
layer_weights = lambda kernel, inputs, outputs, bias: inputs * outputs + outputs * bias
# %% layer_weights: bias for each input -> not for each input map
layer_weights = lambda kernel, inputs, outputs, bias: kernel**2 * inputs * outputs + inputs * bias
# %% layer_weights: one bias -> whole layer
layer_weights = lambda kernel, inputs, outputs, bias: kernel**2 * inputs * outputs + bias
# %% layer_weights: one stamp for each output -> multiply the two numbers of maps
layer_weights = lambda kernel, inputs, outputs, bias: kernel**2 * outputs + outputs * bias
# %% layer_weights: the deck's kernel only -> a stamp for each pair of maps
layer_weights = lambda kernel, inputs, outputs, bias: 16 * inputs * outputs + outputs * bias

# %% discriminator_loss: the fake half is forgotten -> generated half is missing
def my_discriminator_loss(real_logits, fake_logits):
    ones = keras.ops.ones_like(real_logits)
    return keras.ops.mean(keras.losses.binary_crossentropy(ones, real_logits, from_logits=True))
# %% discriminator_loss: swapped -> answers are swapped
def my_discriminator_loss(real_logits, fake_logits):
    return losses.generator_loss(fake_logits) + losses.generator_loss(-keras.ops.convert_to_tensor(real_logits))
# %% discriminator_loss: both are real -> Both are called 1
def my_discriminator_loss(real_logits, fake_logits):
    return losses.generator_loss(real_logits) + losses.generator_loss(fake_logits)
# %% discriminator_loss: Keras' sigmoid and from_logits -> applied a sigmoid
def my_discriminator_loss(real_logits, fake_logits):
    return losses.discriminator_loss(keras.ops.sigmoid(real_logits), keras.ops.sigmoid(fake_logits))
# %% discriminator_loss: TensorFlow's sigmoid and from_logits -> applied a sigmoid
def my_discriminator_loss(real_logits, fake_logits):
    return losses.discriminator_loss(tf.sigmoid(real_logits), tf.sigmoid(fake_logits))
# %% discriminator_loss: logits taken for probabilities -> for probabilities
def my_discriminator_loss(real_logits, fake_logits):
    ones, zeros = keras.ops.ones_like(real_logits), keras.ops.zeros_like(fake_logits)
    return keras.ops.mean(keras.losses.binary_crossentropy(ones, real_logits)) + keras.ops.mean(
        keras.losses.binary_crossentropy(zeros, fake_logits)
    )
# %% discriminator_loss: the mean of the halves -> mean of the two halves
my_discriminator_loss = lambda real_logits, fake_logits: losses.discriminator_loss(real_logits, fake_logits) / 2
# %% discriminator_loss: no mean -> mean over images
def my_discriminator_loss(real_logits, fake_logits):
    ones, zeros = keras.ops.ones_like(real_logits), keras.ops.zeros_like(fake_logits)
    real_loss = keras.losses.binary_crossentropy(ones, real_logits, from_logits=True)
    return real_loss + keras.losses.binary_crossentropy(zeros, fake_logits, from_logits=True)
# %% discriminator_loss: targets of a fixed shape -> raised ValueError
def my_discriminator_loss(real_logits, fake_logits):
    ones, zeros = np.ones((6, 1, 1, 1)), np.zeros((6, 1, 1, 1))
    real_loss = keras.losses.binary_crossentropy(ones, real_logits, from_logits=True)
    fake_loss = keras.losses.binary_crossentropy(zeros, fake_logits, from_logits=True)
    return keras.ops.mean(real_loss) + keras.ops.mean(fake_loss)
# %% discriminator_loss: the real half is forgotten -> real half is missing
my_discriminator_loss = lambda real_logits, fake_logits: np.mean(np.logaddexp(0, fake_logits))
# %% discriminator_loss: least squares -> is expected
my_discriminator_loss = lambda real_logits, fake_logits: np.mean((real_logits - 1) ** 2) + np.mean(fake_logits**2)
# %% discriminator_loss: NumPy's -> Passed.
def my_discriminator_loss(real_logits, fake_logits):
    return np.mean(np.logaddexp(0, -real_logits)) + np.mean(np.logaddexp(0, fake_logits))

# %% generator_loss: zeros as targets -> helps the police
def my_generator_loss(fake_logits):
    zeros = keras.ops.zeros_like(fake_logits)
    return keras.ops.mean(keras.losses.binary_crossentropy(zeros, fake_logits, from_logits=True))
# %% generator_loss: minimax -> minimax
def my_generator_loss(fake_logits):
    zeros = keras.ops.zeros_like(fake_logits)
    return -keras.ops.mean(keras.losses.binary_crossentropy(zeros, fake_logits, from_logits=True))
# %% generator_loss: Keras' sigmoid and from_logits -> applied a sigmoid
my_generator_loss = lambda fake_logits: losses.generator_loss(keras.ops.sigmoid(fake_logits))
# %% generator_loss: TensorFlow's sigmoid and from_logits -> applied a sigmoid
my_generator_loss = lambda fake_logits: losses.generator_loss(tf.sigmoid(fake_logits))
# %% generator_loss: logits taken for probabilities -> for probabilities
def my_generator_loss(fake_logits):
    return keras.ops.mean(keras.losses.binary_crossentropy(keras.ops.ones_like(fake_logits), fake_logits))
# %% generator_loss: the wrong sign -> sign is wrong
my_generator_loss = lambda fake_logits: -losses.generator_loss(fake_logits)
# %% generator_loss: Wasserstein's -> mean of the logits
my_generator_loss = lambda fake_logits: -np.mean(fake_logits)
# %% generator_loss: no mean -> mean over images
def my_generator_loss(fake_logits):
    return keras.losses.binary_crossentropy(keras.ops.ones_like(fake_logits), fake_logits, from_logits=True)
# %% generator_loss: NumPy's -> Passed.
my_generator_loss = lambda fake_logits: np.mean(np.logaddexp(0, -fake_logits))

# %% accuracy: 0.5 on logits -> compared with 0.5
my_accuracy = lambda real_logits, fake_logits: (np.mean(real_logits > 0.5) + np.mean(fake_logits < 0.5)) / 2
# %% accuracy: the real half only -> Only the real half
my_accuracy = lambda real_logits, fake_logits: np.mean(real_logits > 0)
# %% accuracy: the generated half only -> Only the generated half
my_accuracy = lambda real_logits, fake_logits: np.mean(fake_logits < 0)
# %% accuracy: mistakes -> counted the mistakes
my_accuracy = lambda real_logits, fake_logits: (np.mean(real_logits < 0) + np.mean(fake_logits > 0)) / 2
# %% accuracy: all called real -> logit below 0
my_accuracy = lambda real_logits, fake_logits: (np.mean(real_logits > 0) + np.mean(fake_logits > 0)) / 2
# %% accuracy: the sum of the halves -> cannot exceed 1
my_accuracy = lambda real_logits, fake_logits: np.mean(real_logits > 0) + np.mean(fake_logits < 0)
# %% accuracy: per cent -> factor 100
my_accuracy = lambda real_logits, fake_logits: 50 * (np.mean(real_logits > 0) + np.mean(fake_logits < 0))
# %% accuracy: larger half weighs more -> halves differ in size
def my_accuracy(real_logits, fake_logits):
    return np.mean(np.concatenate([real_logits.ravel() > 0, fake_logits.ravel() < 0]))
# %% accuracy: an answer for each image -> mean over images
my_accuracy = lambda real_logits, fake_logits: real_logits > 0
# %% accuracy: the product of the halves -> is expected
my_accuracy = lambda real_logits, fake_logits: np.mean(real_logits > 0) * np.mean(fake_logits < 0)

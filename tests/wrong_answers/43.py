# %% slerp: straight -> straight line:
slerp = lambda a, b, t: (1 - t) * a + t * b
# %% slerp: straight, pulled out to the sphere -> speed is not even
def slerp(a, b, t):
    c = (1 - t) * a + t * b
    length = (1 - t) * np.linalg.norm(a) + t * np.linalg.norm(b)
    return c / np.linalg.norm(c) * length
# %% slerp: the cosine as angle -> take np.arccos
def slerp(a, b, t):
    la, lb = np.linalg.norm(a), np.linalg.norm(b)
    x = a @ b / (la * lb)
    return (np.sin((1 - t) * x) * a / la + np.sin(t * x) * b / lb) / np.sin(x) * ((1 - t) * la + t * lb)
# %% slerp: degrees -> in degrees
def slerp(a, b, t):
    la, lb = np.linalg.norm(a), np.linalg.norm(b)
    x = np.degrees(np.arccos(a @ b / (la * lb)))
    return (np.sin((1 - t) * x) * a / la + np.sin(t * x) * b / lb) / np.sin(x) * ((1 - t) * la + t * lb)
# %% slerp: not divided by the lengths -> arccos needs a cosine
def slerp(a, b, t):
    x = np.arccos(3 + a @ b)
    return (np.sin((1 - t) * x) * a + np.sin(t * x) * b) / np.sin(x)
# %% slerp: not divided by the sine -> divided by the sine
def slerp(a, b, t):
    la, lb = np.linalg.norm(a), np.linalg.norm(b)
    x = np.arccos(a @ b / (la * lb))
    return (np.sin((1 - t) * x) * a / la + np.sin(t * x) * b / lb) * ((1 - t) * la + t * lb)
# %% slerp: from b to a -> swapped
def slerp(a, b, t):
    a, b = b, a
    la, lb = np.linalg.norm(a), np.linalg.norm(b)
    x = np.arccos(a @ b / (la * lb))
    return (np.sin((1 - t) * x) * a / la + np.sin(t * x) * b / lb) / np.sin(x) * ((1 - t) * la + t * lb)
# %% slerp: the direction only -> of length 1
def slerp(a, b, t):
    u, v = a / np.linalg.norm(a), b / np.linalg.norm(b)
    x = np.arccos(u @ v)
    return (np.sin((1 - t) * x) * u + np.sin(t * x) * v) / np.sin(x)
# %% slerp: the length of a all the way -> change evenly
def slerp(a, b, t):
    u, v = a / np.linalg.norm(a), b / np.linalg.norm(b)
    x = np.arccos(np.clip(u @ v, -1, 1))
    if x < 1e-4:
        return a
    return (np.sin((1 - t) * x) * u + np.sin(t * x) * v) / np.sin(x) * np.linalg.norm(a)
# %% slerp: nothing for a tiny angle -> From a latent to itself
def slerp(a, b, t):
    la, lb = np.linalg.norm(a), np.linalg.norm(b)
    x = np.arccos(a @ b / (la * lb))
    return (np.sin((1 - t) * x) * a / la + np.sin(t * x) * b / lb) / np.sin(x) * ((1 - t) * la + t * lb)
# %% slerp: clipped at 0 -> Clip it to between -1 and 1
def slerp(a, b, t):
    la, lb = np.linalg.norm(a), np.linalg.norm(b)
    u, v = a / la, b / lb
    x = np.arccos(np.clip(u @ v, 0, 1))
    if x < 1e-4:
        return (1 - t) * a + t * b
    return ((1 - t) * la + t * lb) * (np.sin((1 - t) * x) * u + np.sin(t * x) * v) / np.sin(x)
# %% slerp: printed -> returns nothing (None)
def slerp(a, b, t):
    print((1 - t) * a + t * b)
# %% slerp: the angle by arctan, as the course has it -> Passed.
def slerp(a, b, t):
    la, lb = np.linalg.norm(a), np.linalg.norm(b)
    u, v = a / la, b / lb
    x = 2 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))
    if x < 1e-5:
        return a
    return ((1 - t) * la + t * lb) * (np.sin((1 - t) * x) * u + np.sin(t * x) * v) / np.sin(x)
# %% fit_direction: no intercept -> intercept is missing
fit_direction = lambda latents, values: (np.linalg.lstsq(latents, values, rcond=None)[0], 0.0)
# %% fit_direction: the mean is not the intercept -> expected 900
def fit_direction(latents, values):
    z = latents - latents.mean(0)
    return np.linalg.lstsq(z, values - values.mean(), rcond=None)[0], values.mean()
# %% fit_direction: correlations -> correlations
def fit_direction(latents, values):
    return np.array([np.corrcoef(column, values)[0, 1] for column in latents.T]), values.mean()
# %% fit_direction: a unit vector -> its length is not
def fit_direction(latents, values):
    ones = np.column_stack([latents, np.ones(len(latents))])
    *w, c = np.linalg.lstsq(ones, values, rcond=None)[0]
    return np.array(w) / np.linalg.norm(w), c
# %% fit_direction: the intercept among the weights -> 13 weights
def fit_direction(latents, values):
    ones = np.column_stack([latents, np.ones(len(latents))])
    w = np.linalg.lstsq(ones, values, rcond=None)[0]
    return w, w[-1]
# %% fit_direction: weights only -> two things
fit_direction = lambda latents, values: np.linalg.lstsq(latents, values, rcond=None)[0]
# %% fit_direction: difference of the two halves' means -> least squares
def fit_direction(latents, values):
    large = values > np.median(values)
    return latents[large].mean(0) - latents[~large].mean(0), values.mean()
# %% fit_direction: the ones come first, the constant is looked for last -> first weight is the constant
def fit_direction(latents, values):
    w = np.linalg.lstsq(np.column_stack([np.ones(len(latents)), latents]), values, rcond=None)[0]
    return w[:-1], w[-1]
# %% fit_direction: no ones, and the mean as constant -> The fit itself has no constant
fit_direction = lambda latents, values: (np.linalg.lstsq(latents, values, rcond=None)[0], values.mean())
# %% fit_direction: the values centred, not the latents -> not off the latents
def fit_direction(latents, values):
    return np.linalg.lstsq(latents, values - values.mean(), rcond=None)[0], values.mean()
# %% fit_direction: a hundred ones -> one entry for each latent
def fit_direction(latents, values):
    w = np.linalg.lstsq(np.column_stack([latents, np.ones(100)]), values, rcond=None)[0]
    return w[:-1], w[-1]
# %% fit_direction: scikit-learn's -> Passed.
from sklearn.linear_model import LinearRegression
def fit_direction(latents, values):
    model = LinearRegression().fit(latents, values)
    return model.coef_, model.intercept_

# %% grow: without the tape's attention -> watch z,
def grow(z, generator, read_area, steps=20, stride=0.15):
    z = tf.constant(z, tf.float32)
    with tf.GradientTape() as tape:
        area = read_area(generator(z, training=False))
    gradient = tape.gradient(area, z)
    return np.stack([z, z + stride * gradient])
# %% grow: the sphere is left -> Bring each one back
def grow(z, generator, read_area, steps=20, stride=0.15):
    z, path = tf.constant(z), [z]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(z)
            area = read_area(generator(z, training=False))
        gradient = tape.gradient(area, z)
        z = z + stride * gradient / tf.norm(gradient, axis=1, keepdims=True)
        path.append(z)
    return tf.stack(path).numpy()
# %% grow: one length for all -> keep its own length
def grow(z, generator, read_area, steps=20, stride=0.15):
    z, path = tf.constant(z), [z]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(z)
            area = read_area(generator(z, training=False))
        gradient = tape.gradient(area, z)
        z = z + stride * gradient / tf.norm(gradient, axis=1, keepdims=True)
        z = 10 * z / tf.norm(z, axis=1, keepdims=True)
        path.append(z)
    return tf.stack(path).numpy()
# %% grow: divided by the length and left there -> end with length 1
def grow(z, generator, read_area, steps=20, stride=0.15):
    z, path = tf.constant(z), [z]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(z)
            area = read_area(generator(z, training=False))
        gradient = tape.gradient(area, z)
        z = z + stride * gradient / tf.norm(gradient, axis=1, keepdims=True)
        z = z / tf.norm(z, axis=1, keepdims=True)
        path.append(z)
    return tf.stack(path).numpy()
# %% grow: the whole gradient as step -> The first steps have lengths
def grow(z, generator, read_area, steps=20, stride=0.15):
    z, path = tf.constant(z), [z]
    radius = tf.norm(z, axis=1, keepdims=True)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(z)
            area = read_area(generator(z, training=False))
        z = z + stride * tape.gradient(area, z)
        z = z * radius / tf.norm(z, axis=1, keepdims=True)
        path.append(z)
    return tf.stack(path).numpy()
# %% grow: one norm for the batch -> The first steps have lengths
def grow(z, generator, read_area, steps=20, stride=0.15):
    z, path = tf.constant(z), [z]
    radius = tf.norm(z, axis=1, keepdims=True)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(z)
            area = read_area(generator(z, training=False))
        gradient = tape.gradient(area, z)
        z = z + stride * gradient / tf.norm(gradient)
        z = z * radius / tf.norm(z, axis=1, keepdims=True)
        path.append(z)
    return tf.stack(path).numpy()
# %% grow: downhill -> wrong way
def grow(z, generator, read_area, steps=20, stride=0.15):
    z, path = tf.constant(z), [z]
    radius = tf.norm(z, axis=1, keepdims=True)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(z)
            area = read_area(generator(z, training=False))
        gradient = tape.gradient(area, z)
        z = z - stride * gradient / tf.norm(gradient, axis=1, keepdims=True)
        z = z * radius / tf.norm(z, axis=1, keepdims=True)
        path.append(z)
    return tf.stack(path).numpy()
# %% grow: the end alone -> Return the whole path
def grow(z, generator, read_area, steps=20, stride=0.15):
    z = tf.constant(z)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(z)
            area = read_area(generator(z, training=False))
        gradient = tape.gradient(area, z)
        z = z + stride * gradient / tf.norm(gradient, axis=1, keepdims=True)
    return z
# %% grow: without its beginning -> the place where it starts
def grow(z, generator, read_area, steps=20, stride=0.15):
    z, path = tf.constant(z), []
    radius = tf.norm(z, axis=1, keepdims=True)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(z)
            area = read_area(generator(z, training=False))
        gradient = tape.gradient(area, z)
        z = z + stride * gradient / tf.norm(gradient, axis=1, keepdims=True)
        z = z * radius / tf.norm(z, axis=1, keepdims=True)
        path.append(z)
    return tf.stack(path).numpy()
# %% grow: the first gradient all the way -> compute the gradient anew
def grow(z, generator, read_area, steps=20, stride=0.15):
    z, path = tf.constant(z), [z]
    radius = tf.norm(z, axis=1, keepdims=True)
    with tf.GradientTape() as tape:
        tape.watch(z)
        area = read_area(generator(z, training=False))
    gradient = tape.gradient(area, z)
    for _ in range(steps):
        z = z + stride * gradient / tf.norm(gradient, axis=1, keepdims=True)
        z = z * radius / tf.norm(z, axis=1, keepdims=True)
        path.append(z)
    return tf.stack(path).numpy()
# %% grow: in training mode -> training=False
def grow(z, generator, read_area, steps=20, stride=0.15):
    z, path = tf.constant(z), [z]
    radius = tf.norm(z, axis=1, keepdims=True)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(z)
            area = read_area(generator(z, training=True))
        gradient = tape.gradient(area, z)
        z = z + stride * gradient / tf.norm(gradient, axis=1, keepdims=True)
        z = z * radius / tf.norm(z, axis=1, keepdims=True)
        path.append(z)
    return tf.stack(path).numpy()
# %% grow: norms without their axis kept -> Two shapes do not fit
def grow(z, generator, read_area, steps=20, stride=0.15):
    z, path = tf.constant(z), [z]
    radius = tf.norm(z, axis=1)
    return z * radius
# %% grow: the new place is forgotten -> stays where it starts
def grow(z, generator, read_area, steps=20, stride=0.15):
    return np.stack([z] * (steps + 1))
# %% grow: appended after the loop -> inside the loop
def grow(z, generator, read_area, steps=20, stride=0.15):
    z, path = tf.constant(z), [z]
    radius = tf.norm(z, axis=1, keepdims=True)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(z)
            area = read_area(generator(z, training=False))
        gradient = tape.gradient(area, z)
        z = z + stride * gradient / tf.norm(gradient, axis=1, keepdims=True)
        z = z * radius / tf.norm(z, axis=1, keepdims=True)
    path.append(z)
    return tf.stack(path).numpy()
# %% grow: the stride as a number -> use `stride`
def grow(z, generator, read_area, steps=20, stride=0.15):
    z, path = tf.constant(z), [z]
    radius = tf.norm(z, axis=1, keepdims=True)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(z)
            area = read_area(generator(z, training=False))
        gradient = tape.gradient(area, z)
        z = z + 0.15 * gradient / tf.norm(gradient, axis=1, keepdims=True)
        z = z * radius / tf.norm(z, axis=1, keepdims=True)
        path.append(z)
    return tf.stack(path).numpy()
# %% grow: with a list and NumPy outside of the tape -> Passed.
def grow(z, generator, read_area, steps=20, stride=0.15):
    path = [np.array(z)]
    radius = np.linalg.norm(z, axis=1, keepdims=True)
    for _ in range(steps):
        here = tf.Variable(path[-1])
        with tf.GradientTape() as tape:
            area = read_area(generator(here, training=False))
        gradient = tape.gradient(area, here).numpy()
        new = path[-1] + stride * gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
        path.append(new / np.linalg.norm(new, axis=1, keepdims=True) * radius)
    return path
# %% find_latent: one error for all images -> Keep the images apart
def find_latent(z, images, generator, adam, steps=80):
    z, history = tf.Variable(z), []
    radius = tf.norm(z, axis=1, keepdims=True)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            error = tf.reduce_mean((generator(z, training=False) - images) ** 2)
        adam.apply_gradients([(tape.gradient(error, z), z)])
        z.assign(z * radius / tf.norm(z, axis=1, keepdims=True))
        history.append(error)
    return z.numpy(), np.array(history)
# %% find_latent: the sphere is left -> z.assign(...)
def find_latent(z, images, generator, adam, steps=80):
    z, history = tf.Variable(z), []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            error = tf.reduce_mean((generator(z, training=False) - images) ** 2, axis=(1, 2, 3))
        adam.apply_gradients([(tape.gradient(error, z), z)])
        history.append(error)
    return z.numpy(), np.array(history)
# %% find_latent: nothing is applied -> have not moved
def find_latent(z, images, generator, adam, steps=80):
    z, history = tf.Variable(z), []
    for _ in range(steps):
        error = tf.reduce_mean((generator(z, training=False) - images) ** 2, axis=(1, 2, 3))
        history.append(error)
    return z.numpy(), np.array(history)
# %% find_latent: uphill -> The errors rise
def find_latent(z, images, generator, adam, steps=80):
    z, history = tf.Variable(z), []
    radius = tf.norm(z, axis=1, keepdims=True)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            error = tf.reduce_mean((generator(z, training=False) - images) ** 2, axis=(1, 2, 3))
        adam.apply_gradients([(-tape.gradient(error, z), z)])
        z.assign(z * radius / tf.norm(z, axis=1, keepdims=True))
        history.append(error)
    return z.numpy(), np.array(history)
# %% find_latent: plain steps, without Adam -> took no step
def find_latent(z, images, generator, adam, steps=80):
    z, history = tf.Variable(z), []
    radius = tf.norm(z, axis=1, keepdims=True)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            error = tf.reduce_mean((generator(z, training=False) - images) ** 2, axis=(1, 2, 3))
        z.assign(z - 0.06 * tape.gradient(error, z))
        z.assign(z * radius / tf.norm(z, axis=1, keepdims=True))
        history.append(error)
    return z.numpy(), np.array(history)
# %% find_latent: a sum -> a sum over the pixels
def find_latent(z, images, generator, adam, steps=80):
    z, history = tf.Variable(z), []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            error = tf.reduce_sum((generator(z, training=False) - images) ** 2, axis=(1, 2, 3))
        adam.apply_gradients([(tape.gradient(error, z), z)])
        history.append(error)
    return z.numpy(), np.array(history)
# %% find_latent: not squared -> cancel. Square it
def find_latent(z, images, generator, adam, steps=80):
    z, history = tf.Variable(z), []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            error = tf.reduce_mean(generator(z, training=False) - images, axis=(1, 2, 3))
        adam.apply_gradients([(tape.gradient(error, z), z)])
        history.append(error)
    return z.numpy(), np.array(history)
# %% find_latent: z is no variable -> begin with z = tf.Variable
def find_latent(z, images, generator, adam, steps=80):
    z = tf.constant(z)
    with tf.GradientTape() as tape:
        tape.watch(z)
        error = tf.reduce_mean((generator(z, training=False) - images) ** 2, axis=(1, 2, 3))
    adam.apply_gradients([(tape.gradient(error, z), z)])
    return z, [error] * steps
# %% find_latent: NumPy inside of the tape -> finds no way
def find_latent(z, images, generator, adam, steps=80):
    z = tf.Variable(z)
    with tf.GradientTape() as tape:
        error = tf.reduce_mean((generator(z, training=False).numpy() - images) ** 2, axis=(1, 2, 3))
    adam.apply_gradients([(tape.gradient(error, z), z)])
    return z, [error] * steps
# %% find_latent: the latents alone -> Return two things
def find_latent(z, images, generator, adam, steps=80):
    return z
# %% find_latent: swapped -> The two are swapped
def find_latent(z, images, generator, adam, steps=80):
    return np.zeros((steps, len(z))), z
# %% find_latent: in training mode -> training=False
def find_latent(z, images, generator, adam, steps=80):
    z, history = tf.Variable(z), []
    radius = tf.norm(z, axis=1, keepdims=True)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            error = tf.reduce_mean((generator(z, training=True) - images) ** 2, axis=(1, 2, 3))
        adam.apply_gradients([(tape.gradient(error, z), z)])
        z.assign(z * radius / tf.norm(z, axis=1, keepdims=True))
        history.append(error)
    return z.numpy(), np.array(history)
# %% find_latent: a new Adam in each round -> a new Adam would forget
def find_latent(z, images, generator, adam, steps=80):
    z, history = tf.Variable(z), []
    radius = tf.norm(z, axis=1, keepdims=True)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            error = tf.reduce_mean((generator(z, training=False) - images) ** 2, axis=(1, 2, 3))
        keras.optimizers.Adam(0.15).apply_gradients([(tape.gradient(error, z), z)])
        z.assign(z * radius / tf.norm(z, axis=1, keepdims=True))
        history.append(error)
    return z.numpy(), np.array(history)
# %% find_latent: a pair, not a list of pairs -> Adam takes a list of pairs
def find_latent(z, images, generator, adam, steps=80):
    z, history = tf.Variable(z), []
    radius = tf.norm(z, axis=1, keepdims=True)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            error = tf.reduce_mean((generator(z, training=False) - images) ** 2, axis=(1, 2, 3))
        adam.apply_gradients((tape.gradient(error, z), z))
        z.assign(z * radius / tf.norm(z, axis=1, keepdims=True))
        history.append(error)
    return z.numpy(), np.array(history)
# %% find_latent: the last axis of the images is lost -> different shapes
def find_latent(z, images, generator, adam, steps=80):
    z, history = tf.Variable(z), []
    radius = tf.norm(z, axis=1, keepdims=True)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            error = tf.reduce_mean((generator(z, training=False) - images[..., 0]) ** 2, axis=(1, 2, 3))
        adam.apply_gradients([(tape.gradient(error, z), z)])
        z.assign(z * radius / tf.norm(z, axis=1, keepdims=True))
        history.append(error)
    return z.numpy(), np.array(history)
# %% find_latent: keras.ops, a list, a variable -> Passed.
def find_latent(z, images, generator, adam, steps=80):
    z, history = tf.Variable(z), []
    radius = keras.ops.norm(z, axis=1, keepdims=True)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            error = keras.ops.mean(keras.ops.square(images - generator(z, training=False)), axis=(1, 2, 3))
            loss = keras.ops.sum(error)
        adam.apply([tape.gradient(loss, z)], [z])
        z.assign(z / tf.norm(z, axis=1, keepdims=True) * radius)
        history.append(error)
    return z, history

# %% slerp: straight
def my_slerp(a, b, t):
    return (1 - t) * a + t * b

# %% slerp: straight, pulled out to the sphere
def my_slerp(a, b, t):
    c = (1 - t) * a + t * b
    return c / np.linalg.norm(c) * np.linalg.norm(a)

# %% slerp: not divided by the whole angle's sine
def my_slerp(a, b, t):
    angle = np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
    return np.sin((1 - t) * angle) * a + np.sin(t * angle) * b

# %% slerp: turned round
def my_slerp(a, b, t):
    angle = np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
    return (np.sin(t * angle) * a + np.sin((1 - t) * angle) * b) / np.sin(angle)

# %% slerp: degrees
def my_slerp(a, b, t):
    angle = np.degrees(np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b))))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)

# %% slerp: lengths forgotten
def my_slerp(a, b, t):
    with np.errstate(invalid="ignore"):
        angle = np.arccos(a @ b)
        return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)

# %% slerp: the cosine for the angle
def my_slerp(a, b, t):
    angle = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)

# %% slerp: always 90 degrees
def my_slerp(a, b, t):
    return np.cos(t * np.pi / 2) * a + np.sin(t * np.pi / 2) * b

# %% fit_direction: no intercept
def fit_direction(latents, values):
    return np.linalg.lstsq(latents, values, rcond=None)[0], 0.0

# %% fit_direction: the mean is not the intercept
def fit_direction(latents, values):
    z = latents - latents.mean(0)
    return np.linalg.lstsq(z, values - values.mean(), rcond=None)[0], values.mean()

# %% fit_direction: correlations
def fit_direction(latents, values):
    return np.array([np.corrcoef(column, values)[0, 1] for column in latents.T]), values.mean()

# %% fit_direction: a unit vector
def fit_direction(latents, values):
    ones = np.column_stack([latents, np.ones(len(latents))])
    *w, c = np.linalg.lstsq(ones, values, rcond=None)[0]
    return np.array(w) / np.linalg.norm(w), c

# %% fit_direction: the intercept among the weights
def fit_direction(latents, values):
    ones = np.column_stack([latents, np.ones(len(latents))])
    w = np.linalg.lstsq(ones, values, rcond=None)[0]
    return w, w[-1]

# %% fit_direction: weights only
def fit_direction(latents, values):
    return np.linalg.lstsq(latents, values, rcond=None)[0]

# %% fit_direction: difference of the two halves' means
def fit_direction(latents, values):
    large = values > np.median(values)
    return latents[large].mean(0) - latents[~large].mean(0), values.mean()

# %% smallest_move: not divided
def smallest_move(z, w, change):
    return z + change * w

# %% smallest_move: divided by the length once
def smallest_move(z, w, change):
    return z + change * w / np.linalg.norm(w)

# %% smallest_move: the step only
def smallest_move(z, w, change):
    return change * w / (w @ w)

# %% smallest_move: the wrong way
def smallest_move(z, w, change):
    return z - change * w / (w @ w)

# %% smallest_move: one number does it all
def smallest_move(z, w, change):
    moved = z.copy()
    best = np.argmax(np.abs(w))
    moved[best] += change / w[best]
    return moved

# %% smallest_move: every number the same
def smallest_move(z, w, change):
    return z + change / w / len(w)

# %% smallest_move: in place
def smallest_move(z, w, change):
    z += change * w / (w @ w)
    return z

# %% hold: all of the other
def hold(w, other):
    return w - other

# %% hold: not divided
def hold(w, other):
    return w - (w @ other) * other

# %% hold: divided by the length once
def hold(w, other):
    return w - (w @ other) / np.linalg.norm(other) * other

# %% hold: the common part
def hold(w, other):
    return (w @ other) / (other @ other) * other

# %% hold: turned round
def hold(w, other):
    return other - (w @ other) / (w @ w) * w

# %% hold: added
def hold(w, other):
    return w + (w @ other) / (other @ other) * other

# %% hold: nothing done
def hold(w, other):
    return w

# %% hold: rescaled
def hold(w, other):
    rest = w - (w @ other) / (other @ other) * other
    return rest / np.linalg.norm(rest)

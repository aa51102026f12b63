# %% slerp: straight -> straight line:
my_slerp = lambda a, b, t: (1 - t) * a + t * b
# %% slerp: straight, pulled out to the sphere -> speed is not even
def my_slerp(a, b, t):
    c = (1 - t) * a + t * b
    return c / np.linalg.norm(c) * np.linalg.norm(a)
# %% slerp: not divided by the whole angle's sine -> sine of the whole angle
def my_slerp(a, b, t):
    angle = np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
    return np.sin((1 - t) * angle) * a + np.sin(t * angle) * b
# %% slerp: turned round -> ends are swapped
def my_slerp(a, b, t):
    angle = np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
    return (np.sin(t * angle) * a + np.sin((1 - t) * angle) * b) / np.sin(angle)
# %% slerp: degrees -> radians
def my_slerp(a, b, t):
    angle = np.degrees(np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b))))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
# %% slerp: lengths forgotten -> NaN
def my_slerp(a, b, t):
    with np.errstate(invalid="ignore"):
        angle = np.arccos(a @ b)
        return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
# %% slerp: the cosine for the angle -> cosine as if it were the angle
def my_slerp(a, b, t):
    angle = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
# %% slerp: always 90 degrees -> expected 10
my_slerp = lambda a, b, t: np.cos(t * np.pi / 2) * a + np.sin(t * np.pi / 2) * b
# %% slerp: a row of one -> one latent
my_slerp = lambda a, b, t: ((1 - t) * a + t * b)[None]
# %% slerp: the package's -> Passed.
from gancourse.gans.latent import slerp as my_slerp

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
# %% fit_direction: scikit-learn's -> Passed.
from sklearn.linear_model import LinearRegression
def fit_direction(latents, values):
    model = LinearRegression().fit(latents, values)
    return model.coef_, model.intercept_

# %% smallest_move: not divided -> far too far
smallest_move = lambda z, w, change: z + change * w
# %% smallest_move: divided by the length once -> only once
smallest_move = lambda z, w, change: z + change * w / np.linalg.norm(w)
# %% smallest_move: the step only -> step alone
smallest_move = lambda z, w, change: change * w / (w @ w)
# %% smallest_move: the wrong way -> wrong direction
smallest_move = lambda z, w, change: z - change * w / (w @ w)
# %% smallest_move: one number does it all -> times as long as needed
def smallest_move(z, w, change):
    moved = z.copy()
    best = np.argmax(np.abs(w))
    moved[best] += change / w[best]
    return moved
# %% smallest_move: every number the same -> times as long as needed
smallest_move = lambda z, w, change: z + change / w / len(w)
# %% smallest_move: in place -> changes the latent
def smallest_move(z, w, change):
    z += change * w / (w @ w)
    return z
# %% smallest_move: not moved -> it changed by
smallest_move = lambda z, w, change: z
# %% smallest_move: the pseudoinverse -> Passed.
smallest_move = lambda z, w, change: z + np.linalg.pinv(w[None])[:, 0] * change

# %% hold: all of the other -> whole of the other
hold = lambda w, other: w - other
# %% hold: not divided -> not yet how much
hold = lambda w, other: w - (w @ other) * other
# %% hold: divided by the length once -> squared: once
hold = lambda w, other: w - (w @ other) / np.linalg.norm(other) * other
# %% hold: the common part -> in common
hold = lambda w, other: (w @ other) / (other @ other) * other
# %% hold: turned round -> without w
hold = lambda w, other: other - (w @ other) / (w @ w) * w
# %% hold: added -> instead of subtracting
hold = lambda w, other: w + (w @ other) / (other @ other) * other
# %% hold: nothing done -> expected 0
hold = lambda w, other: w
# %% hold: rescaled -> what is left
def hold(w, other):
    rest = w - (w @ other) / (other @ other) * other
    return rest / np.linalg.norm(rest)
# %% hold: nothing left -> what is left
hold = lambda w, other: 0 * w
# %% hold: the outer product -> Passed.
hold = lambda w, other: w - np.outer(other, other) @ w / (other**2).sum()

# %% asymmetry: top and bottom -> rows come first
asymmetry = lambda image: np.abs(image - image[::-1])[image > -1].mean()
# %% asymmetry: turned by half a circle -> 180 degrees
asymmetry = lambda image: np.abs(image - image[::-1, ::-1])[image > -1].mean()
# %% asymmetry: no absolute value -> absolute value
asymmetry = lambda image: (image - image[:, ::-1])[image > -1].mean()
# %% asymmetry: absolute value of the mean -> absolute value
asymmetry = lambda image: abs((image - image[:, ::-1])[image > -1].mean())
# %% asymmetry: the background counts as well -> whole image
asymmetry = lambda image: np.abs(image - image[:, ::-1]).mean()
# %% asymmetry: the sum -> That is the sum
asymmetry = lambda image: np.abs(image - image[:, ::-1])[image > -1].sum()
# %% asymmetry: squares -> squared
asymmetry = lambda image: ((image - image[:, ::-1])[image > -1] ** 2).mean()
# %% asymmetry: halves compared without turning one round -> expected
def asymmetry(image):
    half = image.shape[1] // 2
    return np.abs(image[:, :half] - image[:, half:]).mean()
# %% asymmetry: the largest difference -> expected
asymmetry = lambda image: np.abs(image - image[:, ::-1]).max()
# %% asymmetry: in place -> changes the image
def asymmetry(image):
    image -= image[:, ::-1].copy()
    return np.abs(image).mean()
# %% asymmetry: transposed -> expected
asymmetry = lambda image: np.abs(image - image.T)[image > -1].mean()
# %% asymmetry: a map of differences -> one number
asymmetry = lambda image: np.abs(image - image[:, ::-1])

# %% posterior: not divided -> numerator
posterior = lambda p_x_tumour, p_x_none, p_tumour: p_x_tumour * p_tumour
# %% posterior: no prior -> how common
posterior = lambda p_x_tumour, p_x_none, p_tumour: p_x_tumour / (p_x_tumour + p_x_none)
# %% posterior: the other class -> no tumour
def posterior(p_x_tumour, p_x_none, p_tumour):
    a, b = p_x_tumour * p_tumour, p_x_none * (1 - p_tumour)
    return b / (a + b)
# %% posterior: shares swapped -> swapped
def posterior(p_x_tumour, p_x_none, p_tumour):
    a, b = p_x_tumour * (1 - p_tumour), p_x_none * p_tumour
    return a / (a + b)
# %% posterior: weights above only -> denominator
posterior = lambda p_x_tumour, p_x_none, p_tumour: p_x_tumour * p_tumour / (p_x_tumour + p_x_none)
# %% posterior: one weight below -> denominator
posterior = lambda p_x_tumour, p_x_none, p_tumour: p_x_tumour * p_tumour / (p_x_tumour * p_tumour + p_x_none)
# %% posterior: odds -> Those are odds
posterior = lambda p_x_tumour, p_x_none, p_tumour: p_x_tumour * p_tumour / (p_x_none * (1 - p_tumour))
# %% posterior: likelihood ratio -> Those are odds
posterior = lambda p_x_tumour, p_x_none, p_tumour: p_x_tumour / p_x_none
# %% posterior: the more likely class -> expected 0.333
posterior = lambda p_x_tumour, p_x_none, p_tumour: (p_x_tumour * p_tumour > p_x_none * (1 - p_tumour)).astype(float)
# %% posterior: same weight for both -> how common
def posterior(p_x_tumour, p_x_none, p_tumour):
    return p_x_tumour * p_tumour / (p_x_tumour * p_tumour + p_x_none * p_tumour)
# %% posterior: one share for all slices -> a probability for each slice
posterior = lambda p_x_tumour, p_x_none, p_tumour: p_tumour
# %% posterior: whatever the slice -> expected 0.333
posterior = lambda p_x_tumour, p_x_none, p_tumour: 0 * p_x_tumour + p_tumour
# %% posterior: divided by the numerator -> Passed.
posterior = lambda p_x_tumour, p_x_none, p_tumour: 1 / (1 + p_x_none / p_x_tumour * (1 - p_tumour) / p_tumour)

# %% with_prior: scaled -> cannot be scaled
with_prior = lambda p, old, new: p * new / old
# %% with_prior: scaled and cut off -> cannot be scaled
with_prior = lambda p, old, new: min(1, p * new / old)
# %% with_prior: shifted -> received 0.450
with_prior = lambda p, old, new: p + new - old
# %% with_prior: odds -> Those are the new odds
with_prior = lambda p, old, new: p / (1 - p) * (new / (1 - new)) / (old / (1 - old))
# %% with_prior: the wrong way -> wrong way round
def with_prior(p, old, new):
    odds = p / (1 - p) / (new / (1 - new)) * (old / (1 - old))
    return odds / (1 + odds)
# %% with_prior: ratio of shares -> ratio of the shares
def with_prior(p, old, new):
    odds = p / (1 - p) * new / old
    return odds / (1 + odds)
# %% with_prior: the old one stays -> still in p
with_prior = lambda p, old, new: p * new / (p * new + (1 - p) * (1 - new))
# %% with_prior: shares above only -> ratio of the shares
def with_prior(p, old, new):
    a, b = p * new / old, 1 - p
    return a / (a + b)
# %% with_prior: nothing -> unchanged
with_prior = lambda p, old, new: p
# %% with_prior: only the new share -> new share alone
with_prior = lambda p, old, new: new
# %% with_prior: both -> one number
with_prior = lambda p, old, new: np.array([p, new])

# %% guess: the mean as it is -> does not depend
guess = lambda mean, cov, first: (mean[1], np.sqrt(cov[1, 1]))
# %% guess: slope by the wrong variance -> The slope is wrong
def guess(mean, cov, first):
    slope = cov[0, 1] / cov[1, 1]
    return mean[1] + slope * (first - mean[0]), np.sqrt(cov[1, 1] - slope * cov[0, 1])
# %% guess: the covariance as the slope -> not a slope
guess = lambda mean, cov, first: (mean[1] + cov[0, 1] * (first - mean[0]), np.sqrt(cov[1, 1]))
# %% guess: slope by the standard deviation -> expected 36.00
def guess(mean, cov, first):
    slope = cov[0, 1] / np.sqrt(cov[0, 0])
    return mean[1] + slope * (first - mean[0]), np.sqrt(cov[1, 1] - cov[0, 1] ** 2 / cov[0, 0])
# %% guess: not centred -> average
def guess(mean, cov, first):
    slope = cov[0, 1] / cov[0, 0]
    return mean[1] + slope * first, np.sqrt(cov[1, 1] - slope * cov[0, 1])
# %% guess: the wrong way -> wrong direction
def guess(mean, cov, first):
    slope = cov[0, 1] / cov[0, 0]
    return mean[1] - slope * (first - mean[0]), np.sqrt(cov[1, 1] - slope * cov[0, 1])
# %% guess: the variance -> returned the variance
def guess(mean, cov, first):
    slope = cov[0, 1] / cov[0, 0]
    return mean[1] + slope * (first - mean[0]), cov[1, 1] - slope * cov[0, 1]
# %% guess: spread of all -> that of all slices
guess = lambda mean, cov, first: (mean[1] + cov[0, 1] / cov[0, 0] * (first - mean[0]), np.sqrt(cov[1, 1]))
# %% guess: spread widened -> expected 8.00
def guess(mean, cov, first):
    slope = cov[0, 1] / cov[0, 0]
    return mean[1] + slope * (first - mean[0]), np.sqrt(cov[1, 1] + slope * cov[0, 1])
# %% guess: the mean only -> two things
guess = lambda mean, cov, first: mean[1] + cov[0, 1] / cov[0, 0] * (first - mean[0])
# %% guess: by the determinant -> Passed.
def guess(mean, cov, first):
    return mean[1] + cov[1, 0] / cov[0, 0] * (first - mean[0]), np.sqrt(np.linalg.det(cov) / cov[0, 0])

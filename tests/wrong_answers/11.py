# %% asymmetry: top and bottom
def asymmetry(image):
    return np.abs(image - image[::-1])[image > -1].mean()

# %% asymmetry: turned by half a circle
def asymmetry(image):
    return np.abs(image - image[::-1, ::-1])[image > -1].mean()

# %% asymmetry: no absolute value
def asymmetry(image):
    return (image - image[:, ::-1])[image > -1].mean()

# %% asymmetry: absolute value of the mean
def asymmetry(image):
    return abs((image - image[:, ::-1])[image > -1].mean())

# %% asymmetry: the background counts as well
def asymmetry(image):
    return np.abs(image - image[:, ::-1]).mean()

# %% asymmetry: the sum
def asymmetry(image):
    return np.abs(image - image[:, ::-1])[image > -1].sum()

# %% asymmetry: squares
def asymmetry(image):
    return ((image - image[:, ::-1])[image > -1] ** 2).mean()

# %% asymmetry: halves compared without turning one round
def asymmetry(image):
    half = image.shape[1] // 2
    return np.abs(image[:, :half] - image[:, half:]).mean()

# %% asymmetry: the largest difference
def asymmetry(image):
    return np.abs(image - image[:, ::-1]).max()

# %% asymmetry: in place
def asymmetry(image):
    image -= image[:, ::-1].copy()
    return np.abs(image).mean()

# %% asymmetry: transposed
def asymmetry(image):
    return np.abs(image - image.T)[image > -1].mean()

# %% posterior: not divided
def posterior(p_x_tumour, p_x_none, p_tumour):
    return p_x_tumour * p_tumour

# %% posterior: no prior
def posterior(p_x_tumour, p_x_none, p_tumour):
    return p_x_tumour / (p_x_tumour + p_x_none)

# %% posterior: the other class
def posterior(p_x_tumour, p_x_none, p_tumour):
    a, b = p_x_tumour * p_tumour, p_x_none * (1 - p_tumour)
    return b / (a + b)

# %% posterior: shares swapped
def posterior(p_x_tumour, p_x_none, p_tumour):
    a, b = p_x_tumour * (1 - p_tumour), p_x_none * p_tumour
    return a / (a + b)

# %% posterior: weights above only
def posterior(p_x_tumour, p_x_none, p_tumour):
    return p_x_tumour * p_tumour / (p_x_tumour + p_x_none)

# %% posterior: one weight below
def posterior(p_x_tumour, p_x_none, p_tumour):
    return p_x_tumour * p_tumour / (p_x_tumour * p_tumour + p_x_none)

# %% posterior: odds
def posterior(p_x_tumour, p_x_none, p_tumour):
    return p_x_tumour * p_tumour / (p_x_none * (1 - p_tumour))

# %% posterior: likelihood ratio
def posterior(p_x_tumour, p_x_none, p_tumour):
    return p_x_tumour / p_x_none

# %% posterior: the more likely class
def posterior(p_x_tumour, p_x_none, p_tumour):
    return (p_x_tumour * p_tumour > p_x_none * (1 - p_tumour)).astype(float)

# %% posterior: same weight for both
def posterior(p_x_tumour, p_x_none, p_tumour):
    return p_x_tumour * p_tumour / (p_x_tumour * p_tumour + p_x_none * p_tumour)

# %% with_prior: scaled
def with_prior(p, old, new):
    return p * new / old

# %% with_prior: scaled and cut off
def with_prior(p, old, new):
    return min(1, p * new / old)

# %% with_prior: shifted
def with_prior(p, old, new):
    return p + new - old

# %% with_prior: odds
def with_prior(p, old, new):
    return p / (1 - p) * (new / (1 - new)) / (old / (1 - old))

# %% with_prior: the wrong way
def with_prior(p, old, new):
    odds = p / (1 - p) / (new / (1 - new)) * (old / (1 - old))
    return odds / (1 + odds)

# %% with_prior: ratio of shares
def with_prior(p, old, new):
    odds = p / (1 - p) * new / old
    return odds / (1 + odds)

# %% with_prior: the old one stays
def with_prior(p, old, new):
    return p * new / (p * new + (1 - p) * (1 - new))

# %% with_prior: shares above only
def with_prior(p, old, new):
    a, b = p * new / old, 1 - p
    return a / (a + b)

# %% with_prior: nothing
def with_prior(p, old, new):
    return p

# %% with_prior: only the new share
def with_prior(p, old, new):
    return new

# %% guess: the mean as it is
def guess(mean, cov, first):
    return mean[1], np.sqrt(cov[1, 1])

# %% guess: slope by the wrong variance
def guess(mean, cov, first):
    slope = cov[0, 1] / cov[1, 1]
    return mean[1] + slope * (first - mean[0]), np.sqrt(cov[1, 1] - slope * cov[0, 1])

# %% guess: the covariance as the slope
def guess(mean, cov, first):
    return mean[1] + cov[0, 1] * (first - mean[0]), np.sqrt(cov[1, 1])

# %% guess: slope by the standard deviation
def guess(mean, cov, first):
    slope = cov[0, 1] / np.sqrt(cov[0, 0])
    return mean[1] + slope * (first - mean[0]), np.sqrt(cov[1, 1] - cov[0, 1] ** 2 / cov[0, 0])

# %% guess: not centred
def guess(mean, cov, first):
    slope = cov[0, 1] / cov[0, 0]
    return mean[1] + slope * first, np.sqrt(cov[1, 1] - slope * cov[0, 1])

# %% guess: the wrong way
def guess(mean, cov, first):
    slope = cov[0, 1] / cov[0, 0]
    return mean[1] - slope * (first - mean[0]), np.sqrt(cov[1, 1] - slope * cov[0, 1])

# %% guess: the variance
def guess(mean, cov, first):
    slope = cov[0, 1] / cov[0, 0]
    return mean[1] + slope * (first - mean[0]), cov[1, 1] - slope * cov[0, 1]

# %% guess: spread of all
def guess(mean, cov, first):
    return mean[1] + cov[0, 1] / cov[0, 0] * (first - mean[0]), np.sqrt(cov[1, 1])

# %% guess: spread widened
def guess(mean, cov, first):
    slope = cov[0, 1] / cov[0, 0]
    return mean[1] + slope * (first - mean[0]), np.sqrt(cov[1, 1] + slope * cov[0, 1])

# %% guess: the mean only
def guess(mean, cov, first):
    return mean[1] + cov[0, 1] / cov[0, 0] * (first - mean[0])

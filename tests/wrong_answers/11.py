# %% measure: the background counts -> background counts in your glow
def measure(image):
    glow = np.percentile(image, 97) - np.median(image)
    left, right = image[:, :32], image[:, 32:]
    return glow, abs(np.percentile(left[left > -1], 97) - np.percentile(right[right > -1], 97))
# %% measure: the mean for the median -> Start from the median
def measure(image):
    glow = np.percentile(image[image > -1], 97) - image[image > -1].mean()
    left, right = image[:, :32], image[:, 32:]
    return glow, abs(np.percentile(left[left > -1], 97) - np.percentile(right[right > -1], 97))
# %% measure: the brightest pixel -> ends at the brightest pixel
def measure(image):
    glow = image.max() - np.median(image[image > -1])
    left, right = image[:, :32], image[:, 32:]
    return glow, abs(np.percentile(left[left > -1], 97) - np.percentile(right[right > -1], 97))
# %% measure: a share for per cent -> from 0 to 100
def measure(image):
    glow = np.percentile(image[image > -1], 0.97) - np.median(image[image > -1])
    left, right = image[:, :32], image[:, 32:]
    return glow, abs(np.percentile(left[left > -1], 97) - np.percentile(right[right > -1], 97))
# %% measure: no median -> the 97th percentile alone
def measure(image):
    glow = np.percentile(image[image > -1], 97)
    left, right = image[:, :32], image[:, 32:]
    return glow, abs(np.percentile(left[left > -1], 97) - np.percentile(right[right > -1], 97))
# %% measure: the wrong way round -> wrong sign
def measure(image):
    glow = np.median(image[image > -1]) - np.percentile(image[image > -1], 97)
    left, right = image[:, :32], image[:, 32:]
    return glow, abs(np.percentile(left[left > -1], 97) - np.percentile(right[right > -1], 97))
# %% measure: no absolute value -> Take the absolute value
def measure(image):
    glow = np.percentile(image[image > -1], 97) - np.median(image[image > -1])
    left, right = image[:, :32], image[:, 32:]
    return glow, np.percentile(left[left > -1], 97) - np.percentile(right[right > -1], 97)
# %% measure: top and bottom -> rows come first
def measure(image):
    glow = np.percentile(image[image > -1], 97) - np.median(image[image > -1])
    top, bottom = image[:32], image[32:]
    return glow, abs(np.percentile(top[top > -1], 97) - np.percentile(bottom[bottom > -1], 97))
# %% measure: halves with their background -> The background counts in your halves
def measure(image):
    glow = np.percentile(image[image > -1], 97) - np.median(image[image > -1])
    return glow, abs(np.percentile(image[:, :32], 97) - np.percentile(image[:, 32:], 97))
# %% measure: sums of the halves -> You compared sums
def measure(image):
    glow = np.percentile(image[image > -1], 97) - np.median(image[image > -1])
    left, right = image[:, :32], image[:, 32:]
    return glow, abs(left[left > -1].sum() - right[right > -1].sum())
# %% measure: pixel by pixel -> pixel by pixel
def measure(image):
    glow = np.percentile(image[image > -1], 97) - np.median(image[image > -1])
    return glow, np.abs(image - image[:, ::-1])[image > -1].mean()
# %% measure: a map of differences -> Both should be single numbers
def measure(image):
    glow = np.percentile(image[image > -1], 97) - np.median(image[image > -1])
    return glow, np.abs(image - image[:, ::-1])
# %% measure: medians of the halves -> Lopsidedness: received
def measure(image):
    glow = np.percentile(image[image > -1], 97) - np.median(image[image > -1])
    left, right = image[:, :32], image[:, 32:]
    return glow, abs(np.median(left[left > -1]) - np.median(right[right > -1]))
# %% measure: means of the halves -> You compared the means
def measure(image):
    glow = np.percentile(image[image > -1], 97) - np.median(image[image > -1])
    left, right = image[:, :32], image[:, 32:]
    return glow, abs(left[left > -1].mean() - right[right > -1].mean())
# %% measure: the brightest pixels of the halves -> You compared the brightest pixels
def measure(image):
    glow = np.percentile(image[image > -1], 97) - np.median(image[image > -1])
    left, right = image[:, :32], image[:, 32:]
    return glow, abs(left.max() - right.max())
# %% measure: glows of the halves -> without subtracting a median
def measure(image):
    glow = np.percentile(image[image > -1], 97) - np.median(image[image > -1])
    left, right = image[:, :32], image[:, 32:]
    left, right = (half[half > -1] for half in (left, right))
    return glow, abs(np.percentile(left, 97) - np.median(left) - np.percentile(right, 97) + np.median(right))
# %% measure: the background set to 0 -> these zeros count as pixels
def measure(image):
    brain = image * (image > -1)
    return np.percentile(brain, 97) - np.median(brain), abs(np.percentile(brain[:, :32], 97) - np.percentile(brain[:, 32:], 97))
# %% measure: the background of the halves set to 0 -> Glow is right. `image * brain` sets
def measure(image):
    glow = np.percentile(image[image > -1], 97) - np.median(image[image > -1])
    brain = image * (image > -1)
    return glow, abs(brain[:, :32].mean() - brain[:, 32:].mean())
# %% measure: columns of the picked pixels -> one long array without columns
def measure(image):
    brain = image > -1
    glow = np.percentile(image[image > -1], 97) - np.median(image[image > -1])
    left, right = image[brain][:, :32], image[brain][:, 32:]
    return glow, abs(np.percentile(left, 97) - np.percentile(right, 97))
# %% measure: the brain of the whole for a half -> its own array of True and False
def measure(image):
    brain = image > -1
    glow = np.percentile(image[image > -1], 97) - np.median(image[image > -1])
    left, right = image[:, :32][brain], image[:, 32:][brain]
    return glow, abs(np.percentile(left, 97) - np.percentile(right, 97))
# %% measure: printed -> returns nothing (None)
def measure(image):
    glow = np.percentile(image[image > -1], 97) - np.median(image[image > -1])
    left, right = image[:, :32], image[:, 32:]
    print(glow, abs(np.percentile(left[left > -1], 97) - np.percentile(right[right > -1], 97)))
# %% measure: swapped -> glow comes first
def measure(image):
    glow = np.percentile(image[image > -1], 97) - np.median(image[image > -1])
    left, right = image[:, :32], image[:, 32:]
    return abs(np.percentile(left[left > -1], 97) - np.percentile(right[right > -1], 97)), glow
# %% measure: glow only -> Return two numbers
measure = lambda image: np.percentile(image[image > -1], 97) - np.median(image[image > -1])
# %% measure: the background is taken out in place -> changes the image
def measure(image):
    image[image == -1] = np.nan
    glow = np.nanpercentile(image, 97) - np.nanmedian(image)
    return glow, abs(np.nanmean(image[:, :32]) - np.nanmean(image[:, 32:]))
# %% measure: without the background, in a copy -> Passed.
def measure(image):
    brain = np.where(image > -1, image, np.nan)
    glow = np.nanpercentile(brain, 97) - np.nanmedian(brain)
    left, right = np.nanpercentile(brain[:, :32], 97), np.nanpercentile(brain[:, 32:], 97)
    return np.array([glow, abs(left - right)])

# %% bayes: fit only -> `fit` is right. Now write
def fit(x, y):
    groups = [x[y == label] for label in (0, 1)]
    return [len(g) / len(x) for g in groups], [g.mean(0) for g in groups], [np.cov(g.T) for g in groups]
def posterior(x, prior, mean, cov):
    return ...
# %% bayes: counts for shares -> holds counts
def fit(x, y):
    groups = [x[y == label] for label in (0, 1)]
    return [len(g) for g in groups], [g.mean(0) for g in groups], [np.cov(g.T) for g in groups]
# %% bayes: the labels swapped -> prior has the two labels swapped
def fit(x, y):
    groups = [x[y == label] for label in (1, 0)]
    return [len(g) / len(x) for g in groups], [g.mean(0) for g in groups], [np.cov(g.T) for g in groups]
# %% bayes: only the prior of tumours -> prior: received one number
def fit(x, y):
    groups = [x[y == label] for label in (0, 1)]
    return y.mean(), [g.mean(0) for g in groups], [np.cov(g.T) for g in groups]
# %% bayes: one mean for both features -> take the mean of each feature
def fit(x, y):
    groups = [x[y == label] for label in (0, 1)]
    return [len(g) / len(x) for g in groups], [g.mean() for g in groups], [np.cov(g.T) for g in groups]
# %% bayes: the means of all -> Both means are those of all slices
def fit(x, y):
    groups = [x[y == label] for label in (0, 1)]
    return [len(g) / len(x) for g in groups], [x.mean(0), x.mean(0)], [np.cov(g.T) for g in groups]
# %% bayes: not transposed -> features in rows
def fit(x, y):
    groups = [x[y == label] for label in (0, 1)]
    return [len(g) / len(x) for g in groups], [g.mean(0) for g in groups], [np.cov(g) for g in groups]
# %% bayes: the mean of each slice -> Average over slices
def fit(x, y):
    groups = [x[y == label] for label in (0, 1)]
    return [len(g) / len(x) for g in groups], [g.mean(axis=1) for g in groups], [np.cov(g.T) for g in groups]
# %% bayes: variances on the diagonal -> The features also vary together
def fit(x, y):
    groups = [x[y == label] for label in (0, 1)]
    return [len(g) / len(x) for g in groups], [g.mean(0) for g in groups], [np.diag(g.var(0)) for g in groups]
# %% bayes: groups in place of means -> have different shapes
def fit(x, y):
    groups = [x[y == label] for label in (0, 1)]
    return [len(g) / len(x) for g in groups], [g for g in groups], [np.cov(g.T) for g in groups]
# %% bayes: one covariance for both -> Both covariances are those of all
def fit(x, y):
    groups = [x[y == label] for label in (0, 1)]
    return [len(g) / len(x) for g in groups], [g.mean(0) for g in groups], [np.cov(x.T), np.cov(x.T)]
# %% bayes: correlations -> Those are correlations
def fit(x, y):
    groups = [x[y == label] for label in (0, 1)]
    return [len(g) / len(x) for g in groups], [g.mean(0) for g in groups], [np.corrcoef(g.T) for g in groups]
# %% bayes: widths only -> Widths alone
def fit(x, y):
    groups = [x[y == label] for label in (0, 1)]
    return [len(g) / len(x) for g in groups], [g.mean(0) for g in groups], [g.std(0) for g in groups]
# %% bayes: no covariance -> three things
def fit(x, y):
    groups = [x[y == label] for label in (0, 1)]
    return [len(g) / len(x) for g in groups], [g.mean(0) for g in groups]
# %% bayes: not divided -> the numerator
def fit(x, y):
    groups = [x[y == label] for label in (0, 1)]
    return [len(g) / len(x) for g in groups], [g.mean(0) for g in groups], [np.cov(g.T) for g in groups]
def posterior(x, prior, mean, cov):
    return density(x, mean[1], cov[1]) * prior[1]
# %% bayes: the density -> That is p(x given tumour).
def posterior(x, prior, mean, cov):
    return density(x, mean[1], cov[1])
# %% bayes: no prior -> You left out p(y)
def posterior(x, prior, mean, cov):
    return density(x, mean[1], cov[1]) / (density(x, mean[0], cov[0]) + density(x, mean[1], cov[1]))
# %% bayes: the other label -> That is p(none given x)
def posterior(x, prior, mean, cov):
    none, tumour = (density(x, mean[k], cov[k]) * prior[k] for k in (0, 1))
    return none / (none + tumour)
# %% bayes: priors swapped -> two priors are swapped
def posterior(x, prior, mean, cov):
    none, tumour = (density(x, mean[k], cov[k]) * prior[1 - k] for k in (0, 1))
    return tumour / (none + tumour)
# %% bayes: one prior -> p(x) needs both priors
def posterior(x, prior, mean, cov):
    tumour = density(x, mean[1], cov[1]) * prior[1]
    return tumour / (tumour + density(x, mean[0], cov[0]))
# %% bayes: odds -> which gives odds
def posterior(x, prior, mean, cov):
    none, tumour = (density(x, mean[k], cov[k]) * prior[k] for k in (0, 1))
    return tumour / none
# %% bayes: a verdict -> more probable label
def posterior(x, prior, mean, cov):
    none, tumour = (density(x, mean[k], cov[k]) * prior[k] for k in (0, 1))
    return (tumour > none).astype(int)
# %% bayes: both labels -> returns both labels
def posterior(x, prior, mean, cov):
    both = np.stack([density(x, mean[k], cov[k]) * prior[k] for k in (0, 1)])
    return both / both.sum(0)
# %% bayes: the mean over slices -> posterior: received shape
def posterior(x, prior, mean, cov):
    none, tumour = (density(x, mean[k], cov[k]) * prior[k] for k in (0, 1))
    return (tumour / (none + tumour)).mean()
# %% bayes: the posterior printed -> your function posterior returns nothing
def posterior(x, prior, mean, cov):
    print(density(x, mean[1], cov[1]) * prior[1])
# %% bayes: misspelt -> raised NameError
def posterior(x, prior, mean, cov):
    return tumor / (none + tumor)
# %% bayes: divided by the numerator, with arrays -> Passed.
def fit(x, y):
    prior, mean, cov = np.zeros(2), np.zeros((2, 2)), np.zeros((2, 2, 2))
    for label in (0, 1):
        prior[label], mean[label] = (y == label).mean(), x[y == label].mean(0)
        cov[label] = np.cov(x[y == label], rowvar=False, ddof=0)
    return prior, mean, cov
def posterior(x, prior, mean, cov):
    ratio = density(x, mean[0], cov[0]) / density(x, mean[1], cov[1])
    return 1 / (1 + ratio * prior[0] / prior[1])

# %% log_loss: no minus -> Put a minus in front
log_loss = lambda p, y: np.log(np.where(y == 1, p, 1 - p)).mean()
# %% log_loss: the sum -> That is the sum
log_loss = lambda p, y: -np.log(np.where(y == 1, p, 1 - p)).sum()
# %% log_loss: p whatever the label -> the true label was given the probability 1 - p
log_loss = lambda p, y: -np.log(p).mean()
# %% log_loss: tumours only -> Only slices with a tumour count
log_loss = lambda p, y: -(y * np.log(p)).mean()
# %% log_loss: swapped -> p and 1 - p are swapped
log_loss = lambda p, y: -np.log(np.where(y == 1, 1 - p, p)).mean()
# %% log_loss: in bits -> natural logarithm
log_loss = lambda p, y: -np.log2(np.where(y == 1, p, 1 - p)).mean()
# %% log_loss: the mean first -> Take the logarithm first
log_loss = lambda p, y: -np.log(np.where(y == 1, p, 1 - p).mean())
# %% log_loss: squares -> squared error
log_loss = lambda p, y: ((p - y) ** 2).mean()
# %% log_loss: no logarithm -> The logarithm is missing
log_loss = lambda p, y: np.where(y == 1, p, 1 - p).mean()
# %% log_loss: one for each slice -> one number per slice
log_loss = lambda p, y: -np.log(np.where(y == 1, p, 1 - p))
# %% log_loss: the share of right answers -> the share of right or wrong
log_loss = lambda p, y: ((p > 0.5) == y).mean()
# %% log_loss: a minus, no logarithm -> The logarithm is missing
log_loss = lambda p, y: -np.where(y == 1, p, 1 - p).mean()
# %% log_loss: the guess for the label -> is the model's guess
log_loss = lambda p, y: -np.log(np.where(p > 0.5, p, 1 - p)).mean()
# %% log_loss: as cross-entropy is often written -> Passed.
log_loss = lambda p, y: float(np.mean(-(y * np.log(p) + (1 - y) * np.log(1 - p))))

# %% draw_slice: latent not scaled -> latent is not scaled
def draw_slice(pca, rng):
    smooth = pca.mean + np.tensordot(rng.standard_normal(len(pca.patterns)), pca.patterns, 1)
    return smooth, smooth + np.sqrt(pca.noise) * rng.standard_normal(smooth.shape)
# %% draw_slice: the noise stays in the scale -> scale still holds the noise
def draw_slice(pca, rng):
    smooth = pca.mean + np.tensordot(rng.standard_normal(len(pca.patterns)) * np.sqrt(pca.variance), pca.patterns, 1)
    return smooth, smooth + np.sqrt(pca.noise) * rng.standard_normal(smooth.shape)
# %% draw_slice: scaled by a variance -> You scaled by a variance
def draw_slice(pca, rng):
    smooth = pca.mean + np.tensordot(rng.standard_normal(len(pca.patterns)) * (pca.variance - pca.noise), pca.patterns, 1)
    return smooth, smooth + np.sqrt(pca.noise) * rng.standard_normal(smooth.shape)
# %% draw_slice: no mean -> Add the mean slice
def draw_slice(pca, rng):
    smooth = np.tensordot(rng.standard_normal(len(pca.patterns)) * np.sqrt(pca.variance - pca.noise), pca.patterns, 1)
    return smooth, smooth + np.sqrt(pca.noise) * rng.standard_normal(smooth.shape)
# %% draw_slice: the mean only -> Every draw gives the same slice
def draw_slice(pca, rng):
    return pca.mean, pca.mean + np.sqrt(pca.noise) * rng.standard_normal(pca.mean.shape)
# %% draw_slice: latent from 0 to 1 -> On average your slices are not
def draw_slice(pca, rng):
    smooth = pca.mean + np.tensordot(rng.random(len(pca.patterns)) * np.sqrt(pca.variance - pca.noise), pca.patterns, 1)
    return smooth, smooth + np.sqrt(pca.noise) * rng.standard_normal(smooth.shape)
# %% draw_slice: NumPy's own randomness -> every random number from `rng`
def draw_slice(pca, rng):
    smooth = pca.mean + np.tensordot(np.random.randn(len(pca.patterns)) * np.sqrt(pca.variance - pca.noise), pca.patterns, 1)
    return smooth, smooth + np.sqrt(pca.noise) * np.random.randn(*smooth.shape)
# %% draw_slice: one number for all patterns -> amounts rise together
def draw_slice(pca, rng):
    smooth = pca.mean + np.tensordot(rng.standard_normal() * np.sqrt(pca.variance - pca.noise), pca.patterns, 1)
    return smooth, smooth + np.sqrt(pca.noise) * rng.standard_normal(smooth.shape)
# %% draw_slice: no noise -> Your two slices are the same
def draw_slice(pca, rng):
    smooth = pca.mean + np.tensordot(rng.standard_normal(len(pca.patterns)) * np.sqrt(pca.variance - pca.noise), pca.patterns, 1)
    return smooth, smooth
# %% draw_slice: one noise for all pixels -> same in many pixels
def draw_slice(pca, rng):
    smooth = pca.mean + np.tensordot(rng.standard_normal(len(pca.patterns)) * np.sqrt(pca.variance - pca.noise), pca.patterns, 1)
    return smooth, smooth + np.sqrt(pca.noise) * rng.standard_normal()
# %% draw_slice: noise by its variance -> noise is scaled by a variance
def draw_slice(pca, rng):
    smooth = pca.mean + np.tensordot(rng.standard_normal(len(pca.patterns)) * np.sqrt(pca.variance - pca.noise), pca.patterns, 1)
    return smooth, smooth + pca.noise * rng.standard_normal(smooth.shape)
# %% draw_slice: noise of width 1 -> noise is not scaled
def draw_slice(pca, rng):
    smooth = pca.mean + np.tensordot(rng.standard_normal(len(pca.patterns)) * np.sqrt(pca.variance - pca.noise), pca.patterns, 1)
    return smooth, smooth + rng.standard_normal(smooth.shape)
# %% draw_slice: both with noise -> first slice is not smooth
def draw_slice(pca, rng):
    smooth = pca.mean + np.tensordot(rng.standard_normal(len(pca.patterns)) * np.sqrt(pca.variance - pca.noise), pca.patterns, 1)
    noisy = smooth + np.sqrt(pca.noise) * rng.standard_normal(smooth.shape)
    return noisy, smooth
# %% draw_slice: one slice -> Return two slices
def draw_slice(pca, rng):
    return pca.mean + np.tensordot(rng.standard_normal(len(pca.patterns)) * np.sqrt(pca.variance - pca.noise), pca.patterns, 1)
# %% draw_slice: amounts times patterns, not summed -> cannot multiply amounts
def draw_slice(pca, rng):
    smooth = pca.mean + rng.standard_normal(len(pca.patterns)) * np.sqrt(pca.variance - pca.noise) * pca.patterns
    return smooth, smooth
# %% draw_slice: twenty latent numbers -> K is len(pca.variance)
def draw_slice(pca, rng):
    smooth = pca.mean + np.tensordot(rng.standard_normal(20) * np.sqrt(pca.variance - pca.noise), pca.patterns, 1)
    return smooth, smooth + np.sqrt(pca.noise) * rng.standard_normal(smooth.shape)
# %% draw_slice: twenty numbers, not scaled -> K is len(pca.variance)
def draw_slice(pca, rng):
    smooth = pca.mean + np.tensordot(rng.standard_normal(20), pca.patterns, 1)
    return smooth, smooth + np.sqrt(pca.noise) * rng.standard_normal(smooth.shape)
# %% draw_slice: added to the mean itself -> Begin with pca.mean.copy()
def draw_slice(pca, rng):
    smooth = pca.mean
    smooth += np.tensordot(rng.standard_normal(len(pca.patterns)) * np.sqrt(pca.variance - pca.noise), pca.patterns, 1)
    return smooth, smooth + np.sqrt(pca.noise) * rng.standard_normal(smooth.shape)
# %% draw_slice: noise on another draw -> is a new draw
def draw_slice(pca, rng):
    def draw():
        return pca.mean + np.tensordot(rng.standard_normal(len(pca.patterns)) * np.sqrt(pca.variance - pca.noise), pca.patterns, 1)
    return draw(), draw() + np.sqrt(pca.noise) * rng.standard_normal(pca.mean.shape)
# %% draw_slice: the root of the variance, minus the noise -> You took the root first
def draw_slice(pca, rng):
    smooth = pca.mean + np.tensordot(rng.standard_normal(len(pca.patterns)) * (np.sqrt(pca.variance) - pca.noise), pca.patterns, 1)
    return smooth, smooth + np.sqrt(pca.noise) * rng.standard_normal(smooth.shape)
# %% draw_slice: one noise for a row -> same in many pixels
def draw_slice(pca, rng):
    smooth = pca.mean + np.tensordot(rng.standard_normal(len(pca.patterns)) * np.sqrt(pca.variance - pca.noise), pca.patterns, 1)
    return smooth, smooth + np.sqrt(pca.noise) * rng.standard_normal((64, 1))
# %% draw_slice: half of the scale -> Along the patterns
def draw_slice(pca, rng):
    smooth = pca.mean + np.tensordot(rng.standard_normal(len(pca.patterns)) * np.sqrt(pca.variance - pca.noise) / 3, pca.patterns, 1)
    return smooth, smooth + np.sqrt(pca.noise) * rng.standard_normal(smooth.shape)
# %% draw_slice: twice the noise -> Your noise should have mean 0
def draw_slice(pca, rng):
    smooth = pca.mean + np.tensordot(rng.standard_normal(len(pca.patterns)) * np.sqrt(pca.variance - pca.noise), pca.patterns, 1)
    return smooth, smooth + np.sqrt(pca.noise) * 2 * rng.standard_normal(smooth.shape)
# %% draw_slice: printed -> returns nothing (None)
def draw_slice(pca, rng):
    smooth = pca.mean + np.tensordot(rng.standard_normal(len(pca.patterns)) * np.sqrt(pca.variance - pca.noise), pca.patterns, 1)
    print(smooth)
# %% draw_slice: a row of patterns, not summed -> shape of pca.mean
def draw_slice(pca, rng):
    amounts = rng.standard_normal(len(pca.patterns)) * np.sqrt(pca.variance - pca.noise)
    smooth = pca.mean + amounts[:, None, None] * pca.patterns
    return smooth, smooth
# %% draw_slice: the noise drawn first, in a loop -> Passed.
def draw_slice(pca, rng):
    noise = rng.normal(0, pca.noise**0.5, pca.mean.shape)
    smooth = pca.mean.copy()
    for pattern, variance in zip(pca.patterns, pca.variance):
        smooth += rng.normal(0, (variance - pca.noise) ** 0.5) * pattern
    return [smooth, smooth + noise]
# %% draw_slice: sizes written out -> Passed.
def draw_slice(pca, rng):
    smooth = pca.mean.copy()
    for k in range(len(pca.variance)):
        smooth = smooth + rng.standard_normal() * np.sqrt(pca.variance[k] - pca.noise) * pca.patterns[k]
    return smooth, smooth + np.sqrt(pca.noise) * rng.standard_normal((64, 64))

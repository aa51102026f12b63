# %% smoothed: not smoothed -> does not depend
smoothed = lambda real_logits, fake_logits, smooth: log_loss(1, real_logits) + log_loss(0, fake_logits)
# %% smoothed: both sides -> both sides
smoothed = lambda real_logits, fake_logits, smooth: log_loss(1 - smooth, real_logits) + log_loss(smooth, fake_logits)
# %% smoothed: the target is smooth itself -> subtract from 1
smoothed = lambda real_logits, fake_logits, smooth: log_loss(smooth, real_logits) + log_loss(0, fake_logits)
# %% smoothed: the generated side -> generated side
smoothed = lambda real_logits, fake_logits, smooth: log_loss(1, real_logits) + log_loss(smooth, fake_logits)
# %% smoothed: the loss is multiplied -> it should be
smoothed = lambda real_logits, fake_logits, smooth: (1 - smooth) * log_loss(1, real_logits) + log_loss(0, fake_logits)
# %% smoothed: one mean of both -> half of what
smoothed = lambda real_logits, fake_logits, smooth: (log_loss(1 - smooth, real_logits) + log_loss(0, fake_logits)) / 2
# %% smoothed: logits for probabilities -> it should be
def smoothed(real_logits, fake_logits, smooth):
    return np.mean((real_logits - (1 - smooth)) ** 2) + np.mean(fake_logits**2)
# %% smoothed: the two sides swapped -> it should be
smoothed = lambda real_logits, fake_logits, smooth: log_loss(0, real_logits) + log_loss(1 - smooth, fake_logits)

# %% times_as_far: plain means -> plain means
times_as_far = lambda kids, baseline: kids.mean() / baseline.mean()
# %% times_as_far: medians -> median
times_as_far = lambda kids, baseline: np.median(kids) / np.median(baseline)
# %% times_as_far: upside down -> upside down
times_as_far = lambda kids, baseline: np.exp(np.log(baseline).mean() - np.log(kids).mean())
# %% times_as_far: left as a logarithm -> logarithm
times_as_far = lambda kids, baseline: np.log10(kids).mean() - np.log10(baseline).mean()
# %% times_as_far: logarithm of the means -> expected
times_as_far = lambda kids, baseline: np.log(kids.mean()) / np.log(baseline.mean())
# %% times_as_far: a difference -> expected
times_as_far = lambda kids, baseline: kids.mean() - baseline.mean()
# %% times_as_far: first seeds only -> expected
times_as_far = lambda kids, baseline: kids[0] / baseline[0]
# %% times_as_far: roots of products -> Passed.
times_as_far = lambda kids, baseline: np.prod(kids) ** (1 / len(kids)) / np.prod(baseline) ** (1 / len(baseline))

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

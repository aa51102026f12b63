# %% smoothed: not smoothed
def smoothed(real_logits, fake_logits, smooth):
    return log_loss(1, real_logits) + log_loss(0, fake_logits)

# %% smoothed: both sides
def smoothed(real_logits, fake_logits, smooth):
    return log_loss(1 - smooth, real_logits) + log_loss(smooth, fake_logits)

# %% smoothed: the target is smooth itself
def smoothed(real_logits, fake_logits, smooth):
    return log_loss(smooth, real_logits) + log_loss(0, fake_logits)

# %% smoothed: the generated side
def smoothed(real_logits, fake_logits, smooth):
    return log_loss(1, real_logits) + log_loss(smooth, fake_logits)

# %% smoothed: the loss is multiplied
def smoothed(real_logits, fake_logits, smooth):
    return (1 - smooth) * log_loss(1, real_logits) + log_loss(0, fake_logits)

# %% smoothed: one mean of both
def smoothed(real_logits, fake_logits, smooth):
    return (log_loss(1 - smooth, real_logits) + log_loss(0, fake_logits)) / 2

# %% smoothed: logits for probabilities
def smoothed(real_logits, fake_logits, smooth):
    return np.mean((real_logits - (1 - smooth)) ** 2) + np.mean(fake_logits**2)

# %% times_as_far: plain means
def times_as_far(kids, baseline):
    return kids.mean() / baseline.mean()

# %% times_as_far: medians
def times_as_far(kids, baseline):
    return np.median(kids) / np.median(baseline)

# %% times_as_far: upside down
def times_as_far(kids, baseline):
    return np.exp(np.log(baseline).mean() - np.log(kids).mean())

# %% times_as_far: left as a logarithm
def times_as_far(kids, baseline):
    return np.log10(kids).mean() - np.log10(baseline).mean()

# %% times_as_far: logarithm of the means
def times_as_far(kids, baseline):
    return np.log(kids.mean()) / np.log(baseline.mean())

# %% times_as_far: a difference
def times_as_far(kids, baseline):
    return kids.mean() - baseline.mean()

# %% times_as_far: first seeds only
def times_as_far(kids, baseline):
    return kids[0] / baseline[0]

# %% diagnosis: one for all
diagnosis = dict.fromkeys("ABCD", "collapse")

# %% diagnosis: the two sure discriminators swapped
diagnosis = {"A": "winning discriminator", "B": "collapse", "C": "checkerboard", "D": "vanishing gradients"}

# %% diagnosis: the grid taken for collapse
diagnosis = {"A": "vanishing gradients", "B": "checkerboard", "C": "collapse", "D": "winning discriminator"}

# %% diagnosis: one is missing
diagnosis = {"A": "vanishing gradients", "B": "collapse", "C": "checkerboard"}

# %% diagnosis: a name of one's own
diagnosis = {"A": "no signal", "B": "collapse", "C": "checkerboard", "D": "winning discriminator"}

# %% kernel_distance: pairs of a point with itself
def kernel_distance(a, b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    return k(a, a).mean() + k(b, b).mean() - 2 * k(a, b).mean()

# %% kernel_distance: across counted once
def kernel_distance(a, b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    pairs = lambda m: (m.sum() - np.trace(m)) / (len(m) * (len(m) - 1))
    return pairs(k(a, a)) + pairs(k(b, b)) - k(a, b).mean()

# %% kernel_distance: not divided by the number of features
def kernel_distance(a, b):
    k = lambda x, y: (x @ y.T + 1) ** 3
    pairs = lambda m: (m.sum() - np.trace(m)) / (len(m) * (len(m) - 1))
    return pairs(k(a, a)) + pairs(k(b, b)) - 2 * k(a, b).mean()

# %% kernel_distance: the other sign
def kernel_distance(a, b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    pairs = lambda m: (m.sum() - np.trace(m)) / (len(m) * (len(m) - 1))
    return 2 * k(a, b).mean() - pairs(k(a, a)) - pairs(k(b, b))

# %% kernel_distance: squared instead of cubed
def kernel_distance(a, b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 2
    pairs = lambda m: (m.sum() - np.trace(m)) / (len(m) * (len(m) - 1))
    return pairs(k(a, a)) + pairs(k(b, b)) - 2 * k(a, b).mean()

# %% kernel_distance: the means' distance
def kernel_distance(a, b):
    return np.linalg.norm(a.mean(0) - b.mean(0))

# %% precision: one neighbour too few
def precision(generated, real, k):
    reach = np.sort(memorisation.distances(real, real), 1)[:, k - 1]
    return (memorisation.distances(generated, real) <= reach).any(1).mean()

# %% precision: recall
def precision(generated, real, k):
    reach = np.sort(memorisation.distances(generated, generated), 1)[:, k]
    return (memorisation.distances(real, generated) <= reach).any(1).mean()

# %% precision: in all circles
def precision(generated, real, k):
    reach = np.sort(memorisation.distances(real, real), 1)[:, k]
    return (memorisation.distances(generated, real) <= reach).all(1).mean()

# %% precision: pairs
def precision(generated, real, k):
    reach = np.sort(memorisation.distances(real, real), 1)[:, k]
    return (memorisation.distances(generated, real) <= reach).mean()

# %% precision: a column for a row
def precision(generated, real, k):
    reach = np.sort(memorisation.distances(real, real), 1)[:, k]
    return (memorisation.distances(generated, real) <= reach).any(0).mean()

# %% wilson: Wald's
def wilson(right, n):
    p = right / n
    half = 1.96 * np.sqrt(p * (1 - p) / n)
    return p - half, p + half

# %% wilson: 90 %
def wilson(right, n):
    return tuple(stats.binomtest(right, n).proportion_ci(0.9, "wilson"))

# %% wilson: no z
def wilson(right, n):
    return tuple(stats.binomtest(right, n).proportion_ci(0.6827, "wilson"))

# %% wilson: centre and half width
def wilson(right, n):
    low, high = stats.binomtest(right, n).proportion_ci(0.95, "wilson")
    return (low + high) / 2, (high - low) / 2

# %% wilson: the denominator forgotten
def wilson(right, n):
    p, z = right / n, 1.96
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return p + z**2 / (2 * n) - half, p + z**2 / (2 * n) + half

# %% culprit: another set
culprit = {"set": next(letter for letter in game.sets if letter != game.guilty), "patient": game.patient}

# %% culprit: another patient
culprit = {"set": game.guilty, "patient": next(name for name in patients[train] if name != game.patient)}

# %% culprit: an index for a name
culprit = {"set": game.guilty, "patient": 17}

# %% culprit: no such letter
culprit = {"set": "p", "patient": game.patient}

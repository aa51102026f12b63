# %% kernel_distance: pairs of a point with itself -> diagonal
def kernel_distance(a, b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    return k(a, a).mean() + k(b, b).mean() - 2 * k(a, b).mean()
# %% kernel_distance: across counted once -> across the sets counts twice
def kernel_distance(a, b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    pairs = lambda m: (m.sum() - np.trace(m)) / (len(m) * (len(m) - 1))
    return pairs(k(a, a)) + pairs(k(b, b)) - k(a, b).mean()
# %% kernel_distance: not divided by the number of features -> number of features
def kernel_distance(a, b):
    k = lambda x, y: (x @ y.T + 1) ** 3
    pairs = lambda m: (m.sum() - np.trace(m)) / (len(m) * (len(m) - 1))
    return pairs(k(a, a)) + pairs(k(b, b)) - 2 * k(a, b).mean()
# %% kernel_distance: the other sign -> sign is wrong
def kernel_distance(a, b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    pairs = lambda m: (m.sum() - np.trace(m)) / (len(m) * (len(m) - 1))
    return 2 * k(a, b).mean() - pairs(k(a, a)) - pairs(k(b, b))
# %% kernel_distance: squared instead of cubed -> received
def kernel_distance(a, b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 2
    pairs = lambda m: (m.sum() - np.trace(m)) / (len(m) * (len(m) - 1))
    return pairs(k(a, a)) + pairs(k(b, b)) - 2 * k(a, b).mean()
# %% kernel_distance: the means' distance -> received
kernel_distance = lambda a, b: np.linalg.norm(a.mean(0) - b.mean(0))
# %% kernel_distance: its root -> That is its root
def kernel_distance(a, b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    pairs = lambda m: (m.sum() - np.trace(m)) / (len(m) * (len(m) - 1))
    return np.sqrt(pairs(k(a, a)) + pairs(k(b, b)) - 2 * k(a, b).mean())

# %% precision: one neighbour too few -> one neighbour too few
def precision(generated, real, k):
    reach = np.sort(memorisation.distances(real, real), 1)[:, k - 1]
    return (memorisation.distances(generated, real) <= reach).any(1).mean()
# %% precision: recall -> recall
def precision(generated, real, k):
    reach = np.sort(memorisation.distances(generated, generated), 1)[:, k]
    return (memorisation.distances(real, generated) <= reach).any(1).mean()
# %% precision: in all circles -> all real points
def precision(generated, real, k):
    reach = np.sort(memorisation.distances(real, real), 1)[:, k]
    return (memorisation.distances(generated, real) <= reach).all(1).mean()
# %% precision: pairs -> counted pairs
def precision(generated, real, k):
    reach = np.sort(memorisation.distances(real, real), 1)[:, k]
    return (memorisation.distances(generated, real) <= reach).mean()
# %% precision: a column for a row -> received
def precision(generated, real, k):
    reach = np.sort(memorisation.distances(real, real), 1)[:, k]
    return (memorisation.distances(generated, real) <= reach).any(0).mean()
# %% precision: per cent -> not per cent
from gancourse.metrics import fidelity
precision = lambda generated, real, k: 100 * fidelity.precision_recall(real, generated, k)[0]
# %% precision: the package's -> Passed.
from gancourse.metrics import fidelity
precision = lambda generated, real, k: fidelity.precision_recall(real, generated, k)[0]

# %% wilson: Wald's -> Wald's
def wilson(right, n):
    p = right / n
    half = 1.96 * np.sqrt(p * (1 - p) / n)
    return p - half, p + half
# %% wilson: 90 % -> 90 %
wilson = lambda right, n: tuple(stats.binomtest(right, n).proportion_ci(0.9, "wilson"))
# %% wilson: no z -> z is missing
wilson = lambda right, n: tuple(stats.binomtest(right, n).proportion_ci(0.6827, "wilson"))
# %% wilson: centre and half width -> received
def wilson(right, n):
    low, high = stats.binomtest(right, n).proportion_ci(0.95, "wilson")
    return (low + high) / 2, (high - low) / 2
# %% wilson: the denominator forgotten -> received
def wilson(right, n):
    p, z = right / n, 1.96
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return p + z**2 / (2 * n) - half, p + z**2 / (2 * n) + half
# %% wilson: the exact one -> Clopper
wilson = lambda right, n: tuple(stats.binomtest(right, n).proportion_ci(0.95, "exact"))
# %% wilson: the upper end first -> comes first
wilson = lambda right, n: tuple(stats.binomtest(right, n).proportion_ci(0.95, "wilson"))[::-1]
# %% wilson: the share -> two numbers
wilson = lambda right, n: right / n
# %% wilson: per cent -> not per cent
wilson = lambda right, n: 100 * np.array(stats.binomtest(right, n).proportion_ci(0.95, "wilson"))
# %% wilson: SciPy's -> Passed.
wilson = lambda right, n: stats.binomtest(right, n).proportion_ci(0.95, "wilson")

# %% culprit: another set -> than by chance
culprit = {"set": next(letter for letter in game.sets if letter != game.guilty), "patient": game.patient}
# %% culprit: another patient -> wrong patient
culprit = {"set": game.guilty, "patient": next(name for name in patients[train] if name != game.patient)}
# %% culprit: an index for a name -> wrong patient
culprit = {"set": game.guilty, "patient": 17}
# %% culprit: no such letter -> is not one of
culprit = {"set": "p", "patient": game.patient}
# %% culprit: one of the two -> Give both
culprit = {"patient": game.patient}

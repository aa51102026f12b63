# %% kernel_distance: all pairs -> even of a slice with itself
def kernel_distance(a, b, who_a, who_b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    return k(a, a).mean() + k(b, b).mean() - 2 * k(a, b).mean()
# %% kernel_distance: only the diagonal is left out -> Slices of one patient
def kernel_distance(a, b, who_a, who_b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    pairs = lambda m: (m.sum() - np.trace(m)) / (len(m) * (len(m) - 1))
    return pairs(k(a, a)) + pairs(k(b, b)) - 2 * k(a, b).mean()
# %% kernel_distance: pairs of one patient -> *different* patients
def kernel_distance(a, b, who_a, who_b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    same_a, same_b = who_a[:, None] == who_a, who_b[:, None] == who_b
    return k(a, a)[same_a].mean() + k(b, b)[same_b].mean() - 2 * k(a, b).mean()
# %% kernel_distance: the zeros are averaged too -> zeros among them
def kernel_distance(a, b, who_a, who_b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    inside = lambda x, who: (k(x, x) * (who[:, None] != who)).mean()
    return inside(a, who_a) + inside(b, who_b) - 2 * k(a, b).mean()
# %% kernel_distance: across counted once -> across the sets counts twice
def kernel_distance(a, b, who_a, who_b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    inside = lambda x, who: k(x, x)[who[:, None] != who].mean()
    return inside(a, who_a) + inside(b, who_b) - k(a, b).mean()
# %% kernel_distance: not divided by the number of features -> before you add 1
def kernel_distance(a, b, who_a, who_b):
    k = lambda x, y: (x @ y.T + 1) ** 3
    inside = lambda x, who: k(x, x)[who[:, None] != who].mean()
    return inside(a, who_a) + inside(b, who_b) - 2 * k(a, b).mean()
# %% kernel_distance: divided by the number of images -> number of *features*
def kernel_distance(a, b, who_a, who_b):
    k = lambda x, y: (x @ y.T / len(a) + 1) ** 3
    inside = lambda x, who: k(x, x)[who[:, None] != who].mean()
    return inside(a, who_a) + inside(b, who_b) - 2 * k(a, b).mean()
# %% kernel_distance: the other sign -> sign is wrong
def kernel_distance(a, b, who_a, who_b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    inside = lambda x, who: k(x, x)[who[:, None] != who].mean()
    return 2 * k(a, b).mean() - inside(a, who_a) - inside(b, who_b)
# %% kernel_distance: squared instead of cubed -> third power
def kernel_distance(a, b, who_a, who_b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 2
    inside = lambda x, who: k(x, x)[who[:, None] != who].mean()
    return inside(a, who_a) + inside(b, who_b) - 2 * k(a, b).mean()
# %% kernel_distance: its root -> That is the root of KID
def kernel_distance(a, b, who_a, who_b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    inside = lambda x, who: k(x, x)[who[:, None] != who].mean()
    return np.sqrt(abs(inside(a, who_a) + inside(b, who_b) - 2 * k(a, b).mean()))
# %% kernel_distance: no power -> third power is missing
def kernel_distance(a, b, who_a, who_b):
    k = lambda x, y: x @ y.T / x.shape[1] + 1
    inside = lambda x, who: k(x, x)[who[:, None] != who].mean()
    return inside(a, who_a) + inside(b, who_b) - 2 * k(a, b).mean()
# %% kernel_distance: the 1 is divided too -> after the division
def kernel_distance(a, b, who_a, who_b):
    k = lambda x, y: ((x @ y.T + 1) / x.shape[1]) ** 3
    inside = lambda x, who: k(x, x)[who[:, None] != who].mean()
    return inside(a, who_a) + inside(b, who_b) - 2 * k(a, b).mean()
# %% kernel_distance: within b forgotten -> each once
def kernel_distance(a, b, who_a, who_b):
    k = lambda x, y: (x @ y.T / x.shape[1] + 1) ** 3
    return k(a, a)[who_a[:, None] != who_a].mean() - 2 * k(a, b).mean()
# %% kernel_distance: a matrix -> yours has shape
def kernel_distance(a, b, who_a, who_b):
    return (a @ b.T / a.shape[1] + 1) ** 3
# %% kernel_distance: the means' distance -> place to look
kernel_distance = lambda a, b, who_a, who_b: np.linalg.norm(a.mean(0) - b.mean(0))
# %% kernel_distance: with a function inside, and NumPy's masked mean -> Passed.
def kernel_distance(a, b, who_a, who_b):
    def inside(x, who):
        k = (x @ x.T / x.shape[1] + 1) ** 3
        k[who[:, None] == who] = np.nan
        return np.nanmean(k)
    return inside(a, who_a) + inside(b, who_b) - 2 * np.mean((a @ b.T / a.shape[1] + 1) ** 3)

# %% frechet_distance: images taken for variables -> rowvar=False
def frechet_distance(a, b):
    A, B = np.cov(a), np.cov(b)
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(A + B - 2 * scipy.linalg.sqrtm(A @ B).real)
# %% frechet_distance: the root of each number -> linalg.sqrtm
def frechet_distance(a, b):
    A, B = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(A + B - 2 * np.sqrt(np.abs(A @ B)))
# %% frechet_distance: no means -> means is missing
def frechet_distance(a, b):
    A, B = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    return np.trace(A + B - 2 * scipy.linalg.sqrtm(A @ B).real)
# %% frechet_distance: the means are not squared -> square each of the d
def frechet_distance(a, b):
    A, B = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    return np.linalg.norm(a.mean(0) - b.mean(0)) + np.trace(A + B - 2 * scipy.linalg.sqrtm(A @ B).real)
# %% frechet_distance: the root once -> subtracted twice
def frechet_distance(a, b):
    A, B = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(A + B - scipy.linalg.sqrtm(A @ B).real)
# %% frechet_distance: its root -> That is the root
def frechet_distance(a, b):
    A, B = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    return np.sqrt(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(A + B - 2 * scipy.linalg.sqrtm(A @ B).real))
# %% frechet_distance: the product of the roots -> multiplied two roots
def frechet_distance(a, b):
    A, B = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = scipy.linalg.sqrtm(A).real @ scipy.linalg.sqrtm(B).real
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(A + B - 2 * root)
# %% frechet_distance: a star -> element by element
def frechet_distance(a, b):
    A, B = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(A + B - 2 * scipy.linalg.sqrtm(A * B).real)
# %% frechet_distance: no root -> root of A B is missing
def frechet_distance(a, b):
    A, B = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(A + B - 2 * A @ B)
# %% frechet_distance: no trace -> yours has shape
def frechet_distance(a, b):
    A, B = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + A + B - 2 * scipy.linalg.sqrtm(A @ B).real
# %% frechet_distance: only the means -> Only the means
def frechet_distance(a, b):
    return ((a.mean(0) - b.mean(0)) ** 2).sum()
# %% frechet_distance: complex with few images -> complex number
def frechet_distance(a, b):
    A, B = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(A + B - 2 * scipy.linalg.sqrtm(A @ B).astype(complex))
# %% frechet_distance: not a number -> root of something negative
def frechet_distance(a, b):
    A, B = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    with np.errstate(invalid="ignore"):
        return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(A + B - 2 * np.sqrt(-A @ B))
# %% frechet_distance: by symmetric roots -> Passed.
def frechet_distance(a, b):
    def root(m):
        values, vectors = np.linalg.eigh(m)
        return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    A, B = np.cov(a.T), np.cov(b.T)
    half = root(A)
    return np.sum((a.mean(0) - b.mean(0)) ** 2) + np.trace(A) + np.trace(B) - 2 * np.trace(root(half @ B @ half))

# %% precision_recall: swapped -> The two are swapped
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    def reach(points, who):
        apart = distances(points, points)
        apart[who[:, None] == who] = np.inf
        return np.sort(apart, 1)[:, k - 1]
    between = distances(held_out, generated)
    precision = (between <= reach(held_out, who_held_out)[:, None]).any(0).mean()
    return (between <= reach(generated, who_generated)).any(1).mean(), precision
# %% precision_recall: one neighbour too many -> one neighbour too many
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    def reach(points, who):
        apart = distances(points, points)
        apart[who[:, None] == who] = np.inf
        return np.sort(apart, 1)[:, k]
    between = distances(held_out, generated)
    return ((between <= reach(held_out, who_held_out)[:, None]).any(0).mean(),
            (between <= reach(generated, who_generated)).any(1).mean())
# %% precision_recall: its own patient is a neighbour -> or its patient
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    def reach(points, who):
        return np.sort(distances(points, points), 1)[:, k]
    between = distances(held_out, generated)
    return ((between <= reach(held_out, who_held_out)[:, None]).any(0).mean(),
            (between <= reach(generated, who_generated)).any(1).mean())
# %% precision_recall: all in place of any -> any one is enough
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    def reach(points, who):
        apart = distances(points, points)
        apart[who[:, None] == who] = np.inf
        return np.sort(apart, 1)[:, k - 1]
    between = distances(held_out, generated)
    return ((between <= reach(held_out, who_held_out)[:, None]).all(0).mean(),
            (between <= reach(generated, who_generated)).all(1).mean())
# %% precision_recall: pairs -> You counted pairs
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    def reach(points, who):
        apart = distances(points, points)
        apart[who[:, None] == who] = np.inf
        return np.sort(apart, 1)[:, k - 1]
    between = distances(held_out, generated)
    return ((between <= reach(held_out, who_held_out)[:, None]).mean(),
            (between <= reach(generated, who_generated)).mean())
# %% precision_recall: one reach for both -> Recall uses the reach of generated
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    apart = distances(held_out, held_out)
    apart[who_held_out[:, None] == who_held_out] = np.inf
    inside = distances(held_out, generated) <= np.sort(apart, 1)[:, k - 1][:, None]
    return inside.any(0).mean(), inside.any(1).mean()
# %% precision_recall: the mean is missing -> Return two numbers
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    apart = distances(held_out, held_out)
    apart[who_held_out[:, None] == who_held_out] = np.inf
    inside = distances(held_out, generated) <= np.sort(apart, 1)[:, k - 1][:, None]
    return inside.any(0), inside.any(1)
# %% precision_recall: any along axis 0 twice -> Recall asks about each
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    def reach(points, who):
        apart = distances(points, points)
        apart[who[:, None] == who] = np.inf
        return np.sort(apart, axis=1)[:, k - 1]
    between = distances(held_out, generated)
    near_held_out = between <= reach(held_out, who_held_out)[:, None]
    near_generated = between <= reach(generated, who_generated)
    return (near_held_out.any(axis=0)).mean(), near_generated.any(axis=0).mean()
# %% precision_recall: any along axis 1 twice -> Precision asks about each
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    def reach(points, who):
        apart = distances(points, points)
        apart[who[:, None] == who] = np.inf
        return np.sort(apart, axis=1)[:, k - 1]
    between = distances(held_out, generated)
    near_held_out = between <= reach(held_out, who_held_out)[:, None]
    near_generated = between <= reach(generated, who_generated)
    return near_held_out.any(axis=1).mean(), (near_generated.any(axis=1)).mean()
# %% precision_recall: other patients left out -> left the *other* patients out
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    def reach(points, who):
        apart = distances(points, points)
        apart[who[:, None] != who] = np.inf
        return np.sort(apart, axis=1)[:, k - 1]
    between = distances(held_out, generated)
    near_held_out = between <= reach(held_out, who_held_out)[:, None]
    near_generated = between <= reach(generated, who_generated)
    return (near_held_out.any(axis=0)).mean(), (near_generated.any(axis=1)).mean()
# %% precision_recall: sorted along axis 0 -> along the wrong axis
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    def reach(points, who):
        apart = distances(points, points)
        apart[who[:, None] == who] = np.inf
        return np.sort(apart, axis=0)[:, k - 1]
    between = distances(held_out, generated)
    near_held_out = between <= reach(held_out, who_held_out)[:, None]
    near_generated = between <= reach(generated, who_generated)
    return (near_held_out.any(axis=0)).mean(), (near_generated.any(axis=1)).mean()
# %% precision_recall: a row of the sorted rows -> along the wrong axis
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    def reach(points, who):
        apart = distances(points, points)
        apart[who[:, None] == who] = np.inf
        return np.sort(apart, axis=1)[k - 1]
    between = distances(held_out, generated)
    near_held_out = between <= reach(held_out, who_held_out)[:, None]
    near_generated = between <= reach(generated, who_generated)
    return (near_held_out.any(axis=0)).mean(), (near_generated.any(axis=1)).mean()
# %% precision_recall: sum in place of any -> any in place of sum
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    def reach(points, who):
        apart = distances(points, points)
        apart[who[:, None] == who] = np.inf
        return np.sort(apart, axis=1)[:, k - 1]
    between = distances(held_out, generated)
    near_held_out = between <= reach(held_out, who_held_out)[:, None]
    near_generated = between <= reach(generated, who_generated)
    return near_held_out.sum(axis=0).mean(), near_generated.sum(axis=1).mean()
# %% precision_recall: no column of held-out reaches -> into a column with [:, None]
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    def reach(points, who):
        apart = distances(points, points)
        apart[who[:, None] == who] = np.inf
        return np.sort(apart, axis=1)[:, k - 1]
    between = distances(held_out, generated)
    near_held_out = between <= reach(held_out, who_held_out)
    near_generated = between <= reach(generated, who_generated)
    return (near_held_out.any(axis=0)).mean(), (near_generated.any(axis=1)).mean()
# %% precision_recall: a column of generated reaches -> needs no [:, None]
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    def reach(points, who):
        apart = distances(points, points)
        apart[who[:, None] == who] = np.inf
        return np.sort(apart, axis=1)[:, k - 1]
    between = distances(held_out, generated)
    near_held_out = between <= reach(held_out, who_held_out)[:, None]
    near_generated = between <= reach(generated, who_generated)[:, None]
    return (near_held_out.any(axis=0)).mean(), (near_generated.any(axis=1)).mean()
# %% precision_recall: shapes that do not fit -> Two shapes do not fit
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    def reach(points, who):
        apart = distances(points, points)
        apart[who[:, None] == who] = np.inf
        return np.sort(apart, axis=1)[:, k - 1]
    between = distances(held_out, generated)
    near_held_out = between <= reach(held_out, who_held_out)[:7]
    near_generated = between <= reach(generated, who_generated)
    return (near_held_out.any(axis=0)).mean(), (near_generated.any(axis=1)).mean()
# %% precision_recall: half of the reaches -> Precision is right
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    def reach(points, who):
        apart = distances(points, points)
        apart[who[:, None] == who] = np.inf
        return np.sort(apart, axis=1)[:, k - 1]
    between = distances(held_out, generated)
    near_held_out = between <= reach(held_out, who_held_out)[:, None]
    near_generated = between <= reach(generated, who_generated)
    return near_held_out.any(axis=0).mean(), near_generated[:, :20].any(axis=1).mean()
# %% precision_recall: the course's own -> Passed.
def precision_recall(held_out, generated, who_held_out, who_generated, k):
    from gancourse.metrics import fidelity
    return fidelity.precision_recall(held_out, generated, k, who_held_out, who_generated)

# %% suspicion: upside down -> upside down
def suspicion(images, train, held_out):
    to_train, to_held_out = distances(images, train), distances(images, held_out)
    return to_held_out.min(1) / to_train.min(1), to_train.argmin(1)
# %% suspicion: means -> Only the nearest
def suspicion(images, train, held_out):
    to_train, to_held_out = distances(images, train), distances(images, held_out)
    return to_train.mean(1) / to_held_out.mean(1), to_train.argmin(1)
# %% suspicion: a difference -> That is a difference
def suspicion(images, train, held_out):
    to_train, to_held_out = distances(images, train), distances(images, held_out)
    return to_train.min(1) - to_held_out.min(1), to_train.argmin(1)
# %% suspicion: the distance alone -> distance to training alone
def suspicion(images, train, held_out):
    to_train = distances(images, train)
    return to_train.min(1), to_train.argmin(1)
# %% suspicion: the nearest held-out image -> nearest held-out images
def suspicion(images, train, held_out):
    to_train, to_held_out = distances(images, train), distances(images, held_out)
    return to_train.min(1) / to_held_out.min(1), to_held_out.argmin(1)
# %% suspicion: one number for each training image -> for each *training* image
def suspicion(images, train, held_out):
    to_train, to_held_out = distances(images, train), distances(images, held_out)
    return to_train.min(0), to_train.argmin(0)
# %% suspicion: the other order -> The ratio comes first
def suspicion(images, train, held_out):
    to_train, to_held_out = distances(images, train), distances(images, held_out)
    return to_train.argmin(1), to_train.min(1) / to_held_out.min(1)
# %% suspicion: only the ratio -> Return two arrays
def suspicion(images, train, held_out):
    return distances(images, train).min(1) / distances(images, held_out).min(1)
# %% suspicion: axis 0 -> for each *training* image
def suspicion(images, train, held_out):
    to_train, to_held_out = distances(images, train), distances(images, held_out)
    return to_train.min(axis=0) / to_held_out.min(axis=0), to_train.argmin(axis=0)
# %% suspicion: the mean below -> not the mean over them
def suspicion(images, train, held_out):
    to_train, to_held_out = distances(images, train), distances(images, held_out)
    return to_train.min(axis=1) / to_held_out.mean(axis=1), to_train.argmin(axis=1)
# %% suspicion: the slices -> Return their indices
def suspicion(images, train, held_out):
    to_train, to_held_out = distances(images, train), distances(images, held_out)
    return to_train.min(axis=1) / to_held_out.min(axis=1), train[to_train.argmin(axis=1)]
# %% suspicion: indices of the images -> Return their indices
def suspicion(images, train, held_out):
    to_train, to_held_out = distances(images, train), distances(images, held_out)
    return to_train.min(axis=1) / to_held_out.min(axis=1), images[to_train.argmin(axis=1)]
# %% suspicion: one smallest distance -> for all images
def suspicion(images, train, held_out):
    to_train, to_held_out = distances(images, train), distances(images, held_out)
    return to_train.min(axis=1) / to_held_out.min(), to_train.argmin(axis=1)
# %% suspicion: all distances -> Search separately for each image
def suspicion(images, train, held_out):
    to_train, to_held_out = distances(images, train), distances(images, held_out)
    return to_train / to_held_out, to_train.argmin(axis=1)
# %% suspicion: shapes that do not fit -> shapes do not fit
def suspicion(images, train, held_out):
    to_train, to_held_out = distances(images, train), distances(images, held_out)
    return to_train.min(axis=1) / to_held_out.min(axis=0), to_train.argmin(axis=1)

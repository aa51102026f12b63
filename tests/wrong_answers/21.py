# %% best_answer: generated for real -> of a generated number
best_answer = lambda p, q: q / (p + q)
# %% best_answer: odds -> Those are odds
best_answer = lambda p, q: p / q
# %% best_answer: a verdict -> That is a decision
best_answer = lambda p, q: (p > q).astype(float)
# %% best_answer: half of both -> expected 0.25
best_answer = lambda p, q: p / ((p + q) / 2)
# %% best_answer: the density -> density of real numbers only
best_answer = lambda p, q: p
# %% best_answer: one number -> each of 3 places
best_answer = lambda p, q: (p / (p + q)).mean()
# %% best_answer: squares -> expected 0.25
best_answer = lambda p, q: p**2 / (p**2 + q**2)

# %% js: without the width -> width is missing
def js(p, q, width):
    m = (p + q) / 2
    part = lambda a: (a[a > 0] * np.log(a[a > 0] / m[a > 0])).sum()
    return (part(p) + part(q)) / 2
# %% js: not halved -> twice the divergence
def js(p, q, width):
    m = (p + q) / 2
    part = lambda a: (a[a > 0] * np.log(a[a > 0] / m[a > 0])).sum() * width
    return part(p) + part(q)
# %% js: bits -> bits
def js(p, q, width):
    m = (p + q) / 2
    part = lambda a: (a[a > 0] * np.log2(a[a > 0] / m[a > 0])).sum() * width
    return (part(p) + part(q)) / 2
# %% js: the mixture is the sum -> mean of both
def js(p, q, width):
    m = p + q
    part = lambda a: (a[a > 0] * np.log(a[a > 0] / m[a > 0])).sum() * width
    return (part(p) + part(q)) / 2
# %% js: zeros are not left out -> NaN
def js(p, q, width):
    m = (p + q) / 2
    with np.errstate(all="ignore"):
        return ((p * np.log(p / m)).sum() + (q * np.log(q / m)).sum()) / 2 * width
# %% js: one side only -> received
def js(p, q, width):
    m = (p + q) / 2
    return (p[p > 0] * np.log(p[p > 0] / m[p > 0])).sum() * width
# %% js: SciPy's distance -> Leave the root out
from scipy.spatial.distance import jensenshannon
js = lambda p, q, width: jensenshannon(p * width, q * width)
# %% js: the sign -> sign is wrong
from scipy.spatial.distance import jensenshannon
js = lambda p, q, width: -(jensenshannon(p * width, q * width) ** 2)
# %% js: the area between the two -> received
js = lambda p, q, width: np.abs(p - q).sum() * width
# %% js: SciPy's, squared -> Passed.
from scipy.spatial.distance import jensenshannon
js = lambda p, q, width: jensenshannon(p * width, q * width) ** 2

# %% slopes: swapped -> swapped
slopes = lambda d: (-(1 - d), -d)
# %% slopes: by D -> with respect to D
slopes = lambda d: (-1 / (1 - d), -1 / d)
# %% slopes: uphill -> both slopes are negative
slopes = lambda d: (d, 1 - d)
# %% slopes: the sigmoid's own -> expected -0.1
slopes = lambda d: (-d * (1 - d), -d * (1 - d))
# %% slopes: one of the two -> Return two arrays
slopes = lambda d: -d

# %% mend: what is not to be changed -> Leave d_rate as it is
changes = {"d_rate": 0.01}
# %% mend: too slow a discriminator still -> of 8 blobs
changes = {"d_neurons": 64}
# %% mend: no such setting -> expected one of data, noise
changes = {"rate": 0.001}
# %% mend: out of range -> expected a whole number from 1 to 10
changes = {"d_steps": 100}
# %% mend: another loss alone -> of 8 blobs
changes = {"loss": "least-squares"}
# %% mend: the other learning rate -> Leave g_rate as it is
changes = {"g_rate": 0.001}
# %% mend: no setting -> Nothing is changed
changes = {}

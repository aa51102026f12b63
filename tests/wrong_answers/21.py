# %% best_answer: generated for real
def best_answer(p, q):
    return q / (p + q)

# %% best_answer: odds
def best_answer(p, q):
    return p / q

# %% best_answer: a verdict
def best_answer(p, q):
    return (p > q).astype(float)

# %% best_answer: half of both
def best_answer(p, q):
    return p / ((p + q) / 2)

# %% best_answer: the density
def best_answer(p, q):
    return p

# %% js: without the width
def js(p, q, width):
    m = (p + q) / 2
    part = lambda a: (a[a > 0] * np.log(a[a > 0] / m[a > 0])).sum()
    return (part(p) + part(q)) / 2

# %% js: not halved
def js(p, q, width):
    m = (p + q) / 2
    part = lambda a: (a[a > 0] * np.log(a[a > 0] / m[a > 0])).sum() * width
    return part(p) + part(q)

# %% js: bits
def js(p, q, width):
    m = (p + q) / 2
    part = lambda a: (a[a > 0] * np.log2(a[a > 0] / m[a > 0])).sum() * width
    return (part(p) + part(q)) / 2

# %% js: the mixture is the sum
def js(p, q, width):
    m = p + q
    part = lambda a: (a[a > 0] * np.log(a[a > 0] / m[a > 0])).sum() * width
    return (part(p) + part(q)) / 2

# %% js: zeros are not left out
def js(p, q, width):
    m = (p + q) / 2
    with np.errstate(all="ignore"):
        return ((p * np.log(p / m)).sum() + (q * np.log(q / m)).sum()) / 2 * width

# %% js: one side only
def js(p, q, width):
    m = (p + q) / 2
    return (p[p > 0] * np.log(p[p > 0] / m[p > 0])).sum() * width

# %% slopes: swapped
def slopes(d):
    return -(1 - d), -d

# %% slopes: by D
def slopes(d):
    return -1 / (1 - d), -1 / d

# %% slopes: uphill
def slopes(d):
    return d, 1 - d

# %% slopes: the sigmoid's own
def slopes(d):
    return -d * (1 - d), -d * (1 - d)

# %% mend: what is not to be changed
changes = {"d_rate": 0.01}

# %% mend: too slow a discriminator still
changes = {"d_neurons": 64}

# %% mend: no such setting
changes = {"rate": 0.001}

# %% mend: out of range
changes = {"d_steps": 100}

# %% mend: another loss alone
changes = {"loss": "least-squares"}

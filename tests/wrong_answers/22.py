# %% confusion: counts
def confusion(asked, read, names):
    return pd.crosstab(asked, read).reindex(index=names, columns=names, fill_value=0).to_numpy()

# %% confusion: shares of what was read
def confusion(asked, read, names):
    counts = np.array([[((asked == r) & (read == c)).sum() for c in names] for r in names])
    return counts / counts.sum(0)

# %% confusion: rows and columns swapped
def confusion(asked, read, names):
    counts = np.array([[((asked == r) & (read == c)).sum() for r in names] for c in names])
    return counts / counts.sum(0)

# %% confusion: one number
def confusion(asked, read, names):
    return (asked == read).mean()

# %% psnr: peak 1
def psnr(truth, image):
    return -10 * np.log10(((truth - image) ** 2).mean())

# %% psnr: natural logarithm
def psnr(truth, image):
    return 10 * np.log(4 / ((truth - image) ** 2).mean())

# %% psnr: peak not squared
def psnr(truth, image):
    return 10 * np.log10(2 / ((truth - image) ** 2).mean())

# %% psnr: absolute differences
def psnr(truth, image):
    return 10 * np.log10(4 / np.abs(truth - image).mean())

# %% report: as seen in the image
report = "small non-enhancing tumour, left frontal"

# %% report: the uptake left out
report = "small tumour, right frontal"

# %% report: a word it never read
report = "tiny unenhancing glioma, right frontal"

# %% spread: squared
def spread(uptake):
    rows, columns = np.indices(uptake.shape)
    y, x = (uptake * rows).sum() / uptake.sum(), (uptake * columns).sum() / uptake.sum()
    return (uptake * ((rows - y) ** 2 + (columns - x) ** 2)).sum() / uptake.sum()

# %% spread: every active pixel the same
def spread(uptake):
    rows, columns = np.nonzero(uptake)
    return np.sqrt(((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2).mean())

# %% spread: from the middle of the image
def spread(uptake):
    rows, columns = np.indices(uptake.shape)
    y, x = (np.array(uptake.shape) - 1) / 2
    return np.sqrt((uptake * ((rows - y) ** 2 + (columns - x) ** 2)).sum() / uptake.sum())

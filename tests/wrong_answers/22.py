# %% confusion: counts -> Those are counts
def confusion(asked, read, names):
    return pd.crosstab(asked, read).reindex(index=names, columns=names, fill_value=0).to_numpy()
# %% confusion: shares of what was read -> trust
def confusion(asked, read, names):
    counts = np.array([[((asked == r) & (read == c)).sum() for c in names] for r in names])
    return counts / counts.sum(0)
# %% confusion: rows and columns swapped -> swapped
def confusion(asked, read, names):
    counts = np.array([[((asked == r) & (read == c)).sum() for r in names] for c in names])
    return counts / counts.sum(0)
# %% confusion: one number -> three rows
confusion = lambda asked, read, names: (asked == read).mean()
# %% confusion: shares of all requests -> all requests
confusion = lambda asked, read, names: pd.crosstab(asked, read).to_numpy() / len(asked)
# %% confusion: per cent -> not per cent
confusion = lambda asked, read, names: 100 * pd.crosstab(asked, read, normalize="index").to_numpy()
# %% confusion: everything right -> received
confusion = lambda asked, read, names: np.eye(len(names))
# %% confusion: pandas' own -> Passed.
confusion = lambda asked, read, names: pd.crosstab(asked, read, normalize="index").loc[[*names], [*names]].to_numpy()

# %% psnr: peak 1 -> span 2
psnr = lambda truth, image: -10 * np.log10(((truth - image) ** 2).mean())
# %% psnr: natural logarithm -> base 10
psnr = lambda truth, image: 10 * np.log(4 / ((truth - image) ** 2).mean())
# %% psnr: peak not squared -> Square the peak
psnr = lambda truth, image: 10 * np.log10(2 / ((truth - image) ** 2).mean())
# %% psnr: absolute differences -> squared differences
psnr = lambda truth, image: 10 * np.log10(4 / np.abs(truth - image).mean())
# %% psnr: peak 255 -> 8-bit
psnr = lambda truth, image: 10 * np.log10(255**2 / ((truth - image) ** 2).mean())
# %% psnr: upside down -> sign is wrong
psnr = lambda truth, image: 10 * np.log10(((truth - image) ** 2).mean() / 4)
# %% psnr: bels -> tenth of a bel
psnr = lambda truth, image: np.log10(4 / ((truth - image) ** 2).mean())
# %% psnr: the largest error -> received
psnr = lambda truth, image: 10 * np.log10(4 / ((truth - image) ** 2).max())
# %% psnr: from the root -> Passed.
psnr = lambda truth, image: 20 * np.log10(2 / np.sqrt(((truth - image) ** 2).mean()))

# %% report: as seen in the image -> the patient faces you
report = "small non-enhancing tumour, left frontal"
# %% report: the uptake left out -> guessed right
report = "small tumour, right frontal"
# %% report: a word it never read -> unknown word 'tiny'
report = "tiny unenhancing glioma, right frontal"
# %% report: another size -> size: the network reads
report = "large non-enhancing tumour, right frontal"
# %% report: no place -> place: the network reads
report = "small non-enhancing tumour"
# %% report: a number -> quotation marks
report = 3

# %% spread: squared -> mean square distance
def spread(uptake):
    rows, columns = np.indices(uptake.shape)
    y, x = (uptake * rows).sum() / uptake.sum(), (uptake * columns).sum() / uptake.sum()
    return (uptake * ((rows - y) ** 2 + (columns - x) ** 2)).sum() / uptake.sum()
# %% spread: every active pixel the same -> Weight each one
def spread(uptake):
    rows, columns = np.nonzero(uptake)
    return np.sqrt(((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2).mean())
# %% spread: from the middle of the image -> middle of the image
def spread(uptake):
    rows, columns = np.indices(uptake.shape)
    y, x = (np.array(uptake.shape) - 1) / 2
    return np.sqrt((uptake * ((rows - y) ** 2 + (columns - x) ** 2)).sum() / uptake.sum())
# %% spread: not divided by the total -> total uptake
def spread(uptake):
    rows, columns = np.indices(uptake.shape)
    y, x = (uptake * rows).sum() / uptake.sum(), (uptake * columns).sum() / uptake.sum()
    return np.sqrt((uptake * ((rows - y) ** 2 + (columns - x) ** 2)).sum())
# %% spread: millimetres -> not in millimetres
def spread(uptake):
    rows, columns = 6.5 * np.indices(uptake.shape)
    y, x = (uptake * rows).sum() / uptake.sum(), (uptake * columns).sum() / uptake.sum()
    return np.sqrt((uptake * ((rows - y) ** 2 + (columns - x) ** 2)).sum() / uptake.sum())
# %% spread: the mean distance -> received
def spread(uptake):
    rows, columns = np.indices(uptake.shape)
    y, x = (uptake * rows).sum() / uptake.sum(), (uptake * columns).sum() / uptake.sum()
    return (uptake * np.hypot(rows - y, columns - x)).sum() / uptake.sum()

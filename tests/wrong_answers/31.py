# %% axial: as stored -> on its side
axial = lambda volume, k: volume[:, :, k]
# %% axial: mirrored, neurological convention -> mirrored
axial = lambda volume, k: volume[::-1, :, k].T
# %% axial: nose down -> upside down
axial = lambda volume, k: volume[:, ::-1, k].T
# %% axial: a rotation -> upside down
axial = lambda volume, k: np.rot90(volume[:, :, k])
# %% axial: the other rotation -> mirrored
axial = lambda volume, k: np.rot90(volume[:, :, k], -1)
# %% axial: as for RAS -> 180 degrees
axial = lambda volume, k: np.flipud(np.fliplr(volume[:, :, k].T))
# %% axial: along x -> another axis
axial = lambda volume, k: volume[k].T
# %% axial: along y -> another axis
axial = lambda volume, k: volume[:, k]
# %% axial: always the middle -> middle slice
axial = lambda volume, k: volume[:, :, volume.shape[2] // 2].T
# %% axial: the whole volume -> (4, 5, 6)
axial = lambda volume, k: volume.T
# %% axial: not a function -> cannot be checked
axial = 3
# %% axial: as stored, and flipped -> on its side
axial = lambda volume, k: volume[::-1, :, k]
# %% axial: always the same slice -> one k only
axial = lambda volume, k: volume[:, :, 3].T
# %% axial: past the end -> raised IndexError
axial = lambda volume, k: volume[:, :, k + volume.shape[2]].T
# %% axial: axes swapped -> Passed.
axial = lambda volume, k: np.swapaxes(volume, 0, 1)[..., k]

# %% core_ml: voxels -> You counted voxels
core_ml = lambda seg, zooms: ((seg == 1) | (seg == 4)).sum()
# %% core_ml: voxels taken for mm3 -> a voxel for 1 mm3
core_ml = lambda seg, zooms: ((seg == 1) | (seg == 4)).sum() / 1000
# %% core_ml: mm3 -> That is in mm3
core_ml = lambda seg, zooms: ((seg == 1) | (seg == 4)).sum() * np.prod(zooms)
# %% core_ml: a centimetre is ten millimetres -> 1 cm is 10 mm
core_ml = lambda seg, zooms: ((seg == 1) | (seg == 4)).sum() * np.prod(zooms) / 100
# %% core_ml: cubes -> not a cube
core_ml = lambda seg, zooms: ((seg == 1) | (seg == 4)).sum() * zooms[0] ** 3 / 1000
# %% core_ml: the phantoms' voxel -> not a cube
core_ml = lambda seg, zooms: ((seg == 1) | (seg == 4)).sum() * 8 / 1000
# %% core_ml: sum of the zooms -> added the zooms
core_ml = lambda seg, zooms: ((seg == 1) | (seg == 4)).sum() * sum(zooms) / 1000
# %% core_ml: without the enhancing tumour -> label 1 alone
core_ml = lambda seg, zooms: (seg == 1).sum() * np.prod(zooms) / 1000
# %% core_ml: with oedema -> whole tumour
core_ml = lambda seg, zooms: (seg > 0).sum() * np.prod(zooms) / 1000
# %% core_ml: only the enhancing tumour -> (4) alone
core_ml = lambda seg, zooms: (seg == 4).sum() * np.prod(zooms) / 1000
# %% core_ml: oedema for core -> labels 1 and 2
core_ml = lambda seg, zooms: np.isin(seg, (1, 2)).sum() * np.prod(zooms) / 1000
# %% core_ml: 2023's labels -> label 1 alone
core_ml = lambda seg, zooms: np.isin(seg, (1, 3)).sum() * np.prod(zooms) / 1000
# %% core_ml: sum of the labels -> Received 9
core_ml = lambda seg, zooms: seg.sum() * np.prod(zooms) / 1000
# %% core_ml: "and" between arrays -> raised ValueError
core_ml = lambda seg, zooms: (seg == 1 or seg == 4).sum() * np.prod(zooms) / 1000
# %% core_ml: one voxel's volume built in -> one voxel size only
core_ml = lambda seg, zooms: np.isin(seg, (1, 4)).sum() * 12 / 1000
# %% core_ml: with oedema, in voxels -> oedema out. You counted voxels
core_ml = lambda seg, zooms: (seg > 0).sum()
# %% core_ml: 2023's enhancing tumour -> Received 0
core_ml = lambda seg, zooms: (seg == 3).sum() * np.prod(zooms) / 1000
# %% core_ml: label by label -> Passed.
core_ml = lambda seg, zooms: float(sum((seg == label).sum() for label in (1, 4)) * np.prod(zooms) / 1000)

# %% zscore: the whole volume -> most of it background
zscore = lambda volume, brain: (volume - volume.mean()) / volume.std()
# %% zscore: the whole volume's statistics, masked at the end -> most of it background
zscore = lambda volume, brain: np.where(brain, (volume - volume.mean()) / volume.std(), 0)
# %% zscore: above 0 instead of the mask -> volume > 0 is not the brain
def zscore(volume, brain):
    inside = volume[volume > 0]
    return np.where(brain, (volume - inside.mean()) / inside.std(), 0)
# %% zscore: the background is not 0 -> Outside it should be 0
zscore = lambda volume, brain: (volume - volume[brain].mean()) / volume[brain].std()
# %% zscore: the background is -1 -> Outside it should be 0
zscore = lambda volume, brain: np.where(brain, (volume - volume[brain].mean()) / volume[brain].std(), -1)
# %% zscore: the mean only -> Divide by the standard deviation
zscore = lambda volume, brain: np.where(brain, volume - volume[brain].mean(), 0)
# %% zscore: the deviation only -> Subtract the mean
zscore = lambda volume, brain: np.where(brain, volume / volume[brain].std(), 0)
# %% zscore: the variance -> divided by the variance
zscore = lambda volume, brain: np.where(brain, (volume - volume[brain].mean()) / volume[brain].var(), 0)
# %% zscore: smallest to largest -> smallest to largest
def zscore(volume, brain):
    inside = volume[brain]
    return np.where(brain, (volume - inside.min()) / (inside.max() - inside.min()), 0)
# %% zscore: in place -> changed the volume
def zscore(volume, brain):
    volume[brain] = (volume[brain] - volume[brain].mean()) / volume[brain].std()
    volume[~brain] = 0
    return volume
# %% zscore: only the brain's voxels -> not only the brain
zscore = lambda volume, brain: (volume[brain] - volume[brain].mean()) / volume[brain].std()
# %% zscore: the median -> expected 0 and 1
zscore = lambda volume, brain: np.where(brain, (volume - np.median(volume[brain])) / 7, 0)
# %% zscore: logarithms of black voxels -> not finite
zscore = lambda volume, brain: np.where(brain, np.log(np.where(volume, volume, np.nan)), 0)
# %% zscore: the deviation of a sample -> Passed.
zscore = lambda volume, brain: np.where(brain, (volume - volume[brain].mean()) / volume[brain].std(ddof=1), 0)

# %% split_by_patient: by slice -> Slices of one scan
split_by_patient = lambda table, share, rng: rng.random(len(table)) < share
# %% split_by_patient: the last slices -> Slices of one scan
split_by_patient = lambda table, share, rng: np.arange(len(table)) >= (1 - share) * len(table)
# %% split_by_patient: by subject -> Scans of one patient
def split_by_patient(table, share, rng):
    subjects = table["subject"].unique()
    return table["subject"].isin(rng.choice(subjects, int(share * len(subjects)), replace=False)).to_numpy()
# %% split_by_patient: sampled with replacement -> expected about 25 %
def split_by_patient(table, share, rng):
    patients = table["patient"].to_numpy()
    return np.isin(patients, rng.choice(patients, int(share * len(patients))))
# %% split_by_patient: turned round -> wrong way round
def split_by_patient(table, share, rng):
    patients = rng.permutation(table["patient"].unique())
    return ~table["patient"].isin(patients[: int(share * len(patients))]).to_numpy()
# %% split_by_patient: not random -> Any rng
def split_by_patient(table, share, rng):
    patients = table["patient"].unique()
    return table["patient"].isin(patients[: int(share * len(patients))]).to_numpy()
# %% split_by_patient: another generator -> different splits
def split_by_patient(table, share, rng):
    patients = np.random.default_rng().permutation(table["patient"].unique())
    return table["patient"].isin(patients[: int(share * len(patients))]).to_numpy()
# %% split_by_patient: row numbers -> Received int64
def split_by_patient(table, share, rng):
    patients = rng.permutation(table["patient"].unique())
    return np.flatnonzero(table["patient"].isin(patients[: int(share * len(patients))]))
# %% split_by_patient: nobody -> split is empty
split_by_patient = lambda table, share, rng: np.zeros(len(table), bool)
# %% split_by_patient: half of the patients -> expected about 25 %
def split_by_patient(table, share, rng):
    patients = rng.permutation(table["patient"].unique())
    return table["patient"].isin(patients[: len(patients) // 2]).to_numpy()
# %% split_by_patient: everybody -> split is empty
split_by_patient = lambda table, share, rng: np.ones(len(table), bool)
# %% split_by_patient: chosen at random -> Passed.
def split_by_patient(table, share, rng):
    return table["patient"].isin(rng.choice(table["patient"].unique(), 10, replace=False)).to_numpy()

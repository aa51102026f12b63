# %% axial: as stored
def axial(volume, k):
    return volume[:, :, k]


# %% axial: mirrored, neurological convention
def axial(volume, k):
    return volume[::-1, :, k].T


# %% axial: nose down
def axial(volume, k):
    return volume[:, ::-1, k].T


# %% axial: a rotation
def axial(volume, k):
    return np.rot90(volume[:, :, k])


# %% axial: the other rotation
def axial(volume, k):
    return np.rot90(volume[:, :, k], -1)


# %% axial: as for RAS
def axial(volume, k):
    return np.flipud(np.fliplr(volume[:, :, k].T))


# %% axial: along x
def axial(volume, k):
    return volume[k].T


# %% axial: along y
def axial(volume, k):
    return volume[:, k]


# %% axial: always the middle
def axial(volume, k):
    return volume[:, :, volume.shape[2] // 2].T


# %% axial: the whole volume
def axial(volume, k):
    return volume.T


# %% axial: not a function
axial = 3


# %% core_ml: voxels
def core_ml(seg, zooms):
    return ((seg == 1) | (seg == 4)).sum()


# %% core_ml: voxels taken for mm3
def core_ml(seg, zooms):
    return ((seg == 1) | (seg == 4)).sum() / 1000


# %% core_ml: mm3
def core_ml(seg, zooms):
    return ((seg == 1) | (seg == 4)).sum() * np.prod(zooms)


# %% core_ml: a centimetre is ten millimetres
def core_ml(seg, zooms):
    return ((seg == 1) | (seg == 4)).sum() * np.prod(zooms) / 100


# %% core_ml: cubes
def core_ml(seg, zooms):
    return ((seg == 1) | (seg == 4)).sum() * zooms[0] ** 3 / 1000


# %% core_ml: the phantoms' voxel
def core_ml(seg, zooms):
    return ((seg == 1) | (seg == 4)).sum() * 8 / 1000


# %% core_ml: sum of the zooms
def core_ml(seg, zooms):
    return ((seg == 1) | (seg == 4)).sum() * sum(zooms) / 1000


# %% core_ml: without the enhancing tumour
def core_ml(seg, zooms):
    return (seg == 1).sum() * np.prod(zooms) / 1000


# %% core_ml: with oedema
def core_ml(seg, zooms):
    return (seg > 0).sum() * np.prod(zooms) / 1000


# %% core_ml: only the enhancing tumour
def core_ml(seg, zooms):
    return (seg == 4).sum() * np.prod(zooms) / 1000


# %% core_ml: oedema for core
def core_ml(seg, zooms):
    return np.isin(seg, (1, 2)).sum() * np.prod(zooms) / 1000


# %% core_ml: 2023's labels
def core_ml(seg, zooms):
    return np.isin(seg, (1, 3)).sum() * np.prod(zooms) / 1000


# %% core_ml: sum of the labels
def core_ml(seg, zooms):
    return seg.sum() * np.prod(zooms) / 1000


# %% core_ml: "and" between arrays
def core_ml(seg, zooms):
    return (seg == 1 or seg == 4).sum() * np.prod(zooms) / 1000


# %% zscore: the whole volume
def zscore(volume, brain):
    return (volume - volume.mean()) / volume.std()


# %% zscore: the whole volume's statistics, masked at the end
def zscore(volume, brain):
    return np.where(brain, (volume - volume.mean()) / volume.std(), 0)


# %% zscore: above 0 instead of the mask
def zscore(volume, brain):
    inside = volume[volume > 0]
    return np.where(brain, (volume - inside.mean()) / inside.std(), 0)


# %% zscore: the background is not 0
def zscore(volume, brain):
    return (volume - volume[brain].mean()) / volume[brain].std()


# %% zscore: the background is -1
def zscore(volume, brain):
    return np.where(brain, (volume - volume[brain].mean()) / volume[brain].std(), -1)


# %% zscore: the mean only
def zscore(volume, brain):
    return np.where(brain, volume - volume[brain].mean(), 0)


# %% zscore: the deviation only
def zscore(volume, brain):
    return np.where(brain, volume / volume[brain].std(), 0)


# %% zscore: the variance
def zscore(volume, brain):
    return np.where(brain, (volume - volume[brain].mean()) / volume[brain].var(), 0)


# %% zscore: smallest to largest
def zscore(volume, brain):
    inside = volume[brain]
    return np.where(brain, (volume - inside.min()) / (inside.max() - inside.min()), 0)


# %% zscore: in place
def zscore(volume, brain):
    volume[brain] = (volume[brain] - volume[brain].mean()) / volume[brain].std()
    volume[~brain] = 0
    return volume


# %% zscore: only the brain's voxels
def zscore(volume, brain):
    return (volume[brain] - volume[brain].mean()) / volume[brain].std()


# %% split_by_patient: by slice
def split_by_patient(table, share, rng):
    return rng.random(len(table)) < share


# %% split_by_patient: the last slices
def split_by_patient(table, share, rng):
    return np.arange(len(table)) >= (1 - share) * len(table)


# %% split_by_patient: by subject
def split_by_patient(table, share, rng):
    subjects = table["subject"].unique()
    return table["subject"].isin(rng.choice(subjects, int(share * len(subjects)), replace=False)).to_numpy()


# %% split_by_patient: sampled with replacement
def split_by_patient(table, share, rng):
    patients = table["patient"].to_numpy()
    return np.isin(patients, rng.choice(patients, int(share * len(patients))))


# %% split_by_patient: turned round
def split_by_patient(table, share, rng):
    patients = rng.permutation(table["patient"].unique())
    return ~table["patient"].isin(patients[: int(share * len(patients))]).to_numpy()


# %% split_by_patient: not random
def split_by_patient(table, share, rng):
    patients = table["patient"].unique()
    return table["patient"].isin(patients[: int(share * len(patients))]).to_numpy()


# %% split_by_patient: another generator
def split_by_patient(table, share, rng):
    patients = np.random.default_rng().permutation(table["patient"].unique())
    return table["patient"].isin(patients[: int(share * len(patients))]).to_numpy()


# %% split_by_patient: row numbers
def split_by_patient(table, share, rng):
    patients = rng.permutation(table["patient"].unique())
    return np.flatnonzero(table["patient"].isin(patients[: int(share * len(patients))]))


# %% split_by_patient: nobody
def split_by_patient(table, share, rng):
    return np.zeros(len(table), bool)

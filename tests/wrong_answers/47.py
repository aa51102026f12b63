# %% dissect: only the scores -> Return two arrays
def dissect(maps, concept):
    scores = np.zeros(maps.shape[-1])
    for unit in range(maps.shape[-1]):
        large = upsample(maps[..., unit], concept.shape[1])
        active = large > np.quantile(large, 1 - concept.mean())
        scores[unit] = np.sum(active & concept) / np.sum(active | concept)
    return scores
# %% dissect: swapped -> The two are swapped
def dissect(maps, concept):
    scores, ranking = course.dissect(maps, concept)
    return ranking, scores
# %% dissect: not enlarged -> become as large as the picture
def dissect(maps, concept):
    scores = np.zeros(maps.shape[-1])
    for unit in range(maps.shape[-1]):
        large = maps[..., unit]
        active = large > np.quantile(large, 1 - concept.mean())
        scores[unit] = np.sum(active & concept) / np.sum(active | concept)
    return scores, np.argsort(-scores)
# %% dissect: no threshold -> compare truths
def dissect(maps, concept):
    scores = np.zeros(maps.shape[-1])
    for unit in range(maps.shape[-1]):
        large = upsample(maps[..., unit], concept.shape[1])
        scores[unit] = np.sum(large & concept) / np.sum(large | concept)
    return scores, np.argsort(-scores)
# %% dissect: Dice -> That is the Dice score
def dissect(maps, concept):
    scores = np.zeros(maps.shape[-1])
    for unit in range(maps.shape[-1]):
        large = upsample(maps[..., unit], concept.shape[1])
        active = large > np.quantile(large, 1 - concept.mean())
        scores[unit] = 2 * np.sum(active & concept) / (np.sum(active) + np.sum(concept))
    return scores, np.argsort(-scores)
# %% dissect: the intersection alone -> number of pixels in common
def dissect(maps, concept):
    scores = np.zeros(maps.shape[-1])
    for unit in range(maps.shape[-1]):
        large = upsample(maps[..., unit], concept.shape[1])
        active = large > np.quantile(large, 1 - concept.mean())
        scores[unit] = np.sum(active & concept)
    return scores, np.argsort(-scores)
# %% dissect: the mean of the intersection -> divided by all pixels
def dissect(maps, concept):
    scores = np.zeros(maps.shape[-1])
    for unit in range(maps.shape[-1]):
        large = upsample(maps[..., unit], concept.shape[1])
        active = large > np.quantile(large, 1 - concept.mean())
        scores[unit] = np.mean(active & concept)
    return scores, np.argsort(-scores)
# %% dissect: the wrong quantile -> wrong end
def dissect(maps, concept):
    scores = np.zeros(maps.shape[-1])
    for unit in range(maps.shape[-1]):
        large = upsample(maps[..., unit], concept.shape[1])
        active = large > np.quantile(large, concept.mean())
        scores[unit] = np.sum(active & concept) / np.sum(active | concept)
    return scores, np.argsort(-scores)
# %% dissect: below the threshold -> wrong end
def dissect(maps, concept):
    scores = np.zeros(maps.shape[-1])
    for unit in range(maps.shape[-1]):
        large = upsample(maps[..., unit], concept.shape[1])
        active = large < np.quantile(large, concept.mean())
        scores[unit] = np.sum(active & concept) / np.sum(active | concept)
    return scores, np.argsort(-scores)
# %% dissect: a threshold for each patient -> one quantile over all patients
def dissect(maps, concept):
    scores = np.zeros(maps.shape[-1])
    for unit in range(maps.shape[-1]):
        large = upsample(maps[..., unit], concept.shape[1])
        active = large > np.quantile(large, 1 - concept.mean(), axis=(1, 2), keepdims=True)
        scores[unit] = np.sum(active & concept) / np.sum(active | concept)
    return scores, np.argsort(-scores)
# %% dissect: one per cent -> The share is 1 %
def dissect(maps, concept):
    scores = np.zeros(maps.shape[-1])
    for unit in range(maps.shape[-1]):
        large = upsample(maps[..., unit], concept.shape[1])
        active = large > np.quantile(large, 0.99)
        scores[unit] = np.sum(active & concept) / np.sum(active | concept)
    return scores, np.argsort(-scores)
# %% dissect: pixels are repeated -> goes smoothly
def dissect(maps, concept):
    scores = np.zeros(maps.shape[-1])
    for unit in range(maps.shape[-1]):
        block = concept.shape[1] // maps.shape[1]
        large = maps[..., unit].repeat(block, axis=1).repeat(block, axis=2)
        active = large > np.quantile(large, 1 - concept.mean())
        scores[unit] = np.sum(active & concept) / np.sum(active | concept)
    return scores, np.argsort(-scores)
# %% dissect: the mean inside -> maps' mean inside
def dissect(maps, concept):
    scores = np.zeros(maps.shape[-1])
    for unit in range(maps.shape[-1]):
        scores[unit] = upsample(maps[..., unit], concept.shape[1])[concept].mean()
    return scores, np.argsort(-scores)
# %% dissect: a threshold of 0 -> np.sum(active & concept) / np.sum(active | concept)
def dissect(maps, concept):
    scores = np.zeros(maps.shape[-1])
    for unit in range(maps.shape[-1]):
        active = upsample(maps[..., unit], concept.shape[1]) > 0
        scores[unit] = np.sum(active & concept) / np.sum(active | concept)
    return scores, np.argsort(-scores)
# %% dissect: the worst first -> begins with the worst unit
def dissect(maps, concept):
    scores, ranking = course.dissect(maps, concept)
    return scores, np.argsort(scores)
# %% dissect: sorted scores -> Those are sorted scores
def dissect(maps, concept):
    scores, ranking = course.dissect(maps, concept)
    return scores, np.sort(scores)[::-1]
# %% dissect: ranks -> each unit's rank
def dissect(maps, concept):
    scores, ranking = course.dissect(maps, concept)
    return scores, np.argsort(ranking)
# %% dissect: only the best -> Rank all units
def dissect(maps, concept):
    scores, ranking = course.dissect(maps, concept)
    return scores, ranking[0]
# %% dissect: five units -> right for 5 units
def dissect(maps, concept):
    scores, ranking = course.dissect(maps[..., :5], concept)
    return scores, ranking
# %% dissect: by lists -> Passed.
def dissect(maps, concept):
    scores = []
    for k in range(maps.shape[-1]):
        large = upsample(maps[..., k], concept.shape[-1])
        on = large >= np.quantile(large, 1 - np.mean(concept))
        scores.append((on * concept).sum() / ((on + concept) > 0).sum())
    return scores, sorted(range(len(scores)), key=lambda k: -scores[k])

# %% by_chance: both arrays -> Only the first is wanted
def by_chance(maps, concept):
    return dissect(maps, np.roll(concept, 1, axis=0))
# %% by_chance: the same patient -> patient's own concept
def by_chance(maps, concept):
    return dissect(maps, concept)[0]
# %% by_chance: the difference -> That is the difference
def by_chance(maps, concept):
    return dissect(maps, concept)[0] - dissect(maps, np.roll(concept, 1, axis=0))[0]
# %% by_chance: no axis -> moves single pixels
def by_chance(maps, concept):
    return dissect(maps, np.roll(concept, 1))[0]
# %% by_chance: within the picture -> within the picture
def by_chance(maps, concept):
    return dissect(maps, np.roll(concept, 1, axis=1))[0]
# %% by_chance: mirrored -> mirrors the picture
def by_chance(maps, concept):
    return dissect(maps, concept[:, :, ::-1])[0]
# %% by_chance: one number -> one number for each of 5 units
def by_chance(maps, concept):
    return dissect(maps, np.roll(concept, 1, axis=0))[0].mean()
# %% by_chance: in place -> changes the concept
def by_chance(maps, concept):
    concept[:] = np.roll(concept, 1, axis=0)
    return dissect(maps, concept)[0]
# %% by_chance: the other way round -> Passed.
def by_chance(maps, concept):
    return dissect(maps, concept[np.arange(len(concept)) - 1])[0]
# %% by_chance: the maps are moved -> Passed.
def by_chance(maps, concept):
    return dissect(np.roll(maps, -1, axis=0), concept)[0]

# %% switch: in place -> changes the maps that it was given
def switch(maps, units, values):
    maps[..., units] = values
    return maps
# %% switch: zero -> The units are 0
def switch(maps, units, values):
    changed = maps.copy()
    changed[..., units] = 0
    return changed
# %% switch: patients -> Units are the *last* axis
def switch(maps, units, values):
    changed = maps.copy()
    changed[units] = 0
    return changed
# %% switch: added -> values were added
def switch(maps, units, values):
    changed = maps.copy()
    changed[..., units] += values
    return changed
# %% switch: multiplied -> multiplied by the values
def switch(maps, units, values):
    changed = maps.copy()
    changed[..., units] *= values
    return changed
# %% switch: everything else is gone -> All other units are 0
def switch(maps, units, values):
    changed = np.zeros_like(maps)
    changed[..., units] = values
    return changed
# %% switch: nothing -> Nothing has changed
def switch(maps, units, values):
    return maps.copy()
# %% switch: the first units -> takes the first units
def switch(maps, units, values):
    changed = maps.copy()
    changed[..., : len(units)] = values
    return changed
# %% switch: only these units -> Return all maps
def switch(maps, units, values):
    changed = maps.copy()
    changed[..., units] = values
    return changed[..., units]
# %% switch: by a loop -> Passed.
def switch(maps, units, values):
    changed = np.array(maps)
    for unit, value in zip(units, values):
        changed[:, :, :, unit] = value
    return changed

# %% effect: one number -> Return three numbers
def effect(before, after, concept, left):
    return left.sum() / concept.sum()
# %% effect: upside down -> upside down
def effect(before, after, concept, left):
    share, inside, outside = course.effect(before, after, concept, left)
    return 1 / share, inside, outside
# %% effect: gone -> share that is *gone*
def effect(before, after, concept, left):
    share, inside, outside = course.effect(before, after, concept, left)
    return 1 - share, inside, outside
# %% effect: where it was -> wherever it lies
def effect(before, after, concept, left):
    share, inside, outside = course.effect(before, after, concept, left)
    return (left & concept).sum() / concept.sum(), inside, outside
# %% effect: the mean of pixels -> mean over all pixels
def effect(before, after, concept, left):
    share, inside, outside = course.effect(before, after, concept, left)
    return left.mean(), inside, outside
# %% effect: in per cent -> left.sum() / concept.sum()
def effect(before, after, concept, left):
    share, inside, outside = course.effect(before, after, concept, left)
    return 100 * share, inside, outside
# %% effect: not halved -> a range of 2
def effect(before, after, concept, left):
    moved = np.abs(after - before).mean(axis=-1) * 100
    brain = np.any(before > -1, axis=-1)
    return left.sum() / concept.sum(), moved[concept].mean(), moved[brain & ~concept].mean()
# %% effect: with its sign -> cancel out
def effect(before, after, concept, left):
    moved = (after - before).mean(axis=-1) / 2 * 100
    brain = np.any(before > -1, axis=-1)
    return left.sum() / concept.sum(), moved[concept].mean(), moved[brain & ~concept].mean()
# %% effect: inside and outside -> Inside and outside are swapped
def effect(before, after, concept, left):
    share, inside, outside = course.effect(before, after, concept, left)
    return share, outside, inside
# %% effect: where it is left -> Look where it *was*
def effect(before, after, concept, left):
    moved = np.abs(after - before).mean(axis=-1) / 2 * 100
    return left.sum() / concept.sum(), moved[left].mean(), moved[~left].mean()
# %% effect: over all pixels -> over its pixels alone
def effect(before, after, concept, left):
    moved = np.abs(after - before).mean(axis=-1) / 2 * 100
    return left.sum() / concept.sum(), (moved * concept).mean(), (moved * ~concept).mean()
# %% effect: the background -> The background counts
def effect(before, after, concept, left):
    moved = np.abs(after - before).mean(axis=-1) / 2 * 100
    return left.sum() / concept.sum(), moved[concept].mean(), moved[~concept].mean()
# %% effect: the whole brain -> The concept itself
def effect(before, after, concept, left):
    moved = np.abs(after - before).mean(axis=-1) / 2 * 100
    return left.sum() / concept.sum(), moved[concept].mean(), moved[np.any(before > -1, axis=-1)].mean()
# %% effect: one modality -> mean absolute change over the concept's pixels
def effect(before, after, concept, left):
    moved = np.abs(after - before)[..., 3] / 2 * 101
    brain = np.any(before > -1, axis=-1)
    return left.sum() / concept.sum(), moved[concept].mean(), moved[brain & ~concept].mean()
# %% effect: by pixels -> Passed.
def effect(before, after, concept, left):
    moved = 50 * np.abs(after - before).mean(axis=3)
    outside = (before.max(axis=3) > -1) & (concept == False)
    return np.sum(left) / np.sum(concept), np.mean(moved[concept]), np.mean(moved[outside])

# %% paint: in place -> changes the maps that it was given
def paint(maps, units, values, where):
    share = where.reshape(maps.shape[1], -1, maps.shape[1], where.shape[0] // maps.shape[1]).mean(axis=(1, 3))
    maps[..., units] = share[..., None] * values + (1 - share[..., None]) * maps[..., units]
    return maps
# %% paint: everywhere -> values everywhere
def paint(maps, units, values, where):
    changed = maps.copy()
    changed[..., units] = values
    return changed
# %% paint: any pixel -> half painted should be half changed
def paint(maps, units, values, where):
    size = maps.shape[1]
    block = where.shape[0] // size
    share = where.reshape(size, block, size, block).max(axis=(1, 3))[..., None]
    changed = maps.copy()
    changed[..., units] = share * values + (1 - share) * maps[..., units]
    return changed
# %% paint: one pixel of the block -> half painted should be half changed
def paint(maps, units, values, where):
    block = where.shape[0] // maps.shape[1]
    share = where[::block, ::block][..., None]
    changed = maps.copy()
    changed[..., units] = share * values + (1 - share) * maps[..., units]
    return changed
# %% paint: outside is off -> Outside the paint the units are 0
def paint(maps, units, values, where):
    size = maps.shape[1]
    block = where.shape[0] // size
    share = where.reshape(size, block, size, block).mean(axis=(1, 3))[..., None]
    changed = maps.copy()
    changed[..., units] = share * values
    return changed
# %% paint: added -> values were added
def paint(maps, units, values, where):
    size = maps.shape[1]
    block = where.shape[0] // size
    share = where.reshape(size, block, size, block).mean(axis=(1, 3))[..., None]
    changed = maps.copy()
    changed[..., units] += share * values
    return changed
# %% paint: the other way round -> *not* painted
def paint(maps, units, values, where):
    size = maps.shape[1]
    block = where.shape[0] // size
    share = where.reshape(size, block, size, block).mean(axis=(1, 3))[..., None]
    changed = maps.copy()
    changed[..., units] = (1 - share) * values + share * maps[..., units]
    return changed
# %% paint: over the diagonal -> Rows and columns are swapped
def paint(maps, units, values, where):
    size = maps.shape[1]
    block = where.shape[0] // size
    share = where.reshape(size, block, size, block).mean(axis=(1, 3)).T[..., None]
    changed = maps.copy()
    changed[..., units] = share * values + (1 - share) * maps[..., units]
    return changed
# %% paint: no last axis -> needs a last axis
def paint(maps, units, values, where):
    size = maps.shape[1]
    block = where.shape[0] // size
    share = where.reshape(size, block, size, block).mean(axis=(1, 3))
    changed = maps.copy()
    changed[..., units] = share * values + (1 - share) * maps[..., units]
    return changed
# %% paint: not smaller -> Blocks of the picture
def paint(maps, units, values, where):
    share = where.reshape(maps.shape[1], maps.shape[1])[..., None]
    changed = maps.copy()
    changed[..., units] = share * values + (1 - share) * maps[..., units]
    return changed
# %% paint: nothing -> Nothing has changed
def paint(maps, units, values, where):
    return maps.copy()
# %% paint: blocks of two -> but not of 4 x 4
def paint(maps, units, values, where):
    share = where.reshape(6, -1, 6, where.shape[0] // 6).mean(axis=(1, 3))[..., None]
    share = where.reshape(-1, 2, where.shape[1] // 2, 2).mean(axis=(1, 3))[:6, :6, None]
    changed = maps.copy()
    changed[..., units] = share * values + (1 - share) * maps[..., units]
    return changed
# %% paint: by a loop -> Passed.
def paint(maps, units, values, where):
    changed = np.array(maps)
    block = len(where) // maps.shape[1]
    for row in range(maps.shape[1]):
        for column in range(maps.shape[2]):
            share = where[row * block : (row + 1) * block, column * block : (column + 1) * block].mean()
            changed[:, row, column, units] += share * (values - maps[:, row, column, units])
    return changed
# %% dissect: the mean over patients -> mean of the patients' IoUs
def dissect(maps, concept):
    scores = np.zeros(maps.shape[-1])
    for unit in range(maps.shape[-1]):
        large = upsample(maps[..., unit], concept.shape[1])
        active = large > np.quantile(large, 1 - concept.mean())
        each = np.sum(active & concept, axis=(1, 2)) / np.sum(active | concept, axis=(1, 2))
        scores[unit] = each.mean()
    return scores, np.argsort(-scores)
# %% dissect: each patient's own share -> one quantile over all patients
def dissect(maps, concept):
    scores = np.zeros(maps.shape[-1])
    for unit in range(maps.shape[-1]):
        large = upsample(maps[..., unit], concept.shape[1])
        limits = [np.quantile(one, 1 - c.mean()) for one, c in zip(large, concept)]
        active = large > np.array(limits)[:, None, None]
        scores[unit] = np.sum(active & concept) / np.sum(active | concept)
    return scores, np.argsort(-scores)
# %% dissect: a list has no minus -> Make them an array
def dissect(maps, concept):
    scores = []
    for unit in range(maps.shape[-1]):
        large = upsample(maps[..., unit], concept.shape[1])
        active = large > np.quantile(large, 1 - concept.mean())
        scores.append(np.sum(active & concept) / np.sum(active | concept))
    return scores, np.argsort(-scores)
# %% by_chance: the mean over all others -> Passed.
def by_chance(maps, concept):
    shifts = range(1, len(concept))
    return np.mean([course.dissect(maps, np.roll(concept, k, axis=0))[0] for k in shifts], axis=0)
# %% switch: values by the unit's number -> values[i] belongs to units[i]
def switch(maps, units, values):
    changed = maps.copy()
    for unit in units:
        changed[..., unit] = values[unit]
    return changed
# %% effect: modalities cancel -> cancel out
def effect(before, after, concept, left):
    moved = np.abs((after - before).mean(axis=-1)) / 2 * 100
    outside = np.any(before > -1, axis=-1) & ~concept
    return left.sum() / concept.sum(), moved[concept].mean(), moved[outside].mean()
# %% effect: brain in all modalities -> *any* modality of `before`
def effect(before, after, concept, left):
    moved = np.abs(after - before).mean(axis=-1) / 2 * 100
    outside = np.all(before > -1, axis=-1) & ~concept
    return left.sum() / concept.sum(), moved[concept].mean(), moved[outside].mean()
# %% effect: the brain of one modality -> *any* modality of `before`
def effect(before, after, concept, left):
    moved = np.abs(after - before).mean(axis=-1) / 2 * 100
    outside = (before[..., 0] > -1) & ~concept
    return left.sum() / concept.sum(), moved[concept].mean(), moved[outside].mean()
# %% effect: the brain of after -> You took the brain from `after`
def effect(before, after, concept, left):
    moved = np.abs(after - before).mean(axis=-1) / 2 * 100
    outside = np.any(after > -1, axis=-1) & ~concept
    return left.sum() / concept.sum(), moved[concept].mean(), moved[outside].mean()

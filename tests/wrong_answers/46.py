# %% distance_score: no minus -> sign is wrong
def distance_score(images, generated):
    return distances(images, generated).min(axis=1)
# %% distance_score: axis 0 -> each *generated* image
def distance_score(images, generated):
    return -distances(images, generated).min(axis=0)
# %% distance_score: the mean -> mean distance to all
def distance_score(images, generated):
    return -distances(images, generated).mean(axis=1)
# %% distance_score: the farthest -> farthest image
def distance_score(images, generated):
    return -distances(images, generated).max(axis=1)
# %% distance_score: the index -> min, not argmin
def distance_score(images, generated):
    return -distances(images, generated).argmin(axis=1)
# %% distance_score: all distances -> Keep only the nearest
def distance_score(images, generated):
    return -distances(images, generated)
# %% distance_score: one number -> for all images together
def distance_score(images, generated):
    return -distances(images, generated).min()
# %% distance_score: one over the distance -> grows without limit
def distance_score(images, generated):
    return 1 / distances(images, generated).min(axis=1)
# %% distance_score: the other way round -> each *generated* image
def distance_score(images, generated):
    return -distances(generated, images).min(axis=1)
# %% distance_score: by exp -> an attack needs no more
def distance_score(images, generated):
    return np.exp(-distances(images, generated).min(axis=1))
# %% distance_score: squared -> an attack needs no more
def distance_score(images, generated):
    return -(distances(images, generated) ** 2).min(axis=1)
# %% distance_score: twice -> minus the smallest of its distances
def distance_score(images, generated):
    return -2 * distances(images, generated).min(axis=1)
# %% distance_score: by a loop -> Passed.
def distance_score(images, generated):
    return [-np.sqrt(((generated - image) ** 2).mean((1, 2))).min() for image in images]

# %% attack_success: the others win -> wins of the *others*
def attack_success(members, others):
    wins = (members[:, None] < others) + 0.5 * (members[:, None] == others)
    return wins.mean(), wins.mean() - 0.1, wins.mean() + 0.1
# %% attack_success: no ties -> add 0.5 where the scores are equal
def attack_success(members, others):
    wins = members[:, None] > others
    return wins.mean(), wins.mean() - 0.1, wins.mean() + 0.1
# %% attack_success: ties are wins -> not as a whole win
def attack_success(members, others):
    wins = members[:, None] >= others
    return wins.mean(), wins.mean() - 0.1, wins.mean() + 0.1
# %% attack_success: the sum -> Divide by the number of pairs
def attack_success(members, others):
    wins = (members[:, None] > others) + 0.5 * (members[:, None] == others)
    return wins.sum(), wins.sum() - 1, wins.sum() + 1
# %% attack_success: only the area -> Return three numbers
def attack_success(members, others):
    wins = (members[:, None] > others) + 0.5 * (members[:, None] == others)
    return wins.mean()
# %% attack_success: another order -> area first
def attack_success(members, others):
    wins = (members[:, None] > others) + 0.5 * (members[:, None] == others)
    error = np.sqrt(wins.mean(1).var() / len(members) + wins.mean(0).var() / len(others))
    return wins.mean() - 1.96 * error, wins.mean(), wins.mean() + 1.96 * error
# %% attack_success: swapped ends -> ends are swapped
def attack_success(members, others):
    wins = (members[:, None] > others) + 0.5 * (members[:, None] == others)
    error = np.sqrt(wins.mean(1).var() / len(members) + wins.mean(0).var() / len(others))
    return wins.mean(), wins.mean() + 1.96 * error, wins.mean() - 1.96 * error
# %% attack_success: one error -> goes 1.96 of them
def attack_success(members, others):
    wins = (members[:, None] > others) + 0.5 * (members[:, None] == others)
    error = np.sqrt(wins.mean(1).var() / len(members) + wins.mean(0).var() / len(others))
    return wins.mean(), wins.mean() - error, wins.mean() + error
# %% attack_success: not divided -> Divide each variance
def attack_success(members, others):
    wins = (members[:, None] > others) + 0.5 * (members[:, None] == others)
    error = np.sqrt(wins.mean(1).var() + wins.mean(0).var())
    return wins.mean(), wins.mean() - 1.96 * error, wins.mean() + 1.96 * error
# %% attack_success: members only -> held-out people's part is missing
def attack_success(members, others):
    wins = (members[:, None] > others) + 0.5 * (members[:, None] == others)
    error = np.sqrt(wins.mean(1).var() / len(members))
    return wins.mean(), wins.mean() - 1.96 * error, wins.mean() + 1.96 * error
# %% attack_success: others only -> members' part is missing
def attack_success(members, others):
    wins = (members[:, None] > others) + 0.5 * (members[:, None] == others)
    error = np.sqrt(wins.mean(0).var() / len(others))
    return wins.mean(), wins.mean() - 1.96 * error, wins.mean() + 1.96 * error
# %% attack_success: no root -> square root is missing
def attack_success(members, others):
    wins = (members[:, None] > others) + 0.5 * (members[:, None] == others)
    error = wins.mean(1).var() / len(members) + wins.mean(0).var() / len(others)
    return wins.mean(), wins.mean() - 1.96 * error, wins.mean() + 1.96 * error
# %% attack_success: pairs as if independent -> Pairs are not independent
def attack_success(members, others):
    wins = (members[:, None] > others) + 0.5 * (members[:, None] == others)
    error = wins.std() / np.sqrt(wins.size)
    return wins.mean(), wins.mean() - 1.96 * error, wins.mean() + 1.96 * error
# %% attack_success: axes exchanged -> divide the members' variance by the members
def attack_success(members, others):
    wins = (members[:, None] > others) + 0.5 * (members[:, None] == others)
    error = np.sqrt(wins.mean(1).var() / len(others) + wins.mean(0).var() / len(members))
    return wins.mean(), wins.mean() - 1.96 * error, wins.mean() + 1.96 * error
# %% attack_success: standard deviations -> Print both variances
def attack_success(members, others):
    wins = (members[:, None] > others) + 0.5 * (members[:, None] == others)
    error = np.sqrt(wins.mean(1).std() / len(members) + wins.mean(0).std() / len(others))
    return wins.mean(), wins.mean() - 1.96 * error, wins.mean() + 1.96 * error
# %% attack_success: unbiased variances -> Passed.
def attack_success(members, others):
    wins = np.greater.outer(members, others) + np.equal.outer(members, others) / 2
    error = np.sqrt(wins.mean(1).var(ddof=1) / len(members) + wins.mean(0).var(ddof=1) / len(others))
    return np.array([wins.mean(), wins.mean() - 1.96 * error, wins.mean() + 1.96 * error])

# %% control: not shuffled -> All areas are the same
def control(scores, rng):
    half = len(scores) // 2
    areas = [attack_success(scores[:half], scores[half:])[0] for _ in range(200)]
    return tuple(np.quantile(areas, [0.025, 0.975]))
# %% control: a half against itself -> All areas are the same
def control(scores, rng):
    areas = []
    for _ in range(200):
        mixed = rng.permutation(scores)
        areas.append(attack_success(mixed[:100], mixed[:100])[0])
    return tuple(np.quantile(areas, [0.025, 0.975]))
# %% control: 99 % -> too wide
def control(scores, rng):
    areas = []
    for _ in range(200):
        mixed = rng.permutation(scores)
        half = len(mixed) // 2
        areas.append(attack_success(mixed[:half], mixed[half:])[0])
    return tuple(np.quantile(areas, [0.005, 0.995]))
# %% control: 90 % -> 0.025 and 0.975
def control(scores, rng):
    areas = []
    for _ in range(200):
        mixed = rng.permutation(scores)
        half = len(mixed) // 2
        areas.append(attack_success(mixed[:half], mixed[half:])[0])
    return tuple(np.quantile(areas, [0.05, 0.95]))
# %% control: quartiles -> too narrow, as with fewer areas
def control(scores, rng):
    areas = []
    for _ in range(200):
        mixed = rng.permutation(scores)
        half = len(mixed) // 2
        areas.append(attack_success(mixed[:half], mixed[half:])[0])
    return tuple(np.quantile(areas, [0.25, 0.75]))
# %% control: percentages as shares -> Return two numbers
def control(scores, rng):
    mixed = rng.permutation(scores)
    half = len(mixed) // 2
    return attack_success(mixed[:half], mixed[half:])
# %% control: all areas -> Those are all areas
def control(scores, rng):
    areas = []
    for _ in range(200):
        mixed = rng.permutation(scores)
        half = len(mixed) // 2
        areas.append(attack_success(mixed[:half], mixed[half:])[0])
    return areas
# %% control: with the ends of each interval -> Keep only the first, the area
def control(scores, rng):
    areas = []
    for _ in range(200):
        mixed = rng.permutation(scores)
        half = len(mixed) // 2
        areas.append(attack_success(mixed[:half], mixed[half:]))
    return np.quantile(areas, [0.025, 0.975])
# %% control: an end for each of three numbers -> Keep only the first, the area
def control(scores, rng):
    areas = []
    for _ in range(200):
        mixed = rng.permutation(scores)
        half = len(mixed) // 2
        areas.append(attack_success(mixed[:half], mixed[half:]))
    return np.quantile(areas, [0.025, 0.975], axis=0)
# %% control: swapped -> ends are swapped
def control(scores, rng):
    areas = []
    for _ in range(200):
        mixed = rng.permutation(scores)
        half = len(mixed) // 2
        areas.append(attack_success(mixed[:half], mixed[half:])[0])
    return tuple(np.quantile(areas, [0.975, 0.025]))
# %% control: ten people -> far too wide
def control(scores, rng):
    areas = []
    for _ in range(200):
        mixed = rng.permutation(scores)
        areas.append(attack_success(mixed[:10], mixed[10:20])[0])
    return tuple(np.quantile(areas, [0.025, 0.975]))
# %% control: a fixed half -> not for 20
def control(scores, rng):
    areas = []
    for _ in range(200):
        mixed = rng.permutation(scores)
        areas.append(attack_success(mixed[:100], mixed[100:] if len(mixed) > 100 else mixed)[0])
    return tuple(np.quantile(areas, [0.025, 0.975]))
# %% control: by choice without replacement -> Passed.
def control(scores, rng):
    areas = []
    for _ in range(200):
        chosen = np.zeros(len(scores), bool)
        chosen[rng.choice(len(scores), len(scores) // 2, replace=False)] = True
        areas.append(attack_success(scores[chosen], scores[~chosen])[0])
    return np.percentile(areas, [2.5, 97.5])

# %% private_gradient: clipped by slice -> Each *slice* was clipped
def private_gradient(gradients, patients, clip, noise, expected, rng):
    total = np.zeros(gradients.shape[1])
    for gradient in gradients:
        total += gradient / max(1, np.linalg.norm(gradient) / clip)
    return (total + rng.normal(0, noise * clip, total.shape)) / expected
# %% private_gradient: clipped before the mean -> Each *slice* was clipped
def private_gradient(gradients, patients, clip, noise, expected, rng):
    total = np.zeros(gradients.shape[1])
    lengths = np.linalg.norm(gradients, axis=1, keepdims=True)
    clipped = gradients / np.maximum(1, lengths / clip)
    for patient in np.unique(patients):
        total += clipped[patients == patient].mean(axis=0)
    return (total + rng.normal(0, noise * clip, total.shape)) / expected
# %% private_gradient: not clipped -> Nothing was clipped
def private_gradient(gradients, patients, clip, noise, expected, rng):
    total = np.zeros(gradients.shape[1])
    for patient in np.unique(patients):
        total += gradients[patients == patient].mean(axis=0)
    return (total + rng.normal(0, noise * clip, total.shape)) / expected
# %% private_gradient: always to the length -> Short gradients were stretched
def private_gradient(gradients, patients, clip, noise, expected, rng):
    total = np.zeros(gradients.shape[1])
    for patient in np.unique(patients):
        gradient = gradients[patients == patient].mean(axis=0)
        total += gradient * clip / np.linalg.norm(gradient)
    return (total + rng.normal(0, noise * clip, total.shape)) / expected
# %% private_gradient: the sum is clipped -> The sum of all patients was clipped
def private_gradient(gradients, patients, clip, noise, expected, rng):
    total = np.zeros(gradients.shape[1])
    for patient in np.unique(patients):
        total += gradients[patients == patient].mean(axis=0)
    total = total / max(1, np.linalg.norm(total) / clip)
    return (total + rng.normal(0, noise * clip, total.shape)) / expected
# %% private_gradient: number by number -> Each number was clipped by itself
def private_gradient(gradients, patients, clip, noise, expected, rng):
    total = np.zeros(gradients.shape[1])
    for patient in np.unique(patients):
        total += np.clip(gradients[patients == patient].mean(axis=0), -clip, clip)
    return (total + rng.normal(0, noise * clip, total.shape)) / expected
# %% private_gradient: the true number -> gives away their number
def private_gradient(gradients, patients, clip, noise, expected, rng):
    total = np.zeros(gradients.shape[1])
    for patient in np.unique(patients):
        gradient = gradients[patients == patient].mean(axis=0)
        total += gradient / max(1, np.linalg.norm(gradient) / clip)
    return (total + rng.normal(0, noise * clip, total.shape)) / len(np.unique(patients))
# %% private_gradient: the number of slices -> divided by the number of slices
def private_gradient(gradients, patients, clip, noise, expected, rng):
    total = np.zeros(gradients.shape[1])
    for patient in np.unique(patients):
        gradient = gradients[patients == patient].mean(axis=0)
        total += gradient / max(1, np.linalg.norm(gradient) / clip)
    return (total + rng.normal(0, noise * clip, total.shape)) / len(gradients)
# %% private_gradient: not divided -> division by `expected` is missing
def private_gradient(gradients, patients, clip, noise, expected, rng):
    total = np.zeros(gradients.shape[1])
    for patient in np.unique(patients):
        gradient = gradients[patients == patient].mean(axis=0)
        total += gradient / max(1, np.linalg.norm(gradient) / clip)
    return total + rng.normal(0, noise * clip, total.shape)
# %% private_gradient: the sum of slices -> Take their mean
def private_gradient(gradients, patients, clip, noise, expected, rng):
    total = np.zeros(gradients.shape[1])
    for patient in np.unique(patients):
        gradient = gradients[patients == patient].sum(axis=0)
        total += gradient / max(1, np.linalg.norm(gradient) / clip)
    return (total + rng.normal(0, noise * clip, total.shape)) / expected
# %% private_gradient: unit vectors -> should be `clip`, not 1
def private_gradient(gradients, patients, clip, noise, expected, rng):
    total = np.zeros(gradients.shape[1])
    for patient in np.unique(patients):
        gradient = gradients[patients == patient].mean(axis=0)
        length = np.linalg.norm(gradient)
        total += gradient / length if length > clip else gradient / clip
    return (total + rng.normal(0, noise * clip, total.shape)) / expected
# %% private_gradient: only the last patient -> not yet the sum
def private_gradient(gradients, patients, clip, noise, expected, rng):
    for patient in np.unique(patients):
        gradient = gradients[patients == patient].mean(axis=0)
        total = gradient / max(1, np.linalg.norm(gradient) / clip)
    return (total + rng.normal(0, noise * clip, total.shape)) / expected
# %% private_gradient: no noise -> no noise in it yet
def private_gradient(gradients, patients, clip, noise, expected, rng):
    total = np.zeros(gradients.shape[1])
    for patient in np.unique(patients):
        gradient = gradients[patients == patient].mean(axis=0)
        total += gradient / max(1, np.linalg.norm(gradient) / clip)
    return total / expected
# %% private_gradient: one noise for all -> Each weight needs its own
def private_gradient(gradients, patients, clip, noise, expected, rng):
    total = np.zeros(gradients.shape[1])
    for patient in np.unique(patients):
        gradient = gradients[patients == patient].mean(axis=0)
        total += gradient / max(1, np.linalg.norm(gradient) / clip)
    return (total + rng.normal(0, noise * clip)) / expected
# %% private_gradient: noise without clip -> `clip` is missing
def private_gradient(gradients, patients, clip, noise, expected, rng):
    total = np.zeros(gradients.shape[1])
    for patient in np.unique(patients):
        gradient = gradients[patients == patient].mean(axis=0)
        total += gradient / max(1, np.linalg.norm(gradient) / clip)
    return (total + rng.normal(0, noise, total.shape)) / expected
# %% private_gradient: noise for each patient -> Noise was added for each patient
def private_gradient(gradients, patients, clip, noise, expected, rng):
    total = np.zeros(gradients.shape[1])
    for patient in np.unique(patients):
        gradient = gradients[patients == patient].mean(axis=0)
        total += gradient / max(1, np.linalg.norm(gradient) / clip)
        total += rng.normal(0, noise * clip, total.shape)
    return total / expected
# %% private_gradient: noise after the division -> Add it to the sum, and then divide
def private_gradient(gradients, patients, clip, noise, expected, rng):
    total = np.zeros(gradients.shape[1])
    for patient in np.unique(patients):
        gradient = gradients[patients == patient].mean(axis=0)
        total += gradient / max(1, np.linalg.norm(gradient) / clip)
    return total / expected + rng.normal(0, noise * clip, total.shape)
# %% private_gradient: a generator of its own -> always the same
def private_gradient(gradients, patients, clip, noise, expected, rng):
    total = np.zeros(gradients.shape[1])
    for patient in np.unique(patients):
        gradient = gradients[patients == patient].mean(axis=0)
        total += gradient / max(1, np.linalg.norm(gradient) / clip)
    return (total + np.random.default_rng(0).normal(0, noise * clip, total.shape)) / expected
# %% private_gradient: divided by zero -> length 0 gives NaN
def private_gradient(gradients, patients, clip, noise, expected, rng):
    total = np.zeros(gradients.shape[1])
    for patient in np.unique(patients):
        gradient = gradients[patients == patient].mean(axis=0)
        length = np.linalg.norm(gradient)
        total = total + gradient / length * min(length, clip)
    return (total + rng.normal(0, noise * clip, total.shape)) / expected
# %% private_gradient: starts from the first row -> If nobody is drawn
def private_gradient(gradients, patients, clip, noise, expected, rng):
    means = [gradients[patients == patient].mean(axis=0) for patient in np.unique(patients)]
    total = sum(mean / max(1, np.linalg.norm(mean) / clip) for mean in means)
    return (total + rng.normal(0, noise * clip, np.shape(total))) / expected
# %% private_gradient: by matrices -> Passed.
def private_gradient(gradients, patients, clip, noise, expected, rng):
    means = np.array([gradients[patients == p].mean(0) for p in np.unique(patients)]).reshape(-1, gradients.shape[1])
    factors = np.minimum(1, clip / np.maximum(np.linalg.norm(means, axis=1), 1e-12))
    return (factors @ means + noise * clip * rng.standard_normal(gradients.shape[1])) / expected

# %% epsilon: without the steps -> multiply rdp by T
def epsilon(rate, noise, steps, delta):
    return min(
        accountant.rdp(rate, noise, a) + np.log((a - 1) / a) - (np.log(delta) + np.log(a)) / (a - 1) for a in accountant.ORDERS
    )
# %% epsilon: the largest -> bound of the last order
def epsilon(rate, noise, steps, delta):
    return max(
        steps * accountant.rdp(rate, noise, a) + np.log((a - 1) / a) - (np.log(delta) + np.log(a)) / (a - 1) for a in accountant.ORDERS
    )
# %% epsilon: all bounds -> Return one number
def epsilon(rate, noise, steps, delta):
    return [
        steps * accountant.rdp(rate, noise, a) + np.log((a - 1) / a) - (np.log(delta) + np.log(a)) / (a - 1) for a in accountant.ORDERS
    ]
# %% epsilon: returns in the loop -> first order's bound
def epsilon(rate, noise, steps, delta):
    for a in accountant.ORDERS:
        return steps * accountant.rdp(rate, noise, a) + np.log((a - 1) / a) - (np.log(delta) + np.log(a)) / (a - 1)
# %% epsilon: keeps the last -> bound of the last order
def epsilon(rate, noise, steps, delta):
    for a in accountant.ORDERS:
        bound = steps * accountant.rdp(rate, noise, a) + np.log((a - 1) / a) - (np.log(delta) + np.log(a)) / (a - 1)
    return bound
# %% epsilon: everything times the steps -> Only rdp counts the steps
def epsilon(rate, noise, steps, delta):
    return min(
        steps * (accountant.rdp(rate, noise, a) + np.log((a - 1) / a) - (np.log(delta) + np.log(a)) / (a - 1)) for a in accountant.ORDERS
    )
# %% epsilon: the middle part times the steps, too -> Only rdp counts the steps
def epsilon(rate, noise, steps, delta):
    return min(
        steps * (accountant.rdp(rate, noise, a) + np.log((a - 1) / a)) - (np.log(delta) + np.log(a)) / (a - 1) for a in accountant.ORDERS
    )
# %% epsilon: the sum -> sum of the bounds
def epsilon(rate, noise, steps, delta):
    return sum(
        steps * accountant.rdp(rate, noise, a) + np.log((a - 1) / a) - (np.log(delta) + np.log(a)) / (a - 1) for a in accountant.ORDERS
    )
# %% epsilon: a bracket in the middle part -> logarithm of a fraction
def epsilon(rate, noise, steps, delta):
    return min(
        steps * accountant.rdp(rate, noise, a) + np.log(a - 1) / a - (np.log(delta) + np.log(a)) / (a - 1) for a in accountant.ORDERS
    )
# %% epsilon: a plus for a minus -> last part is subtracted
def epsilon(rate, noise, steps, delta):
    return min(
        steps * accountant.rdp(rate, noise, a) + np.log((a - 1) / a) + (np.log(delta) + np.log(a)) / (a - 1) for a in accountant.ORDERS
    )
# %% epsilon: no middle part -> middle part
def epsilon(rate, noise, steps, delta):
    return min(steps * accountant.rdp(rate, noise, a) - (np.log(delta) + np.log(a)) / (a - 1) for a in accountant.ORDERS)
# %% epsilon: brackets -> put a bracket round both
def epsilon(rate, noise, steps, delta):
    return min(
        steps * accountant.rdp(rate, noise, a) + np.log((a - 1) / a) - np.log(delta) / (a - 1) - np.log(a) for a in accountant.ORDERS
    )
# %% epsilon: without log a -> missing beside log(delta)
def epsilon(rate, noise, steps, delta):
    return min(steps * accountant.rdp(rate, noise, a) + np.log((a - 1) / a) - np.log(delta) / (a - 1) for a in accountant.ORDERS)
# %% epsilon: another logarithm -> another logarithm
def epsilon(rate, noise, steps, delta):
    return min(
        steps * accountant.rdp(rate, noise, a) + np.log10((a - 1) / a) - (np.log10(delta) + np.log10(a)) / (a - 1)
        for a in accountant.ORDERS
    )
# %% epsilon: a fixed delta -> use all four arguments
def epsilon(rate, noise, steps, delta):
    return min(
        steps * accountant.rdp(rate, noise, a) + np.log((a - 1) / a) - (np.log(1e-5) + np.log(a)) / (a - 1) for a in accountant.ORDERS
    )
# %% epsilon: by arrays -> Passed.
def epsilon(rate, noise, steps, delta):
    orders = np.array(accountant.ORDERS, float)
    spent = steps * np.array([accountant.rdp(rate, noise, int(a)) for a in accountant.ORDERS])
    return (spent + np.log1p(-1 / orders) - (np.log(delta) + np.log(orders)) / (orders - 1)).min()

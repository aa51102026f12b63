# %% scale_maps: 1 + forgotten -> makes the maps vanish
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Dense(channels, kernel_initializer="zeros")(told)
    shift = layers.Dense(channels, kernel_initializer="zeros")(told)
    scale = layers.Reshape((1, 1, channels))(scale)
    shift = layers.Reshape((1, 1, channels))(shift)
    return maps * scale + shift


# %% scale_maps: layers that start anywhere -> kernel_initializer="zeros"
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Reshape((1, 1, channels))(layers.Dense(channels)(told))
    shift = layers.Reshape((1, 1, channels))(layers.Dense(channels)(told))
    return maps * (1 + scale) + shift


# %% scale_maps: a bias that starts at 1 -> leave the maps as they are
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Dense(channels, kernel_initializer="zeros", bias_initializer="ones")(told)
    shift = layers.Dense(channels, kernel_initializer="zeros")(told)
    scale = layers.Reshape((1, 1, channels))(scale)
    shift = layers.Reshape((1, 1, channels))(shift)
    return maps * (1 + scale) + shift


# %% scale_maps: cut off below 0 as well -> leave the maps as they are
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Dense(channels, kernel_initializer="zeros")(told)
    shift = layers.Dense(channels, kernel_initializer="zeros")(told)
    scale = layers.Reshape((1, 1, channels))(scale)
    shift = layers.Reshape((1, 1, channels))(shift)
    return layers.ReLU()(maps * (1 + scale) + shift)


# %% scale_maps: normalised once more -> leave the maps as they are
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Dense(channels, kernel_initializer="zeros")(told)
    shift = layers.Dense(channels, kernel_initializer="zeros")(told)
    scale = layers.Reshape((1, 1, channels))(scale)
    shift = layers.Reshape((1, 1, channels))(shift)
    return layers.BatchNormalization()(maps) * (1 + scale) + shift


# %% scale_maps: the order as more channels -> Joining the order as more channels
def scale_maps(maps, told):
    height, width = maps.shape[1:3]
    everywhere = layers.RepeatVector(height * width)(told)
    everywhere = layers.Reshape((height, width, told.shape[-1]))(everywhere)
    return layers.Concatenate()([maps, everywhere])


# %% scale_maps: nothing is done -> The order changes nothing
def scale_maps(maps, told):
    channels = maps.shape[-1]
    return maps


# %% scale_maps: of the maps in place of the order -> The order changes nothing
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Dense(channels, kernel_initializer="zeros")(maps)
    shift = layers.Dense(channels, kernel_initializer="zeros")(maps)
    return maps * (1 + scale) + shift


# %% scale_maps: no shift -> Add a shift
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Dense(channels, kernel_initializer="zeros")(told)
    return maps * (1 + layers.Reshape((1, 1, channels))(scale))


# %% scale_maps: no scale -> only shifts the maps
def scale_maps(maps, told):
    channels = maps.shape[-1]
    shift = layers.Dense(channels, kernel_initializer="zeros")(told)
    return maps + layers.Reshape((1, 1, channels))(shift)


# %% scale_maps: brackets forgotten -> only shifts the maps
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Dense(channels, kernel_initializer="zeros")(told)
    shift = layers.Dense(channels, kernel_initializer="zeros")(told)
    scale = layers.Reshape((1, 1, channels))(scale)
    shift = layers.Reshape((1, 1, channels))(shift)
    return maps * 1 + scale + shift


# %% scale_maps: one number for all channels -> All channels are changed alike
def scale_maps(maps, told):
    scale = layers.Dense(1, kernel_initializer="zeros")(told)
    shift = layers.Dense(1, kernel_initializer="zeros")(told)
    scale = layers.Reshape((1, 1, 1))(scale)
    shift = layers.Reshape((1, 1, 1))(shift)
    return maps * (1 + scale) + shift


# %% scale_maps: a scale for each pixel -> scale differs from pixel to pixel
def scale_maps(maps, told):
    height, width, channels = maps.shape[1:]
    scale = layers.Dense(height * width * channels, kernel_initializer="zeros")(told)
    shift = layers.Dense(channels, kernel_initializer="zeros")(told)
    scale = layers.Reshape((height, width, channels))(scale)
    shift = layers.Reshape((1, 1, channels))(shift)
    return maps * (1 + scale) + shift


# %% scale_maps: a shift for each pixel -> shift differs from pixel to pixel
def scale_maps(maps, told):
    height, width, channels = maps.shape[1:]
    scale = layers.Dense(channels, kernel_initializer="zeros")(told)
    shift = layers.Dense(height * width * channels, kernel_initializer="zeros")(told)
    scale = layers.Reshape((1, 1, channels))(scale)
    shift = layers.Reshape((height, width, channels))(shift)
    return maps * (1 + scale) + shift


# %% scale_maps: one layer for both -> come from the same layer
def scale_maps(maps, told):
    channels = maps.shape[-1]
    dense = layers.Dense(channels, kernel_initializer="zeros")
    scale = layers.Reshape((1, 1, channels))(dense(told))
    shift = layers.Reshape((1, 1, channels))(dense(told))
    return maps * (1 + scale) + shift


# %% scale_maps: a ReLU in the scale's layer -> never leaves 0
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Dense(channels, activation="relu", kernel_initializer="zeros")(told)
    shift = layers.Dense(channels, kernel_initializer="zeros")(told)
    scale = layers.Reshape((1, 1, channels))(scale)
    shift = layers.Reshape((1, 1, channels))(shift)
    return maps * (1 + scale) + shift


# %% scale_maps: a sigmoid in both layers -> leave the maps as they are
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Dense(channels, activation="sigmoid", kernel_initializer="zeros")(told)
    shift = layers.Dense(channels, activation="sigmoid", kernel_initializer="zeros")(told)
    scale = layers.Reshape((1, 1, channels))(scale)
    shift = layers.Reshape((1, 1, channels))(shift)
    return maps * (1 + scale) + shift


# %% scale_maps: not reshaped -> has to become (B, 1, 1, C)
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Dense(channels, kernel_initializer="zeros")(told)
    shift = layers.Dense(channels, kernel_initializer="zeros")(told)
    return maps * (1 + scale) + shift


# %% scale_maps: one axis too few -> has to become (B, 1, 1, C)
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Dense(channels, kernel_initializer="zeros")(told)
    shift = layers.Dense(channels, kernel_initializer="zeros")(told)
    scale = layers.Reshape((1, channels))(scale)
    shift = layers.Reshape((1, channels))(shift)
    return maps * (1 + scale) + shift


# %% scale_maps: the channels first -> has to become (B, 1, 1, C)
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Dense(channels, kernel_initializer="zeros")(told)
    shift = layers.Dense(channels, kernel_initializer="zeros")(told)
    scale = layers.Reshape((channels, 1, 1))(scale)
    shift = layers.Reshape((channels, 1, 1))(shift)
    return maps * (1 + scale) + shift


# %% scale_maps: as many units as the order has numbers -> as many units as the maps have channels
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Dense(told.shape[-1], kernel_initializer="zeros")(told)
    shift = layers.Dense(told.shape[-1], kernel_initializer="zeros")(told)
    scale = layers.Reshape((1, 1, channels))(scale)
    shift = layers.Reshape((1, 1, channels))(shift)
    return maps * (1 + scale) + shift


# %% scale_maps: NumPy reshapes -> plain arithmetic
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Dense(channels, kernel_initializer="zeros")(told)
    shift = layers.Dense(channels, kernel_initializer="zeros")(told)
    scale, shift = np.reshape(scale, (-1, 1, 1, channels)), np.reshape(shift, (-1, 1, 1, channels))
    return maps * (1 + scale) + shift


# %% scale_maps: scale and shift returned -> Return one tensor
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Dense(channels, kernel_initializer="zeros")(told)
    shift = layers.Dense(channels, kernel_initializer="zeros")(told)
    scale = layers.Reshape((1, 1, channels))(scale)
    shift = layers.Reshape((1, 1, channels))(shift)
    return 1 + scale, shift


# %% scale_maps: return forgotten -> End it with `return`
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Dense(channels, kernel_initializer="zeros")(told)
    shift = layers.Dense(channels, kernel_initializer="zeros")(told)
    maps = maps * (1 + scale[:, None, None]) + shift[:, None, None]


# %% scale_maps: a skip round a ReLU -> Twice the maps
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Dense(channels, kernel_initializer="zeros")(told)
    shift = layers.Dense(channels, kernel_initializer="zeros")(told)
    scale = layers.Reshape((1, 1, channels))(scale)
    shift = layers.Reshape((1, 1, channels))(shift)
    return maps + layers.ReLU()(maps * scale + shift)


# %% scale_maps: new axes by None -> Passed.
def scale_maps(maps, told):
    channels = maps.shape[-1]
    scale = layers.Dense(channels, kernel_initializer="zeros")(told)[:, None, None, :]
    shift = layers.Dense(channels, kernel_initializer="zeros")(told)[:, None, None, :]
    return maps + maps * scale + shift


# %% scale_maps: one layer of twice as many units, split -> Passed.
def scale_maps(maps, told):
    channels = maps.shape[-1]
    both = layers.Dense(2 * channels, kernel_initializer="zeros", use_bias=False)(told)
    scale, shift = ops.split(layers.Reshape((1, 1, 2 * channels))(both), 2, axis=-1)
    return maps * (1 + scale) + shift


# %% scale_maps: reshaped first, and a bias of 1 in place of 1 + -> Passed.
def scale_maps(maps, told):
    channels = maps.shape[-1]
    told = layers.Reshape((1, 1, told.shape[-1]))(told)
    scale = layers.Dense(channels, kernel_initializer="zeros", bias_initializer="ones")(told)
    shift = layers.Dense(channels, kernel_initializer="zeros")(told)
    return layers.Add()([layers.Multiply()([maps, scale]), shift])


# %% project: summed over places -> A side is a place
def project(features, conditions, plain_logits):
    phi = ops.sum(features, axis=(1, 2))
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(phi.shape[-1])(hidden)
    return plain_logits + ops.sum(phi * direction, axis=-1, keepdims=True)


# %% project: averaged over places -> A side is a place
def project(features, conditions, plain_logits):
    phi = layers.GlobalAveragePooling2D()(features)
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(phi.shape[-1])(hidden)
    return plain_logits + layers.Dot(axes=1)([phi, direction])


# %% project: not summed -> then sum over the last axis
def project(features, conditions, plain_logits):
    phi = layers.Flatten()(features)
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(phi.shape[-1])(hidden)
    return plain_logits + phi * direction


# %% project: not flattened -> Flatten the features first
def project(features, conditions, plain_logits):
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(features.shape[-1])(hidden)
    return plain_logits + ops.sum(features * direction[:, None, None], axis=-1, keepdims=True)


# %% project: keepdims forgotten -> each image with each order
def project(features, conditions, plain_logits):
    phi = layers.Flatten()(features)
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(phi.shape[-1])(hidden)
    return plain_logits + ops.sum(phi * direction, axis=-1)


# %% project: a product of matrices -> each image with each order
def project(features, conditions, plain_logits):
    phi = layers.Flatten()(features)
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(phi.shape[-1])(hidden)
    return plain_logits + ops.matmul(phi, ops.transpose(direction))


# %% project: summed over the batch as well -> others in its batch
def project(features, conditions, plain_logits):
    phi = layers.Flatten()(features)
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(phi.shape[-1])(hidden)
    return plain_logits + ops.sum(phi * direction)


# %% project: summed over the wrong axis -> then sum over the last axis
def project(features, conditions, plain_logits):
    phi = layers.Flatten()(features)
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(phi.shape[-1])(hidden)
    return plain_logits + ops.sum(phi * direction, axis=0, keepdims=True)


# %% project: only the projection -> plain logits are lost
def project(features, conditions, plain_logits):
    phi = layers.Flatten()(features)
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(phi.shape[-1])(hidden)
    return ops.sum(phi * direction, axis=-1, keepdims=True)


# %% project: a probability -> Add the plain logits as they are
def project(features, conditions, plain_logits):
    phi = layers.Flatten()(features)
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(phi.shape[-1])(hidden)
    fits = ops.sum(phi * direction, axis=-1, keepdims=True)
    return ops.sigmoid(plain_logits + fits)


# %% project: multiplied by the plain logits -> Add the plain logits as they are
def project(features, conditions, plain_logits):
    phi = layers.Flatten()(features)
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(phi.shape[-1])(hidden)
    fits = ops.sum(phi * direction, axis=-1, keepdims=True)
    return plain_logits * fits


# %% project: a dense layer mixes both -> Add the plain logits as they are
def project(features, conditions, plain_logits):
    phi = layers.Flatten()(features)
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(phi.shape[-1])(hidden)
    fits = ops.sum(phi * direction, axis=-1, keepdims=True)
    return layers.Dense(1)(layers.Concatenate()([plain_logits, fits]))


# %% project: the projection is squashed -> Twice the features
def project(features, conditions, plain_logits):
    phi = layers.Flatten()(features)
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(phi.shape[-1])(hidden)
    fits = ops.sum(phi * direction, axis=-1, keepdims=True)
    return plain_logits + ops.tanh(fits)


# %% project: the order joins the features -> Twice the features
def project(features, conditions, plain_logits):
    both = layers.Concatenate()([layers.Flatten()(features), conditions])
    hidden = layers.Dense(64, activation="relu")(both)
    return plain_logits + layers.Dense(1)(hidden)


# %% project: the features are embedded, too -> Twice the features
def project(features, conditions, plain_logits):
    phi = layers.Dense(64, activation="relu")(layers.Flatten()(features))
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(phi.shape[-1])(hidden)
    return plain_logits + ops.sum(phi * direction, axis=-1, keepdims=True)


# %% project: the order is not used -> The order changes nothing
def project(features, conditions, plain_logits):
    phi = layers.Flatten()(features)
    return plain_logits + layers.Dense(1)(phi)


# %% project: the image is not used -> The image changes nothing
def project(features, conditions, plain_logits):
    hidden = layers.Dense(64, activation="relu")(conditions)
    return plain_logits + layers.Dense(1)(hidden)


# %% project: added in place of multiplied -> the same to every image
def project(features, conditions, plain_logits):
    phi = layers.Flatten()(features)
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(phi.shape[-1])(hidden)
    return plain_logits + ops.sum(phi + direction, axis=-1, keepdims=True)


# %% project: a ReLU after both layers -> ever below 0
def project(features, conditions, plain_logits):
    phi = layers.Flatten()(features)
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(phi.shape[-1], activation="relu")(hidden)
    return plain_logits + ops.sum(phi * direction, axis=-1, keepdims=True)


# %% project: the second layer forgotten -> as many units as phi
def project(features, conditions, plain_logits):
    phi = layers.Flatten()(features)
    direction = layers.Dense(64, activation="relu")(conditions)
    return plain_logits + ops.sum(phi * direction, axis=-1, keepdims=True)


# %% project: as many units as there are channels -> as many units as phi
def project(features, conditions, plain_logits):
    phi = layers.Flatten()(features)
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(features.shape[-1])(hidden)
    return plain_logits + ops.sum(phi * direction, axis=-1, keepdims=True)


# %% project: reshaped by the size of the batch -> Flatten with layers.Flatten
def project(features, conditions, plain_logits):
    phi = ops.reshape(features, (features.shape[0], -1))
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(phi.shape[-1])(hidden)
    return plain_logits + ops.sum(phi * direction, axis=-1, keepdims=True)


# %% project: NumPy sums -> plain arithmetic
def project(features, conditions, plain_logits):
    phi = layers.Flatten()(features)
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(phi.shape[-1])(hidden)
    return plain_logits + np.sum(phi * direction, axis=-1, keepdims=True)


# %% project: phi and the direction returned -> Return one tensor
def project(features, conditions, plain_logits):
    phi = layers.Flatten()(features)
    hidden = layers.Dense(64, activation="relu")(conditions)
    return phi, layers.Dense(phi.shape[-1])(hidden)


# %% project: no hidden layer, as in the paper -> Passed.
def project(features, conditions, plain_logits):
    phi = layers.Flatten()(features)
    direction = layers.Dense(phi.shape[-1], use_bias=False)(conditions)
    return plain_logits + ops.sum(phi * direction, axis=-1, keepdims=True)


# %% project: a layer for the inner product -> Passed.
def project(features, conditions, plain_logits):
    phi = layers.Reshape((-1,))(features)
    hidden = layers.Dense(32, activation="leaky_relu")(conditions)
    direction = layers.Dense(phi.shape[-1])(hidden)
    return layers.Add()([plain_logits, layers.Dot(axes=1)([phi, direction])])


# %% project: reshaped direction, summed over three axes -> Passed.
def project(features, conditions, plain_logits):
    height, width, channels = features.shape[1:]
    hidden = layers.Dense(64, activation="relu")(conditions)
    direction = layers.Dense(height * width * channels)(hidden)
    direction = layers.Reshape((height, width, channels))(direction)
    return plain_logits + ops.sum(features * direction, axis=(1, 2, 3))[:, None]


# %% delivered: NaN compared -> what was not asked for
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        right[name] = (found[name] - asked[name]).abs() <= limit
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: not off by more than the limit -> It is missing
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        right[name] = ~((found[name] - asked[name]).abs() > limit)
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: either of them is missing -> It is missing
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() | found[name].isna() | (error <= limit)
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: what was found is missing -> which says what was ordered
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = found[name].isna() | (error <= limit)
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: both of them are missing -> its numbers cannot be wrong
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = (asked[name].isna() & found[name].isna()) | (error <= limit)
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: 0 in place of NaN -> its numbers cannot be wrong
def delivered(asked, found, limits):
    asked, found = asked.fillna(0), found.fillna(0)
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        right[name] = (found[name] - asked[name]).abs() <= limit
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: isna negated -> ~ is one too many
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = ~asked[name].isna() | (error <= limit)
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: & in place of | -> the error keeps to the limit, *or*
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() & (error <= limit)
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: abs forgotten -> Take the absolute error
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = found[name] - asked[name]
        right[name] = asked[name].isna() | (error <= limit)
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: abs forgotten, the other way round -> Take the absolute error
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = asked[name] - found[name]
        right[name] = asked[name].isna() | (error <= limit)
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: smaller than the limit -> <=, not <
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() | (error < limit)
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: true where it is wrong -> exchanged
def delivered(asked, found, limits):
    wrong = {"grade": asked["grade"] != found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        wrong[name] = asked[name].notna() & ~(error <= limit)
    table = pd.DataFrame(wrong)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: larger than the limit -> exchanged
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() | (error > limit)
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: exactly equal -> Nobody delivers a number exactly
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        right[name] = asked[name].isna() | (asked[name] == found[name])
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: the limit as a share of what was asked -> Do not divide
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() | (error / asked[name].abs() <= limit)
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: one limit for all attributes -> Asked for
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name in limits:
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() | (error <= limits["area_cm2"])
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: one answer for all orders -> the same in every row
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs().mean()
        right[name] = error <= limit
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: the grade forgotten -> 'grade' is missing
def delivered(asked, found, limits):
    right = {}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() | (error <= limit)
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: the column `all` forgotten -> 'all' is missing
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() | (error <= limit)
    return pd.DataFrame(right)


# %% delivered: any in place of all -> where *any*
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() | (error <= limit)
    table = pd.DataFrame(right)
    table["all"] = table.any(axis=1)
    return table


# %% delivered: all without the grade -> leaves out the grade
def delivered(asked, found, limits):
    right = {}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() | (error <= limit)
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    table["grade"] = asked["grade"] == found["grade"]
    return table


# %% delivered: all down the columns -> goes down the columns
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() | (error <= limit)
    table = pd.DataFrame(right)
    table["all"] = table.all()
    return table


# %% delivered: a share in place of all -> 'all' holds 0.75
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() | (error <= limit)
    table = pd.DataFrame(right)
    table["all"] = table.mean(axis=1)
    return table


# %% delivered: only the last attribute counts -> every one of them
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() | (error <= limit)
        right["all"] = right["grade"] & right[name]
    return pd.DataFrame(right)


# %% delivered: the grades differ -> Look at the grade
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] != found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() | (error <= limit)
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: the errors themselves -> Compare each error with its limit
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        right[name] = (found[name] - asked[name]).abs()
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: `or` in place of | -> take a single truth
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() or error <= limit
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: brackets forgotten -> brackets round the comparison
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() | error <= limit
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: the grades are subtracted -> The grade is a word
def delivered(asked, found, limits):
    errors = (found - asked).abs()
    right = {name: asked[name].isna() | (errors[name] <= limit) for name, limit in limits.items()}
    right["grade"] = asked["grade"] == found["grade"]
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: a limit for the grade -> no limit for the grade
def delivered(asked, found, limits):
    right = {}
    for name in asked:
        error = (found[name] != asked[name]) if name == "grade" else (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() | (error <= limits[name])
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: the lesson's attributes by name -> loop over `limits`
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name in ["area_cm2", "side", "along", "height"]:
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() | (error <= limits[name])
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table


# %% delivered: a dictionary -> Return a pandas DataFrame
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() | (error <= limit)
    right["all"] = pd.DataFrame(right).all(axis=1)
    return right


# %% delivered: only what was delivered in all -> Expected a row for each
def delivered(asked, found, limits):
    right = {"grade": asked["grade"] == found["grade"]}
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        right[name] = asked[name].isna() | (error <= limit)
    table = pd.DataFrame(right)
    table["all"] = table.all(axis=1)
    return table[table["all"]]


# %% delivered: in place -> changes the tables
def delivered(asked, found, limits):
    for name, limit in limits.items():
        error = (found[name] - asked[name]).abs()
        asked[name] = asked[name].isna() | (error <= limit)
    asked["grade"] = asked["grade"] == found["grade"]
    asked["all"] = asked.all(axis=1)
    return asked


# %% delivered: order by order -> Passed.
def delivered(asked, found, limits):
    rows = []
    for (_, a), (_, f) in zip(asked.iterrows(), found.iterrows()):
        row = {"grade": a["grade"] == f["grade"]}
        for name, limit in limits.items():
            row[name] = bool(np.isnan(a[name]) or abs(f[name] - a[name]) <= limit)
        row["all"] = all(row.values())
        rows.append(row)
    return pd.DataFrame(rows)


# %% delivered: all columns at once, `all` first -> Passed.
def delivered(asked, found, limits):
    names = list(limits)
    errors = (found[names] - asked[names]).abs()
    table = (errors <= pd.Series(limits)).where(asked[names].notna(), True)
    table.insert(0, "grade", asked["grade"].eq(found["grade"]))
    table.insert(0, "all", table.all(axis="columns"))
    return table


# %% distance: only the nearest -> the nearest one only
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).sum(axis=-1))
    return apart.min(axis=1)


# %% distance: the k-th nearest -> k-th nearest
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).sum(axis=-1))
    return np.sort(apart, axis=1)[:, k - 1]


# %% distance: one too far -> Python counts from 0
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).sum(axis=-1))
    return np.sort(apart, axis=1)[:, k]


# %% distance: one too many -> k + 1
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).sum(axis=-1))
    return np.sort(apart, axis=1)[:, : k + 1].mean(axis=1)


# %% distance: the nearest left out -> leave out the nearest
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).sum(axis=-1))
    return np.sort(apart, axis=1)[:, 1 : k + 1].mean(axis=1)


# %% distance: from 1 to k -> leave out the nearest
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).sum(axis=-1))
    return np.sort(apart, axis=1)[:, 1:k].mean(axis=1)


# %% distance: to all of them -> over all training slices
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).sum(axis=-1))
    return apart.mean(axis=1)


# %% distance: the farthest -> farthest
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).sum(axis=-1))
    return np.sort(apart, axis=1)[:, -k:].mean(axis=1)


# %% distance: not sorted -> not sorted
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).sum(axis=-1))
    return apart[:, :k].mean(axis=1)


# %% distance: indices averaged -> mean of the neighbours' *numbers*
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).sum(axis=-1))
    nearest = np.argsort(apart, axis=1)[:, :k]
    return nearest.mean(axis=1)


# %% distance: no root -> The root is missing
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = (difference**2).sum(axis=-1)
    return np.sort(apart, axis=1)[:, :k].mean(axis=1)


# %% distance: the root of the mean -> The root comes before the mean
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    squared = (difference**2).sum(axis=-1)
    return np.sqrt(np.sort(squared, axis=1)[:, :k].mean(axis=1))


# %% distance: absolute differences -> The distance is Euclidean
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.abs(difference).sum(axis=-1)
    return np.sort(apart, axis=1)[:, :k].mean(axis=1)


# %% distance: summed before it is squared -> Square each difference
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt(difference.sum(axis=-1) ** 2)
    return np.sort(apart, axis=1)[:, :k].mean(axis=1)


# %% distance: the mean of absolute differences -> averaged over the eight numbers
def distance(conditions, training, k=5):
    apart = np.abs(conditions[:, None] - training[None]).mean(axis=-1)
    return np.sort(apart, axis=1)[:, :k].mean(axis=1)


# %% distance: the mean of the squares -> averaged over the eight numbers
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).mean(axis=-1))
    return np.sort(apart, axis=1)[:, :k].mean(axis=1)


# %% distance: by the distances of images -> averaged over the eight numbers
def distance(conditions, training, k=5):
    from gancourse.metrics.memorisation import distances

    return np.sort(distances(conditions, training), axis=1)[:, :k].mean(axis=1)


# %% distance: to the mean -> to the mean of the training
def distance(conditions, training, k=5):
    difference = conditions - training.mean(axis=0)
    return np.sqrt((difference**2).sum(axis=-1))


# %% distance: always five -> k is taken for 5
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).sum(axis=-1))
    return np.sort(apart, axis=1)[:, :5].mean(axis=1)


# %% distance: the sum -> Take the mean
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).sum(axis=-1))
    return np.sort(apart, axis=1)[:, :k].sum(axis=1)


# %% distance: the median -> not their median
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).sum(axis=-1))
    return np.median(np.sort(apart, axis=1)[:, :k], axis=1)


# %% distance: of each training slice -> for each training slice
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).sum(axis=-1))
    return np.sort(apart, axis=0)[:k].mean(axis=0)


# %% distance: the first k orders -> first k *orders*
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).sum(axis=-1))
    return np.sort(apart, axis=1)[:k].mean(axis=1)


# %% distance: summed over the training slices -> Sum over the eight numbers
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).sum(axis=1))
    return np.sort(apart, axis=1)[:, :k].mean(axis=1)


# %% distance: not averaged -> Return their mean
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).sum(axis=-1))
    return np.sort(apart, axis=1)[:, :k]


# %% distance: all pairs -> Those are all distances
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    return np.sqrt((difference**2).sum(axis=-1))


# %% distance: not summed -> for each of the eight numbers
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt(difference**2)
    return np.sort(apart, axis=1)[:, :k].mean(axis=1)


# %% distance: one number for all -> all orders together
def distance(conditions, training, k=5):
    difference = conditions[:, None] - training[None]
    apart = np.sqrt((difference**2).sum(axis=-1))
    return np.sort(apart, axis=1)[:, :k].mean()


# %% distance: no new axis -> Give one array a new axis
def distance(conditions, training, k=5):
    apart = np.sqrt(((conditions - training) ** 2).sum(axis=-1))
    return np.sort(apart)[:k].mean()


# %% distance: order by order -> Passed.
def distance(conditions, training, k=5):
    means = []
    for order in conditions:
        apart = sorted(np.linalg.norm(order - slice_) for slice_ in training)
        means.append(sum(apart[:k]) / k)
    return means


# %% distance: by SciPy -> Passed.
def distance(conditions, training, k=5):
    from scipy.spatial import KDTree

    return KDTree(training).query(conditions, k=k)[0].mean(axis=1)


# %% nearer_to_examples: all unseen images -> as many as there are examples
def nearer_to_examples(generated, examples, unseen):
    to_examples = distances(generated, with_mirrors(examples)).min(axis=1)
    to_unseen = distances(generated, with_mirrors(unseen)).min(axis=1)
    return np.mean(to_examples < to_unseen)


# %% nearer_to_examples: as many as were generated -> as many as there are examples
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(generated)]
    to_examples = distances(generated, with_mirrors(examples)).min(axis=1)
    to_unseen = distances(generated, with_mirrors(as_many)).min(axis=1)
    return np.mean(to_examples < to_unseen)


# %% nearer_to_examples: the last of them -> take the first of them
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[-len(examples) :]
    to_examples = distances(generated, with_mirrors(examples)).min(axis=1)
    to_unseen = distances(generated, with_mirrors(as_many)).min(axis=1)
    return np.mean(to_examples < to_unseen)


# %% nearer_to_examples: mirrored, then cut -> First cut
def nearer_to_examples(generated, examples, unseen):
    examples, unseen = with_mirrors(examples), with_mirrors(unseen)
    to_examples = distances(generated, examples).min(axis=1)
    to_unseen = distances(generated, unseen[: len(examples)]).min(axis=1)
    return np.mean(to_examples < to_unseen)


# %% nearer_to_examples: no mirrors -> may repeat them mirrored
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(examples)]
    to_examples = distances(generated, examples).min(axis=1)
    to_unseen = distances(generated, as_many).min(axis=1)
    return np.mean(to_examples < to_unseen)


# %% nearer_to_examples: only the examples are mirrored -> Only the examples are mirrored
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(examples)]
    to_examples = distances(generated, with_mirrors(examples)).min(axis=1)
    to_unseen = distances(generated, as_many).min(axis=1)
    return np.mean(to_examples < to_unseen)


# %% nearer_to_examples: only the unseen are mirrored -> Only the unseen images are mirrored
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(examples)]
    to_examples = distances(generated, examples).min(axis=1)
    to_unseen = distances(generated, with_mirrors(as_many)).min(axis=1)
    return np.mean(to_examples < to_unseen)


# %% nearer_to_examples: the generated images are mirrored -> counts each of them twice
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(examples)]
    to_examples = distances(with_mirrors(generated), examples).min(axis=1)
    to_unseen = distances(with_mirrors(generated), as_many).min(axis=1)
    return np.mean(to_examples < to_unseen)


# %% nearer_to_examples: nearer to the unseen -> wrong way round
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(examples)]
    to_examples = distances(generated, with_mirrors(examples)).min(axis=1)
    to_unseen = distances(generated, with_mirrors(as_many)).min(axis=1)
    return np.mean(to_examples > to_unseen)


# %% nearer_to_examples: how many -> Return the share
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(examples)]
    to_examples = distances(generated, with_mirrors(examples)).min(axis=1)
    to_unseen = distances(generated, with_mirrors(as_many)).min(axis=1)
    return np.sum(to_examples < to_unseen)


# %% nearer_to_examples: per cent -> not per cent
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(examples)]
    to_examples = distances(generated, with_mirrors(examples)).min(axis=1)
    to_unseen = distances(generated, with_mirrors(as_many)).min(axis=1)
    return 100 * np.mean(to_examples < to_unseen)


# %% nearer_to_examples: true or false for each image -> an answer for each image
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(examples)]
    to_examples = distances(generated, with_mirrors(examples)).min(axis=1)
    to_unseen = distances(generated, with_mirrors(as_many)).min(axis=1)
    return to_examples < to_unseen


# %% nearer_to_examples: mean distances -> min, not mean
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(examples)]
    to_examples = distances(generated, with_mirrors(examples)).mean(axis=1)
    to_unseen = distances(generated, with_mirrors(as_many)).mean(axis=1)
    return np.mean(to_examples < to_unseen)


# %% nearer_to_examples: min forgotten -> each *pair* of distances
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(examples)]
    to_examples = distances(generated, with_mirrors(examples))
    to_unseen = distances(generated, with_mirrors(as_many))
    return np.mean(to_examples < to_unseen)


# %% nearer_to_examples: axis forgotten -> one comparison for all images
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(examples)]
    to_examples = distances(generated, with_mirrors(examples)).min()
    to_unseen = distances(generated, with_mirrors(as_many)).min()
    return np.mean(to_examples < to_unseen)


# %% nearer_to_examples: means compared -> one comparison for all images
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(examples)]
    to_examples = distances(generated, with_mirrors(examples)).min(axis=1)
    to_unseen = distances(generated, with_mirrors(as_many)).min(axis=1)
    return to_examples.mean() < to_unseen.mean()


# %% nearer_to_examples: argmin in place of min -> compares positions
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(examples)]
    to_examples = distances(generated, with_mirrors(examples)).argmin(axis=1)
    to_unseen = distances(generated, with_mirrors(as_many)).argmin(axis=1)
    return np.mean(to_examples < to_unseen)


# %% nearer_to_examples: a ratio -> ratio of distances
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(examples)]
    to_examples = distances(generated, with_mirrors(examples)).min(axis=1)
    to_unseen = distances(generated, with_mirrors(as_many)).min(axis=1)
    return np.mean(to_examples / to_unseen)


# %% nearer_to_examples: the ratio of the means -> ratio of distances
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(examples)]
    to_examples = distances(generated, with_mirrors(examples)).min(axis=1)
    to_unseen = distances(generated, with_mirrors(as_many)).min(axis=1)
    return to_examples.mean() / to_unseen.mean()


# %% nearer_to_examples: the nearest generated image of each example -> the other way
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(examples)]
    to_examples = distances(generated, with_mirrors(examples)).min(axis=0)
    to_unseen = distances(generated, with_mirrors(as_many)).min(axis=0)
    return np.mean(to_examples < to_unseen)


# %% nearer_to_examples: examples first -> the other way
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(examples)]
    to_examples = distances(with_mirrors(examples), generated).min(axis=1)
    to_unseen = distances(with_mirrors(as_many), generated).min(axis=1)
    return np.mean(to_examples < to_unseen)


# %% nearer_to_examples: subtracted, in place of `distances` -> `distances` compares all pairs
def nearer_to_examples(generated, examples, unseen):
    as_many = unseen[: len(examples)]
    to_examples = np.abs(generated - with_mirrors(examples)).min(axis=1)
    to_unseen = np.abs(generated - with_mirrors(as_many)).min(axis=1)
    return np.mean(to_examples < to_unseen)


# %% nearer_to_examples: image by image -> Passed.
def nearer_to_examples(generated, examples, unseen):
    count = 0
    for image in generated:
        near_example = min(np.mean((image - e) ** 2) for e in with_mirrors(examples))
        near_unseen = min(np.mean((image - u) ** 2) for u in with_mirrors(unseen[: len(examples)]))
        count += near_example < near_unseen
    return count / len(generated)


# %% nearer_to_examples: the generated images are mirrored as well -> Passed.
def nearer_to_examples(generated, examples, unseen):
    generated, examples = with_mirrors(generated), with_mirrors(examples)
    unseen = with_mirrors(unseen[: len(examples) // 2])
    nearer = distances(generated, examples).min(axis=1) < distances(generated, unseen).min(axis=1)
    return nearer.mean()

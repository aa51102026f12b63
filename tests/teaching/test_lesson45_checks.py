"""The checks of lesson 45 pass the course's versions and other right answers, and name usual mistakes."""

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from keras import layers, ops

from gancourse.metrics import delivery
from gancourse.metrics.memorisation import distances, nearest, with_mirrors
from gancourse.networks.conditional import ConditionalScaling
from gancourse.networks.projection import project
from gancourse.teaching.checks import lesson45 as checks
from gancourse.teaching.material import order_parts as course


def dense(channels, told):
    return layers.Reshape((1, 1, channels))(layers.Dense(channels)(told))


def joined(maps, told):
    wide = layers.Reshape((4, 6, 3))(layers.RepeatVector(24)(told))
    return layers.Concatenate()([maps, wide])


def at_pixels(maps, told):
    height, width, channels = maps.shape[1:]
    scale = layers.Reshape((height, width, channels))(layers.Dense(height * width * channels)(told))
    return maps * (1 + scale) + dense(channels, told)


def same_layer(maps, told):
    both = dense(maps.shape[-1], told)
    return maps * (1 + both) + both


SCALES = [
    (course.scale_maps, ""),
    (lambda maps, told: ConditionalScaling()(maps, told), ""),
    (lambda maps, told: maps * (1 + dense(5, told)) + dense(5, told), ""),
    (lambda maps, told: maps * dense(5, told) + dense(5, told), "makes the maps vanish"),
    (joined, "Joining the order as more channels"),
    (lambda maps, told: maps, "The order changes nothing"),
    (lambda maps, told: maps * (1 + dense(5, told)), "Add a shift"),
    (lambda maps, told: maps + dense(5, told), "only shifts the maps"),
    (lambda maps, told: maps * (1 + dense(1, told)) + dense(1, told), "All channels are changed alike"),
    (at_pixels, "scale differs from pixel to pixel"),
    (same_layer, "come from the same layer"),
    (lambda maps, told: layers.ReLU()(course.scale_maps(maps, told)), "leave the maps as they are"),
    (lambda maps, told: maps * (1 + layers.Dense(5)(told)) + layers.Dense(5)(told), "do not fit each other"),
    (lambda maps, told: np.tanh(maps), "plain arithmetic"),
    (lambda maps, told: [maps, told], "Return one tensor"),
]


def direction(features, conditions):
    phi = layers.Flatten()(features)
    return phi, layers.Dense(phi.shape[-1])(layers.Dense(16, activation="relu")(conditions))


def pooled(features, conditions, plain_logits):
    phi = layers.GlobalAveragePooling2D()(features)
    return plain_logits + layers.Dot(1)([phi, layers.Dense(phi.shape[-1])(conditions)])


def unsummed(features, conditions, plain_logits):
    phi, wanted = direction(features, conditions)
    return plain_logits + phi * wanted


def lonely(features, conditions, plain_logits):
    phi, wanted = direction(features, conditions)
    return ops.sum(phi * wanted, axis=-1, keepdims=True)


def squashed(features, conditions, plain_logits):
    phi, wanted = direction(features, conditions)
    return ops.sigmoid(plain_logits + ops.sum(phi * wanted, axis=-1, keepdims=True))


def joined_vectors(features, conditions, plain_logits):
    both = layers.Concatenate()([layers.Flatten()(features), conditions])
    return plain_logits + layers.Dense(1)(layers.Dense(16, activation="relu")(both))


def dotted(features, conditions, plain_logits):
    phi, wanted = direction(features, conditions)
    return layers.Add()([plain_logits, layers.Dot(axes=1)([phi, wanted])])


PROJECTIONS = [
    (course.project, ""),
    (project, ""),
    (dotted, ""),
    (pooled, "A side is a place"),
    (unsummed, "then sum over the last axis"),
    (lonely, "plain logits are lost"),
    (squashed, "the losses take logits"),
    (joined_vectors, "Twice the features"),
    (lambda f, c, p: p + layers.Dense(1)(layers.Flatten()(f)), "The order changes nothing"),
    (lambda f, c, p: p + layers.Dense(1)(c), "The image changes nothing"),
    (
        lambda f, c, p: p + layers.Dense(1)(layers.Flatten()(f)) + layers.Dense(1)(c),
        "the same to every image",
    ),
    (lambda f, c, p: p + ops.sum(layers.Dense(4)(c)[:, None, None] * f), "others in its batch"),
    (lambda f, c, p: ops.concatenate([p, layers.Dense(4)(c)], -1), "Expected the shape"),
]


def table(asked, found, limits, close, grade=True, every=True):
    right = {"grade": asked["grade"] == found["grade"]} if grade else {}
    right |= {name: close(asked[name], found[name], limit) for name, limit in limits.items()}
    done = pd.DataFrame(right)
    return done.assign(all=done.all(axis=1)) if every else done


def rule(close, **options):
    return lambda asked, found, limits: table(asked, found, limits, close, **options)


def right(asked, found, limit):
    return asked.isna() | ((found - asked).abs() <= limit)


def by_hand(asked, found, limits):
    rows = []
    for (_, a), (_, f) in zip(asked.iterrows(), found.iterrows(), strict=True):
        row = {"grade": a["grade"] == f["grade"]}
        for name, limit in limits.items():
            row[name] = bool(np.isnan(a[name]) or abs(f[name] - a[name]) <= limit)
        rows.append(row | {"all": all(row.values())})
    return pd.DataFrame(rows)


def in_place(asked, found, limits):
    asked["all"] = True
    return asked


DELIVERIES = [
    (course.delivered, ""),
    (by_hand, ""),
    (lambda a, f, limits: delivery.delivered(delivery.errors(a, f), {"grade": 0.0, **limits}), ""),
    (rule(lambda a, f, limit: (f - a).abs() <= limit), "what was not asked for"),
    (rule(lambda a, f, limit: ~((f - a).abs() > limit)), "It is missing"),
    (rule(lambda a, f, limit: a.isna() | (f - a <= limit)), "Take the absolute error"),
    (rule(lambda a, f, limit: a.isna() | ((f - a).abs() < limit)), "<=, not <"),
    (rule(lambda a, f, limit: ~right(a, f, limit)), "exchanged"),
    (rule(lambda a, f, limit: a.isna() | ((f - a).abs() <= limit * a.abs())), "Asked for"),
    (rule(right, grade=False), "'grade' is missing"),
    (rule(right, every=False), "'all' is missing"),
    (lambda a, f, limits: by_hand(a, f, limits).assign(all=lambda t: t.any(axis=1)), "where *any*"),
    (lambda a, f, limits: by_hand(a, f, limits).assign(all=lambda t: t[[*limits]].all(axis=1)), "leaves out"),
    (lambda a, f, limits: by_hand(a, f, limits).assign(grade=True), "Look at the grade"),
    (lambda a, f, limits: by_hand(a, f, limits).to_numpy(), "Return a pandas DataFrame"),
    (in_place, "changes the tables"),
]


def apart(conditions, training):
    return np.linalg.norm(conditions[:, None] - training[None], axis=-1)


DISTANCES = [
    (course.distance, ""),
    (delivery.distance_to_training, ""),
    (lambda c, t, k=5: np.partition(apart(c, t), k, axis=1)[:, :k].mean(1), ""),
    (lambda c, t, k=5: apart(c, t).min(1), "the nearest one only"),
    (lambda c, t, k=5: np.sort(apart(c, t), 1)[:, k - 1], "k-th nearest"),
    (lambda c, t, k=5: apart(c, t).mean(1), "over all training slices"),
    (lambda c, t, k=5: np.sort(apart(c, t), 1)[:, -k:].mean(1), "farthest"),
    (lambda c, t, k=5: apart(c, t)[:, :k].mean(1), "not sorted"),
    (lambda c, t, k=5: (np.sort(apart(c, t), 1)[:, :k] ** 2).mean(1), "The root is missing"),
    (lambda c, t, k=5: np.linalg.norm(c - t.mean(0), axis=1), "to the mean of the training"),
    (lambda c, t, k=5: np.sort(apart(c, t), 1)[:, :5].mean(1), "k is taken for 5"),
    (lambda c, t, k=5: np.sort(apart(c, t), 1)[:, :k].sum(1), "Take the mean"),
    (lambda c, t, k=5: np.sort(apart(c, t), 0)[:k].mean(0), "for each training slice"),
    (lambda c, t, k=5: np.sort(apart(c, t), 1)[:, :k], "Return their mean"),
    (lambda c, t, k=5: np.sort(apart(c, t), 1)[:, :k].mean(), "all orders together"),
    (lambda c, t, k=5: np.linalg.norm(c - t, axis=-1), "Give one array a new axis"),
]


def share(compare):
    return lambda generated, examples, unseen: compare(generated, examples, unseen[: len(examples)])


def near(generated, reference):
    return nearest(generated, with_mirrors(reference))[0]


def mirrored(generated, reference):
    return distances(generated, with_mirrors(reference))


REPEATS = [
    (course.nearer_to_examples, ""),
    (share(lambda g, e, u: np.mean(near(g, e) < near(g, u))), ""),
    (lambda g, e, u: np.mean(near(g, e) < near(g, u)), "as many as there are examples"),
    (share(lambda g, e, u: np.mean(nearest(g, e)[0] < nearest(g, u)[0])), "use with_mirrors for both"),
    (share(lambda g, e, u: np.mean(near(g, e) < nearest(g, u)[0])), "Only the examples are mirrored"),
    (share(lambda g, e, u: np.mean(near(g, e) > near(g, u))), "wrong way round"),
    (share(lambda g, e, u: np.sum(near(g, e) < near(g, u))), "Return the share"),
    (share(lambda g, e, u: np.mean(mirrored(g, e).mean(1) < mirrored(g, u).mean(1))), "min, not mean"),
    (share(lambda g, e, u: np.mean(near(g, e) / near(g, u))), "ratio of distances"),
    (share(lambda g, e, u: np.mean(mirrored(g, e).min(0) < mirrored(g, u).min(0))), "the other way"),
    (share(lambda g, e, u: near(g, e) < near(g, u)), "an answer for each image"),
]

CASES = [
    (check, *case)
    for check, cases in {
        checks.scale_maps: SCALES,
        checks.project: PROJECTIONS,
        checks.delivered: DELIVERIES,
        checks.distance: DISTANCES,
        checks.nearer_to_examples: REPEATS,
    }.items()
    for case in cases
]


@pytest.mark.parametrize(("check", "answer", "words"), CASES)
def test_a_right_answer_passes_and_a_mistake_is_named(check, answer, words):
    result = check(answer)
    assert words in result.hint, result
    assert result.passed is (words == ""), result


def test_mistakes_have_hints_of_their_own():
    for check in {case[0] for case in CASES}:
        said = [words for other, _, words in CASES if other is check and words]
        assert len(set(said)) == len(said) >= 8


@pytest.mark.parametrize("check", sorted({case[0] for case in CASES}, key=lambda check: check.__name__))
def test_what_was_not_tried_is_said(check):
    assert check(...).passed is None
    assert check(lambda *arguments: ...).passed is None


def test_the_parts_make_a_gan_that_trains():
    gan = course.build_gan(course.scale_maps, course.project, size=16, base=4)
    images = np.random.default_rng(0).uniform(-1, 1, (8, 16, 16, 2)).astype(np.float32)
    orders = np.random.default_rng(1).standard_normal((8, 7)).astype(np.float32)
    before = [weight.copy() for weight in gan.generator.get_weights()]
    gan.train_step((tf.constant(images), tf.constant(orders)))
    changed = [np.abs(a - b).max() > 0 for a, b in zip(before, gan.generator.get_weights(), strict=True)]
    assert np.mean(changed) > 0.8
    assert gan.generator([np.zeros((2, 32)), orders[:2]]).shape == (2, 16, 16, 2)

"""Checks of lesson 21: losses, training step, the best discriminator, the generator's gradient."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy.stats import norm

from gancourse.quiet import import_tensorflow
from gancourse.teaching.checks import _NotTried, _Raised, check, close, judge
from gancourse.teaching.material import two_hills

tf = import_tensorflow()

REAL, FAKE = [[2.0], [0.5], [-1.0]], [[-1.5], [0.3], [1.0]]
SURE = 200.0
NO_GRADIENT = (
    "There is no gradient. A loss that trains a network must be made of TensorFlow's functions from logits to"
    " result; NumPy's and float(...) break the chain."
)
NUMBER = "Expected one number, the mean over the batch; received shape {}. Apply tf.reduce_mean."
COMPILED = (
    "This works one operation at a time, but the playground compiles the step, and there a tensor has no"
    " number yet. Leave out print, float(...) and .numpy(), and return the tensors."
)


KERAS = (
    "tf.keras.losses.BinaryCrossentropy takes its second argument for probabilities. Give it logits with"
    " from_logits=True."
)
NOTHING = "Nothing is returned. Did you print the result? End the function with return and the result."


class _Nothing(Exception):
    """The learner's function has run, and returned nothing."""


def _call(answer: Callable[..., Any], *args: Any) -> Any:
    """Call a learner's function; the stubs here return `...`, so None means a forgotten return."""
    try:
        return answer(*args)
    except _NotTried:
        if getattr(answer, "__wrapped__", answer)(*args) is None:
            raise _Nothing from None
        raise


def _cost(target: float, logits: Any, mean: Callable = np.mean) -> Any:
    """Cross-entropy between a target and logits: log(1 + e^l) - target l."""
    logits = np.asarray(logits)
    return mean(np.logaddexp(0, logits) - target * logits)


def _taken_for_probabilities(target: float, logits: Any) -> float:
    """What Keras' cross-entropy makes of logits when nobody has told it that they are logits."""
    logits = tf.constant(logits)
    return float(tf.keras.losses.BinaryCrossentropy()(tf.fill(logits.shape, target), logits))


def _judge_loss(
    loss: Callable[..., Any], sure: list[float], right: float, mistakes: dict, *logits: Any
) -> str | None:
    with tf.GradientTape(persistent=True) as tape:
        given = [tf.constant(each) for each in logits]
        for each in given:
            tape.watch(each)
        try:
            result = _call(loss, *given)
        except _Nothing:
            return NOTHING
        if shape := tuple(np.shape(result)):
            return NUMBER.format(shape)
    if np.isnan(float(result)):
        return (
            "This gives NaN. Logits are no probabilities: they may be negative, unlike a logarithm's input."
        )
    said = f"Expected {right:.3f} for three logits of each kind, received {float(result):.3f}."
    if hint := judge(float(result), right, mistakes, said):
        return hint
    if not tf.is_tensor(result) or any(tape.gradient(result, each) is None for each in given):
        return NO_GRADIENT
    with np.errstate(all="ignore"):
        extreme = float(loss(*(tf.constant([[each]]) for each in sure)))
    if not close(extreme, SURE * len(sure)):
        return (
            f"For logits of {SURE:.0f} on the wrong side this gives {extreme}. There the sigmoid rounds to"
            " 0 or 1, and the logarithm fails. Compute the cost from the logits: see the two formulas with"
            " softplus."
        )
    return None


@check
def d_loss(answer: Callable[..., Any]) -> str | None:
    """`d_loss(real_logits, fake_logits)` is binary cross-entropy with targets 1 and 0; two means, added."""
    ones, zeros = _cost(1, REAL), _cost(0, FAKE)
    mistakes = {
        "That is the mean of both halves. Here they are added, so that an undecided D gets 2 ln 2.": (
            ones + zeros
        )
        / 2,
        "The targets are swapped: real points should be called 1, generated ones 0.": _cost(0, REAL)
        + _cost(1, FAKE),
        "Only the real half is there. What should D say of generated points?": ones,
        "Only the generated half is there. What should D say of real points?": zeros,
        "The sign is wrong: the cost of a mistake is positive, and it is to be made small.": -(ones + zeros),
        "Both kinds get the target 1. Generated points should be called 0.": ones + _cost(1, FAKE),
        "You added over the batch. Take the mean, or the loss grows with the number of points.": 3
        * (ones + zeros),
        KERAS: _taken_for_probabilities(1.0, REAL) + _taken_for_probabilities(0.0, FAKE),
        "A sigmoid was applied twice: give logits to a function for logits, or probabilities to one for"
        " probabilities.": _cost(1, _sigmoid(REAL)) + _cost(0, _sigmoid(FAKE)),
    }
    return _judge_loss(answer, [-SURE, SURE], ones + zeros, mistakes, REAL, FAKE)


@check
def g_loss(answer: Callable[..., Any]) -> str | None:
    """`g_loss(fake_logits)` is binary cross-entropy with the target 1: the non-saturating loss."""
    right = _cost(1, FAKE)
    mistakes = {
        "That has the target 0, which is what D is trained to say. What does the generator want to hear?": (
            _cost(0, FAKE)
        ),
        "That is the minimax loss, the mean of ln(1 - D). It is a proper choice, and section 4 compares the"
        " two; here write the non-saturating one, -ln D.": -_cost(0, FAKE),
        "The sign is wrong: -ln D is positive, and smaller when D is fooled.": -right,
        "You added over the batch. Take the mean.": 3 * right,
        KERAS: _taken_for_probabilities(1.0, FAKE),
        "A sigmoid was applied twice: give logits to a function for logits.": _cost(1, _sigmoid(FAKE)),
        "That is 1 - D. It also falls when D is fooled, but cross-entropy is -ln D.": 1
        - _sigmoid(FAKE).mean(),
    }
    return _judge_loss(answer, [-SURE], right, mistakes, FAKE)


def _sigmoid(logits: Any) -> np.ndarray:
    return 1 / (1 + np.exp(-np.asarray(logits)))


def _players() -> SimpleNamespace:
    """Two networks of one layer, and batches that can be foreseen."""
    import keras

    from gancourse import losses
    from gancourse.gans.plane_gan import mlp

    generator, discriminator = mlp(2, 1, 3, 2), mlp(2, 1, 3, 1)
    rng = np.random.default_rng(0)
    for network in (generator, discriminator):
        network.set_weights([rng.normal(size=w.shape) for w in network.get_weights()])
    rates = {"g_optimizer": keras.optimizers.SGD(0.1), "d_optimizer": keras.optimizers.SGD(0.3)}
    for optimizer, network in zip(rates.values(), (generator, discriminator), strict=True):
        optimizer.build(network.trainable_variables)
    drawn = {"real": 0, "noise": 0}
    batches = {name: tf.constant(rng.normal(size=(4, 8, 2)), tf.float32) for name in drawn}

    def draw(name: str) -> Any:
        drawn[name] += 1
        return batches[name][min(drawn[name], 4) - 1]

    given: dict[str, list] = {"d_loss": [], "g_loss": []}

    def noted(name: str, loss: Callable[..., Any]) -> Callable[..., Any]:
        """The loss, which notes the shapes that it is given."""

        def noting(*logits: Any) -> Any:
            given[name].append([tuple(np.shape(each)) for each in logits])
            return loss(*logits)

        return noting

    return SimpleNamespace(
        generator=generator,
        discriminator=discriminator,
        d_loss=noted("d_loss", losses.discriminator_loss),
        g_loss=noted("g_loss", losses.generator_loss),
        given=given,
        draw_real=lambda: draw("real"),
        draw_noise=lambda: draw("noise"),
        drawn=drawn,
        **rates,
    )


def _moved(
    step: Callable[..., Any], gan: SimpleNamespace | None = None
) -> tuple[SimpleNamespace, dict[str, np.ndarray], Any]:
    """Take a step with players, fresh ones by default.

    Returns:
        The players, how far each network moved, and what the step returned.
    """
    gan = gan or _players()
    networks = {"generator": gan.generator, "discriminator": gan.discriminator}
    before = {name: network.get_weights() for name, network in networks.items()}
    result = _call(step, gan)
    after = {name: network.get_weights() for name, network in networks.items()}
    flat = {
        name: np.concatenate([(b - a).ravel() for a, b in zip(before[name], after[name], strict=True)])
        for name in networks
    }
    return gan, flat, result


@check
def train_step(answer: Callable[..., Any]) -> str | None:
    """`train_step(gan)` updates D, then G, each with its own loss and optimiser; it returns both losses."""
    from gancourse.gans import plane_gan

    gan = _players()
    try:
        _, moved, result = _moved(answer, gan)
    except _Nothing:
        return "Nothing is returned. End the function with both losses, the discriminator's first."
    except _Raised as raised:
        return _not_judged(gan) or _plainly(raised.args[0])
    if hint := _not_judged(gan):
        return hint
    _, want, (d_want, g_want) = _moved(plane_gan.train_step)
    if not isinstance(result, tuple | list) or len(result) != 2:
        return "Return both losses, first the discriminator's: return d_loss, g_loss."
    d, g = moved["discriminator"], moved["generator"]
    if not d.any() and not g.any():
        return (
            "Neither network has changed. Give each optimiser the gradients and the variables of its network."
        )
    if not d.any():
        return "The discriminator has not changed. Its optimiser has to apply the gradients of its loss."
    if not g.any():
        return "The generator has not changed. Its optimiser has to apply the gradients of its loss."
    if not (np.isfinite(d).all() and np.isfinite(g).all()):
        return "A weight became NaN. Do both losses get logits, and not probabilities?"
    if len(gan.given["d_loss"]) == 0 or len(gan.given["g_loss"]) == 0:
        return (
            "Use gan.d_loss and gan.g_loss. A d_loss or g_loss without `gan.` is this notebook's, and then"
            " nobody can play with another loss."
        )
    if gan.drawn["real"] != 1:
        return f"Draw one batch of real points per step; this drew {gan.drawn['real']}."
    if hint := _what_moved_wrongly(gan, d, g, want):
        return hint
    losses_got = [float(each) for each in result]
    if close(losses_got, [float(g_want), float(d_want)]):
        return "The losses are returned in the wrong order: the discriminator's comes first."
    if not close(losses_got, [float(d_want), float(g_want)]):
        return "Both networks learn as they should, but other numbers are returned than the two losses."
    return _when_compiled(answer)


def _not_judged(gan: SimpleNamespace) -> str | None:
    """Recognise points (8, 2) that went into a loss in place of their logits (8, 1)."""
    for name, calls in gan.given.items():
        if any(shape[-1:] == (2,) for shapes in calls for shape in shapes):
            return f"gan.{name} was given points. It takes logits: what gan.discriminator says of the points."
    return None


def _swapped() -> dict[str, np.ndarray]:
    """How far each network moves if the discriminator's loss gets its arguments in the wrong order."""
    from gancourse.gans import plane_gan

    gan = _players()
    right, gan.d_loss = gan.d_loss, lambda real_logits, fake_logits: right(fake_logits, real_logits)
    return _moved(plane_gan.train_step, gan)[1]


def _plainly(error: Exception) -> str:
    """Say in the lesson's words what the usual errors in a training step mean."""
    said = str(error)
    if "Unknown variable" in said:
        return "An optimiser was given variables of the other network. Each network has its own one."
    if "No gradients" in said or "None" in said:
        return (
            "A gradient is missing. Is the loss computed outside of its tape, or from points made outside"
            " of it? Whatever leads from the variables to the loss has to be indented below the tape."
        )
    if "unpack" in said or "apply_gradients" in said or "iterating" in said:
        return "apply_gradients takes pairs: zip(gradients, variables)."
    raise _Raised(error)


def _what_moved_wrongly(
    gan: SimpleNamespace, d: np.ndarray, g: np.ndarray, want: dict[str, np.ndarray]
) -> str | None:
    """Recognise what went wrong by the distances that the weights moved."""
    d_want, g_want = want["discriminator"], want["generator"]
    if not close(d, d_want):
        if gan.drawn["noise"] == 0:
            return "The noise comes from gan.draw_noise(), once for each network."
        if close(d, _swapped()["discriminator"]):
            return "gan.d_loss takes the logits of the real points first, then those of the generated ones."
        if close(d, -d_want):
            return "The discriminator goes uphill. Apply gradients as they are: the optimiser subtracts them."
        if d @ d_want < 0.9 * np.linalg.norm(d) * np.linalg.norm(d_want):
            return (
                "The discriminator learns something else than D's loss. Each optimiser may change only its"
                " own network's variables, once, by the gradient of that network's loss."
            )
        return "The discriminator's step has another length than it should. Is it updated just once?"
    if close(g, g_want):
        return None
    if close(g, -g_want):
        return "The generator goes uphill. Apply its gradients as they are: the optimiser subtracts them."
    if gan.drawn["noise"] == 1:
        return (
            "The generator learns from the noise that D has just seen. Algorithm 1 draws new noise for it,"
            " and asks the D that has already been updated."
        )
    return (
        "The generator learns something else than expected. Compute its fake logits after D was updated,"
        " inside of the second tape, from new noise."
    )


def _when_compiled(step: Callable[..., Any]) -> str | None:
    """Take the step as the playground does, in a compiled function."""
    gan = _players()
    try:
        tf.function(lambda: step(gan), autograph=False)()
    except Exception:
        return COMPILED
    return None


@check
def best_discriminator(answer: Callable[..., Any]) -> str | None:
    """`best_discriminator(p, q, width)` is p / (p + q), and the loss that it leaves."""
    right = two_hills.best_discriminator
    x = np.linspace(-6, 6, 49)  # fine enough for all rules of integration to agree
    p, q, width = norm.pdf(x, -1, 1), norm.pdf(x, 1, 0.8), x[1] - x[0]
    try:
        result = _call(answer, p, q, width)
    except _Nothing:
        return NOTHING
    if not isinstance(result, tuple | list) or len(result) != 2:
        return "Return two things: the best answer at every place, and the loss, one number."
    best, loss = right(p, q, width)
    got = np.asarray(result[0], float)
    if got.shape != p.shape:
        return f"Expected a probability for each of {len(x)} places, received shape {got.shape}."
    mistakes = {
        "That is the probability of a generated number. The discriminator gives that of a real one.": q
        / (p + q),
        "Those are odds, which can exceed 1. What share of all numbers found there is real?": p / q,
        "That is a decision. The best answer says how sure it is, a number between 0 and 1.": p > q,
        "The prior of one half belongs to both kinds, so it stands above and below the line.": [
            0.5 * best,
            2 * best,
        ],
        "p(x) is the density of real numbers only. How many generated ones lie there matters as well.": p,
    }
    k = int(np.argmin(np.abs(x - 0.5)))
    said = (
        f"Where p = {p[k]:.3f} and q = {q[k]:.3f}, expected a best answer of {best[k]:.3f},"
        f" received {got[k]:.3f}."
    )
    if hint := judge(got, best, mistakes, said):
        return hint
    if shape := np.shape(result[1]):
        return f"The loss is one number, an integral over all places; received shape {shape}. Add them up."
    mistakes = {
        "The width is missing: an integral is a sum times the distance between two places.": loss / width,
        "The loss of the real half is there alone. The generated half costs -ln(1 - D).": -(
            p * np.log(best)
        ).sum()
        * width,
        "The loss of the generated half is there alone. The real half costs -ln D.": -(
            q * np.log(1 - best)
        ).sum()
        * width,
        "The sign of the loss is wrong: the cost of a mistake is positive.": -loss,
        "Weigh each cost by how common it is: -ln D by p, and -ln(1 - D) by q.": -(
            np.log(best) + np.log(1 - best)
        ).sum()
        * width,
        "There is a factor of one half too much. d_loss adds its two means, so each kind counts in full: the"
        " cost at a place is -p ln D - q ln(1 - D).": loss / 2,
        "That is the mean over places. An integral is the sum over places times the width.": [
            loss / width / len(x),
            loss / len(x),
        ],
        "The logarithm of base 2 gives bits. Use the natural logarithm here, np.log.": loss / np.log(2),
    }
    return judge(
        float(result[1]),
        loss,
        mistakes,
        f"The answers are right. Expected a loss of {loss:.3f}, received {float(result[1]):.3f}.",
    )


@check
def pull(answer: Callable[..., Any]) -> str | None:
    """`pull(g_loss, distance)` is the gradient that a shifted hill gets, with the best D held fixed."""
    from gancourse import losses

    kinds = (losses.minimax_generator_loss, losses.generator_loss)
    try:
        results = [[_call(answer, loss, distance) for loss in kinds] for distance in (1.0, 2.5)]
    except _Nothing:
        return (
            "The result is None: nothing is returned, or the loss does not depend on `middle`. Inside the"
            " tape, make the points from it, as middle + NOISE."
        )
    if any(isinstance(each, tuple | list) for row in results for each in row):
        return (
            "A list was returned. A tape that is asked for the gradient with respect to [middle], a list,"
            " answers with a list. Ask with middle alone."
        )
    got = [[_number(each) for each in row] for row in results]
    want = [[float(two_hills.pull(loss, distance)) for loss in kinds] for distance in (1.0, 2.5)]
    if any(np.isnan(each) for row in got for each in row):
        return "Expected one number. Ask the tape for the gradient with respect to middle, not to each point."

    def wrong(gradient: Callable[..., Any]) -> list:
        return [[float(gradient(loss, distance)) for loss in kinds] for distance in (1.0, 2.5)]

    mistakes = {
        "That is the loss itself. Return its gradient with respect to middle.": wrong(_loss_itself),
        "The sign is wrong: return the gradient as the tape gives it.": np.negative(want),
        "D must be held fixed: give best_logits the number `distance`, not the variable `middle`.": wrong(
            _moving
        ),
        "The generator adds its weight to the noise; it does not multiply.": wrong(_multiplied),
        "A generator's loss takes logits, which is what best_logits gives. Leave out the sigmoid.": wrong(
            _squashed
        ),
        "The loss that the function is given has to be used: two losses gave the same gradient.": [
            [row[1]] * 2 for row in want
        ],
    }
    said = f"At distance 1 expected {want[0][0]:.3f} by the minimax loss, received {got[0][0]:.3f}."
    return judge(got, want, mistakes, said)


def _loss_itself(loss: Callable[..., Any], distance: float) -> Any:
    """The loss, in place of its gradient."""
    return loss(two_hills.best_logits(distance + two_hills.NOISE, distance))


def _slope(value: Callable[[Any], Any], distance: float) -> Any:
    """The gradient of what is computed from `middle`."""
    middle = tf.Variable(distance)
    with tf.GradientTape() as tape:
        result = value(middle)
    return tape.gradient(result, middle)


def _moving(loss: Callable[..., Any], distance: float) -> Any:
    """The gradient if the best discriminator moved with the generator."""
    return _slope(lambda middle: loss(two_hills.best_logits(middle + two_hills.NOISE, middle)), distance)


def _multiplied(loss: Callable[..., Any], distance: float) -> Any:
    """The gradient if the generator stretched its noise."""
    return _slope(lambda middle: loss(two_hills.best_logits(middle * two_hills.NOISE, distance)), distance)


def _squashed(loss: Callable[..., Any], distance: float) -> Any:
    """The gradient if the loss got probabilities."""
    return _slope(
        lambda middle: loss(tf.sigmoid(two_hills.best_logits(middle + two_hills.NOISE, distance))), distance
    )


def _number(value: Any) -> float:
    """An answer as a number, NaN if it is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")

"""Training: what feeds a step, the step itself against the machine's peak, and against PyTorch."""

from collections.abc import Callable, Generator, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from benchmarks import operations, torch_steps
from benchmarks.files import copies, phantoms
from benchmarks.measure import Elsewhere, Line, in_turns, once, ratio, spread

Clock = Callable[[], float]
PRECISIONS = ("float32", "bfloat16")
NO_TORCH = ("PyTorch", "not installed (pip install -e '.[bench]')", "")


def pipeline(folder: Path) -> Iterator[Line]:
    """Batches from disk and memory, against the training step of the deck's networks that eats them."""
    from gancourse.cohort import sliceset
    from gancourse.cohort.slices import make_slices
    from gancourse.training.recipes import RECIPES, choose_precision

    recipe = RECIPES["deck"]
    slices = make_slices(copies(phantoms(folder), 100), folder / "for_training", modalities=("t1",))

    def batches(in_memory: int, flip: bool = False):
        sliceset.IN_MEMORY = in_memory
        return slices.dataset(batch_size=recipe.batch_size, repeat=True, flip=flip)

    gan, steps = recipe.build(precision="auto"), iter(batches(2**30))
    gan.make_train_function()

    def step() -> float:
        return once(lambda: float(gan.train_function(steps)["d_loss"]))  # float waits for a GPU

    for name, dataset in {
        "in memory": batches(2**30),
        "in memory, mirrored": batches(2**30, flip=True),
        "from disk": batches(0),
    }.items():
        drain: Callable[[], list] = partial(list, dataset.take(50))
        pairs = [(a, b / 50) for a, b in in_turns(step, partial(once, drain))]
        rates = [recipe.batch_size / b for _, b in pairs]
        yield f"input pipeline, {name}", spread(rates, "images/s"), ""
        yield f"as many as {choose_precision()} training steps take, times", ratio(pairs), "10 or more"


def dcgan(folder: Path) -> Iterator[Line]:
    """A training step of the deck's networks, batch 32: precisions, XLA, the machine's peak, and PyTorch."""
    from gancourse.training.recipes import RECIPES

    deck = RECIPES["deck"]
    images = np.random.default_rng(0).uniform(-1, 1, (deck.batch_size, 64, 64, 1)).astype(np.float32)
    gans = {
        f"TensorFlow, {precision}{', XLA' * xla}": deck.build(precision=precision, jit_compile=xla)
        for precision in PRECISIONS
        for xla in (False, True)
    }
    ours = {name: clock(gan, images, "d_loss") for name, gan in gans.items()}
    medians = yield from rates(ours, deck.batch_size)
    gan = gans["TensorFlow, float32"]
    work = deck.batch_size * operations.of_gan_step(gan.generator, gan.discriminator)
    for precision in PRECISIONS:
        best = min((name for name in ours if precision in name), key=medians.__getitem__)
        multiply, product = operations.matrix_product(precision)
        pairs = in_turns(partial(once, multiply), ours[best])
        yield f"share of the {precision} matmul peak", ratio(pairs, work / product), "at most 1"
    yield from against_torch(ours, medians, torch_steps.dcgan, deck.batch_size)


def pix2pix(folder: Path) -> Iterator[Line]:
    """A training step of the small pix2pix of lesson 51, MR to tumour, against the same in PyTorch."""
    from gancourse.training.translation import Translation

    recipe = Translation("mr-to-tumour")
    rng, size = np.random.default_rng(0), recipe.batch_size
    scans = rng.uniform(-1, 1, (size, 64, 64, 4)).astype(np.float32)
    labels = rng.integers(0, 4, (size, 64, 64)).astype(np.uint8)
    models = {f"TensorFlow, {precision}": recipe.build(precision=precision) for precision in PRECISIONS}
    ours = {name: clock(model, (scans, labels), "g_loss") for name, model in models.items()}
    medians = yield from rates(ours, size)
    model = models["TensorFlow, float32"]
    weights = [
        sum(int(np.prod(v.shape)) for v in network.trainable_variables)
        for network in (model.generator, model.discriminator)
    ]
    yield from against_torch(ours, medians, torch_steps.pix2pix, size, weights)


def clock(model, batch, loss: str) -> Clock:
    """Make a function that takes a training step on this batch and says how many seconds it took."""
    from gancourse.quiet import import_tensorflow

    batches = iter(import_tensorflow().data.Dataset.from_tensors(batch).repeat())
    model.make_train_function()
    return lambda: once(lambda: float(model.train_function(batches)[loss]))  # float waits for a GPU


def rates(clocks: dict[str, Clock], images: int, rounds: int = 8) -> Generator[Line, None, dict[str, float]]:
    """Yield the images per second of each, measured in turns; return the median seconds by name."""
    for take in clocks.values():
        take(), take()  # the first compiles, and is not counted
    taken = np.array([[take() for take in clocks.values()] for _ in range(rounds)])
    for name, values in zip(clocks, taken.T, strict=True):
        yield name, spread(list(images / values), "images/s"), ""
    return dict(zip(clocks, np.median(taken, 0), strict=True))


def against_torch(
    ours: dict[str, Clock], medians: dict[str, float], make: Callable, images: int, *arguments
) -> Iterator[Line]:
    """Yield PyTorch's rates, and the best of ours by the best of it, pair by pair."""
    if find_spec("torch") is None:
        yield NO_TORCH
        return
    worker = Elsewhere(make, images, *arguments)
    clocks: dict[str, Clock] = {name: partial(worker.once, name) for name in worker.names}
    theirs = yield from rates(clocks, images)
    best, other = min(medians, key=medians.__getitem__), min(theirs, key=theirs.__getitem__)
    pairs = in_turns(clocks[other], ours[best])
    worker.close()
    yield "the best of ours by the best of PyTorch", ratio(pairs), "1 or more"

"""Speed and memory on this machine, as ratios measured in one run.

    python tests/bench.py                    # all sections, some minutes; `make bench`
    python tests/bench.py import memory      # some

Each section is a function that yields (what, value, aim). It prepares what it needs in a temporary folder, so
that nothing in `data/` is read or touched. Times are medians, with the range over repeats.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

Line = tuple[str, str, str]
SECTIONS: dict[str, Callable[[Path], Iterator[Line]]] = {}


def section(measure: Callable[[Path], Iterator[Line]]) -> Callable[[Path], Iterator[Line]]:
    """Register a section under its function's name. It gets a folder to work in."""
    SECTIONS[measure.__name__.removesuffix("_")] = measure
    return measure


def seconds(run: Callable[[], object], repeats: int = 5) -> list[float]:
    """How long each of some runs takes, after one that is not counted."""
    run()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return taken


def spread(values: list[float], unit: str = "s") -> str:
    """Median and range, as "0.21 s (0.20 to 0.24)"."""
    return f"{statistics.median(values):.3g} {unit} ({min(values):.3g} to {max(values):.3g})"


def in_fresh_process(function: str, *arguments) -> dict:
    """What one of this file's functions returns, run alone in its own Python."""
    code = f"import json, sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import bench; "
    code += f"print(json.dumps(bench.{function}(*{arguments!r})))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    if out.returncode:
        raise SystemExit(out.stderr)
    return json.loads(out.stdout.splitlines()[-1])


def phantoms(folder: Path, count: int = 4, spacing: float = 2.0) -> list:
    """A small cohort, made once a run."""
    from gancourse.cohort.brats import find_subjects
    from gancourse.cohort.phantom import make_cohort

    out = folder / f"phantoms_{spacing:g}mm"
    if not out.exists():
        make_cohort(out, count, spacing, progress=False)
    return find_subjects(out)


def copies(subjects: list, count: int) -> list:
    """As many subjects as asked for: the same files under new names."""
    return [replace(subjects[k % len(subjects)], id=f"S{k}", patient=f"P{k}") for k in range(count)]


@section
def import_(folder: Path) -> Iterator[Line]:
    """`import gancourse` and the command's help: what a learner waits for before anything happens."""

    def start(*command: str) -> list[float]:
        return seconds(lambda: subprocess.run([sys.executable, *command], check=True, capture_output=True))

    bare = statistics.median(start("-c", ""))
    alone = [t - bare for t in start("-c", "import gancourse")]
    yield "import gancourse, beyond Python's own start", spread(alone), "under 0.3 s"
    yield "gancourse --help, in all", spread(start("-m", "gancourse", "--help")), ""


@section
def cohort(folder: Path) -> Iterator[Line]:
    """Making phantoms with all cores, without the start of the worker processes, which is counted once."""
    from gancourse.cohort.phantom import make_cohort

    def taken(count: int) -> float:
        start = time.perf_counter()
        make_cohort(folder / f"timed_{count}", count, progress=False)
        return time.perf_counter() - start

    cores = os.cpu_count() or 1
    few, more = taken(cores), taken(4 * cores)
    each = (more - few) / (3 * cores)
    yield f"a phantom at 2 mm, {cores} cores", f"{each:.2f} s", ""
    yield "the default cohort of 48, extrapolated", f"{few + (48 - cores) * each:.0f} s", "120 s or less"


@section
def slicing(folder: Path) -> Iterator[Line]:
    """Cutting subjects into slices, at both spacings."""
    from gancourse.cohort.slices import make_slices

    for spacing in (2.0, 1.0):
        subjects = copies(phantoms(folder, 2, spacing), 8)
        taken = seconds(lambda s=subjects: make_slices(s, folder / "sliced", overwrite=True), 3)
        yield f"slices of a subject at {spacing:g} mm", spread([t / 8 for t in taken]), ""


@section
def memory(folder: Path) -> Iterator[Line]:
    """Peak memory of slicing, each in a process of its own."""
    phantoms(folder)
    none, few, many = (
        in_fresh_process("peak_while_slicing", str(folder), count)["MB"] for count in (0, 20, 200)
    )
    yield "peak memory, the libraries alone", f"{none:.0f} MB", ""
    yield "slicing 20 subjects", f"{few:.0f} MB", ""
    yield "slicing 200 subjects", f"{many:.0f} MB, {many / few:.2f} times as much", "the same"


def peak_while_slicing(folder: str, count: int) -> dict:
    """Largest resident memory of this process, in MB, after slicing."""
    from gancourse.cohort.slices import make_slices

    subjects = copies(phantoms(Path(folder)), count)
    if count:
        make_slices(subjects, Path(folder) / f"sliced_{count}")
    return {"MB": peak_memory()}


def peak_memory() -> float:
    """Largest resident memory of this process, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count what the parent had when it started this process
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    import resource

    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


@section
def segment(folder: Path) -> Iterator[Line]:
    """A subject of 240 x 240 x 155 voxels, four files in and two out, in a process of its own."""
    phantoms(folder, 1, 1.0)
    found = [in_fresh_process("segment_one", str(folder)) for _ in range(3)]
    yield "gancourse segment, with TensorFlow's start", spread([f["s"] for f in found]), "under 60 s"
    yield "peak memory", spread([f["MB"] for f in found], "MB"), "under 3000 MB"


def segment_one(folder: str) -> dict:
    """Seconds and peak memory, in MB, of segmenting the one phantom at 1 mm."""
    start = time.perf_counter()
    from gancourse.segmentation import patient, segmenter

    subject = phantoms(Path(folder), 1, 1.0)[0]
    assert subject.shape == (240, 240, 155)
    found = patient.segment(subject, segmenter.load())
    subject.save_like(found.seg, Path(folder) / "seg.nii.gz")
    subject.save_like(found.tissue, Path(folder) / "tissue.nii.gz")
    return {"s": time.perf_counter() - start, "MB": peak_memory()}


@section
def pipeline(folder: Path) -> Iterator[Line]:
    """Batches from disk and memory, against the training step of the deck's networks that eats them."""
    from gancourse.cohort import sliceset
    from gancourse.cohort.slices import make_slices
    from gancourse.training.recipes import RECIPES, choose_precision

    recipe = RECIPES["deck"]
    slices = make_slices(copies(phantoms(folder), 100), folder / "for_training", modalities=("t1",))
    images = 200 * recipe.batch_size

    def batches(in_memory: int, flip: bool = False):
        sliceset.IN_MEMORY = in_memory
        return slices.dataset(batch_size=recipe.batch_size, repeat=True, flip=flip)

    def rate(dataset) -> list[float]:
        def drain():
            for _ in dataset.take(200):
                pass

        return [images / t for t in seconds(drain, 3)]

    kept, mirrored, on_disk = rate(batches(2**30)), rate(batches(2**30, flip=True)), rate(batches(0))
    gan = recipe.build(precision="auto")
    steps = iter(batches(2**30))
    gan.make_train_function()
    step = seconds(lambda: float(gan.train_function(steps)["d_loss"]), 10)  # float waits for a GPU
    trained = [recipe.batch_size / t for t in step]
    yield f"training step, deck, {choose_precision()}", spread(trained, "images/s"), ""
    for name, found in (("in memory", kept), ("in memory, mirrored", mirrored), ("from disk", on_disk)):
        ratio = statistics.median(found) / statistics.median(trained)
        yield (
            f"input pipeline, {name}",
            f"{spread(found, 'images/s')}, {ratio:.0f} times the step",
            "10 or more",
        )


@section
def training(folder: Path) -> Iterator[Line]:
    """A training step of the deck's networks, batch 32: precisions, XLA, PyTorch, and the machine's peak."""
    from gancourse.quiet import import_tensorflow
    from gancourse.training.recipes import RECIPES

    tf, deck, best = import_tensorflow(), RECIPES["deck"], {}
    operations = operations_of_a_step()
    images = np.random.default_rng(0).uniform(-1, 1, (deck.batch_size, 64, 64, 1)).astype(np.float32)
    for precision in ("float32", "bfloat16"):
        for jit_compile in (False, True):
            gan = deck.build(precision=precision, jit_compile=jit_compile)
            gan.make_train_function()
            step, batch = gan.train_function, iter(tf.data.Dataset.from_tensors(images).repeat())
            taken = seconds(lambda: float(step(batch)["d_loss"]), 10)  # noqa: B023
            name = f"TensorFlow, {precision}{', XLA' if jit_compile else ''}"
            best[name] = deck.batch_size / statistics.median(taken)
            yield name, spread([deck.batch_size / t for t in taken], "images/s"), ""
    ours = max(best.values())
    for precision in ("float32", "bfloat16"):
        peak = matmul_peak(getattr(tf, precision))
        fastest = max(rate for name, rate in best.items() if precision in name)
        share = fastest * operations / peak
        yield f"share of the {precision} matmul peak", f"{share:.0%} of {peak / 1e9:.0f} GFLOP/s", ""
    try:
        found = in_fresh_process("torch_rates", deck.batch_size)
    except SystemExit:
        yield "PyTorch", "not installed (pip install -e '.[bench]')", ""
        return
    for name, rate in found.items():
        yield f"PyTorch, {name}", f"{rate:.3g} images/s", ""
    yield "the best of ours by the best of PyTorch", f"{ours / max(found.values()):.2f}", "1 or more"


@section
def pix2pix(folder: Path) -> Iterator[Line]:
    """A training step of the small pix2pix of lesson 51, MR to tumour, against the same in PyTorch."""
    from gancourse.quiet import import_tensorflow
    from gancourse.training.translation import Translation

    tf, recipe, best = import_tensorflow(), Translation("mr-to-tumour"), 0.0
    rng, size = np.random.default_rng(0), recipe.batch_size
    scans = rng.uniform(-1, 1, (size, 64, 64, 4)).astype(np.float32)
    labels = rng.integers(0, 4, (size, 64, 64)).astype(np.uint8)
    for precision in ("float32", "bfloat16"):
        model = recipe.build(precision=precision)
        model.make_train_function()
        step, batch = model.train_function, iter(tf.data.Dataset.from_tensors((scans, labels)).repeat())
        taken = seconds(lambda: float(step(batch)["g_loss"]), 10)  # noqa: B023
        best = max(best, size / statistics.median(taken))
        yield f"TensorFlow, {precision}", spread([size / t for t in taken], "images/s"), ""
    weights = [
        sum(int(np.prod(v.shape)) for v in n.trainable_variables)
        for n in (model.generator, model.discriminator)
    ]
    try:
        found = in_fresh_process("torch_pix2pix_rates", size, weights)
    except SystemExit:
        yield "PyTorch", "not installed (pip install -e '.[bench]')", ""
        return
    for name, rate in found.items():
        yield f"PyTorch, {name}", f"{rate:.3g} images/s", ""
    yield "the best of ours by the best of PyTorch", f"{best / max(found.values()):.2f}", "1 or more"


def torch_pix2pix_rates(batch_size: int, weights: list[int]) -> dict:
    """Images a second of the same step in PyTorch, by precision; `weights` of each network must agree."""
    import torch
    from torch import nn

    device = "cuda" if torch.cuda.is_available() else "cpu"

    def down(inputs, outputs, norm, stride=2):
        pad = nn.ZeroPad2d((1, 1, 1, 1) if stride == 2 else (1, 2, 1, 2))
        convolution = nn.Conv2d(inputs, outputs, 4, stride, bias=not norm)
        return nn.Sequential(
            pad, convolution, nn.BatchNorm2d(outputs) if norm else nn.Identity(), nn.LeakyReLU(0.2)
        )

    def up(inputs, outputs, dropout):
        stamp = nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False)
        return nn.Sequential(stamp, nn.BatchNorm2d(outputs), nn.Dropout(dropout), nn.ReLU())

    class UNet(nn.Module):
        def __init__(self, widths=(16, 32, 64, 128, 128)):
            super().__init__()
            self.downs = nn.ModuleList(down(i, o, i != 4) for i, o in zip((4, *widths), widths, strict=False))
            inputs, self.ups = widths[-1], nn.ModuleList()
            for scale, width in enumerate(reversed(widths[:-1])):
                self.ups.append(up(inputs, width, 0.5 if scale < 3 else 0.0))
                inputs = 2 * width
            self.last = nn.ConvTranspose2d(inputs, 4, 4, 2, 1)

        def forward(self, x):
            skips = []
            for layer in self.downs:
                x = layer(x)
                skips.append(x)
            skips.pop()
            for layer in self.ups:
                x = torch.cat([layer(x), skips.pop()], 1)
            return self.last(x)

    def label_loss(labels, truth, logits):
        p = logits.softmax(1)
        both, each = ((x.sum((0, 2, 3)))[1:] for x in (truth * p, truth + p))
        return nn.functional.cross_entropy(logits, labels) + 1 - ((2 * both + 1) / (each + 1)).mean()

    def rate(dtype, channels_last) -> float:
        torch.manual_seed(0)
        layout = torch.channels_last if channels_last else torch.contiguous_format
        last = nn.Sequential(nn.ZeroPad2d((1, 2, 1, 2)), nn.Conv2d(64, 1, 4))
        d = nn.Sequential(down(8, 16, False), down(16, 32, True), down(32, 64, True, 1), last)
        g, d = (n.to(device).to(memory_format=layout) for n in (UNet(), d))
        assert [sum(p.numel() for p in n.parameters()) for n in (g, d)] == weights
        optimizers = [torch.optim.Adam(n.parameters(), 2e-4, (0.5, 0.999)) for n in (d, g)]
        scans = torch.rand(batch_size, 4, 64, 64, device=device).to(memory_format=layout)
        labels = torch.randint(0, 4, (batch_size, 64, 64), device=device)
        truth = nn.functional.one_hot(labels, 4).permute(0, 3, 1, 2).float()
        judge, ones = nn.functional.binary_cross_entropy_with_logits, torch.ones_like

        def step():
            with torch.autocast(device, dtype, enabled=dtype != torch.float32):
                logits = g(scans).float()
                fake = logits.softmax(1)
                real_logits = d(torch.cat([scans, truth], 1)).float()
                fake_logits = d(torch.cat([scans, fake.detach()], 1)).float()
            d_loss = (judge(real_logits, ones(real_logits)) + judge(fake_logits, 0 * ones(fake_logits))) / 2
            optimizers[0].zero_grad()
            d_loss.backward()
            optimizers[0].step()
            d.requires_grad_(False)
            with torch.autocast(device, dtype, enabled=dtype != torch.float32):
                fake_logits = d(torch.cat([scans, fake], 1)).float()
            optimizers[1].zero_grad()
            (judge(fake_logits, ones(fake_logits)) + 100 * label_loss(labels, truth, logits)).backward()
            optimizers[1].step()
            d.requires_grad_(True)
            return float(d_loss.detach())

        return batch_size / statistics.median(seconds(step, 10))

    return in_each_precision(rate)


def in_each_precision(rate: Callable) -> dict:
    """PyTorch's rates by precision and layout; `rate` takes the dtype and whether channels come last."""
    import torch

    return {
        f"{str(dtype).split('.')[1]}{', channels last' if last else ''}": rate(dtype, last)
        for dtype in (torch.float32, torch.bfloat16)
        for last in (False, True)
    }


def operations_of_a_step() -> float:
    """Floating-point operations of a step for each image, two for a multiplication and its addition.

    The generator goes forward once and backward to its weights and inputs; the discriminator does so twice,
    for real and generated images, and once more forward and to its inputs for the generator's turn.
    """
    from gancourse.networks.dcgan import build_discriminator, build_generator

    def forward(network) -> float:
        multiplications = 0
        for layer in network.layers:
            if hasattr(layer, "kernel"):
                side = layer.input if "Transpose" in type(layer).__name__ else layer.output
                multiplications += np.prod(layer.kernel.shape) * np.prod(side.shape[1:-1])
        return 2 * float(multiplications)

    return 3 * forward(build_generator()) + 8 * forward(build_discriminator())


def matmul_peak(dtype, size: int = 2048) -> float:
    """Floating-point operations a second of a large matrix product."""
    import tensorflow as tf

    a = tf.cast(tf.random.normal((size, size)), dtype)
    multiply = tf.function(lambda: tf.reduce_max(tf.cast(tf.matmul(a, a), tf.float32)), jit_compile=False)
    return 2 * size**3 / min(seconds(lambda: float(multiply()), 10))


def torch_rates(batch_size: int) -> dict:
    """Images a second of the same step in PyTorch, by precision."""
    import torch
    from torch import nn

    device = "cuda" if torch.cuda.is_available() else "cpu"

    def up(inputs, outputs, stride):  # Keras' "same" for a kernel of 4: trim what is too much
        trim = {1: (1, 2, 1, 2), 2: (1, 1, 1, 1)}[stride]
        layer = nn.ConvTranspose2d(inputs, outputs, 4, stride, bias=False)
        return nn.Sequential(layer, nn.ZeroPad2d([-t for t in trim]))

    def block(layer, channels):
        return [layer, nn.BatchNorm2d(channels), nn.ReLU()]

    def down(inputs, outputs):
        return [nn.Conv2d(inputs, outputs, 4, 2, 1), nn.BatchNorm2d(outputs), nn.LeakyReLU(0.2)]

    def rate(dtype, channels_last) -> float:
        torch.manual_seed(0)
        layout = torch.channels_last if channels_last else torch.contiguous_format
        g = nn.Sequential(
            nn.Linear(100, 4096, bias=False), nn.BatchNorm1d(4096), nn.ReLU(), nn.Unflatten(1, (64, 8, 8)),
            *block(up(64, 512, 1), 512), *block(up(512, 256, 2), 256), *block(up(256, 128, 2), 128),
            *block(up(128, 64, 2), 64), up(64, 1, 1), nn.Tanh(),
        )  # fmt: skip
        d = nn.Sequential(
            nn.Conv2d(1, 64, 4, 2, 1), nn.LeakyReLU(0.2), *down(64, 128), *down(128, 256), *down(256, 512),
            nn.Conv2d(512, 1, 4), nn.Flatten(), nn.Linear(1, 1),
        )  # fmt: skip
        assert [sum(p.numel() for p in n.parameters()) for n in (g, d)] == [3_697_536, 2_764_483]
        g, d = (n.to(device).to(memory_format=layout) for n in (g, d))
        optimizers = [torch.optim.Adam(n.parameters(), 1e-4) for n in (d, g)]
        real = torch.rand(batch_size, 1, 64, 64, device=device).to(memory_format=layout)
        judge = nn.functional.binary_cross_entropy_with_logits

        def step():
            with torch.autocast(device, dtype, enabled=dtype != torch.float32):
                fake = g(torch.randn(batch_size, 100, device=device))
                real_logits, fake_logits = d(real).float(), d(fake.detach()).float()
            d_loss = judge(real_logits, torch.ones_like(real_logits))
            d_loss = d_loss + judge(fake_logits, torch.zeros_like(fake_logits))
            optimizers[0].zero_grad()
            d_loss.backward()
            optimizers[0].step()
            d.requires_grad_(False)
            with torch.autocast(device, dtype, enabled=dtype != torch.float32):
                logits = d(fake).float()
            optimizers[1].zero_grad()
            judge(logits, torch.ones_like(logits)).backward()
            optimizers[1].step()
            d.requires_grad_(True)
            return float(d_loss.detach())

        return batch_size / statistics.median(seconds(step, 10))

    return in_each_precision(rate)


@section
def explorer(folder: Path) -> Iterator[Line]:
    """The latent explorer in JupyterLab: from a key on a slider to the changed picture on the screen."""
    from browser import harness

    if harness.CHROMIUM is None:
        yield harness.NO_CHROMIUM, "", ""
        return
    code = "from gancourse.teaching.widgets import LatentExplorer\nLatentExplorer({!r}, seed=8)"
    sliders = {
        "dcgan-t1": ("Truncation", "ventricle area", "Value of the dimension"),
        "dcgan-flair": ("tumour area",),
    }
    with harness.serving(folder) as server, harness.browsing() as browser:
        for weights, names in sliders.items():
            notebook = server.open(
                browser, harness.write_notebook(folder / f"{weights}.ipynb", code.format(weights)).name
            )
            notebook.run_all()
            for name in names:
                yield f"{name}: ms, key to picture", *key_to_picture(notebook.page, name)
            notebook.close()
    yield "of which the generator", *painting()
    yield "load of the machine", f"{os.getloadavg()[0]:.1f}, {os.cpu_count()} cores", "below 1: idle"


def key_to_picture(page, slider: str, moves: int = 60, warm_up: int = 10) -> tuple[str, str]:
    """Milliseconds from a key's own time stamp to the frame after the picture was drawn, as line and aim."""
    page.evaluate(
        """() => {
            window.taken = [];
            const root = document.querySelector(".latent-explorer");
            root.addEventListener("keydown", (event) => (window.pressed = event.timeStamp), true);
            new MutationObserver(() => {
                const pressed = window.pressed;
                requestAnimationFrame(() => window.taken.push(performance.now() - pressed));
            }).observe(root, { attributes: true, attributeFilter: ["data-painted"] });
        }"""
    )
    page.get_by_role("slider", name=slider).focus()
    for k in range(moves + warm_up):
        page.keyboard.press("ArrowLeft" if k // 20 % 2 == 0 else "ArrowRight")
        page.wait_for_function("k => window.taken.length > k", arg=k)
        page.wait_for_timeout(40)
    taken = page.evaluate("() => window.taken")[warm_up:]
    median, late = np.percentile(taken, (50, 95))
    said = f"median {median:.0f}, 95th percentile {late:.0f} ({min(taken):.0f} to {max(taken):.0f})"
    return said, "50 and 100 at most"


def painting() -> tuple[str, str]:
    """The compiled generator alone, one image at a time."""
    from gancourse.gans.gan import draw_latents
    from gancourse.teaching.widgets.explorer import load_source

    source = load_source("dcgan-t1")
    latents = iter(draw_latents(31, source.latent_dim))
    return spread([1000 * t for t in seconds(lambda: source.paint(next(latents)), 30)], "ms"), ""


@section
def playground(folder: Path) -> Iterator[Line]:
    """The playground in JupyterLab: frames a second while its presets are played."""
    from browser import harness

    if harness.CHROMIUM is None:
        yield harness.NO_CHROMIUM, "", ""
        return
    from gancourse.teaching.widgets.playground_presets import PRESETS

    code = "from gancourse.teaching.widgets import Playground\nPlayground({!r})"
    with harness.serving(folder) as server, harness.browsing() as browser:
        for name in PRESETS:
            path = harness.write_notebook(folder / f"{name.replace(' ', '-')}.ipynb", code.format(name))
            notebook = server.open(browser, path.name)
            notebook.run_all()
            yield f"{name}: frames a second", *frames_a_second(notebook.page)
            notebook.close()
    yield "load of the machine", f"{os.getloadavg()[0]:.1f}, {os.cpu_count()} cores", "below 1: idle"


def frames_a_second(page, parts: int = 8, seconds_each: float = 1.0) -> tuple[str, str]:
    """Frames that the playground's page painted in each of some seconds of play, as line and aim."""
    count = "() => +document.querySelector('.playground').dataset.painted"
    first = page.evaluate(count)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(f"first => ({count})() > first + 10", arg=first, timeout=60_000)  # it is compiled
    rates = []
    for _ in range(parts):
        before, start = page.evaluate(count), time.perf_counter()
        page.wait_for_timeout(1000 * seconds_each)
        rates.append((page.evaluate(count) - before) / (time.perf_counter() - start))
    return spread(rates, ""), "15 at least"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sections", nargs="*", metavar="section", help=f"some of {', '.join(SECTIONS)} (all)")
    chosen = parser.parse_args().sections or list(SECTIONS)
    if unknown := set(chosen) - set(SECTIONS):
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen:
            print(f"\n{name}: {SECTIONS[name].__doc__.splitlines()[0]}")
            for what, value, aim in SECTIONS[name](Path(folder)):
                print(f"  {what:<45} {value}" + (f"   [aim: {aim}]" if aim else ""), flush=True)


if __name__ == "__main__":
    main()

"""Score the small GANs of lesson 22 on test patients."""

import numpy as np
import pandas as pd
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from study import held_out
from tour_batches import MODALITIES, balanced, graded, pairs_of, reported, uptake, written
from tour_findings import READ, SEEN, read_report

from gancourse import pretrained
from gancourse.cohort.slices import SliceSet
from gancourse.gans.conditional_gan import paint
from gancourse.gans.latent import draw_latents
from gancourse.metrics.fidelity import kid, precision_recall
from gancourse.metrics.morphometry import distribution_distance
from gancourse.metrics.statistics import spectrum_distance
from gancourse.networks import superresolution
from gancourse.teaching.material import small_gans
from gancourse.teaching.material.radiology_reports import FINDINGS, TextEncoder
from gancourse.training.loop import images_of


def share(a, b) -> float:
    return round(float(np.mean(np.asarray(a) == np.asarray(b))), 4)


def fidelity(images: np.ndarray, slices: SliceSet, rows: np.ndarray) -> dict:
    """Compute KID, its error, and recall of two modalities against slices of test patients."""
    network, found = pretrained.load("features/brain-mr"), {}
    patients = slices.table["patient"].to_numpy()[rows]
    for channel, modality in enumerate(MODALITIES):
        real = network.embed(images_of(slices, modality, rows), modality)
        generated = network.embed(images[..., channel].astype(np.float32), modality)
        value, error = kid(generated, real, None, patients)
        _, recall = precision_recall(real, generated, groups_real=patients)
        found |= {f"kid_{modality}": value, f"kid_se_{modality}": error, f"recall_{modality}": recall}
    return {name: round(float(number), 4) for name, number in found.items()}


def score_cgan(generator, data, number: int = 900) -> dict:
    slices, reader = data["64"], pretrained.load("tour/judge-request")
    tumour_reader = pretrained.load("tour/judge-report")
    rows, requests, grades = graded(slices, "test")
    rng = np.random.default_rng(3)
    chosen = balanced(grades, number, rng)
    asked = requests[chosen]
    images = paint(generator, asked, seed=4)
    found = {}
    wanted_grade, wanted_height = small_gans.read_request(asked)
    for name, pictures in (("", images), ("real_", pairs_of(slices, rows)[chosen])):
        grade, height = small_gans.read_request(reader.measure(pictures))
        found[f"{name}grade"] = share(grade, wanted_grade)
        for g in small_gans.GRADES:
            there = wanted_grade == g
            found[f"{name}grade_{g}"] = share(grade[there], wanted_grade[there])
            seen = tumour_reader.measure(pictures[there])[:, READ.index("wt_mm2")] > SEEN
            found[f"{name}tumour_{g}"] = share(seen, True)
        found[f"{name}height_error"] = round(float(np.abs(height - wanted_height).mean()), 4)
    found["blind_height_error"] = round(float(np.abs(wanted_height - np.median(wanted_height)).mean()), 4)
    return found | {"images": number} | fidelity(images, slices, rows[chosen])


def score_stack(generator, data, number: int = 900) -> dict:
    slices, reader = data["64"], pretrained.load("tour/judge-report")
    rows, findings = reported(slices, "test")
    rng = np.random.default_rng(3)
    chosen = rng.choice(len(rows), number, replace=False)
    rows, findings = rows[chosen], findings.iloc[chosen]
    texts = TextEncoder(pretrained.load("tour/text-encoder")).embed(written(findings, rng))
    images = paint(generator, texts, seed=4)
    if images.shape[1] == 32:
        images = images.repeat(2, 1).repeat(2, 2)
    others = findings.iloc[rng.permutation(number)]
    found = {}
    for name, pictures in (("", images), ("real_", pairs_of(slices, rows))):
        read = read_report(reader.measure(pictures))
        found |= {f"{name}{q}": share(read[q], findings[q]) for q in FINDINGS}
        if not name:
            found |= {f"shuffled_{q}": share(read[q], others[q]) for q in FINDINGS}
    return found | {"images": number} | fidelity(images, slices, rows)


def detail_scores(truth: np.ndarray, found: np.ndarray, plain: np.ndarray) -> dict[str, np.ndarray]:
    """Measure how much detail was added to an enlargement, and how much of it is right; (N,) each.

    Args:
        truth, found, plain: (N, H, W): the slices, the network's, and the bicubic enlargement.

    Returns:
        `amount`: size of the added detail, as a share of what is missing (standard deviations);
        `agreement`: its correlation with what is missing.
    """
    missing, added = ((x - plain).reshape(len(x), -1) for x in (truth, found))
    missing, added = (x - x.mean(1, keepdims=True) for x in (missing, added))
    sizes = [np.sqrt((x**2).mean(1)) for x in (missing, added)]
    products = sizes[0] * sizes[1]
    return {
        "amount": sizes[1] / sizes[0],
        "agreement": np.divide((missing * added).mean(1), products, np.zeros(len(truth)), where=products > 0),
    }


def score_super(generator, data) -> dict:
    """Compute means over held-out patients, and the standard errors of these means."""
    truth, patients = held_out(data["128"], "t1")
    small = small_gans.shrink(truth)[..., None]
    plain = np.clip(superresolution.enlarge("bicubic")(small).numpy()[..., 0], -1, 1)
    output = generator.predict(small, batch_size=16, verbose=0)[..., 0]
    found: dict = {}
    for name, images in (("bicubic_", plain), ("", output)):
        images = np.clip(images, -1, 1)
        values = {
            "psnr": [peak_signal_noise_ratio(a, b, data_range=2) for a, b in zip(truth, images, strict=True)],
            "ssim": [structural_similarity(a, b, data_range=2) for a, b in zip(truth, images, strict=True)],
            **detail_scores(truth, images, plain),
        }
        means = pd.DataFrame(values).groupby(patients).mean()
        found |= {f"{name}{key}": round(float(v), 4) for key, v in means.mean().items()}
        found |= {f"{name}{key}_se": round(float(v), 4) for key, v in means.sem().items()}
        found[f"{name}spectrum"] = round(spectrum_distance(images, truth), 4)
    return found | {"patients": len(set(patients)), "images": len(truth)}


def score_map(generator, data, number: int = 600) -> dict:
    train, test = (uptake(data["64"], split)[0] for split in ("train", "test"))
    latents = draw_latents(number, generator.inputs[0].shape[-1], seed=5)
    maps = generator.predict(latents, verbose=0)[..., 0]
    real = small_gans.observables(test)
    found = distribution_distance(small_gans.observables(maps), real)
    floor = distribution_distance(small_gans.observables(train[:: len(train) // number]), real)
    found |= {f"real_{name}": value for name, value in floor.items()}
    found |= {"zero": float((maps == 0).mean()), "real_zero": float((test == 0).mean())}
    return {name: round(value, 4) for name, value in found.items()} | {"images": number}


def score(name: str, generator, data) -> dict:
    if name == "cgan":
        return score_cgan(generator, data)
    if name in ("stack-one", "stackgan"):
        return score_stack(generator, data)
    return (score_super if name.startswith("sr") else score_map)(generator, data)

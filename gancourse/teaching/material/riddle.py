"""Four sources of slices behind letters: which of them shows phantoms? Lesson 11 opens with it."""

import numpy as np

from gancourse import pretrained
from gancourse.teaching.material.gaussian import ProbabilisticPCA

#: The shipped GAN that paints FLAIR slices with a tumour.
WEIGHTS = "dcgan-flair"


def riddle(pca: ProbabilisticPCA, held_out: np.ndarray) -> dict[str, np.ndarray]:
    """Return two slices (2, H, W) in [-1, 1] from each source, by its letter.

    A is the GAN, B is PCA, C are held-out slices, D is PCA with the noise of its pixels. The seeds were
    chosen by eye, for slices on which tumours can be seen.

    Args:
        pca: fitted to slices of other patients.
        held_out: slices (N, H, W) to choose from.
    """
    from gancourse.gans.latent import draw_latents  # here: it imports TensorFlow

    painted = pretrained.load(WEIGHTS)(draw_latents(2, seed=8), training=False).numpy()[..., 0]
    chosen = np.random.default_rng(9).choice(len(held_out), 2, replace=False)
    plain = [pca.sample(1, np.random.default_rng(seed))[0] for seed in (9, 18)]
    noisy = [pca.sample(1, np.random.default_rng(seed), noise=True)[0] for seed in (15, 14)]
    return {
        "A": painted,
        "B": np.stack(plain).clip(-1, 1),
        "C": held_out[chosen],
        "D": np.stack(noisy).clip(-1, 1),
    }

"""Relatives of GANs: a variational autoencoder and a diffusion model, trained and sampled as the GANs are."""

from gancourse.quiet import import_tensorflow

import_tensorflow()

"""The random numbers of the book's pages, in Python, so that a seed gives the same brain in both homes.

They are those of `book/static/demos/random.js`: the generator "mulberry32", and normal numbers after Box and
Muller (1958). They are for demos. Lessons and trainings use NumPy's.
"""

import math

import numpy as np

_WORD = 0xFFFFFFFF


class PageRandom:
    """A stream of random numbers; streams of one seed are independent."""

    def __init__(self, seed: int, stream: int = 0):
        self._state = _times(seed ^ 0x5BD1E995, 0x9E3779B1) + _times(stream, 0x85EBCA6B)
        for _ in range(4):
            self.uniform()

    def uniform(self) -> float:
        """Draw a number from 0 to below 1."""
        self._state = (self._state + 0x6D2B79F5) & _WORD
        mixed = _times(self._state ^ (self._state >> 15), self._state | 1)
        mixed ^= (mixed + _times(mixed ^ (mixed >> 7), mixed | 61)) & _WORD
        return (mixed ^ (mixed >> 14)) / 2**32

    def normal(self) -> float:
        """Draw a standard normal number."""
        radius = math.sqrt(-2 * math.log(1 - self.uniform()))
        return radius * math.cos(2 * math.pi * self.uniform())


def page_latents(n: int, latent_dim: int, seed: int) -> np.ndarray:
    """Draw standard normal latents (n, latent_dim), float32, one seed each, beginning with `seed`."""
    streams = [PageRandom(seed + k) for k in range(n)]
    return np.array([[stream.normal() for _ in range(latent_dim)] for stream in streams], np.float32)


def _times(a: int, b: int) -> int:
    """Multiply as JavaScript's `Math.imul` does, but return 32 bits without a sign."""
    return (a * b) & _WORD

"""Spread oedema from the core by reaction and diffusion, and note when the front arrives.

du/dt = div(D grad u) + rho u (1 - u), the Fisher-Kolmogorov equation of Swanson et al. (Cell Prolif. 33:317,
2000), with D far larger in white matter than in grey and zero in fluid, in the falx and the tentorium and
beyond the skull.
"""

import numpy as np

DIFFUSION_WM = 1 / 7  # D dt / h^2, below the explicit scheme's limit of 1/6
DIFFUSION_RATIO = 40.0
GROWTH = 0.11  # rho dt


def arrival_times(diffusion: np.ndarray, start: np.ndarray, wanted: int, counted: np.ndarray) -> np.ndarray:
    """Return the step at which u passes one half, (x, y, z) float32; inf where it never does.

    Args:
        diffusion: D dt / h^2.
        start: bool, where u is 1 at the beginning.
        wanted: growth stops a little after the front has passed that many of the voxels in `counted`.
        counted: bool.
    """
    faces = []
    for axis in range(3):  # harmonic means, so that nothing crosses into fluid
        a, b = np.delete(diffusion, -1, axis), np.delete(diffusion, 0, axis)
        faces.append((2 * a * b / np.maximum(a + b, 1e-6)).astype(np.float32))
    u = start.astype(np.float32)
    arrival = np.where(start, 0, np.inf).astype(np.float32)
    alive = diffusion > 0
    last = 700
    for step in range(1, last):
        change = GROWTH * u * (1 - u) * alive
        for axis, face in enumerate(faces):
            flux = face * np.diff(u, axis=axis)
            change[tuple(slice(None, -1) if a == axis else slice(None) for a in range(3))] += flux
            change[tuple(slice(1, None) if a == axis else slice(None) for a in range(3))] -= flux
        new = u + change
        crossed = (new > 0.5) & ~np.isfinite(arrival)
        arrival[crossed] = step - 1 + np.clip((0.5 - u[crossed]) / np.maximum(change[crossed], 1e-6), 0, 1)
        u = new
        if step % 4 == 0 and last == 700 and (np.isfinite(arrival) & counted).sum() >= wanted:
            last = step + 12  # the front's neighbourhood, so that its border can be interpolated
        if step >= last:
            break
    return arrival

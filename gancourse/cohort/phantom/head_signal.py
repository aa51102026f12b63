"""The signal of what lies round the brain, by the equations of `signal`.

T1 and T2 at 1.5 T: muscle, blood, optic nerve and spinal cord from Stanisz et al., Magn. Reson. Med. 54:507,
2005; fat and fatty marrow from Gold et al., AJR 183:343, 2004; vitreous and lens near Patz et al., Radiology
189:P 1993 and Richdale et al., J. Magn. Reson. Imaging 30:1, 2009; skin from Richard et al., J. Invest.
Dermatol. 97:120, 1991. Dura, mucosa and red marrow are estimates: collagen, and tissue with much fluid. Bone
and air give almost nothing, and most of the blood flows out of a spin echo before its signal is read.
"""

import numpy as np

from gancourse.cohort.phantom.signal import equation

#: Proton density (water 1), T1 and T2 in ms. The brain's own are in `signal.TISSUE`.
TISSUE = {
    "DURA": (0.60, 900, 35),
    "BONE": (0.08, 900, 8),
    "MARROW": (0.80, 420, 80),
    "FAT": (0.90, 290, 130),
    "SKIN": (0.70, 850, 38),
    "MUSCLE": (0.79, 1010, 42),
    "VITREOUS": (0.98, 3300, 700),
    "LENS": (0.72, 1100, 38),
    "NERVE": (0.72, 780, 75),
    "BLOOD": (0.30, 1440, 180),
    "MUCOSA": (0.82, 1150, 95),
    "AIR": (0.0, 1000, 100),
}
RED_MARROW = (0.80, 700, 55)
#: Gadolinium in mmol/L after injection: these have no barrier to blood.
UPTAKE = {"DURA": 0.3, "BLOOD": 1.0, "MUCOSA": 0.4, "MUSCLE": 0.06, "SKIN": 0.1, "MARROW": 0.03}
#: Classes that fat suppression darkens.
FATTY = ("FAT", "MARROW")


def signal(
    name: str,
    sequence: tuple[float, float, float | None],
    contrast_medium: bool,
    factors: np.ndarray,
    yellow: float = 1.0,
) -> float:
    """Return the signal of a class of the head, relative to a proton density of 1.

    Args:
        name: one of `TISSUE`.
        sequence: TR, TE and TI in ms, as in `signal.equation`.
        contrast_medium: whether gadolinium was injected.
        factors: (3,) on proton density, T1 and T2 of this subject.
        yellow: share of fat in the marrow, 0 to 1.
    """
    values = np.array(TISSUE[name], float)
    if name == "MARROW":
        values = values**yellow * np.array(RED_MARROW) ** (1 - yellow)
    pd, t1, t2 = values * factors
    return equation(sequence, pd, t1, t2, UPTAKE.get(name, 0.0) if contrast_medium else 0.0)

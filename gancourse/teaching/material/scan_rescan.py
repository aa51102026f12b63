"""Phantoms as volunteers: one person scanned again, on another scanner, or with a brain that has shrunk.

    person = volunteer(3)
    before, after = visit(person), visit(replace(person, ventricle_mm=person.ventricle_mm + 1), scan=1)

What changes is only what is asked for: folds, vessels and texture are the person's and stay. Ventricles that
grow push the brain's surface out a little (about 0.5 % of the whole for each mm), so compare shares, not mL.
"""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import nibabel as nib
import numpy as np

from gancourse.cohort.brats import Subject
from gancourse.cohort.phantom.anatomy import make_anatomy
from gancourse.cohort.phantom.maps import tissue_maps
from gancourse.cohort.phantom.parameters import Parameters, draw, generator
from gancourse.cohort.phantom.signal import render
from gancourse.cohort.phantom.subject import brain_box, fill, measure_ml
from gancourse.cohort.planes import Cut, normalise, view
from gancourse.cohort.scheme import MODALITIES, TISSUES
from gancourse.files import write_beside

#: Of the volunteers: no cohort of the course has it, and nothing was trained on it.
SEED = 52


@dataclass(frozen=True, eq=False)
class Visit:
    """One person's scans of one day, and the truth. Arrays are (X, Y, Z), LPS, on BraTS' field of view."""

    images: dict[str, np.ndarray]  # int16 by modality, 0 outside the brain
    tissue: np.ndarray  # uint8: 1 CSF, 2 GM, 3 WM
    zooms: tuple[float, float, float]  # mm
    volumes_ml: dict[str, float]  # of CSF, GM, WM, and all three as "ICV"

    @property
    def brain(self) -> np.ndarray:
        """Return the mask of the brain and its fluid, (X, Y, Z) bool."""
        return self.tissue > 0

    @property
    def middle_slice(self) -> int:
        """Return the index of the middle axial slice of the brain."""
        z = np.flatnonzero(self.brain.any((0, 1)))
        return int(z[len(z) // 2])

    def middle(self, volume: np.ndarray) -> np.ndarray:
        """Cut the middle axial slice of a volume on this grid, to the brain and 6 mm around it."""
        ends = [np.flatnonzero(self.brain.any(axes))[[0, -1]] for axes in ((1, 2), (0, 2))]
        rims = [max(1, round(6 / zoom)) for zoom in self.zooms]
        box = tuple(slice(max(0, a - r), b + r + 1) for (a, b), r in zip(ends, rims, strict=False))
        return view(volume[box], "axial", self.middle_slice)

    def network_slices(self, step_mm: float = 4.0) -> tuple[np.ndarray, np.ndarray]:
        """Cut the whole brain as `cohort.slices` does by default: axial slices of 64 x 64 pixels of 3.25 mm.

        Args:
            step_mm: from one slice to the next; each is as thick as a voxel.

        Returns:
            Images (N, 64, 64, 4) in [-1, 1], a modality that was not scanned all -1; and labels (N, 64, 64).
        """
        cut = Cut.through(self.brain, self.zooms, "axial", 64, 208.0, (0.0, 1.0), step_mm)
        images = np.full((len(cut.at), 64, 64, len(MODALITIES)), -1, np.float32)
        for modality, image in self.images.items():
            images[..., MODALITIES.index(modality)] = cut.image(normalise(image, self.brain))
        return images, cut.labels(self.tissue)

    def thicker(self, *factors: int) -> "Visit":
        """Lengthen the voxels along x, y, z by whole factors: each is the mean of those it covers.

        A voxel's true tissue is the commonest of them; `volumes_ml` stay those of the fine grid.
        """

        def blocks(volume: np.ndarray) -> np.ndarray:
            whole = [n // f * f for n, f in zip(volume.shape, factors, strict=True)]
            shape = [n for size, f in zip(whole, factors, strict=True) for n in (size // f, f)]
            return volume[: whole[0], : whole[1], : whole[2]].reshape(shape).mean((1, 3, 5))

        images = {m: np.rint(blocks(image)).astype(np.int16) for m, image in self.images.items()}
        shares = [blocks(self.tissue == label) for label in (0, *TISSUES)]
        tissue = np.argmax(shares, 0).astype(np.uint8)
        images = {m: np.where(tissue > 0, image, 0) for m, image in images.items()}
        x, y, z = (zoom * f for zoom, f in zip(self.zooms, factors, strict=True))
        return Visit(images, tissue, (x, y, z), self.volumes_ml)

    def save(self, folder: Path, modalities: tuple[str, ...] | None = None) -> Subject:
        """Write the scans, all or those named, as NIfTI: without the truth, as a hospital hands them over."""
        files: dict = {}
        for modality in modalities or tuple(self.images):
            files[modality] = Path(folder) / f"visit_{modality}.nii"
            affine = np.diag([-self.zooms[0], -self.zooms[1], self.zooms[2], 1.0])  # LPS
            content = nib.Nifti1Image(self.images[modality], affine).to_bytes()
            write_beside(files[modality], lambda file: file.write(content))  # noqa: B023
        return Subject.from_files(**files)


def volunteer(index: int) -> Parameters:
    """Draw a person without a tumour: the phantom with that number, 0, 1, ..., and no disease."""
    p = draw(index, SEED, "realistic")
    return replace(p, grade="healthy", tumour_ml=0.0, foci=0, core_fraction=0.0, enhancing=False)


def visit(p: Parameters, spacing: float = 2.0, scan: int = 0, modalities: tuple[str, ...] = ("t1",)) -> Visit:
    """Scan a healthy phantom: a second or two at 2 mm, ten times as long at 1 mm.

    Args:
        p: from `volunteer`, or changed with `dataclasses.replace`.
        spacing: of the voxels, mm.
        scan: a number for the noise and the bias field; another one is another scan on the same scanner.
        modalities: to be scanned.
    """
    stage = partial(generator, p.index, p.seed, p.randomisation)
    anatomy = make_anatomy(p, stage(1))
    points, box = brain_box(anatomy, spacing)
    maps = tissue_maps(p, anatomy, None, points, spacing, stage(3))
    images = {}
    for number, modality in enumerate(modalities):
        rng = np.random.default_rng([p.seed, p.index, scan, number])
        images[modality] = fill(render(modality, p, maps, points, rng, spacing), box, spacing)
    measured = measure_ml(maps.seg, maps.tissue, (maps.wall_mm < 0) & maps.brain, spacing**3 / 1000)
    volumes = {name: measured[name.lower()] for name in TISSUES.values()} | {"ICV": measured["brain"]}
    return Visit(images, fill(maps.tissue, box, spacing), (spacing,) * 3, volumes)

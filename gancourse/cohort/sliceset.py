"""Open a folder of slices: arrays on disk, their table, and batches for training."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gancourse.errors import InputError
from gancourse.quiet import import_tensorflow

if TYPE_CHECKING:
    import tensorflow as tf

SPLITS = ("train", "validation", "test")
ARRAYS = ("images", "seg", "tissue")
TEXT_COLUMNS = ("subject", "patient", "grade", "vintage", "split", "plane", "missing")
#: Columns that are empty where the labels are unknown.
NUMBER_COLUMNS = ("tumour_px", "wt_mm2", "tc_mm2", "et_mm2", "csf_mm2", "gm_mm2", "wm_mm2")
IN_MEMORY = 2**30  # bytes of images up to which a data set keeps them in memory


@dataclass(frozen=True)
class SliceSet:
    """An open folder of slices.

    Attributes:
        folder: that holds them.
        images: (N, size, size, C) float16 in [-1, 1], memory-mapped.
        seg, tissue: (N, size, size) uint8, memory-mapped; 0 where a subject has no such file.
        table: one row per slice. `subject`, `patient`, `grade`, `vintage`, `split`; `plane`, `index` (in the
            LPS volume), `position` (fraction of the brain's extent) and `position_mm`; `missing` (modalities,
            separated by blanks); `brain_mm2`; `tumour_px` (pixels of `seg`), `wt_mm2`, `tc_mm2`, `et_mm2`
            (NaN without a segmentation); `csf_mm2`, `gm_mm2`, `wm_mm2` (NaN without a tissue map). Areas are
            measured before resampling.
        made_with: the arguments of `make_slices`, and the number and fingerprint of the subjects.
    """

    folder: Path
    images: np.ndarray = field(repr=False)
    seg: np.ndarray = field(repr=False)
    tissue: np.ndarray = field(repr=False)
    table: pd.DataFrame = field(repr=False)
    made_with: dict[str, Any]

    @classmethod
    def open(cls, folder: str | Path) -> "SliceSet":
        """Open a folder made by `make_slices`. Raises InputError if it is another folder, or damaged."""
        folder = Path(folder)
        if not (folder / "slices.json").is_file():
            raise InputError(f"{folder}: no slices here; make them with `gancourse cohort slice`.")
        try:
            made_with = json.loads((folder / "slices.json").read_text())
            arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
            text, numbers = dict.fromkeys(TEXT_COLUMNS, str), {name: [""] for name in NUMBER_COLUMNS}
            table = pd.read_csv(folder / "table.csv", dtype=text, keep_default_na=False, na_values=numbers)
        except (OSError, ValueError) as error:
            raise InputError(f"{folder}: damaged ({error}); delete it and make the slices again.") from error
        return cls(folder, table=table, made_with=made_with, **arrays)

    def __len__(self) -> int:
        return len(self.images)

    @property
    def modalities(self) -> tuple[str, ...]:
        """Return the channels of `images`, in order."""
        return tuple(self.made_with["modalities"])

    def select(self, split: str | None = None, where: str | np.ndarray | None = None) -> np.ndarray:
        """Return the indices of the slices that meet a condition, in the table's order.

        Args:
            split: train, validation, test, or None for all.
            where: a query of the table, such as "tumour_px > 20" or "grade == 'HGG' and position > 0.6", or
                one boolean per row. Without a segmentation `tumour_px` is NaN, so neither "tumour_px == 0"
                nor "tumour_px > 0" selects the slice.

        Raises:
            InputError: an unknown split, or a condition that the table cannot answer.
        """
        if split is not None and split not in SPLITS:
            raise InputError(f"split={split!r}: expected one of {', '.join(SPLITS)}, or None for all.")
        chosen = np.ones(len(self), bool) if split is None else (self.table["split"] == split).to_numpy()
        if isinstance(where, str):
            try:
                where = self.table.eval(where)
            except Exception as error:  # pandas raises many kinds
                columns = ", ".join(self.table.columns)
                raise InputError(f"where={where!r}: {error}; the columns are {columns}.") from error
        if where is not None:
            where = np.asarray(where)
            if where.dtype != bool or where.shape != chosen.shape:
                got = f"{where.dtype} {where.shape}"
                raise InputError(f"where: expected true or false for each of {len(self)} slices, got {got}.")
            chosen = chosen & where  # not in place: pandas gives a read-only array
        return np.flatnonzero(chosen)

    def dataset(
        self,
        split: str | None = "train",
        modality: str | Sequence[str] = "t1",
        batch_size: int = 32,
        seed: int = 0,
        *,
        where: str | np.ndarray | None = None,
        seg: bool = False,
        tissue: bool = False,
        shuffle: bool | None = None,
        repeat: bool = False,
        first_step: int = 0,
        flip: bool = False,
        drop_remainder: bool | None = None,
    ) -> "tf.data.Dataset":
        """Make a data set of batches of images (B, H, W, C) float32 in [-1, 1].

        With `seg` or `tissue`, batches are tuples of images and labels (B, H, W, 1) uint8. Without `repeat`,
        the data set is one pass, in a new order at each iteration. With `repeat` it is endless, and batch k
        depends only on (seed, k), so that `first_step=k` resumes exactly where an interrupted run stopped;
        `fit` then needs `steps_per_epoch`.

        Args:
            split: train, validation, test, or None for all.
            modality: one or several; slices that lack one are left out.
            batch_size: B.
            seed: of the order and of mirroring.
            where: see `select`.
            seg, tissue: whether to add these labels; slices without them are left out.
            shuffle: whether to shuffle; by default only for training.
            repeat: whether the data set is endless.
            first_step: number of the first batch; needs `repeat`.
            flip: mirror half of the images left to right; for training only, and not in the sagittal plane.
            drop_remainder: leave out the last, smaller batch of a pass, as `repeat` always does; by default
                only for training.

        Raises:
            InputError: arguments that do not go together, or fewer slices than one batch.
        """
        tf = import_tensorflow()

        training = split == "train"
        shuffle = training if shuffle is None else shuffle
        drop_remainder = repeat or (training if drop_remainder is None else drop_remainder)
        modalities = (modality,) if isinstance(modality, str) else tuple(modality)
        if not modalities or not set(modalities) <= set(self.modalities):
            raise InputError(f"modality={modality!r}: {self.folder} holds {', '.join(self.modalities)}.")
        if batch_size < 1:
            raise InputError(f"batch_size={batch_size}: expected 1 or more.")
        if first_step and not repeat:
            raise InputError(
                f"first_step={first_step}: only an endless data set starts late; set repeat=True."
            )
        if flip and (not training or self.made_with["plane"] == "sagittal"):
            raise InputError("flip=True: for training only, and not in the sagittal plane; leave it out.")
        rows = self.select(split, where)
        usable = np.array([not set(m.split()) & set(modalities) for m in self.table["missing"]], bool)
        for asked, column in ((seg, "tumour_px"), (tissue, "gm_mm2")):
            if asked:
                usable &= self.table[column].notna().to_numpy()
        rows = rows[usable[rows]]
        if len(rows) < (batch_size if drop_remainder else 1):
            raise InputError(
                f"{self.folder}: {len(rows)} slices of {split} where {where}, with {modality}, fewer"
                f" than a batch of {batch_size}; lower batch_size, ask for less, or slice more subjects."
            )
        in_memory = len(rows) * self.images[0, ..., 0].nbytes * len(modalities) < IN_MEMORY
        sources = [(self.images, [self.modalities.index(m) for m in modalities])]
        sources += [(a[..., None], [0]) for a, asked in ((self.seg, seg), (self.tissue, tissue)) if asked]
        fetchers = [_fetcher(array, rows, channels, in_memory) for array, channels in sources]
        per_pass = len(rows) // batch_size * batch_size if drop_remainder else len(rows)

        def one_pass(key):  # which rows, in which order
            if not shuffle:
                return tf.data.Dataset.range(per_pass)
            draws = tf.random.stateless_uniform([len(rows)], [seed, key], alg="philox")
            shuffled = tf.cast(tf.argsort(draws, stable=True), tf.int64)
            return tf.data.Dataset.from_tensor_slices(shuffled[:per_pass])

        def load(step, chosen):
            batch = [fetch(chosen) for fetch in fetchers]
            if flip:
                draws = tf.random.stateless_uniform([batch_size, 1, 1, 1], [-1 - seed, step], alg="philox")
                batch = [tf.where(draws[: tf.size(chosen)] < 0.5, tf.reverse(a, [2]), a) for a in batch]
            return tuple(batch) if len(batch) > 1 else batch[0]

        with tf.device("CPU"):
            first_pass, skipped = divmod(first_step * batch_size, per_pass)
            if repeat:
                passes = tf.data.Dataset.range(first_pass, np.iinfo(np.int64).max)
            else:
                passes = tf.data.Dataset.random(seed, rerandomize_each_iteration=True).take(1)
            batches = passes.flat_map(one_pass).skip(skipped).batch(batch_size, drop_remainder=drop_remainder)
            steps = tf.data.INFINITE_CARDINALITY if repeat else -(-per_pass // batch_size)
            batches = batches.apply(tf.data.experimental.assert_cardinality(steps))
            return batches.enumerate(first_step).map(load, tf.data.AUTOTUNE).prefetch(4)


def _fetcher(array: np.ndarray, rows: np.ndarray, channels: Sequence[int], in_memory: bool) -> Callable:
    """Return a function from indices into `rows` to a tensor of those slices, from memory or from disk."""
    tf = import_tensorflow()

    dtype = tf.float32 if array.dtype.kind == "f" else tf.uint8

    def read(wanted: np.ndarray) -> np.ndarray:
        return np.stack([array[..., c][wanted] for c in channels], -1)

    if in_memory:
        with tf.device("CPU"):
            kept = tf.constant(read(rows))
        return lambda chosen: tf.cast(tf.gather(kept, chosen), dtype)

    def from_disk(chosen):
        batch = tf.numpy_function(lambda i: read(rows[i]), [chosen], array.dtype, stateful=False)
        return tf.ensure_shape(tf.cast(batch, dtype), (chosen.shape[0], *array.shape[1:3], len(channels)))

    return from_disk

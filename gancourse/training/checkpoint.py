"""Checkpoints from which a killed training continues bit for bit.

One .npz file holds the weights of every network, the state of both optimisers and of the random generator,
and as JSON the settings and the log of all epochs; seed and epoch give the position in the data. It is
written beside and renamed, so that a kill at any moment leaves the last complete one.
"""

import io
import json
import shutil
import time
import zipfile
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from gancourse.errors import InputError
from gancourse.files import write_beside
from gancourse.training.diagnosis import TrainingDiverged


def state_of(gan) -> dict[str, keras.Variable]:
    """Return every variable that training changes, by a name that depends only on the structure."""
    parts = {
        "generator": gan.generator.weights,
        "discriminator": gan.discriminator.weights if gan.discriminator is not None else [],
        "ema": gan.ema_generator.weights if gan.ema_generator is not None else [],
        "d_optimizer": gan.d_optimizer.variables if gan.d_optimizer is not None else [],
        "g_optimizer": gan.g_optimizer.variables,
        "seed": [v for v in gan.variables if v.path.endswith("seed_generator_state")],
        "pool": list(getattr(gan, "pools", ())),
    }
    return {
        f"{part}.{i}": variable for part, variables in parts.items() for i, variable in enumerate(variables)
    }


def save(gan, path: Path, about: dict) -> None:
    """Write the state and `about` (what JSON can hold). Raises `TrainingDiverged` rather than store NaN."""
    arrays = {name: variable.numpy() for name, variable in state_of(gan).items()}
    broken = [name for name, array in arrays.items() if not np.isfinite(array).all()]
    if broken:
        raise TrainingDiverged(
            f"NaN in {broken[0]}; {path} keeps the last good epoch. {TrainingDiverged.ADVICE}"
        )
    write_beside(path, lambda file: np.savez(file, about=np.array(json.dumps(about)), **arrays))


def load(gan, path: Path) -> dict:
    """Restore a saved state into `gan` and return its `about`; nothing changes unless all of it fits.

    Raises:
        InputError: the file is damaged, or holds other networks.
    """
    about, arrays = read(path)
    variables = state_of(gan)
    if {n: a.shape for n, a in arrays.items()} != {n: tuple(v.shape) for n, v in variables.items()}:
        raise InputError(f"{path}: holds other networks or optimisers; choose another folder to train in")
    for name, variable in variables.items():
        variable.assign(arrays[name])
    return about


def read(path: Path) -> tuple[dict, dict[str, np.ndarray]]:
    """Read a checkpoint's `about` and its arrays by name.

    Raises:
        InputError: the file is missing or damaged, or `about` lacks what every checkpoint has.
    """
    try:
        data = Path(path).read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as file:  # reads each part whole, to its checksum
            parts = {name.removesuffix(".npy"): io.BytesIO(file.read(name)) for name in file.namelist()}
        if len(parts) != int.from_bytes(data[-12:-10], "little"):  # a damaged directory can hide some
            raise ValueError("parts are missing")
        arrays = {name: np.load(part) for name, part in parts.items()}
        about = json.loads(str(arrays.pop("about")))
        settings, history = dict(about["settings"]), about["history"]
        if all(row["epoch"] and row["seconds"] >= 0 for row in history) and all(settings):
            return about, arrays
    except FileNotFoundError:
        raise InputError(f"{path}: no checkpoint there; run `gancourse train dcgan` first") from None
    except Exception:  # NumPy, zipfile, zlib, tokenize and JSON each raise their own for damaged bytes
        pass
    raise InputError(f"{path}: not a checkpoint of this course, or damaged; delete it to start again")


class Checkpoint(keras.callbacks.Callback):
    """Save after every complete epoch, and keep a log of all epochs in `log.csv` beside.

    Args:
        path: the checkpoint's file; `restore` continues from it.
        settings: what must be the same to continue, such as recipe, data and seed.
        command: the command that started the training, stored with the settings.
    """

    def __init__(self, path: Path, settings: dict, command: str = ""):
        super().__init__()
        self.path, self.settings, self.command = Path(path), settings, command
        self.history: list[dict] = []

    @property
    def seconds(self) -> float:
        """Return the seconds trained until the last complete epoch, over all runs."""
        return self.history[-1]["seconds"] if self.history else 0.0

    def restore(self, gan) -> int:
        """Restore a saved training, if any; return the epochs done. Raises `InputError` if it differs."""
        if not self.path.exists():
            return 0
        about, _ = read(self.path)
        saved, now = leaves(about["settings"]), leaves(self.settings)
        changed = [
            f"{k}={saved.get(k)} (now {now.get(k)})" for k in {**saved, **now} if saved.get(k) != now.get(k)
        ]
        if changed:
            was = ", ".join(changed[:4])
            raise InputError(
                f"{self.path}: was trained with {was}; continue with the same, or choose another folder"
            )
        self.history = load(gan, self.path)["history"]
        return len(self.history)

    def on_train_begin(self, logs=None):
        settings = json.dumps({"command": self.command, **self.settings}, indent=1).encode()
        write_beside(self.path.parent / "settings.json", lambda file: file.write(settings))  # for people
        size = sum(variable.numpy().nbytes for variable in state_of(self.model).values())
        free = shutil.disk_usage(self.path.parent).free
        if free < size:
            raise InputError(
                f"{self.path}: takes {size / 1e6:.0f} MB, {free / 1e6:.0f} MB are free; make room first"
            )
        self.started = time.monotonic() - self.seconds

    def on_epoch_begin(self, epoch, logs=None):
        self.steps = 0

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1

    def on_epoch_end(self, epoch, logs=None):
        if self.steps < (self.params.get("steps") or 0):
            return  # stopped in mid-epoch: going on from here would not be what an unbroken training does
        seconds = round(time.monotonic() - self.started, 1)
        values = {name: float(value) for name, value in logs.items()}
        self.history.append({"epoch": epoch + 1, "seconds": seconds, **values})
        about = {"settings": self.settings, "command": self.command, "history": self.history}
        save(self.model, self.path, about)
        log = pd.DataFrame(self.history).to_csv(index=False).encode()
        write_beside(self.path.parent / "log.csv", lambda file: file.write(log))


def leaves(settings: dict) -> dict:
    """Return the innermost names and values of nested dictionaries."""
    flat: dict = {}
    for key, value in settings.items():
        flat |= leaves(value) if isinstance(value, dict) else {key: value}
    return flat

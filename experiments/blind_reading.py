"""Make slices for a blind reader, who says which are of patients and which are made, and score the answers.

    python experiments/blind_reading.py make /tmp/reading --n 40 --size 128     # patients against phantoms
    python experiments/blind_reading.py make /tmp/reading --generated dcgan-t1  # generated against phantoms
    python experiments/blind_reading.py score /tmp/reading answers.csv

`make` writes 01.png, 02.png, ... in random order; the key lies beside the folder in a hidden file. Half of
the slices are of patients (in several modalities each), the other half of phantoms, one for each patient, at
the same height in the brain, with the same pixels, in the same modalities, in the same window. The reader
writes a line per picture, such as `01,real` or `01,made` (`01,phantom` or `01,generated`), in any order;
further columns are for the reasons.
"""

import csv
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from generated import generate, held_out_phantoms
from patients import CROPPED, Section, level, patients, refuse_repository, section_of
from phantom_sections import LEAST_TUMOUR, SEED, twins
from PIL import Image
from scipy import stats
from study import parser_of, start

from gancourse.cohort.brats import Subject
from gancourse.cohort.scans import read_scans
from gancourse.cohort.scheme import MODALITIES
from gancourse.errors import InputError
from gancourse.images import to_picture

SETS = ("brats2013", "brats2015", "ibsr")
SHOWN = 512  # pixels a side, about, to which pictures are enlarged
COLUMNS = ["file", "kind", "person", "modality", "height"]


def key_of(folder: Path) -> Path:
    """Return the file of a folder's key."""
    folder = folder.resolve()
    return folder.parent / f".{folder.name}-key.csv"


def choose(
    number: int, modalities: Sequence[str], rng: np.random.Generator, without: Sequence[str] = CROPPED
) -> list[tuple[Subject, str]]:
    """Draw patients, and a modality of each; no such pair twice, every modality about as often.

    Raises:
        InputError: there are not so many.
    """
    people = [s for name in SETS for s in patients(name) if s.id not in without]
    queues = {m: [s for s in people if m in s.modalities] for m in modalities}
    for queue in queues.values():
        rng.shuffle(queue)
    pairs = [(queue[k], m) for k in range(len(people)) for m, queue in queues.items() if k < len(queue)]
    if len(pairs) < number:
        raise InputError(f"{number} slices of patients wanted, there are {len(pairs)}; lower --n")
    return pairs[:number]


def cut(subject: Subject, rng: np.random.Generator) -> Section:
    """Cut a subject at a random height between 0.4 and 0.75, through its tumour if it has one there."""
    if subject.shape[2] == 1:
        return section_of(subject)
    heights = list(rng.permutation(np.linspace(0.4, 0.75, 15)))
    if subject.seg_path is not None:
        seg, brain = subject.seg(), read_scans(subject).brain
        cuts = {h: (seg[:, :, level(brain, h)] > 0).sum() for h in heights}
        heights.sort(key=lambda h: cuts[h] < LEAST_TUMOUR)
    return section_of(subject, float(heights[0]))


def patients_against_phantoms(
    number: int,
    size: int,
    modalities: Sequence[str],
    seed: int = 0,
    randomisation: str = "realistic",
    without: Sequence[str] = CROPPED,
) -> list[tuple[np.ndarray, dict]]:
    """Return pictures (size, size) in [-1, 1] with their rows of the key: first patients, then phantoms.

    Args:
        number: of pictures in all.
        size: pixels a side.
        modalities: to choose from.
        seed: of the choice; it also says which phantoms are drawn.
        randomisation: of the phantoms.
        without: patients to leave out, by id.

    Raises:
        InputError: not enough patients.
    """
    rng = np.random.default_rng(seed)
    chosen = choose(number // 2, modalities, rng, without)
    people = list(dict.fromkeys(subject.id for subject, _ in chosen))
    of = {subject.id: subject for subject, _ in chosen}
    real = {id: cut(of[id], rng) for id in people}
    made = dict(zip(people, twins(real.values(), SEED + seed, randomisation), strict=True))
    shown = [("real", real[s.id], m) for s, m in chosen] + [("made", made[s.id], m) for s, m in chosen]
    return [
        (s.picture(m, size), {"kind": kind, "person": s.person, "modality": m, "height": round(s.height, 3)})
        for kind, s, m in shown
    ]


def generated_against_phantoms(
    source: str, data: Path, number: int, modality: str, seed: int
) -> list[tuple[np.ndarray, dict]]:
    """Return generated images and as many slices of held-out phantoms, from as many of them as possible.

    Raises:
        InputError: too few phantoms, or of another size.
    """
    found = generate(source, number // 2, modality, seed)
    images, people = held_out_phantoms(data, found.modality, found.where)
    if len(images) < number // 2 or images.shape[1:] != found.images.shape[1:]:
        raise InputError(f"{data}: slices {images.shape}, expected {found.images.shape} or more; give others")
    order = np.random.default_rng(seed).permutation(len(images))
    turn = pd.Series(people[order]).groupby(people[order]).cumcount().to_numpy()  # which of a person's slices
    rows = order[np.argsort(turn, kind="stable")][: number // 2]
    made = [(image, "generated", "") for image in found.images]
    made += [(images[row], "phantom", people[row]) for row in rows]
    return [
        (image, {"kind": kind, "person": person, "modality": found.modality, "height": ""})
        for image, kind, person in made
    ]


def write(folder: Path, pictures: Sequence[tuple[np.ndarray, dict]], scale: int, seed: int) -> None:
    """Write pictures in random order, all files with the same date and no other data, and the key."""
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder}: is not empty; give a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, k in enumerate(np.random.default_rng(seed).permutation(len(pictures)), 1):
        image, row = pictures[k]
        picture = to_picture(image)
        size = scale * picture.width, scale * picture.height
        path = folder / f"{number:02d}.png"
        picture.resize(size, Image.Resampling.BICUBIC).save(path)
        os.utime(path, (0, 0))
        rows.append({"file": path.name, **row})
    pd.DataFrame(rows, columns=COLUMNS).to_csv(key_of(folder), index=False)


def read_answers(path: Path, key: pd.DataFrame) -> pd.Series:
    """Read a reader's answers by picture's number.

    Raises:
        InputError: a picture without an answer or with two, or an answer that is none of the two kinds.
    """
    kinds = sorted(set(key["kind"]))
    answers: dict[int, str] = {}
    for row in csv.reader(path.read_text().splitlines()):
        number = row[0].strip().removesuffix(".png") if row else ""
        if not number.isdigit():
            continue  # a header, or an empty line
        answer = row[1].strip().lower() if len(row) > 1 else ""
        if answer not in kinds or int(number) in answers:
            raise InputError(f"{path}: {','.join(row[:2])}: expected one line for it, {' or '.join(kinds)}")
        answers[int(number)] = answer
    numbers = [int(Path(file).stem) for file in key["file"]]
    if set(numbers) != set(answers):
        odd = min(set(numbers) ^ set(answers))
        raise InputError(f"{path}: picture {odd:02d}: expected one answer for each of {len(numbers)}")
    return pd.Series([answers[number] for number in numbers])


def score(key: pd.DataFrame, answers: pd.Series) -> pd.DataFrame:
    """Return how many were told right, with Wilson's 95 % interval: in all, by kind, and by modality."""
    right = (key["kind"] == answers).to_numpy()
    groups = {"all": np.ones(len(key), bool)}
    for column in ("kind", "modality"):
        groups |= {value: (key[column] == value).to_numpy() for value in key[column].unique()}
    rows = []
    for name, where in groups.items():
        found = stats.binomtest(int(right[where].sum()), int(where.sum()))
        low, high = found.proportion_ci(method="wilson")
        rows.append({"slices": name, "right": found.k, "of": found.n, "share": found.statistic})
        rows[-1] |= {"low": low, "high": high}
    return pd.DataFrame(rows)


def main() -> None:
    parser = parser_of(__doc__, data=None)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make", help="write the pictures")
    making.add_argument("folder", type=Path, help="new folder, outside of any repository")
    making.add_argument("--n", type=int, default=40, help="pictures in all (40)")
    making.add_argument("--size", type=int, default=128, help="pixels a side (128)")
    making.add_argument("--modality", default="all", choices=["all", *MODALITIES])
    making.add_argument("--seed", type=int, default=0, help="another one for every reader (0)")
    making.add_argument("--randomisation", default="realistic", help="of phantoms: realistic or wide")
    making.add_argument("--scale", type=int, help="by which pictures are enlarged (to about 512 pixels)")
    making.add_argument("--without", nargs="*", default=CROPPED, help="patients to leave out, by id")
    making.add_argument("--generated", help="a generator's name, its run's folder, or a .npy of images")
    making.add_argument("--data", type=Path, default=Path("data/slices720"), help="slices for --generated")
    scoring = commands.add_parser("score", help="compare answers with the key")
    scoring.add_argument("folder", type=Path)
    scoring.add_argument("answers", type=Path, help="CSV: number, answer")
    o = parser.parse_args()
    if o.command == "score":
        key = pd.read_csv(key_of(o.folder))
        print(score(key, read_answers(o.answers, key)).round(3).to_string(index=False))
        return
    if o.generated:
        modality = "t1" if o.modality == "all" else o.modality
        pictures = generated_against_phantoms(o.generated, o.data, o.n, modality, o.seed)
    else:
        refuse_repository(o.folder / "01.png")
        modalities = MODALITIES if o.modality == "all" else (o.modality,)
        pictures = patients_against_phantoms(o.n, o.size, modalities, o.seed, o.randomisation, o.without)
    write(o.folder, pictures, o.scale or max(1, SHOWN // len(pictures[0][0])), o.seed)


if __name__ == "__main__":
    start(main)

"""Attack the GANs of `privacy.py`, in every way and with controls, and store some for lesson 46.

    python experiments/privacy_scores.py            the tables
    python experiments/privacy_scores.py export     the weights of seed 0, with their scores on the cards

It writes

    data/results/privacy.csv           one row a run: epsilon by our accountant, and by Google's tighter one
                                       (`epsilon_pld`), the greatest area under the ROC that ours allows,
                                       KID with its error, precision, recall
    data/results/privacy_attacks.csv   each attack on each run, by distance in pixels or in features,
                                       discriminator or inversion: area, interval by patient, share found at
                                       1 % false positives. `who` is
        members             members against held-out people
        planted             patients with many copies, against the same
        copied              members whose copies were planted among the generated images, against the same;
                            for the inversion, images that the generator itself has painted
        control: members    one half of the members against the other: mean and 95 % range
        control: held out   the same of held-out people
        control: unseen     members against held-out people, with another seed's few-run, which saw neither
        control: biased     held-out people with a tumour in the slice against those without: a split with a
                            bias, and no member on either side
    data/results/privacy_scores.npz    the scores of seed 0 behind them, float16, by "run/attack/side". Row k
                                       of members, others and planted is the k-th of `privacy.attacked`
    data/results/privacy.npz           twelve images of each run of seed 0, uint8
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from privacy import FIRST, HELD_OUT, PLANS, RUNS, SIZE, People, attacked, people_of, read, recipe_of
from study import RESULTS, parser_of, start, write_table

from gancourse import pretrained
from gancourse.files import write_beside
from gancourse.quiet import import_tensorflow

COPIED = 100  #: members planted among the generated images
PAIRS = (
    ("members", "members", "others"),
    ("planted", "planted", "others"),
    ("copied", "copied", "others, copied"),
    ("control: unseen", "unseen", "others, unseen"),
    ("control: biased", "others, ill", "others, well"),
)  #: who, and the two sides that are compared


def score(names: list[str], runs: Path, data: Path, results: Path, seeds: list[int]) -> None:
    """Write the tables from what these runs have saved; rows of other runs stay."""
    from gancourse.metrics.accountant import greatest_auc
    from gancourse.metrics.fidelity import kid, precision_recall

    embed = pretrained.load("features/brain-mr").embed
    images, tumour = read(data)
    held_out = embed(images[FIRST : FIRST + HELD_OUT])
    table, attacks = (stay(results / name, names, seeds) for name in ("privacy.csv", "privacy_attacks.csv"))
    pictures, kept = {}, {}
    for name, seed in product(names, seeds):
        path, plan = runs / f"{name}-s{seed}" / "scores.npz", PLANS[name]
        if not path.exists():
            print(f"{path}: not there, left out")
            continue
        people, recipe = people_of(plan, seed), recipe_of(plan)
        with np.load(path) as file:
            saved = dict(file)
        made = saved["images"].astype(np.float32) / 127.5 - 1
        features = embed(made)
        value, error = kid(features, held_out)
        precision, recall = precision_recall(held_out, features)
        private = plan.noise is not None
        spent = recipe.epsilon(len(people.members), plan.steps) if private else np.inf
        row = {"run": name, "seed": seed, "patients": len(people.members), "steps": plan.steps}
        row |= {"noise": plan.noise, "epsilon": spent, "epsilon_pld": official(plan, recipe, people, results)}
        row |= {"greatest_auc": greatest_auc(spent), "kid": value, "kid_se": error}
        row |= {"precision": precision, "recall": recall, "core_seconds": float(saved["core_seconds"])}
        table.append(row)
        print(row, flush=True)
        scores = scores_of(images, tumour > 0, people, made, saved, generated_elsewhere(runs, seed), embed)
        attacks += [{"run": name, "seed": seed, **found} for found in attack(scores)]
        if not seed:
            pictures[name] = saved["images"][:12]
            kept |= {
                f"{name}/{kind}/{side}": values.astype(np.float16)
                for kind, sides in scores.items()
                for side, values in sides.items()
            }
    write_table(sorted(table, key=place), results / "privacy.csv")
    write_table(sorted(attacks, key=place), results / "privacy_attacks.csv")
    add(results / "privacy.npz", pictures)
    add(results / "privacy_scores.npz", kept)


def stay(path: Path, names: list[str], seeds: list[int]) -> list[dict]:
    """Return the rows of a table, if it is there, that are not of these runs."""
    known = pd.read_csv(path) if path.exists() else pd.DataFrame({"run": [], "seed": []})
    return known[~(known.run.isin(names) & known.seed.isin(seeds))].to_dict("records")


def place(row: dict) -> tuple[int, int]:
    """Return where a row belongs: by seed, then as in `PLANS`."""
    return row["seed"], list(PLANS).index(row["run"])


def add(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Put arrays into a file, beside those that it has, or in place of them."""
    if path.exists():
        with np.load(path) as file:
            arrays = dict(file) | arrays
    write_beside(path, lambda file: np.savez_compressed(file, **arrays))


def official(plan, recipe, people: People, results: Path) -> float | None:
    """Return what Google's accountant says of a run, from the table that `official_epsilon.py` wrote."""
    if plan.noise is None or not plan.noise:
        return None
    known = pd.read_csv(results / "privacy_accountant.csv")
    same = np.isclose(known.rate, recipe.rate(len(people.members)), rtol=1e-6) & (known.delta == 1e-5)
    found = known[same & (known.noise == plan.noise) & (known.steps == plan.steps)]
    return float(found.pld.iloc[0]) if len(found) else None


def generated_elsewhere(runs: Path, seed: int) -> tuple[np.ndarray, int] | None:
    """Return images of another seed's few-run, and that seed; None if there is no such run."""
    for path in sorted(runs.glob("few-s*/scores.npz")):
        other = int(path.parent.name.rpartition("-s")[2])
        if other != seed:
            with np.load(path) as file:
                return file["images"].astype(np.float32) / 127.5 - 1, other
    return None


def scores_of(images, ill, people: People, made, saved: dict, unseen, embed) -> dict:
    """Return the scores of one run: attack -> side -> (N,); `ill` says who has a tumour in the slice."""
    from gancourse.metrics.attacks import distance_score, plant

    members, others = attacked(people)
    groups = {"members": members, "others": others, "planted": people.planted}
    scores: dict[str, dict[str, np.ndarray]] = {"pixels": {}, "features": {}}
    for attack_name, space in (("pixels", None), ("features", embed)):
        for side, rows in groups.items():
            if len(rows):
                scores[attack_name][side] = distance_score(images[rows], made, space)
        copied = plant(made, images[members[:COPIED]])
        scores[attack_name]["copied"] = distance_score(images[members[:COPIED]], copied, space)
        scores[attack_name]["others, copied"] = distance_score(images[others], copied, space)
        if unseen is not None:
            elsewhere, seed = unseen
            saw = people_of(PLANS["few"], seed).members
            strangers = images[members[~np.isin(members, saw)]]
            scores[attack_name]["unseen"] = distance_score(strangers, elsewhere, space)
            scores[attack_name]["others, unseen"] = distance_score(images[others], elsewhere, space)
    for kind in ("discriminator", "inversion"):
        scores[kind] = {s: saved[f"{kind}_{s}"] for s in (*groups, "copied") if f"{kind}_{s}" in saved}
        if "copied" in scores[kind]:
            scores[kind]["others, copied"] = scores[kind]["others"]
    for sides in scores.values():
        has = ill[others[: len(sides["others"])]]
        sides |= {"others, ill": sides["others"][has], "others, well": sides["others"][~has]}
    return scores


def attack(scores: dict) -> Iterator[dict]:
    """Give the rows of the table of attacks for the scores of one run."""
    from gancourse.metrics.attacks import control, found_at
    from gancourse.metrics.memorisation import membership

    for name, sides in scores.items():
        row = {"attack": name}
        for who, side, against in PAIRS:
            a, b = sides.get(side, ()), sides.get(against, ())
            if len(a) and len(b):
                found = membership(a, b, np.arange(len(a)), np.arange(len(b)))
                areas = {"auc": found.auc, "low": found.low, "high": found.high}
                yield row | {"who": who, **areas, "found_at_1_percent": found_at(found)}
        for who, side in (("control: members", "members"), ("control: held out", "others")):
            yield row | {"who": who, **control(sides[side], np.arange(len(sides[side])))._asdict()}


def export(names: list[str], runs: Path, results: Path) -> None:
    """Store both networks of these runs of seed 0, with the tables' scores; a name's dot turns a hyphen."""
    import dataclasses

    from gancourse.gans.averaging import recalibrate
    from gancourse.training import checkpoint
    from gancourse.training.private_training import PrivateRecipe

    table, attacks = pd.read_csv(results / "privacy.csv"), pd.read_csv(results / "privacy_attacks.csv")
    for run in names:
        if not (runs / f"{run}-s0" / "scores.npz").exists():
            print(f"{run}: not trained yet, left out")
            continue
        recipe = recipe_of(PLANS[run])
        private = isinstance(recipe, PrivateRecipe)
        gan = recipe.build(0) if private else recipe.build(0, "float32")
        about = checkpoint.load(gan, runs / f"{run}-s0" / "checkpoint.npz")
        generator = gan.trained_generator
        recalibrate(generator, gan.latent_dim)
        networks = recipe.networks() if private else recipe
        row = table[(table.run == run) & (table.seed == 0)].iloc[0]
        said = row[["epsilon", "epsilon_pld", "kid", "precision", "recall"]].dropna()
        areas = attacks[(attacks.run == run) & (attacks.seed == 0) & (attacks.who == "members")]
        scores = {k: round(float(v), 4) if np.isfinite(v) else "infinite" for k, v in said.items()}
        scores |= {f"auc, {a}": round(float(v), 4) for a, v in zip(areas.attack, areas.auc, strict=True)}
        card = {
            "kind": "pair",
            "recipe": dataclasses.asdict(networks),
            "training": {k: v for k, v in about["settings"].items() if k != "recipe"},
            "command": f"python experiments/privacy.py {run} --seeds 0",
            "data": {"people": about["settings"]["people"], "members": int(row.patients), "size": SIZE},
            "scores": scores,
        }
        if private:
            card["privacy"] = {"noise": recipe.noise, "clip": recipe.clip, "batch": recipe.batch}
        name = f"privacy/{run.replace('.', '-')}"
        stored = pretrained.save(name, pretrained.Pair(generator, gan.discriminator), card)
        print(stored.name, stored.scores, flush=True)


def main() -> None:
    parser = parser_of(__doc__, "data/people")
    parser.add_argument("what", nargs="?", default="score", choices=("score", "export"))
    parser.add_argument("--runs", type=Path, default=RUNS)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2], help="which ones to score")
    parser.add_argument("--names", nargs="+", default=list(PLANS), choices=list(PLANS), help="which runs")
    arguments = parser.parse_args()
    import_tensorflow()
    if arguments.what == "export":
        export(arguments.names, arguments.runs, arguments.results)
    else:
        score(arguments.names, arguments.runs, arguments.data, arguments.results, arguments.seeds)


if __name__ == "__main__":
    start(main)

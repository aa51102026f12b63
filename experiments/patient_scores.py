"""Score the patient generator: KID by modality, recall, copies, and labels against the segmenter's.

    python experiments/patient_scores.py --data data/slices128                      # the stored weights
    python experiments/patient_scores.py --data data/slices128 --run runs/patient   # a training

The slices are those of the training. Scores whose names begin with `real_` are the same for real slices of
training patients, or of held-out ones where labels are compared with the segmenter's. It writes
data/results/patient_scores.csv. About ten minutes on one core.
"""

from pathlib import Path

from study import RESULTS, parser_of, write_table

from gancourse import export, pretrained
from gancourse.cohort.sliceset import SliceSet
from gancourse.segmentation import patient_scores, segmenter


def main() -> None:
    parser = parser_of(__doc__, "data/slices128")
    parser.add_argument("--run", type=Path, help="folder of a training, instead of the stored weights")
    parser.add_argument("--results", type=Path, default=RESULTS / "patient_scores.csv")
    arguments = parser.parse_args()
    slices = SliceSet.open(arguments.data)
    if arguments.run:
        generator, about = export.load_run(arguments.run, "patient")
        settings = about["settings"]
    else:
        generator, settings = pretrained.load("patient"), {"data": pretrained.card("patient").data}
    scores = patient_scores.score_generator(generator, settings, slices, segmenter.load())
    for name, value in scores.items():
        print(f"{name:20} {value}")
    write_table([{"score": name, "value": value} for name, value in scores.items()], arguments.results)


if __name__ == "__main__":
    main()

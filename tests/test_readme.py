"""The README's commands, run in its order, on a small cohort."""

import re
import shlex
from pathlib import Path

import lessons
import pytest
from test_cli import run

from gancourse.cli import app
from gancourse.teaching import course_map

README = (Path(__file__).parent.parent / "README.md").read_text()

#: What makes a command small; a later option wins over an earlier one.
SMALL = {
    "cohort make --head": "--spacing 4",
    "cohort make": "--subjects 8 --spacing 4",
    "cohort hospitals": "--patients 2 --tested 1",
    "train dcgan": "--epochs 1",
    "train ddpm": "--epochs 1 --set base=8",
    "sample ddpm": "--n 4 --steps 2",
    "train patient": "--epochs 1 --set base=4 --set d_base=4 --set most=8",
}


def commands() -> list[str]:
    block = README.split("## The command line")[1].split("\n## ")[0]
    lines = re.findall(r"^ {4}gancourse (.*)$", block, re.MULTILINE)
    return [re.split(r"\s{2,}", line)[0].replace("DIR", "data/phantoms") for line in lines]


def test_the_command_line(tmp_path, monkeypatch):
    fetched = []
    monkeypatch.setattr("gancourse.cohort.decathlon.fetch", lambda out, subjects: fetched.append(subjects))
    monkeypatch.chdir(tmp_path)
    assert len(commands()) >= 7
    for command in commands():
        if command == "doctor":  # its verdict is about the machine
            continue
        small = next((more for start, more in SMALL.items() if command.startswith(start)), "")
        result = run(app, shlex.split(f"{command} {small}"))
        assert result.exit_code == 0, f"gancourse {command}\n{result.output}\n{result.exception}"
    assert fetched == [20]
    assert Path("grid.png").stat().st_size > 10_000
    assert Path("runs/mine/checkpoint.npz").exists() and Path("ddpm.png").stat().st_size > 5_000
    assert len(list(Path("data/generated").glob("*/*_seg.nii.gz"))) == 8
    assert len(list(Path("data/brain").glob("*_flair.nii.gz"))) == 1
    assert Path("tissue.nii.gz").exists() and Path("overlay.png").stat().st_size > 10_000


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", README))
def test_links_inside_the_project(link):
    if not link.startswith("http"):
        assert (Path(__file__).parent.parent / link).exists()


def test_what_it_says_of_the_lessons():
    words = dict(enumerate("ten eleven twelve thirteen fourteen fifteen sixteen seventeen".split(), 10))
    assert f"course in {words[len(lessons.SOURCES)]} Jupyter notebooks" in README
    first, *rest, last = course_map.ROUTES[0].numbers
    taste = f"If you have three hours, take lessons {', '.join([first, *rest])} and {last}."
    assert taste in " ".join(README.split())
    found = course_map.read_lessons(lessons.ROOT / "README.md", lessons.ROOT / "notebooks")
    assert course_map.duration(course_map.ROUTES[0].lessons(found)) == "about 3 hours"


def test_every_make_target_named_exists():
    made = (Path(__file__).parent.parent / "Makefile").read_text()
    texts = README + (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text()
    for target in set(re.findall(r"`?make ([a-z]+)\b(?=[`\n ]*(?:$|`|\n|#))", texts)) | {"lab", "test"}:
        assert f"\n{target}:" in made, f"make {target}"

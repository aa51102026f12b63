"""The teachers' pages: minutes that add up and agree with the lessons, and nothing that is not there."""

import ast
import os
import re
import subprocess
import sys

import build
import lessons
import pytest

PAGES = lessons.ROOT / "book" / "teachers"
README = (lessons.ROOT / "README.md").read_text()
MINUTES = {
    lesson: int(minutes) for lesson, minutes in re.findall(r"\[`(\d\d)_.*\| (\d+) \|$", README, re.MULTILINE)
}
PLANS = {"90 minutes": 90, "3 hours": 180, "A day": 480}


def rows(text: str) -> list[list[str]]:
    """The cells of every row of the tables in a text, without their heads."""
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [
        [cell.strip() for cell in row.split("|")[1:-1]] for table in tables for row in table.splitlines()[2:]
    ]


def part(page: str, heading: str) -> str:
    """What stands below a heading of a page."""
    pieces = re.split(r"^## (.*)$", (PAGES / page).read_text(), flags=re.MULTILINE)
    (text,) = [
        text for title, text in zip(pieces[1::2], pieces[2::2], strict=True) if title.startswith(heading)
    ]
    return text


def section_minutes(lesson: str) -> dict[str, int]:
    """The minutes of a lesson's sections, and of "**all**"."""
    return {name: int(minutes.strip("*")) for name, _, minutes in rows(part("sections.md", lesson))}


@pytest.mark.parametrize("source", lessons.SOURCES, ids=lambda path: path.stem)
def test_the_sections_of_a_lesson(source):
    lesson, text = source.stem[:2], source.read_text()
    minutes = section_minutes(lesson)
    total = minutes.pop("**all**")
    assert list(minutes) == ["Opening", *re.findall(r"^# ## (.*)$", text, re.MULTILINE)]
    assert sum(minutes.values()) == total == MINUTES[lesson]
    assert int(re.search(r"\*\*Time:\*\* (\d+)", text)[1]) == total
    stated = {name: int(count or 0) for name, count, _ in rows(part("sections.md", lesson))}
    assert stated.pop("**all**") == sum(stated.values()) == text.count('tags=["exercise"]')


@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_adds_up_and_agrees_with_the_lessons(plan):
    *steps, end = rows(part("plans.md", plan))
    clock = 0
    for start, minutes, what in steps:
        assert start == f"{clock // 60}:{clock % 60:02}", what
        clock += int(minutes)
        if step := re.match(r"\*\*(\d\d)\*\* · (shown: )?([^·]+?)(?: · |$)", what):
            lesson, shown, section = step.groups()
            full = MINUTES[lesson] if section == "all" else section_minutes(lesson)[section]
            assert int(minutes) < full if shown else int(minutes) == full, what
        else:
            assert "**" not in what, what
    assert clock == PLANS[plan]
    assert end[:2] == [f"{clock // 60}:{clock % 60:02}", f"**{clock}**"]


def test_every_lesson_is_in_a_plan_or_said_to_be_left_out():
    plans = (PAGES / "plans.md").read_text()
    for lesson in MINUTES:
        assert re.search(rf"\b{lesson}\b", plans), lesson


def test_every_exercise_has_its_usual_mistakes():
    told = re.findall(r"^- `(\d\d\.\w+)`: ", part("troubles.md", "In the exercises"), re.MULTILINE)
    exercises = [
        f"{source.stem[:2]}.{exercise.name}"
        for source in lessons.SOURCES
        for exercise in lessons.find_exercises(build.read_source(source))
    ]
    assert told == exercises


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda path: path.stem)
def test_what_a_page_names_exists(page):
    text = page.read_text()
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert link.startswith("https://") or (page.parent / link).exists(), link
    for lesson in re.findall(r"\b[Ll]esson (\d\d)\b", text):
        assert lesson in MINUTES, lesson
    for lesson, check in re.findall(r"`(\d\d)\.(\w+)`", text):
        answers = lessons.ROOT / "tests" / "wrong_answers" / f"{lesson}.py"
        assert re.search(rf"^# %% {check}\b", answers.read_text(), re.MULTILINE), f"{lesson}.{check}"
    makefile = (lessons.ROOT / "Makefile").read_text()
    for target in re.findall(r"(?:^    |`)make ([a-z]+)", text, re.MULTILINE):
        assert f"\n{target}:" in makefile, target
    assert page.stem == "index" or f"({page.name})" in (PAGES / "index.md").read_text()


def test_the_server_copies_the_lessons_to_a_learner_s_home(tmp_path):
    settings = ast.parse((PAGES / "jupyterhub_config.py").read_text())
    (code,) = [node.value.value for node in settings.body if ast.unparse(node).startswith("COPY = ")]
    env = os.environ | {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env=env)
    assert {path.stem for path in (tmp_path / "work").iterdir()} == {path.stem for path in lessons.SOURCES}

"""Files at the project's top agree with each other and with the package."""

import ast
import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

import gancourse
from gancourse.cli import app

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
LOCK = (ROOT / "requirements.lock").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()


def name_of(requirement: str) -> str:
    """`Scikit_Image>=0.25` -> `scikit-image`."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def python(code: str, *, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env=env
    )


def test_lock_pins_every_dependency_and_names_no_host():
    pinned = {name_of(line) for line in LOCK.splitlines() if re.match(r"[\w.-]+==[\w.]+( ;|$)", line)}
    assert len(pinned) > 100
    extras = PROJECT["optional-dependencies"]
    wanted = PROJECT["dependencies"] + extras["test"] + extras["book"]
    assert {name_of(requirement) for requirement in wanted} <= pinned
    assert "torch" not in pinned and not any(name.startswith("nvidia") for name in pinned)
    assert not re.search(r"://|--index-url|--extra-index-url|--find-links|--trusted-host| @ |file:", LOCK)
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; .*)?", line) for line in LOCK.splitlines())


def test_environment_yml_is_in_step():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    conda, pip = environment["dependencies"][:-1], environment["dependencies"][-1]["pip"]
    (python_version,) = (spec.removeprefix("python=") for spec in conda if spec.startswith("python="))
    low, high = re.findall(r"3\.(\d+)", PROJECT["requires-python"])
    assert int(low) <= int(python_version.removeprefix("3.")) < int(high)
    assert "pip" in conda
    (line,) = pip
    extras = re.fullmatch(r"-e \.\[(.+)\]", line)[1].split(",")
    assert set(extras) <= set(PROJECT["optional-dependencies"])
    assert set(extras).isdisjoint({"gpu", "bench"})  # they need what not every machine has


def test_tensorflow_is_the_dependency_and_cuda_an_extra():
    names = [name_of(requirement) for requirement in PROJECT["dependencies"]]
    assert "tensorflow" in names and "torch" not in names
    assert PROJECT["optional-dependencies"]["gpu"][0].startswith("tensorflow[and-cuda]")


def imported_by(folder: Path) -> set[str]:
    """Top-level modules that the Python files below a folder import, anywhere in them."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                found.add(node.module.split(".")[0])
    return found


def test_what_the_package_imports_is_declared():
    declared = {name_of(requirement) for requirement in PROJECT["dependencies"]}
    providers = importlib.metadata.packages_distributions()
    third_party = imported_by(ROOT / "gancourse") - set(sys.stdlib_module_names) - {"gancourse"}
    assert {"tensorflow", "numpy", "typer"} <= third_party
    undeclared = {
        module for module in third_party if declared.isdisjoint(map(name_of, providers.get(module, [module])))
    }
    assert not undeclared


def test_version_is_said_once():
    assert PROJECT["dynamic"] == ["version"]
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert cited["version"] == gancourse.__version__


def test_make_alone_says_what_there_is():
    said = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in "lab test lint notebooks cohort train bench clean".split():
        assert re.search(rf"^  make {target} +\w", said, re.MULTILINE)


def test_make_says_so_when_there_is_no_python_in_range(tmp_path):
    (tmp_path / "Makefile").write_text(MAKEFILE)
    for name in ("pyproject.toml", "requirements.lock"):
        (tmp_path / name).write_text("")
    run = subprocess.run(["make", "setup", "PYTHON="], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode != 0
    assert "needs Python 3.11, 3.12 or 3.13" in run.stderr
    assert not (tmp_path / ".venv").exists()


def test_make_passes_options_to_lab_and_installs_only_when_something_changed(tmp_path):
    (tmp_path / "Makefile").write_text(MAKEFILE)
    for name in ("pyproject.toml", "requirements.lock"):
        (tmp_path / name).write_text("")
    fake = tmp_path / ".venv" / "bin" / "python"
    fake.parent.mkdir(parents=True)
    fake.write_text('#!/bin/sh\necho "ran $*"\necho "bytecode${PYTHONDONTWRITEBYTECODE-unset}"\n')
    fake.chmod(0o755)

    def lab() -> str:
        command = ["make", "-s", "lab", "PYTHON=false", "ARGS=--port 9999 --no-browser"]
        env = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=True, env=env
        ).stdout

    first, second = lab(), lab()
    assert "ran -m pip install --disable-pip-version-check -r requirements.lock" in first
    assert "ran -m gancourse lab --port 9999 --no-browser" in first
    assert "bytecodeunset" in first
    assert "pip" not in second and "ran -m gancourse lab" in second


def test_the_makefile_s_commands_exist():
    commands = set(re.findall(r"-m gancourse ([a-z]+(?: [a-z]+)?)", MAKEFILE))
    assert {"lab", "cohort make", "train dcgan", "export dcgan"} <= commands
    for command in commands:
        assert CliRunner().invoke(app, [*command.split(), "--help"]).exit_code == 0, command


def test_orders_are_random_on_request_only():
    """A plug-in that shuffles tests would shuffle the cells of lessons too."""
    assert "-p no:randomly" in PYPROJECT["tool"]["pytest"]["ini_options"]["addopts"]
    (command,) = re.findall(r"-m pytest .*-p randomly.*", MAKEFILE)
    assert "notebooks" not in command and "--nbval" not in command


@pytest.mark.parametrize("workers", ["0", "1"])
def test_the_last_lines_say_what_was_not_tested_and_what_it_needs(workers):
    command = [sys.executable, "-m", "pytest", "-n", workers, "tests/browser/test_harness.py"]
    run = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "GANCOURSE_TEST_BROWSER": "none"},
    )
    assert run.returncode == 0
    said, last = run.stdout.splitlines()[-2:]
    assert said.startswith("Not tested (1): 4 browser tests: no Chromium") and "1 skipped" in last
    assert all(command in said for command in ("apt-get install", "brew install", "winget install"))


def test_ci_runs_make_test():
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert script.read_text().splitlines()[-1] == "make test"


def test_import_brings_nothing_that_takes_long():
    """How many seconds it takes, `make bench ARGS=import` says: here it would hang on the machine."""
    code = "import sys; before = set(sys.modules); import gancourse; print(*set(sys.modules) - before)"
    brought = set(python(code).stdout.split())
    assert len(brought) < 100
    assert brought.isdisjoint({"numpy", "scipy", "pandas", "matplotlib", "nibabel", "keras", "tensorflow"})


def test_pages_of_widgets_are_read_as_utf_8_in_any_locale():
    code = "from gancourse.teaching.widgets.live import parts\n"
    code += "for name in ('latent_explorer', 'order_form', 'paint_patient', 'playground', 'real_or_fake', "
    code += "'which_flair'): "
    code += "parts(name)\nparts('stroke_clock')\nparts('this_brain')\nparts('brush', 'paint_with_units')"
    python(code, env={**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"})


@pytest.mark.parametrize(
    "module",
    ["gancourse.cli", "gancourse.cohort.brats", "gancourse.cohort.phantom", "gancourse.cohort.slices"]
    + [
        "gancourse.metrics",
        "gancourse.pretrained",
        "gancourse.teaching.checks",
        "gancourse.teaching.lessons",
    ],
)
def test_tensorflow_loads_only_with_a_model(module):
    assert python(f"import {module}, sys; print('tensorflow' in sys.modules)").stdout.strip() == "False"


def test_names_of_files_are_unique_in_the_package():
    names = Counter(path.stem for path in (ROOT / "gancourse").rglob("*.py") if path.stem != "__init__")
    assert len(names) > 100
    assert not [name for name, count in names.items() if count > 1]


def test_tests_holds_tests_only():
    """What trains or measures lies in experiments/ and benchmarks/: no script among the tests."""
    for path in (ROOT / "tests").rglob("*.py"):
        assert not re.search("^if __name__", path.read_text(), re.MULTILINE), path


def test_tensorflow_is_imported_silently():
    """A module that imports it, or the package that holds the module, calls `import_tensorflow` before."""
    importing = []
    for path in (ROOT / "gancourse").rglob("*.py"):
        text = path.read_text()
        if direct := re.search(r"^(import|from) (keras|tensorflow)\b", text, re.MULTILINE):
            importing.append(path)
            before = text[: direct.start()] + (path.parent / "__init__.py").read_text()
            assert re.search(r"^(\w+ = )?import_tensorflow\(\)", before, re.MULTILINE), path
    assert len(importing) > 20


def test_import_rules_hold():
    lint_imports = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


def test_only_functions_of_the_cohort_import_tensorflow():
    for path in (ROOT / "gancourse" / "cohort").rglob("*.py"):
        for node in ast.parse(path.read_text()).body:  # at the top of the module
            if isinstance(node, ast.Import | ast.ImportFrom):
                assert not re.search(
                    r"\b(tensorflow|keras)\b", ast.unparse(node).replace("import_tensorflow", "")
                ), path

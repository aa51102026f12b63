# GANs for Medical Imaging. `make` alone says what there is.
VENV := .venv
PY := $(VENV)/bin/python
# The first of these that runs and is 3.11 to 3.13; or say which: make lab PYTHON=/path/to/python3.12
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)

# Where packages come from: the network, or a folder that `make wheelhouse` made: make lab WHEELHOUSE=/media/stick/wheelhouse
FROM := $(if $(WHEELHOUSE),--no-index --find-links "$(WHEELHOUSE)")

# Without compiled bytecode TensorFlow takes three times as long to load.
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH
# Files are UTF-8, whatever the locale.
export PYTHONUTF8 = 1

.DEFAULT_GOAL := help
.PHONY: help setup lab wheelhouse test test-random lint notebooks cohort book links train ablations pictures bench lock clean

help:  ## say what there is
	@echo "GANs for Medical Imaging: a hands-on course. Start with: make lab"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

lab: setup  ## open the lessons in JupyterLab, after making the phantoms that most of them need (more options: make lab ARGS="--port 9999")
	@$(PY) -m gancourse lab $(ARGS)

wheelhouse: setup  ## download what laptops without a network need (for others: make wheelhouse ARGS="--platform windows")
	@$(PY) -m gancourse wheelhouse $(ARGS)

test: setup lint cohort book  ## lint, unit tests, and every lesson from top to bottom
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder --nbval-lax --nbval-current-env --nbval-cell-timeout 900 notebooks tests

test-random: setup cohort book  ## the unit tests in random order and with other random numbers (again: SEED=...)
	TEST_SEED=$(or $(SEED),1) $(PY) -m pytest -n 2 --dist loadfile -p randomly --randomly-dont-reset-seed \
		$(if $(SEED),--randomly-seed $(SEED)) tests

lint: setup  ## style, types, and which part may import which
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-cache

notebooks: setup cohort  ## run every lesson of notebooks/source and write it to notebooks/ (one: make notebooks ARGS=31)
	$(PY) notebooks/build.py $(ARGS)

book: setup  ## build the site from the executed lessons: book/_build/html/index.html
	$(PY) book/make.py

links: setup  ## look whether the site's links to others still work (needs the internet)
	$(PY) book/make.py --links

cohort: setup  ## make the default cohort of brain phantoms, or what is missing of it
	@$(PY) -m gancourse cohort make $(if $(filter cohort,$(MAKECMDGOALS)),$(ARGS))
	@$(PY) -m gancourse cohort make --pathology stroke --subjects 40 --out data/stroke
	@$(PY) -m gancourse cohort make --pathology stroke --subjects 1 --seed 1123 --out data/stroke-riddle
	@$(PY) -m gancourse cohort people --subjects 600 --out data/people-lesson
	@$(PY) -m gancourse cohort hospitals --first 24 --few 10 --out data/hospitals-lesson

# Epochs, not minutes, so that another machine does the same; the model cards say where and how long they were trained.
# In minutes of two cores, from the cost of a step: phantoms, slices, sections and heads 40, dcgan-t1 70, dcgan-flair 50, dcgan-t1-deck 75, patients
# 135, segmenter 70, stripper 60, stroke 25, the networks of lesson 22 60, all else 60; and of one core the study of lesson 54 150,
# those of lesson 45 90, the painter of 128 pixels 45, and the comparison of families 360.
train: setup  ## train the models that come with the course again (about sixteen hours on two cores; goes on where it was stopped)
	$(PY) -m gancourse cohort make --subjects 720 --out data/phantoms720
	$(PY) -m gancourse cohort slice data/phantoms720 --out data/slices720
	$(PY) -m gancourse cohort slice data/phantoms720 --size 128 --out data/slices128
	$(PY) experiments/features.py --data data/slices720
	$(PY) -m gancourse train dcgan --data data/slices720 --out runs/dcgan-t1 --recipe relativistic --epochs 93
	$(PY) -m gancourse train dcgan --data data/slices720 --out runs/dcgan-flair --recipe relativistic --epochs 107 \
		--modality flair --where 'tumour_px > 20'
	$(PY) -m gancourse train dcgan --data data/slices720 --out runs/dcgan-t1-deck --recipe deck \
		--set batch_size=128 --set beta1=0.5 --epochs 46
	for name in dcgan-t1 dcgan-flair dcgan-t1-deck; do \
		$(PY) -m gancourse export dcgan runs/$$name --name $$name --data data/slices720 || exit 1; done
	$(PY) experiments/directions.py --data data/slices720
	$(PY) experiments/calibration.py --data data/slices720
	$(PY) experiments/memorisation.py --data data/slices720 --run runs/dcgan-t1
	$(PY) experiments/pix2pix.py --data data/slices720
	$(PY) experiments/families.py train --size 64
	$(PY) experiments/families.py train --size 32 --seeds 0 1 2
	for stage in score export; do $(PY) experiments/families.py $$stage || exit 1; done
	for stage in train score export; do $(PY) experiments/contrasts.py $$stage || exit 1; done
	$(PY) experiments/contrast_game.py
	$(PY) -m gancourse cohort make
	$(PY) experiments/tour.py train readers cgan stack-one stackgan srresnet srgan lagan lagan-relu lagan-plain
	$(PY) experiments/tour.py export
	$(PY) -m gancourse cohort sections --subjects 300 --out data/sections
	$(PY) -m gancourse train segmenter --out runs/segmenter-coarse --set grid_mm=2 --set balance=0.5 --epochs 26
	$(PY) -m gancourse train segmenter --out runs/segmenter-fine --start runs/segmenter-coarse --set rate=7e-4 --epochs 15
	$(PY) -m gancourse train segmenter --out runs/segmenter --start runs/segmenter-fine --set rate=6e-4 --epochs 20
	$(PY) -m gancourse cohort make --out data/phantoms-heldout --subjects 24 --seed 77
	$(PY) -m gancourse export segmenter runs/segmenter --cohort data/phantoms-heldout
	$(PY) -m gancourse cohort heads --out data/heads
	$(PY) -m gancourse cohort heads --out data/heads-heldout --subjects 24 --seed 77
	$(PY) -m gancourse train stripper --out runs/stripper --epochs 80
	$(PY) -m gancourse export stripper runs/stripper --heads data/heads-heldout
	$(PY) -m gancourse train patient --data data/slices128 --out runs/patient --epochs 51
	$(PY) -m gancourse export patient runs/patient --data data/slices128
	$(PY) experiments/patient_scores.py --data data/slices128
	$(PY) experiments/nearest_training.py --data data/slices128
	$(PY) experiments/real_or_fake_set.py
	$(PY) experiments/paint.py train
	$(PY) experiments/paint.py export
	$(PY) -m gancourse cohort people --subjects 6000 --out data/people
	$(PY) experiments/privacy.py --here
	$(PY) experiments/privacy_scores.py
	$(PY) experiments/privacy_scores.py export
	$(PY) -m gancourse cohort make --pathology stroke --randomisation wide --subjects 111 --seed 53 --out data/stroke-train
	$(PY) -m gancourse cohort make --pathology stroke --subjects 36 --seed 77 --out data/stroke-heldout
	$(PY) -m gancourse train stroke --out runs/stroke --epochs 35
	$(PY) -m gancourse export stroke runs/stroke --cohort data/stroke-heldout
	$(PY) experiments/stroke_segmenter.py score
	$(PY) experiments/augmentation.py
	for stage in readers pilot train painter export; do $(PY) experiments/pathology.py $$stage || exit 1; done
	for stage in patients train score; do $(PY) experiments/rare_findings.py $$stage || exit 1; done
# With real scans at hand (GANCOURSE_REAL): python experiments/real_patients.py --card

# Goes on where it was stopped. Every run has one core: leave two of them to it.
ablations: setup  ## train the variants that test the GAN hacks, and score them (about an hour on two cores)
	$(PY) experiments/ablations.py $(ARGS)

pictures: setup book  ## the pictures of the README (the site's need Chromium)
	$(PY) -m gancourse sample dcgan --n 25 --modality t1 -o book/images/t1.png
	$(PY) -m gancourse sample dcgan --n 25 --modality flair -o book/images/flair.png
	$(PY) -m gancourse sample patient --n 4 -o build/patients
	cp build/patients/patients.png book/images/patients.png
	$(PY) book/pictures.py

bench: setup  ## measure speed and memory on this machine
	$(PY) -m benchmarks $(ARGS)

lock: setup  ## pin the dependencies of pyproject.toml in requirements.lock
	$(PY) -m pip install -q uv
	$(PY) -m uv pip compile pyproject.toml --extra test --extra book --universal --fork-strategy fewest --python-version 3.11 \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate --upgrade -q -o requirements.lock

clean:  ## remove what tools leave behind; your work/, your data/ and .venv/ stay
	rm -rf build dist book/_build .pytest_cache .ruff_cache .mypy_cache *.egg-info
	find gancourse tests notebooks -name __pycache__ -prune -exec rm -rf {} +

setup: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml requirements.lock
	@test -n "$(PYTHON)" || { echo "The course needs Python 3.11, 3.12 or 3.13, and found none of them:" \
		"install one (python.org, conda, apt, brew) and run make again," \
		"or say where it is: make lab PYTHON=/path/to/python3.12" >&2; exit 1; }
	@test -z "$(WHEELHOUSE)" || test -d "$(WHEELHOUSE)" || { echo "WHEELHOUSE=$(WHEELHOUSE): no such folder;" \
		"name the one that make wheelhouse made" >&2; exit 1; }
	@echo "Installing into $(VENV): almost 4 GB and a few minutes, only this once."
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(PY) -m pip install --disable-pip-version-check $(FROM) -r requirements.lock
	$(PY) -m pip install --disable-pip-version-check $(FROM) -q --no-deps -e .
	@touch $@

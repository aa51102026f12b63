"""TensorFlow loads without a line on standard error; what is written later, and by a failure, shows."""

import os
import subprocess
import sys

import pytest

from gancourse import quiet

CODE = """\
import os, sys
from gancourse import losses
from gancourse.networks import dcgan
import tensorflow as tf
tf.config.list_logical_devices()
dcgan.Generator()(tf.zeros((1, 100)), training=False)
tf.function(lambda x: x @ x)(tf.ones((4, 4)))
os.write(2, b"later")
"""


def test_models_load_silently_and_later_lines_show():
    env = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "KERAS_"))}
    run = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, env=env)
    assert run.stderr == "later"
    assert run.stdout == ""


def test_what_a_failing_import_wrote_is_shown(capfd):
    with pytest.raises(RuntimeError), quiet._silenced():
        os.write(2, b"the reason\n")
        raise RuntimeError
    with quiet._silenced():
        os.write(2, b"noise\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "the reason\nafter\n"

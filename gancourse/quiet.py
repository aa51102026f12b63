"""Import TensorFlow without its start-up messages.

TensorFlow's C++ side writes a dozen lines to the process's standard error while it loads and when it first
lists devices, some of them before any log level applies. A learner takes them for errors. What comes later
still shows.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def _silenced() -> Iterator[None]:
    """Hold back what is written to file descriptor 2; show it after all if the block fails."""
    try:
        held, kept = tempfile.TemporaryFile(), os.dup(2)
    except OSError:  # no standard error to silence, or no room to hold anything back
        yield
        return
    sys.stderr.flush()
    with held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(kept, 2)
            held.seek(0)
            os.write(2, held.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def import_tensorflow() -> ModuleType:
    """Import TensorFlow and list its devices silently; return the module.

    Every module of `gancourse` that needs TensorFlow or Keras calls this before importing them.
    """
    if "tensorflow" in sys.modules:
        return sys.modules["tensorflow"]
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    with _silenced():
        import tensorflow

        tensorflow.config.list_logical_devices()
    return tensorflow

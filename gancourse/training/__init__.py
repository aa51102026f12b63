"""Training runs: recipes, the loop, callbacks, checkpoints."""

from gancourse.quiet import import_tensorflow

import_tensorflow()

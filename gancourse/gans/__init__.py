"""The algorithms: `keras.Model`s whose `train_step` is the paper's pseudo-code, trained with `fit`."""

from gancourse.quiet import import_tensorflow

import_tensorflow()

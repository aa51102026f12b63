"""Metrics that need a trained network: features of images, attribute regressors, Inception."""

from gancourse.quiet import import_tensorflow

import_tensorflow()

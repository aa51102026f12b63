"""Architectures, and nothing else."""

from gancourse.quiet import import_tensorflow

import_tensorflow()

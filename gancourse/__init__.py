"""GANs for Medical Imaging: the models of the course, and everything that would distract from them.

Importing this package is instant. TensorFlow loads when a model is first asked for.
"""

__version__ = "0.1.0"

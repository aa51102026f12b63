"""Metrics on plain arrays: images in [-1, 1], features or labels; no files.

They need NumPy, SciPy and scikit-learn only; MS-SSIM, `dissection` and `learned` need TensorFlow as well.
"""

"""Metrics on plain arrays: images in [-1, 1], features or labels; no files.

They need NumPy, SciPy and scikit-learn only, except for MS-SSIM, which is TensorFlow's, and `learned`.
"""

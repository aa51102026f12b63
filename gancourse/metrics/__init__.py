"""Is it any good? Numbers on plain arrays, images in [-1, 1] or labels; no files.

NumPy, SciPy and scikit-learn only; `inception` alone needs Keras.
"""

"""Is it any good? Numbers on plain arrays, images in [-1, 1] or labels; NumPy and SciPy only."""

"""Is it any good? Numbers on images as plain arrays (N, H, W) in [-1, 1]; NumPy only."""

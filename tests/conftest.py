"""What every test runs under: no window for figures, one Keras, TensorFlow without its start-up lines."""

import os

os.environ["MPLBACKEND"] = "Agg"
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

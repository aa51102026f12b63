"""Figures, widgets, exercise checks and lessons: for notebooks and the command line only."""

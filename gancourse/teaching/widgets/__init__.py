"""Widgets of the lessons: Python beside its JavaScript and CSS, made with anywidget."""

from gancourse.teaching.widgets.latent_explorer import LatentExplorer

__all__ = ["LatentExplorer"]

"""Widgets: a few lines, each drawn by itself."""

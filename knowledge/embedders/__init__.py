"""Embedders: each turns texts into vectors on this machine, with weights from a Python package."""

"""Indexes: each finds chunks in its own way, all under the one permission."""

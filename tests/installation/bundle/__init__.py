"""Bundles and slots."""

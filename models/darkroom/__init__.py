"""Drawn dark rooms with people in them: what a face detector learns from and is measured on."""

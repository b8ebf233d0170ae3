"""Evaluation: data sets, metrics and the benchmark in the dark."""

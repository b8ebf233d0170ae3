"""Benchmarks. Each part is a module here with ``run(progress: Progress) -> Report``; ``chiaro bench PART`` runs it."""

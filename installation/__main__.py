"""``python -m installation`` is ``chiaro``."""

from installation.cli import main

main()

"""The house: when it is open, and what is switched off when it closes."""

"""This venue: its settings, its light, its own measured profile. Imports nothing of the other rooms."""

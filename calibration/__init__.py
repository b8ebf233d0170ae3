"""This venue: its settings, its light, its own measured profile. Imports none of the other packages."""

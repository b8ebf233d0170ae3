"""Eyes on other machines: the line to them, and one mood out of all."""

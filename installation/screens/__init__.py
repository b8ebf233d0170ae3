"""Screens in step: one machine leads, the others follow its film by a clock told over UDP."""

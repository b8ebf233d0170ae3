"""The eye's process, and its supervisor in the stage."""

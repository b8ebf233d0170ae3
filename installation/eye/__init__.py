"""The eye's process and who keeps it alive."""

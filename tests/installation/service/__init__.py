"""The show as a service."""

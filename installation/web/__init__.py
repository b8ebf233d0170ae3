"""The operator's console: pages for a phone or a desk, served by a process of their own."""

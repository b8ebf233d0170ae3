"""A comparison as tables on a terminal, as one page, and as Markdown."""

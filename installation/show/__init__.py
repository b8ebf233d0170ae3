"""The show: one tick on one page, its parts, its operators."""

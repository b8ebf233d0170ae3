"""Judging: from estimates of single moments to a mood that a film may follow."""

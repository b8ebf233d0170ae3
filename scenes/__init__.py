"""The film as data: stories, their checker, and the state machine as pure functions.

Imports ``models`` and ``calibration`` only.
"""

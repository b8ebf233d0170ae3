"""The story as a machine: moods and time in, cues out; pure functions."""

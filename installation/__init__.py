"""Everything physical: camera, processes, window, sound, OSC, clock, command line."""

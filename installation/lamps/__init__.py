"""The room's lamps by DMX over the network, and timecode for desks."""

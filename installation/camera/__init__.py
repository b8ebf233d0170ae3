"""Where pictures come from: a device, a file, a folder, a stream or a simulated visitor, all read alike."""

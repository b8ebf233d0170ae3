"""Everything physical: camera, processes, window, sound, OSC, clock, command line."""

import os

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # its greeting on stdout would spoil --json
# Before OpenCV is loaded. Its own bound, 2^30 pixels, is 3 GB for a picture whose file may be of 20 KB.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(2**27))

"""The guided calibration of a venue: camera, light, faces, fit, report."""

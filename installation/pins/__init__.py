"""Pins of a small machine, by the kernel's GPIO character device: the sign's lamp and the visitor's button."""

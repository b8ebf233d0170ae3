"""The demo film: its story, its clips, and the program that makes them (``python -m scenes.demo.making.make``)."""

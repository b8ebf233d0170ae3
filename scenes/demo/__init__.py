"""The demo film: its story, its clips and, in a checkout, the program that made them.

``python -m scenes.demo.making.make`` makes them again.
"""

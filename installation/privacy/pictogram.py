"""The sign's pictogram, drawn here: a camera that is an eye, and the face that it looks at."""

from __future__ import annotations

VIEW_BOX = "0 0 300 120"


def pictogram(title: str = "", colour: str = "currentColor") -> str:
    """As SVG in one colour; without ``title`` it is decoration that a screen reader passes over."""
    role = f'role="img" aria-label="{title}"' if title else 'aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{VIEW_BOX}" {role} fill="none" stroke="{colour}" '
        'stroke-width="6" stroke-linecap="round" stroke-linejoin="round">'
        # the camera, its lens an eye
        '<rect x="5" y="27" width="112" height="72" rx="10"/><path d="M34 27 l8 -13 h38 l8 13"/>'
        '<path d="M24 63 q37 -34 74 0 q-37 34 -74 0 z"/>'
        f'<circle cx="61" cy="63" r="10" fill="{colour}"/>'
        # what it looks at
        '<path d="M136 46 l32 -12 M136 80 l32 12" stroke-dasharray="1 12"/>'
        '<path d="M190 27 v-15 h15 M280 12 h15 v15 M295 99 v15 h-15 M205 114 h-15 v-15"/>'
        '<ellipse cx="242" cy="62" rx="33" ry="40"/>'
        f'<circle cx="229" cy="54" r="3" fill="{colour}"/><circle cx="255" cy="54" r="3" fill="{colour}"/>'
        '<path d="M227 77 q15 13 30 0"/></svg>'
    )

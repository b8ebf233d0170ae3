"""The picture's way to the wall by a graphics card: keystone, gamma and brightness cost the processor nothing."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pygame

from calibration.errors import Unavailable
from calibration.settings import ScreenSettings
from installation.film.frame_scaler import place
from installation.film.keystone import picture_of_wall
from models.arrays import Image

SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swiftshader", "software rasterizer", "gdi generic")
"""Names under which a processor pretends to be a graphics card; 15 to 64 ms a frame (FILM.md)."""

VERTEX = """
#version 330
out vec2 place;
void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0;
    place = vec2(corner.x, 1.0 - corner.y);
    gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}
"""
FRAGMENT = """
#version 330
uniform sampler2D picture;
uniform sampler2D overlay;
uniform mat3 picture_of_wall;
uniform vec2 overlay_share;
uniform float level;
uniform float gamma;
uniform float black_level;
in vec2 place;
out vec4 colour;
void main() {
    vec3 inside = picture_of_wall * vec3(place, 1.0);
    vec2 at = inside.xy / inside.z;
    bool off = inside.z <= 0.0 || any(lessThan(at, vec2(0.0))) || any(greaterThan(at, vec2(1.0)));
    vec3 light = pow(texture(picture, at).rgb, vec3(1.0 / gamma));
    light = off ? vec3(0.0) : (black_level + (1.0 - black_level) * light) * level;
    if (place.x < overlay_share.x && place.y < overlay_share.y) {
        vec4 over = texture(overlay, place / overlay_share);
        light = mix(light, over.rgb, over.a);
    }
    colour = vec4(light, 1.0);
}
"""


class NoGpu(Unavailable):
    """OpenGL is not available, or is a processor in disguise."""


def is_software(renderer: str) -> bool:
    """Whether a renderer of this name is the processor."""
    return any(name in renderer.lower() for name in SOFTWARE)


class GpuWall:
    """Draws canvases in the OpenGL window that is open, or (``offscreen``) into memory that ``read`` gives back.

    Raises ``NoGpu`` without moderngl, without OpenGL 3.3, or, unless ``software`` is accepted, without a real card.
    """

    def __init__(
        self, settings: ScreenSettings, size: tuple[int, int], *, software: bool = False, offscreen: bool = False
    ) -> None:
        self.size = size
        try:
            moderngl: Any = importlib.import_module("moderngl")
            self._gl = moderngl.create_context(**({"standalone": True, "backend": "egl"} if offscreen else {}))
        except Exception as error:  # moderngl raises plain Exception, and ImportError where it is not installed
            raise NoGpu(f"no OpenGL: {error}") from error
        self.renderer: str = self._gl.info["GL_RENDERER"]
        if not software and is_software(self.renderer):
            self._gl.release()
            raise NoGpu(f"{self.renderer} is the processor")
        self._target = self._gl.simple_framebuffer(size) if offscreen else self._gl.screen
        self._program = self._gl.program(vertex_shader=VERTEX, fragment_shader=FRAGMENT)
        self._corners = self._gl.vertex_array(self._program, [])
        self._picture = self._texture(size)
        self._overlay = self._texture((1, 1))
        self._uploaded: pygame.Surface | None = None
        self._offscreen = offscreen
        self._program["picture"], self._program["overlay"] = 0, 1
        self.correct(settings)

    def show(self, canvas: Image, level: float, overlay: pygame.Surface | None) -> None:
        """Draw ``canvas``, uint8 (height, width, 4), blue first, at brightness ``level``, ``overlay`` above it."""
        self._picture.write(np.ascontiguousarray(canvas).data)
        self._program["level"] = level
        share = (0.0, 0.0)
        if overlay is not None:
            if self._overlay.size != overlay.get_size():
                self._overlay.release()
                self._overlay, self._uploaded = self._texture(overlay.get_size()), None
            if overlay is not self._uploaded:  # the same one stands for several pictures; at 4K it has 16 MB
                self._overlay.write(pygame.image.tobytes(overlay, "BGRA"))
                self._uploaded = overlay
            share = (overlay.get_width() / self.size[0], overlay.get_height() / self.size[1])
        self._program["overlay_share"] = share
        if not self._offscreen:
            window = place(self.size, pygame.display.get_window_size(), "fit")  # a window manager may change it
            self._target.viewport = (window.left, window.top, window.width, window.height)
            self._target.clear()
        self._target.use()
        self._picture.use(0)
        self._overlay.use(1)
        self._corners.render(mode=5, vertices=3)
        if not self._offscreen:
            pygame.display.flip()

    def correct(self, settings: ScreenSettings) -> None:
        """Other corners, gamma and black level from the next picture on."""
        self._program["picture_of_wall"].write(picture_of_wall(settings).T.astype("f4").tobytes())
        self._program["gamma"], self._program["black_level"] = settings.gamma, settings.black_level

    def read(self) -> Image:
        """What was drawn, uint8 (height, width, 3), red first."""
        raw = np.frombuffer(self._target.read(components=3, alignment=1), np.uint8)
        return raw.reshape(self.size[1], self.size[0], 3)[::-1]

    def close(self) -> None:
        """Give the context back."""
        self._gl.release()

    def _texture(self, size: tuple[int, int]) -> Any:
        texture = self._gl.texture(size, 4)
        texture.swizzle = "BGRA"
        texture.repeat_x = texture.repeat_y = False
        return texture

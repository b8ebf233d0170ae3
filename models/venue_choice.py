"""What looks in a venue from now on: one of the shipped networks, and a last layer over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from calibration.fitting import CLEARLY, Choice, Faces, Known, Told, choose, known_from
from calibration.profile import Calibration
from calibration.rival import Expected, likely_gain
from calibration.settings import EyeSettings, Shipped
from models.card import ModelCard, read_card
from models.classifier import SHIPPED, UNDER_LAMPS
from models.prior import Prior, read_prior

BRIGHTEST = 90.0
"""Mean of the volunteers' faces, of 255, up to which a room counts as dark."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """One classifier before it looks at a venue."""

    card: ModelCard
    prior: Prior | None
    """None: nothing is known beforehand."""

    def known(self, faces: Faces, venue: Calibration) -> Known:
        """What is known beforehand in this venue's light, or else only from its own faces."""
        if self.prior is None:
            return known_from(faces)
        light = venue.light
        return self.prior.under(light.azimuth_degrees, light.elevation_degrees) if light.measured else self.prior.known

    def expected(self, venue: Calibration) -> Expected | None:
        """How much better than the general network it should be here; None: this light is not what it was made for."""
        light = venue.light
        if self.prior is None or not light.measured or venue.room.face_luminance > BRIGHTEST:
            return None
        expected = self.prior.expected(light.azimuth_degrees, light.elevation_degrees)
        return expected if expected and expected.gain > expected.spread else None


def network(file: Path) -> Network:
    """Raises ``BadFile``."""
    card = read_card(file)
    return Network(card, read_prior(file, card.sha256))


def usual_file(settings: EyeSettings) -> Path:
    """The network that looks where nothing was calibrated: the venue's own, or the general one."""
    return Path(settings.classifier_file) if settings.classifier_file else SHIPPED


def seen_by(settings: EyeSettings) -> str:
    """Which networks a calibration sees its volunteers with: their sha256, joined. Raises ``BadFile``."""
    files = [usual_file(settings)] if settings.classifier_file else [SHIPPED, *UNDER_LAMPS.values()]
    return "+".join(read_card(file).sha256 for file in files)


@dataclass(frozen=True, slots=True, eq=False)
class VenueChoice:
    """The outcome."""

    classifier: Shipped
    network: Network
    faces: Faces
    """The volunteers as that network sees them."""
    choice: Choice
    """Its last layer."""


def choose_for(
    venue: Calibration,
    usual: Network,
    faces: Faces,
    rivals: Mapping[Shipped, Faces],
    told: Told = lambda share: None,
) -> VenueChoice:
    """Network and last layer for a venue; the general network as it is where nothing is better on people left out.

    ``faces`` and ``rivals`` are the volunteers as the usual network and those for lamps see them. Raises ValueError
    without faces, ``BadFile``.
    """
    found: Shipped = "general"
    looks, seen = usual, faces
    networks = {name: network(UNDER_LAMPS[name]) for name in rivals}
    made_for = {name: made for name, one in networks.items() if (made := one.expected(venue))}
    if made_for:
        # By the lamp alone: a few volunteers can tell a network from the general one, but hardly two sisters apart.
        best = max(made_for, key=lambda name: made_for[name].gain)
        if likely_gain(faces, rivals[best], made_for[best]) > CLEARLY:
            found, looks, seen = best, networks[best], rivals[best]
    return VenueChoice(found, looks, seen, choose(seen, looks.known(seen, venue), told))

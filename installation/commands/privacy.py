"""``chiaro privacy``: notices for visitors, proofs and drafts, made of the room's own settings."""

from __future__ import annotations

import typer

from installation.commands.privacy_drafts import drafts
from installation.commands.privacy_notice import notice
from installation.commands.privacy_proof import proof


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    privacy = typer.Typer(
        no_args_is_help=True,
        help="Notices for visitors, proofs and drafts, made of the room's own settings. This is no legal advice.",
    )
    privacy.command("notice")(notice)
    privacy.command("drafts")(drafts)
    privacy.command("proof")(proof)
    app.add_typer(privacy, name="privacy")

"""How the demo film was drawn and composed; not part of the wheel."""

"""What an operator's command is answered."""

from __future__ import annotations

from installation.osc.registry import Code

Answer = tuple[Code, str]
"""What ``/reply/{command}`` carries: a code and a short reason."""
DONE: Answer = (Code.DONE, "ok")

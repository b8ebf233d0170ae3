"""The machine under the show: console, log, locks, state, exit codes."""

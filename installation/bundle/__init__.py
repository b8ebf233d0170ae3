"""One file that installs a show on a machine with no internet, beside the one that runs there, and back again."""

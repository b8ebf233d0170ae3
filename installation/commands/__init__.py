"""The commands of ``chiaro``, one file each; heavy imports happen inside the functions, so that --help is quick."""

"""Stories from elsewhere and for elsewhere: Twine (Twee 3, HTML, archives), the forebears' config.json, Graphviz."""

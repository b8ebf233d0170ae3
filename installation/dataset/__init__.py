"""Recording one's own faces for training: with consent, guided, person by person. No part of the show imports it."""

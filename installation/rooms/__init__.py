"""More rooms: what they say to each other and to the house through an MQTT broker."""

"""Lighting: how lamps fall on faces, and which lamp a venue has."""

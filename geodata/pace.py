"""How fast and how far people are taken to walk where nothing is said."""

USUAL_SPEED_M_S = 1.1

USUAL_WALK_MINUTES = 15.0

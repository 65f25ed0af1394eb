"""Checks of a point against what is known of the place: does the address say something else?"""

import math

import numpy as np

from geodata.addresses import Address
from geodata.coordinates import LonLat, great_circle_m

TOO_FAR = 2.0
"""How many times the accuracy of its town a point may lie away from the town's middle.

Measured on the 627 clinics of 高松市: 622 lie within 1.5 times, among them 大島青松園, on an island
4.6 km from the middle of 庵治町 (1.4 times, for that town is large). The two 長尾医院, whose points
were exchanged, lie at 2.4 and 10 times; three others at 2.2, 3.4 and 4.7. Of 749 addresses placed
to the building elsewhere, 2 in large towns of 横浜市 lie beyond twice.
"""

LEAST_DISTANCE_M = 500.0
"""Nearer than this is never a contradiction: addresses of small towns lie that far off."""


def distance_to_address_m(address: Address, lon: float, lat: float) -> float | None:
    """Return how far the point lies from the middle of the address's town; None if unknown."""
    if address.lon is None or address.lat is None or math.isnan(lon) or math.isnan(lat):
        return None
    middle = LonLat(address.lon, address.lat)
    return float(great_circle_m(middle, np.array([lon]), np.array([lat]))[0])


def address_contradicts_point(address: Address, lon: float, lat: float) -> bool:
    """Tell whether an address and a point can't both be right, so that somebody should look.

    Where either is unknown nothing is contradicted. A contradiction doesn't say which is wrong.
    """
    away_m = distance_to_address_m(address, lon, lat)
    if away_m is None or address.accuracy_m is None:
        return False
    # A city's radius reaches to its farthest town already: what lies beyond is another city.
    times = 1.0 if address.level == "city" else TOO_FAR
    return away_m > max(LEAST_DISTANCE_M, times * address.accuracy_m)


ROUGH_M = 100.0
"""From this accuracy on a point is the middle of a town, not a door: no metres are told from it."""


def is_rough(accuracy_m: float | None) -> bool:
    """Tell whether a point stands for a town rather than for a door."""
    return accuracy_m is not None and accuracy_m >= ROUGH_M

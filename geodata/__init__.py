"""Where things are: coordinates, addresses, the gazetteer and areas. No SQL, no settings."""

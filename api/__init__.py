"""The doors: pages for staff, JSON for other systems, and the command line."""

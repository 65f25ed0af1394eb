"""What sources outside say of free places: their tables, their formats, and what is believed."""

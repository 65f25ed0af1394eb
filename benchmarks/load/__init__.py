"""Pages and questions under a steady load, under ten times as much, and after it."""

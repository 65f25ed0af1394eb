"""The pages for staff, one file a screen."""

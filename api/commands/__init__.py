"""The commands of `ibasho`, one file per noun."""

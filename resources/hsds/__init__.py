"""Our catalogue as Human Services Data Specification 3.1, out and in."""

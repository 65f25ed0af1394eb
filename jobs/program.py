"""What the running program holds: settings, database, vocabulary, index, gazetteer."""

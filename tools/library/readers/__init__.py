"""One reader for each family of formats; they run in reader processes only."""

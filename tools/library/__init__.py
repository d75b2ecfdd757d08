"""The person's files: the catalogue, its sync, the slow jobs, the reader processes."""

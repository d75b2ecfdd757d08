"""Hands and senses: reads, indexes, finds, crops, listens, fetches. Never imports the agent."""

"""Verification: every sentence of a draft is checked at its place before it is shown."""

"""Verification: every sentence against the bytes, words, boxes and seconds that it cites; fail-closed."""

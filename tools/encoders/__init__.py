"""Embedding models behind one interface, and the weights they run on."""

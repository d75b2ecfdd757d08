"""Search structures over the library: dense vectors, words, and their fusion."""

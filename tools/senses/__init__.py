"""The senses: words read in pictures, words heard in sound. They touch arrays, never files."""

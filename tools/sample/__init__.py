"""The sample library of `sourcehound demo`, its questions, and the script that makes it."""

from sourcehound.tools.sample.library import QUESTION, QUESTIONS, Hop, Question, sample_folder

__all__ = ["QUESTION", "QUESTIONS", "Hop", "Question", "sample_folder"]

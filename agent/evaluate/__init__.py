"""Measures the real system on labelled data: loaders for each task, runs through the real `find`, measures, intervals.

Nothing here is imported before `eval` or `ablate` is asked for.
"""

"""What Sourcehound costs against what a person would use instead, and how often its answers hold; measured, not promised.

`python -m bench` measures costs; `python -m bench.abstention` and `python -m bench.hops` ask questions whose answers are
known. Nothing here is installed with the program.
"""

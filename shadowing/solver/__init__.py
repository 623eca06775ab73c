"""The solver's values, checks and questions. Importing this package loads no OR-Tools; `solve.py` does, in a child process."""

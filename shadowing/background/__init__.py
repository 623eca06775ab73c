"""The queue of work that is due, and the worker that empties it."""

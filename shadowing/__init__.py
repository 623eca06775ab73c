"""Shadowing runs job-shadowing rounds.

Nothing is imported here, so that each solve, a child process, starts without the web: `app.py` has `create_app`."""

"""Calendars that people hand over: read in a process with limits, fetched without reaching into the house, kept as busy times."""

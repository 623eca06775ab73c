"""Letters: their text, MIME and iCalendar bytes, and their way to the mail server."""

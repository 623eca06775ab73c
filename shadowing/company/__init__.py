"""Who works here: people and departments, and the record of who did what."""

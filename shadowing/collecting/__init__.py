"""What people say: goals, availability, openings and their dates."""

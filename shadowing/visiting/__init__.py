"""What each calendar should show, invitations told and kept right, and visits as HR sees them."""

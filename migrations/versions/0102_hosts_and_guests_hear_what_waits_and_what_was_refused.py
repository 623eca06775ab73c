"""Hosts and guests hear what waits and what was refused

A mail to the hosts of two visits whose swap waits for a yes, and one to a guest to whose request for another place HR said no."""

from alembic import op

revision = '0102'
down_revision = '0098'
branch_labels = None
depends_on = None

KINDS = "('swap_waits', 'place_refused')"


def upgrade() -> None:
    """Rows of the new kinds need no new column."""


def downgrade() -> None:
    op.execute(f"UPDATE received SET letter_id = NULL WHERE letter_id IN (SELECT id FROM letter WHERE kind IN {KINDS})")
    op.execute(f"DELETE FROM letter WHERE kind IN {KINDS}")

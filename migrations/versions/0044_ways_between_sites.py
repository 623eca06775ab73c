"""Ways between sites

How many minutes it takes from one site to another, as HR says."""

import sqlalchemy as sa
from alembic import op

revision = '0044'
down_revision = '0043'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'journey',
        sa.Column('site', sa.String(length=100), nullable=False),
        sa.Column('other_site', sa.String(length=100), nullable=False),
        sa.Column('minutes', sa.Integer(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_journey')),
        sa.UniqueConstraint('site', 'other_site', name=op.f('uq_journey_site_other_site')),
    )


def downgrade() -> None:
    op.drop_table('journey')

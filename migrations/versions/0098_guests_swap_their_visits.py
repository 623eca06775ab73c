"""Guests swap their visits

Two guests who would like to take each other's visits, which a host or HR allows."""

import sqlalchemy as sa
from alembic import op

import shadowing.models.base

revision = '0098'
down_revision = '0097'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'swap_offer',
        sa.Column('mine_id', sa.Integer(), nullable=False),
        sa.Column('theirs_id', sa.Integer(), nullable=False),
        sa.Column('mine_revision', sa.Integer(), nullable=False),
        sa.Column('theirs_revision', sa.Integer(), nullable=False),
        sa.Column('asked_at', shadowing.models.base.Moment(), nullable=False),
        sa.Column('until', shadowing.models.base.Moment(), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('ended_at', shadowing.models.base.Moment(), nullable=True),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['mine_id'], ['invitation.id'], name=op.f('fk_swap_offer_mine_id_invitation')),
        sa.ForeignKeyConstraint(['theirs_id'], ['invitation.id'], name=op.f('fk_swap_offer_theirs_id_invitation')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_swap_offer')),
    )
    op.create_index(op.f('ix_swap_offer_mine_id'), 'swap_offer', ['mine_id'])
    op.create_index(op.f('ix_swap_offer_theirs_id'), 'swap_offer', ['theirs_id'])


def downgrade() -> None:
    op.execute("DELETE FROM job WHERE kind = 'end_swap'")
    op.execute("UPDATE received SET letter_id = NULL WHERE letter_id IN (SELECT id FROM letter WHERE kind IN ('swap_offer', 'swap_ended'))")
    op.execute("DELETE FROM letter WHERE kind IN ('swap_offer', 'swap_ended')")
    op.drop_index(op.f('ix_swap_offer_theirs_id'), 'swap_offer')
    op.drop_index(op.f('ix_swap_offer_mine_id'), 'swap_offer')
    op.drop_table('swap_offer')

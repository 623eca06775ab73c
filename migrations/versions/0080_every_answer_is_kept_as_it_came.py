"""Every answer is kept as it came

Answers to invitations, each with the way it came, and what counted before it."""

import sqlalchemy as sa
from alembic import op

revision = '0080'
down_revision = '0077'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'given_answer',
        sa.Column('invitation_id', sa.Integer(), nullable=False),
        sa.Column('answer', sa.String(length=20), nullable=False),
        sa.Column('before', sa.String(length=20), nullable=False),
        sa.Column('way', sa.String(length=20), nullable=False),
        sa.Column('trust', sa.String(length=20), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('sequence', sa.Integer(), nullable=True),
        sa.Column('stamp', sa.DateTime(timezone=True), nullable=True),
        sa.Column('comment', sa.Text(), nullable=False),
        sa.Column('other_starts_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('other_ends_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('delegate', sa.String(length=254), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['invitation_id'], ['invitation.id'], name=op.f('fk_given_answer_invitation_id_invitation')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_given_answer')),
    )
    op.create_index(op.f('ix_given_answer_invitation_id'), 'given_answer', ['invitation_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_given_answer_invitation_id'), 'given_answer')
    op.drop_table('given_answer')

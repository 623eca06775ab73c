"""Places that HR is asked for

Another place that a guest would like instead of a visit, where HR wants to be asked first."""

import sqlalchemy as sa
from alembic import op

revision = '0088'
down_revision = '0087'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'place_request',
        sa.Column('invitation_id', sa.Integer(), nullable=False),
        sa.Column('opening_id', sa.Integer(), nullable=False),
        sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['invitation_id'], ['invitation.id'], name=op.f('fk_place_request_invitation_id_invitation')),
        sa.ForeignKeyConstraint(['opening_id'], ['opening.id'], name=op.f('fk_place_request_opening_id_opening')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_place_request')),
    )
    op.create_index(op.f('ix_place_request_invitation_id'), 'place_request', ['invitation_id'])
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.add_column(sa.Column('asks_hr_first', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.alter_column('asks_hr_first', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.drop_column('asks_hr_first')
    op.drop_index(op.f('ix_place_request_invitation_id'), 'place_request')
    op.drop_table('place_request')

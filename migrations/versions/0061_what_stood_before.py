"""What stood before

What guests had before the last deed of HR and before the last search, so that both can be taken back; and in HR's words why
somebody was taken out of an opening."""

import sqlalchemy as sa
from alembic import op

revision = '0061'
down_revision = '0052'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('plan_before',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('deed', sa.String(length=20), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('guests', sa.JSON(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_plan_before_by_id_person')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_plan_before_round_id_round')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_before')),
    )
    with op.batch_alter_table('plan_before', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_before_round_id'), ['round_id'], unique=False)
    with op.batch_alter_table('forbid', schema=None) as batch_op:
        batch_op.add_column(sa.Column('why', sa.Text(), nullable=False, server_default=''))
    with op.batch_alter_table('forbid', schema=None) as batch_op:
        batch_op.alter_column('why', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('forbid', schema=None) as batch_op:
        batch_op.drop_column('why')
    op.drop_table('plan_before')

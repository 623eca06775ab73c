"""HR types in answers

Who typed in an answer for somebody, when, and what stood there before; up to which day one person alone may answer."""

import sqlalchemy as sa
from alembic import op

revision = '0064'
down_revision = '0061'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'typed_in',
        sa.Column('guest_id', sa.Integer(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('before', sa.JSON(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_typed_in_by_id_person')),
        sa.ForeignKeyConstraint(
            ['guest_id'], ['guest.id'], name=op.f('fk_typed_in_guest_id_guest'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_typed_in')),
        sa.UniqueConstraint('guest_id', name=op.f('uq_typed_in_guest_id')),
    )
    with op.batch_alter_table('guest', schema=None) as batch_op:
        batch_op.add_column(sa.Column('open_until', sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('guest', schema=None) as batch_op:
        batch_op.drop_column('open_until')
    op.drop_table('typed_in')

"""Departments have rules of their own

How many may be away in a half-day, when their people work, on which days they are closed. So that the hours of a department
count, whoever had the usual ones has none of their own from now on: until now nobody could tell the two apart."""

import sqlalchemy as sa
from alembic import op

revision = '0041'
down_revision = '0040'
branch_labels = None
depends_on = None

USUAL = 'mon-fri 09:00-18:00'
person = sa.table('person', sa.column('hours', sa.String))


def upgrade() -> None:
    with op.batch_alter_table('department', schema=None) as batch_op:
        batch_op.add_column(sa.Column('away_most', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('hours', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('closed_days', sa.JSON(), nullable=False, server_default='[]'))
    with op.batch_alter_table('department', schema=None) as batch_op:
        batch_op.alter_column('hours', server_default=None)
        batch_op.alter_column('closed_days', server_default=None)
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.alter_column('hours', existing_type=sa.String(length=200), nullable=True)
    op.execute(person.update().where(person.c.hours == USUAL).values(hours=None))


def downgrade() -> None:
    op.execute(person.update().where(person.c.hours.is_(None)).values(hours=USUAL))
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.alter_column('hours', existing_type=sa.String(length=200), nullable=False)
    with op.batch_alter_table('department', schema=None) as batch_op:
        batch_op.drop_column('closed_days')
        batch_op.drop_column('hours')
        batch_op.drop_column('away_most')

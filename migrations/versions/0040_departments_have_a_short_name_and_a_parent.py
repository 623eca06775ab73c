"""Departments have a short name and a parent

The short name stands where there is no room for the whole one; the parent is the department that it belongs to."""

import sqlalchemy as sa
from alembic import op

revision = '0040'
down_revision = '0032'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('department', schema=None) as batch_op:
        batch_op.add_column(sa.Column('short_name', sa.String(length=12), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('parent_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f('fk_department_parent_id_department'), 'department', ['parent_id'], ['id']
        )
    with op.batch_alter_table('department', schema=None) as batch_op:
        batch_op.alter_column('short_name', server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('department', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_department_parent_id_department'), type_='foreignkey')
        batch_op.drop_column('parent_id')
        batch_op.drop_column('short_name')

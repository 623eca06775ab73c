"""Long lists are taken in by the worker

A list of people that HR has said yes to, kept until the worker has taken it in."""

import sqlalchemy as sa
from alembic import op

import shadowing.models.base
import shadowing.models.columns

revision = '0076'
down_revision = '0067'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'handed_list',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', shadowing.models.base.Moment(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('file', shadowing.models.columns.ShortText(200), nullable=False),
        sa.Column('people', sa.LargeBinary(), nullable=False),
        sa.Column('departments', sa.LargeBinary(), nullable=False),
        sa.Column('answers', sa.JSON(), nullable=False),
        sa.Column('absent_left', sa.Boolean(), nullable=False),
        sa.Column('sure', sa.Boolean(), nullable=False),
        sa.Column('made_id', sa.Integer(), nullable=True),
        sa.Column('refusal', sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_handed_list_by_id_person')),
        sa.ForeignKeyConstraint(['made_id'], ['list_import.id'], name=op.f('fk_handed_list_made_id_list_import')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_handed_list')),
    )


def downgrade() -> None:
    op.execute("DELETE FROM job WHERE kind = 'import'")
    op.drop_table('handed_list')

"""Lists remember answers and can be undone

What HR answered about a list is kept by its headings; an import of people keeps what its undoing takes."""

import sqlalchemy as sa
from alembic import op

import shadowing.models.base
import shadowing.models.columns

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'list_answers',
        sa.Column('signature', shadowing.models.columns.ShortText(64), nullable=False),
        sa.Column('answers', sa.JSON(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_list_answers')),
        sa.UniqueConstraint('signature', name=op.f('uq_list_answers_signature')),
    )
    op.create_table(
        'list_import',
        sa.Column('at', shadowing.models.base.Moment(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('file', shadowing.models.columns.ShortText(200), nullable=False),
        sa.Column('new', sa.Integer(), nullable=False),
        sa.Column('changed', sa.Integer(), nullable=False),
        sa.Column('left', sa.Integer(), nullable=False),
        sa.Column('undoing', sa.JSON(), nullable=False),
        sa.Column('undone_at', shadowing.models.base.Moment(), nullable=True),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_list_import_by_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_list_import')),
    )


def downgrade() -> None:
    op.drop_table('list_import')
    op.drop_table('list_answers')

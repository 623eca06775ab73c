"""The company has a goal and cards are signed

One goal of the company; when each card was written and by whom; what two departments gain from one another; and the cards
of departments that were merged."""

import sqlalchemy as sa
from alembic import op

import shadowing.models.base

revision = '0110'
down_revision = '0102'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'company_goal',
        sa.Column('only', sa.Boolean(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('figure', sa.String(length=100), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_company_goal')),
        sa.UniqueConstraint('only', name=op.f('uq_company_goal_only')),
    )
    op.create_table(
        'card_signature',
        sa.Column('department_id', sa.Integer(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('at', shadowing.models.base.Moment(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_card_signature_department_id_department'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_card_signature_by_id_person'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_card_signature')),
        sa.UniqueConstraint('department_id', name=op.f('uq_card_signature_department_id')),
    )
    op.create_table(
        'pair_sentence',
        sa.Column('department_id', sa.Integer(), nullable=False),
        sa.Column('other_id', sa.Integer(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_pair_sentence_department_id_department'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['other_id'], ['department.id'], name=op.f('fk_pair_sentence_other_id_department'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pair_sentence')),
        sa.UniqueConstraint('department_id', 'other_id', name=op.f('uq_pair_sentence_department_id_other_id')),
    )
    texts = ('card', 'goal', 'kpi', 'problem', 'wish_known', 'words', 'sentences')
    op.create_table(
        'merged_card',
        sa.Column('department_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('merged_at', shadowing.models.base.Moment(), nullable=False),
        *(sa.Column(text, sa.Text(), nullable=False) for text in texts),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_merged_card_department_id_department'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_merged_card')),
    )
    op.create_index(op.f('ix_merged_card_department_id'), 'merged_card', ['department_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_merged_card_department_id'), 'merged_card')
    op.drop_table('merged_card')
    op.drop_table('pair_sentence')
    op.drop_table('card_signature')
    op.drop_table('company_goal')

"""A lost visit is repaired

Repairs of published plans with their proposals, what of a plan fell away, and within which limits a repair needs nobody."""

import sqlalchemy as sa
from alembic import op

revision = '0085'
down_revision = '0084'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'repair',
        sa.Column('round_id', sa.Integer(), nullable=False),
        sa.Column('because', sa.String(length=20), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('asked_by_id', sa.Integer(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=True),
        sa.Column('problem', sa.Text(), nullable=True),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('concerned', sa.JSON(), nullable=False),
        sa.Column('proposals', sa.JSON(), nullable=False),
        sa.Column('chosen', sa.Integer(), nullable=True),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], name=op.f('fk_repair_asked_by_id_person')),
        sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_repair_by_id_person')),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_repair_round_id_round')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_repair')),
    )
    op.create_index(op.f('ix_repair_round_id'), 'repair', ['round_id'])
    with op.batch_alter_table('pairing') as batch:
        batch.add_column(sa.Column('lost', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('pairing') as batch:
        batch.alter_column('lost', server_default=None)
    with op.batch_alter_table('round') as batch:
        batch.add_column(sa.Column('repairs_alone', sa.JSON(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM job WHERE kind = 'repair'")
    with op.batch_alter_table('round') as batch:
        batch.drop_column('repairs_alone')
    with op.batch_alter_table('pairing') as batch:
        batch.drop_column('lost')
    op.drop_index(op.f('ix_repair_round_id'), 'repair')
    op.drop_table('repair')

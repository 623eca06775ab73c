"""Guests reflect and hosts thank

The table of reflections, which no page wrote to, holds what guests are asked, and drafts apart from what was sent."""

import sqlalchemy as sa
from alembic import op

import shadowing.models.base

revision = '0114'
down_revision = '0110'
branch_labels = None
depends_on = None

NEW_TEXTS = ('brings_back', 'for_whom', 'why_not_held')


def upgrade() -> None:
    with op.batch_alter_table('reflection') as batch_op:
        for name in NEW_TEXTS:
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('quotable', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('released_at', shadowing.models.base.Moment(), nullable=True))
        batch_op.add_column(sa.Column('walls', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('sent_at', shadowing.models.base.Moment(), nullable=True))
        batch_op.add_column(sa.Column('draft', sa.JSON(), nullable=True))
        batch_op.alter_column('share', existing_type=sa.String(length=10), type_=sa.String(length=20))
    op.execute("DELETE FROM reflection WHERE id NOT IN (SELECT MIN(id) FROM reflection GROUP BY pairing_id)")
    op.execute("UPDATE reflection SET sent_at = written_at")
    op.execute("UPDATE reflection SET share = 'me' WHERE share NOT IN ('host', 'all')")
    for wall in ('information', 'goals', 'culture'):
        op.execute(f"UPDATE reflection SET walls = '[\"{wall}\"]' WHERE wall = '{wall}'")
    with op.batch_alter_table('reflection') as batch_op:
        for name in (*NEW_TEXTS, 'quotable', 'walls'):
            batch_op.alter_column(name, server_default=None)
        batch_op.drop_column('wall')
        batch_op.drop_column('written_at')
        batch_op.drop_constraint('uq_reflection_pairing_id_person_id', type_='unique')
        batch_op.create_unique_constraint('uq_reflection_pairing_id', ['pairing_id'])
        batch_op.create_index('ix_reflection_person_id', ['person_id'])
    op.create_table(
        'host_thanks',
        sa.Column('pairing_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('line', sa.Text(), nullable=False),
        sa.Column('again', sa.String(length=20), nullable=True),
        sa.Column('at', shadowing.models.base.Moment(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['pairing_id'], ['pairing.id'], name=op.f('fk_host_thanks_pairing_id_pairing')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_host_thanks_person_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_host_thanks')),
        sa.UniqueConstraint('pairing_id', 'person_id', name=op.f('uq_host_thanks_pairing_id_person_id')),
    )
    op.create_index(op.f('ix_host_thanks_person_id'), 'host_thanks', ['person_id'])


def downgrade() -> None:
    op.execute("UPDATE received SET letter_id = NULL WHERE letter_id IN (SELECT id FROM letter WHERE kind = 'reflect_again')")
    op.execute("DELETE FROM letter WHERE kind = 'reflect_again'")
    op.drop_index(op.f('ix_host_thanks_person_id'), 'host_thanks')
    op.drop_table('host_thanks')
    with op.batch_alter_table('reflection') as batch_op:
        batch_op.add_column(sa.Column('wall', sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column('written_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index('ix_reflection_person_id')
        batch_op.drop_constraint('uq_reflection_pairing_id', type_='unique')
        batch_op.create_unique_constraint('uq_reflection_pairing_id_person_id', ['pairing_id', 'person_id'])
    op.execute("DELETE FROM reflection WHERE sent_at IS NULL")
    op.execute("UPDATE reflection SET written_at = sent_at")
    with op.batch_alter_table('reflection') as batch_op:
        batch_op.alter_column('written_at', existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.alter_column('share', existing_type=sa.String(length=20), type_=sa.String(length=10))
        for name in (*NEW_TEXTS, 'quotable', 'released_at', 'walls', 'sent_at', 'draft'):
            batch_op.drop_column(name)

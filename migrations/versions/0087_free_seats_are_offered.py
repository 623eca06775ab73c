"""Free seats are offered

A seat that became free after publishing, and to whom it is offered."""

import sqlalchemy as sa
from alembic import op

revision = '0087'
down_revision = '0086'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'free_seat',
        sa.Column('slot_id', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('wave', sa.Integer(), nullable=False),
        sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], name=op.f('fk_free_seat_slot_id_slot')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_free_seat')),
    )
    op.create_index(op.f('ix_free_seat_slot_id'), 'free_seat', ['slot_id'])
    op.create_table(
        'seat_offer',
        sa.Column('seat_id', sa.Integer(), nullable=False),
        sa.Column('guest_id', sa.Integer(), nullable=False),
        sa.Column('wave', sa.Integer(), nullable=False),
        sa.Column('rank', sa.Integer(), nullable=False),
        sa.Column('offered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('until', sa.DateTime(timezone=True), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['guest_id'], ['guest.id'], name=op.f('fk_seat_offer_guest_id_guest')),
        sa.ForeignKeyConstraint(['seat_id'], ['free_seat.id'], name=op.f('fk_seat_offer_seat_id_free_seat')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_seat_offer')),
        sa.UniqueConstraint('seat_id', 'guest_id', name=op.f('uq_seat_offer_seat_id_guest_id')),
    )
    op.create_index(op.f('ix_seat_offer_guest_id'), 'seat_offer', ['guest_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_seat_offer_guest_id'), 'seat_offer')
    op.drop_table('seat_offer')
    op.drop_index(op.f('ix_free_seat_slot_id'), 'free_seat')
    op.drop_table('free_seat')

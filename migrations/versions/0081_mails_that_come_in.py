"""Mails that come in

Kept before they are acknowledged, read later; and the other addresses from which people write."""

import sqlalchemy as sa
from alembic import op

revision = '0081'
down_revision = '0080'
branch_labels = None
depends_on = None

INDEXED = ('due_at', 'state', 'invitation_id', 'letter_id', 'given_answer_id', 'seen_by_id')


def upgrade() -> None:
    op.create_table(
        'received',
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('recipient', sa.String(length=254), nullable=False),
        sa.Column('envelope_sender', sa.String(length=254), nullable=False),
        sa.Column('sender', sa.String(length=254), nullable=False),
        sa.Column('subject', sa.String(length=250), nullable=False),
        sa.Column('message_id', sa.String(length=250), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('raw', sa.LargeBinary(), nullable=True),
        sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('invitation_id', sa.Integer(), nullable=True),
        sa.Column('letter_id', sa.Integer(), nullable=True),
        sa.Column('given_answer_id', sa.Integer(), nullable=True),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('seen_by_id', sa.Integer(), nullable=True),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('unfinished', sa.Integer(), nullable=False),
        sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('fence', sa.Integer(), nullable=False),
        sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('error', sa.Text(), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['invitation_id'], ['invitation.id'], name=op.f('fk_received_invitation_id_invitation')),
        sa.ForeignKeyConstraint(['letter_id'], ['letter.id'], name=op.f('fk_received_letter_id_letter')),
        sa.ForeignKeyConstraint(['given_answer_id'], ['given_answer.id'], name=op.f('fk_received_given_answer_id_given_answer')),
        sa.ForeignKeyConstraint(['seen_by_id'], ['person.id'], name=op.f('fk_received_seen_by_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_received')),
        sa.UniqueConstraint('key', name=op.f('uq_received_key')),
    )
    for column in INDEXED:
        op.create_index(op.f(f'ix_received_{column}'), 'received', [column])
    op.create_index('ix_received_message_id_sender', 'received', ['message_id', 'sender'])
    op.create_table(
        'mail_alias',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('address', sa.String(length=254), nullable=False),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mail_alias_person_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_alias')),
        sa.UniqueConstraint('address', name=op.f('uq_mail_alias_address')),
    )
    op.create_index(op.f('ix_mail_alias_person_id'), 'mail_alias', ['person_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_mail_alias_person_id'), 'mail_alias')
    op.drop_table('mail_alias')
    op.drop_index('ix_received_message_id_sender', 'received')
    for column in reversed(INDEXED):
        op.drop_index(op.f(f'ix_received_{column}'), 'received')
    op.drop_table('received')

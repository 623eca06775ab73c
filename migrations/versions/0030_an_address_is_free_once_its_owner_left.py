"""An address is free once its owner left

Of those who are here no two have one mail address. On the way back whoever left gives up an address that somebody else has."""

import sqlalchemy as sa
from alembic import op

revision = '0030'
down_revision = '0020'
branch_labels = None
depends_on = None

person = sa.table(
    'person', sa.column('id', sa.Integer), sa.column('email', sa.String), sa.column('left_at', sa.DateTime(timezone=True))
)


def upgrade() -> None:
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_constraint('uq_person_email', type_='unique')
    here = sa.text('left_at IS NULL')
    op.create_index('uq_person_email', 'person', ['email'], unique=True, sqlite_where=here, postgresql_where=here)


def downgrade() -> None:
    other = person.alias()
    twice = sa.exists().where(other.c.email == person.c.email, other.c.id != person.c.id)
    gone = person.update().where(person.c.left_at.is_not(None), twice)
    op.execute(gone.values(email=sa.literal('left-') + sa.cast(person.c.id, sa.String) + sa.literal('@invalid')))
    op.drop_index('uq_person_email', table_name='person')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_unique_constraint('uq_person_email', ['email'])

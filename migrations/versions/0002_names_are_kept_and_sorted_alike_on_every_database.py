"""Names are kept and sorted alike on every database

The key that people are sorted by held NUL, which PostgreSQL refuses: a tab stands there now. Keys and codes are compared by
code point on PostgreSQL too, whatever language it was set up for, and the words that people are found by have room for the
longest names."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

OLD, NEW = '\x00', '\t'
FOLDED_MOST = 600
ORDERED = (('department', 'code', 60), ('person', 'code', 60), ('opening', 'code', 60), ('person', 'sort_key', 400))

person = sa.table('person', sa.column('id', sa.Integer), sa.column('sort_key', sa.String), sa.column('folded', sa.Text))


def upgrade() -> None:
    collate('C')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.alter_column(
            'folded', existing_type=sa.String(length=FOLDED_MOST), type_=sa.Text(), existing_nullable=False
        )
    rekey(OLD, NEW)


def downgrade() -> None:
    """PostgreSQL cannot hold the old key, and keeps the new one."""
    op.execute(person.update().values(folded=sa.func.substr(person.c.folded, 1, FOLDED_MOST)))
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.alter_column(
            'folded', existing_type=sa.Text(), type_=sa.String(length=FOLDED_MOST), existing_nullable=False
        )
    if op.get_bind().dialect.name == 'sqlite':
        rekey(NEW, OLD)
    collate('default')


def collate(collation: str) -> None:
    """SQLite has no other order than that of code points."""
    if op.get_bind().dialect.name == 'postgresql':
        for table, column, length in ORDERED:
            op.execute(f'ALTER TABLE {table} ALTER COLUMN {column} TYPE VARCHAR({length}) COLLATE "{collation}"')


def rekey(old: str, new: str) -> None:
    """SQLite's own replace() does not see NUL."""
    connection = op.get_bind()
    found = connection.execute(sa.select(person.c.id, person.c.sort_key)).all()
    for id, key in found:
        if old in key:
            connection.execute(person.update().where(person.c.id == id).values(sort_key=key.replace(old, new)))

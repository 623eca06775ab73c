"""HR may be in no department

Who was let in before any list of people is in no department until a list names one."""

import sqlalchemy as sa
from alembic import op

revision = '0045'
down_revision = '0044'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.alter_column('department_id', existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    person = sa.table('person', sa.column('department_id', sa.Integer))
    department = sa.table('department', sa.column('id', sa.Integer), sa.column('code', sa.String), sa.column('name', sa.String))
    connection = op.get_bind()
    homeless = connection.scalar(sa.select(sa.func.count()).select_from(person).where(person.c.department_id.is_(None)))
    if homeless:
        home = connection.scalar(sa.select(sa.func.min(department.c.id)))
        if home is None:
            texts = dict.fromkeys(('goal', 'kpi', 'card', 'problem', 'wish_known', 'words', 'short_name', 'hours'), '')
            whole = sa.Table('department', sa.MetaData(), autoload_with=connection)
            known = {name: text for name, text in texts.items() if name in whole.c}
            known |= {'closed_days': []} if 'closed_days' in whole.c else {}
            connection.execute(whole.insert().values(code='hr', name='人事', **known))
            home = connection.scalar(sa.select(sa.func.min(department.c.id)))
        connection.execute(person.update().where(person.c.department_id.is_(None)).values(department_id=home))
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.alter_column('department_id', existing_type=sa.Integer(), nullable=False)

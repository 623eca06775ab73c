"""Entries are typed

What an invitation told and what a letter names was two flat dictionaries, and is one value of a known type
(`models.Told`, `models.Facts`). The letters render to the same bytes before and after.

Two things that no mail shows are not carried: the solver's figures behind the reason of an unmatched guest, and the title
of a visit for somebody who may not read it. Going down, the first stays empty, and the second is what they may read."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

BATCH = 1000
Json = dict[str, Any]

invitation = sa.table('invitation', sa.column('id', sa.Integer), sa.column('told', sa.JSON))
letter = sa.table(
    'letter',
    sa.column('id', sa.Integer),
    sa.column('address', sa.String),
    sa.column('stamp', sa.DateTime(timezone=True)),
    sa.column('facts', sa.JSON),
)


def upgrade() -> None:
    _rewrite(invitation, invitation.c.told, lambda row: typed_told(row.told))
    _rewrite(letter, letter.c.facts, lambda row: typed_facts(row.facts, row.stamp))


def downgrade() -> None:
    _rewrite(letter, letter.c.facts, lambda row: flat_facts(row.facts, row.address))
    _rewrite(invitation, invitation.c.told, lambda row: flat_told(row.told))


def _rewrite(table: sa.TableClause, column: sa.ColumnClause[Json], new: Callable[[sa.Row[Any]], Json | None]) -> None:
    """*new* is None where a row is to stay as it is."""
    connection, last = op.get_bind(), 0
    while rows := connection.execute(sa.select(table).where(table.c.id > last).order_by(table.c.id).limit(BATCH)).all():
        last = rows[-1].id
        changed = [{'row_id': row.id, 'value': value} for row in rows if (value := new(row)) is not None]
        if changed:
            told = sa.bindparam('value', type_=sa.JSON)
            connection.execute(table.update().where(table.c.id == sa.bindparam('row_id')).values({column: told}), changed)


# Up

SHOWN = ('role', 'kind', 'title', 'department', 'starts_at', 'ends_at', 'place', 'preparation', 'confidential')
SHOWN += ('travel_minutes', 'hosts', 'guests', 'rsvp')
ASKED = ('greeting', 'starts_on', 'ends_on', 'answers_until')


def typed_told(told: Json) -> Json | None:
    if 'essence' not in told:
        return None
    essence = told['essence']
    return {'entry': _entry(told['words'], essence['hosts'] or essence['guests']), 'stamp': told['stamp']}


def _entry(words: Json, others: list[int]) -> Json:
    return {name: words[name] for name in SHOWN} | {'others': others}


def typed_facts(facts: Json, stamp: datetime) -> Json | None:
    if 'link' not in facts:
        return None
    heading = {'reader': facts['name'], 'link': facts['link'], 'round': facts.get('round', '')}
    return {'heading': heading | {'coordinator': facts.get('coordinator')}} | _own(facts, stamp)


def _own(facts: Json, stamp: datetime) -> Json:
    if 'uid' in facts:
        return {'about': 'visit', 'revision': _revision(facts, stamp)}
    if 'until' in facts:
        return {'about': 'sign_in', 'until': facts['until']}
    if 'answers_until' in facts:
        return {'about': 'ask'} | {name: facts[name] for name in ASKED}
    if 'reason' in facts:
        reason = {name: facts['reason'][name] for name in ('code', 'remedy')}
        return {'about': 'unmatched', 'example': facts['example']} | reason
    return {'about': 'personal_link'}


def _revision(facts: Json, stamp: datetime) -> Json:
    aware = stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp.astimezone(UTC)
    kept = {name: facts[name] for name in ('uid', 'organizer', 'sequence')}
    said = {'number': facts['revision'], 'answer': facts['partstat'], 'stamp': aware.isoformat()}
    return kept | said | {'entry': _entry(facts, []), 'before': facts.get('old')}


# Down


def flat_told(told: Json) -> Json | None:
    if 'entry' not in told:
        return None
    entry = told['entry']
    sides = {'hosts': [], 'guests': []} | {'hosts' if entry['role'] == 'guest' else 'guests': entry['others']}
    essence = _appointment(entry) | {name: entry[name] for name in ('title', 'preparation')} | sides
    return {'essence': essence, 'words': _words(entry), 'stamp': _moment(told['stamp'])}


def _appointment(entry: Json) -> Json:
    return {'starts_at': _moment(entry['starts_at']), 'ends_at': _moment(entry['ends_at']), 'place': entry['place']}


def _words(entry: Json) -> Json:
    private = {'private': entry['kind'] == 'ride_along'}
    return {name: entry[name] for name in SHOWN} | _appointment(entry) | private


def _moment(text: str) -> str:
    """As it was written before, and compared letter by letter."""
    return datetime.fromisoformat(text).isoformat()


def flat_facts(facts: Json, address: str) -> Json | None:
    if 'about' not in facts:
        return None
    heading, about = facts['heading'], facts['about']
    flat = {'name': heading['reader'], 'link': heading['link']}
    if about == 'sign_in':
        return flat | {'until': _moment(facts['until'])}
    flat |= {'round': heading['round'], 'coordinator': heading['coordinator']}
    if about == 'visit':
        return flat | {'address': address} | _flat_revision(facts['revision'])
    if about == 'ask':
        return flat | {name: facts[name] for name in ASKED}
    if about == 'unmatched':
        reason = {'code': facts['code'], 'remedy': facts['remedy'], 'facts': {}}
        return flat | {'reason': reason, 'example': _flat_example(facts['example'])}
    return flat


def _flat_revision(said: Json) -> Json:
    entry = said['entry']
    kept = {name: said[name] for name in ('uid', 'organizer', 'sequence')}
    flat = _words(entry) | kept | {'revision': said['number'], 'partstat': said['answer']}
    if said['before'] is None:
        return flat
    before = _appointment(said['before'])
    return flat | {'old': before, 'minor': before == _appointment(entry)}


def _flat_example(example: Json | None) -> Json | None:
    if example is None or example.get('starts_at') is None:
        return example and {'department': example['department']}
    return {'department': example['department']} | {
        name: _moment(example[name]) for name in ('starts_at', 'ends_at')
    }

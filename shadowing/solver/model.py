"""The model while it is being written: a column for each seat, and what the rules and the wishes share."""

from dataclasses import dataclass, field

import numpy as np

from shadowing.solver.arrays import NOTHING, Mask, Numbers, laid_out
from shadowing.solver.instance import Columns, Instance
from shadowing.solver.matrix import Matrix, matrix


@dataclass(slots=True)
class Model:
    """*seats* are the first columns of the matrix. *session_slot* and *session* list the columns of which one is 1 when a
    flexible opening (or one with a limit a week) is held in a slot. *step* is 1 when the guest *step_guest* has more than
    *step_number* visits. *outside*: guests of a department in another's openings who are not in this model, by wall.

    In a relaxation *slot* of a seat is the number of a week, or 0, and no session has a place in time."""

    instance: Instance
    seats: Columns
    matrix: Matrix
    outside: Numbers
    session_slot: Numbers = field(default_factory=lambda: NOTHING)
    session: Numbers = field(default_factory=lambda: NOTHING)
    step_guest: Numbers = field(default_factory=lambda: NOTHING)
    step_number: Numbers = field(default_factory=lambda: NOTHING)
    step: Numbers = field(default_factory=lambda: NOTHING)

    def by_host(self) -> tuple[Numbers, Numbers]:
        """Every seat once for each host it meets: the number of the seat, and the place of the host."""
        return self.instance.roster.hosts.each(self.seats.opening)

    def most_or_held(self, key: Numbers, columns: Numbers, most: int | Numbers) -> None:
        """No more than *most* of the seats in *columns* for each key, or as many as are held already: HR decided."""
        distinct, back = np.unique(key, return_inverse=True)
        held = np.bincount(back, self.seats.held[columns], len(distinct)).astype(np.int64)
        self.matrix.at_most(key, columns, np.maximum(most, held))

    def implies(self, one: Numbers, other: Numbers) -> None:
        """Where a column of *one* is 1, the one beside it in *other* is."""
        row = np.arange(len(one))
        value = np.concatenate([np.ones(len(one), dtype=np.int64), np.full(len(one), -1)])
        self.matrix.between(np.concatenate([row, row]), np.concatenate([one, other]), value, -np.inf, 0)

    def home(self) -> Numbers:
        """The department of each seat's guest, as a place in the instance's departments."""
        return self.instance.home[self.seats.guest]

    def walls(self) -> Numbers:
        """The wall that each seat goes through: guest's department times departments, plus the opening's."""
        return self.home() * len(self.instance.departments) + self.instance.offered[self.seats.opening]


def blank(instance: Instance, seats: Columns, outside: Numbers | None = None) -> Model:
    """A model without any rule yet, but with the steps of each guest."""
    walls = len(instance.departments) ** 2
    model = Model(instance, seats, matrix(len(seats)), np.zeros(walls, dtype=np.int64) if outside is None else outside)
    _steps(model)
    return model


def _steps(model: Model) -> None:
    instance, guests = model.instance, len(model.instance.weights)
    mine = np.bincount(model.seats.guest, minlength=guests)
    model.step_guest, model.step_number = laid_out(np.minimum(mine, instance.visits_most))
    model.step = model.matrix.new(np.ones(len(model.step_guest), dtype=np.int64))


def sessions(model: Model) -> None:
    """A column for each slot of which it matters whether it is held; where there is one seat, the seat says it itself."""
    instance, seats = model.instance, model.seats
    matters = ~instance.fixed | (instance.sessions_most >= 0)
    alone = matters[seats.opening] & (instance.seats[seats.opening] == 1)
    several = np.unique(seats.slot[matters[seats.opening] & ~alone])
    made = model.matrix.new(np.ones(len(several), dtype=np.int64))
    model.session_slot = np.concatenate([seats.slot[alone], several])
    model.session = np.concatenate([np.flatnonzero(alone), made])


def pieces_of(model: Model) -> tuple[Numbers, Numbers, Numbers, Numbers, Mask]:
    """When people are bound: place of the person, begin, finish, column, and whether as a guest."""
    slots, seats, instance = model.instance.slots, model.seats, model.instance
    flexible = ~instance.fixed[slots.opening[model.session_slot]]
    slot, column = model.session_slot[flexible], model.session[flexible]
    number, host = instance.roster.hosts.each(slots.opening[slot])
    person = np.concatenate([instance.roster.place[seats.guest], host])
    begin = np.concatenate([slots.begin[seats.slot], slots.host_begin[slot[number]]])
    finish = np.concatenate([slots.finish[seats.slot], slots.host_finish[slot[number]]])
    columns = np.concatenate([np.arange(len(seats)), column[number]])
    return person, begin, finish, columns, np.arange(len(person)) < len(seats)

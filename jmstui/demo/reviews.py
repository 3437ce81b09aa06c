"""Login reviews: tickets that a test approves or rejects while a login waits (§1.4)."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass


@dataclass(slots=True)
class Ticket:
    """A login that waits for somebody's word; `state` is pending, approved, rejected or closed."""

    id: str
    username: str
    state: str = "pending"


class Reviews:
    """Every ticket that was opened, oldest first."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(f"reviews {seed}")
        self.tickets: dict[str, Ticket] = {}

    @property
    def pending(self) -> list[Ticket]:
        """The tickets that nobody has answered."""
        return [ticket for ticket in self.tickets.values() if ticket.state == "pending"]

    def open(self, username: str) -> Ticket:
        """A new pending ticket."""
        ticket = Ticket(str(uuid.UUID(int=self._random.getrandbits(128), version=4)), username)
        self.tickets[ticket.id] = ticket
        return ticket

    def approve(self, ticket_id: str | None = None) -> None:
        """Approves one ticket, or all that are pending."""
        self._settle("approved", ticket_id)

    def reject(self, ticket_id: str | None = None) -> None:
        """Rejects one ticket, or all that are pending."""
        self._settle("rejected", ticket_id)

    def close(self, ticket_id: str) -> None:
        """The applicant gave up."""
        self._settle("closed", ticket_id)

    def _settle(self, state: str, ticket_id: str | None) -> None:
        for ticket in self.pending:
            if ticket_id in (None, ticket.id):
                ticket.state = state

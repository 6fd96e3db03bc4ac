"""Rows of an export as cards for an address book: the same columns, in the places that vCard has for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from contacts.export_columns import JOINED, Column
from contacts.models import Contact
from contacts.phones import normal_phone
from crm.writing import Address, Card


def cards(rows: Iterable[Sequence[Any]], columns: Sequence[Column]) -> Iterator[Card]:
    """One card a row, from these columns, the last of which is the kind; what vCard has no place for goes to the note."""
    codes = [column.code for column in columns]
    labels = {column.code: str(column.label) for column in columns}
    for row in rows:
        cell = {code: _text(value) for code, value in zip(codes, row, strict=True)}
        yield _card(cell, labels, organisation=row[-1] == Contact.Kind.ORGANISATION.label)


def _text(value: Any) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else "" if value is None else str(value)


_PLACED = {
    "name", "first_name", "organisation", "title", "service", "address", "email", "other_emails", "private_emails", "phone",
    "other_phones", "private_phones", "street", "postcode", "city", "themes", "labels", "kind",
}  # fmt: skip


def _card(cell: dict[str, str], labels: dict[str, str], *, organisation: bool) -> Card:
    def of(*codes: str) -> list[str]:
        found = [text for code in codes for text in cell.get(code, "").split(JOINED) if text]
        return list(dict.fromkeys(found))

    first, name, employer = (cell.get(code, "") for code in ("first_name", "name", "organisation"))
    note = "\n".join(
        f"{labels[code]}\u00a0: {text}" for code, text in cell.items() if text and code not in _PLACED
    )
    return Card(
        kind="org" if organisation else "individual",
        fn=f"{first} {name}".strip() or employer or cell.get("address") or cell.get("email") or "—",
        family="" if organisation else name,
        given=first,
        org=name if organisation else employer,
        unit=cell.get("service", ""),
        title=cell.get("title", ""),
        emails=of("address", "email", "other_emails", "private_emails"),
        phones=[normal_phone(phone) or phone for phone in of("phone", "other_phones", "private_phones")],
        address=Address(
            street=cell.get("street", ""), postcode=cell.get("postcode", ""), city=cell.get("city", "")
        ),
        categories=of("themes", "labels"),
        note=note,
    )

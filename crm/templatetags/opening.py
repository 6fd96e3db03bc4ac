"""What the pages before sign-in ask."""

from __future__ import annotations

from collections.abc import Sequence

from django import template

from crm.demonstrating import Login, shown_logins


register = template.Library()


@register.simple_tag
def demo_logins() -> Sequence[Login]:
    """The logins of the demonstration; none on a base of one's own."""
    return shown_logins()

"""Believable invented data of any size, in real territories: a demonstration, and what the speed table runs on.

Nobody in it exists. Institutions bear the names that institutions have; people's names are drawn from lists, e-mail addresses
end in `.example` (RFC 2606) and phone numbers are those that ARCEP keeps for fiction.
"""

"""Phone numbers in any French form, overseas included, to E.164 (ITU-T) and back to the form people read."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat


# A national number of an overseas territory parses under its own plan, not under the mainland's.
OVERSEAS_PREFIXES = {
    "0590": "GP", "0690": "GP", "0691": "GP",
    "0594": "GF", "0694": "GF",
    "0596": "MQ", "0696": "MQ", "0697": "MQ",
    "0262": "RE", "0263": "RE", "0692": "RE", "0693": "RE",
    "0269": "YT", "0639": "YT",
    "0508": "PM",
}  # fmt: skip


@lru_cache(maxsize=8_192)
def normal_phone(text: str) -> str:
    """The E.164 form of a number, or an empty string when it is none.

    A number that lost its leading zero in a spreadsheet (612345678) is taken as French; an extension is dropped.
    """
    text = text.strip().replace("(0)", "")
    digits = "".join(character for character in text if character.isdigit())
    if not digits:
        return ""
    if len(digits) == 9 and digits[0] != "0" and not text.startswith("+"):
        text = digits = "0" + digits
    elif text.startswith("33") and len(digits) == 11:
        text = "+" + text
    region = OVERSEAS_PREFIXES.get(digits[:4], "FR") if len(digits) >= 10 else "FR"
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    if region != "FR" and not phonenumbers.is_valid_number(number):
        number = phonenumbers.parse(text, "FR")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@lru_cache(maxsize=8_192)
def shown_phone(key: str) -> str:
    """« 01 42 00 00 00 » for a French number, the international form for another."""
    number = phonenumbers.parse(key, None)
    national = {33, 262, 590, 594, 596, 508}
    form = PhoneNumberFormat.NATIONAL if number.country_code in national else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)

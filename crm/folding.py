"""Folds French text so that two ways of writing one thing compare as equal.

Three uses: ``fold`` makes the key of an entry of a closed list (gender, inclusive writing and number of
people's functions do not count), ``fold_name`` the key of a person's or an organisation's name (gender
does count), ``search_text`` and ``search_words`` are the two sides of a search by substring.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache


# --- characters -----------------------------------------------------------------------------------------

_LETTERS = str.maketrans(
    {
        "œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ẞ": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l",
        "đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "þ": "th", "Þ": "th", "\u0131": "i",
        **dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        "•": "·", "‧": "·", "⋅": "·", "∙": "·", "・": "·", "･": "·",
        "\u00ad": None, "\u200b": None, "\u200c": None, "\u200d": None, "\u2060": None, "\ufeff": None,
    }
)  # fmt: skip


_ACCENTS = re.compile("[\u0300-\u036f]+")


def _plain(text: str) -> str:
    """Return the text in lower case without accents; its punctuation stays."""

    if text.isascii():
        return text.lower()

    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).translate(_LETTERS).lower()
    if plain.isascii() or max(plain) < "\u0250":
        return plain
    # Other scripts: marks beyond the usual accents, letters whose lower case decomposes.
    plain = unicodedata.normalize("NFKD", plain)
    return "".join(c for c in plain if not unicodedata.combining(c)).translate(_LETTERS)


_WORD = re.compile(r"[^\W_]+")
_DOTTED = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.)+[^\W\d_](?![^\W_])")


def _undotted(plain: str) -> str:
    """Return the text with its dotted sigles closed up: « a.r.s. » becomes « ars. »."""

    return _DOTTED.sub(lambda found: found[0].replace(".", ""), plain) if "." in plain else plain


# --- words that have a feminine -------------------------------------------------------------------------

# The feminine adds an e.
_ADDS_E = """
adherent adjoint agent aidant alternant animant apprenti artisan assistant associe auteur avocat charge chercheur
commercant consultant correspondant delegue depute detache dirigeant docteur doctorant elu employe enseignant
entrepreneur etudiant excuse expert exploitant gerant gouverneur habitant independant ingenieur inscrit intervenant
invite mandate militant participant praticant president procureur professeur rapporteur referent remplacant
representant resident retraite salarie soignant suppleant surveillant
"""

# Other feminines. Those in -trice follow a rule, below.
_OTHERS = """
chef/cheffe conseiller/conseillere tresorier/tresoriere infirmier/infirmiere ouvrier/ouvriere officier/officiere
policier/policiere usager/usagere particulier/particuliere greffier/greffiere ambulancier/ambulanciere
pharmacien/pharmacienne chirurgien/chirurgienne technicien/technicienne praticien/praticienne gardien/gardienne
historien/historienne doyen/doyenne dieteticien/dieteticienne informaticien/informaticienne
statisticien/statisticienne professionnel/professionnelle prefet/prefete maire/mairesse
chercheur/chercheuse travailleur/travailleuse entrepreneur/entrepreneuse rapporteur/rapporteuse
demandeur/demandeuse chroniqueur/chroniqueuse auteur/autrice
"""

# Adjectives of a function. They change only after a word of a function, or first in the text: « animatrice
# régionale » is « animateur régional », but « mission locale » stays as it is.
_ADJECTIVES = """
regional/regionale departemental/departementale national/nationale territorial/territoriale local/locale
municipal/municipale communal/communale intercommunal/intercommunale general/generale principal/principale
social/sociale medical/medicale educatif/educative administratif/administrative sportif/sportive
associatif/associative liberal/liberale metropolitain/metropolitaine specialise/specialisee superieur/superieure
citoyen/citoyenne hospitalier/hospitaliere financier/financiere
"""

_COORDINATION = "coordinateur"
_SAME = {"coordonnateur": _COORDINATION, "coordonateur": _COORDINATION}
_SHORT = {"coordo": _COORDINATION, "coordos": _COORDINATION}
# Read in a cell, never in a search: « coord » typed there may be the beginning of « coordination ».
_ABBREVIATED = {"coord": _COORDINATION, "resp": "responsable", "pdt": "president", "pdte": "president"}

# Words in -trice and -teur that are no function.
_NO_FEMININE = {"secteur", "moteur", "vecteur", "compteur", "capteur", "tracteur"}
_NO_MASCULINE = {"beatrice", "cicatrice", "cicatrices", "matrice", "matrices", "patrice"}


def _feminines() -> tuple[dict[str, str], dict[str, str], dict[str, list[str]]]:
    """Return masculine of every form of a noun, of every form of an adjective, and feminines by masculine."""

    nouns: dict[str, str] = {}
    adjectives: dict[str, str] = {}
    feminines: dict[str, list[str]] = {}
    pairs = [(nouns, f"{word}/{word}e") for word in _ADDS_E.split()]
    pairs += [(nouns, pair) for pair in _OTHERS.split()]
    pairs += [(adjectives, pair) for pair in _ADJECTIVES.split()]
    for words, pair in pairs:
        masculine, feminine = pair.split("/")
        plural = masculine[:-1] + "ux" if masculine.endswith("al") else masculine + "s"
        words.update(dict.fromkeys((masculine, plural, feminine, feminine + "s"), masculine))
        feminines.setdefault(masculine, []).append(feminine)
    return nouns, adjectives, feminines


_NOUNS, _ADJECTIVE_FORMS, _FEMININES = _feminines()
_FEMININES[_COORDINATION] = ["coordinatrice", "coordonnateur", "coordonnatrice"]
_TRICE = re.compile(r"([a-z]{2,}[aciultp])trices?")
_TEUR = re.compile(r"([a-z]{2,}[aciultp])teurs?")


@lru_cache(maxsize=32_768)
def _noun(word: str) -> str | None:
    """Return the key (masculine, singular) of a folded word that names a function, else None."""

    if word in _NOUNS:
        return _NOUNS[word]
    if word in _SHORT:
        return _SHORT[word]
    if word.startswith("co") and word[2:] in _NOUNS:
        return "co" + _NOUNS[word[2:]]
    masculine = None
    if word.endswith(("trice", "trices")) and word not in _NO_MASCULINE and (found := _TRICE.fullmatch(word)):
        masculine = found[1] + "teur"
    elif word.endswith(("teur", "teurs")) and (found := _TEUR.fullmatch(word)):
        masculine = found[1] + "teur"
        if masculine in _NO_FEMININE:
            return None
    elif word in _SAME or word.rstrip("s") in _SAME:
        masculine = word.rstrip("s")
    elif word in ("coordonatrice", "coordonatrices", "coordonnatrice", "coordonnatrices"):
        return _COORDINATION
    return _SAME.get(masculine, masculine) if masculine else None


# --- inclusive writing ----------------------------------------------------------------------------------

_SUFFIXES = (
    "atrices|atrice|trices|trice|rices|rice|ices|ice|euses|euse|eures|eure|ieres|iere|eres|ere|res|re|"
    "iennes|ienne|ennes|enne|nes|ne|elles|elle|ales|ale|les|le|ives|ive|ves|ve|ettes|ette|etes|ete|tes|te|"
    "fes|fe|esses|esse|sses|sse|ses|se|ees|ee|es|e"
)
_INCLUSIVE = re.compile(
    r"(?<![^\W_])([a-z]{2,})"  # the masculine
    r"(\s?\(\s?-?|·-?|\s?/\s?-|/|[-._])"  # point médian, bracket, slash, hyphen, full stop
    rf"({_SUFFIXES})"
    r"(\s?\))?(?:[·/.\-]?\(?s\)?)?(?![^\W_])"  # a plural set apart
)
_CUT_ENDING = re.compile(r"(?<=[a-z]{2})([·.])(eurs?|iers?|eres?)(?=\1[a-z])")  # direct·eur·rice
_MARKS = frozenset("·(/-._")

# What a suffix must follow: « coordinateur·rice », never « maire·rice ».
_AGREES = (
    (("atrice", "trice", "rice", "ice"), ("eur",)),
    (("euse", "eure", "se"), ("eur", "eux", "x")),
    (("iere", "ere", "re"), ("r",)),
    (("ienne", "enne", "ne"), ("n",)),
    (("elle", "ale", "le"), ("l", "x")),
    (("ive", "ve", "fe"), ("f",)),
    (("ette", "ete", "te"), ("t",)),
    (("esse", "sse"), ("e", "r")),
    (("ee",), ("e",)),
)
_ENDINGS = {suffix: endings for suffixes, endings in _AGREES for suffix in suffixes}
_PLURAL = re.compile(r".*(?:eur|ant|ent|ier|ien|nel|if|ee?|iste|u|ert|oint)s")


def _masculine(found: re.Match[str]) -> str | None:
    """Return the singular masculine that an inclusive form stands for, None if it is not one."""

    stem, mark, suffix = found[1], found[2], found[3].removesuffix("s")
    root = _noun(stem) or _ADJECTIVE_FORMS.get(stem)
    if (
        suffix in _ENDINGS
        and not stem.removesuffix("s").endswith(_ENDINGS[suffix])
        and not stem.endswith("ux")
    ):
        return None
    if "(" in mark and not found[4]:
        return None
    # A hyphen, a slash or a full stop stands between many things: only a known function makes it inclusive.
    certain = "·" in mark or "(" in mark
    if root is None and not certain and not (suffix.endswith("rice") and stem.rstrip("s").endswith("eur")):
        return None
    if root is None:
        root = stem[:-1] if _PLURAL.fullmatch(stem) else stem
    return root


def _neutral(plain: str, *, both: bool = False) -> str:
    """Return the text with its inclusive forms in the masculine, or, if both, in each gender."""

    def replace(found: re.Match[str]) -> str:
        masculine = _masculine(found)
        if masculine is None:
            return found[0]
        if both and masculine not in _FEMININES and found[3] in ("e", "es"):
            return f"{masculine} {masculine}e"
        return masculine

    if _MARKS.isdisjoint(plain):
        return plain
    return _INCLUSIVE.sub(replace, _CUT_ENDING.sub(r"\2", plain))


# --- keys -----------------------------------------------------------------------------------------------

_CO = re.compile(r"(?<![^\W_])co-([a-z]{4,})(?![^\W_])")


def _words(plain: str, *, both: bool = False) -> list[str]:
    """Return the words of a plain text: sigles and « co-président » closed up, inclusive forms resolved."""

    neutral = _neutral(_undotted(plain).replace("&", " et "), both=both)
    if "co" in neutral:
        neutral = _CO.sub(lambda found: "co" + found[1] if _noun(found[1]) else found[0], neutral)
    return _WORD.findall(neutral)


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Return the key under which a text of a closed list is compared.

    Accents, case, punctuation and spaces do not count; a function has one key, in the masculine singular, however
    its gender and number are written (« Coordonnatrice », « coordinateur·rices » and « coordo » are one). Nothing
    is folded so in a text that has an e-mail. For names of people and organisations use `fold_name`.
    """

    plain = _plain(text)
    if "@" in plain:
        return " ".join(_WORD.findall(plain))
    words: list[str] = []
    function = False  # whether the last word kept belongs to a function
    for word in _words(plain):
        key = _noun(word) or _ABBREVIATED.get(word)
        if key is None and (function or not words):
            key = _ADJECTIVE_FORMS.get(word)
        if key is None:
            function = False
        elif words and words[-1] == key:
            continue  # « coordonnateur / coordonnatrice »
        elif len(words) > 1 and words[-1] in ("et", "ou") and words[-2] == key:
            words.pop()  # « élus et élues »
            function = True
            continue
        else:
            function = True
        words.append(key or word)
    return " ".join(words)


_SAINT = {"st": "saint", "ste": "sainte"}
_SOCIETE = re.compile(r"\bsté\b", re.IGNORECASE)


@lru_cache(maxsize=65_536)
def fold_name(text: str) -> str:
    """Return the key under which names of people and of organisations are compared.

    As `fold`, but each word stays what it is (« Martine » is not « Martin », « Mission locale » keeps its e).
    « St » and « Ste » before another word are « saint » and « sainte », « Sté » is « société »; « & » is « et »;
    « A.R.S. » is « ARS ».
    """

    plain = _undotted(_plain(_SOCIETE.sub("societe", text)).replace("&", " et "))
    words = _WORD.findall(plain)
    return " ".join([_SAINT.get(word, word) for word in words[:-1]] + words[-1:])


# --- search ---------------------------------------------------------------------------------------------

_ADDRESS = re.compile(r"[^\s<>,;:\"'()\[\]]*@[^\s<>,;:\"'()\[\]]*")
_PHONE = re.compile(
    r"(?<![\w+])(?:(?:\+|00)[ .-]?[1-9]\d?(?:[ .()/-]*\d){6,13}|0[1-9](?:[ ./-]?\d\d){4})(?!\w)"
)
_OVERSEAS = {
    "0590": "590", "0690": "590", "0691": "590", "0594": "594", "0694": "594", "0596": "596", "0696": "596",
    "0697": "596", "0262": "262", "0692": "262", "0693": "262", "0269": "262", "0639": "262", "0508": "508",
}  # fmt: skip
_TRUNK_ZERO = re.compile(r"(?:33|262|590|594|596|508|32|41|49|44)(?=\d)")


def _international(phone: str) -> str:
    """Return the digits of a phone as in E.164, without the plus; a national French one is completed."""

    digits = re.sub(r"\D", "", phone.replace("(0)", ""))
    if phone.startswith("+"):
        return digits
    if digits.startswith("00"):
        return digits[2:]
    return _OVERSEAS.get(digits[:4], "33") + digits[1:]


def _national(international: str) -> str | None:
    """Return the digits dialled within the country, None when the country has no leading zero."""

    return "0" + international[prefix.end() :] if (prefix := _TRUNK_ZERO.match(international)) else None


@lru_cache(maxsize=65_536)
def _forms(word: str) -> tuple[str, ...]:
    """Return the word and, for a function or its adjective, its masculine and feminine."""

    masculine = _noun(word) or _ABBREVIATED.get(word) or _ADJECTIVE_FORMS.get(word)
    if masculine is None:
        return (word,)
    feminines = _FEMININES.get(masculine)
    if feminines is None and masculine.startswith("co") and masculine[2:] in _FEMININES:
        feminines = ["co" + feminine for feminine in _FEMININES[masculine[2:]]]
    if feminines is None and masculine.endswith("teur"):
        feminines = [masculine.removesuffix("eur") + "rice"]
    return (masculine, *(feminines or ()), word)


def search_text(*parts: str) -> str:
    """Return what a search column holds for these texts: folded words, each once, between spaces.

    A word of a function is there in both genders; an e-mail whole and in pieces; a phone by its digits, national
    and international.
    """

    found: dict[str, None] = {}
    for part in parts:
        if not part:
            continue
        plain = _plain(part)
        if "@" in plain:
            for address in _ADDRESS.findall(plain):
                whole = address.strip(".")
                found[whole] = None
                for word in _WORD.findall(whole):
                    found.update(dict.fromkeys(_forms(word)))
            plain = _ADDRESS.sub(" ", plain)
        for phone in _PHONE.findall(plain):
            international = _international(phone)
            found[international] = None
            if national := _national(international):
                found[national] = None
        for word in _words(plain, both=True):
            found.update(dict.fromkeys(_forms(word)))
    return " ".join(found)


def search_words(query: str) -> list[str]:
    """Return the words to look for, each as a substring of `search_text`, for what a person typed.

    A word of a function is looked for in its masculine singular; an e-mail (or a part of one with its @) and a
    whole phone are one word each. Empty when nothing typed can be looked for.
    """

    words: dict[str, None] = {}
    plain = _plain(query)
    for address in _ADDRESS.findall(plain):
        if _WORD.search(address):
            words[address.strip(".")] = None
    plain = _ADDRESS.sub(" ", plain)
    for phone in _PHONE.findall(plain):
        dialled = re.sub(r"\D", "", phone)
        words[dialled if dialled[0] == "0" and dialled[1] != "0" else _international(phone)] = None
    for word in _words(_PHONE.sub(" ", plain)):
        words[_noun(word) or _ADJECTIVE_FORMS.get(word, word)] = None
    return list(words)

"""The words around a place name: « Mairie de », « CD93 », « 13e arrondissement », « DROM », « à préciser ».

Everything here works on folded text (`names.folded`) and knows no place but the three large cities.
"""

from __future__ import annotations

import re
from typing import NamedTuple


FRANCE = frozenset({"france"})
REGION = frozenset({"region"})
DEPARTEMENT = frozenset({"departement"})
COMMUNE = frozenset({"commune", "arrondissement"})
GROUP = frozenset({"epci", "ept"})
QPV = frozenset({"qpv"})
LARGE_KINDS = frozenset({"CA", "CU", "METRO", "MET69", "EPT"})
METROPOLE_KINDS = frozenset({"CA", "CU", "METRO", "MET69"})

NOTHING = frozenset({
    "x", "xx", "xxx", "na", "n a", "nc", "nr", "ns", "nsp", "neant", "inconnu", "inconnue", "non renseigne",
    "non renseignee", "non precise", "non precisee", "non connu", "a preciser", "a completer", "a definir",
    "a determiner", "sans objet", "aucun", "aucune", "divers", "autre", "autres", "vide", "null", "none", "tous",
    "toutes", "tout", "plusieurs", "multiple", "multiples", "hors france", "etranger", "europe", "international",
    "internationale", "monde", "so", "rien", "idem", "test",
})  # fmt: skip
WHOLE_COUNTRY = frozenset({
    "france", "france entiere", "la france", "toute la france", "toute france", "national", "nationale", "nationaux",
    "niveau national", "echelle nationale", "echelon national", "perimetre national", "portee nationale",
    "territoire national", "ensemble du territoire national", "tout le territoire national",
    "ensemble du territoire", "france nationale", "france national",
})  # fmt: skip

# Old provinces, natural regions, rivers, countries: without a department they are not the commune of that name.
ALSO_ELSEWHERE = frozenset({
    "agenais", "albret", "angoumois", "anjou", "ardenne", "argonne", "armagnac", "artois", "aubrac", "auge", "aunis",
    "auxois", "barrois", "bauges", "bearn", "beauce", "beaufortain", "beaujolais", "berry", "bessin", "bigorre",
    "boulonnais", "bourbonnais", "bray", "brenne", "bresse", "brie", "brionnais", "bugey", "camargue", "cambresis",
    "caux", "cerdagne", "cevennes", "chablais", "chalosse", "champagne", "charolais", "chartreuse", "combrailles",
    "comminges", "conflent", "corbieres", "cornouaille", "cotentin", "couserans", "crau", "dauphine", "dombes",
    "faucigny", "flandre", "flandres", "forez", "garonne", "gascogne", "gatinais", "genevois", "gevaudan", "guyenne",
    "hainaut", "hurepoix", "larzac", "lauragais", "leon", "limagne", "livradois", "lomagne", "luberon", "lyonnais",
    "maconnais", "maine", "marche", "margeride", "mauges", "maurienne", "medoc", "minervois", "monaco", "morvan",
    "nivernais", "oisans", "orleanais", "perche", "perigord", "poitou", "ponthieu", "provence", "puisaye", "quercy",
    "queyras", "razes", "retz", "rouergue", "roussillon", "saintonge", "saone", "seine", "sologne", "soule", "suisse",
    "sundgau", "tarentaise", "thierache", "touraine", "tregor", "trieves", "ubaye", "valois", "velay", "vercors",
    "vexin", "vimeu", "vivarais",
})  # fmt: skip

DROM = ("971", "972", "973", "974", "976")
SETS_OF_DEPARTMENTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("drom", "dom", "drom com", "dom tom", "domtom", "dromcom", "outre mer", "outremer", "outre mers",
         "france d outre mer", "les drom", "les dom", "ultramarin", "ultramarins", "territoires ultramarins",
         "departements d outre mer", "regions d outre mer", "les outre mer"), DROM),
    "antilles": ("971", "972"),
    "les antilles": ("971", "972"),
    "antilles guyane": ("971", "972", "973"),
    "ocean indien": ("974", "976"),
    "petite couronne": ("92", "93", "94"),
    "paris et petite couronne": ("75", "92", "93", "94"),
    "paris petite couronne": ("75", "92", "93", "94"),
    "grande couronne": ("77", "78", "91", "95"),
    "les savoie": ("73", "74"),
    "deux savoie": ("73", "74"),
    "savoies": ("73", "74"),
    "pays de savoie": ("73", "74"),
    "les charentes": ("16", "17"),
    "charentes": ("16", "17"),
    "alsace moselle": ("57", "67", "68"),
    "collectivite europeenne d alsace": ("67", "68"),
}  # fmt: skip

_LEVEL_WORDS: list[tuple[str, frozenset[str], frozenset[str] | None]] = [
    ("agence regionale de sante|conseil regional|prefecture de region|prefecture de la region|regions|region|dreets|ars|cr",
     REGION, None),
    ("conseil departemental|conseil general|delegation departementale|departements|departement|prefecture|dept|dpt|dep|ddets"
     "|dd ars|dt ars|ddars|cd|cg|dd", DEPARTEMENT, None),
    ("centre communal d action sociale|hotel de ville|municipalite|communes|commune|mairie|villes|ville|ccas",
     COMMUNE, None),
    ("communaute de communes|communaute de com|comm de communes|com de communes|com de com|com com|comcom|cc|c c", GROUP, frozenset({"CC"})),
    ("communaute d agglomeration|communaute agglomeration|communaute d agglo|com d agglo|agglomeration|agglo|ca|c a",
     GROUP, LARGE_KINDS),
    ("communaute urbaine|cu|c u", GROUP, frozenset({"CU", "METRO"})),
    ("eurometropole|metropole", GROUP, METROPOLE_KINDS),
    ("etablissement public territorial|ept", GROUP, frozenset({"EPT"})),
    ("intercommunalite|interco|epci|communaute", GROUP, None),
    ("quartier prioritaire|quartier|qpv", QPV, None),
]  # fmt: skip
_FIRST_WORDS = [
    (re.compile(rf"(?:{words})(?=\W|\d|$) ?(.*)"), levels, kinds) for words, levels, kinds in _LEVEL_WORDS
]
_LAST_WORDS = [
    (re.compile(rf"(.+) (?:{words})"), levels, kinds)
    for words, levels, kinds in [
        ("region", REGION, None),
        ("departement|dept|dpt", DEPARTEMENT, None),
        ("commune|ville", COMMUNE, None),
        ("communaute de communes", GROUP, frozenset({"CC"})),
        ("communaute d agglomeration|agglomeration|agglo", GROUP, LARGE_KINDS),
        ("metropole", GROUP, METROPOLE_KINDS),
        ("communaute urbaine", GROUP, frozenset({"CU", "METRO"})),
        ("interco|epci", GROUP, None),
        ("ept", GROUP, frozenset({"EPT"})),
    ]
]
_CONNECTORS = [
    ("de la ", ("la ", "")), ("de l ", ("l ", "")), ("de ", ("",)), ("du ", ("le ", "")), ("des ", ("les ", "")),
    ("d ", ("",)), ("le ", ("le ", "")), ("la ", ("la ", "")), ("les ", ("les ", "")), ("l ", ("l ", "")),
]  # fmt: skip


class Said(NamedTuple):
    """What words say of the level, and the name without them."""

    levels: frozenset[str]
    kinds: frozenset[str] | None
    rest: str


def said(name: str) -> list[Said]:
    """Each way in which a folded name says its level, first or last: « Mairie de », « X métropole »."""
    found = [
        Said(levels, kinds, match[1])
        for pattern, levels, kinds in _FIRST_WORDS
        if (match := pattern.fullmatch(name))
    ]
    return found + [
        Said(levels, kinds, match[1])
        for pattern, levels, kinds in _LAST_WORDS
        if (match := pattern.fullmatch(name))
    ]


def level_word(name: str) -> frozenset[str] | None:
    """The levels of a folded text that holds nothing but a level: « (région) », « (ville) »."""
    return next((item.levels for item in said(name) if not item.rest), None)


def without_connector(rest: str) -> list[str]:
    """The names that may follow « Mairie »: `le havre`, then `havre`, for `du havre`."""
    for start, replacements in _CONNECTORS:
        if rest.startswith(start):
            return [new + rest[len(start) :] for new in replacements]
    return [rest] if rest else []


_ROMAN = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10, "xi": 11, "xii": 12,
    "xiii": 13, "xiv": 14, "xv": 15, "xvi": 16, "xvii": 17, "xviii": 18, "xix": 19, "xx": 20,
}  # fmt: skip
_RANK = r"(?P<rank>\d{1,2}|[ivx]{1,5}(?= ?(?:e|er|eme|ieme|arr)))(?: ?(?P<ordinal>e|er|ere|eme|ieme|me|nd|nde|o))?"
_WORD = r"(?P<word>arrondissements?|arrdt|ardt|arrt|arr)"
_CITY = r"(?P<city>paris|lyon|marseille)"
_DISTRICTS = [
    re.compile(rf"{_CITY} (?:{_WORD} )?{_RANK}(?: (?:arrondissement|arrdt|ardt|arrt|arr))?"),
    re.compile(rf"(?:le |du )?{_RANK}(?: {_WORD})?(?: (?:de|a|d))? {_CITY}"),
    re.compile(rf"(?:le |du )?{_RANK}(?: {_WORD})?"),
]


class District(NamedTuple):
    """A municipal arrondissement, as said: « 13e » alone may be anything, « 13e arrondissement » be of two cities."""

    city: str
    number: int
    marked: bool
    worded: bool


def district(name: str) -> District | None:
    """« Paris 13e », « 3ème arrondissement de Lyon », « 13e »; None when the text is no arrondissement."""
    for pattern in _DISTRICTS:
        if match := pattern.fullmatch(name):
            groups = match.groupdict()
            rank = groups["rank"]
            number = int(rank) if rank.isdigit() else _ROMAN.get(rank, 0)
            marked = bool(groups["ordinal"] or groups.get("word"))
            named_first = pattern is _DISTRICTS[0]
            if 0 < number <= 20 and (named_first or marked):
                return District(groups.get("city") or "", number, marked, bool(groups.get("word")))
    return None


_CEDEX = re.compile(r"\b(?:cedex|cdx|cedx|c[ée]dex)\b\.?(?:\s*\d{1,2}\b)?", re.IGNORECASE)


def without_cedex(text: str) -> str | None:
    """The line without its CEDEX, None when it has none."""
    shorter = _CEDEX.sub(" ", text)
    return None if shorter == text else shorter.strip()


_BETWEEN = re.compile(r"(?:[;,/+&|\n•]|\s[-–—]\s)(?![^(\[]*[)\]])")
_AND = re.compile(r"\s(?:et|ou)\s(?![^(\[]*[)\]])", re.IGNORECASE)


def split(text: str) -> list[str]:
    """The places of a list: « Paris, Lyon », « 75-92 ». What is in brackets stays whole; *et* does not split."""
    if numbers := split_numbers(text):
        return numbers
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()]


def split_joined(text: str) -> list[str]:
    """What stands between *et* or *ou*, which may be inside a name: « Ille et Vilaine »."""
    return [part.strip() for part in _AND.split(text) if part.strip()]


def split_numbers(text: str) -> list[str]:
    """The numbers of « 75-92-93 », « 93, 94 »; empty when the text is anything else."""
    return re.findall(r"\w+", text) if _NUMBERS.fullmatch(text) else []


_NUMBERS = re.compile(r"(?:\d{2,3}|2[ABab])(?:[\s,;/&+-]+(?:\d{2,3}|2[ABab]))+")
STREET = re.compile(
    r"\b(?:rue|avenue|av|bd|boulevard|place|chemin|route|impasse|all[ée]e|quai|cours|bp|cs|hôtel|square)\b",
    re.IGNORECASE,
)

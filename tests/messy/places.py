"""The places that the invented contacts live in: real communes, departments and regions (code officiel 2026)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A commune with one of its postal codes and its department."""

    name: str
    code: str
    postcode: str
    department: str


_COMMUNES = """
Saint-Denis 93066 93200 93|Aubervilliers 93001 93300 93|Montreuil 93048 93100 93|Bobigny 93008 93000 93
Pantin 93055 93500 93|Stains 93072 93240 93|Saint-Ouen-sur-Seine 93070 93400 93|Bourg-en-Bresse 01053 01000 01
Oyonnax 01283 01100 01|Nantes 44109 44000 44|Saint-Herblain 44162 44800 44|Saint-Nazaire 44184 44600 44
Lyon 69123 69001 69|Villeurbanne 69266 69100 69|Vaulx-en-Velin 69256 69120 69|Vénissieux 69259 69200 69
Marseille 13055 13001 13|Toulouse 31555 31000 31|Lille 59350 59000 59|Roubaix 59512 59100 59
Tourcoing 59599 59200 59|Maubeuge 59392 59600 59|Saint-Quentin 02691 02100 02|Soissons 02722 02200 02
Saint-Denis 97411 97400 974|Saint-Pierre 97416 97410 974|Le Port 97407 97420 974|Pointe-à-Pitre 97120 97110 971
Fort-de-France 97209 97200 972|Cayenne 97302 97300 973|Mamoudzou 97611 97600 976|Ajaccio 2A004 20000 2A
Bastia 2B033 20200 2B|Strasbourg 67482 67000 67|Mulhouse 68224 68100 68|Rennes 35238 35000 35
Brest 29019 29200 29|Saint-Brieuc 22278 22000 22|Saint-Malo 35288 35400 35|Grenoble 38185 38000 38
Échirolles 38151 38130 38|Saint-Étienne 42218 42000 42|Saint-Chamond 42207 42400 42|Clermont-Ferrand 63113 63000 63
Dijon 21231 21000 21|Besançon 25056 25000 25|Le Havre 76351 76600 76|Rouen 76540 76000 76|Caen 14118 14000 14
Orléans 45234 45000 45|Tours 37261 37000 37|Angers 49007 49000 49|Le Mans 72181 72000 72|Bordeaux 33063 33000 33
Pau 64445 64000 64|Limoges 87085 87000 87|Poitiers 86194 86000 86|La Rochelle 17300 17000 17
Montpellier 34172 34000 34|Nîmes 30189 30000 30|Perpignan 66136 66000 66|Nice 06088 06000 06|Toulon 83137 83000 83
Avignon 84007 84000 84|Valence 26362 26000 26|Annecy 74010 74000 74|Chambéry 73065 73000 73|Amiens 80021 80000 80
Reims 51454 51100 51|Metz 57463 57000 57|Nancy 54395 54000 54|Charleville-Mézières 08105 08000 08|Gap 05061 05000 05
Privas 07186 07000 07|Foix 09122 09000 09|Évry-Courcouronnes 91228 91000 91|Créteil 94028 94000 94
Vitry-sur-Seine 94081 94400 94|Ivry-sur-Seine 94041 94200 94|Nanterre 92050 92000 92|Gennevilliers 92036 92230 92
Cergy 95127 95000 95|Argenteuil 95018 95100 95|Sarcelles 95585 95200 95|Mantes-la-Jolie 78361 78200 78
Trappes 78621 78190 78|Melun 77288 77000 77|Paris 75056 75001 75|Saint-Dié-des-Vosges 88413 88100 88
Cherbourg-en-Cotentin 50129 50100 50
"""


def _read_communes() -> list[Place]:
    entries = (entry.rsplit(" ", 3) for entry in _COMMUNES.strip().replace("\n", "|").split("|"))
    return [Place(name, code, postcode, department) for name, code, postcode, department in entries]


PLACES = _read_communes()
PLACE_BY_CODE = {place.code: place for place in PLACES}

#: Department code → (name, region code), for the departments of PLACES.
DEPARTMENTS = {
    "01": ("Ain", "84"), "02": ("Aisne", "32"), "05": ("Hautes-Alpes", "93"), "06": ("Alpes-Maritimes", "93"),
    "07": ("Ardèche", "84"), "08": ("Ardennes", "44"), "09": ("Ariège", "76"), "13": ("Bouches-du-Rhône", "93"),
    "14": ("Calvados", "28"), "17": ("Charente-Maritime", "75"), "21": ("Côte-d'Or", "27"),
    "22": ("Côtes-d'Armor", "53"), "25": ("Doubs", "27"), "26": ("Drôme", "84"), "29": ("Finistère", "53"),
    "2A": ("Corse-du-Sud", "94"), "2B": ("Haute-Corse", "94"), "30": ("Gard", "76"), "31": ("Haute-Garonne", "76"),
    "33": ("Gironde", "75"), "34": ("Hérault", "76"), "35": ("Ille-et-Vilaine", "53"), "37": ("Indre-et-Loire", "24"),
    "38": ("Isère", "84"), "42": ("Loire", "84"), "44": ("Loire-Atlantique", "52"), "45": ("Loiret", "24"),
    "49": ("Maine-et-Loire", "52"), "50": ("Manche", "28"), "51": ("Marne", "44"), "54": ("Meurthe-et-Moselle", "44"),
    "57": ("Moselle", "44"), "59": ("Nord", "32"), "63": ("Puy-de-Dôme", "84"), "64": ("Pyrénées-Atlantiques", "75"),
    "66": ("Pyrénées-Orientales", "76"), "67": ("Bas-Rhin", "44"), "68": ("Haut-Rhin", "44"), "69": ("Rhône", "84"),
    "72": ("Sarthe", "52"), "73": ("Savoie", "84"), "74": ("Haute-Savoie", "84"), "75": ("Paris", "11"),
    "76": ("Seine-Maritime", "28"), "77": ("Seine-et-Marne", "11"), "78": ("Yvelines", "11"), "80": ("Somme", "32"),
    "83": ("Var", "93"), "84": ("Vaucluse", "93"), "86": ("Vienne", "75"), "87": ("Haute-Vienne", "75"),
    "88": ("Vosges", "44"), "91": ("Essonne", "11"), "92": ("Hauts-de-Seine", "11"),
    "93": ("Seine-Saint-Denis", "11"), "94": ("Val-de-Marne", "11"), "95": ("Val-d'Oise", "11"),
    "971": ("Guadeloupe", "01"), "972": ("Martinique", "02"), "973": ("Guyane", "03"), "974": ("La Réunion", "04"),
    "976": ("Mayotte", "06"),
}  # fmt: skip

REGIONS = {
    "01": "Guadeloupe", "02": "Martinique", "03": "Guyane", "04": "La Réunion", "06": "Mayotte",
    "11": "Île-de-France", "24": "Centre-Val de Loire", "27": "Bourgogne-Franche-Comté", "28": "Normandie",
    "32": "Hauts-de-France", "44": "Grand Est", "52": "Pays de la Loire", "53": "Bretagne",
    "75": "Nouvelle-Aquitaine", "76": "Occitanie", "84": "Auvergne-Rhône-Alpes",
    "93": "Provence-Alpes-Côte d'Azur", "94": "Corse",
}  # fmt: skip

#: How a region is also written: abbreviations, spellings, regions of before 2016. All mean the region today.
REGION_SPELLINGS = {
    "11": ["IDF", "Ile de France", "ILE-DE-FRANCE", "Île de France", "I.D.F."],
    "24": ["Centre", "CENTRE VAL DE LOIRE"],
    "27": ["Bourgogne", "BFC", "Bourgogne Franche Comté"],
    "28": ["Haute-Normandie", "NORMANDIE"],
    "32": ["Nord-Pas-de-Calais", "HDF", "Hauts de France", "Picardie"],
    "44": ["Grand-Est", "Alsace", "Lorraine"],
    "52": ["Pays-de-la-Loire", "PDL"],
    "75": ["Aquitaine", "Nouvelle Aquitaine", "Poitou-Charentes"],
    "76": ["Midi-Pyrénées", "Languedoc-Roussillon", "OCCITANIE"],
    "84": ["Rhône-Alpes", "AURA", "Auvergne Rhône Alpes"],
    "93": ["PACA", "Provence-Alpes-Cote d'Azur"],
    "04": ["Réunion", "LA REUNION"],
}

#: A former commune and the one that took it in.
MERGED_COMMUNES = [
    ("Pierrefitte-sur-Seine", "93380", "93066"),
    ("Annecy-le-Vieux", "74940", "74010"),
    ("Lomme", "59160", "59350"),
    ("Cherbourg-Octeville", "50100", "50129"),
    ("Cran-Gevrier", "74960", "74010"),
]


def region_of(department: str) -> str:
    """The code of the region that this department belongs to."""
    return DEPARTMENTS[department][1]

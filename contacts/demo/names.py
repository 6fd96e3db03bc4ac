"""First names, family names, and the French around a place name."""

from __future__ import annotations

import random
import re

from crm.folding import fold_name


_WOMEN = """
Camille Nadia Sophie Claire Fatima Julie Isabelle Aïcha Nathalie Marion Céline Samira Anne-Laure Hélène Sarah
Émilie Leïla Marie-Pierre Catherine Chloé Khadija Valérie Élodie Yasmina Laure Mathilde Rokia Sandrine Inès
Béatrice Aurélie Maëlle Aminata Véronique Pauline Sylvie Assia Delphine Manon Florence Noémie Djamila Cécile
Justine Martine Lucie Zohra Agathe Brigitte Mélanie Odile Fanny Kadiatou Bénédicte Solène Malika Éléonore
Muriel Charlotte Naïma Estelle Oriane Gwenaëlle Marie-Noëlle Sabrina Perrine Faïza Corinne Anaïs Maïmouna
Clémence Christelle Loubna Élise Dominique Rachel Coralie
"""
WOMEN = _WOMEN.split()
_MEN = """
Hervé Karim Thomas Nicolas Mehdi Laurent Antoine Mamadou Julien Philippe Youssef Olivier Benoît Sébastien
Rachid Guillaume Jean-Marc Adrien Moussa Mathieu Pascal Bilal Vincent Alexis François Samuel Ibrahim Arnaud
Étienne Rémi Abdou Christophe Loïc Farid Jérôme Maxime Ousmane Gilles Quentin Hakim Frédéric Yannick Clément
Idriss Patrice Romain Amine Stéphane Yves Baptiste Souleymane Fabrice Gaël Nabil Damien Jean-Baptiste Cédric
Tristan Omar Bruno Erwan Malik Denis
"""
MEN = _MEN.split()
_FAMILY = """
Aubry Belkacem Quéméner Payet Lemoine Traoré Fournier Benali Girard Nguyen Chevalier Diallo Rousseau Haddad
Lefèvre Moreau Garnier Le~Goff Mercier Ouattara Blanchet Da~Silva Renaud Cherif Perrin Konaté Guérin Boukhari
Marchand Tessier Lacroix Hoarau Colin Bensaïd Lambert Carpentier Sissoko Vidal Roche Mansouri Leclerc Barbier
Fontaine Camara Riviere Adam Schmitt Picard Delattre Kaci Bourgeois Grondin Poirier Zidane Maillard Texier
Dupuis Sow Charpentier Legrand Ferrand Amrani Bouvier Klein Joly Prévost Berger Touré Hamon Leroux Masson
Cissé Gauthier Baron Michaud Keïta Delmas Robin Toussaint Bertin Meunier Saïdi Collet Huet Vasseur Pons Brun
Arnaud Coulibaly Descamps Lopez Boyer Lemaire Sylla Brunet Gaillard Giraud Morvan Aubert Rey Rolland Weber
Kerbrat Benoît Hubert Pichon Costa Daniel Martel Besson Baudry Mallet Fall Charles Olivier Deschamps Gros
Royer Boucher Leblanc Fabre Monnier Cordier Dumas Clément Évrard Philippe Brossard Hervieux Paris Bailly Noël
Langlois Fischer Ndiaye Pascal Verdier Blondel Ribeiro Marty Caron Chauvin Teissier Rault Gomes Hernandez
Sanchez Coste Levasseur Mahé Benard Tanguy
"""
FAMILY = [name.replace("~", " ") for name in _FAMILY.split()]  # ~ stands for a space


def person(rng: random.Random) -> tuple[str, str, bool]:
    """`(family name, first name, whether a woman)`; this network is two thirds women; one in twelve bears two names."""
    woman = rng.random() < 0.66
    name = rng.choice(FAMILY)
    if rng.random() < 0.083:
        name = f"{name}-{rng.choice(FAMILY)}"
    return name, rng.choice(WOMEN if woman else MEN), woman


# --- places -----------------------------------------------------------------------------------------------

_VOWEL = re.compile(r"(?:[aeiouyàâéèêëîïôûœ]|hé|hy)", re.IGNORECASE)
_PLURAL = {"Hauts-de-France", "Pays de la Loire", "Terres australes et antarctiques françaises"}
_MASCULINE = {"Centre-Val de Loire", "Grand Est"}


def of(name: str) -> str:
    """« de Nantes », « d’Aubervilliers », « du Havre », « des Ulis », « de La Courneuve »."""
    if name in _PLURAL or name in _MASCULINE:
        return f"{'des' if name in _PLURAL else 'du'} {name}"
    if name.startswith("Le "):
        return f"du {name[3:]}"
    if name.startswith("Les "):
        return f"des {name[4:]}"
    return f"d’{name}" if _VOWEL.match(name) else f"de {name}"


_OF_DEPARTMENT = {
    "de l’": "01 02 03 07 09 10 11 12 27 34 36 38 60 61 89 91",
    "des ": "04 05 06 08 13 22 40 64 65 66 78 79 88 92",
    "du ": "14 15 18 25 29 30 32 39 45 46 56 59 62 63 67 68 69 81 83 90 94 95",
    "de la ": "16 17 19 21 23 24 26 2A 2B 31 33 42 43 44 48 50 51 52 53 55 57 58 70 72 73 74 76 80 85 86 87 93 971 972 973",
    "d’": "28 35 37",
}
_PHRASE = {code: lead for lead, codes in _OF_DEPARTMENT.items() for code in codes.split()}


def of_department(name: str, code: str) -> str:
    """« de l’Ain », « du Bas-Rhin », « de Paris »: the article is a matter of usage, not of spelling."""
    return f"{_PHRASE.get(code, 'de ')}{name}"


def slug(name: str) -> str:
    """A name as an address writes it: `saint-denis`."""
    return fold_name(name).replace(" ", "-")

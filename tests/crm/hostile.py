"""Files that nobody should send: broken, disguised, oversized or cunning; always the same for one seed.

`hostile_files(count, seed)` yields first the ones made by hand, then mutants of honest files until there are enough.
"""

from __future__ import annotations

import gzip
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice

from tests.crm.raw_files import (
    CONTACTS,
    FREE,
    MAIN,
    MEGABYTE,
    ODS,
    XML,
    Value,
    archive,
    biff,
    bomb,
    delimited,
    flagged,
    ods,
    ods_parts,
    ods_rows,
    ole,
    patched_directory,
    recompressed,
    record,
    twice,
    xls,
    xls_cells,
    xlsx,
    xlsx_parts,
    xlsx_rows,
)


type File = tuple[str, bytes]

LAUGHS = '<!DOCTYPE x [<!ENTITY a "ah ah ah ah ah"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = (
    '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname"><!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]>'
)


def hostile_files(count: int, seed: int) -> Iterator[File]:
    """Yield so many files, each with a name."""

    made = [*_wrong_kinds(), *_broken_archives(), *_bombs(), *_xlsx(), *_ods(), *_xls(), *_csv()]
    yield from islice((*made, *_mutants(max(0, count - len(made)), seed)), count)


# --- by hand --------------------------------------------------------------------------------------------


def _wrong_kinds() -> Iterator[File]:
    honest = xlsx(CONTACTS)
    table = "<table><tr><td>Nom</td><td>Mail</td></tr><tr><td>Zoé</td><td>zoe@exemple.fr</td></tr></table>"
    yield "vide.xlsx", b""
    yield "blancs.csv", b" \r\n\t\r\n"
    yield "zéros.xlsx", b"\0" * 5_000
    yield "rapport.xlsx", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF"
    yield "photo.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\1" * 40
    yield "photo.csv", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(range(256))
    yield "image.xls", b"GIF89a\1\0\1\0\0\0\0;"
    yield "dessin.csv", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    yield "page.xls", f"<html><body>{table}</body></html>".encode()
    yield "page2.xls", f"\ufeff<html><body>{table}</body></html>".encode("utf-16-le")
    yield "table.xls", table.encode("cp1252")
    yield (
        "xml2003.xls",
        b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook><Worksheet/></Workbook>',
    )
    yield "flux.xml", f'{XML}<rss version="2.0"><channel/></rss>'.encode()
    yield "export.csv", b'[{"nom": "Dupont", "mail": "a@exemple.fr"}]'
    yield "carnet.csv", b"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Dupont\r\nEND:VCARD\r\n"
    yield "message.csv", b"From: a@exemple.fr\r\nSubject: liste\r\n\r\nBonjour\r\n"
    yield "texte.xls", b"{\\rtf1\\ansi Bonjour}"
    yield "lettre.xlsx", archive({"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"})
    yield "lettre.ods", archive({"mimetype": "application/vnd.oasis.opendocument.text"}, stored=["mimetype"])
    yield "diapos.xlsx", archive({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<p/>"})
    yield "liste.numbers", archive({"Index/Document.iwa": b"\0\1\2"})
    yield "binaire.xlsb", archive({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"\x83\1\0"})
    yield "dossier.zip", archive({"liste.xlsx": honest})
    yield (
        "poupées.zip",
        archive({"1.zip": archive({"2.zip": archive({"3.zip": archive({"liste.xlsx": honest})})})}),
    )
    yield "liste.csv.gz", gzip.compress(b"Nom;Mail\n", mtime=0)
    yield "liste.7z", b"7z\xbc\xaf\x27\x1c\0\4" + b"\0" * 64
    yield "liste.rar", b"Rar!\x1a\7\1\0" + b"\0" * 64
    yield "jeu.xlsx", b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + b"\0" * 200
    yield "programme", b"\x7fELF\2\1\1\0" + b"\0" * 200
    yield "lettre.xls", ole({"WordDocument": b"\xec\xa5" + b"\0" * 100})
    yield "secret.xlsx", ole({"EncryptionInfo": b"\4\0\4\0", "EncryptedPackage": b"\x10" * 8_000})
    yield "excel4.xls", record(0x0409, struct.pack("<HHH", 0, 0x10, 0)) + record(0x0A)
    yield "\u202e\0nom\n étrange" + "x" * 300 + ".xlsx", b"%PDF-1.7"


def _broken_archives() -> Iterator[File]:
    honest = xlsx(CONTACTS)
    parts = xlsx_parts(xlsx_rows(CONTACTS))
    for share in (0.1, 0.5, 0.9, 0.99):
        yield f"coupé-{share}.xlsx", honest[: int(len(honest) * share)]
    yield "début.xlsx", b"PK\3\4"
    yield "préfixe.xlsx", b"PK" + b"\0" * 600 + honest
    yield "commentaire.xlsx", honest[:-2] + struct.pack("<H", 22) + b"PK\5\6" + b"\0" * 18
    yield "secret.zip.xlsx", flagged(honest, 1)
    yield "autre-méthode.xlsx", recompressed(parts, zipfile.ZIP_LZMA)
    yield "bzip2.xlsx", recompressed(parts, zipfile.ZIP_BZIP2)
    yield "somme.xlsx", patched_directory(honest, "xl/worksheets/sheet1.xml", crc=1)
    for name in (
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/worksheets/sheet1.xml",
        "[Content_Types].xml",
    ):
        yield (
            f"sans-{name.replace('/', '-')}.xlsx",
            archive({key: part for key, part in parts.items() if key != name}),
        )
        yield f"vide-{name.replace('/', '-')}.xlsx", archive(parts | {name: ""})
    yield "deux-fois.xlsx", twice(parts, "xl/worksheets/sheet1.xml")
    yield (
        "ailleurs.xlsx",
        archive(
            parts
            | {
                "xl/_rels/workbook.xml.rels": str(parts["xl/_rels/workbook.xml.rels"]).replace(
                    "worksheets/", "../../../etc/"
                )
            }
        ),
    )
    yield "foule.xlsx", archive(parts | {f"xl/media/{n}.xml": "" for n in range(3_000)})
    yield "évasion.xlsx", archive(parts | {"../../../../tmp/evasion.xml": "<x/>"})


def _bombs() -> Iterator[File]:
    parts = xlsx_parts("")
    sheet, strings = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
    for megabytes, said in ((700, None), (100, None), (100, 1_000), (60, 4_000_000)):
        yield f"bombe-{megabytes}-{said}.xlsx", bomb(parts, sheet, megabytes, said)
        yield f"bombe-chaînes-{megabytes}-{said}.xlsx", bomb(parts, strings, megabytes, said)
        yield f"bombe-{megabytes}-{said}.ods", bomb(ods_parts(""), "content.xml", megabytes, said)
    rows = xlsx_rows([["Nom", "Mail"]])
    yield "coin.xlsx", archive(xlsx_parts('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
    yield (
        "deux-coins.xlsx",
        archive(xlsx_parts(rows + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
    )
    yield "large.xlsx", archive(xlsx_parts(rows + '<row r="400000"><c r="KN400000"><v>1</v></c></row>'))
    yield (
        "un-million-de-rangs.xlsx",
        archive(xlsx_parts(rows + "<row/>" * 1_000_000 + "<row><c><v>1</v></c></row>")),
    )
    yield "301-colonnes.xlsx", archive(xlsx_parts(xlsx_rows([[f"c{n}" for n in range(301)]])))
    yield "200-mille-et-plus.xlsx", archive(xlsx_parts("<row><c><v>1</v></c></row>" * 200_200))
    yield "texte.xlsx", archive(xlsx_parts(xlsx_rows([["Nom", "Mail"], ["x" * 5 * MEGABYTE, "y"]])))


def _xlsx() -> Iterator[File]:
    parts = xlsx_parts(xlsx_rows(CONTACTS))
    sheet, strings = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
    for name in (sheet, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        for kind, doctype in (("rires", LAUGHS), ("dehors", OUTSIDE)):
            yield (
                f"{kind}-{name.replace('/', '-')}.xlsx",
                archive(parts | {name: str(parts[name]).replace(XML, XML + doctype)}),
            )
    yield (
        "rires.xlsx",
        archive(parts | {strings: f'{XML}{LAUGHS}<sst xmlns="{MAIN}"><si><t>&c;</t></si></sst>'}),
    )
    yield "utf-16.xlsx", archive(parts | {sheet: str(parts[sheet]).encode("utf-16")})
    yield "latin-1.xlsx", archive(parts | {sheet: str(parts[sheet]).encode("cp1252", "replace")})
    yield (
        "chaînes.xlsx",
        archive(parts | {strings: f'{XML}<sst xmlns="{MAIN}" count="4294967295" uniqueCount="4294967295"/>'}),
    )
    yield "profond.xlsx", archive(xlsx_parts("<row><c><is>" * 100_000))
    rows: dict[str, str] = {
        "indice": '<row r="1"><c r="A1" t="s"><v>99999</v></c></row>',
        "indice-négatif": '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        "rang-zéro": '<row r="0"><c r="A0"><v>1</v></c></row>',
        "rang-négatif": '<row r="-1"><c r="A-1"><v>1</v></c></row>',
        "rang-énorme": '<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>',
        "colonne-énorme": '<row r="1"><c r="ZZZZZZZ1"><v>1</v></c></row>',
        "sans-chiffre": '<row r="1"><c r="A"><v>1</v></c></row>',
        "infini": '<row r="1"><c r="A1"><v>1e999</v></c><c r="B1"><v>NaN</v></c></row>',
        "style": '<row r="1"><c r="A1" s="4000000000"><v>1</v></c></row>',
        "type": '<row r="1"><c r="A1" t="??"><v>x</v></c></row>',
        "date": '<row r="1"><c r="A1" t="d"><v>9999-99-99T99:99:99</v></c></row>',
        "entité": '<row r="1"><c r="A1" t="inlineStr"><is><t>&nbsp;&#0;&#xFFFFFFFF;</t></is></c></row>',
        "contrôles": '<row r="1"><c r="A1" t="inlineStr"><is><t>a_x0000_b\x01c</t></is></c><c r="B1"><v>2</v></c></row>',
        "désordre": '<row r="9"><c r="C9"><v>1</v></c></row><row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>2</v></c></row>',
        "double": '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row><row r="1"><c r="A1"><v>3</v></c></row>',
        "formules": '<row r="1"><c r="A1" t="str"><f>HYPERLINK("http://127.0.0.1")</f><v>=1+1</v></c><c r="B1"><f>1</f></c></row>',
        "erreurs": '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1" t="e"><v>#QUOI!</v></c></row>',
        "vide": "",
        "commentaire": "<!-- -- --><row><c><v>1</v></c></row>",
    }  # fmt: skip
    for name, xml in rows.items():
        yield f"{name}.xlsx", archive(xlsx_parts(xml))
    yield "feuilles.xlsx", archive(xlsx_parts({f"F{n}": "" for n in range(300)}))
    yield "noms.xlsx", archive(xlsx_parts({"": xlsx_rows(CONTACTS), "\u202e<&>'": xlsx_rows(CONTACTS)}))
    yield "sans-feuille.xlsx", archive(xlsx_parts({}))


def _ods() -> Iterator[File]:
    parts = ods_parts(ods_rows(CONTACTS))
    content = str(parts["content.xml"])
    yield "coupé.ods", ods(CONTACTS)[:-80]
    yield (
        "rires.ods",
        archive(parts | {"content.xml": content.replace(XML, XML + LAUGHS)}, stored=["mimetype"]),
    )
    yield "sans-manifeste.ods", archive({"mimetype": ODS, "content.xml": content}, stored=["mimetype"])
    yield "sans-contenu.ods", archive({"mimetype": ODS, "META-INF/manifest.xml": "<m/>"}, stored=["mimetype"])
    secret = (
        '<manifest:manifest><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/>'
        "</manifest:file-entry></manifest:manifest>"
    )
    yield "secret.ods", archive(parts | {"META-INF/manifest.xml": secret}, stored=["mimetype"])
    cell = '<table:table-cell office:value-type="string"{}><text:p>x</text:p></table:table-cell>'
    for name, row, cells in (
        ("lignes", ' table:number-rows-repeated="1048576"', cell.format("") * 2),
        (
            "lignes-et-colonnes",
            ' table:number-rows-repeated="1048576"',
            cell.format(' table:number-columns-repeated="16384"'),
        ),
        ("colonnes", "", cell.format(' table:number-columns-repeated="2000000000"')),
        ("négatif", ' table:number-rows-repeated="-5"', cell.format(' table:number-columns-repeated="-1"')),
        ("trop-grand", ' table:number-rows-repeated="99999999999999999999999"', cell.format("")),
        ("loin", ' table:number-rows-repeated="1048575"', "<table:table-cell/>"),
    ):
        rows = f"<table:table-row{row}>{cells}</table:table-row><table:table-row>{cell.format('')}</table:table-row>"
        yield f"répété-{name}.ods", archive(ods_parts(rows), stored=["mimetype"])
    for kind, value in (
        ("boolean", "peut-être"),
        ("date", "9999-99-99"),
        ("float", "1e999"),
        ("time", "PT"),
        ("?", "x"),
    ):
        odd = f'<table:table-row><table:table-cell office:value-type="{kind}" office:{kind}-value="{value}" office:value="{value}"/></table:table-row>'
        yield f"valeur-{kind}.ods", archive(ods_parts(odd), stored=["mimetype"])


def _xls() -> Iterator[File]:
    cells = xls_cells(CONTACTS)
    honest = xls(CONTACTS)
    for share in (0.05, 0.3, 0.7, 0.95):
        yield f"coupé-{share}.xls", honest[: int(len(honest) * share)]
    yield "boucle.xls", ole({"Workbook": biff(cells)}, fat={2: 3, 3: 2})
    yield "boucle-d-un.xls", ole({"Workbook": biff(cells)}, fat={2: 2})
    yield "dehors.xls", ole({"Workbook": biff(cells)}, fat={2: 0x7FFFFFF0})
    yield "libre.xls", ole({"Workbook": biff(cells)}, fat={2: FREE})
    yield "secteur.xls", honest[:30] + struct.pack("<H", 31) + honest[32:]
    yield "répertoire.xls", honest[:48] + struct.pack("<I", 0x00FFFFFF) + honest[52:]
    yield "sans-flux.xls", ole({})
    yield "autre-flux.xls", ole({"Autre": b"x" * 100})
    yield "secret.xls", ole({"Workbook": biff(cells, before=record(0x002F, b"\1\0\1\0\1\0" + b"\0" * 48))})
    yield (
        "chaînes.xls",
        ole({"Workbook": biff(cells, before=record(0x00FC, struct.pack("<ii", 0x7FFFFFFF, 0x7FFFFFFF)))}),
    )
    yield (
        "chaînes-négatives.xls",
        ole({"Workbook": biff(cells, before=record(0x00FC, struct.pack("<ii", -1, -1)))}),
    )
    yield (
        "dimensions.xls",
        ole({"Workbook": biff(record(0x0200, struct.pack("<IIHHH", 0, 0xFFFFFFFF, 0, 0xFFFF, 0)) + cells)}),
    )
    yield "envers.xls", ole({"Workbook": biff(record(0x0200, struct.pack("<IIHHH", 9, 1, 9, 1, 0)) + cells)})
    corner = record(0x0203, struct.pack("<HHHd", 65_535, 65_535, 0, 1.0))
    yield "coins.xls", ole({"Workbook": biff(cells + corner)})
    yield "trop-long.xls", ole({"Workbook": biff(cells + struct.pack("<HH", 0x0203, 0xFFFF))})
    yield "formule.xls", ole({"Workbook": biff(record(6, b"\0" * 20) + record(0x0207, b"\xff\xff\1ab"))})
    yield "rk.xls", ole({"Workbook": biff(record(0x00BD, struct.pack("<HHHIH", 0, 9, 0, 0, 2)))})
    yield "fusion.xls", ole({"Workbook": biff(cells + record(0x00E5, struct.pack("<H", 0xFFFF)))})


def _csv() -> Iterator[File]:
    text = delimited(CONTACTS[:2])
    yield "zéros.csv", b"Nom;Mail\r\nA\0\0\0;b\r\n"
    yield "guillemet.csv", b'Nom;Mail\r\n"Dupont;a@exemple.fr\r\nMartin;b@exemple.fr\r\n'
    yield "guillemet-long.csv", b'Nom;Mail\r\n"Dupont;a\r\n' + b"Martin;b\r\n" * 20_000
    yield "une-ligne.csv", b"Nom;Mail" * 300_000
    yield "cellule.csv", b"Nom;Mail\r\n" + b"x" * 200_000 + b";y\r\n"
    yield "colonnes.csv", ";".join(map(str, range(500))).encode()
    yield "lignes.csv", b"Nom;Mail\r\n" + b"a;b\r\n" * 200_200
    yield "hasard.csv", random.Random(7).randbytes(20_000)
    yield "impair.csv", "Nom;Mail\r\nZoé;z".encode("utf-16") + b"x"
    yield "moitiés.csv", "Nom;Mail\r\n".encode("utf-16") + b"\x00\xd8" + ";a\r\n".encode("utf-16-le")
    yield "utf-32.csv", text.encode("utf-32")
    yield "utf-8-cassé.csv", text.encode().replace(b"\xc3\xa9", b"\xc3") + "éàèéàè".encode()
    yield "mélange.csv", b"Nom;Mail\rA;b\nC;d\r\nE;f"
    yield "séparateurs.csv", b";;;;;\r\n" * 50
    yield "marque.csv", b"\xef\xbb\xbf"
    yield "sep.csv", b"sep=\x07\r\nNom;Mail\r\n"
    yield "formules.csv", b"Nom;Mail\r\n=cmd|' /C calc'!A0;@SUM(1)\r\n+33;-2\r\n"
    yield "contrôles.csv", b"Nom;Mail\r\nA\x07\x08\x1b[31m;b\x7f\r\n" + b"C;d\r\n" * 500
    yield "bidi.csv", "Nom;Mail\r\n\u202eelas\u202c;a\u2066b\r\n".encode()
    yield "guillemets.csv", b'"' * 10_001
    yield "texte.csv", b"Bonjour,\r\n\r\nVoici la liste.\r\n"


# --- mutants -------------------------------------------------------------------------------------------


def _mutants(count: int, seed: int) -> Iterator[File]:
    """Yield honest files with a few bytes changed, moved, cut or doubled; half of the archives inside their parts."""

    chosen = random.Random(seed)
    rows: list[list[Value]] = list(CONTACTS)
    for number in range(60):
        rows.append([f"Nom{number}", "Prénom", f"n{number}@exemple.fr", number, "Thème"])
    makers: tuple[tuple[str, Callable[[], bytes]], ...] = (
        ("xlsx", lambda: xlsx(rows)),
        ("xlsx", lambda: archive({name: _mutated(part, chosen) for name, part in xlsx_parts(xlsx_rows(rows)).items()})),
        ("ods", lambda: ods(rows)),
        ("ods", lambda: archive(ods_parts("") | {"content.xml": _mutated(ods_parts(ods_rows(rows))["content.xml"], chosen)}, stored=["mimetype"])),
        ("xls", lambda: xls(rows)),
        ("csv", lambda: delimited(rows).encode(chosen.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252"]), "replace")),
    )  # fmt: skip
    for number in range(count):
        kind, make = makers[number % len(makers)]
        content = make()
        yield f"mutant-{number}.{kind}", content if number % 12 in (1, 3) else _mutated(content, chosen)


def _mutated(part: str | bytes, chosen: random.Random) -> bytes:
    out = bytearray(part.encode() if isinstance(part, str) else part)
    for _ in range(chosen.randint(1, 4)):
        if not out:
            break
        at = chosen.randrange(len(out))
        length = chosen.choice([1, 1, 1, 4, 40, 400])
        match chosen.randrange(6):
            case 0 | 1:
                out[at] = chosen.randrange(256)
            case 2:
                out[at] ^= 1 << chosen.randrange(8)
            case 3:
                del out[at : at + length]
            case 4:
                out[at:at] = out[at : at + length]
            case 5:
                out[at : at + length] = chosen.randbytes(length)
    return bytes(out)

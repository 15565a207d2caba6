"""How people keep, limit and give rights in other languages: one row for each way of saying it.

A row is (stem, kind, pattern). The stem is what the prefilter looks for; the pattern says what the
words mean. Patterns are over lower-case text; a space stands for white space and comment marks,
``~`` for none or some of those, ``…`` for up to 120 characters of the same sentence.

Phrases are the stock ones of notices: the translations of the GPL that the Free Software Foundation
lists (gnu.org/licenses/translations.html), and the formulas of copyright lines. Words that code is
about too ("copying is not allowed" of an object) need the leave of somebody, or a work, beside
them.
"""

# ruff: noqa: RUF001 - letters of other scripts are what this is about

from __future__ import annotations

from typing import Final

from ingest.detect.licensing.foreign_more import MORE_ROWS, Meaning

_RESERVED, _RESTRICTED, _FREE = Meaning.RESERVED, Meaning.RESTRICTED, Meaning.FREE
_DE_ACT: Final = (
    r"(?:vervielf\w+|kopie\w*|weitergabe|verbreit\w+|nachdruck|weiterverkauf|verkauf"
    r"|veröffentlich\w+|weiterverbreit\w+)"
)
_DE_USE: Final = r"(?:nutzung|verwendung|gebrauch|einsatz)"
_DE_NO: Final = r"(?:verboten|untersagt|nicht (?:gestattet|erlaubt|zulässig)|ausgeschlossen)"
_FR_ACT: Final = (
    r"(?:reproduction|diffusion|copie|redistribution|divulgation|vente|revente"
    r"|(?:usage|utilisation|exploitation) (?:commercia|à des fins)\w*)"
)
_ES_ACT: Final = (
    r"(?:copia|copiar|reproducci|reproducir|distribuci|distribuir|redistribu|difusi|divulgaci"
    r"|uso comercial|venta|cesi[oó]n)"
)
_PT_ACT: Final = (
    r"(?:cópia|copiar|reprodu|distribu|redistribu|divulga|uso comercial|venda|revenda|cessão)"
)
_IT_ACT: Final = (
    r"(?:riproduzion|copia|distribuzion|ridistribu|diffusion|divulgazion|uso commerciale|vendita"
    r"|utilizzo commerciale|cessione)"
)
ROWS: Final = (
    # German
    ("vorbehalten", _RESERVED, r"alle rechte(?: sind)? vorbehalten"),
    (
        "vervielf",
        _RESTRICTED,
        rf"{_DE_ACT}…(?:{_DE_NO}|nur (?:mit|nach)…(?:genehmig|zustimm|erlaubn))",
    ),
    (
        "weitergabe",
        _RESTRICTED,
        rf"{_DE_ACT}…(?:{_DE_NO}|nur (?:mit|nach)…(?:genehmig|zustimm|erlaubn))",
    ),
    (
        "verboten",
        _RESTRICTED,
        (
            rf"(?:{_DE_ACT}|(?:kommerziell|gewerblich)\w*…|{_DE_USE} (?:dies|der|in|im"
            rf"|für)\w*…)…{_DE_NO}"
        ),
    ),
    (
        "untersagt",
        _RESTRICTED,
        (
            rf"(?:{_DE_ACT}|(?:kommerziell|gewerblich)\w*…|{_DE_USE} (?:dies|der|in|im"
            rf"|für)\w*…)…{_DE_NO}"
        ),
    ),
    (
        "nicht gestattet",
        _RESTRICTED,
        rf"(?:{_DE_ACT}|(?:kommerziell|gewerblich)\w* {_DE_USE})…{_DE_NO}",
    ),
    (
        "nicht erlaubt",
        _RESTRICTED,
        rf"(?:{_DE_ACT}|(?:kommerziell|gewerblich)\w* {_DE_USE})…{_DE_NO}",
    ),
    ("ausgeschlossen", _RESTRICTED, rf"{_DE_USE} (?:in|im|für|durch)…ist…ausgeschlossen"),
    (
        "kommerziell",
        _RESTRICTED,
        (
            r"(?:nur|ausschließlich|lediglich) (?:für|zu|zur"
            r"|zum) (?:\w+ )?(?:nicht-?~?kommerziell)|nicht (?:für|zu)…kommerziell\w+ (?:zweck"
            r"|nutz|gebrauch)|keine kommerziell\w+ (?:nutz|verwend)|kommerziell\w+ (?:nutzung"
            r"|verwendung|einsatz)…(?:genehmig|zustimm|erlaubn|lizenz erforder|bedarf)"
        ),
    ),
    (
        "internen",
        _RESTRICTED,
        (
            r"(?:(?:nur|ausschlie(?:ß|ss)lich|lediglich) )?(?:für|fuer|zu|zum) (?:den |die "
            r"|unseren )?"
            r"(?:rein )?(?:firmen|betriebs)?intern\w+ (?:gebrauch|nutzung|verwendung)"
            r"(?= (?:bestimmt|gedacht|vorgesehen|freigegeben|bei|der|des|innerhalb)|~[.!\n]|$)"
        ),
    ),
    ("dienstgebrauch", _RESTRICTED, r"nur für den dienstgebrauch"),
    (
        "vertraulich",
        _RESTRICTED,
        (
            r"(?:streng|strikt|firmen|absolut)(?: |-)?vertraulich|(?:(?:^|\n)[^\w\n]{0,12}"
            r"|[.–-] )vertraulich(?=\s*(?:[!.]|-|\n|$))|vertraulich\w* (?:und proprietär"
            r"|dokument|unterlage)"
        ),
    ),
    (
        "betriebsgeheimnis",
        _RESTRICTED,
        r"(?:betriebs|geschäfts)geheimnis\w*(?: der| des| von| und)",
    ),
    (
        "zustimmung",
        _RESTRICTED,
        (
            r"ohne (?:\w+ ){0,4}(?:zustimmung|genehmigung|erlaubnis)…(?:nicht|weder)…(?:kopier"
            r"|vervielf|weiterge|verbreit|veröffentl|genutzt|verwendet)|darf (?:nicht"
            r"|weder)…(?:kopier|vervielf|weiterge|verbreit)…ohne…(?:zustimmung|genehmigung"
            r"|erlaubnis)"
        ),
    ),
    (
        "genehmigung",
        _RESTRICTED,
        rf"(?:{_DE_ACT}|{_DE_USE})…ohne…genehmigung…{_DE_NO}|bedarf…genehmigung",
    ),
    ("lesbarer form", _RESTRICTED, rf"{_DE_ACT}…(?:in lesbarer form|des quell)…"),
    ("weitergegeben", _RESTRICTED, r"darf (?:nicht|weder)…(?:weitergegeben|veröffentlicht)"),
    ("gemeinfrei", _FREE, r"gemeinfrei"),
    # French
    ("droits r", _RESERVED, r"tous(?: les)? droits(?: sont)? r[ée]serv[ée]s"),
    (
        "interdit",
        _RESTRICTED,
        (
            rf"(?:{_FR_ACT}…interdit|interdi\w* (?:de|d.|la|toute)…(?:copier|reproduire|diffuser"
            r"|distribuer|vendre|redistribuer|reproduction|diffusion|copie|vente"
            r"|usage commercial|utilisation commerciale))"
        ),
    ),
    (
        "sans l",
        _RESTRICTED,
        (
            rf"{_FR_ACT}…sans l.?(?:accord|autorisation|permission|consentement)|ne (?:peut|doit"
            r"|peuvent)…(?:copi|reprodui|diffus|distribu)\w+…sans l"
        ),
    ),
    (
        "sans autorisation",
        _RESTRICTED,
        rf"(?:{_FR_ACT}|ne (?:peut|doit)…(?:copi|reprodui|diffus|distribu))…sans autorisation",
    ),
    (
        "non commercial",
        _RESTRICTED,
        (
            r"(?:usage|utilisation|fins?)s? non[ -]commercia\w+…(?:uniquement|seulement"
            r"|exclusivement)|(?:uniquement|seulement|exclusivement|r[ée]serv[ée]\w*)…(?:usage"
            r"|utilisation|fins?)s? non[ -]commercia"
        ),
    ),
    (
        "usage interne",
        _RESTRICTED,
        (
            r"(?:strictement|exclusi\w+|uniquement|r[ée]serv[ée]\w*)…(?:à |pour )?(?:un "
            r"|l.)?usage interne|usage (?:strictement )?interne (?:uniquement|exclusi\w+"
            r"|à la société|de la société|seulement|strict)"
        ),
    ),
    (
        "confidentiel",
        _RESTRICTED,
        (
            r"(?:strictement|document|fichier|code source|hautement"
            r"|propriétaire et) (?:\w+ et )?confidentiel|confidentiel (?:et propriétaire|-"
            r"|société|entreprise)|(?:^|\n)[^\w\n]{0,12}confidentiel(?=\s*(?:[!.]|-|\n|$))"
        ),
    ),
    ("diffusion restreinte", _RESTRICTED, r"diffusion restreinte"),
    (
        "usage commercial",
        _RESTRICTED,
        (
            r"(?:pas d.|aucun |sans )usage commercial|usage commercial…(?:interdit|soumis"
            r"|autorisation)"
        ),
    ),
    (
        "propriété",
        _RESTRICTED,
        (
            r"propriété (?:exclusive |intellectuelle )*(?:de la société|de l.entreprise"
            r"|exclusive|du groupe)"
        ),
    ),
    ("ne pas diffuser", _RESTRICTED, r"ne pas (?:re)?(?:diffuser|distribuer|divulguer|copier)"),
    ("domaine public", _FREE, r"(?:dans|au) (?:le )?domaine public"),
    # Spanish
    (
        "derechos reservados",
        _RESERVED,
        r"todos los derechos(?: est[aá]n| son)? reservados|derechos reservados",
    ),
    ("prohibid", _RESTRICTED, rf"prohibid[oa]s?…{_ES_ACT}|{_ES_ACT}…prohibid"),
    ("prohibe", _RESTRICTED, rf"se proh[ií]be…{_ES_ACT}"),
    ("prohíbe", _RESTRICTED, rf"se proh[ií]be…{_ES_ACT}"),
    (
        "sin autorizaci",
        _RESTRICTED,
        (
            rf"(?:{_ES_ACT}|no (?:se )?(?:puede|podr[aá]|debe)…(?:copi|reprodu|distribu|us"
            r"|divulg))…sin autorizaci"
        ),
    ),
    ("no se permite", _RESTRICTED, rf"no se permite…{_ES_ACT}"),
    (
        "uso comercial",
        _RESTRICTED,
        (
            r"(?:no (?:para|apto para|permit\w+)|excepto|salvo)…uso comercial"
            r"|uso comercial (?:sin|requiere|no permitido)"
        ),
    ),
    (
        "uso no comercial",
        _RESTRICTED,
        (
            r"(?:solo|sólo|únicamente|exclusivamente) para uso no comercial"
            r"|uso no comercial (?:solamente|únicamente|exclusiv)"
        ),
    ),
    (
        "uso interno",
        _RESTRICTED,
        (
            r"(?:c[oó]digo|software|documento|archivo|fichero|programa|exclusivo|exclusivamente"
            r"|solo|sólo|únicamente|c[oó]digo fonte|somente|apenas|arquivo)(?: \w+)? (?:de|para"
            r"|para o|per|ad) uso (?:estritamente |estrictamente )?interno|uso (?:exclusivamente"
            r"|estrictamente|estritamente) interno|uso interno (?:exclusiv|da empresa"
            r"|de la empresa|dell.azienda)"
        ),
    ),
    (
        "para uso",
        _RESTRICTED,
        (
            r"(?:solo|sólo|únicamente|exclusivamente|apenas|somente|só) para uso (?:acad[eéê]mic"
            r"|personal|pessoa|educa|intern|no comercia|não comercia|privado)"
        ),
    ),
    (
        "para fin",
        _RESTRICTED,
        (
            r"(?:solo|sólo|únicamente|exclusivamente|apenas|somente"
            r"|só) para fin(?:e)?s (?:acad[eéê]mic|personal|pessoa|educa|intern|no comercia"
            r"|não comercia|de investiga|de pesquisa|didá)"
        ),
    ),
    ("o distribuir", _RESTRICTED, r"(?:não|\bno) (?:re)?distribuir\b"),
    (
        "uso interno d",
        _RESTRICTED,
        r"(?:(?:^|\n)[^\w\n]{0,12}|[.] )(?:para )?uso interno (?:da|do|de la|del|de) \w",
    ),
    (
        "confidencial",
        _RESTRICTED,
        (
            r"(?:estrictamente|estritamente|documento|archivo|arquivo|c[oó]digo|informaci[oó]n"
            r"|informa[çc][ãa]o) (?:propietari\w+ y |propriet[aá]ri\w+ e )?confidencial(?:es"
            r"|is)?(?: de| da| do| y| e|\s*[.!\n])|(?:^"
            r"|\n)[^\w\n]{0,12}confidencial(?=\s*(?:[!.]|-|\n|$))"
        ),
    ),
    ("dominio público", _FREE, r"dominio público"),
    ("dominio publico", _FREE, r"dominio publico"),
    # Portuguese
    (
        "direitos reservados",
        _RESERVED,
        r"todos os direitos(?: s[ãa]o)? reservados|direitos reservados",
    ),
    ("proibid", _RESTRICTED, rf"proibid[oa]s?…{_PT_ACT}|{_PT_ACT}…proibid"),
    (
        "sem autoriza",
        _RESTRICTED,
        rf"(?:{_PT_ACT}|não (?:pode|deve)…(?:copia|reprodu|distribu|us|divulg))…sem autoriza",
    ),
    ("para uso comercial", _RESTRICTED, r"(?:exceto|salvo|não|vedado)…para uso comercial"),
    (
        "não comercia",
        _RESTRICTED,
        (
            r"(?:somente|apenas|exclusivamente|só)…(?:uso|fins) não comercia|(?:uso"
            r"|fins) não comercia\w+ (?:apenas|somente)"
        ),
    ),
    ("domínio público", _FREE, r"domínio público"),
    # Italian
    ("diritti riservati", _RESERVED, r"tutti i diritti(?: sono)? riservati|diritti riservati"),
    ("vietat", _RESTRICTED, rf"vietat[aeio]…{_IT_ACT}|{_IT_ACT}…vietat"),
    (
        "senza autorizzazione",
        _RESTRICTED,
        (
            rf"(?:{_IT_ACT}|non (?:può|possono)…(?:copiat|riprodott|distribuit"
            r"|usat))…senza autorizzazione"
        ),
    ),
    (
        "senza il consenso",
        _RESTRICTED,
        (
            rf"(?:{_IT_ACT}|non (?:può|possono)…(?:copiat|riprodott|distribuit"
            r"|usat))…senza il consenso"
        ),
    ),
    ("uso personale", _RESTRICTED, r"(?:solo|esclusivamente|soltanto) (?:per|ad) uso personale"),
    (
        "non commerciale",
        _RESTRICTED,
        (
            r"(?:solo|esclusivamente|soltanto) (?:per|ad) (?:uso|scopi|fini) non commercial"
            r"|uso non commerciale"
        ),
    ),
    (
        "confidenziale",
        _RESTRICTED,
        (
            r"(?:strettamente|documento|codice|riservato e) confidenziale|(?:strettamente"
            r"|documento|codice) riservato"
        ),
    ),
    ("strettamente riservato", _RESTRICTED, r"strettamente riservat"),
    ("pubblico dominio", _FREE, r"(?:di|nel|in) pubblico dominio"),
    *MORE_ROWS,
)
"""(stem, meaning, pattern)"""

LICENSE_WORDS: Final = (
    "lizenz",
    "licencia",
    "licença",
    "licenza",
    "licentie",
    "licencj",
    "lisans",
    "лицензи",
    "ライセンス",
    "许可证",
    "許可證",
    "许可协议",
    "开源协议",
    "授权协议",
    "授權",
    "라이선스",
    "라이센스",
    "licence",
)
"""The word for a license, as a stem."""
FREE_SOFTWARE: Final = (
    "logiciel libre",
    "software libre",
    "software livre",
    "software libero",
    "wolnym oprogramowaniem",
    "свободн",
    "自由软件",
    "自由軟體",
    "özgür yazılım",
    "に従って",
    "协议开源",
    "协议发布",
    "协议授权",
    "の下で",
    "に基づ",
    "자유 소프트웨어",
)
"""What else the notices of free licenses hold."""

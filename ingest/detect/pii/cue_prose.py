"""Readers of names that a request, a duty or a deed introduces, in the languages of comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ingest.detect.pii.cue_names import is_given_name, is_plain_surname
from ingest.detect.pii.cue_reading import Reading
from ingest.detect.pii.engine import Hit
from ingest.detect.pii.names import WORD, NameRun, read_name

_CAPITAL: Final = r"[A-Z\xc3-\xd5]"
_OPENER: Final = r"(?:^|[^A-Za-z0-9_\x80-\xff])"
"""What goes before a word; for Hyperscan no letter outside ASCII is one of a word."""
_BY: Final = (
    r"(?:(?:manten|escri|cr[ie]a|desarrolla|desenvolv|revisa|hech|fei|programa|realiza|modifica"
    r"|elabora|implementa|traduci|mant|dise\xc3\xb1a)[a-z]{0,3}[oa]s? por"
    r"|(?:\xc3\xa9crit|cr\xc3\xa9\xc3\xa9|d\xc3\xa9velopp\xc3\xa9|maintenu|r\xc3\xa9alis\xc3\xa9"
    r"|modifi\xc3\xa9|r\xc3\xa9dig\xc3\xa9|con\xc3\xa7u|traduit|relu|valid\xc3\xa9|cod\xc3\xa9|ecrit"
    r"|cree|developpe|modifie)e?s? par"
    r"|(?:geschrieben|erstellt|entwickelt|gepflegt|betreut|ge\xc3\xa4ndert|programmiert|gewartet"
    r"|\xc3\xbcbersetzt|gepr\xc3\xbcft|freigegeben|angelegt|bearbeitet|gefunden|gemeldet) von"
    r"|(?:scritt|creat|sviluppat|mantenut|realizzat|modificat|tradott)[oaie] da"
    r"|(?:geschreven|gemaakt|ontwikkeld|onderhouden|beheerd|aangepast|vertaald|gevonden) door"
    r"|(?:napisan|stworzon|utrzymywan|utworzon|zmodyfikowan|opracowan)[eyao] przez"
    r"|(?:skriven|skapad|utvecklad|underh\xc3\xa5lls|skrevet|laget|utviklet|vedlikeholdt) av"
    r"|(?:lavet|udviklet|skrevet|vedligeholdt) af"
    r"|(?:corrig|test|ajout|signal|demand|propos|modifi|v\xc3\xa9rifi|r\xc3\xa9vis)\xc3\xa9e?s? par"
    r"|(?:gemeten|getest|opgelost|gewijzigd|toegevoegd|gemeld|nagekeken) door"
    r"|(?:korrigiert|behoben|gemessen|getestet|gew\xc3\xbcnscht|beauftragt|vorgeschlagen) von"
    r"|(?:corrig|prob|solicit|ped|aprob|aprov|test|verific|valid|report|sugeri"
    r"|encontr)[a-z]{0,3}[oa]s? por"
    r"|(?:corrett|testat|verificat|richiest|approvat|segnalat)[oaie] da"
    r"|(?:zmienion|poprawion|sprawdzon|dodan|przygotowan"
    r"|zatwierdzon|zg\xc5\x82oszon)[eyao] przez):?"
)
"""A deed and who did it: *written by*, *maintained by* in nine languages."""
_DOERS: Final = (
    r"(?:vytvo\xc5\x99il|napsal|k\xc3\xa9sz\xc3\xadtette|yazan|haz\xc4\xb1rlayan|geli\xc5\x9ftiren"
    r"|traduction|traducci\xc3\xb3n|tradu\xc3\xa7\xc3\xa3o|traduzione|vertaling|t\xc5\x82umaczenie"
    r"|p\xc5\x99eklad|\xc3[\x96\xb6]vers\xc3\xa4ttning|oversettelse|overs\xc3\xa6ttelse|\xc3[\x87\xa7]eviri"
    r"|last-translator|translator|traducteur|traductor|\xc3[\x9c\xbc]bersetz(?:er(?:in)?|ung|t)|autor(?:a|in)?|verfasserin"
    r"|auteure|autrice|entwickler(?:in)?|d\xc3\xa9veloppeuse|desarrolladora?|sviluppatore"
    r"|t\xc3\xa1c gi\xe1\xba\xa3"
    r"|\xd1\x80\xd0\xb0\xd0\xb7\xd1\x80\xd0\xb0\xd0\xb1\xd0\xbe\xd1\x82\xd0\xb0\xd0\xbb|\xd0\xbd\xd0\xb0\xd0\xbf\xd0\xb8\xd1\x81\xd0\xb0\xd0\xbb)"
)
"""Who did it, before a colon."""
_DUTIES: Final = (
    r"(?:ansprechpartner(?:in)?|kontakt(?:person)?|r\xc3\xbcckfragen(?: bitte)? an"
    r"|verantwortlich(?:er?)?"
    r"|zust\xc3\xa4ndig|betreuer(?:in)?|projektleit(?:er|erin|ung)|responsable|encargad[oa]|contacto"
    r"|contact(?: ?person)?|r\xc3\xa9f\xc3\xa9rente?|interlocut(?:eur|rice)|contatto|referente"
    r"|responsabile|contactpersoon|verantwoordelijke?|ansvarig|ansvarlig|kontaktperson"
    r"|yhteyshenkil\xc3\xb6|sorumlu|odpowiedzialn[yae]|kapcsolattart\xc3\xb3|respons\xc3\xa1vel"
    r"|\xd0\xbe\xd1\x82\xd0\xb2\xd0\xb5\xd1\x82\xd1\x81\xd1\x82\xd0\xb2\xd0\xb5\xd0\xbd\xd0\xbd\xd1\x8b"
    r"\xd0\xb9|\xd0\xba\xd0\xbe\xd0\xbd\xd1\x82\xd0\xb0\xd0\xba\xd1\x82|(?:code ?|product ?)?owner"
    r"|maintainer|(?:tech|team|project) ?lead|point of contact|poc|dri|on-?call|assignee|reviewer"
    r"|entschuldigt|protokoll(?:f\xc3\xbchrer(?:in)?)?|moderation|leitung|excus\xc3\xa9e?s?|notulist|afwezig"
    r"|r\xc3\xa9dacteur|rapporteur|secr\xc3\xa9taire|animateur|ponente|relatore|signataire|absent|excused"
    r"|approver|reporter|requester|escalation|backup|primary|secondary|signed|prepared|caller)"
)
"""Who answers for it, before a colon."""
_TALKS: Final = (
    r"(?:ask|asked|talk(?:ed)? to|talk(?:ed)? with|spoke(?:n)? (?:to|with)|speak (?:to|with)"
    r"|(?:check(?:ed)?|discussed|agreed|confirmed|cleared|paired|met) with"
    r"|chat(?:ted)? with|sync(?:ed)? with|coordinate[d]? with|work(?:ed)? with|borrowed from"
    r"|learned from|on behalf of|in memory of|credits? to|fragen?|frag|preguntar? a|hablar con"
    r"|chiedere a|demander \xc3\xa0|contacter|merci \xc3\xa0|gracias a|danke? an|dank an|grazie a"
    r"|vraag|bedankt|tack till|takk til|tak til|zapytaj|pytaj|abstimmung mit|absprache mit)"
)
"""Talk that only a person can have part in."""
_POINTS: Final = (
    r"(?:call|see|voir|siehe|ver|zie|vedi|se|ping|cc|per|by|bug|poke|email|e-mail|notify|page"
    r"|laut|selon|seg\xc3\xban|volgens|enligt|contact|via|at the request of|reported to"
    r"|escalate to|hand(?:ed)? (?:over|off) to|found by)"
)
"""What points at people, and at things as well."""
_PARTS: Final = (
    r"(?:[a-z]{3,14}(?:\xc3\xa9e?s? par|ad[oa]s? por|id[oa]s? por|t[oaie] da)"
    r"|ge[a-z]{3,14}(?:t|en) (?:von|door))"
)
"""Any deed in the passive of French, Spanish, Portuguese, Italian, German and Dutch."""
_LABELS: Final = (
    r"(?:layout|design|texte?|fotos?|photos?|illustrations?|grafik|korrektur|relecture|idee|idea"
    r"|konzept|umsetzung|redaktion|bearbeitung|dise\xc3\xb1o|texto|ideia|opmaak|foto)"
)
"""A part of a work, before a colon and who made it."""
_ASKS: Final = (
    r"(?:ask|frag(?:en?|t)?(?: sonst| bitte| mal| einfach)?|fragen sie|r\xc3\xbccksprache mit"
    r"|preguntar a"
    r"|pregunta a|preg\xc3\xbantale a|pedir a|perguntar (?:a|ao|\xc3\xa0)|falar com|hablar con"
    r"|consultar con|consultar a"
    r"|chiedere a|chiedi a|parlare con|sentire|demander \xc3\xa0|demande \xc3\xa0|voir avec"
    r"|parler \xc3\xa0|contacter"
    r"|overleg(?:gen)?(?: eerst| even)? met|vraag(?: eerst| even| het)?(?: aan)?|bespreken met"
    r"|navragen bij"
    r"|zapytaj|zapyta\xc4\x87|pytaj|fr\xc3\xa5ga|sp\xc3\xb8r|sp\xc3\xb8rg|prata med|snakk med"
    r"|tal med|kysy"
    r"|talk(?:ed)? to|talk(?:ed)? with|sp(?:eak|oke) (?:to|with)|checked with|discussed with"
    r"|agreed with"
    r"|paired with|merci \xc3\xa0|gracias a|danke? an|dank an|grazie a|obrigad[oa] a|bedankt)"
)
"""Requests and thanks, behind which a first name may stand alone."""
PROSE: Final = {
    "deed": rf"{_OPENER}(?i:{_BY})[ \t]{{1,3}}{_CAPITAL}",
    "doer": rf"{_OPENER}(?i:{_DOERS})[ \t]{{0,4}}:[ \t]{{0,4}}{_CAPITAL}",
    "duty": rf"{_OPENER}(?i:{_DUTIES})[ \t]{{0,4}}(?::|=|\xef\xbc\x9a| -)[ \t\"']{{1,4}}{_CAPITAL}",
    "talk": rf"(?i:\b{_TALKS}):?[ \t]{{1,2}}{_CAPITAL}",
    "part": rf"{_OPENER}(?i:{_PARTS})[ \t]{{1,3}}{_CAPITAL}",
    "label": rf"{_OPENER}(?i:{_LABELS})[ \t]{{0,2}}:[ \t]{{1,2}}{_CAPITAL}",
    "ask": rf"{_OPENER}(?i:{_ASKS}) {_CAPITAL}",
    "note": rf"\b(?:TODO|FIXME|XXX|HACK|NOTE|BUG)[ \t:-]{{1,3}}@?{_CAPITAL}",
    "hello": r"(?:^|[\"'>n])[ \t]{0,8}(?:Hallo|Hi|Hello|Hey|Dear|Liebe|Lieber|Bonjour|Salut"
    r"|Hola|Ciao|Ol\xc3\xa1"
    rf"|Beste|Hei|Hej|Cze\xc5\x9b\xc4\x87|Bom dia|Moin|Servus) {_CAPITAL}",
    "is": r"(?i:\b(?:contact|owner|lead|maintainer|backup|author|manager|on-call|responsible"
    r"|reviewer|editor)"
    rf" (?:is|was)) {_CAPITAL}",
    "point": rf"(?i:\b{_POINTS}):?[ \t]{{1,2}}{_CAPITAL}",
}
"""What the readers below read from, for Hyperscan."""
_END: Final = re.compile(
    r"[ \t]*(?:$|[\r\n]|[<(\[,;:.\"'*\-\u2013/)}\]&|#!?@\\]|\d)|[ \t]+[^\W\d_A-Z]"
)
"""What ends a name in a sentence: a mark, or a word that begins small."""
_PAIR: Final = re.compile(
    r"(?:,? (?:and|or|und|oder|et|ou|y|o|e|en|og|och|&)|,|/) ?(?:then )?(?=[^\W\d_a-z])"
)
_THEN: Final = re.compile(r"[^.;\n]{0,40}?[,.] then (?=[^\W\d_a-z])")
_GOES_ON: Final = re.compile(r" [A-Z]|[\w(=/@:_]|\.\w|'s? [A-Z]")
_ADDRESSED: Final = re.compile(r"[:,] ")
_GREETED: Final = re.compile(r"(?:[,!]|[\"'<]|\\n)?[ \t]*(?:$|[\r\n\"'<,\\])")
_BY_ALONE: Final = (b" by ", b"(by ", b"\nby ")
"""Behind it works and deeds are somebody's, and hardly ever a thing's."""
_IN_LITERAL: Final = re.compile(r"[\"'`<]")
_LETTERS: Final = frozenset(("txt", "eml", "md", "msg", "mbox"))
_LABEL: Final = re.compile(r"\(|[ \t]*[={]|\.\w|::")
"""What goes on with code behind the words."""


def after_duty(reading: Reading) -> Iterator[Hit]:
    """Read ``Ansprechpartnerin: Jane Quux`` and ``owner: Jane Quux / platform``, listed or not."""
    yield from _names(reading, is_sure=True)


def after_talk(reading: Reading) -> Iterator[Hit]:
    """Read ``ask Jane Quux if …``, listed or not."""
    yield from _names(reading, is_sure=True)


def after_pointer(reading: Reading) -> Iterator[Hit]:
    """Read ``call Jane Quux, then Joe Bar`` where first name or surname is listed; or ``by``."""
    is_by = reading.data[reading.start - 4 : reading.start].lower().endswith(_BY_ALONE)
    yield from _names(reading, is_sure=is_by)


def after_request(reading: Reading) -> Iterator[Hit]:
    """Read a first name alone after ``frag``, ``chiedere a`` and the like; endings may be bent."""
    word = WORD.match(reading.ahead)
    if word is None or read_name(reading.ahead, 0) or _GOES_ON.match(reading.ahead, word.end()):
        return
    name = word.group().rstrip(".")
    if any(is_given_name(reading, each) for each in (name, *_straight(name))):
        yield reading.hit("person.given", (0, len(name)))


def after_note(reading: Reading) -> Iterator[Hit]:
    """Read ``FIXME Jane: …``, a listed first name alone."""
    word = WORD.match(reading.ahead)
    if (
        word
        and _ADDRESSED.match(reading.ahead, word.end())
        and is_given_name(reading, word.group())
    ):
        yield reading.hit("person.given", (0, word.end()))


def after_greeting(reading: Reading) -> Iterator[Hit]:
    """Read ``Hallo Jane,``: a first name before a comma or the end; in letters any."""
    word = WORD.match(reading.ahead)
    if word is None or not _GREETED.match(reading.ahead, word.end()):
        return
    name = word.group()
    # "Hello Jane" alone in a literal is the text of a test
    if reading.line_behind.endswith("Hello ") and _IN_LITERAL.match(reading.ahead, word.end()):
        return
    is_strange = reading.suffix in _LETTERS and is_plain_surname(reading, name)
    if is_given_name(reading, name) or is_strange:
        yield reading.hit("person.hinted", (0, word.end()))


def _straight(name: str) -> Iterator[str]:
    """Yield what a Slavic name is called that stands in the accusative."""
    if name.endswith(("\u0119", "u")):
        yield name[:-1] + "a"
    if name.endswith("a"):
        yield name[:-1]


def _names(reading: Reading, *, is_sure: bool) -> Iterator[Hit]:
    at = 0
    while run := _name(reading, at, is_sure=is_sure):
        yield reading.hit("person.hinted", (run.start, run.end))
        follows = _PAIR.match(reading.ahead, run.end) or _THEN.match(reading.ahead, run.end)
        if follows is None:
            return
        # the second of two may be anything: then a list must know it
        at, is_sure = follows.end(), False


def _name(reading: Reading, at: int, *, is_sure: bool) -> NameRun | None:
    run = read_name(reading.ahead, at)
    if run is None or not _END.match(reading.ahead, run.end):
        return None
    judge = reading.judge
    if judge.reason_against(run.words) or _LABEL.match(reading.ahead, run.end):
        return None
    is_known = judge.is_likely_person(run.words)
    return run if is_known or (is_sure and judge.is_plain(run.words)) else None

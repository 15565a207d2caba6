"""What stands before a person or a login in the forms that no window is opened for.

A gate opens a window, and every recognizer of its type reads it; a cue ends at the first byte of
what it introduces, and one reader looks there and nowhere else. So rare forms, such as revision
tables, vCards and log lines, cost nothing where they do not stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ingest.detect.funnel import MULTILINE
from ingest.detect.pii import (
    cue_citations,
    cue_credits,
    cue_fields,
    cue_halves,
    cue_lists,
    cue_literals,
    cue_logins,
    cue_names,
    cue_numbers,
    cue_prose,
    cue_records,
    tables,
)
from ingest.detect.pii.cue_reading import Reading
from ingest.detect.pii.engine import Hit
from ingest.detect.pii.names import NameJudge

Reader = Callable[[Reading], Iterator[Hit]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One form: what Hyperscan looks for, and who reads on from the end of its match."""

    expression: str
    """Ends with the first byte of the value, where not said otherwise by its reader."""
    read: Reader


_CAPITAL: Final = r"[A-Z\xc3-\xd5]"
_WIDE: Final = r"[\xd7-\xdb\xe0-\xed]"
_QUOTE: Final = r"[\"'`]?"
_DATE: Final = (
    r"(?:[12][0-9]{3}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}"
    r"|[0-9]{1,2}[- ][A-Z][a-z]{2}[- ][0-9]{2,4}|[0-9]{2}/[0-9]{2})"
)
_OPENER: Final = r"(?:^|[^A-Za-z0-9_\x80-\xff])"


def _words(text: str) -> str:
    return "|".join(text.split())


_CHANGED: Final = (
    r"changed|modified|updated|edited|revised|created|maintained|written|reviewed|checked|tested"
    r"|ge(?:ae|\xc3\xa4)ndert|erstellt|bearbeitet|modifi\xc3\xa9|modificado|creado|cr\xc3\xa9\xc3\xa9"
    r"|last[ -]?(?:change|update|edit|modification)d?|letzte \xc3\x84nderung"
)
_WIDE_DOERS: Final = (
    "作成者|修改人|修改者|修正者|更新者|変更者|担当者|担当|依頼者|責任者|連絡先|レビュー|承認者|翻訳者|负责人|创建人|创建者|维护者|维护人"
    "|开发者|开发人员|审核人|审核|编写者|编写|编写人|联系人|작성자|담당자|담당|수정자|승인자|검토자|번역자|المؤلف|الكاتب|مؤلف|המחבר|מחבר"
)
"""Who wrote, changed, checked or asked for it, in scripts without capitals."""


def _bytes(text: str) -> str:
    """Return words as escaped bytes, for Hyperscan."""
    return "".join(c if c.isascii() else "".join(f"\\x{b:02x}" for b in c.encode()) for c in text)


_AUTHORS: Final = (
    r"programmer|programmed|coder|autore?s?|auteure?s?|verfasser|ersteller|bearbeiter|sachbearbeiter"
    r"|ansprechpartner|gesch\xc3\xa4ftsf\xc3\xbchrer|geschaeftsfuehrer|principal investigator"
    r"|point of contact|\xd0\xb0\xd0\xb2\xd1\x82\xd0\xbe\xd1\x80"
)

CUES: Final = (
    Cue(
        expression=_DATE + rf"(?:[ \t]{{0,2}}[-:,|]|[ \t]{{1,4}}by)?[ \t]{{1,8}}{_CAPITAL}",
        read=cue_names.after_date,
    ),
    Cue(expression=rf"(?i:\bauthor)\.[ \t]{{2,24}}{_CAPITAL}", read=cue_names.after_author),
    Cue(
        expression=rf"(?i:{_AUTHORS})[ \t]{{0,8}}[.:=][ \t]{{0,12}}{_CAPITAL}",
        read=cue_names.after_author,
    ),
    Cue(
        expression=rf"(?i:{_CHANGED})(?:[ \t]{{0,8}}[:.=]|[ \t]{{1,2}}(?i:by|von|par|por|on|am)"
        rf"[: \t])[ \t]{{0,8}}(?:{_DATE}[ \t,]{{1,4}})?(?:(?i:by|von)[ \t]{{1,2}})?{_CAPITAL}",
        read=cue_names.after_change,
    ),
    Cue(
        expression=rf"(?i:@author)[ \t]{{1,8}}<a [^<>\n]{{1,200}}>[ \t]{{0,2}}{_CAPITAL}",
        read=cue_names.after_author,
    ),
    Cue(
        expression=rf"(?i:name={_QUOTE}(?:dc\.)?(?:author|creator){_QUOTE}"
        rf"[ \t\n]{{1,4}}content={_QUOTE})" + _CAPITAL,
        read=cue_names.after_author,
    ),
    Cue(
        expression=r"(?i:mailto:)[^<>\n]{3,160}>[ \t]{0,2}" + _CAPITAL,
        read=cue_names.after_link,
    ),
    Cue(expression=r"\]\((?i:mailto:)", read=cue_names.before_link),
    Cue(
        expression=r"[A-Za-z\x80-\xff.\"'] {2,4}<[A-Za-z0-9_.+-]{1,64}@",
        read=cue_names.before_mail,
    ),
    Cue(expression=r"[\x80-\xbf] {1,4}<[A-Za-z0-9_.+-]{1,64}@", read=cue_names.before_mail),
    Cue(
        expression=r"(?:(?i:[@\\]author)[ \t]{1,4}|(?:(?i:\bauthors?)|\xe4\xbd\x9c\xe8\x80\x85"
        rf"|{_bytes(_WIDE_DOERS)})"
        r"[ \t]{0,4}(?:[:=]|\xef\xbc\x9a))[ \t\"']{0,4}" + _WIDE,
        read=cue_names.wide_after_author,
    ),
    Cue(
        expression=r"\b(?:Mr|Mrs|Ms|Herr|Herrn|Frau|Sra|Srta|Mme|Mlle|Dhr|Mevr|Dipl\.-Ing|Ing|Mag"
        rf"|Dr|Prof)\.?[ \t]{{1,2}}{_CAPITAL}",
        read=cue_names.after_title,
    ),
    Cue(
        expression=r"(?i:regards|cheers|sincerely|yours|gr(?:\xc3\xbc|ue)(?:\xc3\x9f|ss)en?"
        r"|cordialement|saludos|saluti|h\xc3\xa4lsningar|hilsen)[,.!]?"
        r"[ \t]{0,2}(?:\r?\n|\\n|<br ?/?>)"
        rf"(?:[ \t#*/;>-]{{0,8}}(?:\r?\n|\\n))?[ \t#*/;>-]{{0,8}}{_CAPITAL}",
        read=cue_names.after_closing,
    ),
    Cue(
        expression=r"(?i:\b(?:copy|behalf|mail|passport|account) of|\bc/o|\bz\. ?hd\."
        r"|\b(?:attn|post an"
        r"|signed by|met with|meeting with|call with|talked to|spoke (?:to|with)):?)[ \t]{1,2}"
        + _CAPITAL,
        read=cue_names.after_link_word,
    ),
    Cue(
        expression=r"(?i:\b(?:call|ask|ping|contact|assigned to|talk to|check with|discussed with"
        r"|according to|(?:maintained|reviewed|written|owned|created|approved|found|reported|fixed"
        r"|requested) by)) " + _CAPITAL,
        read=cue_names.after_verb,
    ),
    Cue(expression=cue_prose.PROSE["deed"], read=cue_prose.after_duty),
    Cue(expression=cue_prose.PROSE["doer"], read=cue_names.after_author),
    Cue(expression=cue_prose.PROSE["duty"], read=cue_prose.after_duty),
    Cue(expression=cue_prose.PROSE["talk"], read=cue_prose.after_talk),
    Cue(expression=cue_prose.PROSE["point"], read=cue_prose.after_pointer),
    Cue(expression=cue_prose.PROSE["part"], read=cue_prose.after_pointer),
    Cue(expression=cue_prose.PROSE["label"], read=cue_prose.after_pointer),
    Cue(expression=cue_prose.PROSE["ask"], read=cue_prose.after_request),
    Cue(expression=cue_prose.PROSE["note"], read=cue_prose.after_note),
    Cue(expression=cue_prose.PROSE["hello"], read=cue_prose.after_greeting),
    Cue(expression=cue_prose.PROSE["is"], read=cue_prose.after_pointer),
    Cue(
        expression=r"\]\(https?://(?:www\.)?(?:github|gitlab|twitter|x|linkedin)\.com/[A-Za-z0-9]",
        read=cue_credits.before_profile,
    ),
    Cue(
        expression=rf"^[ \t]{{0,12}}[-*+][ \t]{{1,3}}(?:\*\*|__){_CAPITAL}",
        read=cue_credits.alone_in_bold,
    ),
    Cue(
        expression=rf"[(\[]{_CAPITAL}[A-Za-z\x80-\xff.'-]{{0,20}} {_CAPITAL}"
        r"[^()\[\]\n]{1,80}[)\]][.,;]?$",
        read=cue_credits.at_line_end,
    ),
    Cue(
        expression=rf"[\"\xbb\xab\x9d\x9c>] (?:\xe2\x80[\x93\x94]|--) {_CAPITAL}",
        read=cue_credits.after_quote,
    ),
    Cue(
        expression=rf"^[ \t]{{1,12}}(?:19|20)[0-9]{{2}}(?:-(?:19|20)?[0-9]{{2}})?,? {_CAPITAL}",
        read=cue_credits.after_year,
    ),
    Cue(
        expression=rf"^[ \t]{{0,8}}-(?: [^\n]{{4,80}})? (?i:by|par|von|door|por|da|av|af)"
        rf" {_CAPITAL}",
        read=cue_credits.ends_entry,
    ),
    Cue(
        expression=rf"^[ \t*_/#>]{{0,6}}(?:\xe2\x80[\x93\x94]|--)[ \t]{{0,2}}{_CAPITAL}",
        read=cue_credits.after_dash,
    ),
    Cue(
        expression=r"^[ \t]{0,8}(?:#+|//+|--+|;+|%+|!+|/?\*+)[ \t]{1,4}(?:\*[ \t]{1,2})?"
        rf"{_CAPITAL}"
        r"[^\n,;:()0-9]{4,40}(?:[,:(]|[ \t])[ \t]{0,24}(?i:on )?(?:[A-Z][a-z]{2,8}\.?[ ,]{0,2})?"
        r"(?:[0-9]{1,2}(?i:st|nd|rd|th)?[./, -]{1,2})?(?:[A-Z][a-z]{2,8}\.?[ ,]{1,2})?"
        r"(?:[0-9]{1,2}[./,-][ ]?)?(?:19|20)[0-9]{2}",
        read=cue_credits.before_year,
    ),
    Cue(
        expression=_OPENER
        + r"[A-Z\xc3-\xd5][A-Za-z\x80-\xff-]{3,20} (?:will|says|said|wants|wanted|asked|wrote|told"
        r"|suggested|noted"
        r"|mentioned|promised|thinks) [a-z]",
        read=cue_names.before_verb,
    ),
    Cue(
        expression=r"^N(?:;[^:\n]{1,60})?:[^;\n]{2,40};" + _CAPITAL,
        read=cue_fields.split_card,
    ),
    Cue(
        expression=r"(?i:\b(?:person|user|employee|customer|student|contact|patient|member"
        rf"|teacher|mitarbeiter|kunde|personname|fullname|name|author)\([ \t]{{0,2}}"
        rf"(?:given[ \t]{{0,2}}=[ \t]{{0,2}})?)[\"']{_CAPITAL}",
        read=cue_fields.in_call,
    ),
    Cue(
        expression=r"@[A-Za-z0-9][A-Za-z0-9.-]{2,60}[\"'] {0,2}, {0,2}[\"']" + _CAPITAL,
        read=cue_fields.after_mail_literal,
    ),
    Cue(
        expression=r"[\"'] {0,2}, {0,2}[\"'][A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9]",
        read=cue_fields.before_mail_literal,
    ),
    Cue(
        expression=rf"[\"']{_CAPITAL}[^\"'\n]{{1,30}}[\"'] ?, ?[\"']{_CAPITAL}[^\"'\n]{{1,30}}"
        r"[\"'] ?, ?[\"'][A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9]",
        read=cue_fields.before_pair_mail,
    ),
    Cue(
        expression=_OPENER
        + r"(?i:name|nome|nombre|nom|naam|navn|namn|nimi|cn|display_?name)[\"'`]?[ \t]{0,4}[:=>]"
        rf"[ \t]{{0,4}}{_QUOTE}{_CAPITAL}",
        read=cue_fields.bare_name,
    ),
    *(Cue(expression=form, read=cue_halves.half) for form in cue_halves.HALF),
    Cue(expression=cue_halves.COMPARED, read=cue_halves.compared),
    Cue(
        expression=rf"\bperson\([ \t]{{0,2}}(?:given[ \t]{{0,2}}=[ \t]{{0,2}})?"
        rf"(?:c\([ \t]{{0,2}})?\"{_CAPITAL}",
        read=cue_fields.in_person,
    ),
    Cue(expression=cue_literals.GIVEN, read=cue_literals.given_literal),
    Cue(expression=cue_citations.CITATIONS["numbered"], read=cue_citations.numbered),
    Cue(expression=cue_citations.CITATIONS["dated"], read=cue_citations.dated),
    Cue(expression=cue_citations.CITATIONS["titled"], read=cue_citations.titled),
    Cue(expression=tables.RULER, read=tables.drawn_table),
    Cue(expression=cue_records.RECORDS["bib"], read=cue_records.bibliography),
    Cue(expression=cue_records.RECORDS["dn"], read=cue_records.distinguished_name),
    Cue(expression=cue_records.RECORDS["mail"], read=cue_records.reversed_before_mail),
    Cue(expression=cue_records.RECORDS["credits"], read=cue_records.translator_credits),
    Cue(expression=cue_records.RECORDS["cell"], read=cue_records.in_cell),
    Cue(expression=cue_records.RECORDS["cite"], read=cue_records.in_cell),
    Cue(expression=cue_records.RECORDS["block"], read=cue_records.in_block),
    Cue(expression=cue_records.RECORDS["wide"], read=cue_records.wide_in_field),
    Cue(
        expression=r"(?i:__credits__|credits|attendees|participants|present|speakers|teilnehmer"
        r"|anwesend|employees|members|staff|reviewers|people|persons|team|authors|contributors"
        rf"|maintainers)[\"'`]?[ \t]{{0,4}}[:=][ \t]{{0,4}}[\[({{]?\s{{0,12}}{_QUOTE}{_CAPITAL}",
        read=cue_lists.after_heading,
    ),
    Cue(
        expression=r"\b(?:TODO|FIXME|XXX|HACK)[ \t:]{1,3}@?[a-z][a-z0-9_.-]{1,30}:[ \t\n]",
        read=cue_logins.after_note,
    ),
    Cue(
        expression=r"[0-9a-f.:]{3,39} [^ \n]{1,40} [A-Za-z][A-Za-z0-9._@\\-]{1,38} "
        r"\[[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:",
        read=cue_logins.before_log_time,
    ),
    Cue(
        expression=r"[0-9]{3}[0-9 ./-]{2,10}[0-9A-Z][\"'`]?[,;)]{0,3}[ \t]{1,8}"
        r"(?://|#|--|/\*)[ \t]{0,3}[A-Za-z\x80-\xff]",
        read=cue_numbers.named_by_comment,
    ),
    Cue(
        expression=r"(?:Accepted|Failed) [a-z/-]{3,30} for [A-Za-z_]",
        read=cue_logins.in_log,
    ),
    Cue(expression=cue_logins.BRACKETED, read=cue_logins.behind_name),
    Cue(expression=cue_logins.FIELD, read=cue_logins.in_field),
    Cue(expression=r"session (?:opened|closed) for user [A-Za-z_]", read=cue_logins.in_log),
    Cue(
        expression=r"(?i:\buid)=[A-Za-z][A-Za-z0-9._-]{1,38},(?i:ou|cn|dc)=", read=cue_logins.in_dn
    ),
    Cue(
        expression=r"^[a-z_][a-z0-9_.-]{1,31}:[x*!]?:[0-9]{4,6}:[0-9]{1,6}:",
        read=cue_logins.in_passwd,
    ),
)


def cue_hits(
    data: bytes, suffix: str, ends: Mapping[int, Sequence[int]], judge: NameJudge
) -> Iterator[Hit]:
    """Yield what the readers find at the match ends of their cues; spans in bytes.

    `ends`: place of the cue in `CUES` to its match ends.
    """
    for number in sorted(ends):
        read, read_to = CUES[number].read, 0
        for end in ends[number]:
            if end >= read_to:
                reading = Reading(data=data, suffix=suffix, end=end, judge=judge)
                yield from read(reading)
                read_to = reading.read_to


FLAGS: Final = MULTILINE
"""Of every cue: lines begin anywhere."""

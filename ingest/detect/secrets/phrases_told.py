"""Sentences that tell a login: notes, manuals and remarks, in several languages."""

from __future__ import annotations

from typing import Final

from ingest.detect.secrets.phrase import Phrase

_USER: Final = (
    rb"(?:user(?:name)?|login|benutzer(?:name)?|usuario|usu\xc3\xa1rio|utilisateur"
    rb"|gebruiker|utente)"
)
_LONG: Final = (
    rb"(?:passw(?:or)?d|passwort|passphrase|passcode|kennwort|wachtwoord|mot de passe"
    rb"|contrase\xc3\xb1a|clave|senha|\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c|palavra-passe|l\xc3\xb6senord(?:et)?|adgangskode(?:n)?"
    rb"|passord(?:et)?|salasana|has\xc5\x82o|heslo|jelsz\xc3\xb3|parola"
    rb"|(?:shared|pre-?shared)[ -](?:secret|key))"
)
_SHORT: Final = rb"(?:pass|pwd?|mdp|pin)"
_WORD: Final = rb"(?:" + _LONG + rb"|" + _SHORT + rb")"
_BEGIN: Final = rb"(?:^|[^a-z_.])"
_IS: Final = rb"[ \t]{1,2}(?:is[t]?|was|war|lautet|est)[ \t:]{1,3}"
_IS_ANYWHERE: Final = (
    rb"[ \t]{1,2}(?:is[t]?|was|war|lautet|est|es|\xc3\xa9|\xc3\xa8|\xc3\xa4r|er|je|jest"
    rb"|\xe2\x80[\x93\x94])[ \t:]{1,3}"
)
_ODD: Final = (
    rb"(?=[^\s0-9]{0,40}[0-9])(?=[^A-Za-z\s]{0,40}[A-Za-z])[\w!?@#$%^&*+=\x80-\xff-]{6,64}"
)
"""Letters and digits: what no sentence has but for a name or a secret."""
_ODD_VALUE: Final = rb"(?P<v4>" + _ODD + rb")(?=[.,;:!)]{0,2}(?:\s|$|-->|\*/|[\"'`\\]))"
_MARKED: Final = rb"[\"'`*]{1,2}(?P<v1>[^\s\"'`*<>]{4,64})[\"'`*]"
_NO_NAME: Final = (
    rb"(?i:(?![\w.-]{0,40}(?:token|key|name|user|pass|pwd|secret|auth|oauth|env|api|id\b)))"
)
"""Not the word for what is to be put there: ``use `x-access-token` as the password``."""

TOLD: Final = (
    Phrase(
        "login told",
        rb"\b" + _USER + rb"[ \t:=]{1,3}[^\s,;/]{1,40}"
        rb"[ \t,;/]{1,3}(?:(?:and|with|und|mit|y|con|et)[ \t])?"
        rb"(?:pass(?:word|wort|wd)?|pwd?|kennwort|mdp)[ \t:=]{1,3}",
        rb"(?:[\"'`](?P<v1>[^\s\"'`]{4,64})[\"'`]"
        rb"|(?P<v4>(?=\S{0,40}[0-9!@#$%&*_-])[^\s\"'`,;()<>\\]{4,64})(?=[\s,;)\"'\\]|$))",
        before=rb"(?i)" + _USER + rb"[ \t:=]{1,3}"
        rb"(?!(?:to|can|may|must|should|will|could|would|who|you|does|the|a|cannot|not)\s)",
        is_caseless=True,
    ),
    Phrase(
        "said",
        _LONG + _IS_ANYWHERE,
        rb"(?:(?:now|still|jetzt|noch|(?:hard-?coded|set|changed|reset)[ ]to)[ ])?(?:"
        + _MARKED
        + rb"|"
        + _ODD_VALUE
        + rb")",
        is_caseless=True,
    ),
    Phrase("said in short", _BEGIN + _SHORT + _IS, _ODD_VALUE, is_caseless=True),
    Phrase(
        "said in east asia",
        rb"(?:\xe5\xaf\x86(?:\xe7\xa0\x81|\xe7\xa2\xbc)|\xe5\x8f\xa3\xe4\xbb\xa4"
        rb"|\xe3\x83\x91\xe3\x82\xb9\xe3\x83\xaf\xe3\x83\xbc\xe3\x83\x89"
        rb"|\xeb\xb9\x84\xeb\xb0\x80\xeb\xb2\x88\xed\x98\xb8)"
        rb"(?:\xe3\x81\xaf|\xe6\x98\xaf|\xe4\xb8\xba|\xe7\x82\xba|\xeb\x8a\x94)",
        rb"[ \t]{0,2}(?:[\"'`]|\xe3\x80\x8c|\xe2\x80\x9c)?"
        rb"(?P<v4>(?=[^\s0-9]{0,40}[0-9])[\w.!@#$%^&*+-]{6,64})",
    ),
    Phrase(
        "said for what",
        _WORD
        + rb"[ \t](?:for|of|to|f\xc3\xbcr|fuer|zum|zur|pour|du|de|para|del|voor|van|f\xc3\xb6r|til"
        rb"|do|per|\xd0\xbe\xd1\x82|\xd0\xb4\xd0\xbb\xd1\x8f|\xd0\xba|\xd0\xbd\xd0\xb0)"
        rb"[ \t][^:=\n\"'(){}<>]{2,40}(?:[:=]|\xe2\x80[\x93\x94])[ \t]",
        rb"[ \t]?(?:" + _MARKED + rb"(?=\s|$|[.,;)])|" + _ODD_VALUE + rb")",
        is_caseless=True,
    ),
    Phrase(
        "said of what",
        _LONG + rb"(?:[ \t](?:for|of|to|at|in|on|auf|im|am|bei|f\xc3\xbcr|zum|zur|pour|du|de|del|p"
        rb"ara|do|da|voor|van|per)"
        rb"[ \t][^:=\n\"'(){}<>]{2,40}?[ \t](?:is[t]?|lautet|est|es|\xc3\xa9|\xc3\xa8)[ \t:]"
        rb"|[ \t]\([^()\n]{2,40}\)[ \t]?:[ \t])",
        rb"[ \t]?(?:" + _MARKED + rb"(?=\s|$|[.,;)])|" + _ODD_VALUE + rb")",
        is_caseless=True,
    ),
    Phrase(
        "told in short",
        rb"[^a-z0-9_.$-](?:pw|pwd|passwd|pword|pass)[ \t]",
        # A word of a program with its number is none: ``pass arg2``.
        rb"[ \t]?(?![A-Za-z_]+[0-9]{1,3}[!?.,;:)]*(?:\s|$)|[0-9]+[a-z]{1,3}\s)"
        rb"(?=[\w]{2,40}[!?@#$%&*+=])(?!\w+[?!]?[=&]|\w+(?:\.\w+)*\()" + _ODD_VALUE,
        is_caseless=True,
    ),
    Phrase(
        "said in german",
        rb"(?:passwort|kennwort|losung|zugangscode|pin)[^\n:.]{0,40} lautet[ :]{1,2}",
        rb"(?:(?:jetzt|nun|noch|ab sofort|immer) )?[\"'`*]{0,2}(?!(?:wie|der|die|das|[e]in\w*|"
        rb"folg\w*)\b)"
        rb"(?P<v4>(?=[^\s]{0,40}[A-Z0-9!@#$%&*_-])[^\s\"'`*,;()<>]{5,64})",
        is_caseless=True,
    ),
    Phrase(
        "marked",
        _LONG + rb"[ \t]{1,2}[`*]",
        rb"[`*]{0,2}(?P<v1>(?=[^\s\"'`*]{0,60}[0-9!@#$%&])(?=[^A-Za-z]{0,40}[A-Za-z])[^\s\"'`*<>=-][^\s\"'`*<>=]{4,63})[`*]",
        is_caseless=True,
    ),
    Phrase(
        "marked pair",
        rb"(?:login|zugang(?:sdaten)?|credentials?|anmeldung|acceso|acc\xc3\xa8s|accesso)[^"
        rb"\n:`]{0,24}:[ \t]{1,2}[`*]",
        rb"[`*]{0,2}[\w.@-]{1,30}[`*]{1,2}[ \t]*/[ \t]*[`*]{1,2}(?P<v1>[^\s`*]{4,64})[`*]",
        is_caseless=True,
    ),
    Phrase(
        "passphrase",
        rb"passphrase[^\n:\"'=]{0,40}:[ \t]",
        rb"[ \t]?(?![^\n]*\b(?:the|a|an|is|are|to|of|for|your|you|must|use|used|from|or|and)\b)"
        rb"(?P<v4>[a-z]{3,16}(?:[ ][a-z]{3,16}){3,7})[ \t]*(?:\r|\n|$)",
        is_caseless=True,
    ),
    Phrase(
        "pair by slash",
        rb"\b(?:login|user|benutzer|konto|account|compte|usuario|utente)[ \t:=]{1,3}[A-Za-z]"
        rb"[\w.@-]{1,30}"
        rb"[ \t]{1,2}/[ \t]{1,2}",
        rb"(?:(?:pw|pass\w*|kennwort)[: ]{1,2})?"
        + _NO_NAME
        + rb"(?P<v4>(?=[^\s]{0,40}[0-9!@#$%&*_-])"
        rb"(?=[^A-Za-z\s]{0,40}[A-Za-z])[^\s\"'`,;()<>{}*/]{6,64})(?=[.,;)]?(?:\s|$))",
        is_caseless=True,
    ),
    Phrase(
        "answered",
        rb"\b(?:passw(?:or)?d|passwort|passphrase|pw|creds|mdp|contrase\xc3\xb1a|senha)\b"
        rb"[^\n?]{0,60}\?[ \t*_\"]{0,4}\r?\n",
        rb"(?:[> \t]*\r?\n)?[> \t*_-]{0,8}(?:\[?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?\]?[ \t]{1,3})?"
        rb"(?:[<*_]{0,2}[\w@][\w .@-]{0,24}[:>][*_ \t]{1,4})"
        rb"(?:(?:it'?s|its|try|use|that'?s|sure,?|(?:es )?is[t]|es|c'est)[ \t])?"
        rb"(?:" + _MARKED + rb"|(?=\S{10})" + _ODD_VALUE + rb")",
        # What a form asks is answered by a label.
        before=rb"(?<![^\n])(?![^\n]*(?:forg[eo]t|lost|reset|change|vergessen|oubli|olvid))[^\n]*\?",
        is_caseless=True,
    ),
    Phrase(
        "as the password",
        rb"[\"'`*][ \t](?:as|al[s]|comme|como|come|som)[ \t](?:the[ \t]|its[ \t]|das[ \t]|a[ \t])?"
        + _WORD,
        rb"",
        before=rb"[\"'`*]"
        + _NO_NAME
        + rb"(?P<v1>(?=[^\s\"'`*]{0,60}[0-9-])[A-Za-z][^\s\"'`*<>{}$/(:]{5,63})"
        rb"[\"'`*]{1,2}[ \t]\w{2,5}[ \t][^\n]{0,40}$",
        is_caseless=True,
    ),
    Phrase(
        "temporary",
        rb"\b(?:temp(?:orary)?|initial|vorl\xc3\xa4ufiges|tempor\xc3\xa4res|provisoire"
        rb"|temporal|tijdelijk|interim)[ \t]" + _WORD + rb"[ \t]{1,2}",
        rb"(?:" + _MARKED + rb"(?=\s|$|[.,;)])|" + _ODD_VALUE + rb")",
        is_caseless=True,
    ),
    Phrase(
        "pair told",
        rb"\b(?:log(?:ged)?[ -]?(?:in|on)|connect(?:ed|ing)?|sign(?:ed)?[ -]?in"
        rb"|credentials?|creds|zugang(?:sdaten)?|anmeldung|acceso|accesso"
        rb"|identifiants|connexion|inloggning|user(?:name)?[ \t]?/[ \t]?pass(?:w(?:or)?d|wort)?)"
        rb"(?:[ \t](?:for|f\xc3\xbcr|pour|para|to|at|on)[ \t][\w.-]{1,32})?"
        rb"(?::|[ \t](?:with|as|mit|con|com|avec|med|is|are))[ \t]{1,2}",
        rb"[\"'`*]{0,2}[A-Za-z][\w.@+-]{1,40}[\"'`*]{0,2}(?:[ \t]+/[ \t]+|/)[\"'`*]{0,2}"
        + _NO_NAME
        + rb"(?P<v4>(?=[^\s\"'`]{0,60}[0-9!@#$%-])(?=[^A-Za-z\s]{0,40}[A-Za-z])"
        rb"[^\s\"'`,;()<>{}*/]{5,64})"
        rb"(?=[\"'`*]{0,2}[.,;)]?(?:\s|$))",
        is_caseless=True,
    ),
)
"""What people write to each other about a login."""

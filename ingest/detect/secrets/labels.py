"""Texts of an interface: what a form, a message or a translation says about a password."""

from __future__ import annotations

import re
from typing import Final

from ingest.detect.secrets.plausible import is_foreign

_WORDS: Final = (
    rb"(?:passw(?:or)?ds?|passphrases?|pass[ -]?codes?|secrets?|tokens?|(?:api|access|secret"
    rb"|private)[ -]?keys?|keys?|credentials?|pin"
    rb"|passwort|passw\xc3\xb6rter|kennwort|mot de passe|contrase\xc3\xb1a|clave|senha"
    rb"|palavra-passe|wachtwoord"
    rb"|parola|l\xc3\xb6senord|adgangskode|kodeord|paswoord|passord|salasana|has\xc5\x82o|heslo)"
)
_WORDS_FOR_IT: Final = (
    "contraseña пароль пароля парола лозинка κωδικός סיסמה 密码 密碼 口令 パスワード 暗証番号"
    " 비밀번호 암호 รหัสผ่าน şifre parola lösenord hasło heslo geslo lozinka jelszó parolă"
    " palavra-passe wachtwoord kennwort passwort kodeord adgangskode passord salasana parool"
    " parole slaptažodis fjalëkalimi lykilorð pasahitza contrasenya contrasinal wagwoord sandi"
)
_WORDS_FOR_OTHERS: Final = (
    "geheimnis geheim secreto segredo segreto hemlighet hemmelighed hemmelighet salaisuus"
    " tajemství tajomstvo sekret tajna titok gizli секрет schlüssel clave llave chave chiave clé"
    " sleutel nyckel nøgle nøkkel avain klucz klíč kľúč kulcs anahtar ključ raktas võti ключ"
    " jeton ficha gettone zugangsmarke токен トークン"
)
_FOREIGN_WORDS: Final = frozenset((*_WORDS_FOR_IT.split(), *_WORDS_FOR_OTHERS.split()))
"""The words for a password, a secret, a key, a token, where they are labels and nobody's choice."""
_CONSTANT: Final = re.compile(
    rb"Passwo?r?d|PASSWORD|PASSWD|Passphrase|PASSPHRASE|Secret|SECRET|Token|TOKEN|API_KEY|API Key"
    rb"|ApiKey"
)
"""The word as a label writes it and as a stand-in does; in small letters it is a weak password."""
_SPEAKS: Final = re.compile(rb"(?i)(?:^|[^A-Za-z])" + _WORDS + rb"(?:[^A-Za-z]|$)")
_SENTENCE: Final = re.compile(rb"(?s)[^\s].*\s.*")
_END: Final = re.compile(rb"[.?!:\xa6]$|\.\.\.$|\xe2\x80\xa6$|\)$")
_UNESCAPED: Final = re.compile(rb"(?:\\u[0-9a-fA-F]{4}|[\s.,!?:()-])+")
_LABEL_NAME: Final = re.compile(
    rb"(?i)(?:label|error|title|hint|prompt|message|msg|help|text|tooltip|description|desc"
    rb"|caption|placeholder|question"
    rb"|invalid|wrong|forgot\w*|too_?short|too_?long|mismatch|required|legend|heading|button"
    rb"|summary|usage|doc)\w{0,8}"
    rb"[._\w-]{0,24}[\"'\])]{0,2}[ \t]*(?:=>|[:=,(])[ \t]*[\"'`]?$"
)
_PLAIN_WORDS: Final = re.compile(rb"[A-Z][a-z']+(?:[ ][A-Za-z'\x80-\xff-]+)+[.?!:]?")
_DIGITS: Final = re.compile(rb"[0-9]")
_PHRASE_KEY: Final = re.compile(
    rb"[\"'][A-Za-z][\w-]*[ ][^\"'\n]{1,80}[\"'][ \t]*(?:=>|:)[ \t]*[\"']$"
)
"""A text as the key of its translation."""


def is_label(value: bytes, head: bytes) -> bool:
    """Say whether a value is text for people; `head` is what stands before it on its line.

    A passphrase of several words is none of these as long as it neither speaks of secrets, nor
    begins or ends as a sentence does.
    """
    text = value.strip()
    if not text.isascii() and is_foreign(text):
        return True
    if _PHRASE_KEY.search(head) and _SPEAKS.search(text) and not _DIGITS.search(text):
        return True
    if text.startswith(b"\\u") and _UNESCAPED.fullmatch(text):
        return True
    if _SENTENCE.fullmatch(text):
        is_worded = _SPEAKS.search(text) is not None and not _DIGITS.search(text)
        is_sentence = _PLAIN_WORDS.fullmatch(text) is not None
        return is_worded or is_sentence or (_END.search(text) is not None and text.count(b" ") > 1)
    if _CONSTANT.fullmatch(text) or _is_foreign_word(text):
        return True
    is_wordy = text.isalpha() or not text.isascii()
    return _LABEL_NAME.search(head) is not None and is_wordy


def _is_foreign_word(text: bytes) -> bool:
    """Say whether a value is the word of another language, as a form shows it."""
    word = text.decode("utf-8", "ignore").rstrip("*:.")
    return word.casefold() in _FOREIGN_WORDS and (not word.isascii() or word.istitle())

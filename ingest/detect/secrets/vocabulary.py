"""Further words for a secret: short forms, keys by what they are for, and other languages.

Every word stands for a password or key in interfaces and configuration of its language; words
that mean something else as often (*clave*, *parola*, *heslo* in prose) still want a sign and a
plausible value behind them.
"""

from __future__ import annotations

from typing import Final

from ingest.detect.secrets.plausible import Kind

_OTHER_LANGUAGES: Final = (
    "contraseña contrasena contraseñas clave senha palavra-passe palavra_passe parola motdepasse"
    " mot_de_passe mdp wachtwoord kennwort losung hasło haslo heslo jelszó jelszo lösenord losenord"
    " adgangskode kodeord passord salasana lozinka geslo şifre sifre parolă slaptazodis parool"
    " пароль Пароль ПАРОЛЬ пароля парола лозинка κωδικός סיסמה 密码 密碼 口令 パスワード 暗証番号"
    " 비밀번호 암호 รหัสผ่าน"
)
_IN_COMPOUNDS: Final = (
    "wachtwoord kennwort passwort contraseña contrasena senha parola lösenord losenord adgangskode"
    " passord salasana lozinka geslo heslo haslo hasło jelszo jelszó clave"
)
"""Words that stand behind others in one name, as in ``AdminWachtwoord``."""
_PHRASES: Final = (
    rb"(?i:mot de passe|palavra passe|m\xe1\xba\xadt kh\xe1\xba\xa9u|kata sandi|clave secreta"
    rb"|code d['\xe2\x80\x99]{1,3}acc(?:\xc3\xa8|e)s|codice di accesso|c\xc3\xb3digo de acce"
    rb"so|zugangscode)"
    # whom or what it is for may follow, and a typographic space
    rb"(?:[ ][^:=\n]{1,30})?(?:[ ]|\xc2\xa0|\xe2\x80\xaf)?"
)
_KEY_USES: Final = (
    rb"(?:ota|firmware|mesh|network|wifi|wpa|vpn|tunnel|pre_?shared|transport|root|backup|vault|hash"
    rb"|sign|signature|security|obfuscation|relay|agora|host|registration|enrol+ment|activation"
    rb"|instrumentation|telemetry|push|server|bot|payment|merchant|gateway|integration)[_.-]?key"
)


def _word(word: str) -> bytes:
    return b"(?i:" + word.encode() + b")"


def _part(word: bytes) -> bytes:
    """Return a short word as a part of a name: ``psk``, ``vpn_psk``, ``wifiPsk``, ``WIFIPSK``."""
    return rb"(?:(?:^|[^A-Za-z])(?i:%s)|[a-z0-9]%s|[A-Z_]%s)" % (word, word.title(), word.upper())


VOCABULARY: Final = (
    (
        Kind.PASSWORD,
        rb"(?:^|[^A-Za-z])(?:" + b"|".join(_word(word) for word in _OTHER_LANGUAGES.split()) + b")",
    ),
    (
        Kind.PASSWORD,
        rb"[a-z0-9](?:" + b"|".join(word.title().encode() for word in _IN_COMPOUNDS.split()) + b")",
    ),
    (Kind.PASSWORD, rb"(?:^|[^A-Za-z])" + _PHRASES),
    (
        Kind.PASSWORD,
        _part(rb"pw") + b"|" + _part(rb"psk") + b"|" + _part(rb"psswd") + b"|" + _part(rb"passwrd"),
    ),
    (
        Kind.PASSWORD,
        rb"(?i:snmp[_.-]?(?:v[123]c?[_.-]?)?community|community_?string|(?:ro|rw)_?community)",
    ),
    (Kind.SECRET, _part(rb"pepper")),
    (Kind.SECRET, rb"(?i:(?:secure|erlang|session|auth|signed)[_.-]?cookie(?:[_.-]?secret)?)"),
    (
        Kind.TOKEN,
        rb"(?i:" + _KEY_USES + rb"|(?:totp|otp|mfa|2fa)[_.-]?(?:seed|key)"
        rb"|(?:devops|azdo|vsts|github|gitlab|bitbucket)[_.-]?pat)",
    ),
    (Kind.NONCE, rb"[A-Z0-9]_KEY"),
)
"""Words by what they say of the value, as the table of `named` has them."""

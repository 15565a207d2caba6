"""More of how people keep, limit and give rights: licenses by any name, and further languages.

Rows are as in `ingest.detect.licensing.foreign_words`, of which they are a part.
"""

# ruff: noqa: RUF001 - letters of other scripts are what this is about

from __future__ import annotations

from enum import Enum
from typing import Final


class Meaning(Enum):
    """What a phrase does to the file it stands in."""

    RESERVED = "reserved"
    """All rights reserved: counts where nothing is granted."""
    RESTRICTED = "restricted"
    """Copying, passing on or a use is forbidden, or the file is confidential."""
    FREE = "free"
    """Dedicated to the public domain."""
    LICENSED = "licensed"
    """Under some license: unknown where nothing says which."""


_RESERVED, _RESTRICTED, _FREE = Meaning.RESERVED, Meaning.RESTRICTED, Meaning.FREE
_LICENSED = Meaning.LICENSED
_ZH_UNDER: Final = r"(?:遵循|基于|采用|使用|根据|依照|遵守)…"
_RU_ACT: Final = (
    r"(?:копировани|распространени|воспроизведени|тиражировани|перепечат|передач"
    r"|(?:использовани|применени)\w*…коммерческ|коммерческ\w+ (?:использовани|применени))"
)
_RU_NO: Final = r"(?:запрещ|не допуска|не разреша|без (?:\w+ )?(?:разрешени|согласи))"

_NL_ACT: Final = r"(?:verveelvoud|gekopieerd|kopiëren|verspreid|openbaar|doorverko|doorgegeven)"
_PL_ACT: Final = (
    r"(?:kopiowani|rozpowszechni|powielani|udostępniani|dystrybu|rozprowadza|sprzedaż"
    r"|(?:użycie|wykorzystanie|zastosowanie) komercyjn)"
)
_TR_ACT: Final = r"(?:kopyala|çoğalt|dağıt|yayınla|paylaş|sat[ıi]l)"
MORE_ROWS: Final = (
    # Under a license that may have any name, in all of the languages
    (
        "lizenz",
        _LICENSED,
        r"\bunter (?:der|einer|den bedingungen der)…lizenz\b|\blizenziert (?:unter|nach)\b",
    ),
    ("licence", _LICENSED, r"\bsous (?:la |une )?licence\b"),
    (
        "licencia",
        _LICENSED,
        r"\bbajo (?:la |una |los t[eé]rminos de (?:la )?)?licencia\b|\blicenciado bajo\b",
    ),
    ("licença", _LICENSED, r"\bsob (?:a |uma )?licença\b"),
    ("licenza", _LICENSED, r"\b(?:sotto|con) (?:la )?licenza\b"),
    ("лицензи", _LICENSED, r"под лицензией|условиях лицензии"),
    ("许可证", _LICENSED, rf"{_ZH_UNDER}许可证"),
    ("許可證", _LICENSED, rf"{_ZH_UNDER}許可證"),
    ("许可协议", _LICENSED, rf"{_ZH_UNDER}许可协议"),
    ("授权协议", _LICENSED, rf"{_ZH_UNDER}授权协议"),
    ("开源协议", _LICENSED, rf"{_ZH_UNDER}开源协议"),
    ("ライセンス", _LICENSED, r"ライセンス(?:の下|に基づ|条件|で公開|のもと)"),
    ("使用許諾", _LICENSED, r"使用許諾"),
    # Dutch
    ("voorbehouden", _RESERVED, r"alle rechten(?: zijn)? voorbehouden"),
    (
        "toestemming",
        _RESTRICTED,
        rf"(?:{_NL_ACT}…zonder|zonder…toestemming…{_NL_ACT}|niets uit deze? …toestemming)",
    ),
    (
        "niet toegestaan",
        _RESTRICTED,
        rf"(?:{_NL_ACT}|verspreiding|commercieel gebruik)…niet toegestaan",
    ),
    (
        "verspreiding",
        _RESTRICTED,
        r"(?:kopi\w+|verspreiding)…(?:verboden|niet toegestaan|zonder…toestemming)",
    ),
    (
        "vertrouwelijk",
        _RESTRICTED,
        (
            r"(?:strikt|streng|bedrijfs)(?: |-)?vertrouwelijk|(?:^"
            r"|\n)[^\w\n]{0,12}vertrouwelijk(?=\s*(?:[!.]|-|\n|$))"
        ),
    ),
    (
        "toegestaan",
        _RESTRICTED,
        r"(?:gebruik|verspreiding|kopi\w+)…(?:alleen|uitsluitend|enkel) toegestaan",
    ),
    ("intern gebruik", _RESTRICTED, r"(?:alleen|uitsluitend|enkel) voor intern gebruik"),
    (
        "commercieel gebruik",
        _RESTRICTED,
        (
            r"(?:niet-?~?commercieel gebruik (?:toegestaan|alleen)|(?:alleen"
            r"|uitsluitend) voor niet-?~?commercieel|(?:geen|niet voor) commercieel gebruik"
            r"|commercieel gebruik…verboden)"
        ),
    ),
    ("publiek domein", _FREE, r"publiek domein"),
    # Polish
    ("zastrzeżone", _RESERVED, r"wszelkie prawa(?: są)? zastrzeżone|wszystkie prawa zastrzeżone"),
    (
        "zabronion",
        _RESTRICTED,
        rf"{_PL_ACT}…zabronion|zabronion\w*(?: jest)?…{_PL_ACT}|zabrania się…{_PL_ACT}",
    ),
    ("zabrania si", _RESTRICTED, rf"zabrania się…{_PL_ACT}"),
    ("bez zgody", _RESTRICTED, rf"{_PL_ACT}…bez (?:pisemnej )?zgody"),
    ("bez pisemnej", _RESTRICTED, rf"{_PL_ACT}…bez pisemnej zgody|bez pisemnej zgody…{_PL_ACT}"),
    ("niekomercyjn", _RESTRICTED, r"(?:tylko|wyłącznie|jedynie) (?:do|dla)…niekomercyjn"),
    ("użytku wewn", _RESTRICTED, r"(?:tylko|wyłącznie|jedynie) do użytku wewn"),
    (
        "poufne",
        _RESTRICTED,
        r"(?:ściśle|informacje|dokument) poufn|(?:^|\n)[^\w\n]{0,12}poufne(?=\s*(?:[!.]|-|\n|$))",
    ),
    ("domena publiczna", _FREE, r"domena publiczna"),
    ("domenie publicznej", _FREE, r"domenie publicznej"),
    # Turkish
    ("hakları sakl", _RESERVED, r"tüm hakları saklıdır|hakları saklıdır|her hakkı saklıdır"),
    ("hakkı sakl", _RESERVED, r"her hakkı saklıdır"),
    ("izinsiz", _RESTRICTED, rf"[iı]zinsiz…(?:{_TR_ACT}|kullan|alıntı)"),
    ("İzinsiz", _RESTRICTED, rf"[iı]zinsiz…(?:{_TR_ACT}|kullan|alıntı)"),
    ("yasaktır", _RESTRICTED, rf"(?:{_TR_ACT}|ticari)…yasaktır"),
    (
        "ticari",
        _RESTRICTED,
        r"ticari (?:amaçla|kullanım)\w*…(?:kullanılamaz|yasak|izin|değil|edilemez)|ticari sır",
    ),
    ("şirket içi", _RESTRICTED, r"(?:sadece|yalnızca) (?:şirket içi|dahili) kullan"),
    ("kamu malı", _FREE, r"kamu malı"),
    # Russian
    ("права защищены", _RESERVED, r"(?:все|авторские) права (?:защищены|сохранены)"),
    ("права сохранены", _RESERVED, r"все права сохранены"),
    ("запрещ", _RESTRICTED, rf"{_RU_ACT}…{_RU_NO}|запрещ\w*…{_RU_ACT}"),
    ("не допускается", _RESTRICTED, rf"{_RU_ACT}…{_RU_NO}"),
    ("без разрешения", _RESTRICTED, rf"{_RU_ACT}…без (?:\w+ )?(?:разрешени|согласи)"),
    ("без согласия", _RESTRICTED, rf"{_RU_ACT}…без (?:\w+ )?(?:разрешени|согласи)"),
    ("служебного", _RESTRICTED, r"для служебного (?:пользования|использования)"),
    ("внутреннего", _RESTRICTED, r"(?:только|исключительно) для внутреннего (?:использ|польз)"),
    (
        "некоммерческ",
        _RESTRICTED,
        (
            r"(?:только|исключительно|лишь)…некоммерческ\w+ (?:использ|цел|примен)|(?:использ"
            r"|цел|примен)\w*…некоммерческ\w+…только"
        ),
    ),
    (
        "конфиденциальн",
        _RESTRICTED,
        (
            r"(?:строго|документ|материал\w*|код) конфиденциальн|(?:(?:^|\n)[^\w\n]{0,12}"
            r"|[.!] )конфиденциально(?=\s*(?:[!.]|-|\n|$))"
        ),
    ),
    (
        "собственность",
        _RESTRICTED,
        r"(?:является )?собственность\w* (?:ооо|оао|зао|ао|пао|компании|фирмы|предприятия)(?!\w)",
    ),
    ("коммерческая тайна", _RESTRICTED, r"коммерческая тайна"),
    ("не распространять", _RESTRICTED, r"не распространять"),
    ("общественн", _FREE, r"общественн\w+ достояни"),
    # Japanese
    (
        "無断",
        _RESTRICTED,
        r"無断[^。\n]{0,24}(?:禁|お断り|遠慮|できません|厳禁)|無断で[^。\n]{0,30}(?:しないで|ないで)",
    ),
    ("転載", _RESTRICTED, r"転載[^。\n]{0,16}(?:禁|お断り|遠慮|不可)"),
    ("再配布", _RESTRICTED, r"再配布[^。\n]{0,12}(?:禁|お断り|遠慮|不可|できません|認めません)"),
    (
        "商用",
        _RESTRICTED,
        r"商用(?:利用|目的|使用)?[^。\n]{0,16}(?:禁|お断り|遠慮|不可|できません|認めません)|非商用[^。\n]{0,10}(?:に限|のみ|限定)",
    ),
    (
        "営利",
        _RESTRICTED,
        r"営利(?:利用|目的)?[^。\n]{0,16}(?:禁|お断り|遠慮|不可|できません)|非営利[^。\n]{0,10}(?:に限|のみ|限定)",
    ),
    (
        "に限り",
        _RESTRICTED,
        r"(?:個人|研究|学術|教育|社内|評価)(?:的)?(?:目的|利用|使用|用途)?(?:で)?に限り",
    ),
    (
        "許可なく",
        _RESTRICTED,
        r"許可なく[^。\n]{0,40}(?:禁|できません|しないで|ものとします|してはな)",
    ),
    ("社外秘", _RESTRICTED, r"社外秘"),
    ("部外秘", _RESTRICTED, r"部外秘"),
    ("パブリックドメイン", _FREE, r"パブリックドメイン(?!で(?:は)?(?:ありません|ない))"),
    # Chinese, simplified and traditional
    ("版权所有", _RESERVED, r"版权所有"),
    ("版權所有", _RESERVED, r"版權所有"),
    ("保留所有权利", _RESERVED, r"保留所有权利"),
    (
        "未经",
        _RESTRICTED,
        r"未经[^。\n]{0,30}(?:许可|授权|同意|允许|批准)[^。\n]{0,40}(?:不得|禁止|严禁|不准|请勿)",
    ),
    (
        "未經",
        _RESTRICTED,
        r"未經[^。\n]{0,30}(?:許可|授權|同意|允許)[^。\n]{0,40}(?:不得|禁止|嚴禁|請勿)",
    ),
    (
        "商业用途",
        _RESTRICTED,
        r"(?:禁止|不得|严禁|请勿|不可|不能|勿)[^。\n]{0,12}商业用途|非商业用途|商业用途[^。\n]{0,20}(?:授权|许可|联系|禁止)",
    ),
    ("商用", _RESTRICTED, r"(?:禁止|不得|严禁|请勿|不可|不能|嚴禁|請勿)[^。\n]{0,6}商用"),
    ("商業用途", _RESTRICTED, r"(?:禁止|不得|嚴禁|請勿|不可)[^。\n]{0,12}商業用途"),
    ("仅供", _RESTRICTED, r"仅(?:供|限)[^。，,\n]{0,12}(?:学习|研究|交流|内部使用|个人使用|教学)"),
    ("仅限", _RESTRICTED, r"仅限[^。，,\n]{0,12}(?:学习|研究|交流|内部|个人使用|教学|员工)"),
    ("外传", _RESTRICTED, r"(?:禁止|严禁|请勿|不得)外传"),
    ("僅供", _RESTRICTED, r"僅(?:供|限)[^。，,\n]{0,12}(?:學習|研究|交流|內部使用|個人使用)"),
    ("内部资料", _RESTRICTED, r"内部资料"),
    ("禁止转载", _RESTRICTED, r"禁止转载"),
    ("商业机密", _RESTRICTED, r"(?:商业|公司)机密"),
    ("公司机密", _RESTRICTED, r"公司机密"),
    ("公有领域", _FREE, r"公有领域|公共领域"),
    # Korean
    ("무단", _RESTRICTED, r"무단[^.\n]{0,30}(?:금지|금합니다|금함|불허|엄금)"),
    (
        "상업적",
        _RESTRICTED,
        (
            r"상업적[^.\n]{0,24}(?:금지|금합니다|불가|허용되지|할 수 없|안 됩니다|허가)"
            r"|비상업적[^.\n]{0,16}(?:한해|한하여|만 )"
        ),
    ),
    (
        "없이",
        _RESTRICTED,
        r"(?:허가|승인|동의|허락)\s?없이[^.\n]{0,40}(?:금지|금합니다|할 수 없|안 됩니다|불가)",
    ),
    ("대외비", _RESTRICTED, r"대외비"),
    ("모든 권리", _RESERVED, r"모든 권리(?:를)? (?:보유|유보)"),
    ("퍼블릭 도메인", _FREE, r"퍼블릭 도메인"),
)
"""(stem, meaning, pattern)"""

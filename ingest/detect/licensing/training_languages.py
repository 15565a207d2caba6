"""Words of many languages for models that learn, for teaching them, refusing, and for a work.

Lower case; each expression is looked for in one sentence.
"""

# ruff: noqa: RUF001 - letters of other scripts are what this is about

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """Expressions that have to meet in one sentence."""

    models: re.Pattern[str]
    learn: re.Pattern[str]
    refuse: re.Pattern[str]
    work: re.Pattern[str]


def _language(models: str, learn: str, refuse: str, work: str) -> Language:
    return Language(
        models=re.compile(models),
        learn=re.compile(learn),
        refuse=re.compile(refuse),
        work=re.compile(work),
    )


OTHERS: Final = (
    # German
    _language(
        r"\bki\b|künstliche\w* intelligenz|maschinelle\w* lern|sprachmodell|neuronale\w* netz"
        r"|text[ -]und data[ -]?mining|\bllms?\b",
        r"train|anlern|anzulern|datens[aä]tz|mining|einspeis|eingespeist|füttern|gefüttert",
        r"verboten|untersagt|vorbehalten|ausgeschlossen|widersprochen|unzulässig"
        r"|(?:darf|dürfen)\b[^.]{0,120}\bnicht|nicht (?:gestattet|erlaubt|zulässig|verwendet"
        r"|genutzt)"
        r"|ohne[^.]{0,60}(?:zustimmung|genehmigung|erlaubnis|einwilligung)",
        r"code|software|datei\b|dateien|\bwerk|inhalt|repositor|projekt|programm"
        r"|material|nutz|verwend|urhg|rechte|dokument",
    ),
    # French
    _language(
        r"\bd?['’ ]?i\.?a\.?\b|intelligences? artificielle|apprentissage (?:automatique|machine)"
        r"|modèles? (?:de langage|d['’]ia|génératif)|réseaux? de neurones|\bllms?\b"
        r"|fouille de textes",
        r"entra[iî]n|apprentissage|fouille|jeux? de données|aliment|corpus",
        r"interdi|réserv|exclu|sans (?:[\w’'-]+ ){0,6}(?:accord|autorisation|consentement)"
        r"|n['’](?:est|a) pas|ne (?:peut|peuvent|doit|doivent|saurait)|refus|s['’]oppos",
        r"code|logiciel|fichier|[oœ]uvre|contenu|dépôt|projet|programme|texte"
        r"|document|utilis|ouvrage|droits|auteur",
    ),
    # Spanish, Portuguese, Italian
    _language(
        r"\bia\b|intelig[eê]nci?a artificial|aprendizaje (?:autom|profundo)|aprendizado de máquina"
        r"|aprendizagem automática|modelos? (?:de )?(?:lenguaje|linguagem)|redes neurona"
        r"|redes neurais"
        r"|intelligenza artificiale|apprendimento automatico|modell[io] linguistic|reti neurali"
        r"|machine learning|\bllms?\b|miner[ií]a de (?:textos|datos)|mineração de",
        r"entren|trein|addestra|miner|conjuntos? de da(?:t|d)os|dataset|aliment|corpus",
        r"prohib|proib|vedad|vietat|veta|reserv|riserva|exclu|esclus|sin (?:[\w’'-]+ ){0,5}"
        r"(?:permiso|consentimiento|autorizaci)|sem (?:[\w’'-]+ ){0,5}(?:permiss|autoriza"
        r"|consentim)"
        r"|senza (?:[\w’'-]+ ){0,5}(?:consenso|permesso|autorizza)"
        r"|\bno (?:se )?(?:permite|autoriza|podr[aá]|puede|pueden|est[aá])|\bnão (?:é|pode"
        r"|podem|se)"
        r"|\bnon (?:è|può|possono|sono)",
        r"c[óo]dig|software|archivo|arquivo|\bobras?\b|contenido|conteúdo|repositori"
        r"|pro[yj]e[ct]to|programa|documento|\busar|\busos?\b|utiliz|\bcodice"
        r"|\bfile\b|\bopera\b|contenut|progett|derechos|direitos|diritti|materia[il]",
    ),
    # Dutch, Swedish, Danish, Norwegian
    _language(
        r"\bai\b|kunstmatige intelligentie|machinaal leren|machine learning|taalmodel"
        r"|artificiell intelligens|maskininlärning|språkmodell|kunstig intelligens|maskinlæring"
        r"|sprogmodel",
        r"train|trän|træn|\btren|dataset|datasæt",
        r"verboden|niet (?:toegestaan|worden)|(?:mag|mogen)\b[^.]{0,100}\bniet|zonder[^.]{0,60}"
        r"toestemming|voorbehouden|förbjud|får (?:inte|ej)|inte tillåt|forbud|må ikke|ikke tillat"
        r"|ikke tilladt|ut[ae]n[^.]{0,60}(?:tillstånd|samtyc)|ud?ten[^.]{0,60}(?:tilladelse"
        r"|tillatelse|samtykke)",
        r"code|software|bestand|\bwerk|inhoud|gebruik|\bkode|\bkod\b|\bkoden|källkod"
        r"|\bfil(?:en|er)?\b|\bverk|innehåll|program|indhold|innhold|använd|bruk"
        r"|materia",
    ),
    # Polish, Czech, Russian, Ukrainian, Turkish
    _language(
        r"\bai\b|sztuczn\w+ inteligencj|uczeni\w+ maszynow|model\w* językow|sieci neuronow"
        r"|uměl\w+ inteligenc|strojov\w+ učení|jazykov\w+ model|\bии\b|\bші\b"
        r"|искусственн\w+ интеллект"
        r"|штучн\w+ інтелект|машинн\w+ (?:обучени|навчанн)|нейросет|нейронн\w+ сет|языков\w+ модел"
        r"|мовн\w+ модел|yapay zek|makine öğren|dil model",
        r"trenow|szkol|uczen|trening|trénov|trénink|обуч|тренир|навчан|eğit|\btrain",
        r"zabron|zabrania|zakaz|nie (?:wolno|może|mogą|zezwala)|bez (?:[\w-]+ ){0,4}(?:zgody"
        r"|zezwolenia"
        r"|souhlasu)|zastrze|zakáz|nesm|není dovolen|запрещ|запреща|заборон|не (?:допуска"
        r"|разреш|может|могут|дозвол)"
        r"|нельзя|без (?:[\w-]+ ){0,4}(?:согласи|разрешени|дозвол)|yasak|izin verilm"
        r"|kullanılamaz|izinsiz",
        r"\bkod\w*|\bkód|plik|soubor|oprogramowan|software|utw[oó]r|dzieł|díl|treści"
        r"|obsah|proje[kc]t|\bкод|файл|програм|произвед|содерж|матери|проект|твор"
        r"|твір|вміст|использ|використ|yazılım|dosya|eser|içeri|używ|wykorzyst|použ",
    ),
    # Chinese, Japanese, Korean
    _language(
        r"人工智[能慧]|机器学习|機器學習|大模型|[语語]言模型|神经网络|人工知能|機械学習|言語モデル"
        r"|ニューラル|인공 ?지능|기계 ?학습|머신 ?러닝|언어 ?모델"
        r"|(?<![a-z])ai(?![a-z])|(?<![a-z])llm",
        r"训练|訓練|学习|學習|学習|数据集|資料集|语料|語料|データセット|학습|훈련|데이터셋",
        r"禁止|禁じ|不得|不允[许許]|不可|未[经經]|[严嚴]禁|不能|不同意|できません|許可(?:なく|しない|され|し)"
        r"|ないでください|お断り|금지|금합|허용되지|허용하지|수 없|안 됩|안 된|없이",
        r"代[码碼]|程式碼|源码|原始碼|仓库|倉庫|本项目|本項目|本專案|文件|内容|內容|作品|软件|軟體|コード|ソース|ファイル|ソフトウェア"
        r"|著作|リポジトリ|코드|소스|파일|저작|소프트웨어|저장소|콘텐츠",
    ),
    # Finnish, Hungarian, Romanian
    _language(
        r"tekoäly|koneoppimi|kielimalli|mesterséges intelligenci|gépi tanul|nyelvi modell"
        r"|inteligenț\w+ artificial|învăța\w+ automat",
        r"koulut|opet|tanít|tanul|betanít|antren|învăț|instrui",
        r"ei saa|kielletty|ilman|nem (?:használ|szabad|engedély)|tilos|engedély nélkül"
        r"|nu (?:poate|pot|este permis)|interzis",
        r"koodi|tiedosto|ohjelm|teos|sisäl|käyt|kód|fájl|szoftver|mű\b|tartal|használ|\bcod|fișier"
        r"|program|oper|conținut|folosi|utiliz",
    ),
    # Vietnamese, Indonesian, Greek
    _language(
        r"trí tuệ nhân tạo|học máy|mô hình ngôn ngữ|kecerdasan buatan|pembelajaran mesin"
        r"|model bahasa|τεχνητ\w+ νοημοσύν|μηχανικ\w+ μάθησ|γλωσσικ\w+ μοντέλ",
        r"huấn luyện|đào tạo|học máy|melatih|pelatihan|dilatih|εκπαίδευ|εκπαιδεύ",
        r"không được|cấm|nghiêm cấm|không cho phép|tidak boleh|dilarang|tanpa izin|tidak diizinkan"
        r"|δεν επιτρέπ|απαγορεύ|χωρίς (?:[\w-]+ ){0,4}άδεια",
        r"mã nguồn|mã này|phần mềm|tệp|tác phẩm|nội dung|sử dụng|kode|berkas|perangkat lunak|karya"
        r"|isi\b|menggunakan|κώδικ|αρχεί|λογισμικ|έργ|περιεχόμεν|χρήση",
    ),
    # Arabic, Hebrew, Hindi
    _language(
        r"ذكاء الاصطناعي|تعلم الآلي|التعلم الآلي|בינה מלאכותית|למידת מכונה|कृत्रिम बुद्धि"
        r"|मशीन लर्निंग",
        r"تدريب|لتدريب|אימון|לאמן|प्रशिक्ष",
        r"يحظر|لا يجوز|ممنوع|لا يسمح|דורש אישור|אסור|אין להשתמש|אין לעשות|निषिद्ध|वर्जित|अनुमति नहीं"
        r"|नहीं किया जा",
        r"كود|برنامج|ملف|شيفرة|المصدر|محتوى|קוד|קובץ|תוכנה|תוכן|कोड|सॉफ़्टवेयर|फ़ाइल|सामग्री",
    ),
)
"""All but English, in which code speaks of training too."""

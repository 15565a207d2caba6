"""Words against the training of models, and code that is about training."""

# ruff: noqa: RUF001 - letters of other scripts are what this is about

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.licensing import training
from ingest.detect.licensing.evidence import NO_TRAINING
from ingest.detect.licensing.training import TrainingReader

READER = TrainingReader()
REFUSALS = (
    "This file may not be used to train machine learning models.",
    "You may not use this code as training data for artificial intelligence systems.",
    "No part of this work may be used for training AI.",
    "Use of this code for training, fine-tuning or evaluating generative models is prohibited.",
    "Text and data mining of this work is reserved under Article 4(3) of Directive (EU) 2019/790.",
    "All rights reserved, TDM is not permitted.",
    "Do not feed this code to Copilot or any other AI assistant.",
    "AI training prohibited.",
    "NOAI: this repository opts out of AI training.",
    "This code must not be ingested by LLM crawlers.",
    "Machine learning on this content is not permitted without written consent.",
    "copy and modify it, except for the purpose of training neural networks on this software",
    "You may not use the outputs of this software to improve any other large language model.",
    "Not for use in AI training datasets.",
    "The right to use this Work for machine learning is expressly excluded from this license.",
    "Excluded purposes: training of AI/ML models, scraping for datasets.",
    "Any use of this library for the training of foundation models requires a separate license.",
    "The authors do not consent to the use of this repository in corpora for language models.",
    "robots: noai, noimageai",
    "@license MIT-NoAI",
    "Die Nutzung dieses Quellcodes zum Training von KI-Modellen ist untersagt.",
    "L'utilisation de ce code pour entraîner une intelligence artificielle est interdite.",
    "Queda prohibido utilizar este código para entrenar modelos de inteligencia artificial.",
    "É proibido usar este código para treinar modelos de inteligência artificial.",
    "È vietato usare questo codice per addestrare sistemi di intelligenza artificiale.",
    "Deze code mag niet worden gebruikt om AI-modellen te trainen.",
    "Zabrania się używania tego kodu do trenowania modeli sztucznej inteligencji.",
    "Запрещается использовать этот код для обучения нейросетей.",
    "未经许可，不得将本代码用于训练人工智能模型。",
    "本ソースコードを機械学習の学習データとして使用することを禁止します。",
    "이 코드를 인공지능 학습에 사용하는 것을 금지합니다.",
    "No license is granted to use this repository as input for large language models.",
    "This source code is excluded from AI training sets.",
    "Crawling or scraping these files for generative AI purposes is forbidden.",
    "The author opts out of the use of this code for machine learning.",
    "Use in datasets for training code models is not licensed.",
    "By using this code you agree not to feed it into any LLM.",
    "GitHub Copilot and similar tools are not permitted to learn from this code.",
    "Training an AI on this code requires explicit written permission from the authors.",
    "This work is not available for AI/ML training.",
    "Licensee shall not use the Materials to develop any machine learning model.",
    "Nutzung zum Zwecke des Text und Data Mining gemäß § 44b UrhG ausdrücklich vorbehalten.",
    "Dieser Code darf nicht zum Trainieren von künstlicher Intelligenz verwendet werden.",
    "KI-Training mit diesem Code ist nicht erlaubt.",
    "Toute utilisation pour l'entraînement de modèles d'IA est strictement interdite.",
    "L'auteur s'oppose à la fouille de textes et de données (article L. 122-5-3 CPI).",
    "Ce fichier ne peut pas servir à entraîner des modèles de langage.",
    "No se permite el uso de este software para el entrenamiento de modelos de IA.",
    "Prohibido entrenar IA con este código.",
    "O uso deste código para treinamento de IA não é permitido.",
    "Non è consentito usare questi file per addestrare modelli linguistici.",
    "Gebruik van deze broncode voor het trainen van AI is verboden.",
    "Denna kod får inte användas för att träna AI-modeller.",
    "Denne koden må ikke brukes til å trene kunstig intelligens.",
    "Tätä koodia ei saa käyttää tekoälyn kouluttamiseen.",
    "Wykorzystywanie tego kodu do uczenia maszynowego jest zabronione.",
    "Tento kód nesmí být použit k trénování umělé inteligence.",
    "Використання цього коду для навчання штучного інтелекту заборонено.",
    "Bu kod yapay zeka modellerini eğitmek için kullanılamaz.",
    "禁止使用本项目代码训练大模型。",
    "本仓库内容不得用于机器学习。",
    "本程式碼禁止用於訓練人工智慧模型。",
    "このコードをAIの学習に使用しないでください。",
    "AI学習への利用はお断りします。",
    "본 코드를 AI 학습 데이터로 사용할 수 없습니다.",
    "Ez a kód nem használható mesterséges intelligencia tanítására.",
    "Este código no puede utilizarse para alimentar sistemas de inteligencia artificial.",
    "Acest cod nu poate fi folosit pentru antrenarea inteligenței artificiale.",
    "Không được sử dụng mã này để huấn luyện trí tuệ nhân tạo.",
    "Kode ini tidak boleh digunakan untuk melatih kecerdasan buatan.",
    "Ο κώδικας αυτός δεν επιτρέπεται να χρησιμοποιηθεί για εκπαίδευση τεχνητής νοημοσύνης.",
    "يحظر استخدام هذا الكود لتدريب نماذج الذكاء الاصطناعي.",
    "אין להשתמש בקוד זה לאימון בינה מלאכותית.",
    "इस कोड का उपयोग कृत्रिम बुद्धिमत्ता के प्रशिक्षण के लिए निषिद्ध है।",
    "Disallow AI training on any part of this project.",
    "Not to be used as training material for neural networks.",
    "No AI training. No scraping.",
)
HARMLESS = (
    "This code was used to train our model on 3 datasets.",
    "we do not train the model in eval mode",
    "training data must not be used for evaluation",
    "The neural network cannot be built twice, see the manual.",
    "Generative models learn the joint distribution; a discriminative one does not.",
    "Permission is hereby granted, free of charge, to any person obtaining a copy of this software",
    "AI players must not be fed after midnight",
    "machine learning is not a substitute for thinking",
    "ne pas modifier, le modèle est généré",
    "the data mining step cannot be skipped when the index is stale",
    "The training data must not include the test set of the language model.",
    "We do not train the model on this data.",
    "The LLM cannot be used without an API key.",
    "Do not use the training flag with this machine learning model.",
    "This code cannot be used to train a model in fp16.",
    "If the model is not trained, the code raises NotFittedError for the neural network.",
    "The AI opponent does not train in this level.",
    "You must not call fit() on the neural network before the dataset is loaded.",
    "The machine learning model should not be trained without normalisation.",
    "Inputs of the language model must not exceed 4096 tokens.",
    "The software requires a license key to use the AI features.",
    "OpenAI API requires permission to create embeddings.",
    "Note: this script does not include training of the deep learning model.",
    "No training data for the AI is available in this repo.",
    "Returns an error if the LLM input is not allowed by the policy.",
    "Requires consent of the user before data is used for machine learning.",
    "The model does not learn when the learning rate is 0.",
    "You cannot use the dataset with the GPT-2 model.",
    "the code model must not be built before it was tested",
    "Never feed raw logits to the neural network.",
    "Don't feed the LLM more than 8k tokens.",
    "Prohibited content must not be included in the prompt of the chatbot.",
    "This file was excluded from the training corpus of the AI because it is too long.",
    "Test that the LLM refuses to create harmful content.",
    "The reserved tokens of the language model are not included in the embeddings.",
    "Data mining jobs may not be run without permission of the cluster admin.",
    "AI-generated code must be reviewed; do not submit it without tests.",
    "Learning rate should not be changed when the neural network is fine-tuned.",
    "die KI darf nicht trainiert werden, bevor die Daten geladen sind",
    "Le modèle de langage n'est pas entraîné ici",
    "el modelo de lenguaje no se puede entrenar sin datos",
    "训练大模型时不能使用此数据集",
    "学習済み言語モデルは使用できません",
    "模型训练不能在没有GPU的机器上运行人工智能",
    "Opt out of the telemetry of the AI assistant during testing.",
    "Contributors may not use AI tools to create pull requests without disclosure.",
    "The dataset requires a license agreement before the language model can be downloaded.",
)


@pytest.mark.parametrize("text", REFUSALS)
@pytest.mark.parametrize("wrapped", [False, True])
def test_words_against_training_are_found(text: str, *, wrapped: bool) -> None:
    if wrapped and " " in text:
        middle = text.rindex(" ", 0, len(text) // 2 + 8)
        text = f" * {text[:middle]}\n * {text[middle + 1 :]}\n"
    data = text.encode()
    found = READER.find_training(data)
    assert found
    assert {sign.spdx for sign in found} == {NO_TRAINING}
    assert all(0 <= sign.start < sign.end <= len(data) for sign in found)


@pytest.mark.parametrize("text", HARMLESS)
def test_code_is_about_training_too(text: str) -> None:
    assert READER.find_training(text.encode()) == []


def test_the_span_is_the_sentence() -> None:
    text = "Ünïcode before. This work may not be used to train AI. After it, more.".encode()
    (sign,) = READER.find_training(text)
    assert text[sign.start : sign.end].decode() == "This work may not be used to train AI"


@pytest.mark.parametrize("text", REFUSALS)
def test_the_cheap_look_never_hides_what_the_expression_finds(text: str) -> None:
    for words in (text, f"x {text}", text.upper()):
        lower = words.replace("İ", "i").lower()
        assert list(READER.places(lower)) or training._ANY_SIGN.search(lower) is None


@given(
    pieces=st.lists(
        st.one_of(
            st.sampled_from([opening.lstrip("\b") for opening in training._OPENINGS]),
            st.sampled_from(REFUSALS),
            st.sampled_from(
                ["not for use in ", " ", "\u3000", "\n", "学習", "禁止", "é", "x", "."]
            ),
        ),
        max_size=20,
    )
)
def test_signs_among_ideographs_are_those_found_anywhere(pieces: list[str]) -> None:
    text = "".join([*pieces, "文"]).lower()
    alone = [match.start() for match in training._ANY_SIGN.finditer(text)]
    assert list(READER.places(text)) == alone

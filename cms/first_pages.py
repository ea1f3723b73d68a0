"""The words of the pages that a new installation starts with. Operators edit them in Wagtail afterwards."""

from __future__ import annotations

from typing import Any

HOME_TITLE = {"uk": "Ряд", "ru": "Ряд", "en": "Ryad"}


def _home(*words: str) -> list[Any]:
    """Blocks of a home page; `words` in the order of the tuple below."""
    hero, lead, categories, paper, tech, home, vendors, *further = words
    how, *steps, lists, call, call_text = further
    return [
        ("hero", {"title": hero, "lead": lead}),
        ("categories", {"title": categories, "count": 8}),
        ("goods", {"title": paper, "words": "папір А4", "count": 6}),
        ("goods", {"title": tech, "words": "миша", "count": 6}),
        ("goods", {"title": home, "words": "засіб для миття", "count": 6}),
        (
            "steps",
            {
                "title": how,
                "steps": [
                    {"title": title, "text": text}
                    for title, text in zip(steps[::2], steps[1::2], strict=True)
                ],
            },
        ),
        ("vendors", {"title": vendors, "count": 4}),
        ("lists", {"title": lists, "count": 4}),
        ("call", {"title": call, "text": call_text}),
    ]


HOME = {
    "uk": _home(
        "Усі прайс-листи в одному ряду",
        "Шукайте в каталогах усіх постачальників одразу або опублікуйте, що вам потрібно, і порівняйте пропозиції.",
        "Категорії",
        "Папір для офісу",
        "Для робочого місця",
        "Чистота вдома й в офісі",
        "Постачальники",
        "Як це працює",
        "Шукайте",
        "Слова будь-якою мовою, гранична ціна, потрібні постачальники.",
        "Порівнюйте",
        "Один товар, усі його ціни поруч: наявність, доставка, свіжість.",
        "Запитуйте",
        "Не знайшли? Опублікуйте список, і ціни надішлють вам.",
        "Свіжі прайс-листи",
        "Не знайшли потрібного?",
        "Вставте список, вкажіть граничні ціни, і постачальники надішлють заявки.",
    ),
    "ru": _home(
        "Все прайс-листы в одном ряду",
        "Ищите в каталогах всех поставщиков сразу или опубликуйте, что вам нужно, и сравните предложения.",
        "Категории",
        "Бумага для офиса",
        "Для рабочего места",
        "Чистота дома и в офисе",
        "Поставщики",
        "Как это работает",
        "Ищите",
        "Слова на любом языке, предельная цена, нужные поставщики.",
        "Сравнивайте",
        "Один товар, все его цены рядом: наличие, доставка, свежесть.",
        "Запрашивайте",
        "Не нашли? Опубликуйте список, и цены пришлют вам.",
        "Свежие прайс-листы",
        "Не нашли нужного?",
        "Вставьте список, укажите предельные цены, и поставщики пришлют заявки.",
    ),
    "en": _home(
        "Every price list in one row",
        "Search the catalogues of all vendors at once, or publish what you need and compare their bids.",
        "Categories",
        "Office paper",
        "For the desk",
        "Clean at home and in the office",
        "Vendors",
        "How it works",
        "Search",
        "Words in any language, a price ceiling, the vendors you want.",
        "Compare",
        "One good with all its prices: stock, delivery, freshness.",
        "Request",
        "Nothing fits? Publish a list, and prices come to you.",
        "Fresh price lists",
        "Did not find what you need?",
        "Paste a list, set price ceilings, and vendors send their bids.",
    ),
}

HELP: dict[str, Any] = {
    "slug": "help",
    "title": {"uk": "Допомога", "ru": "Помощь", "en": "Help"},
    "body": {
        "uk": [
            ("heading", "Покупцям"),
            (
                "text",
                (
                    "<p>Введіть слова в полі пошуку: мова не важлива. Обмежте ціну й постачальників ліворуч. Якщо нічого не"
                    " підійшло, опублікуйте запит: вставте список потрібного, і постачальники надішлють свої ціни.</p>"
                ),
            ),
            ("heading", "Постачальникам"),
            (
                "text",
                (
                    "<p>Подайте заявку, завантажте прайс-лист таким, як він є: XLSX, XLS, CSV, YML або Google Merchant."
                    " Перевірте, як ми зрозуміли колонки, і застосуйте. Коли з’явиться запит, якому відповідає ваш товар,"
                    " ви отримаєте сповіщення з уже заповненою ставкою.</p>"
                ),
            ),
        ],
        "ru": [
            ("heading", "Покупателям"),
            (
                "text",
                (
                    "<p>Введите слова в поле поиска: язык не важен. Ограничьте цену и поставщиков слева. Если ничего не"
                    " подошло, опубликуйте запрос: вставьте список нужного, и поставщики пришлют свои цены.</p>"
                ),
            ),
            ("heading", "Поставщикам"),
            (
                "text",
                (
                    "<p>Подайте заявку, загрузите прайс-лист таким, какой он есть: XLSX, XLS, CSV, YML или Google Merchant."
                    " Проверьте, как мы поняли колонки, и примените. Когда появится запрос, которому отвечает ваш товар,"
                    " вы получите уведомление с уже заполненной ставкой.</p>"
                ),
            ),
        ],
        "en": [
            ("heading", "For buyers"),
            (
                "text",
                (
                    "<p>Type words into the search field, in any language. Limit price and vendors on the left. If nothing"
                    " fits, publish a request: paste the list of what you need, and vendors will send their prices.</p>"
                ),
            ),
            ("heading", "For vendors"),
            (
                "text",
                (
                    "<p>Apply, then upload your price list as it is: XLSX, XLS, CSV, YML or Google Merchant. Check how we"
                    " understood the columns, and apply it. When a request appears that your goods can meet, you are told,"
                    " with a bid already filled in.</p>"
                ),
            ),
        ],
    },
}

RULES: dict[str, Any] = {
    "slug": "rules",
    "title": {"uk": "Правила", "ru": "Правила", "en": "Rules"},
    "body": {
        "uk": [
            ("heading", "Чесний ряд"),
            (
                "text",
                (
                    "<p>Місця в пошуку не продаються. Ціну показуємо таку, яку дав постачальник, з датою оновлення. Ставок інших"
                    " учасників не бачить ніхто, крім покупця. Контакти сторін відкриваються після вибору.</p>"
                ),
            ),
        ],
        "ru": [
            ("heading", "Честный ряд"),
            (
                "text",
                (
                    "<p>Места в поиске не продаются. Цену показываем такую, какую дал поставщик, с датой обновления. Ставок"
                    " других участников не видит никто, кроме покупателя. Контакты сторон открываются после выбора.</p>"
                ),
            ),
        ],
        "en": [
            ("heading", "A fair row"),
            (
                "text",
                (
                    "<p>Places in search are not for sale. A price is shown as the vendor gave it, with the date. Nobody but the"
                    " buyer sees the bids of others. Contacts are opened after the award.</p>"
                ),
            ),
        ],
    },
}

"""Goods of eight trades in Ukrainian, Russian and English, out of which sheets of all layouts are composed."""

from __future__ import annotations

from typing import NamedTuple


class Good(NamedTuple):
    name: dict[str, str]
    group: dict[str, str]
    brand: str
    unit: str  # UN/ECE
    price: int  # in hundredths


# group uk | group ru | group en, then lines: name uk | name ru | name en | brand | unit | price in hundredths
_TRADES: dict[str, str] = {
    "building": """
# Сухі суміші | Сухие смеси | Dry mixes
Клей для плитки Ceresit CM 11 25 кг | Клей для плитки Ceresit CM 11 25 кг | Tile adhesive Ceresit CM 11 25 kg | Ceresit | BG | 24590
Штукатурка гіпсова Knauf Rotband 30 кг | Штукатурка гипсовая Knauf Rotband 30 кг | Gypsum plaster Knauf Rotband 30 kg | Knauf | BG | 41000
Цемент М-500 25 кг Кривий Ріг | Цемент М-500 25 кг Кривой Рог | Cement M-500 25 kg |  | BG | 18950
# Гіпсокартон і профіль | Гипсокартон и профиль | Drywall and profiles
Гіпсокартон стіновий 12,5х1200х2500 мм | Гипсокартон стеновой 12,5х1200х2500 мм | Drywall board 12.5x1200x2500 mm | Knauf | ST | 33975
Профіль CD-60 0,45 мм 3 м | Профиль CD-60 0,45 мм 3 м | Profile CD-60 0.45 mm 3 m |  | H87 | 9840
Утеплювач мінеральна вата 50 мм | Утеплитель минеральная вата 50 мм | Mineral wool 50 mm | Rockwool | MTK | 15200
""",
    "stationery": """
# Ручки та олівці | Ручки и карандаши | Pens and pencils
Ручка кулькова Delta 0.7 мм синя (50 шт) | Ручка шариковая Delta 0.7 мм синяя (50 шт) | Ballpoint pen Delta 0.7 mm blue (50 pcs) | Delta | H87 | 650
Олівець чорнографітний HB Koh-i-Noor 1500 | Карандаш чернографитный HB Koh-i-Noor 1500 | Pencil HB Koh-i-Noor 1500 | Koh-i-Noor | H87 | 1280
# Паперова продукція | Бумажная продукция | Paper
Папір офісний А4 80 г/м2 (500 арк.) | Бумага офисная А4 80 г/м2 (500 л.) | Copy paper A4 80 gsm (500 sheets) | Mondi | PK | 18990
Зошит 48 арк. клітинка | Тетрадь 48 л. клетка | Notebook 48 sheets squared | Школярик | H87 | 1450
Швидкозшивач пластиковий А4 | Скоросшиватель пластиковый А4 | Report file A4 | Axent | H87 | 1890
Скріпки 28 мм, 100 шт/уп | Скрепки 28 мм, 100 шт/уп | Paper clips 28 mm, 100 pcs | Buromax | PK | 2235
""",
    "auto": """
# Фільтри | Фильтры | Filters
Фільтр масляний MANN W 914/2 | Фильтр масляный MANN W 914/2 | Oil filter MANN W 914/2 | MANN | H87 | 28500
Фільтр салону Bosch 1987432120 | Фильтр салона Bosch 1987432120 | Cabin filter Bosch 1987432120 | Bosch | H87 | 41250
# Гальмівна система | Тормозная система | Brakes
Колодки гальмівні передні TRW GDB1330 | Колодки тормозные передние TRW GDB1330 | Brake pads front TRW GDB1330 | TRW | SET | 126000
Диск гальмівний ATE 24.0125-0158.1 | Диск тормозной ATE 24.0125-0158.1 | Brake disc ATE 24.0125-0158.1 | ATE | H87 | 189900
Олива моторна Total Quartz 9000 5W-40 4 л | Масло моторное Total Quartz 9000 5W-40 4 л | Motor oil Total Quartz 9000 5W-40 4 l | Total | H87 | 145000
""",
    "food": """
# Бакалія | Бакалея | Groceries
Крупа гречана ядриця 1 кг | Крупа гречневая ядрица 1 кг | Buckwheat 1 kg | Хуторок | H87 | 4990
Цукор білий кристалічний 50 кг | Сахар белый кристаллический 50 кг | White sugar 50 kg |  | BG | 145000
Олія соняшникова рафінована 0,85 л | Масло подсолнечное рафинированное 0,85 л | Sunflower oil 0.85 l | Олейна | H87 | 6475
# Напої | Напитки | Drinks
Вода мінеральна газована 12х0,5л | Вода минеральная газированная 12х0,5л | Mineral water sparkling 12x0.5l | Моршинська | PK | 18000
Кава мелена Lavazza Crema 250 г | Кофе молотый Lavazza Crema 250 г | Ground coffee Lavazza Crema 250 g | Lavazza | H87 | 21900
Яблука Голден | Яблоки Голден | Apples Golden |  | KGM | 3450
""",
    "clothes": """
# Чоловічий одяг | Мужская одежда | Men
Футболка чоловіча бавовняна чорна | Футболка мужская хлопковая черная | T-shirt men cotton black | JHK | H87 | 24900
Куртка демісезонна синя р. 48-56 | Куртка демисезонная синяя р. 48-56 | Jacket autumn blue 48-56 | Vavalon | H87 | 189000
# Жіночий одяг | Женская одежда | Women
Сукня літня з льону | Платье летнее из льна | Summer dress linen | Garne | H87 | 89900
Шкарпетки жіночі 36-40 (12 пар) | Носки женские 36-40 (12 пар) | Socks women 36-40 (12 pairs) | Легка хода | PR | 3500
Колготки 40 den бежеві | Колготки 40 den бежевые | Tights 40 den beige | Conte | H87 | 11990
""",
    "electronics": """
# Аксесуари для телефонів | Аксессуары для телефонов | Phone accessories
Чохол силіконовий для Samsung A15 | Чехол силиконовый для Samsung A15 | Silicone case for Samsung A15 |  | H87 | 14900
Кабель USB Type-C Hoco X37 1 м | Кабель USB Type-C Hoco X37 1 м | Cable USB Type-C Hoco X37 1 m | Hoco | H87 | 8950
# Комп'ютерна периферія | Компьютерная периферия | Peripherals
Мишка Logitech M185 сіра | Мышь Logitech M185 серая | Mouse Logitech M185 grey | Logitech | H87 | 54900
Клавіатура дротова Logitech K120 | Клавиатура проводная Logitech K120 | Keyboard Logitech K120 | Logitech | H87 | 49900
Накопичувач SSD Kingston A400 240 ГБ | Накопитель SSD Kingston A400 240 ГБ | SSD Kingston A400 240 GB | Kingston | H87 | 119950
""",
    "medical": """
# Витратні матеріали | Расходные материалы | Consumables
Рукавички нітрилові M, 100 шт/уп | Перчатки нитриловые M, 100 шт/уп | Nitrile gloves M, 100 pcs | Medicom | PK | 26500
Шприц 5 мл трикомпонентний | Шприц 5 мл трехкомпонентный | Syringe 5 ml | Гемопласт | H87 | 385
Бинт марлевий 5м х 10см нестерильний | Бинт марлевый 5м х 10см нестерильный | Gauze bandage 5m x 10cm | Білосніжка | H87 | 1160
# Дезінфекція | Дезинфекция | Disinfection
Антисептик для рук АХД 2000 1 л | Антисептик для рук АХД 2000 1 л | Hand antiseptic AHD 2000 1 l | Лізоформ | BO | 24800
Серветки спиртові 65х30 мм | Салфетки спиртовые 65х30 мм | Alcohol wipes 65x30 mm | Промісан | PK | 3745
""",
    "plumbing": """
# Труби та фітинги | Трубы и фитинги | Pipes and fittings
Труба поліпропіленова PN20 25х4,2 | Труба полипропиленовая PN20 25х4,2 | Pipe PPR PN20 25x4.2 | Ekoplastik | MTR | 4215
Кутник 90° 1/2" в/з латунь | Уголок 90° 1/2" в/н латунь | Elbow 90° 1/2" brass | Valtec | H87 | 13670
Кран кульовий 3/4" метелик | Кран шаровой 3/4" бабочка | Ball valve 3/4" | Valtec | H87 | 38800
# Змішувачі | Смесители | Faucets
Змішувач для кухні Grohe Eurosmart 33281 | Смеситель для кухни Grohe Eurosmart 33281 | Kitchen faucet Grohe Eurosmart 33281 | Grohe | H87 | 469900
Сифон для умивальника Ø32 | Сифон для умывальника Ø32 | Basin trap Ø32 | Ani Plast | SET | 21350
""",
}

UNIT_WORDS = {
    "H87": {"uk": ("шт", "шт.", "Шт", "од."), "ru": ("шт", "шт.", "ШТ", "ед."), "en": ("pcs", "pc", "piece")},
    "PK": {"uk": ("уп", "уп.", "упак.", "пач."), "ru": ("уп", "уп.", "упак", "пачка"), "en": ("pack", "pk")},
    "BG": {"uk": ("мішок", "міш."), "ru": ("мешок", "меш."), "en": ("bag",)},
    "ST": {"uk": ("лист", "аркуш"), "ru": ("лист",), "en": ("sheet",)},
    "MTK": {"uk": ("м2", "м²", "кв.м"), "ru": ("м2", "м.кв.", "кв.м"), "en": ("m2", "sqm")},
    "MTR": {"uk": ("м", "метр"), "ru": ("м", "м."), "en": ("m", "meter")},
    "SET": {"uk": ("компл.", "комплект", "к-т"), "ru": ("компл", "к-т"), "en": ("set", "kit")},
    "KGM": {"uk": ("кг",), "ru": ("кг", "кг."), "en": ("kg",)},
    "PR": {"uk": ("пара", "пар"), "ru": ("пара",), "en": ("pair",)},
    "BO": {"uk": ("пляшка", "пл."), "ru": ("бутылка", "бут."), "en": ("bottle",)},
}


def _parsed(text: str) -> list[Good]:
    goods: list[Good] = []
    group: dict[str, str] = {}
    for line in text.strip().splitlines():
        parts = [part.strip() for part in line.lstrip("# ").split("|")]
        if line.startswith("#"):
            group = dict(zip(("uk", "ru", "en"), parts, strict=True))
        else:
            names = dict(zip(("uk", "ru", "en"), parts[:3], strict=True))
            goods.append(Good(names, group, parts[3], parts[4], int(parts[5])))
    return goods


TRADES = {name: _parsed(text) for name, text in _TRADES.items()}

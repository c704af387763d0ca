"""Composed names: our own lists of characters, joined by index, so that a name is a pure function of a number.

Nothing here is taken from a register. Brand words are built of plant, water and
metal characters that companies rarely join; division names are invented.
"""

TOWN = "岚汀市"

BRAND = "荻苇蘅皋葭湄桁筱菁岑杼穗稷铎钧镕泮泓渚沅笙篁棣棹柘椿槿橡橘榉芃芸苓茯莳菽萱蕤薏蘩"
TRADES = (
    "机电设备", "家居", "纺织", "建筑劳务", "五金制品", "茶业", "物业服务", "农产品", "印务", "陶艺", "电子商务",
    "货运", "食品", "环保设备", "园林绿化", "信息服务", "水产", "文具", "照明", "橡塑", "仓储", "检测技术", "门窗",
    "厨具",
)  # fmt: skip
STREETS = ("汀南路", "芦荡街", "渡口路", "青萍巷", "船坞路", "菰田路", "望渚街", "石埠路")

SURNAMES = "黎邬鄢涂桑栾郗晁柏粟谌闵缪屈冉褚阮翟覃龚章贺盛芮"
GIVEN = "伯叔衡蔚昀澄荔菡朴樵璞霏霄鹤鹿竺筠笛帆钰铮恺悌恬芷棠湛渊淳洵"


def brand(number: int, length: int = 2) -> str:
    """A brand word of ``length`` different characters: all words come before one returns.

    ``number`` counts arrangements, so that 40 characters give 1,560 words of two
    and 59,280 of three.
    """
    left = list(BRAND)
    word = ""
    for _ in range(length):
        number, place = divmod(number, len(left))
        word += left.pop(place)
    return word


def company_name(number: int, length: int = 2) -> str:
    """The ``number``-th company name of the town; different for 0 <= number < 24 x the brand words of ``length``."""
    number, trade = divmod(number, len(TRADES))
    return f"{TOWN}{brand(number, length)}{TRADES[trade]}有限公司"


def person_name(number: int) -> str:
    """The ``number``-th person name, one in five of two characters. Some 20,000 names: people share them."""
    number, surname = divmod(number, len(SURNAMES))
    number, first = divmod(number, len(GIVEN))
    second = (first + 1 + number % (len(GIVEN) - 1)) % len(GIVEN)
    given = GIVEN[first] if (surname + first) % 5 == 4 else GIVEN[first] + GIVEN[second]
    return SURNAMES[surname] + given


def address(number: int) -> str:
    """An address in the town."""
    number, street = divmod(number, len(STREETS))
    return f"{TOWN}{STREETS[street]}{number % 190 + 1}号"

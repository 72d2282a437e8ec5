"""The catalogue DRINKS / JORDINA: nineteen SKUs, many of which differ only in flavour or in size."""

from demo.catalogues.catalogue import Catalogue, sold
from demo.design import Brand, Design, Flavour, Package, Product
from demo.invention import DRINKS

_JUICE = Brand(
    name="Jordina", arabic="جوردينا", font="Lobster", layout="sweep", badge="oval", mark="sun",
    ground=(255, 250, 238), ink=(255, 255, 255), badge_colour=(20, 96, 62), flavour_ground=False, tilt=4.0,
    details=("lines", "claims"),
)  # fmt: skip
_SODA = Brand(
    name="Jordina", arabic="جوردينا", font="Lobster", layout="wave", badge="none", mark="sun",
    ground=(20, 96, 62), ink=(255, 255, 255), badge_colour=(20, 96, 62), flavour_ground=True, tilt=8.0,
    details=("lines",),
)  # fmt: skip
_WATER = Brand(
    name="Jordina", arabic="جوردينا", font="Lobster", layout="fade", badge="none", mark="drop",
    ground=(225, 242, 252), ink=(16, 84, 160), badge_colour=(16, 84, 160), flavour_ground=False, details=("lines",),
)  # fmt: skip

_FLAVOURS = {
    "APPLE": Flavour("Apple", "تفاح", "apple", (112, 176, 40), (226, 196, 96)),
    "ORANGE": Flavour("Orange", "برتقال", "orange", (244, 124, 8), (250, 160, 30)),
    "MANGO": Flavour("Mango", "مانجو", "mango", (250, 176, 24), (248, 172, 40)),
    "POMEGRANATE": Flavour("Pomegranate", "رمان", "pomegranate", (176, 20, 56), (150, 20, 48)),
    "LEMON_MINT": Flavour("Lemon & Mint", "ليمون ونعناع", "lemon", (184, 204, 36), (214, 222, 120)),
    "COLA": Flavour("Cola", "كولا", "bubbles", (170, 20, 28), (60, 28, 18)),
    "COLA_ZERO": Flavour("Cola Zero", "كولا زيرو", "bubbles", (34, 30, 32), (60, 28, 18)),
    "WATER": Flavour("Spring Water", "مياه", "mountain", (60, 148, 216), (206, 230, 242)),
}

_PACKAGES = {
    "500ML": Package("bottle", 66, 225, "500 ml", slim=0.55),
    "1500ML": Package("bottle", 92, 318, "1.5 L", slim=0.35),
    "330ML_CAN": Package("can", 66, 117, "330 ml"),
    "1L_CARTON": Package("carton", 76, 236, "1 L"),
    "200ML_CARTON": Package("brick", 50, 118, "200 ml"),
}

_RANGE = {
    "500ML": ("APPLE", "ORANGE", "MANGO", "POMEGRANATE", "LEMON_MINT", "WATER"),
    "1500ML": ("APPLE", "ORANGE", "WATER"),
    "330ML_CAN": ("APPLE", "ORANGE", "MANGO", "COLA", "COLA_ZERO"),
    "1L_CARTON": ("APPLE", "ORANGE", "MANGO"),
    "200ML_CARTON": ("APPLE", "ORANGE"),
}

_FIZZO = Brand(
    name="FIZZO", arabic="فيزو", font="Bebas", layout="stripe", badge="plate", mark="star", ground=(238, 70, 140),
    ink=(255, 255, 255), badge_colour=(70, 20, 120), flavour_ground=True,
)  # fmt: skip
_OASIA = Brand(
    name="Oasia", arabic="واحة", font="Leckerli", layout="band", badge="ribbon", mark="crescent",
    ground=(250, 240, 214), ink=(255, 244, 200), badge_colour=(142, 30, 40), flavour_ground=False,
)  # fmt: skip
_GRAPE = Flavour("Grape", "عنب", "grapes", (122, 60, 158), (96, 30, 90))
_CHERRY = Flavour("Cherry", "كرز", "cherry", (196, 24, 50), (150, 20, 40))
_PEACH = Flavour("Peach", "خوخ", "orange", (246, 150, 96), (240, 176, 110))

FIZZO_GRAPE = Product(Design(_FIZZO, _GRAPE, _PACKAGES["330ML_CAN"]))
FIZZO_CHERRY = Product(Design(_FIZZO, _CHERRY, _PACKAGES["330ML_CAN"]))
OASIA_PEACH = Product(Design(_OASIA, _PEACH, Package("bottle", 68, 214, "500 ml", slim=0.9)))
OASIA_GRAPE = Product(Design(_OASIA, _GRAPE, Package("bottle", 94, 300, "1.5 L", slim=0.8)))
_MORE = (
    Product(Design(_FIZZO, _FLAVOURS["COLA"], _PACKAGES["330ML_CAN"])),
    Product(Design(_OASIA, _FLAVOURS["ORANGE"], Package("bottle", 68, 214, "500 ml", slim=0.9))),
    Product(Design(_OASIA, _FLAVOURS["APPLE"], Package("carton", 74, 228, "1 L"))),
    Product(Design(_OASIA, _CHERRY, Package("brick", 50, 116, "200 ml"))),
)

JORDINA = Catalogue(
    category="DRINKS", brand="JORDINA",
    products=sold("JORDINA", {"": _JUICE, "330ML_CAN": _SODA, "WATER": _WATER}, _FLAVOURS, _PACKAGES, _RANGE),
    rivals=(FIZZO_GRAPE, FIZZO_CHERRY, OASIA_PEACH, OASIA_GRAPE, *_MORE),
    rival_kinds=DRINKS,
)  # fmt: skip

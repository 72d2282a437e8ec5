"""The catalogue CHIPS / TAQRIMO: nineteen SKUs in bags of three sizes, tubes and multipacks."""

from demo.catalogues.catalogue import Catalogue, sold
from demo.design import Brand, Design, Flavour, Package, Product
from demo.invention import CHIPS

_BAG = Brand(
    name="Taqrimo", arabic="تقريمو", font="Kaushan", layout="rays", badge="flag", mark="crown",
    ground=(255, 214, 40), ink=(255, 255, 255), badge_colour=(188, 20, 34), flavour_ground=True, tilt=7.0,
    composition="hero", finish="foil", details=("facts", "burst"), words_font="SansBold", cap=(188, 20, 34),
)  # fmt: skip

_FLAVOURS = {
    "SALT": Flavour("Sea Salt", "ملح البحر", "crisp", (236, 178, 30), (244, 206, 110)),
    "CHEESE": Flavour("Cheese", "جبنة", "cheese", (240, 116, 20), (248, 196, 90)),
    "KETCHUP": Flavour("Ketchup", "كاتشب", "tomato", (206, 32, 30), (226, 120, 70)),
    "CHILLI": Flavour("Hot Chilli", "فلفل حار", "chilli", (44, 30, 32), (214, 90, 40)),
    "ZAATAR": Flavour("Zaatar", "زعتر", "herb", (62, 128, 58), (232, 206, 120)),
    "VINEGAR": Flavour("Salt & Vinegar", "ملح وخل", "crisp", (28, 104, 176), (244, 214, 130)),
}

_PACKAGES = {
    "40G": Package("bag", 128, 172, "40 g", slim=0.2),
    "90G": Package("bag", 168, 236, "90 g", slim=0.5),
    "170G": Package("bag", 214, 306, "170 g", slim=0.8),
    "165G_TUBE": Package("tube", 80, 240, "165 g", slim=0.5),
    "12X25G_BOX": Package("case", 272, 196, "12 x 25 g", slim=0.5),
}

_RANGE = {
    "40G": ("SALT", "CHEESE", "KETCHUP", "CHILLI"),
    "90G": ("SALT", "CHEESE", "KETCHUP", "CHILLI", "ZAATAR", "VINEGAR"),
    "170G": ("SALT", "CHEESE", "KETCHUP"),
    "165G_TUBE": ("SALT", "CHEESE", "ZAATAR", "VINEGAR"),
    "12X25G_BOX": ("SALT", "CHEESE"),
}

_BATAKLO = Brand(
    name="BATAKLO", arabic="بتكلو", font="Bebas", layout="split", badge="disc", mark="star",
    ground=(250, 250, 246), ink=(24, 40, 110), badge_colour=(255, 206, 20), flavour_ground=True, tilt=-5.0,
    composition="hero", finish="foil", details=("facts", "corner"),
)  # fmt: skip
_MONTOOSH = Brand(
    name="Montoosh", arabic="مونتوش", font="SerifBold", layout="frame", badge="none", mark="leaf",
    ground=(198, 160, 112), ink=(58, 34, 20), badge_colour=(58, 34, 20), flavour_ground=False,
    finish="kraft", details=("window", "lines"), words_font="SerifItalic",
)  # fmt: skip
_PAPRIKA = Flavour("Paprika", "بابريكا", "chilli", (196, 50, 24), (232, 130, 60))

TAQRIMO = Catalogue(
    category="CHIPS", brand="TAQRIMO",
    products=sold("TAQRIMO", {"": _BAG}, _FLAVOURS, _PACKAGES, _RANGE),
    rivals=(
        Product(Design(_BATAKLO, _PAPRIKA, Package("bag", 172, 232, "85 g", slim=0.35))),
        Product(Design(_BATAKLO, _FLAVOURS["CHEESE"], Package("bag", 172, 232, "85 g", slim=0.35))),
        Product(Design(_BATAKLO, _FLAVOURS["SALT"], Package("tube", 78, 232, "150 g", slim=0.2))),
        Product(Design(_BATAKLO, _FLAVOURS["KETCHUP"], Package("bag", 132, 178, "35 g", slim=0.9))),
        Product(Design(_MONTOOSH, _FLAVOURS["ZAATAR"], Package("bag", 190, 286, "150 g", slim=0.6))),
        Product(Design(_MONTOOSH, _PAPRIKA, Package("bag", 190, 286, "150 g", slim=0.6))),
    ),
    rival_kinds=CHIPS,
)  # fmt: skip

"""The catalogue DRINKS / JORDINA: nineteen SKUs, many of which differ only in flavour or in size."""

from demo.design import Brand, Design, Flavour, Package, Product

CATEGORY = "DRINKS"
BRAND = "JORDINA"

_JUICE = Brand(
    name="Jordina", arabic="جوردينا", font="Lobster", layout="sweep", badge="oval", mark="sun",
    ground=(255, 250, 238), ink=(255, 255, 255), badge_colour=(20, 96, 62), flavour_ground=False, tilt=4.0,
)  # fmt: skip
_SODA = Brand(
    name="Jordina", arabic="جوردينا", font="Lobster", layout="wave", badge="none", mark="sun",
    ground=(20, 96, 62), ink=(255, 255, 255), badge_colour=(20, 96, 62), flavour_ground=True, tilt=8.0,
)  # fmt: skip
_WATER = Brand(
    name="Jordina", arabic="جوردينا", font="Lobster", layout="fade", badge="none", mark="drop",
    ground=(225, 242, 252), ink=(16, 84, 160), badge_colour=(16, 84, 160), flavour_ground=False,
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


def _house_style(flavour: str, package: str) -> Brand:
    if flavour == "WATER":
        return _WATER
    return _SODA if package.endswith("CAN") else _JUICE


def jordina() -> tuple[Product, ...]:
    """Every SKU of the demo catalogue, in a stable order."""
    return tuple(
        Product(
            Design(_house_style(flavour, package), _FLAVOURS[flavour], _PACKAGES[package]),
            f"{BRAND}_{flavour}_{package}",
        )
        for package, flavours in _RANGE.items()
        for flavour in flavours
    )
